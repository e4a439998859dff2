"""``yingshang export``: a sheet out."""
from __future__ import annotations

from pathlib import Path

import click

from core.cli.frame import answer, application, system_session
from core.cli.naming import Pair, viewer_named
from core.words import gettext as _


@click.command("export", help=_("Write what a filter leaves into a sheet: .csv or .xlsx, by the name of the file."))
@click.argument("profile")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--filter", "filters", type=Pair(), multiple=True, help=_("Only rows like this; may be given several times"))
@click.option("--as", "username", metavar="USER", help=_("Only what this person may see, masked as for him"))
def export(profile: str, file: Path, filters: tuple[tuple[str, str], ...], username: str | None) -> None:
    """The export is logged with its filter and number of rows."""
    from core.access import current_viewer, view_as
    from core.tabular.catalogue import export_profile
    from core.tabular.exporting import format_of, run_export

    draft = file.with_name(f".{file.name}.part")
    with application(), system_session(f"export {profile}") as session:
        viewer = viewer_named(session, username) if username else current_viewer(session)
        try:
            with view_as(viewer) as theirs, draft.open("wb") as out:
                told = run_export(theirs, export_profile(profile), out, dict(filters), viewer, format=format_of(file.name),
                                  file=str(file)).as_dict()
                theirs.commit()
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    answer(told, _("%(rows)s rows in %(file)s.", **told))


commands: list[click.Command] = [export]
