"""送达回证: the sheet on which whoever receives a 通知书 or 决定书 signs for it, and which the organ keeps."""
from __future__ import annotations

from core.letter.content import LetterContent
from core.letter.fonts import FontBook
from core.letter.geometry import AREA_WIDTH, CAP, LEFT, MM, PITCH, TITLE, TOP
from core.letter.layout import Box, Page, Passage, Strip, place
from core.letter.tables import Entry, rule_table, set_form
from core.letter.typeset import Line, Setter

TITLE_OF_IT = "送达回证"
WAYS = "□直接送达    □留置送达    □委托送达\n□邮寄送达    □电子送达    □公告送达"
WHEN = "年    月    日    时    分"
NOTE = ("注：本联由送达机关存卷。受送达人是单位的，由其法定代表人、主要负责人或者收件部门签收；"
        "由他人代收的，注明与受送达人的关系。")


def receipt_sheet(content: LetterContent, fonts: FontBook, pages: int) -> list[Page]:
    """The pages to put behind a letter of so many ``pages``: the receipt is a sheet of its own even when both sides of
    the paper are printed on."""
    page = Page(numbered=False)
    _heading(content, fonts, page)
    table = set_form(fonts, _entries(content))
    passage = Passage("table", "table", table)
    strips = [Strip(passage, row.height, row=row) for row in table.rows]
    [box] = place(strips, TOP + 4 * PITCH)
    page.boxes.append(box)
    page.art += rule_table(table.rows, box.x, box.y)
    below = box.y + sum(row.height for row in table.rows) * PITCH
    setter = Setter(fonts, "fang", 12.0, AREA_WIDTH, 0.0, justify=False)
    page.boxes.append(Box(LEFT, below + 2.0, AREA_WIDTH, "p", "remark", tuple(setter.set(NOTE))))
    return [Page(numbered=False), page] if pages % 2 else [page]


def _heading(content: LetterContent, fonts: FontBook, page: Page) -> None:
    organ = content.letterhead.organ
    size = min(TITLE, AREA_WIDTH * MM / fonts.width("biao", organ))
    for at, (text, points) in enumerate(((organ, size), (TITLE_OF_IT, TITLE))):
        top = TOP + at * 1.4 * PITCH + (TITLE - points) / MM * CAP
        page.boxes.append(Box(LEFT, top, AREA_WIDTH, "h1" if at else "p", "title", (Line(text, 0.0),), points))


def _entries(content: LetterContent) -> list[Entry]:
    document = f"{content.title.replace(chr(10), '')} {content.number or ''}".strip()
    return [
        Entry("送达文书名称及文号", document, 2, whole=True), Entry("受送达人", content.addressee, 1, whole=True),
        Entry("送达地点", "", 1, whole=True), Entry("送达方式", WAYS, 2, whole=True),
        *(Entry(label, WHEN, height, whole=True, signed=True) for label, height in (
            ("收件人签名或者盖章", 3), ("代收人签名及理由", 3), ("拒收事由及见证人", 2), ("送达人签名", 2))),
        Entry("备注", "", 1, whole=True)]
