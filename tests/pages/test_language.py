"""A page's sentences: looked up once, and still in the language that is spoken when they are said."""
from __future__ import annotations

from flask import Flask, render_template_string
from flask_babel import force_locale, gettext, lazy_gettext, refresh

WAYS = (lambda: gettext("Search"), lambda: str(lazy_gettext("Search")), lambda: render_template_string("{{ _('Search') }}"))


def test_sentences_follow_the_language_within_one_request(app: Flask) -> None:
    with app.test_request_context("/?_l_=en"):
        for said in WAYS:
            assert said() == "Search"
            with force_locale("zh_Hans_CN"):
                assert said() == "搜索"
            assert said() == "Search"
        app.config["LANGUAGES"], known = {}, app.config["LANGUAGES"]  # what was asked for is no longer spoken
        refresh()
        usual = WAYS[0]()
        app.config["LANGUAGES"] = known
    with app.test_request_context("/?_l_=zh_Hans_CN"):
        assert {said() for said in WAYS} == {"搜索"}
    assert usual == "搜索"
