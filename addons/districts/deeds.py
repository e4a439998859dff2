"""What people do around a need beside its steps: put it to a common issue."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from addons.districts.effects.common import session_of
from addons.districts.forms.registers import CommonIssue
from addons.districts.models import Issue, Need
from addons.districts.operations.works import link_issue
from core.access import Viewer
from core.case import act
from core.case.deeds import deed, manages
from core.case.models import Case
from core.errors import Refusal
from core.words import gettext as _


def _of_a_need(case: Case, actor: Viewer) -> bool:
    return isinstance(case, Need) and manages(case, actor)


@deed("common_issue", _l("Put to a common issue"), CommonIssue, _of_a_need)
def to_common_issue(case: Case, actor: Viewer, data: Mapping[str, Any]) -> None:
    """Needs of several enterprises with one cause; where the issue is in the policy reserve, so is the need."""
    assert isinstance(case, Need)
    session = session_of(case)
    issue = session.get(Issue, data["issue"])
    if issue is None or issue.settled_on is not None:
        raise Refusal(_("There is no such open issue."), "issue")
    link_issue(session, issue, case)
    act.add_event(case, actor, "note", note=_("Put to the common issue “%(title)s”.", title=issue.title))
