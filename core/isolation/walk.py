"""One account's way through the addresses."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import BuildError
from werkzeug.test import TestResponse

from core.access import as_system
from core.isolation.accounts import Account
from core.isolation.asking import ask, looked_at, readable
from core.isolation.records import (
    CASE_NUMBER,
    LETTER_NUMBER,
    NO_ID,
    NO_NUMBER,
    Record,
    foreign_numbers,
    seen,
    seen_outside,
)
from core.isolation.routes import OPEN, Route

PORTAL = "/portal"
LIMIT = 3
"""How many records of a sort one account is tried with at least; where there are more kinds of it, one of each."""
LONGER: Mapping[str, str] = {"limit": "?limit=100", "format": "?format=csv"}
"""What else an address is asked for that looks at a parameter: its longest list, its other form."""


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

    def add(self, other: Report) -> None:
        """Take in what another account found."""
        self.checks += other.checks
        self.shown += other.shown
        self.leaks += other.leaks
        self.unproved |= other.unproved
        self.tried |= other.tried


class Walk:
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
        foreign = {sort: _of_every_kind(r for r in found if r.key not in known[sort]) for sort, found in records.items()}
        own = {sort: _of_every_kind(r for r in found if r.key in known[sort])[:1] for sort, found in records.items()}
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
            self._search(route, answer, [item], item.name, asked=path)
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
        """As it stands, at its longest, and searched for records that must not be found: what the address looks at."""
        everything = [item for found in foreign.values() for item in found]
        for values in route.fixed:
            path = self._url(route, values)
            if path is None:
                continue
            answer = self._check(route, path)
            self._search(route, answer, everything)
            if route.plain:
                continue
            for name, query in LONGER.items():
                if looked_at(answer, name):
                    self._search(route, self._check(route, path + query), everything)
            if looked_at(answer, "q"):
                self._ask_for(route, path, _wanted(foreign, values.get("module")))

    def _ask_for(self, route: Route, path: str, wanted: Sequence[Record]) -> None:
        """Search by number and by title: found or not, the answer is that for a number nobody ever gave out."""
        none = self._get(f"{path}?q={quote(NO_NUMBER)}").status_code if wanted else 0
        for item in wanted:
            for word in (item.name, *item.marks[1:2]):
                answer = self._check(route, f"{path}?q={quote(word)}")
                self._search(route, answer, [item], asked=word)
                if word == item.name and answer.status_code != none:
                    self.report.leak(self.account, route.name, item.name, "searching for it gives it away")

    def _search(self, route: Route, answer: TestResponse, items: Sequence[Record], name: str = "", asked: str = "") -> None:
        """Look for what must not be there; what was asked for may be repeated."""
        if route.rule.endpoint in OPEN:
            return
        told = readable(answer)
        for item in items:
            for mark in item.marks:
                if mark.strip('"') not in asked and mark in told:
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
        return ask(self.app, self.account, path)

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


def _of_every_kind(records: Iterable[Record]) -> list[Record]:
    """One of each kind, then others until there are :data:`LIMIT`; of a kind the one with the most parts."""
    fullest = sorted(records, key=lambda each: -len(each.values))
    first = {each.kind: each for each in reversed(fullest)}
    others = [each for each in fullest if first[each.kind] is not each]
    return [*first.values(), *others[:max(0, LIMIT - len(first))]]


def _wanted(foreign: Mapping[str, Sequence[Record]], module: str | None) -> list[Record]:
    """What to search for: a case of the module whose address it is (elsewhere of every module) and a letter."""
    cases: dict[str, Record] = {}
    for case in foreign["case"]:
        cases.setdefault(case.kind.partition(".")[0], case)
    chosen = [cases[module]] if module in cases else list(cases.values())
    return [*chosen, *foreign["letter"][:1]]
