"""Many letters as one act: seen before, each on its own, stopped and taken up again, and all of them in one file."""
from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl
import pikepdf
import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import moment
from core.jobs import tasks
from core.jobs.models import Task, TaskState
from core.jobs.running import run_task
from core.letter import making, press, register
from core.letter.batch_models import BatchItem, ItemState, LetterBatch
from core.letter.checking import check_file
from core.letter.models import LetterState
from core.testing.people import PASSWORD

from .conftest import DAY, Chancery, once


class Worker:
    """Does the task of a batch here and now."""

    def __init__(self, app: Flask, chancery: Chancery) -> None:
        self.app, self.chancery, self.session = app, chancery, chancery.session

    def work(self, batch_id: int) -> Task:
        """The task after the work."""
        self.session.expire_all()
        task_id = self.session.get_one(LetterBatch, batch_id).task_id
        assert task_id is not None
        self.session.rollback()
        with moment.at(DAY):
            run_task(self.app.extensions["jobs"], task_id)
        self.session.expire_all()
        return self.session.get_one(Task, task_id)

    def begun(self, response: Any) -> int:
        """The id of the batch whose page a browser was sent to."""
        assert response.status_code == 302, response.text
        return int(response.location.rsplit("/", 1)[1])

    def items(self, batch_id: int) -> list[tuple[ItemState, str]]:
        """How each letter of the batch ended."""
        return [(item.state, item.reason) for item in self.session.scalars(
            select(BatchItem).where(BatchItem.batch_id == batch_id).order_by(BatchItem.place))]

    def file(self, task: Task) -> bytes:
        """What the task left."""
        with self.app.extensions["jobs"].files.open(task.result_sha256 or "") as kept:
            data: bytes = kept.read()
        return data


@pytest.fixture
def worker(app: Flask, chancery: Chancery) -> Worker:
    return Worker(app, chancery)


def test_a_bureau_signs_what_a_filter_finds_as_one_act(chancery: Chancery, worker: Worker, login: Any) -> None:
    ids = [chancery.reviewed(f"第{n}户") for n in range(5)]
    chancery.reviewed("别家")
    odd = chancery.letter(ids[2])
    odd.fields = odd.fields | {"species": "\U0001f600"}
    chancery.session.commit()
    own = chancery.letter(ids[3])
    own.reviewer_id = chancery.desk.district.people["han"].id
    chancery.session.commit()
    browser: FlaskClient = login("han")
    assert "act-all-sign" in browser.get("/letters?state=reviewed").text
    seen = browser.get("/letters/batches/new?act=sign&q=户").text
    assert '<b data-test="total">5</b>' in seen and seen.count('data-test="sample"') == 3
    organ = own.bureau
    word, organ.doc_word = organ.doc_word, ""
    chancery.session.commit()
    told = browser.get("/letters/batches/new?act=sign&q=户").text
    assert 'data-test="blocked"' in told and "管理员" in told, "said once, before anything is begun, with whom to ask"
    assert browser.post("/letters/batches/new", data={"act": "sign", "q": "户"}).location == "/letters"
    assert chancery.session.scalars(select(LetterBatch)).all() == []
    assert 'data-test="act-sign" disabled' not in told and "aria-disabled" in browser.get(f"/letters/{ids[0]}").text
    organ.doc_word = word
    chancery.session.commit()
    batch_id = worker.begun(browser.post("/letters/batches/new", data={"act": "sign", "q": "户"}))
    assert chancery.letter(ids[0]).state is LetterState.REVIEWED, "nothing happens before the worker comes"
    task = worker.work(batch_id)
    assert (task.state, task.done, task.total) == (TaskState.DONE, 5, 5)
    states = [state for state, _reason in worker.items(batch_id)]
    assert states == [ItemState.DONE, ItemState.DONE, ItemState.REFUSED, ItemState.REFUSED, ItemState.DONE]
    assert [chancery.letter(key).number for key in ids] == [
        "宁城管〔2026〕1号", "宁城管〔2026〕2号", None, None, "宁城管〔2026〕3号"], "what was refused leaves no hole"
    assert chancery.letter(ids[0]).signer_id == chancery.desk.district.people["han"].id
    page = browser.get(f"/letters/batches/{batch_id}").text
    assert "U+1F600" in page and 'data-test="act-resume"' in page
    browser.get("/logout/")
    assert login("lin").get(f"/letters/batches/{batch_id}").status_code == 404, "it is han's own"
    browser.get("/logout/")

    mended = chancery.letter(ids[2])
    mended.fields = mended.fields | {"species": "国槐"}
    chancery.session.commit()
    login("han").post(f"/letters/batches/{batch_id}/resume")
    worker.work(batch_id)
    assert chancery.letter(ids[2]).number == "宁城管〔2026〕4号"
    [series] = register.check_numbers(chancery.session)
    assert (series["last"], series["gaps"], series["duplicates"]) == (4, [], [])


def test_a_batch_that_is_stopped_goes_on_later(chancery: Chancery, worker: Worker, login: Any,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [chancery.reviewed(f"第{n}户") for n in range(4)]
    browser: FlaskClient = login("han")
    batch_id = worker.begun(browser.post("/letters/batches/new", data={"act": "sign"}))
    draw, drawn = making.make, []

    def stops_at_the_third(order: making.Order) -> making.Made:
        drawn.append(order.number)
        if len(drawn) == 3:
            assert browser.post(f"/letters/batches/{batch_id}/stop").status_code == 302
        return draw(order)

    with monkeypatch.context() as patch:
        patch.setattr(making, "make", stops_at_the_third)
        task = worker.work(batch_id)
    assert task.state is TaskState.CANCELLED
    assert [state for state, _reason in worker.items(batch_id)] == [ItemState.DONE] * 3 + [ItemState.WAITING]
    assert [chancery.letter(key).number is not None for key in ids] == [True] * 3 + [False]
    assert 'data-test="act-resume"' in browser.get(f"/letters/batches/{batch_id}").text
    browser.post(f"/letters/batches/{batch_id}/resume")
    task = worker.work(batch_id)
    assert task.state is TaskState.DONE
    assert [chancery.letter(key).number for key in ids] == [f"宁城管〔2026〕{n}号" for n in range(1, 5)]


def test_a_worker_that_died_in_the_middle_leaves_each_letter_done_or_waiting(
        chancery: Chancery, worker: Worker, login: Any, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [chancery.reviewed(f"第{n}户") for n in range(3)]
    batch_id = worker.begun(login("han").post("/letters/batches/new", data={"act": "sign"}))

    class Died(BaseException):  # no error: nothing after this is done by that worker
        """The worker is gone."""

    keep = app.extensions["jobs"].files.put

    def dies_with_the_second(stream: Any, limit: int) -> Any:
        if kept:
            raise Died
        kept.append(1)
        return keep(stream, limit)

    kept: list[int] = []
    with monkeypatch.context() as patch, pytest.raises(Died):
        patch.setattr(type(app.extensions["jobs"].files), "put", lambda _self, *given: dies_with_the_second(*given))
        worker.work(batch_id)
    assert [chancery.letter(key).number for key in ids] == ["宁城管〔2026〕1号", None, None]
    task = chancery.session.scalars(select(Task)).one()
    assert task.state is TaskState.RUNNING, "it looks alive until it has been silent for too long"
    tasks.recover(chancery.session, moment.now() + dt.timedelta(hours=1))
    task = worker.work(batch_id)
    assert (task.state, task.attempts, task.done) == (TaskState.DONE, 2, 3)
    assert [chancery.letter(key).number for key in ids] == [f"宁城管〔2026〕{n}号" for n in range(1, 4)]


@once
def test_processes_draw_ahead_and_the_numbers_follow_the_order(chancery: Chancery, worker: Worker, login: Any, app: Flask,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [chancery.reviewed(f"第{n}户") for n in range(4)]
    odd = chancery.letter(ids[1])
    odd.fields = odd.fields | {"species": "\U0001f600"}
    chancery.session.commit()
    batch_id = worker.begun(login("han").post("/letters/batches/new", data={"act": "sign"}))
    monkeypatch.setattr(press, "processes", lambda: 2)
    worker.work(batch_id)
    assert [chancery.letter(key).number for key in ids] == [
        "宁城管〔2026〕1号", None, *(f"宁城管〔2026〕{n}号" for n in range(2, 4))]
    for key in ids[2:]:
        letter = chancery.letter(key)
        assert check_file(chancery.session, register.pdf_of(letter))["number"] == letter.number
        assert str(letter.number) in pypdfium2.PdfDocument(register.pdf_of(letter))[0].get_textpage().get_text_bounded()


@once
def test_all_letters_in_one_file(chancery: Chancery, worker: Worker, login: Any) -> None:
    letters = [chancery.signed(f"示例{n}/公司:有限") for n in range(3)]
    browser: FlaskClient = login("lin")
    batch_id = worker.begun(browser.post("/letters/batches/new", data={"act": "zip", "signed_from": DAY.isoformat()}))
    task = worker.work(batch_id)
    with zipfile.ZipFile(io.BytesIO(worker.file(task))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[0] == "宁城管〔2026〕1号-示例0_公司_有限-准予砍伐通知书.pdf" and names[-1] == "送达清单.xlsx"
        assert archive.read(names[0]) == register.pdf_of(letters[0])
        sheet = openpyxl.load_workbook(io.BytesIO(archive.read(names[-1]))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 4 and rows[1][1] == "宁城管〔2026〕1号" and rows[1][6] == letters[0].code
    assert browser.get(f"/tasks/{task.id}/result").status_code == 200
    assert browser.get(f"/letters/batches/{batch_id}/list").data[:2] == b"PK"

    batch_id = worker.begun(browser.post("/letters/batches/new", data={"act": "print"}))
    with pikepdf.open(io.BytesIO(worker.file(worker.work(batch_id)))) as pdf:
        assert len(pdf.pages) == 6, "each letter begins on a sheet of its own"
        assert all("/Annots" not in page for page in pdf.pages)
    browser.get("/logout/")
    assert login("wu").post("/letters/batches/new", data={"act": "sign"}).status_code == 403
    assert browser.post("/letters/batches/new", data={"act": "zip", "q": "没有"}).location == "/letters"


def test_a_program_starts_a_batch_and_is_told_of_each_letter(chancery: Chancery, worker: Worker, client: FlaskClient) -> None:
    ids = [chancery.reviewed(f"第{n}户") for n in range(3)]
    chancery.reviewed("别家")
    odd = chancery.letter(ids[1])
    odd.fields = odd.fields | {"species": "\U0001f600"}
    chancery.session.commit()

    def asks(who: str, method: str, path: str, status: int, key: str = "", **body: Any) -> Any:
        signed_in = client.post("/api/v1/security/login", json={"username": who, "password": PASSWORD, "provider": "db"})
        headers = {"Authorization": f"Bearer {signed_in.json['access_token']}"} | ({"Idempotency-Key": key} if key else {})
        answer = client.open(path, method=method, json=body or None, headers=headers)
        assert answer.status_code == status, answer.text
        return answer

    place = "/api/v1/tasks/letters.batch"
    asks("lin", "POST", place, 403, act="sign", q="户")
    assert "99999" in asks("han", "POST", place, 422, act="sign", ids=[ids[0], 99999]).text
    asks("han", "POST", place, 422, act="sign", ids=ids, q="户")
    asks("han", "POST", place, 422, act="burn")
    asks("han", "POST", place, 422, act="sign", q="没有这一户")
    answer = asks("han", "POST", place, 202, key="monday", act="sign", q="户")
    again = asks("han", "POST", place, 202, key="monday", act="sign", q="户")
    assert again.json["id"] == answer.json["id"] and answer.json["state"] == "queued"
    [batch] = chancery.session.scalars(select(LetterBatch))
    worker.work(batch.id)
    told = asks("han", "GET", answer.headers["Location"], 200).json
    assert (told["state"], told["done"], told["total"]) == ("done", 3, 3)
    told = asks("han", "GET", f"{answer.headers['Location']}/letters?limit=2", 200).json
    assert [(one["letter"], one["number"], one["state"]) for one in told["items"]] == [
        (ids[0], "宁城管〔2026〕1号", "done"), (ids[1], None, "refused")]
    assert told["count"] == {"value": 3, "exact": True} and told["next_cursor"]
    told = asks("han", "GET", f"{answer.headers['Location']}/letters?state=refused", 200).json
    assert len(told["items"]) == 1 and "U+1F600" in told["items"][0]["reason"]
    asks("lin", "GET", f"{answer.headers['Location']}/letters", 404)
    answer = asks("lin", "POST", place, 202, act="zip", ids=[ids[2], ids[0]])
    worker.work(chancery.session.scalars(select(LetterBatch.id).order_by(LetterBatch.id.desc())).first() or 0)
    file = asks("lin", "GET", f"{answer.headers['Location']}/result", 200).data
    assert zipfile.ZipFile(io.BytesIO(file)).testzip() is None
