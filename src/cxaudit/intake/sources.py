"""Intake: files to tables of text of which it is known what they are and in which format their dates are written.

Dates are settled over all files together, because another file of the same source may prove the order of day and month.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import polars as pl

from cxaudit.errors import InputError
from cxaudit.read import Table, open_tables
from cxaudit.read.table import NEEDS_A_LOOK
from cxaudit.recognise.cells import cells_of
from cxaudit.recognise.dates import DateFormat
from cxaudit.recognise.layout import Layout, describe_unknown, recognise_layout
from cxaudit.recognise.library import built_in_sources, known_sources
from cxaudit.recognise.order import settle_orders
from cxaudit.recognise.proof import SAMPLE, Beginning, Proof, confirmed, prove_format
from cxaudit.recognise.requests import DATE_ROLES, dated, is_aside
from cxaudit.standards.model import Standards
from cxaudit.standards.source import Role, SourceMapping

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


@dataclass
class Source:
    """One table on its way in: what it was taken for, and what its date columns prove.

    Collecting `rows` may raise one of `NEEDS_A_LOOK` until all columns were once read to the end, or looked through.
    """

    path: Path
    table: Table
    layout: Layout
    rows: pl.LazyFrame
    first: Beginning  # the first rows but for those that are plainly no data, and whether these are all
    proofs: dict[Role, Proof] = field(default_factory=dict)
    left_aside: tuple[str, ...] = ()  # sheets of the same workbook that no layout fits
    _beginnings: dict[Role, Beginning] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"{self.table.file}, {self.table.sheet}" if self.table.sheet else self.table.file

    def look_through(self) -> None:
        """Read on from a table that was looked through, and put in order where that was needed."""
        self.rows = self.table.body(self.layout.header[0], self.layout.width)

    def column_of(self, role: Role) -> pl.LazyFrame:
        """One column as `row` and `text`, without the rows that are plainly no data."""
        return self.rows.filter(~is_aside(self.layout)).select(*self._cells(role))

    def beginning_of(self, role: Role) -> Beginning:
        """The first rows of that column."""
        if role not in self._beginnings:
            self._beginnings[role] = Beginning(self.first.rows.select(*self._cells(role)), self.first.is_whole)
        return self._beginnings[role]

    def forget_beginning(self) -> None:
        """Let go of the first rows, once all is said about them: those of hundreds of files take room."""
        self.first = Beginning(self.first.rows.clear(), is_whole=False)
        self._beginnings.clear()

    def _cells(self, role: Role) -> tuple[pl.Expr, pl.Expr]:
        return pl.col("row"), cells_of(self.layout, role).alias("text")


@dataclass(frozen=True)
class Wanted:
    """What the run needs of the input."""

    roles: tuple[Role, ...]
    headers: tuple[str, ...] = ()  # columns that only exclude rules name
    channel: str | None = None
    source: str | None = None
    reject_cells: bool = False


def open_sources(files: dict[Path, str], standards: Standards, wanted: Wanted) -> list[Source]:
    """Open all files and find out what they are. Raises `InputError` for what cannot be read, recognised or dated."""
    known = known_sources(standards.sources)
    built_in = built_in_sources()
    stated = {name for name, mapping in standards.sources.items() if name not in built_in or mapping.header}
    opened = _side_by_side(lambda file: _open(*file, known, stated, wanted), list(files.items()))
    sources = [source for some in opened for source in some]
    proven: dict[tuple[str, Role], DateFormat] = {}
    for source in sources:
        for role in dated(wanted.roles):
            if source.layout.holds_moments(role):
                key = source.layout.source, role
                proof = source.proofs[role] = _proof(source, role, proven.get(key))
                if proof.format is not None:
                    proven[key] = proof.format
    for source in sources:
        if any(proof.is_ambiguous for proof in source.proofs.values()):
            source.look_through()
    settle_orders(sources)
    for source in sources:
        require_dates(source)
    return sources


def _side_by_side(make: Callable[[_Given], _Made], given: Sequence[_Given]) -> list[_Made]:
    """What is made of each, in their order; two at a time, since one is mostly waiting for the disk and for polars."""
    if len(given) < 2:
        return [make(one) for one in given]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(make, given))


def _proof(source: Source, role: Role, known: DateFormat | None) -> Proof:
    """What a date column proves; `known` is the format of the same column in another file."""
    beginning = source.beginning_of(role)
    if known is not None and (proof := confirmed(known, beginning)) is not None:
        return proof
    declared = source.layout.mapping.date_format
    with suppress(*NEEDS_A_LOOK):
        return prove_format(source.column_of(role), declared, beginning)
    source.look_through()
    return prove_format(source.column_of(role), declared, beginning)


def _open(path: Path, name: str, known: dict[str, SourceMapping], declared: set[str], wanted: Wanted) -> list[Source]:
    opened = open_tables(path, name)
    found: list[Source] = []
    left_aside: list[str] = []
    for table in opened:
        layout = recognise_layout(table, known, declared, wanted.source)
        if layout is None:
            left_aside.append(table.sheet or "")
            continue
        if "channel" not in layout.positions and layout.mapping.channel is None and wanted.channel is None:
            raise InputError(
                f"{name} ({layout.mapping.title or layout.source}) does not say how its requests came in.\n"
                "Add --channel NAME, or channel: under sources: in the standards file."
            )
        found.append(Source(path, table, layout, *_rows(table, layout)))
    if not found:
        raise InputError(describe_unknown(opened[0]) if opened else f"{name} has no sheet with anything in it.")
    found[0].left_aside = tuple(left_aside)
    return found


def _rows(table: Table, layout: Layout) -> tuple[pl.LazyFrame, Beginning]:
    """The rows of a table, and the first of them."""
    place = layout.header[0], layout.width
    if table.at_once is not None:
        rows = table.at_once(*place)
        with suppress(*NEEDS_A_LOOK):
            return rows, _beginning(rows, layout)
    rows = table.body(*place)
    return rows, _beginning(rows, layout)


def _beginning(rows: pl.LazyFrame, layout: Layout) -> Beginning:
    first = rows.head(SAMPLE).collect()
    return Beginning(first.filter(~is_aside(layout, first)), first.height < SAMPLE)


def require_dates(source: Source) -> None:
    for role, proof in ((role, source.proofs[role]) for role in (*DATE_ROLES, "closed_at") if role in source.proofs):
        name = source.layout.names[role]
        if proof.is_ambiguous:
            orders = " or ".join(dict.fromkeys(fmt.words for fmt in proof.candidates))
            raise InputError(
                f'{source.place}, column "{name}": {proof.example} may be read as {orders}, and no value settles it.\n'
                f"State it once, under sources: in the standards file:\n"
                f"  {source.layout.source}: {{date_format: {'|'.join(dict.fromkeys(f.order for f in proof.candidates))}}}"
            )
        if proof.format is None and proof.n_values:
            raise InputError(
                f'{source.place}, column "{name}": no date format explains nine of ten of its {proof.n_values:,} values; '
                f'one of them is "{proof.example}".\nIf this is not the column of the {role}, say so under sources: in the '
                "standards file; if its dates are mixed, correct the export."
            )
