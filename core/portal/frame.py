"""What the portal's pages share: whose cases this browser knows, how a form is read and drawn, how a refusal is told."""
from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, has_request_context, jsonify, make_response, render_template, request, session
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import FileStorage

from core import moment
from core.errors import FieldError, Invalid, Refusal
from core.portal import limits, question, uploads
from core.portal.declare import Given
from core.portal.models import Upload
from core.web.errors import wants_json
from core.web.forms import Field, form_fields
from core.words import gettext as _

CASES, ENTERPRISE = "portal_cases", "portal_enterprise"
REMEMBERED = 8
ACCOUNT_SECONDS = 2 * 3600
MOST_MB = 64
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What nobody types, and no database takes."""

pages = Blueprint("portal", __name__, url_prefix="/portal", template_folder="templates")


@dataclass
class Draft:
    """A form as it stands: what was typed, which files wait, what is wrong with it, whether a question is asked."""

    fields: Sequence[Field]
    key: str
    files: Sequence[Upload] = ()
    errors: Sequence[str] = ()
    question: question.Question | None = None
    most_files: int = 0
    accept: str = ",".join(uploads.ACCEPTED.values())
    most_bytes: int = uploads.MOST_BYTES

    @property
    def wrong(self) -> bool:
        """Whether it was sent and refused."""
        return bool(self.errors) or any(one.errors for one in self.fields)


@dataclass
class Sent:
    """A form that was sent: the key, the fields as typed, the files that wait, and what was wrong with those."""

    key: str
    files: Sequence[Upload]
    faults: list[FieldError] = field(default_factory=list)


@pages.url_value_preprocessor
def keep_small(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Nobody sends the portal as much as a bureau imports. Said before anything reads the form."""
    request.max_content_length = MOST_MB << 20


@pages.app_context_processor
def outside() -> dict[str, str]:
    """Whoever is lost among the public pages is led back to the first of them, under its name."""
    if not has_request_context() or not request.path.startswith(("/portal", "/verify")):
        return {}
    return {"public_home": "/portal", "public_name": str(_("Ninghe at your service"))}


@pages.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    """A refusal in large plain words; with how long to wait where that helps."""
    wait = refusal.details.get("retry_after")
    if wants_json():
        answer = jsonify(detail=refusal.message, errors=[vars(e) for e in refusal.errors])
    else:
        answer = make_response(render_template("portal/refused.html", title=_("This cannot be done"), refusal=refusal))
    answer.status_code = refusal.status
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    return answer


def new_key() -> str:
    """A key for a form that is about to be filled in."""
    return secrets.token_urlsafe(18)


def remember(number: str, code: str) -> None:
    """This browser has shown that it knows the code; the newest few are kept in its signed cookie."""
    known = {k: v for k, v in remembered().items() if k != number}
    session[CASES] = dict([*known.items(), (number, code)][-REMEMBERED:])


def remembered() -> dict[str, str]:
    """The numbers and query codes that this browser has shown that it knows, the newest last."""
    found = session.get(CASES)
    return dict(found) if isinstance(found, dict) else {}


def enter(enterprise_id: int, name: str) -> None:
    """The browser's user has signed in for an enterprise."""
    session[ENTERPRISE] = entered(enterprise_id, name)


def entered(enterprise_id: int, name: str) -> dict[str, Any]:
    """What the signed cookie of a browser says that has just signed in for an enterprise."""
    return {"id": enterprise_id, "name": name, "until": _seconds() + ACCOUNT_SECONDS}


def leave() -> None:
    """Signed out."""
    session.pop(ENTERPRISE, None)


def enterprise() -> dict[str, Any] | None:
    """The enterprise for which the browser's user has signed in: ``{"id", "name"}``."""
    found = session.get(ENTERPRISE)
    if not isinstance(found, dict) or int(found.get("until", 0)) < _seconds():
        return None
    return found


def receive(most_files: int) -> Sent:
    """The form that was posted. Files that came with it are staged at once, so that a refused form still has them."""
    sent = Sent(request.form.get("key", ""), uploads.named(request.form.getlist("uploads"))[:most_files])
    kept: list[Upload] = list(sent.files)
    posted: list[FileStorage] = [one for one in request.files.getlist("files") if one.filename]
    for one in posted:
        if len(kept) >= most_files:
            sent.faults.append(FieldError("files", _("At most %(n)s files can be sent.", n=most_files)))
            break
        try:
            kept.append(uploads.stage(one))
        except limits.TooMany:
            raise
        except Refusal as refusal:
            sent.faults.append(FieldError("files", refusal.message))
    for one in posted:
        one.close()
    sent.files = kept
    return sent


def read(schema: type[Schema], sent: Sent) -> Given:
    """What was handed in, checked by its schema. Raises :class:`Invalid` with all that is wrong."""
    faults = list(sent.faults)
    data: dict[str, Any] = {}
    try:
        data = dict(schema().load(_values(schema)))
    except ValidationError as error:
        faults += [FieldError(name, " ".join(map(str, messages))) for name, messages in error.messages_dict.items()]
    if faults:
        raise Invalid(faults)
    here = enterprise()
    return Given(data, uploads.as_files(sent.files), limits.address(), here["id"] if here else None)


def drawn(schema: type[Schema], most_files: int = 0, sent: Sent | None = None, refusal: Refusal | None = None,
          asked: question.Question | None = None, prefill: Sequence[str] = (),
          known: Mapping[str, str] | None = None) -> Draft:
    """The form to draw: with what the address or the sign-in ``known`` tells, or as it was typed with what was wrong."""
    data: Any = request.form if sent is not None else {**(known or {}), **{
        name: request.args[name][:200] for name in prefill if name in request.args}}
    errors = list(refusal.errors) if refusal is not None else []
    fields = form_fields(schema(), data, errors)
    names = {one.name for one in fields}
    others = [e.message for e in errors if e.field not in names]
    if refusal is not None and not errors:
        others.append(refusal.message)
    return Draft(fields, sent.key if sent is not None and sent.key else new_key(), sent.files if sent else (), others,
                 asked, most_files)


def question_open(sent: Sent) -> Refusal | None:
    """None when the posted answer to the question is right or the trap was left alone; else what to say."""
    if request.form.get("website"):  # people do not see this field
        return Refusal(_("Please answer the question, so that we know that a person is writing."))
    token = request.form.get("question", "")
    if token and question.answered(token, request.form.get("answer", "")):
        return None
    if token:
        return Refusal(_("That was not the answer. Here is another question."))
    return Refusal(_("Please answer the question, so that we know that a person is writing."))


def _seconds() -> int:
    return int(moment.now().timestamp())


def _values(schema: type[Schema]) -> dict[str, Any]:
    """The posted values of the schema's fields; several of one name as a list."""
    many = {name for name, declared in schema().fields.items() if type(declared).__name__ == "List"}
    found: dict[str, Any] = {}
    for name in schema().fields:
        if name in many:
            found[name] = request.form.getlist(name)
        elif name in request.form:
            value = _CONTROL.sub("", request.form[name]).strip()
            if value:  # an empty one is missing, and not too short
                found[name] = value
    return found
