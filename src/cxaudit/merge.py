"""Merge: several rows of the same case become one request.

The same case is the same source and the same non-empty case id. The earliest receipt and the earliest reply win, ties by
file and then row; all else is its latest known state: the status, channel, department and so on of the newest row that
states it. The newest row is the last one of the file with the newest timestamp. Source: DESIGN, section 3, "The same case".
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from cxaudit.zones import Zone

_LATEST = pl.max_horizontal("received_at", "replied_at")
_KEY = ("source", "case_id")
_AT = "_at"  # the position of a row in the frame
#: What a case may change its mind about: the newest row that states it counts.
_STATE = ("status", "channel", "department", "employee", "customer_type")
_STATE_PREFIXES = ("header:", "system_")


@dataclass(frozen=True)
class Merged:
    """`requests`: one row per case; `duplicates` (`table`, `row`): the rows not kept; `changed` (`table`, `row`): the rows
    of a case whose receipt or reply differs from the one that was taken."""

    requests: pl.DataFrame
    duplicates: pl.DataFrame
    changed: pl.DataFrame


def merge_cases(rows: pl.DataFrame, zone: Zone | None = None) -> Merged:
    """Keep one row per case. Where rows carry instants, these decide what is earliest; `zone` gives those of wall times.

    **Frame in**: `table` (UInt32, in the order of the input), `row`, `source` (UInt32), `case_id` (String or null),
    `received_at`, `replied_at` (Datetime), their `…_is_date` and `…_utc` columns where there are any, `status`. **Frame
    out**: the same columns; the order of the input is kept.
    """
    is_suspect = _has_repeated_hash(rows)
    if is_suspect is None:
        nothing = rows.select("table", "row").clear()
        return Merged(rows, nothing, nothing)
    numbered = rows.with_row_index(_AT)
    suspects = numbered.filter(is_suspect).filter(pl.len().over(_KEY) > 1)
    newest = (
        rows.lazy().group_by("table").agg(latest=_LATEST.max(), has_replies=pl.col("replied_at").count() > 0).collect()
    )
    kept = _kept_rows(suspects, newest, zone).sort(_AT)
    duplicates = suspects.join(kept, on=_AT, how="anti", maintain_order="left")
    requests = _replace(rows, kept).filter(~pl.int_range(pl.len()).is_in(duplicates[_AT].implode()))
    return Merged(requests, duplicates.select("table", "row"), _changed_rows(suspects, kept, newest))


def _has_repeated_hash(rows: pl.DataFrame) -> pl.Series | None:
    """Whether a row's case may occur more than once; None if no case does.

    Hashes are sorted first, so that a file without repeats costs next to nothing.
    """
    has_id = pl.col("case_id").is_not_null()
    hashes = rows.select(pl.when(has_id).then(pl.struct(_KEY).hash())).to_series()
    ordered = hashes.drop_nulls().sort()
    repeated = ordered.filter(ordered == ordered.shift(1)).unique()
    return hashes.is_in(repeated.implode()).fill_null(False) if len(repeated) else None


def _replace(rows: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """The rows with what the kept ones took over from others of their case: the reply and the latest known state."""
    taken = [name for name in rows.columns if name.startswith("replied_") or _is_state(name)]
    return rows.with_columns(rows[name].clone().scatter(kept[_AT], kept[name]) for name in taken)


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
