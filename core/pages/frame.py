"""The frame around every staff page: menu, counts, person; and the checks that every page shares."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeVar, cast

from flask import Flask, Response, abort, current_app, g, redirect, request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from core import moment, notices
from core.access.viewer import NOBODY, Viewer
from core.addon import Suite
from core.api.keyset import EXACT_TO
from core.case.desk import todo_by_kind
from core.case.registers import Register
from core.case.screens import CaseScreen, MenuEntry
from core.db import db
from core.errors import NotAllowed
from core.jobs.tasks import OPEN_NUMBER
from core.outbox.inbox import UNREAD_NUMBER
from core.security import request_viewer
from core.security.manager import must_do_first
from core.web import Locale, MenuGroup, MenuItem, Shell
from core.words import gettext as _

F = TypeVar("F", bound=Callable[..., Any])
PUBLIC = ("/assets/", "/api/", "/login", "/logout", "/verify", "/portal", "/healthz", "/readyz", "/metrics", "/lang/",
          "/favicon.ico", "/preferences")

FIRST = ("/resetmypassword", "/account")
"""Pages on which a person does what the house demands of him first."""


def screens() -> dict[str, CaseScreen]:
    """The case screens of every loaded module, by ``<module>/<name>``."""
    found: dict[str, CaseScreen] = current_app.extensions["screens"]
    return found


def screen_of(kind: str) -> CaseScreen | None:
    """The screen that shows cases of ``kind``."""
    return next((screen for screen in screens().values() if screen.kind == kind), None)


def may_see(viewer: Viewer, permission: str) -> None:
    """Refuse the page to those who lack the permission."""
    if not viewer.may(permission):
        raise NotAllowed(_("You may not see this. Ask the administrator of your bureau for the role that includes it."))


def needs(permission: str) -> Callable[[F], F]:
    """A page for those who hold ``permission``; for staff who are signed in when it is empty."""
    def decorate(function: F) -> F:
        @wraps(function)
        def page(*args: Any, **kwargs: Any) -> Any:
            if permission:
                may_see(request_viewer(), permission)
            return function(*args, **kwargs)
        return cast(F, page)
    return decorate


def registers() -> dict[str, Register]:
    """The registers of every loaded module, by ``<module>/<name>``."""
    return {f"{addon.name}/{register.name}": register
            for addon, register in current_app.extensions["yingshang"].collect("views", "REGISTERS")}


def export_url(code: str) -> str:
    """Where the sheet of the page's list is asked for, with the page's filters; nothing for who may not export at all."""
    query = request.query_string.decode()
    return f"/export/{code}/ask{'?' if query else ''}{query}" if request_viewer().may("export:run") else ""


def request_session() -> Session:
    """The request's session, which shows what its viewer may see."""
    return db.session()


def install_frame(app: Flask, suite: Suite) -> None:
    """Ask strangers to sign in, and fill ``g.shell`` for the pages of those who have."""
    app.extensions["screens"] = {f"{addon.name}/{screen.name}": screen
                                 for addon, screen in suite.collect("views", "SCREENS")}

    @app.before_request
    def sign_in_first() -> Response | None:
        if request.path.startswith(PUBLIC) or request_viewer() is not NOBODY:
            return None
        if request.method != "GET":
            abort(401)
        return cast(Response, redirect(f"/login/?next={request.full_path.rstrip('?')}"))

    @app.before_request
    def first_things_first() -> Response | None:
        """A new password or a second factor that the house demands comes before any other page."""
        if request.path.startswith((*PUBLIC, *FIRST)) or request_viewer() is NOBODY:
            return None
        first = must_do_first()
        return cast(Response, redirect(first)) if first else None

    @app.before_request
    def fill_shell() -> None:
        viewer = request_viewer()
        if viewer is NOBODY or request.path.startswith(("/assets/", "/api/")):
            return
        todo, (unread, running, news) = todo_by_kind(
            request_session(), UNREAD_NUMBER, OPEN_NUMBER, notices.UNREAD_NUMBER,
            me=viewer.user_id or 0, now=moment.now(), today=moment.today())
        g.shell = Shell(
            person=viewer.name, unit=viewer.unit_name, bureau=viewer.bureau_name, place=_("Ninghe District"),
            menu=menu_of(viewer, todo, {"/notices": news}), messages=unread, tasks=running,
            locales=_locales(), admin=viewer.is_admin, home_url="/", search_url="/search", tasks_url="/tasks",
            messages_url="/messages", account_url="/account", help_url="/help", password_url="/resetmypassword/form",
            login_url="/login/", logout_url="/logout/", days_url="/calendar/days", why_url="/access/why", why_of="cases",
            demo_url="/demo" if _in_demo() else "")


def _in_demo() -> bool:
    """Whether the person is an invented one, who may become another: known from the account, without a statement."""
    return str(getattr(g.get("user"), "email", "") or "").endswith("@demo.invalid")


def _locales() -> list[Locale]:
    present = str(get_locale())
    return [Locale(code, words["name"], f"/lang/{code}", code == present)
            for code, words in current_app.config["LANGUAGES"].items()]


CORE_MENU = (
    (_l("Common"), (
        MenuEntry(_l("Enterprises"), "/enterprises", "enterprise:read"),
        MenuEntry(_l("Letters"), "/letters", "letter:read"),
        MenuEntry(_l("Import"), "/import", "import:run"),
        MenuEntry(_l("Board"), "/board", "stats:read"),
        MenuEntry(_l("Command centre"), "/command", "stats:read"),
        MenuEntry(_l("Notices"), "/notices", ""),
    )),
    (_l("Rules and settings"), (
        MenuEntry(_l("Legal periods"), "/rules", ""),
        MenuEntry(_l("Reminders"), "/ladders", ""),
        MenuEntry(_l("Working-day calendar"), "/calendar", ""),
        MenuEntry(_l("Work settings"), "/arrangements", "work:arrange"),
        MenuEntry(_l("Files to appraise"), "/retention", "archive:appraise"),
    )),
    (_l("My own"), (
        MenuEntry(_l("Standing in"), "/account/standing-in", ""),
        MenuEntry(_l("First steps"), "/start", ""),
    )),
    (_l("Administration"), (
        MenuEntry(_l("Units"), "/admin/units", "unit:edit"),
        MenuEntry(_l("People"), "/admin/people", "people:edit"),
        MenuEntry(_l("Roles"), "/admin/roles", "role:edit"),
        MenuEntry(_l("Modules"), "/admin/modules", "module:switch"),
        MenuEntry(_l("Parameters"), "/admin/parameters", "parameter:edit"),
        MenuEntry(_l("Targets"), "/admin/targets", "parameter:edit"),
        MenuEntry(_l("Dictionaries"), "/admin/dictionaries", "parameter:edit"),
        MenuEntry(_l("Write notices"), "/admin/notices", "notice:edit"),
        MenuEntry(_l("Seals"), "/admin/seals", "seal:edit"),
    )),
    (_l("Operation"), (
        MenuEntry(_l("Log"), "/admin/log", "audit:read"),
        MenuEntry(_l("Who is online"), "/admin/online", "session:end"),
        MenuEntry(_l("Jobs"), "/admin/jobs", "job:read"),
        MenuEntry(_l("Channels"), "/admin/channels", "channel:read"),
        MenuEntry(_l("Webhooks"), "/admin/webhooks", "webhook:edit"),
        MenuEntry(_l("Health"), "/admin/health", "job:read"),
        MenuEntry(_l("Interface (API)"), "/admin/api", "admin:open"),
    )),
)


def menu_of(viewer: Viewer, todo: Mapping[str, int], counts: Mapping[str, int] = MappingProxyType({})) -> list[MenuGroup]:
    """The sidebar, without a statement: what the viewer's permissions open, and how much waits there for him (``todo``: by
    kind of case; ``counts``: by address)."""
    suite: Suite = current_app.extensions["yingshang"]
    entries: list[tuple[Any, MenuEntry]] = list(suite.collect("views", "MENU"))
    here, tabs, waiting = request.path, _tabs_here(), sum(todo.values())
    known = todo if waiting < EXACT_TO else {}  # beyond, nobody has counted all of them

    def item(label: Any, url: str, count: int = 0) -> MenuItem:
        current = here == url or url in tabs or (url != "/" and here.startswith(url + "/"))
        return MenuItem(label, url, count, current=current, test=url.strip("/").replace("/", "-") or "desk")

    groups = [MenuGroup("", [item(_("Desk"), "/", waiting)])]
    for addon in suite.addons:
        lines = [item(screen.title, screen.url, known.get(screen.kind, 0)) for key, screen in screens().items()
                 if key.startswith(f"{addon.name}/") and viewer.may(f"{screen.kind}:read")]
        lines += [item(entry.label, entry.url) for owner, entry in entries
                  if owner is addon and viewer.may(entry.permission)]
        if lines:
            groups.append(MenuGroup(_(addon.title), lines))
    for label, found in CORE_MENU:
        lines = [item(entry.label, entry.url, counts.get(entry.url, 0)) for entry in found
                 if not entry.permission or viewer.may(entry.permission)]
        if lines:
            groups.append(MenuGroup(label, lines))
    return groups


def _tabs_here() -> set[str]:
    """The addresses of the registers that lie as tabs beside the one that is looked at: the menu has one line for all."""
    module, _registers, name = [*request.path.strip("/").split("/"), "", "", ""][:3]
    group = register.group if (register := registers().get(f"{module}/{name}")) is not None else ""
    return {f"/{module}/registers/{each.name}" for key, each in registers().items()
            if group and key.startswith(f"{module}/") and each.group == group}
