"""A bureau words the repair letter its own way: tried, versioned, compared, taken back; a drafted letter keeps its text."""
from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from addons.credit_repair.names import NOTICE
from addons.credit_repair.tests.helpers import enter
from core import moment
from core.access import as_system
from core.errors import NotAllowed, Refusal
from core.letter import register, wording
from core.letter.making import content_of
from core.letter.models import LetterWording

URL = f"/letters/wordings/{NOTICE}"
OWN = "你单位因{{ violation }}被处罚（{{ document }}），请于{{ report_by }}后关注公示。\n特此告知。"


@pytest.fixture
def samr(team):
    return team.units["SAMR"]


def test_a_text_is_worded_anew_compared_and_taken_back(team, samr):
    session, kind, sun = team.session, register.kind_named(NOTICE), team.viewer("sun")
    own = wording.tidy_lines(kind.own.text)
    first = wording.save(session, kind, samr, OWN + "  \r\n", "改用本局表述", sun)
    assert (first.version, first.text) == (1, OWN)
    second = wording.save(session, kind, samr, OWN.replace("后关注", "起关注"), "措辞", sun)
    session.commit()
    assert wording.in_force(session, samr.id, NOTICE) is second
    changed = [line for line in wording.difference(first.text or "", second.text or "") if line.sign != "same"]
    assert [line.sign for line in changed] == ["gone", "new"] and "起关注" in changed[1].text
    back = wording.restore(session, kind, samr, 1, sun)
    assert (back.version, back.text) == (3, OWN)
    wording.restore(session, kind, samr, wording.MODULES_OWN, sun)
    assert wording.in_force(session, samr.id, NOTICE) is None
    assert wording.text_of(session, samr.id, kind, 4) == own
    assert [v.version for v in wording.versions(session, samr.id, NOTICE)] == [4, 3, 2, 1], "no version is lost"


def test_who_answers_for_what_letters_say_words_them_and_nobody_else(team, samr):
    session, kind = team.session, register.kind_named(NOTICE)
    for username in ("qian", "wang", "li"):
        with pytest.raises(NotAllowed):
            wording.save(session, kind, samr, OWN, "试试", team.viewer(username))
    with pytest.raises(NotAllowed):
        wording.restore(session, kind, team.units["NDRC"], 0, team.viewer("sun"))


def test_what_cannot_be_set_is_not_saved(team, samr):
    session, kind, sun = team.session, register.kind_named(NOTICE), team.viewer("sun")
    for text, reason, field in ((OWN, " ", "reason"), (kind.own.text, "没有改", "text"),
                                ("{{ reson }}", "字段写错", "reson"), ("请\U0001f600办理", "没有字形", None)):
        with pytest.raises(Refusal) as refused:
            wording.save(session, kind, samr, text, reason, sun)
        assert refused.value.field == field
    assert session.scalars(select(LetterWording)).all() == []


def test_a_drafted_letter_keeps_the_text_that_was_reviewed(team, samr):
    session, kind, sun = team.session, register.kind_named(NOTICE), team.viewer("sun")
    with moment.at(dt.date(2026, 2, 13)):
        wording.save(session, kind, samr, OWN, "改用本局表述", sun)
        letter = register.draft(session, kind, enter(team), team.viewer("qian"))
        wording.save(session, kind, samr, "完全不同的文字。", "再改", sun)
        session.commit()
        assert letter.wording is not None and letter.wording.version == 1
        content = content_of(letter, kind)
    assert "后关注公示" in content.body[0].text


def test_title_enclosures_and_copies_are_worded_too(team, samr):
    session, kind, sun = team.session, register.kind_named(NOTICE), team.viewer("sun")
    assert kind.own.text.startswith(f"标题：{kind.title}\n"), "the editor begins with the module's"
    text = (f"标题：关于提示{{{{ document }}}}\n标题：可以修复的函\n{OWN}\n附件：信用修复申请书\n附件：信用承诺书\n"
            "抄送：区司法局")
    with moment.at(dt.date(2026, 2, 13)):
        for wrong in ("标题：{{ nobody }}\n" + OWN, OWN + "\n抄送：{{ nobody }}"):
            with pytest.raises(Refusal, match="nobody"):
                wording.save(session, kind, samr, wrong, "试试", sun)
        wording.save(session, kind, samr, text, "改用本局表述", sun)
        letter = register.draft(session, kind, enter(team), team.viewer("qian"))
        session.commit()
        content = content_of(letter, kind)
    title, _break, rest = content.title.partition("\n")
    assert title.startswith("关于提示") and "{" not in title and rest == "可以修复的函"
    assert letter.title == content.title.replace("\n", "")
    assert (content.attachments, content.cc) == (("信用修复申请书", "信用承诺书"), "区司法局")
    assert [block.text for block in content.body][-1] == "特此告知。"


def test_the_editor_lists_fields_previews_saves_and_keeps_what_was_refused(team, login):
    client = login("sun")
    assert "信用修复告知书" in client.get("/letters/wordings").get_data(as_text=True)
    page = client.get(URL).get_data(as_text=True)
    assert "{{ violation }}" in page and "违法行为类型" in page and 'data-live="see"' in page
    seen = client.post(f"{URL}/preview", data={"text": OWN})
    assert seen.mimetype == "application/pdf" and seen.data.startswith(b"%PDF")
    assert seen.headers["X-Frame-Options"] == "SAMEORIGIN"
    wrong = client.post(f"{URL}/preview", data={"text": "{{ ''.__class__ }}"})
    assert wrong.status_code == 422 and "refusal" in wrong.get_data(as_text=True)
    refused = client.post(URL, data={"text": OWN + "{{ nobody }}", "reason": "试一试"})
    assert refused.status_code == 422
    assert "{{ nobody }}" in refused.get_data(as_text=True) and "试一试" in refused.get_data(as_text=True)
    assert client.post(URL, data={"text": OWN, "reason": "改用本局表述"}).status_code == 302
    compared = client.get(f"{URL}?version=0").get_data(as_text=True)
    assert "<del>" in compared and "<ins>" in compared and f"{URL}/restore" in compared
    assert client.post(f"{URL}/restore", data={"version": 0}).status_code == 302
    with as_system("look") as session:
        assert [row.text for row in session.scalars(select(LetterWording).order_by(LetterWording.version))] == [OWN, None]


def test_who_does_not_review_letters_does_not_find_the_editor(team, login):
    assert login("qian").get(URL).status_code == 403
    assert login("qian").post(f"{URL}/preview", data={"text": OWN}).status_code == 403
