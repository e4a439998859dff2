"""Permissions in the office's words: what a role's tree shows, and which permissions belong together."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app

from core.case import Case
from core.pages.frame import registers
from core.words import gettext as _


@dataclass(frozen=True)
class Leaf:
    """One permission: its code and what it lets a person do."""

    code: str
    label: str


@dataclass(frozen=True)
class Branch:
    """What the permissions of a branch are about."""

    label: str
    leaves: tuple[Leaf, ...]


def verb(name: str) -> str:
    """A verb in words; an unknown one stands as it is."""
    words = {
        "read": _("look"), "create": _("make new ones"), "import": _("import"), "export": _("export"),
        "assign": _("pass on, remind"), "reopen": _("take up again"), "contact": _("see telephone numbers in clear"),
        "draft": _("write drafts"), "review": _("review"), "sign": _("sign"), "deliver": _("deliver"), "void": _("void"),
        "edit": _("change"), "run": _("run"), "open": _("come in"), "switch": _("switch on and off"),
        "override": _("set the bureau's own value"), "confirm": _("confirm"), "explain": _("explain who sees what"),
        "end": _("sign somebody out"), "supervise": _("supervise"), "coordinate": _("coordinate"),
        "arrange": _("settle how work is done"), "appraise": _("appraise"),
        "merge": _("merge records")}
    return words.get(name, name)


def thing(name: str) -> str:
    """What a permission is about, in words."""
    words = {
        "admin": _("Administration"), "unit": _("Units"), "people": _("People"), "role": _("Roles"), "module": _("Modules"),
        "rule": _("Legal periods"), "calendar": _("Working-day calendar"), "audit": _("Log"), "job": _("Jobs"),
        "access": _("Who sees what"), "notice": _("Notices"), "session": _("Who is online"), "parameter": _("Parameters"),
        "channel": _("Channels"), "enterprise": _("Enterprises"), "letter": _("Letters"), "stats": _("Figures"),
        "import": _("Import"), "export": _("Export"), "board": _("Command centre"),
        "work": _("Work settings"), "archive": _("Files of closed cases"), "seal": _("Seals"), "webhook": _("Webhooks")}
    if name in words:
        return words[name]
    kind = Case.loaded().get(name)
    if kind is not None:
        return str(kind.kind_title)
    module, _dot, rest = name.partition(".")
    known = (each for key, each in registers().items() if key.startswith(f"{module}/"))
    return next((str(each.title) for each in known if rest and each.read.startswith(f"{name}:")),
                {"month": _("Numbers of the month"), "whatif": _("What if another rule held"), "issue": _("Common issues"),
                 "sealed": _("Words that were taken out")}.get(rest, rest or name))


def phrase(code: str) -> str:
    """A permission as one phrase: ``Letters: sign``."""
    about, _colon, name = code.partition(":")
    return f"{thing(about)}{_(': ')}{verb(name)}"


def tree(codes: Iterable[str]) -> list[tuple[str, list[Branch]]]:
    """The permissions as ``[(module's title, branches)]``, the suite's own first."""
    titles: dict[str, Any] = {addon.name: _(addon.title) for addon in current_app.extensions["yingshang"].addons}
    found: dict[str, dict[str, list[Leaf]]] = {}
    for code in sorted(codes):
        about, _colon, name = code.partition(":")
        module = about.partition(".")[0] if "." in about else ""
        found.setdefault(module, {}).setdefault(about, []).append(Leaf(code, verb(name)))
    return [(str(titles.get(module, module)) if module else _("Common"),
             [Branch(thing(about), tuple(leaves)) for about, leaves in branches.items()])
            for module, branches in sorted(found.items())]
