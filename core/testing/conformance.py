"""What every module must be, in one class that its test file inherits::

    from core.testing.conformance import ModuleConformance

    class TestCreditRepair(ModuleConformance):
        module = "credit_repair"

Each test is one demand; its message says what is wrong, where, and how to mend it. Those that read the files alone are in
:class:`SourceConformance`, those that need the suite running in :class:`ModuleConformance`.
"""
from __future__ import annotations

import inspect
import io
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from marshmallow import ValidationError

from core import addon as addons
from core import moment
from core.access import as_system
from core.access.rows import Scoped
from core.addon import Suite, table_owner
from core.case import Case
from core.db import Model
from core.testing import sources
from core.testing.faults import dead_ends, list_faults, message
from core.testing.source_conformance import CJK, CORE, SourceConformance, mend
from core.words import TRANSLATIONS

PERMISSION = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?:[a-z_]+")
VERBS = ("read", "create", "assign", "reopen", "contact")
"""What core asks of whatever kind of case it has: ``f"{case.kind}:assign"``."""


class ModuleConformance(SourceConformance):
    """What a module must be in a running suite. Uses the fixture ``app`` of :mod:`core.testing.fixtures`."""

    def test_its_tables_begin_with_its_name(self, app: Flask) -> None:
        strangers = [table for table in self.tables(app) if not table.startswith(f"{self.module}_")]
        mend(strangers, f"set __tablename__ to {self.module}_…: ownership of tables goes by that prefix")

    def test_migrations_make_the_tables_of_the_models(self, app: Flask) -> None:
        from core.migrate import drift

        mend(drift(self.suite(app))[self.module], "write the revision (core.migrate.revision) and read it before you keep it")

    def test_migrations_go_down_and_up_again(self, app: Flask) -> None:
        from core.migrate import check, downgrade_part, migration_engine, parts, tables_of, upgrade_part

        with migration_engine("sqlite://").connect() as connection:
            for part in parts(self.suite(app)):
                upgrade_part(connection, part)
            own = next(part for part in parts(self.suite(app)) if part.name == self.module)
            downgrade_part(connection, own)
            mend(tables_of(connection, self.module), "downgrade() must take away what upgrade() made")
            upgrade_part(connection, own)
            mend(check(connection, own), "after down and up again the tables differ from the models")

    def test_rows_that_hang_on_a_case_are_ruled(self, app: Flask) -> None:
        mend((mapper.class_.__name__ for mapper in self.mappers(app) if not issubclass(mapper.class_, Scoped) and any(
            key.column.table.name == "core_case" for key in mapper.local_table.foreign_keys)),
             "add core.case.models.CaseChild to the class: a rule on the case does not cover what hangs on it")

    def test_kinds_of_case_are_named_as_they_must_be(self, app: Flask) -> None:
        faults = []
        codes = [kind.number_code for kind in Case.loaded().values()]
        for name, kind in self.kinds().items():
            if not re.fullmatch(r"[A-Z]{2}", kind.number_code) or codes.count(kind.number_code) > 1:
                faults.append(f"{name}: number_code {kind.number_code!r} is not two letters of its own")
            faults += [f"{name}: kind_title is empty"] if not str(kind.kind_title) else []
            faults += [f"{name}.{own} hides what every case has" for own in inspect.get_annotations(kind)
                       if own in Case.__mapper__.attrs and own != "id"]
        mend(faults, "see core.case.models.Case")

    def test_roles_are_well_formed(self, app: Flask) -> None:
        faults, names = [], [role.name for role in self.roles(app)]
        for role in self.roles(app):
            if not role.name.startswith(f"{self.module}.") or names.count(role.name) > 1:
                faults.append(f"{role.name}: a role's name is {self.module}.<role>, once")
            faults += [f"{role.name}: {p!r} is no <thing>:<verb>" for p in role.permissions if not PERMISSION.fullmatch(p)]
            if not str(role.title):
                faults.append(f"{role.name}: has no title")
        mend(faults, "correct access.ROLES")

    def test_every_permission_is_asked_for_somewhere(self, app: Flask) -> None:
        asked = self.asked(app)
        mend(sorted({f"{role.name}: {p}" for role in self.roles(app) for p in role.permissions} - {
            f"{role.name}: {p}" for role in self.roles(app) for p in asked}),
             "nobody asks for it: take it out of access.ROLES, or ask for it where it should be needed")

    def test_every_permission_that_is_asked_for_is_held_by_a_role(self, app: Flask) -> None:
        held = {p for role in app.extensions["roles"] for p in role.permissions}
        mend(sorted(self.demanded(app) - held), "give it to a role in access.ROLES, or nobody will ever get in")

    def test_every_action_can_be_done_by_somebody_who_sees_the_case(self, app: Flask) -> None:
        roles = {role.name: role for role in app.extensions["roles"]}
        faults = []
        for name, kind in self.kinds().items():
            for action in kind.workflow.actions:
                faults += [f"{name}.{action.name}: there is no role {role}" for role in action.roles if role not in roles]
                able = [role for role in action.roles if role in roles and f"{name}:read" in roles[role].permissions]
                if not action.system and not able:
                    faults.append(f"{name}.{action.name}: none of its roles may read such a case")
        mend(faults, "correct the roles of the action, or access.ROLES")

    def test_every_state_leads_to_an_end(self, app: Flask) -> None:
        mend((f"{name}: {state}" for name, kind in self.kinds().items() for state in dead_ends(kind.workflow)),
             "add an action that leads on: such a case could never be closed")

    def test_everything_people_read_has_a_name_in_both_languages(self, app: Flask) -> None:
        own, core = sources.catalogue(self.addon.path), sources.catalogue(TRANSLATIONS.parent)
        faults = []
        for place, label in self.labels(app):
            english = message(label)
            entry = own.get(english) or core.get(english)
            if CJK.search(english) or entry is None or not CJK.search(str(entry.string)):
                faults.append(f"{place}: {english!r} / {str(entry.string) if entry else ''!r}")
        mend(faults, "mark the label with lazy_gettext and translate it")

    def test_no_form_asks_for_a_state(self, app: Flask) -> None:
        from core.case.opening import schema_of

        schemas = [(f"{name}.{action.name}", action.data) for name, kind in self.kinds().items()
                   for action in kind.workflow.actions if action.data is not None]
        schemas += [(screen.name, screen.form) for screen in self.listed(app, "views", "SCREENS") if screen.form is not None]
        schemas += [(f"the API opens {name}", schema_of(name)) for name in self.kinds()]
        mend((f"{place}: {field}" for place, schema in schemas for field in schema().fields
              if field in ("state", "meaning", "version", "closed_at")), "states change by actions only")

    def test_screens_show_what_there_is(self, app: Flask) -> None:
        from core.case.screens import STANDARD
        from core.tabular.catalogue import export_profiles, import_profiles

        faults = []
        for screen in self.listed(app, "views", "SCREENS"):
            faults += [f"{screen.name}: {fault}" for fault in list_faults(screen)]
            faults += [f"{screen.name}: nothing says what column {column.key} shows" for column in screen.columns
                       if column.cell is None and column.key not in STANDARD and not hasattr(screen.case, column.key)]
            keys = [column.key for column in screen.columns]
            faults += [f"{screen.name}: column {key} stands twice" for key in set(keys) if keys.count(key) > 1]
            for code, known in ((screen.import_profile, import_profiles()), (screen.export_profile, export_profiles())):
                if code and code not in known:
                    faults.append(f"{screen.name}: there is no sheet profile {code}")
            if screen.create is not None and screen.form is None:
                faults.append(f"{screen.name}: create without a form")
        mend(faults, "correct views.SCREENS")

    def test_every_kind_of_case_has_a_screen(self, app: Flask) -> None:
        shown = {screen.kind for screen in self.listed(app, "views", "SCREENS")}
        mend(sorted(self.kinds().keys() - shown), "declare a core.case.screens.CaseScreen in views.SCREENS")

    def test_menu_and_cards_lead_somewhere(self, app: Flask) -> None:
        from werkzeug.exceptions import HTTPException

        adapter, faults = app.url_map.bind("localhost"), []
        entries = [*self.listed(app, "views", "MENU"), *self.listed(app, "views", "CARDS")]
        for url in (entry.url.partition("?")[0] for entry in entries if entry.url):
            try:
                adapter.match(url, "GET")
            except HTTPException:
                faults.append(url)
        mend(faults, "there is no page with this address")

    def test_reports_answer_an_empty_register_and_write_nothing(self, app: Flask) -> None:
        from core.access import current_viewer
        from core.errors import Refusal

        for report in self.listed(app, "views", "REPORTS"):
            assert re.fullmatch(r"[a-z_]+", report.name), f"{report.name}: a report's name stands in an address"
            with as_system("conformance") as session:
                try:
                    schema = report.form() if report.form is not None else None
                    told = report.run(session, current_viewer(session), schema.load({}) if schema else {})
                except (Refusal, ValidationError):  # it needs to be asked something first
                    continue
                assert not (session.new or session.dirty or session.deleted), f"{report.name}: a report writes nothing"
                assert all(len(row) == len(answer.headings) for answer in told for row in answer.rows), report.name

    def test_registers_can_be_read_filtered_and_written(self, app: Flask) -> None:
        faults, names = [], [register.name for register in self.listed(app, "views", "REGISTERS")]
        for register in self.listed(app, "views", "REGISTERS"):
            if names.count(register.name) > 1 or not register.name.isidentifier():
                faults.append(f"{register.name}: its name stands in an address, once")
            if (register.form is None) != (register.save is None) or (register.edit and register.form is None):
                faults.append(f"{register.name}: form, save and edit belong together")
            faults += [f"{register.name}: cannot be ordered by {name}" for name in (register.order.removeprefix("-"), *(
                one.sort for one in register.columns if one.sort)) if not hasattr(register.model, name)]
        mend(faults, "correct views.REGISTERS")

    def test_slots_are_filled_by_name(self, app: Flask) -> None:
        suite = self.suite(app)
        for slot in sorted(addons.SLOTS):
            assert all(item is not None for _addon, item in suite.slot(slot))

    def test_rules_are_valid_and_every_deadline_has_one(self, app: Flask) -> None:
        from core.calendar import Unit
        from core.rules.loader import load_rules

        rules = {rule.key: rule for rule in load_rules(self.suite(app))}
        faults = []
        for name, kind in self.kinds().items():
            for deadline in kind.workflow.deadlines:
                rule = rules.get(deadline.rule)
                if rule is None:
                    faults.append(f"{name}.{deadline.code}: there is no rule {deadline.rule}")
                elif any(version.unit.value not in set(Unit) for version in rule.versions):
                    faults.append(f"{name}.{deadline.code}: the rule {deadline.rule} is no length of time")
                if not ((deadline.starts or deadline.start) and (deadline.met_by or deadline.voided_by)):
                    faults.append(f"{name}.{deadline.code}: never starts or never ends")  # ``start``: an effect starts it
        mend(faults, "write the rule into rules.yaml, with its basis, or correct the Deadline")

    def test_letters_can_be_written(self, app: Flask) -> None:
        from core.letter.content import Letterhead
        from core.letter.render import render_pdf
        from core.letter.trial import bare

        kinds = self.listed(app, "letters", "LETTERS")
        faults = [f"{kind.kind}: begins with another name" for kind in kinds if not kind.kind.startswith(f"{self.module}.")]
        faults += [f"{name}.{action.name}: there is no letter {action.letter}" for name, of in self.kinds().items()
                   for action in of.workflow.actions if action.letter and action.letter not in {k.kind for k in kinds}]
        mend(faults, "correct letters.LETTERS or the action")
        for kind in kinds:
            assert all(field.description for field in kind.fields), f"{kind.kind}: say what each field is"
            content = kind.compose_sample(Letterhead("天津市宁河区示例局"), moment.today())
            assert render_pdf(content, preview=True).startswith(b"%PDF"), kind.kind
            # A bureau's own wording of it is tried in another process, which must be able to take the kind.
            assert pickle.loads(pickle.dumps(bare(kind))).sample == kind.sample, kind.kind

    def test_sheets_can_be_filled_in_and_read_back(self, app: Flask, tmp_path: Path) -> None:
        from core.tabular.heading import find_heading
        from core.tabular.reading import Limits, open_sheet
        from core.tabular.template import import_template

        faults = []
        for profile in self.listed(app, "imports", "IMPORTS"):
            if profile.module != self.module or not profile.code.startswith(f"{self.module}."):
                faults.append(f"{profile.code}: code and module must name {self.module}")
            file = tmp_path / "template.xlsx"
            file.write_bytes(import_template(profile))
            layout = find_heading(open_sheet(file, Limits()), profile, None)
            faults += [f"{profile.code}: the heading {column.heading} is not found in its own template"
                       for column, place in zip(profile.columns, layout.positions, strict=True) if place < 0]
            for column in profile.columns:
                if column.sample:
                    column.parse(column.sample)
        mend(faults, "correct imports.IMPORTS")

    def test_exports_can_be_written_of_an_empty_register(self, app: Flask) -> None:
        from core.access import current_viewer
        from core.tabular.exporting import run_export

        for profile in self.listed(app, "imports", "EXPORTS"):
            assert profile.code.startswith(f"{self.module}."), f"{profile.code}: the code must begin with {self.module}."
            with as_system("conformance") as session:
                assert run_export(session, profile, io.BytesIO(), {}, current_viewer(session), format="csv").rows == 0

    def test_jobs_do_nothing_when_nothing_is_due(self, app: Flask) -> None:
        for job in self.listed(app, "jobs", "JOBS"):
            with as_system("conformance") as session:
                for _n in range(2):
                    told = job.run(session, moment.now())
                    assert not any((told or {}).values()), f"{job.name} found work on an empty database: {told}"

    def test_figures_are_explained_and_can_be_computed(self, app: Flask) -> None:
        from core.board.stats import compute

        for indicator in self.listed(app, "stats", "INDICATORS"):
            assert indicator.code.startswith(f"{self.module}."), f"{indicator.code}: must begin with {self.module}."
            assert len(str(indicator.formula)) >= 8, f"{indicator.code}: say in words what is counted (口径)"
            with as_system("conformance") as session:
                figure = compute(session, indicator, moment.today())
                assert (figure.denominator, figure.value) == (0, None), f"{indicator.code}: counts what is not there"

    def test_the_demo_can_be_called(self, app: Flask) -> None:
        demo = self.addon.load("demo")
        if demo is not None:
            assert list(inspect.signature(demo.load).parameters)[:4] == ["session", "scale", "rng", "today"], (
                "demo.load takes (session, scale, rng, today)")

    # What the demands above look at.

    def suite(self, app: Flask) -> Suite:
        """The running suite, with the module loaded; else the test cannot say anything."""
        suite: Suite = app.extensions["yingshang"]
        if self.module not in {addon.name for addon in suite.addons}:
            pytest.fail(f"{self.module} is not loaded: name it in YINGSHANG_ADDONS")
        return suite

    def listed(self, app: Flask, part: str, name: str) -> list[Any]:
        """One of the lists that the module hands to core."""
        return [item for addon, item in self.suite(app).collect(part, name) if addon.name == self.module]

    def roles(self, app: Flask) -> list[Any]:
        """The roles that it declares."""
        return self.listed(app, "access", "ROLES")

    def kinds(self) -> dict[str, type[Case]]:
        """Its kinds of case."""
        return {name: kind for name, kind in Case.loaded().items() if name.startswith(f"{self.module}.")}

    def mappers(self, app: Flask) -> list[Any]:
        """Its mapped classes."""
        package = self.suite(app).addon(self.module).package
        return [m for m in Model.registry.mappers if m.class_.__module__.startswith(f"{package}.")]

    def tables(self, app: Flask) -> list[str]:
        """Its tables."""
        found = {str(mapper.local_table.name) for mapper in self.mappers(app)}
        return sorted(found | {name for name in Model.metadata.tables if table_owner(name, [self.module]) == self.module})

    def demanded(self, app: Flask) -> set[str]:
        """The permissions that its declarations ask for."""
        found = {p.permission for name in ("IMPORTS", "EXPORTS") for p in self.listed(app, "imports", name)}
        found |= {entry.permission for name in ("MENU", "CARDS") for entry in self.listed(app, "views", name)}
        for screen in self.listed(app, "views", "SCREENS"):
            found |= {f"{screen.kind}:read", *(bulk.permission for bulk in screen.bulk), *(link[2] for link in screen.links)}
            found |= {f"{screen.kind}:create"} if screen.create is not None else set()
        found |= {report.permission for report in self.listed(app, "views", "REPORTS")}
        for register in self.listed(app, "views", "REGISTERS"):
            found |= {register.read, register.edit}
        for slot in addons.SLOTS:
            found |= {getattr(item, "permission", "") for owner, item in self.suite(app).slot(slot)
                      if owner.name == self.module}
        return {permission for permission in found if permission}

    def asked(self, app: Flask) -> set[str]:
        """Every permission that somebody asks for: declared, written out in core or in a module, or by core of any kind."""
        files = [*sources.python_files(CORE), *(path for addon in self.suite(app).addons
                                                for path in sources.python_files(addon.path) if path.name != "access.py")]
        texts = [path.read_text("utf-8") for path in files if path.parent.name != "testing" and path.name != "roles.py"]
        found = self.demanded(app) | {match.group(1) for text in texts for match in re.finditer(r"\"([\w.]+:\w+)\"", text)}
        return found | {f"{kind}:{verb}" for kind in Case.loaded() for verb in VERBS}

    def labels(self, app: Flask) -> Iterator[tuple[str, Any]]:
        """Whatever the module lets people read, with where it stands."""
        for name, kind in self.kinds().items():
            yield name, kind.kind_title
            yield from ((f"{name}.{state.name}", state.label) for state in kind.workflow.states)
            yield from ((f"{name}.{action.name}", action.label) for action in kind.workflow.actions)
            yield from ((f"{name}.{deadline.code}", deadline.label) for deadline in kind.workflow.deadlines)
        yield from ((role.name, role.title) for role in self.roles(app) if not isinstance(role.title, str))
        for screen in self.listed(app, "views", "SCREENS"):
            yield screen.name, screen.title
            yield from ((f"{screen.name}.{column.key}", column.label) for column in screen.columns)
            yield from ((f"{screen.name}.{filter_.name}", filter_.label) for filter_ in screen.filters)
        for register in self.listed(app, "views", "REGISTERS"):
            yield register.name, register.title
            yield from ((f"{register.name}.{one.key}", one.label) for one in register.columns)
            yield from ((f"{register.name}.{one.name}", one.label)
                        for one in (*register.filters, *register.steps, *register.papers))
        for part, name in (("stats", "INDICATORS"), ("jobs", "JOBS")):
            yield from ((f"{name}: {item.title!s}", item.title) for item in self.listed(app, part, name))


__all__ = ["ModuleConformance", "SourceConformance", "mend"]
