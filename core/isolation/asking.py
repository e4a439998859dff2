"""How the proof asks: as a browser does, but what a page writes is undone, and what it looked at in the address is noted."""
from __future__ import annotations

import html
import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, Request, request_started
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse
from werkzeug.utils import cached_property

from core.db import db
from core.inspection import examining
from core.isolation.accounts import Account
from core.portal.frame import ENTERPRISE, entered

READ = "yingshang.read"
"""Where the environment of a request keeps the names of those parameters that were looked at."""
ALL = "*"
"""The name that stands for all of them."""


def ask(app: Flask, account: Account, path: str) -> TestResponse:
    """The answer to this account; each time with a fresh browser, so that nothing is remembered."""
    client: FlaskClient = app.test_client()
    if account.user_id is not None:
        with client.session_transaction() as cookie:
            cookie.update(_user_id=str(account.user_id), _fresh=True, _version=account.session_version)
    elif account.enterprise_id is not None:
        with client.session_transaction() as cookie:
            cookie[ENTERPRISE] = entered(account.enterprise_id, account.name)
    return client.get(path, environ_overrides={READ: set()})


def looked_at(answer: TestResponse, parameter: str) -> bool:
    """Whether the ``parameter`` of the address can have had a part in the answer.

    One that nobody looked at cannot: asked again with another value of it, the same account would get the same answer.
    """
    return not answer.request.environ[READ].isdisjoint((parameter, ALL))


@contextmanager
def reading_only(app: Flask) -> Iterator[None]:
    """Whatever a page writes while it is read (a log of reading, say) is undone with the request; what it looks at in the
    address is noted; no limit on tries or on the length of a sheet answers in its place; and the hundreds of refusals that
    are hoped for do not fill the server's log.
    """
    def flush_only(_app: Flask, **_rest: Any) -> None:
        session = db.session()
        session.commit = session.flush  # type: ignore[method-assign]  # for this request's session alone

    honest, logged = app.request_class, logging.root.manager.disable
    logging.disable(logging.ERROR)
    app.request_class = _noting(honest)
    try:
        with request_started.connected_to(flush_only, app), examining():
            yield
    finally:
        app.request_class = honest
        logging.disable(logged)


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


class _Parameters(ImmutableMultiDict[str, str]):
    """The parameters of an address, which note who was looked at."""

    def __init__(self, given: list[tuple[str, str]], read: set[str]) -> None:
        self.read = read
        super().__init__(given)

    def __getitem__(self, key: str) -> str:
        self.read.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.read.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, *more: Any, **rest: Any) -> list[Any]:
        """All values of one."""
        self.read.add(key)
        return super().getlist(key, *more, **rest)


def _whole(name: str) -> Callable[..., Any]:
    """The method ``name``, which looks at all parameters."""
    honest = getattr(ImmutableMultiDict, name)

    def noted(self: _Parameters, *arguments: Any, **more: Any) -> Any:
        self.read.add(ALL)
        return honest(self, *arguments, **more)

    return noted


for _name in ("__iter__", "__len__", "__eq__", "__or__", "__repr__", "keys", "values", "items", "lists", "listvalues",
              "to_dict", "copy", "deepcopy", "__copy__", "__deepcopy__"):
    setattr(_Parameters, _name, _whole(_name))


def _noting(honest: type[Request]) -> type[Request]:
    """The application's own class of requests, but with parameters that note who was looked at."""
    class Noting(honest):  # type: ignore[misc, valid-type]  # whatever class the application uses
        @property
        def query_string(self) -> bytes:
            self.read.add(ALL)
            return self.asked

        @query_string.setter
        def query_string(self, value: bytes) -> None:
            self.asked = value

        @cached_property
        def args(self) -> ImmutableMultiDict[str, str]:
            return _Parameters(parse_qsl(self.asked.decode(), keep_blank_values=True, errors="werkzeug.url_quote"), self.read)

        @property
        def read(self) -> set[str]:
            found: set[str] = self.environ.setdefault(READ, set())
            return found

    return Noting

