"""The code on a pre-notice leads to a page that everybody may read."""
from __future__ import annotations

import datetime as dt

from addons.credit_repair.effects.common import lead_unit
from addons.credit_repair.guide import GUIDE, address
from addons.credit_repair.names import LAST_NOTICE, PRENOTICE
from addons.credit_repair.tests.helpers import enter
from addons.credit_repair.tests.test_penalties import publish
from core import moment
from core.letter import register
from core.letter.content import Kind, Letterhead
from core.rules.register import override

D = dt.date


def test_the_pre_notices_bear_the_code_of_the_guide_which_holds_todays_rules_and_the_counters_own_words(team, app):
    with moment.at(D(2026, 4, 2)):
        case = enter(team, decided_on=D(2026, 4, 2))
        publish(team, case)
    with moment.at(D(2026, 6, 20)), app.test_request_context():
        for name in (PRENOTICE, LAST_NOTICE):
            kind = register.kind_named(name)
            letter = kind.compose(Letterhead("区发展和改革委员会"), kind.context(case), date=D(2026, 6, 20))
            [code] = [block for block in letter.body if block.kind is Kind.CODE]
            assert code.rows == ((address(),),)
    lead = lead_unit(team.session)
    override(team.session, lead.bureau_id or lead.id, "credit.guide_place", "芦台镇光明路5号二楼", "窗口搬迁",
             team.people["wu"].id, D(2026, 1, 1))
    team.session.commit()
    with moment.at(D(2026, 6, 20)):
        client = app.test_client()
        page, home = client.get(GUIDE.path), client.get("/portal").text
    assert page.status_code == 200
    for words in ("不收取任何费用", "芦台镇光明路5号二楼", "<td>一般</td><td>3个月</td><td>1年</td>", "3个工作日内决定是否受理",
                  "国家发展改革委令第36号"):
        assert words in page.text
    assert GUIDE.path in home
