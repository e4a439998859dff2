"""A demonstration district behind a real browser: people of every role, a year of cases, pages as they are used."""
from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import Role
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from werkzeug.serving import make_server

from core.access import as_system
from core.case.models import Case
from core.demo import loading
from core.demo.accounts import read_passwords
from core.demo.people import accounts
from core.testing.databases import installation
from stories.examples import examples

FEW = {"small": 240, "district": 240, "city": 240}
CASES = {"small": 60, "district": 60, "city": 60}
SHOTS = Path(__file__).resolve().parents[2] / "artefacts" / "screens"
AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js"
SIZES = {1366: 768, 390: 844}
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
NOT_OURS = ("downloadable font", "ERR_ABORTED")


INSIDE = ("data:", "blob:", "chrome:", "chrome-extension:")
"""Addresses of the page itself and of the browser's own PDF viewer: nobody outside is asked."""


@dataclass
class House:
    """The installation as it is served: its address, and who holds which role."""

    address: str
    people: dict[str, tuple[str, str]]
    """Role → account and password; one person for each."""
    app: Flask
    examples: dict[str, Any]
    """What addresses name: a case's number, a letter's id."""

    @property
    def pages(self) -> list[str]:
        """The rules of all pages: what can be opened with GET, and is no interface for programs."""
        return sorted({rule.rule for rule in self.app.url_map.iter_rules() if "GET" in (rule.methods or ())})

    @property
    def strangers(self) -> set[str]:
        """What the made-up modules of other tests call their cases, when those ran in this process before."""
        ours = {addon.name for addon in self.app.extensions["yingshang"].addons}
        with self.app.app_context():
            return {str(kind.kind_title) for name, kind in Case.loaded().items() if name.partition(".")[0] not in ours}


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demonstration, small, on one machine's database."""
    folder = tmp_path_factory.mktemp("house")
    with installation("sqlite", folder) as made:
        made.app.config["WTF_CSRF_ENABLED"] = True
        suite = made.app.extensions["yingshang"]
        # the context ends before the tests begin: it would be found by all that come after, in other rooms too
        with made.app.app_context(), _small(suite), as_system("a demonstration for the browser") as session:
            loading.load(session, suite, made.app.extensions["roles"], "small", folder)
            secrets, people = read_passwords(folder), {}
            for account in accounts(session, folder):
                for role in account["roles"]:
                    people.setdefault(role, (account["username"], secrets[account["username"]]))
            role_id = session.scalars(select(Role.id).where(Role.name == "credit_repair.credit")).one()
            found = examples(session, people["credit_repair.head"][0], role_id)
        with _served(made.app) as address:
            yield House(address, people, made.app, found)


@contextmanager
def _small(suite: Any) -> Iterator[None]:
    """Demonstrations of a few dozen cases: their look, not their number, is what a browser sees."""
    demos = [demo for addon in suite.addons if (demo := addon.load("demo")) is not None]
    with patch.object(loading, "SCALES", FEW):
        patches = [patch.object(demo, "COUNTS", CASES) for demo in demos if isinstance(getattr(demo, "COUNTS", None), dict)
                   and set(demo.COUNTS) == set(CASES)]
        for one in patches:
            one.start()
        try:
            yield
        finally:
            for one in patches:
                one.stop()


@contextmanager
def _served(app: Any) -> Iterator[str]:
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


@dataclass
class Visit:
    """One person at one screen: every page is watched for errors and for requests that leave the house."""

    house: House
    context: BrowserContext
    page: Page
    width: int
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Listen to what the page complains of and whom it asks."""
        self.page.on("console", lambda said: self.fault(f"console: {said.text}") if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.fault(f"script: {error}"))
        self.page.on("request", lambda request: None if request.url.startswith((*INSIDE, self.house.address))
                     else self.fault(f"leaves the house: {request.url}"))

    def fault(self, words: str) -> None:
        """Remember it; the visit goes on, and all of it is told at the end."""
        if not any(known in words for known in NOT_OURS):
            self.faults.append(f"{self.page.url}: {words}")

    def sign_in(self, role: str) -> None:
        """As whoever holds that role."""
        username, password = self.house.people[role]
        self.page.goto("/login/")
        self.page.fill('input[name="username"]', username)
        self.page.fill('input[name="password"]', password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def go(self, path: str, name: str = "") -> None:
        """Open a page, see that it fits on the screen, keep its picture."""
        answer = self.page.goto(path)
        if answer is None or not answer.ok:
            self.fault(f"answered {answer and answer.status}")
        self.fits(path)
        if name:
            self.shot(name)

    def fits(self, path: str) -> None:
        """Nothing stands out at the side, and no column is so narrow that its words stand one under another."""
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > self.width:
            which = self.page.evaluate("""width => [...document.querySelectorAll('body *')]
              .filter(el => el.getBoundingClientRect().right > width + 1 && !el.closest('.scroll'))
              .slice(0, 4).map(el => `${el.tagName}.${el.className}: ${el.textContent.trim().slice(0, 30)}`)""", self.width)
            self.fault(f"{path} is {wide} wide on a screen of {self.width}: {which}")
        thin = self.page.evaluate("""() => [...document.querySelectorAll('main td, main dd')].filter(el => {
            const room = el.clientWidth - parseFloat(getComputedStyle(el).paddingLeft) * 2
            const signs = room / parseFloat(getComputedStyle(el).fontSize)
            return el.checkVisibility() && signs < 2.5 && el.innerText.split('\\n').some(line => line.trim().length > 6)
          }).slice(0, 3).map(el => el.innerText.trim().slice(0, 30))""")
        if thin:
            self.fault(f"{path} has columns of single signs on a screen of {self.width}: {thin}")

    def resize(self, width: int) -> None:
        """The same page on another screen."""
        self.width = width
        self.page.set_viewport_size({"width": width, "height": SIZES[width]})

    def dress(self, **look: str) -> None:
        """The same page in another theme or type: ``dress(theme="dark")``."""
        self.page.evaluate("look => Object.assign(document.documentElement.dataset, look)", look)

    def shot(self, name: str) -> None:
        """A picture of the screen, kept with the run."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}-{self.width}.jpg", type="jpeg", quality=80)

    def accessible(self, *rules: str) -> None:
        """axe finds nothing serious on the page as it stands; ``rules`` are those it is asked for, else all of WCAG 2.2 AA."""
        self.page.evaluate("scrollTo(0, 0)")  # a row that is scrolled under the heads of its table has lost nothing of its size
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8"))
        # Only what is wrong comes back: all that was found right would be as many megabytes as there are pages.
        wrong = self.page.evaluate(
            "only => axe.run(document, {runOnly: only, resultTypes: ['violations']}).then(found => found.violations)",
            list(rules) or list(WCAG))
        grave = [f"{self.width}: {rule['id']}: {rule['help']} {[node['html'][:160] for node in rule['nodes'][:3]]}"
                 for rule in wrong if rule["impact"] in ("serious", "critical")]
        for one in grave:
            self.fault(one)

    def chinese(self) -> None:
        """No sentence stayed English: two English words in a row are nobody's name here."""
        left = self.page.evaluate("""() => {
          const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
          for (let node; (node = walk.nextNode());) {
            const holder = node.parentElement
            if (holder.closest('script, style, noscript, textarea, .mono, code, pre, kbd, [lang="en"], [hidden]')) continue
            const text = node.textContent.trim()
            if (/[A-Za-z]{3,} [A-Za-z]{2,}/.test(text) && !/^[A-Z0-9 ._-]+$/.test(text)) found.push(text.slice(0, 80))
          }
          return found
        }""")
        left = [text for text in left if not text.startswith(tuple(self.house.strangers))]
        if left:
            self.fault(f"not Chinese: {left}")


Enter = Callable[..., Visit]


@pytest.fixture
def enter(house: House, browser: Browser) -> Iterator[Enter]:
    """``enter("credit_repair.head", 1366)``: somebody of that role sits down; at the end nothing may have gone wrong."""
    visits: list[Visit] = []

    def sit_down(role: str, width: int = 1366, language: str = "", **options: Any) -> Visit:
        context = browser.new_context(base_url=house.address, viewport={"width": width, "height": SIZES[width]},
                                      bypass_csp=False, reduced_motion="reduce", **options)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        visit = Visit(house, context, context.new_page(), width)
        visit.page.set_default_timeout(20_000)
        visit.watch()
        visits.append(visit)
        if role:
            visit.sign_in(role)
        if language:
            visit.page.goto(f"/lang/{language}")
        return visit

    yield sit_down
    for visit in visits:
        visit.context.close()
    faults = [fault for visit in visits for fault in visit.faults]
    assert not faults, "\n".join(faults)
