"""Values as a cell shows them, acts as a row offers them, and the rows of a list.

Drawn here and not by macros, because one page asks for hundreds: the macros ``tag due show row_actions table`` call what
stands here. Whatever a record holds is escaped.
"""
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from jinja2 import Undefined
from markupsafe import Markup, escape

from core.web.filters import date_zh, datetime_zh, money, number
from core.web.widgets import Action, Due, ListPage, Tag, Text

Button = Callable[..., Markup]
"""The macro ``button``, for acts that are more than a link."""
NOTHING = Markup('<span class="none">—</span>')
_MONO = ' class="mono"'
NO_DAY = Markup('<span class="due none">—</span>')
ROOM = 3
"""So many acts stand in a row; of more, two do, and the others behind 更多."""


def show(value: Any, kind: str = "text", stacked: bool = False) -> Markup:
    """Any value: a bare one as ``kind`` says (text, mono, date, datetime, money, number), :class:`Text`, :class:`Tag`,
    :class:`Due`, or a list of them. ``stacked``: in a table, where room is short."""
    if isinstance(value, str) and kind == "text" and value:
        return escape(value)
    drawn = _WIDGETS.get(type(value))
    if drawn is not None:
        return drawn(value, stacked)
    if value is None or isinstance(value, Undefined) or value == "":
        return NOTHING
    if isinstance(value, bool):
        return escape(_("yes") if value else _("no"))
    if isinstance(value, list | tuple):
        return Markup("".join(f"{show(part, kind, stacked)} " for part in value))
    match kind:
        case "date" | "datetime":  # written as text
            written = (date_zh if kind == "date" else datetime_zh)(value, short=stacked)
            return Markup(f'<span class="nb">{escape(written)}</span>')
        case "money":
            return Markup(f'<span class="nb">{escape(money(value))}</span>')
        case "number":
            return escape(number(value))
        case "mono":
            return Markup(f'<span class="mono">{escape(value)}</span>')
    if isinstance(value, dt.date):
        return Markup(f'<span class="nb">{value}</span>')
    return escape(value)


def tag(text: Any, tone: str = "") -> Markup:
    """A word on a tone."""
    return Markup(f'<span class="tag{" " + escape(tone) if tone else ""}">{escape(text)}</span>')


def due(day: Due | None, short: bool = False, stacked: bool = False) -> Markup:
    """A due date with its remaining time in words and the way to its explanation; ``stacked``: the words below, as that way."""
    if day is None or day.on is None:
        return NO_DAY
    words, iso, said = day.words, day.on.isoformat(), []
    if words:
        lead = stacked and day.why_url
        said.append(f"<em>{_why(day.why_url, words, _('Why this day')) if lead else escape(words)}</em>")
    if day.provisional:
        said.append(tag(_("provisional"), "y"))
    if day.why_url and not (stacked and words):
        said.append(_why(day.why_url, _("Why this day")))
    elif day.why_id:
        said.append(f'<button type="button" class="why" data-open="{escape(day.why_id)}" data-test="why">'
                    f'{escape(_("Why this day"))}</button>')
    shown = " ".join((f'<time datetime="{iso}">{escape(date_zh(day.on, short=short))}</time>', *said))
    return Markup(f'<span class="due {day.tone}{" stacked" if stacked else ""}" data-test="due" data-due="{iso}">'
                  f"{shown}</span>")


def _why(url: str, words: str, title: str = "") -> str:
    more = f' title="{escape(title)}"' if title else ""
    return f'<a class="why" href="{escape(url)}" data-drawer data-test="why"{more}>{escape(words)}</a>'


def _text(value: Text, stacked: bool) -> Markup:
    words, mono = escape(value.text), _MONO if value.mono else ""
    drawn = f'<a href="{escape(value.url)}"{mono}>{words}</a>' if value.url else f"<span{mono}>{words}</span>" if mono \
        else f"{words}"
    if value.cut:
        drawn = f'<span class="cut" title="{words}">{drawn}</span>'
    if value.note:
        drawn += f"<small{_MONO if value.note_mono else ''}>{escape(value.note)}</small>"
    return Markup(drawn)


_WIDGETS: dict[type, Callable[[Any, bool], Markup]] = {
    Text: _text, Tag: lambda value, stacked: tag(value.text, value.tone),
    dt.date: lambda value, stacked: Markup(f'<span class="nb">{escape(date_zh(value, short=stacked))}</span>'),
    dt.datetime: lambda value, stacked: Markup(f'<span class="nb">{escape(datetime_zh(value, short=stacked))}</span>'),
    Due: lambda value, stacked: due(value, short=stacked, stacked=stacked)}


def link(act: Action, look: str) -> Markup:
    """An act that is a plain link, looking like ``look``."""
    drawer = " data-drawer" if act.drawer else ""
    tab = ' target="_blank" rel="noopener"' if act.new_tab else ""
    test = f' data-test="act-{escape(act.name)}"' if act.name else ""
    return Markup(f'<a class="{escape(look)}" href="{escape(act.url)}"{drawer}{tab}{test}>{escape(act.label)}</a>')


def row_acts(acts: Sequence[Action], name: Any, button: Button) -> Markup:
    """What can be done with the record ``name``: so many links as have room, then 更多."""
    lesser = [act for act in acts if act.less]
    shown = [act for act in acts if not act.less] if lesser else acts if len(acts) <= ROOM else acts[:ROOM - 1]
    rest, more = lesser or acts[len(shown):], ""
    if rest:
        label = escape(_("More actions for %(name)s", name=name))
        lines = "".join(f"<li>{_small(act, button)}</li>" for act in rest)
        more = (f'<details class="menu more" data-menu><summary aria-label="{label}" data-test="more">{escape(_("More"))}'
                f"</summary><ul>{lines}</ul></details>")
    return Markup(f'<div class="row-acts">{"".join(_small(act, button) for act in shown)}{more}</div>')


def _small(act: Action, button: Button) -> str:
    if act.disabled or act.confirm or act.dialog or act.method == "post":
        return button(act, link=True)
    return link(act, f"link {act.tone}" if act.tone else "link") + "\n"


def rows(page: ListPage, button: Button) -> Markup:
    """The rows of a list's table: selection, cells, acts. How a cell of each column begins is the same in every row."""
    begins = [(column.key, column.kind, _begin(page, column)) for column in page.shown]
    acts, choose, lines = page.has_acts, _("Select %(name)s"), []
    for row in page.rows:
        named, cells = escape(row.id), row.cells
        line = [f'<tr role="row" data-row="{named}" data-test="row">\n']
        if page.bulk:
            box = (f'<input type="checkbox" name="ids" value="{named}" form="{escape(page.key)}-bulk" data-select '
                   f'aria-label="{escape(choose % {"name": row.name or row.id})}">') if row.selectable else ""
            line.append(f'<td role="cell" class="sel">{box}</td>')
        line += [f"{begin}{show(cells.get(key), kind, stacked=True)}</td>" for key, kind, begin in begins]
        if acts:
            line.append(f'<td role="cell" class="acts-col">{row_acts(row.actions, row.name or row.id, button)}</td>')
        lines.append("".join(line) + "</tr>\n")
    return Markup("".join(lines))


def _begin(page: ListPage, column: Any) -> str:
    own = "" if page.prefs_url else f' data-col="{escape(column.key)}"'
    look = "" if column.kind == "text" else f' class="k-{escape(column.kind)}"'
    return (f'<td role="cell"{own} data-label="{escape(column.label)}"{look}{" hidden" if column.hidden else ""}>')
