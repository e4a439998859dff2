"""The proof as a whole: who walks through what, in how many processes, and what they found together."""
from __future__ import annotations

import contextvars
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask

from core import moment
from core.access import as_system
from core.audit import record
from core.db import db
from core.isolation.accounts import Account, accounts
from core.isolation.asking import reading_only
from core.isolation.records import of_model, samples
from core.isolation.routes import Gap, Route, routes_of
from core.isolation.walk import Report, Walk

Told = dict[str, Any]
Walked = Callable[[Account], Report]
Watch = Callable[[Iterable[Report], int], Iterable[Report]]


def prove(app: Flask, *, everybody: bool = False, under: str = "/", jobs: int = 1,
          watch: Watch = lambda reports, _count: reports) -> Told:
    """``{"accounts", "checks", "leaks": [{"account", "route", "record", "what"}], …}``; see :mod:`core.isolation`.

    Beside these: ``represented`` (for how many accounts those that were tried stand; ``everybody`` tries all), ``shown``
    (records of their own that people did get), ``unproved`` (addresses that could not be filled in, each with what to do),
    ``untested`` (addresses for whose records there is none to try with), ``as_of``. ``under`` keeps to addresses that begin
    so; ``jobs`` is the number of processes, ``watch`` shows how far it is. Nothing is changed but for one entry in the log.
    Call it with or without an application context.
    """
    # A context of its own: inside one of the application's, all requests would share what the first one remembers.
    return contextvars.Context().run(_prove, app, everybody, under, moment.now(), jobs, watch)


def _prove(app: Flask, everybody: bool, under: str, now: Any, jobs: int, watch: Watch) -> Told:
    with moment.at(now):
        whole = Report()
        with app.app_context():
            routes = list(routes_of(app, under))
            with as_system("isolation proof") as session:
                tried, records = accounts(session, everybody=everybody), samples(session)
                framework = {route.name: of_model(session, route.model) for route in routes
                             if isinstance(route, Route) and route.model is not None}
        whole.unproved |= {gap.rule.rule: gap.advice for gap in routes if isinstance(gap, Gap)}
        walked = [route for route in routes if isinstance(route, Route)]

        def walk(account: Account) -> Report:
            report = Report()
            Walk(app, account, report).go(walked, records, framework)
            return report

        with reading_only(app), _walking(app, walk, tried, jobs) as reports:
            for report in watch(reports, len(tried)):
                whole.add(report)
        untested = sorted({route.name for route in walked} - whole.tried)
        with app.app_context(), as_system("isolation proof") as session:
            record(session, "isolation proved", "core_isolation", "", accounts=len(tried), checks=whole.checks,
                   leaks=len(whole.leaks))
            session.commit()
    return {"accounts": len(tried), "checks": whole.checks, "leaks": whole.leaks,
            "represented": sum(account.stands_for for account in tried), "shown": whole.shown,
            "unproved": [{"route": route, "reason": reason} for route, reason in sorted(whole.unproved.items())],
            "untested": untested, "as_of": now.isoformat()}


_walk: Walked
"""In a process of the pool: the way that an account goes. It was there when the process was forked, and knows all."""


@contextmanager
def _walking(app: Flask, walk: Walked, tried: Sequence[Account], jobs: int) -> Iterator[Iterable[Report]]:
    """The reports of all accounts, one after the other or out of ``jobs`` processes as they come."""
    if jobs < 2:
        yield map(walk, tried)
        return
    with app.app_context():
        db.session.remove()
        db.engine.dispose()  # no connection is shared between processes
    with multiprocessing.get_context("fork").Pool(min(jobs, len(tried)), _begin, (walk,)) as pool:
        yield pool.imap_unordered(_one, tried)


def _begin(walk: Walked) -> None:
    global _walk  # what a process of the pool keeps between two accounts
    _walk = walk


def _one(account: Account) -> Report:
    return _walk(account)
