"""The case and what hangs on it. Modules subclass :class:`Case`; everything else here belongs to core."""
from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.access.models import Staff, Unit
from core.access.rows import Scoped, reach_rule
from core.access.viewer import Viewer
from core.case.workflow import Meaning, State, Workflow
from core.db import Json, Model, UtcDateTime, enum_column
from core.epoch import watched
from core.errors import Refusal
from core.party.models import Enterprise
from core.words import gettext as _

if TYPE_CHECKING:
    from core.case.around import Round, Stay


class Confidentiality(enum.StrEnum):
    """Who may learn of a case at all."""

    PUBLIC = "public"
    INTERNAL = "internal"
    ENTERPRISE = "enterprise"
    RESTRICTED = "restricted"


class ClockResult(enum.StrEnum):
    """How a clock ended."""

    ON_TIME = "on_time"
    LATE = "late"
    VOID = "void"


def _not_loaded(case: Case, known: Sequence[int]) -> Refusal:
    return Refusal(_("Case %(number)s keeps version %(version)s of its workflow, and the programs that run know only "
                     "%(known)s. Bring the module back to a release that has it.", number=case.number,
                     version=case.workflow_version, known=", ".join(map(str, known))), version=case.workflow_version)


Workflow.not_loaded = staticmethod(_not_loaded)


class Case(Scoped, Model):
    """A matter that a bureau must deal with: one row here, one in the module's own table.

    ``due_at``, ``due_on``, ``due_provisional`` and ``due_paused`` repeat what the most urgent open clock says, for
    lists; :mod:`core.case.clocks` keeps them in step.
    """

    __tablename__ = "core_case"
    __audited__ = True

    workflow: ClassVar[Workflow]
    kind_title: ClassVar[Any]
    number_code: ClassVar[str]
    """Two letters in the case number: NH-**XF**-20260105-0007."""
    alike: ClassVar[Sequence[str]] = ()
    """Columns of the kind that make two cases suspiciously alike when they are equal (:mod:`core.case.duplicates`)."""
    alike_days: ClassVar[int] = 30
    """How many days apart two cases of the kind may have been opened to be suggested as one."""
    alike_titles: ClassVar[bool] = True
    """Whether like titles mean anything: not where they are made of an enterprise and the number of a document. Such a kind
    is compared by ``alike`` alone, and never merged across enterprises."""

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    query_code: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(40))
    meaning: Mapped[Meaning] = mapped_column(enum_column(Meaning, 16))
    workflow_version: Mapped[int] = mapped_column(default=1)
    result: Mapped[str] = mapped_column(String(40), default="")
    confidentiality: Mapped[Confidentiality] = mapped_column(enum_column(Confidentiality, 16),
                                                             default=Confidentiality.INTERNAL)
    bureau_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("core_enterprise.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    first_asker_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    """首问: who took it in, and stays responsible until it is closed."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    rule_day: Mapped[dt.date]
    """The day whose rules the case keeps."""
    due_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    due_on: Mapped[dt.date | None]
    due_code: Mapped[str] = mapped_column(String(40), default="")
    due_provisional: Mapped[bool] = mapped_column(default=False)
    due_paused: Mapped[bool] = mapped_column(default=False)
    returns: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    import_batch_id: Mapped[int | None] = mapped_column(index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("core_case.id"), index=True)
    """The case that goes on in its place: a merged case stands still until the merge is undone."""
    awaiting: Mapped[str] = mapped_column(String(64), default="")
    """The action that happens as soon as everybody concerned has agreed (:mod:`core.case.approving`)."""

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    bureau: Mapped[Unit] = relationship(foreign_keys=[bureau_id])
    enterprise: Mapped[Enterprise | None] = relationship()
    assignee: Mapped[Staff | None] = relationship(foreign_keys=[assignee_id])
    events: Mapped[list[Event]] = relationship(back_populates="case", order_by="Event.id", cascade="all, delete-orphan")
    clocks: Mapped[list[Clock]] = relationship(back_populates="case", order_by="Clock.id", cascade="all, delete-orphan")
    attachments: Mapped[list[Attachment]] = relationship(back_populates="case", order_by="Attachment.id",
                                                         cascade="all, delete-orphan")
    tasks: Mapped[list[CaseTask]] = relationship(back_populates="case", order_by="CaseTask.id", cascade="all, delete-orphan")
    evaluation: Mapped[Evaluation | None] = relationship(back_populates="case", cascade="all, delete-orphan")
    stays: Mapped[list[Stay]] = relationship("Stay", back_populates="case", order_by="Stay.id", cascade="all, delete-orphan")
    rounds: Mapped[list[Round]] = relationship("Round", back_populates="case", order_by="Round.id",
                                               cascade="all, delete-orphan")

    __mapper_args__: Any = {"polymorphic_on": "kind", "polymorphic_abstract": True, "version_id_col": version}

    @classmethod
    def loaded(cls) -> Mapping[str, type[Case]]:
        """The kinds of case that the loaded modules bring: their names to their classes."""
        return {str(kind): mapper.class_ for kind, mapper in Case.__mapper__.polymorphic_map.items()
                if mapper.class_ is not Case}

    @classmethod
    def always(cls) -> ColumnElement[bool]:
        """Rows of modules that are not loaded are not seen: their class is unknown, and they would break every list."""
        return Case.kind.in_(sorted(cls.loaded()))

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """A kind's ``read`` permission, within its reach; and the cases that the viewer must decide something in."""
        rule = reach_rule(Case.kind, Case.unit_id, (Case.assignee_id, Case.created_by_id), viewer,
                          {kind: f"{kind}:read" for kind in cls.loaded()})
        return rule | Case.id.in_(sorted(viewer.case_ids)) if viewer.case_ids else rule

    def writable_by(self, viewer: Viewer) -> bool:
        """Whoever may see it may be allowed an action on it; new ones need the ``create`` permission.

        Whoever hands it over saw it before, and that is what counts: afterwards it may be out of his sight.
        """
        if self.id is None:
            return viewer.may(f"{self.kind}:create")
        return self.visible_to(viewer) or self._covered(viewer, self._before("unit_id"), self._before("assignee_id"))

    def visible_to(self, viewer: Viewer) -> bool:
        """The row rule for one case that is at hand; the same answer as :meth:`row_rule` gives the database."""
        return self._covered(viewer, self.unit_id, self.assignee_id) or self.id in viewer.case_ids

    def _covered(self, viewer: Viewer, unit_id: int | None, assignee_id: int | None) -> bool:
        return viewer.reach(f"{self.kind}:read").covers(unit_id, (assignee_id, self.created_by_id), viewer.user_id)

    def _before(self, name: str) -> int | None:
        """The value of a column before a change that is not written yet."""
        replaced: Sequence[int | None] = inspect(self).attrs[name].history.deleted or ()
        value: int | None = replaced[0] if replaced else getattr(self, name)
        return value

    @property
    def state_info(self) -> State:
        """The state with its label and meaning."""
        return self.workflow.state(self.state)

    @property
    def module(self) -> str:
        """The module that the case belongs to."""
        return self.kind.partition(".")[0]


# Declared after the class: a joined subclass would inherit ``__table_args__``.
Index("ix_core_case_list", Case.kind, Case.unit_id, Case.opened_at.desc(), Case.id.desc())
Index("ix_core_case_opened", Case.kind, Case.opened_at.desc(), Case.id.desc())
Index("ix_core_case_due", Case.meaning, Case.due_at, Case.id)
Index("ix_core_case_due_order", Case.due_at, Case.id)
Index("ix_core_case_assignee", Case.assignee_id, Case.meaning, Case.due_at)
Index("ix_core_case_enterprise", Case.enterprise_id)
Index("ix_core_case_closed", Case.closed_at, Case.id)
Index("ix_core_case_created_by", Case.created_by_id, Case.opened_at)
_unclaimed = Case.assignee_id.is_(None)
Index("ix_core_case_unclaimed", Case.unit_id, Case.meaning, Case.due_at, sqlite_where=_unclaimed, postgresql_where=_unclaimed)


class CaseChild(Scoped):
    """Mixin of what hangs on a case: seen by whoever sees the case."""

    case_id: Mapped[int]
    case: Mapped[Case]

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """The case's own rule, asked of the case itself, so that a transfer of the case takes its children along."""
        cases = Case.__table__
        return cls.case_id.in_(select(cases.c.id).where(Case.always() & Case.row_rule(viewer)))

    def writable_by(self, viewer: Viewer) -> bool:
        """Whoever may write the case."""
        return self.case is not None and self.case.writable_by(viewer)


class Event(CaseChild, Model):
    """One entry of the timeline. ``public`` entries are shown to the enterprise."""

    __tablename__ = "core_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(24))
    action: Mapped[str] = mapped_column(String(64), default="")
    from_state: Mapped[str] = mapped_column(String(40), default="")
    to_state: Mapped[str] = mapped_column(String(40), default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    actor: Mapped[str] = mapped_column(String(128))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("core_unit.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    public: Mapped[bool] = mapped_column(default=False)
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    case: Mapped[Case] = relationship(back_populates="events")

    __table_args__ = (Index(None, "actor_id", "at"),)


class Clock(CaseChild, Model):
    """A period that runs. Never edited: it is paused, extended, stopped, or voided and replaced.

    ``pauses`` are ``[{"since", "until", "reason", "by"}]``, ``extensions`` are ``[{"amount", "unit", "basis", "by",
    "at"}]`` (ISO texts); ``reminded`` the names of the reminders that were sent.
    """

    __tablename__ = "core_clock"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    rule_key: Mapped[str] = mapped_column(String(128))
    rule_version_id: Mapped[int] = mapped_column(ForeignKey("core_rule_version.id"))
    basis: Mapped[str] = mapped_column(String(400), default="")
    is_law: Mapped[bool] = mapped_column(default=True)
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(8))
    start_event_id: Mapped[int | None] = mapped_column(ForeignKey("core_event.id"))
    start_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    start_label: Mapped[str] = mapped_column(String(128), default="")
    pauses: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    extensions: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    due_on: Mapped[dt.date]
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    provisional: Mapped[bool] = mapped_column(default=False)
    paused: Mapped[bool] = mapped_column(default=False)
    stopped_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    stop_event_id: Mapped[int | None] = mapped_column(ForeignKey("core_event.id"))
    result: Mapped[ClockResult | None] = mapped_column(enum_column(ClockResult, 16))
    void_reason: Mapped[str] = mapped_column(String(255), default="")
    next_reminder_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    reminded: Mapped[list[str]] = mapped_column(Json, default=list)
    escalated: Mapped[int] = mapped_column(default=0)

    case: Mapped[Case] = relationship(back_populates="clocks")

    __table_args__ = (CheckConstraint("amount > 0", name="amount"), Index(None, "stopped_at", "due_at"),
                      Index(None, "stopped_at", "next_reminder_at"))

    @property
    def running(self) -> bool:
        """Whether it has neither ended nor been voided."""
        return self.stopped_at is None


class Attachment(CaseChild, Model):
    """A file of the case. The bytes lie in the file store under their SHA-256."""

    __tablename__ = "core_attachment"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    category: Mapped[str] = mapped_column(String(40), default="")
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(127))
    public: Mapped[bool] = mapped_column(default=False)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    uploaded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="attachments")


class CaseTask(CaseChild, Model):
    """Something that somebody must do for the case, beside its steps."""

    __tablename__ = "core_case_task"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(255))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    due_on: Mapped[dt.date | None]
    done_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    item: Mapped[str | None] = mapped_column(String(80))
    """The line of a checklist that it stands for, as ``<checklist>.<item>``; None when somebody thought of it."""
    role: Mapped[str] = mapped_column(String(64), default="")
    reminded_on: Mapped[dt.date | None]

    case: Mapped[Case] = relationship(back_populates="tasks")
    assignee: Mapped[Staff | None] = relationship(foreign_keys=[assignee_id])

    __table_args__ = (UniqueConstraint("case_id", "item"), Index(None, "done_at", "due_on"))


class Evaluation(CaseChild, Model):
    """What the one who was served thinks of it. One per case."""

    __tablename__ = "core_evaluation"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), unique=True)
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    channel: Mapped[str] = mapped_column(String(24), default="staff")
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="evaluation")

    __table_args__ = (CheckConstraint("score BETWEEN 1 AND 5", name="score"),)


class Link(CaseChild, Model):
    """Two cases that belong together; ``relation`` is one of :data:`core.case.links.RELATIONS`."""

    __tablename__ = "core_case_link"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    relation: Mapped[str] = mapped_column(String(40))

    case: Mapped[Case] = relationship(foreign_keys=[case_id])
    other: Mapped[Case] = relationship(foreign_keys=[other_id])

    __table_args__ = (UniqueConstraint("case_id", "other_id", "relation"),
                      CheckConstraint("case_id <> other_id", name="two"))


_part = Link.relation == "part_of"
Index("uq_core_case_link_part_of", Link.case_id, unique=True, sqlite_where=_part, postgresql_where=_part)


class Watcher(CaseChild, Model):
    """抄送: somebody who is kept informed of a case that he may see."""

    __tablename__ = "core_watcher"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    added_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship()

    __table_args__ = (UniqueConstraint("case_id", "user_id"),)


@watched
class CaseReader(Model):
    """Somebody may read one case until a moment, because he must decide something in it. Granted and read on record."""

    __tablename__ = "core_case_reader"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), index=True)
    until: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(255))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    granted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Counter(Model):
    """The last number taken in a series, held in the transaction that takes the next one: no gap, no twin."""

    __tablename__ = "core_counter"

    series: Mapped[str] = mapped_column(String(128), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
