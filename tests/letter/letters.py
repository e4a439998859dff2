"""Letters made up for the tests, and a ruler for their pages."""
from __future__ import annotations

import datetime as dt
import io
import sys
from collections.abc import Iterator
from typing import Any

import pdfplumber

from core.letter.bodytext import parse_body
from core.letter.content import Form, LetterContent, Letterhead

MM = 72 / 25.4
ORGAN = "宁州市发展和改革局"
CHAR = 16 / MM
CELL = 156 / 28
PITCH = 225 / 22
RARE = "昇珺堃䶮"
LONG_ORGAN = "宁州高新技术产业开发区营商环境管理局"

SHORT = (
    "你单位因违反《中华人民共和国产品质量法》有关规定，被宁州市市场监督管理局作出行政处罚决定（甬市监处罚〔2"
    "026〕1001号），该行政处罚信息已依法在“信用中国”网站公示。为帮助你单位及时修复信用，现将有关事项"
    "函告如下。\n"
    "行政处罚信息最短公示期为3个月，最长公示期为3年。最短公示期届满后，你单位完全履行规定义务的，可登录“信"
    "用中国”网站在线提交信用修复申请。\n"
    "特此函告。")

TABLE = """| 序号 | 材料名称 | 说明 |
| 1 | 信用修复申请书 | 加盖公章 |
| 2 | 行政处罚决定书及履行义务的证明材料 | 缴款凭证等，复印件须注明“与原件一致”并加盖公章，由经办人签字 |
"""

LONG = f"""根据《信用修复管理办法（试行）》有关规定，现就做好有关工作通知如下。
一、办理条件
（一）基本条件
你单位应当完全履行行政处罚决定规定的义务，纠正违法行为，且达到最短公示期限，申请平台为GB/T 22117规定的渠道。
1. 不予受理的情形
昇珺堃䶮有限公司等单位可参照办理，登录https://www.creditchina.gov.cn/xyxf/index.html查询。
二、所需材料
{TABLE}三、办理流程
""" + 9 * ("受理之日起7个工作日内完成审核，需要现场核查的，可以延长5个工作日；"
           "审核通过的，终止公示，不予修复的，说明理由。\n") + "特此通知。"


def letter(form: Form = Form.XINHAN, organ: str = ORGAN, body: str = SHORT, **changes: Any) -> LetterContent:
    """A letter; ``changes`` name what differs from the usual one."""
    usual: dict[str, Any] = {
        "letterhead": Letterhead(organ, form), "title": "关于行政处罚信息信用修复有关事项的函",
        "addressee": "宁州顺西诚建筑装饰有限公司", "body": parse_body(body), "signing_organ": organ,
        "date": dt.date(2026, 11, 23), "number": "宁发改信〔2026〕12号", "contact": "联系电话：0574-87654321",
        "seal": organ, "verify_url": "https://credit.example.gov.cn/verify/K7QM2X9PWR4T",
        "data": {"case": "XY-2026-0012"}}
    return LetterContent(**usual | changes)


def characters(page: Any) -> list[dict[str, Any]]:
    """What stands on a page. Which lines pdfplumber goes through is not noted: none are ours, and noting takes longer than
    reading. The call after it is the first that coverage sees again.
    """
    noting = sys.gettrace()
    sys.settrace(None)
    try:
        found = page.chars
    finally:
        sys.settrace(noting)
    return [c for c in found if c["text"].strip()]


class Ruler:
    """Measures a page in millimetres from its upper left corner."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.number = page.page_number
        self.chars = characters(page)

    @property
    def text(self) -> str:
        return str(self.page.extract_text())

    def line(self, beginning: str) -> list[dict[str, Any]]:
        """The characters of the line that begins with ``beginning``."""
        for line in self.lines():
            if "".join(c["text"] for c in line).startswith(beginning):
                return line
        raise AssertionError(f"no line begins with {beginning}: {self.text}")

    def lines(self) -> Iterator[list[dict[str, Any]]]:
        """The lines of the page, from top to bottom: characters of one size on one baseline."""
        rows: dict[tuple[float, float], list[dict[str, Any]]] = {}
        for char in self.chars:
            rows.setdefault((round(char["bottom"], 0), round(char["size"], 1)), []).append(char)
        for key in sorted(rows):
            yield sorted(rows[key], key=lambda c: c["x0"])

    def bars(self, red: bool) -> list[dict[str, float]]:
        """The horizontal rules, from top to bottom."""
        found = [r for r in self.page.rects if _is_red(r["non_stroking_color"]) is red and r["width"] > 100 * MM]
        names = {"x": "x0", "top": "top", "width": "width", "height": "height", "bottom": "bottom"}
        return [{name: bar[key] / MM for name, key in names.items()} for bar in sorted(found, key=lambda r: r["top"])]

    def ink(self, top: float, bottom: float, x0: float = 0.0, x1: float = 210.0) -> tuple[float, float]:
        """Upper and lower edge of what is drawn between two heights and two sides."""
        image = self.page.to_image(resolution=254).original.convert("L")
        strip = image.crop(tuple(int(side * 10) for side in (x0, top, x1, bottom))).point(lambda v: 255 * (v < 200))
        _x0, upper, _x1, lower = strip.getbbox()
        return top + upper / 10, top + lower / 10


def _is_red(colour: Any) -> bool:
    return isinstance(colour, tuple) and len(colour) == 3 and colour[0] > 0.5


def measure(data: bytes) -> list[Ruler]:
    """The pages of a PDF, with rulers."""
    return [Ruler(page) for page in pdfplumber.open(io.BytesIO(data)).pages]


def left(line: list[dict[str, Any]]) -> float:
    """Where a line begins."""
    return float(line[0]["x0"]) / MM


def right(line: list[dict[str, Any]]) -> float:
    """Where a line ends."""
    return float(line[-1]["x1"]) / MM


def middle(line: list[dict[str, Any]]) -> float:
    """The middle of a line."""
    return (left(line) + right(line)) / 2
