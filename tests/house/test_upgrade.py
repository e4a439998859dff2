"""An operator upgrades, upgrades again, rehearses first, and two of them do it at once."""
from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, inspect, select, text
from sqlalchemy.orm import Session

from core import lifecycle
from core.access.grants import Role as DeclaredRole
from core.access.grants import declared
from core.addon import Suite
from core.errors import Refusal
from core.exclusive import exclusive
from core.migrate import Part, head, migration_engine, parts, revision
from core.permission_sync import sync_permissions
from core.settings import Settings
from house.kinds_of_modules import MakeAddon

MakeApp = Callable[[Suite], Flask]
SuiteOf = Callable[..., Suite]
CLERK = {"noise.clerk": {("read", "noise.permit"), ("grant", "noise.permit")}}


@pytest.fixture(autouse=True)
def own_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it, and nothing else runs during it."""
    monkeypatch.setattr(lifecycle, "_synchronisers", {})
    monkeypatch.setattr(lifecycle, "_probes", {})


@pytest.fixture
def noise(make_addon: MakeAddon) -> Path:
    """A module with one table."""
    folder = make_addon("noise")
    metadata = MetaData()
    Table("noise_permit", metadata, Column("id", Integer, primary_key=True), Column("holder", String(40)))
    with migration_engine("sqlite://").connect() as connection:
        revision(connection, Part("noise", folder / "migrations" / "versions", ("noise",)), "first", metadata)
    return folder


def rows(settings: Settings, sql: str) -> list[Any]:
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        result = list(connection.execute(text(sql)).scalars())
    engine.dispose()
    return result


def test_an_empty_database_is_brought_up_and_a_second_time_nothing_happens(
        noise: Path, suite_of: SuiteOf, make_app: MakeApp, settings: Settings) -> None:
    suite = suite_of()
    app = make_app(suite)
    lifecycle.register_synchroniser("permissions", lambda session, _suite: sync_permissions(session, CLERK))
    first = lifecycle.upgrade(suite, app)
    assert first["applied"][0]["module"] == "core"
    assert first["applied"][-1] == {"module": "noise", "revision": "noise_0001"}
    assert first["permissions"] == {"added": ["noise.clerk: noise.permit:grant", "noise.clerk: noise.permit:read"],
                                    "removed": []}
    assert lifecycle.upgrade(suite, app) == {"applied": [], "permissions": {"added": [], "removed": []},
                                             "synchronised": {}}
    assert rows(settings, "SELECT version_num FROM core_alembic") == [head(parts(suite)[0])]


def test_synchronisers_run_in_order_and_each_is_committed(noise: Path, suite_of: SuiteOf, make_app: MakeApp,
                                                          settings: Settings) -> None:
    def first(session: Session, _suite: Suite) -> int:
        session.execute(text("INSERT INTO noise_permit (id, holder) VALUES (1, 'Hall')"))
        return 1

    def second(session: Session, _suite: Suite) -> None:
        assert session.execute(text("SELECT count(*) FROM noise_permit")).scalar() == 1
        session.execute(text("INSERT INTO noise_permit (id) VALUES (2)"))
        raise Refusal("no")

    lifecycle.register_synchroniser("one", first)
    lifecycle.register_synchroniser("two", second)
    suite = suite_of()
    with pytest.raises(Refusal, match="no"):
        lifecycle.upgrade(suite, make_app(suite))
    assert rows(settings, "SELECT id FROM noise_permit") == [1]


def test_a_module_whose_folder_was_deleted_does_not_break_the_next_upgrade(
        noise: Path, root: Path, suite_of: SuiteOf, make_app: MakeApp, settings: Settings) -> None:
    suite = suite_of()
    lifecycle.upgrade(suite, make_app(suite))
    noise.rename(root.parent / "taken_away")
    without = suite_of()
    assert without.addons == ()
    assert lifecycle.upgrade(without, make_app(without))["applied"] == []
    assert rows(settings, "SELECT count(*) FROM noise_permit") == [0]


def test_a_rehearsal_tells_what_would_change_and_changes_nothing(
        noise: Path, root: Path, suite_of: SuiteOf, make_app: MakeApp, settings: Settings) -> None:
    core_alone = Suite(settings, [])
    lifecycle.upgrade(core_alone, make_app(core_alone))
    due = "SELECT label FROM core_audit_label"
    engine = migration_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE core_audit_label (label VARCHAR(20))"))
        connection.execute(text("INSERT INTO core_audit_label VALUES ('2026-12-01')"))

    def move(session: Session, _suite: Suite) -> None:
        session.execute(text("UPDATE core_audit_label SET label = '2026-12-02'"))

    def due_dates(session: Session, _suite: Suite) -> Mapping[str, str]:
        return {"NH-2026-1": session.execute(text(due)).scalar_one()}

    lifecycle.register_synchroniser("permissions", lambda session, _suite: sync_permissions(session, CLERK))
    lifecycle.register_synchroniser("calendar", move)
    lifecycle.register_probe("due date", due_dates)
    held = engine.connect()  # somebody works with the original meanwhile
    held.execute(text(due))
    held.rollback()

    def app_on(copy: Settings) -> Flask:
        assert copy.database_url != settings.database_url
        return make_app(Suite(copy, suite_of().addons, suite_of().found))

    report = lifecycle.rehearse(settings, app_on)
    held.close()
    assert report["applied"] == [{"module": "noise", "revision": "noise_0001"}]
    assert len(report["permissions"]["added"]) == 2
    assert report["changes"] == {"due date": [{"key": "NH-2026-1", "before": "2026-12-01", "after": "2026-12-02"}]}
    assert rows(settings, due) == ["2026-12-01"]
    with engine.connect() as connection:
        assert not inspect(connection).has_table("noise_permit")
        if engine.dialect.name == "postgresql":
            assert not list(connection.execute(text("SELECT 1 FROM pg_database WHERE datname LIKE '%rehearsal%'")))
    assert not list(settings.var.glob("rehearsal*"))


def test_without_the_right_to_make_a_database_the_rehearsal_says_what_to_ask_for(
        suite_of: SuiteOf, settings: Settings, make_app: MakeApp) -> None:
    if settings.database_url.startswith("sqlite"):
        with pytest.raises(Refusal, match="in memory"):
            lifecycle.rehearse(replace(settings, database_url="sqlite://"), lambda _settings: make_app(suite_of()))
        return
    engine = migration_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE modest_house LOGIN"))
    try:
        modest = replace(settings, database_url=engine.url.set(username="modest_house").render_as_string(False))
        with pytest.raises(Refusal, match='ALTER ROLE "modest_house" CREATEDB'):
            lifecycle.rehearse(modest, lambda _settings: make_app(suite_of()))
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP ROLE modest_house"))


def test_roles_get_exactly_what_the_code_declares(suite_of: SuiteOf, make_app: MakeApp, settings: Settings) -> None:
    suite = suite_of()
    app = make_app(suite)
    lifecycle.upgrade(suite, app)

    def sync(wanted: Mapping[str, set[tuple[str, str]]]) -> dict[str, list[str]]:
        lifecycle.register_synchroniser("permissions", lambda session, _suite: sync_permissions(session, wanted))
        result: dict[str, list[str]] = lifecycle.upgrade(suite, app)["permissions"]
        return result

    clerk = declared([DeclaredRole("noise.clerk", "Clerk", ("noise.permit:read", "noise.permit:grant"))])
    assert len(sync(clerk)["added"]) == 2
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:  # a bureau copies the role and makes it its own
        connection.execute(text("INSERT INTO ab_role (id, name) VALUES (900, 'our clerk')"))
        connection.execute(text("INSERT INTO ab_permission_view_role (id, role_id, permission_view_id) "
                                "SELECT 900, 900, min(id) FROM ab_permission_view"))
    engine.dispose()
    assert sync({"noise.clerk": {("read", "noise.permit"), ("void", "noise.permit")}}) == {
        "added": ["noise.clerk: noise.permit:void"], "removed": ["noise.clerk: noise.permit:grant"]}
    assert sync({"other.role": {("read", "other")}})["removed"] == [], "a role that nobody declares keeps what it has"
    assert rows(settings, "SELECT count(*) FROM ab_permission_view_role WHERE role_id = 900") == [1]


def test_thousands_of_permissions_take_few_statements(suite_of: SuiteOf, make_app: MakeApp, settings: Settings) -> None:
    from sqlalchemy import event

    suite = suite_of()
    app = make_app(suite)
    lifecycle.upgrade(suite, app)
    wanted = {f"m{n}.clerk": {(verb, f"m{n}.t{t}") for verb in "abcdef" for t in range(8)} for n in range(30)}
    with app.app_context(), exclusive(settings), Session(make_engine := create_engine(settings.database_url)) as session:
        statements: list[str] = []
        event.listen(make_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        assert len(sync_permissions(session, wanted)["added"]) == 1440
        session.commit()
        assert len(statements) < 60
        statements.clear()
        assert sync_permissions(session, wanted) == {"added": [], "removed": []}
        assert len(statements) <= 5
        session.commit()
    make_engine.dispose()


def test_permissions_are_never_written_outside_an_upgrade(settings: Settings) -> None:
    with Session(create_engine("sqlite://")) as session, pytest.raises(RuntimeError, match="yingshang upgrade"):
        sync_permissions(session, CLERK)


def _upgrade_in_a_process(url: str, var: str, gate: Any, results: Any) -> None:
    from core.db import db

    settings = Settings.load({"YINGSHANG_VAR": var, "YINGSHANG_DATABASE_URL": url, "YINGSHANG_LOCALE": "en"})
    suite = Suite(settings, [])
    app = Flask("house")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(app)
    lifecycle.register_synchroniser("permissions", lambda session, _suite: sync_permissions(session, CLERK))
    gate.wait()
    result = lifecycle.upgrade(suite, app)
    results.put((len(result["applied"]), len(result["permissions"]["added"])))


def test_of_several_upgrades_at_once_one_does_the_work(settings: Settings) -> None:
    context = multiprocessing.get_context("spawn")
    gate, results = context.Barrier(3), context.Queue()
    processes = [context.Process(target=_upgrade_in_a_process,
                                 args=(settings.database_url, str(settings.var), gate, results)) for _n in range(3)]
    for process in processes:
        process.start()
    outcomes = sorted(results.get(timeout=60) for _process in processes)
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert outcomes[:2] == [(0, 0), (0, 0)] and outcomes[2][0] >= 1 and outcomes[2][1] == 2


def test_the_lock_is_free_again_after_a_failure(settings: Settings) -> None:
    for _attempt in range(2):
        with pytest.raises(Refusal), exclusive(settings):
            raise Refusal("stopped")
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        assert connection.execute(select(1)).scalar() == 1
    engine.dispose()
