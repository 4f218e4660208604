"""Delimited text (CSV, TSV and their kin): which delimiter, and the rows.

polars scans the file where it reads it as a spreadsheet would; where quotes are out of order, Python's `csv` reads it
instead. Either way each row keeps the number that Excel shows, and no cell is cut off or shifted in silence.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice
from pathlib import Path

import polars as pl

from cxaudit.errors import InputError
from cxaudit.read.table import HEAD_RECORDS, Record, Table, column
from cxaudit.read.text import TextFile, open_text

_COMMON = (",", ";", "\t", "|")
_RARE = ("^", "~", "\x1f", "\x01", "¦", "§", ":", " ")
_HEAD_CHARACTERS = 1 << 18
_SEP = "sep="
csv.field_size_limit(1 << 30)


def open_delimited(path: Path, name: str, head: bytes) -> Table:
    """The table of a delimited text file. Raises `InputError` for what is no text."""
    file = open_text(path, name, head)
    start, is_whole = file.start(_HEAD_CHARACTERS)
    declared = _declared_delimiter(start)
    delimiter = declared or _likely_delimiter(start)
    head_records = _records(start, delimiter, skip=1 if declared else 0)
    if not is_whole:
        head_records = head_records[:-1] or head_records
    reader = _Reader(file, delimiter, has_sep_line=declared is not None)
    return Table(
        file=name,
        sheet=None,
        encoding=file.encoding,
        delimiter=delimiter,
        head=tuple(head_records[:HEAD_RECORDS]),
        body=reader.body,
        findings=("encoding_assumed",) if file.encoding == "cp1252" else (),
        short_rows=reader.short_rows,
    )


def _declared_delimiter(text: str) -> str | None:
    """The delimiter of a first line `sep=;`, which Excel obeys and does not show."""
    line = text[: text.find("\n")].strip('\r"').lower() if "\n" in text else ""
    return line[len(_SEP)] if line.startswith(_SEP) and len(line) == len(_SEP) + 1 else None


def _likely_delimiter(text: str) -> str:
    """The delimiter that gives the most records of one and the same width."""
    for candidates in (_COMMON, _RARE):
        scores = {candidate: _evenness(text, candidate) for candidate in candidates}
        best = max(candidates, key=lambda candidate: scores[candidate])
        if scores[best] > (0, 0):
            return best
    return ","


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    widths = Counter(len(cells) for _, cells in _records(text, delimiter, skip=0) if len(cells) > 1)
    if not widths:
        return (0, 0)
    width, n = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (n, width)


def _records(text: str, delimiter: str, *, skip: int) -> list[Record]:
    """The first records with their row numbers; a line that names the delimiter is not a row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return list(enumerate(islice(reader, skip, HEAD_RECORDS + 1 + skip), start=1))


class _Reader:
    """The rows of one delimited file below a header."""

    def __init__(self, file: TextFile, delimiter: str, *, has_sep_line: bool) -> None:
        self.file = file
        self.delimiter = delimiter
        self.skip = 1 if has_sep_line else 0

    def body(self, header: int, width: int) -> pl.LazyFrame:
        if self.file.has_quotes and not self._has_orderly_quotes():
            return self._by_python(header, width)
        return self._by_polars(header, width)

    def _scan(self, schema: dict[str, pl.DataType], **options: object) -> pl.LazyFrame:
        source = self.file.source if isinstance(self.file.source, bytes) else str(self.file.source)
        return pl.scan_csv(source, has_header=False, schema=schema, glob=False, **options)  # type: ignore[arg-type]

    def _by_polars(self, header: int, width: int) -> pl.LazyFrame:
        names = [column(i) for i in range(width)] + ["extra"]
        if len(self.delimiter.encode()) > 1:
            return self._by_python(header, width)
        return self._scan(
            dict.fromkeys(names, pl.String()),
            separator=self.delimiter,
            skip_rows=self.skip + header,
            row_index_name="row",
            row_index_offset=header + 1,
            missing_columns="insert",
            extra_columns="ignore",
        )

    def _lines(self) -> pl.LazyFrame:
        """The file as lines, whatever is in them."""
        lines = self._scan({"line": pl.String()}, separator="\x00", quote_char=None, row_index_name="at")
        return lines.with_columns(line=pl.col("line").str.strip_prefix("\ufeff").str.strip_suffix("\r"))

    def _has_orderly_quotes(self) -> bool:
        """Whether every line is well-formed by itself: a quote opens and closes a cell, or is doubled inside one.

        Then polars and a spreadsheet read the same cells. A cell with a line break fails this test too; the strict
        reader takes it.
        """
        d = "\\t" if self.delimiter == "\t" else f"\\x{{{ord(self.delimiter):x}}}"
        cell = f'(?:[^"{d}]*|"(?:[^"]|"")*")'
        is_orderly = pl.col("line").str.contains(f"^{cell}(?:{d}{cell})*$")
        quoted = self._lines().filter(pl.col("line").str.contains('"', literal=True))
        return bool(quoted.select(is_orderly.all()).collect(engine="streaming").item())

    def _by_python(self, header: int, width: int) -> pl.LazyFrame:
        rows = csv.reader(io.StringIO(self.file.text(), newline=""), delimiter=self.delimiter)
        columns: list[list[str | None]] = [[] for _ in range(width + 1)]
        try:
            for cells in islice(rows, self.skip + header, None):
                beyond = self.delimiter.join(cells[width:]).strip(self.delimiter + " ") or None
                padded = [cell or None for cell in cells[:width]] + [None] * (width - len(cells))
                for values, cell in zip(columns, [*padded, beyond], strict=True):
                    values.append(cell)
        except csv.Error as error:
            raise InputError(f"line {rows.line_num} cannot be read: {error}.") from error
        names = [*(column(i) for i in range(width)), "extra"]
        frame = pl.DataFrame(dict(zip(names, columns, strict=True)), schema=dict.fromkeys(names, pl.String()))
        return frame.with_row_index("row", offset=header + 1).lazy()

    def short_rows(self, header: int, width: int) -> list[int]:
        """The rows that have fewer cells than the header, blank ones left aside."""
        if self.file.has_quotes and not self._has_orderly_quotes():
            return self._short_rows_by_python(header, width)
        plain = pl.col("line").str.replace_all('"(?:[^"]|"")*"', "")
        cells = plain.str.count_matches(self.delimiter, literal=True) + 1
        first = self.skip + header
        short = self._lines().filter(pl.col("at") >= first, pl.col("line").str.len_bytes() > 0, cells < width)
        return (
            short.select(pl.col("at").cast(pl.Int64) - self.skip + 1).collect(engine="streaming").to_series().to_list()
        )

    def _short_rows_by_python(self, header: int, width: int) -> list[int]:
        rows = csv.reader(io.StringIO(self.file.text(), newline=""), delimiter=self.delimiter)
        below = enumerate(islice(rows, self.skip + header, None), start=header + 1)
        return [row for row, cells in below if 0 < len(cells) < width]
