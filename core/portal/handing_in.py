"""What the public hands in: a new case, or a step on its own one. Once for each key, however often it is sent.

The key's row is written before the work, in the same transaction: of two submissions with one key that arrive together,
the second waits for the first and gets its answer. What is refused or cut off leaves no row and can be sent again.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core import moment
from core.access import as_system
from core.case import Case
from core.errors import NotFound, Refusal
from core.portal import limits, tokens
from core.portal.declare import CODE, Given, PublicForm, PublicStep
from core.portal.models import Submission
from core.portal.projection import portal
from core.words import gettext as _

KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
SOFT, HARD = 3, 60
"""Submissions from one place in an hour before a question is asked, and at most. From how many on everybody is asked is a
setting."""


@dataclass(frozen=True)
class HandedIn:
    """What came of it: the case's number and query code."""

    number: str
    code: str


def needs_question(key: str) -> bool:
    """Count a submission; whether so many arrive that a question must be answered. Refuses beyond the hard limit.

    The same form sent again (a double tap, a correction) is no new one.
    """
    here, from_here, everywhere = limits.address(), 0, 0
    with limits.counting() as tally:
        tries, with_key = tally([("submit", here), ("submit-key", key)], limits.HOUR, 1)
        if tries <= HARD:  # what is refused makes nobody else answer a question
            (from_here,) = tally([("submit-new", here)], limits.HOUR, int(with_key == 1))
            (everywhere,) = tally([("submit-all", "")], 60, int(with_key == 1))
    limits.refuse_beyond(tries, HARD)
    return everywhere > current_app.extensions["yingshang"].settings.limits.portal_flood or from_here > SOFT


def known(key: str) -> HandedIn | None:
    """What came of the submission with this key, if there was one."""
    if not KEY.fullmatch(key):
        raise Refusal(_("This page was open too long. Reload it and send it again: what you typed is kept."))
    with as_system("portal: a repeated submission") as session:
        return _first(session, key)


def submit(form: PublicForm, key: str, given: Given) -> HandedIn:
    """Open the case that ``form`` makes of ``given``, or tell what came of it the first time. Commits."""
    return _once(key, form.code, lambda session: form.submit(session, given))


def step(number: str, declared: PublicStep, key: str, given: Given) -> HandedIn:
    """Do ``declared`` on the case, which the caller knows to be his who asks. Commits.

    The page may be older than the case: whether the step can be done is asked again of the case itself.
    """
    def work(session: Session) -> Case:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        if declared.by != CODE or not declared.open(case):
            raise Refusal(_("This cannot be done any more as things stand. Reload the page to see how it stands."))
        declared.run(session, case, given)
        return case

    return _once(key, f"{number}:{declared.name}", work)


def use_link(secret: str, given: Callable[[PublicStep], Given]) -> tuple[PublicStep, HandedIn]:
    """Do what a one-time link is for, and use it up in the same transaction. Commits.

    ``given(step)`` reads what was handed in by the step's schema.
    """
    with as_system("portal: a one-time link") as session:
        token = tokens.use(session, secret, limits.address())
        case = session.scalars(select(Case).where(Case.id == token.case_id)).one()
        declared = step_of_link(case.kind, token.step)
        if not declared.open(case):
            raise Refusal(_("This cannot be done any more as things stand. Reload the page to see how it stands."))
        declared.run(session, case, given(declared))
        session.commit()
        return declared, HandedIn(case.number, "")


def step_of_link(kind: str, name: str) -> PublicStep:
    """The step that a link of a case of ``kind`` leads to; :class:`NotFound` when its module is gone."""
    known_kind = portal().kinds.get(kind)
    declared = known_kind.step(name) if known_kind else None
    if declared is None:
        raise NotFound(_("This link was used already or is no longer valid."))
    return declared


def _once(key: str, what: str, work: Callable[[Session], Case]) -> HandedIn:
    with as_system("portal: something was handed in") as session:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        taken: Any = session.connection().execute(
            dialect.insert(Submission).values(key=key, form=what, created_at=moment.now())
            .on_conflict_do_nothing().returning(Submission.key)).scalar()
        if taken is None:
            first = _first(session, key)
            if first is None:
                raise Refusal(_("This page was open too long. Reload it and send it again: what you typed is kept."))
            return first
        case = work(session)
        session.flush()
        session.execute(update(Submission).where(Submission.key == key).values(case_id=case.id))
        session.commit()
        return HandedIn(case.number, case.query_code)


def _first(session: Session, key: str) -> HandedIn | None:
    case = session.scalars(select(Case).join(Submission, Submission.case_id == Case.id)
                           .where(Submission.key == key)).one_or_none()
    return HandedIn(case.number, case.query_code) if case is not None else None
