"""Guards of a need. One that draws a button (``data`` is None) asks the record itself and nothing else."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session, object_session

from addons.districts.words import EXCLUDED
from core import moment
from core.access import Unit, UnitKind, current_viewer
from core.case import clocks
from core.rules.lookup import lookup
from core.words import gettext as _

Data = Mapping[str, Any] | None


def screened(case: Any, data: Data) -> str | None:
    """A need that waits for the review of a secret is not accepted by accident."""
    return _("The text was found to contain a secret: seal it before you accept the need.") if _unsealed(case) else None


def _unsealed(case: Any) -> bool:
    return case.excluded in EXCLUDED[2:4] and not case.sealed


def is_complex(case: Any) -> bool:
    """A complex need has its promised date."""
    return bool(case.complex)


def general(case: Any) -> bool:
    """Seven working days hold for a general need only; a complex one has its promised date (实施方案三). They run from the
    receipt, or from the acceptance where the parameter says so."""
    if case.complex:
        return False
    if case.state != "new":
        return True
    return str(lookup(_session(case), "need.start_event", case.rule_day, case.bureau_id).value) != "accepted"


def excluded(case: Any, data: Data) -> str | None:
    """Only the grounds of the plan (实施方案第二条第（一）项); each with guidance."""
    if data is not None and not data["guidance"].strip():
        return _("Say where the enterprise can turn instead.")
    return None


def may_object(case: Any, data: Data) -> str | None:
    """Once, within the days that the refusal names."""
    if case.objected_at is not None:
        return _("The refusal was objected to already. It is reviewed once.")
    if data is not None and case.closed_at is not None:
        session = _session(case)
        days = int(lookup(session, "need.objection", case.rule_day, case.bureau_id).value)
        told = moment.local(case.closed_at).date()
        if clocks.calendar_of(session).count_working(told, moment.today()) > days:
            return _("The period for an objection (%(days)s working days) is over.", days=days)
    return None


def under_review(case: Any) -> bool:
    """Whether a refusal is being reviewed."""
    return case.objected_at is not None and not case.review_outcome


def objected(case: Any, data: Data) -> str | None:
    """There is an objection to decide on."""
    return None if under_review(case) else _("Nobody objected, or the review is decided already.")


def answerable(case: Any, data: Data) -> str | None:
    """At the higher levels an answer needs what was decided there."""
    if case.state == "city" and not case.evidence:
        return _("Record the city's answer first.")
    return None


def may_dispatch(case: Any, data: Data) -> str | None:
    """The third dispatch is decided by the hub: nothing bounces for ever."""
    if case.dispatches + 1 >= _most(case, data):
        return _("It was dispatched %(times)s times. The next unit is decided by the hub.", times=case.dispatches)
    return unit_can_help(case, data)


def _most(case: Any, data: Data) -> int:
    if data is None:  # for a button the usual figure will do: the act itself looks the rule up
        return 3
    return int(lookup(_session(case), "need.max_dispatch", case.rule_day, case.bureau_id).value)


def unit_can_help(case: Any, data: Data) -> str | None:
    """A bureau or street that is in use; never the street itself, and no village or community."""
    if data is None:
        return None
    for key in (data.get("unit"), *data.get("helpers", ())):
        if key is None:
            continue
        unit = _session(case).get(Unit, key)
        if unit is None or not unit.active:
            return _("This unit is not in use.")
        if unit.kind is UnitKind.DISTRICT or is_village(unit):
            return _("%(unit)s cannot be given such work: it is for bureaus, streets and parks.", unit=str(unit))
        if unit.bureau_id == case.bureau_id:
            return _("%(unit)s has the need already.", unit=str(unit))
    return None


def is_village(unit: Unit) -> bool:
    """Whether a unit is a village or a community: its people must not be burdened with this work (实施方案一（三）)."""
    return unit.name.endswith(("村", "村委会", "村民委员会", "社区", "居委会", "居民委员会"))


def may_ask_leader(case: Any, data: Data) -> str | None:
    """After the competent bureau has given its opinion (领导提级办)."""
    if data is not None and not (data.get("opinion") or case.opinion).strip():
        return _("The opinion of the competent bureau is missing.")
    return None


def evidence(case: Any, data: Data) -> str | None:
    """An answer that was given orally needs a note of who said what when."""
    if data is not None and data["oral"] and len(data["evidence"].strip()) < 10:
        return _("The answer was given orally: note who said it, when and to whom.")
    return None


def is_general(case: Any) -> bool:
    """Not treated as complex yet."""
    return not case.complex


def not_complex(case: Any, data: Data) -> str | None:
    """A need becomes complex once."""
    return _("It is treated as complex already.") if case.complex else None


def early_enough(case: Any, data: Data) -> str | None:
    """Before half of the limit is over; later only the street's deputy leader may allow it, so that nobody escapes being
    late by another name."""
    if data is None:
        return None
    clock = clocks.running(case, "total")
    if clock is None:
        return None
    gone = elapsed(case)
    if gone * 2 >= clock.amount:
        return _("%(gone)s of %(amount)s working days are over. Only the deputy leader of the street may allow it now.",
                 gone=gone, amount=clock.amount)
    return not_complex(case, data)


def elapsed(case: Any) -> int:
    """Working days since the general period began."""
    clock = clocks.running(case, "total")
    if clock is None:
        return 0
    since = moment.local(clock.start_at).date()
    return clocks.calendar_of(_session(case)).count_working(since, moment.today())


def waits_for_enterprise(case: Any, data: Data) -> str | None:
    """Only waiting for the enterprise (or force majeure) stops the clock; what is missing is named at once (条例第三十六条)."""
    if data is not None and data["reason"] != "不可抗力" and not data["material"].strip():
        return _("Name everything that the enterprise must bring.")
    return None


def not_extended(case: Any, data: Data) -> str | None:
    """Once, before it is over."""
    if data is None:
        return None
    clock = clocks.running(case, "promised") or clocks.running(case, "total")
    if clock is None:
        return _("No period runs that could be extended.")
    if clock.extensions:
        return _("This period was extended already. It can be extended once.")
    if moment.now() >= clock.due_at:
        return _("This period is over. It can only be extended before it ends.")
    return None


def explainable(case: Any, data: Data) -> str | None:
    """The bureau that stands for it is another unit than the street."""
    return None if data is None else unit_can_help(case, {"unit": data["competent"]})


def bureau_signed(case: Any, data: Data) -> str | None:
    """Bureau and street both sign; they are two people."""
    if not case.explain_by_bureau:
        return _("The competent bureau has not signed the explanation yet.")
    signer = case.explain_signer_id
    if data is not None and signer is not None and signer == current_viewer(_session(case)).user_id:
        return _("You signed for the bureau already: somebody else signs for the street.")
    return None


def unconfirmed(case: Any) -> bool:
    """The first asker has not confirmed yet."""
    return case.confirmed_at is None


def first_asker_confirms(case: Any, data: Data) -> str | None:
    """首问负责: who took it in makes sure, to the end, that the enterprise got its answer."""
    if data is None or case.first_asker_id is None:
        return None
    viewer = current_viewer(_session(case))
    if viewer.system is not None or viewer.user_id == case.first_asker_id:
        return None
    return _("The first asker confirms that the enterprise has its answer.")


def first_asker_confirmed(case: Any, data: Data) -> str | None:
    """Nothing is filed before the first asker has confirmed."""
    return _("The first asker has not confirmed that the enterprise has the answer.") if case.confirmed_at is None else None


def unrated(case: Any, data: Data) -> str | None:
    """One verdict for one answer."""
    return _("This need was rated already.") if data is not None and case.rating is not None else None


def reopened_once(case: Any, data: Data) -> str | None:
    """The enterprise itself may reopen it once."""
    return _("It was reopened once already. Your officer will visit you.") if case.reopened else None


def agent_was_asked(case: Any, data: Data) -> str | None:
    """Only after the agent was asked, and not for a branch that goes on."""
    if data is not None and not data["asked"]:
        return _("Ask the agent of the enterprise first whether the matter goes on.")
    return None


def not_supervised(case: Any, data: Data) -> str | None:
    """One supervision at a time."""
    return _("It is supervised already.") if case.supervised else None


def not_sealed(case: Any, data: Data) -> str | None:
    """A text is sealed once."""
    return _("The text is sealed already.") if case.sealed else None


def _session(case: Any) -> Session:
    session = object_session(case)
    if session is None:
        raise RuntimeError("the case is in no session")
    return session
