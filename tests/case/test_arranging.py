"""What a bureau settles for itself is in use at once, for that bureau alone; what it gives back is the module's again."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

from core import moment
from core.audit import AuditEntry
from core.case import Reminder, Reply, arranging
from core.case.arranging import Arrangement, Sort
from core.case.replies import ready
from core.case.sweep import remind
from core.errors import NotAllowed, Refusal
from core.outbox.models import Message
from core.testing.fixtures import Browser
from core.testing.people import give_role
from trial_modules.tree_felling.models import Permit
from trial_modules.tree_felling.workflow import CLERK, HEAD
from trial_people import Desk

from .test_by_itself import declare, who

DAY = dt.date(2026, 2, 11)


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with moment.at(DAY):
        yield


def settle(desk: Desk, sort: Sort, name: str, by: str = "han", **data: object) -> None:
    with desk.of(by) as (session, viewer):
        arranging.arrange(session, session.merge(desk.district.unit("CGW"), load=False), Permit, sort, name, data, viewer)
        session.commit()
    desk.district.session.rollback()  # what was settled is read once in a transaction


def give_back(desk: Desk, sort: Sort, name: str) -> None:
    with desk.of("han") as (session, viewer):
        arranging.give_back(session, session.merge(desk.district.unit("CGW"), load=False), Permit, sort, name, viewer)
        session.commit()
    desk.district.session.rollback()


def test_a_bureau_says_who_gets_what_by_a_word_in_turn_or_by_load(desk: Desk) -> None:
    give_role(desk.district, "qi", "齐科员", CLERK, "CGW")
    desk.district.session.commit()
    assert who(desk, desk.opens("lin")) == ""  # the module says nothing
    settle(desk, Sort.ASSIGNMENT, "received", how="in_turn", roles=[CLERK],
           rules=[{"field": "title", "text": "古树", "person": "han"}])
    assert who(desk, desk.opens("lin", title="门前古树")) == "han"
    assert {who(desk, desk.opens("lin")) for _n in range(2)} == {"lin", "qi"}
    assert who(desk, desk.opens("zhao", unit="SAMR")) == ""  # another bureau goes by the module's word
    settle(desk, Sort.ASSIGNMENT, "received", how="", roles=[], rules=[])
    assert who(desk, desk.opens("lin")) == ""
    give_back(desk, Sort.ASSIGNMENT, "received")
    session = desk.district.session
    assert session.scalar(select(func.count()).select_from(Arrangement)) == 0
    assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.subject == "core_arrangement")) == 3
    for by, data in (("lin", {"how": "", "roles": []}), ("han", {"how": "in_turn", "roles": []})):
        with pytest.raises(NotAllowed if by == "lin" else Refusal):
            settle(desk, Sort.ASSIGNMENT, "received", by, **data)


def test_a_bureau_words_replies_anew_leaves_some_out_and_adds_its_own(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, replies=(Reply("plan", "缺平面图", "请补平面图。"), Reply("thanks", "致谢", "谢谢。")))
    number, other = desk.opens("lin"), desk.opens("zhao", unit="SAMR")
    settle(desk, Sort.REPLY, "plan", label="缺图", text="$number缺图。", states=["received"], actions=[])
    settle(desk, Sort.REPLY, "thanks", label="致谢", text="谢谢。", states=[], actions=[], offered=False)
    settle(desk, Sort.REPLY, "own_1", label="电话", text="请来电。", states=[], actions=["accept"])
    assert [(each.name, each.text) for each in ready(desk.case(number))] == [("plan", f"{number}缺图。"), ("own_1", "请来电。")]
    assert [each.name for each in ready(desk.case(other))] == ["plan", "thanks"]
    desk.does("lin", number, "accept")
    assert [each.name for each in ready(desk.case(number), "refuse")] == []
    give_back(desk, Sort.REPLY, "thanks")
    assert [each.name for each in ready(desk.case(number), "refuse")] == ["thanks"]
    with pytest.raises(Refusal, match="nowhere"):
        settle(desk, Sort.REPLY, "own_1", label="电话", text="请来电。", states=["nowhere"], actions=[])


def rungs(*given: Reminder) -> list[dict[str, object]]:
    return arranging.as_data(given)


def test_a_changed_ladder_holds_for_what_runs_and_reminds_of_nothing_that_is_over(desk: Desk) -> None:
    number = desk.opens("lin", species="国槐")
    desk.does("lin", number, "accept")  # fifteen days of which the 27th is the last
    code = desk.clock(number).code
    with moment.at(dt.date(2026, 2, 25)):
        settle(desk, Sort.LADDER, code, rungs=rungs(Reminder(nth=1), Reminder(before=1, to=(HEAD,), hour=9)))
        assert desk.clock(number).next_reminder_at == moment.start_of(dt.date(2026, 2, 26)) + dt.timedelta(hours=9)
        later = desk.opens("lin", species="国槐", on=dt.date(2026, 2, 25))
        desk.does("lin", later, "accept", on=dt.date(2026, 2, 25))
        assert moment.local(desk.clock(later).next_reminder_at or moment.now()).date() > dt.date(2026, 2, 24)
    with moment.at(moment.start_of(dt.date(2026, 2, 26)) + dt.timedelta(hours=10)):
        session = desk.district.session
        remind(session, moment.now())
        session.commit()
        told = session.scalars(select(Message.recipient_id).where(Message.subject.contains("2026-02-27")))
        assert set(told) == {desk.person("han").id}
        give_back(desk, Sort.LADDER, code)
        at = desk.clock(number).next_reminder_at
        assert at is None or at > moment.now()
    for wrong in (rungs(Reminder(before=1), Reminder(before=1)), rungs(Reminder()), rungs(Reminder(before=1, to=()))):
        with pytest.raises(Refusal):
            settle(desk, Sort.LADDER, code, rungs=wrong)


@pytest.mark.parametrize("_installation", ["sqlite"], indirect=True)  # pages; what they call ran on both above
def test_a_head_settles_things_on_a_page_and_a_clerk_only_reads_them(desk: Desk, browser: Callable[[str], Browser]) -> None:
    han, lin, kind = browser("han"), browser("lin"), "tree_felling.permit"
    code = Permit.workflow.deadlines[0].code
    assert lin.get("/arrangements").status_code == 403 and "/arrangements" not in lin.get("/ladders").text
    assert "/arrangements?kind=" in han.get("/ladders").text
    assert han.get("/arrangements?kind=tree_felling.nothing").status_code == 404
    page = han.get(f"/arrangements?kind={kind}").text
    assert "assign-received" in page and f"ladder-{code}" in page
    here = {"kind": kind, "name": "received"}
    assert han.post("/arrangements/assignment", data={**here, "how": "in_turn"}).status_code == 422  # among whom?
    han.post("/arrangements/assignment", data={**here, "how": "in_turn", "roles": CLERK})
    wrong = han.post("/arrangements/assignment", data={**here, "field": "title", "text": "古树", "person": "nobody"})
    assert wrong.status_code == 422 and "古树" in wrong.text
    for word in ("古树", "危树"):
        han.post("/arrangements/assignment", data={**here, "field": "title", "text": word, "person": "lin"})
    han.post("/arrangements/remove", data={**here, "sort": "assignment", "what": "0"})
    shown = han.get(f"/arrangements/assignment?kind={kind}&name=received").text
    assert "危树" in shown and "古树" not in shown and "林办事" in shown
    han.post("/arrangements/reply", data={"kind": kind, "label": "电话", "text": "请来电。", "offered": "1"})
    rung = {"kind": kind, "name": code, "when": "after", "days": "2", "hour": "9", "to": HEAD, "channels": "inapp"}
    assert han.post("/arrangements/ladder", data={**rung, "days": "many"}).status_code == 422
    assert han.post("/arrangements/ladder", data=rung).status_code == 302
    assert han.post("/arrangements/ladder", data=rung).status_code == 422  # there already
    assert "9:00" in lin.get("/ladders").text
    session = desk.district.session
    kept = {row.sort: row for row in session.scalars(select(Arrangement))}
    assert [each["after"] for each in kept[Sort.LADDER].data["rungs"]][-1] == 2
    assert kept[Sort.REPLY].name == "own_1" and kept[Sort.ASSIGNMENT].data["roles"] == [CLERK]
    han.post("/arrangements/remove", data={"kind": kind, "name": code, "sort": "ladder", "what": "2 after"})
    for sort, row in kept.items():
        han.post("/arrangements/restore", data={"kind": kind, "sort": sort.value, "name": row.name})
    session.rollback()
    assert session.scalars(select(Arrangement)).all() == []
    assert "restore-" not in han.get(f"/arrangements?kind={kind}").text
