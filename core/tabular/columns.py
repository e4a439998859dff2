"""What one cell of a sheet may hold, and how what people type is brought into one form.

A column turns a cell (text from CSV; text, number, date or boolean from XLSX) into a value, or raises :class:`Fault`
with a sentence that says what to do. Spelling that cannot change the meaning is repaired silently (full-width
characters, spaces, lower case in codes); what could change it (O for 0, 元 for 万元) is never repaired, only pointed out.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from core import moment
from core.tabular.cells import PLAIN, Cell, Fault, narrow, plain, shown
from core.words import gettext as _

_CJK = re.compile(r"[一-鿿]")
_TO_MEND = re.compile(r"[ ()]")
_BRACKETS = str.maketrans("()", "（）")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a sheet: ``name`` in the program, ``heading`` in the sheet, other headings that mean the same."""

    name: str
    heading: str
    aliases: tuple[str, ...] = ()
    help: str = ""
    sample: str = ""
    required: bool = False
    repeats: bool = True
    """Whether the same cells come again and again, so that remembering what they mean is quicker than reading them."""
    offers: Callable[[], Sequence[str]] | None = None
    """What the template's drop-down offers when the database knows it; asked, in an application's context, when the template
    is written. Other values are taken too, if ``parse`` and the handler take them."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "parse" in cls.__dict__ and "settled" not in cls.__dict__:  # it spoke of the parse that is overridden here
            cls.settled = Column.settled  # type: ignore[method-assign]  # each class its own, like an override

    def settled(self) -> Callable[[str], object] | None:
        """What tells quickly of a text that ``parse`` would leave it as it is, so that it need not be asked; it may
        miss some. ``None``: ``parse`` is always asked."""
        return None

    def parse(self, value: Cell) -> Any:
        """The value of a filled cell. Raises :class:`~core.errors.Refusal`. Subclasses say how."""
        raise NotImplementedError(type(self).__name__)

    def doubt(self, value: Any) -> str | None:
        """A sentence when an acceptable value is probably a mistake; the row is kept."""
        return None

    @property
    def choices(self) -> tuple[str, ...]:
        """What a drop-down in the template offers."""
        return ()

    def describe(self) -> str:
        """The help that the template shows beside the heading."""
        return self.help


@dataclass(frozen=True, kw_only=True)
class Text(Column):
    """Free text of at most ``longest`` characters. ``lines``: line breaks are kept, otherwise they become spaces."""

    longest: int = 200
    lines: bool = False
    repeats: bool = False

    def settled(self) -> Callable[[str], object] | None:
        return re.compile(f"(?!['#])[{PLAIN}]{{1,{self.longest}}}").fullmatch

    def parse(self, value: Cell) -> str:
        text = plain(value)
        if not self.lines and "\n" in text:
            text = " ".join(text.split())
        if len(text) > self.longest:
            raise Fault(
                _("The text has %(count)s characters, %(longest)s are allowed.", count=len(text), longest=self.longest)
            )
        return text


@dataclass(frozen=True, kw_only=True)
class Name(Text):
    """The name of an enterprise or a body: brackets in a Chinese name are full-width, as on the licence, and no spaces
    in it."""

    def settled(self) -> Callable[[str], object] | None:
        return re.compile(f"(?![^()]*[()])(?!['#])[{PLAIN}]{{1,{self.longest}}}").fullmatch

    def parse(self, value: Cell) -> str:
        text = super().parse(value)
        if not _TO_MEND.search(text) or not _CJK.search(text):
            return text
        return re.sub(r"(?<=[一-鿿（）]) | (?=[一-鿿（）])", "", text.translate(_BRACKETS))


@dataclass(frozen=True, kw_only=True)
class Code(Column):
    """An identifier. ``check`` returns it normalised or raises a refusal that explains it (such as
    ``core.party.uscc.check``); ``sound`` tells quickly of one that it is normalised and right."""

    check: Callable[[str], str] | None = None
    sound: Callable[[str], bool] | None = None
    pattern: str = ""
    longest: int = 64

    def settled(self) -> Callable[[str], object] | None:
        return self.sound

    def parse(self, value: Cell) -> str:
        if (
            isinstance(value, (int, float))
            and not isinstance(value, bool)
            and (value != int(value) or abs(value) >= 1e15)
        ):
            raise Fault(
                _(
                    "The spreadsheet turned this code into a number and lost digits: format the column as text "
                    "and type it again."
                )
            )
        if isinstance(value, str) and re.fullmatch(r"\d(\.\d+)?E\+\d{2}", value.strip(), re.I):
            raise Fault(
                _(
                    "The spreadsheet turned this code into a number and lost digits: format the column as text "
                    "and type it again."
                )
            )
        if self.check:
            return self.check(plain(value))
        code = narrow(value)
        if len(code) > self.longest or (self.pattern and not re.fullmatch(self.pattern, code)):
            raise Fault(
                (self.help and _("This is not a valid code. %(help)s", help=self.help))
                or _("“%(code)s” is not a valid code.", code=code)
            )
        return code


_DATE = re.compile(
    r"(\d{4})(?:年(\d{1,2})月(\d{1,2})日?|([-/.])(\d{1,2})\4(\d{1,2})|(\d{2})(\d{2}))(?:T?00?:00(?::00(?:\.0+)?)?)?"
)
_SERIAL = re.compile(r"\d{5}")
_EXCEL_EPOCH = dt.date(1899, 12, 30)


@dataclass(frozen=True, kw_only=True)
class Date(Column):
    """A day: a date cell, a spreadsheet's day number, or text that can mean only one day.

    ``future=False`` refuses days after today (a decision cannot be dated tomorrow).
    """

    earliest: dt.date = dt.date(1900, 1, 1)
    latest: dt.date = dt.date(2099, 12, 31)
    future: bool = True

    def parse(self, value: Cell) -> dt.date:
        day = self._day(value)
        if not self.future and day > moment.today():
            raise Fault(_("%(day)s lies in the future: today is %(today)s.", day=day, today=moment.today()))
        if not self.earliest <= day <= self.latest:
            raise Fault(
                _("%(day)s is outside %(earliest)s to %(latest)s.", day=day, earliest=self.earliest, latest=self.latest)
            )
        return day

    def _day(self, value: Cell) -> dt.date:
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 61 <= value < 73_051:
            return _EXCEL_EPOCH + dt.timedelta(int(value))
        text = narrow(value)
        found = _DATE.fullmatch(text)
        if not found:
            if _SERIAL.fullmatch(text) and 61 <= int(text) < 73_051:
                raise Fault(
                    _(
                        "%(text)s is a spreadsheet's day number for %(day)s: format the column as a date and save "
                        "again.",
                        text=text,
                        day=_EXCEL_EPOCH + dt.timedelta(int(text)),
                    )
                )
            raise Fault(
                _(
                    "“%(text)s” is not a date that can be read without doubt: write it like 2026-11-23.",
                    text=shown(text),
                )
            )
        year, *parts = (part for part in found.groups() if part and part.isdigit())
        try:
            return dt.date(int(year), int(parts[0]), int(parts[1]))
        except ValueError:
            raise Fault(_("There is no day %(text)s.", text=text)) from None

    def describe(self) -> str:
        return self.help or _("A date like 2026-11-23.")


_UNITS = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
_MONEY = re.compile(r"[¥￥]?(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(元|万元|亿元|万|亿)?(?:整|RMB|人民币)?")


@dataclass(frozen=True, kw_only=True)
class Amount(Column):
    """Money in ``unit`` (元 or 万元), at most ``digits`` digits, ``places`` of them after the point.

    From ``doubtful`` on a value is kept with a warning that it may be meant in 元; above ``most`` it is refused.
    """

    unit: str = "元"
    digits: int = 16
    places: int = 6
    doubtful: Decimal | None = None
    most: Decimal | None = None
    negative: bool = False

    def parse(self, value: Cell) -> Decimal:
        found = _MONEY.fullmatch(narrow(repr(value) if isinstance(value, float) else value))
        if not found or isinstance(value, bool):
            raise Fault(
                _("“%(text)s” is not an amount: write digits only, in %(unit)s.", text=shown(value), unit=self.unit)
            )
        amount = Decimal(found[1].replace(",", ""))
        typed = {"万": "万元", "亿": "亿元"}.get(found[2], found[2])
        if typed and typed != self.unit:
            meant = amount * _UNITS[typed] / _UNITS[self.unit]
            raise Fault(
                _(
                    "This column is in %(unit)s: %(text)s is %(amount)s there.",
                    unit=self.unit,
                    text=shown(value),
                    amount=_digits(meant),
                )
            )
        exact = amount.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_EVEN)
        if exact != amount and not (isinstance(value, float) and abs(exact - amount) < Decimal("1e-9")):
            raise Fault(_("At most %(places)s digits after the point.", places=self.places))
        if exact < 0 and not self.negative:
            raise Fault(_("The amount must not be negative."))
        if abs(exact) >= Decimal(10) ** (self.digits - self.places) or (self.most is not None and exact > self.most):
            raise Fault(
                _("%(amount)s %(unit)s is more than this column can hold.", amount=_digits(exact), unit=self.unit)
            )
        return exact

    def doubt(self, value: Decimal) -> str | None:
        if self.doubtful is None or value < self.doubtful:
            return None
        if self.unit == "元":
            return _("%(amount)s 元 is unusually much: please check.", amount=_digits(value))
        return _(
            "%(amount)s %(unit)s is unusually much. If %(amount)s 元 was meant, write %(meant)s.",
            amount=_digits(value),
            unit=self.unit,
            meant=_digits(value / _UNITS[self.unit]),
        )

    def describe(self) -> str:
        return f"{self.help} {_('Amount in %(unit)s, digits only.', unit=self.unit)}".strip()


def _digits(amount: Decimal) -> str:
    """Without trailing zeros and without an exponent."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, kw_only=True)
class Choice(Column):
    """One of ``options``: what the sheet says → the value (see :func:`options` where both are the same)."""

    options: Mapping[str, Any]
    synonyms: Mapping[str, str] = field(default_factory=dict)

    def parse(self, value: Cell) -> Any:
        return self._one(Text.parse(_ANY, value))

    def _one(self, text: str) -> Any:
        label = self.synonyms.get(text, text)
        if label in self.options:
            return self.options[label]
        near = difflib.get_close_matches(text, self.options, 1, 0.5)
        if near:
            raise Fault(
                _("“%(text)s” is not one of the choices. Was “%(near)s” meant?", text=shown(text), near=near[0])
            )
        raise Fault(
            _(
                "“%(text)s” is not one of the choices: %(choices)s.",
                text=shown(text),
                choices=shown("、".join(self.options)),
            )
        )

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(self.options)


@dataclass(frozen=True, kw_only=True)
class Choices(Choice):
    """Several of ``options``, joined by ``;`` in the sheet. The value is a tuple in the order written, each once."""

    def parse(self, value: Cell) -> tuple[Any, ...]:
        found: dict[Any, None] = {}
        for part in re.split("[;；]", Text.parse(_ANY, value)):
            known = part.strip() in self.options or part.strip() in self.synonyms
            for piece in [part] if known else re.split("[、，,]", part):
                if piece.strip():
                    found[self._one(piece.strip())] = None
        return tuple(found)

    @property
    def choices(self) -> tuple[str, ...]:
        return ()  # a drop-down would allow one only

    def describe(self) -> str:
        return (
            f"{self.help} {_('Several are joined by ; out of: %(choices)s', choices='、'.join(self.options))}".strip()
        )


@dataclass(frozen=True, kw_only=True)
class Int(Column):
    """A whole number from ``least`` to ``most``."""

    least: int = 0
    most: int = 2_147_483_647

    def parse(self, value: Cell) -> int:
        text = narrow(value)
        if isinstance(value, bool) or not re.fullmatch(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)", text):
            raise Fault(_("“%(text)s” is not a whole number.", text=shown(value)))
        number = int(text.replace(",", ""))
        if not self.least <= number <= self.most:
            raise Fault(_("The number must be from %(least)s to %(most)s.", least=self.least, most=self.most))
        return number


_TRUTH = {
    "是": True,
    "有": True,
    "√": True,
    "Y": True,
    "YES": True,
    "TRUE": True,
    "1": True,
    "否": False,
    "无": False,
    "×": False,
    "N": False,
    "NO": False,
    "FALSE": False,
    "0": False,
}


@dataclass(frozen=True, kw_only=True)
class Bool(Column):
    """Yes or no: 是 / 否, and what programs write for it."""

    def parse(self, value: Cell) -> bool:
        text = narrow(value)
        if text not in _TRUTH:
            raise Fault(_("Write 是 or 否, not “%(text)s”.", text=shown(value)))
        return _TRUTH[text]

    @property
    def choices(self) -> tuple[str, ...]:
        return "是", "否"


def options(*labels: str) -> dict[str, str]:
    """The options of a :class:`Choice` whose values are the very labels."""
    return {label: label for label in labels}


_ANY = Text(name="", heading="", longest=10_000)
