"""《为企服务人员变更告知》 when an officer's enterprises went to another one: a letter to each of them, which a batch signs."""
from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.districts.models import Need, Post, Serving
from core.access import Unit, Viewer, system_viewer
from core.case.workflow import CLOSED
from core.letter import register
from core.letter.models import Letter
from core.party.models import Enterprise


def draft_changes(session: Session, viewer: Viewer, old: Post, new: Post, on: dt.date) -> list[Letter]:
    """The letters to the enterprises of ``old``, as drafts of his street: who serves each of them from ``on`` and who goes on
    with what it has open. Four statements and the letters; none when the person may not draft letters there.

    Nobody is their drafter: what they say is the register's. So the lead section that handed the post over reviews them and the
    deputy leader signs; a street has no third person who may."""
    if not viewer.reach("letter:draft").covers(old.unit_id):
        return []
    unit = session.get_one(Unit, old.unit_id)
    served = session.execute(
        select(Enterprise.id, Enterprise.name).join(Serving, Serving.enterprise_id == Enterprise.id)
        .where(Serving.post_id == new.id, Serving.how == "transfer", Serving.valid_from >= on).order_by(Enterprise.id)).all()
    running: dict[int | None, list[str]] = {}
    for enterprise_id, number in session.execute(select(Need.enterprise_id, Need.number).where(
            Need.unit_id == new.unit_id, Need.assignee_id == new.user_id, Need.meaning != CLOSED).order_by(Need.id)):
        running.setdefault(enterprise_id, []).append(number)
    told = {"former": old.user.name, "officer": new.user.name, "since": on,
            "phone": new.office_phone or new.user.phone or unit.phone or "见街镇公布的联系电话"}
    change = f"{old.id}-{new.id}-{on:%Y%m%d}"
    readers = {f"{change}-{key}": key for key, _name in served}
    return register.draft_many(session, register.kind_named("districts.officer_change"), unit, {
        f"{change}-{key}": {**told, "addressee": name, "open_cases": _open_words(running.get(key, []), new.user.name)}
        for key, name in served}, system_viewer("a change of officer"), enterprises=readers)


def _open_words(numbers: list[str], officer: str) -> str:
    """What becomes of the needs that an enterprise has open."""
    if not numbers:
        return "贵单位目前没有未办结的需求"
    return f"贵单位未办结的需求{len(numbers)}件（{'、'.join(numbers)}）由{officer}承接，原办理期限不变"
