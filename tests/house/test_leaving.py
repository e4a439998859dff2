"""A module leaves: its bureau is told what lies open, its cases go with it, letters that were signed stay."""
from __future__ import annotations

import json
import zipfile
from typing import Any

from flask import Flask
from sqlalchemy import text

from core import moment
from core.bureau_modules import disable
from core.case import Case
from core.case.leaving import open_due_dates
from core.letter.models import Letter, LetterState
from core.purge import purge
from trial_installation import _installation as _installation
from trial_people import Desk, desk, office

__all__ = ["desk", "office"]


def test_who_switches_the_module_off_sees_the_open_cases_of_the_bureau(app: Flask, desk: Desk) -> None:
    kept = desk.opens("lin")
    desk.opens("zhao", unit="SAMR")
    desk.does("lin", desk.opens("lin", title="树已伐"), "withdraw", note="不再需要")
    session, unit = desk.district.session, desk.district.unit("CGW").id
    told = disable(session, app.extensions["yingshang"], "tree_felling", unit)
    assert [dict(case) for case in told] == [{"number": kept, "title": "门前枯树", "state": "received"}]


def test_a_rehearsal_compares_the_due_dates_of_the_clocks_that_run(app: Flask, desk: Desk) -> None:
    number = desk.opens("lin")
    assert open_due_dates(desk.district.session, None) == {}, "nothing runs before it was accepted"
    desk.does("lin", number, "accept")
    clock = desk.clock(number)
    assert open_due_dates(desk.district.session, None) == {f"{number} decide ({clock.id})": clock.due_on.isoformat()}


def letter(case: Case, **more: Any) -> Letter:
    """A letter of the case, as it stands in the register."""
    return Letter(kind=more.pop("kind", "tree_felling.granted"), case_id=case.id, bureau_id=case.bureau_id,
                  unit_id=case.unit_id, addressee="示例单位", title="准予砍伐通知书", drafted_at=moment.now(), **more)


def test_a_purge_takes_the_cases_and_leaves_the_signed_letters(app: Flask, desk: Desk) -> None:
    number, session = desk.opens("lin", trees=2), desk.district.session
    desk.does("lin", number, "accept")
    case = desk.case(number)
    session.add_all([letter(case, kind="tree_felling.draft"),
                     letter(case, state=LetterState.SIGNED, number="宁城管〔2026〕1号", sha256="0" * 64,
                            signed_at=moment.now(), code="ABCD-EFGH")])
    session.commit()
    session.close()
    told = purge(app.extensions["yingshang"], "tree_felling", "tree_felling")
    assert told["settled"]["cases"] == {"cases": 1, "letters_kept": 1}
    with zipfile.ZipFile(told["export"]) as archive:
        assert json.loads(archive.read("core_case.jsonl"))["number"] == number
        assert len(archive.read("core_event.jsonl").splitlines()) == 2
        assert len(archive.read("core_letter.jsonl").splitlines()) == 2
        assert json.loads(archive.read("tree_felling_permit.jsonl"))["trees"] == 2
    connection = session.connection()
    for table in ("core_case", "core_event", "core_clock"):
        assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    assert connection.execute(text("SELECT number, case_id FROM core_letter")).all() == [("宁城管〔2026〕1号", None)]
