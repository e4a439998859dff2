/* The API page: starts the viewer that comes with the framework. */
const place = document.getElementById('swagger-ui')
if (place && window.SwaggerUIBundle) window.SwaggerUIBundle({ url: place.dataset.openapi, domNode: place, presets: [window.SwaggerUIBundle.presets.apis], layout: 'BaseLayout' })
