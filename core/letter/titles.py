"""Breaks a title by sense (GB/T 9704-2012: 词意完整, 排列对称, 长短适宜), never in the middle of a word it knows."""
from __future__ import annotations

import re
from collections.abc import Iterable

from core.letter.fonts import FontBook
from core.letter.geometry import AREA_WIDTH, MM, TITLE
from core.letter.typeset import breakable

WORDS = frozenset(
    "关于 做好 开展 加强 进一步 推进 落实 印发 转发 报送 征求 调整 延长 撤回 撤销 解除 补正 受理 准予 决定 告知 提醒 通知 通报 函告 预通知 "
    "告知书 通知书 决定书 建议书 意见书 确认书 承诺书 协议书 报告 请示 批复 说明 方案 纪要 提示函 提醒函 提醒单 督办单 建议函 转办函 征询函 "
    "有关 事项 工作 问题 情况 意见 材料 结果 措施 办法 规定 行政 处罚 行政处罚 信息 公示 公示信息 信用 修复 信用修复 信用中国 失信 惩戒 "
    "行政检查 行政执法 监督 责令 改正 不予 免罚 检查 复查 企业 诉求 办理 延期 办件 超期 逾期 调解 征询 委派 纠纷 人民法院 采购 政府采购 意向 公开 招标 "
    "招标计划 投标 合同 备案 公告 绿色通道 一企一策 扩规 升级 服务 优化 营商环境 联席会议 协调 解决 会议 政务服务 市场监督 市场监管 管理 管理局 "
    "委员会 办公室 人民政府 发展 改革 发展和改革局 发展和改革委员会 财政局 司法局 行政审批局 有限公司 有限责任公司 股份有限公司 年度 季度 第一 第二".split())
LONGEST = max(map(len, WORDS))
JOINERS = frozenset("和与及并对")
PARTICLES = frozenset("的了等")
MAX_LINES = 5
FORBIDDEN, INSIDE_UNKNOWN, BETWEEN_WORDS, GOOD = 60.0, 12.0, 2.0, 0.0
_RUN = re.compile(r"[!-~]+|《[^《》]{1,18}》|“[^“”]{1,18}”")


def break_title(title: str, fonts: FontBook, keep: Iterable[str] = ()) -> tuple[str, ...]:
    """The lines of ``title``; a newline in it is the author's own break. ``keep`` are names not to be broken."""
    return tuple(line for part in title.split("\n") if part for line in _split(part, fonts, tuple(filter(None, keep))))


def _split(title: str, fonts: FontBook, keep: tuple[str, ...]) -> list[str]:
    """The cheapest way to set one part of a title in lines that fit."""
    room = AREA_WIDTH * MM / TITLE
    widths = [fonts.advance("biao", char) for char in title]
    if sum(widths) <= room:
        return [title]
    price = _prices(title, keep)
    least = int(-(-sum(widths) // room))
    options = [found for count in range(least, MAX_LINES + 1) if (found := _best(widths, price, count, room))]
    if not options:  # longer than a page's head allows: fill line by line
        options = [(0.0, _greedy(widths, room))]
    cuts = min(options)[1]
    return [title[a:b] for a, b in zip((0, *cuts), (*cuts, len(title)), strict=True)]


def _best(widths: list[float], price: list[float], count: int, room: float) -> tuple[float, tuple[int, ...]] | None:
    """The cheapest cuts into ``count`` lines: dear places and uneven lines cost, so does every further line."""
    even = sum(widths) / count
    total = len(widths)
    sums = [0.0]
    for width in widths:
        sums.append(sums[-1] + width)
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (4.0 * count, ())}
    for line in range(1, count + 1):
        ends = [total] if line == count else range(1, total)
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for end in ends:
            for start, (cost, cuts) in best.items():
                width = sums[end] - sums[start]
                if start >= end or width > room:
                    continue
                cost += 0.25 * (width - even) ** 2 + (price[end] if end < total else 0.0)
                if end not in following or (cost, cuts) < following[end]:
                    following[end] = (cost, (*cuts, end) if end < total else cuts)
        best = following
    return best.get(total)


def _greedy(widths: list[float], room: float) -> tuple[int, ...]:
    cuts, used = [], 0.0
    for at, width in enumerate(widths):
        if used + width > room:
            cuts.append(at)
            used = 0.0
        used += width
    return tuple(cuts)


def _prices(title: str, keep: tuple[str, ...]) -> list[float]:
    """What a break before each character costs."""
    price = [INSIDE_UNKNOWN] * (len(title) + 1)
    at = 0
    while at < len(title):
        word = next((title[at:at + n] for n in range(min(LONGEST, len(title) - at), 1, -1) if title[at:at + n] in WORDS), "")
        end = at + (len(word) or 1)
        if word:
            price[at] = min(price[at], BETWEEN_WORDS)
            price[end] = BETWEEN_WORDS
            price[at + 1:end] = [FORBIDDEN] * (end - at - 1)
        at = end
    for at in range(1, len(title)):
        before, after = title[at - 1], title[at]
        if before in "、》”）的" or after in "《“（":
            price[at] = GOOD
        elif after in JOINERS and price[at] < FORBIDDEN:
            price[at] = BETWEEN_WORDS / 2
        if not breakable(title, at) or after in PARTICLES or before in JOINERS:
            price[at] = FORBIDDEN
        if title[max(0, at - 2):at] == "关于":
            price[at] = INSIDE_UNKNOWN
    spans = [m.span() for m in _RUN.finditer(title)]
    spans += [m.span() for name in keep for m in re.finditer(re.escape(name), title)]
    for start, end in spans:
        price[start + 1:end] = [FORBIDDEN] * (end - start - 1)
        if title[end:end + 1] not in PARTICLES:
            price[end] = min(price[end], BETWEEN_WORDS)
    return price
