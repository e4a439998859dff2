"""The life of a letter: drafted, reviewed, signed, delivered or voided. Plain functions; the caller commits.

The number is taken in the transaction that signs, together with the bytes: whoever is killed in the middle leaves
neither a gap nor a twin. That transaction is short: the letter is drawn and sealed before it, under the number that will
be next, and made again inside only if another signer was quicker.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from core import moment, parameters
from core.access.models import Unit
from core.access.viewer import Viewer
from core.audit import record
from core.case.act import add_event
from core.case.files import store
from core.case.models import Case
from core.errors import Changed, NotAllowed, NotFound, Refusal
from core.letter import making, numbers
from core.letter.kinds import LetterKind
from core.letter.making import Made, kind_named, letter_kinds
from core.letter.models import Letter, LetterState
from core.letter.storing import to_json
from core.letter.wording import in_force, letterhead_of
from core.outbox.deliver import asked_before_sending
from core.outbox.models import Channel, Message
from core.outbox.post import post
from core.parameters import Parameter
from core.rules.lookup import NoRule, lookup
from core.signals import letter_issued
from core.words import N_
from core.words import gettext as _

__all__ = ["check_numbers", "deliver", "draft", "draft_many", "find_letter", "hand_back", "kind_named",
           "letter_kinds", "may_sign", "pdf_of", "pending", "returned", "review", "send", "sign", "take_back", "void"]
_ADDRESS = re.compile(r"[^@\s<>,;:\"]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,20}")
SEPARATE = "letter.separate_persons"
"""The parameter by which a bureau may let one person draft, review and sign."""
MAIL_MB = Parameter("letter.mail_mb", N_("A letter goes along with its e-mail up to"), 5,
                    N_("A larger one is only told of, with the address to fetch and to check it at. 0: always so."), "MB",
                    0, 50)
parameters.declare(MAIL_MB)


def draft(session: Session, kind: LetterKind, case: Case, actor: Viewer, *, batch: str = "") -> Letter:
    """Draft the letter of ``kind`` for a case, from the case's own facts. Asking twice gives the same letter.

    A missing field refuses here, not at signing.
    """
    _need(actor, "draft", case.unit_id)
    occasion = kind.occasion(case) if kind.occasion is not None else ""
    found = session.scalars(select(Letter).where(Letter.case_id == case.id, Letter.kind == kind.kind,
                                                 Letter.occasion == occasion, Letter.state != LetterState.VOIDED)).one_or_none()
    if found is not None:
        return found
    if kind.context is None:
        raise Refusal(_("The letter %(kind)s cannot be written from a case.", kind=kind.name))
    unit = kind.issuer(session, case) if kind.issuer is not None else case.bureau
    fields, bureau_id = dict(kind.context(case)), unit.bureau_id or unit.id
    wording = in_force(session, bureau_id, kind.kind)
    content = kind.compose(letterhead_of(unit), fields, date=moment.today(), contact=making.contact(unit),
                           wording=wording.text if wording else None)
    content.check(preview=True)
    letter = Letter(kind=kind.kind, case_id=case.id, bureau_id=bureau_id, unit_id=case.unit_id,
                    addressee=content.addressee, occasion=occasion, title=content.title.replace("\n", ""),
                    fields=to_json(fields),
                    drafter_id=actor.user_id, drafted_at=moment.now(), batch=batch, wording=wording)
    session.add(letter)
    session.flush()
    add_event(case, actor, "letter", action="draft", note=letter.title, letter=letter.id)
    return letter


def draft_many(session: Session, kind: LetterKind, unit: Unit, wanted: Mapping[str, Mapping[str, Any]], actor: Viewer, *,
               enterprises: Mapping[str, int] | None = None) -> list[Letter]:
    """Draft letters that belong to no case, one for each occasion, from the fields that go with it: a batch reviews and signs
    them. ``enterprises`` says by occasion whom a letter is for, who finds it in its account once it is signed. Asking twice
    gives the same letters. Their fields are checked like those of a single one."""
    _need(actor, "draft", unit.id)
    names, found = list(wanted), dict[str, Letter]()
    for start in range(0, len(names), 500):
        found |= {letter.occasion: letter for letter in session.scalars(select(Letter).where(
            Letter.case_id.is_(None), Letter.kind == kind.kind, Letter.unit_id == unit.id,
            Letter.occasion.in_(names[start:start + 500]), Letter.state != LetterState.VOIDED))}
    bureau_id, head, contact = unit.bureau_id or unit.id, letterhead_of(unit), making.contact(unit)
    readers = enterprises or {}
    wording = in_force(session, bureau_id, kind.kind)
    for occasion, fields in wanted.items():
        if occasion in found:
            continue
        content = kind.compose(head, fields, date=moment.today(), contact=contact, wording=wording.text if wording else None)
        content.check(preview=True)
        found[occasion] = Letter(
            kind=kind.kind, bureau_id=bureau_id, unit_id=unit.id, enterprise_id=readers.get(occasion),
            addressee=content.addressee, occasion=occasion, title=content.title.replace("\n", ""), fields=to_json(fields),
            drafter_id=actor.user_id, drafted_at=moment.now(), wording=wording)
        session.add(found[occasion])
    session.flush()
    return [found[occasion] for occasion in names]


def review(session: Session, letter: Letter, actor: Viewer) -> Letter:
    """Another person than the drafter found the letter right."""
    _need(actor, "review", letter.unit_id)
    _state(letter, LetterState.DRAFT)
    _another(session, letter, actor)
    letter.state, letter.reviewer_id, letter.reviewed_at = LetterState.REVIEWED, actor.user_id, moment.now()
    _flush(session)
    return letter


def hand_back(session: Session, letter: Letter, actor: Viewer, reason: str) -> Letter:
    """The reviewer or signer wants it written anew: the draft is taken back, with the reason on the case."""
    if not any(answers_for(actor, verb, letter) for verb in ("review", "sign")):
        raise NotAllowed(_("You may not do this with this letter."))
    _state(letter, LetterState.DRAFT, LetterState.REVIEWED)
    if not reason.strip():
        raise Refusal(_("Give a reason."), "note")
    _drop(session, letter, actor, reason.strip())
    return letter


def take_back(session: Session, case: Case, kind: str, actor: Viewer, reason: str) -> None:
    """What was drafted with a step that no longer holds is taken back before anybody signs it, with the reason on the case.
    What is signed stays: only a person voids it."""
    for letter in session.scalars(select(Letter).where(
            Letter.case_id == case.id, Letter.kind == kind,
            Letter.state.in_((LetterState.DRAFT, LetterState.REVIEWED))).order_by(Letter.id)).all():
        _drop(session, letter, actor, reason)


def _drop(session: Session, letter: Letter, actor: Viewer, reason: str) -> None:
    if letter.case is not None:
        add_event(letter.case, actor, "letter", action="hand_back", note=f"{letter.title}: {reason}")
    record(session, "handed back", "core_letter", letter.id, letter.title, reason=reason)
    session.delete(letter)
    _flush(session)


def sign(session: Session, letter: Letter, actor: Viewer, made: Made | None = None) -> Letter:
    """Sign: number, verification code and bytes in one transaction. The series is held until it is committed.

    ``made`` is the letter as it was drawn ahead; it counts if its number is the one that is taken and its day is today.
    """
    kind = may_sign(session, letter, actor)
    year = moment.today().year
    word = numbers.word_of(letter.bureau, kind)
    if made is None:
        likely = numbers.written(word, year, numbers.guess(session, letter.bureau, kind, year))
        made = making.make(making.order_for(session, letter, kind, likely))
    number = numbers.written(word, year, numbers.take(session, letter.bureau, kind, year))
    if (made.order.number, made.order.day) != (number, moment.today()):
        made = making.make(making.order_for(session, letter, kind, number))
    reference = store().put(BytesIO(made.data), len(made.data) + 1)
    letter.number, letter.code, letter.organ = number, made.order.code, made.order.content.signing_organ
    letter.facts_sha256 = made.order.facts
    letter.sha256, letter.size, letter.seal_key = reference.sha256, reference.size, made.order.seal.key_id
    letter.state, letter.signer_id, letter.signed_at = LetterState.SIGNED, actor.user_id, made.order.at
    _flush(session)
    if letter.case is not None:
        add_event(letter.case, actor, "letter", action="sign", note=f"{letter.title} {letter.number}", public=True,
                  letter=letter.id, number=letter.number)
        if kind.on_signed is not None:
            kind.on_signed(session, letter.case, letter, actor)
    letter_issued.send(session, letter=letter)
    return letter


def may_sign(session: Session, letter: Letter, actor: Viewer) -> LetterKind:
    """The letter's kind, if the person may sign it now; a :class:`Refusal` says why not."""
    _for_organ(actor, letter)
    kind = kind_named(letter.kind)
    _state(letter, LetterState.REVIEWED if kind.needs_review else LetterState.DRAFT, LetterState.REVIEWED)
    _another(session, letter, actor)
    if not kind.form.numbered:
        raise Refusal(_("This is for the party to sign. Print it."))
    return kind


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


def send(session: Session, letter: Letter, actor: Viewer, address: str) -> Letter:
    """Send the letter to the addressee by e-mail, with the address to check it at. One that is larger than the parameter
    :data:`MAIL_MB` allows stays here: the mail says where to fetch it. The letter counts as delivered when the receipt
    comes, not before. The same address is written to once."""
    _need(actor, "draft", letter.unit_id)
    _state(letter, LetterState.SIGNED)
    address = address.strip()
    if not _ADDRESS.fullmatch(address):
        raise Refusal(_("Write an e-mail address such as office@example.com."), "note")
    place, carried = making.public_url(), 0 < (letter.size or 0) <= parameters.values(session)[MAIL_MB.key] * 1_000_000
    said = {"organ": letter.organ, "title": letter.title, "number": letter.number}
    post(session, to=address, channel=Channel.EMAIL, dedupe_key=f"letter:{letter.id}:mail:{address.lower()}"[:200],
         subject=f"{letter.organ}：{letter.title}", case_id=letter.case_id, link=f"{place}/verify/{letter.code}",
         file=(f"{letter.number} {letter.title}.pdf"[-255:], letter.sha256 or "") if carried else ("", ""),
         body=_("%(organ)s has a letter for you: %(title)s %(number)s. It comes with this mail. Whether it is genuine you can "
                "check at the address below.", **said) if carried else
         _("%(organ)s has a letter for you: %(title)s %(number)s. Fetch it with case number and query code at %(place)s. "
           "Whether a letter is genuine you can check at the address below.", **said, place=f"{place}/portal"))
    if letter.case is not None:
        add_event(letter.case, actor, "letter", action="mail", note=f"{letter.title} {letter.number}: {address}",
                  letter=letter.id)
    record(session, "sent", "core_letter", letter.id, letter.number or "", address=address, carried=carried)
    return letter


@asked_before_sending("letter")
def _no_longer_holds(session: Session, message: Message) -> str:
    """A letter that was voided while its mail waited stays here."""
    letter = session.get(Letter, int(message.dedupe_key.split(":")[1]), populate_existing=True)
    return str(_("The letter was voided before it was sent.")) if letter is None or letter.state is LetterState.VOIDED else ""


def returned(session: Session, letter: Letter, actor: Viewer, reason: str) -> Letter:
    """The letter came back undelivered: it waits for another way. Nothing of it changes; the reason stands on the case."""
    _need(actor, "draft", letter.unit_id)
    _state(letter, LetterState.SIGNED, LetterState.DELIVERED)
    if not reason.strip():
        raise Refusal(_("Give a reason."), "note")
    letter.state, letter.delivered_at, letter.delivery = LetterState.SIGNED, None, ""
    _flush(session)
    record(session, "returned", "core_letter", letter.id, letter.number or "", reason=reason.strip())
    if letter.case is not None:
        add_event(letter.case, actor, "letter", action="returned", note=f"{letter.title} {letter.number}: {reason.strip()}",
                  letter=letter.id)
    return letter


def void(session: Session, letter: Letter, actor: Viewer, reason: str) -> Letter:
    """作废: the letter no longer holds. Its number stays taken, with the reason."""
    _for_organ(actor, letter)
    _state(letter, LetterState.SIGNED, LetterState.DELIVERED)
    if not reason.strip():
        raise Refusal(_("Give a reason."), "note")
    letter.state, letter.voided_at, letter.void_reason = LetterState.VOIDED, moment.now(), reason.strip()
    _flush(session)
    if letter.case is not None:
        add_event(letter.case, actor, "letter", action="void", note=f"{letter.title} {letter.number}: {reason.strip()}",
                  public=True, letter=letter.id)
    letter_issued.send(session, letter=letter)
    return letter


def pdf_of(letter: Letter) -> bytes:
    """The bytes that were signed, the same at every printing; before that a preview marked 样稿, without a number."""
    if letter.sha256 is not None:
        with store().open(letter.sha256) as kept:
            data: bytes = kept.read()
        return data
    return making.preview(letter, kind_named(letter.kind))


def find_letter(session: Session, which: str) -> Letter:
    """The letter with that id or number. :class:`NotFound` when there is none that the session may see."""
    text = which.strip()
    by = Letter.id == int(text) if text.isascii() and text.isdigit() else Letter.number == text
    found = session.scalars(select(Letter).where(by)).one_or_none()
    if found is None:
        raise NotFound(_("There is no letter %(which)s.", which=text))
    return found


def check_numbers(session: Session) -> list[dict[str, Any]]:
    """Every series with its last number, gaps, duplicates and voided numbers: see :mod:`core.letter.numbers`."""
    return numbers.check_numbers(session, letter_kinds())


def _need(actor: Viewer, verb: str, unit_id: int) -> None:
    if not actor.reach(f"letter:{verb}").covers(unit_id):
        raise NotAllowed(_("You may not do this with this letter."))


def answers_for(actor: Viewer, verb: str, letter: Letter) -> bool:
    """Whether the person reviews letters of that unit's cases, or signs for the organ whose letter it is. Whoever sees the
    whole district signs for his own bureau all the same; a letter is reviewed by whoever knows the case, of any bureau."""
    reach = actor.reach(f"letter:{verb}")
    return actor.system is not None or (
        reach.covers(letter.unit_id) and (verb != "sign" or letter.bureau_id in reach.bureaus))


def _for_organ(actor: Viewer, letter: Letter) -> None:
    _need(actor, "sign", letter.unit_id)
    if not answers_for(actor, "sign", letter):
        raise NotAllowed(_("This is a letter of %(organ)s, whose people sign it.", organ=letter.bureau.short_name))


def _state(letter: Letter, *wanted: LetterState) -> None:
    if letter.state not in wanted:
        raise Refusal(_("This cannot be done with the letter as it stands now. Look at it again."), state=letter.state)


def had_a_hand_in(session: Session, letter: Letter, actor: Viewer) -> bool:
    """Whether the person drafted or reviewed the letter, and the next step is therefore another one's."""
    return actor.system is None and actor.user_id in (letter.drafter_id, letter.reviewer_id) and hands_apart(session, letter)


def hands_apart(session: Session, letter: Letter) -> bool:
    """Whether drafter, reviewer and signer of the letter must be three people."""
    try:
        rule = lookup(session, SEPARATE, moment.today(), letter.bureau_id)
    except NoRule:
        return True
    return bool(rule.value)


def _another(session: Session, letter: Letter, actor: Viewer) -> None:
    if had_a_hand_in(session, letter, actor):
        raise NotAllowed(_("Drafter, reviewer and signer must be three people."))


def _flush(session: Session) -> None:
    try:
        session.flush()
    except StaleDataError:
        raise Changed(_("Somebody else dealt with this letter meanwhile. Look at it again.")) from None


def of_his_organs(actor: Viewer, verb: str) -> ColumnElement[bool]:
    """:func:`answers_for` for a statement, as far as the row rule does not say it already."""
    if verb != "sign" or actor.system is not None:
        return true()
    return Letter.bureau_id.in_(sorted(actor.reach("letter:sign").bureaus))


def _waits_for(actor: Viewer) -> ColumnElement[bool]:
    """The letters that wait for this person; those that he drafted or reviewed himself wait for somebody else."""
    return and_(or_(*(and_(Letter.state == state, of_his_organs(actor, verb)) for state, verb in
                      ((LetterState.DRAFT, "review"), (LetterState.REVIEWED, "sign")) if actor.may(f"letter:{verb}"))),
                Letter.drafter_id.is_distinct_from(actor.user_id), Letter.reviewer_id.is_distinct_from(actor.user_id))


def pending(session: Session, actor: Viewer, limit: int = 20) -> Iterable[Letter]:
    """The letters that wait for this person: to review, or to sign."""
    if not (actor.may("letter:review") or actor.may("letter:sign")):
        return []
    return session.scalars(select(Letter).where(_waits_for(actor)).order_by(Letter.id).limit(limit)).all()


def pending_counts(session: Session, actor: Viewer) -> dict[LetterState, int]:
    """How many letters wait for this person, by what they wait for: one statement."""
    if not (actor.may("letter:review") or actor.may("letter:sign")):
        return {}
    return dict(session.execute(
        select(Letter.state, func.count(Letter.id)).where(_waits_for(actor)).group_by(Letter.state)).all())


def waiting(session: Session) -> int:
    """How many letters are neither signed nor voided."""
    return session.scalar(select(func.count(Letter.id)).where(
        Letter.state.in_([LetterState.DRAFT, LetterState.REVIEWED]))) or 0
