"""The row rule: criteria that every ORM query of a session passes, decided by the session's viewer."""
from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, ClassVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, ClauseElement, ColumnElement, Executable, TextClause, false, or_
from sqlalchemy import event as sa_event
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    Mapper,
    ORMExecuteState,
    Session,
    UOWTransaction,
    scoped_session,
    with_loader_criteria,
)
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlalchemy.sql import visitors
from sqlalchemy.sql.cache_key import NO_CACHE
from sqlalchemy.sql.visitors import anon_map

from core.access.viewer import NOBODY, NOWHERE, Reach, Viewer, system_viewer
from core.db import Model, db
from core.errors import NotAllowed
from core.words import N_, gettext

log = logging.getLogger(__name__)

VIEWER = "viewer"
_RULES = "row rules"


class Scoped:
    """Mixin of every table whose rows not everybody may see. The topmost class of a hierarchy states the rule."""

    __scoped__: ClassVar[bool] = True

    @classmethod
    def row_rule(cls, viewer: Viewer) -> ColumnElement[bool]:
        """What holds of the rows that ``viewer`` may see. Called for people only: a system session sees all rows."""
        raise NotImplementedError(cls)

    @classmethod
    def always(cls) -> ColumnElement[bool] | None:
        """What holds of every row that any session may load, a system's too; None is no such thing."""
        return None

    def writable_by(self, viewer: Viewer) -> bool:
        """Whether ``viewer`` may write this row at all; which act is allowed is for the operation to decide."""
        raise NotImplementedError(type(self))


class RowRuleError(RuntimeError):
    """Code asked the database past the row rule. A fault of the program, never of the person."""


def current_viewer(session: Session | scoped_session[Any] | None = None) -> Viewer:
    """The viewer of ``session`` (of the request's session when none is given); nobody when none was set."""
    found = (session if session is not None else db.session).info.get(VIEWER)
    return found if isinstance(found, Viewer) else NOBODY


def set_viewer(session: Session | scoped_session[Any], viewer: Viewer) -> None:
    """From now on ``session`` shows what ``viewer`` may see. What another viewer had loaded is forgotten."""
    before = current_viewer(session)
    session.info[VIEWER] = viewer
    session.info.pop(_RULES, None)
    if before is not NOBODY and before is not viewer:
        session.expunge_all()


@contextmanager
def in_the_name_of(session: Session, viewer: Viewer) -> Iterator[None]:
    """What is done inside is done as by ``viewer``: with his sight and his rights, and the log names him.

    For an act that one person asked for and another one set free.
    """
    session.flush()
    before = session.info.get(VIEWER)
    session.info[VIEWER] = viewer
    session.info.pop(_RULES, None)
    try:
        yield
        session.flush()
    finally:
        session.info[VIEWER] = before
        session.info.pop(_RULES, None)


@contextmanager
def as_system(reason: str, name: str = "系统") -> Iterator[Session]:
    """A session of its own that sees all rows, for work that no person asks for. The caller commits.

    ``reason`` goes to the log. Nothing that it loads can reach the request's session.
    """
    log.info("system session: %s", reason)
    with Session(db.engine, expire_on_commit=False) as session:
        session.info[VIEWER] = system_viewer(reason, name)
        yield session


@contextmanager
def beside(session: Session, reason: str) -> Iterator[Session]:
    """A session that sees everything, inside the transaction of ``session``: for what must hold of all rows, whoever asks.

    What the person did so far is written first; what is done here is written at the end, and is committed or undone with
    the rest. The other session's records are read anew afterwards.
    """
    session.flush()
    log.info("system session beside a person's: %s", reason)
    with Session(session.connection(), expire_on_commit=False) as other:
        other.info[VIEWER] = system_viewer(reason, current_viewer(session).name)
        yield other
        other.flush()
    session.expire_all()


@contextmanager
def view_as(viewer: Viewer) -> Iterator[Session]:
    """A session of its own that shows what ``viewer`` may see (the command line, tests, the isolation proof)."""
    with Session(db.engine, expire_on_commit=False) as session:
        session.info[VIEWER] = viewer
        yield session


@lru_cache(maxsize=1)
def scoped_classes() -> list[type[Any]]:
    """The topmost mapped class of every ruled hierarchy; subclasses inherit its criteria."""
    found = []
    for mapper in Model.registry.mappers:
        above = [m.class_ for m in mapper.iterate_to_root() if m is not mapper]
        if issubclass(mapper.class_, Scoped) and not any(issubclass(c, Scoped) for c in above):
            found.append(mapper.class_)
    return sorted(found, key=lambda c: c.__name__)


class RowRules(CriteriaOption):
    """The criteria of all ruled classes for one viewer, as one option of a statement.

    SQLAlchemy asks every option of every statement for its part of the key under which the SQL is kept. Thirty criteria
    took longer to answer than the rest of a small statement; their answer is always the same, so it is gathered once.
    """

    __slots__ = ("_key", "_ready", "_values", "rules")
    propagate_to_loaders = True

    def __init__(self, rules: Iterable[LoaderCriteriaOption]) -> None:
        self.rules = tuple(rules)
        seen: Any = anon_map()
        self._values: list[BindParameter[Any]] = []
        self._key: tuple[Any, ...] = (RowRules, *(rule._gen_cache_key(seen, self._values) for rule in self.rules))
        if NO_CACHE in seen:
            raise RowRuleError("a row rule holds something that makes every statement be compiled anew")
        self._ready: WeakKeyDictionary[Executable, Executable] = WeakKeyDictionary()
        for value in self._values:  # its copies in a statement are told apart by hash, not by putting up an SQL comparison
            value.__dict__["_is_column_operators"] = False

    def on(self, statement: Any) -> Any:
        """The statement with these criteria. Of a statement that is kept and asked again, the same one each time: it then
        knows its part of the key already."""
        ready = self._ready.get(statement)
        if ready is None:
            ready = self._ready[statement] = statement.options(self)
        return ready

    def _gen_cache_key(self, anon_map: Any, bindparams: list[BindParameter[Any]]) -> tuple[Any, ...]:
        bindparams += self._values
        return self._key

    def process_compile_state(self, compile_state: Any) -> None:
        """Put every criterion on the statement that is being compiled."""
        self.get_global_criteria(compile_state.global_attributes)

    def process_compile_state_replaced_entities(self, compile_state: Any, mapper_entities: Any) -> None:
        """The same for a statement whose columns were exchanged."""
        self.process_compile_state(compile_state)

    def get_global_criteria(self, attributes: dict[str, Any]) -> None:
        """Name every criterion for the classes that it holds for."""
        for rule in self.rules:
            rule.get_global_criteria(attributes)


@lru_cache(maxsize=512)
def rules_for(viewer: Viewer) -> RowRules:
    """The criteria of every ruled class for ``viewer``. They follow from what he holds and from nothing else, so they are
    kept for his next request; whoever holds something else is another viewer."""
    options = []
    for cls in scoped_classes():
        always = cls.always()
        if viewer.system is not None:
            if always is None:
                continue
            criteria = always
        else:
            rule = false() if viewer is NOBODY else cls.row_rule(viewer)
            criteria = rule if always is None else always & rule
        options.append(with_loader_criteria(cls, criteria, include_aliases=True))
    return RowRules(options)


@lru_cache(maxsize=1)
def _guarded_tables() -> frozenset[Any]:
    return frozenset(table for mapper in Model.registry.mappers if issubclass(mapper.class_, Scoped)
                     for table in mapper.tables)


@sa_event.listens_for(Mapper, "after_configured")
def _look_again() -> None:
    """Classes came: what was gathered about all of them is gathered anew."""
    for kept in (scoped_classes, rules_for, _guarded_tables):
        kept.cache_clear()


@sa_event.listens_for(Session, "do_orm_execute")
def _apply(state: ORMExecuteState) -> None:
    if state.is_column_load:  # a refresh of a row that the session already shows
        return
    viewer = current_viewer(state.session)
    if not state.is_orm_statement:
        if viewer.system is None and not state.session.info.get("unruled"):
            _refuse_bare(state)
        return
    if state.is_insert:
        mapper = state.bind_mapper
        if viewer.system is None and mapper is not None and issubclass(mapper.class_, Scoped):
            raise RowRuleError("a bulk insert into a ruled table needs as_system(reason)")
        return
    rules = state.session.info.get(_RULES)
    if rules is None or rules[0] is not viewer:
        rules = state.session.info[_RULES] = viewer, rules_for(viewer)
    state.statement = rules[1].on(state.statement)


def _refuse_bare(state: ORMExecuteState) -> None:
    """Plain table statements and text carry no entities, so no criteria can be put on them."""
    if isinstance(state.statement, TextClause):
        raise RowRuleError("text SQL needs as_system(reason)")
    guarded = _guarded_tables()
    parts = visitors.iterate(cast(ClauseElement, state.statement))
    if any(element in guarded for element in parts if element.__visit_name__ == "table"):
        raise RowRuleError("a plain table statement on a ruled table needs as_system(reason)")


@sa_event.listens_for(Session, "before_flush")
def _guard(session: Session, flush_context: UOWTransaction, instances: Any) -> None:
    viewer = current_viewer(session)
    if viewer.system is not None:
        return
    for thing in [*session.new, *session.dirty, *session.deleted]:
        if isinstance(thing, Scoped) and (viewer is NOBODY or not thing.writable_by(viewer)):
            raise NotAllowed(gettext(N_("You may not change this record.")))


def reach_rule(kind: Any, unit: Any, owners: tuple[Any, ...], viewer: Viewer,
               kinds: Mapping[str, str]) -> ColumnElement[bool]:
    """The five scopes as one condition.

    ``kind`` is the column that tells what a row is, ``kinds`` maps its values to the permission that shows such rows.
    Kinds with the same reach share one branch, so an ordinary person's rule is ``kind IN (…) AND unit IN (…)``.
    """
    groups: dict[Reach, list[str]] = {}
    for name, permission in kinds.items():
        reach = viewer.reach(permission)
        if reach != NOWHERE:
            groups.setdefault(reach, []).append(name)
    branches: list[ColumnElement[bool]] = []
    for reach, names in groups.items():
        within: list[ColumnElement[bool]] = []
        if reach.units:
            within.append(unit.in_(sorted(reach.units)))
        if reach.own:
            within += [owner == viewer.user_id for owner in owners]
        if reach.people:
            within += [owner.in_(sorted(reach.people)) for owner in owners]
        branches.append(kind.in_(sorted(names)) if reach.everywhere else kind.in_(sorted(names)) & or_(*within))
    return or_(*branches) if branches else false()
