"""Sample lanes, month and charts of the gallery. Everything is invented."""
from __future__ import annotations

import datetime as dt
from typing import Any

from core.web.boards import Card, DayEntry, Lane, Month, MonthDay, Move, load_of
from core.web.charts import Chart, Series
from core.web.gallery_lists import due_in
from core.web.widgets import Action, Count

LOAD = {2: 3, 9: 8, 13: 2, 20: 1, 23: 5, 24: 1, 27: 4, 30: 2}


def sample_lanes() -> list[Lane]:
    """Four states; from the first a card may go on to the second and nowhere else."""
    moves = {"accepted": Move("#", "受理"), "closed": Move(why_not="受理后方可办结。")}
    return [
        Lane("pushed", "已推送", [
            Card("NH-XF-20261118-0009", "天津示例食品销售有限公司", "#", "津宁市监罚〔2025〕77号", "李敏",
                 due_in(23, 0), moves),
            Card("NH-XF-20261119-0002", "天津示例商贸有限公司", "#", "", "", due_in(26, 3), moves)], Count(2), "b"),
        Lane("accepted", "已受理", [
            Card("NH-XF-20261111-0004", "天津示例运输有限公司", "#", "", "王强", due_in(20, -1), {})], Count(14), "b", "#"),
        Lane("correction", "待补正", [], Count(0)),
        Lane("closed", "已办结", [], Count(120), "g", "#"),
    ]


def sample_month() -> Month:
    """November 2026 with a few due days."""
    start = dt.date(2026, 10, 26)

    def day(date: dt.date) -> MonthDay:
        count = LOAD.get(date.day, 0) if date.month == 11 else 0
        entries = [DayEntry("天津示例食品销售有限公司", "#", "y" if date.day == 23 else "g")] * min(count, 3)
        return MonthDay(date, date.isoweekday() < 6, "", "", entries, count, date == dt.date(2026, 11, 23), date.month != 11,
                        "#", load_of(count, 8))

    weeks = [[day(start + dt.timedelta(days=7 * week + i)) for i in range(7)] for week in range(6)]
    return Month("2026年11月", weeks, list("一二三四五六日"), Action("上月", "#"), Action("下月", "#"))


def sample_year() -> list[Month]:
    """February with the days off and the make-up days of a Spring Festival, and the month after it."""
    off, makeup = {dt.date(2026, 2, number) for number in range(15, 24)}, {dt.date(2026, 2, 14), dt.date(2026, 2, 28)}

    def day(date: dt.date, month: int) -> MonthDay:
        working = date in makeup or (date.isoweekday() < 6 and date not in off)
        return MonthDay(date, working, "班" if date in makeup else "休" if date in off else "", "春节" if date in off else "",
                        other=date.month != month)

    starts = {2: dt.date(2026, 1, 26), 3: dt.date(2026, 2, 23)}
    return [Month(f"2026年{number}月", [[day(first + dt.timedelta(days=7 * week + i), number) for i in range(7)]
                                       for week in range(6)], list("一二三四五六日"), Action("", "#"), Action("", "#"))
            for number, first in starts.items()]


def sample_map() -> dict[str, Any]:
    """Three districts: one late, one on time, one with nothing open."""
    places = ((0, "示例街道"), (1, "示例镇"), (2, "示例园区"))
    return {"shape": {"width": 316, "height": 100, "side": 100, "schematic": True, "shapes": [
                {"code": name, "name": name, "x": 108 * place, "y": 0} for place, name in places]},
            "lights": {"示例街道": {"count": 12, "worst": "red", "red": 3}, "示例镇": {"count": 5, "worst": "green", "red": 0}},
            "link": lambda district: "#", "words": {"red": "已逾期", "yellow": "临期", "green": "期限内"}}


def sample_chart() -> Chart:
    """Two rows of numbers by month."""
    return Chart("公示与修复（件）", ["7月", "8月", "9月", "10月", "11月"],
                 [Series("公示", [96, 104, 88, 120, 125]), Series("修复", [21, 30, 26, 33, 35], "g")], unit="件")


def sample_shares() -> Chart:
    """Shares by bureau, lying bars, each a link."""
    return Chart("按期率", ["区市场监管局", "区农业农村委", "区城管委"], [Series("按期率", [98.4, 96.0, 91.7], "b")], flat=True,
                 percent=True, urls=["#", "#", "#"], height=12)
