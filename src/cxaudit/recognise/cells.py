"""The cells that play a role, as one text each: a date and its time of day may stand in two columns, and a source may have
its own sign for nothing."""

from __future__ import annotations

import polars as pl

from cxaudit.bytewise import is_plain
from cxaudit.read.table import column
from cxaudit.recognise.layout import Layout
from cxaudit.standards.source import Role, Unit

#: A time of day that only stands for none, behind a date that has its real one in another column.
_MIDNIGHT = r"(?i)[T ]+(?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM)$"
#: A day that only stands for none, before a time of day: spreadsheets begin to count there.
_DAY_ZERO = r"^(?:18\d\d|190[0-4])-\d\d-\d\d[T ]"
_US_IN = {"minutes": 60_000_000, "hours": 3_600_000_000, "days": 86_400_000_000}
_NUMBER = r"^\d[\d,]*(?:\.\d+)?$"
_CLOCK = r"^(\d+):([0-5]\d)(?::([0-5]\d))?$"


def cells_of(layout: Layout, role: Role) -> pl.Expr:
    """The cells of a role as text; null where there is nothing. The table must have a column for it."""
    text = pl.col(column(layout.positions[role]))
    if layout.mapping.missing:
        text = pl.when(~text.str.strip_chars().is_in(layout.mapping.missing)).then(text)
    if role not in layout.times:
        return text
    day = text.str.strip_chars().str.replace(_MIDNIGHT, "")
    time = pl.col(column(layout.times[role])).str.strip_chars().str.replace(_DAY_ZERO, "")
    return pl.when(time != "").then(pl.concat_str(day, time, separator=" ")).otherwise(day)


def trimmed(text: pl.Expr) -> pl.Expr:
    """Texts without blanks around them; null where nothing is left. As a rule there is nothing to do, and nothing is copied."""

    def stripped(texts: pl.Series) -> pl.Series:
        if is_plain(texts) or not texts.str.contains(r"^\s|\s$|^$").any():
            return texts
        bare = texts.str.strip_chars()
        return bare.set(bare == "", None)

    return text.map_batches(stripped, return_dtype=pl.String(), is_elementwise=True)


def duration(text: pl.Expr, unit: Unit) -> pl.Expr:
    """How long something took: a number of these units, or `H:MM` or `H:MM:SS`; null for anything else."""
    text = text.str.strip_chars()
    number = pl.when(text.str.contains(_NUMBER)).then(text.str.replace_all(",", "", literal=True))
    parts = [text.str.extract(_CLOCK, i).cast(pl.Int64, strict=False) for i in (1, 2, 3)]
    clock = parts[0] * 3_600_000_000 + parts[1] * 60_000_000 + parts[2].fill_null(0) * 1_000_000
    counted = (number.cast(pl.Float64, strict=False) * _US_IN[unit]).round().cast(pl.Int64)
    return pl.coalesce(counted, clock).cast(pl.Duration("us"))
