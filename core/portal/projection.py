"""Keeps the public projection in step: whatever happens to a case is written there when its transaction ends.

Signals mark the case; just before the commit the marked cases are read as they stand and written once, in the same
transaction. A rollback takes both back.
"""
from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import current_app, has_app_context
from sqlalchemy import delete, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload, object_session, selectinload

from core.access.models import Unit
from core.access.personal import mask_personal
from core.access.rows import VIEWER
from core.access.viewer import system_viewer
from core.case.models import Case, Clock, Confidentiality, Event
from core.letter.models import Letter, LetterState
from core.portal.declare import CODE, Portal, PublicKind
from core.portal.models import PublicCase, PublicEvent, PublicLetter
from core.signals import calendar_confirmed, case_noted, case_opened, letter_issued, step_taken

MARKED = "portal marked"
BATCH = 500
OUTSIDE = (LetterState.SIGNED, LetterState.DELIVERED, LetterState.VOIDED)


def portal() -> Portal:
    """What the loaded modules show to the public."""
    found: Portal = current_app.extensions["portal"]
    return found


def code_digest(number: str, code: str) -> str:
    """What is kept of a query code."""
    return hashlib.sha256(f"{number}:{code}".encode()).hexdigest()


def mark(case: Case) -> None:
    """Have the projection of ``case`` written when the transaction ends."""
    session = object_session(case)
    if session is not None and has_app_context() and case.kind in _kinds():
        session.info.setdefault(MARKED, set()).add(case.id)


def rebuild(session: Session) -> dict[str, int]:
    """Make the whole projection anew, batch by batch, each its own transaction; ``{"cases", "letters",
    "removed"}``, the letters being those that belong to no case.

    ``session`` must be a system session. Cases are locked while they are read, so that nothing that happens meanwhile is
    overwritten by what was.
    """
    told, last = {"cases": 0, "letters": 0, "removed": 0}, 0
    kinds = sorted(_kinds())
    while True:
        ids = session.scalars(select(Case.__table__.c.id).where(
            Case.__table__.c.id > last, Case.__table__.c.kind.in_(kinds)).order_by(Case.__table__.c.id).limit(BATCH)
            .with_for_update()).all()
        if not ids:
            break
        told["cases"] += write(session, ids)
        last = ids[-1]
        session.commit()
    told["letters"] = _rebuild_letters(session)
    gone = session.execute(delete(PublicCase).where(PublicCase.kind.not_in(kinds))).rowcount  # type: ignore[attr-defined]
    session.commit()
    return told | {"removed": int(gone)}


def write(session: Session, ids: Collection[int]) -> int:
    """Write the cases ``ids`` as they stand now; those that may not be seen outside are taken out. How many are there."""
    connection = session.connection()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    with Session(connection, expire_on_commit=False) as own:  # it joins the transaction and never ends it
        own.info[VIEWER] = system_viewer("public projection")
        cases = own.scalars(select(Case).where(Case.id.in_(ids)).options(
            joinedload(Case.unit).joinedload(Unit.bureau), joinedload(Case.assignee), selectinload(Case.clocks))).all()
        kinds = _kinds()
        shown = [case for case in cases if case.kind in kinds and kinds[case.kind].shown(case)]
        keys = [case.id for case in shown]
        gone = set(ids) - set(keys)
        if gone:
            connection.execute(delete(PublicCase).where(PublicCase.id.in_(gone)))
        if not shown:
            return 0
        rows = [_case_row(case, kinds[case.kind]) for case in shown]
        insert = dialect.insert(PublicCase)
        connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_={
            name: insert.excluded[name] for name in rows[0] if name != "id"}), rows)
        letters = {case.id: (case.enterprise_id, kinds[case.kind].letters) for case in shown}
        for model, found in ((PublicEvent, list(_events(own, shown))), (PublicLetter, list(_letters(own, letters)))):
            connection.execute(delete(model).where(model.case_id.in_(keys)))
            if found:
                connection.execute(dialect.insert(model), found)
    return len(shown)


@event.listens_for(Session, "before_commit")
def _write_marked(session: Session) -> None:
    if MARKED not in session.info or session.in_nested_transaction():
        return
    marked = sorted(session.info.pop(MARKED))
    session.flush()
    for start in range(0, len(marked), BATCH):
        write(session, marked[start:start + BATCH])


@case_opened.connect
@step_taken.connect
@case_noted.connect
def _mark(_sender: Any, case: Case, **_rest: Any) -> None:
    mark(case)


@calendar_confirmed.connect
def _due_dates_moved(session: Session, years: Sequence[int], **_rest: Any) -> None:
    """Open clocks may end on other days now; which ones is read when the transaction ends."""
    if not years or not has_app_context() or not _kinds():
        return
    clock, case = Clock.__table__, Case.__table__
    with Session(session.connection()) as own:
        own.info[VIEWER] = system_viewer("a calendar came into force")
        ids = own.scalars(select(clock.c.case_id).join(case, case.c.id == clock.c.case_id).where(
            clock.c.stopped_at.is_(None), clock.c.due_on >= dt.date(min(years), 1, 1), case.c.kind.in_(sorted(_kinds()))))
        session.info.setdefault(MARKED, set()).update(ids)


def _kinds() -> dict[str, PublicKind]:
    found: Portal | None = current_app.extensions.get("portal")
    return found.kinds if found is not None else {}


def _case_row(case: Case, kind: PublicKind) -> dict[str, Any]:
    secret = case.confidentiality is Confidentiality.RESTRICTED
    title, text, reply = ((str(case.kind_title), "", "") if secret
                          else (kind.title(case), kind.text(case) or "", kind.reply(case) or ""))
    listed = "" if secret else kind.listed(case)
    return {
        "id": case.id, "kind": case.kind, "number": case.number, "code_digest": code_digest(case.number, case.query_code),
        "title": mask_personal(title)[:255], "text": mask_personal(text), "reply": mask_personal(reply, landlines=False),
        "state": case.state, "meaning": case.meaning, "unit": case.unit.name, "server": asdict(kind.server(case)),
        "enterprise_id": case.enterprise_id, "opened_at": case.opened_at, "closed_at": case.closed_at, "due": _due(case),
        "steps": [step.name for step in kind.steps if step.by == CODE and step.open(case)],
        "listed": bool(listed), "listed_as": mask_personal(listed)[:120]}


def _due(case: Case) -> list[dict[str, Any]]:
    public = {deadline.code for deadline in case.workflow.deadlines if deadline.public}
    running = sorted((c for c in case.clocks if c.running and c.code in public), key=lambda c: c.due_at)
    return [{"code": c.code, "on": c.due_on.isoformat(), "amount": c.amount, "unit": c.unit, "provisional": c.provisional,
             "paused": c.paused} for c in running]


def _events(session: Session, cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
    secret = {case.id for case in cases if case.confidentiality is Confidentiality.RESTRICTED}
    for found in session.scalars(select(Event).where(Event.case_id.in_([case.id for case in cases]), Event.public)):
        text = "" if found.case_id in secret else mask_personal(found.note, landlines=found.actor_id is None)
        yield {"id": found.id, "case_id": found.case_id, "at": found.at, "kind": found.kind, "action": found.action,
               "text": text}


def _letters(session: Session, wanted: Mapping[int, tuple[int | None, Sequence[str]]]) -> Iterator[dict[str, Any]]:
    if not any(kinds for _enterprise, kinds in wanted.values()):
        return
    for letter in session.scalars(select(Letter).options(joinedload(Letter.bureau)).where(
            Letter.case_id.in_(wanted), Letter.state.in_(OUTSIDE))):
        enterprise_id, kinds = wanted[letter.case_id or 0]
        if letter.kind in kinds:
            yield _letter_row(letter, enterprise_id)


def _letter_row(letter: Letter, enterprise_id: int | None) -> dict[str, Any]:
    return {"id": letter.id, "case_id": letter.case_id, "enterprise_id": enterprise_id, "number": letter.number,
            "title": letter.title, "organ": letter.bureau.name, "signed_at": letter.signed_at, "sha256": letter.sha256,
            "voided": letter.state is LetterState.VOIDED}


@letter_issued.connect
def _show_letter(session: Session, letter: Letter, **_rest: Any) -> None:
    """A letter that belongs to no case stands by itself in the account of the enterprise that it is for."""
    if letter.enterprise_id is not None:
        _write_letters(session, [_letter_row(letter, letter.enterprise_id)])


def _write_letters(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    connection = session.connection()
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(PublicLetter)
    connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_={
        name: insert.excluded[name] for name in rows[0] if name != "id"}), rows)


def _rebuild_letters(session: Session) -> int:
    told, last = 0, 0
    while rows := [_letter_row(letter, letter.enterprise_id) for letter in session.scalars(
            select(Letter).options(joinedload(Letter.bureau)).where(
                Letter.id > last, Letter.enterprise_id.is_not(None), Letter.state.in_(OUTSIDE)).order_by(Letter.id)
            .limit(BATCH).with_for_update(of=Letter))]:
        _write_letters(session, rows)
        told, last = told + len(rows), rows[-1]["id"]
        session.commit()
    return told
