"""The portal's pages: hand something in, follow it, do what is open on it, ask who serves, read the public lists.

Every page works without scripts and reads the public projection alone.
"""
from __future__ import annotations

from typing import Any

from flask import Response, abort, jsonify, make_response, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as Answer

from core.errors import NotFound, Refusal
from core.portal import frame, handing_in, limits, question, reading, tokens, uploads
from core.portal.declare import CODE, Given, PublicForm, PublicStep
from core.portal.frame import drawn, pages, read, receive, remember, remembered
from core.portal.models import PublicCase
from core.portal.projection import portal
from core.portal.receipt import receipt_pdf
from core.web.errors import wants_json
from core.words import gettext as _

FOLLOWS, FOLLOWS_OF_ONE = 40, 60
"""Tries an hour from one place, and for one number from anywhere."""
RECEIPTS, LOOKUPS = 20, 60


@pages.get("")
@pages.get("/")
def home() -> str:
    """What can be done here."""
    with reading.public() as session:
        there = reading.switched_on(session)
    entries = [entry for module, entry in portal().entries if module in there]
    return render_template("portal/home.html", title=_("Services for enterprises"), entries=entries,
                           lookups=[one for module, one in portal().lookups.values() if module in there],
                           lists=[one for module, one in portal().lists.values() if module in there],
                           guides=[one for module, one in portal().guides.values() if module in there],
                           known=list(reversed(remembered())), enterprise=frame.enterprise())


@pages.route("/submit/<name>", methods=["GET", "POST"])
def submit(name: str) -> str | Answer:
    """Hand something in: a new case."""
    form = _form(name)
    if request.method == "GET":
        here = frame.enterprise()
        return _form_page(form, drawn(form.schema, form.files, prefill=form.prefill,
                                      known={"enterprise": here["name"]} if here else None))
    first = handing_in.known(request.form.get("key", ""))
    if first is not None:
        return _received(first)
    sent, asked = receive(form.files), None
    try:
        if handing_in.needs_question(sent.key) or request.form.get("website"):
            asked = question.ask()
            refusal = frame.question_open(sent)
            if refusal is not None:
                raise refusal
            asked = None
        given = read(form.schema, sent)
        done = handing_in.submit(form, sent.key, given)
    except limits.TooMany:
        raise
    except Refusal as refusal:
        return _form_page(form, drawn(form.schema, form.files, sent, refusal, asked), refusal.status)
    return _received(done)


@pages.post("/uploads")
def upload() -> Answer:
    """A photograph that is sent ahead of its form; ``{"token", "name", "size"}``."""
    posted = request.files.get("file")
    if posted is None or not posted.filename:
        raise Refusal(_("Choose a file."), "files")
    kept = uploads.stage(posted)
    return jsonify(token=kept.token, name=kept.name, size=kept.size)


@pages.get("/cases")
@pages.get("/cases/")
def follow() -> str:
    """Where number and query code are typed."""
    return render_template("portal/follow.html", title=_("Follow your case"), number=request.args.get("number", "")[:40],
                           error="", known=list(reversed(remembered())))


@pages.post("/cases")
def find() -> str | Answer:
    """Compare number and query code. The answer is the same for a number that nobody has and for a wrong code."""
    number, code = reading.tidy_number(request.form.get("number", "")), reading.tidy_code(request.form.get("code", ""))
    limits.allow("follow", FOLLOWS)
    limits.allow("follow-number", FOLLOWS_OF_ONE, number)
    with reading.public() as session:
        found = reading.owned(session, number, code)
    if found is None:
        told = render_template("portal/follow.html", title=_("Follow your case"), number=number, known=(),
                               error=_("Number and query code do not belong together. Both stand on your receipt."))
        return make_response(told, 422)
    remember(number, code)
    return redirect(f"/portal/cases/{number}", 303)


@pages.get("/cases/<number>")
def case_page(number: str) -> str | Answer:
    """A case as its owner sees it; whoever has not shown that it is his is asked for the code."""
    found = _mine(number)
    if found is None:
        return redirect(f"/portal/cases?number={number}")
    kind = portal().kinds[found.kind]
    steps = [step for step in kind.steps if step.name in found.steps]
    coming, new = reading.coming(found, kind), "new" in request.args
    return render_template(
        "portal/case.html", title=(kind.received or _("We have received what you sent")) if new else found.title,
        case=found, kind=kind, new=new, enterprise=frame.enterprise(), steps=steps, coming=coming,
        code=reading.spaced(remembered().get(number, "")), state=reading.state_label(found), past=reading.past(found, kind),
        answer_by=reading.answer_by(kind, coming))


@pages.get("/cases/<number>/receipt.pdf")
def receipt(number: str) -> Answer:
    """The receipt to keep or to print."""
    found = _mine(number)
    if found is None:
        return redirect(f"/portal/cases?number={number}")
    limits.allow("receipt", RECEIPTS)
    code = remembered().get(number, "")
    return send_file(receipt_pdf(found, portal().kinds[found.kind], code), mimetype="application/pdf",
                     download_name=f"{number}.pdf", as_attachment="download" in request.args)


@pages.get("/cases/<number>/letters/<int:letter_id>.pdf")
def letter(number: str, letter_id: int) -> Answer:
    """A signed letter of one's own case: the bytes that were signed."""
    if _mine(number) is None:
        return redirect(f"/portal/cases?number={number}")
    with reading.public() as session:
        found = reading.letter(session, letter_id, number)
    return send_letter(found)


@pages.route("/cases/<number>/<name>", methods=["GET", "POST"])
def step(number: str, name: str) -> str | Answer:
    """Something that its owner may do with a case: add material, object."""
    found = _mine(number)
    if found is None:
        return redirect(f"/portal/cases?number={number}")
    declared = portal().kinds[found.kind].step(name)
    if declared is None or declared.by != CODE:
        abort(404)
    back = f"/portal/cases/{number}"
    if request.method == "GET":
        if name not in found.steps:
            return redirect(back)
        return _step_page(declared, drawn(declared.schema, declared.files), back)
    limits.allow("step", handing_in.HARD)
    if handing_in.known(request.form.get("key", "")) is None:
        sent = receive(declared.files)
        try:
            handing_in.step(number, declared, sent.key, read(declared.schema, sent))
        except Refusal as refusal:
            return _step_page(declared, drawn(declared.schema, declared.files, sent, refusal), back, refusal.status)
    return _go(f"{back}?done={name}#now")


@pages.route("/rate/<secret>", methods=["GET", "POST"])
def rate(secret: str) -> str | Answer:
    """What a one-time link leads to. Looking at it uses nothing up."""
    limits.allow("rate", handing_in.HARD)
    with reading.public() as session:
        token = tokens.look(session, secret)
        found = session.get(PublicCase, token.case_id)
    if found is None:
        raise NotFound(_("This link was used already or is no longer valid."))
    declared = handing_in.step_of_link(found.kind, token.step)
    if request.method == "GET":
        return _step_page(declared, drawn(declared.schema), "", case=found)
    sent = receive(0)
    try:
        def given(of: PublicStep) -> Given:
            return read(of.schema, sent)

        handing_in.use_link(secret, given)
    except NotFound:
        raise
    except Refusal as refusal:
        return _step_page(declared, drawn(declared.schema, 0, sent, refusal), "", refusal.status, case=found)
    return _go(f"/portal/thanks?{declared.name}")


@pages.get("/thanks")
def thanks() -> str:
    """After a one-time link was used."""
    return render_template("portal/thanks.html", title=_("Thank you"))


@pages.get("/find/<name>")
def look_up(name: str) -> str:
    """Ask by name or code: who serves me?"""
    declared = _switched(portal().lookups, name)
    words = " ".join(request.args.get("q", "").split())[:100]
    answers: Any = None
    if words:
        limits.allow("lookup", LOOKUPS)
        with reading.public() as session:
            answers = list(declared.find(session, words))[:10]
    return render_template("portal/lookup.html", title=declared.title, lookup=declared, words=words, answers=answers)


@pages.get("/lists/<name>")
def public_list(name: str) -> str:
    """A list that everybody may read."""
    declared = _switched(portal().lists, name)
    with reading.public() as session:
        page = declared.page(session, request.args.get("cursor", "")[:40])
    return render_template("portal/list.html", title=declared.title, list=declared, page=page)


@pages.get("/guides/<name>")
def guide(name: str) -> str:
    """How something is done."""
    declared = _switched(portal().guides, name)
    with reading.public() as session:
        body = list(declared.body(session))
    return render_template("portal/guide.html", title=declared.title, body=body)


@pages.errorhandler(404)
def nothing_here(_error: Any) -> Answer:
    """An address that leads nowhere, in the portal's own words."""
    return make_response(render_template("portal/refused.html", title=_("There is nothing here"), refusal=Refusal(
        _("The address may be incomplete. Begin at the first page, or ask with number and query code."))), 404)


def send_letter(found: Any) -> Answer:
    """The bytes of a letter; 404 when it is not one's own or does not exist."""
    if found is None:
        raise NotFound(_("There is nothing here."))
    from core.case.files import store

    return send_file(store().open(found.sha256), mimetype="application/pdf", download_name=f"{found.number}.pdf",
                     as_attachment="download" in request.args)


def _mine(number: str) -> PublicCase | None:
    here = frame.enterprise()
    with reading.public() as session:
        found = reading.owned(session, number, remembered().get(number, ""), here["id"] if here else None)
    return found if found is not None and found.kind in portal().kinds else None


def _form(name: str) -> PublicForm:
    found: PublicForm = _switched(portal().forms, name)
    return found


def _switched(known: Any, name: str) -> Any:
    """What the module brings under that name, as long as a bureau has the module switched on."""
    module, declared = known.get(name, ("", None))
    with reading.public() as session:
        if declared is None or module not in reading.switched_on(session):
            abort(404)
    return declared


def _form_page(form: PublicForm, draft: frame.Draft, status: int = 200) -> Answer:
    told = render_template("portal/form.html", title=form.title, form=form, draft=draft, form_errors=draft.wrong,
                           back="/portal")
    return make_response(told, status)


def _step_page(declared: PublicStep, draft: frame.Draft, back: str, status: int = 200,
               case: PublicCase | None = None) -> Answer:
    told = render_template("portal/step.html", title=declared.label, step=declared, draft=draft, back=back, case=case,
                           form_errors=draft.wrong)
    return make_response(told, status)


def _received(done: handing_in.HandedIn) -> Answer:
    remember(done.number, done.code)
    return _go(f"/portal/cases/{done.number}?new")


def _go(url: str) -> Answer:
    """On to the next page; a script that sent the form is told where."""
    if wants_json():
        return Response(jsonify(url=url).get_data(), 200, mimetype="application/json")
    return redirect(url, 303)
