{
    "title": "Districts and needs",
    "summary": "Service districts and officers, the enterprise register month by month, needs through six levels to the rating",
    "version": "0.1.0",
    "category": "service",
    "license": "Apache-2.0",
    "author": "Yingshang",
    "depends": [],
    "settings": {"hub": "NH-ZWB", "grid": "NH-WGZX", "city": "TJ-ZWB", "court_phone": "", "petition_phone": ""},
    "core": ">=0.1",
}
