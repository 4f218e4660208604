"""Delimited text is read as a spreadsheet reads it: the same cells, under the same row numbers."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cxaudit.errors import InputError
from cxaudit.read import Table, open_tables
from cxaudit.read.table import DAMAGED

HEADER = "ref,note,received_at"
Rows = list[tuple[str | int | None, ...]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("delimited")


def table_of(folder: Path, content: str | bytes) -> Table:
    path = folder / "t.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_tables(path, "t.csv")[0]


def read(folder: Path, content: str | bytes, *, header: str = "received_at") -> tuple[Table, Rows]:
    """The rows below the header: row number, cells, and what stands beyond the header."""
    table = table_of(folder, content)
    row, cells = next(record for record in table.head if any(header in cell for cell in record[1]))
    return table, table.body(row, len(cells)).collect().rows()


def as_a_spreadsheet(text: str, delimiter: str, header_row: int, width: int) -> Rows:
    """The slow and obvious way."""
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    found: Rows = []
    for row, cells in enumerate(rows[header_row:], start=header_row + 1):
        beyond = delimiter.join(cell for cell in cells[width:] if cell.strip()) or None
        found.append((row, *(cell or None for cell in (cells + [""] * width)[:width]), beyond))
    return found


STRAY = ['5" pipe', '7"', 'a "b" c']
CELLS = ["a", "é", "5", "", " ", '""', '"x,y"', '"l\nm"', '"l\n\nm, ""n"""', *STRAY]
lines_of_cells = st.lists(st.lists(st.sampled_from(CELLS), max_size=6).map(",".join), max_size=12)


@settings(max_examples=300)
@given(
    lines_of_cells, st.lists(st.sampled_from(["Report\n", "\n", '"a, b"\n', '"l\nm"\n'])), st.sampled_from(["\n", ""])
)
@example(["5,,,,,,a"], [], "")  # filled far beyond the header, after empty cells
@example(['"",""', 'a,,"l\nm",,z'], [], "\n")
@example(["a,a,a", '"x,y","l\nm",a,a'], [], "\n")  # a delimiter inside a quoted cell makes no row of a line
@example(["a,a,a", 'a,a,"l\nm",a,a'], [], "\n")  # nor does the end of a quoted cell
def test_cells_and_row_numbers_are_those_of_a_spreadsheet(
    folder: Path, lines: list[str], titles: list[str], end: str
) -> None:
    """Stray quotes, quoted line breaks, blank lines and ragged rows neither shift nor swallow a cell.

    Only a short row that holds stray quotes beside quoted cells may be rejected whole.
    """
    text = "".join(titles) + HEADER + "\n" + "\n".join(lines) + end
    table, rows = read(folder, text)
    assert table.delimiter == ","
    header_row = next(row for row, cells in table.head if "received_at" in cells)
    expected = as_a_spreadsheet(text, ",", header_row, 3)
    assert len(rows) == len(expected)
    for row, right, line in zip(rows, expected, [*lines, ""], strict=False):
        is_damaged = str(row[-1]).startswith(DAMAGED)
        assert row == right or (is_damaged and row[0] == right[0] and any(stray in line for stray in STRAY))


PIECES = [
    "a",
    "é",
    "5",
    " ",
    '"',
    '""',
    '"x,y"',
    '"l\nm"',
    '5" pipe',
    "\n",
    "\n",
    "\n\n",
    ",",
    ",",
    ",,,,",
    "'",
    '\\"',
    "a,b,2025\n",
]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.integers(1, 40))
def test_quotes_are_put_in_order_piece_by_piece_as_in_one(folder: Path, pieces: list[str], size: int) -> None:
    """Where a file is cut for reading decides nothing, whatever its quotes; and no row number is skipped."""
    text = HEADER + "\n1,a,2025\n" + "".join(pieces)
    found = []
    for chunk in (1 << 23, size):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("cxaudit.read.quotes._CHUNK", chunk)
            found.append(read(folder, text)[1])
    assert found[0] == found[1]
    assert [row[0] for row in found[0]] == list(range(2, len(found[0]) + 2))


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('2, "a, b" ,2025-10-02', ("2", "a, b", "2025-10-02")),  # blanks around quotes
        ('2,""Name" <1115>",2025-10-02', ("2", 'Name" <1115>"', "2025-10-02")),  # as Excel shows it
        ('2,""Doe, J." <1115>",2025-10-02', ("2", '"Doe, J." <1115>', "2025-10-02")),
        ('2,"He said \\"hi, you\\"",2025-10-02', ("2", 'He said "hi, you"', "2025-10-02")),
        ('2,"C:\\",2025-10-02', ("2", "C:\\", "2025-10-02")),
        ('2,5" pipe,2025-10-02', ("2", '5" pipe', "2025-10-02")),
    ],
)
def test_quotes_out_of_order_are_read_as_a_careful_person_would(folder: Path, line: str, cells: Rows) -> None:
    """Where only one reading of a line gives the usual number of cells, it is read so, wherever it stands."""
    for n_before in (1, 5000):
        plain = "1,a,2025-10-01\n" * n_before
        _, rows = read(folder, f"{HEADER}\n{plain}{line}\n3,b,2025-10-03\n")
        assert rows[-2:] == [(n_before + 2, *cells, None), (n_before + 3, "3", "b", "2025-10-03", None)]


def test_a_backslash_before_a_quote_is_obeyed_where_the_first_rows_show_it(folder: Path) -> None:
    """Then `\\"` at the end of a line closes nothing."""
    lines = ['1,"say \\"a\\", b",2025-10-01', '2,"x \\"', 'more\\" y",2025-10-02', '3,"path \\\\",2025-10-03']
    _, rows = read(folder, "\n".join([HEADER, *lines]))
    assert [row[:4] for row in rows] == [
        (2, "1", 'say "a", b', "2025-10-01"), (3, "2", 'x "\nmore" y', "2025-10-02"), (4, "3", "path \\", "2025-10-03")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    [
        '2,"never closed,2025-10-02',
        '2,"He said "hi"',  # a cell is missing, and it cannot be told which
        '2,"a mail\nof three lines\nnever closed,2025-10-02',
    ],
)
@pytest.mark.parametrize("below", ["3,c,2025-10-03", '3,"c",2025-10-03', '3,"c\nd",2025-10-03', '3,5",2025-10-03'])
def test_a_broken_quote_costs_its_own_row_only(folder: Path, broken: str, below: str) -> None:
    """It would take the rows below it for one cell, and a thousand overdue requests would be gone."""
    tail = "".join(f"{i},a,2025-10-04\n" for i in range(4, 1000))
    _, rows = read(folder, f"{HEADER}\n1,a,2025-10-01\n{broken}\n{below}\n{tail}")
    if "mail" in broken and '5"' in below:
        return  # two flaws that make one cell in order
    assert rows[0] == (2, "1", "a", "2025-10-01", None)
    assert rows[1][:-1] == (3, None, None, None)
    assert str(rows[1][-1]).startswith(DAMAGED + '"')
    assert [row[1] for row in rows[2:]] == [str(i) for i in range(3, 1000)]
    assert rows[-1] == (1000, "999", "a", "2025-10-04", None)


def test_what_may_be_the_rest_of_a_broken_row_is_no_row(folder: Path) -> None:
    """`ref, note` and the beginning of a mail; the next line has three cells, but hardly a reference among them."""
    _, rows = read(folder, HEADER + '\n1,a,2025-10-01\n2,"a mail\nof two lines, open,2025-10-02\n3,c,2025-10-03\n')
    assert [(row[0], row[1], row[-1]) for row in rows] == [
        (2, "1", None), (3, None, DAMAGED + '"a mail'), (4, None, DAMAGED + "2025-10-02"), (5, "3", None)
    ]  # fmt: skip


def test_a_last_row_that_was_cut_off_is_damaged(folder: Path) -> None:
    """An export that ends in the middle of a quoted cell was not written to its end."""
    _, rows = read(folder, HEADER + '\n1,a,2025-10-01\n2,"Dear Sir\nplease\n\nhelp')
    assert [row[-1] for row in rows] == [None, DAMAGED + '"Dear Sir']


def test_a_quote_that_is_never_closed_is_refused_where_no_row_can_be_told(folder: Path) -> None:
    """A file of one column shows nowhere that the next line is a row."""
    with pytest.raises(InputError, match=r"line 3: a quote is opened and never closed, so that 1 more lines"):
        read(folder, 'received_at\n2025-10-01\n"2025-10-02\n2025-10-03\n')


def test_short_rows_are_told_from_blank_ones(folder: Path) -> None:
    """A row with fewer cells than the header is short; a blank line is not, and delimiters in quotes count for nothing."""
    for tail in ("", 'x,5" pipe,2025-10-01\n'):  # the strict reader agrees
        table = table_of(folder, HEADER + '\n1,2\n\n1,"a, b",2025-10-01\n1,"a, b"\n1\n' + tail)
        assert table.short_rows is not None
        assert table.short_rows(1, 3) == [2, 5, 6]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", "\x1f", "¦", "§", "#"])
def test_any_delimiter_is_found(folder: Path, delimiter: str) -> None:
    """What gives the most rows of one width delimits, though titles and notes hold commas."""
    lines = ["Report, made by hand, of 2025", HEADER, *[f"{i},a,2025-10-0{i}" for i in range(1, 4)]]
    table, rows = read(folder, "\n".join([lines[0], *(line.replace(",", delimiter) for line in lines[1:])]))
    assert table.delimiter == delimiter
    assert rows[0] == (3, "1", "a", "2025-10-01", None)


def test_commas_in_addresses_do_not_outweigh_a_rare_delimiter(folder: Path) -> None:
    """It parts all lines alike, the header too; what stands in most notes does not."""
    notes = ["Elm St, Spruce Grove, AB, urgent", "Oak Ave, Stony Plain, AB, calm", "no place"]
    text = "case_id^channel^received_at^note\n" + "".join(f"{i}^email^2025-10-01^{n}\n" for i, n in enumerate(notes))
    table = table_of(folder, text)
    assert table.delimiter == "^"


def test_line_breaks_within_a_cell_may_be_vertical_tabs(tmp_path: Path) -> None:
    """As some databases write them: many of them make no binary file."""
    rows = "".join(f"{i}\temail\t2025-10-01\tMain St\x0bSpruce Grove\x0bAB\n" for i in range(40))
    (tmp_path / "t.tab").write_text("case_id\tchannel\treceived_at\taddress\n" + rows)
    (table,) = open_tables(tmp_path / "t.tab", "t.tab")
    assert table.body(1, 4).collect().height == 40


@pytest.mark.parametrize("line", ["2025-10-01 08:30:00", "1 October 2025 08:30"])
def test_a_file_of_one_column_has_no_delimiter(folder: Path, line: str) -> None:
    """The colons and blanks of a time do not delimit."""
    assert read(folder, f"received_at\n{line}\n{line}\n")[1] == [(2, line, None), (3, line, None)]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_a_line_that_names_the_delimiter_is_obeyed_and_not_counted(folder: Path, line: str) -> None:
    """Excel hides the line `sep=;`, so the row below it is row 1."""
    table, rows = read(folder, f"{line}\r\nref;received_at\r\n1,5;2025-10-01\r\n")
    assert (table.delimiter, rows) == (";", [(2, "1,5", "2025-10-01", None)])


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_and_line_end_gives_the_same_rows(folder: Path, encoding: str, line_end: str) -> None:
    """UTF-16 needs no mark, and CR alone ends a line."""
    text = HEADER + "\n1,café,2025-10-01\n\n2,,2025-10-02"
    table, rows = read(folder, text.replace("\n", line_end).encode(encoding))
    assert rows == [
        (2, "1", "café", "2025-10-01", None),
        (3, None, None, None, None),
        (4, "2", None, "2025-10-02", None),
    ]
    assert [r.code for r in table.remarks] == (["encoding_assumed"] if encoding == "cp1252" else [])


def test_utf16_is_known_by_its_header(folder: Path) -> None:
    """A column in another script does not hide that every other byte of the header is zero."""
    text = HEADER + "\n" + "1,市民の声,2025-10-01\n" * 3000
    assert table_of(folder, text.encode("utf-16-le")).encoding == "utf-16-le"


def test_windows_1252_is_assumed_wherever_the_first_odd_byte_stands(folder: Path) -> None:
    """Megabytes of plain letters do not prove UTF-8."""
    content = (HEADER + "\n" + "1,plain,2025-10-01\n" * 300_000).encode() + b"2,caf\xe9,2025-10-02\n"
    table, rows = read(folder, content)
    assert (table.encoding, rows[-1]) == ("cp1252", (300_002, "2", "café", "2025-10-02", None))


def test_two_ids_stay_two_under_undefined_bytes(folder: Path) -> None:
    """Windows-1252 leaves five bytes undefined; they are kept apart, not made one replacement mark."""
    _, rows = read(folder, HEADER.encode() + b"\nA\x81,,\nA\x8d,,\nA\x8f,,\nA\x90,,\nA\x9d,\xe9,\n")
    assert len({row[1] for row in rows}) == 5


def test_zero_bytes_are_not_text(folder: Path) -> None:
    """Zero bytes that a faulty export scatters over plain text vanish."""
    assert read(folder, HEADER + "\nA\x00\x001,,2025-10-01\n")[1] == [(2, "A1", None, "2025-10-01", None)]


def test_a_damaged_utf16_file_is_refused(folder: Path) -> None:
    """Half a character at the end shows that the file was cut off."""
    with pytest.raises(InputError, match="utf-16-le"):
        table_of(folder, HEADER.encode("utf-16-le") + b"\n")


def test_a_quoted_empty_cell_is_empty(folder: Path) -> None:
    """`""` says no more than nothing."""
    assert read(folder, HEADER + '\n"","",""\n"1","","2025-10-01"\n')[1] == [
        (2, None, None, None, None), (3, "1", None, "2025-10-01", None)
    ]  # fmt: skip


def test_blank_cells_beyond_the_header_are_nothing(folder: Path) -> None:
    """Systems end each row with a delimiter; only text beyond the header makes a row ragged."""
    assert [row[-1] for row in read(folder, HEADER + "\n1,2,3,\n1,2,3, ,\n1,2,3,,x,,y\n")[1]] == [None, None, "x,y"]


def test_text_behind_blank_cells_beyond_the_header_makes_a_row_ragged(folder: Path) -> None:
    """Also far down, where nothing in the first rows spoke of blank cells."""
    for n in (0, 60_000):
        _, rows = read(folder, HEADER + "\n" + "1,2,2025-10-01\n" * n + "1,2,3, ,x\n1,2,3\n")
        assert [row[-1] is None for row in rows[n:]] == [False, True]


def test_a_row_of_endless_cells_costs_no_columns(folder: Path) -> None:
    """One row of a hundred thousand cells is one ragged row."""
    _, rows = read(folder, HEADER + "\n1,2,3\n" + "," * 100_000 + "x\n")
    assert [row[-1] for row in rows] == [None, "x"]


def test_a_huge_cell_is_read_whole(folder: Path) -> None:
    """A mail pasted into a cell is longer than what is looked at to find the delimiter."""
    text = "line, with; marks\n" * 40_000
    _, rows = read(folder, f'{HEADER}\n1,"{text}",2025-10-01\n2,,2025-10-02\n')
    assert rows == [(2, "1", text, "2025-10-01", None), (3, "2", None, "2025-10-02", None)]


def test_rows_far_down_are_read_like_the_first(folder: Path) -> None:
    """A row is not judged by the rows that were looked at first."""
    _, rows = read(folder, HEADER + "\n" + "1,2,2025-10-01\n" * 70_000 + '9,"a\nb",2025-10-02\n8,,\n')
    assert rows[-2:] == [(70_002, "9", "a\nb", "2025-10-02", None), (70_003, "8", None, None, None)]


def test_a_frame_is_text_only(folder: Path) -> None:
    """Numbers, dates and truth values are read as they are written."""
    table = table_of(folder, HEADER + "\n007,true,2025-10-01\n")
    assert set(table.body(1, 3).collect_schema().items()) == {
        ("row", pl.UInt32()), ("c0", pl.String()), ("c1", pl.String()), ("c2", pl.String()), ("extra", pl.String())
    }  # fmt: skip
