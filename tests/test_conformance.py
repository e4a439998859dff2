"""The demands on modules notice what they are there for: a good module is spoilt in one place, one demand fails."""
from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.access import Role
from core.addon import Addon, discover
from core.case import Action
from core.case.screens import ListColumn, ListFilter, MenuEntry
from core.testing.conformance import ModuleConformance
from trial_installation import ROOT, _installation
from trial_modules.tree_felling import access, imports, letters, stats, views
from trial_modules.tree_felling.models import Permit
from trial_modules.tree_felling.workflow import PERMIT

__all__ = ["_installation"]


def demands(folder: Path | None = None) -> ModuleConformance:
    """The demands, made of the module in that folder, or of ``tree_felling`` as it is."""
    found: Addon = discover((folder.parent if folder else ROOT,), entry_points=False)["tree_felling"]
    return type("Demands", (ModuleConformance,), {"module": "tree_felling", "addon": found})()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the module's folder, to be spoilt."""
    folder = tmp_path / "trial_modules" / "tree_felling"
    shutil.copytree(ROOT / "tree_felling", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def appended(line: str, file: str = "jobs.py") -> Callable[[Path], None]:
    """Write a line at the end of a file."""
    def spoil(folder: Path) -> None:
        path = folder / file
        path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")
    return spoil


def replaced(file: str, old: str, new: str) -> Callable[[Path], None]:
    """Write something else in a file."""
    def spoil(folder: Path) -> None:
        path = folder / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
    return spoil


PO = "translations/zh_Hans_CN/LC_MESSAGES/messages.po"


@pytest.mark.parametrize(("demand", "spoil", "told"), [
    ("the_manifest_is_complete", replaced("__manifest__.py", '"author": "Yingshang",', ""), "author"),
    ("there_is_a_readme_for_the_bureau", lambda folder: (folder / "README.md").unlink(), "write README.md"),
    ("there_is_a_readme_for_the_bureau", lambda folder: (folder / "README.md").write_text("Trees."), "in Chinese"),
    ("everything_public_has_a_docstring", appended("def nothing(): pass"), "nothing"),
    ("no_file_is_long", appended("\n" * 400), "jobs.py"),
    ("nothing_is_left_unfinished", appended("# TO" + "DO: more"), "jobs.py"),
    ("it_imports_only_what_it_depends_on", appended("import trial_modules.noise_permit.models"), "noise_permit"),
    ("it_imports_only_what_it_depends_on", appended("from core.app import create_app"), "core.app"),
    ("it_imports_only_what_it_depends_on", appended("from core.audit import _digest"), "_digest"),
    ("the_workflow_is_data", appended("from sqlalchemy import select", "workflow.py"), "sqlalchemy"),
    ("no_program_of_the_module_writes_a_state", appended("def _f(case):\n    case.state = 'granted'"), "jobs.py"),
    ("no_program_of_the_module_writes_a_state", appended("def _f(case):\n    setattr(case, 'state', 'x')"), "jobs.py"),
    ("the_catalogue_is_complete", replaced(PO, 'msgid "Species"\nmsgstr "树种"', ""), "Species"),
    ("the_catalogue_is_complete", replaced(PO, 'msgid "Species"', '#, fuzzy\nmsgid "Species"'), "fuzzy"),
    ("the_catalogue_is_complete", appended("_l('%(n)s trees nobody counted')"), "nobody counted"),
    ("templates_lie_under_its_own_name", lambda folder: (folder / "templates" / "other").mkdir(), "other"),
])
def test_a_spoilt_file_is_found(copy: Path, demand: str, spoil: Callable[[Path], None], told: str) -> None:
    getattr(demands(copy), f"test_{demand}")()
    spoil(copy)
    with pytest.raises(AssertionError, match=told):
        getattr(demands(copy), f"test_{demand}")()


def workflow(**changes: Any) -> Any:
    """The workflow with something changed, without what it would refuse by itself."""
    made = replace(PERMIT)
    for name, value in changes.items():
        object.__setattr__(made, name, value)
    return made


def spoil_workflow(**changes: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """Give the permits another workflow."""
    return lambda monkeypatch: monkeypatch.setattr(Permit, "workflow", workflow(**changes))


def spoil_list(module: Any, name: str, change: Callable[[list[Any]], list[Any]]) -> Callable[[pytest.MonkeyPatch], None]:
    """Give a list of the module another content."""
    return lambda monkeypatch: monkeypatch.setattr(module, name, change(list(getattr(module, name))))


def screen(**changes: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """Change the screen."""
    return spoil_list(views, "SCREENS", lambda found: [replace(found[0], **changes)])


ACTIONS = PERMIT.actions


@pytest.mark.parametrize(("demand", "spoil", "told"), [
    ("kinds_of_case_are_named_as_they_must_be", lambda m: m.setattr(Permit, "number_code", "sm1"), "number_code"),
    ("roles_are_well_formed", spoil_list(access, "ROLES", lambda r: [*r, Role("clerk", "x")]), "clerk"),
    ("roles_are_well_formed", spoil_list(access, "ROLES", lambda r: [*r, Role("tree_felling.x", "x", ("read",))]), "read"),
    ("every_permission_is_asked_for_somewhere",
     spoil_list(access, "ROLES", lambda r: [*r, Role("tree_felling.x", "x", ("tree_felling.permit:paint",))]), "paint"),
    ("every_permission_that_is_asked_for_is_held_by_a_role",
     spoil_list(imports, "IMPORTS", lambda p: [replace(p[0], permission="tree_felling.permit:swallow")]), "swallow"),
    ("every_action_can_be_done_by_somebody_who_sees_the_case",
     spoil_workflow(actions=(*ACTIONS, Action("x", "X", ("received",), roles=("tree_felling.ghost",)))), "ghost"),
    ("every_action_can_be_done_by_somebody_who_sees_the_case",
     spoil_workflow(actions=(*ACTIONS, Action("x", "X", ("received",), roles=("core.auditor",)))), "may read"),
    ("every_state_leads_to_an_end",
     spoil_workflow(actions=[a for a in ACTIONS if a.name not in ("withdraw", "lapse", "complete")]), "incomplete"),
    ("everything_people_read_has_a_name_in_both_languages",
     spoil_workflow(states=[replace(PERMIT.states[0], label="Nobody translated me")]), "Nobody translated"),
    ("everything_people_read_has_a_name_in_both_languages",
     spoil_workflow(states=[replace(PERMIT.states[0], label="已收件")]), "已收件"),
    ("screens_show_what_there_is", screen(order="-colour"), "colour"),
    ("screens_show_what_there_is", screen(filters=(ListFilter("colour", "x"),)), "colour"),
    ("screens_show_what_there_is", screen(columns=(ListColumn("colour", "x"),)), "colour"),
    ("screens_show_what_there_is", screen(columns=(ListColumn("species", "x", str),) * 2), "twice"),
    ("screens_show_what_there_is", screen(import_profile="tree_felling.none"), "tree_felling.none"),
    ("every_kind_of_case_has_a_screen", spoil_list(views, "SCREENS", lambda found: []), "tree_felling.permit"),
    ("menu_and_cards_lead_somewhere",
     lambda m: m.setattr(views, "MENU", [MenuEntry("x", "/nowhere/at/all/x", "letter:read")], raising=False), "nowhere"),
    ("rules_are_valid_and_every_deadline_has_one",
     spoil_workflow(deadlines=(replace(PERMIT.deadlines[0], rule="tree_felling.none"),)), "tree_felling.none"),
    ("rules_are_valid_and_every_deadline_has_one",
     spoil_workflow(deadlines=(replace(PERMIT.deadlines[0], rule="clock.eod"),)), "length of time"),
    ("letters_can_be_written", spoil_list(letters, "LETTERS", lambda found: []), "tree_felling.granted"),
    ("sheets_can_be_filled_in_and_read_back",
     spoil_list(imports, "IMPORTS", lambda p: [replace(p[0], module="other")]), "module must name"),
    ("exports_can_be_written_of_an_empty_register",
     spoil_list(imports, "EXPORTS", lambda p: [replace(p[0], code="other.x")]), "must begin"),
    ("figures_are_explained_and_can_be_computed",
     spoil_list(stats, "INDICATORS", lambda found: [replace(found[0], formula="rate")]), "in words"),
])
def test_a_spoilt_declaration_is_found(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, demand: str,
                                       spoil: Callable[[pytest.MonkeyPatch], None], told: str) -> None:
    folder = (tmp_path,) if demand.startswith("sheets") else ()  # where this demand writes a template
    getattr(demands(), f"test_{demand}")(app, *folder)
    spoil(monkeypatch)
    with pytest.raises(AssertionError, match=told):
        getattr(demands(), f"test_{demand}")(app, *folder)
