"""Many letters as one act: how many the filter finds, three of them to look at, then the act itself, which can be watched,
stopped and taken up again."""
from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from core.errors import NotFound, Refusal
from core.jobs import letter_batch, tasks
from core.jobs.models import Task, TaskState
from core.letter import batches, bundle, numbers
from core.letter.batch_models import BatchAct, BatchItem, ItemState, LetterBatch
from core.letter.making import letter_kinds
from core.letter.models import Letter
from core.pages.frame import may_see, needs, request_session
from core.pages.letters import narrowed
from core.security import request_viewer
from core.web import Crumb
from core.web.widgets import Action, Confirm, Progress

pages = Blueprint("letter_batches", __name__)
SAMPLES, FAULTS = 3, 50


def acts() -> dict[BatchAct, str]:
    """The acts that the person may do with many letters, and what their buttons say."""
    viewer = request_viewer()
    return {act: said for act, said in batches.words().items() if viewer.may(batches.NEEDS[act][0])}


@pages.route("/letters/batches/new", methods=["GET", "POST"])
@needs("letter:read")
def new() -> str | Response:
    """What the filter finds, three samples, and the button that does it to all of them."""
    session, viewer, act = request_session(), request_viewer(), _act(request.values.get("act", ""))
    may_see(viewer, batches.NEEDS[act][0])
    chosen = narrowed(select(Letter), request.values).where(*batches.meant(viewer, act))
    kept = {name: request.values[name] for name in ("q", "kind", "signed_from", "signed_to") if request.values.get(name)}
    if request.method == "POST":
        ids = session.scalars(chosen.with_only_columns(Letter.id).order_by(Letter.id).limit(batches.MOST + 1)).all()
        try:
            batch = batches.begin(session, act, ids, viewer, kept)
            return _started(batch)
        except Refusal as refusal:
            session.rollback()
            flash(refusal.message, "error")
            return redirect("/letters")
    total = session.scalar(_count(chosen)) or 0
    by_kind = session.execute(chosen.with_only_columns(Letter.kind, func.count()).order_by(None).group_by(Letter.kind))
    kinds = letter_kinds()
    samples = session.scalars(chosen.options(joinedload(Letter.case)).order_by(Letter.id).limit(SAMPLES)).all()
    blocked = numbers.wordless(session, chosen.with_only_columns(Letter.bureau_id).order_by(None), viewer) if (
        act is BatchAct.SIGN) else ""
    return render_template(
        "pages/letter_batch_new.html", title=acts()[act], act=act.value, total=total,
        blocked=blocked, most=batches.MOST, samples=samples,
        kinds=[(kinds[kind].name if kind in kinds else kind, count) for kind, count in by_kind], kept=kept,
        consequences=_consequences(act, total), crumbs=[Crumb(_("Letters"), "/letters"), Crumb(acts()[act])])


@pages.get("/letters/batches")
@needs("letter:read")
def index() -> str:
    """One's own batches, newest first."""
    found = request_session().scalars(select(LetterBatch).order_by(LetterBatch.id.desc()).limit(50)).all()
    return render_template("pages/letter_batches.html", title=_("Batches of letters"), batches=found,
                           crumbs=[Crumb(_("Letters"), "/letters"), Crumb(_("Batches of letters"))])


@pages.get("/letters/batches/<int:letter_batch_id>")
@needs("letter:read")
def batch_page(letter_batch_id: int) -> str:
    """How far it is, what was refused and why, the file that came of it."""
    session, batch = request_session(), _the(letter_batch_id)
    told = batches.counts(session, batch.id)
    refused = session.scalars(select(BatchItem).options(joinedload(BatchItem.letter)).where(
        BatchItem.batch_id == batch.id, BatchItem.state == ItemState.REFUSED).order_by(BatchItem.place).limit(FAULTS)).all()
    task = session.get(Task, batch.task_id) if batch.task_id else None
    running = task is not None and task.state in (TaskState.QUEUED, TaskState.RUNNING)
    progress = Progress(
        batch.title, task.done, task.total or sum(told.values()), task.state.value, task.message, id=task.id,
        poll_url=f"/letters/batches/{batch.id}/progress" if running else "",
        cancel=Action(_("Stop"), f"/letters/batches/{batch.id}/stop", method="post", name="stop") if running else None,
        result=Action(_("Download"), f"/tasks/{task.id}/result", name="result") if task.result_sha256 else None,
    ) if task is not None else None
    left = told[ItemState.WAITING] + told[ItemState.REFUSED]
    resume = Action(_("Go on with %(n)s letters", n=left), f"/letters/batches/{batch.id}/resume", method="post", tone="go",
                    name="resume") if left and not running else None
    return render_template("pages/letter_batch.html", title=batch.title, batch=batch, refused=refused, progress=progress,
                           told={state.value: count for state, count in told.items()}, resume=resume,
                           crumbs=[Crumb(_("Letters"), "/letters"), Crumb(_("Batches of letters"), "/letters/batches"),
                                   Crumb(batch.title)])


@pages.get("/letters/batches/<int:letter_batch_id>/progress")
@needs("letter:read")
def progress_of(letter_batch_id: int) -> Response:
    """``{"state", "done", "total", "note"}`` for the page that watches it."""
    batch = _the(letter_batch_id)
    task = request_session().get(Task, batch.task_id) if batch.task_id else None
    return jsonify(state=task.state.value if task else "queued", done=task.done if task else 0,
                   total=task.total if task else None, note=task.message if task else "")


@pages.post("/letters/batches/<int:letter_batch_id>/<what>")
@needs("letter:read")
def act_on(letter_batch_id: int, what: str) -> Response:
    """Stop it, or take it up again with what waits or was refused."""
    session, batch = request_session(), _the(letter_batch_id)
    try:
        if what == "stop":
            tasks.cancel(session, batch.task_id or 0, request_viewer().user_id or 0)
        elif what == "resume":
            task = session.get(Task, batch.task_id) if batch.task_id else None
            if task is not None and task.state in (TaskState.QUEUED, TaskState.RUNNING):
                raise Refusal(_("It is still running."))
            batches.retry(session, batch)
            return _started(batch)
        else:
            raise NotFound(_("There is no such page."))
        session.commit()
    except NotFound:
        raise
    except Refusal as refusal:
        session.rollback()
        flash(refusal.message, "error")
    return redirect(f"/letters/batches/{letter_batch_id}")


@pages.get("/letters/batches/<int:letter_batch_id>/list")
@needs("letter:read")
def delivery_list(letter_batch_id: int) -> Response:
    """The delivery list of the batch's signed letters as a sheet."""
    session, batch = request_session(), _the(letter_batch_id)
    ids = session.scalars(select(BatchItem.letter_id).where(BatchItem.batch_id == batch.id).order_by(BatchItem.place)).all()
    file = BytesIO()
    bundle.write_list(file, bundle.rows(session, ids))
    file.seek(0)
    return send_file(file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_attachment=True,
                     download_name=bundle.LIST)


def _started(batch: LetterBatch) -> Response:
    session = request_session()
    letter_batch.start(session, batch, request_viewer())
    session.commit()
    return redirect(f"/letters/batches/{batch.id}")


def _act(name: str) -> BatchAct:
    if name not in list(BatchAct):
        raise NotFound(_("There is no such page."))
    return BatchAct(name)


def _the(batch_id: int) -> LetterBatch:
    found = request_session().get(LetterBatch, batch_id if batch_id < 2**31 else 0)
    if found is None:
        raise NotFound(_("There is no such batch."))
    return found


def _count(chosen: Select[Any]) -> Select[Any]:
    return chosen.with_only_columns(func.count(Letter.id)).order_by(None)


def _consequences(act: BatchAct, total: int) -> Confirm | None:
    if act is BatchAct.SIGN:
        return Confirm(_("Sign %(n)s letters", n=total),
                       [_("Each gets the next number of its series and the seal of its organ, and cannot be changed any more."),
                        _("Letters that you drafted or reviewed yourself are refused and stay as they are.")], "",
                       button=_("Sign all"))
    if act is BatchAct.REVIEW:
        return Confirm(_("Review %(n)s letters", n=total), [_("They then wait for the signer."),
                       _("Letters that you drafted yourself are refused and stay as they are.")], "", button=_("Review all"))
    return None
