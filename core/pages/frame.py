"""The frame around every staff page: menu, counts, person; and the checks that every page shares."""
from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, Response, abort, current_app, g, redirect, request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from core.access.viewer import NOBODY, Viewer
from core.addon import Suite
from core.case.screens import CaseScreen, MenuEntry
from core.db import db
from core.errors import NotAllowed
from core.outbox.inbox import unread_count
from core.security import request_viewer
from core.web import Locale, MenuGroup, MenuItem, Shell
from core.words import gettext as _

F = TypeVar("F", bound=Callable[..., Any])
PUBLIC = ("/assets/", "/api/", "/login", "/logout", "/verify", "/portal", "/healthz", "/readyz", "/metrics", "/lang/",
          "/favicon.ico", "/preferences")


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


def request_session() -> Session:
    """The request's session, which shows what its viewer may see."""
    return db.session()


def install_frame(app: Flask, suite: Suite) -> None:
    """Ask strangers to sign in, and fill ``g.shell`` for the pages of those who have."""
    app.extensions["screens"] = {f"{addon.name}/{screen.name}": screen
                                 for addon, screen in suite.collect("views", "SCREENS")}
    entries = [(addon, entry) for addon, entry in suite.collect("views", "MENU")]

    @app.before_request
    def sign_in_first() -> Response | None:
        if request.path.startswith(PUBLIC) or request_viewer() is not NOBODY:
            return None
        if request.method != "GET":
            abort(401)
        return cast(Response, redirect(f"/login/?next={request.full_path.rstrip('?')}"))

    @app.before_request
    def fill_shell() -> None:
        viewer = request_viewer()
        if viewer is NOBODY or request.path.startswith(("/assets/", "/api/")):
            return
        g.shell = Shell(
            person=viewer.name, unit=viewer.unit_name, bureau=viewer.bureau_name, place=_("Ninghe District"),
            menu=_menu(suite, viewer, entries), messages=unread_count(request_session(), viewer.user_id or 0),
            locales=_locales(), admin=viewer.is_admin, home_url="/", search_url="/search", tasks_url="/tasks",
            messages_url="/messages", password_url="/account/password", login_url="/login/", logout_url="/logout/",
            days_url="/calendar/days")


def _locales() -> list[Locale]:
    present = str(get_locale())
    return [Locale(code, words["name"], f"/lang/{code}", code == present)
            for code, words in current_app.config["LANGUAGES"].items()]


CORE_MENU = (
    (_l("Common"), (
        MenuEntry(_l("Enterprises"), "/enterprises", "enterprise:read"),
        MenuEntry(_l("Letters"), "/letters", "letter:read"),
        MenuEntry(_l("Import"), "/import", "import:run"),
        MenuEntry(_l("Figures"), "/stats", "stats:read"),
        MenuEntry(_l("Legal periods"), "/rules", ""),
        MenuEntry(_l("Working-day calendar"), "/calendar", ""),
    )),
    (_l("Administration"), (
        MenuEntry(_l("Units"), "/admin/units", "unit:edit"),
        MenuEntry(_l("People and roles"), "/admin/people", "people:edit"),
        MenuEntry(_l("Modules"), "/admin/modules", "module:switch"),
        MenuEntry(_l("Jobs"), "/admin/jobs", "job:read"),
        MenuEntry(_l("Log"), "/admin/log", "audit:read"),
    )),
)


def _menu(suite: Suite, viewer: Viewer, entries: list[tuple[Any, MenuEntry]]) -> list[MenuGroup]:
    """The sidebar, without a statement: what the viewer's permissions open."""
    def item(label: Any, url: str, current: bool | None = None) -> MenuItem:
        here = request.path == url or (url != "/" and request.path.startswith(url + "/")) if current is None else current
        return MenuItem(label, url, current=here, test=url.strip("/").replace("/", "-") or "desk")

    groups = [MenuGroup("", [item(_("Desk"), "/")])]
    for addon in suite.addons:
        lines = [item(screen.title, screen.url) for key, screen in screens().items()
                 if key.startswith(f"{addon.name}/") and viewer.may(f"{screen.kind}:read")]
        lines += [item(entry.label, entry.url) for owner, entry in entries
                  if owner is addon and viewer.may(entry.permission)]
        if lines:
            groups.append(MenuGroup(_(addon.title), lines))
    for label, found in CORE_MENU:
        lines = [item(entry.label, entry.url) for entry in found if not entry.permission or viewer.may(entry.permission)]
        if lines:
            groups.append(MenuGroup(label, lines))
    return groups
