"""The file of a penalty, bound: cover, index, letter, why each date, what happened, the log, photograph, scan, sheet."""
from __future__ import annotations

import datetime as dt
import io
import re

import pdfplumber
import pikepdf
import pytest
from flask import current_app
from PIL import Image

from addons.credit_repair.names import NOTICE
from addons.credit_repair.tests.helpers import enter
from core import moment
from core.access import view_as
from core.audit import entries_of
from core.case import act
from core.case.files import attach
from core.case.query import find_case
from core.case.retention import retention
from core.case.workflow import CLOSED
from core.errors import NotFound
from core.jobs.models import Task, TaskState
from core.jobs.running import run_task
from core.letter import casefile, register
from core.letter.batch import issue_for
from core.letter.models import Letter
from core.rules.lookup import NoRule
from core.rules.models import RuleVersion


def picture(width: int = 1600, height: int = 900) -> io.BytesIO:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "#a44").save(made, "PNG")
    made.seek(0)
    return made


def scan(pages: int = 3) -> io.BytesIO:
    pdf, made = pikepdf.new(), io.BytesIO()
    for _page in range(pages):
        pdf.add_blank_page(page_size=(1190.55, 841.89))  # A3 across
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    pdf.save(made)
    made.seek(0)
    return made


@pytest.fixture
def case(team):
    qian = team.viewer("qian")
    with moment.at(dt.date(2026, 2, 13)):
        made = enter(team)
        act.note_down(made, qian, "当事人已到场，情况说明" + "很长" * 200 + "\U0001f600")
        issue_for(team.session, made, NOTICE)
        attach(made, qian, "现场照片.png", picture())
        attach(made, qian, "决定书扫描件.pdf", scan())
        removed = attach(made, qian, "误传.png", picture(10, 10))
        team.session.flush()
        removed.removed_at = moment.now()
        team.session.commit()
    return made


def built(team, case, username="li"):
    with moment.at(dt.date(2026, 3, 20)), view_as(team.viewer(username)) as session:
        data = casefile.build(session, session.get(type(case), case.id))
        session.commit()
    return data


def test_everything_is_there_in_the_order_of_the_index(team, case):
    data = built(team, case)
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        texts = [page.extract_text() for page in pdf.pages]
        sizes = {(round(page.width), round(page.height)) for page in pdf.pages}
        [index] = pdf.pages[1].extract_tables()
    assert case.number in texts[0] and "保管期限" in texts[0] and "10年" in texts[0]
    assert "卷内目录" in texts[1]
    names = [row[1].replace("\n", "") for row in index[1:]]
    assert names == ["信用修复告知书", "办理期限说明", "办理记录", "日志摘录", "现场照片.png", "决定书扫描件.pdf"]
    last = 0
    for row in index[1:]:
        first, end = (int(n) for n in (re.findall(r"\d+", row[5]) * 2)[:2])
        assert first == last + 1 and end >= first, "every page is in the index, once"
        last = end
        assert texts[1 + first].splitlines()[0].strip() == str(first) or str(first) in texts[1 + first].split()
    assert len(texts) == last + 2
    assert sizes == {(595, 842), (842, 595)}, "a sheet of A3 is laid on A4, across"
    everything = "".join(texts).replace("\n", "")
    assert "调休上班" in everything, "the days say why"
    assert "〓" in everything, "a character without a glyph is marked, the note is there"
    assert "误传" not in texts[1]


def test_the_signed_letter_is_attached_byte_for_byte_and_nothing_active_comes_along(team, case):
    data = built(team, case)
    [letter] = team.session.query(Letter).all()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.attachments[f"{letter.number}.pdf"].get_file().read_bytes() == register.pdf_of(letter)
        with pdf.open_outline() as outline:
            assert outline.root[0].title == "信用修复告知书"
        assert "/OpenAction" not in pdf.Root and "/AcroForm" not in pdf.Root
        assert all("/Annots" not in page.obj for page in pdf.pages)
        assert pdf.Root.Lang == "zh-CN"


def test_the_export_is_logged_and_whoever_may_not_see_the_case_gets_nothing(team, case):
    built(team, case)
    assert "exported" in [entry.action for entry in entries_of(team.session, "core_case", case.id)]
    with view_as(team.viewer("wang")) as session, pytest.raises(NotFound):
        find_case(session, case.number)


def test_the_button_binds_it_in_the_background(team, case, login):
    client = login("li")
    assert f'action="/cases/{case.number}/file"' in client.get(f"/cases/{case.number}").get_data(as_text=True)
    assert client.post(f"/cases/{case.number}/file").status_code == 302
    [task] = team.session.query(Task).all()
    run_task(current_app.extensions["jobs"], task.id)
    team.session.refresh(task)
    assert (task.state, task.result_name) == (TaskState.DONE, f"{case.number}.pdf")
    assert client.get(f"/tasks/{task.id}/result").data.startswith(b"%PDF")


def test_whoever_may_not_see_the_case_finds_no_button(team, case, login):
    assert login("wang").post(f"/cases/{case.number}/file").status_code == 404


def test_how_long_a_file_is_kept_depends_on_the_result(team, case):
    session = team.session
    assert retention(session, case).until is None, "the period begins when the case is closed"
    case.closed_at = moment.start_of(dt.date(2026, 6, 1))
    for result, years, until in (("expired", 10, dt.date(2036, 12, 31)), ("withdrawn", 30, dt.date(2056, 12, 31))):
        case.result = result
        kept = retention(session, case)
        assert (kept.years, kept.until) == (years, until), result
    case.state, case.meaning = "withdrawn", CLOSED
    session.commit()
    with pdfplumber.open(io.BytesIO(built(team, case))) as pdf:
        assert "30年，至2056年12月31日" in "".join(pdf.pages[0].extract_text().split()), "the cover says how long"

    def keep(key: str, value: int) -> None:
        session.query(RuleVersion).filter_by(key=key).update({"value": value})
        session.commit()

    keep("archive.keep.credit_repair.penalty.withdrawn", 0)
    kept = retention(session, case)
    assert (kept.years, kept.until) == (0, None), "for good"
    session.query(RuleVersion).filter(RuleVersion.key.startswith("archive.keep.")).delete()
    session.commit()
    assert retention(session, case).until == dt.date(2036, 12, 31), "as the house says for every case"
    session.query(RuleVersion).filter(RuleVersion.key.startswith("archive.keep")).delete()
    session.commit()
    with pytest.raises(NoRule):
        retention(session, case)
