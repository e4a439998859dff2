"""What is public of who serves whom: written anew from the registers, and read by the portal instead of them."""
from __future__ import annotations

from typing import Any

from sqlalchemy import and_, delete, func, insert, select
from sqlalchemy.orm import Session, joinedload

from addons.districts.models import Area, Post, PublicArea, PublicServing, Serving
from core import moment
from core.access import Unit
from core.access.models import Staff
from core.party.models import Enterprise
from core.portal.declare import Page
from core.portal.reading import LINES
from core.words import gettext as _

NAMES = ("serving_id", "name", "uscc", "reg_no", "officer", "phone", "unit", "area")


def publish(session: Session, enterprise_id: int | None = None) -> None:
    """Bring the projection in step with today's registers (of one enterprise, if one is named): what no longer holds goes,
    what is new comes. Two statements; a second time changes nothing."""
    session.flush()
    today = moment.today()
    if enterprise_id is None:
        _publish_areas(session)
    rows = (select(Serving.id.label("serving_id"), Enterprise.name.label("name"), Enterprise.uscc.label("uscc"),
                   Enterprise.reg_no.label("reg_no"), (Staff.last_name + Staff.first_name).label("officer"),
                   func.coalesce(func.nullif(Post.office_phone, ""), Unit.phone, "").label("phone"),
                   Unit.name.label("unit"), Area.name.label("area"))
            .select_from(Serving).join(Enterprise, Enterprise.id == Serving.enterprise_id)
            .join(Post, Post.id == Serving.post_id).join(Area, Area.id == Post.area_id).join(Unit, Unit.id == Post.unit_id)
            .join(Staff, Staff.id == Post.user_id).where(Serving.valid_from <= today, Serving.valid_to > today))
    gone = delete(PublicServing)
    if enterprise_id is not None:
        rows = rows.where(Serving.enterprise_id == enterprise_id)
        gone = gone.where(PublicServing.serving_id.in_(select(Serving.id).where(Serving.enterprise_id == enterprise_id)))
    found = rows.subquery()
    same = and_(*(func.coalesce(getattr(PublicServing, name), "") == func.coalesce(found.c[name], "")
                  for name in NAMES if name != "serving_id"), PublicServing.serving_id == found.c.serving_id)
    session.execute(gone.where(~select(found.c.serving_id).where(same).exists())
                    .execution_options(synchronize_session=False))
    known = select(PublicServing.serving_id).where(PublicServing.serving_id == found.c.serving_id).exists()
    session.execute(insert(PublicServing.__table__).from_select(
        list(NAMES), select(*(found.c[name] for name in NAMES)).where(~known)))


def _publish_areas(session: Session) -> None:
    """The districts of today with their sides and officers: a few dozen, written anew."""
    today = moment.today()
    serving: dict[int, list[Post]] = {}
    for post in session.scalars(select(Post).options(joinedload(Post.user)).where(
            Post.valid_from <= today, Post.valid_to > today).order_by(Post.part, Post.id)):
        serving.setdefault(post.area_id, []).append(post)
    session.execute(delete(PublicArea).execution_options(synchronize_session=False))
    rows = [_public_area(area, serving.get(area.id, [])) for area in session.scalars(
        select(Area).options(joinedload(Area.unit)).where(Area.valid_from <= today, Area.valid_to > today))]
    if rows:
        session.execute(insert(PublicArea), rows)


def _public_area(area: Area, posts: list[Post]) -> dict[str, Any]:
    sides = ((_("East to"), area.east), (_("South to"), area.south), (_("West to"), area.west), (_("North to"), area.north))
    phone = next((post.office_phone for post in posts if post.office_phone), area.unit.phone or "")
    return {"area_id": area.id, "code": area.code, "name": area.name, "unit": area.unit.name,
            "sides": "，".join(f"{label}{side}" for label, side in sides if side),
            "officers": "、".join(post.user.name for post in posts), "phone": phone}


def areas_page(session: Session, cursor: str) -> Page:
    """A part of the public list of districts, by their codes."""
    found = session.scalars(select(PublicArea).where(PublicArea.code > cursor).order_by(PublicArea.code)
                            .limit(LINES + 1)).all()
    rows = [(one.name, one.unit, one.sides, one.officers, one.phone) for one in found[:LINES]]
    return Page(rows, found[LINES - 1].code if len(found) > LINES else "")
