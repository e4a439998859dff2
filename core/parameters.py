"""参数: figures that an administrator sets while the suite runs. Declared in code, kept in a table, read where they are needed.

What the law says is no parameter: that is :mod:`core.rules`. What concerns the machine (ports, addresses, keys) is a
setting: :mod:`core.settings`. A parameter takes effect with the next request of every process.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import epoch, moment
from core.db import Json, Model, UtcDateTime
from core.errors import NotFound, Refusal
from core.words import N_
from core.words import gettext as _


@epoch.watched
class ParameterValue(Model):
    """A parameter that somebody set; one that nobody set has its default and no row."""

    __tablename__ = "core_parameter"
    __audited__ = True

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Parameter:
    """A figure (``least`` to ``most``) or, with ``choices`` ``(value, label)``, a word; ``help`` says what follows from it."""

    key: str
    title: Any
    default: Any
    help: Any = ""
    unit: Any = ""
    least: int = 0
    most: int = 100_000
    choices: Sequence[tuple[str, Any]] = ()

    def read(self, text: str) -> Any:
        """The value that somebody typed. Raises :class:`~core.errors.Refusal` that says what to write."""
        text = text.strip()
        if self.choices:
            if text not in [value for value, _label in self.choices]:
                raise Refusal(_("Choose one of the values offered."), self.key)
            return text
        if not text.isdecimal() or not self.least <= int(text) <= self.most:
            raise Refusal(_("%(title)s: write a whole number from %(least)s to %(most)s.", title=_(str(self.title)),
                            least=self.least, most=self.most), self.key)
        return int(text)


_KNOWN: dict[str, Parameter] = {}


def declare(*parameters: Parameter) -> None:
    """Make parameters known, at start-up. The same one twice is fine; another one under the same key is an error."""
    for parameter in parameters:
        if _KNOWN.setdefault(parameter.key, parameter) != parameter:
            raise ValueError(f"two parameters are named {parameter.key}")


def known() -> tuple[Parameter, ...]:
    """Every parameter, by key."""
    return tuple(_KNOWN[key] for key in sorted(_KNOWN))


def values(session: Session) -> dict[str, Any]:
    """Every parameter's present value: one statement at most (:func:`core.epoch.kept`)."""
    def read() -> dict[str, Any]:
        return {row.key: row.value for row in session.execute(select(ParameterValue.key, ParameterValue.value))}

    held = epoch.kept(session, "parameters", read)
    return {key: held.get(key, parameter.default) for key, parameter in _KNOWN.items()}


def put(session: Session, key: str, text: str, by: int | None) -> Any:
    """Set a parameter to what was typed. Flushes; the log keeps before and after."""
    parameter = _KNOWN.get(key)
    if parameter is None:
        raise NotFound(_("There is no parameter %(key)s.", key=key))
    value = parameter.read(text)
    row = session.get(ParameterValue, key)
    if row is None:
        if value == parameter.default:
            return value
        session.add(ParameterValue(key=key, value=value, by_id=by, at=moment.now()))
    elif row.value != value:
        row.value, row.by_id, row.at = value, by, moment.now()
    session.flush()
    return value


declare(
    Parameter("security.password_length", N_("Shortest password"), 12, N_("Holds for every new password."), N_("characters"),
              8, 64),
    Parameter("security.password_days", N_("A password holds for"), 0,
              N_("After that the person must choose a new one at the next sign-in. 0: for ever."), N_("days"), 0, 3650),
    Parameter("security.login_attempts", N_("Wrong passwords before an account is locked"), 5, "", "", 1, 100),
    Parameter("security.lock_minutes", N_("A locked account stays locked for"), 15, "", N_("minutes"), 1, 10_080),
    Parameter("security.captcha_after", N_("Wrong passwords before a picture code is asked for"), 3, N_("0: always."), "", 0,
              100),
    Parameter("security.idle_minutes", N_("Sign out after no use for"), 0,
              N_("0: only at the end of the working session."), N_("minutes"), 0, 1440),
    Parameter("security.second_factor", N_("Second factor (code from a telephone)"), "optional", "", choices=(
        ("optional", N_("whoever wants it")), ("administrators", N_("administrators must")),
        ("everybody", N_("everybody must")))),
)
