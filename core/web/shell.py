"""What every page needs to know about the person who looks at it: the frame around the content, as plain data.

The application fills one :class:`Shell` a request and puts it in ``flask.g.shell``; templates read ``shell``. Nothing
here asks the database, so a page that fails can still be drawn.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import g, request
from flask_babel import get_locale

THEMES = ("auto", "light", "dark")
SIZES = ("normal", "large")


@dataclass(frozen=True)
class MenuItem:
    """One line of the sidebar. ``count`` is how much waits there for the person: none and None show no number;
    ``test`` becomes ``data-test="menu-<test>"``."""

    label: Any
    url: str
    count: int | None = None
    current: bool = False
    test: str = ""


@dataclass(frozen=True)
class MenuGroup:
    """Lines under one small heading; an empty label has none (the desk's own lines)."""

    label: Any
    items: list[MenuItem] = field(default_factory=list)


@dataclass(frozen=True)
class Locale:
    """A language to switch to, named in itself."""

    code: str
    name: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Place:
    """A bureau that the person may work for; shown as a choice when there is more than one."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Crumb:
    """One step of the way to this page; the last one has no address."""

    label: Any
    url: str = ""


@dataclass
class Shell:
    """The frame. Counts of None are not shown; an empty ``person`` means that nobody is signed in.

    ``theme`` and ``size`` None mean "as the browser's preference cookie says". Every ``*_url`` that is empty hides
    its link, so a page drawn before the application is complete has no dead ends.
    """

    person: str = ""
    unit: str = ""
    bureau: str = ""
    place: str = ""
    menu: list[MenuGroup] = field(default_factory=list)
    messages: int | None = None
    tasks: int | None = None
    locales: list[Locale] = field(default_factory=list)
    bureaus: list[Place] = field(default_factory=list)
    theme: str | None = None
    size: str | None = None
    admin: bool = False
    home_url: str = "/"
    search_url: str = ""
    tasks_url: str = ""
    messages_url: str = ""
    account_url: str = ""
    password_url: str = ""
    login_url: str = ""
    logout_url: str = ""
    help_url: str = ""
    demo_url: str = ""
    """Where an invented person of the demonstration becomes another; empty outside a demonstration."""
    why_url: str = ""
    why_of: str = ""
    """Who explains why somebody does not see what lies below the address ``why_of``; empty: nobody."""
    days_url: str = ""
    """Where date fields get the days of a month from (班 and 休); empty: the browser's own calendar."""


def current_shell() -> Shell:
    """The request's shell; an empty one when the application has not filled it (error pages, sign-in)."""
    shell = g.get("shell")
    return shell if isinstance(shell, Shell) else Shell()


def preference(name: str, allowed: tuple[str, ...]) -> str:
    """A display preference from its cookie; anything unknown is the first of ``allowed``."""
    value = request.cookies.get(f"ys_{name}", "")
    return value if value in allowed else allowed[0]


def shell_context() -> dict[str, Any]:
    """Template variables of every page: ``shell``, ``theme``, ``size``, ``lang`` (BCP 47)."""
    shell = current_shell()
    return {
        "shell": shell,
        "theme": shell.theme if shell.theme in THEMES else preference("theme", THEMES),
        "size": shell.size if shell.size in SIZES else preference("size", SIZES),
        "lang": str(get_locale() or "zh_Hans_CN").replace("_", "-"),
    }
