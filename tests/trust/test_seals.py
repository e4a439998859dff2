"""A bureau's certificate: made here, imported, in a token, changed, revoked; and its seal as a picture."""
from __future__ import annotations

import datetime as dt
import io
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from PIL import Image, ImageDraw
from sqlalchemy import select

from core import moment
from core.errors import Refusal
from core.letter import keys, register, seal_picture, sealing
from core.letter.checking import check_file
from core.letter.key_models import KeyState, KeyUse, LetterKey

from .conftest import DAY, Chancery, once

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def authority(private: Any, subject: str, start: dt.date = DAY, days: int = 365) -> list[x509.Certificate]:
    """A certificate of an authority, and the authority's own."""
    root = ec.generate_private_key(ec.SECP256R1())
    begin = dt.datetime.combine(start, dt.time(), dt.UTC) - dt.timedelta(days=1)

    def certificate(of: str, public: Any) -> x509.Certificate:
        return (x509.CertificateBuilder().subject_name(name(of)).issuer_name(name("示例电子认证中心")).public_key(public)
                .serial_number(x509.random_serial_number()).not_valid_before(begin)
                .not_valid_after(begin + dt.timedelta(days=days)).sign(root, hashes.SHA256()))

    return [certificate(subject, private.public_key()), certificate("示例电子认证中心", root.public_key())]


def pkcs12(private: Any, chain: list[x509.Certificate], passphrase: str) -> bytes:
    return serialization.pkcs12.serialize_key_and_certificates(
        b"seal", private, chain[0], chain[1:], serialization.BestAvailableEncryption(passphrase.encode()))


@once
def test_a_certificate_is_imported_and_old_letters_hold(chancery: Chancery, system: Any) -> None:
    unit = chancery.desk.district.unit("CGW")
    before = chancery.signed("一")
    with moment.at(DAY):
        for private in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)):
            data = pkcs12(private, authority(private, "区城管委"), "口令")
            with pytest.raises(Refusal, match="passphrase"):
                keys.import_pkcs12(system, unit, data, "another")
            key = keys.import_pkcs12(system, unit, data, "口令")
            system.commit()
            assert key.algorithm in ("ECDSA P-384", "RSA 2048") and not key.self_made
            letter = chancery.signed(key.algorithm)
            assert letter.seal_key == key.key_id
            found = sealing.read(register.pdf_of(letter))
            assert found is not None and found.holds and found.whole and found.key_id == key.key_id
            with pytest.raises(Refusal, match="already"):
                keys.import_pkcs12(system, unit, data, "口令")
            system.rollback()
        weak, late = rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())
        with pytest.raises(Refusal, match="2048"):
            keys.import_pkcs12(system, unit, pkcs12(weak, authority(weak, "x"), "p"), "p")
        with pytest.raises(Refusal, match="time is over: it held until 202"):
            keys.import_pkcs12(system, unit, pkcs12(late, authority(late, "x", dt.date(2020, 1, 1)), "p"), "p")
        with pytest.raises(Refusal, match="not valid yet: it holds from 2026-12-31 on"):
            keys.import_pkcs12(system, unit, pkcs12(late, authority(late, "x", dt.date(2027, 1, 1)), "p"), "p")
        with pytest.raises(Refusal, match="PKCS#12"):
            keys.import_pkcs12(system, unit, b"no such thing", "p")
    states = [key.state for key in system.scalars(select(LetterKey).where(LetterKey.use == KeyUse.SEAL).order_by(LetterKey.id))]
    assert states == [KeyState.RETIRED, KeyState.RETIRED, KeyState.ACTIVE]
    assert check_file(system, register.pdf_of(before))["valid"]
    with pytest.raises(Refusal, match="held until"):
        chancery.signed("later", on=dt.date(2028, 1, 4))


@once
def test_a_key_that_is_not_on_this_machine_is_asked_for(chancery: Chancery, system: Any) -> None:
    letter = chancery.signed("一")
    (keys.folder() / f"{letter.seal_key}.pem").unlink()
    with pytest.raises(Refusal, match="not on this machine"):
        chancery.signed("二")
    assert check_file(system, register.pdf_of(letter))["valid"]


@once
def test_a_key_in_a_token_seals_and_never_leaves_it(chancery: Chancery, system: Any, tmp_path: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tokens").mkdir()
    settings = tmp_path / "softhsm.conf"
    settings.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    private = ec.generate_private_key(ec.SECP256R1())
    pem = tmp_path / "key.pem"
    pem.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                          serialization.NoEncryption()))
    for command in (["--init-token", "--free", "--label", "bureau", "--so-pin", "5678", "--pin", "1234"],
                    ["--import", str(pem), "--token", "bureau", "--label", "seal", "--id", "01", "--pin", "1234"]):
        subprocess.run(["softhsm2-util", *command], check=True, capture_output=True, env=os.environ)
    unit = chancery.desk.district.unit("CGW")
    certificate = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in authority(private, "区城管委"))
    wrong = b"".join(one.public_bytes(serialization.Encoding.PEM)
                     for one in authority(ec.generate_private_key(ec.SECP256R1()), "区城管委"))
    given = {"module": str(SOFTHSM), "token": "bureau", "key": "seal", "pin": "1234"}
    with moment.at(DAY):
        with pytest.raises(Refusal, match="no library"):
            keys.add_token(system, unit, certificate, **given | {"module": "/nowhere.so"})
        with pytest.raises(Refusal, match="does not answer"):
            keys.add_token(system, unit, certificate, **given | {"token": "another"})
        with pytest.raises(Refusal, match="not that of the key"):
            keys.add_token(system, unit, wrong, **given)
        key = keys.add_token(system, unit, certificate, **given)
        system.commit()
        letter = chancery.signed()
    assert letter.seal_key == key.key_id
    found = sealing.read(register.pdf_of(letter))
    assert found is not None and found.holds and found.whole
    assert b"PRIVATE" not in (keys.folder() / f"{key.key_id}.pem").read_bytes()


def seal_as_photographed() -> bytes:
    """A red ring with a bar in it on grey paper, a little off the middle."""
    picture = Image.new("RGB", (900, 800), (250, 248, 246))
    drawing = ImageDraw.Draw(picture)
    drawing.ellipse((120, 60, 820, 760), outline=(205, 30, 35), width=30)
    drawing.rectangle((300, 380, 640, 440), fill=(205, 30, 35))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


@once
def test_a_bureaus_own_picture_takes_the_place_of_the_drawn_seal(chancery: Chancery, system: Any, login: Any) -> None:
    unit = chancery.desk.district.unit("CGW")
    browser = login("admin")
    page = browser.get("/admin/seals")
    assert page.status_code == 200 and 'data-test="seal-CGW"' in page.text
    for asked in ("has=none", "q=qcgw&has=none"):
        assert 'data-test="seal-CGW"' in (told := browser.get(f"/admin/seals?{asked}").text), asked
    assert re.findall(r"data-test=\"(seal-\S+)\"", told) == ["seal-CGW", "seal-NH-CGW"]
    assert "empty-filtered" in browser.get("/admin/seals?q=qcgw&has=imported").text
    drawn = browser.get(f"/admin/seals/{unit.id}.img")
    assert drawn.mimetype == "image/svg+xml" and drawn.text.count("<path") >= 2
    sent = browser.post(f"/admin/seals/{unit.id}/picture", data={"file": (io.BytesIO(seal_as_photographed()), "a.jpg")},
                        follow_redirects=True)
    assert "Saved" in sent.text or "已保存" in sent.text
    assert browser.get(f"/admin/seals/{unit.id}.img").mimetype == "image/png"
    for bad in (b"nothing", png_of(Image.new("RGB", (400, 400), "white")), png_of(Image.new("RGB", (40, 40), "red"))):
        with pytest.raises(Refusal):
            seal_picture.normalised(bad)
    letter = chancery.signed()
    data = register.pdf_of(letter)
    assert len(data) < 120_000
    with pypdfium2.PdfDocument(data) as pdf:
        image = pdf[0].render(scale=2).to_pil().convert("RGB")
    points = image.tobytes()
    red = sum(1 for r, g, b in zip(points[::3], points[1::3], points[2::3], strict=True) if r > 180 and g < 60 and b < 60)
    assert red > 2_000, "the ring is printed in red"
    assert browser.post(f"/admin/seals/{unit.id}/drawn?q=csgl").location == "/admin/seals?q=csgl", "the filter stays"
    assert 'data-test="seal-CGW"' in browser.get("/admin/seals?has=made").text
    assert 'data-test="seal-CGW"' not in browser.get("/admin/seals?has=none").text
    key = keys.in_use(system, KeyUse.SEAL, unit.id)
    assert key is not None
    browser.post(f"/admin/seals/keys/{key.key_id}/revoke", data={"note": "介质遗失"})
    system.expire_all()
    assert (key.state, key.reason) == (KeyState.REVOKED, "介质遗失")
    browser.get("/logout/")
    assert login("han").get("/admin/seals").status_code == 403


def png_of(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
