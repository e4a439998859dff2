"""Somebody with a telephone, outside the house."""
from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from core.portal.frame import CASES

WORDS = {"title": "门前枯树", "species": "国槐", "text": "枯枝随时会掉下来，已经砸坏了招牌。", "phone": "13800001234"}


class Owner:
    """One browser; ``address`` is where it comes from."""

    def __init__(self, app: Flask, address: str = "203.0.113.7") -> None:
        self.app, self.address = app, address
        self.client = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        """Read a page."""
        return self.client.get(path, environ_base={"REMOTE_ADDR": self.address}, **more)

    def post(self, path: str, data: Any = None, **more: Any) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data=data or {}, environ_base={"REMOTE_ADDR": self.address}, **more)

    def key(self, path: str) -> str:
        """The key that the form of that page has."""
        found = re.search(r'name="key" value="([^"]+)"', self.get(path).text)
        assert found is not None
        return found[1]

    def applies(self, *files: tuple[bytes, str], key: str = "", **changed: Any) -> TestResponse:
        """Hand an application in."""
        data = {**WORDS, "key": key or self.key("/portal/submit/felling"), **changed}
        if files:
            data["files"] = [(BytesIO(body), name) for body, name in files]
        return self.post("/portal/submit/felling", data)

    def known(self) -> dict[str, str]:
        """The numbers and codes that this browser knows."""
        with self.client.session_transaction() as cookie:
            return dict(cookie.get(CASES, {}))

    def newest(self) -> tuple[str, str]:
        """Number and code of what was handed in last."""
        return list(self.known().items())[-1]
