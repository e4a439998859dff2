"""Visits, the book of a hundred answers, training, model cases, common issues."""
from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.access.models import Staff, Unit
from core.access.rows import Scoped
from core.access.viewer import Viewer
from core.case.models import Case, CaseChild
from core.db import Model
from core.party.models import Enterprise


def unit_rule(cls: Any, viewer: Viewer, permission: str, owner: Any) -> ColumnElement[bool]:
    """Rows of the units within reach, and those that are one's own or those of whom one stands in for."""
    reach = viewer.reach(permission)
    if reach.everywhere:
        return cls.id.is_not(None)  # type: ignore[no-any-return]  # a mapped class's column
    people = reach.people | ({viewer.user_id} if reach.own and viewer.user_id is not None else frozenset())
    return or_(cls.unit_id.in_(sorted(reach.units)), owner.in_(sorted(people)))


class Visit(Scoped, Model):
    """A visit to an enterprise, of whatever module: one calendar, so that nobody is visited twice for nothing."""

    __tablename__ = "districts_visit"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("core_enterprise.id"))
    module: Mapped[str] = mapped_column(String(32), default="districts", info={"label": _l("Module")})
    on: Mapped[dt.date] = mapped_column(info={"label": _l("Day")})
    done: Mapped[bool] = mapped_column(default=False, info={"label": _l("Done")})
    identity_shown: Mapped[bool] = mapped_column(default=False, info={"label": _l("Identity shown")})
    asked_for: Mapped[bool] = mapped_column(default=False, info={"label": _l("The enterprise asked for it")})
    purpose: Mapped[str] = mapped_column(String(255), default="", info={"label": _l("Purpose")})
    found: Mapped[str] = mapped_column(String(1000), default="", info={"label": _l("What was found")})
    needs: Mapped[int] = mapped_column(default=0, info={"label": _l("Needs found")})
    called_off: Mapped[str] = mapped_column(String(255), default="", info={"label": _l("Called off because")})

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    user: Mapped[Staff | None] = relationship()
    enterprise: Mapped[Enterprise] = relationship()

    __table_args__ = (Index(None, "enterprise_id", "on"), Index(None, "unit_id", "on"))

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """Those of the units within reach, and one's own."""
        return unit_rule(cls, viewer, "districts.visit:read", cls.user_id)

    def writable_by(self, viewer: Viewer) -> bool:
        """Those who keep visits of the unit."""
        return viewer.reach("districts.visit:edit").covers(self.unit_id, (self.user_id,), viewer.user_id)


class Handbook(Model):
    """An entry of 《宁河区为企服务百问应答手册》: question, answer, basis, who answers for it, when it is looked at again."""

    __tablename__ = "districts_handbook"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(String(255), info={"label": _l("Question")})
    answer: Mapped[str] = mapped_column(Text, info={"label": _l("Answer")})
    category: Mapped[str] = mapped_column(String(16), info={"label": _l("Category")})
    basis: Mapped[str] = mapped_column(String(400), default="", info={"label": _l("Provision")})
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True)
    review_on: Mapped[dt.date] = mapped_column(info={"label": _l("To be reviewed on")})
    published: Mapped[bool] = mapped_column(default=True, info={"label": _l("Published")})

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])


class Training(Model):
    """A training of service officers."""

    __tablename__ = "districts_training"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(128), info={"label": _l("Title")})
    on: Mapped[dt.date] = mapped_column(info={"label": _l("Day")})
    sort: Mapped[str] = mapped_column(String(16), default="业务", info={"label": _l("Sort")})
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True)
    people: Mapped[str] = mapped_column(String(1000), default="", info={"label": _l("Participants")})

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])


class ModelCase(Model):
    """A model case or a model officer that others learn from (典型案例通报). Names no enterprise that did not agree."""

    __tablename__ = "districts_model_case"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(128), info={"label": _l("Title")})
    story: Mapped[str] = mapped_column(Text, info={"label": _l("Story")})
    unit_id: Mapped[int] = mapped_column(ForeignKey("core_unit.id"), index=True)
    on: Mapped[dt.date] = mapped_column(info={"label": _l("Day")})
    published: Mapped[bool] = mapped_column(default=False, info={"label": _l("Published")})

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])


class Issue(Model):
    """One cause of several enterprises' needs (共性问题), and whether it went into the policy reserve."""

    __tablename__ = "districts_issue"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(128), info={"label": _l("Title")})
    category: Mapped[str] = mapped_column(String(16), info={"label": _l("Category")})
    cause: Mapped[str] = mapped_column(Text, default="", info={"label": _l("Cause")})
    reserve: Mapped[bool] = mapped_column(default=False, info={"label": _l("In the policy reserve")})
    proposal: Mapped[str] = mapped_column(Text, default="", info={"label": _l("Proposed policy")})
    noticed_on: Mapped[dt.date] = mapped_column(info={"label": _l("Noticed on")})
    settled_on: Mapped[dt.date | None] = mapped_column(info={"label": _l("Settled on")})
    outcome: Mapped[str] = mapped_column(Text, default="", info={"label": _l("Outcome")})

    links: Mapped[list[IssueNeed]] = relationship(back_populates="issue", cascade="all, delete-orphan")


class IssueNeed(CaseChild, Model):
    """A need that has this cause."""

    __tablename__ = "districts_issue_need"
    __audited__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("districts_issue.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("core_case.id", ondelete="CASCADE"), index=True)

    issue: Mapped[Issue] = relationship(back_populates="links")
    case: Mapped[Case] = relationship(foreign_keys=[case_id])

    __table_args__ = (UniqueConstraint("issue_id", "case_id"),)
