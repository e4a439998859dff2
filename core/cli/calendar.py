"""``yingshang calendar``: the working-day calendar of a year: bring it in, confirm it, look at it."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from core.cli.frame import answer, application, system_session
from core.cli.naming import viewer_named
from core.words import gettext as _

SCOPES = ("national", "tianjin", "ninghe")


@click.group("calendar", help=_("The working-day calendar: holidays and make-up working days of each year."))
def group() -> None:
    """Commands about calendars."""


@group.command("import", help=_("Bring in a year from a CSV file with the columns date,kind,name. It takes effect when a "
                                "second person confirms it."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "importer", metavar="USER", help=_("Who imports; default: the operator of this machine"))
@click.option("--confirm-as", "confirmer", metavar="USER", help=_("Who has checked it and puts it into force"))
@click.option("--scope", type=click.Choice(SCOPES), default=SCOPES[0], help=_("For which area the days hold"))
@click.option("--document", default="", help=_("Number of the notice"))
def import_year(file: Path, importer: str | None, confirmer: str | None, scope: str, document: str) -> None:
    """Import, and confirm when ``--confirm-as`` names somebody else; the same file again is the same import."""
    from core.calendar.models import ImportState
    from core.calendar.store import confirm, import_calendar

    with application(), system_session("calendar import") as session:
        by = viewer_named(session, importer, "calendar:import").user_id if importer else None
        second = viewer_named(session, confirmer, "calendar:confirm").user_id if confirmer else None
        result = import_calendar(session, file, by, scope, document)
        moved, state = 0, result.state
        if second is not None and state is ImportState.DRAFT:
            moved, state = confirm(session, result.id, second).clocks_moved, ImportState.CONFIRMED
        session.commit()
    told = {"year": result.year, "holidays": result.holidays, "makeup_days": result.makeup_days, "clocks_moved": moved,
            "id": result.id, "scope": scope, "state": str(state), "warnings": list(result.warnings)}
    answer(told, _import_lines(told))


def _import_lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield _("%(year)s: %(holidays)s days off, %(makeup)s make-up working days.", year=told["year"],
            holidays=told["holidays"], makeup=told["makeup_days"])
    yield from told["warnings"]
    if told["state"] == "draft":
        yield _("It is not in force yet: a second person must confirm it. Run: yingshang calendar confirm %(id)s --as USER",
                id=told["id"])
    else:
        yield _("It is in force. Open due dates that moved: %(count)s.", count=told["clocks_moved"])


@group.command("confirm", help=_("Put an imported calendar into force; another person than the importer does it."))
@click.argument("import_id", metavar="ID", type=int)
@click.option("--as", "confirmer", metavar="USER", required=True, help=_("Who has checked it"))
def confirm_year(import_id: int, confirmer: str) -> None:
    """Refused to the importer."""
    from core.calendar.store import confirm

    with application(), system_session("calendar confirm") as session:
        result = confirm(session, import_id, viewer_named(session, confirmer, "calendar:confirm").user_id)
        session.commit()
    answer({"id": result.id, "year": result.year, "scope": result.scope, "clocks_moved": result.clocks_moved},
           _("It is in force. Open due dates that moved: %(count)s.", count=result.clocks_moved))


@group.command("show", help=_("Show a year as it is in force."))
@click.argument("year", type=click.IntRange(1950, 2100))
def show_year(year: int) -> None:
    """Days off and make-up working days, and who brought them in."""
    from core.calendar.store import show

    with application(), system_session("calendar show") as session:
        told = show(session, year, SCOPES)
    answer(told, _show_lines(told))


def _show_lines(told: Mapping[str, Any]) -> Iterator[str]:
    if not told["published"]:
        yield _("The calendar of %(year)s is not published yet: only the days off by law are known, due dates in it are "
                "provisional.", year=told["year"])
    for heading, days in ((_("Days off"), told["holidays"]), (_("Make-up working days"), told["makeup_days"])):
        yield f"{heading}:"
        yield from (f"  {day['date']}  {day['name']}".rstrip() for day in days)
    for item in told["imports"]:
        yield _("Import %(id)s (%(scope)s, %(state)s): %(source)s", id=item["id"], scope=item["scope"],
                state=item["state"], source=item["source"] or "–")


commands: list[click.Command] = [group]
