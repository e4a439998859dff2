"""The life of a letter: drafted, reviewed, signed, delivered or voided. Plain functions; the caller commits.

The number is taken in the transaction that signs, together with the bytes: whoever is killed in the middle leaves
neither a gap nor a twin.
"""
from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from typing import Any

from flask import current_app
from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from core import moment
from core.access.models import Unit
from core.access.viewer import Viewer
from core.audit import record
from core.case.act import add_event
from core.case.models import Case
from core.case.numbering import QUERY_ALPHABET
from core.errors import Changed, NotAllowed, NotFound, Refusal
from core.files import FileStore
from core.letter.content import LetterContent
from core.letter.kinds import LetterKind
from core.letter.models import Letter, LetterSeries, LetterState
from core.letter.storing import from_json, to_json
from core.letter.wording import in_force, letterhead_of
from core.rules.lookup import NoRule, lookup
from core.words import gettext as _

SEPARATE = "letter.separate_persons"
"""The parameter by which a bureau may let one person draft, review and sign."""


def letter_kinds() -> dict[str, LetterKind]:
    """The kinds of letter of the loaded modules, by name."""
    return {kind.kind: kind for _addon, kind in current_app.extensions["yingshang"].collect("letters", "LETTERS")}


def kind_named(name: str) -> LetterKind:
    """The kind of letter called ``name``; :class:`NotFound` when no loaded module has it."""
    found = letter_kinds().get(name)
    if found is None:
        raise NotFound(_("There is no letter of the kind %(kind)s.", kind=name))
    return found


def draft(session: Session, kind: LetterKind, case: Case, actor: Viewer, *, batch: str = "") -> Letter:
    """Draft the letter of ``kind`` for a case, from the case's own facts. Asking twice gives the same letter.

    A missing field refuses here, not at signing.
    """
    _need(actor, "draft", case.unit_id)
    found = session.scalars(select(Letter).where(Letter.case_id == case.id, Letter.kind == kind.kind,
                                                 Letter.state != LetterState.VOIDED)).one_or_none()
    if found is not None:
        return found
    if kind.context is None:
        raise Refusal(_("The letter %(kind)s cannot be written from a case.", kind=kind.name))
    unit = kind.issuer(session, case) if kind.issuer is not None else case.bureau
    fields, bureau_id = dict(kind.context(case)), unit.bureau_id or unit.id
    wording = in_force(session, bureau_id, kind.kind)
    content = kind.compose(letterhead_of(unit), fields, date=moment.today(), contact=_contact(unit),
                           wording=wording.text if wording else None)
    content.check(preview=True)
    letter = Letter(kind=kind.kind, case_id=case.id, bureau_id=bureau_id, unit_id=case.unit_id,
                    addressee=content.addressee, title=content.title.replace("\n", ""), fields=to_json(fields),
                    drafter_id=actor.user_id, drafted_at=moment.now(), batch=batch, wording=wording)
    session.add(letter)
    session.flush()
    add_event(case, actor, "letter", action="draft", note=letter.title, letter=letter.id)
    return letter


def review(session: Session, letter: Letter, actor: Viewer) -> Letter:
    """Another person than the drafter found the letter right."""
    _need(actor, "review", letter.unit_id)
    _state(letter, LetterState.DRAFT)
    _another(session, letter, actor, letter.drafter_id)
    letter.state, letter.reviewer_id, letter.reviewed_at = LetterState.REVIEWED, actor.user_id, moment.now()
    _flush(session)
    return letter


def hand_back(session: Session, letter: Letter, actor: Viewer, reason: str) -> Letter:
    """The reviewer or signer wants it written anew: the draft is taken back, with the reason on the case."""
    if not any(actor.reach(f"letter:{verb}").covers(letter.unit_id) for verb in ("review", "sign")):
        raise NotAllowed(_("You may not do this with this letter."))
    _state(letter, LetterState.DRAFT, LetterState.REVIEWED)
    if not reason.strip():
        raise Refusal(_("Give a reason."), "note")
    if letter.case is not None:
        add_event(letter.case, actor, "letter", action="hand_back", note=f"{letter.title}: {reason.strip()}")
    record(session, "handed back", "core_letter", letter.id, letter.title, reason=reason.strip())
    session.delete(letter)
    _flush(session)
    return letter


def sign(session: Session, letter: Letter, actor: Viewer) -> Letter:
    """Sign: number, verification code and bytes in one transaction. The series is held until it is committed."""
    _need(actor, "sign", letter.unit_id)
    kind = kind_named(letter.kind)
    _state(letter, LetterState.REVIEWED if kind.needs_review else LetterState.DRAFT, LetterState.REVIEWED)
    _another(session, letter, actor, letter.drafter_id, letter.reviewer_id)
    unit = letter.bureau
    if not unit.doc_word:
        raise Refusal(_("%(unit)s has no word for its numbers (机关代字) yet. An administrator sets it under Units.",
                        unit=unit.name), "doc_word")
    year, now = moment.today().year, moment.now()
    letter.number = f"{unit.doc_word}〔{year}〕{_next(session, unit, kind.series, year)}号"
    letter.code = "".join(secrets.choice(QUERY_ALPHABET) for _ in range(12))
    content = _content(letter, kind, number=letter.number, code=letter.code)
    data = _rendered(content)
    reference = _store().put(BytesIO(data), len(data) + 1)
    letter.sha256, letter.size = reference.sha256, reference.size
    letter.state, letter.signer_id, letter.signed_at = LetterState.SIGNED, actor.user_id, now
    _flush(session)
    if letter.case is not None:
        add_event(letter.case, actor, "letter", action="sign", note=f"{letter.title} {letter.number}", public=True,
                  letter=letter.id, number=letter.number)
        if kind.on_signed is not None:
            kind.on_signed(session, letter.case, letter, actor)
    return letter


def deliver(session: Session, letter: Letter, actor: Viewer, how: str) -> Letter:
    """Record that the letter reached its addressee, and how."""
    _need(actor, "draft", letter.unit_id)
    _state(letter, LetterState.SIGNED)
    if not how.strip():
        raise Refusal(_("Say how the letter was delivered."), "how")
    letter.state, letter.delivered_at, letter.delivery = LetterState.DELIVERED, moment.now(), how.strip()
    _flush(session)
    if letter.case is not None:
        add_event(letter.case, actor, "letter", action="deliver", note=f"{letter.title} {letter.number}: {how.strip()}",
                  public=True, letter=letter.id)
    return letter


def void(session: Session, letter: Letter, actor: Viewer, reason: str) -> Letter:
    """作废: the letter no longer holds. Its number stays taken, with the reason."""
    _need(actor, "sign", letter.unit_id)
    _state(letter, LetterState.SIGNED, LetterState.DELIVERED)
    if not reason.strip():
        raise Refusal(_("Give a reason."), "note")
    letter.state, letter.voided_at, letter.void_reason = LetterState.VOIDED, moment.now(), reason.strip()
    _flush(session)
    if letter.case is not None:
        add_event(letter.case, actor, "letter", action="void", note=f"{letter.title} {letter.number}: {reason.strip()}",
                  public=True, letter=letter.id)
    return letter


def pdf_of(letter: Letter) -> bytes:
    """The bytes that were signed, the same at every printing; before that a preview marked 样稿, without a number."""
    if letter.sha256 is not None:
        with _store().open(letter.sha256) as kept:
            data: bytes = kept.read()
        return data
    return _rendered(_content(letter, kind_named(letter.kind)), preview=True)


def verify(session: Session, code_or_number: str) -> dict[str, Any]:
    """What may be said to anyone about a letter: ``{"valid", "number", "kind", "issued_on", "organ", "reason"}``.

    ``reason`` is ``genuine``, ``voided`` or ``unknown``. ``session`` must be a system session.
    """
    text = code_or_number.strip()
    letter = session.scalars(select(Letter).where((Letter.code == text.upper()) | (Letter.number == text))).one_or_none()
    return _said_of(letter)


def verify_bytes(session: Session, data: bytes) -> dict[str, Any]:
    """The same for a file: genuine only if it is byte for byte what was signed."""
    digest = hashlib.sha256(data).hexdigest()
    return _said_of(session.scalars(select(Letter).where(Letter.sha256 == digest)).first())


def find_letter(session: Session, which: str) -> Letter:
    """The letter with that id or number. :class:`NotFound` when there is none that the session may see."""
    text = which.strip()
    by = Letter.id == int(text) if text.isascii() and text.isdigit() else Letter.number == text
    found = session.scalars(select(Letter).where(by)).one_or_none()
    if found is None:
        raise NotFound(_("There is no letter %(which)s.", which=text))
    return found


def check_numbers(session: Session) -> list[dict[str, Any]]:
    """Every series with its last number, gaps, duplicates and voided numbers: complete when there is no gap and no twin."""
    rows = session.execute(
        select(Letter.bureau_id, Letter.kind, Letter.number, Letter.state).where(Letter.number.is_not(None))).all()
    units = {unit.id: unit.name for unit in session.scalars(select(Unit))}
    kinds = letter_kinds()
    used: dict[tuple[int, str, int], list[tuple[int, LetterState]]] = {}
    for row in rows:
        year, number = _parse(row.number)
        series = kinds[row.kind].series if row.kind in kinds else row.kind
        used.setdefault((row.bureau_id, series, year), []).append((number, row.state))
    found = []
    for entry in session.scalars(select(LetterSeries).order_by(LetterSeries.bureau_id, LetterSeries.series,
                                                               LetterSeries.year)):
        taken = used.pop((entry.bureau_id, entry.series, entry.year), [])
        numbers = [number for number, _state in taken]
        found.append({"organ": units.get(entry.bureau_id, str(entry.bureau_id)), "kind": entry.series,
                      "year": entry.year, "last": entry.last,
                      "gaps": sorted(set(range(1, entry.last + 1)) - set(numbers)),
                      "duplicates": sorted({n for n in numbers if numbers.count(n) > 1}),
                      "voided": sorted(n for n, state in taken if state is LetterState.VOIDED)})
    return found


def _content(letter: Letter, kind: LetterKind, number: str = "", code: str = "") -> LetterContent:
    content = kind.compose(letterhead_of(letter.bureau), from_json(letter.fields), date=moment.today(),
                           contact=_contact(letter.bureau), wording=letter.wording.text if letter.wording else None,
                           data={"kind": letter.kind, "case": letter.case.number if letter.case else "",
                                 "addressee": letter.addressee})
    if not number:
        return content
    return replace(content, number=number, verify_url=f"{_public_url()}/verify/{code}", seal=letter.bureau.name)


def _rendered(content: LetterContent, preview: bool = False) -> bytes:
    from core.letter.render import render_pdf  # loads WeasyPrint: only in a process that renders

    return render_pdf(content, preview=preview)


def _contact(unit: Unit) -> str:
    return f"联系电话：{unit.phone}" if unit.phone else ""


def _public_url() -> str:
    web = current_app.extensions["yingshang"].settings.web
    return (web.public_url or f"http://{web.host}:{web.port}").rstrip("/")


def _next(session: Session, unit: Unit, series: str, year: int) -> int:
    """The next number of the organ's series, held by this transaction: others wait, a rollback gives it back."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    session.connection().execute(dialect.insert(LetterSeries).values(
        bureau_id=unit.id, series=series, year=year, word=unit.doc_word, last=0).on_conflict_do_nothing())
    return int(session.connection().execute(
        update(LetterSeries).where(LetterSeries.bureau_id == unit.id, LetterSeries.series == series,
                                   LetterSeries.year == year)
        .values(last=LetterSeries.last + 1).returning(LetterSeries.last)).scalar_one())


def _parse(number: str) -> tuple[int, int]:
    _head, _bracket, rest = number.rpartition("〔")
    year, _close, tail = rest.partition("〕")
    return int(year), int(tail.removesuffix("号"))


def _said_of(letter: Letter | None) -> dict[str, Any]:
    if letter is None or letter.number is None or letter.signed_at is None:
        return {"valid": False, "number": None, "kind": None, "issued_on": None, "organ": None, "reason": "unknown"}
    voided = letter.state is LetterState.VOIDED
    kind = letter_kinds().get(letter.kind)
    return {"valid": not voided, "number": letter.number, "kind": kind.name if kind else letter.kind,
            "issued_on": moment.local(letter.signed_at).date().isoformat(), "organ": letter.bureau.name,
            "reason": "voided" if voided else "genuine"}


def _need(actor: Viewer, verb: str, unit_id: int) -> None:
    if not actor.reach(f"letter:{verb}").covers(unit_id):
        raise NotAllowed(_("You may not do this with this letter."))


def _state(letter: Letter, *wanted: LetterState) -> None:
    if letter.state not in wanted:
        raise Refusal(_("This cannot be done with the letter as it stands now. Look at it again."), state=letter.state)


def _another(session: Session, letter: Letter, actor: Viewer, *others: int | None) -> None:
    if actor.system is not None or actor.user_id not in others:
        return
    try:
        rule = lookup(session, SEPARATE, moment.today(), letter.bureau_id)
    except NoRule:
        separate = True
    else:
        separate = bool(rule.value)
    if separate:
        raise NotAllowed(_("Drafter, reviewer and signer must be three people."))


def _flush(session: Session) -> None:
    try:
        session.flush()
    except StaleDataError:
        raise Changed(_("Somebody else dealt with this letter meanwhile. Look at it again.")) from None


def _store() -> FileStore:
    found: FileStore = current_app.extensions["jobs"].files
    return found


def pending(session: Session, actor: Viewer, limit: int = 20) -> Iterable[Letter]:
    """The letters that wait for this person: to review, or to sign."""
    states = [state for state, verb in ((LetterState.DRAFT, "review"), (LetterState.REVIEWED, "sign"))
              if actor.may(f"letter:{verb}")]
    if not states:
        return []
    return session.scalars(select(Letter).where(Letter.state.in_(states), Letter.drafter_id.is_distinct_from(actor.user_id),
                                                Letter.reviewer_id.is_distinct_from(actor.user_id))
                           .order_by(Letter.id).limit(limit)).all()


def waiting(session: Session) -> int:
    """How many letters are neither signed nor voided."""
    return session.scalar(select(func.count(Letter.id)).where(
        Letter.state.in_([LetterState.DRAFT, LetterState.REVIEWED]))) or 0
