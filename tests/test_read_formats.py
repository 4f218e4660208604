"""What a workbook shows by its number formats is what is read, so that one table in several forms has one answer."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from outside import run

from cxaudit.read import open_tables
from cxaudit.read.marks import marks_of

xlsxwriter = pytest.importorskip("xlsxwriter")

HEADER = ["case_id", "channel", "received_at", "replied_at"]
MOMENT, DAY, PADDED = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd", "00000000"
MIDNIGHT = dt.datetime(2025, 10, 8)
FIXTURES = Path(__file__).parent / "fixtures"


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    """A workbook with these rows: a pair is a value and its format, a day alone has the format of one."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                value, code = cell if isinstance(cell, tuple) else (cell, DAY if type(cell) is dt.date else MOMENT)
                style = book.add_format({"num_format": code}) if not isinstance(value, str) else None
                sheet.write(i, j, value, style)
    return path


def cells_of(path: Path, width: int = 1) -> list[tuple[Any, ...]]:
    (table,) = open_tables(path, path.name)
    return [cells for _, *cells in table.body(0, width).drop("extra").collect().rows()]


def rewritten(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The workbook with one part of it changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = change(parts[part].decode())
    assert changed != parts[part].decode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (parts | {part: changed.encode()}).items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (MOMENT, "2025-10-08 00:00:00"),
        (22, "2025-10-08 00:00:00"),  # built in: m/d/yy h:mm
        ("[$-409]m/d/yy h:mm AM/PM;@", "2025-10-08 00:00:00"),
        ("d. mmm yyyy, HH:mm", "2025-10-08 00:00:00"),
        (DAY, "2025-10-08"),
        (14, "2025-10-08"),
        ('yyyy-mm-dd "(office hours)"', "2025-10-08"),
        (r"d\h mmm yyyy;[Red]hh", "2025-10-08"),
    ],
)
def test_a_midnight_is_a_moment_where_its_format_shows_hours(tmp_path: Path, code: object, text: str) -> None:
    """A day alone and its first moment are the same number; what Excel shows tells them apart."""
    assert cells_of(workbook(tmp_path / "book.xlsx", [["at"], [(MIDNIGHT, code)]]))[1] == [text]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (4001, PADDED, "00004001"),
        (123_456_789, PADDED, "123456789"),
        (0, "000", "000"),
        (4001, "0", "4001"),
        (4001, "#,##0", "4001"),
        (4001, '0000"-"0000', "4001"),
        (40.5, PADDED, "40.5"),
    ],
)
def test_zeros_in_front_are_read_as_they_are_shown(tmp_path: Path, value: object, code: str, text: str) -> None:
    """A clerk finds case 00004001 by what she sees; formats of anything else than zeros are not followed."""
    assert cells_of(workbook(tmp_path / "book.xlsx", [["id"], [(value, code)]]))[1] == [text]


SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        pytest.param(SHEET, '<c r="A2" s="1"><v>', '<c r="A2" s="1" t="n"><v>', id="LibreOffice"),
        pytest.param(SHEET, "<v>45938</v>", "<v>45938.0</v>", id="Java"),
        pytest.param(SHEET, "<v>45938</v>", "<f>B2</f><v>45938</v>", id="formula"),
        pytest.param(SHEET, "<v>45938</v>", '<f t="shared" si="0"/><v>45938</v>', id="shared formula"),
        pytest.param(SHEET, '<c r="A2" s="1">', '<c s="1" r="A2">', id="order"),
        pytest.param("xl/_rels/workbook.xml.rels", 'Target="styles.xml"', 'Target="/xl/styles.xml"', id="from the top"),
    ],
)
def test_workbooks_of_many_writers_tell_formats(tmp_path: Path, part: str, old: str, new: str) -> None:
    """Each writes the same cell in its own way."""
    path = workbook(tmp_path / "book.xlsx", [["at"], [MIDNIGHT]])
    assert cells_of(rewritten(path, part, lambda text: text.replace(old, new)))[1] == ["2025-10-08 00:00:00"]


def test_a_strict_workbook_tells_formats(tmp_path: Path) -> None:
    """Strict Open XML has other names of its relations, and prefixes may stand before all its elements."""
    path = workbook(tmp_path / "book.xlsx", [["at"], [MIDNIGHT]])
    old, new = "http://schemas.openxmlformats.org/officeDocument/2006", "http://purl.oclc.org/ooxml/officeDocument"
    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"):
        rewritten(path, part, lambda text: text.replace(old, new))
    assert cells_of(path)[1] == ["2025-10-08 00:00:00"]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        pytest.param('numFmtId="164" fontId', 'numFmtId="x" fontId', "45938", id="no number"),
        pytest.param("</styleSheet>", "</styleSheet><more/>", "2025-10-08", id="more than one"),
    ],
)
def test_a_workbook_without_readable_styles_is_read_as_before(tmp_path: Path, old: str, new: str, text: str) -> None:
    """Damage among the formats takes nothing else from the marks of a workbook."""
    path = workbook(tmp_path / "book.xlsx", [["at"], [MIDNIGHT], [MIDNIGHT]])
    rewritten(path, SHEET, lambda xml: xml.replace('<row r="3"', '<row r="3" hidden="1"'))
    (table,) = open_tables(rewritten(path, STYLES, lambda xml: xml.replace(old, new)), "book.xlsx")
    assert table.head[1] == (2, [text])
    assert [remark.code for remark in table.remarks] == ["hidden_rows"]


def test_formats_are_found_in_every_piece_of_a_long_sheet(tmp_path: Path) -> None:
    """Midnights and zeros alike, at the right of empty columns too."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        moment, padded = (book.add_format({"num_format": code}) for code in (MOMENT, PADDED))
        for i in range(45_000):
            sheet.write_number(i + 2, 3, i, padded)
            sheet.write_number(i + 2, 4, 45938 + i % 2 / 2, moment)
    (table,) = open_tables(path, "book.xlsx")
    frame = table.body(0, 5).filter(pl.col("row") > 2).select("row", "c2", "c3", "c4").collect()
    times = ("2025-10-08 00:00:00", "2025-10-08 12:00:00")
    assert frame.rows() == [(i + 3, None, f"{i:08}", times[i % 2]) for i in range(45_000)]


def test_a_workbook_of_many_styles_tells_formats(tmp_path: Path) -> None:
    """Each border and colour makes another style of the same format."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "at")
        for i in range(1, 60):
            sheet.write(i, 0, MIDNIGHT, book.add_format({"num_format": (DAY, MOMENT)[i % 2], "indent": i}))
    assert cells_of(path)[1:] == [["2025-10-08" + " 00:00:00" * (i % 2)] for i in range(1, 60)]


@pytest.mark.parametrize("place", ["A0", "A99999999999", "ABCDEFGH2", "2"])
def test_a_cell_whose_place_is_none_stops_nothing(tmp_path: Path, place: str) -> None:
    """The marks of a damaged sheet are read past it; whether its values can be, the reader of values says."""
    path = workbook(tmp_path / "book.xlsx", [["at"], [MIDNIGHT], [MIDNIGHT]])
    rewritten(
        path, SHEET, lambda xml: xml.replace('r="A2"', f'r="{place}"').replace('<row r="3"', '<row r="3" hidden="1"')
    )
    assert marks_of(path, 1 << 26).sheets["Sheet1"].hidden_rows == [3]


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_older_and_open_workbooks_tell_formats_too(ending: str) -> None:
    """Midnights with hours, days alone and zeros in front (invented, written by LibreOffice)."""
    assert cells_of(FIXTURES / f"shown.{ending}", 5)[1:] == [
        ["00004001", "email", "2025-10-08 00:00:00", "2025-10-08 00:00:00", "2025-10-09"],
        ["00004002", "email", "2025-10-08 09:30:00", "2025-10-10 23:59:59.950", "2025-10-11"],
        ["123456789", "email", "2025-10-09 00:00:00", "2025-10-10 08:15:00", "2025-10-13"],
    ]


OCTOBER = [
    (4001, MIDNIGHT, dt.datetime(2025, 10, 10, 15)),
    (4002, dt.datetime(2025, 10, 8, 9), MIDNIGHT),  # a reply before the receipt
    (4003, dt.datetime(2025, 10, 8, 9), dt.datetime(2025, 10, 10, 23, 59, 59, 950_000)),
    (4004, dt.datetime(2025, 10, 8, 9), dt.datetime(2025, 10, 10, 23, 59, 59, 997_000)),
    (4005, dt.datetime(2025, 10, 8, 9), dt.datetime(2025, 10, 11)),
    (4006, MIDNIGHT, MIDNIGHT),
    (4007, dt.datetime(2025, 10, 9, 17), dt.datetime(2025, 10, 10)),
    (4008, dt.datetime(2025, 10, 7, 23, 59, 59, 600_000), None),
    (4009, dt.datetime(2025, 10, 9, 9, 30, 0, 500_000), dt.datetime(2025, 10, 9, 9, 30, 0, 450_000)),
]
DAYS = [(4010, dt.date(2025, 10, 8), dt.date(2025, 10, 10)), (4011, dt.date(2025, 10, 8), dt.date(2025, 10, 11))]
STANDARDS = """
version: 1
organisation: Town
timezone: America/Edmonton
standards:
  - effective: 2025-01-01
    source: S1
    channels:
      email: {{title: E-mail, within: {within}}}
calendar: {{workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "00:00-24:00"}}
{more}
"""


@pytest.mark.parametrize("days", [[], DAYS], ids=["moments", "days among them"])
@pytest.mark.parametrize(
    ("within", "more"),
    [
        ("2 business days", ""),
        ("8 business hours", ""),
        ("2 business days", "sources: {generic: {timezone: UTC}}"),
        ("1 business day", "sources: {generic: {midnight_is_date: true}}"),
    ],
)
def test_one_table_has_one_answer_in_every_form(tmp_path: Path, within: str, more: str, days: list[Any]) -> None:
    """CSV, Parquet and workbook alike: the same requests, line by line."""
    rows = [[f"{number:08}", "email", received, replied] for number, received, replied in OCTOBER + days]
    with (tmp_path / "a.csv").open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    sheet = [[(int(number), PADDED), *cells] for number, *cells in rows]
    forms = [tmp_path / "a.csv", workbook(tmp_path / "a.xlsx", [HEADER, *sheet])]
    if not days:  # a column of Parquet holds days or moments
        forms.append(tmp_path / "a.parquet")
        pl.DataFrame(rows, schema=HEADER, orient="row").write_parquet(forms[-1])
    (tmp_path / "town.yaml").write_text(STANDARDS.format(within=within, more=more))
    standards = ("--standards", tmp_path / "town.yaml", "--as-of", "2025-10-31", "--format", "csv")
    answers = [
        [{name: cell for name, cell in row.items() if name not in ("file", "sheet")} for row in done.rows]
        for done in (run("records", form, *standards) for form in forms)
    ]
    assert len(answers[0]) == len(rows)
    for answer in answers[1:]:
        assert answer == answers[0]


@pytest.mark.parametrize(("code", "is_said"), [(MOMENT, True), (DAY, False)])
def test_a_column_of_midnights_alone_is_pointed_out(tmp_path: Path, code: str, is_said: bool) -> None:
    """They may be dates that a program gave a format with hours; in a format without hours they are."""
    rows = [[str(i), "email", (MIDNIGHT, code), (MIDNIGHT, code)] for i in range(12)]
    done = run("records", workbook(tmp_path / "a.xlsx", [HEADER, *rows]), "--as-of", "2025-10-31", "--format", "csv")
    assert ("only_midnight" in done.err) == is_said
    assert {row["received_at"] for row in done.rows} == {"2025-10-08 00:00:00" if is_said else "2025-10-08"}
