"""Administration: modules per bureau, parameters, dictionaries, the calendar."""
from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core import bureau_modules, dictionary, moment, parameters
from core.access import as_system
from core.access.fields import MASKS
from core.access.models import Unit
from core.addon import Suite
from core.calendar import store
from core.calendar.models import CalendarImport
from core.case import Case, clocks
from core.db import Model
from core.dictionary import DictionaryEntry
from core.errors import Refusal
from core.module_switch import BureauModule
from core.pages.days import year_pages
from core.pages.frame import needs, request_session
from core.pages.log_words import table_word
from core.pages.permission_words import phrase
from core.pages.saving import save, save_all
from core.pinyin import initials
from core.security import request_viewer
from core.web import Crumb

pages = Blueprint("administration", __name__)
MASKED_WORDS: dict[str, Any] = {"phone": lambda: _("Telephone"), "id": lambda: _("Identity number"),
                                "name": lambda: _("Name of a person")}


@pages.get("/admin/")
@needs("admin:open")
def index() -> Response:
    """Where an administrator begins: with the first steps until a module is in use."""
    begun = request_session().scalar(select(BureauModule.module).limit(1))
    return redirect("/admin/units" if begun else "/start")


@pages.route("/admin/modules", methods=["GET", "POST"])
@needs("module:switch")
def modules() -> str | Response:
    """Which bureaus use which module; several are switched at once. Switching off tells which open cases remain."""
    session, suite = request_session(), current_app.extensions["yingshang"]
    if request.method == "POST":
        name, chosen = request.form.get("module", ""), request.form.getlist("bureau", type=int)
        try:
            with as_system("a module is switched", request_viewer().name) as own:
                flash(_switch(own, suite, name, chosen, on=request.form.get("on") == "1"), "success")
                own.commit()
        except Refusal as refusal:
            flash(refusal.message, "error")
        return redirect(url_for("administration.modules", module=name, _anchor=name))
    bureaus = session.scalars(select(Unit).where(Unit.id == Unit.bureau_id, Unit.active.is_(True))
                              .order_by(Unit.position, Unit.id)).all()
    on = {(row.bureau_id, row.module) for row in session.scalars(select(BureauModule))}
    return render_template("pages/admin_modules.html", title=_("Modules"), crumbs=[Crumb(_("Modules"))], bureaus=bureaus,
                           addons=suite.addons, on=on)


def _switch(own: Session, suite: Suite, name: str, bureaus: list[int], on: bool) -> str:
    """Switch a module for all of ``bureaus``, or for none of them; what to say of it."""
    if not bureaus:
        raise Refusal(_("Choose the bureaus first."), "bureau")
    if on:
        added = {module for bureau in bureaus
                 for module in bureau_modules.enable(own, suite, name, bureau, request_viewer().user_id)}
        titles = [_(addon.title) for addon in suite.addons if addon.name in added or (not added and addon.name == name)]
        return str(_("Switched on for %(n)s bureaus: %(modules)s.", n=len(bureaus), modules="、".join(titles)))
    left = [case for bureau in bureaus for case in bureau_modules.disable(own, suite, name, bureau)]
    return str(_("Switched off. Open cases that remain: %(n)s.", n=len(left)))


@pages.route("/admin/parameters", methods=["GET", "POST"])
@needs("parameter:edit")
def parameter_list() -> str | Response:
    """参数: what can be set while the suite runs; below, which columns are masked for whom."""
    session = request_session()
    if request.method == "POST":
        return save_all([("", partial(parameters.put, session, each.key, request.form[each.key], request_viewer().user_id))
                         for each in parameters.known() if each.key in request.form],
                        "/admin/parameters", _("Saved. It holds from the next request on."))
    return render_template("pages/admin_parameters.html", title=_("Parameters"), crumbs=[Crumb(_("Parameters"))],
                           parameters=parameters.known(), values=parameters.values(session), masked=_masked())


def _masked() -> list[tuple[str, str, str, str]]:
    """Every column that is masked: of what, which, an example of what is seen, and which permission shows it in clear."""
    kinds = {cls.__mapper__.local_table.name: (kind, str(cls.kind_title)) for kind, cls in Case.loaded().items()}
    kinds |= {"core_enterprise": ("enterprise", _("Enterprises")), "core_case": ("case", _("Cases"))}
    samples = {"phone": "13812345678", "id": "120221199001011234", "name": "张三丰"}
    found = []
    for mapper in Model.registry.mappers:
        name = mapper.local_table.name
        thing, title = kinds.get(name, ("", table_word(name)))
        for column in mapper.local_table.c:
            mask = column.info.get("mask")
            if mask:
                label = str(column.info.get("label", "")) or MASKED_WORDS[mask]()
                who = _unmasks(column.info.get("unmask", f"{thing}:contact"))
                found.append((title, label, MASKS[mask](samples[mask]), who))
    return sorted(set(found))


def _unmasks(permission: str) -> str:
    """Who sees it in clear: whoever holds a permission; a register that names none shows it to nobody."""
    return phrase(permission) if not permission.startswith(":") else _("nobody")


@pages.route("/admin/dictionaries", methods=["GET", "POST"])
@needs("parameter:edit")
def dictionaries() -> str | Response:
    """字典: lists of words that the house keeps."""
    session = request_session()
    entries = dictionary.entries(session)
    if request.method == "POST":
        return save_all(_changed_words(session, entries), "/admin/dictionaries", _("Saved."))
    return render_template("pages/admin_dictionaries.html", title=_("Dictionaries"), crumbs=[Crumb(_("Dictionaries"))],
                           dictionaries=dictionary.known(), entries=entries)


def _changed_words(session: Session, entries: Mapping[str, Sequence[DictionaryEntry]]
                   ) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The lines of which something was sent, then what was typed into the last line of each list."""
    def put(name: str, code: str, ending: str, label: str, position: int, active: bool) -> None:
        typed = form.get(f"position{ending}", str(position)).strip()
        if not typed.isdecimal() or len(typed) > 6:
            raise Refusal(_("The order is a whole number: smaller ones stand first."), "position")
        dictionary.put(session, name, code, form.get(f"label{ending}", label), int(typed),
                       form[f"active{ending}"] == "1" if f"active{ending}" in form else active)

    def add(name: str, ending: str) -> None:
        known = entries.get(name, ())
        put(name, _code(form.get(f"code{ending}", ""), form.get(f"label{ending}", ""), {one.code for one in known}), ending, "",
            10 * (len(known) + 1), True)

    form = request.form
    for name in [each.name for each in dictionary.known()]:
        for entry in entries.get(name, ()):
            ending = f":{entry.id}"
            if any(f"{field}{ending}" in form for field in ("label", "position", "active")):
                yield ending, partial(put, name, entry.code, ending, entry.label, entry.position, entry.active)
        ending = f":{name}"
        if any(form.get(f"{field}{ending}", "").strip() for field in ("code", "label")):
            yield ending, partial(add, name, ending)


def _code(typed: str, label: str, known: Container[str]) -> str:
    """The code of a new entry: as typed, which must be new; left empty, the initials of its word."""
    code = typed.strip()
    if code in known:
        raise Refusal(_("The code %(code)s is there already: change its word in its own line.", code=code), "code")
    begin = initials(label).lower()[:48]
    return code or (next(one for one in (f"{begin}{number or ''}" for number in count()) if one not in known) if begin else "")


@pages.route("/calendar", methods=["GET", "POST"])
@needs("")
def calendar() -> str | Response:
    """The working-day calendar of a year; importing one, and confirming what somebody else imported."""
    session, viewer = request_session(), request_viewer()
    year = request.args.get("year", moment.today().year, type=int)
    if request.method == "POST":
        return save(_import_calendar, f"/calendar?year={year}", _("Imported. Another person must confirm it now."))
    told = store.show(session, year, clocks.SCOPES)
    return render_template("pages/calendar.html", title=_("Working-day calendar"), told=told, year=year,
                           months=year_pages(year, clocks.calendar_of(session)),
                           crumbs=[Crumb(_("Working-day calendar"))], may_import=viewer.may("calendar:import"),
                           may_confirm=viewer.may("calendar:confirm"), me=viewer.user_id)


@pages.post("/calendar/<int:import_id>/confirm")
@needs("calendar:confirm")
def confirm_calendar(import_id: int) -> Response:
    """Put a calendar into force: open clocks are computed anew."""
    viewer = request_viewer()
    try:
        with as_system("a calendar is confirmed", viewer.name) as session:
            found = session.get(CalendarImport, import_id)
            told = store.confirm(session, import_id, viewer.user_id)
            session.commit()
            flash(_("In force now. Due dates that moved: %(n)s.", n=told.clocks_moved), "success")
            year = found.year if found else moment.today().year
    except Refusal as refusal:
        flash(refusal.message, "error")
        return redirect("/calendar")
    return redirect(f"/calendar?year={year}")


def _import_calendar() -> None:
    if not request_viewer().may("calendar:import"):
        raise Refusal(_("You may not import a calendar."))
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Refusal(_("Choose a file first."), "file")
    store.import_calendar(request_session(), upload.stream.read(1 << 20), request_viewer().user_id,
                          document=request.form.get("document", "").strip())
