"""The log in words that an auditor reads: actions, tables and columns, and the three views of it."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, not_

from core.access import Scope
from core.audit import AuditEntry
from core.case import Case
from core.db import Model
from core.pages.admin_roles import scope_words
from core.pages.frame import registers
from core.pages.log_names import ACTIONS, COLUMNS, TABLES
from core.pages.permission_words import phrase
from core.web.filters import browser, datetime_zh
from core.words import gettext as _

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
SIGN_INS = ("signed in", "signed out", "wrong password", "wrong code", "locked", "second factor on", "second factor off",
            "password reset")
READS = ("read", "exported", "export", "backed up")


@dataclass(frozen=True)
class View:
    """One view of the log."""

    title: Callable[[], str]
    rule: Callable[[], ColumnElement[bool]]


KINDS: Mapping[str, View] = {
    "changes": View(lambda: _("Operations"), lambda: and_(
        not_(AuditEntry.action.in_(SIGN_INS)), not_(AuditEntry.action.in_(READS)))),
    "reads": View(lambda: _("Reading and exports"), lambda: AuditEntry.action.in_(READS)),
    "signins": View(lambda: _("Sign-ins"), lambda: AuditEntry.action.in_(SIGN_INS)),
}


@dataclass(frozen=True)
class Line:
    """One row of the log, ready to be read. ``changes`` are ``(what, before, after)``; ``details`` plain facts."""

    at: Any
    who: str
    action: str
    tone: str
    subject: str
    label: str
    changes: list[tuple[str, str, str]]
    details: list[tuple[str, str]]
    sealed: bool
    agent: str = ""
    """The whole of what a browser called itself, whose short name stands among the details."""


def describe(entry: AuditEntry, people: Mapping[str, str] = MappingProxyType({}),
             names: Mapping[tuple[str, Any], str] = MappingProxyType({})) -> Line:
    """The row in words. ``people``: the names of those who sign in, whom the row knows by their user name only;
    ``names``: what :func:`referred` are called."""
    changes, details, agent = [], [], ""
    for name, value in entry.changes.items():
        if name == "meaning" and "state" in entry.changes:  # the state says it in its bureau's own word
            continue
        if isinstance(value, list) and len(value) == 2 and entry.action in ("created", "changed", "deleted"):
            before, after = (_of_case(entry, name, one) or _called(entry.subject, name, one, names) for one in value)
            if before != after or entry.action == "changed":
                changes.append((column_word(name, entry.subject), before, after))
        elif name == "browser" and entry.action in SIGN_INS:
            agent = str(value)
            details.append((column_word(name, entry.subject), browser(agent)))
        else:
            details.append((column_word(name, entry.subject), _shown(value)))
    bad = entry.action in ("wrong password", "wrong code", "locked", "deleted", "purged")
    who = people.get(entry.label, _("unknown user name")) if entry.action in SIGN_INS and not entry.actor_id else entry.actor
    return Line(entry.at, who, action_word(entry.action), "r" if bad else "", table_word(entry.subject),
                entry.label or entry.subject_id, changes, details, entry.seq is not None, agent)


def choices(kind: str) -> list[tuple[str, str]]:
    """What a view of the log may be narrowed to: ``(actions, word)``, actions that have one word taken together."""
    names = SIGN_INS if kind == "signins" else READS if kind == "reads" else \
        tuple(name for name in ACTIONS if name not in (*SIGN_INS, *READS))
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(action_word(name), []).append(name)
    return [(",".join(members), word) for word, members in found.items()]


def refers_to(table: str, column: str) -> str:
    """The table that a column's numbers are of: people, units, roles; empty for any other."""
    if column == "custom_units":
        return "core_unit"
    known = Model.metadata.tables[table].c.get(column) if table in Model.metadata.tables else None
    of = next((key.column.table.name for key in known.foreign_keys), "") if known is not None else ""
    return of if of in ("ab_user", "core_unit", "ab_role") else ""


def referred(entries: Iterable[AuditEntry]) -> dict[str, set[int]]:
    """The people, units and roles that these rows speak of, by table: what ``names`` of :func:`describe` has to name."""
    found: dict[str, set[int]] = {}
    for entry in entries:
        for name, value in entry.changes.items():
            of = refers_to(entry.subject, name) if isinstance(value, list) and len(value) == 2 else ""
            for one in value if of else ():
                found.setdefault(of, set()).update(each for each in (one if isinstance(one, list) else [one])
                                                   if isinstance(each, int))
    return found


def _called(table: str, column: str, value: Any, names: Mapping[tuple[str, Any], str]) -> str:
    """A value in words: numbers of people, units and roles by their names, reaches and permissions by what they mean."""
    of = refers_to(table, column)
    if of and value not in (None, "", []):
        return "、".join(names.get((of, each), str(each)) for each in (value if isinstance(value, list) else [value]))
    if column == "permissions" and isinstance(value, list):
        return _shown([phrase(str(code)) for code in value])
    return str(scope_words()[Scope(value)]) if column == "scope" and value in list(Scope) else _shown(value)


def _of_case(entry: AuditEntry, column: str, code: Any) -> str:
    """A state or a period of a case as its bureau calls it; empty for anything else. The number says of which kind it is."""
    if entry.subject != Case.__tablename__ or not code or column not in ("state", "due_code"):
        return ""
    kind = next((cls for cls in Case.loaded().values() if f"-{cls.number_code}-" in entry.label), None)
    if kind is None:
        return ""
    named = kind.workflow.known.get(code) if column == "state" else kind.workflow.deadline(code)
    return str(named.label) if named else ""


def action_word(name: str) -> str:
    """What was done."""
    return _(ACTIONS[name]) if name in ACTIONS else name


def table_word(name: str) -> str:
    """About what."""
    if name in TABLES:
        return _(TABLES[name])
    titles = {cls.__mapper__.local_table.name: str(cls.kind_title) for cls in Case.loaded().values()}
    titles |= {each.model.__mapper__.local_table.name: str(each.title) for each in registers().values()}
    if name in titles:
        return titles[name]
    modules = {addon.name: str(_(addon.title)) for addon in current_app.extensions["yingshang"].addons}
    owner = next((title for module, title in modules.items() if name.startswith(f"{module}_")), "")
    return _("%(module)s: further record", module=owner) if owner else name


def column_word(name: str, table: str = "") -> str:
    """Which field: as its own table calls it, else by the words that many tables share."""
    column = Model.metadata.tables[table].c.get(name) if table in Model.metadata.tables else None
    if column is not None and "label" in column.info:
        return str(column.info["label"])
    return _(COLUMNS[name]) if name in COLUMNS else name


def _shown(value: Any) -> str:
    if value in (None, "", "9999-12-31"):  # the last: without an end
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "、".join(str(item) for item in value) or "—"
    if isinstance(value, dict):
        return "、".join(f"{key}={item}" for key, item in value.items()) or "—"
    text = str(value)
    if INSTANT.fullmatch(text):
        return datetime_zh(text, short=True)
    return text if len(text) <= 160 else f"{text[:159]}…"
