"""The addresses of the application, and how each is filled in. One that cannot be is a gap in the proof."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from core.isolation.records import SORTS, Sort

NO_RECORD: Mapping[str, str] = {
    "web.static": "the suite's own files",
    "appbuilder.static": "the framework's own files",
    "web.favicon": "a picture",
    "LocaleView.index": "chooses a language",
    "SignInView.login": "the sign-in page",
    "SignInView.picture": "a picture code",
    "SignInView.code": "the second step of signing in",
    "SignInView.logout": "ends the session",
    "mail.follow": "a person's own message, which leads to a page that asks for itself",
    "people.person": "an account, for those who keep accounts; no bureau's record",
    "roles.role": "a role, for those who keep roles",
    "rules.rule": "a rule and what bureaus settled in its place, for those who keep rules; no case",
    "channel_ways.way": "how a channel is set, for those who keep channels",
    "start.go": "leads an administrator on to a step of the first day",
    "roles.sees": "how many cases somebody sees, for those who keep accounts; no case",
    "UtilView.back": "goes back to the page before",
    "health.alive": "says that the process lives",
    "health.ready": "says what the installation lacks",
    "health.measurements": "counts, no record",
    "portal.rate": "public: a one-time link, sent to the one whose case it is; without it there is nothing",
    "seals.picture": "the seal that stands on every letter of the bureau",
    "verify.verify": "public: tells of a code whether a letter with it is genuine, and nothing about the case",
    "verify.verify_form": "public: asks for a code",
    "verify.offline": "public: the public keys of the bureaus",
}
"""Addresses (by endpoint) that show no record of a bureau, each with the reason. They are not asked."""

OPEN: Mapping[str, str] = {
    "portal.public_list": "public: the module says which of its cases everybody may read, without number and name",
    "operation.log": "the log names every record; it is for auditors and says so",
    "mail.messages": "a person's own messages may name a case that was passed on since",
    "operation.channels": "the delivery log names cases in its subjects; it is for administrators",
}
"""Addresses that may name records out of sight, with the reason. They are asked, and only their strangers turned away."""

FRAMEWORK = "flask_appbuilder."
"""Its own pages are about accounts and roles, which are no bureau's records. Their lists are read; a page of one account,
and the addresses that change or delete one, are for administrators and are left alone."""


@dataclass(frozen=True)
class Route:
    """An address to be asked: of one record (``sort``), or (``fixed``) as it stands, once for each set of values."""

    rule: Rule
    sort: Sort | None = None
    fixed: tuple[Mapping[str, Any], ...] = ({},)
    model: Any = None
    """Of a page that the framework made for a table of ours: its rows are named by ``pk``."""
    renamed: Mapping[str, str] | None = None
    plain: bool = False
    """Of the framework's own lists: they know no search of ours."""

    @property
    def name(self) -> str:
        """As a person reads it."""
        return str(self.rule.rule)


@dataclass(frozen=True)
class Gap:
    """An address that the proof cannot fill in, and what to do about it."""

    rule: Rule

    @property
    def advice(self) -> str:
        """What to do."""
        unknown = ", ".join(sorted(self.rule.arguments))
        return (f"nobody says which records the arguments {unknown} name: use one of "
                f"{', '.join(sorted({sort.argument for sort in SORTS}))} in the address, or declare {self.rule.endpoint} in "
                "core/isolation/routes.py with the reason")


def routes_of(app: Flask, under: str = "/") -> Iterator[Route | Gap]:
    """Every address below ``under`` that answers a GET, filled in as far as it can be; those without records are passed
    over."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" in (rule.methods or ()) and rule.endpoint not in NO_RECORD and rule.rule.startswith(under):
            found = _route(app, rule)
            if found is not None:
                yield found


def _route(app: Flask, rule: Rule) -> Route | Gap | None:
    arguments = set(rule.arguments)
    if rule.endpoint.startswith("registers.") and not list(app.extensions["yingshang"].collect("views", "REGISTERS")):
        return None  # no loaded module keeps a register: there is nothing at these addresses
    view = app.view_functions[rule.endpoint]
    model = _model_of(view)
    if model is not None and "pk" in arguments and arguments <= {"pk", "name"}:
        return Route(rule, model=model)
    if arguments and _owner(view).startswith(FRAMEWORK):
        return None
    if not arguments:
        return Route(rule, plain=_owner(view).startswith(FRAMEWORK))
    values = _fixed(app, rule)
    if values is not None:
        return Route(rule, fixed=values)
    if rule.endpoint in ALIASES:
        renamed = ALIASES[rule.endpoint]
        arguments = {renamed.get(name, name) for name in arguments}
        return Route(rule, sort=next(sort for sort in SORTS if sort.fits(arguments)), renamed=renamed)
    sort = next((sort for sort in SORTS if sort.fits(arguments)), None)
    return Route(rule, sort=sort) if sort is not None else Gap(rule)


ALIASES: Mapping[str, Mapping[str, str]] = {"EnterpriseApi.enterprise": {"code": "uscc"}}
"""Where an address calls an argument otherwise than :data:`core.isolation.records.SORTS` does."""


PORTAL: Mapping[str, str] = {"portal.submit": "forms", "portal.look_up": "lookups", "portal.public_list": "lists",
                             "portal.guide": "guides"}
"""Public addresses that name something a module declares for the portal."""


def _fixed(app: Flask, rule: Rule) -> tuple[Mapping[str, Any], ...] | None:
    """The values of arguments that name something declared (a list, a sheet profile, a kind) and no record."""
    from core.case import Case
    from core.tabular.catalogue import export_profiles, import_profiles

    suite = app.extensions["yingshang"]
    screens = [{"module": screen.module, "name": screen.name} for screen in app.extensions.get("screens", {}).values()]
    kinds = [dict(zip(("module", "register"), name.split(".", 1), strict=True)) for name in Case.loaded()]
    kinds += [{"module": module, "register": "cases"} for module in sorted({kind["module"] for kind in kinds})]
    match sorted(rule.arguments):
        case ["module", "name"] if rule.endpoint == "reports.report":
            return tuple({"module": addon.name, "name": report.name} for addon, report in suite.collect("views", "REPORTS"))
        case ["module", "name"] if rule.endpoint.startswith("registers."):
            return tuple({"module": addon.name, "name": register.name}
                         for addon, register in suite.collect("views", "REGISTERS"))
        case ["module", "name"]:
            return tuple(screens)
        case ["module", "register"]:
            return tuple(kinds)
        case ["module"]:
            return tuple({"module": addon.name} for addon in suite.addons)
        case ["code"] if rule.endpoint.startswith(("sheets.", "exports.")) and "export" in rule.rule:
            return tuple({"code": code} for code in export_profiles())
        case ["code"] if rule.endpoint.startswith("sheets."):
            return tuple({"code": code} for code in import_profiles())
        case ["code"] if rule.endpoint.startswith("figures."):
            return tuple({"code": item.code} for _addon, item in suite.collect("stats", "INDICATORS"))
        case ["name"] if rule.endpoint in PORTAL:
            declared = getattr(app.extensions["portal"], PORTAL[rule.endpoint])
            return tuple({"name": name} for name in declared)
        case ["kind"] if rule.endpoint.startswith(("letters.", "wordings.")):
            return tuple({"kind": item.kind} for _addon, item in suite.collect("letters", "LETTERS"))
    return None


def _owner(view: Any) -> str:
    """The module in which the view was written; of a class's method, that class's module."""
    bound = getattr(view, "__self__", None)
    for cls in type(bound).__mro__ if bound is not None else ():
        if getattr(view, "__name__", "") in vars(cls):
            return f"{cls.__module__}."
    return f"{getattr(view, '__module__', '')}."


def _model_of(view: Any) -> Any:
    """The ruled table behind a view that the framework made for it; None for its own tables and for other views."""
    from core.access.rows import Scoped

    data = getattr(getattr(view, "__self__", None), "datamodel", None)
    model = getattr(data, "obj", None)
    return model if isinstance(model, type) and issubclass(model, Scoped) else None
