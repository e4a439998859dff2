"""An administrator keeps the tree of units."""
from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.access import Scope, UnitKind, appoint
from core.access.models import Unit
from core.audit import entries_of
from core.errors import Invalid, Refusal
from core.party.people import create_person, deactivate_person
from core.party.units import activate_unit, change_unit, create_unit, deactivate_unit, move_unit

GOOD = "Rfyx-abcd-Mnpq-2468"


@pytest.fixture
def tree(session):
    """The district with two bureaus; 执法大队 with two squads in the first of them."""
    units = {}

    def add(code, name, kind, parent=None):
        units[code] = create_unit(session, code=code, name=name, kind=kind, parent=units.get(parent))

    add("D", "区", UnitKind.DISTRICT)
    for code, name in (("A", "甲局"), ("B", "乙局")):
        add(code, name, UnitKind.BUREAU, "D")
    add("A-1", "执法大队", UnitKind.SECTION, "A")
    add("A-2", "办公室", UnitKind.SECTION, "A")
    add("A-1-1", "一中队", UnitKind.SECTION, "A-1")
    add("A-1-2", "二中队", UnitKind.SECTION, "A-1")
    session.commit()
    return units


def sound(session) -> bool:
    """Whether every path and every bureau is what the parents say."""
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    for unit in units.values():
        above = units[unit.parent_id].path if unit.parent_id else "/"
        bureau = units[unit.parent_id].bureau_id if unit.kind is UnitKind.SECTION else unit.id
        if unit.path != f"{above}{unit.id}/" or unit.bureau_id != bureau:
            return False
    return True


def test_a_new_section_belongs_to_the_bureau_above_it(session, tree):
    assert sound(session)
    assert tree["A-1-2"].bureau_id == tree["A"].id and tree["B"].bureau_id == tree["B"].id
    assert tree["A-1-2"].short_name == "二中队"


def test_all_faults_of_a_new_unit_are_told_at_once(session, tree):
    with pytest.raises(Invalid) as refusal:
        create_unit(session, code="a b", name=" ", kind=UnitKind.SECTION, doc_word="宁发〔2026〕", uscc="123")
    assert {error.field for error in refusal.value.errors} == {"code", "parent", "name", "short_name", "doc_word", "uscc"}
    with pytest.raises(Invalid) as refusal:
        create_unit(session, code="a-1", name="又一个", kind=UnitKind.SECTION, parent=tree["A"])
    assert [error.field for error in refusal.value.errors] == ["code"], "capitals make no other code"


@pytest.mark.parametrize(("kind", "parent"), [(UnitKind.SECTION, "D"), (UnitKind.BUREAU, "A-1")])
def test_what_may_not_stand_there_is_refused(session, tree, kind, parent):
    with pytest.raises(Invalid) as refusal:
        create_unit(session, code="N", name="新", kind=kind, parent=tree[parent])
    assert [error.field for error in refusal.value.errors] == ["parent"]


def test_a_change_is_logged_before_and_after(session, tree):
    change_unit(session, tree["A"], name=" 天津市宁河区甲局 ", doc_word="宁甲", is_enforcer=True)
    assert tree["A"].name == "天津市宁河区甲局"
    assert entries_of(session, "core_unit", tree["A"].id)[0].changes == {
        "name": ["甲局", "天津市宁河区甲局"], "doc_word": ["", "宁甲"], "is_enforcer": [False, True]}
    with pytest.raises(Invalid):
        change_unit(session, tree["A"], short_name="")
    with pytest.raises(TypeError):
        change_unit(session, tree["A"], code="Z")


def test_a_section_moves_with_everything_below_it(session, tree):
    move_unit(session, tree["A-1"], tree["A-2"])
    session.commit()
    assert sound(session) and tree["A-1-1"].path.startswith(tree["A-2"].path)
    move_unit(session, tree["A-1"], tree["A"])
    assert sound(session)


def test_no_unit_stands_below_itself(session, tree):
    for parent in ("A-1", "A-1-1"):
        with pytest.raises(Refusal):
            move_unit(session, tree["A-1"], tree[parent])
    assert sound(session)


def test_a_section_does_not_leave_its_bureau_because_its_cases_stay(session, tree):
    with pytest.raises(Refusal, match="科室不能移出所属部门"):
        move_unit(session, tree["A-1"], tree["B"])
    assert sound(session)


def test_a_bureau_moves_as_a_whole(session, tree):
    move_unit(session, tree["A"], None)
    assert sound(session) and tree["A"].path == f"/{tree['A'].id}/"
    with pytest.raises(Refusal):
        move_unit(session, tree["D"], tree["B"])


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from(["D", "A", "B", "A-1", "A-2", "A-1-1", "A-1-2"]),
                                st.sampled_from(["D", "A", "B", "A-1", "A-2", "A-1-1", "A-1-2", None])), max_size=12))
def test_whatever_is_moved_where_the_tree_stays_a_tree(session, tree, moves):
    for code, parent in moves:
        try:
            move_unit(session, tree[code], tree[parent] if parent else None)
        except Refusal:
            continue
    assert sound(session)
    session.rollback()


def test_a_unit_is_retired_when_nobody_works_in_it(session, tree):
    person = create_person(session, username="zhangsan", name="张三丰", password=GOOD)
    appoint(session, person, "core.auditor", tree["A-1-1"], Scope.UNIT)
    with pytest.raises(Refusal, match="一中队、二中队"):
        deactivate_unit(session, tree["A-1"])
    with pytest.raises(Refusal, match="张三丰"):
        deactivate_unit(session, tree["A-1-1"])
    deactivate_person(session, person)
    for code in ("A-1-1", "A-1-2", "A-1"):
        deactivate_unit(session, tree[code])
    with pytest.raises(Refusal, match="执法大队"):
        activate_unit(session, tree["A-1-1"])
    with pytest.raises(Invalid):
        create_unit(session, code="N", name="新", kind=UnitKind.SECTION, parent=tree["A-1"])
    activate_unit(session, tree["A-1"])
    assert activate_unit(session, tree["A-1-1"]).active
