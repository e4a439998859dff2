"""Penalties that are intended: entering them, and the decision that follows. Plain functions; the caller commits."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.credit_repair.forms import PriorForm
from addons.credit_repair.models import Penalty, PriorNotice
from addons.credit_repair.operations import own_unit, party
from core import moment
from core.access import Unit, Viewer, system_viewer
from core.case import act
from core.case.models import Case
from core.case.opening import Wanted, opens
from core.case.workflow import CLOSED
from core.errors import Refusal
from core.party import uscc as codes
from core.signals import case_opened
from core.words import gettext as _


def enter_prior(session: Session, actor: Viewer, unit: Unit, values: Mapping[str, Any]) -> PriorNotice:
    """Enter an intended penalty of ``unit``. Refuses a notice that is entered already, and a name that is not the party's."""
    code, number = codes.check(values["uscc"]), values["document_number"].strip()
    if session.scalar(select(PriorNotice.id).where(PriorNotice.uscc == code,
                                                   PriorNotice.document_number == number)) is not None:
        raise Refusal(_("The prior notice %(number)s is entered already.", number=number), "document_number")
    enterprise, _new = party(session, code, values["party_name"], values["noticed_on"])
    return act.open_case(session, PriorNotice, actor, unit=unit, enterprise_id=enterprise.id, assignee_id=actor.user_id,
                         title=f"{enterprise.name} {number}", **_columns(values))


def fill(session: Session, case: PriorNotice, values: Mapping[str, Any]) -> None:
    """Mend an intended penalty that was not served yet."""
    enterprise, _new = party(session, values["uscc"], values["party_name"], values["noticed_on"])
    for name, value in _columns(values).items():
        setattr(case, name, value)
    case.enterprise_id, case.title = enterprise.id, f"{enterprise.name} {case.document_number}"[:255]


def decision_of(session: Session, case: PriorNotice, number: str) -> Penalty | None:
    """The decision with that number on the same party by the same bureau."""
    return session.scalars(select(Penalty).where(
        Penalty.document_number == number.strip(), Penalty.uscc == case.uscc,
        Penalty.bureau_id == case.bureau_id).limit(1)).first()


@case_opened.connect_via(Penalty)
def _followed_by(_kind: type[Case], case: Penalty, **_rest: Any) -> None:
    """A decision on the same party for the same violation ends the intended penalty by itself; where several are open, a
    person says which."""
    session = act.session_of(case)
    found = session.scalars(select(PriorNotice).where(
        PriorNotice.uscc == case.uscc, PriorNotice.bureau_id == case.bureau_id, PriorNotice.violation == case.violation,
        PriorNotice.meaning != CLOSED).limit(2)).all()
    if len(found) == 1:
        act.do(found[0], "decide", actor=system_viewer("the decision was entered"),
               data={"document_number": case.document_number})


@opens("credit_repair.prior", PriorForm)
def _open_prior(session: Session, actor: Viewer, wanted: Wanted) -> Case:
    return enter_prior(session, actor, wanted.unit, wanted.data)


def prior_from_form(session: Session, actor: Viewer, data: Mapping[str, Any]) -> Case:
    """The form of an intended penalty, in the person's own unit."""
    return enter_prior(session, actor, own_unit(session, actor), data)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    if values["noticed_on"] > moment.today():
        raise Refusal(_("A notice cannot be dated in the future."), "noticed_on")
    if values["filed_on"] is not None and values["filed_on"] > values["noticed_on"]:
        raise Refusal(_("The matter was put on file before the party was told."), "filed_on")
    given = {**values, "uscc": codes.check(values["uscc"]), "document_number": values["document_number"].strip()}
    given["kinds"] = ";".join(given.pop("penalty_kinds"))
    return given
