"""Whom and what an operator names at the terminal: a person by user name, a bureau by code, a moment, ``key=value``."""
from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from core.errors import NotAllowed, NotFound
from core.words import gettext as _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.access import User, Viewer


def person_named(session: Session, username: str) -> User:
    """The account ``username``; :class:`~core.errors.NotFound` when there is none."""
    from sqlalchemy import select

    from core.access import User

    found = session.scalars(select(User).where(User.username == username)).one_or_none()
    if found is None:
        raise NotFound(_("There is no account %(name)s.", name=username))
    return found


def viewer_named(session: Session, username: str, permission: str = "") -> Viewer:
    """What the person ``username`` may see and do today.

    :class:`~core.errors.NotFound` for an unknown account, :class:`~core.errors.NotAllowed` for one that is switched off
    or lacks ``permission``.
    """
    from core.access import build_viewer

    viewer = build_viewer(session, person_named(session, username).id)
    if viewer.user_id is None:
        raise NotAllowed(_("The account %(name)s is switched off.", name=username))
    if permission and not viewer.may(permission):
        raise NotAllowed(_("%(name)s has no role with the permission %(permission)s.", name=username,
                           permission=permission))
    return viewer


def bureau_id(session: Session, code: str | None) -> int | None:
    """The id of the bureau with that code; None for None. :class:`~core.errors.NotFound` lists the codes there are."""
    from sqlalchemy import select

    from core.access import Unit

    if code is None:
        return None
    known: dict[str, int] = {row.code: row.id for row in session.execute(
        select(Unit.code, Unit.id).where(Unit.bureau_id == Unit.id).order_by(Unit.code))}
    if code not in known:
        raise NotFound(_("There is no bureau with the code %(code)s. There are: %(known)s.", code=code,
                         known=", ".join(known) or "–"))
    return known[code]


class Moment(click.ParamType[dt.date | dt.datetime]):
    """A day (``2026-02-11``) or a moment (``2026-02-11T15:30``, local time unless it names its zone)."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date | dt.datetime:
        """A date for a day, an aware datetime for a moment."""
        from core import moment

        text = str(value).strip()
        try:
            if "T" not in text and " " not in text:
                return dt.date.fromisoformat(text)
            found = dt.datetime.fromisoformat(text)
        except ValueError:
            self.fail(_("%(text)s is no date. Write it like 2026-02-11 or 2026-02-11T15:30.", text=text), param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=moment.zone())


class Pair(click.ParamType[tuple[str, str]]):
    """``key=value``."""

    name = "KEY=VALUE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """``(key, value)``."""
        key, sign, given = str(value).partition("=")
        if not (key and sign):
            self.fail(_("Write it like state=accepted, not %(text)s.", text=value), param, ctx)
        return key.strip(), given.strip()
