"""``yingshang letters``: issue one or many, list, fetch, check the numbers, verify."""
from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from core.cli.frame import answer, application, faults_found, system_session, table
from core.words import gettext as _

LISTED = 10_000


@click.group("letters", help=_("Letters: issue, list, fetch, check the numbers, verify."))
def letters() -> None:
    """Letters."""


@letters.command("issue", help=_("Draft, review and sign the letter of a kind for a case."))
@click.option("--case", "number", required=True, help=_("Number of the case."))
@click.option("--kind", required=True, help=_("Kind of letter, such as credit_repair.notice."))
def issue(number: str, kind: str) -> None:
    """One letter for one case."""
    with application(), system_session("letters issue") as session:
        from core.case.query import find_case
        from core.letter.batch import issue_for

        letter = issue_for(session, find_case(session, number), kind)
        session.commit()
        answer(_row(letter), f"{letter.number} {letter.title}")


@letters.command("batch", help=_("Issue every letter of a kind that is due, each in its own transaction."))
@click.option("--kind", required=True, help=_("Kind of letter, such as credit_repair.notice."))
@click.option("--due-by", type=click.DateTime(["%Y-%m-%d"]), help=_("Those due by this day; default: today."))
def batch(kind: str, due_by: dt.datetime | None) -> None:
    """All letters that are due."""
    with application(), system_session("letters batch") as session:
        from core import moment
        from core.letter.batch import issue_due

        told = issue_due(session, kind, due_by.date() if due_by else moment.today())
        answer({"kind": kind, "issued": [_row(letter) for letter in told.issued],
                "refused": [{"case": number, "reason": reason} for number, reason in told.refused]},
               [_("Issued: %(n)s", n=len(told.issued)), *(f"{number}: {reason}" for number, reason in told.refused)])
        if told.refused:
            faults_found()


@letters.command("list", help=_("The register of letters."))
@click.option("--kind", default="", help=_("Only this kind."))
@click.option("--state", default="", help=_("Only this state: draft, reviewed, signed, delivered, voided."))
def list_letters(kind: str, state: str) -> None:
    """The register."""
    with application(), system_session("letters list") as session:
        from sqlalchemy import select

        from core.letter.models import Letter

        query = select(Letter).order_by(Letter.id).limit(LISTED)
        if kind:
            query = query.where(Letter.kind == kind)
        if state:
            query = query.where(Letter.state == state)
        rows = [_row(letter) for letter in session.scalars(query)]
        answer(rows, table(rows, {"id": "id", "number": _("Number"), "kind": _("Kind"), "state": _("State"),
                                  "enterprise": _("Addressee"), "issued_on": _("Date")}))


@letters.command("get", help=_("Write a letter's PDF to a file."))
@click.argument("which")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def get(which: str, file: Path) -> None:
    """The stored bytes."""
    with application(), system_session("letters get") as session:
        from core.letter.register import find_letter, pdf_of

        letter = find_letter(session, which)
        file.write_bytes(pdf_of(letter))
        answer({**_row(letter), "file": str(file)}, str(file))


@letters.command("check-numbers", help=_("Prove that no series has a gap or a number twice."))
def check() -> None:
    """Gaps and duplicates."""
    with application(), system_session("letters check-numbers") as session:
        from core.letter.register import check_numbers

        series = check_numbers(session)
        answer({"series": series}, [_("%(organ)s %(kind)s %(year)s: 1 to %(last)s, gaps %(gaps)s, twice %(twice)s, void "
                                      "%(voided)s", organ=s["organ"], kind=s["kind"], year=s["year"], last=s["last"],
                                      gaps=s["gaps"], twice=s["duplicates"], voided=s["voided"]) for s in series])
        if any(s["gaps"] or s["duplicates"] for s in series):
            faults_found()


@letters.command("verify", help=_("Is this PDF, number, code or scanned code genuine?"))
@click.argument("what")
def verify(what: str) -> None:
    """A file, a number, a code or the text of a scanned one."""
    with application(), system_session("letters verify") as session:
        from core.letter.checking import check_code, check_file

        told = check_file(session, Path(what).read_bytes()) if _is_file(what) else check_code(session, what, by_number=True)
        answer(told, [f"{told['reason']}: {told['detail']}", *([f"{told['organ']} {told['number']} {told['issued_on']}"]
                                                                if told["number"] else [])])
        if not told["valid"]:
            faults_found()


@letters.command("offline-page", help=_("Write the page that checks letters without a network."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def offline(file: Path) -> None:
    """The public keys and the arithmetic in one file."""
    with application(), system_session("letters offline-page") as session:
        from core.letter.offline import offline_page, public_keys

        file.write_text(offline_page(session), encoding="utf-8")
        keys = public_keys(session)
        answer({"file": str(file), "keys": [key["key"] for key in (*keys["seals"], *keys["codes"])]}, str(file))


def _is_file(what: str) -> bool:
    """A scanned code is too long for a file's name."""
    try:
        return Path(what).is_file()
    except OSError:
        return False


def _row(letter: Any) -> dict[str, Any]:
    """A letter in a list: ``{"id", "number", "kind", "state", "enterprise", "issued_on"}``."""
    from core import moment

    return {"id": letter.id, "number": letter.number, "kind": letter.kind, "state": letter.state.value,
            "enterprise": letter.addressee,
            "issued_on": moment.local(letter.signed_at).date().isoformat() if letter.signed_at else None}


commands: list[click.Command] = [letters]
