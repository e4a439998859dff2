"""The clerk of the register sends the monthly sheet through the pages: check, look, confirm, take back."""
from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.access import Scope, as_system
from core.party.models import Enterprise
from core.party.uscc import make_uscc
from core.tabular.models import ImportBatch
from core.testing.people import give_role, make_district

HEAD = ("统一社会信用代码", "企业名称", "登记状态")


@pytest.fixture
def mei(app: Flask, login: Callable[[str], FlaskClient]) -> FlaskClient:
    """梅登记 keeps the register of enterprises."""
    with as_system("test") as session:
        give_role(make_district(session), "mei", "梅登记", "core.register", "SAMR", Scope.ALL)
        session.commit()
    return login("mei")


def monthly(*names: str) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([HEAD, *((make_uscc("120117", n), name, "存续") for n, name in enumerate(names))])
    return stream.getvalue().encode("gb18030")


def check(browser: FlaskClient, sheet: bytes) -> tuple[str, dict[str, str]]:
    """Send the sheet; the answer and the hidden fields that its buttons send back."""
    page = browser.post("/import/enterprises", data={"file": (io.BytesIO(sheet), "名录.csv")}).get_data(as_text=True)
    return page, dict(re.findall(r'type="hidden" name="(name|sha256|skip)" value="([^"]*)"', page))


def in_the_register() -> list[str]:
    with as_system("test") as session:
        return list(session.scalars(select(Enterprise.name).order_by(Enterprise.id)))


def test_checking_saves_nothing_confirming_does_and_it_can_be_taken_back(mei: FlaskClient) -> None:
    page, fields = check(mei, monthly("天津甲商贸有限公司", "天津乙商贸有限公司"))
    assert 'data-test="created">2<' in page and in_the_register() == []
    mei.post("/import/enterprises", data={**fields, "confirm": "1"})
    assert in_the_register() == ["天津甲商贸有限公司", "天津乙商贸有限公司"]
    with as_system("test") as session:
        batch = session.scalars(select(ImportBatch)).one()
    assert batch.by_name == "梅登记" and batch.file_name == "名录.csv"
    mei.post(f"/import/batches/{batch.id}/undo")
    assert in_the_register() == []


def test_the_sheet_comes_back_with_its_errors_and_the_right_rows_may_go_in(mei: FlaskClient) -> None:
    page, fields = check(mei, monthly("天津甲商贸有限公司", ""))
    assert 'data-test="errors">1<' in page
    answer = mei.post("/import/enterprises/result", data=fields)
    rows = list(csv.reader(io.StringIO(answer.data.decode("gb18030"))))
    assert rows[0][-1] == "导入结果" and rows[1][-1] == "" and "企业名称" in rows[2][-1]
    mei.post("/import/enterprises", data={**fields, "confirm": "1"})
    assert in_the_register() == ["天津甲商贸有限公司"]


def test_a_file_that_is_no_sheet_is_refused_with_words(mei: FlaskClient) -> None:
    answer = mei.post("/import/enterprises", data={"file": (io.BytesIO(b"\x89PNG\r\n\x1a\n\x00"), "图.csv")})
    assert answer.status_code == 422 and 'data-test="refusal"' in answer.get_data(as_text=True)


def test_who_keeps_no_register_gets_no_import(app: Flask, login: Callable[[str], FlaskClient]) -> None:
    with as_system("test") as session:
        make_district(session)
        session.commit()
    assert login("admin").post("/import/enterprises").status_code == 403
