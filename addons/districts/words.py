"""The vocabulary of needs: channels, categories, grounds. What sheets and letters print stands here in Chinese."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

CHANNELS = (
    ("officer", _l("Service officer")), ("portal", _l("Online portal")), ("12345", _l("Hotline 12345")),
    ("station", _l("Service station")), ("cloud", _l("Warm-enterprise cloud")), ("clinic", _l("Consulting session")),
    ("unsolved", _l("Window for what could not be done")), ("jinchanfa", _l("Jinchanfa platform")),
    ("leader", _l("A leader's visit")), ("visit", _l("Officer's visit")), ("other", _l("Other channel")))
CHANNEL_NAMES = {"officer": "为企服务人员", "portal": "为企服务网上窗口", "12345": "12345热线", "station": "暖企驿站",
                 "cloud": "暖企云", "clinic": "坐诊接诉", "unsolved": "办不成事反映窗口", "jinchanfa": "津产发",
                 "leader": "领导走访", "visit": "走访", "other": "其他渠道"}
"""As letters and sheets name them."""
CATEGORIES = ("融资", "用地", "用工", "审批", "水电气", "物流", "政策", "执法", "拖欠", "知识产权", "市场", "其他")
SORTS = ("诉求", "咨询", "建议", "投诉转办")
URGENCIES = (("normal", _l("Ordinary")), ("livelihood", _l("Water, power, gas or heat")), ("life", _l("Life is in danger")))
EXCLUDED = ("涉法涉诉", "信访", "国家秘密", "商业秘密", "个人隐私", "违反法律法规或公序良俗")
"""What is no matter of this service (实施方案第二条第（一）项)."""
SECRETS = ("国家秘密", "商业秘密", "个人隐私")
"""Of these the text itself must not stay readable."""
GUIDANCE = {"涉法涉诉": "有管辖权的人民法院诉讼服务中心或者仲裁机构", "信访": "信访部门", "国家秘密": "保密行政管理部门",
            "商业秘密": "您的为企服务人员（请勿书面提供秘密内容）", "个人隐私": "公安机关或者有关主管部门",
            "违反法律法规或公序良俗": "有关主管部门"}
RETURN_GROUNDS = ("不属本单位职责", "应由其他单位牵头", "信息不全无法办理", "已由本单位办结", "重复派单")
EXPLAIN_REASONS = ("法律法规规定不符", "现行政策未覆盖", "受客观条件限制", "超出合理范围", "其他")
RESULTS = ("已解决", "部分解决", "解释说明", "不予受理", "撤回", "并案")
REPLY_MODES = ("电话", "书面", "上门", "网上", "短信")
SCORES = ((5, _l("Very satisfied")), (4, _l("Satisfied")), (3, _l("Fair")), (2, _l("Dissatisfied")),
          (1, _l("Very dissatisfied")))
SCORE_WORDS = {5: "很满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "很不满意"}
SUSPENSIONS = ("等待企业补充材料", "等待企业确认", "不可抗力")
LEVELS = {1: _l("1 On the spot"), 2: _l("2 With a department"), 3: _l("3 Assigned by the hub"), 4: _l("4 Raised to a leader"),
          5: _l("5 With the city")}
CITY_GROUNDS = ("跨区域", "跨部门", "体制机制空白", "超出区级权限")
DUTIES = {"chief": _l("Deputy leader of a street"), "section": _l("Lead section of a street"),
          "liaison": _l("Liaison of a bureau"), "leader": _l("District leader")}
ROSTER = tuple((code, label) for code, label in DUTIES.items() if code != "leader")
TRAININGS = ("业务", "政策法规", "沟通技巧", "常办事项", "经验分享")
