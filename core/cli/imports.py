"""``yingshang import``: sheets in, back out, and the empty sheet to fill in."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from core.cli.frame import answer, application, faults_found, system_session, table
from core.cli.naming import bureau_id, viewer_named
from core.errors import NotAllowed
from core.words import gettext as _

RUN = "run"


class ProfileFirst(click.Group):
    """``import undo …`` and ``import template …`` are commands; whatever else comes first is a sheet profile."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command to run and its arguments."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = [RUN, *args]
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the form without a command's name first."""
        formatter.write_usage(ctx.command_path, "PROFILE FILE [--dry-run] [--skip-errors] [--bureau CODE]")
        formatter.write_usage(ctx.command_path, "undo BATCH | template PROFILE FILE")


@click.group("import", cls=ProfileFirst, help=_("Bring in a sheet (CSV or XLSX), or take an import back."))
def group() -> None:
    """Commands about imports."""


@group.command(RUN, hidden=True)
@click.argument("profile")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help=_("Do everything, then undo it: only say what would happen"))
@click.option("--skip-errors", is_flag=True, help=_("Save the good rows; without it one bad row saves nothing"))
@click.option("--bureau", metavar="CODE", help=_("The bureau for which the sheet is imported"))
@click.option("--as", "username", metavar="USER", help=_("Who imports; default: the operator of this machine"))
def run(profile: str, file: Path, dry_run: bool, skip_errors: bool, bureau: str | None, username: str | None) -> None:
    """Status 1 when rows are bad, unless they were to be skipped."""
    from core.access import current_viewer
    from core.tabular.catalogue import import_profile
    from core.tabular.importing import run_import
    from core.tabular.reading import Limits

    with application() as app, system_session(f"import {profile}") as session:
        known, by, unit = import_profile(profile), current_viewer(session), bureau_id(session, bureau)
        if username is not None:
            by = viewer_named(session, username)
            unit = by.bureau_id if bureau is None else unit
            if unit != by.bureau_id:
                raise NotAllowed(_("%(name)s works in another bureau than %(bureau)s.", name=username, bureau=bureau))
        result = run_import(session, known, file, by=by, bureau_id=unit, dry_run=dry_run, skip_errors=skip_errors,
                            limits=Limits.of(app.extensions["yingshang"].settings.limits))
        session.commit()
    told = result.as_dict()
    answer(told, _lines(told, result.saved, dry_run))
    if result.errors and not skip_errors:
        faults_found()


def _lines(told: Mapping[str, Any], saved: bool, dry_run: bool) -> Iterator[str]:
    columns = {"row": _("Row"), "column": _("Column"), "value": _("Value"), "message": _("What to do")}
    for heading, found in ((_("Faults"), told["errors"]), (_("Warnings"), told["warnings"])):
        if found:
            yield f"{heading}:"
            yield from table(found, columns)
    yield _("%(rows)s rows: %(created)s created, %(updated)s updated, %(unchanged)s unchanged, %(closed)s closed.", **told)
    if saved:
        yield _("Saved as batch %(batch)s. To take it back: yingshang import undo %(batch)s", batch=told["batch"])
    else:
        yield _("Nothing was saved: this was a trial.") if dry_run else _("Nothing was saved.")


@group.command("undo", help=_("Take an import back, as long as nobody has worked on what it brought."))
@click.argument("batch", type=int)
@click.option("--as", "username", metavar="USER", help=_("Who takes it back; default: the operator of this machine"))
def undo(batch: int, username: str | None) -> None:
    """All or nothing; the refusal names the rows that were changed since."""
    from core.access import current_viewer
    from core.tabular.undoing import undo_batch

    with application(), system_session(f"import undo {batch}") as session:
        by = viewer_named(session, username) if username else current_viewer(session)
        done = undo_batch(session, batch, by)
        told = {"batch": done.id, "profile": done.profile, "state": str(done.state), **_counts(done.counts)}
        session.commit()
    answer(told, _("Batch %(batch)s was taken back.", batch=batch))


def _counts(counts: Mapping[str, int]) -> dict[str, int]:
    names: Sequence[str] = ("rows", "created", "updated", "unchanged", "closed")
    return {name: counts.get(name, 0) for name in names}


@group.command("template", help=_("Write the empty sheet (.xlsx) with headings, help and an example."))
@click.argument("profile")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(profile: str, file: Path) -> None:
    """For the clerk who fills it in."""
    from core.tabular.catalogue import import_profile
    from core.tabular.template import import_template

    with application():
        known = import_profile(profile)
        file.write_bytes(import_template(known))
    answer({"profile": known.code, "file": str(file), "columns": [column.heading for column in known.columns]},
           _("Wrote %(file)s.", file=file))


commands: list[click.Command] = [group]
