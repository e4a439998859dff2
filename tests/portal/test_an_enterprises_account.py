"""An enterprise signs in with a code to its registered contact and sees all of its own, and nothing else."""
from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import moment
from core.access import as_system, system_viewer
from core.audit import AuditEntry
from core.case import Case, do
from core.isolation import prove
from core.letter import register
from core.letter.models import Letter
from core.outbox.models import Message
from core.party.models import Enterprise
from core.portal import login, reading, rebuild
from core.portal.models import PublicCase, PublicLetter
from trial_people import Desk, find

from .owner import Owner

GARDEN, DAIRY = "91120221MA05EXAMP1", "91120221MA05EXAMP2"


@pytest.fixture
def owner(app: Flask, desk: Desk) -> Owner:
    session = desk.district.session
    session.add_all([Enterprise(name="示例园林有限公司", uscc=GARDEN, phone="13800001234"),
                     Enterprise(name="示例乳业有限公司", uscc=DAIRY, phone="13900005678"),
                     Enterprise(name="没有电话的店", reg_no="120221600012345", phone="022-69590000")])
    session.commit()
    return Owner(app)


def code_for(phone: str) -> str:
    """What the newest message to that number says."""
    with as_system("test") as session:
        body = session.scalars(select(Message.body).where(Message.address == phone).order_by(Message.id.desc())).first()
    found = re.search(r"\d{6}", body or "")
    assert found is not None
    return found[0]


def enters(owner: Owner, code: str, phone: str) -> None:
    """Sign in."""
    assert owner.post("/portal/account/code", {"code": code}).status_code == 200
    assert owner.post("/portal/account", {"code": code, "otp": code_for(phone)}).location == "/portal/account"


def handed_in(app: Flask, code: str, title: str, place: str) -> str:
    """A case of that enterprise, granted, with its signed letter; its number."""
    sender = Owner(app, place)
    sender.applies(title=title)
    number = sender.newest()[0]
    with as_system("test") as session:
        case = find(session, number)
        case.enterprise_id = session.scalars(select(Enterprise.id).where(Enterprise.uscc == code)).one()
        do(case, "accept", actor=system_viewer("test"))
        do(case, "grant", actor=system_viewer("test"), data={"trees": 1})
        session.flush()
        letter = session.scalars(select(Letter).where(Letter.case_id == case.id)).one_or_none() or register.draft(
            session, register.kind_named("tree_felling.granted"), case, system_viewer("test"))
        sign(session, letter)
        session.commit()
    return number


def sign(session: Session, letter: Letter) -> None:
    """Review and sign."""
    if letter.state == "draft":
        register.review(session, letter, system_viewer("test"))
    register.sign(session, letter, system_viewer("test"))


def test_it_sees_its_own_cases_and_letters_and_no_others(owner: Owner, app: Flask) -> None:
    mine, theirs = handed_in(app, GARDEN, "园林门前的树", "192.0.2.1"), handed_in(app, DAIRY, "乳业门前的树", "192.0.2.2")
    assert owner.get("/portal/account").status_code == 200
    enters(owner, GARDEN.lower(), "13800001234")
    page = owner.get("/portal/account").text
    assert "示例园林有限公司" in page and mine in page and "准予砍伐通知书" in page
    assert theirs not in page and "乳业" not in page
    assert "园林门前的树" in owner.get(f"/portal/cases/{mine}").text, "without the query code"
    assert owner.get(f"/portal/cases/{theirs}").status_code == 302
    with as_system("test") as session:
        letters = {of: session.scalars(select(Letter.id).join(Case, Case.id == Letter.case_id).where(
            Case.number == of)).one() for of in (mine, theirs)}
    pdf = owner.get(f"/portal/account/letters/{letters[mine]}.pdf")
    assert pdf.status_code == 200 and pdf.data.startswith(b"%PDF")
    assert owner.get(f"/portal/cases/{mine}/letters/{letters[mine]}.pdf").data == pdf.data
    for path in (f"/portal/account/letters/{letters[theirs]}.pdf", f"/portal/cases/{mine}/letters/{letters[theirs]}.pdf",
                 "/portal/account/letters/99999.pdf"):
        assert owner.get(path).status_code == 404
    owner.post("/portal/account/out")
    assert owner.get(f"/portal/account/letters/{letters[mine]}.pdf").location == "/portal/account"
    assert owner.get(f"/portal/cases/{mine}").status_code == 302
    with as_system("test") as session:
        assert [entry.action for entry in session.scalars(select(AuditEntry).where(
            AuditEntry.action.in_(["signed in", "fetched"])).order_by(AuditEntry.id))] == ["signed in", "fetched"]


def written_to(code: str, *, signed: bool = True) -> int:
    """The id of a letter to that enterprise which belongs to no case."""
    with as_system("test") as session:
        kind, unit = register.kind_named("tree_felling.granted"), session.scalars(select(Case).limit(1)).one().unit
        key = session.scalars(select(Enterprise.id).where(Enterprise.uscc == code)).one()
        letter, = register.draft_many(session, kind, unit, {code: kind.sample}, system_viewer("test"), enterprises={code: key})
        if signed:
            sign(session, letter)
        session.commit()
        return letter.id


def test_a_letter_that_belongs_to_no_case_is_in_the_account_of_the_enterprise_it_is_for(
        owner: Owner, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, code in (("192.0.2.1", GARDEN), ("192.0.2.2", DAIRY)):
        handed_in(app, code, "门前的树", place)
    mine, theirs = written_to(GARDEN, signed=False), written_to(DAIRY)
    enters(owner, GARDEN, "13800001234")
    assert owner.get(f"/portal/account/letters/{mine}.pdf").status_code == 404, "not before it is signed"
    with as_system("test") as session:
        sign(session, session.get_one(Letter, mine))
        session.commit()
    assert f"/portal/account/letters/{mine}.pdf" in owner.get("/portal/account").text
    assert owner.get(f"/portal/account/letters/{mine}.pdf").data.startswith(b"%PDF")
    assert owner.get(f"/portal/account/letters/{theirs}.pdf").status_code == 404
    told = prove(app, under="/portal/account")
    assert told["leaks"] == [] and told["unproved"] == [] and told["shown"]
    with monkeypatch.context() as planted:
        planted.setattr(reading, "letter", lambda session, letter_id, **_whose: session.get(PublicLetter, letter_id))
        leaks = {(leak["account"], leak["record"]) for leak in prove(app, under="/portal/account/letters")["leaks"]}
        assert any(who == "示例园林有限公司" for who, _what in leaks)
    with as_system("test") as session:
        register.void(session, session.get_one(Letter, mine), system_viewer("test"), "写错了")
        session.commit()
        session.execute(delete(PublicLetter))
        session.commit()
        assert rebuild(session)["letters"] == 2
    assert "作废" in owner.get("/portal/account").text


def test_nobody_learns_whether_an_enterprise_is_known_or_has_a_telephone(owner: Owner, app: Flask) -> None:
    told = {Owner(app, f"192.0.2.{n}").post("/portal/account/code", {"code": code}).text.replace(code, "")
            for n, code in enumerate((GARDEN, "91120221MA05NOBODY", "120221600012345"))}
    assert len(told) == 1
    told = {Owner(app, f"192.0.2.{n}").post("/portal/account", {"code": code, "otp": "123"}).text.replace(code, "")
            for n, code in enumerate((GARDEN, "91120221MA05NOBODY", "120221600012345"))}
    assert len(told) == 1
    with as_system("test") as session:
        assert [m.address for m in session.scalars(select(Message).where(Message.channel == "sms"))] == ["13800001234"]
    assert owner.post("/portal/account/code", {"code": "nonsense"}).status_code == 422


def test_a_code_is_good_once_for_ten_minutes_and_for_five_tries(owner: Owner, app: Flask) -> None:
    def tries(code: str, otp: str) -> int:
        return owner.post("/portal/account", {"code": code, "otp": otp}).status_code

    enters(owner, GARDEN, "13800001234")
    right = code_for("13800001234")
    owner.post("/portal/account/out")
    assert tries(GARDEN, right) == 422, "once"
    owner.post("/portal/account/code", {"code": GARDEN})
    assert tries(DAIRY, code_for("13800001234")) == 422, "another's"
    with moment.at(moment.now() + dt.timedelta(minutes=11)):
        assert tries(GARDEN, code_for("13800001234")) == 422, "late"
    owner.post("/portal/account/code", {"code": GARDEN})
    right = code_for("13800001234")
    wrong = f"{(int(right) + 1) % 10 ** 6:06d}"
    assert [tries(GARDEN, wrong) for _n in range(login.ATTEMPTS)] == [422] * login.ATTEMPTS
    assert tries(GARDEN, right) == 422, "guessed at too often"
    for _n in range(login.PER_ENTERPRISE):
        owner.post("/portal/account/code", {"code": GARDEN})
    with as_system("test") as session:
        sent = session.scalars(select(Message).where(Message.address == "13800001234")).all()
    assert len(sent) == login.PER_ENTERPRISE, "nobody's telephone rings all day"
    with moment.at(moment.now() + dt.timedelta(hours=1)):
        enters(owner, GARDEN, "13800001234")
    with moment.at(moment.now() + dt.timedelta(hours=4)):
        assert "示例园林" not in owner.get("/portal/account").text, "an account closes by itself"


def test_the_proof_of_isolation_walks_as_enterprises_too(owner: Owner, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_in(app, GARDEN, "园林门前的树", "192.0.2.1")
    handed_in(app, DAIRY, "乳业门前的树", "192.0.2.2")
    told = prove(app, under="/portal/cases/<number>")
    assert told["leaks"] == [] and told["unproved"] == [] and told["shown"] >= 2
    honest = reading.owned

    def careless(session: Session, number: str, code: str = "", enterprise_id: int | None = None) -> object:
        return honest(session, number, code, enterprise_id) or session.scalars(
            select(PublicCase).where(PublicCase.number == number)).one_or_none()

    monkeypatch.setattr(reading, "owned", careless)
    leaks = {(leak["account"], leak["route"]) for leak in prove(app, under="/portal/cases/<number>/<")["leaks"]}
    assert {who for who, _route in leaks} >= {"示例园林有限公司", "–"}
