"""Loads the demonstration, part by part; each part is committed and noted in the log, so that a second run is short."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import moment
from core.access import Role, Unit
from core.addon import Suite
from core.audit import AuditEntry, record
from core.board.stats import indicators
from core.board.targets import aims, put
from core.case.models import Case
from core.demo.enterprises import Watch, load_enterprises
from core.demo.people import load_people
from core.demo.words import PLAN
from core.errors import Refusal
from core.letter.keys import code_key, seal_key
from core.words import gettext as _

SCALES = {"small": 3_000, "district": 50_000, "city": 1_000_000}
"""How many businesses each scale has."""
YEAR = dt.timedelta(days=400)
SUBJECT = "demo"
ACTION = "demo loaded"


@dataclass
class Loaded:
    """What a run did: accounts and businesses made, modules whose cases were made, modules left as they were."""

    scale: str
    people: int = 0
    enterprises: int = 0
    modules: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def load(session: Session, suite: Suite, roles: list[Role], scale: str, var: Path, *, force: bool = False,
         watch: Watch = lambda rows, _count: rows, tell: Callable[[str], None] = lambda _line: None) -> Loaded:
    """Load the demonstration into the database of ``session``, a system session. Commits after every part.

    ``watch`` shows how far the register is, ``tell`` gets a line before each module. A database that has cases which no
    demonstration made is refused unless ``force``.
    """
    if scale not in SCALES:
        raise Refusal(_("There is no scale %(scale)s. There are: %(known)s.", scale=scale, known=", ".join(SCALES)))
    done = {row.subject_id: row.label for row in session.execute(
        select(AuditEntry.subject_id, AuditEntry.label).where(AuditEntry.subject == SUBJECT).order_by(AuditEntry.id))}
    if not done and not force and session.scalars(select(Case.id).limit(1)).first() is not None:
        raise Refusal(_("This database has cases that are no demonstration: nothing was loaded. --force loads all the "
                        "same."))
    result = Loaded(scale)
    result.people = load_people(session, suite, roles, var)
    if "people" not in done:
        record(session, ACTION, SUBJECT, "people", scale)
    session.commit()
    if SCALES.get(done.get("enterprises", ""), 0) < SCALES[scale]:
        result.enterprises = load_enterprises(session, SCALES[scale], watch)
        record(session, ACTION, SUBJECT, "enterprises", scale, made=result.enterprises)
        session.commit()
    if "seals" not in done:
        load_seals(session)
        record(session, ACTION, SUBJECT, "seals", scale)
        session.commit()
    if "targets" not in done:
        load_targets(session)
        record(session, ACTION, SUBJECT, "targets", scale)
        session.commit()
    for addon in suite.addons:
        make = getattr(addon.load("demo"), "load", None)
        if make is None:
            continue
        if addon.name in done:
            result.kept.append(addon.name)
            continue
        tell(_("%(module)s: a fictional year of cases …", module=addon.title))
        make(session, scale, Random(f"{PLAN.seed}:{addon.name}"), moment.today())
        record(session, ACTION, SUBJECT, addon.name, scale)
        session.commit()
        result.modules.append(addon.name)
    return result


def load_seals(session: Session) -> None:
    """The bureaus seal letters since before the fictional year began: a letter of last spring needs a key that held then."""
    with moment.at(moment.today() - YEAR):
        code_key(session)
        for unit in session.scalars(select(Unit).where(Unit.bureau_id == Unit.id, Unit.active).order_by(Unit.id)):
            seal_key(session, unit)


def load_targets(session: Session) -> None:
    """What the figures are to reach, so that the boards show their lights; a target that somebody has set already stays."""
    known = indicators()
    wanted = {code: told for code, told in PLAN.targets.items() if code in known}
    kept = aims(session, {code: known[code] for code in wanted})
    for code, (target, limit) in wanted.items():
        if code not in kept:
            put(session, code, str(target), str(limit), None)
