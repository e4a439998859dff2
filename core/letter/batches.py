"""Dealing with many letters as one act: chosen by a filter, done one by one, each in its own transaction.

The database holds how far a batch is. A worker that is killed, a batch that is stopped and one that is taken up again leave
every letter either done or waiting; what was refused says why.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from core import moment
from core.access import build_viewer, view_as
from core.access.viewer import Viewer
from core.errors import NotAllowed, NotFound, Refusal
from core.letter import bundle, numbers, press, register
from core.letter.batch_models import BatchAct, BatchItem, ItemState, LetterBatch
from core.letter.making import letter_kinds
from core.letter.models import Letter, LetterState
from core.words import gettext as _

MOST = 5_000
KIND = "letters.batch"
"""The kind of long task that does a batch."""
NEEDS = {BatchAct.REVIEW: ("letter:review", (LetterState.DRAFT,)), BatchAct.SIGN: ("letter:sign", (LetterState.REVIEWED,)),
         BatchAct.ZIP: ("letter:read", (LetterState.SIGNED, LetterState.DELIVERED)),
         BatchAct.PRINT: ("letter:read", (LetterState.SIGNED, LetterState.DELIVERED))}
"""For each act the permission, and the states of the letters that it is for."""


def meant(actor: Viewer, act: BatchAct) -> list[ColumnElement[bool]]:
    """Which letters the act is for: by their state, and to review or sign them those of his own organs."""
    permission, states = NEEDS[act]
    own = [] if permission == "letter:read" else [register.of_his_organs(actor, permission.partition(":")[2])]
    return [Letter.state.in_(states), *own]


def words() -> dict[BatchAct, str]:
    """What each act is called."""
    return {BatchAct.REVIEW: _("Review all"), BatchAct.SIGN: _("Sign all"), BatchAct.ZIP: _("All in one ZIP"),
            BatchAct.PRINT: _("One PDF for the printer")}


class Run(Protocol):
    """What a long task offers to the work: see :class:`core.jobs.running.TaskRun`."""

    session: Session
    params: dict[str, Any]

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """A checkpoint: commits."""


@dataclass(frozen=True)
class Outcome:
    """How a batch ended: a sentence, and perhaps a file."""

    message: str
    file: BinaryIO | None = None
    name: str = ""


def begin(session: Session, act: BatchAct, ids: Sequence[int], actor: Viewer, chosen: dict[str, Any]) -> LetterBatch:
    """Write down what is to be done with what the filter ``chosen`` found; the caller starts the task :data:`KIND` with
    ``{"batch": id}`` and commits."""
    if not actor.may(NEEDS[act][0]) or actor.user_id is None:
        raise NotAllowed(_("You may not do this with this letter."))
    if not ids:
        raise Refusal(_("No letter is chosen."), "ids")
    if len(ids) > MOST:
        raise Refusal(_("At most %(most)s letters at once: narrow the filter.", most=MOST), "ids")
    if act is BatchAct.SIGN and (why := numbers.wordless(session, select(Letter.bureau_id).where(Letter.id.in_(ids)), actor)):
        raise Refusal(why, "doc_word")
    kind = letter_kinds().get(str(chosen.get("kind", "")))
    title = f"{words()[act]}-{kind.name if kind else _('Letters')}"
    batch = LetterBatch(act=act, title=title[:200], by_id=actor.user_id, created_at=moment.now(), chosen=chosen,
                        items=[BatchItem(place=place, letter_id=letter_id) for place, letter_id in enumerate(ids, 1)])
    session.add(batch)
    session.flush()
    return batch


def counts(session: Session, batch_id: int) -> dict[ItemState, int]:
    """How many letters of the batch wait, are done, were refused. One statement."""
    found = dict.fromkeys(ItemState, 0)
    for state, count in session.execute(select(BatchItem.state, func.count()).where(BatchItem.batch_id == batch_id)
                                        .group_by(BatchItem.state)):
        found[state] = count
    return found


def retry(session: Session, batch: LetterBatch) -> int:
    """Let what was refused wait again; how many letters wait now."""
    session.execute(update(BatchItem).where(BatchItem.batch_id == batch.id, BatchItem.state == ItemState.REFUSED)
                    .values(state=ItemState.WAITING, reason=""))
    return counts(session, batch.id)[ItemState.WAITING]


def run(task: Run) -> Outcome:
    """Do what waits of a batch. Taken up again, it goes on where it was: the letters themselves say so."""
    session, batch_id = task.session, int(task.params["batch"])
    batch = session.get(LetterBatch, batch_id)
    if batch is None:
        raise NotFound(_("There is no such batch."))
    actor = build_viewer(session, batch.by_id)
    if batch.act in (BatchAct.ZIP, BatchAct.PRINT):
        return _bundled(task, batch, actor)
    waiting = list(session.scalars(select(BatchItem.letter_id).where(
        BatchItem.batch_id == batch_id, BatchItem.state == ItemState.WAITING).order_by(BatchItem.place)))
    told = counts(session, batch_id)
    total = sum(told.values())
    done = total - told[ItemState.WAITING]
    session.rollback()

    def after(letter_id: int, refusal: Refusal | None) -> None:
        nonlocal done
        done += 1
        session.execute(update(BatchItem).where(BatchItem.batch_id == batch_id, BatchItem.letter_id == letter_id).values(
            state=ItemState.REFUSED if refusal else ItemState.DONE, reason=refusal.message if refusal else ""))
        task.progress(done, total)

    if batch.act is BatchAct.SIGN:
        with press.Press(press.processes()) as drawing:
            press.sign_all(session, waiting, actor, drawing, after)
    else:
        for letter_id in waiting:
            refused = None
            try:
                register.review(session, session.get_one(Letter, letter_id, populate_existing=True), actor)
            except Refusal as refusal:
                session.rollback()
                refused = refusal
            after(letter_id, refused)
    told = counts(session, batch_id)
    return Outcome(_("Done: %(done)s. Refused: %(refused)s.", done=told[ItemState.DONE], refused=told[ItemState.REFUSED]))


def _bundled(task: Run, batch: LetterBatch, actor: Viewer) -> Outcome:
    """All letters of the batch in one file. It is made anew when it was interrupted: half a file is none."""
    ids = list(task.session.scalars(select(BatchItem.letter_id).where(BatchItem.batch_id == batch.id)
                                    .order_by(BatchItem.place)))
    name, act, batch_id = batch.title, batch.act, batch.id
    with view_as(actor) as own:  # what the person may see now
        letters = bundle.rows(own, ids)
    file = bundle.start()
    make = bundle.write_zip if act is BatchAct.ZIP else bundle.write_print
    make(file, letters, lambda done: task.progress(done, len(letters)))
    task.session.execute(update(BatchItem).where(BatchItem.batch_id == batch_id).values(state=ItemState.DONE, reason=""))
    file.seek(0)
    return Outcome(_("%(n)s letters in one file.", n=len(letters)), file,
                   f"{name}.{'zip' if act is BatchAct.ZIP else 'pdf'}")
