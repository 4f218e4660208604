"""Workbooks (xlsx, xls, xlsb, ods): each sheet as a table of text, with the row numbers that Excel shows.

Real dates become ISO text, times of day `HH:MM:SS`, whole numbers lose their `.0`: every value is read as text first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import python_calamine as calamine

from cxaudit.errors import InputError
from cxaudit.read.table import HEAD_RECORDS, Table, column

_HALF_SECOND = dt.timedelta(microseconds=500_000)
_NOISE = dt.timedelta(microseconds=100_000)  # a reply half a second before midnight stays before midnight


def open_workbook(path: Path, name: str) -> list[Table]:
    """One table for each sheet that is not empty. Raises `InputError` for what cannot be opened."""
    try:
        workbook = calamine.CalamineWorkbook.from_path(str(path))
        sheets = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
        return [table for sheet in sheets if (table := _open_sheet(workbook, sheet, name)) is not None]
    except calamine.PasswordError as error:
        raise InputError(f"{name} is protected by a password.\nSave it without one and try again.") from error
    except (calamine.CalamineError, OSError) as error:
        raise InputError(_why_unreadable(path, name, error)) from error


def _why_unreadable(path: Path, name: str, error: Exception) -> str:
    with path.open("rb") as file:
        content = file.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return f"{name} is encrypted.\nSave it without a password and try again."
    return f"{name} cannot be opened as a workbook ({error}).\nIt may be damaged or cut off: export it again."


def _open_sheet(workbook: calamine.CalamineWorkbook, sheet: str, name: str) -> Table | None:
    rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    if not any(cell != "" for row in rows for cell in row):
        return None
    head = tuple((i + 1, [as_text(cell) or "" for cell in row]) for i, row in enumerate(rows[:HEAD_RECORDS]))
    return Table(file=name, sheet=sheet, encoding=None, delimiter=None, head=head, body=_body(rows))


def _body(rows: list[list[Any]]) -> Callable[[int, int], pl.LazyFrame]:
    def body(header: int, width: int) -> pl.LazyFrame:
        below = rows[header:]
        columns = {column(i): [as_text(row[i]) if i < len(row) else None for row in below] for i in range(width)}
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String()))
        extra = pl.lit(None, dtype=pl.String).alias("extra")
        return frame.with_columns(extra).with_row_index("row", offset=header + 1).lazy()

    return body


def as_text(cell: object) -> str | None:
    """A cell as text; None where it is empty.

    >>> as_text(124.0), as_text(dt.date(2025, 10, 13)), as_text(dt.datetime(2025, 10, 13, 8, 29, 59, 942000))
    ('124', '2025-10-13', '2025-10-13 08:30:00')
    """
    match cell:
        case "" | None:
            return None
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case dt.datetime():  # Excel's day fractions carry noise: 08:29:59.942 was typed as 08:30
            whole = (cell + _HALF_SECOND).replace(microsecond=0)
            return (whole if abs(whole - cell) <= _NOISE else cell).isoformat(sep=" ")
        case dt.timedelta():
            seconds = round(cell.total_seconds())
            return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case dt.date() | dt.time():
            return cell.isoformat() if isinstance(cell, dt.date) else cell.strftime("%H:%M:%S")
        case _:
            return str(cell)
