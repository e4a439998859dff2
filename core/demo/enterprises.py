"""A register of invented businesses: three thousand or a million, the same ones for the same seed.

The first rows of a larger scale are the smaller scale, so that a demonstration can grow.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, islice
from random import Random
from typing import Any, cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from core import moment
from core.demo.words import PLAN, Trade
from core.party import uscc
from core.party.models import Enterprise
from core.pinyin import initials
from core.reference import reference

SOURCE = "demo"
"""The register's ``source`` of an invented business."""
COLUMNS = ("uscc", "reg_no", "org_code", "name", "pinyin", "status", "kind", "legal_rep", "phone", "registered_address",
           "business_address", "industry", "registered_on", "registrar", "district_code", "source", "verified", "version",
           "updated_at")
FIRST_DAY, LAST_DAY = dt.date(2001, 3, 1), dt.date(2025, 12, 31)
RECODED = dt.date(2016, 1, 1)
"""Until then codes were given out with 120221, the county's number."""
CODES_BEGIN = dt.date(2015, 10, 1)
_FIRST_SERIAL = 1_000_000
_STEP = 7_919  # shares no factor with the number of names: every name comes once
_CHUNK = 5_000
_TABLE = cast(Table, Enterprise.__table__)

Rows = Iterable[tuple[Any, ...]]
Watch = Callable[[Rows, int], Rows]


def load_enterprises(session: Session, count: int, watch: Watch = lambda rows, _count: rows) -> int:
    """Bring the register up to ``count`` invented businesses; how many were made. Does not commit.

    ``watch(rows, how many)`` hands the rows on and may show how far it is.
    """
    present = session.scalar(select(func.count()).select_from(Enterprise).where(Enterprise.source == SOURCE)) or 0
    if present >= count:
        return 0
    _write(session, watch(islice(businesses(count), present, None), count - present))
    return count - present


def businesses(count: int) -> Iterator[tuple[Any, ...]]:
    """``count`` invented businesses as tuples of :data:`COLUMNS`."""
    rng, facts, now = Random(PLAN.seed), reference(), moment.now()
    streets = facts.streets()
    # The district's seat and its second street hold most businesses, the parks the next most.
    places = [(street, {"120117001": 26, "120117002": 16}.get(street.code, 9 if street.sort == "park" else 4))
              for street in streets]
    street_of = _chooser(rng, places)
    status_of = _chooser(rng, list(PLAN.statuses.items()))
    sort_of = _chooser(rng, [("92", 60), ("91", 37), ("93", 3)])
    trade_of = {sort: _chooser(rng, [(trade, trade[2]) for trade in trades]) for sort, trades in (
        ("91", PLAN.enterprise_trades), ("92", PLAN.individual_trades), ("93", PLAN.cooperative_trades))}
    days = (LAST_DAY - FIRST_DAY).days
    for index in range(count):
        sort, street = sort_of(), street_of()
        trade: Trade = trade_of[sort]()
        # The square root lets younger businesses outnumber older ones.
        since = FIRST_DAY + dt.timedelta(days=int(days * rng.random() ** 0.5))
        name = _name(sort, index, trade[0])
        code = reg_no = None
        if sort == "92" and since < CODES_BEGIN and rng.random() < 0.1:
            reg_no = f"{facts.former_code}6{index:08d}"
        else:
            region = facts.former_code if since < RECODED and rng.random() < 0.9 else facts.code
            code = uscc.make_uscc(region, _FIRST_SERIAL + index, sort)
        address = f"天津市宁河区{street.short_name}{PLAN.mark}路{rng.randrange(1, 400)}号"
        yield (code, reg_no, code and uscc.org_code(code), name, initials(name), status_of(),
               uscc.KIND_NAMES[uscc.Kind.ENTERPRISE if sort == "91" else uscc.Kind.INDIVIDUAL if sort == "92"
                               else uscc.Kind.COOPERATIVE],
               f"{rng.choice(PLAN.surnames)}{rng.choice(PLAN.given)}", _phone(rng), address,
               address if rng.random() < 0.2 else None, trade[1], since,
               "天津市市场监督管理委员会" if sort == "91" and rng.random() < 0.02 else "天津市宁河区市场监督管理局",
               street.code, SOURCE, True, 1, now)


def _name(sort: str, index: int, trade: str) -> str:
    signs = len(PLAN.shop)
    first, rest = divmod(index * _STEP % signs ** 3, signs * signs)
    shop = PLAN.shop[first] + PLAN.shop[rest // signs] + PLAN.shop[rest % signs]
    if sort == "91":
        return f"天津{PLAN.mark}{shop}{trade}有限公司"
    return f"天津市宁河区{PLAN.mark}{shop}{trade}{'专业合作社' if sort == '93' else ''}"


def _phone(rng: Random) -> str:
    """A number that nobody has: no line in Tianjin begins with 0000, no mobile number with 1990000."""
    return f"022-0000{rng.randrange(10_000):04d}" if rng.random() < 0.4 else f"1990000{rng.randrange(10_000):04d}"


def _chooser(rng: Random, weighted: list[tuple[Any, int]]) -> Callable[[], Any]:
    """Draws one of the values by weight."""
    values = [value for value, _weight in weighted]
    sums = list(accumulate(weight for _value, weight in weighted))
    return lambda: rng.choices(values, cum_weights=sums)[0]


def _write(session: Session, rows: Rows) -> None:
    """Into the table: COPY on PostgreSQL, many rows a statement elsewhere."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.dbapi_connection
        with driver.cursor() as cursor, cursor.copy(
                f"COPY {_TABLE.name} ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.exec_driver_sql(f"ANALYZE {_TABLE.name}")
        return
    iterator = iter(rows)
    while chunk := [dict(zip(COLUMNS, row, strict=True)) for row in islice(iterator, _CHUNK)]:
        connection.execute(insert(_TABLE), chunk)
