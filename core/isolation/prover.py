"""The walk of the proof: account after account through address after address, reading only."""
from __future__ import annotations

import contextvars
import html
import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from flask import Flask, request_started
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.routing import BuildError
from werkzeug.test import TestResponse

from core import moment
from core.access import as_system
from core.audit import record
from core.db import db
from core.isolation.oracle import enterprises
from core.isolation.records import (
    CASE_NUMBER,
    LETTER_NUMBER,
    NO_ID,
    NO_NUMBER,
    Record,
    foreign_numbers,
    of_model,
    samples,
    seen,
    seen_outside,
)
from core.isolation.routes import OPEN, Gap, Route, routes_of
from core.portal.frame import ENTERPRISE, entered

PORTAL = "/portal"
NOBODY = "–"
"""Somebody who has not signed in."""
ENTERPRISES = 3
"""How many enterprises are tried with an account at the portal."""
LIMIT = 3
"""How many records of a sort one account is tried with."""
Told = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """An account that stands for all with the same grants."""

    user_id: int | None
    name: str
    session_version: int | None = None
    stands_for: int = 1
    enterprise_id: int | None = None
    """Of an enterprise that has signed in at the portal with a code: no account of the house."""


@dataclass
class Report:
    """What was tried and what was found."""

    checks: int = 0
    shown: int = 0
    """Records of one's own that were shown: were there none, nothing would have been proved."""
    leaks: list[dict[str, str]] = field(default_factory=list)
    unproved: dict[str, str] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)

    def leak(self, account: Account, route: str, name: str, what: str) -> None:
        """Note a leak, once."""
        found = {"account": account.name, "route": route, "record": name, "what": what}
        if found not in self.leaks:
            self.leaks.append(found)


def prove(app: Flask, *, everybody: bool = False, under: str = "/") -> Told:
    """``{"accounts", "checks", "leaks": [{"account", "route", "record", "what"}], …}``; see :mod:`core.isolation`.

    Beside these: ``represented`` (for how many accounts those that were tried stand; ``everybody`` tries all), ``shown``
    (records of their own that people did get), ``unproved`` (addresses that could not be filled in, each with what to do),
    ``untested`` (addresses for whose records there is none to try with), ``as_of``. ``under`` keeps to addresses that begin
    so. Nothing is changed but for one entry in the log. Call it with or without an application context.
    """
    # A context of its own: inside one of the application's, all requests would share what the first one remembers.
    return contextvars.Context().run(_prove, app, everybody, under, moment.now())


def _prove(app: Flask, everybody: bool, under: str, now: Any) -> Told:
    with moment.at(now):
        report = Report()
        with app.app_context():
            routes = list(routes_of(app, under))
            with as_system("isolation proof") as session:
                accounts, records = _accounts(session, everybody), samples(session)
                framework = {route.name: of_model(session, route.model) for route in routes
                             if isinstance(route, Route) and route.model is not None}
        report.unproved |= {gap.rule.rule: gap.advice for gap in routes if isinstance(gap, Gap)}
        walked = [route for route in routes if isinstance(route, Route)]
        with _nothing_kept(app), _nothing_told():
            for account in accounts:
                _Walk(app, account, report).go(walked, records, framework)
        untested = sorted({route.name for route in walked} - report.tried)
        with app.app_context(), as_system("isolation proof") as session:
            record(session, "isolation proved", "core_isolation", "", accounts=len(accounts), checks=report.checks,
                   leaks=len(report.leaks))
            session.commit()
    return {"accounts": len(accounts), "checks": report.checks, "leaks": report.leaks,
            "represented": sum(account.stands_for for account in accounts), "shown": report.shown,
            "unproved": [{"route": route, "reason": reason} for route, reason in sorted(report.unproved.items())],
            "untested": untested, "as_of": now.isoformat()}


@contextmanager
def _nothing_told() -> Iterator[None]:
    """Hundreds of refusals are what the proof hopes for: the log of the server is for the others'. Faults are reported."""
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _nothing_kept(app: Flask) -> Iterator[None]:
    """Whatever a page writes while it is read (a log of reading, say) is undone with the request."""
    def flush_only(_app: Flask, **_rest: Any) -> None:
        session = db.session()
        session.commit = session.flush  # type: ignore[method-assign]  # for this request's session alone

    with request_started.connected_to(flush_only, app):
        yield


def _accounts(session: Session, everybody: bool) -> list[Account]:
    """Somebody who has not signed in, and one active account for each set of grants (or all)."""
    grants: dict[int, list[str]] = {}
    people = {row.id: row for row in session.execute(text(
        "SELECT id, username, session_version FROM ab_user WHERE active = :true ORDER BY id"), {"true": True})}
    for row in session.execute(text(
            "SELECT user_id, role_id, unit_id, scope, CAST(custom_units AS TEXT) AS units FROM core_appointment "
            "WHERE valid_from <= :today AND (valid_to IS NULL OR valid_to >= :today)"), {"today": moment.today()}):
        grants.setdefault(row.user_id, []).append(f"{row.role_id}/{row.unit_id}/{row.scope}/{row.units}")
    alike: dict[Any, list[int]] = {}
    readers = {row.user_id for row in session.execute(text(
        "SELECT user_id FROM core_case_reader UNION SELECT user_id FROM core_appointment WHERE lent_by_id IS NOT NULL"))}
    for user_id in people:
        alone = everybody or user_id in readers
        alike.setdefault((user_id if alone else None, tuple(sorted(grants.get(user_id, [])))), []).append(user_id)
    found = [Account(None, NOBODY, stands_for=0)]
    found += [Account(None, name, stands_for=0, enterprise_id=key)
              for key, name in enterprises(session, 1000 if everybody else ENTERPRISES)]
    return found + [Account(ids[0], people[ids[0]].username, people[ids[0]].session_version, len(ids))
                    for ids in alike.values()]


class _Walk:
    """One account's way through all addresses."""

    def __init__(self, app: Flask, account: Account, report: Report) -> None:
        self.app, self.account, self.report = app, account, report
        self.missing: dict[str, int] = {}
        self.found: list[tuple[str, frozenset[str], str]] = []
        """``(route, numbers in the answer, number that was asked for)``: looked up together at the end."""

    def go(self, routes: Sequence[Route], records: Mapping[str, list[Record]],
           framework: Mapping[str, Sequence[tuple[int, int]]]) -> None:
        """All addresses; then all the numbers that were found in the answers."""
        with self._asking_the_oracle() as session:
            known = {sort: self._seen(session, sort, [r.key for r in found]) for sort, found in records.items()}
            cases = {case for rows in framework.values() for _key, case in rows}
            visible = seen(session, "case", self.account.user_id, cases)
        foreign = {sort: [r for r in found if r.key not in known[sort]][:LIMIT] for sort, found in records.items()}
        own = {sort: [r for r in found if r.key in known[sort]][:1] for sort, found in records.items()}
        desk = self._get("/")
        if self.account.user_id is not None and (desk.status_code == 401 or "/login" in desk.headers.get("Location", "")):
            self.report.unproved[f"/ ({self.account.name})"] = "the account could not be signed in"
        for route in routes:
            if self.account.enterprise_id is not None and not route.rule.rule.startswith(PORTAL):
                continue  # inside, it is a stranger like any other
            if route.model is not None:
                self._framework_page(route, [key for key, case in framework[route.name] if case not in visible][:LIMIT])
            elif route.sort is not None:
                self._record_page(route, foreign[route.sort.name], own[route.sort.name])
            else:
                self._list_page(route, foreign)
        self._look_up()

    def _seen(self, session: Session, sort: str, keys: Sequence[int]) -> set[int]:
        if self.account.enterprise_id is not None:
            return seen_outside(session, sort, self.account.enterprise_id, keys)
        return seen(session, sort, self.account.user_id, keys)

    def _record_page(self, route: Route, foreign: Sequence[Record], own: Sequence[Record]) -> None:
        assert route.sort is not None
        for item in foreign:
            path = self._path(route, item.values)
            if path is None:
                continue
            answer = self._check(route, path)
            if item.sort != "enterprise":
                self._same_as_missing(route, answer, item)
            self._search(route, answer, [item], item.name)
            if own and route.sort.parts:
                self._foreign_part(route, own[0], item)
        for item in own:
            path = self._path(route, item.values)
            if path is not None and self._get(path).status_code == 200:
                self.report.shown += 1
                self.report.tried.add(route.name)

    def _foreign_part(self, route: Route, mine: Record, item: Record) -> None:
        """A part of somebody else's record asked for under the name of one's own."""
        assert route.sort is not None
        numbered = [name for name in route.rule.arguments if name.endswith("_id") and name in route.sort.missing
                    and name != route.sort.argument]
        if not numbered or any(name not in item.values for name in numbered):
            return
        path = self._path(route, {**mine.values, **{name: item.values[name] for name in numbered}})
        none = self._path(route, {**mine.values, **dict.fromkeys(numbered, NO_ID)})
        if path is None or none is None:
            return
        answer = self._check(route, path)
        if answer.status_code != self._get(none).status_code:
            self.report.leak(self.account, route.name, item.name, f"its part under another's name: {answer.status_code}")
        self._search(route, answer, [item], mine.name)

    def _same_as_missing(self, route: Route, answer: TestResponse, item: Record) -> None:
        """Whoever may not see a record must not learn that it exists."""
        assert route.sort is not None
        kind = f"{route.name} {item.values.get('name')}" if route.sort.argument == "entry_id" else route.name
        status = self.missing.get(kind)
        if status is None:
            path = self._path(route, {**item.values, **route.sort.missing})
            status = self.missing[kind] = self._get(path or "/").status_code
        if answer.status_code != status:
            self.report.leak(self.account, route.name, item.name,
                             f"answers {answer.status_code}, for what does not exist {status}")

    def _framework_page(self, route: Route, foreign: Sequence[int]) -> None:
        for key in foreign:
            path, none = (self._url(route, {"pk": pk, "name": "x"}) for pk in (key, NO_ID))
            if path and none and self._check(route, path).status_code != self._get(none).status_code:
                self.report.leak(self.account, route.name, f"{route.model.__name__} {key}", "differs from a missing one")

    def _list_page(self, route: Route, foreign: Mapping[str, Sequence[Record]]) -> None:
        """As it stands, at its longest, and searched for each record that must not be found."""
        everything = [item for found in foreign.values() for item in found]
        wanted = [*foreign["case"][:1], *foreign["letter"][:1]]
        for values in route.fixed:
            path = self._url(route, values)
            if path is None:
                continue
            queries = ("",) if route.plain else ("", "?limit=100", *(["?format=csv"] if "export" in path else []))
            for query in queries:
                self._search(route, self._check(route, path + query), everything)
            for item in () if route.plain else wanted:
                self._ask_for(route, path, item)

    def _ask_for(self, route: Route, path: str, item: Record) -> None:
        """Search by its number and by its title: found or not, the answer is that for a number nobody ever gave out."""
        for word in (item.name, *item.marks[1:2]):
            answer = self._check(route, f"{path}?q={quote(word)}")
            self._search(route, answer, [item], asked=word)
            if word == item.name and answer.status_code != self._get(f"{path}?q={quote(NO_NUMBER)}").status_code:
                self.report.leak(self.account, route.name, item.name, "searching for it gives it away")

    def _search(self, route: Route, answer: TestResponse, items: Sequence[Record], name: str = "", asked: str = "") -> None:
        """Look for what must not be there; what was asked for may be repeated."""
        if route.rule.endpoint in OPEN:
            return
        told = readable(answer)
        for item in items:
            for mark in item.marks:
                if mark != asked and mark in told:
                    self.report.leak(self.account, route.name, item.name, f"“{mark}” is in the answer")
        numbers = frozenset(CASE_NUMBER.findall(told)) | frozenset(LETTER_NUMBER.findall(told))
        self.found.append((route.name, numbers - {name, asked}, name))

    def _look_up(self) -> None:
        with self._asking_the_oracle() as session:
            numbers = {number for _route, found, _name in self.found for number in found}
            hidden = set(foreign_numbers(session, self.account.user_id, numbers, self.account.enterprise_id))
        for route, found, _name in self.found:
            for number in sorted(found & hidden):
                self.report.leak(self.account, route, number, "its number is in the answer")

    def _check(self, route: Route, path: str) -> TestResponse:
        self.report.checks += 1
        self.report.tried.add(route.name)
        answer = self._get(path)
        if answer.status_code >= 500:
            self.report.unproved[route.name] = f"it breaks ({answer.status_code}), so what it shows is not known: {path}"
        return answer

    def _get(self, path: str) -> TestResponse:
        """The answer to this account; each time with a fresh browser, so that nothing is remembered."""
        client: FlaskClient = self.app.test_client()
        if self.account.user_id is not None:
            with client.session_transaction() as cookie:
                cookie.update(_user_id=str(self.account.user_id), _fresh=True, _version=self.account.session_version)
        elif self.account.enterprise_id is not None:
            with client.session_transaction() as cookie:
                cookie[ENTERPRISE] = entered(self.account.enterprise_id, self.account.name)
        return client.get(path)

    def _path(self, route: Route, values: Mapping[str, Any]) -> str | None:
        renamed = route.renamed or {}
        wanted = {name: values.get(renamed.get(name, name)) for name in route.rule.arguments}
        return None if None in wanted.values() else self._url(route, wanted)

    def _url(self, route: Route, values: Mapping[str, Any]) -> str | None:
        adapter = self.app.url_map.bind("localhost")
        wanted = {name: values[name] for name in route.rule.arguments}
        try:
            return adapter.build(route.rule.endpoint, wanted)
        except BuildError:
            return None

    @contextmanager
    def _asking_the_oracle(self) -> Iterator[Session]:
        with self.app.app_context(), as_system("isolation proof") as session:
            yield session


def readable(answer: TestResponse) -> str:
    """The words of an answer, whatever it is packed in: HTML, JSON, a workbook."""
    data = answer.get_data()
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"\n".join(archive.read(name) for name in archive.namelist())
    words = data.decode("utf-8", "ignore")
    unpack: Callable[[str], str] = html.unescape
    if (answer.mimetype or "").endswith("json"):
        unpack = _json
    return f"{answer.headers.get('Location', '')}\n{unpack(words)}"


def _json(words: str) -> str:
    return json.dumps(json.loads(words), ensure_ascii=False) if words.strip() else ""
