"""Which value of a rule holds on a day, for a bureau."""
from __future__ import annotations

import datetime as dt
import difflib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from core.errors import Refusal
from core.rules.loader import RuleStatus, RuleUnit
from core.rules.models import RuleOverride, RuleVersion
from core.words import gettext as _

MEMO = "core.rules"

AnySession = Session | scoped_session[Session]


class NoRule(Refusal):
    """No rule of that key holds on that day. ``details``: ``key``, ``on``."""


@dataclass(frozen=True)
class Rule:
    """A value that holds, and why. ``overridden_by`` is the id of the bureau's override; its ``status`` then is
    ``parameter`` and its ``basis`` empty, because what a bureau decides is not what the law says.
    """

    version_id: int
    module: str
    key: str
    title: str
    value: Any
    unit: RuleUnit
    basis: str
    article: str
    status: RuleStatus
    valid_from: dt.date
    valid_to: dt.date | None
    note: str = ""
    overridden_by: int | None = None

    @property
    def is_law(self) -> bool:
        """Whether it may be shown to a person as law."""
        return self.status is RuleStatus.LAW


@dataclass(frozen=True)
class _Override:
    id: int
    bureau_id: int
    key: str
    value: Any
    unit: RuleUnit
    valid_from: dt.date
    valid_to: dt.date | None
    reason: str


class RuleBook:
    """All rules in force and all overrides, in memory: for as many look-ups as one likes."""

    def __init__(self, rules: Iterable[Rule], overrides: Iterable[_Override]) -> None:
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        self._overrides: dict[tuple[int, str], list[_Override]] = defaultdict(list)
        for rule in sorted(rules, key=lambda r: r.valid_from):
            self._rules[rule.key].append(rule)
        for item in overrides:
            self._overrides[item.bureau_id, item.key].append(item)

    @property
    def keys(self) -> Sequence[str]:
        """The keys of all rules, in order."""
        return sorted(self._rules)

    def versions(self, key: str) -> Sequence[Rule]:
        """The versions of a rule, oldest first; none for an unknown key."""
        return tuple(self._rules.get(key, ()))

    def rule(self, key: str, on: dt.date, bureau_id: int | None = None) -> Rule:
        """The version of ``key`` that holds on ``on``, with the bureau's own value where it has one.

        Raises :class:`NoRule` that says what there is instead.
        """
        rule = next((r for r in self.versions(key) if _holds(r, on)), None)
        if rule is None:
            raise NoRule(self._missing(key, on), key=key, on=on.isoformat())
        own = self._overrides.get((bureau_id, key), ()) if bureau_id is not None else ()
        for item in own:
            if _holds(item, on) and item.unit is rule.unit:
                return replace(rule, value=item.value, basis="", article="", status=RuleStatus.PARAMETER,
                               valid_from=max(rule.valid_from, item.valid_from), note=item.reason,
                               valid_to=min(filter(None, (rule.valid_to, item.valid_to)), default=None),
                               overridden_by=item.id)
        return rule

    def own_of(self, keys: Collection[str]) -> Sequence[int]:
        """The bureaus that have a value of their own for one of the keys, on whatever day."""
        return sorted({bureau for bureau, key in self._overrides if key in keys})

    def turns(self, keys: Collection[str]) -> Sequence[dt.date]:
        """The days from which on one of the keys may have another value than the day before, oldest first."""
        spans: list[Any] = [version for key in keys for version in self.versions(key)]
        spans += [item for (_bureau, key), items in self._overrides.items() if key in keys for item in items]
        after = [span.valid_to + dt.timedelta(days=1) for span in spans if span.valid_to is not None]
        return sorted({*(span.valid_from for span in spans), *after})

    def unfit_overrides(self) -> list[int]:
        """The ids of overrides made for another unit than their rule counts in on some day that both hold: they are
        not applied there, and the bureau has to decide anew."""
        unfit = []
        for (_bureau, key), items in self._overrides.items():
            for item in items:
                met = [r for r in self.versions(key) if _meet(r, item)]
                if not met or any(r.unit is not item.unit for r in met):
                    unfit.append(item.id)
        return sorted(unfit)

    def _missing(self, key: str, on: dt.date) -> str:
        known = self.versions(key)
        if not known:
            near = difflib.get_close_matches(key, self.keys, 1, 0)
            if not near:
                return _("There is no rule %(key)s. Run yingshang upgrade.", key=key)
            return _("There is no rule %(key)s. Did you mean %(near)s?", key=key, near=near[0])
        spans = ", ".join(f"{r.valid_from} – {r.valid_to or '…'}" for r in known)
        return _("The rule %(key)s does not hold on %(on)s. It holds: %(spans)s.", key=key, on=on.isoformat(),
                 spans=spans)


def lookup(session: AnySession, key: str, on: dt.date, bureau_id: int | None = None) -> Rule:
    """The rule ``key`` as it holds on ``on`` for the bureau. Reads the register once in a transaction.

    Raises :class:`NoRule` when none holds.
    """
    return book(session).rule(key, on, bureau_id)


def rule_of_version(session: AnySession, version_id: int) -> Rule:
    """The version that a clock keeps, closed or not, without overrides. Raises :class:`NoRule`."""
    row = real(session).get(RuleVersion, version_id)
    if row is None:
        raise NoRule(_("There is no rule version %(id)s.", id=version_id), key="", on="")
    return _as_rule(row)


def book(session: AnySession) -> RuleBook:
    """All rules and overrides in force: two statements in a transaction, however often it is called."""
    session = real(session)
    held, known = session.info.get(MEMO, (None, None))
    if known is not None and held is session.get_transaction():
        remembered: RuleBook = known
        return remembered
    rules = [_as_rule(row) for row in session.scalars(select(RuleVersion).where(RuleVersion.closed_at.is_(None)))]
    overrides = [_Override(o.id, o.bureau_id, o.key, o.value, o.unit, o.valid_from, o.valid_to, o.reason)
                 for o in session.scalars(select(RuleOverride).order_by(RuleOverride.id))]
    made = RuleBook(rules, overrides)
    now = session.get_transaction()
    if held is None or held is not now:
        session.info[MEMO] = now, made
    return made


def forget(session: Session) -> None:
    """Read afresh for the rest of this transaction, which changes the rules: a part of it may yet be rolled back."""
    session.info[MEMO] = session.get_transaction(), None


def real(session: AnySession) -> Session:
    """The session behind a scoped one."""
    return session() if isinstance(session, scoped_session) else session


def _holds(item: Rule | _Override, on: dt.date) -> bool:
    return item.valid_from <= on and (item.valid_to is None or on <= item.valid_to)


def _meet(a: Rule | _Override, b: Rule | _Override) -> bool:
    return (a.valid_to is None or b.valid_from <= a.valid_to) and (b.valid_to is None or a.valid_from <= b.valid_to)


def _as_rule(row: RuleVersion) -> Rule:
    return Rule(row.id, row.module, row.key, row.title, row.value, row.unit, row.basis, row.article, row.status,
                row.valid_from, row.valid_to, row.note)
