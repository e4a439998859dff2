"""``yingshang case``: look at a case, do a step on it as somebody."""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from core.cli.frame import answer, application, system_session, table
from core.cli.naming import viewer_named
from core.errors import Refusal
from core.words import gettext as _


@click.group("case", help=_("Cases: look at one, do a step on it."))
def group() -> None:
    """Commands about cases."""


@group.command("show", help=_("Show a case: state, clocks, timeline, and what may be done."))
@click.argument("number")
@click.option("--as", "username", metavar="USER", help=_("Show what this person sees and may do"))
def show(number: str, username: str | None) -> None:
    """Without ``--as`` everything is shown, as to the system, and the actions are those of the state."""
    from core.access import current_viewer, view_as
    from core.case.describe import case_json
    from core.case.query import find_case

    with application(), system_session(f"case show {number}") as session:
        if username is None:
            told = case_json(find_case(session, number), current_viewer(session))
        else:
            viewer = viewer_named(session, username)
            with view_as(viewer) as theirs:
                told = case_json(find_case(theirs, number), viewer)
    answer(told, _lines(told))


@group.command("do", help=_("Do an action on a case, as somebody who may."))
@click.argument("number")
@click.argument("action")
@click.option("--as", "username", metavar="USER", required=True, help=_("Who does it"))
@click.option("--note", default="", help=_("Reason or remark"))
@click.option("--data", default=None, metavar="JSON", help=_("What the action asks for, as a JSON object"))
@click.option("--version", type=int, help=_("Refuse when the case is no longer at this version"))
def do_action(number: str, action: str, username: str, note: str, data: str | None, version: int | None) -> None:
    """The same door as everybody's: roles, guards, clocks and signals hold. Answers with the case as it is then."""
    from core.access import view_as
    from core.case import do
    from core.case.describe import case_json
    from core.case.query import find_case

    given = _object(data)
    with application(), system_session(f"case do {number}") as session:
        viewer = viewer_named(session, username)
        with view_as(viewer) as theirs:
            do(find_case(theirs, number), action, actor=viewer, note=note, version=version, data=given)
            theirs.commit()
        told = case_json(find_case(session, number), viewer)
    answer(told, _lines(told))


@group.command("file", help=_("Bind the file of a case into one PDF: cover, index, letters, dates, log, attachments."))
@click.argument("number")
@click.argument("target", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as", "username", metavar="USER", help=_("Bind what this person may see"))
def bind_file(number: str, target: Path, username: str | None) -> None:
    """The same file as the case page's button gives; the export is logged."""
    from core.access import view_as
    from core.case.query import find_case
    from core.letter.casefile import build

    with application(), system_session(f"case file {number}") as session:
        if username is None:
            content = build(session, find_case(session, number))
            session.commit()
        else:
            with view_as(viewer_named(session, username)) as theirs:
                content = build(theirs, find_case(theirs, number))
                theirs.commit()
    target.write_bytes(content)
    answer({"number": number, "file": str(target), "bytes": len(content)}, str(target))


def _object(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError as error:
        raise click.BadParameter(_("This is no JSON: %(error)s", error=error), param_hint="--data") from None
    if not isinstance(found, dict):
        raise Refusal(_("Write the data as an object, like {\"trees\": 2}."), "data")
    return found


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{told['number']}  {told['title']}"
    yield _("%(kind)s · %(state)s · version %(version)s", kind=told["kind_title"], state=told["state_label"],
            version=told["version"])
    if told["clocks"]:
        yield from table(told["clocks"], {"label": _("Clock"), "due_on": _("Due"), "provisional": _("Provisional"),
                                          "paused": _("Paused"), "result": _("Result"), "basis": _("Basis")})
    if told["actions"]:
        yield from table(told["actions"], {"name": _("Action"), "label": _("Meaning"), "enabled": _("Possible now"),
                                           "reason": _("Why not")})
    yield from table(told["events"], {"at": _("At"), "actor": _("Who"), "kind": _("What"), "action_label": _("Action"),
                                      "note": _("Note")})


commands: list[click.Command] = [group]
