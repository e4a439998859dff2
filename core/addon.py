"""Modules: what a manifest says, where modules are found, in which order they are loaded, what they hand to core.

Nothing here imports Flask, and no module's code is run to learn that the module exists: the manifest is one literal.
"""
from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from importlib import metadata
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from core import __version__
from core.errors import Refusal
from core.settings import Settings
from core.words import gettext as _

if TYPE_CHECKING:
    from sqlalchemy import MetaData

ENTRY_POINTS = "yingshang.addons"
ROOTS = (Path(__file__).resolve().parent.parent / "addons",)
MANIFEST = "__manifest__.py"
KEYS: Mapping[str, type] = {"title": str, "summary": str, "version": str, "category": str, "license": str,
                            "author": str, "depends": list, "python": list, "settings": dict, "core": str}
REQUIRED = ("title", "summary", "version")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
RESERVED = ("core", "ab", "alembic")
"""Names whose tables belong to the suite itself (``ab_*`` are the accounts)."""

SLOTS = frozenset({"case.panels", "case.actions", "enterprise.panels", "home.cards", "board.cards", "portal.home",
                   "search.sources", "admin.pages"})
"""The named places that a module fills from the dictionary ``SLOTS`` in its ``views``."""


class AddonError(Refusal):
    """A module cannot be used; the message begins with its name. It stops the boot: half a suite is worse than none."""


@dataclass(frozen=True)
class Addon:
    """One module: what its manifest says and where its folder is."""

    name: str
    title: str
    summary: str
    version: str
    path: Path
    package: str
    category: str = ""
    license: str = ""
    author: str = ""
    depends: tuple[str, ...] = ()
    python: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    core: str = ""

    def load(self, part: str) -> ModuleType | None:
        """The module's file or folder ``part`` (``"views"``), imported; None when it has none.

        Whatever goes wrong inside is raised as :class:`AddonError`, with the original as its cause.
        """
        name = f"{self.package}.{part}"
        try:
            return importlib.import_module(name) if importlib.util.find_spec(name) else None
        except Exception as error:  # any fault of a module, whatever its kind, must name the module and stop the boot
            raise AddonError(_("%(module)s: its %(part)s cannot be loaded: %(error)s", module=self.name, part=part,
                               error=f"{type(error).__name__}: {error}")) from error

    def check_requirements(self) -> None:
        """Refuse when this version of core, or a Python package that the module needs, is not what it asks for."""
        if __version__ not in SpecifierSet(self.core, prereleases=True):
            raise AddonError(_("%(module)s needs core %(wanted)s; this is core %(present)s.", module=self.name,
                               wanted=self.core, present=__version__))
        for text in self.python:
            wanted = Requirement(text)
            try:
                present = metadata.version(wanted.name)
            except metadata.PackageNotFoundError:
                present = _("not installed")
            else:
                if wanted.specifier.contains(present, prereleases=True):
                    continue
            raise AddonError(_("%(module)s needs the Python package %(wanted)s (here: %(present)s).", module=self.name,
                               wanted=text, present=present))


def read_manifest(name: str, path: Path, package: str) -> Addon:
    """The module in the folder ``path``, from its ``__manifest__.py``: one dict literal, never executed."""
    def wrong(problem: str) -> AddonError:
        return AddonError(f"{name}: {MANIFEST}: {problem}")

    if not NAME.fullmatch(name) or name in RESERVED or name.endswith("_alembic"):
        raise AddonError(_("%(module)s: a module's name is lower-case letters, digits and single underscores, and none "
                           "of %(reserved)s.", module=name, reserved=", ".join(RESERVED)))
    try:
        values = ast.literal_eval((path / MANIFEST).read_text("utf-8").strip())
    except (SyntaxError, ValueError, OSError) as error:
        raise wrong(_("it must hold one dict literal and nothing else (%(error)s)", error=error)) from error
    if not isinstance(values, dict):
        raise wrong(_("it must hold one dict literal and nothing else (%(error)s)", error=type(values).__name__))
    for key, value in values.items():
        if key not in KEYS:
            nearest = difflib.get_close_matches(str(key), KEYS, 1, 0)[0]
            raise wrong(_("there is no key %(key)s. Did you mean %(nearest)s?", key=repr(key), nearest=nearest))
        if not isinstance(value, KEYS[key]) or (isinstance(value, list) and any(type(i) is not str for i in value)):
            kind = {"str": _("a text"), "list": _("a list of texts"), "dict": _("a dictionary")}[KEYS[key].__name__]
            raise wrong(_("%(key)s must be %(kind)s", key=key, kind=kind))
    for key in REQUIRED:
        if not values.get(key):
            raise wrong(_("%(key)s is missing", key=key))
    try:
        SpecifierSet(values.get("core", ""))
        for text in values.get("python", ()):
            Requirement(text)
    except (InvalidSpecifier, InvalidRequirement) as error:
        raise wrong(str(error)) from error
    values |= {key: tuple(values.get(key, ())) for key in ("depends", "python")}
    return Addon(name=name, path=path, package=package, **values)


def discover(roots: Iterable[Path] = ROOTS, entry_points: bool = True) -> dict[str, Addon]:
    """Every module there is, by name: the folders with a manifest under ``roots``, and installed distributions.

    A root's folder name is the package of its modules (``addons/credit_repair`` → ``addons.credit_repair``); its parent
    must be on the import path. An installed distribution names its package under the entry-point group
    ``yingshang.addons``. Folders without a manifest are passed over.
    """
    folders = [(path.parent.name, path.parent, f"{root.name}.{path.parent.name}")
               for root in roots for path in sorted(root.glob(f"*/{MANIFEST}"))]
    if entry_points:
        folders += [(point.name, _folder_of(point), point.value) for point in metadata.entry_points(group=ENTRY_POINTS)]
    found: dict[str, Addon] = {}
    for name, path, package in folders:
        if name in found and found[name].path != path:
            raise AddonError(_("%(module)s: found twice, in %(first)s and in %(second)s.", module=name,
                               first=found[name].path, second=path))
        found[name] = read_manifest(name, path, package)
    return found


def _folder_of(point: metadata.EntryPoint) -> Path:
    spec = importlib.util.find_spec(point.value)
    if spec is None or not spec.submodule_search_locations:
        raise AddonError(_("%(module)s: its entry point names %(package)s, which is no package.", module=point.name,
                           package=point.value))
    return Path(next(iter(spec.submodule_search_locations)))


def load_order(found: Mapping[str, Addon], wanted: Iterable[str] | None = None) -> tuple[Addon, ...]:
    """The wanted modules (None: all) and what they depend on, each after its dependencies, ties by name."""
    graph: dict[str, tuple[str, ...]] = {}
    queue = [(name, "") for name in (found if wanted is None else wanted)]
    while queue:
        name, needed_by = queue.pop()
        if name not in found:
            raise AddonError(_missing(name, needed_by, found))
        if name not in graph:
            graph[name] = found[name].depends
            queue += [(dependency, name) for dependency in found[name].depends]
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = error.args[1]
        raise AddonError(_("%(module)s: these modules depend on each other in a circle: %(circle)s.", module=circle[0],
                           circle=" → ".join(circle))) from error
    order: list[Addon] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += [found[name] for name in ready]
        sorter.done(*ready)
    return tuple(order)


def _missing(name: str, needed_by: str, found: Mapping[str, Addon]) -> str:
    if needed_by:
        return _("%(module)s depends on %(missing)s, which is not installed.", module=needed_by, missing=name)
    nearest = difflib.get_close_matches(name, found, 1)
    if nearest:
        return _("%(module)s: there is no such module. Did you mean %(nearest)s?", module=name, nearest=nearest[0])
    return _("%(module)s: there is no such module. Installed are: %(found)s.", module=name,
             found=", ".join(sorted(found)) or "—")


def table_owner(table: str, modules: Iterable[str]) -> str | None:
    """Who owns ``table`` by its prefix: ``"core"``, the name of one of ``modules`` (the longest that fits), or None."""
    if table.startswith(("core_", "ab_")):
        return "core"
    return max((name for name in modules if table.startswith(f"{name}_")), key=len, default=None)


class Suite:
    """The running suite: its settings and its modules in load order. ``current_app.extensions["yingshang"]``."""

    def __init__(self, settings: Settings, addons: Sequence[Addon], found: Mapping[str, Addon] | None = None) -> None:
        self.settings = settings
        self.addons = tuple(addons)
        self.found = MappingProxyType(dict(found) if found is not None else {addon.name: addon for addon in addons})
        """Every module there is, loaded or not."""
        for addon in self.addons:
            addon.check_requirements()
        self._values = {addon.name: self._read_settings(addon) for addon in self.addons}

    @classmethod
    def load(cls, settings: Settings, roots: Iterable[Path] = ROOTS, entry_points: bool = True) -> Suite:
        """The suite that ``settings`` describe, found, ordered and checked; nothing of a module is imported yet."""
        found = discover(roots, entry_points)
        return cls(settings, load_order(found, settings.addons), found)

    def addon(self, name: str) -> Addon:
        """The loaded module ``name``; :class:`AddonError` when it is not loaded."""
        for addon in self.addons:
            if addon.name == name:
                return addon
        raise AddonError(_missing(name, "", {addon.name: addon for addon in self.addons}))

    def setting(self, module: str, key: str) -> Any:
        """A module's own setting: from ``[modules.<module>]`` of the file, else the manifest's default."""
        return self._values[module][key]

    def collect(self, part: str, name: str) -> Iterator[tuple[Addon, Any]]:
        """The list ``name`` of every module's ``part``, as ``(module, item)``: ``collect("letters", "LETTERS")``."""
        for addon in self.addons:
            items = getattr(addon.load(part), name, ())
            if not isinstance(items, list | tuple):
                raise AddonError(_("%(module)s: %(name)s in its %(part)s must be a list.", module=addon.name, name=name,
                                   part=part))
            for item in items:
                yield addon, item

    def slot(self, name: str) -> tuple[tuple[Addon, Any], ...]:
        """Each ``(module, item)`` that the modules put into the named place; an unknown name is an error."""
        if name not in SLOTS:
            raise AddonError(_("There is no slot %(name)s.", name=name))
        filled = []
        for addon in self.addons:
            slots: Mapping[str, Sequence[Any]] = getattr(addon.load("views"), "SLOTS", {})
            for unknown in slots.keys() - SLOTS:
                nearest = difflib.get_close_matches(unknown, SLOTS, 1, 0)[0]
                raise AddonError(_("%(module)s: there is no slot %(name)s. Did you mean %(nearest)s?",
                                   module=addon.name, name=unknown, nearest=nearest))
            filled += [(addon, item) for item in slots.get(name, ())]
        return tuple(filled)

    def load_models(self, metadata: MetaData) -> None:
        """Import every module's models, in load order. A module's tables begin with its name; another name is refused,
        because ownership of tables (migrations, purge) goes by that prefix."""
        for addon in self.addons:
            before = set(metadata.tables)
            addon.load("models")
            for table in sorted(set(metadata.tables) - before):
                if table_owner(table, self.found) not in (addon.name, "core"):
                    raise AddonError(_("%(module)s: its table %(table)s must be named %(module)s_….",
                                       module=addon.name, table=table))

    def _read_settings(self, addon: Addon) -> dict[str, Any]:
        given = self.settings.modules.get(addon.name, {})
        for key, value in given.items():
            if key not in addon.settings:
                nearest = difflib.get_close_matches(key, addon.settings, 1, 0)
                raise AddonError(_("%(module)s: there is no setting %(key)s. Did you mean %(nearest)s?",
                                   module=addon.name, key=key, nearest=nearest[0] if nearest else "—"))
            if not isinstance(value, type(addon.settings[key])):
                raise AddonError(_("%(module)s: the setting %(key)s must be like %(example)s.", module=addon.name,
                                   key=key, example=repr(addon.settings[key])))
        return dict(addon.settings) | dict(given)
