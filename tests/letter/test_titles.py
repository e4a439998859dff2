"""A title is broken by sense, never inside a word or a name."""
from __future__ import annotations

from core.letter.fonts import FontBook
from core.letter.geometry import AREA_WIDTH, MM, TITLE
from core.letter.titles import break_title


def test_a_short_title_is_one_line(fonts: FontBook) -> None:
    assert break_title("关于行政处罚信息信用修复有关事项的函", fonts) == ("关于行政处罚信息信用修复有关事项的函",)


def test_a_long_title_is_broken_between_words(fonts: FontBook) -> None:
    lines = break_title("关于做好行政处罚信息信用修复有关工作的通知", fonts)
    assert "".join(lines) == "关于做好行政处罚信息信用修复有关工作的通知"
    assert len(lines) == 2
    for word in ("行政处罚", "信用修复", "有关", "工作的", "通知"):
        assert any(word in line for line in lines)


def test_a_name_stays_in_one_piece(fonts: FontBook) -> None:
    name = "昇珺堃䶮建筑装饰有限公司"
    lines = break_title(f"关于{name}行政处罚信息信用修复及失信惩戒措施解除有关事项的函", fonts, (name,))
    assert any(name in line for line in lines)


def test_no_line_is_wider_than_the_measure(fonts: FontBook) -> None:
    lines = break_title("关于进一步加强和改进营商环境服务工作的通知" * 4, fonts)
    assert all(fonts.width("biao", line) * TITLE <= AREA_WIDTH * MM for line in lines)


def test_the_authors_own_breaks_count(fonts: FontBook) -> None:
    assert break_title("关于印发\n信用修复办法的通知", fonts) == ("关于印发", "信用修复办法的通知")
