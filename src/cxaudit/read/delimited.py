"""Delimited text (CSV, TSV and their kin): which delimiter, and the rows.

polars scans the file, or a copy of it in which all is in order. Each row keeps the number that Excel shows, and no cell is cut
off or shifted in silence.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import polars as pl

from cxaudit.read.quotes import MOST_EXTRA_CELLS, Orderly, put_in_order
from cxaudit.read.records import Records
from cxaudit.read.scratch import making_room, scratch_file
from cxaudit.read.table import DAMAGED, HEAD_RECORDS, AtOnce, Record, Remark, Table, column
from cxaudit.read.text import TextFile, open_text, start_of

_COMMON = (",", ";", "\t", "|")
_RARE = ("^", "~", "\x1f", "\x01", "¦", "§", "#", "!", "*")
#: These stand in titles and times too.
_DOUBTFUL = (":", " ")
_LEAST_SURE = 2  # cells, which a title or a time may give as well
_HEAD_CHARACTERS = 1 << 18
#: A quoted cell, also one that is cut off at the end of what was read: its text says nothing about the delimiter.
_QUOTED = re.compile(r'(?:^|(?<=[^\w "]))"(?:[^"]|"")*(?:"|\Z)', re.MULTILINE)
_SEP = "sep="
#: Stands for a delimiter that takes several bytes, which polars cannot read.
_STAND_IN = "\x1d"


def open_delimited(path: Path, name: str, head: bytes) -> Table:
    """The table of a delimited text file. Raises `InputError` for what is no text."""
    start = _start(path)
    file = open_text(path, name, head, start.delimiter)
    if file.path != path:
        start = _start(file.path)
    reader = _Reader(file, name, start)
    remarks = {"encoding_assumed": file.encoding == "cp1252", "encoding_mixed": file.is_mixed}
    return Table(
        file=name,
        sheet=None,
        encoding=file.encoding,
        delimiter=start.delimiter,
        head=reader.head(),
        body=reader.body,
        at_once=reader.at_once,
        remarks=tuple(Remark(code) for code, holds in remarks.items() if holds),
        short_rows=reader.short_rows,
    )


class _Start(NamedTuple):
    """The first characters of a file, whether they are all of it, its first lines without their quoted cells, and the
    delimiter; `skip`: lines that only name it."""

    text: str
    is_whole: bool
    plain: list[str]
    delimiter: str
    skip: int


def _start(path: Path) -> _Start:
    text, is_whole = start_of(path, _HEAD_CHARACTERS)
    declared, plain = _declared_delimiter(text), _first_lines(text)
    return _Start(text, is_whole, plain, declared or _likely_delimiter(plain), 1 if declared else 0)


def _declared_delimiter(text: str) -> str | None:
    """The delimiter of a first line `sep=;`, which Excel obeys and does not show."""
    line = text[: text.find("\n")].strip('\r"').lower() if "\n" in text else ""
    return line[len(_SEP)] if line.startswith(_SEP) and len(line) == len(_SEP) + 1 else None


def _likely_delimiter(plain: list[str]) -> str:
    """The delimiter that gives the most records of one and the same width; a rare one only if it gives many more, or parts all
    records alike where no common one does."""
    together = "\n".join(plain)
    common, rare = (
        max(((*(_evenness(_widths(plain, d)) if d in together else (0, 0)), -i, d) for i, d in enumerate(ds)))
        for ds in (_COMMON, _RARE)
    )
    is_only_one = rare[0] == len(plain) > common[0] and rare[1] > _LEAST_SURE
    if rare[0] > 2 * common[0] or is_only_one:
        return rare[-1]
    if common[0] > 0:
        return common[-1]
    return next((delimiter for delimiter in _DOUBTFUL if _is_even(plain, delimiter)), ",")


def _first_lines(text: str) -> list[str]:
    """The first lines with something in them, without their quoted cells."""
    plain = _QUOTED.sub("", text) if '"' in text else text
    return [line[0] for line in islice(re.finditer(r"[^\n]+", plain), HEAD_RECORDS)]


def _widths(plain: list[str], delimiter: str) -> Counter[int]:
    return Counter(line.count(delimiter) + 1 for line in plain)


def _evenness(widths: Counter[int]) -> tuple[int, int]:
    """How many records have the most frequent width of more than one cell, and this width."""
    wide = [(n, width) for width, n in widths.items() if width > 1]
    return max(wide, default=(0, 0))


def _is_even(plain: list[str], delimiter: str) -> bool:
    """Whether all records have the same width, and more cells than a date with its time would give."""
    widths = _widths(plain, delimiter)
    return len(widths) == 1 and min(widths) > 2


class _Reader:
    """The rows of one delimited file below a header."""

    def __init__(self, file: TextFile, name: str, begun: _Start) -> None:
        start, is_whole, plain, delimiter, skip = begun
        self.name = name
        self.delimiter = delimiter
        self.skip = skip
        self.has_quotes = file.has_quotes
        self.n_delimiters = file.n_delimiters
        self.path = file.path
        self.stands_for = delimiter if len(delimiter.encode()) > 1 else None
        if self.stands_for:
            self.path, self.delimiter = _with_stand_in(file.path, name, delimiter), _STAND_IN
            start, plain = start.replace(delimiter, _STAND_IN), [one.replace(delimiter, _STAND_IN) for one in plain]
        self.start = start
        self.is_whole = is_whole  # the start is the whole file
        widths = _widths(plain, self.delimiter)
        self.usual, widest = _evenness(widths)[1], max(widths, default=1)
        self.widest = max(1, min(widest, self.usual + MOST_EXTRA_CELLS))

    @cached_property
    def orderly(self) -> Orderly:
        """The file in order."""
        return put_in_order(self.path, self.name, self.records, self.start)

    @cached_property
    def records(self) -> Records:
        return Records(self.delimiter, self.usual, self.widest, has_quotes=self.has_quotes, start=self.start)

    def head(self) -> tuple[Record, ...]:
        """The first records with their row numbers; a line that names the delimiter is not a row."""
        start, is_whole = self.start, self.is_whole
        if self.has_quotes and self.orderly.path != self.path:
            start, is_whole = start_of(self.orderly.path, _HEAD_CHARACTERS)
        lines = (line[0] for line in re.finditer(r"[^\n]*\n|[^\n]+", start))
        rows = csv.reader(lines, delimiter=self.delimiter)
        records = list(enumerate(islice(rows, self.skip, HEAD_RECORDS + 1 + self.skip), start=1))
        if not is_whole:
            records = records[:-1] or records
        if self.stands_for or DAMAGED in start:
            records = [(row, [self._shown(cell) for cell in cells]) for row, cells in records]
        return tuple(records[:HEAD_RECORDS])

    def _shown(self, cell: str) -> str:
        cell = cell.removeprefix(DAMAGED)
        return cell.replace(_STAND_IN, self.stands_for) if self.stands_for else cell

    def body(self, header: int, width: int) -> pl.LazyFrame:
        return self._rows(header, width, self._ordered(width))

    def _ordered(self, width: int) -> Orderly:
        """The file in order, below a header of this width."""
        if width > self.widest:
            self.widest = width
            for known in ("orderly", "records"):
                vars(self).pop(known, None)
        return self.orderly

    def at_once(self, header: int, width: int) -> AtOnce | None:
        if self.n_delimiters is None or self.widest > width + 1:
            return None
        above = self.start.split("\n", self.skip + header)[: self.skip + header]

        def is_right() -> bool:
            orderly = self._ordered(width)
            return orderly.path == self.path and orderly.most_cells <= width + 1

        rows = self._rows(header, width, Orderly(self.path, width + 1))
        return AtOnce(rows, self.n_delimiters - sum(line.count(self.delimiter) for line in above), is_right)

    def _rows(self, header: int, width: int, orderly: Orderly) -> pl.LazyFrame:
        names = [column(i) for i in range(width)]
        beyond = [f"extra{i}" for i in range(max(1, orderly.most_cells - width))]
        may_have_quotes = self.has_quotes or orderly.path != self.path
        rows = pl.scan_csv(
            str(orderly.path),
            has_header=False,
            schema=dict.fromkeys([*names, *beyond], pl.String()),
            glob=False,
            separator=self.delimiter,
            quote_char='"' if may_have_quotes else None,  # not to look for them spares a tenth of the time
            null_values=[""] if may_have_quotes else None,  # else a quoted empty cell is not null
            skip_rows=self.skip + header,
            row_index_name="row",
            row_index_offset=header + 1,
            missing_columns="insert",
            extra_columns="ignore",
        )
        extra = self._beyond(beyond)
        cells: dict[str, pl.Expr] = {name: pl.col(name) for name in names}
        if orderly.has_damage:
            is_damaged = pl.col(column(0)).str.starts_with(DAMAGED)
            extra = pl.when(is_damaged).then(pl.col(column(0))).otherwise(extra)
            cells[column(0)] = pl.when(~is_damaged).then(pl.col(column(0)))
        if self.stands_for:
            cells = {
                name: cell.str.replace_all(_STAND_IN, self.stands_for, literal=True) for name, cell in cells.items()
            }
            extra = extra.str.replace_all(_STAND_IN, self.stands_for, literal=True)
        return rows.select("row", **cells, extra=extra)

    def _beyond(self, names: list[str]) -> pl.Expr:
        """What stands beyond the header, blank cells left aside."""
        filled = [pl.when(cell.str.strip_chars() != "").then(cell) for cell in map(pl.col, names)]
        if len(filled) == 1:
            return filled[0]
        joined = pl.concat_str(filled, separator=self.delimiter, ignore_nulls=True)
        return pl.when(joined != "").then(joined)

    def short_rows(self, header: int, width: int) -> list[int]:
        """The rows that have fewer cells than the header, blank ones left aside."""
        orderly = self.orderly
        n_cells = self.records.n_cells
        lines = pl.scan_lines(str(orderly.path), name="line", row_index_name="at", glob=False)
        is_filled = (pl.col("line").str.len_bytes() > 0) & ~pl.col("line").str.contains(DAMAGED, literal=True)
        short = lines.filter(is_filled, n_cells < width).select(pl.col("at").cast(pl.Int64))
        if orderly.spans:
            short = _outside_spans(short, orderly.spans, width)
        rows = short.select(pl.col("at") + 1 - self.skip).filter(pl.col("at") > header)
        return sorted(rows.collect(engine="streaming").to_series().to_list())


def _outside_spans(short: pl.LazyFrame, spans: list[tuple[int, int, int]], width: int) -> pl.LazyFrame:
    """Lines to records: those inside a record of several lines are none; such a record may be short itself."""
    schema = {"first": pl.Int64, "n_lines": pl.Int64, "n_cells": pl.Int64}
    frame = pl.LazyFrame(spans, schema=schema, orient="row").with_columns(
        end=pl.col("first") + pl.col("n_lines"), swallowed=(pl.col("n_lines") - 1).cum_sum()
    )
    alone = short.join_asof(frame, left_on="at", right_on="first", check_sortedness=False)
    alone = alone.filter(pl.col("end").is_null() | (pl.col("at") >= pl.col("end")))
    mine = frame.filter(pl.col("n_cells") < width)
    return pl.concat([
        alone.select(at=pl.col("at") - pl.col("swallowed").fill_null(0)),
        mine.select(at=pl.col("first") - pl.col("swallowed") + pl.col("n_lines") - 1),
    ])  # fmt: skip


def _with_stand_in(path: Path, name: str, delimiter: str) -> Path:
    """A copy in which a byte that no text holds stands for a delimiter of several bytes."""
    copy, decoder = scratch_file(".csv"), codecs.getincrementaldecoder("utf-8")()
    with making_room(name), path.open("rb") as source, copy.open("wb") as target:
        while chunk := source.read(1 << 22):
            target.write(decoder.decode(chunk).replace(delimiter, _STAND_IN).encode())
    return copy
