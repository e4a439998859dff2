"""The enterprise's own telephone, to which alone a link for rating may go; never one of the office."""
from __future__ import annotations

import re

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from addons.districts.models import Agent, Need, Post
from core.access.models import Staff
from core.errors import Refusal
from core.words import gettext as _

MOBILE = re.compile(r"1[3-9]\d{9}")


def own_number(session: Session, need: Need) -> str:
    """The number of the enterprise of a need: its contact who agreed, the register's, the one that was given with the need.
    Numbers of members of staff are passed over; empty when there is no other."""
    agent = session.scalars(select(Agent).where(Agent.enterprise_id == need.enterprise_id)).one_or_none() \
        if need.enterprise_id is not None else None
    given = (agent.mobile if agent is not None and agent.consent else "", need.enterprise.phone if need.enterprise else "",
             need.contact_phone)
    found = list(dict.fromkeys(match[0] for text in given if (match := MOBILE.search(_digits(text))) is not None))
    office = staff_numbers(session, found)
    return next((number for number in found if number not in office), "")


def staff_numbers(session: Session, numbers: list[str]) -> set[str]:
    """Which of the mobile numbers belong to a member of staff: in his account or in a post of his."""
    if not numbers:
        return set()
    kept: list[str] = []
    for column in (Staff.phone, Post.mobile, Post.office_phone):
        bare = func.replace(func.replace(func.coalesce(column, ""), " ", ""), "-", "")
        kept += session.scalars(select(bare).where(or_(*(bare.contains(number) for number in numbers)))).all()
    return {number for number in numbers if any(number in each for each in kept)}


def refuse_staff_number(session: Session, mobile: str) -> None:
    """An officer's own number is no enterprise's."""
    if staff_numbers(session, [mobile]):
        raise Refusal(_("This is the number of a member of staff. Give the enterprise's own."), "mobile")


def _digits(text: str | None) -> str:
    return re.sub(r"[\s-]", "", text or "")
