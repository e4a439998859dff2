"""Opening what people send: what is read, and what is refused with words that help."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.settings import Limits as Configured
from core.tabular import workbook
from core.tabular.columns import Code, Date, Text
from core.tabular.heading import find_heading
from core.tabular.profile import Handler, ImportProfile
from core.tabular.reading import Limits, SheetError, open_sheet

PROFILE = ImportProfile(
    code="penalty",
    title="行政处罚",
    module="test",
    permission="penalty:import",
    handler=Handler(),
    columns=(
        Code(name="number", heading="行政处罚决定书文号", aliases=("决定书文号",), required=True),
        Text(name="party", heading="行政相对人名称", required=True),
        Date(name="day", heading="处罚决定日期"),
    ),
)
HEAD = ["行政处罚决定书文号", "行政相对人名称", "处罚决定日期"]
ROW = ["津宁市监罚〔2026〕1号", "天津市宁河区某某商贸有限公司", "2026-01-05"]


def text_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "sheet.csv"
    path.write_bytes(text.encode(encoding))
    return path


def book_file(folder: Path, change: Callable[[Any], None] = lambda sheet: None, rows: Any = (HEAD, ROW)) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    book.save(folder / "sheet.xlsx")
    return folder / "sheet.xlsx"


def refused(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(SheetError) as caught:
        find_heading(open_sheet(path, limits), PROFILE)
    return caught.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_csv_in_every_encoding_and_with_every_delimiter(tmp_path: Path, encoding: str, sign: str) -> None:
    path = text_file(tmp_path, f"某区处罚台账\n{sign.join(HEAD)}\n\n{sign.join(ROW)}\n", encoding)
    sheet = open_sheet(path)
    assert list(sheet.rows()) == [(1, ["某区处罚台账"]), (2, HEAD), (4, ROW)]
    assert find_heading(sheet, PROFILE).row == 2


def test_a_csv_cell_may_hold_lines_and_commas_and_text_constants(tmp_path: Path) -> None:
    path = text_file(tmp_path, '文号,说明\n"=""0012""","一,\n二"\n3,四\n')
    assert list(open_sheet(path).rows())[1:] == [(2, ["0012", "一,\n二"]), (3, ["3", "四"])]


@pytest.mark.parametrize("cells", [workbook._QUICK_CELLS, 0])
def test_both_readers_of_workbooks_see_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: int) -> None:
    def fill(sheet: Any) -> None:
        sheet["B3"], sheet["C3"], sheet["D3"], sheet["B6"], sheet["C6"], sheet["D6"] = (
            *HEAD,
            ROW[0],
            1.5,
            date(2026, 1, 5),
        )

    monkeypatch.setattr(workbook, "_QUICK_CELLS", cells)
    found = [
        (number, [cell for cell in row if cell not in (None, "")])
        for number, row in open_sheet(book_file(tmp_path, fill, ())).rows()
    ]
    assert [number for number, _row in found] == [3, 6]
    assert found[0][1] == HEAD and found[1][1][:2] == [ROW[0], 1.5]
    assert str(found[1][1][2]).startswith("2026-01-05")


def test_the_first_visible_sheet_with_rows_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("数据").append(HEAD)
    book.create_sheet("说明").append(["请勿改动"])
    hidden = book.create_sheet("选项", 0)
    hidden.append(["x"])
    hidden.sheet_state = "hidden"
    book.active = 1
    book.save(tmp_path / "b.xlsx")
    sheet = open_sheet(tmp_path / "b.xlsx")
    assert sheet.name == "数据" and "说明" in sheet.others and "选项" not in sheet.others
    with pytest.raises(SheetError, match="数据"):
        open_sheet(tmp_path / "b.xlsx", name="没有")


def test_a_missing_heading_is_named_with_its_nearest(tmp_path: Path) -> None:
    said = refused(text_file(tmp_path, "决定书文号,行政相对人名程,备注栏\n1,2,3\n"))
    assert "行政相对人名称" in said and "行政相对人名程" in said


def test_an_unknown_heading_near_an_optional_column_is_refused(tmp_path: Path) -> None:
    assert "处罚决定日期" in refused(text_file(tmp_path, "决定书文号,行政相对人名称,处罚决定日其\n1,2,3\n"))


def test_headings_may_carry_stars_and_remarks(tmp_path: Path) -> None:
    layout = find_heading(open_sheet(text_file(tmp_path, "序号,*决定书文号（必填）,行政相对人 名称\n1,2,3\n")), PROFILE)
    assert layout.positions == (1, 2, -1) and layout.unread == ("序号",)


def test_a_heading_that_stands_twice_is_refused(tmp_path: Path) -> None:
    assert "twice" in refused(text_file(tmp_path, "决定书文号,行政处罚决定书文号,行政相对人名称\n"))


def test_the_clerk_may_say_which_column_is_which(tmp_path: Path) -> None:
    sheet = open_sheet(text_file(tmp_path, "文书,当事人,处罚决定日其\n1,2,3\n"))
    layout = find_heading(sheet, PROFILE, {"文书": "number", "当事人": "party", "处罚决定日其": ""})
    assert layout.positions == (0, 1, -1) and layout.unread == ()
    with pytest.raises(SheetError, match="nobody"):
        find_heading(sheet, PROFILE, {"文书": "nobody"})


def test_no_heading_at_all(tmp_path: Path) -> None:
    assert "行政相对人名称" in refused(text_file(tmp_path, "甲,乙\n1,2\n"))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a sheet"),
        (b"abc\xff\xff,\x81", "CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04" + b"x" * 50, "damaged"),
        (b'a,b\n"open', "quotation"),
    ],
)
def test_what_is_no_sheet(tmp_path: Path, content: bytes, part: str) -> None:
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(content)
    assert part in refused(path)


def test_an_empty_workbook(tmp_path: Path) -> None:
    assert "empty" in refused(book_file(tmp_path, rows=()))


def test_merged_cells_in_the_table_are_named_but_a_merged_title_is_fine(tmp_path: Path) -> None:
    path = book_file(tmp_path, lambda sheet: sheet.merge_cells("A1:C1"), (["台账"], HEAD, ROW))
    assert find_heading(open_sheet(path), PROFILE).row == 2
    assert "B3:B4" in refused(book_file(tmp_path, lambda sheet: sheet.merge_cells("B3:B4"), (["台账"], HEAD, ROW, ROW)))


def test_formulas_in_the_table_are_named_but_text_with_an_equals_sign_is_not_one(tmp_path: Path) -> None:
    def formula(sheet: Any) -> None:
        sheet["B2"] = '=A2&"公司"'

    assert "B2" in refused(book_file(tmp_path, formula))

    def text(sheet: Any) -> None:
        sheet["B2"] = "=文本"
        sheet["B2"].data_type = "s"

    assert find_heading(open_sheet(book_file(tmp_path, text)), PROFILE).row == 1


def test_error_values_are_named(tmp_path: Path) -> None:
    def error(sheet: Any) -> None:
        sheet["C2"] = "#N/A"

    assert "C2" in refused(book_file(tmp_path, error))


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    assert "MB" in refused(text_file(tmp_path, "x" * 2000), Limits(size=1000))


def test_a_zip_bomb_is_refused_by_its_directory(tmp_path: Path) -> None:
    path = book_file(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * 30_000_000)
    assert "unpack" in refused(path)
    assert "unpack" in refused(book_file(tmp_path), Limits(unpacked=100))


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/styles.xml"])
@pytest.mark.parametrize("consistent", [False, True])
def test_a_zip_bomb_that_understates_its_size(tmp_path: Path, member: str, consistent: bool) -> None:
    path, bomb = book_file(tmp_path), tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name) + (b" " * 20_000_000 if name == member else b"")
            target.writestr(name, content)
            if name == member:
                shown = content[: len(source.read(name)) + 1 + consistent]
    raw = bytearray(bomb.read_bytes())
    entry = raw.rindex(member.encode()) - 46  # the archive's directory stands at its end
    raw[entry + 16 : entry + 20] = zlib.crc32(shown).to_bytes(4, "little")
    raw[entry + 24 : entry + 28] = (len(shown) - consistent).to_bytes(4, "little")
    bomb.write_bytes(raw)
    with pytest.raises(SheetError, match="damaged"):
        open_sheet(bomb)  # before any reader that trusts the directory sees it


def test_a_workbook_with_more_text_than_memory_holds(tmp_path: Path) -> None:
    assert "CSV UTF-8" in refused(book_file(tmp_path), Limits(texts=100))


def test_two_members_whose_names_differ_in_capitals_only(tmp_path: Path) -> None:
    path = book_file(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/STYLES.xml", b"<styleSheet/>")
    assert "refused" in refused(path)


def test_the_installation_says_how_much_is_read(tmp_path: Path) -> None:
    limits = Limits.of(Configured(import_mb=1, import_rows=5))
    assert (limits.size, limits.rows) == (1024 * 1024, 5)
    assert "less than 1 MB" in refused(text_file(tmp_path, "x" * limits.size), limits)


def test_macros_are_refused_whatever_the_name_says(tmp_path: Path) -> None:
    path = book_file(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert "macros" in refused(path)


def test_other_archives_and_other_workbooks(tmp_path: Path) -> None:
    for member, part in (("word/document.xml", "not a sheet"), ("xl/workbook.bin", ".xlsb"), ("content.xml", ".ods")):
        with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
            archive.writestr(member, b"<x/>")
        assert part in refused(tmp_path / "other.xlsx")


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    path = book_file(tmp_path)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(tmp_path / "evil.xlsx", "w") as target:
        for name in source.namelist():
            content = source.read(name)
            bad = b'<!DOCTYPE x [<!ENTITY a "b">]>' if name == "xl/worksheets/sheet1.xml" else b""
            target.writestr(name, bad + content)
    assert "spreadsheet program" in refused(tmp_path / "evil.xlsx")


@pytest.mark.walk
def test_a_stray_cell_far_away_does_not_fill_the_memory(tmp_path: Path) -> None:
    def stray(sheet: Any) -> None:
        sheet.cell(40_000, 200).value = " "

    sheet = open_sheet(book_file(tmp_path, stray))
    assert sheet.height * sheet.width > workbook._QUICK_CELLS
    assert [number for number, _row in sheet.rows()][:2] == [1, 2]


def test_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(book_file(tmp_path))
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.save(tmp_path / "mac.xlsx")
    assert "1904" in refused(tmp_path / "mac.xlsx")
