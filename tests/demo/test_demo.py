"""Somebody loads the demonstration, looks at who may sign in, and loads it again."""
from __future__ import annotations

import datetime as dt
import json
import stat
import time
from collections import Counter
from itertools import islice
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, func, select, update

from core import demo, moment
from core.access import Role, Scope, as_system, build_viewer
from core.access.models import Staff, Unit
from core.addon import Addon, Suite
from core.audit import AuditEntry, verify
from core.board.targets import Target
from core.board.targets import put as put_target
from core.case.models import Case
from core.demo import accounts, loading
from core.demo.enterprises import COLUMNS, businesses
from core.demo.people import accounts as all_accounts
from core.demo.words import PLAN
from core.errors import Refusal
from core.lifecycle import sync_permissions
from core.module_switch import BureauModule
from core.party import uscc
from core.party.models import Enterprise
from core.party.people import password_fault
from core.party.search import enterprises_matching
from core.pinyin import initials

ROLES = [Role("Admin", "Administrator", ("admin:open", "unit:edit"), Scope.ALL),
         Role("core.auditor", "Auditor", ("audit:read",), Scope.ALL),
         Role("core.register", "Enterprise register clerk", ("enterprise:read",), Scope.ALL),
         Role("credit_repair.clerk", "Clerk", ("credit_repair.penalty:read",)),
         Role("credit_repair.credit_head", "Head", ("credit_repair.penalty:read",), Scope.ALL),
         Role("credit_repair.window_clerk", "Window clerk", ("credit_repair.penalty:read",))]


@pytest.fixture
def few(monkeypatch):
    """A scale that loads at once."""
    monkeypatch.setattr(loading, "SCALES", {"small": 300, "district": 500})


@pytest.fixture
def suite(app, monkeypatch, tmp_path):
    """The suite with one module, whose demonstration counts how often it is loaded."""
    calls = []
    addon = Addon("credit_repair", "信用修复", "", "1", tmp_path, "addons.credit_repair")
    part = SimpleNamespace(load=lambda session, scale, rng, today: calls.append((scale, rng.random())))
    monkeypatch.setattr(Addon, "load", lambda self, name: part if name == "demo" else None)
    made = Suite(app.extensions["yingshang"].settings, [addon])
    made.calls = calls
    return made


@pytest.fixture
def load(district, suite, tmp_path, few, monkeypatch):
    """``load("small")`` loads the demonstration; its data folder is ``tmp_path``."""
    monkeypatch.setattr("core.permission_sync.require_exclusive", lambda what: None)
    sync_permissions(district, {role.name: {tuple(reversed(p.split(":"))) for p in role.permissions} for role in ROLES})
    district.commit()
    return lambda scale="small", **more: demo.load(district, suite, ROLES, scale, tmp_path, **more)


def test_a_second_run_finds_everything_there_and_is_short(load, district, suite, tmp_path):
    first = load()
    assert first.people > 15 and first.enterprises == 300 and first.modules == ["credit_repair"]
    kept = (tmp_path / accounts.FILE).read_text()
    began = time.perf_counter()
    second = load()
    assert time.perf_counter() - began < 1
    assert (second.people, second.enterprises, second.modules, second.kept) == (0, 0, [], ["credit_repair"])
    assert len(suite.calls) == 1 and (tmp_path / accounts.FILE).read_text() == kept
    assert district.scalar(select(func.count()).select_from(Enterprise)) == 300
    assert verify(district).ok


def test_everybody_who_is_told_a_password_can_sign_in_with_it(load, district, tmp_path, client):
    load()
    told = all_accounts(district, tmp_path)
    assert set(json.loads((tmp_path / accounts.FILE).read_text())) == {account["username"] for account in told}
    assert stat.S_IMODE((tmp_path / accounts.FILE).stat().st_mode) == 0o600
    person = next(account for account in told if account["roles"] == ["Admin"])
    assert set(person) >= {"username", "password", "name", "bureau", "roles"} and person["bureau"] == "NH-ZWB"
    client.post("/login/", data={"username": person["username"], "password": person["password"]})
    assert client.get("/admin/units").status_code == 200
    for account in told:
        assert password_fault(account["password"], account["username"], account["name"]) is None


def test_there_is_a_person_in_every_role_where_it_belongs(load, district, tmp_path):
    load()
    seats = Counter((role, account["bureau"]) for account in all_accounts(district, tmp_path) for role in account["roles"])
    assert {role for role, _bureau in seats} == {role.name for role in ROLES}
    assert max(seats.values()) == 1, "one person a seat"
    assert [bureau for role, bureau in seats if role == "credit_repair.credit_head"] == ["NH-FGW"]
    assert [bureau for role, bureau in seats if role == "credit_repair.window_clerk"] == ["NH-ZWB"]
    enforcers = set(district.scalars(select(Unit.code).where(Unit.is_enforcer)))
    assert {bureau for role, bureau in seats if role == "credit_repair.clerk"} == enforcers
    on = set(district.scalars(select(Unit.code).join(BureauModule, BureauModule.bureau_id == Unit.id)))
    assert on == enforcers | {"NH-FGW", "NH-ZWB"}


def test_their_roles_count_because_their_bureaus_use_the_module(load, district):
    load()
    clerk = district.scalars(select(Staff).where(Staff.post.is_not(None)).order_by(Staff.id.desc())).first()
    assert build_viewer(district, clerk.id).may("credit_repair.penalty:read")


def test_people_of_a_module_that_comes_later_join_the_others(load, district, suite, tmp_path):
    before = load().people
    suite.addons = (*suite.addons, Addon("liquor_cluster", "白酒", "", "1", tmp_path, "addons.liquor_cluster"))
    ROLES.append(Role("liquor_cluster.clerk", "Clerk", ()))
    try:
        sync_permissions(district, {role.name: {("read", "x")} for role in ROLES})
        later = load()
    finally:
        ROLES.pop()
    assert before and later.people == 2 and later.modules == ["liquor_cluster"]


def test_a_lost_password_file_is_made_anew_with_new_passwords(load, district, tmp_path):
    load()
    old = {account["username"]: account["password"] for account in all_accounts(district, tmp_path)}
    (tmp_path / accounts.FILE).unlink()
    assert load().people == 0
    new = {account["username"]: account["password"] for account in all_accounts(district, tmp_path)}
    assert new.keys() == old.keys() and not set(new.values()) & set(old.values())


def test_a_larger_scale_adds_to_the_smaller_one(load, district):
    load()
    codes = set(district.scalars(select(Enterprise.uscc)))
    assert load("district").enterprises == 200
    assert codes <= set(district.scalars(select(Enterprise.uscc)))
    assert load("small").enterprises == 0


def test_a_database_with_real_cases_is_refused(load, district, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(loading, "Case", Unit)  # any table with rows: core has no kind of case of its own
        with pytest.raises(Refusal):
            load()
        assert district.scalar(select(func.count()).select_from(Enterprise)) == 0
        assert load(force=True).enterprises == 300
        assert load().enterprises == 0, "it is a demonstration now"
    assert Case.__tablename__ == "core_case"


def test_an_unknown_scale_is_refused(load):
    with pytest.raises(Refusal, match="galaxy"):
        load("galaxy")


def test_a_demonstration_without_the_districts_units_says_what_to_do(load, district):
    district.execute(delete(Unit).where(Unit.code == "NH-ZWB"))
    district.commit()
    with pytest.raises(Refusal, match="NH-ZWB"):
        load()


def test_what_was_loaded_stands_in_the_log(load, app):
    load()
    with as_system("test") as other:
        rows = other.scalars(select(AuditEntry).where(AuditEntry.subject == loading.SUBJECT)).all()
    assert {row.subject_id for row in rows} == {"people", "enterprises", "seals", "targets", "credit_repair"}


def test_invented_businesses_are_sound_and_marked():
    with moment.at(dt.date(2026, 1, 5)):
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in businesses(3000)]
        assert list(businesses(10)) == list(islice(businesses(4000), 10)), "a smaller scale is the beginning of a larger one"
    assert all(PLAN.mark in row["name"] and row["pinyin"] == initials(row["name"]) for row in rows)
    assert len({row["name"] for row in rows}) == 3000
    coded = [row for row in rows if row["uscc"]]
    assert all(uscc.is_valid(row["uscc"]) for row in coded) and len({row["uscc"] for row in coded}) == len(coded)
    assert all(row["reg_no"] for row in rows if not row["uscc"]) and len(coded) < 3000
    kinds = Counter(row["kind"] for row in rows)
    assert kinds["个体工商户"] > kinds["企业"] > kinds["农民专业合作社"] > 0
    assert all(uscc.KIND_NAMES[uscc.kind(row["uscc"])] == row["kind"] for row in coded)
    assert {row["uscc"][2:8] for row in coded} == {"120117", "120221"}
    assert {row["status"] for row in rows} >= {"存续", "注销", "吊销，未注销", "迁出", "歇业"}
    assert len({row["district_code"] for row in rows}) == 17 and any(row["industry"] == "1512" for row in rows)
    assert all(row["phone"].startswith(("022-0000", "1990000")) for row in rows)


def test_a_million_names_are_a_million_different_names():
    assert len(PLAN.shop) == len(set(PLAN.shop)) >= 100
    assert len(PLAN.shop) ** 3 % 7919, "the step shares no factor with the number of names"


def test_they_are_found_by_their_initials(load, district):
    load()
    some = district.scalars(select(Enterprise).limit(1)).one()
    assert some in district.scalars(select(Enterprise).where(enterprises_matching(some.pinyin[:8]))).all()


def test_somebody_who_left_is_not_told_any_more(load, district, tmp_path):
    load()
    district.execute(update(Staff).where(Staff.id == district.scalar(select(func.max(Staff.id)))).values(active=False))
    district.commit()
    assert len(all_accounts(district, tmp_path)) == district.scalar(select(func.count()).select_from(Staff)) - 1


def test_the_figures_have_targets_and_one_that_somebody_set_stays(load, district):
    put_target(district, "core.on_time", "70", "60", None)
    load()
    kept = district.get(Target, "core.on_time")
    assert kept is not None and (kept.target, kept.limit) == (0.7, 0.6)
    assert district.scalar(select(func.count()).select_from(Target)) == 1  # those of modules that are not loaded are left out
