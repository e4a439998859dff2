"""``yingshang doctor``: is this installation healthy, and if not, what to do."""
from __future__ import annotations

import click

from core.cli.frame import answer, application, faults_found, system_session, table
from core.words import gettext as _


@click.command("doctor", help=_("Examine this installation and say what to do about each fault."))
def doctor() -> None:
    """Run every check that a room declared; status 1 when one of them found a fault."""
    from core import health  # noqa: F401  # declares the checks of the house itself
    from core.doctor import examine

    with application() as app, system_session("doctor") as session:
        findings = examine(app.extensions["yingshang"], session)
    rows = [{"check": name, "ok": finding.ok, "detail": finding.detail, "fix": finding.fix}
            for name, finding in findings]
    shown = [row | {"check": _(str(row["check"]))} for row in rows]
    answer(rows, table(shown, {"ok": _("Well"), "check": _("Check"), "detail": _("Found"), "fix": _("What to do")}))
    if not all(finding.ok for _name, finding in findings):
        faults_found()


commands: list[click.Command] = [doctor]
