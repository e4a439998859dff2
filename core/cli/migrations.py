"""``yingshang migrations``: for programmers who changed a table."""
from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.cli.frame import answer, application, system_session
from core.errors import Refusal
from core.words import gettext as _

if TYPE_CHECKING:
    from core.addon import Suite
    from core.migrate import Part


@click.group("migrations", help=_("For programmers: write the migrations of core (name it core) or of a module."))
def group() -> None:
    """Commands about migrations."""


@group.command("new", help=_("Write the migration that makes the tables like the models. Read it before you use it."))
@click.argument("name")
@click.argument("message")
def new(name: str, message: str) -> None:
    """Compare with what the migrations so far make of an empty database."""
    from core.migrate import parts, revision, upgrade_part
    from core.migration_engine import migration_engine

    with application() as app, migration_engine("sqlite://").connect() as connection:
        suite: Suite = app.extensions["yingshang"]
        for part in parts(suite):
            upgrade_part(connection, part)
        path = revision(connection, _part(suite, name), message)
    answer({"module": name, "file": str(path)}, _("Written: %(path)s", path=path))


@group.command("baseline", help=_("Write the first migration anew, before anybody has used it."))
@click.argument("name")
def baseline(name: str) -> None:
    """The same models give the same file. Refused once it is out of the programmer's hands."""
    from core.migrate import baseline as write_baseline
    from core.migrate import current

    with application() as app, system_session("migrations baseline") as session:
        part = _part(app.extensions["yingshang"], name)
        if _committed(part.versions) or current(session.connection(), part) is not None:
            raise Refusal(_("%(part)s has been committed or installed already: its first migration never changes again. Write "
                            "a further one: yingshang migrations new %(part)s", part=name))
        path = write_baseline(part)
    answer({"module": name, "file": str(path)}, _("Written: %(path)s", path=path))


def _committed(versions: Path) -> bool:
    """Whether version control has a migration of the folder; False where there is none."""
    try:
        said = subprocess.run(["git", "ls-tree", "--name-only", "HEAD", "./"], cwd=versions, capture_output=True, check=False)
    except OSError:
        return False
    return said.returncode == 0 and b".py" in said.stdout


def _part(suite: Suite, name: str) -> Part:
    from core.migrate import parts

    if name != "core":
        suite.addon(name)  # refuses a name that is not loaded
    return next(part for part in parts(suite) if part.name == name)


commands: list[click.Command] = [group]
