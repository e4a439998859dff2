"""How long the file of a closed case is kept, by its result (保管期限): a parameter, from the first of January after closing.

The rule is looked for from the particular to the general: ``archive.keep.<kind>.<result>``, ``archive.keep.<kind>``,
``archive.keep``. Its value is a number of years; 0 is for good (永久).
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session, joinedload, object_session

from core import moment
from core.case.models import Case
from core.case.workflow import CLOSED
from core.rules.lookup import NoRule, RuleBook, book
from core.tabular.profile import ExportColumn, ExportProfile, Person

KEY = "archive.keep"


@dataclass(frozen=True)
class Retention:
    """``years`` (0: for good) and the last day; ``until`` is None while the case is open, and when it is kept for good."""

    years: int
    until: dt.date | None
    key: str


def retention(session: Session, case: Case) -> Retention:
    """How long this case's file is kept. Raises :class:`NoRule` when nobody says so."""
    closed = moment.local(case.closed_at).date() if case.closed_at else None
    years, key = _years(book(session), case.kind, case.result, closed or moment.today(), case.bureau_id)
    return Retention(years, dt.date(closed.year + years, 12, 31) if closed and years else None, key)


def _years(rules: RuleBook, kind: str, result: str, on: dt.date, bureau_id: int | None) -> tuple[int, str]:
    for key in (f"{KEY}.{kind}.{result}", f"{KEY}.{kind}", KEY):
        if not rules.versions(key):  # most have no rule of their own, and being told which one was meant takes long
            continue
        try:
            return int(rules.rule(key, on, bureau_id).value), key
        except NoRule:
            continue
    raise NoRule(f"no rule {KEY} holds on {on}", key=KEY, on=on.isoformat())


def to_appraise(session: Session, year: int) -> ColumnElement[bool]:
    """What holds of the cases whose file need not be kept any longer when ``year`` begins (到期鉴定): the parameters as a
    condition, so that one statement finds them. Those that are kept for good never are."""
    rules = book(session)
    keys = [key for key in rules.keys if key == KEY or key.startswith(f"{KEY}.")]
    days, own = rules.turns(keys), rules.own_of(keys)
    found: list[ColumnElement[bool]] = []
    for first, last in zip(days, [*days[1:], dt.date.max], strict=True):
        for kind in Case.loaded():
            results = [key.removeprefix(f"{KEY}.{kind}.") for key in keys if key.startswith(f"{KEY}.{kind}.")]
            for result in (*results, None):
                of = and_(Case.kind == kind, Case.result == result if result else Case.result.not_in(results))
                for bureau in (*own, None):
                    try:
                        years = _years(rules, kind, result or "", first, bureau)[0]
                    except NoRule:
                        continue
                    end = min(last, dt.date(max(year - years, 1900), 1, 1)) if years else first
                    if end > first:
                        whose = Case.bureau_id == bureau if bureau is not None else Case.bureau_id.not_in(own)
                        found.append(and_(of, whose, Case.closed_at >= moment.start_of(first),
                                          Case.closed_at < moment.start_of(end)))
    return or_(false(), *found) & (Case.meaning == CLOSED)


def result_label(kind: type[Case], result: str) -> str:
    """What a result is called: the step that closes with it."""
    return next((str(action.label) for action in kind.workflow.actions if (action.closes or action.name) == result), result)


def _export(session: Session, filters: Mapping[str, Any], _who: Person) -> Select[Any]:
    year = str(filters.get("year", ""))
    return narrowed(session, int(year) if year.isdigit() and len(year) == 4 else moment.today().year,
                    str(filters.get("kind", "")), str(filters.get("result", "")))


def narrowed(session: Session, year: int, kind: str = "", result: str = "") -> Select[Any]:
    """The cases to appraise in a year, in the order of their opening; of one kind and result when they are given."""
    rules = [Case.kind == kind] * bool(kind) + [Case.result == result] * bool(result)
    return select(Case).where(to_appraise(session, year), *rules).options(
        joinedload(Case.unit), joinedload(Case.bureau)).order_by(Case.id)


def _kept(case: Case) -> Retention:
    session = object_session(case)
    if session is None:
        raise RuntimeError("the case is in no session")
    return retention(session, case)


EXPORT = ExportProfile(
    code="archive.due", title="到期鉴定清单", module="core", permission="archive:appraise", query=_export, columns=(
        ExportColumn(heading="事项编号", value="number"), ExportColumn(heading="类别", value=lambda case: str(case.kind_title)),
        ExportColumn(heading="事项", value="title", width=40),
        ExportColumn(heading="部门", value=lambda case: case.bureau.name),
        ExportColumn(heading="办理结果", value=lambda case: result_label(type(case), case.result)),
        ExportColumn(heading="办结日期", value=lambda case: moment.local(case.closed_at).date()),
        ExportColumn(heading="保管期限（年）", value=lambda case: _kept(case).years),
        ExportColumn(heading="保管至", value=lambda case: _kept(case).until),
        ExportColumn(heading="鉴定意见", value=lambda case: "", width=24)))
