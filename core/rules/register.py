"""Keeping the register: bringing it in line with the files, and recording what a bureau decides otherwise."""
from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core import moment
from core.errors import Changed, FieldError, Invalid, NotFound
from core.rules.loader import HasModules, RuleDef, RuleVersionDef, load_rules, value_fault
from core.rules.lookup import AnySession, book, forget, real
from core.rules.models import RuleOverride, RuleVersion
from core.words import gettext as _

# What makes a version the one it is, and what is only said about it.
LAW = ("valid_to", "value", "unit", "basis", "article", "status")
WORDS = ("module", "title", "note")


@dataclass(frozen=True)
class SyncResult:
    """What a synchronisation changed, as ``(key, valid_from)``, and the overrides that no longer fit their rule."""

    opened: tuple[tuple[str, dt.date], ...]
    closed: tuple[tuple[str, dt.date], ...]
    unfit_overrides: tuple[int, ...]


def sync_rules(session: AnySession, suite: HasModules) -> SyncResult:
    """Bring the register in line with the files of core and of the modules of ``suite``. Idempotent.

    A version whose value, unit, days, basis or status changed is closed and opened anew; one that left its file is
    closed; titles and notes are corrected in place. Modules that are not in ``suite`` keep their rules.
    Raises :class:`core.rules.loader.RuleFileError` before anything is written.
    """
    session = real(session)
    rules = {rule.key: rule for rule in load_rules(suite)}
    modules = {"core", *(addon.name for addon in suite.addons)}
    present: dict[str, dict[dt.date, RuleVersion]] = defaultdict(dict)
    for row in session.scalars(select(RuleVersion).where(RuleVersion.closed_at.is_(None))):
        if row.key in rules or row.module in modules:
            present[row.key][row.valid_from] = row
    closed = [row for key, rows in present.items() for row in rows.values() if not _stays(rules.get(key), row)]
    for row in closed:
        row.closed_at = moment.now()
    session.flush()  # the old version must be closed before the new one takes its place in the unique key
    opened = []
    for rule in rules.values():
        for version in rule.versions:
            standing = present[rule.key].get(version.valid_from)
            if standing is None or standing.closed_at is not None:
                opened.append(_opened(rule, version))
            else:
                _correct(standing, rule, version)
    session.add_all(opened)
    session.flush()
    forget(session)
    return SyncResult(tuple((r.key, r.valid_from) for r in opened), tuple((r.key, r.valid_from) for r in closed),
                      tuple(book(session).unfit_overrides()))


def override(session: AnySession, bureau_id: int, key: str, value: Any, reason: str, by: int, valid_from: dt.date,
             valid_to: dt.date | None = None) -> RuleOverride:
    """Record that the bureau applies ``value`` (in the rule's own unit) from ``valid_from`` to ``valid_to``, inclusive.

    Raises :class:`Invalid` that names each wrong field, :class:`core.rules.lookup.NoRule` for a key that does not hold
    on ``valid_from``, :class:`Changed` when another override of the bureau holds on one of those days.
    """
    session = real(session)
    rule = book(session).rule(key, valid_from)
    faults = [("value", value_fault(rule.unit, value)),
              ("reason", None if reason.strip() else _("Give the reason.")),
              ("valid_to", _("The last day lies before the first.") if valid_to and valid_to < valid_from else None)]
    if any(fault for _field, fault in faults):
        raise Invalid([FieldError(field, fault) for field, fault in faults if fault])
    others = select(RuleOverride).where(RuleOverride.bureau_id == bureau_id, RuleOverride.key == key)
    for other in session.scalars(others):
        if other.valid_from <= (valid_to or dt.date.max) and valid_from <= (other.valid_to or dt.date.max):
            raise Changed(_("The bureau has another value from %(date)s on. End that one first.",
                            date=other.valid_from.isoformat()), "valid_from", override=other.id)
    made = RuleOverride(bureau_id=bureau_id, key=key, value=value, unit=rule.unit, valid_from=valid_from,
                        valid_to=valid_to, reason=reason.strip(), by=by, at=moment.now())
    session.add(made)
    session.flush()
    forget(session)
    return made


def end_override(session: AnySession, override_id: int, last_day: dt.date) -> RuleOverride:
    """Let an override hold for the last time on ``last_day``; the rule itself holds from the next day on.

    Raises :class:`NotFound`, and :class:`Invalid` when that is before its first day or would prolong it.
    """
    session = real(session)
    found = session.get(RuleOverride, override_id, with_for_update=True)
    if found is None:
        raise NotFound(_("There is no override %(id)s.", id=override_id))
    if last_day < found.valid_from or (found.valid_to is not None and last_day > found.valid_to):
        raise Invalid([FieldError("valid_to", _("Choose a day on which the bureau's value holds."))])
    found.valid_to = last_day
    session.flush()
    forget(session)
    return found


def _stays(rule: RuleDef | None, row: RuleVersion) -> bool:
    version = next((v for v in rule.versions if v.valid_from == row.valid_from), None) if rule else None
    return version is not None and all(_same(getattr(row, name), getattr(version, name)) for name in LAW)


def _same(a: object, b: object) -> bool:
    """Equal, and of one kind: ``True`` is not ``1``."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def _opened(rule: RuleDef, version: RuleVersionDef) -> RuleVersion:
    law = {name: getattr(version, name) for name in LAW}
    return RuleVersion(module=rule.module, key=rule.key, title=rule.title, note=version.note,
                       valid_from=version.valid_from, opened_at=moment.now(), **law)


def _correct(row: RuleVersion, rule: RuleDef, version: RuleVersionDef) -> None:
    for name, word in zip(WORDS, (rule.module, rule.title, version.note), strict=True):
        if getattr(row, name) != word:
            setattr(row, name, word)
