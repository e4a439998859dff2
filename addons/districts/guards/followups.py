"""Guards of meetings, supervision and hand-overs."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from addons.districts.effects.common import session_of
from addons.districts.guards.needs import is_village
from core.access import Unit
from core.case.workflow import CLOSED
from core.words import gettext as _

Data = Mapping[str, Any] | None


def on_agenda(case: Any, data: Data) -> str | None:
    """A need stands on an agenda once."""
    if data is not None and any(m.need_number == data["need"].strip() for m in case.matters):
        return _("The need %(number)s is on the agenda already.", number=data["need"])
    return None


def resolvable(case: Any, data: Data) -> str | None:
    """About a need on the agenda; a village is no lead unit."""
    if data is None:
        return None
    if all(m.need_number != data["need"].strip() for m in case.matters):
        return _("The need %(number)s is not on the agenda.", number=data["need"])
    lead = session_of(case).get(Unit, data["lead"])
    if lead is None or not lead.active or is_village(lead):
        return _("This unit is not in use.")
    return None


def all_resolved(case: Any, data: Data) -> str | None:
    """Every matter has its lead unit, its task and its day."""
    missing = [m.need_number for m in case.matters if m.lead_id is None]
    return _("Nothing was resolved yet about %(numbers)s.", numbers="、".join(missing)) if missing else None


def tasks_done(case: Any, data: Data) -> str | None:
    """The hub sees to it that resolutions are carried out."""
    return _("Some resolutions are not carried out yet.") if any(t.done_at is None for t in case.tasks) else None


def not_shirking(case: Any, data: Data) -> str | None:
    """Handed over once."""
    return _("It was handed over already.") if case.shirking else None


def need_answered(case: Any, data: Data) -> str | None:
    """Supervision ends when the enterprise has its answer, and the unit has explained itself."""
    from addons.districts.models import Need

    if not case.feedback:
        return _("The unit's written feedback is missing.")
    need = session_of(case).get(Need, case.need_id)
    if need is not None and need.state != "answered" and need.meaning is not CLOSED:
        return _("The need is not answered yet.")
    return None
