"""From a letter of the register to its sealed bytes: what is to be drawn is read from the database first, then drawn and
sealed without it, so that another process can do that part ahead of the signing."""
from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from core import moment
from core.access.models import Unit
from core.case.files import store
from core.case.numbering import QUERY_ALPHABET
from core.errors import NotFound
from core.letter import keys
from core.letter.content import LetterContent
from core.letter.key_models import SealPicture
from core.letter.keys import KeyHandle
from core.letter.kinds import LetterKind
from core.letter.models import Letter
from core.letter.signed_code import SignedCode, sign_code
from core.letter.storing import from_json
from core.letter.wording import letterhead_of
from core.words import gettext as _

Fonts = tuple[Path, Path | None]


@dataclass(frozen=True)
class Order:
    """A letter to be drawn and sealed, as plain values: what it says, under which number and code, whose seal, and when."""

    content: LetterContent
    number: str
    code: str
    day: dt.date
    at: dt.datetime
    seal: KeyHandle
    code_key: KeyHandle
    address: str

    @property
    def facts(self) -> str:
        """SHA-256 of the attached facts, hexadecimal."""
        return hashlib.sha256(self.content.payload()).hexdigest()


@dataclass(frozen=True)
class Made:
    """The order's letter: the bytes that are kept."""

    order: Order
    data: bytes


def letter_kinds() -> dict[str, LetterKind]:
    """The kinds of letter of the loaded modules, by name."""
    return {kind.kind: kind for _addon, kind in current_app.extensions["yingshang"].collect("letters", "LETTERS")}


def kind_named(name: str) -> LetterKind:
    """The kind of letter called ``name``; :class:`NotFound` when no loaded module has it."""
    found = letter_kinds().get(name)
    if found is None:
        raise NotFound(_("There is no letter of the kind %(kind)s.", kind=name))
    return found


def order_for(session: Session, letter: Letter, kind: LetterKind, number: str) -> Order:
    """What is to be made of the letter if it is signed now under ``number``. Reads only, but for the first key of a bureau."""
    seal, code_key = keys.handle_of(keys.seal_key(session, letter.bureau)), keys.handle_of(keys.code_key(session))
    code, today = "".join(secrets.choice(QUERY_ALPHABET) for _ in range(12)), moment.today()
    content = content_of(letter, kind)
    said = "\n".join(f"{role}\t{text}" for role, text, _where in replace(content, number=number).texts())
    facts = {**content.data, "number": number, "organ": content.signing_organ, "date": today, "code": code,
             "title": letter.title, "text_sha256": hashlib.sha256(said.encode()).hexdigest()}
    content = replace(content, number=number, data=facts, seal=letter.bureau.name, seal_room=seal.room,
                      seal_picture=picture_of(session, letter.bureau), verify_url=f"{public_url()}/verify/{code}")
    return Order(content, number, code, today, moment.now(), seal, code_key, public_url())


def make(order: Order) -> Made:
    """Draw the letter and seal it. Needs neither database nor application."""
    from core.letter.render import render_pdf  # loads WeasyPrint: only in a process that renders
    from core.letter.sealing import seal

    facts = bytes.fromhex(order.facts)
    said = SignedCode(order.code, order.code_key.key_id, order.day, order.number, order.content.data["organ"], facts)
    text = sign_code(said, order.code_key.file, order.address)
    return Made(order, seal(render_pdf(replace(order.content, code_text=text)), order.seal, order.at))


def preview(letter: Letter, kind: LetterKind) -> bytes:
    """The letter as it would be, marked 样稿, without number, seal and code."""
    from core.letter.render import render_pdf

    return render_pdf(content_of(letter, kind), preview=True)


def content_of(letter: Letter, kind: LetterKind) -> LetterContent:
    """What the letter says, without number and seal."""
    return kind.compose(letterhead_of(letter.bureau), from_json(letter.fields), date=moment.today(),
                        contact=contact(letter.bureau), wording=letter.wording.text if letter.wording else None,
                        data={"kind": letter.kind, "case": letter.case.number if letter.case else "",
                              "addressee": letter.addressee})


def contact(unit: Unit) -> str:
    """The 附注 with the organ's telephone."""
    return f"联系电话：{unit.phone}" if unit.phone else ""


def picture_of(session: Session, unit: Unit) -> bytes:
    """The bureau's own picture of its seal; empty when the seal is drawn from its name."""
    kept = session.get(SealPicture, unit.id)
    if kept is None:
        return b""
    with store().open(kept.sha256) as stream:
        data: bytes = stream.read()
    return data


def public_url() -> str:
    """Where the public reaches the suite."""
    web: Any = current_app.extensions["yingshang"].settings.web
    return str(web.public_url or f"http://{web.host}:{web.port}").rstrip("/")

