"""``yingshang jobs``: what falls due by time alone."""
from __future__ import annotations

import datetime as dt

import click

from core.cli.frame import answer, application, refuse_old_database, system_session
from core.cli.naming import Moment
from core.words import gettext as _


@click.group("jobs", help=_("What falls due by time alone."))
def group() -> None:
    """Commands about periodic work."""


@group.command("run-due", help=_("Do everything that is due now: warnings, escalation, closings, letters, messages. A "
                                 "second run finds nothing."))
@click.option("--now", "at", type=Moment(), metavar="TIME", help=_("As if it were this moment (a day means 09:00)"))
def run_everything(at: dt.date | dt.datetime | None) -> None:
    """The same sweep as the worker's."""
    from core import moment
    from core.jobs.sweep import run_due

    with application() as app:
        refuse_old_database(app.extensions["yingshang"])
        with system_session("jobs run-due") as session:
            told = run_due(session, moment.as_instant(at) if at is not None else moment.now())
    answer(told, _("%(warned)s warnings, %(escalated)s escalations, %(closed)s closings, %(letters)s letters, %(messages)s "
                   "messages.", **told))


commands: list[click.Command] = [group]
