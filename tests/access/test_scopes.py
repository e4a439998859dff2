"""Who sees which rows: five scopes, on cases and on everything that hangs on them, and no way past the rule."""
from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, literal_column, select, text, update
from sqlalchemy.orm import Session, selectinload

from core import moment
from core.access import Scope, Unit, Viewer, as_system, build_viewer, current_viewer, view_as
from core.access.explain import why_not
from core.access.rows import RowRuleError, rules_for, set_viewer
from core.access.viewer import NOBODY, Reach
from core.case import Case, Clock, Event, available, duty
from core.case.models import Attachment, CaseTask, Evaluation, Link, Watcher
from core.db import db
from core.errors import NotAllowed
from core.isolation.oracle import seen_cases
from core.module_switch import BureauModule
from core.testing.people import LONG_AGO, District, give_role, make_person
from trial_modules.tree_felling.models import Permit
from trial_people import Desk, find

WHERE = ("CGW", "SAMR", "SAMR-LAW", "SAMR-TEAM", "NDRC-CREDIT")
CHILDREN = (Event, Clock, Attachment, CaseTask, Watcher)


@pytest.fixture
def cases(desk: Desk) -> dict[str, str]:
    """One accepted case in each of five units, each with an attachment, a task and a watcher: unit → number."""
    session, numbers = desk.district.session, {}
    for code in WHERE:
        clerk = f"clerk-{code.lower()}"
        with moment.at(dt.date(2026, 1, 5)):
            give_role(desk.district, clerk, "周某", "tree_felling.clerk", code)
        session.commit()
        numbers[code] = desk.opens(clerk, unit=code, title=f"{code}的树")
        desk.does(clerk, numbers[code], "accept")
        case = find(session, numbers[code])
        case.attachments.append(Attachment(name=f"{code}.pdf", sha256="0" * 64, size=1, content_type="application/pdf",
                                           uploaded_at=moment.now()))
        case.tasks.append(CaseTask(title=f"{code} task"))
        session.add(Watcher(case=case, user_id=desk.person("lin").id, added_at=moment.now()))
        session.commit()
    return numbers


def seen(viewer: Viewer, cases: dict[str, str]) -> set[str]:
    """The units whose case ``viewer`` sees, found by list, by related rows and by count alike."""
    with view_as(viewer) as session:
        listed = set(session.scalars(select(Case.number)))
        assert listed == set(session.scalars(select(Permit.number)))
        assert session.scalar(select(func.count()).select_from(Case)) == len(listed)
        assert {n for n in cases.values() if session.scalars(select(Case).where(Case.number == n)).first()} == listed
        for child in CHILDREN:
            owners = session.scalars(select(Case.number).join(child, child.case_id == Case.id)).all()
            assert set(owners) == listed, child
            assert session.scalar(select(func.count(func.distinct(child.case_id)))) == len(listed), child
        loaded = session.scalars(select(Case).options(selectinload(Case.events), selectinload(Case.clocks))).all()
        assert all(case.events and case.clocks for case in loaded)
    return {unit for unit, number in cases.items() if number in listed}


@pytest.mark.parametrize(("scope", "unit", "custom", "expected"), [
    (Scope.ALL, "NDRC", (), set(WHERE)),
    (Scope.CUSTOM, "NDRC", ("CGW", "SAMR-LAW"), {"CGW", "SAMR-LAW"}),
    (Scope.UNIT, "SAMR", (), {"SAMR"}),
    (Scope.UNIT_TREE, "SAMR", (), {"SAMR", "SAMR-LAW", "SAMR-TEAM"}),
    (Scope.UNIT_TREE, "SAMR-LAW", (), {"SAMR-LAW"}),
    (Scope.OWN, "SAMR", (), set()),
])
def test_the_five_scopes(desk: Desk, cases: dict[str, str], scope: Scope, unit: str, custom: tuple[str, ...],
                         expected: set[str]) -> None:
    from core.access import appoint

    session = desk.district.session
    person = make_person(session, "wei", "魏某某")
    appoint(session, person, "tree_felling.head", desk.district.unit(unit), scope,
            custom_units=[desk.district.unit(code).id for code in custom])
    session.commit()
    assert seen(build_viewer(session, person.id), cases) == expected


def test_people_of_like_reach_share_the_compiled_sql_and_nothing_else(desk: Desk, cases: dict[str, str]) -> None:
    units = ("CGW", "SAMR", "SAMR-LAW")
    for unit in units:
        give_role(desk.district, f"wei-{unit.lower()}", "魏某某", "tree_felling.head", unit, Scope.UNIT)
    desk.district.session.commit()
    viewers = {unit: desk.district.viewer(f"wei-{unit.lower()}") for unit in units}
    keys = {select(Case.number).options(rules_for(viewer))._generate_cache_key().key for viewer in viewers.values()}
    assert len(keys) == 1
    assert {select(Case.number).options(rules_for(NOBODY))._generate_cache_key().key} != keys
    for _again in range(2):
        assert {unit: seen(viewer, cases) for unit, viewer in viewers.items()} == {unit: {unit} for unit in viewers}
        assert seen(NOBODY, cases) == set()


def test_ones_own_cases_are_those_one_opened_or_has(desk: Desk, cases: dict[str, str]) -> None:
    give_role(desk.district, "wei", "魏某某", "tree_felling.clerk", "CGW", Scope.OWN)
    viewer = desk.district.viewer("wei")
    session = desk.district.session
    find(session, cases["SAMR-LAW"]).assignee_id = viewer.user_id
    find(session, cases["CGW"]).created_by_id = viewer.user_id
    session.commit()
    assert seen(viewer, cases) == {"SAMR-LAW", "CGW"}


def test_grants_add_up(desk: Desk, cases: dict[str, str]) -> None:
    give_role(desk.district, "wei", "魏某某", "tree_felling.clerk", "CGW", Scope.UNIT)
    give_role(desk.district, "wei", "魏某某", "tree_felling.head", "SAMR-TEAM", Scope.UNIT)
    viewer = desk.district.viewer("wei")
    desk.district.session.commit()
    assert seen(viewer, cases) == {"CGW", "SAMR-TEAM"}


def test_a_child_wanders_with_its_case(desk: Desk, cases: dict[str, str]) -> None:
    assert seen(desk.district.viewer("han"), cases) == {"CGW"}
    with desk.of("han") as (session, viewer):
        duty.pass_on(find(session, cases["CGW"]), session.merge(desk.district.unit("SAMR-LAW"), load=False),
                     actor=viewer, note="转办")
        session.commit()
    assert seen(desk.district.viewer("han"), cases) == set()
    assert seen(desk.district.viewer("sun"), cases) == {"SAMR-LAW", "CGW"}


def test_nobody_and_a_session_without_a_viewer_see_nothing(desk: Desk, cases: dict[str, str]) -> None:
    assert seen(NOBODY, cases) == set()
    with Session(db.engine) as bare:
        assert bare.scalars(select(Case)).all() == [] and bare.scalars(select(Event)).all() == []


def test_the_administrator_sees_no_case(desk: Desk, cases: dict[str, str]) -> None:
    assert seen(desk.district.viewer("admin"), cases) == set()


def test_a_role_that_ended_or_begins_tomorrow_gives_nothing(desk: Desk, cases: dict[str, str]) -> None:
    session, person = desk.district.session, desk.person("han")
    assert seen(build_viewer(session, person.id, LONG_AGO - dt.timedelta(days=1)), cases) == set()
    session.execute(text("UPDATE core_appointment SET valid_to = '2026-03-01' WHERE user_id = :u"), {"u": person.id})
    session.commit()
    assert seen(build_viewer(session, person.id, dt.date(2026, 3, 1)), cases) == {"CGW"}
    assert seen(build_viewer(session, person.id, dt.date(2026, 3, 2)), cases) == set()


def test_an_account_that_is_switched_off_is_nobody(desk: Desk, cases: dict[str, str]) -> None:
    session = desk.district.session
    desk.person("han").active = False
    session.commit()
    assert build_viewer(session, desk.person("han").id) is NOBODY


def test_who_must_decide_something_reads_that_one_case_for_a_time(desk: Desk, cases: dict[str, str]) -> None:
    session = desk.district.session
    with moment.at(dt.date(2026, 2, 12)):
        han = desk.district.viewer("han")
        with view_as(han) as theirs:
            duty.let_read(theirs, find(theirs, cases["CGW"]), desk.person("sun"),
                          moment.as_instant(dt.date(2026, 2, 20)), "会签", actor=han)
            theirs.commit()
        assert seen(desk.district.viewer("sun"), cases) == {"SAMR-LAW", "CGW"}
        with view_as(desk.district.viewer("sun")) as theirs:
            assert available(find(theirs, cases["CGW"]), desk.district.viewer("sun")) == [], "reading is not deciding"
    with moment.at(dt.date(2026, 2, 21)):
        assert seen(build_viewer(session, desk.person("sun").id), cases) == {"SAMR-LAW"}


def test_a_module_that_a_bureau_switches_off_is_gone_for_its_people_alone(desk: Desk, cases: dict[str, str]) -> None:
    session = desk.district.session
    row = session.get(BureauModule, (desk.district.unit("CGW").id, "tree_felling"))
    session.delete(row)
    session.commit()
    assert seen(desk.district.viewer("han"), cases) == set()
    assert not desk.district.viewer("han").may("tree_felling.permit:read")
    assert seen(desk.district.viewer("sun"), cases) == {"SAMR-LAW"}


@pytest.mark.parametrize("statement", [
    lambda: text("SELECT number FROM core_case"),
    lambda: select(Case.__table__),
    lambda: select(Case.__table__.c.number),
    lambda: select(Event.__table__.c.note),
    lambda: select(literal_column("1")).where(select(Case.__table__.c.id).exists()),
    lambda: update(Case.__table__).values(title="x"),
    lambda: delete(Event.__table__),
    lambda: insert(Event.__table__).values(case_id=1),
    lambda: insert(Event).values(case_id=1),
    lambda: select(Permit.__table__.c.phone),
])
def test_statements_that_no_rule_can_reach_are_refused(desk: Desk, cases: dict[str, str], statement: Any) -> None:
    with desk.of("han") as (session, _viewer), pytest.raises(RowRuleError):
        session.execute(statement())


def test_changing_many_rows_at_once_changes_only_what_one_sees(desk: Desk, cases: dict[str, str]) -> None:
    with desk.of("han") as (session, _viewer):
        session.execute(update(Case).values(title="改了"))
        session.execute(delete(CaseTask))
        session.commit()
    session = desk.district.session
    session.expire_all()
    assert {unit for unit, number in cases.items() if find(session, number).title == "改了"} == {"CGW"}
    assert session.scalar(select(func.count()).select_from(CaseTask)) == len(WHERE) - 1


def test_writing_into_a_case_out_of_sight_is_refused(desk: Desk, cases: dict[str, str]) -> None:
    with as_system("test") as everything:
        foreign = find(everything, cases["SAMR"])
        everything.expunge(foreign)
    with desk.of("han") as (session, _viewer):
        session.add(foreign)
        foreign.title = "别人的"
        with pytest.raises(NotAllowed):
            session.flush()


def test_what_one_viewer_loaded_the_next_one_of_the_session_does_not_find(desk: Desk, cases: dict[str, str]) -> None:
    with desk.of("han") as (session, _viewer):
        case = find(session, cases["CGW"])
        set_viewer(session, desk.district.viewer("sun"))
        assert session.get(Case, case.id) is None
        assert current_viewer(session).name == "孙法规"


def test_as_system_sees_everything_in_a_session_of_its_own(desk: Desk, cases: dict[str, str]) -> None:
    with desk.of("han") as (session, _viewer):
        with as_system("a test") as everything:
            assert set(everything.scalars(select(Case.number))) == set(cases.values())
            assert everything.execute(text("SELECT count(*) FROM core_case")).scalar() == len(cases)
        assert len(session.scalars(select(Case)).all()) == 1


def test_cases_of_a_module_that_is_not_loaded_do_no_harm(desk: Desk, cases: dict[str, str]) -> None:
    session = desk.district.session
    session.execute(text("UPDATE core_case SET kind = 'noise.permit' WHERE number = :n"), {"n": cases["CGW"]})
    session.commit()
    assert seen(desk.district.viewer("han"), {u: n for u, n in cases.items() if u != "CGW"}) == set()
    with as_system("test") as everything:
        assert cases["CGW"] not in set(everything.scalars(select(Case.number)))


SCOPES = st.sampled_from(list(Scope))
GRANTS = st.lists(st.tuples(st.sampled_from(("tree_felling.clerk", "tree_felling.head", "Admin")),
                            st.sampled_from((*WHERE, "NDRC")), SCOPES, st.lists(st.sampled_from(WHERE), min_size=1)),
                  max_size=4)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grants=GRANTS, off=st.sets(st.sampled_from(("CGW", "SAMR", "NDRC"))), owned=st.sets(st.sampled_from(WHERE)))
def test_rule_oracle_and_explanation_agree_whatever_the_grants(
        desk: Desk, cases: dict[str, str], grants: list[tuple[str, str, Scope, list[str]]], off: set[str],
        owned: set[str]) -> None:
    """The row rule in the session, plain SQL, and the explanation for administrators: three programs, one answer."""
    from core.access import appoint

    with as_system("test") as session:
        person = make_person(session, "wei", "魏某某")
        for role, unit, scope, custom in grants:
            appoint(session, person, role, session.get_one(Unit, desk.district.unit(unit).id), scope,
                    custom_units=[desk.district.unit(code).id for code in custom])
        for code in off:
            session.delete(session.get_one(BureauModule, (desk.district.unit(code).id, "tree_felling")))
        for code in owned:
            find(session, cases[code]).assignee_id = person.id
        session.commit()
        try:
            rule = {cases[unit] for unit in seen(build_viewer(session, person.id), cases)}
            told = {number for number in cases.values() if why_not(session, number, person)["allowed"]}
            numbers = {row.id: row.number for row in session.execute(select(Case.id, Case.number))}
            plain = {numbers[key] for key in seen_cases(session, person.id)}
            assert rule == plain == told
        finally:
            session.execute(text("UPDATE core_case SET assignee_id = NULL"))
            session.execute(text("DELETE FROM core_appointment WHERE user_id = :u"), {"u": person.id})
            session.execute(text("DELETE FROM ab_user WHERE id = :u"), {"u": person.id})
            for code in off:
                session.add(BureauModule(bureau_id=desk.district.unit(code).id, module="tree_felling",
                                         enabled_at=moment.now()))
            session.commit()


def test_children_of_every_table_are_ruled() -> None:
    """A table that refers to a case and is not ruled would be a side door."""
    from core.access.rows import Scoped
    from core.case.models import CaseReader
    from core.db import Model

    mappers = [m for m in Model.registry.mappers if any(
        fk.column.table.name == "core_case" for fk in m.local_table.foreign_keys)]
    free = {m.class_.__name__ for m in mappers if not issubclass(m.class_, Scoped)}
    assert free == {
        CaseReader.__name__,  # looked up for the viewer himself, before he is known
        "PublicCase",  # the public projection: public facts only, for people without an account
        "Submission", "Token",  # found by a secret that only the enterprise has, never listed
    }
    assert {Evaluation, Link} <= {m.class_ for m in mappers}


def test_the_district_is_what_the_stories_say(office: District) -> None:
    assert {code: unit.bureau_id == unit.id for code, unit in office.units.items()} == {
        "NDRC": True, "SAMR": True, "CGW": True, "NDRC-CREDIT": False, "SAMR-LAW": False, "SAMR-TEAM": False}


def test_a_person_works_in_the_modules_of_his_bureau_of_which_he_holds_something() -> None:
    here = Reach(everywhere=True)
    may = {"parks.tree:read": here, "stats:read": here}
    clerk = Viewer(1, "王科员", permissions=may, modules=frozenset({"parks", "roads"}))
    assert [clerk.works_in(name) for name in ("parks", "roads", "bridges", "stats")] == [True, False, False, False]
