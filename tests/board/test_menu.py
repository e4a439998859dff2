"""The menu: how much waits for the person, by kind of case, and where he is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from unittest.mock import patch

from flask.testing import FlaskClient

from core import moment
from core.pages import frame
from trial_people import Desk

NOW = dt.datetime(2026, 3, 20, 10, tzinfo=moment.zone())
LINE = re.compile(r'<li><a href="([^"]+)"( aria-current="page")?[^>]*>(.*?)</a></li>', re.S)


def lines(page: str) -> dict[str, tuple[bool, str]]:
    """Address of every line of the menu → whether one is there, and the number behind it."""
    side = page.split('data-test="sidebar"')[1].split("</nav>")[0]
    return {url: (bool(here), "".join(re.findall(r"(\d+\+?)</span>", words))) for url, here, words in LINE.findall(side)}


def test_the_menu_counts_what_waits_and_a_case_lies_below_its_list(desk: Desk, login: Callable[[str], FlaskClient]) -> None:
    numbers = [desk.opens("lin", on=dt.date(2026, 3, day)) for day in (2, 3, 4)]
    lin = login("lin")
    with moment.at(NOW):
        assert lines(lin.get("/").text)["/"] == (True, "3")
        menu = lines(lin.get(f"/cases/{numbers[0]}").text)
        assert menu["/tree_felling/permits"] == (True, "3") and menu["/"] == (False, "3")
        assert [url for url, (here, _number) in menu.items() if here] == ["/tree_felling/permits"]
        with patch.object(frame, "EXACT_TO", 3):  # more than are counted
            menu = lines(lin.get("/messages").text)
            assert menu["/tree_felling/permits"] == (False, "") and menu["/"] == (False, "3")
