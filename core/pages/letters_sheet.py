"""发文登记簿: the register of letters as a sheet, with the list's filters."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from core.letter import register
from core.letter.models import Letter
from core.pages.letters import STATES, narrowed
from core.tabular.profile import ExportColumn, ExportProfile, Person


def _wanted(_session: Session, given: Mapping[str, Any], _who: Person) -> Select[Any]:
    people = (joinedload(each) for each in (Letter.drafter, Letter.reviewer, Letter.signer, Letter.case, Letter.bureau))
    return narrowed(select(Letter).options(*people), given).order_by(Letter.id.desc())


def _kind(letter: Letter) -> str:
    declared = register.letter_kinds().get(letter.kind)
    return str(declared.name) if declared is not None else letter.kind


LETTERS = ExportProfile(
    code="letters", title="发文登记簿", module="core", permission="letter:read", query=_wanted,
    columns=(
        ExportColumn(heading="发文字号", value="number", width=24), ExportColumn(heading="标题", value="title", width=36),
        ExportColumn(heading="文书种类", value=_kind, width=24), ExportColumn(heading="主送", value="addressee", width=36),
        ExportColumn(heading="发文机关", value="bureau.short_name"),
        ExportColumn(heading="状态", value=lambda letter: STATES[letter.state]()),
        ExportColumn(heading="拟稿人", value=lambda letter: letter.drafter.name if letter.drafter else ""),
        ExportColumn(heading="审核人", value=lambda letter: letter.reviewer.name if letter.reviewer else ""),
        ExportColumn(heading="签发人", value=lambda letter: letter.signer.name if letter.signer else ""),
        ExportColumn(heading="签发时间", value="signed_at", width=20),
        ExportColumn(heading="送达时间", value="delivered_at", width=20),
        ExportColumn(heading="送达方式", value="delivery"), ExportColumn(heading="作废理由", value="void_reason"),
        ExportColumn(heading="事项编号", value=lambda letter: letter.case.number if letter.case else "", width=24)))
