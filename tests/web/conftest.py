"""A small application that has our face and nothing else; and one with Flask-AppBuilder's pages behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, flash, g, jsonify, redirect, render_template_string, request
from flask.testing import FlaskClient
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from core.errors import Changed, FieldError, Invalid, NotAllowed, NotFound, Refusal
from core.web import Locale, MenuGroup, MenuItem, Shell, init_web

SHELL: dict[str, Any] = {
    "person": "李敏",
    "unit": "信用科",
    "bureau": "区发展改革委",
    "place": "宁河区",
    "messages": 6,
    "tasks": 1,
    "search_url": "/search",
    "tasks_url": "/tasks",
    "messages_url": "/messages",
    "logout_url": "/logout",
    "menu": [
        MenuGroup("", [MenuItem("工作台", "/", 12, test="desk")]),
        MenuGroup("信用修复", [MenuItem("行政处罚", "/penalties", 486, current=True)]),
    ],
    "locales": [Locale("zh_Hans_CN", "简体中文", "/lang/zh_Hans_CN", True), Locale("en", "English", "/lang/en")],
}
PAGE = '{% extends "layout.html" %}{% block content %}<h1>ok</h1>{% endblock %}'


def small_app(**config: Any) -> Flask:
    """The application; ``config["SHELL"]`` changes the frame, None signs nobody in."""
    app = Flask("face")
    app.config.update(SECRET_KEY="k" * 32, BABEL_DEFAULT_LOCALE="en", TESTING=False, WTF_CSRF_ENABLED=False, **config)
    CSRFProtect(app)
    Babel(app, locale_selector=lambda: request.args.get("_l"))
    init_web(app)

    @app.before_request
    def fill() -> None:
        shell = app.config.get("SHELL", {})
        if shell is not None:
            g.shell = Shell(**{**SHELL, **shell})

    raising = {
        "refused": Refusal("Pay the fine first.", field="fine", rule="credit.accept"),
        "notallowed": NotAllowed("Only the head of section signs."),
        "notfound": NotFound("No such case."),
        "changed": Changed("王强 has changed it.", version=4),
        "bug": ZeroDivisionError("secret detail"),
        "invalid": Invalid([FieldError("code", "18 signs, please."), FieldError("on", "Not a day.")], "Two faults."),
    }

    def fail(kind: str) -> str:
        raise raising[kind]

    for base in ("/raise", "/api/v1/raise"):
        app.add_url_rule(f"{base}/<kind>", f"raise{base}", fail, methods=["GET", "POST"])
    app.add_url_rule("/", "index", lambda: render_template_string(PAGE))
    app.add_url_rule("/told", "told", lambda: (flash("Saved <b>it</b>", "success"), redirect("/"))[1])
    app.add_url_rule("/pick/enterprises", "pick", _pick)
    return app


def _pick() -> Any:
    names = [
        {"id": "1", "label": "天津示例商贸有限公司", "hint": "91120117MA05A1B251"},
        {"id": "2", "label": "天津示例食品销售有限公司", "hint": "91120117MA05A1B252"},
    ]
    asked = request.args["q"]
    return jsonify(items=[n for n in names if asked and asked in n["label"]])


@pytest.fixture
def app() -> Flask:
    return small_app(SHELL={"admin": True})


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a free port of this machine; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Browser:
    """Debian's Chromium."""
    return chromium
