"""Arrival: tables of text to one log of typed requests, with the fate of every row that is none.

The rows of all tables are typed once and kept (`read/store.py`); whatever is asked of them later is a pass over what was
kept. So memory does not grow with the number of rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import polars as pl

from cxaudit.days.zones import Zone
from cxaudit.intake.dating import date_tables, require_dates
from cxaudit.intake.opening import Wanted, open_sources
from cxaudit.intake.sorting import NOTHING, Arrived, SortedOut, arrive, sort_out_table
from cxaudit.intake.source import Source
from cxaudit.merge import hash_of_case, marked, without
from cxaudit.read.files import size_of
from cxaudit.read.parquet import naming_the_damaged
from cxaudit.read.store import Store
from cxaudit.recognise.dates import DateFormat
from cxaudit.recognise.names import channel_words
from cxaudit.recognise.proof import prove_format
from cxaudit.recognise.requests import Reading, dated, has_instants, recognise_requests
from cxaudit.standards.model import Standards
from cxaudit.standards.source import Role

#: Tables that are read together: so many bytes of them, so that a folder of small files costs no more than a large one.
BUNDLE_BYTES = 32 << 20
#: How far after the as-of moment, and after all other times of its table, a time must lie to be mistyped; and that no more than
#: one row in so many has any.
_FAR, _FEW = dt.timedelta(days=180), 100
_NO_ENDS = (None, None)
#: What tells until when a table reaches.
_ENDS = ("received_at", "replied_at", "updated_at", "closed_at")


@dataclass(frozen=True)
class Log:
    """The requests of all tables.

    `rows` has the columns of `recognise_requests` with `at` (UInt32, its place in the input, rising), `table` (UInt32, the
    position in `tables`), `source` (UInt32) and `case_hash`.
    `survey` has one row for each table with requests: `table`, `n`, `first_at`,
    `last_at` (of all receipts), `latest` (of all timestamps), `reaches` (the same without those that are mistyped, as is
    `last_at`), `has_replies`, `has_dates`.
    """

    tables: list[Arrived]
    rows: pl.LazyFrame
    survey: pl.DataFrame
    n_places: int
    store: Store  # the rows live as long as it does
    own_lists: tuple[Path, ...] = ()  # files that cxaudit itself wrote, left aside
    customers: Path | None = None  # the list of customers, if the pairing rests on one


def take_in(files: dict[Path, str], standards: Standards, city: Zone, wanted: Wanted) -> Log:
    """Read and recognise all files. Raises `InputError` for what cannot be read, recognised or dated."""
    with naming_the_damaged(files):
        return _taken_in(files, standards, city, wanted)


def _taken_in(files: dict[Path, str], standards: Standards, city: Zone, wanted: Wanted) -> Log:
    sources, own_lists = open_sources(files, standards, wanted)
    typing = _Typing(sources, standards, city, wanted, Store(sum(map(size_of, files))))
    rows, survey = typing.surveyed()
    misread = {i for i in _unsure(sources, survey) if sources[i].look_through()}
    if misread:
        date_tables(sources, dated(wanted.roles))
        typing.read_anew(misread)
        rows, survey = typing.surveyed()
    sorted_out = {i: typing.sort_out(i, doubtful) for i, doubtful in _doubtful(rows, survey).items()}
    again = {i for i, found in sorted_out.items() if found.is_unread and not typing.readings[i].trim}
    if again:
        typing.look_again(again)
        rows, survey = typing.surveyed()
        doubtful = _doubtful(rows, survey)
        sorted_out |= {i: typing.sort_out(i, doubtful.get(i)) for i in again}
    n_places = int(survey["n"].sum())
    left_out = [found.out["at"] for found in sorted_out.values() if found.out.height]
    requests = rows.drop("is_doubtful", "ends_empty")
    if left_out:
        requests = without(requests, marked(n_places, left_out))
    counts = {one["table"]: one for one in survey.iter_rows(named=True)}
    survey = _survey(requests, len(sources)) if left_out else survey
    survey, ahead = _with_reach(requests, survey, wanted.as_of)
    ends = {table: ends for table, *ends in survey.select("table", "latest", "reaches").iter_rows()}
    far = ahead.partition_by("table", as_dict=True)
    tables = [
        arrive(source, reading, counts.get(i), sorted_out.get(i, NOTHING), far.get((i,)), *ends.get(i, _NO_ENDS))
        for i, (source, reading) in enumerate(zip(sources, typing.readings, strict=True))
    ]
    for source in sources:
        source.forget_beginning()
    requests = requests.drop("closed_at", strict=False)  # it only told until when a file reaches
    return Log(tables, requests, survey.sort("table"), n_places, typing.store, own_lists)


class _Typing:
    """The tables of one run, and how they are typed."""

    def __init__(
        self, sources: Sequence[Source], standards: Standards, city: Zone, wanted: Wanted, store: Store
    ) -> None:
        self.sources = sources
        self.wanted = wanted
        self.store = store
        self.readings = [_first_reading(source, standards, city) for source in sources]
        names = sorted({source.layout.source for source in sources})
        self._codes = [names.index(source.layout.source) for source in sources]
        self._bundles = _bundles([size_of(source.path) for source in sources])
        self._parts = dict(enumerate(self._kept(self._bundles)))

    def read_anew(self, misread: set[int]) -> None:
        """Type these tables anew, and those whose dates were proven otherwise since."""
        changed = set(misread)
        for i, source in enumerate(self.sources):
            before, self.readings[i] = self.readings[i], replace(self.readings[i], formats=_formats(source))
            if _manner(before) != _manner(self.readings[i]):
                changed.add(i)
        self._type_again(changed)

    def look_again(self, tables: set[int]) -> None:
        """Prove the formats of these tables over their whole columns, and type them by what was found."""
        for i in tables:
            self.readings[i] = _second_look(self.sources[i], self.readings[i])
        self._type_again(tables)

    def _type_again(self, tables: set[int]) -> None:
        again = [i for i, bundle in enumerate(self._bundles) if tables & set(bundle)]
        self._parts |= dict(zip(again, self._kept([self._bundles[i] for i in again]), strict=True))

    def surveyed(self) -> tuple[pl.LazyFrame, pl.DataFrame]:
        """The typed rows of all tables in the order of the input, and their survey."""
        together = pl.concat(self._parts.values(), how="diagonal") if len(self._parts) > 1 else self._parts[0]
        numbered = together.with_row_index("at")
        rows = numbered if self.store.is_large else numbered.collect().lazy()
        return rows, _survey(rows, len(self.sources))

    def _kept(self, bundles: Sequence[range]) -> list[pl.LazyFrame]:
        """The typed rows of each bundle, kept."""
        kept = self.store.keep([self._bundled(bundle) for bundle in bundles])
        return [
            rows
            if len(bundle) > 1
            else rows.with_columns(table=_number(bundle[0]), source=_number(self._codes[bundle[0]]))
            for rows, bundle in zip(kept, bundles, strict=True)
        ]

    def _bundled(self, bundle: range) -> pl.LazyFrame:
        """The typed rows of these tables. Neighbours that are read alike are typed as one, which costs little more."""
        if len(bundle) == 1:
            return self._typed(bundle[0], self.sources[bundle[0]].rows)
        groups = []
        for _, alike in groupby(bundle, lambda i: _manner(self.readings[i])):
            tables = list(alike)
            rows = pl.concat([self.sources[i].rows.with_columns(table=_number(i)) for i in tables])
            typed = self._typed(tables[0], rows, ["table"])
            groups.append(typed.with_columns(source=_number(self._codes[tables[0]])))
        return pl.concat(groups, how="diagonal")

    def _typed(self, i: int, rows: pl.LazyFrame, carried: Sequence[str] = ()) -> pl.LazyFrame:
        """The rows of this table, and of others that are read alike, typed; all have the same columns, but for instants."""
        reading, wanted = self.readings[i], self.wanted
        typed = recognise_requests(rows, reading, wanted.roles, wanted.headers, carried)
        layout = reading.layout
        fixed = layout.mapping.channel or ("channel" not in layout.positions and wanted.channel) or None
        if fixed and "channel" in wanted.roles:
            typed = typed.with_columns(channel=pl.lit(fixed).cast(pl.Categorical))
        if not has_instants(reading):
            typed = typed.drop("received_utc", "replied_utc", strict=False)
        return typed.with_columns(case_hash=hash_of_case(self._codes[i]))

    def sort_out(self, i: int, doubtful: pl.DataFrame | None) -> SortedOut:
        """Give the doubtful rows (`at`, `row`) of one table their fates."""
        return sort_out_table(self.sources[i], self.readings[i], doubtful, with_cells=self.wanted.reject_cells)


def _first_reading(source: Source, standards: Standards, city: Zone) -> Reading:
    channels = channel_words(source.layout.mapping, standards)
    return Reading(source.layout, _formats(source), city, channels=channels)


def _formats(source: Source) -> dict[Role, DateFormat | None]:
    return {role: proof.format for role, proof in source.proofs.items()}


def _number(number: int) -> pl.Expr:
    return pl.lit(number, dtype=pl.UInt32)


def _manner(reading: Reading) -> tuple[object, ...]:
    """What makes two tables be read alike: also how the formats of their dates are spelled."""
    return reading, *((fmt.patterns, fmt.quirks) for fmt in reading.formats.values() if fmt is not None)


def _bundles(sizes: Sequence[int]) -> list[range]:
    """Consecutive tables to be read together."""
    bundles, start, n_bytes = [], 0, 0
    for i, size in enumerate(sizes):
        n_bytes += size
        if n_bytes >= BUNDLE_BYTES:
            bundles.append(range(start, i + 1))
            start, n_bytes = i + 1, 0
    return [*bundles, range(start, len(sizes))] if start < len(sizes) else bundles


def _survey(rows: pl.LazyFrame, n_tables: int) -> pl.DataFrame:
    """One row for each table: how many rows, and the moments between which they lie."""
    received, replied = pl.col("received_at"), pl.col("replied_at")
    columns = rows.collect_schema().names()
    marks = [name for name in ("is_doubtful", "ends_empty") if name in columns]
    ends = [name for name in _ENDS if name in columns]
    facts: dict[str, pl.Expr] = {
        "n": pl.len(),
        "first_at": received.min(),
        "last_at": received.max(),
        "latest": pl.max_horizontal(pl.col(name).max() for name in ends),
        "has_replies": replied.count() > 0,
        "has_dates": (pl.col("received_is_date") | pl.col("replied_is_date")).any(),
        **{name: pl.col(name).any() for name in marks},
    }
    if n_tables == 1:  # no need to look for its rows
        counted = rows.select(table=pl.lit(0, dtype=pl.UInt32), **facts).filter(pl.col("n") > 0)
    else:
        counted = rows.group_by("table").agg(**facts)
    return counted.collect(engine="streaming")


def _with_reach(requests: pl.LazyFrame, survey: pl.DataFrame, as_of: dt.datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The survey with `reaches`: how far each table tells, which one mistyped year must not stretch; and the rows with such
    times: `table`, `row`, `at`.

    A time is mistyped where it lies far after the as-of moment and after all others of its table, and hardly any row has one.
    An export that was made later has times in between, or many.
    """
    survey = survey.with_columns(reaches="latest")
    until = as_of + _FAR if as_of < dt.datetime.max - _FAR else dt.datetime.max
    tables = survey.filter(pl.col("latest") > until)["table"]
    moments = [pl.col(name) for name in _ENDS if name in requests.collect_schema().names()]
    if not len(tables):
        return survey, pl.DataFrame(schema={"table": pl.UInt32, "row": pl.UInt32, "at": pl.Datetime("us")})
    is_ahead = pl.any_horizontal(at > until for at in moments)
    found = requests.filter(pl.col("table").is_in(tables.implode())).group_by("table").agg(
        n_ahead=is_ahead.sum(),
        first_ahead=pl.min_horizontal(at.filter(at > until).min() for at in moments),
        last_before=pl.max_horizontal(at.filter(at <= until).max() for at in moments),
        last_received=moments[0].filter(moments[0] <= until).max(),
    )  # fmt: skip
    few = pl.col("n_ahead") <= pl.max_horizontal(1, pl.col("n") // _FEW)
    mistyped = (
        survey.join(found.collect(engine="streaming"), on="table")
        .filter(few, pl.col("first_ahead") - pl.col("last_before") > _FAR)
        .select("table", "last_before", "last_received")
    )
    ahead = requests.filter(is_ahead, pl.col("table").is_in(mistyped["table"].implode()))
    rows = ahead.select("table", "row", at=pl.max_horizontal(moments)).collect(engine="streaming").sort("table", "row")
    told = survey.join(mistyped, on="table", how="left", maintain_order="left").with_columns(
        last_at=pl.coalesce("last_received", "last_at"), reaches=pl.coalesce("last_before", "reaches")
    )
    return told.drop("last_before", "last_received"), rows


def _unsure(sources: Sequence[Source], survey: pl.DataFrame) -> list[int]:
    """The tables of which it is not sure yet that no row is too wide."""
    facts = {table: (n, ends_empty) for table, n, ends_empty in survey.select("table", "n", "ends_empty").iter_rows()}
    none = 0, False
    return [i for i, source in enumerate(sources) if not source.is_sure(*facts.get(i, none))]


def _doubtful(rows: pl.LazyFrame, survey: pl.DataFrame) -> dict[int, pl.DataFrame]:
    """Table -> the rows (`at`, `row`) that did not read as requests at once."""
    if not survey["is_doubtful"].any():
        return {}
    found = rows.filter("is_doubtful").select("table", "at", "row").collect(engine="streaming")
    return {part["table"][0]: part.drop("table") for part in found.partition_by("table", maintain_order=True)}


def _second_look(source: Source, reading: Reading) -> Reading:
    """Prove the formats again, over the whole columns."""
    for role in source.proofs:
        declared = source.layout.mapping.date_format
        proof = source.proofs[role]
        if not proof.is_whole:
            order = declared or (proof.format.order if proof.format and proof.row is None else None)
            source.proofs[role] = prove_format(source.column_of(role), order, whole=True)
    require_dates(source)
    return replace(reading, formats=_formats(source), trim=True)
