"""``yingshang upgrade``: bring the database up to the installed code."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from core.cli.frame import answer, build_app, load_settings
from core.words import gettext as _

if TYPE_CHECKING:
    from flask import Flask

@click.command("upgrade", help=_("Apply what the installed version needs to the database: tables, roles, permissions, "
                                 "rules, calendar. May be run again at any time."))
@click.option("--rehearse", is_flag=True, help=_("Try it on a copy of the database and print what would change."))
def upgrade(rehearse: bool) -> None:
    """Upgrade, or rehearse an upgrade."""
    from core import lifecycle

    settings = load_settings()
    if rehearse:
        result = lifecycle.rehearse(settings, build_app)
    else:
        app = build_app(settings)
        result = lifecycle.upgrade(app.extensions["yingshang"], app)
    answer(result, [*_lines(result, rehearse), *([] if rehearse else _nobody_yet(app))])


def _nobody_yet(app: Flask) -> list[str]:
    """What to do next when nobody can sign in."""
    from sqlalchemy import select

    from core.access import as_system
    from core.access.models import Staff

    with app.app_context(), as_system("upgrade") as session:
        if session.scalars(select(Staff.id).limit(1)).first() is not None:
            return []
    return [_("There is no account yet. The first administrator: %(command)s",
              command="yingshang access administrator wangjian --name 王建")]


def _lines(result: Mapping[str, Any], rehearsed: bool) -> Iterator[str]:
    if rehearsed:
        yield _("Rehearsal on a copy; nothing was changed. An upgrade would do this:")
    for step in result["applied"]:
        yield _("%(module)s: migration %(revision)s", module=step["module"], revision=step["revision"])
    for sign, kind in (("+", "added"), ("-", "removed")):
        for permission in result["permissions"][kind]:
            yield _("%(sign)s permission %(permission)s", sign=sign, permission=permission)
    for probe, changes in result.get("changes", {}).items():
        for change in changes:
            yield _("%(what)s %(key)s: %(before)s → %(after)s", what=probe, key=change["key"],
                    before=change["before"] or "–", after=change["after"] or "–")
    if not result["applied"] and not any(result["permissions"].values()):
        yield _("Tables and permissions are up to date.")


commands: list[click.Command] = [upgrade]
