"""An invented district: two streets, two bureaus that help, the hub, the leaders above."""
from __future__ import annotations

import pytest

from addons.districts.tests.helpers import TEAM
from core.access import UnitKind
from core.module_switch import BureauModule
from core.party.models import Enterprise
from core.party.uscc import make_uscc
from core.testing.people import District, give_role, make_unit, switch_on


@pytest.fixture
def team(people: District) -> District:
    """Everybody whom a need can meet."""
    session = people.session
    for code, name, kind in (("120117001", "芦台街道", UnitKind.STREET), ("120117110", "七里海镇", UnitKind.STREET),
                             ("NH-ZWB", "区政务服务办", UnitKind.BUREAU), ("NH-WGZX", "区网格中心", UnitKind.BUREAU),
                             ("TJ-ZWB", "市政务服务办", UnitKind.OUTSIDE)):
        people.units[code] = session.query(type(people.unit("SAMR"))).filter_by(code=code).one_or_none() or make_unit(
            session, code, name, kind, doc_word="宁示")
    people.units["VILLAGE"] = make_unit(session, "VILLAGE", "示例村", UnitKind.SECTION, people.unit("120117001"))
    switch_on(session, "districts", people.units.values())
    assert session.get(BureauModule, (people.unit("SAMR").id, "districts"))
    for username, name, role, unit, scope in TEAM:
        give_role(people, username, name, role, unit, scope)
    session.add_all(Enterprise(uscc=make_uscc("120117", n), name=f"天津示例{n}号商贸有限公司", district_code="120117001",
                               business_address=f"天津市宁河区芦台街道示例路{n}号", phone=f"1990000000{n}") for n in (1, 2, 3))
    session.commit()
    return people
