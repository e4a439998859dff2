"""A database with a bureau and a person who looks after its parameters, and a suite whose modules a test writes."""
from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Column, Engine, Integer, Table, create_engine, insert
from sqlalchemy.orm import Session

from core.audit import AuditEntry, AuditHead
from core.db import Model
from core.rules.models import RuleOverride, RuleVersion

MODELS = (User, AuditEntry, AuditHead, RuleVersion, RuleOverride)
UNIT = {"kind": "bureau", "code": "fgw", "name": "区发展改革委", "short_name": "发改委", "doc_word": "", "address": "",
        "phone": "", "path": "/7/", "is_enforcer": False, "position": 0, "active": True}


def units() -> Table:
    """The table of units; the bare one that a foreign key needs when nobody has loaded the real one."""
    known = Model.metadata.tables.get("core_unit")
    return Table("core_unit", Model.metadata, Column("id", Integer, primary_key=True)) if known is None else known


@dataclass(frozen=True)
class Module:
    """A module as far as its rules go."""

    name: str
    path: Path


@dataclass
class SmallSuite:
    """The modules that are switched on."""

    folder: Path
    addons: list[Module] = field(default_factory=list)

    def write(self, module: str, rules: str) -> None:
        """Give a module this ``rules.yaml``."""
        (self.folder / module).mkdir(exist_ok=True)
        (self.folder / module / "rules.yaml").write_text(rules, "utf-8")
        if module not in [m.name for m in self.addons]:
            self.addons.append(Module(module, self.folder / module))


@pytest.fixture
def suite(tmp_path: Path) -> SmallSuite:
    return SmallSuite(tmp_path)


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = create_engine(os.environ.get("TEST_DATABASE_URL", "sqlite://"))
    tables = [units(), *(model.__table__ for model in MODELS)]
    # Where the room of rights is loaded, a new account changes its word.
    tables += [table for name, table in Model.metadata.tables.items() if name == "core_grants_epoch"]
    Model.metadata.create_all(engine, tables)
    yield engine
    Model.metadata.drop_all(engine, tables)
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def wang(session: Session) -> int:
    session.execute(insert(User.__table__).values(id=1, first_name="wang", last_name="", username="wang",
                                                  email="wang@example.cn"))
    session.commit()
    return 1


@pytest.fixture
def bureau(session: Session) -> int:
    table = units()
    session.execute(insert(table).values(id=7, **{name: value for name, value in UNIT.items() if name in table.c}))
    session.commit()
    return 7
