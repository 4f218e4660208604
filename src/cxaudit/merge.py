"""Merge: several rows of the same case become one request.

The same case is the same source and the same non-empty case id. The earliest receipt and the earliest reply win, ties by
file and then row; all else is its latest known state: the status, channel, department and so on of the newest row that
states it. The newest row is the last one of the file with the newest timestamp. Source: DESIGN, section 3, "The same case".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from cxaudit.zones import Zone

_KEY = ("source", "case_id")
#: What a case may change its mind about: the newest row that states it counts.
_STATE = ("status", "channel", "department", "employee", "customer_type")
_STATE_PREFIXES = ("header:", "system_")
#: How many hashes are sorted at once, and about how many rows of repeated cases are held at once.
SORTED_HASHES, HELD_ROWS = 16_000_000, 3_000_000
#: How many of the rows that changed are named.
PLACES = 5
_NO_CHANGES = pl.DataFrame(schema={"table": pl.UInt32, "n": pl.UInt32, "rows": pl.List(pl.UInt32)})


@dataclass(frozen=True)
class Merged:
    """`requests`: one row per case, the rows of repeated cases last; `ordered`: the same by `at`; `duplicates` (`table`,
    `row`): the rows not kept, and how many of them each table has; `changed` (`table`, `n`, `rows`): how many rows of each
    table have a receipt or reply that differs from the one that was taken, and the first of them."""

    requests: pl.LazyFrame
    ordered: pl.LazyFrame
    n_requests: int
    duplicates: pl.LazyFrame
    n_duplicates: dict[int, int]
    changed: pl.DataFrame


def merge_cases(rows: pl.LazyFrame, survey: pl.DataFrame, n_places: int, zone: Zone | None = None) -> Merged:
    """Keep one row per case. Where rows carry instants, these decide what is earliest; `zone` gives those of wall times.

    **Frame in**: `at` (UInt32, below `n_places`, rising), `table` (UInt32, in the order of the input), `row`, `source`
    (UInt32), `case_id` (String or null), `case_hash` (`hash_of_case`), `received_at`, `replied_at` (Datetime), their
    `…_is_date` and `…_utc` columns where there are any, `status`; `survey` has `table`, `n`, `latest`, `has_replies`.
    **Frame out**: the same columns. Memory holds one hash of each row at the most, and the requests of repeated cases.
    """
    n_rows = int(survey["n"].sum())
    parts = [_merge_some(rows, hashes, survey, zone) for hashes in _repeated_hashes(rows, n_rows)]
    found = [part for part in parts if part.kept.height]
    if not found:
        return Merged(rows, rows, n_rows, rows.select("table", "row").clear(), {}, _NO_CHANGES)
    kept = pl.concat([part.kept for part in found]).sort("at")
    suspects = pl.concat([part.at for part in found])
    single = without(rows, marked(n_places, [suspects]))
    not_kept = suspects.filter(~suspects.is_in(kept["at"].implode()))
    repeated = pl.concat([part.n_duplicates for part in found]).group_by("table").agg(pl.col("n").sum())
    return Merged(
        requests=pl.concat([single, kept.lazy()]),
        ordered=single.merge_sorted(kept.lazy(), "at"),
        n_requests=n_rows - len(not_kept),
        duplicates=only(rows, marked(n_places, [not_kept])).select("table", "row"),
        n_duplicates=dict(repeated.iter_rows()),
        changed=_added([part.changed for part in found]),
    )


def hash_of_case(source: int) -> pl.Expr:
    """A number (UInt64) that is the same for all rows of one case; null where a row names none."""
    case = pl.col("case_id")
    return pl.when(case.is_not_null()).then(case.hash(source))


def marked(n_places: int, places: Sequence[pl.Series]) -> pl.Series:
    """A column over all places that is true at these."""
    marks = pl.repeat(value=False, n=n_places, dtype=pl.Boolean, eager=True)
    return marks.scatter(pl.concat(places), values=True)


def only(rows: pl.LazyFrame, marks: pl.Series) -> pl.LazyFrame:
    """The rows whose place is marked."""
    return rows.filter(pl.col("at").map_batches(marks.gather, return_dtype=pl.Boolean, is_elementwise=True))


def without(rows: pl.LazyFrame, marks: pl.Series) -> pl.LazyFrame:
    """The rows whose place is not marked."""
    return only(rows, ~marks)


def _repeated_hashes(rows: pl.LazyFrame, n_rows: int) -> Iterator[pl.Series]:
    """The hashes that occur more than once, so many at a time that their rows can be held.

    Hashes are sorted, so that a log without repeats costs next to nothing; a long log in parts.
    """
    n_parts = -(-n_rows // SORTED_HASHES)
    for part in range(n_parts):
        mine = rows if n_parts == 1 else rows.filter(pl.col("case_hash") % n_parts == part)
        hashes = mine.select("case_hash").collect(engine="streaming").to_series().drop_nulls().sort()
        is_again = hashes == hashes.shift(1)
        repeated, n_again = hashes.filter(is_again).unique(), int(is_again.sum())
        if n_again:
            size = max(1, len(repeated) * HELD_ROWS // (len(repeated) + n_again))
            yield from (repeated.slice(start, size) for start in range(0, len(repeated), size))


@dataclass(frozen=True)
class _Part:
    """Some repeated cases: the places of all their rows, the rows kept, and what is counted of the others."""

    at: pl.Series
    kept: pl.DataFrame
    n_duplicates: pl.DataFrame
    changed: pl.DataFrame


def _merge_some(rows: pl.LazyFrame, hashes: pl.Series, survey: pl.DataFrame, zone: Zone | None) -> _Part:
    suspects = rows.filter(pl.col("case_hash").is_in(hashes.implode())).collect(engine="streaming")
    suspects = suspects.filter(pl.len().over(_KEY) > 1).sort("at")
    newest = survey.select("table", "latest", "has_replies")
    kept = _kept_rows(suspects, newest, zone).select(suspects.columns)
    others = suspects.join(kept, on="at", how="anti")
    changed = _counted(_changed_rows(suspects, kept, newest))
    return _Part(suspects["at"], kept, others.group_by("table").agg(n=pl.len()), changed)


def _counted(changed: pl.DataFrame) -> pl.DataFrame:
    """How many rows each table has, and the first of them."""
    ordered = changed.sort("table", "row").group_by("table", maintain_order=True)
    return ordered.agg(n=pl.len(), rows=pl.col("row").head(PLACES))


def _added(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    together = pl.concat(parts).group_by("table").agg(pl.col("n").sum(), pl.col("rows").explode().sort().head(PLACES))
    return together.sort("table")


def _kept_rows(suspects: pl.DataFrame, newest: pl.DataFrame, zone: Zone | None) -> pl.DataFrame:
    """One row per case: the one with the earliest receipt, with the earliest reply and the newest state of all."""
    by_receipt = suspects.sort(_instant(suspects, "received", zone), "table", "row", nulls_last=True)
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


def _is_state(name: str) -> bool:
    return name in _STATE or name.startswith(_STATE_PREFIXES)


def _instant(rows: pl.DataFrame, role: str, zone: Zone | None) -> pl.Expr:
    """What orders the rows in time: instants where there are any, else wall times."""
    wall = pl.col(f"{role}_at")
    if f"{role}_utc" not in rows.columns:
        return wall
    return pl.coalesce(f"{role}_utc", wall if zone is None else zone.utc(wall))


def _changed_rows(suspects: pl.DataFrame, kept: pl.DataFrame, newest: pl.DataFrame) -> pl.DataFrame:
    """The rows whose receipt or reply is not the one taken; a reply may also be missing where a newer file has replies."""
    taken = kept.select(*_KEY, _received=pl.col("received_at"), _replied=pl.col("replied_at"))
    both = suspects.join(taken, on=_KEY, how="left", maintain_order="left").join(
        newest, on="table", how="left", maintain_order="left"
    )
    told_in = pl.col("latest").filter(pl.col("replied_at") == pl.col("_replied")).max().over(_KEY)
    is_withdrawn = pl.col("replied_at").is_null() & pl.col("has_replies") & (pl.col("latest") > told_in)
    differs = (pl.col("received_at") != pl.col("_received")) | (pl.col("replied_at") != pl.col("_replied"))
    return both.filter(differs.fill_null(False) | is_withdrawn.fill_null(False)).select("table", "row")
