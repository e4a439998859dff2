"""``yingshang addons``: the modules, from a new skeleton to the purge."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.cli.frame import answer, application, faults_found, load_settings, system_session, table
from core.cli.naming import bureau_id
from core.errors import Refusal
from core.words import gettext as _

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from core.addon import Suite
    from core.settings import Settings


@click.group("addons", help=_("The modules: what there is, who uses it, new ones, old ones."))
def group() -> None:
    """Commands about modules."""


@group.command("list", help=_("Every module that was found, whether it is loaded and migrated, which bureaus use it."))
def list_addons() -> None:
    """Needs no application, so that it also works while a module is broken."""
    from core.addon import Suite
    from core.migrate import Part, current, head

    settings = load_settings()
    suite = Suite.load(settings)
    loaded = {addon.name for addon in suite.addons}
    rows = []
    with _reading(settings) as connection:
        bureaus = _bureaus(connection)
        for addon in sorted(suite.found.values(), key=lambda addon: addon.name):
            part = Part(addon.name, addon.path / "migrations" / "versions", tuple(suite.found))
            rows.append({"name": addon.name, "version": addon.version, "title": addon.title,
                         "depends": list(addon.depends), "enabled": addon.name in loaded,
                         "migrated": current(connection, part) == head(part), "bureaus": bureaus.get(addon.name, [])})
    answer(rows, table(rows, {"name": _("Name"), "version": _("Version"), "title": _("Title"), "enabled": _("Loaded"),
                              "migrated": _("Migrated"), "bureaus": _("Bureaus"), "depends": _("Depends on")}))


@contextmanager
def _reading(settings: Settings) -> Iterator[Connection]:
    from sqlalchemy import NullPool, create_engine

    with create_engine(settings.database_url, poolclass=NullPool).connect() as connection:
        yield connection


def _bureaus(connection: Connection) -> dict[str, list[str]]:
    """Module → codes of the bureaus that have switched it on; empty in a database that was never upgraded."""
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table("core_bureau_module"):
        return {}
    result: dict[str, list[str]] = {}
    for module, code in connection.execute(text(
            "SELECT m.module, u.code FROM core_bureau_module m JOIN core_unit u ON u.id = m.bureau_id "
            "ORDER BY u.code")):
        result.setdefault(module, []).append(code)
    return result


@group.command("enable", help=_("Switch a module on for a bureau, together with what it depends on."))
@click.argument("name")
@click.option("--bureau", required=True, metavar="CODE", help=_("Code of the bureau"))
def enable(name: str, bureau: str) -> None:
    """Report the modules that were off before."""
    from core import bureau_modules

    with application() as app, system_session("addons enable") as session:
        added = bureau_modules.enable(session, app.extensions["yingshang"], name, _bureau(session, bureau))
        session.commit()
    answer({"module": name, "bureau": bureau, "enabled": list(added)},
           _("Switched on for %(bureau)s: %(modules)s", bureau=bureau, modules=", ".join(added)) if added
           else _("%(module)s was already on for %(bureau)s.", module=name, bureau=bureau))


@group.command("disable", help=_("Switch a module off for a bureau; its data stay."))
@click.argument("name")
@click.option("--bureau", required=True, metavar="CODE", help=_("Code of the bureau"))
def disable(name: str, bureau: str) -> None:
    """Report the open cases that remain."""
    from core import bureau_modules

    with application() as app, system_session("addons disable") as session:
        cases = bureau_modules.disable(session, app.extensions["yingshang"], name, _bureau(session, bureau))
        session.commit()
    lines = [_("Switched off for %(bureau)s: %(module)s", bureau=bureau, module=name)]
    if cases:
        lines.append(_("%(count)s open cases remain; they can still be read by their numbers:", count=len(cases)))
    lines += [" ".join(str(value) for value in case.values()) for case in cases]
    answer({"module": name, "bureau": bureau, "open_cases": [dict(case) for case in cases]}, lines)


def _bureau(session: Session, code: str) -> int:
    found = bureau_id(session, code)
    assert found is not None, "None is for no code at all"
    return found


@group.command("purge", help=_("Export a module's data into the data folder, then delete them. Issued letters stay."))
@click.argument("name")
@click.option("--yes", "confirmation", metavar="NAME", help=_("The module's name once more, instead of being asked"))
def purge(name: str, confirmation: str | None) -> None:
    """Works for a module whose folder is gone, too."""
    from core.purge import purge as purge_module

    with application() as app:
        if confirmation is None:
            confirmation = click.prompt(_("This deletes all data of %(module)s. Type its name to go on", module=name),
                                        err=True)
        result = purge_module(app.extensions["yingshang"], name, confirmation)
    answer(result, [_("%(module)s: %(rows)s rows of %(tables)s tables exported to %(file)s and deleted.", module=name,
                      rows=result["rows"], tables=len(result["tables"]), file=result["export"]),
                    _("Take it out of YINGSHANG_ADDONS, or the next upgrade makes its tables again.")])


@group.command("check", help=_("Look for faults in every loaded module."))
def check() -> None:
    """Manifest, requirements, lists, rules, letters and migrations; status 1 when there is a fault."""
    with application() as app:
        rows = _faults(app.extensions["yingshang"])
    answer(rows, table(rows, {"module": _("Module"), "ok": _("Well"), "detail": _("Found")}))
    if not all(row["ok"] for row in rows):
        faults_found()


def _faults(suite: Suite) -> list[dict[str, Any]]:
    from core.addon import SLOTS
    from core.migrate import drift

    for slot in SLOTS:
        suite.slot(slot)  # refuses an unknown one, with the module's name
    differences = drift(suite)
    rows = []
    for name in ("core", *(addon.name for addon in suite.addons)):
        faults = [_("models and migrations differ: %(difference)s", difference=line) for line in differences[name]]
        if name != "core":
            folder = suite.addon(name).path
            faults += [_("%(file)s is missing", file=file) for file in ("README.md", "models.py", "tests")
                       if not (folder / file).exists() and not (folder / file.removesuffix(".py")).is_dir()]
            faults += [*_rule_faults(suite, name), *_letter_faults(suite, name)]
        rows.append({"module": name, "ok": not faults, "detail": "; ".join(faults)})
    return rows


def _rule_faults(suite: Suite, name: str) -> Iterator[str]:
    from core.case import Case
    from core.rules.loader import load_rules

    known = {rule.key for rule in load_rules(suite)}
    for kind, case in Case.loaded().items():
        for deadline in case.workflow.deadlines if kind.partition(".")[0] == name else ():
            if deadline.rule not in known:
                yield _("the deadline %(code)s of %(kind)s needs the rule %(rule)s, which no rules.yaml has",
                        code=deadline.code, kind=kind, rule=deadline.rule)


def _letter_faults(suite: Suite, name: str) -> Iterator[str]:
    from core import moment
    from core.letter.content import Letterhead

    for addon, kind in suite.collect("letters", "LETTERS"):
        if addon.name == name:
            try:
                kind.compose_sample(Letterhead("天津市宁河区示例局"), moment.today())
            except Refusal as refusal:
                yield f"{kind.kind}: {refusal.message}"


@group.command("new", help=_("Make the skeleton of a new module, with tests that pass."))
@click.argument("name")
@click.option("--title", default="", help=_("What it is called in English"))
@click.option("--chinese", default="", help=_("What it is called in Chinese"))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help=_("Folder for it; default: addons"))
def new(name: str, title: str, chinese: str, into: Path | None) -> None:
    """Write the skeleton; refused when there is such a module already."""
    from core.cli.skeleton import write_skeleton

    load_settings()
    path = write_skeleton(name, into, title, chinese)
    answer({"name": name, "path": str(path)},
           [_("Made %(path)s. Its tests: pytest %(path)s", path=path),
            _("Next: yingshang upgrade, then yingshang addons enable %(name)s --bureau CODE", name=name)])


commands: list[click.Command] = [group]
