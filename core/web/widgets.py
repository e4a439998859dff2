"""What the widgets are drawn from: plain data that a screen fills and a macro in ``templates/widgets`` draws.

A dict with the same keys serves as well. Nothing here knows a case, a letter or the database. Text fields take a
string or a lazy translation (``Any``); they are escaped where they are drawn. What a list makes by the hundred is not
frozen: that would triple what each costs.
"""
from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from core.words import gettext as _

TONES = ("", "b", "g", "y", "r")
"""Tones of a tag: idle, brand, good, warning, red (only overdue or irrevocable)."""
PAGE_SIZES = (10, 20, 50, 100)


@dataclass(slots=True)
class Text:
    """A table cell of up to two lines; ``note`` stands small below. ``cut``: one line with an ellipsis."""

    text: Any
    note: Any = ""
    url: str = ""
    mono: bool = False
    note_mono: bool = False
    cut: bool = False
    widget: str = "text"


def call(phone: str, name: str = "") -> Text | str:
    """A telephone number that a thumb can dial, behind the name whose it is; plain text when it is masked or none."""
    words = " ".join(filter(None, (name, phone)))
    dialled = phone.replace(" ", "").replace("-", "")
    return Text(words, url=f"tel:{dialled}") if dialled.lstrip("+").isdigit() else words


@dataclass(slots=True)
class Tag:
    """A state or a mark: a word on a tone of :data:`TONES`."""

    text: Any
    tone: str = ""
    widget: str = "tag"


@dataclass(slots=True)
class Due:
    """A due date: always an absolute day, the remaining working days in words, a tone, and the way to its explanation.

    ``left`` is the signed number of working days (negative: overdue, 0: today); ``state`` is ``running``, ``paused``,
    ``met``, ``late`` (met too late) or ``void``; ``note`` replaces the words when the case room knows better ones.
    """

    on: dt.date | None
    left: int | None = None
    state: str = "running"
    provisional: bool = False
    why_url: str = ""
    why_id: str = ""
    note: Any = ""
    warn_within: int = 2
    widget: str = "due"

    @property
    def tone(self) -> str:
        """``r`` overdue, ``y`` soon, ``g`` in time, empty when the clock does not run."""
        if self.state == "late":
            return "r"
        if self.state != "running" or self.left is None:
            return ""
        return "r" if self.left < 0 else "y" if self.left <= self.warn_within else "g"

    @property
    def words(self) -> str:
        """The remaining time in words: never a colour alone."""
        if self.note:
            return str(self.note)
        left = self.left
        if self.state == "paused":
            return str(_("paused")) if left is None else str(_("paused, working days left: %(n)s", n=max(left, 0)))
        match self.state:
            case "met":
                return str(_("done in time"))
            case "late":
                return str(_("done late"))
            case "void":
                return str(_("no longer counts"))
        if left is None:
            return ""
        if left < 0:
            return str(_("overdue by working days: %(n)s", n=-left))
        return str(_("due today")) if left == 0 else str(_("working days left: %(n)s", n=left))


@dataclass(frozen=True)
class Confirm:
    """What a person is shown before something that goes out or cannot be taken back.

    ``consequences`` are full sentences. ``reason``: ``required``, ``optional`` or empty; ``type_to_confirm`` asks for
    this very text to be typed (purging, voiding a whole batch).
    """

    title: Any
    consequences: Sequence[Any] = ()
    reason: str = "required"
    reason_name: str = "note"
    reason_label: Any = ""
    button: Any = ""
    type_to_confirm: str = ""
    record: Any = ""
    """What it is done to, shown beside the title."""


@dataclass(slots=True)
class Action:
    """A button or a link. ``method`` get is a link; post is a form with the CSRF token and ``data`` as hidden fields.

    ``tone``: ``go`` (the one next act), ``red`` (irrevocable) or empty. ``disabled``: the reason why it cannot be used
    now, shown with the button. ``drawer`` opens the address in a drawer, ``dialog`` a dialog of this page by its id.
    """

    label: Any
    url: str = ""
    method: str = "get"
    tone: str = ""
    disabled: Any = ""
    confirm: Confirm | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    drawer: bool = False
    dialog: str = ""
    name: str = ""
    new_tab: bool = False
    less: bool = False
    """In a row, and above a list: behind 更多."""


@dataclass(frozen=True)
class Column:
    """A column of a list. ``kind`` formats a bare value: text, mono, date, datetime, money, number. ``sort`` is the
    name in ``?order=``; ``fixed`` columns cannot be hidden."""

    key: str
    label: Any
    kind: str = "text"
    sort: str = ""
    fixed: bool = False
    hidden: bool = False
    help: Any = ""
    width: int = 0
    """Pixels, as the person drew it; 0: as wide as it needs."""


@dataclass(slots=True)
class Row:
    """One record: ``cells`` by column key (bare values, :class:`Text`, :class:`Tag`, :class:`Due`, or lists)."""

    id: Any
    cells: Mapping[str, Any]
    actions: Sequence[Action] = ()
    name: Any = ""
    selectable: bool = True


@dataclass(frozen=True)
class Count:
    """How many records match: exact up to a bound, beyond it ``1,000+``."""

    value: int
    exact: bool = True

    def __str__(self) -> str:
        return f"{self.value:,}" + ("" if self.exact else "+")


@dataclass(frozen=True)
class Saved:
    """A filter kept under a name, one's own or shared, with its count."""

    label: Any
    url: str
    count: int | None = None
    current: bool = False
    shared: bool = False


@dataclass(frozen=True)
class Empty:
    """An empty place that says which emptiness it is: ``nothing``, ``filtered``, ``forbidden``, ``off``, ``error``."""

    kind: str = "nothing"
    title: Any = ""
    text: Any = ""
    action: Action | None = None
    trace: str = ""


@dataclass
class ListPage:
    """A list with its query form. ``args`` are the present query arguments (``request.args.to_dict(flat=False)``): all
    addresses are made from them, so that filters live in the URL. Paging is by key: ``next_cursor``/``prev_cursor``.

    ``key`` names the list in a person's preferences; ``prefs_url`` takes them by POST as JSON
    ``{"hidden": [], "order": [], "density": ""}``; without it they stay in this browser.
    """

    key: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    url: str
    args: Mapping[str, Sequence[str]] = field(default_factory=dict)
    count: Count = Count(0)
    query: Sequence[Any] = ()
    toolbar: Sequence[Action] = ()
    bulk: Sequence[Action] = ()
    everything: bool = False
    """Whether the bulk actions can be asked for all that the query finds, and not for the selected rows alone."""
    saved: Sequence[Saved] = ()
    note: Any = ""
    caption: Any = ""
    page_size: int = 20
    next_cursor: str = ""
    prev_cursor: str = ""
    order: str = ""
    density: str = "normal"
    export_url: str = ""
    save_filter_url: str = ""
    prefs_url: str = ""
    empty: Empty = Empty()
    query_shown: int = 0
    views: Sequence[Tab] = ()
    """The same records otherwise: as lanes, as a month."""

    def __post_init__(self) -> None:
        self.query_shown = self.query_shown or _in_one_row(self.query)

    @property
    def shown(self) -> Sequence[Column]:
        """The columns to draw: where the server keeps a person's taste, those that are hidden are not sent."""
        return [column for column in self.columns if not column.hidden] if self.prefs_url else self.columns

    @property
    def has_acts(self) -> bool:
        """Whether anything can be done with a row."""
        return any(row.actions for row in self.rows)

    @property
    def widths(self) -> str:
        """The widths that the person drew, as JSON."""
        return json.dumps({column.key: column.width for column in self.columns if column.width})

    def link(self, **changes: Any) -> str:
        """This list's address with some arguments changed; None or empty removes one; the page starts anew."""
        args = {k: list(v) for k, v in self.args.items() if k != "cursor"}
        for name, value in changes.items():
            args[name] = [] if value in (None, "") else [str(value)]
        pairs = [(k, v) for k, vs in args.items() for v in vs if v != ""]
        return self.url + ("?" + urlencode(pairs) if pairs else "")

    def order_link(self, column: Column) -> str:
        """The address that sorts by this column, the other way round when it is sorted by it already."""
        return self.link(order=f"-{column.sort}" if self.order == column.sort else column.sort)

    def direction(self, column: Column) -> str:
        """``ascending``, ``descending`` or empty (for ``aria-sort``)."""
        if not column.sort:
            return ""
        return {column.sort: "ascending", f"-{column.sort}": "descending"}.get(self.order, "")

    @property
    def filtered(self) -> bool:
        """Whether a field of the query form narrows the list."""
        names = self._filter_names()
        return any(k in names and any(v) for k, v in self.args.items())

    @property
    def reset_url(self) -> str:
        """The list without its filters; order and page size stay."""
        names = self._filter_names()
        return self.link(**{k: None for k in self.args if k in names})

    def _filter_names(self) -> set[str]:
        """The query arguments of the form's fields; a range of days has two."""
        return {n for f in self.query for n in ((f"{f.name}_from", f"{f.name}_to") if f.kind == "range" else (f.name,))}


ROOM = 860
"""Pixels that a row of the query form has for fields, beside its buttons, on a screen of 1366."""


def _in_one_row(fields: Sequence[Any]) -> int:
    """How many fields stand in the one row of a folded query form: as many as fit, at least one."""
    used = shown = 0
    for one in fields:
        label = sum(14 if ord(sign) > 255 else 8 for sign in str(one.label))
        used += label + 26 + {"range": 290, "choice": 120, "multi": 120, "date": 124}.get(one.kind, 140)
        if used > ROOM and shown:
            break
        shown += 1
    return shown


@dataclass(frozen=True)
class Event:
    """One entry of a timeline. ``kind``: ``out`` what the business can see, ``sys`` done by the system, else empty."""

    at: dt.datetime
    title: Any
    who: Any = ""
    text: Any = ""
    kind: str = ""
    links: Sequence[Action] = ()


@dataclass(frozen=True)
class Step:
    """A line of a to-do list: done, next or open."""

    label: Any
    done: bool = False
    note: Any = ""
    url: str = ""


@dataclass(frozen=True)
class Progress:
    """A piece of long work: n of total, pace, state ``queued``, ``running``, ``done``, ``failed`` or ``cancelled``."""

    title: Any
    done: int = 0
    total: int = 0
    state: str = "running"
    note: Any = ""
    cancel: Action | None = None
    result: Action | None = None
    poll_url: str = ""
    id: Any = ""


@dataclass(frozen=True)
class Node:
    """A node of a tree (units, dictionaries). ``spelled`` are further words by which the field above it finds it: pinyin."""

    label: Any
    url: str = ""
    count: int | None = None
    current: bool = False
    open: bool = False
    children: Sequence[Node] = ()
    spelled: str = ""


@dataclass(frozen=True)
class Tab:
    """A tab that is a link: each has its own address."""

    label: Any
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True)
class Stat:
    """A figure beside its sample: ``value`` as text, ``sample`` such as 123/125, ``formula`` its 口径, ``as_of``; ``aim`` says
    what was to be reached and whether it was, ``tone`` shows it."""

    label: Any
    value: Any
    sample: Any = ""
    formula: Any = ""
    as_of: dt.datetime | None = None
    url: str = ""
    trend: Any = ""
    tone: str = ""
    aim: Any = ""
