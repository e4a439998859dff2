"""The list and the page of applications."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.case.screens import CaseScreen, ListColumn, ListFilter, Section
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

SLOTS = {"portal.home": [Entry(_l("Apply to fell a tree"), "/portal/submit/felling", main=True)]}
