"""``yingshang access``: why somebody may, or may not, see a case."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from core.cli.frame import answer, application, system_session
from core.cli.naming import person_named
from core.words import gettext as _


@click.group("access", help=_("Who may see what, and why."))
def group() -> None:
    """Commands about access."""


@group.command("explain", help=_("Say which rules let a person see a case or keep it from him."))
@click.argument("number")
@click.option("--user", "username", required=True, metavar="NAME", help=_("Whose access"))
def explain(number: str, username: str) -> None:
    """For administrators: it tells that the case exists."""
    from core.access.explain import why_not

    with application(), system_session(f"access explain {number}") as session:
        told = why_not(session, number, person_named(session, username))
    answer(told, _lines(told))


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield _("May see it.") if told["allowed"] else _("May not see it.")
    for rule in told["rules"]:
        yield f"{'+' if rule['covers'] else '–'} {rule['sentence']}"
    if told["ask"]:
        yield _("Ask: %(people)s", people="、".join(told["ask"]))


commands: list[click.Command] = [group]
