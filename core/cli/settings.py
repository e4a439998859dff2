"""``yingshang settings``: what this installation is set to, and where each value comes from."""
from __future__ import annotations

import click

from core.cli.frame import answer, load_settings, table
from core.words import gettext as _


@click.group("settings", help=_("The settings of this installation."))
def group() -> None:
    """Commands about settings."""


@group.command("show", help=_("Every setting, its value and where it comes from; secrets are masked."))
def show() -> None:
    """Print the settings in force."""
    rows = load_settings().describe()
    answer(rows, table(rows, {"name": _("Setting"), "value": _("Value"), "source": _("From"), "doc": _("Meaning")}))


commands: list[click.Command] = [group]
