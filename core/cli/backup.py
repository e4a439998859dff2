"""``yingshang backup``: everything in one archive, and back."""
from __future__ import annotations

from pathlib import Path

import click

from core.cli.frame import answer, application
from core.words import gettext as _


@click.group("backup", help=_("All tables and files in one archive, and back; on either kind of database."))
def group() -> None:
    """Commands about backups."""


@group.command("create", help=_("Write all tables and files into one archive."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def create(file: Path) -> None:
    """One moment's state, taken while people go on working."""
    from core.backup import create_backup

    with application() as app:
        told = create_backup(app, file)
    answer(told, _("%(file)s: %(rows)s rows of %(tables)s tables, %(letters)s letters. Head of the log: %(head)s", **told))


@group.command("restore", help=_("Put an archive's state in the place of this installation's."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help=_("Delete what is here"))
def restore(file: Path, force: bool) -> None:
    """Refused where there are people or cases already, unless forced."""
    from core.backup import restore_backup

    with application() as app:
        told = restore_backup(app, file, force=force)
    answer(told, _("Restored %(rows)s rows of %(tables)s tables, %(letters)s letters. Head of the log: %(head)s", **told))


commands: list[click.Command] = [group]
