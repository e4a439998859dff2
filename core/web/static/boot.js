/* Before the first paint: say that scripts run, so that what they fold away never flashes. */
document.documentElement.classList.add('js')
