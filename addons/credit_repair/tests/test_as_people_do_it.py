"""Every step as people take it: in a session that shows no more than each of them may see."""
from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from addons.credit_repair.models import Objection, Penalty, Repair, Sync
from addons.credit_repair.names import EXPLANATION
from addons.credit_repair.operations import open_objection, open_repair
from addons.credit_repair.tests.helpers import enter
from addons.credit_repair.tests.test_penalties import publish
from addons.credit_repair.tests.test_repairs import ALL_ENDED, BOTH
from core import moment
from core.access import view_as
from core.case import act
from core.case.models import Case
from core.letter.batch import issue_for

D = dt.date
DECIDED, ASKED = D(2026, 1, 15), D(2026, 4, 28)


def does(team: Any, who: str, case: Case, action: str, note: str = "", **data: Any) -> None:
    """``who`` takes a step in his own session."""
    viewer = team.viewer(who)
    with view_as(viewer) as session:
        act.do(session.get_one(Case, case.id), action, actor=viewer, note=note, data=data or None)
        session.commit()
    team.session.expire_all()


def test_a_repair_from_the_counter_to_its_end_and_back(team, app, monkeypatch):
    monkeypatch.setitem(app.extensions["yingshang"]._values["credit_repair"], "lead_bureau", "NDRC")
    with moment.at(DECIDED):
        penalty = enter(team, decided_on=DECIDED)
        publish(team, penalty)
        team.session.commit()
        does(team, "zhou", penalty, "note_sanction", holder="CGW", measure="限制户外广告设置许可")
        does(team, "qian", penalty, "pay", paid_on="2026-01-15")
        does(team, "qian", penalty, "put_right", corrected_on="2026-01-15")
    with moment.at(ASKED):
        zheng = team.viewer("zheng")
        with view_as(zheng) as session:
            number = open_repair(session, zheng, [session.get_one(Penalty, penalty.id)], agent_name="赵明").id
            session.commit()
        repair = team.session.get_one(Repair, number)
        does(team, "zheng", repair, "precheck")
        does(team, "zheng", repair, "receive", **BOTH)
        does(team, "zheng", repair, "authorise", agent_role="staff", authorised_from="2026-04-01",
             authorised_until="2026-12-31")
        does(team, "zheng", repair, "write_commitment")
        does(team, "zheng", repair, "submit", external_number="XYZG-1")
        does(team, "zheng", repair, "push", pushed_on="2026-04-28")
        assert repair.unit.code == "SAMR-TEAM" and repair.assignee_id is None
        does(team, "qian", repair, "accept")
        does(team, "qian", repair, "check")
        does(team, "wu", repair, "extend", note="情况复杂")
        does(team, "qian", repair, "approve")
        held = team.session.scalars(select(Sync)).one()
        does(team, "wang", held, "confirm", receipt="宁城管回1号")
        does(team, "zhou", repair, "sync", **ALL_ENDED)
        does(team, "zheng", repair, "close")
        assert (repair.state, team.session.get_one(Penalty, penalty.id).state) == ("closed", "terminated")
        does(team, "zhou", repair, "revoke", note="提供虚假材料", facts="票据系伪造", found_on="2026-04-28")
    assert (repair.state, team.session.get_one(Penalty, penalty.id).state) == ("revoked", "published")


def test_an_objection_is_upheld_and_the_decision_taken_down(team, app):
    with moment.at(DECIDED):
        penalty = enter(team, decided_on=DECIDED)
        publish(team, penalty)
        team.session.commit()
        zheng = team.viewer("zheng")
        with view_as(zheng) as session:
            key = open_objection(session, zheng, session.get_one(Penalty, penalty.id), ground="信息有误", content="金额有误").id
            session.commit()
        does(team, "qian", team.session.get_one(Objection, key), "check")
        does(team, "qian", team.session.get_one(Objection, key), "uphold", answer="录入错误")
        issue_for(team.session, penalty, EXPLANATION)
        team.session.commit()
        does(team, "sun", penalty, "withdraw")
    assert team.session.get_one(Penalty, penalty.id).state == "withdrawn"
