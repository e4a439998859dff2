"""The ladder of reminders as sentences that a clerk can read: when, whom, by which channel, with which letter."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core import moment
from core.case.arranging import Sort, own, reminders_for
from core.case.models import Case
from core.case.sweep import LEVELS
from core.case.workflow import Deadline, Reminder
from core.rules.lookup import RuleBook, book
from core.words import N_
from core.words import gettext as _

CHANNELS: Mapping[str, str] = {"inapp": N_("message in the suite"), "email": N_("e-mail"), "sms": N_("text message"),
                               "wecom": N_("WeCom")}
PEOPLE: Mapping[str, str] = {"assignee": N_("whoever has the case"), "unit": N_("its unit"), "bureau": N_("its bureau")}


@dataclass(frozen=True)
class Rung:
    """One step of a ladder in words."""

    when: str
    whom: str
    how: str
    letter: str
    name: str = ""
    """Of a rung that can be taken away; the steps of escalation have none."""
    rule: str = ""
    """Of a step of escalation: the rule that says when it is taken."""


@dataclass(frozen=True)
class Ladder:
    """The reminders of one duty of one kind of case, in the order in which they come."""

    kind: str
    duty: str
    rule: str
    rungs: Sequence[Rung]
    of: str = ""
    code: str = ""
    own: bool = False
    """Whether the bureau settled it for itself."""


def ladders(session: Session, bureau_id: int | None, titles: Mapping[str, Any], kinds: Sequence[str] = ()) -> list[Ladder]:
    """The ladders of the kinds of case (all when none is named) as they hold in a bureau; ``titles`` are what roles and
    letters are called."""
    return [ladder(session, bureau_id, name, duty, titles) for name, kind in sorted(Case.loaded().items())
            if not kinds or name in kinds for duty in kind.workflow.deadlines]


def ladder(session: Session, bureau_id: int | None, kind: str, duty: Deadline, titles: Mapping[str, Any]) -> Ladder:
    """The ladder of one duty; of no bureau in particular, what the module declares."""
    is_own = bureau_id is not None and duty.code in own(session, bureau_id, kind, Sort.LADDER)
    reminders = duty.reminders if bureau_id is None else reminders_for(session, bureau_id, kind, duty)
    rungs = _rungs(reminders, titles) + _escalation(book(session), bureau_id)
    return Ladder(str(Case.loaded()[kind].kind_title), str(duty.label), duty.rule, rungs, kind, duty.code, is_own)


def _rungs(reminders: Sequence[Reminder], titles: Mapping[str, Any]) -> list[Rung]:
    return [Rung(_when(each), "、".join(_whom(name, titles) for name in each.to),
                  "、".join(_(CHANNELS.get(channel, channel)) for channel in each.channels),
                  str(titles.get(each.letter, each.letter)), each.name) for each in sorted(reminders, key=_order)]


def _escalation(rules: RuleBook, bureau_id: int | None) -> list[Rung]:
    """What the engine does by itself once the day is over; when, is said by rules, which a bureau may set for itself."""
    found = []
    for rule, whom in zip(LEVELS, (("assignee", "unit"), ("bureau",)), strict=True):
        after = rules.rule(rule, moment.today(), bureau_id).value
        when = _("as soon as it is overdue") if not after else _("%(n)s working days after the due day", n=after)
        found.append(Rung(when, "、".join(_(PEOPLE[name]) for name in whom), _(CHANNELS["inapp"]), "", rule=rule))
    return found


def _when(each: Reminder) -> str:
    time = f"{each.hour}:00"
    if each.nth is not None:
        return _("on day %(n)s of the period, %(time)s", n=each.nth, time=time)
    if each.after is not None:
        return _("%(n)s working days after the due day, %(time)s", n=each.after, time=time)
    if not each.before:
        return _("on the due day, %(time)s", time=time)
    return _("%(n)s days before the due day, %(time)s", n=each.before, time=time)


def _order(each: Reminder) -> tuple[int, int]:
    if each.nth is not None:
        return 0, each.nth
    return (2, each.after) if each.after is not None else (1, -(each.before or 0))


def _whom(name: str, titles: Mapping[str, Any]) -> str:
    return _(PEOPLE[name]) if name in PEOPLE else str(titles.get(name, name))
