{
    "title": "Credit repair",
    "summary": "Penalties published in time, repair letters with every decision, repair cases followed to their end",
    "version": "0.1.0",
    "category": "credit",
    "license": "Apache-2.0",
    "author": "Yingshang",
    "depends": [],
    "settings": {"lead_bureau": "NH-FGW"},
    "core": ">=0.1",
}
