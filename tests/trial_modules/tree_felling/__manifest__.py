{
    "title": "树木砍伐许可",
    "summary": "受理、审查并答复砍伐城市树木的申请",
    "version": "1.0",
    "category": "test",
    "license": "Apache-2.0",
    "author": "Yingshang",
}
