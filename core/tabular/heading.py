"""Finds the row of headings, which may stand below a title, and says which column is where."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from core.tabular.columns import Column
from core.tabular.profile import ImportProfile
from core.tabular.reading import Row, Sheet, SheetError
from core.words import gettext as _

SEARCHED_ROWS = 20
RESULT_HEADING = "导入结果"
"""The heading of the column that the result sheet adds; it is passed over when the corrected sheet comes back."""

_DECORATION = re.compile(r"[\s*＊:：]|[（(](?:必填|选填|可空)[)）]")


@dataclass(frozen=True)
class Layout:
    """Where the headings stand: ``row``, their number of cells, each column's position (-1: not in the sheet), what is
    not read."""

    row: int
    width: int
    positions: tuple[int, ...]
    unread: tuple[str, ...]


def bare(heading: object) -> str:
    """A heading without spaces, stars and remarks such as （必填）, for comparison."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", str(heading or "")))


def find_heading(sheet: Sheet, profile: ImportProfile, column_map: Mapping[str, str] | None = None) -> Layout:
    """The layout of ``sheet``. ``column_map`` overrides: heading in the sheet → column's name, or empty to leave it
    out.

    Raises :class:`~core.tabular.reading.SheetError` when required columns are missing, a heading stands twice, or an
    unknown heading is so near a known one that a slip is likely.
    """
    known = {bare(heading): column for column in profile.columns for heading in (column.heading, *column.aliases)}
    chosen = _chosen(profile, column_map or {})
    top = list(takewhile(lambda row: row[0] <= SEARCHED_ROWS, sheet.rows()))
    if not top:
        raise SheetError(_("The sheet is empty."))
    number, cells = max(top, key=lambda row: sum(bare(cell) in known or bare(cell) in chosen for cell in row[1]))
    layout = _lay_out(number, cells, profile, known, chosen, sheet)
    _refuse_cells(sheet, number)
    return layout


def _chosen(profile: ImportProfile, column_map: Mapping[str, str]) -> dict[str, Column | None]:
    names = {column.name: column for column in profile.columns}
    unknown = [name for name in column_map.values() if name and name not in names]
    if unknown:
        raise SheetError(_("“%(name)s” is not a column of %(title)s.", name=unknown[0], title=profile.title))
    return {bare(heading): names.get(name) for heading, name in column_map.items()}


def _lay_out(
    number: int,
    cells: Row,
    profile: ImportProfile,
    known: Mapping[str, Column],
    chosen: Mapping[str, Column | None],
    sheet: Sheet,
) -> Layout:
    places: dict[str, int] = {}
    unknown: list[str] = []
    for place, cell in enumerate(cells):
        heading = bare(cell)
        column = chosen[heading] if heading in chosen else known.get(heading)
        if column is None:
            if heading and heading not in chosen and heading != RESULT_HEADING:
                unknown.append(heading)
        elif column.name in places:
            raise SheetError(
                _(
                    "The heading “%(heading)s” stands twice in row %(row)s: keep one of the columns.",
                    heading=column.heading,
                    row=number,
                )
            )
        else:
            places[column.name] = place
    if not places:
        raise SheetError(
            _(
                "No headings of %(title)s were found in the first %(rows)s rows%(encoding)s. Expected: %(expected)s.",
                title=profile.title,
                rows=SEARCHED_ROWS,
                encoding=_read_as(sheet),
                expected="、".join(column.heading for column in profile.columns if column.required),
            )
        )
    _refuse_slips(profile, places, unknown)
    width = max(place for place, cell in enumerate(cells) if bare(cell)) + 1
    return Layout(number, width, tuple(places.get(column.name, -1) for column in profile.columns), tuple(unknown))


def _refuse_slips(profile: ImportProfile, places: Mapping[str, int], unknown: Sequence[str]) -> None:
    """A required column that is missing, or an unknown heading that looks like an absent one."""
    absent = {
        bare(heading): column.heading
        for column in profile.columns
        if column.name not in places
        for heading in (column.heading, *column.aliases)
    }
    missing = [column.heading for column in profile.columns if column.required and column.name not in places]
    near = [
        (heading, absent[found[0]])
        for heading in unknown
        if (found := difflib.get_close_matches(heading, absent, 1, 0.65))
    ]
    hints = "".join(
        _(" “%(heading)s” is unknown: was “%(near)s” meant?", heading=heading, near=match) for heading, match in near
    )
    if missing:
        others = [heading for heading in unknown if heading not in dict(near)]
        if others:
            hints += _(" Unknown headings: %(headings)s.", headings="、".join(others[:10]))
        raise SheetError(
            _("Columns are missing: %(missing)s.", missing="、".join(missing)) + hints,
            missing=missing,
            unknown=list(unknown),
        )
    if near:
        raise SheetError(_("A heading has to be corrected.") + hints, missing=[], unknown=list(unknown))


def _refuse_cells(sheet: Sheet, number: int) -> None:
    """What only a workbook has and only a person can put right, from the row of headings on."""
    merged = [cell for row, cell in sheet.merged if row >= number]
    if merged:
        raise SheetError(
            _("Cells are merged in the table (%(cells)s): unmerge them and fill in every row.", cells=_named(merged))
        )
    formulas = [cell for row, cell in sheet.formulas if row >= number]
    if formulas:
        raise SheetError(
            _("The table contains formulas (%(cells)s): copy the table and paste it as values.", cells=_named(formulas))
        )
    faulty = [cell for row, cell in sheet.faulty if row >= number]
    if faulty:
        raise SheetError(_("Cells show an error value such as #N/A (%(cells)s): correct them.", cells=_named(faulty)))


def _named(cells: Sequence[str]) -> str:
    return "、".join(cells[:5]) + (" …" if len(cells) > 5 else "")


def _read_as(sheet: Sheet) -> str:
    encoding = getattr(sheet, "encoding", "")
    return _(" (read as %(encoding)s)", encoding=encoding.upper()) if encoding == "gb18030" else ""
