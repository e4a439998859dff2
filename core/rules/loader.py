"""Reading the ``rules.yaml`` of core and of the modules, and refusing what a rule must not be.

A file is a list of rules::

    - key: credit.accept                 # thing.what, unique in the suite
      title: 信用修复申请的受理期限
      gaps: false                        # default: no day may lie between two versions
      versions:                          # oldest first, days inclusive, no two on the same day
        - valid_from: 2026-04-01
          valid_to: 2027-12-31           # left out: until further notice
          value: 3
          unit: WD                       # WD CD MONTH HOUR MIN count percent text bool
          basis: 信用修复管理办法           # required for status law
          article: 第十条
          status: law                    # or parameter: a default that is never shown as law
          note: …
"""
from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml

from core.errors import Refusal
from core.words import gettext as _

CORE = "core"
FILE = "rules.yaml"
KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
LENGTHS = {"title": 255, "basis": 255, "article": 128}
RULE_FIELDS = frozenset({"key", "title", "gaps", "versions"})
VERSION_FIELDS = frozenset({"valid_from", "valid_to", "value", "unit", "basis", "article", "status", "note"})
ONE_DAY = dt.timedelta(days=1)

Word = TypeVar("Word", bound=enum.StrEnum)


class RuleUnit(enum.StrEnum):
    """What the value of a rule is: a length of time, a number, a word or a yes or no."""

    WD = "WD"
    CD = "CD"
    MONTH = "MONTH"
    HOUR = "HOUR"
    MIN = "MIN"
    COUNT = "count"
    PERCENT = "percent"
    TEXT = "text"
    BOOL = "bool"


class RuleStatus(enum.StrEnum):
    """Whether the value was read in a law, or is a default that a bureau may have to correct."""

    LAW = "law"
    PARAMETER = "parameter"


class RuleFileError(Refusal):
    """A ``rules.yaml`` cannot be used; the message names the module and the key."""

    def __init__(self, module: str, key: str, fault: str) -> None:
        super().__init__(_("Rules of the module %(module)s, %(key)s: %(fault)s", module=module, key=key or FILE,
                           fault=fault), module=module, key=key)


@dataclass(frozen=True)
class RuleVersionDef:
    """A value of a rule and the days for which it holds, both inclusive."""

    valid_from: dt.date
    valid_to: dt.date | None
    value: Any
    unit: RuleUnit
    basis: str
    article: str
    status: RuleStatus
    note: str


@dataclass(frozen=True)
class RuleDef:
    """A rule as a module's file states it."""

    module: str
    key: str
    title: str
    versions: tuple[RuleVersionDef, ...]


class HasRules(Protocol):
    """A module as this room needs it: its name and its folder."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> Path: ...


class HasModules(Protocol):
    """The suite as this room needs it: its modules in load order."""

    @property
    def addons(self) -> Sequence[HasRules]: ...


def load_rules(suite: HasModules) -> list[RuleDef]:
    """The rules of core and of every module of ``suite``, checked. Raises :class:`RuleFileError`."""
    files = [(CORE, Path(__file__).parent / FILE), *((addon.name, Path(addon.path) / FILE) for addon in suite.addons)]
    rules: dict[str, RuleDef] = {}
    for module, path in files:
        for rule in read_rules(module, path):
            if rule.key in rules:
                raise RuleFileError(module, rule.key, _("The module %(other)s has this key already.",
                                                        other=rules[rule.key].module))
            rules[rule.key] = rule
    return list(rules.values())


def read_rules(module: str, path: Path) -> list[RuleDef]:
    """The rules of one file; none when the file does not exist. Raises :class:`RuleFileError`."""
    if not path.exists():
        return []
    try:
        document = yaml.load(path.read_text("utf-8"), _Strict)  # a SafeLoader that is stricter still
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RuleFileError(module, "", _("The file is not valid YAML: %(error)s", error=error)) from error
    if not isinstance(document or [], list):
        raise RuleFileError(module, "", _("The file must hold a list of rules."))
    return [_rule(module, entry) for entry in document or []]


def value_fault(unit: RuleUnit, value: object) -> str | None:
    """What is wrong with ``value`` as a value in ``unit``; ``None`` when it is right."""
    number = isinstance(value, int) and not isinstance(value, bool)
    if unit is RuleUnit.BOOL:
        return None if isinstance(value, bool) else _("The value must be true or false.")
    if unit is RuleUnit.TEXT:
        return None if isinstance(value, str) and value.strip() else _("The value must be a text in quotation marks.")
    if unit is RuleUnit.PERCENT:
        fits = (number or isinstance(value, float)) and 0 <= value <= 100  # type: ignore[operator]
        return None if fits else _("The value must be a number from 0 to 100.")
    if unit is RuleUnit.COUNT:
        return None if number and value >= 0 else _("The value must be a whole number, 0 or more.")  # type: ignore[operator]
    return None if number and value >= 1 else _("The value must be a whole number, 1 or more.")  # type: ignore[operator]


def _rule(module: str, entry: object) -> RuleDef:
    if not isinstance(entry, Mapping):
        raise RuleFileError(module, "", _("The file must hold a list of rules."))
    key = entry.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise RuleFileError(module, str(key), _("A key looks like credit.accept."))
    _check_names(module, key, entry, RULE_FIELDS)
    title = _text(module, key, entry, "title")
    gaps = entry.get("gaps", False)
    listed = entry.get("versions")
    if not title:
        raise RuleFileError(module, key, _("The title is missing."))
    if not isinstance(gaps, bool):
        raise RuleFileError(module, key, _("The field %(field)s must be true or false.", field="gaps"))
    if not isinstance(listed, list) or not listed:
        raise RuleFileError(module, key, _("A rule needs at least one version."))
    versions = tuple(_version(module, key, item) for item in listed)
    for fault in _date_faults(versions, gaps):
        raise RuleFileError(module, key, fault)
    return RuleDef(module, key, title, versions)


def _version(module: str, key: str, item: object) -> RuleVersionDef:
    if not isinstance(item, Mapping):
        raise RuleFileError(module, key, _("A rule needs at least one version."))
    _check_names(module, key, item, VERSION_FIELDS)
    unit = _choice(module, key, item, "unit", RuleUnit)
    status = _choice(module, key, item, "status", RuleStatus)
    basis = _text(module, key, item, "basis")
    if "value" not in item:
        raise RuleFileError(module, key, _("The value is missing."))
    fault = value_fault(unit, item["value"])
    if fault:
        raise RuleFileError(module, key, fault)
    if status is RuleStatus.LAW and not basis:
        raise RuleFileError(module, key, _("A rule of status law needs its basis."))
    valid_from, valid_to = _date(module, key, item, "valid_from"), _date(module, key, item, "valid_to")
    if valid_from is None:
        raise RuleFileError(module, key, _("The field %(field)s is missing.", field="valid_from"))
    return RuleVersionDef(valid_from, valid_to, item["value"], unit, basis, _text(module, key, item, "article"), status,
                          _text(module, key, item, "note"))


def _date_faults(versions: Sequence[RuleVersionDef], gaps: bool) -> Iterator[str]:
    for version in versions:
        if version.valid_to is not None and version.valid_to < version.valid_from:
            yield _("The version of %(date)s ends before it begins.", date=version.valid_from)
    for older, newer in pairwise(versions):
        if older.valid_to is None or newer.valid_from <= older.valid_to:
            yield _("The versions of %(older)s and %(newer)s hold on the same day. Give the older one a valid_to.",
                    older=older.valid_from, newer=newer.valid_from)
        elif not gaps and newer.valid_from != older.valid_to + ONE_DAY:
            yield _("No version holds between %(end)s and %(begin)s. Fill the gap, or write gaps: true.",
                    end=older.valid_to, begin=newer.valid_from)


def _check_names(module: str, key: str, entry: Mapping[Any, Any], known: Iterable[str]) -> None:
    unknown = sorted(str(name) for name in entry.keys() - set(known))
    if unknown:
        raise RuleFileError(module, key, _("Unknown field %(field)s.", field=unknown[0]))


def _text(module: str, key: str, entry: Mapping[Any, Any], field: str) -> str:
    value = entry.get(field) or ""
    if not isinstance(value, str):
        raise RuleFileError(module, key, _("The field %(field)s must be a text in quotation marks.", field=field))
    if len(value) > LENGTHS.get(field, len(value)):
        raise RuleFileError(module, key, _("The field %(field)s is longer than %(most)s characters.", field=field,
                                           most=LENGTHS[field]))
    return value.strip()


def _date(module: str, key: str, entry: Mapping[Any, Any], field: str) -> dt.date | None:
    value = entry.get(field)
    if value is not None and (not isinstance(value, dt.date) or isinstance(value, dt.datetime)):
        raise RuleFileError(module, key, _("The field %(field)s must be a date such as 2026-04-01.", field=field))
    return value


def _choice(module: str, key: str, entry: Mapping[Any, Any], field: str, kind: type[Word]) -> Word:
    try:
        return kind(str(entry.get(field)))
    except ValueError:
        raise RuleFileError(module, key, _("The field %(field)s must be one of %(choices)s.", field=field,
                                           choices=", ".join(kind))) from None


class _Strict(yaml.SafeLoader):
    """A field that is written twice is an error, not the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [self.construct_object(name, deep=True) for name, _value in node.value]
        for name in names:
            if names.count(name) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} is written twice", node.start_mark)
        return super().construct_mapping(node, deep)
