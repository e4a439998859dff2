"""Who may see and do what: units and people, roles held in a unit, and the row rule that every query passes.

No grant means no rows. A session shows what its viewer may see (``session.info["viewer"]``); a session without a viewer
shows nothing of what is ruled; :func:`as_system` gives one that shows all, with its reason in the log.
"""
from __future__ import annotations

from core.access.grants import Role, appoint, build_viewer
from core.access.models import Appointment, Scope, Unit, UnitKind, User
from core.access.rows import Scoped, as_system, beside, current_viewer, view_as
from core.access.viewer import Reach, Viewer, system_viewer

__all__ = ["Appointment", "Reach", "Role", "Scope", "Scoped", "Unit", "UnitKind", "User", "Viewer", "appoint",
           "as_system", "beside", "build_viewer", "current_viewer", "system_viewer", "view_as"]
