"""What goes wrong between people: two who answer at once, an officer who leaves with everything open. Nothing lost, nothing
double. (A flood, a submission sent twice or cut off: ``tests/portal``; the month's sheet: ``test_sheets``.)"""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from addons.districts.channels import Incoming
from addons.districts.models import Need, Order, Serving
from addons.districts.operations import submit_need
from addons.districts.operations.areas import appoint_officer, draw_area
from addons.districts.operations.serving import coverage, keep_assigned, transfer_block
from addons.districts.tests.helpers import ANSWER, accepted, do, sent
from core import moment
from core.case.models import Event
from core.errors import Changed, Refusal
from core.letter.models import Letter
from core.party.models import Enterprise
from core.party.uscc import make_uscc

D = dt.date


def test_two_officers_answer_at_once_and_the_enterprise_gets_one_answer(team, browser):
    with moment.at(moment.start_of(D(2026, 4, 28)) + dt.timedelta(hours=9)):
        need = accepted(team)
        order = sent(team, need)
        do(team, order, "sign_in", "samr")
        do(team, order, "report", "samr", reply="已处理完毕。", result="已解决", mode="电话", basis="")
        team.session.commit()
        first, second = browser("wang"), browser("lead")
        version = need.version
        answer = {"version": version, "result": "已解决", "basis": "", **ANSWER}
        assert first.post(f"/cases/{need.number}/do/answer", data=answer).status_code == 302
        late = second.post(f"/cases/{need.number}/do/answer", data=answer | {"reply": "另一个答复。"})
        assert late.status_code == 422 and "另一个答复。" in late.text, "what the second one typed is kept beside the first's"
        team.session.rollback()
        team.session.expire_all()
        assert (need.state, need.reply_text) == ("answered", ANSWER["reply"])
        answers = select(func.count()).where(Event.case_id == need.id, Event.to_state == "answered",
                                             Event.from_state != "answered")
        letters = select(func.count()).where(Letter.case_id == need.id, Letter.kind == "districts.reply")
        assert (team.session.scalar(answers), team.session.scalar(letters)) == (1, 1)
        open_orders = select(func.count()).select_from(Order).where(Order.need_id == need.id, Order.closed_at.is_(None))
        assert team.session.scalar(open_orders) == 0
        with pytest.raises((Changed, Refusal)):
            do(team, need, "answer", "lead", **ANSWER)


@pytest.mark.walk
@pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)
def test_an_officer_leaves_with_300_open_needs_and_none_is_lost(team):
    session, street = team.session, team.unit("120117001")
    with moment.at(moment.start_of(D(2026, 4, 28)) + dt.timedelta(hours=9)):
        area = draw_area(session, street, "120117001-01", "示例东片区", words=("示例路",), valid_from=D(2026, 1, 5))
        old, new = (appoint_officer(session, team.people[who], area, part=part, valid_from=D(2026, 1, 5))
                    for who, part in (("wang", "A"), ("lead", "B")))
        session.add_all(Enterprise(uscc=make_uscc("120117", n), name=f"天津示例{n}号有限公司", district_code="120117001",
                                   business_address=f"示例路{n}号") for n in range(100, 110))
        session.flush()
        keep_assigned(session)
        actor = team.viewer("wang")
        for n in range(300):
            submit_need(session, actor, Incoming("officer", f"第{n}件", "门口道路的路灯坏了很久，请尽快修复。",
                                                 code=make_uscc("120117", 100 + n % 10)))
        session.commit()
        before = dict(session.execute(select(Need.number, Need.due_at)).all())
    with moment.at(moment.start_of(D(2026, 4, 29)) + dt.timedelta(hours=9)):
        told = transfer_block(session, team.viewer("chief"), old, new, D(2026, 4, 29), "调离")
        session.commit()
        assert told["needs"] == 300
        assert set(session.scalars(select(Need.assignee_id))) == {new.user_id}
        assert set(session.scalars(select(Need.first_asker_id))) == {old.user_id}, "who asked first stays so"
        assert dict(session.execute(select(Need.number, Need.due_at)).all()) == before, "and no clock moves"
        covered, active = coverage(session)
        assert covered == active
        now = select(Serving.enterprise_id, func.count()).where(
            Serving.valid_from <= D(2026, 4, 29), Serving.valid_to > D(2026, 4, 29)).group_by(Serving.enterprise_id)
        assert {count for _key, count in session.execute(now)} == {1}, "nobody has two"
