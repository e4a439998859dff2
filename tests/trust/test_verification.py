"""Is this letter genuine? Each kind of file, and each kind of code, gets its own answer; nothing of a letter is given away."""
from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient

from core import moment
from core.access import as_system
from core.letter import keys, making, register
from core.letter.checking import check_code, check_file
from core.letter.key_models import KeyUse
from core.letter.offline import offline_page
from core.letter.signed_code import NotACode, read_code

from .conftest import DAY, KIND, Chancery, once


def code_on(data: bytes) -> str:
    """What the QR code printed on the letter says, read from its picture as a telephone would."""
    with pypdfium2.PdfDocument(data) as pdf:
        picture = pdf[0].render(scale=300 / 72).to_pil()
    [found] = zxingcpp.read_barcodes(picture)
    return str(found.text)


def forged(data: bytes, **facts: str) -> bytes:
    """A letter made up from one of ours: its seal is gone, its facts are others."""
    import json

    with pikepdf.open(io.BytesIO(data)) as pdf:
        said = json.loads(pdf.attachments["data.json"].get_file().read_bytes()) | facts
        del pdf.Root.AcroForm
        pdf.pages[0].Annots = pikepdf.Array()
        del pdf.attachments["data.json"]
        pdf.attachments["data.json"] = pikepdf.AttachedFileSpec(pdf, json.dumps(said).encode())
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def stranger() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    return out.getvalue()


def files(data: bytes) -> dict[str, bytes]:
    """Files that are not what was signed, by the answer that each must get, and what was done to it."""
    middle = len(data) // 3
    return {
        "altered, one bit": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1:],
        "altered, something behind": data + b"\n%%EOF\n",
        "altered, another revision": resaved(data),
        "truncated, in the middle": data[:middle],
        "truncated, the last byte but one": data[:-2],
        "forged, another number": forged(data, number="宁城管〔2026〕99号", code="AAAABBBBCCCC"),
        "forged, the same number": forged(data),
        "foreign, another PDF": stranger(),
        "foreign, no PDF": b"PK\x03\x04" + data,
        "foreign, nothing": b"",
    }


def resaved(data: bytes) -> bytes:
    """The letter with a page added behind it, as an editor would save it: the seal covers the first part only."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@once
def test_each_kind_of_file_gets_its_own_answer(chancery: Chancery, system: Any) -> None:
    letter = chancery.signed()
    data = register.pdf_of(letter)
    told = check_file(system, data)
    assert {name: told[name] for name in ("valid", "number", "kind", "issued_on", "organ", "reason")} == {
        "valid": True, "number": "宁城管〔2026〕1号", "kind": "准予砍伐通知书", "issued_on": "2026-11-23", "organ": "区城管委",
        "reason": "genuine"}
    for name, bad in files(data).items():
        told = check_file(system, bad)
        assert told["reason"] == name.partition(",")[0], name
        assert not told["valid"] and told["detail"]
    with chancery.desk.of("han") as (session, viewer):
        register.void(session, session.get_one(type(letter), letter.id), viewer, "事实有误")
        session.commit()
    system.expire_all()
    told = check_file(system, data)
    assert (told["reason"], told["valid"], told["number"]) == ("voided", False, "宁城管〔2026〕1号")
    assert "事实有误" not in str(told)


def test_a_sealed_file_that_the_register_does_not_know_is_not_genuine(chancery: Chancery, system: Any) -> None:
    letter_id = chancery.reviewed()
    with moment.at(DAY), chancery.desk.of("han") as (session, _viewer):
        order = making.order_for(session, session.get_one(register.Letter, letter_id), register.kind_named(KIND),
                                 "宁城管〔2026〕7号")
        session.commit()
    data = making.make(order).data
    assert check_file(system, data)["reason"] == "unknown"
    key = keys.in_use(system, KeyUse.SEAL, chancery.desk.district.unit("CGW").id)
    assert key is not None
    keys.revoke(system, key, "笔记本失窃")
    system.commit()
    assert check_file(system, data)["reason"] == "forged"
    assert keys.revoked(system)[0]["reason"] == "笔记本失窃"
    after = chancery.sign(letter_id)
    assert after.seal_key != key.key_id, "the next letter is sealed with another key"
    assert check_file(system, register.pdf_of(after))["valid"]


def test_the_printed_code_proves_the_letter(chancery: Chancery, system: Any) -> None:
    letter = chancery.signed()
    text = code_on(register.pdf_of(letter))
    said = read_code(text)
    assert (said.number, said.date, said.organ) == (letter.number, DAY, "区城管委")
    assert said.facts.hex() == letter.facts_sha256 and said.code == letter.code
    assert text.startswith(f"http://127.0.0.1:8080/verify/{letter.code}#")
    assert check_code(system, text)["reason"] == "genuine"
    head, figures = text.split("#")
    assert check_code(system, f"{head}#{int(figures) + 1}")["reason"] == "forged"
    assert check_code(system, text.replace(str(letter.code), "AAAABBBBCCCC"))["reason"] == "forged"
    assert check_code(system, "https://example.org/#12")["reason"] == "foreign"
    assert check_code(system, "AAAABBBBCCCC")["reason"] == "unknown"
    assert check_code(system, str(letter.code).lower())["reason"] == "genuine"
    assert check_code(system, str(letter.number))["reason"] == "unknown", "numbers can be counted through"
    assert check_code(system, str(letter.number), by_number=True)["reason"] == "genuine"
    chancery.desk.district.unit("CGW").name = "区城市管理局"
    system.commit()
    assert check_code(system, text)["organ"] == "区城管委", "the organ is called as it was called then"
    new = keys.make(system, KeyUse.CODE)
    system.commit()
    assert new.key_id != said.key_id and check_code(system, text)["valid"], "a retired key's letters hold"


@once
def test_a_code_of_nonsense_is_refused_without_a_fault() -> None:
    for figures in ("1" * 201, "9" * 960, str(1 << 1500), str(int.from_bytes(bytes([1]) + bytes(200), "big"))):
        with pytest.raises(NotACode):
            read_code(f"https://x/verify/AAAABBBBCCCC#{figures}")


def test_anyone_may_ask_and_learns_nothing_of_the_content(chancery: Chancery, client: FlaskClient, app: Flask) -> None:
    letter = chancery.signed("门前枯树")
    page = client.get(f"/verify/{letter.code}", follow_redirects=False)
    assert page.status_code == 200 and 'data-test="genuine"' in page.text
    assert all(word in page.text for word in (str(letter.number), "区城管委", "2026-11-23", "准予砍伐通知书"))
    case = letter.case
    assert case is not None and not any(word in page.text for word in (letter.addressee, "国槐", case.number, case.query_code))
    assert page.headers["Cache-Control"] == "no-store"
    assert 'data-test="unknown"' in client.get("/verify/AAAABBBBCCCC").text
    data = register.pdf_of(letter)
    told = client.post("/verify", data={"file": (io.BytesIO(data), "a.pdf")})
    assert 'data-test="genuine"' in told.text
    told = client.post("/verify", data={"file": (io.BytesIO(data[:5000]), "a.pdf")})
    assert 'data-test="truncated"' in told.text
    assert 'data-test="genuine"' in client.post("/verify", data={"text": code_on(data)}).text
    assert client.post("/verify", data={"text": ""}).status_code == 422


def test_who_asks_too_often_must_wait(chancery: Chancery, client: FlaskClient, app: Flask) -> None:
    most = app.extensions["yingshang"].settings.limits.verify_checks
    start = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
    with moment.at(start):
        assert [client.get(f"/verify/AAAABBBB{n:04}").status_code for n in range(most + 1)] == [200] * most + [429]
        assert 'data-test="refused"' in client.get("/verify/AAAABBBBCCCC").text
        assert client.get("/verify/offline").status_code == 429
        elsewhere = client.get("/verify/AAAABBBBCCCC", environ_base={"REMOTE_ADDR": "203.0.113.9"})
        assert elsewhere.status_code == 200
    with moment.at(start + dt.timedelta(minutes=10)):
        assert client.get("/verify/AAAABBBBCCCC").status_code == 200


@pytest.fixture
def offline(chancery: Chancery, tmp_path: Path) -> Any:
    """The offline page in a browser without a network: ``ask(text or bytes)`` gives its answer."""
    from playwright.sync_api import sync_playwright

    data = register.pdf_of(chancery.signed())
    page_file = tmp_path / "verify.html"
    with as_system("test") as session:
        page_file.write_text(offline_page(session), encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(offline=True)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))

        def ask(what: str | bytes) -> tuple[str, str]:
            page.goto(page_file.as_uri())
            if isinstance(what, str):
                page.fill("#text", what)
                page.click("#by-code button")
            else:
                page.set_input_files("#file", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": what})
            page.wait_for_selector("#answer[data-answer]")
            assert faults == []
            return str(page.get_attribute("#answer", "data-answer")), page.inner_text("#answer")

        yield ask, data, page
        browser.close()


@once
def test_the_page_checks_without_a_network(offline: Any) -> None:
    ask, data, _page = offline
    text = code_on(data)
    answer, words = ask(text)
    assert answer == "genuine" and all(word in words for word in ("宁城管〔2026〕1号", "区城管委", "2026-11-23"))
    head, figures = text.split("#")
    assert ask(f"{head}#{int(figures) + 1}")[0] == "forged"
    assert ask("https://example.org/")[0] == "foreign"
    answer, words = ask(data)
    assert answer == "genuine" and "区城管委" in words and "2026-11-23" in words
    for name, bad in files(data).items():
        if not name.startswith("forged"):  # without its seal a file says nothing that the page could check
            assert ask(bad)[0] == name.partition(",")[0], name
