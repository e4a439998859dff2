"""``{% still %}…{% endstill %}``: what is the same on every page of one language is drawn once, and kept."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from core.web.language import language_here


class Still(Extension):
    """The part between the tags may hold sentences and addresses of static files: nothing of the person, page or moment."""

    tags = {"still"}  # Jinja's way of saying which tags are its own

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._kept: dict[tuple[str, str], Markup] = {}

    def parse(self, parser: Parser) -> nodes.Node:
        """The part becomes a call that gives it when it is not kept yet."""
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endstill",), drop_needle=True)
        place = nodes.Const(f"{parser.name}:{line}")
        return nodes.CallBlock(self.call_method("_drawn", [place]), [], [], body).set_lineno(line)

    def _drawn(self, place: str, caller: Callable[[], Any]) -> Markup:
        found = self._kept.get((place, language_here()))
        if found is None:
            found = self._kept[place, language_here()] = Markup(caller())
        return found
