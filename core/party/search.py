"""Finding enterprises, units and people by what is typed: codes and initials by their beginning, names by any part of them."""
from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, or_, select

from core.access.models import Staff, Unit
from core.party.models import Enterprise, EnterpriseName

MOST_TERMS = 5
SHORTEST_INSIDE = 3
"""So many letters are looked for inside a spelled name; fewer would be found in every second one."""
CODE = re.compile(r"(?=.*\d)[0-9A-Z]{6,18}")
SYLLABLE = re.compile(r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|[iu]?ang|[iu]?eng|i?ong|iao|uai|[iuv]?an|"
                      r"[iu]?ai|i?ao|ing|[iuv]?en|[iu]e|in|un|vn|ei|er|ia|iu|ou|ua|ui|uo|a|o|e|i|u|v)(?![aeiouv])")
SYLLABLES = re.compile(f"(?:{SYLLABLE.pattern})+")
LETTERS = re.compile(r"[a-z0-9]{2,}")


def enterprises_matching(words: str) -> ColumnElement[bool]:
    """What holds of the enterprises that ``words`` mean: every word must be found.

    A word is a whole unified social credit code, the beginning of one or of a registration number, the beginning of the
    initials of a name, or any part of the name.
    """
    return and_(*(enterprise_rule(word) for word in words.split()[:MOST_TERMS]))


def register_query(words: str, status: str = "", verified: str = "") -> Select[Any]:
    """The register's enterprises that the page's query means: :func:`enterprises_matching`, or a part of a former name;
    of that status; verified (``1``) or not (``0``)."""
    query = select(Enterprise).where(Enterprise.merged_into_id.is_(None))
    if text := words.strip():
        former = select(EnterpriseName.enterprise_id).where(EnterpriseName.name.contains(text, autoescape=True))
        query = query.where(or_(enterprises_matching(text), Enterprise.id.in_(former)))
    if status:
        query = query.where(Enterprise.status == status)
    return query.where(Enterprise.verified.is_(verified == "1")) if verified else query


def enterprise_rule(word: str) -> ColumnElement[bool]:
    """The same for one word."""
    upper, lower = word.upper(), word.lower()
    if len(upper) == 18 and CODE.fullmatch(upper):
        return Enterprise.uscc == upper
    ways = [contains(Enterprise.name, word)]
    if CODE.fullmatch(upper):
        ways += [column.startswith(upper, autoescape=True) for column in (Enterprise.uscc, Enterprise.reg_no)]
    if LETTERS.fullmatch(lower) and not lower.isdigit():
        ways.append(Enterprise.pinyin.startswith(lower, autoescape=True))
        if (short := initials_of(lower)) is not None:
            ways.append(Enterprise.pinyin.startswith(short, autoescape=True))
    return or_(*ways)


def people_found(words: str) -> Select[Any]:
    """The staff whom ``words`` mean by name, account, pinyin or its initials, the likeliest first; all without words."""
    name = Staff.last_name + Staff.first_name
    return _found(select(Staff), words, lambda word: or_(
        contains(name, word), contains(Staff.username, word), *spelled_like(Staff.pinyin, word)), Staff.pinyin, Staff.id)


def units_found(words: str) -> Select[Any]:
    """The units that ``words`` mean by either name, code, pinyin or its initials, the likeliest first; all without words."""
    return _found(select(Unit), words, lambda word: or_(
        contains(Unit.name, word), contains(Unit.short_name, word), Unit.code.istartswith(word, autoescape=True),
        *spelled_like(Unit.pinyin, word)), Unit.pinyin, Unit.position, Unit.id)


def spelled_like(column: Any, word: str) -> list[ColumnElement[bool]]:
    """How ``word`` may stand in a column of spelled names: at the beginning of one, or inside when it is long enough."""
    lower = word.lower()
    if not LETTERS.fullmatch(lower):
        return []
    inside = "" if len(lower) >= SHORTEST_INSIDE else " "
    return [column.startswith(lower), column.contains(inside + lower)]


def _found(query: Select[Any], words: str, rule: Callable[[str], ColumnElement[bool]], spelled: Any,
           *order: Any) -> Select[Any]:
    terms = words.split()[:MOST_TERMS]
    if not terms:
        return query.order_by(*order)
    lower = "".join(terms).lower()
    first = [or_(spelled.startswith(lower), spelled.contains(f" {lower}"))] if LETTERS.fullmatch(lower) else []
    return query.where(*map(rule, terms)).order_by(*(case((way, 0), else_=1) for way in first), *order)


def initials_of(typed: str) -> str | None:
    """The initials of what was typed as whole syllables (tianjinshili → tjsl); None when it is not, or is one syllable."""
    if not SYLLABLES.fullmatch(typed):
        return None
    syllables = SYLLABLE.findall(typed)
    return "".join(syllable[0] for syllable in syllables) if len(syllables) > 1 else None


def contains(column: Any, word: str) -> ColumnElement[bool]:
    """``word`` anywhere in the column, capitals and small letters alike."""
    escaped = word.replace("/", "//").replace("%", "/%").replace("_", "/_")
    found: ColumnElement[bool] = column.ilike(f"%{escaped}%", escape="/")
    return found
