"""Quotes in order: a delimited file in which every record can be told from its neighbours, the same file wherever possible.

polars reads what a spreadsheet reads if every quote opens or closes a cell, or is doubled inside one. The records that break
this rule are written anew into a copy of the file; all others are copied as they stand, also those of several lines.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from cxaudit.errors import InputError
from cxaudit.read.records import Found, OpenQuoteError, Records
from cxaudit.read.scratch import making_room, scratch_file
from cxaudit.read.table import DAMAGED

#: A row may have so many cells beyond the widest of the first ones before they are put into one.
MOST_EXTRA_CELLS = 64
_CHUNK = 1 << 23
#: So many characters are waited for the end of a record: a thousand times what a cell of Excel holds.
_LONGEST = 1 << 25


@dataclass
class Orderly:
    """A file in order. No record has more cells than `most_cells`; `spans` are the records of several lines: first line,
    lines, cells."""

    path: Path
    most_cells: int
    spans: list[tuple[int, int, int]] = field(default_factory=list)
    has_damage: bool = False


def put_in_order(path: Path, name: str, records: Records, start: str) -> Orderly:
    """Find what is out of order in a UTF-8 file, and repair it in a copy. Raises `InputError` where a quote never closes."""
    most_cells, is_short = records.widest, path.stat().st_size < _CHUNK
    if is_short or not _begins_in_disorder(start, records):
        is_flagged, most = _looked_through(pl.scan_lines(str(path), name="line", glob=False), records)
        most_cells = max(most_cells, most)
        if not is_flagged:
            return Orderly(path, most_cells)
    with making_room(name):
        return _Repair(path, name, records, most_cells).run()


def _begins_in_disorder(start: str, records: Records) -> bool:
    lines = pl.LazyFrame({"line": start.split("\n")[:-1]}, schema={"line": pl.String})
    return _looked_through(lines, records)[0]


def _looked_through(lines: pl.LazyFrame, records: Records) -> tuple[bool, int]:
    """Whether a line cannot be copied as it stands, and how many cells the longest of the others has if it is very long."""
    is_flagged = records.is_out_of_order(MOST_EXTRA_CELLS)
    lines = lines.filter(records.is_of_interest)
    found = lines.select(is_flagged=is_flagged.any(), most=records.n_cells_if_many.max()).collect(engine="streaming")
    flagged, most = found.row(0)
    return bool(flagged), min(most or 0, records.widest + MOST_EXTRA_CELLS)


class _Repair:
    """One pass over a file, from one record that is out of order to the next."""

    def __init__(self, path: Path, name: str, records: Records, most_cells: int) -> None:
        self.path = path
        self.name = name
        self.records = records
        self.found = Orderly(path, most_cells)
        self.target: BinaryIO | None = None
        self.n_copied = 0  # bytes of the file that are copied as they stand, before anything was repaired
        self.n_lines = 0  # of the file, before this piece
        self.n_more = 0  # lines written beyond those read

    def run(self) -> Orderly:
        rest = ""
        try:
            for piece, is_last in self._pieces():
                rest = self._walk(rest + piece, is_last=is_last)
        finally:
            if self.target is not None:
                self.target.close()
        return self.found

    def _pieces(self) -> Iterator[tuple[str, bool]]:
        """The file in pieces of whole lines, the last one maybe without a line end."""
        decoder, waiting = codecs.getincrementaldecoder("utf-8")(), ""
        with self.path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                text = waiting + decoder.decode(chunk)
                end = text.rfind("\n") + 1
                waiting = text[end:]
                yield text[:end], False
        yield waiting, True

    def _walk(self, text: str, *, is_last: bool) -> str:
        """Write a piece up to its last whole record; what is left belongs to the next piece."""
        copied, done = 0, int(self.n_lines == 0 and text.startswith("\ufeff"))
        for line, start in self._flagged(text, done):
            if start < done:
                continue
            found = self._record(text, start, line, is_last=is_last)
            if found is None:
                self._copy(text[copied:start])
                self.n_lines += line
                return text[start:]
            done = found.end
            if not found.rows:
                self._note(self.n_lines + line + self.n_more, text, start, found)
            else:
                self._copy(text[copied:start])
                self._put(self.n_lines + line + self.n_more, text[start:done], found)
                copied = done
        self._copy(text[copied:])
        self.n_lines += text.count("\n")
        return ""

    def _flagged(self, text: str, done: int) -> Iterator[tuple[int, int]]:
        """The lines that cannot be copied as they stand: their number, from 0, and where they begin."""
        lines = pl.DataFrame({"line": text[done:].split("\n")}, schema={"line": pl.String})
        n_characters = pl.col("line").str.len_bytes() if text.isascii() else pl.col("line").str.len_chars()
        found = (
            lines.with_row_index("at")
            .select("line", "at", start=(n_characters + 1).cast(pl.Int64).cum_sum().shift(1, fill_value=0) + done)
            .filter(self.records.is_of_interest)
        )
        most = min(found.select(self.records.n_cells_if_many.max()).item() or 0, self.records.widest + MOST_EXTRA_CELLS)
        self.found.most_cells = max(self.found.most_cells, most)
        return found.filter(self.records.is_out_of_order(MOST_EXTRA_CELLS)).select("at", "start").iter_rows()

    def _record(self, text: str, start: int, line: int, *, is_last: bool) -> Found | None:
        """The record at a place, its surplus cells put into one; None if it goes on in the next piece."""
        try:
            found = self.records.record_at(text, start, is_last=is_last or len(text) - start > _LONGEST)
        except OpenQuoteError as error:
            n_lines = text.count("\n", start) - text.endswith("\n")
            raise InputError(
                f"{self.name}, line {self.n_lines + line + 1:,}: a quote is opened and never closed, so that {n_lines:,} more "
                "lines would be read as one cell.\nCorrect that line, or export again."
            ) from error
        if found is None or found.n_cells <= self.records.widest + MOST_EXTRA_CELLS:
            return found
        cells = found.rows[0] if found.rows else self.records.cells_of(text[start : found.end])
        kept, beyond = cells[: self.records.widest], cells[self.records.widest :]
        cells = [*kept, self.records.delimiter.join(cell for cell in beyond if cell.strip())]
        return Found(found.end, len(cells), (cells,))

    def _note(self, line: int, text: str, start: int, found: Found) -> None:
        """A record that is copied as it stands, with its lines and cells."""
        n_lines = text.count("\n", start, found.end - 1) + 1
        if n_lines > 1:
            self.found.spans.append((line, n_lines, found.n_cells))
        self.found.most_cells = max(self.found.most_cells, found.n_cells)

    def _put(self, line: int, record: str, found: Found) -> None:
        """Write a record anew."""
        self._begin()
        text = _written(found.rows, self.records.delimiter)
        self.found.has_damage |= found.rows[0][0].startswith(DAMAGED)
        if len(found.rows) == 1:
            self._note(line, text, 0, Found(len(text), found.n_cells))
        self._copy(text)
        self.n_more += text.count("\n") - max(1, record.count("\n"))

    def _begin(self) -> None:
        """Begin the copy with all that was in order so far."""
        if self.target is not None:
            return
        self.found.path = scratch_file(".csv")
        self.target = self.found.path.open("wb")
        with self.path.open("rb") as source:
            left = self.n_copied
            while left and (chunk := source.read(min(_CHUNK, left))):
                self.target.write(chunk)
                left -= len(chunk)

    def _copy(self, text: str) -> None:
        if self.target is not None:
            self.target.write(text.encode())
        else:
            self.n_copied += len(text) if text.isascii() else len(text.encode())


def _written(rows: tuple[list[str], ...], delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()
