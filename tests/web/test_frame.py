"""The frame around every page: menu, counts, theme, language, preferences, static files."""

from __future__ import annotations

import gzip
import re

from flask import url_for
from flask.testing import FlaskClient
from jinja2 import meta

from core.web.pages import HERE, STATIC, back_to, static_version

from .conftest import small_app

TEMPLATES = HERE / "templates"


def test_a_clerk_sees_where_she_is_and_what_waits(client: FlaskClient) -> None:
    page = client.get("/").text
    assert '<html lang="en"' in page
    for part in ("李敏", "信用科", "区发展改革委", "486", 'data-count="6"', 'data-test="menu-desk"', 'href="#main"'):
        assert part in page
    assert re.search(r'href="/penalties" aria-current="page"', page)
    assert '<html lang="zh-Hans-CN"' in client.get("/?_l=zh_Hans_CN").text


def test_nothing_that_has_no_address_is_offered() -> None:
    app = small_app(SHELL={"search_url": "", "tasks_url": "", "messages_url": "", "logout_url": ""})
    page = app.test_client().get("/").text
    for mark in ("search", "tasks", "messages", "sign-out"):
        assert f'data-test="{mark}"' not in page


def test_theme_and_larger_type_are_kept_and_drawn_from_the_first_byte(client: FlaskClient) -> None:
    answer = client.post(
        "/preferences", data={"theme": "dark", "size": "large"}, headers={"Referer": "http://localhost/?x=1"}
    )
    assert (answer.status_code, answer.location) == (303, "/?x=1")
    assert 'data-theme="dark" data-size="large"' in client.get("/").text
    assert client.post("/preferences", data={"theme": "pink"}).status_code == 400


def test_the_way_back_never_leads_elsewhere(client: FlaskClient) -> None:
    with client.application.test_request_context("/", base_url="http://localhost"):
        for evil in ("https://evil.example/x", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", None):
            assert back_to(evil) == "/" or back_to(evil) == "/x"
        assert back_to("https://evil.example/x") == "/"
        assert back_to("http://localhost/list?a=1") == "/list?a=1"


def test_static_files_are_kept_for_a_year_under_their_version_and_never_stale(client: FlaskClient) -> None:
    with client.application.test_request_context():
        address = url_for("web.static", filename="yingshang.css")
    assert static_version() in address
    fresh = client.get(address)
    assert "immutable" in fresh.headers["Cache-Control"]
    old = client.get("/assets/0000000000/yingshang.css")
    assert old.status_code == 200
    assert "immutable" not in old.headers["Cache-Control"]
    assert client.get("/assets/x/../pages.py").status_code == 404
    for answer in (fresh, old):
        answer.close()


def test_the_first_load_is_small_and_asks_nobody_outside() -> None:
    files = [p for p in STATIC.rglob("*") if p.is_file()]
    assert sum(len(gzip.compress(p.read_bytes())) for p in files) < 250_000
    for path in (p for p in files if "vendor" not in p.parts):  # others' files name their licences and homes
        for address in re.findall(r"https?://[^\s\"')]+", path.read_text()):
            assert address == "http://www.w3.org/2000/svg", (path, address)


def test_the_gallery_is_for_builders_and_administrators_only(client: FlaskClient) -> None:
    assert client.get("/_widgets").status_code == 200
    assert small_app().test_client().get("/_widgets").status_code == 404


def test_the_gallery_shows_every_widget() -> None:
    folder = STATIC.parent / "templates"
    texts = {path.stem: path.read_text("utf-8") for path in (folder / "widgets").glob("*.html") if path.stem != "frame"}
    waiting, seen = [("gallery", (folder / "gallery.html").read_text("utf-8"))], set()
    while waiting:
        home, text = waiting.pop()
        files = dict(re.findall(r'import "widgets/(\w+)\.html" as (\w+)', text if home == "gallery" else texts[home]))
        names = {alias: file for file, alias in files.items()}
        used = {(names[alias], name) for alias, name in re.findall(r"\b(\w+)\.(\w+)\(", text) if alias in names}
        used |= {(home, name) for name in re.findall(r"\b(\w+)\(", text)}
        for file, name in used - seen:
            body = re.search(rf"{{% macro {name}\(.*?{{% endmacro %}}", texts.get(file, ""), re.S)
            if body is not None:
                seen.add((file, name))
                waiting.append((file, body.group()))
    every = {(file, name) for file, text in texts.items() for name in re.findall(r"{% macro (\w+)\(", text)}
    assert sorted(every - seen) == []


def test_what_is_drawn_once_is_drawn_for_each_language_and_holds_nothing_of_a_person(client: FlaskClient) -> None:
    env = client.application.jinja_env
    for path in sorted(TEMPLATES.rglob("*.html")):
        for part in re.findall(r"{%-? *still *-?%}(.*?){%-? *endstill", path.read_text("utf-8"), re.S):
            told = meta.find_undeclared_variables(env.parse(part)) - {"_", "url_for", "frame_keys"}
            assert not told, f"{path.name}: {told} may differ from page to page"
    english, chinese = client.get("/").text, client.get("/?_l=zh_Hans_CN").text
    assert "Keyboard shortcuts" in english and "快捷键" not in english
    assert "快捷键" in chinese and "Keyboard shortcuts" not in chinese
    assert "Keyboard shortcuts" in client.get("/").text
