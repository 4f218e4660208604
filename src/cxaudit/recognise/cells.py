"""The cells that play a role, as one text each: a date and its time of day may stand in two columns, and a source may have
its own sign for nothing."""

from __future__ import annotations

import datetime as dt

import polars as pl

from cxaudit.bytewise import is_plain
from cxaudit.read.table import column
from cxaudit.recognise.layout import Layout
from cxaudit.standards.source import Role, Unit

#: A time of day that only stands for none, behind a date that has its real one in another column.
_MIDNIGHT = r"(?i)[T ]+(?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM)$"
#: A day that only stands for none, before a time of day: spreadsheets begin to count there.
_DAY_ZERO = r"^(?:18\d\d|190[0-4])-\d\d-\d\d[T ]"
#: A moment as a workbook tells it.
_DAY_FIRST = r"^\d{4}-\d\d-\d\d[T ]"
#: A time of day without a format: the part of the day that has passed.
_DAY_PART = r"^(?:0?[.,]\d+|0|\d(?:\.\d+)?[eE]-\d+)$"
_MIDNIGHT_OF_ANY_DAY = pl.lit(dt.datetime(2000, 1, 1))
_US_IN = {"minutes": 60_000_000, "hours": 3_600_000_000, "days": 86_400_000_000}
_NUMBER = r"^\d+(?:\.\d+)?$"
#: A comma before three digits parts thousands; a decimal comma is one that cannot do so.
_THOUSANDS = r"^[1-9]\d{0,2}(?:(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+)$"
_ONE_THOUSANDS = r"^[1-9]\d{0,2},\d{3}$"
_DECIMAL_COMMA = r"^(?:\d+,(?:\d{1,2}|\d{4,})|0,\d+)$"
_CLOCK = r"^(\d+):([0-5]\d)(?::([0-5]\d))?$"


def cells_of(layout: Layout, role: Role) -> pl.Expr:
    """The cells of a role as text; null where there is nothing. The table must have a column for it."""
    text = pl.col(column(layout.positions[role]))
    if layout.mapping.missing:
        text = pl.when(~text.str.strip_chars().is_in(layout.mapping.missing)).then(text)
    if role not in layout.times:
        return text
    day = text.str.strip_chars().str.replace(_MIDNIGHT, "")
    time = _time_of(pl.col(column(layout.times[role])).str.strip_chars(), day)
    return pl.when(time != "").then(pl.concat_str(day, time, separator=" ")).otherwise(day)


def _time_of(text: pl.Expr, day: pl.Expr) -> pl.Expr:
    """The time of day in the cell beside a date: behind no day, behind that day once more, or as a part of a day."""
    is_same_day = text.str.contains(_DAY_FIRST) & (text.str.slice(0, 10) == day.str.slice(0, 10))
    time = pl.when(is_same_day).then(text.str.slice(11)).otherwise(text.str.replace(_DAY_ZERO, ""))
    part = (
        pl.when(text.str.contains(_DAY_PART))
        .then(text.str.replace(",", ".", literal=True))
        .cast(pl.Float64, strict=False)
    )
    seconds = (part * 86_400).round().cast(pl.Int64).clip(0, 86_399)
    clock = (_MIDNIGHT_OF_ANY_DAY + pl.duration(seconds=seconds)).dt.strftime("%H:%M:%S")
    return pl.coalesce(clock, time)


def trimmed(text: pl.Expr) -> pl.Expr:
    """Texts without blanks around them; null where nothing is left. As a rule there is nothing to do, and nothing is copied."""

    def stripped(texts: pl.Series) -> pl.Series:
        if is_plain(texts) or not texts.str.contains(r"^\s|\s$|^$").any():
            return texts
        bare = texts.str.strip_chars()
        return bare.set(bare == "", None)

    return text.map_batches(stripped, return_dtype=pl.String(), is_elementwise=True)


def duration(text: pl.Expr, unit: Unit) -> pl.Expr:
    """How long something took: a number of these units, or `H:MM` or `H:MM:SS`; null for anything else.

    `1,440` is a thousand and more of minutes; of hours or days, which come with decimals, it could be either: null.
    """
    text = text.str.strip_chars()
    without = text.str.replace_all(",", "", literal=True)
    number = (
        pl.when(text.str.contains(_NUMBER)).then(text)
        .when(text.str.contains(_DECIMAL_COMMA)).then(text.str.replace(",", ".", literal=True))
        .when(text.str.contains(_THOUSANDS) | (text.str.contains(_ONE_THOUSANDS) & (unit == "minutes"))).then(without)
    )  # fmt: skip
    parts = [text.str.extract(_CLOCK, i).cast(pl.Int64, strict=False) for i in (1, 2, 3)]
    clock = parts[0] * 3_600_000_000 + parts[1] * 60_000_000 + parts[2].fill_null(0) * 1_000_000
    counted = (number.cast(pl.Float64, strict=False) * _US_IN[unit]).round().cast(pl.Int64)
    return pl.coalesce(counted, clock).cast(pl.Duration("us"))
