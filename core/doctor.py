"""Is this installation healthy: checks that each room declares, asked by ``yingshang doctor`` and the health page."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.addon import Suite
from core.db import told_by_database
from core.errors import Refusal


@dataclass(frozen=True)
class Finding:
    """What a check found: ``detail`` says it in a sentence, ``fix`` what to do when it is not well."""

    ok: bool
    detail: str
    fix: str = ""


Check = Callable[[Suite, Session], Finding]
_checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Declare ``function(suite, session)`` as the check ``name`` (marked for translation; programs read it as it is); the
    same name again replaces it."""
    def declare(function: Check) -> Check:
        _checks[name] = function
        return function
    return declare


def examine(suite: Suite, session: Session) -> list[tuple[str, Finding]]:
    """Every check's finding, in order of declaration. A check that is stopped by the database or the disk has found a
    fault; a fault in one never hides the others."""
    findings = []
    for name, function in _checks.items():
        try:
            finding = function(suite, session)
        except (Refusal, SQLAlchemyError, OSError) as error:
            session.rollback()
            said = told_by_database(error) if isinstance(error, SQLAlchemyError) else str(error)
            finding = Finding(False, " ".join(said.split()))
        findings.append((name, finding))
    return findings
