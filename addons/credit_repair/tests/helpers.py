"""A sheet row of the national standard, and a decision entered with it."""
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from addons.credit_repair.models import Penalty
from addons.credit_repair.operations import register_penalty
from core.party.uscc import make_uscc
from core.testing.people import District

HEADINGS = ("行政相对人名称", "行政相对人类别", "行政相对人代码_1(统一社会信用代码)", "行政处罚决定书文号", "违法行为类型",
        "违法事实", "处罚依据",
            "处罚类别", "处罚内容", "罚款金额（万元）", "处罚决定日期", "处罚机关", "处罚机关统一社会信用代码", "数据来源单位",
            "数据来源单位统一社会信用代码", "适用程序")
AUTHORITY = "11120221000000001X"


def values(number: str = "津宁市监罚〔2026〕1号", decided_on: dt.date = dt.date(2026, 2, 13), serial: int = 1,
           **more: Any) -> dict[str, Any]:
    """The columns of a decision: a fine of 5,000 yuan."""
    return {"party_name": f"天津示例{serial}号商贸有限公司", "party_type": "法人及非法人组织", "uscc": make_uscc("120117",
            serial),
            "document_number": number, "violation": "未按规定公示企业信息", "facts": "经查明，当事人未按规定公示。",
            "legal_basis": "《企业信息公示暂行条例》", "kinds": "罚款", "content": "罚款5000元", "fine": Decimal("0.5"),
            "decided_on": decided_on, "authority_name": "区市场监管局", "authority_code": AUTHORITY,
            "source_name": "区市场监管局", "source_code": AUTHORITY, **more}


def enter(district: District, clerk: str = "qian", unit: str = "SAMR-TEAM", **more: Any) -> Penalty:
    """A decision entered by ``clerk``."""
    case = register_penalty(district.session, district.viewer(clerk), district.unit(unit), values(**more))
    district.session.commit()
    return case


def sheet_row(serial: int, **more: Any) -> dict[str, str]:
    """A row of a sheet, by heading."""
    row = dict(zip(HEADINGS, (
        f"天津示例{serial}号商贸有限公司", "法人及非法人组织", make_uscc("120117", serial), f"津宁市监罚〔2026〕{serial}号",
        "未按规定公示企业信息", "经查明，当事人未按规定公示。", "《企业信息公示暂行条例》", "罚款", "罚款5000元", "0.5",
        "2026-10-15", "区市场监管局",
        AUTHORITY, "区市场监管局", AUTHORITY, "普通程序"), strict=True))
    return {**row, **more}
