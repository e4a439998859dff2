"""``yingshang seal``: the bureaus' certificates and seals."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from core.cli.frame import answer, application, system_session, table
from core.cli.naming import bureau_id
from core.words import gettext as _

BUREAU = click.option("--bureau", "code", required=True, metavar="CODE", help=_("Code of the bureau"))
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("seal", help=_("Certificates that seal letters, and the pictures of seals."))
def seal() -> None:
    """Commands about seals."""


@seal.command("list", help=_("All keys, those that were replaced or revoked too."))
def list_keys() -> None:
    """``[{"key", "bureau", "algorithm", "state", "self_made", "valid_to", "reason"}]``."""
    with application(), system_session("seal list") as session:
        from sqlalchemy import select

        from core.letter.key_models import LetterKey

        rows = [_row(key) for key in session.scalars(select(LetterKey).order_by(LetterKey.id))]
    answer(rows, table(rows, {"key": _("Key"), "bureau": _("Bureau"), "algorithm": _("Kind"), "state": _("State"),
                              "self_made": _("made here"), "valid_to": _("Valid until")}))


@seal.command("make", help=_("Make a new key with a certificate of its own for a bureau, for trials."))
@BUREAU
def make(code: str) -> None:
    """A key made here."""
    from core.letter.key_models import KeyUse

    _change(code, lambda keys, session, unit: keys.make(session, KeyUse.SEAL, unit))


@seal.command("import", help=_("Take key and certificate of a PKCS#12 file into use."))
@click.argument("file", type=FILE)
@BUREAU
@click.option("--passphrase", prompt=True, hide_input=True, default="", show_default=False, help=_("Asked for when not given"))
def import_(file: Path, code: str, passphrase: str) -> None:
    """A certificate of an authority."""
    _change(code, lambda keys, session, unit: keys.import_pkcs12(session, unit, file.read_bytes(), passphrase))


@seal.command("token", help=_("Take a key in a PKCS#11 token into use."))
@click.argument("certificate", type=FILE)
@BUREAU
@click.option("--module", required=True, help=_("The maker's library (.so)"))
@click.option("--token", required=True, help=_("Label of the token"))
@click.option("--key", required=True, help=_("Label of the key in it"))
@click.option("--pin", prompt=True, hide_input=True, help=_("Asked for when not given"))
def token_(certificate: Path, code: str, module: str, token: str, key: str, pin: str) -> None:
    """A key that never leaves its token."""
    _change(code, lambda keys, session, unit: keys.add_token(session, unit, certificate.read_bytes(), module=module,
                                                             token=token, key=key, pin=pin))


@seal.command("revoke", help=_("The key may be in wrong hands: nobody is to trust it any more."))
@click.argument("key_id")
@click.option("--reason", required=True, help=_("Why; it is kept"))
def revoke(key_id: str, reason: str) -> None:
    """An entry in our own revocation list."""
    with application(), system_session("seal revoke") as session:
        from sqlalchemy import select

        from core.errors import NotFound
        from core.letter import keys
        from core.letter.key_models import LetterKey

        key = session.scalars(select(LetterKey).where(LetterKey.key_id == key_id)).one_or_none()
        if key is None:
            raise NotFound(_("There is no such key."))
        row = _row(keys.revoke(session, key, reason))
        session.commit()
    answer(row, _("Revoked."))


@seal.command("picture", help=_("Use a picture (PNG, JPEG) in place of the seal that is drawn from the bureau's name."))
@click.argument("file", type=FILE)
@BUREAU
def picture(file: Path, code: str) -> None:
    """The organ's own seal."""
    with application(), system_session("seal picture") as session:
        from core.access.models import Unit
        from core.letter import seal_picture

        unit = session.get_one(Unit, bureau_id(session, code))
        seal_picture.keep(session, unit, file.read_bytes())
        session.commit()
        answer({"bureau": code, "file": str(file)}, _("Saved."))


def _change(code: str, work: Any) -> None:
    with application(), system_session("a seal's key") as session:
        from core.access.models import Unit
        from core.letter import keys

        key = work(keys, session, session.get_one(Unit, bureau_id(session, code)))
        session.commit()
        row = _row(key)
    answer(row, f"{row['key']} {row['algorithm']}")


def _row(key: Any) -> dict[str, Any]:
    return {"key": key.key_id, "bureau": key.bureau.code if key.bureau else None, "algorithm": key.algorithm,
            "state": key.state.value, "self_made": key.self_made,
            "valid_to": key.valid_to.date().isoformat() if key.valid_to else None, "reason": key.reason}


commands: list[click.Command] = [seal]
