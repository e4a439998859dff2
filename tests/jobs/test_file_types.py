"""What a file is, is judged by its bytes."""
from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from PIL import Image

from core.errors import Refusal
from core.filetypes import DOCX, JPEG, OFD, PDF, PNG, UNKNOWN, XLSX, check_attachment, content_type


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, kind)
    return out.getvalue()


def package(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return out.getvalue()


def sheet() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


GOOD = [("处罚决定书.pdf", b"%PDF-1.7\n", PDF), ("scan.PNG", picture("PNG"), PNG), ("photo.jpeg", picture("JPEG"), JPEG),
        ("名单.xlsx", sheet(), XLSX), ("来函.docx", package("[Content_Types].xml", "word/document.xml"), DOCX),
        ("公文.ofd", package("OFD.xml"), OFD)]
BAD = [("virus.pdf", b"MZ\x90\x00" + b"\0" * 60), ("page.pdf", b"<html><script>"), ("empty.pdf", b""),
       ("macro.xlsx", package("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")),
       ("files.zip", package("a.txt")), ("cut.docx", package("[Content_Types].xml", "word/document.xml")[:40]),
       ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100), ("notes.pdf", b"PK\x03\x04 not really")]


@pytest.mark.parametrize(("name", "content", "kind"), GOOD, ids=[name for name, *_ in GOOD])
def test_documents_and_pictures_may_be_attached(name: str, content: bytes, kind: str) -> None:
    stream = io.BytesIO(content)
    assert check_attachment(stream, name) == kind
    assert stream.tell() == 0


@pytest.mark.parametrize(("name", "content"), BAD, ids=[name for name, _ in BAD])
def test_anything_else_is_refused_by_name(name: str, content: bytes) -> None:
    with pytest.raises(Refusal, match=name):
        check_attachment(io.BytesIO(content), name)


def test_a_picture_that_calls_itself_a_document_is_refused() -> None:
    with pytest.raises(Refusal, match=r"\.png"):
        check_attachment(io.BytesIO(picture("PNG")), "decision.pdf")


def test_a_password_protected_document_gets_advice() -> None:
    with pytest.raises(Refusal) as refused:
        check_attachment(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "secret.docx")
    assert refused.value.field == "file"


def test_a_truncated_package_is_not_taken_for_a_document() -> None:
    assert content_type(io.BytesIO(sheet()[:200])) == UNKNOWN
