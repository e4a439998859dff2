"""The file itself: PDF/A-3u, tagged, the same bytes every time, closed against what a text may smuggle in."""
from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from weasyprint.urls import FatalURLFetchingError

from core.errors import Invalid, Refusal
from core.letter.bodytext import parse_body
from core.letter.engine import TEMPLATES
from core.letter.fonts import FontBook
from core.letter.render import render_pdf

from .letters import LONG, letter, measure

pytestmark = pytest.mark.usefixtures("fonts")


def opened(data: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data))


def test_the_file_says_what_it_is() -> None:
    with opened(render_pdf(letter())) as pdf:
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "U")
        assert metadata["dc:title"] == "关于行政处罚信息信用修复有关事项的函"
        assert pdf.Root.Lang == "zh-CN"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert len(pdf.Root.OutputIntents) == 1


def test_its_structure_names_title_paragraphs_and_table() -> None:
    def tags(element: pikepdf.Object) -> list[str]:
        found = [str(element.S)] if "/S" in element else []
        children = element.get("/K", [])
        for child in children if isinstance(children, pikepdf.Array) else [children]:
            if isinstance(child, pikepdf.Dictionary):
                found += tags(child)
        return found

    with opened(render_pdf(letter(body=LONG))) as pdf:
        found = tags(pdf.Root.StructTreeRoot.K[0])
    assert {"/Document", "/H1", "/H2", "/H3", "/P", "/Table", "/TR", "/TH", "/TD"} <= set(found)


def test_every_font_is_embedded() -> None:
    with opened(render_pdf(letter(body=LONG))) as pdf:
        descriptors = [thing for thing in pdf.objects
                       if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"]
        assert descriptors
        assert all("/FontFile2" in thing or "/FontFile3" in thing for thing in descriptors)


def test_the_public_facts_are_attached_once_as_json() -> None:
    facts = {"case": "XY-2026-0012", "kind": "credit_repair.notice", "addressee": "宁州昇珺有限公司"}
    with opened(render_pdf(letter(data=facts))) as pdf:
        assert json.loads(pdf.attachments["data.json"].get_file().read_bytes()) == facts
        assert len(pdf.Root.AF) == 1
        assert pdf.Root.AF[0].AFRelationship == "/Data"


def test_the_same_letter_gives_the_same_bytes_in_every_process() -> None:
    program = ("import hashlib; from core.letter.render import render_pdf; from letter.letters import letter, LONG; "
               "print(hashlib.sha256(render_pdf(letter(body=LONG))).hexdigest())")
    tests = str(Path(__file__).parent.parent)
    digests = {subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": tests, "PYTHONHASHSEED": seed, "TZ": zone}).stdout
               for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))}
    assert len(digests) == 1
    assert render_pdf(letter(body=LONG)) == render_pdf(letter(body=LONG))


def test_another_letter_has_another_identifier() -> None:
    with opened(render_pdf(letter())) as one, opened(render_pdf(letter(contact="联系电话：0574-1"))) as other:
        assert bytes(one.trailer.ID[0]) != bytes(other.trailer.ID[0])


def test_a_letter_of_one_page_is_small() -> None:
    assert len(render_pdf(letter(addressee="宁州昇珺堃䶮有限公司"))) < 100_000


def test_a_process_that_renders_nothing_does_not_load_the_drawing_library() -> None:
    program = ("import sys, core.letter.register, core.letter.render, core.letter.kinds; "
               "print({'weasyprint', 'fontTools', 'uharfbuzz', 'segno', 'pydyf'} & set(sys.modules))")
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"


def test_a_letter_without_number_or_organ_does_not_go_out() -> None:
    with pytest.raises(Invalid) as refused:
        render_pdf(replace(letter(), number="宁发改信[2026]012号", signing_organ=""))
    assert {error.field for error in refused.value.errors} == {"number", "signing_organ"}


def test_a_preview_needs_no_number() -> None:
    assert render_pdf(letter(number=None), preview=True).startswith(b"%PDF-1.7")


def test_a_character_without_a_glyph_stops_the_letter_with_its_place() -> None:
    with pytest.raises(Refusal) as refused:
        render_pdf(letter(body="你单位：\n请\U0001f600办理。"))
    assert "U+1F600" in refused.value.message
    assert "正文第2段" in refused.value.message


def test_invisible_characters_are_left_out() -> None:
    clean = render_pdf(letter(addressee="宁州昇珺有限公司"))
    assert render_pdf(letter(addressee="宁州\u200b昇珺\ufeff有限公司")) == clean


def test_markup_in_a_text_stays_text() -> None:
    [page] = measure(render_pdf(letter(body='<img src="file:///etc/passwd"><b>A & B</b>公司')))
    assert '<img src="file:///etc/passwd"><b>A & B</b>' in page.text.replace("\n", "")


@pytest.mark.parametrize("address", [
    "file:///etc/passwd", "http://127.0.0.1/x", "https://example.org/x.css", "ftp://example.org/x",
    "letter:../render.py", "letter:letter.html", "letter:/etc/passwd", "data:text/html,x",
    "data:image/png;base64," + "A" * 300_000])
def test_nothing_is_loaded_but_the_letters_own_files(address: str) -> None:
    from core.letter.fetcher import locked_fetcher

    with pytest.raises(FatalURLFetchingError):
        locked_fetcher(TEMPLATES).fetch(address)


def test_the_letters_own_files_and_pictures_inside_the_text_are_served() -> None:
    from core.letter.fetcher import locked_fetcher

    fetcher = locked_fetcher(TEMPLATES)
    with closing(fetcher.fetch("letter:letter.css")) as served:
        assert b"@page" in served.read()
    with closing(fetcher.fetch("data:image/svg+xml,%3Csvg/%3E")) as served:
        assert served.read() == b"<svg/>"


def test_a_letter_without_end_is_refused() -> None:
    with pytest.raises(Refusal, match="pages"):
        render_pdf(letter(body="国" * 28 * 22 * 125))


def test_a_cell_that_fills_a_page_is_refused() -> None:
    with pytest.raises(Refusal, match="too much text"):
        render_pdf(letter(body="| 名称 | 说明 |\n| 一 | " + "长" * 2000 + " |"))


def test_a_signing_organ_that_no_line_holds_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        render_pdf(letter(signing_organ="宁州市" * 12))
    assert refused.value.field == "signing_organ"


def test_the_code_beside_the_date_says_the_address(fonts: FontBook) -> None:
    import segno

    from core.letter.artwork import QrCode

    address = "https://credit.example.gov.cn/verify/K7QM2X9PWR4T"
    code = QrCode(address, 28, 200, 20)
    wanted = sum(sum(row) for row in segno.make(address, error="m", micro=False, mask=3, boost_error=False).matrix)
    drawn = sum(int(width) for _x, _y, width, _height in _rectangles(code.operators()))
    assert drawn == wanted


def test_a_code_in_the_text_takes_two_lines_and_stands_before_what_it_is_for(fonts: FontBook) -> None:
    from core.letter.artwork import QrCode
    from core.letter.compose import compose
    from core.letter.geometry import CELL, GUIDE, LEFT, PITCH
    from core.letter.layout import block_strips

    [first, code, last] = parse_body("甲。\n二维码：办理指引 https://credit.example.gov.cn/portal/guides/x\n乙。")
    assert [strip.rows for strip in block_strips(code, fonts)] == [2]
    [page] = compose(letter(body="甲。\n二维码：办理指引 https://credit.example.gov.cn/portal/guides/x\n乙。"), fonts, False)
    boxes = {line.text: box for box in page.boxes for line in box.lines}
    [drawn] = [art for art in page.art if isinstance(art, QrCode) and art.address == code.rows[0][0]]
    assert boxes[last.text].y - boxes[first.text].y == pytest.approx(3 * PITCH)
    assert (drawn.x, drawn.size) == (pytest.approx(LEFT + 2 * CELL), GUIDE)
    assert boxes[first.text].y + PITCH < drawn.y < drawn.y + drawn.size < boxes[last.text].y
    assert boxes["办理指引"].x > drawn.x + drawn.size


def _rectangles(operators: str) -> list[tuple[str, ...]]:
    words = operators.split()
    return [tuple(words[at - 4:at]) for at, word in enumerate(words) if word == "re"]


def test_a_body_is_the_same_however_its_lines_end() -> None:
    assert parse_body("一、甲\r\n乙。") == parse_body("一、甲\n乙。")
