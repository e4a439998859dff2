"""The empty sheet to fill in: headings with help, an example, drop-downs, codes kept as text."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from core.tabular.columns import Amount, Code, Column, Date, Int, Text
from core.tabular.importing import SAMPLE
from core.tabular.profile import ImportProfile
from core.words import gettext as _

_HEADING = PatternFill("solid", fgColor="DCE6F1")
_INLINE = 255
"""A spreadsheet holds a list of choices in its rule only up to this length; longer ones stand on a sheet of their
own."""


def import_template(profile: ImportProfile) -> bytes:
    """The workbook that a clerk downloads, fills in and sends back, as bytes of an .xlsx file."""
    book = Workbook()
    sheet: Worksheet = book.active or book.create_sheet()
    sheet.title = profile.title[:31]
    lists = book.create_sheet("选项")
    lists.sheet_state = "hidden"
    for number, column in enumerate(profile.columns, 1):
        letter = get_column_letter(number)
        heading = sheet.cell(1, number, column.heading)
        heading.font = Font(bold=True, color="C00000" if column.required else "000000")
        heading.fill, heading.alignment = _HEADING, Alignment(wrap_text=True, vertical="center")
        heading.comment = _comment(column)
        sample = sheet.cell(2, number, f"{SAMPLE}：{column.sample}" if number == 1 else column.sample)
        sample.font = Font(italic=True, color="808080")
        sheet.column_dimensions[letter].width = max(14, 2.4 * len(column.heading))
        if isinstance(column, (Code, Date)):
            sheet.column_dimensions[letter].number_format = "@" if isinstance(column, Code) else "yyyy-mm-dd"
            sample.number_format = "@"
        _restrict(sheet, lists, letter, column)
    sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _comment(column: Column) -> Comment:
    needed = _("Must be filled in.") if column.required else _("May stay empty.")
    comment = Comment("\n".join(part for part in (column.describe(), needed, "/".join(column.aliases)) if part), "营商")
    comment.width, comment.height = 320, 120
    return comment


def _restrict(sheet: Worksheet, lists: Worksheet, letter: str, column: Column) -> None:
    """Let the spreadsheet itself refuse what the import would refuse, as far as it can."""
    rule: DataValidation | None = None
    choices = column.choices or tuple(column.offers() if column.offers is not None else ())
    joined = ",".join(choices)
    if choices and len(joined) <= _INLINE and not any("," in choice or '"' in choice for choice in choices):
        rule = DataValidation(type="list", formula1=f'"{joined}"', allow_blank=True)
    elif choices:
        place = lists.max_column + 1
        for row, choice in enumerate(choices, 1):
            lists.cell(row, place, choice)
        side = get_column_letter(place)
        rule = DataValidation(type="list", formula1=f"'选项'!${side}$1:${side}${len(choices)}", allow_blank=True)
    elif isinstance(column, Int):
        rule = DataValidation(
            type="whole", operator="between", formula1=str(column.least), formula2=str(column.most), allow_blank=True
        )
    elif isinstance(column, Amount) and not column.negative:
        rule = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)
    elif isinstance(column, Text) and column.longest < 32_000:
        rule = DataValidation(
            type="textLength", operator="lessThanOrEqual", formula1=str(column.longest), allow_blank=True
        )
    if rule is not None:
        rule.showErrorMessage, rule.error, rule.errorTitle = (
            True,
            column.describe()[:250] or column.heading,
            column.heading[:30],
        )
        rule.add(f"{letter}3:{letter}100000")
        sheet.add_data_validation(rule)
