"""A table as it stands in a file: text and nothing else.

The first records are at hand, so that the header can be found; the rest comes as a lazy frame once it is known where the
data begins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

#: A record of the file: the row number that Excel shows, and its cells as text.
Record = tuple[int, list[str]]

#: How many records are looked at to find the header, the delimiter and the shape of dates.
HEAD_RECORDS = 200
#: Marks a record whose cells cannot be told apart. No text holds it: zero bytes are taken out.
DAMAGED = "\x00"


@dataclass(frozen=True)
class Remark:
    """What the reader must know about a table: the code of a finding, how often, where, and the values (each if any)."""

    code: str
    n: int = 1
    rows: tuple[int, ...] = ()
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class AtOnce:
    """A table's body, read without looking through the file before: right but for rows that have two cells too many, or more.

    Where every row fills its last column, and there are no delimiters for more cells, there is no such row.
    """

    rows: pl.LazyFrame
    n_delimiters: int  # below the header
    is_right: Callable[[], bool]  # looks through the file after all


@dataclass(frozen=True)
class Table:
    """One CSV file or one sheet of a workbook.

    `body(header, width)` gives the rows below the header: columns `c0`, `c1`, … of text (null where the cell is empty),
    `row` (UInt32, as Excel shows it), `extra` (text beyond the last column of the header; null as a rule; a record whose cells
    cannot be told apart stands here whole, marked by a zero byte in front). `at_once(header, width)` gives what may be read
    before the file was looked through, if anything may.
    """

    file: str  # the name shown to the user
    sheet: str | None
    encoding: str | None
    delimiter: str | None
    head: tuple[Record, ...]
    body: Callable[[int, int], pl.LazyFrame]
    at_once: Callable[[int, int], AtOnce | None] | None = None  # if the body takes looking through
    remarks: tuple[Remark, ...] = ()
    short_rows: Callable[[int, int], list[int]] | None = (
        None  # (header, width) -> rows with fewer cells than the header
    )


def column(position: int) -> str:
    """The name of a column of a table's frame."""
    return f"c{position}"
