"""Finding by what people type: numbers and codes by their beginning, names by any part of them.

The beginning of a number or a code is found through ordinary indexes. "Any part" is plain ``LIKE``; on PostgreSQL
:func:`install_search_indexes` lets ``pg_trgm`` speed the same SQL up, and without it the SQL still answers.
"""
from __future__ import annotations

import logging
import re
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, text
from sqlalchemy.exc import DBAPIError

from core.case.models import Case
from core.party.models import Enterprise
from core.party.search import CODE, MOST_TERMS, contains, enterprise_rule

log = logging.getLogger(__name__)

NUMBER = re.compile(r"[A-Z]{2}-[A-Z]{1,3}(-[0-9-]*)?")
PART = re.compile(r"[A-Z]{1,3}-[0-9][0-9-]*|[0-9]{4,8}-[0-9]{0,6}|[0-9]{8}")
"""A piece of a case number as people remember it: ``XF-20261121``, ``1121-0006``, ``20261121``."""
SERIES = re.compile(r"[A-Z]{2,3}-?")
"""The letters of a number that say which kind of case it is: ``XF`` finds ``NH-XF-…``."""
TRIGRAMS = (("core_case", "title"), ("core_case", "number"), ("core_enterprise", "name"))


def matching(words: str, dialect: str) -> ColumnElement[bool]:
    """What holds of the cases that ``words`` mean: every word must be found.

    A word is the beginning, a piece or the letters of a case number, the beginning of a unified social credit code or of
    the initials of a name, or a part of the case's title or of the enterprise's name.
    """
    return and_(*(_matching(word, dialect) for word in words.split()[:MOST_TERMS]))


def install_search_indexes(connection: Connection) -> bool:
    """Make the indexes for "any part of a name" where the database can; whether it can. Safe to repeat.

    The extension ``pg_trgm`` is trusted: the database's owner may install it (PostgreSQL 13 and later).
    """
    if connection.dialect.name != "postgresql":
        return False
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
            for table, column in TRIGRAMS:
                connection.execute(text(f"CREATE INDEX IF NOT EXISTS ix_{table}_{column}_trgm ON {table} "
                                        f"USING gin ({column} gin_trgm_ops)"))
    except DBAPIError as error:
        log.warning("searching parts of names stays without an index: %s", error.orig)
        return False
    return True


def _matching(word: str, dialect: str) -> ColumnElement[bool]:
    upper = word.upper()
    if NUMBER.fullmatch(upper):
        return or_(Case.number.startswith(upper, autoescape=True), contains(Case.title, word))
    if PART.fullmatch(upper):
        return or_(contains(Case.number, upper), contains(Case.title, word), _of_enterprises(enterprise_rule(word), dialect))
    of_enterprises = _of_enterprises(enterprise_rule(word), dialect)
    if SERIES.fullmatch(upper):
        return or_(contains(Case.number, f"-{upper.rstrip('-')}-"), contains(Case.title, word), of_enterprises)
    if len(upper) == 18 and CODE.fullmatch(upper):
        return of_enterprises
    return or_(contains(Case.title, word), of_enterprises)


def _of_enterprises(rule: ColumnElement[bool], dialect: str) -> ColumnElement[bool]:
    """Cases of the enterprises for which ``rule`` holds."""
    found = select(Enterprise.id).where(rule)
    if dialect == "postgresql":  # an array can be looked up in the index; a subquery in an OR is tried row by row
        array: Any = func.array(found.scalar_subquery())
        return Case.enterprise_id == func.any(array)
    return Case.enterprise_id.in_(found)
