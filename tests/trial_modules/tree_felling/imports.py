"""Applications that arrive as a sheet, and the register as one."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.access import Unit, system_viewer
from core.case import open_case
from core.errors import Refusal
from core.tabular.columns import Int, Text
from core.tabular.models import ImportChange
from core.tabular.profile import ExportColumn, ExportProfile, Handler, ImportProfile, Outcome, Person, Record
from core.tabular.work import Work
from core.words import gettext as _
from trial_modules.tree_felling.models import Permit


class Applications(Handler):
    """Each row opens a case in the bureau for which the sheet is imported."""

    def apply(self, row: Record, work: Work) -> Outcome:
        """Open the case; a title that stands there already is the same application."""
        if work.session.scalars(select(Permit).where(Permit.title == row["title"])).first() is not None:
            return Outcome.UNCHANGED
        unit = work.session.get(Unit, work.bureau_id) if work.bureau_id is not None else None
        if unit is None:
            raise Refusal(_("Say for which bureau the sheet is imported."))
        case = open_case(work.session, Permit, system_viewer("import", work.by.name), unit=unit, title=row["title"],
                         species=row["species"] or "", trees=row["trees"])
        work.changed(row.row, "tree_felling.permit", case.id, None, case.version)
        return Outcome.CREATED

    def undo(self, session: Session, changes: Sequence[ImportChange], work: Work) -> Sequence[ImportChange]:
        """Delete what was created, unless somebody worked on it."""
        touched = []
        for change in changes:
            case = session.get(Permit, int(change.key))
            if case is not None and case.version != change.version:
                touched.append(change)
            elif case is not None:
                session.delete(case)
        return touched


def _query(_session: Session, filters: Mapping[str, Any], _viewer: Person) -> Select[Any]:
    found = select(Permit).order_by(Permit.id)
    return found.where(Permit.state == filters["state"]) if "state" in filters else found


IMPORTS = [ImportProfile(
    code="tree_felling.permits", title="砍伐申请", module="tree_felling", permission="tree_felling.permit:import",
    keys=("title",), handler=Applications(),
    columns=(Text(name="title", heading="事由", required=True, sample="砍伐门前枯树"),
             Text(name="species", heading="树种", sample="国槐"),
             Int(name="trees", heading="株数", required=True, least=1, most=1000, sample="2")))]

EXPORTS = [ExportProfile(
    code="tree_felling.permits", title="砍伐申请", module="tree_felling", permission="tree_felling.permit:export",
    columns=(ExportColumn(heading="事项编号", value="number"), ExportColumn(heading="事由", value="title"),
             ExportColumn(heading="株数", value="trees")), query=_query)]
