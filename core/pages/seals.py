"""The bureaus' seals: the picture on the letters, the certificate that seals them, the keys that were."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from core.access.models import Unit
from core.errors import NotFound, Refusal
from core.letter import keys, seal_picture
from core.letter.key_models import KeyState, KeyUse, LetterKey, SealPicture
from core.pages.frame import needs, request_session
from core.pages.saving import save
from core.party.search import units_found
from core.web import Crumb
from core.web.widgets import Action, Confirm

pages = Blueprint("seals", __name__)
PERMISSION = "seal:edit"
SHOWN, NEWEST = 12, 50
_KEY = select(LetterKey.id).where(LetterKey.bureau_id == Unit.id, LetterKey.state == KeyState.ACTIVE)
_HAS_KEY = _KEY.exists()


@pages.get("/admin/seals")
@needs(PERMISSION)
def index() -> str:
    """The bureaus with their seals and the certificates in use, found by name or by what they have; below, the newest keys."""
    session, args = request_session(), request.args
    begin = max(args.get("from", 0, type=int), 0)
    rules, wanted = _rules(), args.get("has", "")
    query = units_found(args.get("q", "")[:100]).where(Unit.id == Unit.bureau_id, Unit.active.is_(True))
    if wanted in rules:
        query = query.where(rules[wanted][1])
    count = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    bureaus = session.scalars(query.order_by(None).order_by(  # those that write letters first
        case((_HAS_KEY, 0), else_=1), Unit.position, Unit.id).offset(begin).limit(SHOWN)).all()
    shown = [bureau.id for bureau in bureaus]
    in_use = {key.bureau_id: key for key in session.scalars(
        select(LetterKey).where(LetterKey.bureau_id.in_(shown), LetterKey.state == KeyState.ACTIVE))}
    pictures = set(session.scalars(select(SealPicture.bureau_id).where(SealPicture.bureau_id.in_(shown))))
    keys_of = select(LetterKey).options(joinedload(LetterKey.bureau)).order_by(LetterKey.id.desc()).limit(NEWEST)
    found = session.scalars(keys_of.where(LetterKey.bureau_id.in_(shown)) if args.get("q") or wanted else keys_of).all()
    asked = {"q": args.get("q", ""), "has": wanted}
    here = _address(asked | {"from": begin})
    return render_template("pages/admin_seals.html", title=_("Seals"), crumbs=[Crumb(_("Seals"))], bureaus=bureaus,
                           in_use=in_use, pictures=pictures, keys=found, newest=NEWEST, states=_states(), **asked,
                           rules={name: word for name, (word, _rule) in rules.items()}, count=count,
                           first=begin + 1, last=begin + len(bureaus), here=here,
                           before=_address(asked | {"from": max(begin - SHOWN, 0)}) if begin else "",
                           after=_address(asked | {"from": begin + SHOWN}) if begin + SHOWN < count else "",
                           revoke={key.id: _revoke(key, here) for key in found if key.state is not KeyState.REVOKED})


def _address(asked: Mapping[str, Any]) -> str:
    """The page's query string for that filter, so that whoever changes a seal comes back to it."""
    given = urlencode({name: value for name, value in asked.items() if value})
    return f"?{given}" if given else ""


def _rules() -> dict[str, tuple[str, ColumnElement[bool]]]:
    """What a bureau may be asked for: its word and its rule."""
    pictured = select(SealPicture.bureau_id).where(SealPicture.bureau_id == Unit.id).exists()
    imported = _KEY.where(LetterKey.self_made.is_(False)).exists()
    return {"imported": (_("certificate"), imported), "made": (_("made here"), and_(_HAS_KEY, ~imported)),
            "none": (_("none yet"), ~_HAS_KEY), "picture": (_("with its own picture"), pictured)}


@pages.get("/admin/seals/<int:unit_id>.img")
@needs(PERMISSION)
def picture(unit_id: int) -> Response:
    """The seal as it will stand on letters."""
    data, media = seal_picture.shown(request_session(), _bureau(unit_id))
    return Response(data, mimetype=media)


@pages.post("/admin/seals/<int:unit_id>/<what>")
@needs(PERMISSION)
def change(unit_id: int, what: str) -> Response:
    """Another key, another certificate, another picture."""
    session, unit, upload = request_session(), _bureau(unit_id), request.files.get("file")

    def given() -> bytes:
        if upload is None or not upload.filename:
            raise Refusal(_("Choose a file first."), "file")
        return upload.stream.read(seal_picture.MOST_BYTES + 1)

    works = {
        "make": lambda: keys.make(session, KeyUse.SEAL, unit),
        "import": lambda: keys.import_pkcs12(session, unit, given(), request.form.get("passphrase", "")),
        "picture": lambda: seal_picture.keep(session, unit, given()),
        "drawn": lambda: seal_picture.drop(session, unit)}
    if what not in works:
        raise NotFound(_("There is no such page."))
    return save(works[what], _back(), _("Saved."))


@pages.post("/admin/seals/keys/<key_id>/revoke")
@needs(PERMISSION)
def revoke(key_id: str) -> Response:
    """The key may be in wrong hands."""
    session = request_session()
    key = session.scalars(select(LetterKey).where(LetterKey.key_id == key_id)).one_or_none()
    if key is None:
        raise NotFound(_("There is no such key."))
    return save(lambda: keys.revoke(session, key, request.form.get("note", "")), _back(), _("Revoked."))


def _back() -> str:
    return f"/admin/seals{_address({name: request.args.get(name, '') for name in ('q', 'has', 'from')})}"


def _bureau(unit_id: int) -> Unit:
    unit = request_session().get(Unit, unit_id if unit_id < 2**31 else 0)
    if unit is None or unit.bureau_id != unit.id:
        raise NotFound(_("There is no such unit."))
    return unit


def _states() -> dict[str, tuple[str, str]]:
    return {KeyState.ACTIVE.value: (_("in use"), "g"), KeyState.RETIRED.value: (_("replaced"), ""),
            KeyState.REVOKED.value: (_("revoked"), "r")}


def _revoke(key: LetterKey, here: str) -> Action:
    return Action(_("Revoke"), f"/admin/seals/keys/{key.key_id}/revoke{here}", method="post", tone="red", name="revoke",
                  confirm=Confirm(_("Revoke the key %(key)s", key=key.key_id), [
                      _("Nobody trusts any more what this key alone proves. Letters in the register stay genuine."),
                      _("The next letter gets a new key. This cannot be undone.")]))
