"""``yingshang stats``: the figures, each with its formula and the moment at which it was taken."""
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import click

from core.cli.frame import answer, application, system_session, table
from core.cli.naming import bureau_id
from core.words import gettext as _


class Month(click.ParamType[dt.date]):
    """``2026-02``."""

    name = "YYYY-MM"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """The first day of the month."""
        try:
            return dt.date.fromisoformat(f"{value}-01")
        except ValueError:
            self.fail(_("%(text)s is no month. Write it like 2026-02.", text=value), param, ctx)


@click.group("stats", help=_("The figures of the modules."))
def group() -> None:
    """Commands about figures."""


@group.command("show", help=_("Compute one figure, or all: numerator, denominator, value, and what they mean."))
@click.argument("indicator", required=False)
@click.option("--module", help=_("Only figures of this module"))
@click.option("--month", type=Month(), metavar="YYYY-MM", help=_("Of this month; default: the present one"))
@click.option("--bureau", metavar="CODE", help=_("Of this bureau; default: the whole district"))
def show(indicator: str | None, module: str | None, month: dt.date | None, bureau: str | None) -> None:
    """Every figure has its formula in words and its as-of time."""
    from core import moment
    from core.board.stats import compute
    from core.errors import NotFound

    with application() as app, system_session("stats show") as session:
        unit = bureau_id(session, bureau)
        known = {item.code: item for addon, item in app.extensions["yingshang"].collect("stats", "INDICATORS")
                 if module in (None, addon.name)}
        if indicator is not None and indicator not in known:
            raise NotFound(_("There is no figure %(code)s. There are: %(known)s.", code=indicator,
                             known=", ".join(sorted(known)) or "–"))
        chosen = [known[indicator]] if indicator is not None else list(known.values())
        first = month or moment.today().replace(day=1)
        told = [_told(item, compute(session, item, first, unit)) for item in chosen]
    answer(told, _lines(told))


def _told(item: Any, figure: Any) -> dict[str, Any]:
    return {"code": item.code, "title": str(item.title), "formula": str(item.formula), "numerator": figure.numerator,
            "denominator": figure.denominator, "value": figure.value, "as_of": figure.as_of.isoformat()}


def _lines(told: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield from table(told, {"code": _("Code"), "title": _("Figure"), "numerator": _("Numerator"),
                            "denominator": _("Denominator"), "value": _("Value"), "formula": _("Formula")})


commands: list[click.Command] = [group]
