"""What if another rule held: a year of the register under changed limits. Reads, and writes nothing."""
from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.credit_repair.forms import TIERS
from addons.credit_repair.models import Penalty
from addons.credit_repair.tiers import Publicity, Tier, Version, publicity, split_kinds, tier_of
from core import moment
from core.access import Viewer
from core.case.screens import Answer
from core.rules.lookup import book
from core.web.forms import FormSchema
from core.web.widgets import Text
from core.words import gettext as _

SHOWN = 200
"""So many decisions are named; all are counted."""
LIMITS = ("general_min", "general_max", "serious_min", "serious_max", "light_max")


def _months(label: Any) -> Any:
    return fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 120), metadata={
        "label": label, "unit": _l("months")})


class WhatIfForm(FormSchema):
    """The limits that might be changed, and over which decisions they are tried."""

    first = fields.Date(load_default=None, allow_none=True, metadata={"label": _l("Decided from")})
    last = fields.Date(load_default=None, allow_none=True, metadata={"label": _l("Decided until")})
    general_min = _months(_l("Ordinary: at least"))
    general_max = _months(_l("Ordinary: at most"))
    serious_min = _months(_l("Serious: at least"))
    serious_max = _months(_l("Serious: at most"))
    light_max = _months(_l("Light: at most"))
    huge_fine = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1), metadata={
        "label": _l("A fine counts as serious from"), "unit": "万元"})
    before_min = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 366), metadata={
        "label": _l("Pre-notice before the minimum period ends"), "unit": _l("calendar days")})


@dataclass(frozen=True)
class Moved:
    """A decision for which the change makes a difference: what it is now, and what it would be."""

    number: str
    document_number: str
    party: str
    now: Publicity
    then: Publicity
    letter_now: dt.date | None
    letter_then: dt.date | None


@dataclass(frozen=True)
class Trial:
    """What a changed rule would do: how many decisions were looked at, and those that move."""

    counted: int
    moved: Sequence[Moved]


def try_out(session: Session, changes: Mapping[str, int | None], first: dt.date, last: dt.date) -> Trial:
    """Run the present measures, and the same with ``changes``, over the decisions of those days that the session may see.

    ``changes``: names of :data:`LIMITS`, ``huge_fine`` and ``before_min`` to their new values; None or missing leaves one
    as it is. The measures of today are taken for all of them, so that nothing but the change makes the difference. One
    statement reads the decisions, two the rules.
    """
    rules, today = book(session), moment.today()
    given = {name: value for name, value in changes.items() if value is not None}
    present = _judge(lambda key: rules.rule(key, today).value, {})
    changed = _judge(lambda key: rules.rule(key, today).value, given)
    rows = session.execute(select(Penalty.number, Penalty.document_number, Penalty.party_name,
                                  Penalty.decided_on, Penalty.kinds,
                                  Penalty.fine, Penalty.chosen_tier)
                           .where(Penalty.decided_on >= first, Penalty.decided_on <= last, Penalty.outside.is_(False),
                                  Penalty.state.not_in(("discarded", "withdrawn"))).order_by(Penalty.decided_on, Penalty.id)
                           .execution_options(yield_per=1000))
    moved, counted = [], 0
    for row in rows:
        counted += 1
        (now, letter_now), (then, letter_then) = present(row), changed(row)
        if (now, letter_now) != (then, letter_then):
            moved.append(Moved(row.number, row.document_number, row.party_name, now, then, letter_now, letter_then))
    return Trial(counted, moved)


def _judge(rule: Callable[[str], Any], given: Mapping[str, int]) -> Callable[[Any], tuple[Publicity, dt.date | None]]:
    """A function that says of a decision how long it is public and when its pre-notice is due, under these rules."""
    light, serious = (frozenset(split_kinds(rule(f"credit.{name}_kinds"))) for name in ("light", "serious"))
    huge = Decimal(given.get("huge_fine", int(rule("credit.huge_fine"))))
    before = dt.timedelta(days=given.get("before_min", int(rule("credit.prenotice_before_min"))))
    limits = {name: given.get(name, int(rule(f"credit.v2.{name}"))) for name in LIMITS}

    def months(name: str, _day: dt.date) -> int:
        return limits[name.partition(".")[2]]

    def judged(row: Any) -> tuple[Publicity, dt.date | None]:
        tier = Tier(row.chosen_tier) if row.chosen_tier else tier_of(split_kinds(row.kinds), row.fine, light=light,
                                                                     serious=serious, huge=huge)
        found = publicity(row.decided_on, tier, months, version=Version.V2)
        return found, found.min_last - before if found.min_last is not None else None
    return judged


def present(session: Session) -> Mapping[str, Any]:
    """What holds today, and the year until today: whoever tries something out changes one of them."""
    rules, today = book(session), moment.today()
    return {"first": a_year_before(today), "last": today, "huge_fine": rules.rule("credit.huge_fine", today).value,
            "before_min": rules.rule("credit.prenotice_before_min", today).value,
            **{name: rules.rule(f"credit.v2.{name}", today).value for name in LIMITS}}


def a_year_before(day: dt.date) -> dt.date:
    """The same day of the year before; the last of February before a leap day."""
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)


def report(session: Session, viewer: Viewer, data: Mapping[str, Any]) -> Sequence[Answer]:
    """The page: how many would move and how, and who would get which letter when."""
    last = data["last"] or moment.today()
    first = data["first"] or a_year_before(last)
    trial = try_out(session, {name: data[name] for name in (*LIMITS, "huge_fine", "before_min")}, first, last)
    names = {str(tier): str(label) for tier, label in TIERS}
    steps = Counter((names[m.now.tier], names[m.then.tier], _direction(m)) for m in trial.moved)
    letters = [m for m in trial.moved if m.letter_now != m.letter_then]
    return [
        Answer(_("How many would move"),
               _("%(moved)s of %(all)s decisions of %(first)s to %(last)s would move. Nothing was changed.",
                 moved=len(trial.moved), all=trial.counted, first=first, last=last),
               (_("Tier now"), _("Tier then"), _("What happens"), _("Decisions")),
               [(*step, count) for step, count in steps.most_common()]),
        Answer(_("Who would get which letter when"),
               _("%(count)s pre-notices would move; the first %(shown)s.", count=len(letters), shown=min(len(letters), SHOWN)),
               (_("Decision number"), _("Party"), _("Letter"), _("As it is"), _("After the change"), _("Repair from"),
                _("Published until")),
               [(Text(m.document_number, url=f"/cases/{m.number}"), m.party, "信用修复预通知书", m.letter_now or "",
                 m.letter_then or "", Text(m.then.apply_from, note=_("now %(day)s", day=m.now.apply_from)),
                 Text(m.then.max_last, note=_("now %(day)s", day=m.now.max_last))) for m in letters[:SHOWN]])]


def _direction(moved: Moved) -> str:
    told = []
    if moved.then.apply_from != moved.now.apply_from:
        told.append(_("repair earlier") if moved.then.apply_from < moved.now.apply_from else _("repair later"))
    if moved.then.max_last != moved.now.max_last:
        told.append(_("published shorter") if moved.then.max_last < moved.now.max_last else _("published longer"))
    if not told:
        told.append(_("another day for the letter"))
    return "、".join(told)
