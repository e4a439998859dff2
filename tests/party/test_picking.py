"""A clerk types what he knows of an enterprise, and finds it."""
from __future__ import annotations

import datetime as dt
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import column, func, literal, select

from core.access import as_system
from core.errors import Refusal
from core.party.models import Enterprise, EnterpriseName
from core.party.picking import _LOWER, _UPPER, begins_with, find_or_provisional, pick_enterprises
from core.party.uscc import make_uscc
from core.pinyin import initials

WINE, SHOP = "天津示例瑞丰酒业有限公司", "天津市宁河区示例瑞丰便利店"
OLD, STEEL = "天津市宁河区示例老字号饭店", "天津示例宏远钢构有限公司"


@pytest.fixture
def register(session):
    """Four enterprises; the steel builder had another name."""
    for serial, (name, prefix, reg_no) in enumerate(((WINE, "91", None), (SHOP, "92", None),
                                                     (OLD, "", "120221600000017"), (STEEL, "91", None))):
        session.add(Enterprise(name=name, pinyin=initials(name), reg_no=reg_no,
                               uscc=make_uscc("120117", serial + 100, prefix) if prefix else None))
    session.flush()
    steel = session.scalars(select(Enterprise).where(Enterprise.name == STEEL)).one()
    session.add(EnterpriseName(enterprise_id=steel.id, name="天津示例腾达铁艺有限公司", valid_to=dt.date(2024, 5, 6)))
    session.commit()
    return session


def names(session, q, **more):
    return [enterprise.name for enterprise in pick_enterprises(session, q, **more)]


@pytest.mark.parametrize(("q", "found"), [
    (make_uscc("120117", 100), [WINE]),
    (make_uscc("120117", 100).lower(), [WINE]),
    ("921201", [SHOP]),
    ("120221600", [OLD]),
    ("tjslrf", [WINE]),
    ("TJSLRF", [WINE]),
    ("酒业", [WINE]),
    ("腾达铁艺", [STEEL]),
    ("瑞丰", [SHOP, WINE]),
    ("没有这家", []),
    ("100%", []),
])
def test_by_code_number_initials_name_and_former_name(register, q, found):
    assert names(register, q) == found


def test_the_ones_worked_on_last_lead_if_they_fit(register):
    wine, old = (register.scalars(select(Enterprise.id).where(Enterprise.name == name)).one() for name in (WINE, OLD))
    assert names(register, "瑞丰", recent=[old, wine]) == [WINE, SHOP]
    assert names(register, "", recent=[old, wine]) == [OLD, WINE, STEEL, SHOP]
    assert names(register, "", limit=1) == [STEEL]


@given(prefix=st.text(_LOWER, min_size=1, max_size=4), text=st.text(_LOWER, max_size=6))
def test_a_range_means_the_same_as_a_beginning(prefix, text):
    """In the order of the alphabet, which is the databases' order for plain characters."""
    rule = begins_with(column("c"), prefix, _LOWER)
    bounds = [part.right.value for part in getattr(rule, "clauses", [rule])]
    inside = text >= bounds[0] and (len(bounds) == 1 or text < bounds[1])
    assert inside == text.startswith(prefix) or (len(bounds) == 1 and set(prefix) == {"z"})


@pytest.mark.parametrize(("alphabet", "prefix", "text"), [(_LOWER, "tjz", "tjzz"), (_LOWER, "t9", "t9a"),
                                                          (_UPPER, "9Z", "9ZZ"), (_UPPER, "Z", "ZA")])
def test_the_database_agrees(session, alphabet, prefix, text):
    inside = select(func.count()).where(begins_with(literal(text), prefix, alphabet))
    after = select(func.count()).where(begins_with(literal("t" + text), prefix, alphabet))
    assert session.scalar(inside) == 1
    assert session.scalar(after) == int(("t" + text).startswith(prefix) or (prefix == "Z" and "t" > "Z"))


def test_an_unknown_code_becomes_a_record_to_be_verified(register):
    code = make_uscc("120221", 77, "93")
    made = find_or_provisional(register, f" {code.lower()} ", "天津市宁河区示例  河蟹专业合作社")
    assert (made.uscc, made.source, made.verified, made.kind) == (code, "provisional", False, "农民专业合作社")
    assert made.pinyin == initials(made.name) and made.org_code == code[8:17]
    assert find_or_provisional(register, code, "别的名称") is made and made.name != "别的名称"
    with pytest.raises(Refusal):
        find_or_provisional(register, "91120117MA05A1B25O", "码写错的公司")


def test_two_clerks_who_meet_the_same_unknown_code_get_one_record(app):
    code, found, ready = make_uscc("120117", 4711), [], threading.Barrier(2)

    def clerk():
        with app.app_context(), as_system("test") as session:
            ready.wait()
            found.append(find_or_provisional(session, code, "天津示例同时有限公司").uscc)
            session.commit()

    threads = [threading.Thread(target=clerk) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [code, code]
    with as_system("test") as session:
        assert session.scalar(select(func.count()).select_from(Enterprise).where(Enterprise.uscc == code)) == 1
