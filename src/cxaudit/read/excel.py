"""Workbooks (xlsx, xlsm, xls, xlsb, ods): each sheet as a table of text, with the row numbers that Excel shows.

Real dates become ISO text, times of day `HH:MM:SS`, whole numbers lose their `.0`: every value is read as text first. What a
cell's format shows beyond that, the time of a midnight or zeros in front, is text too. A sheet is converted piece by piece, a
long one into scratch files, and let go before the next one is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
import python_calamine as calamine

from cxaudit.errors import InputError
from cxaudit.read.biff import biff_marks
from cxaudit.read.cells import Columns
from cxaudit.read.marks import BROKEN, Cell, Marks, WorkbookMarks, marks_of
from cxaudit.read.scratch import making_room, scratch_file
from cxaudit.read.table import HEAD_RECORDS, Remark, Table, column

#: A sheet is held in memory as a whole, empty cells in its middle too: so many take 2 GB.
MOST_CELLS = 1 << 26
_BATCH = 20_000
_NAMED_ROWS = 5


def open_workbook(path: Path, name: str) -> list[Table]:
    """One table for each sheet that is not empty. Raises `InputError` for what cannot be opened."""
    try:
        workbook = calamine.CalamineWorkbook.from_path(str(path))
        marks = _marks(path)
        sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
        with making_room(name):
            return [table for sheet in sheets if (table := _open_sheet(workbook, sheet, name, marks)) is not None]
    except calamine.PasswordError as error:
        raise InputError(f"{name} is protected by a password.\nSave it without one and try again.") from error
    except (calamine.CalamineError, OSError, *BROKEN) as error:
        raise InputError(_why_unreadable(path, name, error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader of workbooks lost its way in a damaged one
            raise
        raise InputError(_why_unreadable(path, name, error)) from None


def _marks(path: Path) -> WorkbookMarks:
    with path.open("rb") as file:
        is_compound = file.read(4) == b"\xd0\xcf\x11\xe0"
    return biff_marks(path) if is_compound else marks_of(path, MOST_CELLS)


def _why_unreadable(path: Path, name: str, error: BaseException) -> str:
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return f"{name} is encrypted.\nSave it without a password and try again."
    for stream, kind in {"WordDocument": "a Word document", "__properties_version1.0": "an Outlook message"}.items():
        if stream.encode("utf-16-le") in content:
            return f"{name} is {kind}, not a CSV or Excel export."
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return f"{name} cannot be opened as a workbook ({reason}).\nIt may be damaged or cut off: export it again."


#: One row in so many may have shifted. How a date begins that stands in a cell.
_FEW = 10
_DATE = r"^\s*(\d{4}-\d\d?-\d\d?|\d\d?[/.-]\d\d?[/.-]\d{2,4})(\s|T|$)"


def _open_sheet(
    workbook: calamine.CalamineWorkbook, meta: calamine.SheetMetadata, name: str, all_marks: WorkbookMarks
) -> Table | None:
    marks = all_marks.sheets.get(meta.name, Marks())
    if marks.too_large:
        raise InputError(
            f"{name}, sheet {meta.name}: its cells reach as far as {marks.too_large}, more than can be held.\n"
            "Delete the columns and rows behind the last one that means anything, and save it again."
        )
    sheet = workbook.get_sheet_by_name(meta.name)
    if sheet.start is None or sheet.end is None:
        return None
    columns, merged = Columns(is_1904=all_marks.is_1904), _Merged(sheet.merged_cell_ranges or marks.merged, sheet.end)
    parts: list[pl.LazyFrame] = []
    head: list[tuple[Any, ...]] = []
    has_any = False
    for frame in _frames(sheet, columns, merged, marks):
        head += frame.head(max(0, HEAD_RECORDS - len(head))).rows()
        has_any = has_any or frame.drop("row").null_count().sum_horizontal().item() < frame.height * (frame.width - 1)
        parts.append(frame.lazy() if frame.height < _BATCH and not parts else _stored(frame))
    if not has_any:
        return None

    def body(header: int, width: int) -> pl.LazyFrame:
        held = range(len(head[0]) - 1)
        cells = [pl.col(column(i)) if i in held else pl.lit(None, pl.String).alias(column(i)) for i in range(width)]
        names = next((names for row, *names in head if row == header), [])
        named = max((i for i, name in enumerate(names, 1) if (name or "").strip()), default=0)
        rows = pl.concat(parts).filter(pl.col("row") > header)
        return rows.select("row", *cells, extra=_shifted(rows, [column(i) for i in held if i >= named > 0]))

    return Table(
        file=name,
        sheet=meta.name,
        encoding=None,
        delimiter=None,
        head=tuple((row, [cell or "" for cell in cells]) for row, *cells in head),
        body=body,
        remarks=tuple(_remarks(meta, marks, merged, columns)),
    )


def _shifted(rows: pl.LazyFrame, beyond: Sequence[str]) -> pl.Expr:
    """A date beyond the last named column, where few rows have one: the cells of that row have shifted. All else that stands
    there are remarks beside a table, or a column without a name."""
    if not beyond:
        return pl.lit(None, dtype=pl.String)
    date = pl.coalesce(pl.when(pl.col(name).str.contains(_DATE)).then(pl.col(name)) for name in beyond)
    n, n_all = rows.select(date.count(), all=pl.len()).collect().row(0)
    return date if n <= max(1, n_all // _FEW) else pl.lit(None, dtype=pl.String)


def _frames(sheet: calamine.CalamineSheet, columns: Columns, merged: _Merged, marks: Marks) -> Iterator[pl.DataFrame]:
    """The rows of a sheet from the first one on, piece by piece: `row` as Excel shows it, and the cells as text."""
    assert sheet.start is not None
    left, first, rows = sheet.start[1], 0, sheet.iter_rows()
    while batch := list(islice(rows, _BATCH)):
        columns.look(list(zip(*batch, strict=True)))
        marks.shown.put(batch, first, left)
        _put_errors(batch, first, left, marks, columns)
        merged.fill(batch, first, left)
        texts = columns.texts(list(zip(*batch, strict=True)), first)
        blank = pl.Series([None], dtype=pl.String).extend_constant(None, len(batch) - 1)
        cells = {column(i): series for i, series in enumerate([blank] * left + texts)}
        row = pl.Series("row", range(first + 1, first + len(batch) + 1), dtype=pl.UInt32)
        yield pl.DataFrame({"row": row, **cells})
        first += len(batch)


def _put_errors(batch: list[list[Any]], first: int, left: int, marks: Marks, columns: Columns) -> None:
    """Errors of formulas, which the reader of workbooks takes for empty cells.

    Outside the columns of dates each gets its row, so that two of them are not taken for the same id.
    """
    if not marks.errors:
        return
    for (row, at), text in marks.errors.items():
        i, j = row - first, at - left
        if 0 <= i < len(batch) and 0 <= j < len(batch[i]):
            batch[i][j] = text if columns.may_be_dates[j] else f"{text} (row {row + 1})"


class _Merged:
    """Merged cells that cover several rows: what stands in the first is meant for each of them."""

    def __init__(self, ranges: Sequence[tuple[Cell, Cell]], end: Cell) -> None:
        ranges = [(first, last) for first, last in ranges if last[0] > first[0]]
        self.rows = sorted(first[0] + 1 for first, _ in ranges)
        self._covered = _covered(ranges, end)
        self._values: dict[Cell, Any] = {}

    def fill(self, batch: list[list[Any]], first: int, left: int) -> None:
        if not self._covered:
            return
        for i, row in enumerate(batch):
            for j in range(len(row)):
                origin = self._covered.get((first + i, left + j))
                if origin == (first + i, left + j):
                    self._values[origin] = row[j]
                elif origin is not None and row[j] == "":
                    row[j] = self._values.get(origin, "")


def _covered(ranges: Sequence[tuple[Cell, Cell]], end: Cell) -> dict[Cell, Cell]:
    """The cells of the first column of each range, up to the end of the sheet, with the cell that their value stands in.

    Each cell is covered once, however far the ranges of a damaged file run into each other:

    >>> _covered([((1, 0), (1_048_575, 0)), ((2, 0), (3, 1))], (4, 4))
    {(2, 0): (2, 0), (3, 0): (2, 0), (1, 0): (1, 0)}
    """
    covered: dict[Cell, Cell] = {}
    next_row: dict[int, int] = {}
    for first, last in sorted(ranges, reverse=True):
        row, at = first
        if row <= end[0] and at <= end[1]:
            stop = min(last[0] + 1, end[0] + 1, next_row.get(at, last[0] + 1))
            covered |= {(i, at): first for i in range(row, stop)}
            next_row[at] = row
    return covered


def _stored(frame: pl.DataFrame) -> pl.LazyFrame:
    path = scratch_file(".arrow")
    frame.write_ipc(path)
    return pl.scan_ipc(str(path), glob=False)


def _remarks(meta: calamine.SheetMetadata, marks: Marks, merged: _Merged, columns: Columns) -> Iterator[Remark]:
    """What the reader of the figures must know about a sheet."""
    if meta.visible != calamine.SheetVisibleEnum.Visible:
        yield Remark("hidden_sheet")
    errors = sorted(marks.errors)
    values = tuple(dict.fromkeys(marks.errors[cell] for cell in errors))
    for code, rows, shown in (
        ("hidden_rows", marks.hidden_rows, ()),
        ("error_cells", [row + 1 for row, _ in errors], values),
        ("merged_cells", merged.rows, ()),
        ("long_number", columns.long_numbers, ()),
    ):
        if rows:
            yield Remark(code, len(rows), tuple(rows[:_NAMED_ROWS]), shown[:_NAMED_ROWS])
