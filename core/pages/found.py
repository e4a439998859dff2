"""The case that an address names."""
from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from core.case import Case
from core.errors import NotFound
from core.pages.frame import request_session


def the_case(number: str) -> Case:
    """The case with that number, with what its page needs. 404 for what the viewer may not see, as for what is not."""
    found = request_session().scalars(
        select(Case).where(Case.number == number)
        .options(joinedload(Case.unit), joinedload(Case.bureau), joinedload(Case.enterprise), joinedload(Case.assignee),
                 selectinload(Case.events), selectinload(Case.clocks), selectinload(Case.attachments),
                 selectinload(Case.tasks), selectinload(Case.stays))).one_or_none()
    if found is None:
        raise NotFound(_("There is no such case, or you may not see it."))
    return found
