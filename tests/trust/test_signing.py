"""Three people, one number, and bytes that bear the organ's seal."""
from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select

from core import moment
from core.access.viewer import system_viewer
from core.errors import NotAllowed, Refusal
from core.letter import keys, register, sealing
from core.letter.key_models import KeyUse, LetterKey
from core.letter.models import Letter, LetterState

from .conftest import DAY, KIND, Chancery, once


def test_drafter_reviewer_and_signer_are_three_people(chancery: Chancery) -> None:
    from core.testing.people import give_role

    district = chancery.desk.district
    for role in ("tree_felling.clerk", "tree_felling.lawyer", "tree_felling.head"):
        give_role(district, "qian", "钱全能", role, "CGW")
    chancery.session.commit()
    letter_id = chancery.reviewed()
    letter = chancery.letter(letter_id)
    letter.drafter_id = district.people["qian"].id
    chancery.session.commit()
    with pytest.raises(NotAllowed, match="three people"):
        chancery.sign(letter_id, who="qian")
    with pytest.raises(NotAllowed):
        chancery.sign(letter_id, who="lin")
    assert chancery.letter(letter_id).state is LetterState.REVIEWED
    assert chancery.sign(letter_id).number == "宁城管〔2026〕1号"
    with pytest.raises(Refusal, match="as it stands now"):
        chancery.sign(letter_id)


def test_the_year_turns_and_a_voided_number_stays(chancery: Chancery, system: Any) -> None:
    first = chancery.signed("一", on=dt.date(2026, 12, 31))
    late = chancery.reviewed("二", on=dt.date(2026, 12, 31))
    new = chancery.sign(late, on=dt.date(2027, 1, 1))
    second = chancery.signed("三", on=dt.date(2026, 12, 31))
    assert [letter.number for letter in (first, new, second)] == [
        "宁城管〔2026〕1号", "宁城管〔2027〕1号", "宁城管〔2026〕2号"]
    with moment.at(dt.date(2027, 1, 4)), chancery.desk.of("han") as (session, viewer):
        letter = session.get_one(Letter, first.id)
        with pytest.raises(Refusal, match="reason"):
            register.void(session, letter, viewer, " ")
        register.void(session, letter, viewer, "事实有误")
        session.commit()
    assert register.check_numbers(system) == [
        {"organ": "区城管委", "kind": "letter", "year": 2026, "last": 2, "gaps": [], "duplicates": [], "voided": [1]},
        {"organ": "区城管委", "kind": "letter", "year": 2027, "last": 1, "gaps": [], "duplicates": [], "voided": []}]
    again = chancery.signed("一", on=dt.date(2026, 12, 31))
    assert again.number == "宁城管〔2026〕3号", "the number of the voided letter is not used again"


def test_a_failure_after_the_number_was_taken_gives_it_back(chancery: Chancery, monkeypatch: pytest.MonkeyPatch) -> None:
    letter_id = chancery.reviewed()

    def broken(*_args: Any, **_more: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("core.files.FileStore.put", broken)
        with pytest.raises(OSError, match="disk"):
            chancery.sign(letter_id)
    assert chancery.sign(letter_id).number == "宁城管〔2026〕1号"


def test_a_letter_drawn_ahead_counts_only_under_its_own_number(chancery: Chancery) -> None:
    from core.letter import making

    one, other = chancery.reviewed("一"), chancery.reviewed("二")
    with moment.at(DAY), chancery.desk.of("han") as (session, viewer):
        first, second = session.get_one(Letter, one), session.get_one(Letter, other)
        kind = register.kind_named(KIND)
        ahead = making.make(making.order_for(session, first, kind, "宁城管〔2026〕1号"))
        late = making.make(making.order_for(session, second, kind, "宁城管〔2026〕1号"))
        register.sign(session, first, viewer, ahead)
        register.sign(session, second, viewer, late)
        session.commit()
    assert register.pdf_of(chancery.letter(one)) == ahead.data
    assert register.pdf_of(chancery.letter(other)) != late.data
    assert chancery.letter(other).code != late.order.code
    assert chancery.letter(other).number == "宁城管〔2026〕2号"


def test_two_organs_never_count_under_one_word(chancery: Chancery) -> None:
    chancery.signed()
    other = chancery.reviewed("二")
    letter, bureau = chancery.letter(other), chancery.desk.district.unit("SAMR")
    letter.bureau_id, bureau.doc_word = bureau.id, "宁城管"
    chancery.session.commit()
    # han signs for her own bureau, however far she sees
    with pytest.raises(NotAllowed, match="letter of 区市场监管局, whose people sign it"):
        chancery.sign(other)
    with moment.at(DAY), pytest.raises(Refusal, match="one word"):
        register.sign(chancery.session, chancery.letter(other), system_viewer("a test"))


@once
def test_the_sealed_letter_is_the_pdf_a_that_was_drawn(chancery: Chancery, system: Any) -> None:
    letter = chancery.signed()
    data = register.pdf_of(letter)
    found = sealing.read(data)
    assert found is not None and found.holds and found.whole
    assert (found.key_id, found.name) == (letter.seal_key, "区城管委")
    assert found.at == letter.signed_at and moment.local(found.at).date() == DAY
    key = system.scalars(select(LetterKey).where(LetterKey.use == KeyUse.SEAL)).one()
    assert key.self_made and key.algorithm == "ECDSA P-256" and key.key_id == letter.seal_key
    for path in keys.folder().iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    assert keys.folder().stat().st_mode & 0o777 == 0o700
    with pikepdf.open(io.BytesIO(data)) as pdf:
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "U")
        assert data.count(b"%%EOF") == 1 and data.count(b"startxref") == 1, "one revision: nothing was added behind it"
        assert "/Version" not in pdf.Root and "/Extensions" not in pdf.Root
        [field] = pdf.Root.AcroForm.Fields
        assert (field.F, list(field.Rect), pdf.Root.AcroForm.SigFlags) == (132, [0, 0, 0, 0], 3)
        assert field.V.SubFilter == "/ETSI.CAdES.detached"
        assert not pdf.get_warnings()


@once
def test_a_seal_costs_six_kilobytes_at_most_and_the_drawing_is_the_same_every_time(chancery: Chancery) -> None:
    from dataclasses import replace

    from core.letter import making
    from core.letter.render import render_pdf

    letter_id = chancery.reviewed()
    with moment.at(DAY), chancery.desk.of("han") as (session, _viewer):
        order = making.order_for(session, session.get_one(Letter, letter_id), register.kind_named(KIND), "宁城管〔2026〕1号")
    made = [making.make(order).data for _time in range(2)]
    assert made[0] != made[1], "an ECDSA signature is different each time"
    slot = made[0].index(b"/Contents <"), made[0].index(b">", made[0].index(b"/Contents <"))
    assert made[0][:slot[0]] == made[1][:slot[0]] and made[0][slot[1]:] == made[1][slot[1]:]
    plain = render_pdf(replace(order.content, seal_room=0, code_text=""))
    assert len(made[0]) - len(plain) < 6_000
    assert len(made[0]) < 100_000
