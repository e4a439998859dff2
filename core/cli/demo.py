"""``yingshang demo``: a fictional district to try things out on, and who may sign in to it."""
from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from core.cli.frame import answer, application, progress, system_session, table
from core.words import gettext as _

if TYPE_CHECKING:
    from core.demo import Loaded
    from core.demo.enterprises import Rows

SCALES = ("small", "district", "city")


@click.group("demo", help=_("Demonstration data: a fictional district at work. Nobody and nothing in it exists."))
def group() -> None:
    """Commands about the demonstration."""


@group.command("load", help=_("Load the demonstration: people, businesses, a year of cases. What is there is kept."))
@click.option("--scale", type=click.Choice(SCALES), default="small", show_default=True,
              help=_("3,000, 50,000 or 1,000,000 businesses"))
@click.option("--force", is_flag=True, help=_("Load into a database that has real cases, too."))
def load(scale: str, force: bool) -> None:
    """Load what is missing, and say what that was."""
    from core import demo

    with application() as app, system_session("demo load") as session:
        suite = app.extensions["yingshang"]
        told = demo.load(session, suite, app.extensions["roles"], scale, suite.settings.var, force=force,
                         watch=_watched, tell=_tell)
    answer(asdict(told), _lines(told))


@group.command("accounts", help=_("The accounts of the demonstration with their passwords."))
def accounts() -> None:
    """Who may sign in."""
    from core.demo.people import accounts as all_accounts

    with application() as app, system_session("demo accounts") as session:
        rows = all_accounts(session, app.extensions["yingshang"].settings.var)
    answer(rows, table(rows, {"username": _("User name"), "password": _("Password"), "name": _("Name"),
                              "bureau_name": _("Bureau"), "post": _("Post"), "roles": _("Roles")}))


def _watched(rows: Rows, count: int) -> Iterator[tuple[Any, ...]]:
    with progress(rows, count, _("Businesses")) as watched:
        yield from watched


def _tell(line: str) -> None:
    if sys.stderr.isatty():
        click.echo(line, err=True)


def _lines(told: Loaded) -> Iterator[str]:
    if not (told.people or told.enterprises or told.modules):
        yield _("The demonstration is loaded already.")
        return
    yield _("Made %(people)s accounts and %(enterprises)s businesses.", people=told.people, enterprises=told.enterprises)
    if told.modules:
        yield _("Cases were made for: %(modules)s.", modules=", ".join(told.modules))
    yield _("yingshang demo accounts shows who may sign in.")


commands: list[click.Command] = [group]
