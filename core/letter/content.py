"""What a letter says, as plain frozen data. How it looks is :mod:`core.letter.layout`'s part."""
from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import FieldError, Invalid
from core.words import gettext as _


class Form(enum.StrEnum):
    """The forms that bureaus send: 公文, 信函 and 纪要 of GB/T 9704-2012, and two that its measures are applied to.

    A 通知书 or 决定书 (``tongzhi``) has its number under the title and, on a sheet of its own, the receipt that the organ
    keeps (送达回证). A 督办单 or 转办单 (``duban``) begins with a table that says what, who and by when. What the party itself
    signs, such as a 承诺书 (``party``), has no mark, number, seal or date of the bureau's: it is printed and filled in.
    """

    XINHAN = "xinhan"
    GONGWEN = "gongwen"
    JIYAO = "jiyao"
    TONGZHI = "tongzhi"
    DUBAN = "duban"
    PARTY = "party"

    @property
    def numbered(self) -> bool:
        """Whether the bureau issues it, under a number; else it is printed for somebody else to sign."""
        return self is not Form.PARTY

    @property
    def imprinted(self) -> bool:
        """Whether a 版记 with rules, organ and date ends it."""
        return self in (Form.GONGWEN, Form.JIYAO)

    @property
    def sealed(self) -> bool:
        """Whether 署名, date and seal end its text: a 纪要 bears none of them."""
        return self is not Form.JIYAO


MARKS = {Form.GONGWEN: "文件", Form.JIYAO: "会议纪要", Form.DUBAN: "督办单"}
"""What follows the organ's name in the 发文机关标志, unless a letter says otherwise."""


class Kind(enum.StrEnum):
    """What a block of the body is."""

    PARA = "para"
    HEADING1 = "heading1"  # 一、 黑体
    HEADING2 = "heading2"  # （一） 楷体
    HEADING3 = "heading3"  # 1. 仿宋
    HEADING4 = "heading4"  # （1） 仿宋
    ITEM = "item"  # a numbered paragraph
    TABLE = "table"
    PRESENT = "present"  # 出席：, 请假：, 列席： and who, in a 纪要
    CODE = "code"  # a QR code with what it is for (``text``) and the address that it leads to (the one cell of ``rows``)


@dataclass(frozen=True)
class Block:
    """A paragraph, heading or list item (``text``), or a table (``rows``, the first one is its head)."""

    kind: Kind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Letterhead:
    """Whose paper it is: the organ's full name, the form, and where these differ the 发文机关标志 and the 印发机关."""

    organ: str
    form: Form = Form.XINHAN
    mark: str = ""
    print_office: str = ""

    @property
    def shown_mark(self) -> str:
        """The 发文机关标志: the organ's name, with 文件 on a 公文, 会议纪要 on a 纪要."""
        return self.mark or self.organ + MARKS.get(self.form, "")


NUMBER = re.compile(r"[^〔〕\s]+〔\d{4}〕[1-9]\d*号")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True)
class LetterContent:
    """One letter.

    ``number`` is the 发文字号 (None in a preview); ``title`` breaks where it holds a newline, else by sense;
    ``attachments`` are the titles of the 附件说明; ``cc`` is the 抄送 without its label; ``seal`` the name on the drawn
    seal, ``seal_picture`` the organ's own picture of it in its place; ``code_text`` what the code beside the address says
    (empty: the address); ``seal_room`` the bytes kept free for the electronic seal; ``summary`` the labels and values of the
    table that begins a 督办单; ``receipt`` asks for a 送达回证; ``secrecy`` is what stands in the place of
    密级和保密期限; ``data`` are the public facts attached as JSON.
    """

    letterhead: Letterhead
    title: str
    addressee: str
    body: tuple[Block, ...]
    signing_organ: str
    date: dt.date
    number: str | None = None
    attachments: tuple[str, ...] = ()
    contact: str = ""
    cc: str = ""
    verify_url: str = ""
    seal: str | None = None
    seal_picture: bytes = b""
    code_text: str = ""
    seal_room: int = 0
    summary: tuple[tuple[str, str], ...] = ()
    receipt: bool = False
    secrecy: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def normalised(self) -> LetterContent:
        """The same letter without invisible characters, its no-break and tab spaces plain."""
        head = self.letterhead
        return replace(
            self, letterhead=replace(head, organ=tidy(head.organ), mark=tidy(head.mark),
                                     print_office=tidy(head.print_office)),
            title="\n".join(tidy(line) for line in self.title.split("\n")), addressee=tidy(self.addressee),
            body=tuple(Block(block.kind, tidy(block.text), tuple(tuple(map(tidy, row)) for row in block.rows))
                       for block in self.body),
            signing_organ=tidy(self.signing_organ), number=tidy(self.number) if self.number else None,
            attachments=tuple(map(tidy, self.attachments)), contact=tidy(self.contact), cc=tidy(self.cc),
            verify_url=tidy(self.verify_url), seal=tidy(self.seal) if self.seal else None,
            summary=tuple((tidy(label), tidy(value)) for label, value in self.summary), secrecy=tidy(self.secrecy))

    def check(self, preview: bool) -> None:
        """Refuse what must not go out: an empty part, a missing or malformed number. Raises ``Invalid`` with each
        field's name."""
        needed = {"organ": self.letterhead.organ, "title": self.title.strip(), "body": self.body,
                  "signing_organ": self.signing_organ, "date": self.date,
                  "addressee": self.addressee or self.letterhead.form is Form.JIYAO}
        errors = [FieldError(name, _("The letter lacks its %(field)s.", field=name))
                  for name, value in needed.items() if not value]
        if not preview and self.letterhead.form.numbered and not (self.number and NUMBER.fullmatch(self.number)):
            errors.append(FieldError("number", _(
                "A letter needs a number such as 宁发改信〔2026〕12号, not “%(number)s”.", number=self.number or "")))
        if errors:
            raise Invalid(errors)

    def texts(self) -> Iterator[tuple[str, str, str]]:
        """Every text of the letter as ``(role, text, where)``, ``where`` in the words of the document's own parts."""
        yield "biao", self.letterhead.shown_mark, "发文机关标志"
        yield "biao", self.title.replace("\n", ""), "标题"
        yield "biao", self.seal or "", "印章"
        yield "hei", self.secrecy, "密级"
        head = self.letterhead
        parts = (("发文字号", self.number or ""), ("主送机关", self.addressee), ("发文机关署名", self.signing_organ),
                 ("附注", self.contact), ("抄送", self.cc), ("印发机关", head.print_office or head.organ),
                 ("核验网址", self.verify_url), *(("附件说明", title) for title in self.attachments))
        for where, text in parts:
            yield "fang", text, where
        roles = {Kind.HEADING1: "hei", Kind.HEADING2: "kai"}
        for label, value in self.summary:
            yield "hei", label, "表头"
            yield "fang", value, "表头"
        for place, block in enumerate(self.body, 1):
            where = f"正文第{place}段"
            if block.kind is Kind.PRESENT:
                yield "hei", block.text.partition("：")[0], where
            yield roles.get(block.kind, "fang"), block.text, where
            for line, row in enumerate(block.rows):
                yield "hei" if line == 0 else "fang", "".join(row), where

    def payload(self) -> bytes:
        """The attached JSON: the case's public facts, keys in order, UTF-8."""
        return json.dumps(dict(self.data), ensure_ascii=False, sort_keys=True, default=_plain, indent=1).encode()

    def identifier(self, *circumstances: str) -> bytes:
        """The document's identifier (32 hexadecimal digits): a digest of everything that decides its bytes."""
        said = json.dumps([*circumstances, repr(replace(self, data={})), self.payload().decode()])
        return hashlib.sha256(said.encode()).hexdigest()[:32].encode()


def tidy(text: str) -> str:
    """``text`` without invisible characters and outer space, every kind of blank a plain space."""
    return " ".join(text.translate(_INVISIBLE).replace("\u3000", " ").split())


def chinese_date(day: dt.date) -> str:
    """``2026年1月5日``: Arabic figures without leading zeros (GB/T 9704-2012)."""
    return f"{day.year}年{day.month}月{day.day}日"


def _plain(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"a letter's data must be plain values, not {type(value).__name__}")
