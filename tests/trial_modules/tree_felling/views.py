"""The list and the page of applications."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Viewer
from core.case.screens import Answer, CaseScreen, ListColumn, ListFilter, Report, Section
from core.portal.declare import Entry
from trial_modules.tree_felling.models import Permit

SCREENS = [CaseScreen(
    Permit, "permits", _l("Felling of trees"),
    columns=(ListColumn("number", _l("Number"), lambda case: case.number, sort="number"),
             ListColumn("species", _l("Species"), lambda case: case.species)),
    sections=(Section(_l("Trees"), lambda case: ((_l("Species"), case.species), (_l("Trees asked for"), case.trees))),),
    filters=(ListFilter("species", _l("Species")),),
    import_profile="tree_felling.permits", export_profile="tree_felling.permits",
)]


def by_species(session: Session, _viewer: Viewer, _data: Mapping[str, Any]) -> Sequence[Answer]:
    """How many applications there are for each species, of those that the viewer may see."""
    found = session.execute(select(Permit.species, func.count(Permit.id)).group_by(Permit.species).order_by(Permit.species))
    return [Answer(_l("Trees by species"), headings=(_l("Species"), _l("Number")), rows=[tuple(row) for row in found])]


REPORTS = [Report("species", _l("Trees by species"), "tree_felling.permit:read", by_species)]
SLOTS = {"portal.home": [Entry(_l("Apply to fell a tree"), "/portal/submit/felling", main=True)]}
