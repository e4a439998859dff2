"""Words that are often written in a state of a case (常用回复), filled in from the case. Declared in the workflow, or settled
by the bureau for itself (:mod:`core.case.arranging`)."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import Template

from core.case import act
from core.case.arranging import replies_of
from core.case.models import Case
from core.case.workflow import ANY
from core.words import gettext as _


@dataclass(frozen=True)
class Ready:
    """A reply as it may be written now."""

    name: str
    label: str
    text: str


def ready(case: Case, action: str = "") -> Sequence[Ready]:
    """The replies that fit the case's state, and the action if one is being done."""
    return [Ready(each.name, str(each.label), _filled(case, str(each.text))) for each in replies_of(act.session_of(case), case)
            if (ANY in each.states or case.state in each.states) and (not action or not each.actions or action in each.actions)]


def in_words(text: str) -> str:
    """The reply for people who read what is offered: in the place of each name what will stand there, 〔企业〕."""
    return Template(text).safe_substitute({name: f"〔{word}〕" for name, word in (
        ("number", _("Number")), ("title", _("Title")), ("enterprise", _("Enterprise")), ("unit", _("Unit")),
        ("due", _("Due")))})


def _filled(case: Case, text: str) -> str:
    """An unknown name stays as it stands, so that whoever reads it sees what is missing."""
    return Template(text).safe_substitute(
        number=case.number, title=case.title, enterprise=case.enterprise.name if case.enterprise else "",
        unit=case.unit.short_name, due=case.due_on.isoformat() if case.due_on else "")
