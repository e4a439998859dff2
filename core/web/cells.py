"""Values as a cell shows them, acts as a row offers them, and the rows of a list.

Drawn here and not by macros, because one page asks for hundreds: the macros ``tag due show row_actions table`` call what
stands here. Whatever a record holds is escaped.
"""
from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from html import escape as plain_escape
from typing import Any

from jinja2 import Undefined
from markupsafe import Markup, escape

from core.web.filters import date_zh, datetime_zh, money, number
from core.web.widgets import Action, Due, ListPage, Tag, Text
from core.words import gettext as _

Button = Callable[..., Markup]
"""The macro ``button``, for acts that are more than a link."""
NOTHING = '<span class="none">—</span>'
_MONO = ' class="mono"'
NO_DAY = '<span class="due none">—</span>'
_special = re.compile("[&<>\"']").search
ROOM = 3
"""So many acts stand in a row; of more, two do, and the others behind 更多."""


def show(value: Any, kind: str = "text", stacked: bool = False) -> Markup:
    """Any value: a bare one as ``kind`` says (text, mono, date, datetime, money, number), :class:`Text`, :class:`Tag`,
    :class:`Due`, or a list of them. ``stacked``: in a table, where room is short."""
    return Markup(_shown(value, kind, stacked))


def tag(text: Any, tone: str = "") -> Markup:
    """A word on a tone."""
    return Markup(_tag(text, tone))


def due(day: Due | None, short: bool = False, stacked: bool = False) -> Markup:
    """A due date with its remaining time in words and the way to its explanation; ``stacked``: the words below, as that way."""
    return Markup(_due(day, short, stacked))


def _safe(value: Any) -> str:
    """Escaped, as a bare string: a :class:`Markup` for each of a page's thousand pieces would cost more than the rest."""
    if type(value) is str:
        return value if _special(value) is None else plain_escape(value)
    return str(escape(value))


def _shown(value: Any, kind: str, stacked: bool) -> str:
    if type(value) is str and kind == "text" and value:
        return _safe(value)
    drawn = _WIDGETS.get(type(value))
    if drawn is not None:
        return drawn(value, stacked)
    if value is None or isinstance(value, Undefined) or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _safe(_("yes") if value else _("no"))
    if isinstance(value, list | tuple):
        return "".join(f"{_shown(part, kind, stacked)} " for part in value)
    match kind:
        case "date" | "datetime":  # written as text
            written = (date_zh if kind == "date" else datetime_zh)(value, short=stacked)
            return f'<span class="nb">{_safe(written)}</span>'
        case "money":
            return f'<span class="nb">{_safe(money(value))}</span>'
        case "number":
            return _safe(number(value))
        case "mono":
            return f'<span class="mono">{_safe(value)}</span>'
    if isinstance(value, dt.date):
        return f'<span class="nb">{value}</span>'
    return _safe(value)


def _tag(text: Any, tone: str) -> str:
    return f'<span class="tag{" " + _safe(tone) if tone else ""}">{_safe(text)}</span>'


def _due(day: Due | None, short: bool, stacked: bool) -> str:
    if day is None or day.on is None:
        return NO_DAY
    words, iso, said = day.words, day.on.isoformat(), []
    if words:
        lead = stacked and day.why_url
        said.append(f"<em>{_why(day.why_url, words, _('Why this day')) if lead else _safe(words)}</em>")
    if day.provisional:
        said.append(_tag(_("provisional"), "y"))
    if day.why_url and not (stacked and words):
        said.append(_why(day.why_url, _("Why this day")))
    elif day.why_id:
        said.append(f'<button type="button" class="why" data-open="{_safe(day.why_id)}" data-test="why">'
                    f'{_safe(_("Why this day"))}</button>')
    shown = " ".join((f'<time datetime="{iso}">{_safe(date_zh(day.on, short=short))}</time>', *said))
    return (f'<span class="due {day.tone}{" stacked" if stacked else ""}" data-test="due" data-due="{iso}">'
            f"{shown}</span>")


def _why(url: str, words: str, title: str = "") -> str:
    more = f' title="{_safe(title)}"' if title else ""
    return f'<a class="why" href="{_safe(url)}" data-drawer data-test="why"{more}>{_safe(words)}</a>'


def _text(value: Text, stacked: bool) -> str:
    text = date_zh(value.text, short=stacked) if type(value.text) is dt.date else value.text
    words, mono = _safe(text), _MONO if value.mono else ""
    drawn = f'<a href="{_safe(value.url)}"{mono}>{words}</a>' if value.url else f"<span{mono}>{words}</span>" if mono \
        else words
    if value.cut:
        drawn = f'<span class="cut" title="{words}">{drawn}</span>'
    if value.note:
        drawn += f"<small{_MONO if value.note_mono else ''}>{_safe(value.note)}</small>"
    return drawn


_WIDGETS: dict[type, Callable[[Any, bool], str]] = {
    Text: _text, Tag: lambda value, stacked: _tag(value.text, value.tone),
    dt.date: lambda value, stacked: f'<span class="nb">{_safe(date_zh(value, short=stacked))}</span>',
    dt.datetime: lambda value, stacked: f'<span class="nb">{_safe(datetime_zh(value, short=stacked))}</span>',
    Due: lambda value, stacked: _due(value, stacked, stacked)}


def link(act: Action, look: str) -> Markup:
    """An act that is a plain link, looking like ``look``."""
    return Markup(_link(act, look))


def row_acts(acts: Sequence[Action], name: Any, button: Button) -> Markup:
    """What can be done with the record ``name``: so many links as have room, then 更多."""
    return Markup(_row_acts(acts, name, button))


def _link(act: Action, look: str) -> str:
    drawer = " data-drawer" if act.drawer else ""
    tab = ' target="_blank" rel="noopener"' if act.new_tab else ""
    test = f' data-test="act-{_safe(act.name)}"' if act.name else ""
    return f'<a class="{_safe(look)}" href="{_safe(act.url)}"{drawer}{tab}{test}>{_safe(act.label)}</a>'


def _row_acts(acts: Sequence[Action], name: Any, button: Button) -> str:
    lesser = [act for act in acts if act.less]
    shown = [act for act in acts if not act.less] if lesser else acts if len(acts) <= ROOM else acts[:ROOM - 1]
    rest, more = lesser or acts[len(shown):], ""
    if rest:
        label = _safe(_("More actions for %(name)s", name=name))
        lines = "".join(f"<li>{_small(act, button)}</li>" for act in rest)
        more = (f'<details class="menu more" data-menu><summary aria-label="{label}" data-test="more">{_safe(_("More"))}'
                f"</summary><ul>{lines}</ul></details>")
    return f'<div class="row-acts">{"".join([_small(act, button) for act in shown])}{more}</div>'


def _small(act: Action, button: Button) -> str:
    if act.disabled or act.confirm or act.dialog or act.method == "post":
        return str(button(act, link=True))
    return _link(act, f"link {act.tone}" if act.tone else "link") + "\n"


def rows(page: ListPage, button: Button) -> Markup:
    """The rows of a list's table: selection, cells, acts. How a cell of each column begins is the same in every row.

    What a phone's card calls a cell, its column's head says once (``data-heads`` in ``js/list.js``)."""
    begins = [(column.key, column.kind, _begin(page, column)) for column in page.shown]
    acts, choose, lines = page.has_acts, _("Select %(name)s"), []
    for row in page.rows:
        named, cells = _safe(row.id), row.cells
        line = [f'<tr data-row="{named}" data-test="row">\n']
        if page.bulk:
            box = (f'<input type="checkbox" name="ids" value="{named}" form="{_safe(page.key)}-bulk" data-select '
                   f'aria-label="{_safe(choose % {"name": row.name or row.id})}">') if row.selectable else ""
            line.append(f'<td class="sel">{box}</td>')
        line += [f"{begin}{_shown(cells.get(key), kind, True)}</td>" for key, kind, begin in begins]
        if acts:
            line.append(f'<td class="acts-col">{_row_acts(row.actions, row.name or row.id, button)}</td>')
        lines.append("".join(line) + "</tr>\n")
    return Markup("".join(lines))


def _begin(page: ListPage, column: Any) -> str:
    own = "" if page.prefs_url else f' data-col="{_safe(column.key)}"'
    look = "" if column.kind == "text" else f' class="k-{_safe(column.kind)}"'
    return f'<td{own}{look}{" hidden" if column.hidden else ""}>'
