"""Condense: requests that nothing but their time of day tells apart, counted before they are judged.

The days of receipt and reply decide most verdicts. So a log is first counted by them, and the few thousand kinds of
requests are judged as dates without a time; only those that this leaves open are judged one by one. Millions of requests
of the same few days cost little more than the counting. Where rules look at the time of day, days are cut where these
rules do, so that fewer are left open: a due time never gets earlier when the receipt gets later.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from cxaudit.judge import reply_columns
from cxaudit.lookup import value_at
from cxaudit.model import AsOf
from cxaudit.tally.counts import is_known, is_quick

#: The number of a kind, in the kinds and in the rows.
KEY = "_kind"
#: More names than these, channels times departments, and counting first would cost more than it spares.
_MOST_NAMES = 2_000
_MOST_BITS = 62
_MOST_COMPARED = 8  # days: each compared, which takes a third of the time of looking them up
#: With no more combinations of codes than these, it is not asked which of them occur.
MOST_CODES = 500
_DAY_BITS = 16  # until the year 2149
#: In microseconds.
SECOND = 1_000_000
DAY = 86_400 * SECOND
_IS_DATE = ("received_is_date", "replied_is_date")
_PIECES = ("_received_piece", "_replied_piece")


@dataclass(frozen=True)
class Cuts:
    """Where days are cut: at which microseconds after midnight, ascending, new pieces begin, for receipts and for replies;
    `whole`: days not cut, since their clocks change."""

    received: tuple[int, ...] = ()
    replied: tuple[int, ...] = ()
    whole: tuple[dt.date, ...] = ()

    def piece(self, name: str) -> pl.Expr:
        """The number of the piece of its day in which a receipt or reply (`received`, `replied`) lies, from 1; 0 stands for
        the whole day."""
        at = pl.col(f"{name}_at")
        time = at.to_physical() % DAY
        number = pl.lit(1, dtype=pl.UInt8)
        for cut in self._of(name):
            number += (time >= cut).cast(pl.UInt8)
        is_whole = pl.col(f"{name}_is_date") | self._is_whole(at)
        return pl.when(is_whole).then(pl.lit(0, dtype=pl.UInt8)).otherwise(number)

    def _of(self, name: str) -> tuple[int, ...]:
        return self.received if name == "received" else self.replied

    def _is_whole(self, at: pl.Expr) -> pl.Expr:
        if len(self.whole) > _MOST_COMPARED:
            return at.dt.date().is_in(list(self.whole))
        is_whole = pl.lit(False)
        for day in self.whole:
            midnight = dt.datetime.combine(day, dt.time())
            is_whole |= (at >= midnight) & (at < midnight + dt.timedelta(days=1))
        return is_whole

    def n_bits(self, name: str) -> int:
        """How many bits the number of a piece takes; none where days are not cut."""
        return (len(self._of(name)) + 2).bit_length() if self._of(name) else 0

    def bounds(self, name: str, piece: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
        """The first and the last moment of a piece, as time after midnight (Duration)."""
        starts, ends = [0, 0, *self._of(name)], [DAY, *self._of(name), DAY]
        first, last = (
            piece.replace_strict(list(range(len(values))), values, return_dtype=pl.Int64).cast(pl.Duration("us"))
            for values in (starts, [end - 1 for end in ends])
        )
        return first, last


@dataclass(frozen=True)
class _Part:
    """One column packed into the key: its number, 0 for null, and how many bits that takes."""

    name: str
    number: pl.Expr
    bits: int
    kind: pl.DataType
    values: pl.Series | None = None  # the names that the numbers stand for


@dataclass(frozen=True)
class Condensed:
    """`kinds`: requests as `judge_requests` takes them, each from the first to the last moment that it stands for
    (`received_at` to `received_end`, `replied_at` to `replied_end`), with `n`, what is settled beforehand (`has_reply`,
    `is_before`, `is_known`, `is_quick`), `is_certain` (there are no times of day) and `is_in_pieces` (both moments lie in a
    piece of a day that is cut); `rows` is the log with the number of each row's kind, `key` tells it from a request that has
    all columns."""

    kinds: pl.DataFrame
    rows: pl.LazyFrame
    key: pl.Expr

    def of(self, kinds: pl.DataFrame, requests: pl.LazyFrame | None = None) -> pl.LazyFrame:
        """The requests of some kinds, one by one: these with all their columns, or the log's with the number of their kind."""
        if requests is None:
            return self.rows.filter(pl.col(KEY).is_in(kinds[KEY].implode()))
        return requests.filter(self.key.is_in(kinds[KEY].implode()))


def condense(
    requests: pl.LazyFrame,
    deciding: Sequence[str],
    carried: Sequence[str],
    as_of: AsOf,
    tables: Sequence[int],
    cuts: Cuts,
    *,
    has_dates: bool,
) -> Condensed | None:
    """Count requests by what decides; None where their kinds would be too many.

    **Frame in**: requests as `judge_requests` takes them; `deciding` names the columns (Categorical) that verdicts depend
    on besides times, `carried` those that are only wanted in `rows`; `tables` gives for each table the one that it is
    counted with.
    """
    schema = requests.collect_schema()
    table = pl.col("table")
    if set(tables) == {0}:
        table = pl.lit(0, dtype=pl.UInt32).alias("table")
    elif [*tables] != [*range(len(tables))]:
        table = value_at(table, tables, pl.UInt32()).alias("table")
    others = [
        *_day_parts(schema, as_of, cuts, has_dates=has_dates),
        _Part("table", table + 1, (len(tables) + 1).bit_length(), pl.UInt32()),
    ]
    parts = [*others, *_codes(requests, deciding)]
    if not _are_few(parts, MOST_CODES):
        parts = [*others, *_places(requests, deciding)]
    if not _are_few(parts, _MOST_NAMES):
        return None
    key = _key(parts)
    rows = requests.with_columns(table, key.alias(KEY))
    counted = rows.group_by(KEY).agg(n=pl.len()).collect(engine="streaming").sort(KEY)
    needed = {"table", "department", *key.meta.root_names(), *carried}  # one number for all tables is no root
    rows = rows.select(*(n for n in schema.names() if n in needed), KEY)
    return Condensed(_unpacked(counted, parts, cuts), rows, key)


def _key(parts: Sequence[_Part]) -> pl.Expr:
    """The columns packed into one number (Int64), the last one in the lowest bits."""
    key, shift = pl.lit(0, dtype=pl.Int64), 0
    for part in reversed(parts):
        if part.kind == pl.Boolean():  # chosen sooner than multiplied
            placed = pl.when(part.number).then(pl.lit(2**shift, dtype=pl.Int64)).otherwise(pl.lit(0, dtype=pl.Int64))
        else:
            placed = part.number.cast(pl.Int64).fill_null(0) * 2**shift
        key, shift = key + placed, shift + part.bits
    return key


def _day_of(at: pl.Expr) -> pl.Expr:
    """The day of a moment as days since 1970 (Int32): what `dt.date` says, in half of the time."""
    return (at.to_physical() // DAY).cast(pl.Int32)


def _codes(requests: pl.LazyFrame, names: Sequence[str]) -> Iterator[_Part]:
    """Names as their codes, of which not all need to occur."""
    codes = {name: pl.col(name).to_physical() for name in names}
    highest = requests.select(**{name: code.max() for name, code in codes.items()}).collect(engine="streaming")
    for name, most in highest.row(0, named=True).items():
        values = pl.Series(range(0 if most is None else most + 1), dtype=pl.UInt32()).cat.to(pl.Categorical())
        yield _name_part(name, codes[name].cast(pl.Int64) + 1, values)


def _places(requests: pl.LazyFrame, names: Sequence[str]) -> Iterator[_Part]:
    """Names as their places among those that occur."""
    found = pl.collect_all([requests.select(pl.col(name).unique()) for name in names], engine="streaming")
    for name, frame in zip(names, found, strict=True):
        values = frame[name].drop_nulls().sort()
        placed = {code: place for place, code in enumerate(values.to_physical(), start=1)}
        places = [placed.get(code, 0) for code in range(max(placed, default=0) + 1)]
        yield _name_part(name, value_at(pl.col(name).to_physical(), places, pl.Int64()), values)


def _name_part(name: str, number: pl.Expr, values: pl.Series) -> _Part:
    return _Part(name, number, (len(values) + 1).bit_length(), pl.Categorical(), values)


def _are_few(parts: Sequence[_Part], most_names: int) -> bool:
    """Whether the key can hold all parts, and there are no more combinations of names than these."""
    n_names = math.prod(len(part.values) + 1 for part in parts if part.values is not None)
    return n_names <= most_names and sum(part.bits for part in parts) <= _MOST_BITS


def _day_parts(schema: pl.Schema, as_of: AsOf, cuts: Cuts, *, has_dates: bool) -> list[_Part]:
    settled = reply_columns(as_of, has_dates=has_dates, has_instants="received_utc" in schema.names())
    has_reply, is_before = settled["_has_reply"], settled["_is_before"]
    received, replied = (_day_of(pl.col(name)) + 1 for name in ("received_at", "replied_at"))
    flags = {
        "has_reply": has_reply,
        "is_before": is_before,
        "is_known": is_known(schema.names(), as_of),
        "is_quick": is_quick(),
        "is_exempt": pl.col("is_exempt"),
        **({f"_{name}": pl.col(name) for name in _IS_DATE} if has_dates else {}),
    }
    flags |= {name: pl.col(name) for name in ("replied_by_closure",) if name in schema.names()}
    days = {"received_at": received, "replied_at": pl.when(has_reply).then(replied)}
    pieces = {"received": cuts.piece("received"), "replied": pl.when(has_reply).then(cuts.piece("replied"))}
    return [
        *(_Part(name, number, _DAY_BITS, pl.Datetime("us")) for name, number in days.items()),
        *(_Part(name, number, 1, pl.Boolean()) for name, number in flags.items()),
        *(
            _Part(f"_{name}_piece", number + 1, n_bits, pl.Int64())
            for name, number in pieces.items()
            if (n_bits := cuts.n_bits(name))
        ),
    ]


def _unpacked(counted: pl.DataFrame, parts: Sequence[_Part], cuts: Cuts) -> pl.DataFrame:
    """The columns that the keys stand for."""
    columns: dict[str, pl.Expr] = {f"_{name}": pl.lit(value=False) for name in _IS_DATE}
    shift = 0
    for part in reversed(parts):
        number = pl.col(KEY) // 2**shift % 2**part.bits
        shift += part.bits
        value = pl.when(number > 0).then(number - 1)
        match part.kind:
            case pl.Boolean():
                columns[part.name] = number == 1
            case pl.Datetime():
                columns[part.name] = value.cast(pl.Int32).cast(pl.Date).cast(part.kind)
            case pl.Categorical() if part.values is not None:
                columns[part.name] = value.map_batches(part.values.gather, return_dtype=part.kind)
            case _:
                columns[part.name] = value.cast(part.kind)
    kinds = counted.with_columns(**columns)
    if "department" not in columns:
        kinds = kinds.with_columns(department=pl.lit(None, dtype=pl.Categorical))
    absent = {name: pl.lit(0, dtype=pl.Int64) for name in _PIECES if name not in columns}
    kinds = kinds.with_columns(**absent).with_columns(pl.col(_PIECES).fill_null(0))
    has_times = ~pl.col("_received_is_date") | (pl.col("has_reply") & ~pl.col("_replied_is_date"))
    kinds = kinds.with_columns(is_certain=~has_times, is_in_pieces=pl.all_horizontal(pl.col(_PIECES) > 0))
    for name in ("received", "replied"):
        day = pl.col(f"{name}_at")
        first, last = cuts.bounds(name, pl.col(f"_{name}_piece"))
        kinds = kinds.with_columns(
            **{f"{name}_at": day + first, f"{name}_end": day + last, f"{name}_is_date": day.is_not_null()}
        )
    return kinds.drop("_received_is_date", "_replied_is_date", *_PIECES)
