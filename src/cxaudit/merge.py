"""Merge: several rows of the same case become one request.

The same case is the same source and the same non-empty case id. The earliest receipt and the earliest reply win, ties by
file and then row; all else is its latest known state: the status, channel, department and so on of the newest row that
states it. The newest row is the last one of the file with the newest timestamp. Source: DESIGN, section 3, "The same case".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import polars as pl

from cxaudit.days.zones import Zone
from cxaudit.lookup import NO_ID

_KEY = ("source", "case_id")
#: What a case may change its mind about: the newest row that states it counts.
_STATE = ("status", "channel", "department", "employee", "customer_type")
_STATE_PREFIXES = ("header:", "system_")
#: How many hashes are sorted at once, and about how many rows of repeated cases are held at once.
SORTED_HASHES, HELD_ROWS = 16_000_000, 3_000_000
#: What two rows of a case may differ in and still say the same.
_NOT_SAID = ("at", "table", "row", "case_hash", "updated_at")
_MOMENTS = ("received_at", "received_is_date", "replied_at", "replied_is_date")
#: How many of the rows that changed are named.
PLACES = 5
#: From a date alone, which is written as its midnight, to the end of the day.
TO_DAYS_END = dt.timedelta(days=1, microseconds=-1)
_NO_ROWS = pl.DataFrame(schema={"table": pl.UInt32, "n": pl.UInt32, "rows": pl.List(pl.UInt32)})


@dataclass(frozen=True)
class Merged:
    """`requests`: one row per case, the rows of repeated cases last; `ordered`: the same by `at`; `duplicates` (`table`,
    `row`): the rows not kept, and how many of them each table has; `changed` (`table`, `n`, `rows`): how many rows of each
    table have a receipt or reply that differs from the one that was taken, and the first of them; `damaged`, alike: those
    that share an id that is none."""

    requests: pl.LazyFrame
    ordered: pl.LazyFrame
    n_requests: int
    duplicates: pl.LazyFrame
    n_duplicates: dict[int, int]
    changed: pl.DataFrame
    damaged: pl.DataFrame


def merge_cases(rows: pl.LazyFrame, survey: pl.DataFrame, n_places: int, zone: Zone) -> Merged:
    """Keep one row per case. Where rows carry instants, these decide what is earliest; `zone` gives those of wall times.

    **Frame in**: `at` (UInt32, below `n_places`, rising), `table` (UInt32, in the order of the input), `row`, `source`
    (UInt32), `case_id` (String or null), `case_hash` (`hash_of_case`), `received_at`, `replied_at` (Datetime), their
    `…_is_date` and `…_utc` columns where there are any; `updated_at` and what the newest row of a case tells (`status`,
    `channel`, `department`, `employee`, `customer_type`, `header:…`, `system_…`), as far as they are there. `survey` has
    `table`, `n`, `latest`, `has_replies`.
    **Frame out**: the same columns. Memory holds one hash of each row at the most, and the requests of repeated cases.
    """
    n_rows = int(survey["n"].sum())
    repeats = _repeats(rows, n_rows)
    if not repeats.hashes and repeats.alike is None:
        return Merged(rows, rows, n_rows, rows.select("table", "row").clear(), {}, _NO_ROWS, _NO_ROWS)
    parts = [_merge_some(rows, hashes, survey, zone) for hashes in repeats.hashes]
    kept = pl.concat([rows.clear().collect(), *(part.kept for part in parts)]).sort("at")
    if repeats.alike is None:
        alone = ~marked(n_places, [part.at for part in parts])
    else:
        alone = marked(n_places, repeats.alike)
    single = only(rows, alone)
    duplicates = without(rows, alone | marked(n_places, [kept["at"]])).select("table", "row")
    if repeats.alike is None:  # what was held tells it
        n_duplicates = pl.concat([*(part.n_rows for part in parts), _n_by_table(kept).with_columns(-pl.col("n"))])
        n_duplicates = n_duplicates.group_by("table").agg(pl.col("n").sum()).filter(pl.col("n") > 0)
    else:
        n_duplicates = _n_by_table(duplicates)
    return Merged(
        requests=pl.concat([single, kept.lazy()]),
        ordered=single.merge_sorted(kept.lazy(), "at"),
        n_requests=n_rows - int(n_duplicates["n"].sum()),
        duplicates=duplicates,
        n_duplicates=dict(n_duplicates.iter_rows()),
        changed=_added([_NO_ROWS, *(part.changed for part in parts)]),
        damaged=_added([_NO_ROWS, *(part.damaged for part in parts)]),
    )


def _n_by_table(rows: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    return rows.lazy().group_by("table").agg(n=pl.len().cast(pl.Int64)).collect(engine="streaming")


def hash_of_case(source: int) -> pl.Expr:
    """A number (UInt64) that is the same for all rows of one case; null where a row names none."""
    case = pl.col("case_id")
    return pl.when(case.is_not_null()).then(case.hash(source))


def marked(n_places: int, places: Sequence[pl.Series]) -> pl.Series:
    """A column over all places that is true at these."""
    marks = pl.repeat(value=False, n=n_places, dtype=pl.Boolean, eager=True)
    return marks.scatter(pl.concat(places), values=True)


def only(rows: pl.LazyFrame, marks: pl.Series) -> pl.LazyFrame:
    """The rows whose place, which no other has, is marked."""

    def marked_ones(places: pl.Series) -> pl.Series:
        first, n = (int(places[0]), len(places)) if len(places) else (0, 0)
        if n and int(places[-1]) - first == n - 1 and places.is_sorted():  # one after the other, as they are as a rule
            return marks.slice(first, n)
        return marks.gather(places)

    return rows.filter(pl.col("at").map_batches(marked_ones, return_dtype=pl.Boolean, is_elementwise=True))


def without(rows: pl.LazyFrame, marks: pl.Series) -> pl.LazyFrame:
    """The rows whose place is not marked."""
    return only(rows, ~marks)


@dataclass(frozen=True)
class _Repeats:
    """The cases with several rows: `hashes` of those whose rows are to be merged, so many at a time that these can be held;
    `alike`, where many rows repeat an earlier one: the places of all other requests, each by its first row."""

    hashes: Sequence[pl.Series]
    alike: Sequence[pl.Series] | None = None


def _repeats(rows: pl.LazyFrame, n_rows: int) -> _Repeats:
    """Find the cases with several rows.

    Hashes are sorted, so that a log without repeats costs next to nothing; a long log in parts. Where much is repeated, as
    in exports that hold all months before, most rows say what an earlier one said: these are told apart first.
    """
    n_parts, repeated = -(-n_rows // SORTED_HASHES), []
    for mine in _parts(rows, n_parts):
        hashes = mine.select("case_hash").sort("case_hash").collect(engine="streaming")
        is_again = pl.col("case_hash") == pl.col("case_hash").shift(1)
        again = hashes.lazy().filter(is_again).collect().to_series()  # not as a column of its own, which takes long
        if 2 * len(again) * n_parts > HELD_ROWS:
            return _told_apart(rows, n_parts)
        repeated.append(again.unique())
    found = pl.concat(repeated) if repeated else pl.Series(dtype=pl.UInt64)
    return _Repeats([found] if len(found) else [])


def _parts(rows: pl.LazyFrame, n_parts: int) -> Iterator[pl.LazyFrame]:
    """The rows that name a case in so many parts, all rows of a case in one of them."""
    named = rows.filter(pl.col("case_hash").is_not_null())
    return (named if n_parts == 1 else named.filter(pl.col("case_hash") % n_parts == i) for i in range(n_parts))


def _told_apart(rows: pl.LazyFrame, n_parts: int) -> _Repeats:
    """Tell the cases whose rows all say the same from those whose rows differ.

    What a row says is compared by a hash of it, beside the one of its case.
    """
    said = [name for name in rows.collect_schema().names() if name not in _NOT_SAID]
    says: pl.Expr = reduce(lambda sum_, one: sum_ + one, (pl.col(name).hash(i) for i, name in enumerate(said)))
    unnamed = rows.filter(pl.col("case_hash").is_null()).select("at").collect(engine="streaming").to_series()
    alike, differing = [unnamed], []
    for mine in _parts(rows, n_parts):
        by_case = mine.select("at", "case_hash", says=says).group_by("case_hash")
        found = by_case.agg(n=pl.len(), at=pl.col("at").min(), least=pl.col("says").min(), most=pl.col("says").max())
        cases = found.collect(engine="streaming")
        shares_none = cases["case_hash"].is_in(_hashes_of_no_id(mine).implode()) & (cases["n"] > 1)
        is_alike = (cases["least"] == cases["most"]) & ~shares_none
        alike.append(cases["at"].filter(is_alike))
        differing.append(cases.filter(~is_alike).select("case_hash", "n"))
    portion = (pl.col("n").cum_sum() - 1) // HELD_ROWS
    portions = pl.concat(differing).with_columns(portion=portion).partition_by("portion", maintain_order=True)
    return _Repeats([portion["case_hash"] for portion in portions], alike)


def _hashes_of_no_id(rows: pl.LazyFrame) -> pl.Series:
    found = rows.filter(_names_no_case()).select(pl.col("case_hash").unique())
    return found.collect(engine="streaming").to_series()


def _names_no_case() -> pl.Expr:
    return pl.col("case_id").str.contains(NO_ID)


@dataclass(frozen=True)
class _Part:
    """Some cases: the places of all their rows and how many each table has, the rows kept, those of the others that changed,
    and those whose id is none."""

    at: pl.Series
    n_rows: pl.DataFrame
    kept: pl.DataFrame
    changed: pl.DataFrame
    damaged: pl.DataFrame


def _merge_some(rows: pl.LazyFrame, hashes: pl.Series, survey: pl.DataFrame, zone: Zone) -> _Part:
    suspects = rows.filter(pl.col("case_hash").is_in(hashes.implode())).collect(engine="streaming").sort("at")
    newest = survey.select("table", "latest", "has_replies")
    # Where the id is no id, rows are requests of their own, though they look alike; another export tells of them once more.
    damaged = suspects.filter(_names_no_case()).select("table", "row")
    repeated = suspects.with_columns(_id="case_id").with_columns(
        case_id=pl.when(_names_no_case()).then(_own_id()).otherwise("case_id")
    )
    kept = _kept_rows(repeated, newest, zone)
    changed = _changed_rows(repeated, kept, newest)
    kept = kept.with_columns(case_id="_id").select(suspects.columns)
    return _Part(suspects["at"], _n_by_table(suspects), kept, _counted(changed), _counted(damaged))


def _own_id() -> pl.Expr:
    """An id for a row whose own is none: when it was received, and the how-manieth of these it is in its table."""
    number = pl.int_range(pl.len()).over("table", "source", "case_id", "received_at")
    return pl.format("{} {} {}", "case_id", pl.col("received_at").to_physical(), number)


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    """How many rows each table has, and the first of them."""
    ordered = rows.sort("table", "row").group_by("table", maintain_order=True)
    return ordered.agg(n=pl.len(), rows=pl.col("row").head(PLACES))


def _added(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    together = pl.concat(parts).group_by("table").agg(pl.col("n").sum(), pl.col("rows").explode().sort().head(PLACES))
    return together.sort("table")


def _kept_rows(suspects: pl.DataFrame, newest: pl.DataFrame, zone: Zone) -> pl.DataFrame:
    """One row per case: the one with the earliest receipt, with the earliest reply and the newest state of all."""
    order = _receipt_order(suspects, zone)
    by_receipt = suspects.sort(*order, "table", "row", nulls_last=True)
    kept = by_receipt.unique(_KEY, keep="first", maintain_order=True)
    reply_columns = [name for name in suspects.columns if name.startswith("replied_")]
    replies = suspects.filter(pl.col("replied_at").is_not_null()).sort(
        _instant(suspects, "replied", zone), "table", "row"
    )
    first_reply = replies.unique(_KEY, keep="first", maintain_order=True).select(*_KEY, *reply_columns)
    kept = kept.drop(reply_columns).join(first_reply, on=_KEY, how="left", maintain_order="left")
    if "replied_is_date" in reply_columns:
        kept = kept.with_columns(pl.col("replied_is_date").fill_null(False))
    state = [name for name in suspects.columns if _is_state(name)]
    if state:
        updated = [name for name in ("updated_at",) if name in suspects.columns]
        by_age = suspects.join(newest, on="table").sort("latest", "table", *updated, "row")
        latest = by_age.group_by(_KEY).agg(pl.col(name).filter(pl.col(name).is_not_null()).last() for name in state)
        kept = kept.drop(state).join(latest, on=_KEY, how="left", maintain_order="left")
    return kept


def _receipt_order(rows: pl.DataFrame, zone: Zone) -> list[pl.Expr]:
    """What orders the receipts of a case. One that is later than the case's first reply is not the receipt that was answered:
    a date alone of the same day is earlier then."""
    instant = _instant(rows, "received", zone)
    if "received_is_date" not in rows.columns:
        return [instant]
    is_late = ~pl.col("received_is_date") & (instant > _instant(rows, "replied", zone).min().over(_KEY))
    next_day = pl.col("received_at").dt.truncate("1d") + dt.timedelta(days=1)
    after = next_day if "received_utc" not in rows.columns else zone.utc(next_day)
    return [pl.when(is_late).then(after).otherwise(instant), instant]


def _is_state(name: str) -> bool:
    return name in _STATE or name.startswith(_STATE_PREFIXES)


def _instant(rows: pl.DataFrame, role: str, zone: Zone) -> pl.Expr:
    """What orders the rows in time: instants where there are any, else wall times; a date alone after the times of its
    day, which say more and contradict it in nothing."""
    wall = pl.col(f"{role}_at")
    if f"{role}_is_date" in rows.columns:
        wall = pl.when(pl.col(f"{role}_is_date")).then(wall + TO_DAYS_END).otherwise(wall)
    if f"{role}_utc" not in rows.columns:
        return wall
    return pl.coalesce(f"{role}_utc", zone.utc(wall))


def _changed_rows(suspects: pl.DataFrame, kept: pl.DataFrame, newest: pl.DataFrame) -> pl.DataFrame:
    """The rows whose receipt or reply is not the one taken; a reply may also be missing where a newer file has replies."""
    taken = kept.select(*_KEY, *(pl.col(name).alias(f"_{name}") for name in kept.columns if name.startswith(_MOMENTS)))
    both = suspects.join(taken, on=_KEY, how="left", maintain_order="left").join(
        newest, on="table", how="left", maintain_order="left"
    )
    told_in = pl.col("latest").filter(pl.col("replied_at") == pl.col("_replied_at")).max().over(_KEY)
    is_withdrawn = pl.col("replied_at").is_null() & pl.col("has_replies") & (pl.col("latest") > told_in)
    differs = _differs(both, "received") | _differs(both, "replied")
    return both.filter(differs.fill_null(False) | is_withdrawn.fill_null(False)).select("table", "row")


def _differs(both: pl.DataFrame, role: str) -> pl.Expr:
    """Whether a moment is another one than the one taken; a date alone agrees with every time of its day."""
    at, taken = pl.col(f"{role}_at"), pl.col(f"_{role}_at")
    if f"{role}_is_date" not in both.columns:
        return at != taken
    is_date = pl.col(f"{role}_is_date") | pl.col(f"_{role}_is_date")
    return pl.when(is_date).then(at.dt.date() != taken.dt.date()).otherwise(at != taken)
