"""What a person finds on the desk in the morning."""
from __future__ import annotations

import datetime as dt

from api_office import counted
from core import moment
from core.access import view_as
from core.case import do
from core.case.desk import desk, todo_by_kind
from core.case.duty import add_task
from core.case.models import Watcher
from core.db import db


def boxes(office, name):
    with view_as(office.viewer(name)) as session:
        return {box: count.value for box, count in desk(session).boxes.items()}


def test_each_box_holds_what_its_name_says(office):
    mine = office.open(title="Mine", assignee_id=office.viewer("li").user_id)
    office.open(title="Nobody's")
    office.open(title="Wang's", assignee_id=office.viewer("wang").user_id)
    office.open(unit="CGW", by="zhao")
    assert boxes(office, "li") == {"todo": 2, "done": 0, "started": 3, "copied": 0, "overdue": 0}
    assert boxes(office, "wang") == {"todo": 2, "done": 0, "started": 0, "copied": 0, "overdue": 0}
    do(mine, "ask", actor=office.viewer("li"), note="Which?")
    do(mine, "hear", actor=office.viewer("li"))
    mine.assignee_id = office.viewer("wang").user_id
    office.session.add(Watcher(case_id=mine.id, user_id=office.viewer("li").user_id, added_at=moment.now()))
    add_task(mine, "Ring them up", actor=office.viewer("wang"), person=office.district.people["li"])
    office.session.commit()
    assert boxes(office, "li") == {"todo": 2, "done": 1, "started": 3, "copied": 1, "overdue": 0}


def test_watching_a_case_that_one_may_not_see_shows_nothing(office):
    theirs = office.open(unit="CGW", by="zhao")
    office.session.add(Watcher(case_id=theirs.id, user_id=office.viewer("li").user_id, added_at=moment.now()))
    office.session.commit()
    assert boxes(office, "li")["copied"] == 0


def test_what_is_due_is_grouped_and_the_most_urgent_comes_first(office):
    for title, opened in (("late", dt.date(2026, 11, 9)), ("today", dt.date(2026, 11, 16)),
                          ("friday", dt.date(2026, 11, 20)), ("next week", dt.date(2026, 11, 23))):
        with moment.at(opened):
            office.open(title=title)
    with view_as(office.viewer("li")) as session:
        found = {group.name: [row.title for row in group.rows] for group in desk(session).due}
        counts = {group.name: group.count.value for group in desk(session).due}
    assert found == {"overdue": ["late"], "today": ["today"], "week": ["friday"]}
    assert counts == {"overdue": 1, "today": 1, "week": 1}


def test_a_paused_clock_is_not_overdue(office):
    with moment.at(dt.date(2026, 11, 9)):
        case = office.open(title="Asked back", assignee_id=office.viewer("li").user_id)
        do(case, "ask", actor=office.viewer("li"), note="Which?")
        office.session.commit()
    with view_as(office.viewer("li")) as session:
        seen = desk(session)
    assert seen.boxes["overdue"].value == 0
    assert [group.name for group in seen.due if group.rows] == ["today"]
    assert [group.count.value for group in seen.due] == [0, 1, 0]


def test_the_desk_takes_two_statements_however_much_lies_on_it(office):
    for number in range(25):
        office.open(title=f"Case {number}")
    with view_as(office.viewer("li")) as session, counted(db.engine) as sent:
        assert desk(session).boxes["todo"].value == 25
        assert len(sent) == 2
        assert todo_by_kind(session) == ({"trial.complaint": 25}, ())
    assert len(sent) == 3
