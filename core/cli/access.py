"""``yingshang access``: why somebody may, or may not, see a case; and the administrator whom no other one can make."""
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


@group.command("administrator", help=_("Make the first administrator, or let one in again who lost his password. Prints a "
                                       "password for one sign-in."))
@click.argument("username")
@click.option("--name", default="", help=_("The person's name; needed for a new account"))
@click.option("--unit", "code", metavar="CODE", help=_("The unit that he belongs to; the district itself by default"))
def administrator(username: str, name: str, code: str | None) -> None:
    """Whoever may run this on the server may do everything anyhow; it is logged like any other change."""
    from sqlalchemy import select

    from core.access import Unit, UnitKind
    from core.errors import NotFound
    from core.party.people import make_administrator
    from core.security import twofactor

    with application(), system_session(f"access administrator {username}") as session:
        unit = session.scalars(select(Unit).where(Unit.code == code if code else Unit.kind == UnitKind.DISTRICT)).first()
        if unit is None:
            raise NotFound(_("There is no unit with the code %(code)s.", code=code or "–"))
        person, password = make_administrator(session, username, name, unit)
        twofactor.switch_off(session, person, "access administrator")
        session.commit()
        told = {"username": person.username, "name": person.name, "unit": unit.code, "password": password}
    answer(told, _("%(name)s signs in as %(username)s with %(password)s and then chooses a password of his own.",
                   **{key: told[key] for key in ("name", "username", "password")}))


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield _("May see it.") if told["allowed"] else _("May not see it.")
    for rule in told["rules"]:
        yield f"{'+' if rule['covers'] else '–'} {rule['sentence']}"
    if told["ask"]:
        yield _("Ask: %(people)s", people="、".join(told["ask"]))


commands: list[click.Command] = [group]
