"""What is public of who serves whom: written anew from the registers, and read by the portal instead of them."""
from __future__ import annotations

from sqlalchemy import and_, delete, func, insert, select
from sqlalchemy.orm import Session

from addons.districts.models import Area, Post, PublicServing, Serving
from core import moment
from core.access import Unit
from core.access.models import Staff
from core.party.models import Enterprise

NAMES = ("serving_id", "name", "uscc", "reg_no", "officer", "phone", "unit", "area")


def publish(session: Session, enterprise_id: int | None = None) -> None:
    """Bring the projection in step with today's registers (of one enterprise, if one is named): what no longer holds goes,
    what is new comes. Two statements; a second time changes nothing."""
    session.flush()
    today = moment.today()
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
