"""The bureaus' seals: the picture on the letters, the certificate that seals them, the keys that were."""
from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from core.access.models import Unit
from core.errors import NotFound, Refusal
from core.letter import keys, seal_picture
from core.letter.key_models import KeyState, KeyUse, LetterKey, SealPicture
from core.pages.frame import needs, request_session
from core.pages.saving import save
from core.web import Crumb
from core.web.widgets import Action, Confirm

pages = Blueprint("seals", __name__)
PERMISSION = "seal:edit"


@pages.get("/admin/seals")
@needs(PERMISSION)
def index() -> str:
    """Every bureau with its seal and the certificate in use; below, the keys of the codes and those that were."""
    session = request_session()
    found = session.scalars(select(LetterKey).options(joinedload(LetterKey.bureau)).order_by(LetterKey.id.desc())).all()
    in_use = {key.bureau_id: key for key in found if key.state is KeyState.ACTIVE}
    bureaus = session.scalars(select(Unit).where(Unit.id == Unit.bureau_id, Unit.active.is_(True))
                              .order_by(Unit.position, Unit.id)).all()
    pictures = set(session.scalars(select(SealPicture.bureau_id)))
    bureaus = sorted(bureaus, key=lambda unit: unit.id not in in_use)  # those that write letters first
    return render_template("pages/admin_seals.html", title=_("Seals"), crumbs=[Crumb(_("Seals"))], bureaus=bureaus,
                           in_use=in_use, pictures=pictures, keys=found, states=_states(),
                           revoke={key.id: _revoke(key) for key in found if key.state is not KeyState.REVOKED})


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
    return save(works[what], "/admin/seals", _("Saved."))


@pages.post("/admin/seals/keys/<key_id>/revoke")
@needs(PERMISSION)
def revoke(key_id: str) -> Response:
    """The key may be in wrong hands."""
    session = request_session()
    key = session.scalars(select(LetterKey).where(LetterKey.key_id == key_id)).one_or_none()
    if key is None:
        raise NotFound(_("There is no such key."))
    return save(lambda: keys.revoke(session, key, request.form.get("note", "")), "/admin/seals", _("Revoked."))


def _bureau(unit_id: int) -> Unit:
    unit = request_session().get(Unit, unit_id if unit_id < 2**31 else 0)
    if unit is None or unit.bureau_id != unit.id:
        raise NotFound(_("There is no such unit."))
    return unit


def _states() -> dict[str, tuple[str, str]]:
    return {KeyState.ACTIVE.value: (_("in use"), "g"), KeyState.RETIRED.value: (_("replaced"), ""),
            KeyState.REVOKED.value: (_("revoked"), "r")}


def _revoke(key: LetterKey) -> Action:
    return Action(_("Revoke"), f"/admin/seals/keys/{key.key_id}/revoke", method="post", tone="red", name="revoke",
                  confirm=Confirm(_("Revoke the key %(key)s", key=key.key_id), [
                      _("Nobody trusts any more what this key alone proves. Letters in the register stay genuine."),
                      _("The next letter gets a new key. This cannot be undone.")]))
