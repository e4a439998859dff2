"""The 信函, measured in millimetres against GB/T 9704-2012."""
from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest import approx

from core.letter.content import Form, Letterhead

from .letters import CELL, CHAR, LONG, LONG_ORGAN, MM, ORGAN, PITCH, Ruler, left, letter, middle, right

Pages = Callable[..., list[Ruler]]


@pytest.mark.parametrize("organ", [ORGAN, LONG_ORGAN], ids=["short", "18 characters"])
def test_mark_and_rules(pages: Pages, organ: str) -> None:
    [page] = pages(letter(organ=organ))
    mark = page.line(organ)
    assert middle(mark) == approx(105, abs=0.5)
    assert left(mark) >= 20
    assert right(mark) <= 190
    upper, lower = page.ink(20, page.bars(red=True)[0]["top"] - 1)
    assert upper == approx(30, abs=0.3)
    thick, thin, lower_thin, lower_thick = page.bars(red=True)
    assert thick["top"] - lower == approx(4, abs=0.3)
    for bar in (thick, thin, lower_thin, lower_thick):
        assert (bar["x"], bar["width"]) == (approx(20, abs=0.1), approx(170, abs=0.1))
    assert thick["height"] > 2 * thin["height"] and lower_thick["height"] > 2 * lower_thin["height"]
    assert thin["top"] > thick["bottom"] and lower_thin["bottom"] < lower_thick["top"]
    assert 297 - lower_thick["bottom"] == approx(20, abs=0.1)


def test_number_and_title(pages: Pages) -> None:
    [page] = pages(letter())
    number, title = page.line("宁发改信"), page.line("关于")
    rule = page.bars(red=True)[1]["bottom"]
    assert right(number) == approx(184, abs=0.3)
    assert number[0]["top"] / MM - rule == approx(CHAR * 7 / 8, abs=0.5)
    assert "".join(c["text"] for c in number) == "宁发改信〔2026〕12号"
    assert title[0]["size"] == approx(22, abs=0.1)
    assert middle(title) == approx(106, abs=0.3)
    # Two empty lines lie between them: from the number's line to the title's it is three.
    centres = [(line[0]["top"] + line[0]["bottom"]) / 2 / MM for line in (number, title)]
    assert centres[1] - centres[0] == approx(3 * PITCH, abs=0.5)


def test_a_long_organ_is_set_smaller_and_everything_below_follows(pages: Pages) -> None:
    short, long = (pages(letter(organ=organ))[0] for organ in (ORGAN, LONG_ORGAN))
    assert long.line(LONG_ORGAN)[0]["size"] < short.line(ORGAN)[0]["size"]
    moved = [page.line("宁发改信")[0]["top"] - page.bars(red=True)[0]["top"] * MM for page in (short, long)]
    assert moved[0] == approx(moved[1], abs=0.1)


def test_the_body_stands_on_the_grid(pages: Pages) -> None:
    [page] = pages(letter())
    addressee, first, second = page.line("宁州顺西诚"), page.line("你单位"), page.line("宁州市市场监督")
    assert left(addressee) == approx(28, abs=0.3) and addressee[-1]["text"] == "："
    assert left(first) == approx(28 + 2 * CELL, abs=0.3)
    assert left(second) == approx(28, abs=0.3)
    assert right(first) == approx(184, abs=0.3) and right(second) == approx(184, abs=0.3)
    assert (second[0]["top"] - first[0]["top"]) / MM == approx(PITCH, abs=0.05)
    assert {round(char["size"]) for char in (*addressee, *first, *second)} == {16}


def test_organ_date_and_seal(pages: Pages) -> None:
    [page] = pages(letter())
    *_mark, organ = (line for line in page.lines() if "".join(c["text"] for c in line).endswith(ORGAN))
    date = page.line("2026年11月23日")
    assert (184 - right(date)) / CELL == approx(4, abs=0.3)
    assert middle(organ) == approx(middle(date), abs=0.2)
    circle = max((c for c in page.page.curves if c["stroke"]), key=lambda c: c["width"])
    assert circle["width"] / MM == approx(42 - 1.2, abs=0.3)
    assert (circle["x0"] + circle["x1"]) / 2 / MM == approx(middle(date), abs=0.3 * CELL)
    boundary = (organ[0]["bottom"] + date[0]["top"]) / 2 / MM
    assert (circle["top"] + circle["bottom"]) / 2 / MM == approx(boundary, abs=0.3 * CELL)
    end = page.line("特此函告")[0]["bottom"] / MM
    assert 0 < circle["top"] / MM - end < PITCH + 2.5, "the seal's upper edge is within a line of the text"


def test_the_seal_lies_behind_the_text(pages: Pages) -> None:
    [page] = pages(letter())
    date = page.line("2026年11月23日")
    image = page.page.to_image(resolution=300).original.convert("RGB")
    box = [int(value / 72 * 300) for value in (date[0]["x0"], date[0]["top"], date[-1]["x1"], date[0]["bottom"])]
    colours = {colour for _count, colour in image.crop(box).getcolors(100_000)}
    assert min(max(colour) for colour in colours) < 60, "the date is black where the seal crosses it"
    assert any(red > 180 and green < 60 for red, green, _blue in colours)


def test_a_very_long_organ_stays_inside_the_type_area(pages: Pages) -> None:
    [page] = pages(letter(organ=LONG_ORGAN))
    *_mark, organ = (line for line in page.lines() if "".join(c["text"] for c in line).endswith(LONG_ORGAN))
    assert right(organ) <= 184.3
    assert middle(organ) == approx(middle(page.line("2026年11月23日")), abs=0.2)


def test_contact_in_brackets_two_characters_in_below_the_date(pages: Pages) -> None:
    [page] = pages(letter())
    contact, date = page.line("（联系电话"), page.line("2026年11月23日")
    assert left(contact) == approx(28 + 2 * CELL, abs=0.3)
    assert (contact[0]["top"] - date[0]["top"]) / MM == approx(PITCH, abs=0.1)


def test_a_contact_that_would_lie_under_the_seal_leaves_a_line_free(pages: Pages) -> None:
    [page] = pages(letter(contact="联系人：王钰喆，联系电话：0574-87654321"))
    contact, date = page.line("（联系人"), page.line("2026年11月23日")
    assert (contact[0]["top"] - date[0]["top"]) / MM == approx(2 * PITCH, abs=0.1)


def test_the_address_stands_beside_its_code(pages: Pages) -> None:
    [page] = pages(letter())
    text = page.text.replace("\n", "").replace(" ", "")
    assert "credit.example.gov.cn/verify/" in text and "K7QM2X9PWR4T" in text
    upper, lower = page.ink(page.line("特此函告")[0]["bottom"] / MM + 1, 236.5, 27, 49)
    assert lower - upper == approx(20, abs=0.3)


def test_no_page_number_on_the_first_page_and_one_on_the_others(pages: Pages) -> None:
    first, second, *_more = pages(letter(body=LONG))
    assert "— 1 —" not in first.text
    folio = second.line("—2—")
    assert left(folio) == approx(28 + CHAR, abs=0.5)
    assert second.ink(264, 280)[0] < 269
    assert folio[0]["size"] == approx(14, abs=0.1)


def test_the_second_page_begins_with_the_type_area_and_has_no_rules(pages: Pages) -> None:
    _first, second, *_more = pages(letter(body=LONG))
    assert second.bars(red=True) == []
    first_line = next(second.lines())
    assert first_line[0]["top"] / MM == approx(37 + (PITCH - CHAR) / 2, abs=0.3)


@pytest.mark.parametrize("paragraphs", range(1, 26))
def test_a_signature_is_never_alone_on_a_page_and_nothing_touches_the_rule(pages: Pages, paragraphs: int) -> None:
    paragraph = "为帮助你单位及时修复信用，现将有关事项函告如下，请按规定办理，并将办理结果告知我局，谢谢支持。"
    found = pages(letter(body="\n".join([paragraph] * paragraphs), cc="宁州市司法局"))
    lines = ["".join(c["text"] for c in line) for line in found[-1].lines()]
    signature = next(place for place, line in enumerate(lines) if "2026年11月23日" in line)
    if len(found) > 1:
        assert lines[0] in paragraph and lines[0] not in (ORGAN, ""), lines[:signature]
    lowest = max(c["bottom"] for c in found[0].chars) / MM
    assert found[0].bars(red=True)[2]["top"] - lowest >= CHAR * 7 / 8 - 0.5
    for page in found:
        for curve in page.page.curves:
            assert curve["bottom"] / MM < (274.5 if page.number == 1 else 262.5)
        if page.number > 1:
            assert max(c["bottom"] for c in page.chars if c["size"] > 15) / MM < 262


def test_copies_are_named_on_the_last_line_without_rules(pages: Pages) -> None:
    [page] = pages(letter(cc="宁州市司法局，宁州市市场监督管理局。"))
    copies = page.line("抄送：")
    assert copies[-1]["text"] == "。" and copies[0]["size"] == approx(14, abs=0.1)
    assert page.bars(red=True)[2]["top"] - copies[0]["bottom"] / MM == approx(CHAR * 7 / 8, abs=0.5)
    assert page.bars(red=False) == []


def test_a_title_of_three_lines_is_broken_where_its_author_wants(pages: Pages) -> None:
    [page, *_more] = pages(letter(title="关于做好2026年度\n行政处罚信息信用修复工作\n有关事项的函"))
    sizes = [line for line in page.lines() if line[0]["size"] == approx(22, abs=0.1)]
    assert len(sizes) == 3
    assert all(middle(line) == approx(106, abs=0.3) for line in sizes)


def test_rare_characters_are_drawn(pages: Pages) -> None:
    [page] = pages(letter(addressee="宁州昇珺堃䶮有限公司"))
    line = page.line("宁州昇珺堃䶮有限公司")
    assert len({char["x0"] for char in line}) == 11
    assert (line[-1]["x0"] - line[0]["x0"]) / MM == approx(10 * CELL, abs=0.2)


def test_a_preview_is_marked_and_bears_neither_number_nor_seal_nor_code(pages: Pages) -> None:
    [page] = pages(letter(), preview=True)
    assert "宁发改信" not in page.text and "verify" not in page.text
    assert not [curve for curve in page.page.curves if curve["stroke"]]
    pale = [curve for curve in page.page.curves if curve["non_stroking_color"] == approx((0.88, 0.88, 0.88))]
    assert max(curve["width"] for curve in pale) > 20 * MM


def test_a_letterhead_may_have_a_mark_of_its_own(pages: Pages) -> None:
    content = letter()
    [page] = pages(letter(letterhead=Letterhead(content.letterhead.organ, Form.XINHAN, mark="宁州市信用办")))
    assert page.line("宁州市信用办")[0]["size"] > 30
