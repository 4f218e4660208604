"""Workbooks are read with the row numbers that Excel shows, dates as dates and ids as they look."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from cxaudit.errors import InputError
from cxaudit.read import Table, open_tables

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
