"""What lies open now: by light (red, yellow, green), by age, by section and person, by district. Counts, and the cases
behind each of them by the very same conditions."""
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from core import moment
from core.access.models import Staff, Unit, UnitKind
from core.calendar import WorkCalendar
from core.case import clocks
from core.case.models import Case
from core.case.workflow import CLOSED
from core.party.models import Enterprise

WARN_WITHIN = 2
"""Working days before the last day from which a light is yellow."""
LIGHTS = ("red", "yellow", "green", "none")
AGES: tuple[tuple[str, int, int | None], ...] = (("0-7", 0, 7), ("8-15", 8, 15), ("16-30", 16, 30), ("31-60", 31, 60),
                                                 ("61+", 61, None))
"""Name, and the days since the case was opened, from and to."""


@dataclass(frozen=True)
class Choice:
    """Which open cases: of a bureau, a unit, a person, a district, of a light, of an age, of a kind. None: any."""

    bureau_id: int | None = None
    unit_id: int | None = None
    assignee_id: int | None = None
    district: str | None = None
    light: str | None = None
    age: str | None = None
    kind: str | None = None


@dataclass
class Lights:
    """How many open cases show which light. ``count`` is all of them."""

    red: int = 0
    yellow: int = 0
    green: int = 0
    none: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.red + self.yellow + self.green + self.none

    @property
    def worst(self) -> str:
        """The most urgent light that burns; empty when nothing is open."""
        return next((name for name in LIGHTS if getattr(self, name)), "")


@dataclass(frozen=True)
class Load:
    """All of it for one choice, taken at one moment."""

    as_of: dt.datetime
    total: Lights
    ages: Mapping[str, Lights]
    kinds: Mapping[str, Lights]
    sections: Sequence[tuple[int, str, Lights, int]]
    """Unit, its name, lights, and how many of its cases nobody has."""
    people: Sequence[tuple[int, str, Lights]] = field(default_factory=tuple)


def load(session: Session, choice: Choice | None = None) -> Load:
    """What lies open for the session's viewer. Three statements."""
    choice = choice or Choice()
    now = moment.now()
    light, age = _light(session, now), _age(now)
    rule = conditions(session, choice, now)
    total, ages, kinds = Lights(), {name: Lights() for name, _from, _to in AGES}, dict[str, Lights]()
    for row in session.execute(select(light.label("light"), age.label("age"), Case.kind, func.count().label("n"))
                               .where(rule).group_by("light", "age", Case.kind)):
        for lights in (total, ages[row.age], kinds.setdefault(row.kind, Lights())):
            _add(lights, row.light, row.n)
    sections: dict[int, tuple[str, Lights, list[int]]] = {}
    unclaimed = func.sum(case((Case.assignee_id.is_(None), 1), else_=0))
    for row in session.execute(
            select(Case.unit_id, Unit.short_name, Unit.position, light.label("light"), func.count().label("n"),
                   unclaimed.label("free"))
            .join(Unit, Unit.id == Case.unit_id).where(rule)
            .group_by(Case.unit_id, Unit.short_name, Unit.position, "light").order_by(Unit.position, Case.unit_id)):
        found = sections.setdefault(row.unit_id, (row.short_name, Lights(), []))
        _add(found[1], row.light, row.n)
        found[2].append(int(row.free or 0))
    people: dict[int, tuple[str, Lights]] = {}
    for row in session.execute(
            select(Case.assignee_id, Staff.last_name, Staff.first_name, light.label("light"), func.count().label("n"))
            .join(Staff, Staff.id == Case.assignee_id).where(rule)
            .group_by(Case.assignee_id, Staff.last_name, Staff.first_name, "light").order_by(Case.assignee_id)):
        _add(people.setdefault(row.assignee_id, (f"{row.last_name}{row.first_name}", Lights()))[1], row.light, row.n)
    return Load(now, total, ages, kinds,
                [(key, name, lights, sum(free)) for key, (name, lights, free) in sections.items()],
                sorted(((key, name, lights) for key, (name, lights) in people.items()), key=lambda p: -p[2].count)[:30])


def by_district(session: Session, choice: Choice | None = None) -> dict[str, Lights]:
    """What lies open, by the district in which the business of the case is registered; of a case without one, by the street
    that has it. One statement."""
    now = moment.now()
    found: dict[str, Lights] = {}
    light = _light(session, now)
    for row in session.execute(
            select(_district().label("district"), light.label("light"), func.count().label("n"))
            .select_from(Case).join(Unit, Unit.id == Case.bureau_id).outerjoin(Enterprise, Enterprise.id == Case.enterprise_id)
            .where(conditions(session, choice or Choice(), now), _district().is_not(None)).group_by("district", "light")):
        _add(found.setdefault(str(row.district), Lights()), row.light, row.n)
    return found


def conditions(session: Session, choice: Choice, now: dt.datetime) -> ColumnElement[bool]:
    """What holds of the open cases of a choice; counts and drill-down both ask here."""
    rules: list[ColumnElement[bool]] = [Case.meaning != CLOSED]
    for column, value in ((Case.bureau_id, choice.bureau_id), (Case.unit_id, choice.unit_id),
                          (Case.assignee_id, choice.assignee_id), (Case.kind, choice.kind)):
        if value is not None:
            rules.append(column == value)
    if choice.district is not None:
        within = (select(Case.id).join(Unit, Unit.id == Case.bureau_id)
                  .outerjoin(Enterprise, Enterprise.id == Case.enterprise_id).where(_district() == choice.district))
        rules.append(Case.id.in_(within))
    if choice.light is not None:
        rules.append(_light(session, now) == choice.light)
    if choice.age is not None:
        rules.append(_age(now) == choice.age)
    return and_(true(), *rules)


def _district() -> Any:
    """The code of the street: the first nine figures of where the business is registered, else the street's own."""
    street = case((Unit.kind == UnitKind.STREET, Unit.code))
    return func.coalesce(func.substr(Enterprise.district_code, 1, 9), func.substr(street, 1, 9))


def _light(session: Session, now: dt.datetime) -> Any:
    soon = moment.start_of(_ahead(clocks.calendar_of(session), moment.local(now).date(), WARN_WITHIN) + dt.timedelta(days=1))
    still = or_(Case.due_at.is_(None), Case.due_paused.is_(True))
    return case((still, "none"), (Case.due_at <= now, "red"), (Case.due_at <= soon, "yellow"), else_="green")


def _age(now: dt.datetime) -> Any:
    today = moment.local(now).date()
    return case(*((Case.opened_at >= moment.start_of(today - dt.timedelta(days=last)), name)
                  for name, _first, last in AGES if last is not None), else_=AGES[-1][0])


def _ahead(calendar: WorkCalendar, day: dt.date, count: int) -> dt.date:
    """The ``count``-th working day after ``day``."""
    for _turn in range(count):
        day = calendar.next_working(day + dt.timedelta(days=1)).date
    return day


def _add(lights: Lights, light: str, count: int) -> None:
    setattr(lights, light, getattr(lights, light) + int(count))
