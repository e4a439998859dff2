"""What every installation knows of the district from its first upgrade on."""
from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.models import Unit, UnitKind
from core.reference import reference, sync_reference


def by_code(session: Session) -> dict[str, Unit]:
    return {unit.code: unit for unit in session.scalars(select(Unit))}


def test_seventeen_streets_towns_and_parks_are_there_and_five_statistical_units_are_switched_off(district):
    units = by_code(district)
    streets = [unit for unit in units.values() if unit.kind is UnitKind.STREET]
    assert len([unit for unit in streets if unit.active]) == 17
    assert {unit.code for unit in streets if not unit.active} == {"120117400", "120117402", "120117403", "120117452",
                                                                 "120117453"}
    assert units["120117110"].short_name == "七里海镇" and units["120117001"].name == "天津市宁河区芦台街道办事处"


def test_every_unit_hangs_below_the_district_and_is_its_own_bureau(district):
    units = by_code(district)
    top = units["120117"]
    assert top.path == f"/{top.id}/" and top.kind is UnitKind.DISTRICT
    for unit in units.values():
        if unit is not top:
            assert unit.parent_id == top.id and unit.path == f"/{top.id}/{unit.id}/" and unit.bureau_id == unit.id


def test_who_punishes_is_marked(district):
    units = by_code(district)
    assert units["NH-CGW"].is_enforcer and units["NH-SCJGJ"].is_enforcer and not units["NH-ZWB"].is_enforcer


def test_an_upgrade_makes_what_is_missing_and_leaves_what_an_administrator_changed(district):
    units = by_code(district)
    units["NH-FGW"].name, units["NH-FGW"].is_enforcer, units["NH-FGW"].doc_word = "区发展改革委", False, "津宁发改"
    district.commit()
    assert sync_reference(district) == {"added": []}
    district.delete(units["TJ-RQ"])
    district.commit()
    assert sync_reference(district) == {"added": ["TJ-RQ"]}
    found = by_code(district)
    assert (found["NH-FGW"].name, found["NH-FGW"].is_enforcer, found["NH-FGW"].doc_word) == ("区发展改革委", False, "津宁发改")


def test_no_real_installation_issues_letters_under_an_invented_word(district):
    assert {unit.doc_word for unit in by_code(district).values()} == {""}
    assert reference().unit("NH-FGW").doc_word_placeholder == "宁发改信"


def test_every_list_names_its_source():
    facts = reference()
    assert set(facts.sources) == {"district", "streets", "statistical_units", "enclaves", "bureaus", "outside"}
    assert all(facts.sources.values()) and facts.court_code == "津0117" and facts.former_code == "120221"
    codes, names = [unit.code for unit in facts.units], [unit.short_name for unit in facts.units]
    assert len(set(codes)) == len(codes) and len(set(names)) == len(names)
