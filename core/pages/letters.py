"""The register of letters: list, preview, review, signing one by one or many at once, voiding."""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from core import moment
from core.case import Case
from core.errors import NotFound, Refusal
from core.letter import batches, numbers, register, wording
from core.letter.batch import draft_due, due_cases
from core.letter.models import Letter, LetterState
from core.pages import draw
from core.pages.cases import buffered
from core.pages.found import the_case
from core.pages.frame import export_url, needs, request_session
from core.pages.taste import with_taste
from core.security import request_viewer
from core.web import Crumb, allow_framing
from core.web.forms import Field
from core.web.widgets import Action, Column, Confirm, Count, Empty, ListPage, Row, Text

pages = Blueprint("letters", __name__)
STATES: dict[LetterState, Callable[[], str]] = {
    LetterState.DRAFT: lambda: _("To be reviewed"), LetterState.REVIEWED: lambda: _("To be signed"),
    LetterState.SIGNED: lambda: _("Signed"), LetterState.DELIVERED: lambda: _("Delivered"),
    LetterState.VOIDED: lambda: _("Voided")}


@pages.get("/letters")
@needs("letter:read")
def index() -> str:
    """The register, newest first, paged by id."""
    session, args = request_session(), request.args
    limit = min(max(args.get("limit", 20, type=int), 1), 100)
    query = narrowed(select(Letter).options(joinedload(Letter.case), joinedload(Letter.bureau)), args)
    counted = len(session.scalars(query.with_only_columns(Letter.id).order_by(None).limit(1001)).all())
    if args.get("cursor", "").isdigit():
        query = query.where(Letter.id < int(args["cursor"]))
    found = session.scalars(query.order_by(Letter.id.desc()).limit(limit + 1)).all()
    more, shown = len(found) > limit, found[:limit]
    page = ListPage(
        key="letters", url="/letters", args=args.to_dict(flat=False), caption=_("Letters"), page_size=limit,
        columns=[Column("number", _("Number"), fixed=True), Column("title", _("Title")), Column("to", _("Addressee")),
                 Column("organ", _("Organ")), Column("state", _("State")),
                 Column("signed", _("Signed on"), kind="datetime")],
        rows=[Row(letter.id, _cells(letter), name=letter.title) for letter in shown],
        count=Count(min(counted, 1000), counted <= 1000), query=_query(args),
        toolbar=_toolbar(), bulk=_bulk(), export_url=export_url("letters"),
        next_cursor=str(shown[-1].id) if more and shown else "",
        empty=Empty(title=_("No letter yet"),
                    text=_("Letters are drafted on the page of a case and appear here to be reviewed and signed.")))
    return render_template("pages/list.html", list=with_taste(page), title=_("Letters"), crumbs=[Crumb(_("Letters"))])


@pages.get("/letters/<int:letter_id>")
@needs("letter:read")
def letter_page(letter_id: int) -> str:
    """A letter: its preview or its signed bytes, and what can be done with it."""
    letter = the_letter(letter_id)
    return render_template("pages/letter.html", letter=letter, stage=_stage(letter), state=draw.letter_state(letter),
                           title=letter.title,
                           buttons=_buttons(letter),
                           crumbs=[Crumb(_("Letters"), "/letters"), Crumb(letter.number or _("no number yet"))])


@pages.get("/letters/<int:letter_id>.pdf")
@needs("letter:read")
def letter_pdf(letter_id: int) -> Response:
    """The PDF: the signed bytes, or a preview marked 样稿."""
    letter = the_letter(letter_id)
    name = f"{letter.number or _('draft')}-{letter.addressee}.pdf"
    return allow_framing(send_file(buffered(register.pdf_of(letter)), mimetype="application/pdf", download_name=name,
                                   as_attachment="download" in request.args))


@pages.post("/letters/<int:letter_id>/<what>")
@needs("letter:read")
def act_on(letter_id: int, what: str) -> Response:
    """Review, sign, hand back, deliver, void one letter."""
    letter, session, viewer = the_letter(letter_id), request_session(), request_viewer()
    note = request.form.get("note", "")
    works: dict[str, Callable[[], Any]] = {
        "review": lambda: register.review(session, letter, viewer), "sign": lambda: register.sign(session, letter, viewer),
        "hand_back": lambda: register.hand_back(session, letter, viewer, note),
        "deliver": lambda: register.deliver(session, letter, viewer, note),
        "send": lambda: register.send(session, letter, viewer, note),
        "returned": lambda: register.returned(session, letter, viewer, note),
        "void": lambda: register.void(session, letter, viewer, note)}
    if what not in works:
        raise NotFound(_("There is no such page."))
    case = letter.case.number if letter.case else None
    try:
        works[what]()
        session.commit()
    except Refusal as refusal:
        session.rollback()
        flash(refusal.message, "error")
        return redirect(f"/letters/{letter_id}")
    told = {"review": _("Reviewed. It now waits for the signature."),
            "sign": _("Signed: %(number)s.", number=letter.number), "deliver": _("The delivery is recorded.")}
    flash(told.get(what) or _("Done."), "success")
    if what == "hand_back":
        return redirect(f"/cases/{case}" if case else "/letters")
    return redirect(f"/letters/{letter_id}")


@pages.post("/letters/bulk/<what>")
@needs("letter:read")
def bulk(what: str) -> Response:
    """Review or sign what was selected: each letter is its own transaction, each refusal is told."""
    session, viewer, done, refused = request_session(), request_viewer(), 0, []
    if what not in ("review", "sign"):
        raise NotFound(_("There is no such page."))
    for letter_id in dict.fromkeys(request.form.getlist("ids", type=int)):
        try:
            letter = the_letter(letter_id)
            (register.review if what == "review" else register.sign)(session, letter, viewer)
            session.commit()
            done += 1
        except Refusal as refusal:
            session.rollback()
            refused.append(f"{letter_id}: {refusal.message}")
    flash(_("%(n)s letters done.", n=done), "success" if done else "info")
    for sentence in refused[:10]:
        flash(sentence, "error")
    return redirect("/letters")


@pages.route("/letters/due/<kind>", methods=["GET", "POST"])
@needs("letter:draft")
def due(kind: str) -> str | Response:
    """The cases that are due for a letter, and drafting all of them at once."""
    session, viewer = request_session(), request_viewer()
    declared = register.kind_named(kind)
    text = request.values.get("by", "")
    try:
        by = dt.date.fromisoformat(text) if text else moment.today()
    except ValueError:
        by = moment.today()
    ids = due_cases(session, kind, by)
    if request.method == "GET":
        found = session.scalars(select(Case).where(Case.id.in_(ids[:20])).options(
            joinedload(Case.unit), joinedload(Case.enterprise)))
        shown = sorted(found, key=lambda case: ids.index(case.id))
        return render_template("pages/letters_due.html", title=_("Due: %(letter)s", letter=declared.name), by=by.isoformat(),
                               total=len(ids), cases=shown, crumbs=[Crumb(_("Letters"), "/letters"), Crumb(declared.name)])
    done, refused = draft_due(session, declared, ids, viewer)
    flash(_("%(n)s letters drafted.", n=done), "success" if done else "info")
    for sentence in refused[:10]:
        flash(sentence, "error")
    return redirect("/letters?state=draft")


@pages.post("/cases/<number>/letters/<kind>")
@needs("letter:draft")
def draft(number: str, kind: str) -> Response:
    """Draft a letter for a case."""
    session, case = request_session(), the_case(number)
    try:
        letter = register.draft(session, register.kind_named(kind), case, request_viewer())
        session.commit()
    except Refusal as refusal:
        session.rollback()
        flash(refusal.message, "error")
        return redirect(f"/cases/{number}")
    return redirect(f"/letters/{letter.id}")


def the_letter(letter_id: int) -> Letter:
    """The letter with that id; 404 for what the viewer may not see."""
    found = request_session().scalars(
        select(Letter).where(Letter.id == letter_id)
        .options(joinedload(Letter.case), joinedload(Letter.bureau), joinedload(Letter.enterprise), joinedload(Letter.drafter),
                 joinedload(Letter.reviewer), joinedload(Letter.signer))).one_or_none()
    if found is None:
        raise NotFound(_("There is no such letter, or you may not see it."))
    return found


def _cells(letter: Letter) -> dict[str, Any]:
    return {"number": Text(letter.number or _("no number yet"), url=f"/letters/{letter.id}"),
            "title": Text(letter.title, url=f"/letters/{letter.id}", note=letter.case.number if letter.case else ""),
            "to": letter.addressee, "organ": letter.bureau.short_name, "state": draw.letter_state(letter),
            "signed": letter.signed_at}


def narrowed(query: Select[Any], args: Mapping[str, Any]) -> Select[Any]:
    """``query`` with the filter of the list: words, kind, state, day of signing."""
    if args.get("state") in list(LetterState):
        query = query.where(Letter.state == args["state"])
    if args.get("kind") in register.letter_kinds():
        query = query.where(Letter.kind == args["kind"])
    if args.get("q"):
        words = args["q"].strip()
        query = query.where(Letter.addressee.contains(words, autoescape=True)
                            | (Letter.number == words) | (Letter.code == words.upper()))
    for name, days in (("signed_from", 0), ("signed_to", 1)):
        try:
            start = moment.start_of(dt.date.fromisoformat(args.get(name, "")) + dt.timedelta(days=days))
        except (ValueError, OverflowError):
            continue
        query = query.where(Letter.signed_at < start if days else Letter.signed_at >= start)
    return query


def _query(args: Any) -> list[Field]:
    kinds = sorted((kind.kind, str(kind.name)) for kind in register.letter_kinds().values())
    return [Field(name="q", label=_("Addressee, number or code"), kind="text", value=args.get("q", "")),
            Field(name="state", label=_("State"), kind="choice", value=args.get("state", ""),
                  choices=[(state.value, words()) for state, words in STATES.items()]),
            Field(name="kind", label=_("Kind"), kind="choice", value=args.get("kind", ""), choices=kinds),
            Field(name="signed_from", label=_("Signed from"), kind="date", value=args.get("signed_from", "")),
            Field(name="signed_to", label=_("Signed to"), kind="date", value=args.get("signed_to", ""))]


def _toolbar() -> list[Action]:
    """What is done with all that the filter finds, and where the texts are kept."""
    viewer, args = request_viewer(), request.args
    kept = {name: args[name] for name in ("q", "kind", "signed_from", "signed_to") if args.get(name)}
    found = [Action(said, "/letters/batches/new?" + urlencode({"act": act.value, **kept}), name=f"all-{act.value}")
             for act, said in batches.words().items()
             if viewer.may(batches.NEEDS[act][0]) and (not args.get("state") or args["state"] in batches.NEEDS[act][1])]
    found.append(Action(_("Batches of letters"), "/letters/batches", name="batches"))
    if viewer.reach(wording.PERMISSION).covers(viewer.bureau_id):
        found.append(Action(_("Texts of letters"), "/letters/wordings", name="wordings"))
    return found


def _bulk() -> list[Action]:
    viewer, found = request_viewer(), []
    if viewer.may("letter:review"):
        found.append(Action(_("Review"), "/letters/bulk/review", method="post", name="bulk-review",
                            confirm=Confirm(_("Review the selected letters"), [_("They then wait for the signer.")], "")))
    if viewer.may("letter:sign"):
        found.append(Action(_("Sign"), "/letters/bulk/sign", method="post", name="bulk-sign",
                            confirm=Confirm(_("Sign the selected letters"),
                                            [_("Each gets the next number of its series. A number is never used twice.")], "")))
    return found


def _stage(letter: Letter) -> dict[str, Any] | None:
    """Where a letter is on its way, and whose the next step is; nothing for one that was voided."""
    if letter.state is LetterState.VOIDED:
        return None
    mine = register.had_a_hand_in(request_session(), letter, request_viewer())
    done = ((_("Drafting"), letter.drafter), (_("Review"), letter.reviewer), (_("Signature"), letter.signer),
            (_("Delivery"), None))
    words = {LetterState.DRAFT: ("review", _("Read the text below; if it is right, pass the review."),
                                 _("Somebody else who reviews letters goes on; it waits on that person's desk.")),
             LetterState.REVIEWED: ("sign", _("Read the text below, then sign: the number is taken at that moment."),
                                    _("Somebody else who signs letters goes on; it waits on that person's desk.")),
             LetterState.SIGNED: ("draft", _("Send it or hand it over, then record how it was delivered."),
                                  _("Whoever drafts letters records its delivery."))}
    verb, yours, others = words.get(letter.state, ("", "", ""))
    can = bool(verb) and _may(letter, verb) and (letter.state is LetterState.SIGNED or not mine)
    now = {LetterState.DRAFT: 2, LetterState.REVIEWED: 3, LetterState.SIGNED: 4}.get(letter.state, 5)
    return {"labels": [f"{label} · {person.name}" if person is not None else label for label, person in done], "now": now,
            "words": yours if can else others}


def _may(letter: Letter, verb: str) -> bool:
    viewer = request_viewer()
    if verb == "draft":
        return viewer.reach("letter:draft").covers(letter.unit_id)
    return register.answers_for(viewer, verb, letter)


def _buttons(letter: Letter) -> list[Action]:
    viewer, base, found = request_viewer(), f"/letters/{letter.id}", []

    def may(verb: str) -> bool:
        return _may(letter, verb)

    if letter.state in (LetterState.DRAFT, LetterState.REVIEWED) and (may("review") or may("sign")):
        found.append(Action(_("Hand back"), f"{base}/hand_back", method="post", tone="red", name="hand-back",
                            confirm=Confirm(_("Hand back"), [_("The draft is taken back and must be written anew.")])))
    if (letter.state in (LetterState.DRAFT, LetterState.REVIEWED)
            and register.had_a_hand_in(request_session(), letter, viewer)):
        return found  # the next step is another person's
    if letter.state is LetterState.DRAFT and may("review"):
        confirm = Confirm(_("Pass the review"), [_(
            "You could sign this letter, but whoever reviews one does not sign it: somebody else of %(organ)s must.",
            organ=letter.bureau.short_name)], "")
        found.append(Action(_("Pass the review"), f"{base}/review", method="post", tone="go", name="review",
                            confirm=confirm if may("sign") and register.hands_apart(request_session(), letter) else None))
    if letter.state is LetterState.REVIEWED and may("sign"):
        found.append(Action(_("Sign"), f"{base}/sign", method="post", tone="go", name="sign", disabled=numbers.wordless(
                                request_session(), select(Letter.bureau_id).where(Letter.id == letter.id), viewer),
                            confirm=Confirm(_("Sign this letter"),
                                            [_("It gets the next number of its series and cannot be changed any more."),
                                             _("It can be voided later; its number stays taken.")], "")))
    if letter.state in (LetterState.SIGNED, LetterState.DELIVERED) and may("sign"):
        found.append(Action(_("Void"), f"{base}/void", method="post", tone="red", name="void",
                            confirm=Confirm(_("Void this letter"),
                                            [_("The letter no longer holds. Its number stays taken, with the reason."),
                                             _("Whoever checks it is told that it was voided.")])))
    if letter.state in (LetterState.SIGNED, LetterState.DELIVERED) and may("draft"):
        found.append(Action(_("Came back"), f"{base}/returned", method="post", name="returned", less=True,
                            confirm=Confirm(_("The letter came back undelivered"),
                                            [_("It waits for another way of delivery. Number and text stay as they are.")],
                                            reason_label=_("Why did it come back?"))))
    if letter.state is LetterState.SIGNED and may("draft"):
        found.append(Action(_("Send by e-mail"), f"{base}/send", method="post", name="send", less=True,
                            confirm=Confirm(_("Send the letter by e-mail"),
                                            [_("The letter goes along, with the address to check it at; one that is too large "
                                               "is only told of."),
                                             _("It counts as delivered when you record the receipt.")],
                                            reason_label=_("E-mail address"))))
        found.append(Action(_("Record delivery"), f"{base}/deliver", method="post", tone="go", name="deliver",
                            confirm=Confirm(_("Record delivery"), [], reason_label=_("How was it delivered?"))))
    return found
