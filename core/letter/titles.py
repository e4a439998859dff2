"""Breaks a title by sense (GB/T 9704-2012: 词意完整, 排列对称, 长短适宜), never in the middle of a word it knows."""
from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from core.letter.fonts import FontBook
from core.letter.geometry import AREA_WIDTH, MM, TITLE
from core.letter.typeset import breakable

WORDS = frozenset((Path(__file__).parent / "templates" / "title-words.txt").read_text(encoding="utf-8").split())
"""Words that titles of official documents are made of."""
LONGEST = max(map(len, WORDS))
JOINERS = frozenset("和与及并对")
PARTICLES = frozenset("的了等")
MAX_LINES = 5
FORBIDDEN, INSIDE_UNKNOWN, BETWEEN_WORDS, GOOD = 60.0, 12.0, 2.0, 0.0
_RUN = re.compile(r"[!-~]+|《[^《》]{1,18}》|“[^“”]{1,18}”")
_BEFORE_NAMES = ("关于", "解决", "协调", "准予", "给予", "撤销", "督办")
_COMPANY = re.compile(
    f"(?:{'|'.join(f'(?<={word})' for word in (*_BEFORE_NAMES, '[对向与和及、]'))})"
    f"(?:(?!{'|'.join(_BEFORE_NAMES)})[\u3400-\u9fff（）]){{2,20}}?(?:有限责任公司|股份有限公司|有限公司)")


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
        longest = min(LONGEST, len(title) - at)
        word = next((title[at:at + n] for n in range(longest, 1, -1) if title[at:at + n] in WORDS), "")
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
    spans = [m.span() for pattern in (_RUN, _COMPANY) for m in pattern.finditer(title)]
    spans += [m.span() for name in keep for m in re.finditer(re.escape(name), title)]
    for start, end in spans:
        price[start + 1:end] = [FORBIDDEN] * (end - start - 1)
        if title[end:end + 1] not in PARTICLES:
            price[end] = min(price[end], BETWEEN_WORDS)
    return price
