"""The register of letters: an entry before it is a file. What was signed is never altered."""
from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.access.models import Staff, Unit
from core.access.rows import Scoped
from core.access.viewer import Viewer
from core.case.models import Case
from core.db import Json, Model, UtcDateTime, enum_column
from core.party.models import Enterprise

_LIVE = text("case_id IS NOT NULL AND state <> 'voided'")
"""A case has one living letter of a kind for an occasion: asking twice gives the same one."""


class LetterState(enum.StrEnum):
    """draft → reviewed → signed → delivered, or voided."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    DELIVERED = "delivered"
    VOIDED = "voided"


class Letter(Scoped, Model):
    """A letter of a bureau. Its number and its bytes come into being together, when it is signed.

    ``fields`` are the values that its template was given; ``sha256`` names the bytes in the file store. Drafter,
    reviewer and signer are three people unless the bureau's parameter says otherwise.
    """

    __tablename__ = "core_letter"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("core_case.id"), index=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("core_enterprise.id"), index=True)
    """Whom a letter that belongs to no case is for, and who may fetch it therefore. That of a case follows its case."""
    bureau_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"))
    addressee: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255))
    occasion: Mapped[str] = mapped_column(String(40), default="")
    """What tells it apart from another letter of its kind for the same case."""
    fields: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[LetterState] = mapped_column(enum_column(LetterState, 16), default=LetterState.DRAFT)
    drafter_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    signer_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    drafted_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    reviewed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    number: Mapped[str | None] = mapped_column(String(64), unique=True)
    code: Mapped[str | None] = mapped_column(String(16), unique=True)
    """What the public page asks for to tell whether the letter is genuine."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    organ: Mapped[str] = mapped_column(String(128), default="")
    """The organ's name on the day it was signed."""
    facts_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the attached facts; the code on the letter says the same."""
    seal_key: Mapped[str | None] = mapped_column(String(16))
    """The ``key_id`` of the key that sealed it."""
    delivered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    delivery: Mapped[str] = mapped_column(String(255), default="")
    voided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    void_reason: Mapped[str] = mapped_column(Text, default="")
    wording_id: Mapped[int | None] = mapped_column(ForeignKey("core_letter_wording.id"))
    """The bureau's own wording under which it was drafted: what was reviewed is what is signed. None: the module's."""
    batch: Mapped[str] = mapped_column(String(32), default="")
    version: Mapped[int] = mapped_column(default=1)

    case: Mapped[Case | None] = relationship()
    bureau: Mapped[Unit] = relationship(foreign_keys=[bureau_id])
    drafter: Mapped[Staff | None] = relationship(foreign_keys=[drafter_id])
    reviewer: Mapped[Staff | None] = relationship(foreign_keys=[reviewer_id])
    signer: Mapped[Staff | None] = relationship(foreign_keys=[signer_id])
    wording: Mapped[LetterWording | None] = relationship()
    enterprise: Mapped[Enterprise | None] = relationship()

    __table_args__ = (
        CheckConstraint("(state IN ('draft', 'reviewed')) = (number IS NULL)", name="numbered_when_signed"),
        CheckConstraint("number IS NULL OR (sha256 IS NOT NULL AND signed_at IS NOT NULL AND code IS NOT NULL)",
                        name="bytes_when_numbered"),
        CheckConstraint("state <> 'voided' OR length(void_reason) > 0", name="void_reason"),
        CheckConstraint("case_id IS NULL OR enterprise_id IS NULL", name="enterprise_of_its_case"),
        Index("uq_core_letter_live", "case_id", "kind", "occasion", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index(None, "bureau_id", "state", "kind"),
    )
    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """A letter of a case is seen by whoever sees the case; one without a case within the reach of ``letter:read``."""
        reach = viewer.reach("letter:read")
        cases = Case.__table__
        of_case = cls.case_id.in_(select(cases.c.id).where(Case.always() & Case.row_rule(viewer)))
        if reach.everywhere:
            return or_(cls.case_id.is_(None), of_case)
        return or_(and_(cls.case_id.is_(None), cls.unit_id.in_(sorted(reach.units))), of_case)

    def writable_by(self, viewer: Viewer) -> bool:
        """Whoever drafts, reviews or signs within reach of its unit; the operation decides which."""
        return any(viewer.reach(f"letter:{verb}").covers(self.unit_id) for verb in ("draft", "review", "sign"))


class LetterWording(Model):
    """A version of a bureau's own wording of a kind of letter. Never altered: a change is a new version, and so is the
    return to the module's own text (``text`` is None). It says how letters read and holds nothing of any case.
    """

    __tablename__ = "core_letter_wording"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    bureau_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"))
    kind: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    text: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(255))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    by: Mapped[Staff | None] = relationship()

    __table_args__ = (UniqueConstraint("bureau_id", "kind", "version"),
                      CheckConstraint("version > 0 AND length(reason) > 0", name="version"))


class LetterSeries(Model):
    """The last number of an organ's series in a year; the next one is taken in the transaction that signs."""

    __tablename__ = "core_letter_series"

    bureau_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), primary_key=True)
    series: Mapped[str] = mapped_column(String(64), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(String(32))
    """As the series began: no two series of a year count under the same word."""
    last: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("word", "year"), CheckConstraint("last >= 0", name="counts"))
