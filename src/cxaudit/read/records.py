"""Records: where one record of delimited text ends and the next begins, also where its quotes are out of order.

A quote opens a cell at its first place, closes it before a delimiter or a line end, and is doubled inside. What breaks this
rule is read as people write it (blanks around quotes, quotes behind a backslash, quotes inside without a double) if that
gives the usual number of cells, or as a spreadsheet reads it. Where neither does, the record is damaged: it ends before the
first line that stands for a row by itself.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from cxaudit.read.table import DAMAGED

_SHOWN = 60  # characters of a damaged cell
_AHEAD = 1 << 16  # so many characters are looked at before a record out of order is judged
_QUOTED = r'"[^"]*+(?:""[^"]*+)*+"'
_QUOTED_CELL = re.compile(_QUOTED)
csv.field_size_limit(1 << 30)


class OpenQuoteError(Exception):
    """A quote is opened and never closed, and nothing shows where the next row begins."""


@dataclass(frozen=True)
class Found:
    """One record: where it ends, how many cells it has, and the rows to write where it cannot be copied as it stands."""

    end: int
    n_cells: int
    rows: tuple[list[str], ...] = ()


class Records:
    """The records of one file. `usual` is the number of cells that most of the first rows have (0 if none has several)."""

    def __init__(self, delimiter: str, usual: int, widest: int, *, has_quotes: bool, start: str = "") -> None:
        d = re.escape(delimiter)
        plain = rf'[^"\n{d}]*+'
        blank = r"[ ]*+" if delimiter == "\t" else r"[ \t]*+"
        end = rf"(?={d}|\r?\n|\Z)"
        self.delimiter, self.usual, self.widest = delimiter, usual, widest
        self.has_quotes = has_quotes
        self._strict = _record(rf"(?:{_QUOTED}|{plain})", d)
        self._stray = _record(rf'(?:{_QUOTED}{end}|(?!")[^\n{d}]*+)', d)
        self._in_order = re.compile(rf'(?:(?:{_QUOTED}(?={d})|(?!")[^\n{d}]*+){d})*+')
        self._open_to_the_end = re.compile(self._in_order.pattern + r'"[^"]*+(?:""[^"]*+)*+\Z')
        self._spaced = _record(rf"(?:{blank}{_QUOTED}{blank}|{plain})", d)
        self._spaced_cell = re.compile(rf"{blank}({_QUOTED}){blank}{end}|({plain})")
        escaped = r'"(?:[^"\\]|\\.|"")*+"'
        self._escaped = _record(rf"(?:{escaped}|{plain})", d)
        self._escaped_cell = re.compile(rf"({escaped}){end}|({plain})", re.DOTALL)
        loose = rf'"(?:[^"\n]|"(?!{d}|\r?\n|\Z))*+"'
        self._loose = _record(rf"(?:{loose}|{plain})", d)
        self._loose_cell = re.compile(rf"({loose}){end}|({plain})")
        self._start = start
        self.has_escapes = has_quotes and self._shows_escapes(start)

    def is_out_of_order(self, most_extra: int) -> pl.Expr:
        """Whether a line cannot be copied as it stands (Boolean, of a column `line`)."""
        d, line = f"\\x{{{ord(self.delimiter):x}}}", pl.col("line")
        is_long = self._n_delimiters >= self.widest + most_extra
        if not self.has_quotes:
            return is_long
        cell = f'(?:[^"{d}]*|"(?:[^"]|"")*")'
        orderly = line.str.contains(rf"^\x{{feff}}?{cell}(?:{d}{cell})*\r?$")
        flagged = line.str.contains('"', literal=True) & ~orderly
        if self.has_escapes:
            flagged |= line.str.contains('\\"', literal=True)
        return flagged | is_long

    @property
    def is_of_interest(self) -> pl.Expr:
        """Whether a line holds a quote or more delimiters than the first rows: all others are as they should be."""
        has_many = self._n_delimiters >= self.widest
        return pl.col("line").str.contains('"', literal=True) | has_many if self.has_quotes else has_many

    @property
    def n_cells(self) -> pl.Expr:
        """The number of cells of a line in order."""
        line = pl.col("line")
        if self.has_quotes:
            line = line.str.replace_all('"(?:[^"]|"")*"', "")
        return line.str.count_matches(self.delimiter, literal=True) + 1

    @property
    def n_cells_if_many(self) -> pl.Expr:
        """The same for the lines that may have more cells than the widest of the first rows."""
        return self.n_cells.filter(self._n_delimiters >= self.widest)

    @property
    def _n_delimiters(self) -> pl.Expr:
        return pl.col("line").str.count_matches(self.delimiter, literal=True)

    def record_at(self, text: str, start: int, *, is_last: bool) -> Found | None:
        """The record that begins here; None if more text is needed to tell. Raises `OpenQuoteError`."""
        is_near_the_end = not is_last and len(text) - start < _AHEAD
        if self.has_escapes and is_near_the_end:
            return None
        if self.has_escapes and (found := self._with_escapes(text, start)):
            return found
        strict = self._strict.match(text, start)
        if strict:
            if self._swallows_rows(strict[0]):
                return self._damaged(text, start, _line_end(text, start))
            return Found(strict.end(), self._count(strict[0]))
        if is_near_the_end:
            return None
        spaced = self._spaced.match(text, start)
        if spaced:
            return _found(spaced.end(), self._parsed(spaced[0], self._spaced_cell))
        stray = self._stray.match(text, start)
        if stray and "\n" in stray[0][:-1] and not self._swallows_rows(stray[0]):
            return _found(stray.end(), self.cells_of(stray[0]))
        line = text[start : _line_end(text, start)]
        if '\\"' in line and (found := self._with_escapes(text, start)):
            return found
        return self._one_line(text, start, line) or self._several_lines(text, start, is_last=is_last)

    def _one_line(self, text: str, start: int, line: str) -> Found | None:
        """A line whose quotes are out of order, read as a record by itself; None if it leaves a quote open."""
        reader = csv.reader(iter([line, "\n"]), delimiter=self.delimiter)
        cells = next(reader)
        is_closed, end = reader.line_num == 1, start + len(line)
        if is_closed and len(cells) == self.usual:
            return _found(end, cells)
        loose = self._loose.match(line)
        if loose and len(found := self._parsed(loose[0], self._loose_cell)) == self.usual:
            return _found(end, found)
        if not is_closed:
            return None
        broken = self._broken_cell(line.rstrip("\r\n"))
        if len(cells) < self.usual and broken.startswith('"') and not _QUOTED_CELL.fullmatch(broken):
            return self._damaged(text, start, end)
        return _found(end, cells)

    def _several_lines(self, text: str, start: int, *, is_last: bool) -> Found | None:
        """A record that leaves a quote open at the end of its line: it ends where the quote does, if no row begins before.

        A line that holds all its delimiters is a record by itself.
        """
        if not is_last and self._open_to_the_end.match(text, start):
            return None
        first_end = _line_end(text, start)
        if self.usual > 1 and text.count(self.delimiter, start, first_end) == self.usual - 1:
            return self._damaged(text, start, first_end)
        end, row_at = start, None

        def lines() -> Iterator[str]:
            nonlocal end, row_at
            while end < len(text):
                if end > start and (self._is_row_at(text, end) or self._looks_alike(text, start, end)):
                    row_at = end
                    return
                at, end = end, _line_end(text, end)
                yield text[at:end]
            end = -1  # the text ended before the record did

        cells = next(csv.reader(lines(), delimiter=self.delimiter))
        if row_at is not None:
            return self._broken_off(text, start, row_at)
        if end == -1:
            if not is_last:
                return None
            if self.usual < 2 and "\n" in text[start:].rstrip():
                raise OpenQuoteError
            return self._damaged(text, start, len(text))
        return _found(end, cells) if len(cells) >= self.usual else self._damaged(text, start, end)

    def _broken_off(self, text: str, start: int, row_at: int) -> Found:
        """A record that ends before a row. Where the rest of its cells is still to come, that row may be this rest."""
        n_first, *n_others = (line.count(self.delimiter) + 1 for line in text[start:row_at].splitlines())
        if any(n_first + n - 1 >= self.usual for n in (1, *n_others)):
            return self._damaged(text, start, row_at)
        match = self._strict.match(text, row_at)
        if match is None or self._shape_at(text, row_at) == self._first_shape:
            return self._damaged(text, start, row_at)
        both = (self._damaged(text, start, row_at), self._damaged(text, row_at, match.end()))
        return Found(match.end(), 1, tuple(row for one in both for row in one.rows))

    def _damaged(self, text: str, start: int, end: int) -> Found:
        """A record of which only the beginning of its broken cell is kept."""
        cell = self._broken_cell(text[start:end].split("\n", maxsplit=1)[0])
        return Found(end, 1, ([DAMAGED + cell.strip()[:_SHOWN]],))

    def _broken_cell(self, line: str) -> str:
        """What follows the cells of a line that are in order; a quote inside a cell without quotes is only text."""
        before = self._in_order.match(line)
        return line[before.end() :] if before else line

    def _with_escapes(self, text: str, start: int) -> Found | None:
        """A record whose quotes inside cells stand behind a backslash, if that gives the usual number of cells."""
        match = self._escaped.match(text, start)
        if not match:
            return None
        cells = self._parsed(match[0], self._escaped_cell, has_escapes=True)
        return _found(match.end(), cells) if len(cells) == self.usual else None

    def _parsed(self, record: str, cell: re.Pattern[str], *, has_escapes: bool = False) -> list[str]:
        cells, at, record = [], 0, record.removesuffix("\n").removesuffix("\r")
        is_loose = cell is self._loose_cell
        while True:
            match = cell.match(record, at)
            assert match
            inside = match[1][1:-1] if match[1] is not None else match[2]
            if match[1] is not None and has_escapes:
                inside = re.sub(r'\\(["\\])|""', lambda m: m[1] or '"', inside)
            elif match[1] is not None and not is_loose:
                inside = inside.replace('""', '"')
            cells.append(inside)
            at = match.end() + len(self.delimiter)
            if match.end() >= len(record):
                return cells

    def _is_row_at(self, text: str, start: int) -> bool:
        """Whether a record that stands for a row begins here: its quotes are in order, it has the usual number of cells."""
        match = self._strict.match(text, start) if self.usual > 1 else None
        return bool(match and self._count(match[0]) == self.usual and not self._swallows_rows(match[0]))

    def _looks_alike(self, text: str, one: int, other: int) -> bool:
        """Whether two lines begin in the same shape, and the second has the usual number of cells, its quotes left aside."""
        has_cells = self.usual > 1 and text.count(self.delimiter, other, _line_end(text, other)) == self.usual - 1
        return has_cells and self._shape_at(text, one) == self._shape_at(text, other)

    def _shape_at(self, text: str, start: int) -> str:
        """The shape of the first cell of a line."""
        return _shape(text[start : _line_end(text, start)].split(self.delimiter, maxsplit=1)[0])

    @cached_property
    def _first_shape(self) -> str | None:
        """The shape of the first cell of most of the first rows, if there is one with a digit in it."""
        shapes = Counter(
            _shape(line.split(self.delimiter, maxsplit=1)[0])
            for line in self._start.split("\n")
            if line.count(self.delimiter) == self.usual - 1
        )
        shape, n = max(shapes.items(), key=lambda item: item[1], default=("", 0))
        return shape if "0" in shape and 2 * n > shapes.total() else None

    def _swallows_rows(self, record: str) -> bool:
        """Whether each line of a record looks like a row of its own: then its quote was hardly meant to span them.

        Each has the usual number of cells, and begins in the same shape, not with the end of a quoted cell.
        """
        lines = record.rstrip("\r\n").split("\n")
        if self.usual < 3 or len(lines) == 1 or self._count(lines[1]) != self.usual:
            return False
        firsts = [line.split(self.delimiter)[0] for line in lines]
        if any(first.count('"') % 2 for first in firsts[1:]):
            return False
        return len(set(map(_shape, firsts))) == 1 and all(self._count(line) == self.usual for line in lines)

    def _count(self, record: str) -> int:
        """The number of cells of a record in order."""
        return _QUOTED_CELL.sub("", record).count(self.delimiter) + 1

    def cells_of(self, record: str) -> list[str]:
        return next(csv.reader(io.StringIO(record, newline=""), delimiter=self.delimiter))

    def _shows_escapes(self, start: str) -> bool:
        """Whether the first rows hold a quote that only a backslash before it explains."""
        return '\\"' in start and any(
            '\\"' in line and not self._strict.match(line) and self._with_escapes(line, 0) is not None
            for line in start.split("\n")
        )


def _record(cell: str, d: str) -> re.Pattern[str]:
    return re.compile(rf"{cell}(?:{d}{cell})*+\r?(?:\n|\Z)", re.DOTALL)


def _shape(cell: str) -> str:
    """
    >>> _shape("C-0042"), _shape('"7"'), _shape("")
    ('a-0', '0', '')
    """
    return re.sub("[A-Za-z]+", "a", re.sub(r"\d+", "0", cell.strip('" ')))


def _line_end(text: str, start: int) -> int:
    return text.find("\n", start) + 1 or len(text)


def _found(end: int, cells: list[str]) -> Found:
    return Found(end, len(cells), (cells,))
