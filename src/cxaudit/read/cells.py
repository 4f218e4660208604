"""Cells of a workbook as text: dates as ISO text, whole numbers without `.0`, numbers in a column of dates as the dates that
they stand for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import polars as pl

_HALF_MILLISECOND = dt.timedelta(microseconds=500)
_DAY_ZERO = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}
#: Days since 1900 from 1990 to 2100; a workbook that counts from 1904 has fewer.
_SERIALS = (32_874, 73_415)
_DAYS_FROM_1900_TO_1904 = 1_462
#: Excel keeps fifteen digits of a number.
MOST_DIGITS = 10**15
_LIKE_A_DATE = ("date", "time", "received", "opened", "created", "closed", "replied", "answered", "due", "_at")


class Columns:
    """The columns of one sheet, of which the first piece shows which ones hold dates."""

    def __init__(self, *, is_1904: bool) -> None:
        self.is_1904 = is_1904
        self.are_dates: list[bool] | None = None  # whether the numbers of a column are dates
        self.may_be_dates: list[bool] = []
        self.long_numbers: list[int] = []  # rows with a number that lost digits

    def look(self, cells: Sequence[Sequence[Any]]) -> None:
        """Look at the first piece."""
        if self.are_dates is None:
            self.may_be_dates = [_looks_like_dates(values) for values in cells]
            self.are_dates = [self._holds_dates(values) for values in cells]

    def texts(self, cells: Sequence[Sequence[Any]], first: int) -> list[pl.Series]:
        """Each column of a piece as text; null where a cell is empty. `first` is the number of its first row, from 0."""
        assert self.are_dates is not None
        return [self._text(values, first, are_dates) for values, are_dates in zip(cells, self.are_dates, strict=True)]

    def _holds_dates(self, values: Sequence[Any]) -> bool:
        """Whether the numbers of a column are dates: most of its values are, or it counts from 1904 and looks like dates."""
        n_dates = sum(isinstance(value, dt.date) for value in values)
        numbers = [value for value in values if type(value) in (float, int)]
        if not numbers:
            return False
        if n_dates >= len(numbers):
            return True
        if not self.is_1904 or not all(self._is_serial(number) for number in numbers):
            return False
        return any(number % 1 for number in numbers) or _looks_like_dates(values)

    def _is_serial(self, number: float) -> bool:
        shift = _DAYS_FROM_1900_TO_1904 if self.is_1904 else 0
        return _SERIALS[0] <= number + shift < _SERIALS[1]

    def _text(self, values: Sequence[Any], first: int, are_dates: bool) -> pl.Series:
        kinds = set(map(type, values))
        if kinds == {str}:
            return _blank_as_null(pl.Series(values, dtype=pl.String))
        if kinds == {dt.datetime}:
            return _moments(pl.Series(values, dtype=pl.Datetime("us")))
        if kinds == {dt.datetime, str} and all(value == "" for value in values if type(value) is str):
            return _moments(pl.Series([value or None for value in values], dtype=pl.Datetime("us")))
        if float in kinds or int in kinds:
            self.long_numbers += [
                first + i + 1 for i, v in enumerate(values) if type(v) in (float, int) and abs(v) >= MOST_DIGITS
            ]
        if are_dates:
            values = [self._date(value) if type(value) in (float, int) else value for value in values]
        return pl.Series([as_text(value) for value in values], dtype=pl.String)

    def _date(self, number: float) -> object:
        """The date that a number stands for; the number itself where it cannot be one."""
        if not self._is_serial(number):
            return number
        moment = _DAY_ZERO[self.is_1904] + dt.timedelta(days=number)
        return moment.date() if number == int(number) else moment


def _looks_like_dates(values: Sequence[Any]) -> bool:
    """Whether a column holds a date, or a word at its top speaks of one."""
    names = " ".join(value.lower() for value in values[:20] if isinstance(value, str))
    return any(isinstance(value, dt.date) for value in values) or any(word in names for word in _LIKE_A_DATE)


def _blank_as_null(texts: pl.Series) -> pl.Series:
    return texts.set(texts == "", None)


def _moments(moments: pl.Series) -> pl.Series:
    """As `as_text`, for a whole column."""
    text = pl.col("at").dt.round("1ms").dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    return pl.DataFrame({"at": moments}).select(text).to_series()


def as_text(cell: object) -> str | None:
    """A cell as text; None where it is empty.

    >>> as_text(124.0), as_text(dt.date(2025, 10, 13)), as_text(dt.datetime(2025, 10, 13, 23, 59, 59, 950_004))
    ('124', '2025-10-13', '2025-10-13 23:59:59.950')
    >>> as_text(1.23456789012345678e19)  # no digits that Excel does not keep
    '12345678901234600000'
    """
    match cell:
        case "" | None:
            return None
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            if not cell.is_integer():
                return repr(cell)
            return str(int(cell) if abs(cell) < 2**53 else int(Decimal(f"{cell:.15g}")))
        case dt.datetime():  # a day's fractions carry noise of microseconds; a reply just before midnight stays before it
            near = cell + _HALF_MILLISECOND
            return near.isoformat(sep=" ", timespec="milliseconds").removesuffix(".000")
        case dt.timedelta():
            seconds = round(cell.total_seconds())
            return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case dt.date() | dt.time():
            return cell.isoformat() if isinstance(cell, dt.date) else cell.strftime("%H:%M:%S")
        case _:
            return str(cell)
