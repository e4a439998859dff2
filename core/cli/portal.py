"""``yingshang portal``: the public projection."""
from __future__ import annotations

import click

from core.cli.frame import answer, application, system_session
from core.words import gettext as _


@click.group("portal", help=_("The public side."))
def group() -> None:
    """Commands about the portal."""


@group.command("rebuild", help=_("Make the public projection anew from the cases. Safe while people go on working."))
def rebuild_it() -> None:
    """``{"cases", "letters", "removed"}``."""
    from core.portal import rebuild

    with application(), system_session("portal rebuild") as session:
        told = rebuild(session)
    answer(told, _("%(cases)s cases can be followed, %(removed)s were taken out.", **told))


commands: list[click.Command] = [group]
