"""Registers that modules declare: the list, the page of one row, its form, what else is done with it, its papers."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, send_file
from flask_babel import gettext as _
from marshmallow import Schema
from sqlalchemy import ColumnElement, case, false, select
from werkzeug.wrappers import Response

from core.api.keyset import Page, ordering, page_of
from core.api.reading import Parameters
from core.audit import AuditEntry
from core.case.registers import Register, RegisterFilter, RegisterStep, asked, rows_of, searched, usual
from core.db import Model
from core.errors import NotAllowed, NotFound, Refusal
from core.jobs.list_sheets import code_of_register
from core.pages.days import month_of
from core.pages.frame import export_url, may_see, registers, request_session
from core.pages.list_views import register_month
from core.pages.log_words import Line, describe
from core.pages.log_words import column_word as describe_column
from core.pages.taste import with_taste
from core.security import request_viewer
from core.web import Crumb, widgets
from core.web.forms import Field, form_fields, load_form

pages = Blueprint("registers", __name__)
PAGE, HISTORY = 20, 30


@pages.get("/<module>/registers/<name>")
def index(module: str, name: str) -> str:
    """The list: filters from the address, one page by key."""
    register = _register(module, name)
    session, viewer, given = request_session(), request_viewer(), Parameters(request.args)
    url = _url(module, register)
    found, limit, order = Page([]), PAGE, register.order
    rules: list[ColumnElement[bool]] = [false()]
    try:
        limit, order = given.limit(PAGE), given.text("order") or _usual_order(register)
        rules = asked(register, given)
        query = rows_of(register, rules)
        found = page_of(session, query, ordering(order, _orders(register), register.model.id, register.order), limit,
                        name=f"register {module}.{name}", cursor=given.text("cursor"),
                        counting=query.options().with_only_columns(register.model.id).order_by(None))
    except Refusal as refusal:  # a filter that cannot be: say so, and show nothing by mistake
        flash(refusal.message, "error")
    toolbar = [widgets.Action(_("New"), f"{url}/new", tone="go", name="new")] if _may_add(register) else []
    toolbar += [widgets.Action(label, link) for label, link, permission in register.links if viewer.may(permission)]
    page = widgets.ListPage(
        key=f"{module}-{name}", url=url, args=request.args.to_dict(flat=False), caption=register.title,
        columns=[widgets.Column(c.key, c.label, c.kind, c.sort, fixed=n == 0, hidden=c.hidden, help=c.help)
                 for n, c in enumerate(register.columns)],
        rows=[_row(url, register, row[0]) for row in found.rows], query=_fields(register), toolbar=toolbar, page_size=limit,
        order=order, empty=_empty(register), export_url=export_url(code_of_register(module, register)),
        next_cursor=found.next_cursor or "", prev_cursor=found.previous_cursor or "",
        count=widgets.Count(found.count.value, found.count.exact) if found.count else widgets.Count(len(found.rows)))
    seen: dict[str, Any] = {}
    if register.month is not None:
        monthly = given.text("view") == "month"
        page.views = [widgets.Tab(label, page.link(view=view, month=None), current=(view == "month") == monthly)
                      for view, label in (("", _("List")), ("month", _("Month view")))]
        if monthly:
            seen["month"] = register_month(register, rows_of(register, rules), month_of(given.text("month")), url, page.link)
    return render_template("pages/register.html", list=with_taste(page), title=register.title, register=register,
                           tabs=_tabs(module, register), crumbs=[Crumb(register.title)], **seen)


@pages.get("/<module>/registers/<name>/pick")
def pick(module: str, name: str) -> Response:
    """Rows as one types: ``{"items": [{"id", "label", "hint"}]}``; those that begin so first, then by name."""
    register, text = _register(module, name), request.args.get("q", "").strip()[:100]
    query = rows_of(register, [*_defaults(register), *searched(register, text)])
    if register.searched:
        named = register.searched[0]
        if text:
            query = query.order_by(case((named.startswith(text, autoescape=True), 0), else_=1))
        query = query.order_by(named)
    rows = request_session().scalars(query.order_by(register.model.id.desc()).limit(12)).unique().all()
    return jsonify(items=[{"id": row.id, "label": register.label(row), "hint": ""} for row in rows])


@pages.route("/<module>/registers/<name>/new", methods=["GET", "POST"])
def new(module: str, name: str) -> str | Response | tuple[str, int]:
    """Add a row. What was typed stays when it is refused; a link may bring fields along in the address."""
    register = _register(module, name)
    if not _may_add(register):
        raise NotAllowed(_("You may not add to this register."))
    return _form(module, register, None, request.args.to_dict())


@pages.get("/<module>/registers/<name>/<int:entry_id>")
def entry(module: str, name: str, entry_id: int) -> str:
    """One row: what it says, what can be done with it, and (for those who keep it) how it came to be so."""
    register = _register(module, name)
    row, url = _entry(register, entry_id), _url(module, register)
    keeps = register.may_change(request_viewer(), row)
    return render_template(
        "pages/register_entry.html", title=register.label(row), register=register, facts=register.facts(row),
        buttons=_buttons(f"{url}/{row.id}", register, row), history=_history(register, row) if keeps else [],
        crumbs=[Crumb(register.title, url), Crumb(register.label(row))])


@pages.route("/<module>/registers/<name>/<int:entry_id>/edit", methods=["GET", "POST"])
def edit(module: str, name: str, entry_id: int) -> str | Response | tuple[str, int]:
    """Change a row. Somebody else's change in between is shown beside one's own."""
    register = _register(module, name)
    row = _entry(register, entry_id)
    if register.values is None or not register.may_change(request_viewer(), row) or not register.changeable(row):
        raise NotAllowed(_("You may not change this record."))
    return _form(module, register, row, register.values(row))


@pages.route("/<module>/registers/<name>/<int:entry_id>/do/<step>", methods=["GET", "POST"])
def do(module: str, name: str, entry_id: int, step: str) -> str | Response | tuple[str, int]:
    """Something that is done with one row: its form, its consequence, and the deed."""
    register = _register(module, name)
    row, url = _entry(register, entry_id), f"{_url(module, register)}/{entry_id}"
    declared = next((each for each in register.steps if each.name == step), None)
    if declared is None:
        raise NotFound(_("There is no such page."))
    if not register.may_change(request_viewer(), row) or not declared.offered(row):
        raise NotAllowed(_("This cannot be done with this record."))
    schema, errors, general = declared.form(), _Faults(), []
    if request.method == "POST":
        answer = _try(lambda: _run(declared, row, load_form(schema, request.form)), url, errors)
        if answer is not None:
            return answer
        general = errors.general
    page = render_template(
        "pages/register_step.html", title=declared.label, step=declared, row=register.label(row), url=url, general=general,
        fields=form_fields(schema, request.form, errors.fields),
        crumbs=[Crumb(register.title, _url(module, register)), Crumb(register.label(row), url), Crumb(declared.label)])
    return (page, 422) if request.method == "POST" else page


@pages.get("/<module>/registers/<name>/<int:entry_id>/papers/<paper>.pdf")
def paper(module: str, name: str, entry_id: int, paper: str) -> Response:
    """A PDF that is made of a row."""
    register = _register(module, name)
    row = _entry(register, entry_id)
    declared = next((each for each in register.papers if each.name == paper and each.offered(row)), None)
    if declared is None:
        raise NotFound(_("There is no such page."))
    return send_file(BytesIO(declared.make(row)), mimetype="application/pdf",
                     download_name=f"{declared.label}-{register.label(row)}.pdf")


def _empty(register: Register) -> widgets.Empty:
    """What a register without a row says."""
    words = _("Enter the first one with “New”.") if _may_add(register) else \
        _("What is entered by those who keep it appears here; nothing is to be done now.")
    return widgets.Empty(title=_("%(what)s: none yet", what=register.title), text=words)


class _Faults:
    """What was wrong with a form."""

    def __init__(self) -> None:
        self.fields: Any = ()
        self.general: list[str] = []

    def note(self, refusal: Refusal) -> None:
        """Keep a refusal: at its fields, or as one of the whole form."""
        self.fields, self.general = refusal.errors, [] if refusal.errors else [refusal.message]


def _form(module: str, register: Register, row: Any, begins: Mapping[str, Any]) -> str | Response | tuple[str, int]:
    assert register.form is not None
    schema, url, errors = register.form(), _url(module, register), _Faults()
    seen, conflict = _digest(schema, begins) if row is not None else "", []
    if request.method == "POST":
        if row is not None and request.form.get("seen", seen) != seen:
            conflict = _both(schema, begins)
        else:
            back = url if row is None else f"{url}/{row.id}"
            answer = _try(lambda: _save(register, row, load_form(schema, request.form)), back, errors)
            if answer is not None:
                return answer
    title = _("New: %(what)s", what=register.title) if row is None else _("Change: %(what)s", what=register.label(row))
    page = render_template(
        "pages/register_form.html", title=title, register=register, conflict=conflict, seen=seen, general=errors.general,
        fields=form_fields(schema, request.form if request.method == "POST" else begins, errors.fields),
        back=url if row is None else f"{url}/{row.id}", address=f"{url}/new" if row is None else f"{url}/{row.id}/edit",
        crumbs=[Crumb(register.title, url), Crumb(title)])
    return (page, 422) if request.method == "POST" else page


def _try(work: Any, back: str, errors: _Faults) -> Response | None:
    session = request_session()
    try:
        said = work()
        session.commit()
    except Refusal as refusal:
        session.rollback()
        errors.note(refusal)
        return None
    flash(said or _("Saved."), "success")
    return redirect(back)


def _save(register: Register, row: Any, data: Mapping[str, Any]) -> str:
    assert register.save is not None
    session, viewer = request_session(), request_viewer()
    saved = register.save(session, viewer, row, data)
    session.flush()
    if not register.may_change(viewer, saved):  # it would belong to a unit that somebody else answers for
        raise NotAllowed(_("You may not do this for that unit."))
    return ""


def _run(declared: RegisterStep, row: Any, data: Mapping[str, Any]) -> Any:
    return declared.run(request_session(), request_viewer(), row, data)


def _register(module: str, name: str) -> Register:
    found = registers().get(f"{module}/{name}")
    if found is None:
        raise NotFound(_("There is no such page."))
    may_see(request_viewer(), found.read)
    return found


def _entry(register: Register, entry_id: int) -> Any:
    row = request_session().scalars(rows_of(register, [register.model.id == entry_id])).unique().one_or_none()
    if row is None:
        raise NotFound(_("There is no such record, or you may not see it."))
    return row


def _defaults(register: Register) -> list[ColumnElement[bool]]:
    return [declared.rule(declared.default) for declared in register.filters if declared.default]


def _default(declared: RegisterFilter) -> str:
    return usual(declared, request.args.get("view") == "month")


def _usual_order(register: Register) -> str:
    """As the filter's value wants it, else as the register does."""
    return next((declared.orders[value] for declared in register.filters if (
        value := request.args.get(declared.name, _default(declared))) in declared.orders), register.order)


def _orders(register: Register) -> dict[str, tuple[Any, bool]]:
    names = {c.sort for c in register.columns if c.sort} | {register.order.removeprefix("-")}
    return {name: (column := getattr(register.model, name), bool(column.property.columns[0].nullable)) for name in names}


def _fields(register: Register) -> list[Field]:
    args = request.args
    found = [Field(name="q", label=_("Search"), value=args.get("q", ""))] if register.searched else []
    for declared in register.filters:
        value: Any = args.get(declared.name, _default(declared))
        if declared.kind == "range":
            value = (args.get(f"{declared.name}_from", ""), args.get(f"{declared.name}_to", ""))
        found.append(Field(name=declared.name, label=declared.label, kind=declared.kind, value=value, choices=declared.choices))
    return found


def _row(url: str, register: Register, row: Any) -> widgets.Row:
    cells = {c.key: c.cell(row) if c.cell is not None else getattr(row, c.key) for c in register.columns}
    first = register.columns[0].key
    if isinstance(cells[first], widgets.Text):
        if not cells[first].url:
            cells[first] = replace(cells[first], url=f"{url}/{row.id}")
    else:
        cells[first] = widgets.Text(cells[first], url=f"{url}/{row.id}")
    return widgets.Row(row.id, cells, _buttons(f"{url}/{row.id}", register, row, inside=False), name=register.label(row))


def _buttons(url: str, register: Register, row: Any, inside: bool = True) -> list[widgets.Action]:
    found = []
    if register.may_change(request_viewer(), row):
        if register.values is not None and register.changeable(row):
            found.append(widgets.Action(_("Change"), f"{url}/edit", name="edit", tone="go" if inside and not any(
                step.main and step.offered(row) for step in register.steps) else ""))
        found += [widgets.Action(step.label, f"{url}/do/{step.name}", drawer=True, name=step.name, tone="" if not inside else
                                 "red" if step.danger else "go" if step.main else "")
                  for step in register.steps if step.offered(row)]
    return found + [widgets.Action(each.label, f"{url}/papers/{each.name}.pdf", new_tab=True, name=each.name)
                    for each in register.papers if each.offered(row)]


def _tabs(module: str, register: Register) -> list[widgets.Tab]:
    viewer = request_viewer()
    members = [(key, each) for key, each in registers().items() if register.group and key.startswith(f"{module}/")
               and each.group == register.group and viewer.may(each.read)]
    return [widgets.Tab(each.title, _url(module, each), None, each.name == register.name) for _key, each in members] \
        if len(members) > 1 else []


def _url(module: str, register: Register) -> str:
    return f"/{module}/registers/{register.name}"


def _may_add(register: Register) -> bool:
    return register.form is not None and register.save is not None and request_viewer().may(register.edit)


def _history(register: Register, row: Any) -> list[Line]:
    found = request_session().scalars(select(AuditEntry).where(
        AuditEntry.subject == register.model.__table__.name, AuditEntry.subject_id == str(row.id))
        .order_by(AuditEntry.id.desc()).limit(HISTORY))
    entries, table = [describe(entry) for entry in found], register.model.__table__
    labels = {str(describe_column(column.name, table.name)): next(iter(column.foreign_keys)).column.table
              for column in table.c if column.foreign_keys}
    return [replace(entry, changes=[(what, _named(labels.get(what), before), _named(labels.get(what), after))
                                    for what, before, after in entry.changes]) for entry in entries]


def _named(table: Any, value: str) -> str:
    """What a key of another table stands for, where that has a name."""
    model = next((mapper.class_ for mapper in Model.registry.mappers  # of two for one table (people) the one with names
                  if mapper.local_table is table and hasattr(mapper.class_, "name")), None)
    row: Any = request_session().get(model, int(value)) if model is not None and value.isdecimal() else None
    return str(getattr(row, "name", value))


def _digest(schema: Schema, begins: Mapping[str, Any]) -> str:
    values = {field.name: field.value for field in form_fields(schema, begins)}
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:24]


def _both(schema: Schema, stored: Mapping[str, Any]) -> list[Any]:
    """What is stored now beside what was sent: ``(label, theirs, mine, differs)``."""
    rows = []
    for theirs, mine in zip(form_fields(schema, stored), form_fields(schema, request.form), strict=True):
        words = {str(value): label for value, label in mine.choices}
        shown = [one.shown or words.get(str(one.value), one.value) for one in (theirs, mine)]
        rows.append((mine.label, *shown, str(theirs.value) != str(mine.value)))
    return rows
