"""What an archive asks of the file, of every form: PDF/A-3u in structure, tagged in reading order, alike in every process.

No validator of PDF/A can be installed from Debian or PyPI (veraPDF is a Java program): the structure that the standard asks
for is looked at object by object instead.
"""
from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from core.letter.content import Form, LetterContent
from core.letter.render import render_pdf

from .letters import LONG
from .test_geometry import written

pytestmark = pytest.mark.usefixtures("fonts")
FORMS = list(Form)


def made(form: Form) -> LetterContent:
    return written(form, text=LONG, attachments=("信用修复流程图", "信用修复承诺书"), data={"case": "XY-2026-0012", "昇": "珺"})


@pytest.fixture(scope="module", params=FORMS)
def pdf(request: pytest.FixtureRequest) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(render_pdf(made(request.param)))) as opened:
        yield opened


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    return (thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream))


def test_it_says_what_it_is_and_hides_nothing(pdf: pikepdf.Pdf) -> None:
    assert not pdf.is_encrypted and "/Encrypt" not in pdf.trailer
    assert len(pdf.trailer.ID) == 2
    metadata = pdf.open_metadata()
    assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "U")
    assert metadata["dc:title"] == pdf.docinfo["/Title"]
    assert "/Filter" not in pdf.Root.Metadata, "the metadata can be read without a reader of PDF"


def test_colours_have_a_profile_and_nothing_is_transparent(pdf: pikepdf.Pdf) -> None:
    [intent] = pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1" and len(intent.DestOutputProfile.read_bytes()) > 500
    for thing in dictionaries(pdf):
        assert "/SMask" not in thing
        assert float(thing.get("/ca", 1)) == 1 and float(thing.get("/CA", 1)) == 1


def test_every_font_is_embedded_and_every_glyph_has_its_character(pdf: pikepdf.Pdf) -> None:
    fonts = [thing for thing in dictionaries(pdf) if thing.get("/Type") == "/Font"]
    assert fonts
    for font in fonts:
        if font.Subtype == "/Type0":
            assert "/ToUnicode" in font, "the u of PDF/A-3u"
            [below] = font.DescendantFonts
            assert "/FontFile2" in below.FontDescriptor and below.CIDToGIDMap is not None


def test_nothing_acts_and_nothing_lies_outside(pdf: pikepdf.Pdf) -> None:
    for name in ("/OpenAction", "/AA", "/AcroForm", "/Collection"):
        assert name not in pdf.Root
    for thing in dictionaries(pdf):
        assert thing.get("/S") not in ("/JavaScript", "/Launch", "/URI", "/GoToR", "/ImportData", "/SubmitForm")
        assert "/JS" not in thing and thing.get("/Filter") != "/LZWDecode"
        assert thing.get("/Type") != "/XObject" or "/OPI" not in thing


def test_the_attached_data_is_described(pdf: pikepdf.Pdf) -> None:
    [attached] = pdf.Root.AF
    assert attached.AFRelationship == "/Data" and attached.UF == "data.json"
    stream = attached.EF.F
    assert stream.Subtype == "/application/json" and "/ModDate" in stream.Params
    assert json.loads(stream.read_bytes())["昇"] == "珺"


def spoken(pdf: pikepdf.Pdf) -> list[tuple[str, str]]:
    """What a screen reader says: tags from the outermost in, and text, in the order of the structure."""
    marked: dict[tuple[int, int], str] = {}
    for number, page in enumerate(pdf.pages):
        maps = {name: _characters(font) for name, font in page.resources.get("/Font", {}).items()}
        font, mark = "", None
        for operands, operator in pikepdf.parse_content_stream(page):
            match str(operator):
                case "BDC":
                    mark = int(operands[1]["/MCID"]) if "/MCID" in operands[1] else None
                case "EMC":
                    mark = None
                case "Tf":
                    font = str(operands[0])
                case "Tj" | "TJ" if mark is not None:
                    pieces = operands[0] if str(operator) == "TJ" else [operands[0]]
                    data = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
                    text = "".join(maps[font].get(data[at:at + 2], "") for at in range(0, len(data), 2))
                    marked[number, mark] = marked.get((number, mark), "") + text
    order = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    found: list[tuple[str, str]] = []

    def walk(element: pikepdf.Object, tag: str, page: int) -> None:
        if "/Pg" in element:
            page = order[element.Pg.objgen]
        tag += str(element.get("/S", ""))
        children = element.get("/K", [])
        for child in children if isinstance(children, pikepdf.Array) else [children]:
            if isinstance(child, pikepdf.Dictionary) and "/MCID" in child:
                found.append((tag, marked.get((order[child.Pg.objgen] if "/Pg" in child else page, int(child.MCID)), "")))
            elif isinstance(child, pikepdf.Dictionary):
                walk(child, tag, page)
            else:
                found.append((tag, marked.get((page, int(child)), "")))

    walk(pdf.Root.StructTreeRoot.K[0], "", 0)
    return found


def _characters(font: pikepdf.Object) -> dict[bytes, str]:
    lines = font.ToUnicode.read_bytes().decode("ascii").replace("<", " ").replace(">", " ").splitlines()
    pairs = (line.split() for line in lines)
    return {bytes.fromhex(pair[0]): bytes.fromhex(pair[1]).decode("utf-16-be")
            for pair in pairs if len(pair) == 2 and len(pair[0]) == 4 and not pair[0].startswith("b")}


def test_it_is_read_aloud_in_the_order_of_reading() -> None:
    with pikepdf.open(io.BytesIO(render_pdf(made(Form.XINHAN)))) as opened:
        assert opened.Root.MarkInfo.Marked and opened.Root.Lang == "zh-CN" and opened.Root.ViewerPreferences.DisplayDocTitle
        told = "".join(text for _tag, text in spoken(opened))
        tags = {tag for tags, text in spoken(opened) if text.strip() for tag in tags.split("/")}
    places = [told.find(part) for part in (
        "宁州市发展和改革局", "宁发改信〔2026〕12号", "关于行政处罚信息", "宁州顺西诚建筑装饰有限公司：",
        "根据《信用修复管理办法", "一、办理条件", "（一）基本条件", "二、所需材料", "序号", "信用修复申请书", "三、办理流程",
        "特此通知", "附件：1.", "2026年11月23日", "扫描二维码")]
    assert -1 not in places and places == sorted(places)
    assert {"Document", "P", "H1", "H2", "H3", "Table", "TR", "TH", "TD"} <= tags


def test_every_form_is_the_same_bytes_in_every_process() -> None:
    program = ("import hashlib; from core.letter.render import render_pdf; from letter.test_archive import FORMS, made; "
               "print([hashlib.sha256(render_pdf(made(form))).hexdigest() for form in FORMS])")
    tests = str(Path(__file__).parent.parent)
    told = {subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env={
        **os.environ, "PYTHONPATH": tests, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}).stdout
        for seed, zone in (("1", "UTC"), ("77", "Asia/Shanghai"))}
    assert len(told) == 1
