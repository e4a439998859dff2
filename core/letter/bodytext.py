"""The text of a letter's body: Chinese text with documented fields, one block a line, that a bureau can write without
knowing HTML.

    你单位因{{ reason }}被处以行政处罚（{{ document_no }}）。
    一、办理方式
    （一）网上办理
    {% if due %}请于{{ due }}前办理。{% endif %}
    | 序号 | 材料 |
    {% for m in materials %}| {{ loop.index }} | {{ m.name }} |
    {% endfor %}

``一、`` and ``（一）`` begin headings, ``1.`` and ``（1）`` too, when the line does not end with a punctuation mark;
else they number a paragraph. Lines that begin with ``|`` are a table whose first line is its head; ``出席：``, ``请假：``
and ``列席：`` begin a list of names (of a 纪要). ``二维码：`` begins a QR code: what it is for, and at the line's end the
address. Empty lines count for nothing. A title may be such a template as well.

What a template may do is a list (:data:`ALLOWED`); what is not on it is refused when the template is read. So a
template can neither reach into the program nor keep it busy: it can only print its fields, choose and repeat.
"""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.errors import Refusal
from core.letter.content import Block, Kind, chinese_date, tidy
from core.words import gettext as _

PROVISIONAL = "如遇国务院办公厅调休安排，以公布的工作日为准"
"""What stands beside a date that rests on a calendar not yet published."""

MAX_TEMPLATE, MAX_TEXT, MAX_ROWS, MAX_DEPTH, MAX_STEPS = 20_000, 60_000, 2_000, 2, 20_000
"""Characters of a template, characters of its result, items that a loop may see, loops inside one another, and how many
items all loops of a text together may see."""

ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.If, nodes.For,
    nodes.CondExpr,
    nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Filter)
FILTERS = frozenset(("join", "length"))

_HEADS = ((Kind.HEADING1, re.compile(r"[一二三四五六七八九十百]+、")),
          (Kind.HEADING2, re.compile(r"（[一二三四五六七八九十百]+）")),
          (Kind.HEADING3, re.compile(r"\d{1,3}[.．](?!\d)")), (Kind.HEADING4, re.compile(r"（\d{1,3}）")))
_PRESENT = re.compile(r"(出席|请假|列席|缺席|主持|记录)：.")
_CODE = "二维码："
_ADDRESS = re.compile(r"\s*(https?://\S+)$")
_CLOSING = frozenset("。；：，、！？….;:!?")
_BAR = "\ue000"  # a bar inside a field: it must not open a table's cell


@dataclass(frozen=True)
class DueDate:
    """A date out of a stored clock; a provisional one is never printed without the sentence that says so."""

    day: dt.date
    provisional: bool = False

    def __str__(self) -> str:
        return chinese_date(self.day) + (f"（{PROVISIONAL}）" if self.provisional else "")


class _Empty(StrictUndefined):
    """A field that holds nothing: false in a condition, a refusal when printed."""

    # The superclass raises in all three: there a condition on an undefined name is a fault.
    def __bool__(self) -> bool:  # type: ignore[override]
        return False

    def __len__(self) -> int:  # type: ignore[override]
        return 0

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        return iter(())


def _printed(value: Any) -> Any:
    """How a field's value is written in a letter."""
    if isinstance(value, StrictUndefined):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float | dt.date | DueDate):
        raise Refusal(_("A letter can print texts, numbers and dates, not %(kind)s.", kind=type(value).__name__))
    if isinstance(value, dt.date):
        return chinese_date(value)
    return tidy(str(value)).replace("|", _BAR)


def _environment() -> ImmutableSandboxedEnvironment:
    # The result is plain text, not HTML: it is escaped once, where it enters the page (core/letter/render.py).
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, finalize=_printed)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests.clear()
    return made


ENVIRONMENT = _environment()


def _depth(node: nodes.Node) -> int:
    inner = max((_depth(child) for child in node.iter_child_nodes()), default=0)
    return inner + isinstance(node, nodes.For)


@lru_cache(256)
def compile_text(source: str, fields: frozenset[str]) -> Template:
    """Read a template. Refuses a syntax error, anything that is not on the list, and a name that is not a documented
    field."""
    if len(source) > MAX_TEMPLATE:
        raise Refusal(_("The letter's text is longer than %(limit)s characters.", limit=MAX_TEMPLATE))
    try:
        tree = ENVIRONMENT.parse(source)
        for node in tree.find_all(nodes.Node):
            if not isinstance(node, ALLOWED) or (isinstance(node, nodes.Filter) and node.name not in FILTERS) \
                    or (isinstance(node, nodes.For)
                        and (node.recursive or not isinstance(node.iter, nodes.Name | nodes.Getattr))):
                raise Refusal(_("Line %(line)s of the letter's text uses “%(what)s”, which letters may not.",
                                line=node.lineno, what=type(node).__name__))
        if _depth(tree) > MAX_DEPTH:
            raise Refusal(_("The letter's text has more than %(limit)s loops inside one another.", limit=MAX_DEPTH))
        unknown = sorted(meta.find_undeclared_variables(tree) - fields)
        if unknown:
            raise Refusal(_("The letter's text names a field that does not exist: %(field)s.",
                            field="、".join(unknown)), field=unknown[0])
        return ENVIRONMENT.from_string(source)
    except TemplateError as error:
        raise Refusal(_("The letter's text cannot be read (line %(line)s): %(reason)s",
                        line=getattr(error, "lineno", "?"), reason=str(error))) from error


class _Steps:
    """How many items the loops of one text have still before them."""

    def __init__(self) -> None:
        self.left = MAX_STEPS

    def take(self) -> None:
        """One item more; refuses when there are too many."""
        self.left -= 1
        if self.left < 0:
            raise Refusal(_("The letter's text repeats more than %(limit)s times.", limit=MAX_STEPS))


class _Rows(list[Any]):
    """A list whose items are counted, whoever walks through it: a loop or a filter."""

    steps: _Steps

    def __iter__(self) -> Iterator[Any]:
        for item in super().__iter__():
            self.steps.take()
            yield item


def _guarded(value: Any, name: str, steps: _Steps) -> Any:
    """``value`` with every emptiness in it replaced by one that knows its name, and its lists counted."""
    if value is None or (isinstance(value, str) and not tidy(value)) or (isinstance(value, Collection) and not value):
        return _Empty(name=name, hint=name)
    if isinstance(value, Mapping):
        return {key: _guarded(inner, f"{name}.{key}", steps) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        if len(value) > MAX_ROWS:
            raise Refusal(_("The field %(field)s has more than %(limit)s rows.", field=name, limit=MAX_ROWS),
                          field=name)
        rows = _Rows(_guarded(inner, f"{name}[{place}]", steps) for place, inner in enumerate(value, 1))
        rows.steps = steps
        return rows
    return value


def render_text(source: str, fields: Collection[str], values: Mapping[str, Any]) -> str:
    """The text with its fields filled in. ``fields`` are the documented names. Refuses an unknown or empty field with
    its name."""
    template = compile_text(source, frozenset(fields))
    steps = _Steps()
    given = {name: _guarded(values.get(name), name, steps) for name in fields}
    pieces, length = [], 0
    try:
        for piece in template.generate(given):
            length += len(piece)
            if length > MAX_TEXT:
                raise Refusal(_("The letter is longer than %(limit)s characters.", limit=MAX_TEXT))
            pieces.append(piece)
    except UndefinedError as error:
        name = re.sub(r"^.* has no attribute ", "", str(error)).removesuffix(" is undefined").strip("'")
        raise Refusal(_("The letter's field “%(field)s” is empty.", field=name), field=name) from error
    except (TemplateError, TypeError, ValueError) as error:
        raise Refusal(_("The letter's text cannot be filled in: %(reason)s", reason=str(error))) from error
    return "".join(pieces)


def parse_body(text: str) -> tuple[Block, ...]:
    """The blocks of a filled-in text, one a line."""
    blocks: list[Block] = []
    rows: list[tuple[str, ...]] = []
    for line in [*text.splitlines(), ""]:
        line = tidy(line)
        if line.startswith("|"):
            row = tuple(tidy(cell).replace(_BAR, "|") for cell in line.strip("|").split("|"))
            if not all(set(cell) <= set("-: ") and cell for cell in row):
                rows.append(row)
            continue
        if rows:
            blocks.append(_table(rows))
            rows = []
        if line:
            blocks.append(_block(line.replace(_BAR, "|")))
    return tuple(blocks)


def _block(line: str) -> Block:
    for kind, beginning in _HEADS:
        if beginning.match(line):
            return Block(Kind.ITEM if line[-1] in _CLOSING else kind, line)
    if _PRESENT.match(line):
        return Block(Kind.PRESENT, line.rstrip("。；"))
    if line.startswith(_CODE):
        return _code(line.removeprefix(_CODE))
    return Block(Kind.PARA, line)


def _code(said: str) -> Block:
    address = _ADDRESS.search(said)
    if address is None or not (purpose := said[:address.start()].strip()):
        raise Refusal(_("A line that begins with 二维码： says what the code is for and ends with an address (https://…)."))
    return Block(Kind.CODE, purpose, ((address[1],),))


def _table(rows: list[tuple[str, ...]]) -> Block:
    width = len(rows[0])
    for place, row in enumerate(rows, 1):
        if len(row) != width:
            raise Refusal(_("Row %(row)s of the letter's table has %(count)s cells, its head has %(width)s.", row=place,
                            count=len(row), width=width))
    return Block(Kind.TABLE, rows=tuple(rows))


def fill_body(source: str, fields: Collection[str], values: Mapping[str, Any]) -> tuple[Block, ...]:
    """The body that a template says with these values."""
    return parse_body(render_text(source, fields, values))


def fill_line(source: str, fields: Collection[str], values: Mapping[str, Any]) -> str:
    """A template's text as a single part of the letter (title, addressee): its own line breaks stay."""
    lines = (tidy(line).replace(_BAR, "|") for line in render_text(source, fields, values).splitlines())
    return "\n".join(filter(None, lines))
