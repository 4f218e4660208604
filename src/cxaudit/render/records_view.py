"""The list of requests as people see it: titles, only the columns that say something, no control characters.

CSV and JSON hold every column; this view leaves out what is empty throughout and what only a machine reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from cxaudit.render.words import BREAKS, REPLACEMENT, UNSEEN

SLICE_ROWS = 50_000


@dataclass(frozen=True)
class ShownColumn:
    heading: str
    text: pl.Expr
    width: int
    is_figure: bool


def _shown(text: pl.Expr) -> pl.Expr:
    return text.cast(pl.String).fill_null("").str.replace_all(BREAKS, " ").str.replace_all(UNSEEN, REPLACEMENT)


_SHEET = pl.col("sheet").replace("", None)
_PLACE = pl.concat_str("file", _SHEET, pl.format("row {}", "row"), separator=", ", ignore_nulls=True)

#: Heading -> what stands under it, in the order shown.
_COLUMNS: dict[str, pl.Expr] = {
    "Case": pl.col("case_id"),
    "Channel": pl.col("channel"),
    "Department": pl.col("department"),
    "Employee": pl.col("employee"),
    "Customer": pl.col("customer_type"),
    "Received": pl.col("received_at"),
    "Replied": pl.col("replied_at"),
    # The last second of the day is how a date is written for machines.
    "Due": pl.col("due_at").cast(pl.String).str.strip_suffix(" 23:59:59"),
    "Verdict": pl.col("verdict"),
    "Days": pl.col("business_days"),
    "Over": pl.col("business_days_over"),
    "Promise": pl.col("standard"),
    "High volume": pl.col("high_volume"),
    "Why excluded": pl.col("excluded_because"),
    "Its system": pl.col("system"),
    "Its due time": pl.col("system_due_at"),
    "Likely reason": pl.col("reason"),
    "Where": _PLACE,
}
FIGURES = ("Days", "Over")


def shown_columns(frame: pl.DataFrame) -> list[ShownColumn]:
    """The columns with anything in them, each as wide as its longest text."""
    present = set(frame.columns)
    texts = {heading: _shown(text) for heading, text in _COLUMNS.items() if set(text.meta.root_names()) <= present}
    longest = frame.lazy().select(text.str.len_chars().max().alias(name) for name, text in texts.items()).collect()
    return [
        ShownColumn(heading, text.alias(heading), max(longest.item(0, heading) or 0, len(heading)), heading in FIGURES)
        for heading, text in texts.items()
        if longest.item(0, heading) or (frame.is_empty() and heading in ("Case", "Received", "Due", "Verdict"))
    ]


def slices(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    return (part for part in frame.iter_slices(SLICE_ROWS) if part.height)
