"""Delimited text (CSV, TSV and their kin): which delimiter, and the rows.

polars scans the file where it reads it as a spreadsheet would; where quotes are out of order, Python's `csv` reads it
instead. Either way each row keeps the number that Excel shows, and no cell is cut off or shifted in silence.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

import polars as pl

from cxaudit.errors import InputError
from cxaudit.read.table import HEAD_RECORDS, Record, Table, column
from cxaudit.read.text import TextFile, open_text

_COMMON = (",", ";", "\t", "|")
_RARE = ("^", "~", "\x1f", "\x01", "¦", "§", "#", "!", "*")
#: These stand in titles and times too.
_DOUBTFUL = (":", " ")
_HEAD_CHARACTERS = 1 << 18
#: A quoted cell, also one that is cut off at the end of what was read: its text says nothing about the delimiter.
_QUOTED = re.compile(r'(?:^|(?<=[^\w "]))"(?:[^"]|"")*(?:"|\Z)', re.MULTILINE)
_SEP = "sep="
#: A row may have so many cells beyond the header before polars would have to prepare too many columns.
_MOST_EXTRA_CELLS = 64
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
    reader = _Reader(file, name, delimiter, has_sep_line=declared is not None)
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
    """The delimiter that gives the most records of one and the same width; a rare one only if it gives many more."""
    plain = _QUOTED.sub("", text)
    common, rare = (max(((*_evenness(plain, d), -i, d) for i, d in enumerate(ds))) for ds in (_COMMON, _RARE))
    if rare[0] > 2 * common[0]:
        return rare[-1]
    if common[0] > 0:
        return common[-1]
    return next((delimiter for delimiter in _DOUBTFUL if _is_even(plain, delimiter)), ",")


def _widths(plain: str, delimiter: str) -> Counter[int]:
    lines = islice((line for line in plain.split("\n") if line), HEAD_RECORDS)
    return Counter(line.count(delimiter) + 1 for line in lines)


def _evenness(plain: str, delimiter: str) -> tuple[int, int]:
    """How many records have the most frequent width of more than one cell, and this width."""
    wide = [(n, width) for width, n in _widths(plain, delimiter).items() if width > 1]
    return max(wide, default=(0, 0))


def _is_even(plain: str, delimiter: str) -> bool:
    """Whether all records have the same width, and more cells than a date with its time would give."""
    widths = _widths(plain, delimiter)
    return len(widths) == 1 and min(widths) > 2


def _records(text: str, delimiter: str, *, skip: int) -> list[Record]:
    """The first records with their row numbers; a line that names the delimiter is not a row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return list(enumerate(islice(reader, skip, HEAD_RECORDS + 1 + skip), start=1))


class _Reader:
    """The rows of one delimited file below a header."""

    def __init__(self, file: TextFile, name: str, delimiter: str, *, has_sep_line: bool) -> None:
        self.file = file
        self.name = name
        self.delimiter = delimiter
        self.skip = 1 if has_sep_line else 0

    def body(self, header: int, width: int) -> pl.LazyFrame:
        if self._is_plain and self._most_cells <= width + _MOST_EXTRA_CELLS:
            return self._by_polars(header, width, n_extra=max(1, self._most_cells - width))
        return self._by_python(header, width)

    def short_rows(self, header: int, width: int) -> list[int]:
        """The rows that have fewer cells than the header, blank ones left aside."""
        if not self._is_plain:
            return [row for row, cells in self._rows(header) if 0 < len(cells) < width]
        below = pl.col("at") >= self.skip + header
        short = self._lines().filter(below, pl.col("line").str.len_bytes() > 0, self._n_cells < width)
        row = pl.col("at").cast(pl.Int64) - self.skip + 1
        return short.select(row).collect(engine="streaming").to_series().to_list()

    @cached_property
    def _is_plain(self) -> bool:
        """Whether polars and a spreadsheet read the same cells."""
        return len(self.delimiter.encode()) == 1 and (not self.file.has_quotes or self._has_orderly_quotes())

    def _has_orderly_quotes(self) -> bool:
        """Whether every line is well-formed by itself: a quote opens and closes a cell, or is doubled inside one.

        A cell with a line break fails this test too; the strict reader takes it.
        """
        d = "\\t" if self.delimiter == "\t" else f"\\x{{{ord(self.delimiter):x}}}"
        cell = f'(?:[^"{d}]*|"(?:[^"]|"")*")'
        is_orderly = pl.col("line").str.contains(f"^{cell}(?:{d}{cell})*$")
        quoted = self._lines().filter(pl.col("line").str.contains('"', literal=True))
        return bool(quoted.select(is_orderly.all()).collect(engine="streaming").item())

    @cached_property
    def _most_cells(self) -> int:
        """The number of cells of the longest row that has an empty one; 0 where no row has any.

        polars drops without a word what no column is ready for. One column more than the header is always ready, so that
        only text behind an empty cell can get lost: such a row has two delimiters side by side.
        """
        d = self.delimiter
        has_empty = pl.col("line").str.contains(d + d, literal=True)
        if self.file.has_quotes:
            has_empty |= pl.col("line").str.contains(f'{d}""{d}', literal=True)
        most: int | None = (
            self._lines().filter(has_empty).select(self._n_cells.max()).collect(engine="streaming").item()
        )
        return most or 0

    @property
    def _n_cells(self) -> pl.Expr:
        line = pl.col("line")
        unquoted = line.str.replace_all('"(?:[^"]|"")*"', "") if self.file.has_quotes else line
        return unquoted.str.count_matches(self.delimiter, literal=True) + 1

    def _lines(self) -> pl.LazyFrame:
        """The file as lines, whatever is in them."""
        lines = self._scan({"line": pl.String()}, separator="\x00", quote_char=None, row_index_name="at")
        return lines.with_columns(line=pl.col("line").str.strip_prefix("\ufeff").str.strip_suffix("\r"))

    def _scan(self, schema: dict[str, pl.DataType], **options: object) -> pl.LazyFrame:
        source = self.file.source if isinstance(self.file.source, bytes) else str(self.file.source)
        return pl.scan_csv(source, has_header=False, schema=schema, glob=False, **options)  # type: ignore[arg-type]

    def _by_polars(self, header: int, width: int, n_extra: int) -> pl.LazyFrame:
        names, beyond = [column(i) for i in range(width)], [f"extra{i}" for i in range(n_extra)]
        rows = self._scan(
            dict.fromkeys([*names, *beyond], pl.String()),
            separator=self.delimiter,
            null_values=[""],  # else a quoted empty cell is not null
            skip_rows=self.skip + header,
            row_index_name="row",
            row_index_offset=header + 1,
            missing_columns="insert",
            extra_columns="ignore",
        )
        filled = [pl.when(cell.str.strip_chars() != "").then(cell) for cell in map(pl.col, beyond)]
        joined = pl.concat_str(filled, separator=self.delimiter, ignore_nulls=True)
        extra = filled[0] if n_extra == 1 else pl.when(joined != "").then(joined)
        return rows.select("row", *names, extra=extra)

    def _by_python(self, header: int, width: int) -> pl.LazyFrame:
        columns: list[list[str | None]] = [[] for _ in range(width + 1)]
        for _, cells in self._rows(header):
            beyond = self.delimiter.join(cell for cell in cells[width:] if cell.strip()) or None
            padded = [cell or None for cell in cells[:width]] + [None] * (width - len(cells))
            for values, cell in zip(columns, [*padded, beyond], strict=True):
                values.append(cell)
        names = [*(column(i) for i in range(width)), "extra"]
        frame = pl.DataFrame(dict(zip(names, columns, strict=True)), schema=dict.fromkeys(names, pl.String()))
        return frame.with_row_index("row", offset=header + 1).lazy()

    def _rows(self, header: int) -> Iterator[Record]:
        """The rows below the header, one by one, as a spreadsheet reads them."""
        text = self.file.text()
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        line = 0
        for row, cells in enumerate(rows, start=1 - self.skip):
            first_line, line = line + 1, rows.line_num
            if row > header:
                yield row, cells
        if line > 0 and line != first_line:
            self._refuse_open_quote(text, first_line, line)

    def _refuse_open_quote(self, text: str, first: int, last: int) -> None:
        """Refuse a file whose last record never ends: a quote that is not closed takes all lines behind it for one cell."""
        record = "".join(io.StringIO(text, newline="").readlines()[first - 1 : last])
        try:
            list(csv.reader(io.StringIO(record, newline=""), delimiter=self.delimiter, strict=True))
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                raise InputError(
                    f"{self.name}, line {first}: a quote is opened and never closed, so that {last - first:,} more lines "
                    "would be read as one cell.\nCorrect that line, or export again."
                ) from error
