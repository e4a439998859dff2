"""《为企服务人员变更告知》 when an officer's enterprises went to another one: one letter to all of them, with or without open
needs."""
from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from addons.districts.models import Need, Post, Serving
from core.access import Unit, Viewer
from core.case.workflow import CLOSED
from core.letter import register
from core.letter.models import Letter


def draft_change(session: Session, viewer: Viewer, old: Post, new: Post, on: dt.date) -> Letter | None:
    """The letter to the enterprises of ``old``, as a draft of his street; None when the person may not draft letters there."""
    if not viewer.reach("letter:draft").covers(old.unit_id):
        return None
    unit = session.get_one(Unit, old.unit_id)
    served = session.scalar(select(func.count()).where(Serving.post_id == new.id, Serving.valid_from == on)) or 0
    needs = session.scalar(select(func.count()).select_from(Need).where(
        Need.unit_id == new.unit_id, Need.assignee_id == new.user_id, Need.meaning != CLOSED)) or 0
    fields = {
        "addressee": f"{old.area.name}各经营主体", "former": old.user.name, "officer": new.user.name,
        "phone": new.office_phone or new.user.phone or unit.phone or "见街镇公布的联系电话", "since": on,
        "open_cases": f"本次变更涉及经营主体{served}家，未结事项{'由' + new.user.name + '承接' if needs else '没有'}"}
    return register.draft_free(session, register.kind_named("districts.officer_change"), unit, fields, viewer,
                               occasion=f"{old.id}-{new.id}-{on:%Y%m%d}")
