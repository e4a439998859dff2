"""Many signed letters in one file: a ZIP with names that say what is in them, one PDF for the printer, and the list by
which they are delivered."""
from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any, BinaryIO, cast

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core import moment
from core.case.files import store
from core.letter.making import letter_kinds
from core.letter.models import Letter
from core.words import gettext as _

SPARE = 64_000_000
"""Bytes that a bundle may have in memory before it goes to the disk."""
LIST = "送达清单.xlsx"
A4 = (595.276, 841.89)
_UNFIT = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|\u200e\u200f\u202a-\u202e]+')
Told = Callable[[int], None]


def start() -> BinaryIO:
    """An empty file that disappears by itself."""
    return cast(BinaryIO, tempfile.SpooledTemporaryFile(SPARE))  # whoever gets it closes it


def rows(session: Session, ids: Sequence[int]) -> list[Letter]:
    """The signed letters with these ids, in this order, each with its case. One statement for every thousand."""
    found: dict[int, Letter] = {}
    for begin in range(0, len(ids), 1000):
        found |= {letter.id: letter for letter in session.scalars(
            select(Letter).where(Letter.id.in_(ids[begin:begin + 1000]), Letter.sha256.is_not(None))
            .options(joinedload(Letter.case)))}
    return [found[letter_id] for letter_id in ids if letter_id in found]


def file_name(letter: Letter) -> str:
    """``宁市监〔2026〕12号-天津示例商贸有限公司-信用修复告知书.pdf``: fit for every system, not too long for any."""
    parts = (letter.number or str(letter.id), letter.addressee, letter.title)
    name = "-".join(_UNFIT.sub("_", part).strip(" .") for part in parts)
    while len(name.encode()) > 180:
        name = name[:-1]
    return f"{name}.pdf"


def write_zip(out: BinaryIO, letters: Sequence[Letter], told: Told) -> None:
    """Every letter under its name, and the delivery list. The PDFs are compressed already."""
    used: set[str] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for done, letter in enumerate(letters, 1):
            name = file_name(letter)
            if name in used:
                name = f"{name.removesuffix('.pdf')}-{letter.id}.pdf"
            used.add(name)
            archive.writestr(zipfile.ZipInfo(name, moment.local(letter.signed_at or moment.now()).timetuple()[:6]),
                             _bytes(letter))
            told(done)
        sheet = BytesIO()
        write_list(sheet, letters)
        archive.writestr(LIST, sheet.getvalue())


def write_print(out: BinaryIO, letters: Sequence[Letter], told: Told) -> None:
    """All letters in one PDF, each beginning on a sheet of its own when both sides are printed. It is for paper: it bears
    no electronic seal any more."""
    import pikepdf

    with pikepdf.new() as whole:
        for done, letter in enumerate(letters, 1):
            with pikepdf.open(BytesIO(_bytes(letter))) as pdf:
                for page in pdf.pages:
                    for name in ("/Annots", "/StructParents", "/Tabs"):
                        if name in page:
                            del page[name]
                whole.pages.extend(pdf.pages)
                if len(pdf.pages) % 2:
                    whole.add_blank_page(page_size=A4)
            told(done)
        whole.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def write_list(out: BinaryIO, letters: Iterable[Letter]) -> None:
    """The delivery list: one line a letter, with room for how it was delivered and who received it."""
    from core.tabular.xlsx import XlsxWriter  # only who writes a workbook pays for its library

    kinds = letter_kinds()
    with XlsxWriter(out, _("Delivery list"), (6, 24, 20, 34, 22, 12, 14, 14, 16, 12)) as sheet:
        sheet.heading([_("No."), _("Number"), _("Kind"), _("Addressee"), _("Case"), _("Signed on"), _("Verification code"),
                       _("How delivered"), _("Received by"), _("Received on")])
        for place, letter in enumerate(letters, 1):
            kind: Any = kinds.get(letter.kind)
            sheet.row([place, letter.number, kind.name if kind else letter.kind, letter.addressee,
                       letter.case.number if letter.case else "", moment.local(letter.signed_at).date()
                       if letter.signed_at else None, letter.code, letter.delivery, "",
                       moment.local(letter.delivered_at).date() if letter.delivered_at else None])


def _bytes(letter: Letter) -> bytes:
    with store().open(letter.sha256 or "") as kept:
        data: bytes = kept.read()
    return data
