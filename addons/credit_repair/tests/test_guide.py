"""What an enterprise sees of its credit from outside: the page to which a pre-notice leads, its penalties, its applications."""
from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from addons.credit_repair.effects.common import lead_unit
from addons.credit_repair.guide import GUIDE, address
from addons.credit_repair.models import Objection, Repair
from addons.credit_repair.names import LAST_NOTICE, PRENOTICE
from addons.credit_repair.tests.helpers import enter
from addons.credit_repair.tests.test_penalties import publish
from core import moment
from core.letter import register
from core.letter.content import Kind, Letterhead
from core.portal.frame import ENTERPRISE, entered
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


def test_an_enterprise_reads_its_penalty_objects_to_it_and_applies_for_repair_from_its_account(team, app):
    with moment.at(D(2026, 4, 2)), app.app_context():
        case = enter(team, decided_on=D(2026, 4, 2))
        publish(team, case)
        team.session.commit()
    client, page = app.test_client(), f"/portal/cases/{case.number}"
    with moment.at(D(2026, 4, 10)):
        with client.session_transaction() as cookie:
            cookie[ENTERPRISE] = entered(case.enterprise_id, case.party_name)

        def sends(step, **typed):
            key = client.get(f"{page}/{step}").text.partition('name="key" value="')[2].partition('"')[0]
            return client.post(f"{page}/{step}", data={"key": key, **typed})

        told = client.get(page).text
        assert f"行政处罚：{case.document_number}" in told and "已公示" in told
        assert f"{case.min_last + dt.timedelta(days=1):%Y-%m-%d}起可以申请信用修复" in told
        assert "receipt.pdf" not in told, "nobody has handed a penalty in"
        refused = sends("object", content="", asker_phone="123")
        assert refused.status_code == 422 and "请填写。" in refused.text and "请填写11位手机号码" in refused.text
        who = {"asker_name": "王师傅", "asker_phone": "13800001234"}
        assert sends("object", ground="信息有误", content="罚款金额多写了一个零。", **who).status_code == 303
        assert sends("repair", agent_name="王师傅", agent_phone="13800001234").status_code == 303
        again = sends("repair", agent_name="王师傅", agent_phone="13800001234")
        assert again.status_code == 422 and "NH-XF-" in again.text, "one decision is in one application"
        account = client.get("/portal/account").text
        for words in (f"异议申诉：{case.document_number}", f"信用修复：{case.document_number}", "已收到，工作人员正在查看"):
            assert words in account
    objection = team.session.scalars(select(Objection)).one()
    assert (objection.unit_id, objection.content) == (case.unit_id, "罚款金额多写了一个零。")
    repair = team.session.scalars(select(Repair)).one()
    assert (repair.state, repair.channel, repair.unit_id) == ("consult", "online", lead_unit(team.session).id)
