"""Binds PDF documents and pictures into one: every page on A4, numbered, with bookmarks; originals attached unchanged."""
from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Sequence
from typing import Protocol

import pikepdf
from PIL import Image, ImageOps

from core.errors import Refusal
from core.letter.fonts import FontBook
from core.letter.geometry import MM, PAGE_HEIGHT, PAGE_WIDTH
from core.letter.report import numbers
from core.words import gettext as _

MAX_PAGES = 2_000
MARGIN = 15.0
"""Around pages that are no A4, and around pictures, in millimetres."""
DOTS = 200
"""Of a picture for each inch of the page, at most."""
PICTURES = ("image/png", "image/jpeg")
A4 = (PAGE_WIDTH * MM, PAGE_HEIGHT * MM)


class Document(Protocol):
    """What is bound: a title for the bookmark, pages, and the name under which the file itself is attached."""

    @property
    def title(self) -> str:
        """In the bookmark."""

    @property
    def pdf(self) -> bytes:
        """The pages."""

    @property
    def original(self) -> str:
        """A file name, or empty."""


def page_count(data: bytes) -> int:
    """How many pages a PDF of ours, or one that :func:`pages_of` let pass, has."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return len(pdf.pages)


def pages_of(content_type: str, data: bytes) -> bytes | None:
    """An attachment as a PDF that can be bound; None for another type, a damaged file or one with a password."""
    try:
        if content_type == "application/pdf":
            with pikepdf.open(io.BytesIO(data)) as pdf:
                return data if pdf.pages else None
        return _picture(data) if content_type in PICTURES else None
    except (pikepdf.PdfError, pikepdf.PasswordError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _picture(data: bytes) -> bytes:
    """A picture, upright, on a page of its own size, no finer than a printer shows."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data)) as opened:
                picture = ImageOps.exif_transpose(opened).convert("RGB")
        except Image.DecompressionBombWarning as fault:
            raise ValueError(str(fault)) from fault
    most = int(PAGE_WIDTH / 25.4 * DOTS), int(PAGE_HEIGHT / 25.4 * DOTS)
    picture.thumbnail(most if picture.height >= picture.width else most[::-1])
    out = io.BytesIO()
    picture.save(out, "PDF", resolution=DOTS, quality=85)
    return out.getvalue()


def bind(front: Sequence[bytes], parts: Iterable[Document], title: str, fonts: FontBook) -> bytes:
    """``front`` without numbers, then ``parts`` with their pages numbered from 1. Equal input gives equal bytes."""
    out = pikepdf.new()
    with out.open_outline() as outline:
        for data in front:
            _append(out, data)
        begins = len(out.pages)
        for part in parts:
            outline.root.append(pikepdf.OutlineItem(part.title, len(out.pages)))
            _append(out, part.pdf)
            if len(out.pages) > MAX_PAGES:
                raise Refusal(_("The file would have more than %(limit)s pages.", limit=MAX_PAGES))
            if part.original:
                out.attachments[part.original] = pikepdf.AttachedFileSpec(
                    out, part.pdf, filename=part.original, mime_type="application/pdf",
                    relationship=pikepdf.Name.Source)
    if len(out.pages) > begins:
        with pikepdf.open(io.BytesIO(numbers(len(out.pages) - begins, fonts))) as stamps:
            for number, (page, stamp) in enumerate(zip(list(out.pages)[begins:], stamps.pages, strict=True), 1):
                page.add_overlay(stamp, _corner(page, right=number % 2 == 1))
    out.Root.Lang = pikepdf.String("zh-CN")
    out.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    out.docinfo["/Title"] = title
    saved = io.BytesIO()
    out.save(saved, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return saved.getvalue()


def _corner(page: pikepdf.Page, right: bool) -> pikepdf.Rectangle:
    """Where an upright A4 page lies whose upper outer corner is that of ``page``, which may lie across."""
    width, height = float(page.mediabox[2]), float(page.mediabox[3])
    x = width - A4[0] if right else 0.0
    return pikepdf.Rectangle(x, height - A4[1], x + A4[0], height)


def _append(out: pikepdf.Pdf, data: bytes) -> None:
    """The pages of ``data``, each drawn on a clean A4 page: no form, script or link of the source comes along."""
    with pikepdf.open(io.BytesIO(data)) as source:
        for page in source.pages:
            box = page.trimbox
            width, height = float(box[2] - box[0]), float(box[3] - box[1])
            if int(page.obj.get("/Rotate", 0)) % 180:
                width, height = height, width
            size = A4 if height >= width else A4[::-1]
            out.add_blank_page(page_size=size)
            fits = abs(width - size[0]) < 6 and abs(height - size[1]) < 6
            edge = 0.0 if fits else MARGIN * MM
            out.pages[-1].add_overlay(page, pikepdf.Rectangle(edge, edge, size[0] - edge, size[1] - edge))
