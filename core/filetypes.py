"""What a file really is, judged by its bytes, and which files may be attached to a case. A name or a header proves
nothing.
"""
from __future__ import annotations

import zipfile
from pathlib import PurePath
from typing import BinaryIO

import puremagic

from core.errors import Refusal
from core.words import gettext as _

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OFD = "application/ofd"
UNKNOWN = "application/octet-stream"

ATTACHMENTS = {PDF: (".pdf",), PNG: (".png",), JPEG: (".jpg", ".jpeg"), DOCX: (".docx",), XLSX: (".xlsx",),
               OFD: (".ofd",)}
"""What a case accepts as an attachment, with the endings that such a file may bear."""

ATTACHMENT_ENDINGS = tuple(ending for endings in ATTACHMENTS.values() for ending in endings)
_HEAD = 8192
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_MEMBERS = 10_000


def content_type(stream: BinaryIO) -> str:
    """The media type of the file by its content; ``application/octet-stream`` when nothing is recognised.

    ``stream`` must be seekable; it is left at its beginning. Of an archive only the list of members is read, so that a
    small file which unpacks to a huge one costs nothing here. A document with macros is not recognised as a document.
    """
    stream.seek(0)
    head = stream.read(_HEAD)
    try:
        if b"%PDF-" in head[:1024]:
            return PDF
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return PNG
        if head.startswith(b"\xff\xd8\xff"):
            return JPEG
        if head.startswith(b"PK\x03\x04"):
            return _package_type(stream)
        return _other_type(head)
    finally:
        stream.seek(0)


def check_attachment(stream: BinaryIO, name: str) -> str:
    """The media type of a file that someone wants to attach under ``name``; :class:`Refusal` with advice when it may
    not be.
    """
    stream.seek(0)
    if stream.read(8) == _OLE:
        raise Refusal(_("“%(name)s” is an old Office file or is protected by a password; please save it without a "
                        "password as .docx, .xlsx or PDF.", name=name), field="file")
    found = content_type(stream)
    if found not in ATTACHMENTS:
        raise Refusal(_("“%(name)s” cannot be attached; please send a PDF, OFD, PNG, JPEG, .docx or .xlsx file "
                        "without macros.", name=name), field="file", content_type=found)
    if PurePath(name).suffix.lower() not in ATTACHMENTS[found]:
        raise Refusal(_("The content of “%(name)s” does not match its ending; it should end in %(ending)s.",
                        name=name, ending=ATTACHMENTS[found][0]), field="file", content_type=found)
    return found


def _package_type(stream: BinaryIO) -> str:
    """Which kind of document a ZIP holds, by the parts that its standard requires (ISO/IEC 29500; GB/T 33190 for OFD).
    """
    try:
        with zipfile.ZipFile(stream) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return UNKNOWN
    if len(names) > _MAX_MEMBERS or any(name.lower().endswith("vbaproject.bin") for name in names):
        return UNKNOWN
    if "OFD.xml" in names:
        return OFD
    if "[Content_Types].xml" not in names:
        return "application/zip"
    parts = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
    return next((kind for part, kind in parts.items() if part in names), UNKNOWN)


def _other_type(head: bytes) -> str:
    """The name of a type that is not accepted anyway, for the message and the log."""
    try:
        return puremagic.from_string(head, mime=True) or UNKNOWN
    except (puremagic.PureError, ValueError):
        return UNKNOWN
