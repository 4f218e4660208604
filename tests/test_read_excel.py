"""Workbooks are read with the row numbers that Excel shows, dates as dates and ids as they look."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from outside import run

from cxaudit.errors import InputError
from cxaudit.read import Table, open_tables
from cxaudit.read.marks import marks_of

xlsxwriter = pytest.importorskip("xlsxwriter")

HEADER = ["case_id", "received_at"]
Cells = list[list[Any]]


def workbook(folder: Path, **sheets: Cells) -> list[Table]:
    """A workbook with these sheets, read. Real dates and times get a format, text starting with `=` is a formula."""
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        formats = {
            dt.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            dt.date: book.add_format({"num_format": "yyyy-mm-dd"}),
            dt.time: book.add_format({"num_format": "hh:mm"}),
        }
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(i, j, cell, formats.get(type(cell)))
    return open_tables(path, "book.xlsx")


def remarks(table: Table) -> dict[str, tuple[int, ...]]:
    return {remark.code: remark.rows for remark in table.remarks}


def changed(path: Path, *changes: tuple[str, str], part: str = "xl/worksheets/sheet1.xml") -> list[Table]:
    """The workbook read after changes to the XML of one of its parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[part].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (parts | {part: text.encode()}).items():
            archive.writestr(name, content)
    return open_tables(path, path.name)


def rows_of(table: Table, header_row: int = 1, width: int = 2) -> list[tuple[Any, ...]]:
    return table.body(header_row, width).drop("extra").collect().rows()


def test_empty_rows_and_columns_in_front_count(tmp_path: Path) -> None:
    """The row number is Excel's, however much is empty above and to the left."""
    table = workbook(tmp_path, S=[[], [], [None, None, *HEADER], [], [None, None, "A1", "x"]])[0]
    assert [row for row, cells in table.head if "case_id" in cells] == [3]
    assert rows_of(table, 3, 4) == [(4, None, None, None, None), (5, None, None, "A1", "x")]


def test_real_dates_and_date_text_meet_in_one_form(tmp_path: Path) -> None:
    """A date is read as it was typed, to the second; date text stays text; a time of day is no date."""
    cells = [
        dt.datetime(2025, 10, 13, 8, 30), dt.date(2025, 10, 13), "13/10/2025 08:30", dt.time(8, 30),
        dt.datetime(2025, 10, 13, 23, 59, 59),
    ]  # fmt: skip
    table = workbook(tmp_path, S=[HEADER, *([None, cell] for cell in cells)])[0]
    assert [row[2] for row in rows_of(table)] == [
        "2025-10-13 08:30:00", "2025-10-13", "13/10/2025 08:30", "08:30:00", "2025-10-13 23:59:59"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (124, "124"),
        (123_456_789_012, "123456789012"),
        (1.5, "1.5"),
        ("007", "007"),
        (True, "TRUE"),
        (False, "FALSE"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_ids_look_as_they_do_in_excel(tmp_path: Path, cell: object, text: str) -> None:
    """A whole number has no `.0` and no exponent, leading zeros stay."""
    assert rows_of(workbook(tmp_path, S=[HEADER, [cell, "x"]])[0])[0][1] == text


def test_formatted_blank_rows_are_blank(tmp_path: Path) -> None:
    """Rows that hold nothing but a format, as templates leave them, are read as empty."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ["A1", "x"])
        for row in range(2, 50):
            sheet.write_blank(row, 0, None, bold)
    rows = rows_of(open_tables(path, "book.xlsx")[0])
    assert rows[0] == (2, "A1", "x")
    assert {cells for _, *cells in rows[1:] for cells in cells} <= {None}


def test_each_sheet_with_anything_in_it_is_a_table(tmp_path: Path) -> None:
    """Empty sheets are no tables; the others keep their names and order."""
    tables = workbook(tmp_path, Nov=[HEADER, ["A1", "x"]], Empty=[], Oct=[["note"]])
    assert [table.sheet for table in tables] == ["Nov", "Oct"]


def test_a_row_of_a_workbook_that_has_shifted_is_rejected(tmp_path: Path) -> None:
    """A comma in a text put a cell too many into a CSV that Excel saved as workbook: the reply stands beside its column."""
    names = ["case_id", "channel", "received_at", "note", "replied_at"]
    rows = [[f"{i}", "email", f"2025-10-0{i} 10:00", "Leak", f"2025-10-0{i} 11:00"] for i in range(1, 10)]
    rows[3] = ["4", "email", "2025-10-04 10:00", "Leak, urgent", "", "2025-10-04 11:00"]
    rows[5] += ["asked twice"]  # a remark beside the table
    (log,) = workbook(tmp_path, Log=[names, *rows])
    extra = [row[-1] for row in log.body(1, 5).collect().rows()]
    assert extra == [None] * 3 + ["2025-10-04 11:00"] + [None] * 5
    every = [[*row[:5], "2025-12-01"] for row in rows]  # a column without a name
    (log,) = workbook(tmp_path, Log=[names, *every])
    assert {row[-1] for row in log.body(1, 5).collect().rows()} == {None}


def test_the_content_makes_a_workbook(tmp_path: Path) -> None:
    """A workbook that was saved under the name of a CSV file is still a workbook."""
    workbook(tmp_path, S=[HEADER, ["A1", "x"]])
    path = (tmp_path / "book.xlsx").rename(tmp_path / "book.csv")
    assert rows_of(open_tables(path, "book.csv")[0]) == [(2, "A1", "x")]


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    """Half a workbook is not half an export."""
    workbook(tmp_path, S=[HEADER, ["A1", "x"]])
    path = tmp_path / "book.xlsx"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(InputError, match="damaged"):
        open_tables(path, "book.xlsx")


def test_an_encrypted_workbook_is_refused_by_what_it_is(tmp_path: Path) -> None:
    """Excel wraps an encrypted workbook in the container of old workbooks; the message says to save it without a password."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(InputError, match="password"):
        open_tables(path, "book.xlsx")


def test_hidden_sheets_and_rows_are_read_and_said(tmp_path: Path) -> None:
    """What a filter hides is part of the export, and the reader must know of it."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        shown, hidden = book.add_worksheet("Shown"), book.add_worksheet("Hidden")
        for sheet in (shown, hidden):
            sheet.write_row(0, 0, HEADER)
            for row in range(1, 4):
                sheet.write_row(row, 0, [f"A{row}", "x"])
        shown.set_row(2, None, None, {"hidden": True})
        hidden.hide()
    first, second = open_tables(path, "book.xlsx")
    assert [row[1] for row in rows_of(first)] == ["A1", "A2", "A3"]
    assert remarks(first) == {"hidden_rows": (3,)}
    assert remarks(second) == {"hidden_sheet": ()}


def test_errors_of_formulas_are_no_empty_cells(tmp_path: Path) -> None:
    """A reply that shows `#DIV/0!` is not no reply; and two ids that show `#REF!` are not one id."""
    path = tmp_path / "book.xlsx"
    workbook(tmp_path, S=[HEADER, ["id1", dt.date(2025, 10, 1)], ["id2", "time1"], ["id3", "time2"], ["id4", "time3"]])
    strings = {"id1": "#REF!", "id2": "#REF!", "time1": "#DIV/0!"}
    with zipfile.ZipFile(path) as archive:
        shared = archive.read("xl/sharedStrings.xml").decode()
    order = re.findall(r"<t>([^<]*)</t>", shared)
    changes = [
        (
            f'<c r="{cell}" t="s"><v>{order.index(name)}</v></c>',
            f'<c r="{cell}" t="e"><f>A9</f><v>{strings[name]}</v></c>',
        )
        for cell, name in {"A2": "id1", "A3": "id2", "B3": "time1"}.items()
    ]
    calculated = (f'<c r="B4" t="s"><v>{order.index("time2")}</v></c>', '<c r="B4" t="str"><f>IF(1,"")</f><v></v></c>')
    not_calculated = (f'<c r="B5" t="s"><v>{order.index("time3")}</v></c>', '<c r="B5"><f>NOW()</f><v></v></c>')
    (table,) = changed(path, *changes, calculated, not_calculated)
    assert rows_of(table) == [
        (2, "#REF! (row 2)", "2025-10-01"), (3, "#REF! (row 3)", "#DIV/0!"), (4, "id3", None), (5, "id4", "not calculated")
    ]  # fmt: skip
    assert remarks(table) == {"error_cells": (2, 3, 3, 5)}


def test_cells_merged_over_several_rows_are_meant_for_each(tmp_path: Path) -> None:
    """A department that spans three rows is the department of three requests; a title across columns is one cell."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 1, "Monthly report")
        sheet.write_row(1, 0, HEADER)
        for row in (2, 3, 4):
            sheet.write(row, 0, f"A{row}")
        sheet.merge_range(2, 1, 4, 1, "x")
    (table,) = open_tables(path, "book.xlsx")
    assert rows_of(table, 0) == [
        (1, "Monthly report", None), (2, *HEADER), (3, "A2", "x"), (4, "A3", "x"), (5, "A4", "x")
    ]  # fmt: skip
    assert remarks(table) == {"merged_cells": (3,)}


def test_numbers_among_dates_are_dates(tmp_path: Path) -> None:
    """A date that lost its format shows as the number of its day."""
    rows = [HEADER, ["A1", dt.datetime(2025, 10, 1, 8, 30)], ["A2", 45931.354166666664], ["A3", 45932], ["A4", 7]]
    (table,) = workbook(tmp_path, S=[*rows, ["A5", dt.date(2025, 10, 3)], ["A6", dt.date(2025, 10, 3)]])
    assert [row[2] for row in rows_of(table)][:4] == ["2025-10-01 08:30:00", "2025-10-01 08:30:00", "2025-10-02", "7"]


def test_days_count_from_1904_in_some_workbooks(tmp_path: Path) -> None:
    """Dates and the numbers of days alike, be they alone in their column."""
    header = ["case_id", "received_at", "closed"]
    rows = [header, [45931, 45931.354166666664, 45932], [45932, 45931.5, None]]
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": True}) as book:
        date = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet()
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, [cell - 1462 if i and j and cell else cell for j, cell in enumerate(row)])
            sheet.write(i, 3, dt.datetime(2025, 10, 1, 8, 30) if i else "replied_at", date)
    (table,) = open_tables(path, "book.xlsx")
    assert rows_of(table, width=4) == [
        (2, "45931", "2025-10-01 08:30:00", "2025-10-02", "2025-10-01 08:30:00"),
        (3, "45932", "2025-10-01 12:00:00", None, "2025-10-01 08:30:00"),
    ]


def test_ids_of_more_than_15_digits_are_damaged(tmp_path: Path) -> None:
    """Excel keeps fifteen digits of a number; as text, an id keeps them all."""
    (table,) = workbook(tmp_path, S=[HEADER, [20251100000012345678, "x"], ["20251100000012345678", "x"]])
    assert [row[1] for row in rows_of(table)] == ["20251100000012300000", "20251100000012345678"]
    assert remarks(table) == {"long_number": (2,)}


def test_a_long_sheet_is_read_piece_by_piece(tmp_path: Path) -> None:
    """Rows keep their numbers from one piece to the next."""
    (table,) = workbook(tmp_path, S=[HEADER, *([i, dt.datetime(2025, 10, 1)] for i in range(2, 45_000))])
    assert rows_of(table) == [(i, str(i), "2025-10-01 00:00:00") for i in range(2, 45_000)]


def test_a_used_range_of_absurd_size_is_told(tmp_path: Path) -> None:
    """A format far away costs nothing; a value there cannot be held, and is named."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Log")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ["A1", "x"])
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    assert rows_of(open_tables(path, "book.xlsx")[0]) == [(2, "A1", "x")]
    far = '<c r="XFD1048576" s="1"/>'
    with pytest.raises(InputError, match="sheet Log: its cells reach as far as XFD1048576"):
        changed(path, (far, far.replace("/>", "><v>1</v></c>")))


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_older_and_open_workbooks_tell_the_same(ending: str) -> None:
    """Hidden rows and errors of formulas are found in xls and ods files too (invented, written by LibreOffice)."""
    path = Path(__file__).parent / "fixtures" / f"marks.{ending}"
    first, second = open_tables(path, path.name)
    assert [row[2:6] for row in rows_of(first, 4, 6)] == [
        ("1001", "email", "2025-10-01 08:30:00", "2025-10-02 09:00:00"),
        ("12345678901234600000", "email", "2025-10-01 08:30:00", "#DIV/0!"),
        ("1003", "email", "2025-10-01 08:30:00", None),
        ("1004", "letter", "2025-10-03", "2025-10-05"),
        ("1005", "letter", "2025-10-03 10:00", "#NAME?"),
    ]
    assert remarks(first) == {"hidden_rows": (6,), "error_cells": (6, 7, 9), "long_number": (6,)}
    assert remarks(second) == {"hidden_sheet": ()}


ODS = "urn:oasis:names:tc:opendocument:xmlns"
COVERED = "<table:covered-table-cell/>"


def open_document(path: Path, doctype: str = "", **sheets: str) -> Path:
    """An ods file with the rows of these sheets, written by hand."""
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = f'<m:file-entry m:full-path="/" m:media-type="{kind}"/>'
    names = " ".join(f'xmlns:{name}="{ODS}:{name}:1.0"' for name in ("office", "table", "text"))
    tables = "".join(f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in sheets.items())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{ODS}:manifest:1.0">{entry}</m:manifest>')
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?>{doctype}<office:document-content {names}><office:body><office:spreadsheet>'
            f"{tables}</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def cell(text: str, rows: object = 1, columns: int = 1, more: str = "") -> str:
    """A cell that spans so many rows and columns."""
    spans = (
        f' table:number-columns-spanned="{columns}" table:number-rows-spanned="{rows}"'
        if (rows, columns) != (1, 1)
        else ""
    )
    return f'<table:table-cell office:value-type="string"{spans} {more}><text:p>{text}</text:p></table:table-cell>'


def row(*cells: str, more: str = "") -> str:
    """A row of cells, given as their text or their XML."""
    return f"<table:table-row {more}>{''.join(one if '<' in one else cell(one) for one in cells)}</table:table-row>"


CASES = ["case_id", "received_at", "replied_at", "department"]
FILLED = ["2025-10-01 08:30", "2025-10-02 09:00", "Roads"]


@pytest.mark.parametrize("column", [1, 2, 3])
def test_merged_cells_of_open_workbooks_are_meant_for_each_row(tmp_path: Path, column: int) -> None:
    """A receipt, a reply or a department that spans two rows of an ods file is that of both, as it is in an xlsx file."""
    merged = [cell(text, 2 if i == column else 1) for i, text in enumerate(["A1", *FILLED])]
    below = [COVERED if i == column else text for i, text in enumerate(["A2", *FILLED])]
    (table,) = open_tables(open_document(tmp_path / "book.ods", S=row(*CASES) + row(*merged) + row(*below)), "book.ods")
    assert rows_of(table, width=4) == [(2, "A1", *FILLED), (3, "A2", *FILLED)]
    assert remarks(table) == {"merged_cells": (2,)}


def test_requests_of_an_open_workbook_lose_nothing_that_is_merged(tmp_path: Path) -> None:
    """Neither a rejected row nor an open request comes of merged cells; the finding tells that they were read for each row."""
    merged = row("A1", *(cell(text, 2) for text in FILLED)) + row("A2", COVERED, COVERED, COVERED)
    book = open_document(tmp_path / "book.ods", S=row(*CASES) + merged)
    done = run("records", book, "--channel", "email", "--as-of", "2025-10-31", "-o", tmp_path / "list.csv")
    listed = (tmp_path / "list.csv").read_text("utf-8-sig").splitlines()
    assert [("2025-10-02 09:00" in line, "Roads" in line) for line in listed[1:]] == [(True, True), (True, True)]
    assert "a cell merged over several rows was read for each of them" in done.err


def test_merged_ranges_of_open_workbooks_are_those_of_excel(tmp_path: Path) -> None:
    """Where a range covers several rows and columns, its first column is filled; one over columns alone is one cell."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("S")
        sheet.merge_range(0, 0, 0, 2, "Monthly report")
        for i in range(1, 6):
            sheet.write(i, 0, f"A{i}")
        sheet.merge_range(1, 1, 2, 2, "block")
        sheet.merge_range(3, 1, 3, 2, "wide")
        sheet.merge_range(4, 1, 1_048_575, 1, "to the end")
    two = '<table:covered-table-cell table:number-columns-repeated="2"/>'
    rows = [
        row(cell("Monthly report", 1, 3), two),
        row("A1", cell("block", 2, 2), COVERED),
        row("A2", two),
        row("A3", cell("wide", 1, 2), COVERED),
        row("A4", cell("to the end", 1_048_572)),
        row("A5", COVERED),
    ]
    (excel,), (open_,) = (
        open_tables(one, one.name) for one in (path, open_document(tmp_path / "book.ods", S="".join(rows)))
    )
    assert rows_of(open_, 0, 3) == rows_of(excel, 0, 3)
    assert rows_of(open_, 2, 3)[0] == (3, "A2", "block", None)
    assert remarks(open_) == remarks(excel) == {"merged_cells": (2, 5)}


def test_a_title_over_columns_alone_is_one_cell(tmp_path: Path) -> None:
    """Nothing is filled and nothing said where an ods file merges cells of one row only, in repeated rows too."""
    title = row(cell("Monthly report", 1, 2), COVERED, more='table:number-rows-repeated="2"')
    (table,) = open_tables(open_document(tmp_path / "book.ods", S=title + row(*HEADER) + row("A1", "x")), "book.ods")
    assert rows_of(table, 0)[:2] == [(1, "Monthly report", None), (2, "Monthly report", None)]
    assert remarks(table) == {}


def test_merged_cells_of_open_workbooks_are_found_behind_repeated_ones(tmp_path: Path) -> None:
    """Repeated rows and columns, header rows, groups and hidden rows count where a merged cell stands."""
    blank, rows = '<table:table-cell table:number-columns-repeated="2"/>', []
    rows.append(row(blank, more='table:number-rows-repeated="40"'))
    rows.append(f"<table:table-header-rows>{row(blank, *HEADER)}</table:table-header-rows>")
    rows.append(row(blank, "A1", "x", more='table:number-rows-repeated="3"'))
    group = row(blank, "A2", cell("y", 3)) + row(blank, "A3", COVERED, more='table:visibility="collapse"')
    rows.append(
        f"<table:table-row-group><table:table-row-group>{group}</table:table-row-group></table:table-row-group>"
    )
    rows.append(row(blank, "A4", COVERED) + row(blank, "A5"))
    rows.append(row(blank, more='table:number-rows-repeated="1048000"'))
    (table,) = open_tables(open_document(tmp_path / "book.ods", S="".join(rows)), "book.ods")
    assert [(one[0], *one[3:]) for one in rows_of(table, 41, 4)] == [
        (42, "A1", "x"), (43, "A1", "x"), (44, "A1", "x"), (45, "A2", "y"), (46, "A3", "y"), (47, "A4", "y"), (48, "A5", None)
    ]  # fmt: skip
    assert remarks(table) == {"merged_cells": (45,), "hidden_rows": (46,)}


def test_each_sheet_of_an_open_workbook_has_its_own_merged_cells(tmp_path: Path) -> None:
    """What one sheet merges fills no other."""
    plain, lower = row(*HEADER) + row("A1", "x") + row("A2", COVERED), row(*HEADER) + row("B1", "y")
    merged = lower + row("B2", cell("z", 2)) + row("B3", COVERED)
    tables = open_tables(open_document(tmp_path / "book.ods", Oct=plain, Nov=merged, Dec=plain), "book.ods")
    assert [rows_of(table)[-1] for table in tables] == [(3, "A2", None), (4, "B3", "z"), (3, "A2", None)]
    assert [remarks(table) for table in tables] == [{}, {"merged_cells": (3,)}, {}]


@pytest.mark.parametrize(
    ("span", "filled"),
    [
        ("99999999999999999999", "x"),
        ("&two;", "x"),
        ("0", None),
        ("-2", None),
        ("", None),
        ("two", None),
        pytest.param("9" * 5000, None, id="long"),
    ],
)
def test_no_number_of_rows_is_too_odd_to_read(tmp_path: Path, span: str, filled: str | None) -> None:
    """A range ends with its sheet, whatever the file claims; what is no number merges nothing."""
    rows = row(*HEADER) + row("A1", cell("x", span)) + row("A2", COVERED)
    book = open_document(tmp_path / "book.ods", '<!DOCTYPE a [<!ENTITY two "2">]>', S=rows)
    assert rows_of(open_tables(book, "book.ods")[0])[-1] == (3, "A2", filled)


def test_a_table_within_a_cell_is_no_part_of_the_sheet(tmp_path: Path) -> None:
    """Its rows are not counted, and what it merges is not merged in the sheet."""
    inner = f'<table:table table:name="inner">{row(cell("no", 2)) + row(COVERED)}</table:table>'
    number = f'<table:table-cell office:value-type="float" office:value="7">{inner}</table:table-cell>'
    rows = row(*HEADER) + row("A1", number) + row("A2", cell("x", 2)) + row("A3", COVERED)
    (table,) = open_tables(open_document(tmp_path / "book.ods", S=rows), "book.ods")
    assert rows_of(table) == [(2, "A1", "7"), (3, "A2", "x"), (4, "A3", "x")]
    assert remarks(table) == {"merged_cells": (3,)}


def test_repeated_cells_of_open_workbooks_show_what_the_first_shows(tmp_path: Path) -> None:
    """A midnight with hours, and zeros in front, in repeated rows and columns; without end they are not followed."""
    typed = "<table:table-cell office:value-type={kind}{{more}}><text:p>{text}</text:p></table:table-cell>"
    at = typed.format(kind='"date" office:date-value="2025-10-08"', text="{text}")
    number = typed.format(kind='"float" office:value="7"', text="007")
    two = ' table:number-columns-repeated="2"'
    moments = row("A1", at.format(more=two, text="08.10.25 00:00"), more='table:number-rows-repeated="2"')
    rows = row(*HEADER, "replied_at") + moments + row(number.format(more=two), at.format(more="", text="08.10.25"))
    (table,) = open_tables(open_document(tmp_path / "book.ods", S=rows), "book.ods")
    midnight = "2025-10-08 00:00:00"
    assert rows_of(table, width=3) == [
        (2, "A1", midnight, midnight), (3, "A1", midnight, midnight), (4, "007", "007", "2025-10-08")
    ]  # fmt: skip
    endless = row(
        number.format(more=' table:number-columns-repeated="16384"'), more='table:number-rows-repeated="1048576"'
    )
    book = open_document(
        tmp_path / "book.ods", S=row(*HEADER) + endless + row("A9", more='table:visibility="collapse"')
    )
    assert marks_of(book, 1 << 26).sheets["S"].errors == {}


def test_a_workbook_that_is_not_what_was_written_is_refused(tmp_path: Path) -> None:
    """Every part of a workbook says what it adds up to: a text that changed on the way would change a verdict unseen."""
    workbook(tmp_path, S=[HEADER, ["A1", "2025-10-08"]])
    packed = tmp_path / "book.xlsx"
    with zipfile.ZipFile(packed) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
        start = archive.getinfo("xl/sharedStrings.xml").header_offset + 60
    plain = tmp_path / "plain.xlsx"
    with zipfile.ZipFile(plain, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert rows_of(open_tables(plain, "plain.xlsx")[0]) == [(2, "A1", "2025-10-08")]
    plain.write_bytes(plain.read_bytes().replace(b">2025-10-08<", b">2025-10-09<"))
    with pytest.raises(InputError, match=r"(?s)plain.xlsx .*sharedStrings.*export it again"):
        open_tables(plain, "plain.xlsx")
    content = packed.read_bytes()
    for i in range(start, start + 40):  # some of these bytes cannot be unpacked at all any more
        packed.write_bytes(content[:i] + bytes([content[i] ^ 0xFF]) + content[i + 1 :])
        with pytest.raises(InputError, match="export it again"):
            open_tables(packed, "book.xlsx")
