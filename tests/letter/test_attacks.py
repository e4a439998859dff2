"""What a hostile text tries: to fetch, to reach into the program, to keep it busy, to eat its memory. None gets through."""
from __future__ import annotations

import base64
import contextlib
import datetime as dt
import io
import os
import pickle
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pytest
from weasyprint.urls import FatalURLFetchingError

from core.errors import Refusal
from core.letter import bodytext, trial
from core.letter.bodytext import parse_body, render_text
from core.letter.content import Letterhead
from core.letter.engine import TEMPLATES
from core.letter.fetcher import locked_fetcher
from core.letter.fonts import FontBook
from core.letter.kinds import Field, LetterKind
from core.letter.render import render_pdf
from core.letter.trial import LIMITS, try_wording

from .letters import letter

pytestmark = pytest.mark.usefixtures("fonts")
SECRET = "TOP-SECRET-42"
HEAD, DAY = Letterhead("宁州市发展和改革局"), dt.date(2026, 11, 23)


class Listener:
    """A server that writes down what is asked of it, and a file with a secret."""

    def __init__(self, folder: Path) -> None:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.asked, self.server = asked, HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.secret = folder / "secret.txt"
        self.secret.write_text(SECRET)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def attack(self, name: str) -> str:
        """The markup of one of the ten attacks."""
        web, file = f"http://127.0.0.1:{self.port}", self.secret.as_uri()
        nested = ('<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50">'
                  f'<image width="50" height="50" href="{web}/n"/></svg>')
        entity = (f'<!DOCTYPE svg [<!ENTITY x SYSTEM "{file}">]><svg xmlns="http://www.w3.org/2000/svg" width="300" '
                  'height="50"><text y="20">&x;</text></svg>')

        def picture(svg: str) -> str:
            return f'<img src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">'

        return {
            "link to a file": f'<link rel="attachment" href="{file}">',
            "anchor to a file": f'<a rel="attachment" href="{file}">x</a>',
            "style sheet": f'<link rel="stylesheet" href="{web}/css">',
            "import": f"<style>@import url({web}/imp);</style>",
            "picture": f'<img src="{web}/img">',
            "font": f"<style>@font-face{{font-family:x;src:url({web}/f.ttf)}}p{{font-family:x}}</style>",
            "picture in a picture": picture(nested),
            "entity": picture(entity),
            "base": f'<base href="{self.secret.parent.as_uri()}/"><link rel="attachment" href="secret.txt">',
            "way out of the folder": f'<link rel="attachment" href="letter:../../../../../../..{self.secret}">',
        }[name]


ATTACKS = ("link to a file", "anchor to a file", "style sheet", "import", "picture", "font", "picture in a picture",
           "entity", "base", "way out of the folder")


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    made = Listener(tmp_path)
    yield made
    made.server.shutdown()
    made.server.server_close()


def leaks(data: bytes) -> bool:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        streams = b"".join(thing.read_bytes() for thing in pdf.objects
                           if isinstance(thing, pikepdf.Stream) and "/DCTDecode" not in str(thing.get("/Filter", "")))
        return SECRET.encode() in streams or len(pdf.attachments) > 0


def notice(tmp_path: Path, text: str = "请{{ name }}办理。") -> LetterKind:
    path = tmp_path / "notice.txt"
    path.write_text(text, encoding="utf-8")
    return LetterKind("trial.notice", "告知函", "关于{{ name }}的函", path, (
        Field("name", "名称", "示例有限公司"), Field("rows", "材料", [{"name": f"材料{n}"} for n in range(30)])),
        addressee="{{ name }}")


@pytest.mark.parametrize("name", ATTACKS)
def test_markup_in_a_wording_is_text_and_fetches_nothing(listener: Listener, tmp_path: Path, name: str) -> None:
    attack = listener.attack(name)
    data = render_pdf(letter(body=f"正文：{attack}。", data={}), preview=True)
    assert not leaks(data) and listener.asked == []


@pytest.mark.parametrize("name", ATTACKS)
def test_should_markup_ever_enter_the_page_the_fetcher_still_gives_nothing(listener: Listener, name: str) -> None:
    from weasyprint import HTML

    fetcher = locked_fetcher(TEMPLATES)
    document = HTML(string=f"<html><body><p>x</p>{listener.attack(name)}</body></html>", url_fetcher=fetcher,
                    base_url="letter:")
    with contextlib.suppress(FatalURLFetchingError):
        assert not leaks(document.write_pdf())
    assert listener.asked == []


@pytest.mark.parametrize("text", [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ name.__init__.__globals__ }}", "{{ name|attr('__class__') }}",
    "{{ range(1000000000)|list }}", "{{ cycler.__init__.__globals__.os.popen('id').read() }}", "{{ self }}",
    "{{ '%s'|format(name) }}", "{{ 'x' * 10000000000 }}", "{{ 2 ** 1000000 }}", "{{ name.upper() }}",
    "{% for a in 'x' * 100000 %}{% for b in 'x' * 100000 %}{% endfor %}{% endfor %}", "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}", "{% extends 'letter.html' %}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set x = 1 %}", "{% call x() %}{% endcall %}", "{{ lipsum(100000) }}", "{{ config }}", "{{ request.environ }}",
    "{% for a in rows recursive %}{{ loop(rows) }}{% endfor %}", "{{ name ~ name }}", "{{ [name] * 3 }}", "{% raw",
    "{% for a in rows %}{% for b in rows %}{% for c in rows %}x{% endfor %}{% endfor %}{% endfor %}"])
def test_a_text_that_reaches_for_more_is_refused_when_it_is_read(text: str) -> None:
    with pytest.raises(Refusal):
        render_text(text, ("name", "rows"), {"name": "示例有限公司", "rows": [1, 2]})


@pytest.mark.parametrize("text", ["{{ name.__class__ }}", "{{ name.__len__ }}", "{{ rows.append }}", "{{ rows.steps }}",
                                  "{{ name.format }}", "{{ rows.__iter__ }}"])
def test_no_attribute_of_a_value_is_ever_printed(text: str) -> None:
    with pytest.raises(Refusal):
        render_text(text, ("name", "rows"), {"name": "示例有限公司", "rows": [1, 2]})


def test_loops_are_counted_over_the_whole_text() -> None:
    rows = list(range(2_000))
    with pytest.raises(Refusal, match="repeats more than"):
        render_text("{% for a in rows %}{% for b in rows %}{% if not a %}x{% endif %}{% endfor %}{% endfor %}", ("rows",),
                    {"rows": rows})
    with pytest.raises(Refusal, match="repeats more than"):
        render_text("{% for a in rows %}{% if rows|join == 'x' %}y{% endif %}{% endfor %}", ("rows",), {"rows": rows})
    with pytest.raises(Refusal, match="rows"):
        render_text("x", ("rows",), {"rows": list(range(bodytext.MAX_ROWS + 1))})


@pytest.mark.parametrize("text", ["国" * 20_001, "{% for a in rows %}" + "国" * 19_000 + "{% endfor %}",
                                  "{{ name }}" * 1_900])
def test_neither_text_nor_result_grows_without_end(text: str) -> None:
    with pytest.raises(Refusal, match="longer than"):
        render_text(text, ("rows", "name"), {"rows": list(range(100)), "name": "宁" * 300})


def test_a_huge_table_is_refused() -> None:
    with pytest.raises(Refusal, match="too much text"):
        render_pdf(letter(body="| 甲 | 乙 |\n| 一 | " + "长" * 3_000 + " |"), preview=True)
    with pytest.raises(Refusal, match="pages"):
        render_pdf(letter(body="| 甲 | 乙 |\n" + "| 一 | 二 |\n" * 2_000), preview=True, most_pages=20)
    with pytest.raises(Refusal, match="cells"):
        parse_body("| 甲 | 乙 |\n" + "| 一 " * 1_000)


def test_a_wording_is_tried_in_a_process_of_its_own(tmp_path: Path) -> None:
    kind = notice(tmp_path)
    assert try_wording(kind, "请{{ name }}尽快办理。", HEAD, DAY).startswith(b"%PDF")
    with pytest.raises(Refusal) as refused:
        try_wording(kind, "请{{ nobody }}办理。", HEAD, DAY)
    assert refused.value.field == "nobody"
    with pytest.raises(Refusal, match="20"):
        try_wording(kind, "{% for row in rows %}" + "国" * 600 + "\n{% endfor %}", HEAD, DAY)


@pytest.mark.parametrize("limits", [replace(LIMITS, memory=96 << 20), replace(LIMITS, cpu=0), replace(LIMITS, seconds=0.01)],
                         ids=["memory", "computing", "time"])
def test_a_trial_that_wants_too_much_ends_and_the_server_goes_on(tmp_path: Path, limits: trial.Limits) -> None:
    with pytest.raises(Refusal, match="too much time or memory"):
        try_wording(notice(tmp_path), "请{{ name }}办理。", HEAD, DAY, limits)


def test_the_trial_knows_nothing_of_the_servers_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINGSHANG_DATABASE_URL", "postgresql://somebody:secret@host/db")
    assert "YINGSHANG_DATABASE_URL" not in trial._environment()
    assert set(trial._environment()) < set(os.environ)


def test_what_a_trial_is_given_carries_no_function_of_the_module(tmp_path: Path, fonts: FontBook) -> None:
    kind = replace(notice(tmp_path), context=lambda case: {"name": case.name})
    assert try_wording(kind, "请{{ name }}办理。", HEAD, DAY).startswith(b"%PDF")
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(kind)
