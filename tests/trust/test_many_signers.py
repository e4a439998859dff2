"""Thirty-two people sign at once and half of them are killed: the numbers are 1..N all the same."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from core import moment
from core.letter import keys, making, register
from core.letter.models import Letter, LetterState
from core.testing.databases import Installation

from .conftest import KIND, Chancery

HERE = Path(__file__).parent
SIGNERS, KILLED, LETTERS = 32, 16, 96


def test_numbers_have_no_hole_and_no_twin_whoever_is_killed(chancery: Chancery, installed: Installation, app: Flask) -> None:
    session, district = chancery.session, chancery.desk.district
    bureau = district.unit("CGW")
    session.add_all(Letter(kind=KIND, bureau_id=bureau.id, unit_id=bureau.id, addressee=f"示例{n}公司", title="准予砍伐通知书",
                           drafted_at=moment.now(), reviewed_at=moment.now(), state=LetterState.REVIEWED,
                           fields={"addressee": f"示例{n}公司", "trees": 1, "species": "槐"}) for n in range(LETTERS))
    keys.seal_key(session, bureau)
    keys.code_key(session)
    session.commit()

    def signers(kill: int, seed: int) -> int:
        settings = app.extensions["yingshang"].settings
        environment = os.environ | {
            "YINGSHANG_VAR": str(settings.var), "YINGSHANG_DATABASE_URL": settings.database_url,
            "YINGSHANG_ADDONS": "tree_felling", "PYTHONPATH": os.pathsep.join((str(HERE.parents[1]), str(HERE.parent)))}
        done = subprocess.run([sys.executable, str(HERE / "signers.py"), str(SIGNERS), str(kill), str(seed)], check=True,
                              capture_output=True, text=True, env=environment)
        return int(done.stdout.splitlines()[-1])

    assert signers(KILLED, seed=7) == KILLED
    session.expire_all()
    [series] = register.check_numbers(session)
    assert (series["gaps"], series["duplicates"]) == ([], []), "those who were killed left no hole"
    signers(0, seed=8)
    session.expire_all()
    [series] = register.check_numbers(session)
    assert (series["last"], series["gaps"], series["duplicates"]) == (LETTERS, [], [])
    letters = session.scalars(select(Letter).order_by(Letter.id)).all()
    assert {letter.number for letter in letters} == {f"宁城管〔{series['year']}〕{n}号" for n in range(1, LETTERS + 1)}
    for letter in letters:
        assert letter.sha256 is not None and making.store().verify(letter.sha256)
        assert f" {letter.number} {letter.code}".encode() in register.pdf_of(letter)
