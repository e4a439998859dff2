"""The register of enterprises as a sheet: what the page's query finds, without how people are reached."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.party.models import Enterprise
from core.party.search import register_query
from core.tabular.profile import ExportColumn, ExportProfile, Person


def _wanted(_session: Session, given: Mapping[str, Any], _who: Person) -> Select[Any]:
    return register_query(*(str(given.get(name, "")) for name in ("q", "status", "verified"))).order_by(Enterprise.id)


REGISTER = ExportProfile(
    code="enterprises", title="经营主体名录", module="core", permission="enterprise:read", query=_wanted,
    columns=(
        ExportColumn(heading="统一社会信用代码", value="uscc", width=22), ExportColumn(heading="注册号", value="reg_no"),
        ExportColumn(heading="企业名称", value="name", width=36), ExportColumn(heading="登记状态", value="status"),
        ExportColumn(heading="经营主体类型", value="kind"), ExportColumn(heading="住所", value="registered_address", width=40),
        ExportColumn(heading="经营场所", value="business_address", width=40),
        ExportColumn(heading="行业名称", value="industry_name"),
        ExportColumn(heading="成立日期", value="registered_on"), ExportColumn(heading="登记机关", value="registrar", width=28),
        ExportColumn(heading="已核验", value=lambda found: "是" if found.verified else "否")))
