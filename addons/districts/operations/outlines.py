"""Whether the second-level districts of a street fill it: their outlines against the street's own in the district's map.

A street has no outline of its own in the register; the map that an administrator has put into the data folder
(:mod:`core.board.map`) has one. Reckoned on a grid of points, so to about two in a hundred of the area: enough to see a corner
that nobody has, not to survey a border.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.districts.models.areas import Area
from core.access import Unit
from core.access.models import UnitKind
from core.words import gettext as _

Point = Sequence[float]
Rings = Sequence[Sequence[Point]]
STEPS, LEAST = 30, 0.02


def unfilled(session: Session, on: dt.date, outlines: Mapping[str, Rings]) -> list[str]:
    """What the map tells of each street on a day: a part that lies in no district, a district that reaches beyond it; and,
    as plainly, what could not be checked for want of an outline."""
    if not outlines:
        return [_("Gaps inside a street are not checked: the district's own map with the outlines of its streets is not "
                  "there.")]
    drawn: dict[int, list[Area]] = {}
    for area in session.scalars(select(Area).where(Area.valid_from <= on, Area.valid_to > on).order_by(Area.code)):
        drawn.setdefault(area.unit_id, []).append(area)
    told = []
    for street in session.scalars(select(Unit).where(Unit.kind == UnitKind.STREET, Unit.active.is_(True)).order_by(
            Unit.position)):
        areas, outline = drawn.get(street.id, []), outlines.get(street.code)
        missing = sum(not area.polygon for area in areas)
        if outline is None:
            told.append(_("%(street)s: gaps are not checked, the map has no outline of it.", street=street))
        elif missing or not areas:
            told.append(_("%(street)s: gaps are not checked, %(n)s of its %(all)s districts have no outline.", street=street,
                          n=missing, all=len(areas)))
        else:
            told += _of_street(street, outline, areas)
    return told


def _of_street(street: Unit, outline: Rings, areas: Sequence[Area]) -> Iterator[str]:
    polygons = [area.polygon or [] for area in areas]
    share, place = _outside(outline, lambda point: any(inside(point, [polygon]) for polygon in polygons))
    if share >= LEAST:
        yield _("%(street)s: about %(share)s%% of it lies in no second-level district, for example at %(place)s.",
                street=street, share=round(share * 100), place=place)
    for area, polygon in zip(areas, polygons, strict=True):
        share, place = _outside([polygon], lambda point: inside(point, outline))
        if share >= LEAST:
            yield _("%(area)s: about %(share)s%% of it lies outside %(street)s, for example at %(place)s.", area=area.name,
                    street=street, share=round(share * 100), place=place)


def _outside(rings: Rings, within: Callable[[Point], bool]) -> tuple[float, str]:
    """The share of the points in these rings that ``within`` does not hold, and the first of them."""
    xs, ys = zip(*(point for ring in rings for point in ring), strict=True)
    places = [(min(xs) + (max(xs) - min(xs)) * (i + 0.5) / STEPS, min(ys) + (max(ys) - min(ys)) * (j + 0.5) / STEPS)
              for j in range(STEPS) for i in range(STEPS)]
    points = [point for point in places if inside(point, rings)]
    out = [point for point in points if not within(point)]
    return (len(out) / len(points), f"{out[len(out) // 2][0]:.4f},{out[len(out) // 2][1]:.4f}") if out else (0.0, "")


def inside(point: Point, rings: Rings) -> bool:
    """Whether a point lies in a shape of several rings: holes and islands by even and odd."""
    x, y = point
    odd = False
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                odd = not odd
    return odd
