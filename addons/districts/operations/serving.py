"""Who serves an enterprise on a day; assigned by address, by hand, in one block when somebody leaves."""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, func, insert, literal, not_, or_, select, update
from sqlalchemy.orm import Session, aliased

from addons.districts.effects.common import beyond
from addons.districts.models.areas import FOREVER, Area, AreaWord, Post, Serving
from addons.districts.models.needs import Need
from addons.districts.operations.observers import follow_moved
from addons.districts.operations.public import publish
from core import moment
from core.access import Unit, Viewer, system_viewer
from core.case import act
from core.case.workflow import CLOSED
from core.errors import Refusal
from core.party.models import Enterprise
from core.party.register_import import CLOSED as ENDED
from core.reference import reference
from core.signals import register_changed
from core.words import gettext as _

ACTIVE = Enterprise.status.not_in(ENDED)


@dataclass(frozen=True)
class Served:
    """The officer of an enterprise on a day."""

    user_id: int
    unit_id: int
    area_code: str
    area_name: str
    post_id: int


def primary_of(session: Session, enterprise_id: int, on: dt.date) -> Served | None:
    """The one officer who serves the enterprise on the day ``on``; None when nobody does."""
    row = session.execute(
        select(Post.user_id, Post.unit_id, Area.code, Area.name, Post.id).select_from(Serving)
        .join(Post, Post.id == Serving.post_id).join(Area, Area.id == Post.area_id)
        .where(Serving.enterprise_id == enterprise_id, Serving.valid_from <= on, Serving.valid_to > on)).one_or_none()
    return Served(*row) if row is not None else None


def assign_officer(session: Session, enterprise: Enterprise, post: Post, on: dt.date, *, how: str = "hand",
                   reason: str = "") -> Serving:
    """From ``on`` this officer serves the enterprise; whoever did before ends the day before. Flushes.

    An enterprise that is registered elsewhere than it works goes to the district where it works; assigning it against
    its address needs a reason.
    """
    if not post.valid_from <= on < post.valid_to:
        raise Refusal(_("The post of %(officer)s is not in force on %(day)s.", officer=post.user.name, day=on), "post")
    street = session.get(Unit, post.unit_id)
    if how == "hand" and enterprise.district_code and street is not None and not reason.strip() and \
            not enterprise.district_code.startswith(street.code):
        raise Refusal(_("The address lies in another district: give the reason."), "reason")
    last = session.scalars(select(Serving).where(Serving.enterprise_id == enterprise.id)
                           .order_by(Serving.valid_to.desc()).limit(1)).one_or_none()
    if last is not None and last.valid_from >= on:
        if last.valid_from > on:
            raise Refusal(_("Somebody else serves it from %(day)s already.", day=last.valid_from), "on")
        last.post_id, last.how, last.reason = post.id, how, reason
        publish(session, enterprise.id)
        return last
    if last is not None and last.valid_to > on:
        last.valid_to = on
        session.flush()
    made = Serving(enterprise_id=enterprise.id, post_id=post.id, valid_from=on, valid_to=FOREVER, how=how, reason=reason,
                   follows=last.valid_to if last is not None else None)
    session.add(made)
    publish(session, enterprise.id)
    return made


def keep_assigned(session: Session, on: dt.date | None = None) -> dict[str, int]:
    """After the register has changed: end what serves enterprises that have ended or moved, give those without an officer
    the one of the district in which their address lies. Five statements, whatever the size of the register.

    An address in an enclave (清河农场 …) is nobody's here. What finds no district, or a district without officer, stays on
    the list of those whom nobody serves.
    """
    on = on or moment.today()
    ended, moved = _end_where(session, on, ~ACTIVE), _end_where(session, on, _moved())
    assigned = _assign(session, on)
    if ended or moved or assigned:
        publish(session)
    if moved:
        with beyond(session, "enterprises have moved") as wide:
            follow_moved(wide, moved, system_viewer("enterprises have moved"))
    return {"ended": len(ended), "moved": len(moved), "assigned": assigned}


@register_changed.connect
def _after_the_sheet(session: Session, **_rest: Any) -> None:
    """The month's sheet brought new, moved and ended enterprises: their officers follow in the same transaction."""
    if "districts" in {addon.name for addon in current_app.extensions["yingshang"].addons}:
        keep_assigned(session)


def _current(on: dt.date) -> ColumnElement[bool]:
    return and_(Serving.valid_from <= on, Serving.valid_to > on)


def _moved() -> ColumnElement[bool]:
    street = aliased(Unit)
    return select(street.id).join(Post, Post.unit_id == street.id).where(
        Post.id == Serving.post_id, Serving.how != "hand", Enterprise.district_code.is_not(None),
        not_(func.substr(Enterprise.district_code, 1, func.length(street.code)) == street.code)).exists()


def _end_where(session: Session, on: dt.date, rule: ColumnElement[bool]) -> list[int]:
    """End the rows of the enterprises for which ``rule`` holds; which enterprises. One that began today never was."""
    which = select(Serving.id, Serving.enterprise_id).join(Enterprise, Enterprise.id == Serving.enterprise_id).where(
        _current(on), rule)
    found = list(session.execute(which))
    ids = [row.id for row in found]
    for start in range(0, len(ids), 5000):
        part = ids[start:start + 5000]
        table = Serving.__table__
        session.execute(table.delete().where(table.c.id.in_(part), table.c.valid_from >= on))
        session.execute(update(Serving).where(Serving.id.in_(part), Serving.valid_from < on).values(valid_to=on)
                        .execution_options(synchronize_session=False))
    return [row.enterprise_id for row in found]


def _assign(session: Session, on: dt.date) -> int:
    """The officer of the district for every active enterprise that has none, in one statement."""
    proposed = proposals(on).subquery()
    posts = (select(Post.area_id, func.min(Post.id).label("post_id"))
             .where(Post.part == "A", Post.valid_from <= on, Post.valid_to > on).group_by(Post.area_id).subquery())
    last = (select(Serving.enterprise_id, func.max(Serving.valid_to).label("follows")).group_by(Serving.enterprise_id)
            .subquery())
    rows = (select(proposed.c.id, posts.c.post_id, literal(on), literal(FOREVER), last.c.follows, literal("address"),
                   literal(""))
            .join(posts, posts.c.area_id == proposed.c.area_id)
            .outerjoin(last, last.c.enterprise_id == proposed.c.id).where(or_(last.c.follows.is_(None), last.c.follows <= on)))
    before = session.scalar(select(func.count()).select_from(Serving)) or 0
    session.execute(insert(Serving.__table__).from_select(
        ["enterprise_id", "post_id", "valid_from", "valid_to", "follows", "how", "reason"], rows))
    return (session.scalar(select(func.count()).select_from(Serving)) or 0) - before


def proposals(on: dt.date) -> Select[Any]:
    """``(id, area_id)`` for active enterprises that nobody serves: the area whose word their working address contains, the
    longest word first; where the street is one area, that one."""
    served = select(Serving.id).where(Serving.enterprise_id == Enterprise.id, _current(on)).exists()
    address = func.coalesce(func.nullif(Enterprise.business_address, ""), Enterprise.registered_address, "")
    outside = or_(*(address.contains(name, autoescape=True) for name in reference().enclaves)) if reference().enclaves \
        else literal(False)
    hits = (select(Enterprise.id, AreaWord.area_id, func.row_number().over(
        partition_by=Enterprise.id, order_by=(func.length(AreaWord.word).desc(), AreaWord.area_id)).label("place"))
        .join(AreaWord, and_(Enterprise.district_code == AreaWord.street_code, address.like("%" + AreaWord.word + "%")))
        .join(Area, and_(Area.id == AreaWord.area_id, Area.valid_from <= on, Area.valid_to > on))
        .where(ACTIVE, ~served, ~outside).subquery())
    return select(hits.c.id, hits.c.area_id).where(hits.c.place == 1)


def unserved(session: Session, on: dt.date | None = None, limit: int = 200) -> Sequence[Enterprise]:
    """无人认领: active enterprises of the district whom nobody serves, oldest first."""
    day = on or moment.today()
    served = select(Serving.id).where(Serving.enterprise_id == Enterprise.id, _current(day)).exists()
    return session.scalars(select(Enterprise).where(ACTIVE, ~served).order_by(Enterprise.id).limit(limit)).all()


def coverage(session: Session, on: dt.date | None = None) -> tuple[int, int]:
    """覆盖率: active enterprises with a valid primary officer, and all active ones."""
    day = on or moment.today()
    served = select(Serving.id).where(Serving.enterprise_id == Enterprise.id, _current(day)).exists()
    row = session.execute(select(func.count(), func.count().filter(served)).select_from(Enterprise).where(ACTIVE)).one()
    return int(row[1]), int(row[0])


def served_by_post(session: Session, post: Post, on: dt.date) -> int:
    """How many enterprises the post serves on the day ``on`` or later."""
    return session.scalar(select(func.count()).where(Serving.post_id == post.id, Serving.valid_to > on)) or 0


def transfer_block(session: Session, actor: Viewer, old: Post, new: Post, on: dt.date, reason: str) -> dict[str, int]:
    """Somebody leaves: all his enterprises and open needs go to ``new`` on one day, in one transaction, and his post ends.

    Nobody is left uncovered and nobody has two. His open needs keep their first asker and their clocks.
    """
    if not reason.strip():
        raise Refusal(_("Give a reason."), "reason")
    if old.id == new.id or not new.valid_from <= on < new.valid_to:
        raise Refusal(_("The successor's post is not in force on that day."), "new")
    held = list(session.execute(select(Serving.id, Serving.enterprise_id, Serving.valid_from).where(
        Serving.post_id == old.id, Serving.valid_to > on)))
    same_day = [row.id for row in held if row.valid_from >= on]
    earlier = [row for row in held if row.valid_from < on]
    for start in range(0, len(same_day), 5000):
        session.execute(update(Serving).where(Serving.id.in_(same_day[start:start + 5000])).values(
            post_id=new.id, how="transfer", reason=reason).execution_options(synchronize_session=False))
    for start in range(0, len(earlier), 5000):
        part = earlier[start:start + 5000]
        session.execute(update(Serving).where(Serving.id.in_([row.id for row in part])).values(valid_to=on)
                        .execution_options(synchronize_session=False))
        session.execute(insert(Serving), [
            {"enterprise_id": row.enterprise_id, "post_id": new.id, "valid_from": on, "valid_to": FOREVER, "follows": on,
             "how": "transfer", "reason": reason} for row in part])
    needs = session.scalars(select(Need).where(Need.assignee_id == old.user_id, Need.unit_id == old.unit_id,
                                               Need.meaning != CLOSED)).all()
    for need in needs:
        need.assignee_id = new.user_id
        act.add_event(need, actor, "assigned", note=reason, before=old.user_id, to=new.user_id, name=new.user.name)
    old.valid_to = max(on, old.valid_from + dt.timedelta(days=1))
    session.flush()
    session.expire_all()
    return {"enterprises": len(held), "needs": len(needs)}
