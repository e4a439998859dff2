"""The ``yingshang`` command.

Every file beside this one that has a list ``commands`` adds to it. Such a file imports Flask and the rooms inside its
functions, not at its head: asking for help must not build the application. Exit status: 0 done, 1 refused or found
faults, 2 wrong usage; an error is one line on standard error. Every command has ``--json`` (see :mod:`core.cli.frame`).
"""
from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence

import click

from core import __version__
from core.cli.frame import add_json
from core.errors import Refusal
from core.words import gettext as _


class Discovered(click.Group):
    """The root command: its groups are found in the files of this folder, when the first one is asked for."""

    _found = False

    def _discover(self) -> None:
        if not self._found:
            self._found = True
            for info in pkgutil.iter_modules(__path__):
                if info.ispkg or info.name.startswith("_"):
                    continue
                for command in getattr(importlib.import_module(f"{__name__}.{info.name}"), "commands", ()):
                    add_json(command)
                    self.add_command(command)

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._discover()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._discover()
        return super().get_command(ctx, cmd_name)


@click.group(cls=Discovered, help=_("Case work for the bureaus of a district."),
             context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="yingshang")
def root() -> None:
    """The command itself; everything is in its groups."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status. Entry point of ``yingshang``."""
    try:
        status = root.main(arguments, prog_name="yingshang", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        help_hint = f" ({error.ctx.command_path} --help)" if error.ctx else ""
        return _fail(error.format_message() + help_hint, 2)
    except click.Abort:
        return _fail(_("Stopped."), 1)
    except click.ClickException as error:
        return _fail(error.format_message(), 1)
    except Refusal as error:
        return _fail(error.message, 1)
    except BrokenPipeError:
        sys.stdout = None  # whoever read the output has gone; nothing is left to be flushed
        return 1
    except OSError as error:
        return _fail(str(error), 1)
    except _database_errors() as error:
        from core.db import told_by_database

        return _fail(told_by_database(error), 1)


def _database_errors() -> tuple[type[BaseException], ...]:
    """Errors of the database, without loading its library for a command that did not."""
    library = sys.modules.get("sqlalchemy.exc")
    return (library.OperationalError, library.ProgrammingError) if library else ()


def _fail(message: str, status: int) -> int:
    click.echo(" ".join(message.split()), err=True)
    return status
