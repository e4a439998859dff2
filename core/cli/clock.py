"""``yingshang clock``: when a period ends, and why on that day."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from core.cli.frame import answer, application, system_session, table
from core.cli.naming import Moment
from core.words import gettext as _

if TYPE_CHECKING:
    from core.calendar import Pause

MOMENT = Moment()
BASIS = {"WD": "民法典第二百零一条、第二百零三条", "CD": "民法典第二百零一条、第二百零三条",
         "MONTH": "民法典第二百零一条、第二百零二条"}
"""What the way of counting rests on, for a period that no rule names."""


@click.group("clock", help=_("Legal periods: when they end, and why on that day."))
def group() -> None:
    """Commands about clocks."""


@group.command("due", help=_("Compute when a period ends, day by day. The day of the event itself is not counted."))
@click.option("--start", required=True, type=MOMENT, help=_("Day or moment of the event that starts the period"))
@click.option("--amount", required=True, type=int, help=_("Length of the period"))
@click.option("--unit", required=True, type=click.Choice(["WD", "CD", "MONTH", "HOUR", "MIN"], case_sensitive=False),
              help=_("Working days, calendar days, months, hours, minutes"))
@click.option("--pause", "pauses", multiple=True, metavar="FROM..TO",
              help=_("Time in which the clock stood still; without TO it still stands. May be given several times."))
def due(start: dt.date | dt.datetime, amount: int, unit: str, pauses: Sequence[str]) -> None:
    """The calendar is the one in force in this installation."""
    from core.calendar import PeriodSpec, Unit, explain
    from core.case.clocks import calendar_of

    with application(), system_session("clock due") as session:
        told = explain(PeriodSpec(amount, Unit(unit.upper())), start, calendar_of(session), [_pause(p) for p in pauses],
                       basis=BASIS.get(unit.upper(), "")).as_dict()
    answer(told, _story(told))


def _pause(text: str) -> Pause:
    from core.calendar import Pause

    since, dots, until = text.partition("..")
    if not dots:
        raise click.BadParameter(_("Write a pause like 2026-02-12..2026-02-25, not %(text)s.", text=text),
                                 param_hint="--pause")
    return Pause(MOMENT.convert(since, None, None), MOMENT.convert(until, None, None) if until else None)


@group.command("explain", help=_("Explain every clock of a case: the rule, the event that started it, each day."))
@click.argument("number")
def explain_case(number: str) -> None:
    """``number`` is the case's; status 1 when there is no such case."""
    from core.case import clocks
    from core.case.describe import clock_explained
    from core.case.query import find_case

    with application(), system_session(f"clock explain {number}") as session:
        case, calendar = find_case(session, number), clocks.calendar_of(session)
        told = [clock_explained(clock, calendar) for clock in case.clocks]
    answer(told, (line for clock in told for line in _clock(clock)))


def _clock(clock: Mapping[str, Any]) -> Iterator[str]:
    yield _("%(label)s: rule %(rule)s (version %(version)s), started %(start)s", label=clock["label"],
            rule=clock["rule_key"], version=clock["rule_version"], start=clock["start_at"])
    yield from _story(clock)
    yield ""


def _story(told: Mapping[str, Any]) -> Iterator[str]:
    kinds = {"workday": _("working day"), "weekend": _("weekend"), "holiday": _("holiday"),
             "makeup": _("make-up working day"), "paused": _("paused")}
    rows = [{"date": day["date"], "n": day["n"] or ("+" if day["counted"] else "–"),
             "kind": " ".join(filter(None, (kinds[day["kind"]], day["name"])))} for day in told["days"]]
    if rows:
        yield from table(rows, {"date": _("Day"), "n": _("Counted"), "kind": _("Why")})
    for span in told["spans"]:
        yield f"{span['since']} – {span['until']}  {_('counted') if span['counted'] else _('paused')} {span['reason']}"
    yield _("Due: %(day)s", day=told["due_on"]) + (f"  ({_('provisional')})" if told["provisional"] else "")
    if told["basis"]:
        yield _("Basis: %(basis)s", basis=told["basis"])


commands: list[click.Command] = [group]
