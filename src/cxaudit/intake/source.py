"""One table on its way in: what it was taken for, its rows, and what its date columns prove."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from cxaudit.read import Table
from cxaudit.read.table import AtOnce
from cxaudit.recognise.cells import cells_of
from cxaudit.recognise.layout import Layout
from cxaudit.recognise.proof import SAMPLE, Beginning, Proof
from cxaudit.recognise.requests import is_aside
from cxaudit.standards.source import Role


@dataclass
class Source:
    """One table on its way in: what it was taken for, and what its date columns prove."""

    path: Path
    table: Table
    layout: Layout
    rows: pl.LazyFrame
    at_once: AtOnce | None = None  # where the rows were not looked through yet
    proofs: dict[Role, Proof] = field(default_factory=dict)
    left_aside: tuple[str, ...] = ()  # sheets of the same workbook that no layout fits
    _beginning: Beginning | None = None  # the first rows, but for those that are plainly no data

    @property
    def place(self) -> str:
        return f"{self.table.file}, {self.table.sheet}" if self.table.sheet else self.table.file

    def is_sure(self, n_rows: int, ends_empty: bool) -> bool:
        """Whether the rows are as they should be, seeing how many there are, and whether the last cell is empty in any."""
        if self.at_once is None:
            return True
        return not ends_empty and n_rows * (self.layout.width - 1) == self.at_once.n_delimiters

    def look_through(self) -> bool:
        """Look through the table, if that was not done; whether its rows have to be read anew."""
        if self.at_once is None:
            return False
        is_right = self.at_once.is_right()
        self.at_once = None
        if not is_right:
            self.rows = self.table.body(self.layout.header[0], self.layout.width)
            self.forget_beginning()
        return not is_right

    def column_of(self, role: Role) -> pl.LazyFrame:
        """One column as `row` and `text`, without the rows that are plainly no data."""
        return self.rows.filter(~is_aside(self.layout)).select(*self._cells(role))

    def beginning_of(self, role: Role) -> Beginning:
        """The first rows of that column."""
        if self._beginning is None:
            first = self.rows.head(SAMPLE).collect()
            self._beginning = Beginning(first.filter(~is_aside(self.layout, first)), first.height < SAMPLE)
        return Beginning(self._beginning.rows.select(*self._cells(role)), self._beginning.is_whole)

    def forget_beginning(self) -> None:
        """Let go of the first rows, once all is said about them: those of hundreds of files take room."""
        self._beginning = None

    def _cells(self, role: Role) -> tuple[pl.Expr, pl.Expr]:
        return pl.col("row"), cells_of(self.layout, role).alias("text")
