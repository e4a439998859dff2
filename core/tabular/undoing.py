"""Takes an import back, as long as nobody has built on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from core import audit, moment
from core.errors import Changed, NotAllowed, NotFound, Refusal
from core.tabular.catalogue import import_profiles
from core.tabular.importing import open_transaction
from core.tabular.models import BatchState, ImportBatch, ImportChange
from core.tabular.profile import BulkHandler, ImportProfile, Person
from core.tabular.work import ImportResult, Work
from core.words import gettext as _

_CHUNK = 500


def undo_batch(
    session: Session, batch_id: int, by: Person, *, profiles: Mapping[str, ImportProfile] | None = None
) -> ImportBatch:
    """Put back everything that the import ``batch_id`` did; flushes, never commits. All or nothing.

    Raises :class:`~core.errors.NotFound`, :class:`~core.errors.NotAllowed`, :class:`~core.errors.Changed` naming the
    rows of the sheet whose records were changed meanwhile, and :class:`~core.errors.Refusal` when it was undone
    already.
    """
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound(_("There is no import %(batch)s.", batch=batch_id))
    profile = (import_profiles() if profiles is None else profiles).get(batch.profile)
    if profile is None:
        raise Refusal(_("The module that made this import is switched off: the import cannot be undone."))
    if not by.may(profile.permission):
        raise NotAllowed(_("You may not import %(title)s.", title=profile.title))
    open_transaction(session)
    try:
        with session.begin_nested():
            _claim(session, batch, by)
            work = Work(session, profile, by, batch.bureau_id, batch.id, ImportResult(profile.code))
            audit.record(session, "undone", ImportBatch.__tablename__, batch.id, profile.title, file=batch.file_name)
            conflicts = _put_back(session, batch.id, profile, work)
            if conflicts:
                rows = sorted({change.row for change in conflicts})
                raise Changed(
                    _(
                        "The import cannot be undone: the records of rows %(rows)s were changed since.",
                        rows="、".join(map(str, rows[:20])) + (" …" if len(rows) > 20 else ""),
                    ),
                    rows=rows,
                )
    except StaleDataError as error:
        raise Changed(_("The import cannot be undone: somebody changed one of its records just now.")) from error
    except IntegrityError as error:
        raise Refusal(_("The import cannot be undone: other records already refer to what it created.")) from error
    return batch


def _claim(session: Session, batch: ImportBatch, by: Person) -> None:
    """Of two people who press the button at once, one gets it."""
    claimed = session.execute(
        update(ImportBatch)
        .where(ImportBatch.id == batch.id, ImportBatch.state == BatchState.DONE)
        .values(state=BatchState.UNDONE, undone_by_id=by.user_id, undone_at=moment.now())
        .returning(ImportBatch.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if claimed is None:
        raise Refusal(_("This import was already undone."))
    session.refresh(batch)


def _put_back(session: Session, batch_id: int, profile: ImportProfile, work: Work) -> Sequence[ImportChange]:
    if isinstance(profile.handler, BulkHandler):
        return profile.handler.undo_all(session, batch_id, work)
    conflicts: list[ImportChange] = []
    last: int | None = None
    while True:
        page = (
            select(ImportChange).where(ImportChange.batch_id == batch_id).order_by(ImportChange.id.desc()).limit(_CHUNK)
        )
        changes = session.scalars(page if last is None else page.where(ImportChange.id < last)).all()
        if not changes:
            return conflicts
        last = changes[-1].id
        conflicts += profile.handler.undo(session, changes, work)
        session.flush()
