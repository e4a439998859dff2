"""The handbook names pages and words that are there, and every line of the menu has its help."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from core.pages import PAGES
from core.pages.frame import CORE_MENU
from core.pages.help_topics import CASE, TOPICS, WORDS

ROOT = Path(__file__).resolve().parents[2]
HANDBOOK = (ROOT / "docs/handbook.md").read_text(encoding="utf-8")
PLACES = sorted(set(re.findall(r"`(/[a-z/-]*)`", HANDBOOK)))


def test_the_words_of_the_handbook_are_those_of_the_pages():
    catalogue = ROOT / "translations/zh_Hans_CN/LC_MESSAGES/messages.po"
    with catalogue.open("rb") as file:
        known = {message.string for message in read_po(file) if isinstance(message.string, str)}
    named = set(re.findall("「(.+?)」", HANDBOOK))
    assert len(named) > 20 and not named - known


@pytest.mark.parametrize("topic", [CASE, *TOPICS.values()], ids=["case", *TOPICS])
def test_the_help_explains_only_words_that_it_has(topic):
    assert set(topic.words) <= set(WORDS)


def test_the_pages_of_the_handbook_and_of_the_menu_have_help_and_are_there():
    urls = {entry.url for _label, entries in CORE_MENU for entry in entries}
    app = Flask("handbook")
    for page in PAGES:
        app.register_blueprint(page)
    routes = app.url_map.bind("localhost")
    assert urls <= set(TOPICS)
    for place in {*PLACES, *urls, *(url for url in TOPICS if url != "/letters/" and not url.endswith("due/"))}:
        assert routes.match(place, method="GET"), place
    assert len(PLACES) > 20
