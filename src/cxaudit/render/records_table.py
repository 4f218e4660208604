"""The list of requests for a terminal or a text file, one line each, in the order of the input.

Where the terminal is narrow whole columns are left out, the least urgent first, and named below; no text is cut.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import polars as pl

from cxaudit.model import Records
from cxaudit.render.options import RenderOptions
from cxaudit.render.records_view import ShownColumn, shown_columns, slices
from cxaudit.render.words import counted, listed, utf8

GAP = 2
#: What is left out of a narrow table, the first first.
EXPENDABLE = (
    "Customer", "Promise", "Days", "High volume", "Where", "Employee", "Replied", "Department", "Why excluded",
)  # fmt: skip
MISSED = ("late", "overdue")
RED, BOLD, PLAIN = "\x1b[31m", "\x1b[1m", "\x1b[0m"


def render_records_table(records: Records, options: RenderOptions) -> Iterator[bytes]:
    columns, left_out = _fit(shown_columns(records.frame), options.width)
    header = _header(columns)
    yield utf8((f"{BOLD}{header}{PLAIN}" if options.colour else header) + "\n")
    line = pl.concat_str([_cell(column, options.colour) for column in columns], separator=" " * GAP)
    for part in slices(records.frame):
        lines = part.select(pl.concat_str(pl.lit(" "), line).str.strip_chars_end(" ")).to_series()
        yield utf8("\n".join(lines) + "\n")
    yield utf8("\n" + "\n".join(_below(records, left_out, options.width)) + "\n")


def _fit(columns: list[ShownColumn], width: int | None) -> tuple[list[ShownColumn], list[str]]:
    left_out: list[str] = []
    for heading in EXPENDABLE:
        if width is None or 1 + sum(column.width + GAP for column in columns) - GAP <= width:
            break
        if any(column.heading == heading for column in columns):
            left_out.append(heading)
            columns = [column for column in columns if column.heading != heading]
    return columns, left_out


def _header(columns: list[ShownColumn]) -> str:
    cells = (
        column.heading.rjust(column.width) if column.is_figure else column.heading.ljust(column.width)
        for column in columns
    )
    return (" " + (" " * GAP).join(cells)).rstrip()


def _cell(column: ShownColumn, colour: bool) -> pl.Expr:
    padded = column.text.str.pad_start(column.width) if column.is_figure else column.text.str.pad_end(column.width)
    if colour and column.heading == "Verdict":
        red = pl.concat_str(pl.lit(RED), padded, pl.lit(PLAIN))
        return pl.when(column.text.is_in(MISSED)).then(red).otherwise(padded)
    return padded


def _below(records: Records, left_out: list[str], width: int | None) -> list[str]:
    text = f"{counted(records.frame.height, 'request')}."
    if left_out:
        text += f" Too wide for this window: {listed(left_out)}; -o FILE.csv holds every column."
    return [f" {text}"] if width is None else textwrap.wrap(text, width, initial_indent=" ", subsequent_indent=" ")
