"""The pages of an enterprise's account: a code to its registered contact, then all its cases and letters."""
from __future__ import annotations

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from core.audit import record
from core.db import db
from core.errors import Refusal
from core.portal import frame, limits, login, reading
from core.portal.frame import pages
from core.portal.pages import send_letter
from core.portal.projection import portal
from core.words import gettext as _


@pages.get("/account")
def account() -> str:
    """All cases and letters of the enterprise; without a sign-in, the form for it."""
    here = frame.enterprise()
    if here is None:
        return render_template("portal/sign_in.html", title=_("The enterprise's account"), code="", sent=False, error="")
    before = request.args.get("cursor", "")
    with reading.public() as session:
        cases = reading.of_enterprise(session, here["id"], int(before[:18]) if before.isascii() and before.isdigit() else None)
        letters = reading.letters_of(session, here["id"])
        there = reading.switched_on(session)
    more = len(cases) > reading.LINES
    shown = cases[:reading.LINES]
    return render_template("portal/account.html", title=here["name"], enterprise=here, letters=letters,
                           forms=[form for module, form in portal().forms.values() if module in there],
                           cases=[(case, reading.state_label(case)) for case in shown],
                           next_cursor=shown[-1].id if more else "")


@pages.post("/account/code")
def send() -> str | Answer:
    """Have a code sent. The answer is the same whether the enterprise is known or not."""
    code = request.form.get("code", "")[:40]
    try:
        login.send_code(code)
    except limits.TooMany:
        raise
    except Refusal as refusal:
        return make_response(render_template("portal/sign_in.html", title=_("The enterprise's account"), code=code,
                                             sent=False, error=refusal.message), 422)
    return render_template("portal/sign_in.html", title=_("The enterprise's account"), code=code, sent=True, error="")


@pages.post("/account")
def sign_in() -> str | Answer:
    """Compare the code."""
    code = request.form.get("code", "")[:40]
    try:
        enterprise = login.sign_in(code, request.form.get("otp", "")[:20])
    except limits.TooMany:
        raise
    except Refusal as refusal:
        return make_response(render_template("portal/sign_in.html", title=_("The enterprise's account"), code=code,
                                             sent=True, error=refusal.message), 422)
    frame.enter(enterprise.id, enterprise.name)
    return redirect("/portal/account", 303)


@pages.post("/account/out")
def sign_out() -> Answer:
    """Sign out."""
    frame.leave()
    return redirect("/portal", 303)


@pages.get("/account/letters/<int:letter_id>.pdf")
def account_letter(letter_id: int) -> Answer:
    """A letter of the enterprise that has signed in; that it was fetched is in the log."""
    here = frame.enterprise()
    if here is None:
        return redirect("/portal/account")
    with reading.public() as session:
        found = reading.letter(session, letter_id, enterprise_id=here["id"])
    if found is not None:
        record(db.session(), "fetched", "core_letter", found.id, found.number, enterprise=here["id"],
               address=limits.address())
        db.session.commit()
    return send_letter(found)
