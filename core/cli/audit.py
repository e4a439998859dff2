"""``yingshang audit``: has anybody altered the log?"""
from __future__ import annotations

import click

from core.cli.frame import answer, application, faults_found, system_session
from core.words import gettext as _


@click.group("audit", help=_("The log of what changed, was read and was exported."))
def group() -> None:
    """Commands about the log."""


@group.command("verify", help=_("Link what is not linked yet, then read the whole log and check every link."))
def verify_log() -> None:
    """Status 1 when an entry was altered, dropped or moved."""
    from core.audit import seal, verify

    with application(), system_session("audit verify") as session:
        seal(session)
        session.commit()
        found = verify(session)
    told = {"ok": found.ok, "entries": found.entries, "head": found.head, "first_bad": found.first_bad,
            "reason": found.reason}
    reasons = {"content": _("entry %(id)s is not what was written", id=found.first_bad),
               "chain": _("the chain breaks at entry %(id)s: one before it was dropped, added or moved",
                          id=found.first_bad),
               "head": _("the last entries are missing")}
    answer(told, _("%(entries)s entries, none altered. Head: %(head)s", entries=found.entries, head=found.head) if found.ok
           else _("The log was tampered with: %(reason)s.", reason=reasons[found.reason]))
    if not found.ok:
        faults_found()


commands: list[click.Command] = [group]
