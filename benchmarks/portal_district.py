"""Prepares the district for :mod:`benchmarks.portal`: an upgraded installation with one enterprise and the module on."""
from __future__ import annotations

import json

from sqlalchemy import select

from core import lifecycle
from core.access import Unit, as_system
from core.app import create_app
from core.party.models import Enterprise
from core.party.uscc import make_uscc
from core.testing.people import make_district, make_unit, switch_on


def main() -> None:
    """Make it."""
    app = create_app()
    lifecycle.upgrade(app.extensions["yingshang"], app)
    with app.app_context(), as_system("benchmark") as session:
        district = make_district(session)
        hub = session.scalars(select(Unit).where(Unit.code == "NH-ZWB")).one_or_none() or make_unit(
            session, "NH-ZWB", "区政务服务办", doc_word="宁示")
        switch_on(session, "districts", [hub, district.unit("SAMR")])
        session.add(Enterprise(uscc=make_uscc("120117", 1), name="天津示例商贸有限公司", phone="13800001234"))
        session.commit()
    print(json.dumps({"ready": True}))


if __name__ == "__main__":
    main()
