"""What every command uses: the application, the answer as JSON or as text, progress.

A command gives its answer once, with :func:`answer`; with ``--json`` that is the one document on standard output.
"""
from __future__ import annotations

import gc
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from core.errors import Refusal
from core.settings import Settings
from core.words import gettext as _
from core.words import speak

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

    from core.addon import Suite

JSON = "yingshang.json"
T = TypeVar("T")


def add_json(command: click.Command) -> None:
    """Give ``command``, or every command of a group, the option ``--json``."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            add_json(inner)
    elif not any("--json" in parameter.opts for parameter in command.params):
        command.params.append(click.Option(["--json"], is_flag=True, expose_value=False, callback=_remember,
                                           help=_("Print one JSON document and nothing else.")))


def _remember(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[JSON] = True


def wants_json() -> bool:
    """Whether the running command was given ``--json``."""
    return bool(click.get_current_context().meta.get(JSON))


def answer(data: Any, text: str | Iterable[str] = ()) -> None:
    """Print ``data`` as JSON when that was asked for, else ``text`` (one string, or lines)."""
    if wants_json():
        click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
    else:
        for line in [text] if isinstance(text, str) else text:
            click.echo(line)


def faults_found() -> NoReturn:
    """End with status 1 after an answer that reports faults."""
    click.get_current_context().exit(1)


def table(rows: Sequence[Mapping[str, Any]], headings: Mapping[str, str]) -> Iterator[str]:
    """``rows`` as aligned lines under ``headings`` (key → words); Chinese characters count as two columns."""
    cells = [list(headings.values()), *([_cell(row[key]) for key in headings] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        yield "  ".join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)).rstrip()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    return "" if value is None else str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


@contextmanager
def progress(items: Iterable[T], length: int | None, label: str) -> Iterator[Iterable[T]]:
    """``items`` with a progress bar on standard error, when that is a terminal."""
    with click.progressbar(items, length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield bar


def load_settings() -> Settings:
    """The installation's settings; from here on the terminal speaks its language."""
    settings = Settings.load()
    speak(settings.locale)
    return settings


def refuse_old_database(suite: Suite) -> None:
    """Refuse to work while the database lacks a migration, for what would run on and stumble again and again."""
    from core.migrate import parts, pending
    from core.migration_engine import migration_engine

    with migration_engine(suite.settings.database_url).connect() as connection:
        behind = [part.name for part in parts(suite) if pending(connection, part)]
    if behind:
        raise Refusal(_("The database is older than the program (%(parts)s). Run: yingshang upgrade",
                        parts=", ".join(behind)))


def build_app(settings: Settings) -> Flask:
    """The application. While it is built the garbage collector rests: nearly all that is made stays, and searching it
    again and again would take a fifth of the time."""
    gc.disable()
    try:
        from core.app import create_app

        return create_app(settings)
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def application() -> Iterator[Flask]:
    """The application with its context entered, for commands that need the rooms."""
    app = build_app(load_settings())
    with app.app_context():
        yield app


@contextmanager
def system_session(reason: str) -> Iterator[Session]:
    """A session that sees every bureau's rows, logged with ``reason``; inside :func:`application`."""
    from core.access import as_system

    with as_system(reason) as session:
        yield session
