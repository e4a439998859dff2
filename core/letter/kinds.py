"""A kind of letter, as a module declares it in its ``letters.LETTERS``."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import Refusal
from core.letter.bodytext import fill_body, fill_line
from core.letter.content import Form, LetterContent, Letterhead
from core.words import gettext as _

TITLE, COPIES, ENCLOSED = "标题：", "抄送：", "附件："
"""What begins the lines of a bureau's own wording that are not the body: title lines before it, the others behind it."""


@dataclass(frozen=True)
class Wording:
    """The parts of a letter that are worded, each a template. A wording without a title has the module's."""

    body: str
    title: str = ""
    attachments: tuple[str, ...] = ()
    cc: str = ""

    @classmethod
    def read(cls, text: str) -> Wording:
        """The parts of a bureau's text."""
        lines, title = text.strip("\n").split("\n"), []
        behind: dict[str, list[str]] = {COPIES: [], ENCLOSED: []}
        while lines and lines[0].startswith(TITLE):
            title.append(lines.pop(0).removeprefix(TITLE).strip())
        while lines and (label := lines[-1][:len(COPIES)]) in behind:
            behind[label].insert(0, lines.pop().removeprefix(label).strip())
        return cls("\n".join(lines), "\n".join(title), tuple(filter(None, behind[ENCLOSED])), "；".join(behind[COPIES]))

    @property
    def text(self) -> str:
        """As it is written and compared: one text."""
        return "\n".join((*(TITLE + line for line in self.title.split("\n")), self.body.strip("\n"),
                          *(ENCLOSED + one for one in self.attachments), *([COPIES + self.cc] if self.cc else ())))


@dataclass(frozen=True)
class Field:
    """A field that the letter's text may name: what it is, and a value for previews."""

    name: str
    description: str
    sample: Any


@dataclass(frozen=True)
class LetterKind:
    """One kind of letter of a module.

    ``kind`` is ``<module>.<name>``; ``title`` and ``addressee`` are templates in the fields, like the text in
    ``template``; ``series`` is the document kind under which numbers run (信, 决, …), ``word``
    what it adds to the organ's 机关代字 (each series of an organ needs its own); ``needs_review`` asks for a
    reviewer between drafter and signer; ``cc`` and ``attachments`` are templates too.
    """

    kind: str
    name: str
    title: str
    template: Path
    fields: tuple[Field, ...]
    addressee: str = "{{ addressee }}"
    form: Form = Form.XINHAN
    series: str = "letter"
    word: str = ""
    needs_review: bool = True
    attachments: tuple[str, ...] = ()
    cc: str = ""
    receipt: bool = False
    """Whether a receipt to be signed and sent back goes along; with a 通知书 one always does."""
    mark: str = ""
    """The 发文机关标志 where it is not the organ's name, such as 宁河区营商环境联席会议纪要; a template too."""
    summary: tuple[tuple[str, str], ...] = ()
    """Labels and (templates of) values of the table that begins a 督办单 or 转办单."""
    secrecy: str = ""
    """What stands in the place of 密级和保密期限: a template too, empty for what is not marked."""
    signatory: str = ""
    """Who signs, when that is not the bureau: a template too (a 承诺书 of the party)."""
    occasion: Callable[[Any], str] | None = None
    """``occasion(case)``: what tells two letters of this kind for one case apart (the day of a reminder, the number of a
    revision); None: there is one."""
    context: Callable[[Any], Mapping[str, Any]] | None = None
    """``context(case)``: the values of the fields, from a case."""
    issuer: Callable[[Any, Any], Any] | None = None
    """``issuer(session, case)``: the unit whose letter it is; None is the case's own bureau."""
    due: Callable[[Any, dt.date], Sequence[int]] | None = None
    """``due(session, by)``: the ids of the cases that are due for this letter by that day (for batches)."""
    on_signed: Callable[[Any, Any, Any, Any], None] | None = None
    """``on_signed(session, case, letter, viewer)``: what follows for the case, in the transaction that signs."""

    @property
    def field_names(self) -> tuple[str, ...]:
        """The documented names."""
        return tuple(field.name for field in self.fields)

    @property
    def sample(self) -> dict[str, Any]:
        """Every field's sample value."""
        return {field.name: field.sample for field in self.fields}

    @property
    def own(self) -> Wording:
        """The module's own wording: title, body, 附件 and 抄送."""
        return Wording(self.source(), self.title, self.attachments, self.cc)

    def source(self) -> str:
        """The module's own body. Raises ``Refusal`` when the file is not there."""
        try:
            return self.template.read_text(encoding="utf-8")
        except OSError as error:
            raise Refusal(_("The letter %(kind)s has no text: %(path)s is missing.", kind=self.kind,
                            path=str(self.template))) from error

    def compose(self, letterhead: Letterhead, values: Mapping[str, Any], *, date: dt.date, signing_organ: str = "",
                contact: str = "", wording: str | None = None, data: Mapping[str, Any] | None = None) -> LetterContent:
        """The letter that these values give, without number and seal. ``wording`` is a bureau's own text (see
        :class:`Wording`) in place of the module's."""
        unknown = sorted(set(values) - set(self.field_names))
        if unknown:
            raise Refusal(_("The letter %(kind)s has no field %(field)s.", kind=self.kind, field="、".join(unknown)),
                          field=unknown[0])

        def filled(text: str) -> str:
            return fill_line(text, self.field_names, values)

        said = self.own if wording is None else Wording.read(wording)
        return LetterContent(
            letterhead=self._headed(letterhead, filled), title=filled(said.title or self.title),
            addressee=filled(self.addressee), body=fill_body(said.body, self.field_names, values),
            signing_organ=signing_organ or (filled(self.signatory) if self.signatory else letterhead.organ), date=date,
            contact=contact if self.form.numbered else "",
            cc=filled(said.cc) if said.cc else "", attachments=tuple(filled(one) for one in said.attachments),
            summary=tuple((label, filled(value)) for label, value in self.summary),
            receipt=self.receipt or self.form is Form.TONGZHI,
            secrecy=filled(self.secrecy) if self.secrecy else "", data=dict(data or {}))

    def _headed(self, letterhead: Letterhead, filled: Callable[[str], str]) -> Letterhead:
        """The bureau's paper in the form of this letter: its own mark counts for 公文 and 信函 alone."""
        if self.mark:
            return replace(letterhead, form=self.form, mark=filled(self.mark))
        if self.form is Form.DUBAN:
            return replace(letterhead, form=self.form, mark=letterhead.organ + self.name)
        return replace(letterhead, form=self.form)

    def compose_sample(self, letterhead: Letterhead, date: dt.date) -> LetterContent:
        """The letter with its sample values: for previews, and for the test that every declared letter can be
        written."""
        return self.compose(letterhead, self.sample, date=date)
