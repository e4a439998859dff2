"""The register of enterprises, and one page per enterprise with what each module knows of it; the async picker."""
from __future__ import annotations

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from core.access.fields import mask_name, mask_phone
from core.access.models import Unit
from core.case import Case, clocks
from core.errors import NotFound, Refusal
from core.letter.models import Letter
from core.pages import draw
from core.pages.frame import export_url, needs, request_session
from core.pages.taste import with_taste
from core.party import merging
from core.party.industries import industry_words
from core.party.models import Enterprise, EnterpriseMerge
from core.party.picking import pick_enterprises
from core.party.register_export import REGISTER
from core.party.register_import import STATUS
from core.party.search import register_query, units_found
from core.security import request_viewer
from core.web import Crumb
from core.web.forms import Field
from core.web.widgets import Column, Count, Empty, ListPage, Row, Tag, Text, call

pages = Blueprint("enterprises", __name__)
CAP = 1000


@pages.get("/enterprises")
@needs("enterprise:read")
def index() -> str:
    """The register, paged by id."""
    session, args = request_session(), request.args
    limit = min(max(args.get("limit", 20, type=int), 1), 100)
    status = args.get("status", "")
    query = register_query(args.get("q", ""), status, args.get("verified", ""))
    counted = len(session.scalars(query.with_only_columns(Enterprise.id).limit(CAP + 1)).all())
    if args.get("cursor", "").isdigit():
        query = query.where(Enterprise.id > int(args["cursor"]))
    found = session.scalars(query.order_by(Enterprise.id).limit(limit + 1)).all()
    shown = found[:limit]
    page = ListPage(
        key="enterprises", url="/enterprises", args=args.to_dict(flat=False), page_size=limit, caption=_("Enterprises"),
        export_url=export_url(REGISTER.code),
        columns=[Column("name", _("Name"), fixed=True), Column("code", _("Credit code"), kind="mono"),
                 Column("status", _("Status")), Column("kind", _("Kind")), Column("address", _("Address")),
                 Column("verified", _("Verified"))],
        rows=[Row(e.id, {"name": Text(e.name, url=f"/enterprises/{e.id}"), "code": e.uscc or e.reg_no, "status": e.status,
                         "kind": e.kind, "address": Text(e.address, cut=True),
                         "verified": Tag(_("verified"), "g") if e.verified else Tag(_("to be verified"), "y")},
                  name=e.name) for e in shown],
        count=Count(min(counted, CAP), counted <= CAP), next_cursor=str(shown[-1].id) if len(found) > limit else "",
        query=[Field(name="q", label=_("Name, code or initials"), kind="text", value=args.get("q", "")),
               Field(name="status", label=_("Status"), kind="choice", value=status,
                     choices=[(each, each) for each in dict.fromkeys((*STATUS, *filter(None, [status])))]),
               Field(name="verified", label=_("Verified"), kind="choice", value=args.get("verified", ""),
                     choices=[("1", _("verified")), ("0", _("to be verified"))])],
        empty=Empty(title=_("The register of enterprises is empty"),
                    text=_("It is brought in by the month's sheet of the registration authority.")))
    return render_template("pages/list.html", list=with_taste(page), title=_("Enterprises"), crumbs=[Crumb(_("Enterprises"))])


@pages.get("/enterprises/<int:enterprise_id>")
@needs("enterprise:read")
def page(enterprise_id: int) -> str:
    """One enterprise: who it is, its cases that the viewer may see, and each module's part."""
    session, viewer = request_session(), request_viewer()
    found = session.scalars(select(Enterprise).where(Enterprise.id == enterprise_id)
                            .options(selectinload(Enterprise.names), selectinload(Enterprise.addresses))).one_or_none()
    if found is None:
        raise NotFound(_("There is no such enterprise."))
    calendar = clocks.calendar_of(session)
    cases = session.scalars(select(Case).where(Case.enterprise_id == found.id).options(joinedload(Case.unit))
                            .order_by(Case.opened_at.desc()).limit(50)).all()
    panels = []
    for addon, panel in current_app.extensions["yingshang"].slot("enterprise.panels"):
        if viewer.may(panel.permission) and addon.name in viewer.modules:
            panels.append((panel.title, panel.rows(session, viewer, found)))
    letters = session.scalars(select(Letter).where(or_(
        Letter.enterprise_id == found.id, Letter.case_id.in_(select(Case.id).where(Case.enterprise_id == found.id))))
        .order_by(Letter.id.desc()).limit(20)).all() if viewer.may("letter:read") else []
    contact = viewer.may("enterprise:contact")
    facts = [(_("Credit code"), Text(found.uscc or found.reg_no or "", mono=True)), (_("Status"), found.status),
             (_("Kind"), found.kind),
             (_("Legal representative"), found.legal_rep if contact else mask_name(found.legal_rep or "")),
             (_("Phone"), call(found.phone or "") if contact else mask_phone(found.phone or "")),
             (_("Registered address"), found.registered_address), (_("Business address"), found.business_address),
             (_("Industry"), industry_words(found.industry or "", found.industry_name or "")),
             (_("Registered capital"), f"{found.capital.normalize():f}万元{found.currency or ''}" if found.capital else ""),
             (_("Registered on"), found.registered_on), (_("Approved on"), found.approved_on),
             (_("Business term"), _("%(since)s to %(until)s", since=found.term_from, until=found.term_to or _("without end"))
              if found.term_from else ""), (_("Registrar"), found.registrar), (_("Business scope"), found.scope),
             (_("Former names"), "、".join(n.name for n in found.names if n.name != found.name)),
             (_("Former addresses"), "；".join(_("%(where)s (until %(day)s)", day=each.valid_to,
                                                where=each.business_address or each.registered_address)
                                              for each in found.addresses))]
    return render_template(
        "pages/enterprise.html", enterprise=found, facts=facts, panels=panels, title=found.name,
        cases=[(case, draw.state_tag(case), draw.due_of_case(case, calendar)) for case in cases],
        letters=[(letter, draw.letter_state(letter)) for letter in letters],
        crumbs=[Crumb(_("Enterprises"), "/enterprises"), Crumb(found.name)],
        into=session.get(Enterprise, found.merged_into_id) if found.merged_into_id else None,
        alike=merging.suggest(session, found) if viewer.may(merging.MERGE) else [],
        other=Field("into", _("Stands for it from now on"), "picker", picker="/pick/enterprises", required=True)
        if viewer.may(merging.MERGE) and merging.may_go(found) else None,
        merges=[(merge, session.get(Enterprise, merge.gone_id)) for merge in merging.history(session, found)
                if merge.undone_at is None and viewer.may(merging.MERGE)])


@pages.post("/enterprises/<int:enterprise_id>/merge")
@needs(merging.MERGE)
def merge(enterprise_id: int) -> Response:
    """Let another record stand for this one, or undo that."""
    session, form = request_session(), request.form
    back = f"/enterprises/{enterprise_id}"
    try:
        if "undo" in form:
            done = session.get(EnterpriseMerge, form.get("undo", 0, type=int))
            if done is None:
                raise NotFound(_("There is no such merge."))
            merging.undo(session, done)
        else:
            gone, into = (session.get(Enterprise, key) for key in (enterprise_id, form.get("into", 0, type=int)))
            if gone is None or into is None:
                raise NotFound(_("There is no such enterprise."))
            merging.merge(session, gone, into, form.get("note", ""))
            back = f"/enterprises/{into.id}"
        session.commit()
    except Refusal as refusal:
        session.rollback()
        flash(refusal.message, "error")
    else:
        flash(_("Saved."), "success")
    return redirect(back)


@pages.get("/pick/enterprises")
@needs("enterprise:read")
def pick() -> Response:
    """Enterprises as one types: ``{"items": [{"id", "label", "hint"}]}``."""
    rows = pick_enterprises(request_session(), request.args.get("q", "")[:100])
    return jsonify(items=[{"id": e.id, "label": e.name, "hint": e.uscc or e.reg_no or ""} for e in rows])


@pages.get("/pick/units")
@needs("")
def pick_units() -> Response:
    """Units as one types: name, code, pinyin or its initials."""
    rows = request_session().scalars(units_found(request.args.get("q", "")[:100]).where(Unit.active.is_(True))
                                     .options(joinedload(Unit.bureau)).limit(20))
    return jsonify(items=[{"id": unit.id, "label": str(unit), "hint": f"{unit.bureau} · {unit.code}" if unit.bureau not in
                           (unit, None) else unit.code} for unit in rows])
