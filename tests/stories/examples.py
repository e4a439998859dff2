"""One example of everything that has a page of its own, so that a list of addresses can name it: ``/letters/{letter}``."""
from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from addons.districts.models import Area
from core.access import view_as
from core.access.grants import build_viewer
from core.access.models import Staff
from core.case.models import Case, Clock
from core.jobs import tasks
from core.letter.batch_models import BatchAct
from core.letter.batches import KIND, begin
from core.letter.models import Letter, LetterState
from core.notices import publish
from core.portal import tokens


def examples(session: Session, head: str, role_id: int) -> dict[str, Any]:
    """Numbers and ids by name; what the demonstration has none of is made, ``head`` being whose it is. Commits."""
    made: dict[str, Any] = {}
    for kind in ("credit_repair.penalty", "credit_repair.repair", "districts.need", "districts.order"):
        short = kind.rpartition(".")[2]
        case = session.scalars(select(Case).where(Case.kind == kind, Case.clocks.any()).order_by(Case.id.desc())).first()
        assert case is not None, f"the demonstration has no {kind}"
        made[short] = case.number
        if short == "penalty":
            made["enterprise"] = case.enterprise_id
        if short == "need":  # the link stands in the message alone, so it is asked for once more
            link = tokens.invite(session, case, "rate", "13800000000", str)
            made |= {"code": case.query_code, "rate": link.rpartition("/")[2]}
    person = session.scalars(select(Staff).where(Staff.username == head)).one()
    viewer = build_viewer(session, person.id)
    with view_as(viewer) as own:
        letter = own.scalars(select(Letter).where(Letter.state == LetterState.SIGNED, Letter.kind.startswith("credit_repair."))
                             .order_by(Letter.id.desc())).first()
    assert letter is not None, "the demonstration has no signed letter"
    clock = session.scalars(select(Clock).join(Case, Case.id == Clock.case_id)
                            .where(Case.number == made["penalty"])).first()
    assert clock is not None
    waiting = session.scalars(select(Letter.id).where(Letter.state == LetterState.DRAFT).limit(2)).all()
    batch = begin(session, BatchAct.REVIEW, waiting, viewer, {})
    tasks.start(session, KIND, {"batch": batch.id}, person.id)
    flow, area = Case.loaded()["credit_repair.repair"].workflow, session.scalars(select(Area.id)).first()
    notice = publish(session, title="系统将于本周六晚升级", body="18时至20时停止使用，请提前保存。", pinned=True,
                     by=person.id)
    session.flush()
    made |= {"letter": letter.id, "kind": letter.kind, "clock": clock.id, "person": person.id, "role": role_id,
             "batch": batch.id, "notice": notice.id, "area": area, "state": flow.states[0].name, "duty": flow.deadlines[0].code}
    session.commit()
    return made
