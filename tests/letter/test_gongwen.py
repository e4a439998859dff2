"""The 公文, measured in millimetres against GB/T 9704-2012."""
from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from pytest import approx

from core.letter.content import Form, LetterContent, Letterhead

from .letters import CELL, CHAR, LONG, LONG_ORGAN, MM, ORGAN, PITCH, Ruler, left, letter, middle, right

Pages = Callable[..., list[Ruler]]


def notice(**changes: object) -> LetterContent:
    organ = str(changes.pop("organ", ORGAN))
    head = Letterhead(organ, Form.GONGWEN, print_office=f"{organ}办公室")
    return letter(Form.GONGWEN, organ, **{"letterhead": head, "title": "关于做好信用修复工作的通知"} | changes)


@pytest.mark.parametrize("organ", [ORGAN, LONG_ORGAN], ids=["short", "18 characters"])
def test_mark_number_and_rule(pages: Pages, organ: str) -> None:
    page = pages(notice(organ=organ))[0]
    mark, number = page.line(f"{organ}文件"), page.line("宁发改信")
    [rule] = page.bars(red=True)
    upper, lower = page.ink(50, 100)
    assert middle(mark) == approx(106, abs=0.5)
    assert upper == approx(37 + 35, abs=0.5)
    assert left(mark) >= 28 - 0.3
    assert right(mark) <= 184 + 0.3
    assert middle(number) == approx(106, abs=0.3)
    # Two empty lines between the mark and the line of the number, the rule 4 mm below.
    assert number[0]["top"] / MM - lower == approx(2 * PITCH + (PITCH - CHAR) / 2, abs=0.5)
    assert rule["top"] - number[0]["bottom"] / MM == approx(4, abs=0.3)
    assert (rule["x"], rule["width"]) == (approx(28, abs=0.1), approx(156, abs=0.1))


def test_a_full_page_has_22_lines_of_28_characters(pages: Pages) -> None:
    body = "国" * (28 * 22 * 3)
    page = pages(notice(body=body))[1]
    lines = [line for line in page.lines() if line[0]["size"] > 15]
    assert len(lines) == 22
    assert {len(line) for line in lines} == {28}
    assert all(left(line) == approx(28, abs=0.3) and right(line) == approx(184, abs=0.3) for line in lines)
    tops = [line[0]["top"] / MM for line in lines]
    assert tops[0] - (PITCH - CHAR) / 2 == approx(37, abs=0.3)
    assert tops[-1] - tops[0] == approx(21 * PITCH, abs=0.1)


def test_headings_have_their_faces_and_stay_with_what_follows(pages: Pages) -> None:
    found = pages(notice(body=LONG))
    faces = {text: next(line[0]["fontname"] for page in found for line in page.lines()
                        if "".join(c["text"] for c in line).startswith(text))
             for text in ("一、办理", "（一）基本", "1.不予", "根据")}
    assert [faces[text].split("+")[1] for text in ("一、办理", "（一）基本", "1.不予", "根据")] \
        == ["YS-Hei", "YS-Kai", "YS-Fang", "YS-Fang"]
    for page in found:
        lines = ["".join(c["text"] for c in line) for line in page.lines() if line[0]["size"] > 15]
        assert not lines or not lines[-1].startswith(("一、", "二、", "三、", "（一）", "1."))


def test_page_numbers(pages: Pages) -> None:
    found = pages(notice(body=LONG))
    assert len(found) >= 3
    for page in found:
        folio = page.line(f"—{page.number}—")
        assert folio[0]["size"] == approx(14, abs=0.1)
        if page.number % 2:
            assert 184 - right(folio) == approx(CHAR, abs=0.5)
        else:
            assert left(folio) - 28 == approx(CHAR, abs=0.5)
    dash = found[0].line("—1—")[0]
    upper, _lower = found[0].ink(264, 280, dash["x0"] / MM, dash["x1"] / MM)
    assert upper == approx(262 + 7, abs=0.5)


def test_the_imprint_ends_with_the_type_area_on_an_even_last_page(pages: Pages) -> None:
    found = pages(notice(body=LONG, cc="宁州市司法局"))
    assert len(found) % 2 == 0
    last = found[-1]
    first, thin, final = last.bars(red=False)
    assert final["bottom"] == approx(262, abs=0.1)
    assert [bar["height"] for bar in (first, thin, final)] == approx([0.35, 0.25, 0.35], abs=0.05)
    copies, office = last.line("抄送：宁州市司法局。"), last.line(f"{ORGAN}办公室")
    assert copies[0]["size"] == approx(14, abs=0.1)
    assert left(copies) == approx(28 + 14 / MM, abs=0.3)
    assert right(office) == approx(184 - 14 / MM, abs=0.3)
    assert "".join(c["text"] for c in office).endswith("2026年11月23日印发")
    assert first["bottom"] < copies[0]["top"] / MM < thin["top"] < office[0]["top"] / MM < final["top"]


def test_a_document_of_one_page_keeps_its_imprint_there(pages: Pages) -> None:
    [page] = pages(notice(body="现将《信用修复办法》印发给你们，请认真贯彻执行。"))
    assert page.bars(red=False)[-1]["bottom"] == approx(262, abs=0.1)


@pytest.mark.parametrize("paragraphs", range(1, 40, 3))
def test_the_signature_never_stands_alone_and_the_last_page_is_even(pages: Pages, paragraphs: int) -> None:
    paragraph = "为帮助你单位及时修复信用，现将有关事项通知如下，请按规定办理，并将办理结果告知我局，谢谢支持。"
    found = pages(notice(body="\n".join([paragraph] * paragraphs), cc="宁州市司法局"))
    assert len(found) == 1 or len(found) % 2 == 0
    signed = next(page for page in found if "2026年11月23日" in [
        "".join(c["text"] for c in line) for line in page.lines()])
    assert any("".join(c["text"] for c in line) in paragraph for line in signed.lines() if line[0]["size"] > 15
               and ORGAN not in "".join(c["text"] for c in line))
    for page in found:
        for curve in page.page.curves:
            bars = page.bars(red=False)
            assert curve["bottom"] / MM < (bars[0]["top"] if bars else 262.5)


def test_an_empty_page_before_the_imprint_bears_no_number(pages: Pages) -> None:
    paragraph = "为帮助你单位及时修复信用，现将有关事项通知如下，请按规定办理，并将办理结果告知我局，谢谢支持。"
    copies = "，".join(f"宁州市第{place}工作委员会" for place in "一二三四五六七八九十")
    for paragraphs in range(1, 30):
        found = pages(notice(body="\n".join([paragraph] * paragraphs), cc=copies))
        if not found[-2].chars:
            assert "—" not in found[-1].text
            return
    pytest.fail("no letter left an empty page")


def test_attachments_are_listed_a_line_below_the_body(pages: Pages) -> None:
    [page, *_more] = pages(letter(attachments=("信用修复流程图。", "信用修复承诺书")))
    end, first, second = page.line("特此函告"), page.line("附件：1."), page.line("2.信用")
    assert (first[0]["top"] - end[0]["top"]) / MM == approx(2 * PITCH, abs=0.1)
    assert left(first) == approx(28 + 2 * CELL, abs=0.3)
    assert left(second) == approx(first[3]["x0"] / MM, abs=0.3)
    assert (first[-1]["text"], second[-1]["text"]) == ("图", "书")


def test_a_table_keeps_the_grid_and_repeats_its_head(pages: Pages) -> None:
    cells = "行政处罚决定书及履行义务的证明材料 | 复印件须注明“与原件一致”并加盖公章，由经办人签字"
    rows = "".join(f"| {number} | {cells} |\n" for number in range(1, 30))
    body = f"材料如下：\n| 序号 | 名称 | 说明 |\n{rows}特此通知。"
    found = [page for page in pages(notice(body=body)) if "序号" in page.text]
    assert len(found) >= 3
    for page in found:
        bars = page.bars(red=False)
        steps = [(below["top"] - above["top"]) / PITCH for above, below in pairwise(bars)
                 if below["bottom"] < 250]
        assert all(step == approx(round(step), abs=0.02) for step in steps)
    following = found[-1].line("特此通知")
    assert (following[0]["top"] / MM - 37 - (PITCH - CHAR) / 2) / PITCH == approx(
        round((following[0]["top"] / MM - 37 - (PITCH - CHAR) / 2) / PITCH), abs=0.03)
