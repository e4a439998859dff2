"""Every row of the standard's table of measures, on every form, for the letters that are hardest to set.

One function a row; each is measured on the PDF, in millimetres, with the tolerance that the table gives. What a form alone
has is measured closer in ``test_gongwen`` and ``test_xinhan``.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from pytest import approx

from core.letter.compose import compose
from core.letter.content import MARKS, Form, LetterContent, Letterhead
from core.letter.fonts import FontBook
from core.letter.receipt import TITLE_OF_IT

from .letters import (
    CELL,
    CHAR,
    LONG,
    LONG_ORGAN,
    MM,
    ORGAN,
    PITCH,
    RARE,
    SHORT,
    TABLE,
    Ruler,
    left,
    letter,
    middle,
    right,
)

NUMBER = "宁发改信〔2026〕12号"
DATE = "2026年11月23日"
SUMMARY = (("编号", "NH-XQ-20260105-0007"), ("事项", "施工许可"), ("完成时限", "2026年12月1日"),
           ("主要问题", "应于2026年11月13日前办结，截至2026年11月23日已超期6个工作日，企业三次催办未获答复"))
PRESENT = ("出席：李明（宁州市人民政府），王钰喆（宁州市发展和改革局），张伟、刘洋（宁州市自然资源局），"
           "陈静（宁州市行政审批局）\n"
           "请假：周婷（宁州市财政局）\n列席：宁州酒都酒业有限公司负责人")
PARAGRAPH = "为帮助你单位及时修复信用，现将有关事项通知如下，请按规定办理，并将办理结果告知我局，谢谢支持。"
LATIN = "依据GB/T 22117-2018第3条，A4纸2份，PDF/A-3u格式1份，IP为10.0.0.1，型号X-12，比例35.5%，编号NH0001至NH0099。"

Text = list[dict[str, object]]


def written(form: Form, organ: str = ORGAN, text: str = SHORT, **changes: object) -> LetterContent:
    """A letter of any form, with all that its form can have."""
    if form is Form.JIYAO:
        text, changes = f"{text}\n{PRESENT}", {"addressee": "", "seal": None} | changes
    if form.imprinted:
        changes = {"cc": "宁州市司法局"} | changes
    if form is Form.DUBAN:
        changes = {"summary": SUMMARY} | changes
    head = Letterhead(organ, form, print_office=f"{organ}办公室" if form is Form.GONGWEN else "")
    return letter(form, organ, text, **{"letterhead": head, "receipt": form is Form.TONGZHI} | changes)


def of_pages(fonts: FontBook, form: Form, wanted: int) -> LetterContent:
    """A letter whose text ends on the page ``wanted``."""
    for paragraphs in range(1, 120):
        content = written(form, text="\n".join([PARAGRAPH] * paragraphs))
        plain = replace(content, receipt=False, letterhead=replace(content.letterhead, form=form))
        made = compose(plain, fonts, preview=False)
        if sum(any(box.style == "fang" for box in page.boxes) for page in made) == wanted:
            return content
    raise AssertionError(f"no letter has {wanted} pages")


CASES: dict[str, Callable[[FontBook, Form], LetterContent]] = {
    "two pages": lambda fonts, form: of_pages(fonts, form, 2),
    "three pages": lambda fonts, form: of_pages(fonts, form, 3),
    "five pages": lambda fonts, form: of_pages(fonts, form, 5),
    "headings and a table": lambda _fonts, form: written(form, text=LONG),
    "an organ of 18 characters": lambda _fonts, form: written(form, LONG_ORGAN),
    "a title of three lines": lambda _fonts, form: written(
        form, title="关于印发宁州市行政处罚信息信用修复工作办法的通知以及2026年度信用修复告知承诺书"
                    "预通知书样式和填写说明等有关事项的函"),
    "twelve attachments": lambda _fonts, form: written(
        form, attachments=tuple(f"信用修复材料第{place}号说明，含承诺书和履行义务的证明以及企业授权委托书"
                                for place in range(1, 13))),
    "rare characters": lambda _fonts, form: written(
        form, text=f"{RARE}有限公司：" + SHORT, addressee="" if form is Form.JIYAO else f"宁州{RARE}有限公司"),
    "digits and Latin in every line": lambda _fonts, form: written(form, text=LATIN * 6),
}


def rows_of(page: Ruler) -> list[Text]:
    """The lines of the text: 16 points, in the type area, neither mark, number nor signature."""
    return [line for line in page.lines() if line[0]["size"] == approx(16, abs=0.1)]


def said(line: Text) -> str:
    return "".join(str(char["text"]) for char in line)


def receipt(page: Ruler) -> bool:
    return TITLE_OF_IT in page.text


def the_page(content: LetterContent, pages: list[Ruler]) -> None:
    for page in pages:
        assert (page.page.width / MM, page.page.height / MM) == approx((210, 297), abs=0.3)
        for line in rows_of(page):
            assert left(line) >= 28 - 0.3 and right(line) <= 184 + 0.3, said(line)
            lowest = 297 - 20 - 2.1 - CHAR * 7 / 8 if content.letterhead.form is Form.XINHAN and page.number == 1 else 262
            assert line[0]["top"] / MM >= 37 - 0.3 and line[0]["bottom"] / MM <= lowest + 0.3, said(line)


def body(content: LetterContent, pages: list[Ruler]) -> None:
    for page in pages:
        if receipt(page):
            continue
        lines = [line for line in rows_of(page) if said(line) != NUMBER and not said(line).endswith(DATE + ORGAN)]
        for line in lines:
            assert str(line[0]["text"]) not in "，。、；：？！）》”", said(line)
            assert str(line[-1]["text"]) not in "（《“", said(line)
        flowing = [(above, below) for above, below in pairwise(lines)
                   if left(below) == approx(28, abs=0.3) and left(above) <= 28 + 2 * CELL + 0.3
                   and said(above)[-1] not in "：。" and said(above) not in (content.signing_organ, DATE)]
        for above, below in flowing:
            assert right(above) == approx(184, abs=0.3), f"straight right edge: {said(above)}"
            assert (below[0]["bottom"] - above[0]["bottom"]) / MM == approx(PITCH, abs=0.3), said(below)
        first = [line for line in lines if said(line).startswith(("你单位", "为帮助", "根据"))]
        assert all(left(line) == approx(28 + 2 * CELL, abs=0.3) for line in first)


def headings(content: LetterContent, pages: list[Ruler]) -> None:
    faces = {"一、办理": "Hei", "二、所需": "Hei", "（一）基本": "Kai", "1.不予": "Fang"}
    for page in pages:
        lines = [line for line in rows_of(page) if not receipt(page)]
        for line in lines:
            for beginning, face in faces.items():
                if said(line).startswith(beginning):
                    assert str(line[0]["fontname"]).endswith(face)
                    assert any(char["top"] > line[0]["bottom"] and char["bottom"] / MM < 262.5 for char in page.chars), \
                        "a heading is never last on a page"


def mark(content: LetterContent, pages: list[Ruler]) -> None:
    form, shown = content.letterhead.form, content.letterhead.shown_mark
    line = next(line for line in pages[0].lines() if said(line) == shown and line[0]["size"] != approx(16, abs=0.1))
    rule = pages[0].bars(red=True)[0]
    assert str(line[0]["fontname"]).endswith("Biao") and line[0]["non_stroking_color"] == approx((0.902, 0, 0.07), abs=0.01)
    assert middle(line) == approx(105 if form is Form.XINHAN else 106, abs=0.5)
    below = line[0]["bottom"] / MM + 1 if form.imprinted else rule["top"] - 1
    upper, lower = pages[0].ink(25, below)
    wanted = {Form.XINHAN: 30.0, Form.GONGWEN: 72.0, Form.JIYAO: 72.0}.get(form, 37.0)
    assert upper == approx(wanted, abs=0.5)
    if not form.imprinted:
        assert rule["top"] - lower == approx(4, abs=0.5)
    if form in MARKS:
        assert shown.endswith(MARKS[form])


def number(content: LetterContent, pages: list[Ruler]) -> None:
    form, line = content.letterhead.form, pages[0].line("宁发改信")
    assert said(line) == NUMBER and re.search(r"〔\d{4}〕[1-9]\d*号", said(line))
    if form.imprinted:
        assert middle(line) == approx(106, abs=0.5)
        _upper, lower = pages[0].ink(60, line[0]["top"] / MM - 3)
        assert line[0]["top"] / MM - lower == approx(2 * PITCH + (PITCH - CHAR) / 2, abs=0.5)
        below = next(found for found in pages[0].lines() if said(found).endswith(DATE)) if form is Form.JIYAO else line
        assert pages[0].bars(red=True)[0]["top"] - below[0]["bottom"] / MM == approx(4, abs=0.5)
    else:
        assert right(line) == approx(184, abs=0.5)


def title(content: LetterContent, pages: list[Ruler]) -> None:
    lines = [line for line in pages[0].lines() if line[0]["size"] == approx(22, abs=0.1)
             and said(line) != content.letterhead.shown_mark]
    assert "".join(map(said, lines)) == content.title
    for line in lines:
        assert middle(line) == approx(106, abs=0.5) and str(line[0]["fontname"]).endswith("Biao")
        assert left(line) >= 28 - 0.3 and right(line) <= 184.3
    for above, below in pairwise(lines):
        assert (below[0]["bottom"] - above[0]["bottom"]) / MM == approx(PITCH, abs=0.3)
        assert said(above)[-1] not in "（《“" and said(below)[0] not in "，。、；：？！）》”的"


def addressee(content: LetterContent, pages: list[Ruler]) -> None:
    if content.addressee:
        line = pages[0].line(content.addressee[:4])
        assert left(line) == approx(28, abs=0.3) and said(line)[-1] == "："


def attachments(content: LetterContent, pages: list[Ruler]) -> None:
    if not content.attachments:
        return
    lines = [line for page in pages for line in rows_of(page)]
    start = next(place for place, line in enumerate(lines) if said(line).startswith("附件："))
    assert left(lines[start]) == approx(28 + 2 * CELL, abs=0.3)
    numbers = [line for line in lines[start:] if re.match(r"(附件：)?\d+\.信用", said(line))]
    assert len(numbers) == len(content.attachments) == 12
    first = numbers[0][3]["x0"] / MM
    assert all(left(line) == approx(first, abs=0.3) for line in numbers[1:])
    assert all(said(line)[-1] not in "。；，" for line in lines[start:start + 20] if "委托书" in said(line))


def signature(content: LetterContent, pages: list[Ruler]) -> None:
    if not content.letterhead.form.sealed:
        assert not any(curve["stroke"] for page in pages for curve in page.page.curves), "a 纪要 has no seal"
        return
    page = next(page for page in pages if any(said(line) == DATE for line in rows_of(page)))
    lines = rows_of(page)
    place = next(at for at, line in enumerate(lines) if said(line) == DATE)
    date, organ = lines[place], lines[place - 1]
    assert said(organ) == content.signing_organ
    assert middle(organ) == approx(middle(date), abs=0.3 * CELL)
    if len(content.signing_organ) < 14:
        assert (184 - right(date)) / CELL == approx(4, abs=0.3)
    circle = max((c for c in page.page.curves if c["stroke"]), key=lambda c: c["width"])
    assert (circle["x0"] + circle["x1"]) / 2 / MM == approx(middle(date), abs=0.3 * CELL)
    boundary = (organ[0]["bottom"] + date[0]["top"]) / 2 / MM
    assert (circle["top"] + circle["bottom"]) / 2 / MM == approx(boundary, abs=0.3 * CELL)
    assert page.number == 1 or place > 1, "the signature is never alone on a page"


def imprint(content: LetterContent, pages: list[Ruler]) -> None:
    if not content.letterhead.form.imprinted:
        return
    first, thin, last = [bar for bar in pages[-1].bars(red=False) if bar["top"] > 200][-3:]
    assert [bar["height"] for bar in (first, thin, last)] == approx([0.35, 0.25, 0.35], abs=0.05)
    assert last["bottom"] == approx(262, abs=0.3)
    small = [line for line in pages[-1].lines() if line[0]["size"] == approx(14, abs=0.1)]
    assert any(said(line).endswith(f"{DATE}印发") for line in small)
    assert len(pages) == 1 or len(pages) % 2 == 0


def page_numbers(content: LetterContent, pages: list[Ruler]) -> None:
    numbered = 0
    for page in pages:
        folios = [line for line in page.lines() if re.fullmatch(r"—\d+—", said(line))]
        if receipt(page) or not page.chars or (page.number == 1 and content.letterhead.form is Form.XINHAN):
            assert folios == []
            continue
        if not folios:  # only a 版记 that an empty page stands before
            assert not pages[page.number - 2].chars
            continue
        [folio] = folios
        numbered += 1
        assert said(folio) == f"—{page.number}—" and folio[0]["size"] == approx(14, abs=0.1)
        assert (184 - right(folio) if page.number % 2 else left(folio) - 28) == approx(CHAR, abs=0.5)
        dash = page.ink(264, 280, folio[0]["x0"] / MM, folio[0]["x1"] / MM)[0]
        assert dash == approx(262 + 7, abs=0.5)
    assert numbered or len(pages) == 1


def tables(content: LetterContent, pages: list[Ruler]) -> None:
    for page in pages:
        bars = [bar for bar in page.bars(red=False) if bar["height"] == approx(0.25, abs=0.02) and bar["top"] < 250]
        for above, below in pairwise(bars):
            step = (below["top"] - above["top"]) / PITCH
            assert step == approx(round(step), abs=0.03)
    if TABLE.splitlines()[0] in LONG and any(block.rows for block in content.body):
        assert any("材料名称" in page.text for page in pages)


def letters_own(content: LetterContent, pages: list[Ruler]) -> None:
    if content.letterhead.form is not Form.XINHAN:
        return
    _thick, thin, lower_thin, lower_thick = pages[0].bars(red=True)
    line = pages[0].line("宁发改信")
    assert line[0]["top"] / MM - thin["bottom"] == approx(CHAR * 7 / 8, abs=0.5)
    assert 297 - lower_thick["bottom"] == approx(20, abs=0.5)
    lowest = max(char["bottom"] for char in pages[0].chars) / MM
    assert lower_thin["top"] - lowest >= CHAR * 7 / 8 - 0.5
    assert all(page.bars(red=True) == [] for page in pages[1:])


def minutes_own(content: LetterContent, pages: list[Ruler]) -> None:
    if content.letterhead.form is not Form.JIYAO:
        return
    page = next(page for page in pages if any(said(line).startswith("出席：") for line in rows_of(page)))
    lines = rows_of(page)
    place = next(at for at, line in enumerate(lines) if said(line).startswith("出席："))
    present, wrapped = lines[place], lines[place + 1]
    assert left(present) == approx(28 + 2 * CELL, abs=0.5)
    assert str(present[0]["fontname"]).endswith("Hei") and str(present[3]["fontname"]).endswith("Fang")
    if not said(wrapped).startswith("请假"):
        assert left(wrapped) == approx(present[3]["x0"] / MM, abs=0.5), "wrapped lines are aligned after the colon"
    assert any(said(line).startswith("列席：") for each in pages for line in rows_of(each))


ROWS = {
    "page": the_page, "body": body, "headings": headings, "发文机关标志": mark, "发文字号": number, "title": title,
    "主送机关": addressee, "附件": attachments, "signing body and date": signature, "版记": imprint,
    "page number": page_numbers, "tables": tables, "信函's own": letters_own, "纪要": minutes_own}


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.PARTY])  # a party's own paper has no organ's head
@pytest.mark.parametrize("case", CASES)
def test_every_row_of_the_table_holds(fonts: FontBook, pages: Callable[..., list[Ruler]], form: Form, case: str) -> None:
    content = CASES[case](fonts, form)
    found = pages(content)
    faults = []
    for row, measured in ROWS.items():
        try:
            measured(content, found)
        except AssertionError as fault:
            faults.append(f"{row}: {fault}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("form", list(Form))
def test_a_full_page_has_22_lines_of_28_characters(pages: Callable[..., list[Ruler]], form: Form) -> None:
    page = pages(written(form, text="国" * (28 * 22 * 3)))[1]
    lines = rows_of(page)
    assert [len(line) for line in lines] == [28] * 22
    assert all(left(line) == approx(28, abs=0.3) and right(line) == approx(184, abs=0.3) for line in lines)
    tops = [line[0]["top"] / MM for line in lines]
    assert [below - above for above, below in pairwise(tops)] == approx([PITCH] * 21, abs=0.05)
    assert tops[0] - (PITCH - CHAR) / 2 == approx(37, abs=0.3)


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.PARTY])
def test_what_is_secret_says_so_at_the_left_of_its_head(pages: Callable[..., list[Ruler]], form: Form) -> None:
    page = pages(written(form, secrecy="工作秘密★1年"))[0]
    marked = [char for char in page.chars if str(char["fontname"]).endswith("Hei") and char["text"] in "工作秘密★1年"][:7]
    assert said(marked) == "工作秘密★1年" and left(marked) == approx(28, abs=0.3)
    first = marked[0]["top"] / MM
    if form.imprinted:
        assert first == approx(37 + PITCH + (PITCH - CHAR) / 2, abs=0.5), "the second line of the type area"
    elif form is Form.TONGZHI:
        assert first - page.bars(red=True)[0]["bottom"] == approx(CHAR * 7 / 8, abs=0.5)
    else:
        assert first == approx(page.line("工作秘密")[-1]["top"] / MM, abs=0.5), "beside the number"


def test_a_receipt_is_a_sheet_of_its_own(pages: Callable[..., list[Ruler]]) -> None:
    found = pages(written(Form.TONGZHI, title="责令改正通知书"))
    assert found[-1].number % 2 == 1 and not found[-2].chars, "one side is left empty: the organ keeps the sheet"
    text = found[-1].text.replace("\n", "")
    for named in (ORGAN, "责令改正通知书", NUMBER, "宁州顺西诚建筑装饰有限公司", "□直接送达", "收件人签名或者盖章"):
        assert named in text


def test_the_table_that_begins_a_supervision_sheet_names_what_who_and_by_when(pages: Callable[..., list[Ruler]]) -> None:
    [page, *_more] = pages(written(Form.DUBAN))
    labels = [char for char in page.chars if str(char["fontname"]).endswith("Hei")]
    assert "".join(str(char["text"]) for char in labels) == "编号事项完成时限主要问题"
    bars = page.bars(red=False)
    assert (bars[0]["x"], bars[0]["width"]) == (approx(28, abs=0.3), approx(156, abs=0.3))
