"""Drawing second-level districts and appointing their officers."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.districts.guards.needs import is_village
from addons.districts.models.areas import Area, AreaWord, Post
from addons.districts.operations.outlines import Point, inside
from core import moment
from core.access import Appointment, Unit, UnitKind
from core.access.models import Staff
from core.errors import Refusal
from core.words import gettext as _


def draw_area(session: Session, unit: Unit, code: str, name: str, *, valid_from: dt.date | None = None,
              words: Sequence[str] = (), polygon: Sequence[Point] | None = None, **sides: str) -> Area:
    """A second-level district of a street, from ``valid_from`` on; an earlier version of the same code ends that day.

    ``words`` are roads, villages and parks of its addresses (none: the whole street). ``sides``: east, south, west, north.
    Refuses words or a polygon that another district of the street has.
    """
    if unit.kind is not UnitKind.STREET:
        raise Refusal(_("A district is drawn in a street, town or park."), "unit")
    since = valid_from or moment.today()
    before = session.scalars(select(Area).where(Area.code == code, Area.valid_to > since)).one_or_none()
    if before is not None:
        if before.valid_from >= since:
            raise Refusal(_("There is a version of %(code)s from %(day)s on.", code=code, day=before.valid_from), "valid_from")
        before.valid_to = since
    made = Area(unit_id=unit.id, code=code, name=name, words=list(words), valid_from=since,
                polygon=[list(point) for point in polygon] if polygon else None, **sides)
    made.terms = [AreaWord(street_code=unit.code, word=word) for word in (words or ("",))]
    session.add(made)
    session.flush()
    if before is not None:  # its officers go on serving in the district as it is drawn now
        for post in session.scalars(select(Post).where(Post.area_id == before.id, Post.valid_to > since)):
            post.area_id = made.id
    _refuse_overlaps(session, unit, since)
    return made


def correct_area(session: Session, area: Area, *, name: str, words: Sequence[str], polygon: Sequence[Point] | None,
                 **sides: str) -> Area:
    """Put right what was written down wrongly, from the district's first day on: no new version."""
    area.name, area.words, area.polygon = name, list(words), [list(point) for point in polygon] if polygon else None
    for side, text in sides.items():
        setattr(area, side, text)
    area.terms.clear()
    session.flush()
    area.terms = [AreaWord(street_code=area.unit.code, word=word) for word in (words or ("",))]
    session.flush()
    _refuse_overlaps(session, area.unit, max(area.valid_from, moment.today()))
    return area


def read_polygon(text: str) -> list[list[float]] | None:
    """Corners as they are typed, one in each line: longitude and latitude. Refused when they enclose nothing."""
    corners = []
    for number, line in enumerate((line.strip() for line in text.splitlines() if line.strip()), 1):
        try:
            x, y = (float(part) for part in line.replace("，", ",").split(","))
        except ValueError:
            raise Refusal(_("Line %(n)s: write longitude and latitude as 117.82,39.33.", n=number), "polygon") from None
        if not (-180 <= x <= 180 and -90 <= y <= 90):
            raise Refusal(_("Line %(n)s: write longitude and latitude as 117.82,39.33.", n=number), "polygon")
        corners.append([x, y])
    if corners and len(corners) < 3:
        raise Refusal(_("An outline has three corners at least."), "polygon")
    return corners or None


def _refuse_overlaps(session: Session, unit: Unit, on: dt.date) -> None:
    faults = overlaps(session, unit, on)
    if faults:
        raise Refusal("；".join(faults), "words")


def overlaps(session: Session, unit: Unit, on: dt.date) -> list[str]:
    """Where districts of one street overlap on a day: a word that two of them claim, polygons that cut each other."""
    areas = session.scalars(select(Area).where(Area.unit_id == unit.id, Area.valid_from <= on, Area.valid_to > on)
                            .order_by(Area.code)).all()
    faults = []
    for place, one in enumerate(areas):
        for other in areas[place + 1:]:
            shared = sorted(set(one.words or [""]) & set(other.words or [""]))
            if shared:
                faults.append(_("%(one)s and %(other)s both claim %(words)s.", one=one.name, other=other.name,
                                words="、".join(word or _("the whole street") for word in shared)))
            elif one.polygon and other.polygon and polygons_meet(one.polygon, other.polygon):
                faults.append(_("%(one)s and %(other)s overlap on the map.", one=one.name, other=other.name))
    return faults


def gaps(session: Session, on: dt.date) -> list[str]:
    """Streets that have no second-level district on a day, and districts without an officer."""
    streets = session.scalars(select(Unit).where(Unit.kind == UnitKind.STREET, Unit.active.is_(True)).order_by(Unit.position))
    drawn = set(session.scalars(select(Area.unit_id).where(Area.valid_from <= on, Area.valid_to > on)))
    faults = [_("%(street)s has no second-level district.", street=street) for street in streets if street.id not in drawn]
    manned = select(Post.id).where(Post.area_id == Area.id, Post.valid_from <= on, Post.valid_to > on).exists()
    empty = session.scalars(select(Area).where(Area.valid_from <= on, Area.valid_to > on, ~manned).order_by(Area.code))
    return faults + [_("%(area)s has no officer.", area=area.name) for area in empty]


def appoint_officer(session: Session, person: Staff, area: Area, *, part: str = "A", valid_from: dt.date | None = None,
                    **more: Any) -> Post:
    """Somebody of the street becomes an officer of one of its districts. Refuses people of villages and communities
    (实施方案一（三）: 不得转嫁摊派至村（社区）工作人员), and people of another unit."""
    units = session.scalars(select(Unit).join(Appointment, Appointment.unit_id == Unit.id)
                            .where(Appointment.user_id == person.id)).all()
    if any(is_village(unit) for unit in units):
        raise Refusal(_("%(person)s works for a village or community and cannot be given this duty.", person=person.name),
                      "person")
    if all(unit.bureau_id != area.unit_id for unit in units):
        raise Refusal(_("%(person)s does not work in %(street)s.", person=person.name, street=str(area.unit)), "person")
    made = Post(user_id=person.id, unit_id=area.unit_id, area_id=area.id, part=part,
                valid_from=valid_from or moment.today(), **more)
    session.add(made)
    session.flush()
    return made


def polygons_meet(one: Sequence[Point], other: Sequence[Point]) -> bool:
    """Whether two simple polygons share an inner part; a common border is none."""
    edges = [(a, b) for a, b in zip(one, [*one[1:], one[0]], strict=True)]
    others = [(a, b) for a, b in zip(other, [*other[1:], other[0]], strict=True)]
    if any(_cross(a, b, c, d) for a, b in edges for c, d in others):
        return True
    return inside(_middle(one), [other]) or inside(_middle(other), [one])


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def _middle(points: Sequence[Point]) -> Point:
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)
