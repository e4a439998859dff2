"""A month's board as a workbook: the same figures as on the screen, each with its 口径, sample and moment."""
from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from core import moment
from core.board import targets
from core.board.load import LIGHTS, Lights
from core.board.month import Month
from core.case.models import Case
from core.reference import reference
from core.tabular.cells import guard
from core.web.filters import month_label
from core.words import gettext as _

_HEADING = "DCE6F1"
_FILLS = {"red": "F8D7D3", "yellow": "FBE8C4", "green": "D6EDDF"}


def as_workbook(board: Month) -> bytes:
    """The bytes of an .xlsx file with four sheets."""
    from openpyxl import Workbook  # only who asks for the sheet pays for its library
    from openpyxl.styles import Alignment, Font, PatternFill

    book, shade = Workbook(), PatternFill("solid", fgColor=_HEADING)
    book.remove(book.worksheets[0])
    for title, headings, rows, widths in tables(board):
        sheet = book.create_sheet(title[:31])
        sheet.append([_cell(heading_of(board))])
        sheet.append([_cell(text) for text in headings])
        for cell in sheet[2]:
            cell.font, cell.fill = Font(bold=True), shade
        sheet["A1"].font = Font(bold=True, size=13)
        for row in rows:
            sheet.append([_cell(value) for value in row])
        for number, width in enumerate(widths):
            sheet.column_dimensions["ABCDEFGHIJ"[number]].width = width
        for row_cells in sheet.iter_rows(min_row=3):
            for cell in row_cells:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                if (light := light_of(cell.value)):
                    cell.fill = PatternFill("solid", fgColor=_FILLS[light])
        sheet.freeze_panes = "A3"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def heading_of(board: Month) -> str:
    """What, of when, for whom, as of which moment."""
    return _("Figures of %(month)s, %(where)s, as of %(moment)s", month=month_label(board.month), where=board.where,
             moment=moment.local(board.as_of).strftime("%Y-%m-%d %H:%M"))


def light_words() -> dict[str, str]:
    """The lights in words: never a colour alone."""
    return {"red": _("overdue"), "yellow": _("due soon"), "green": _("in time"), "none": _("no running period")}


def light_of(value: Any) -> str:
    """The light of which a cell tells in words; empty for any other cell."""
    return next((light for light, word in targets.light_words().items() if word == value), "")


def tables(board: Month) -> list[tuple[str, Sequence[str], list[Sequence[Any]], Sequence[int]]]:
    """Title, headings, rows and widths of each table; sheet and paper are made of the same ones."""
    words, reached = light_words(), targets.light_words()
    lights = [words[name] for name in LIGHTS]
    return [
        (_("Indicators"), (_("Indicator"), _("Value"), _("Sample"), _("Target"), _("Reached"), _("Last month"),
                           _("Definition")),
         [(str(line.indicator.title), line.figure.shown, line.figure.ratio, line.aim.shown if line.aim else "—",
           reached.get(line.light, "—"), line.last.shown, str(line.indicator.formula)) for line in board.lines],
         (26, 14, 14, 14, 14, 14, 70)),
        (_("Open cases by section"), (_("Section"), _("Still open"), *lights, _("nobody has it")),
         [(name, each.count, *_four(each), free) for _key, name, each, free in board.load.sections],
         (24, 10, 10, 10, 10, 14, 12)),
        (_("Open cases by age"), (_("Days since opening"), _("Still open"), *lights),
         [(name, each.count, *_four(each)) for name, each in board.load.ages.items()], (24, 10, 10, 10, 10, 14)),
        (_("Bureaus"), (_("Rank"), _("Bureau"), _("Periods kept"), _("Sample"), _("Median days"), _("Closed")),
         [(place.rank or _("sample too small"), place.name, place.figure.shown, place.figure.ratio,
           "—" if place.median_days is None else place.median_days, place.closed) for place in board.places],
         (16, 24, 14, 14, 14, 10)),
        (_("Districts"), (_("District"), _("Still open"), *lights),
         [(fact.short_name, each.count, *_four(each)) for fact in reference().streets()
          for each in (board.districts.get(fact.code, Lights()),)], (24, 10, 10, 10, 10, 14)),
    ]


def kind_titles() -> dict[str, str]:
    """The kinds of case in words."""
    return {kind: str(cls.kind_title) for kind, cls in Case.loaded().items()}


def _four(lights: Lights) -> tuple[int, ...]:
    return tuple(getattr(lights, name) for name in LIGHTS)


def _cell(value: Any) -> Any:
    return guard(value) if isinstance(value, str) else value
