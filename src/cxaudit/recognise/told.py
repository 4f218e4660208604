"""Replies that are told otherwise than by their own moment: by how long they took, or by the closing of the case."""

from __future__ import annotations

import polars as pl

from cxaudit.days.zones import Zone
from cxaudit.standards.source import Unit

_DAY = 86_400_000_000  # microseconds
_NEVER = pl.lit(None, dtype=pl.Datetime("us"))


def tells_a_day(took: pl.Expr, is_date: pl.Expr, unit: Unit) -> pl.Expr:
    """Whether a duration leads from a receipt without a time of day to a reply without one: so many whole days."""
    return is_date & (_is_whole(took) if unit == "days" else pl.lit(False))


def after_receipt(city: Zone, unit: Unit, with_instants: bool) -> dict[str, pl.Expr]:
    """The columns of a reply that is told by how long it took; from a receipt without a time of day only days lead on.

    **Frame in**: `received_at`, `received_is_date`, `replied_at` (Duration), `received_utc` where there are instants.
    """
    received, took, is_date = pl.col("received_at"), pl.col("replied_at"), pl.col("received_is_date")
    is_day = tells_a_day(took, is_date, unit).fill_null(False)
    instant = pl.coalesce("received_utc", city.utc(received)) if with_instants else city.utc(received)
    replied = pl.when(~is_date).then(instant + took)
    columns = {
        "replied_at": pl.when(is_day).then(received + took).otherwise(city.local(replied)), "replied_is_date": is_day
    }  # fmt: skip
    return columns | {"replied_utc": replied} if with_instants else columns


def _is_whole(took: pl.Expr) -> pl.Expr:
    return took.dt.total_microseconds() % _DAY == 0


def closed_after(unit: Unit, with_instants: bool) -> dict[str, pl.Expr]:
    """The columns of a closing that is told by how long it took: by days, which tell its day alone, or by a time.

    **Frame in**: `received_at`, `received_is_date`, `closed_at` (Duration).
    """
    received, took = pl.col("received_at"), pl.col("closed_at")
    after_days = (
        pl.when(_is_whole(took)).then(received.dt.truncate("1d") + took).otherwise((received + took).dt.truncate("1d"))
    )
    at = after_days if unit == "days" else pl.when(~pl.col("received_is_date")).then(received + took)
    return {"closed_at": at} | ({"closed_utc": _NEVER} if with_instants else {})


def by_closing(with_instants: bool) -> dict[str, pl.Expr]:
    """The columns of the reply, where the closing stands for one that a row does not tell."""
    has_none = pl.col("replied_at").is_null()
    by_closure = has_none & pl.col("closed_at").is_not_null()
    names = ("at", "is_date", "utc") if with_instants else ("at", "is_date")
    chosen = {f"replied_{n}": pl.when(has_none).then(f"closed_{n}").otherwise(f"replied_{n}") for n in names}
    return chosen | {"replied_by_closure": by_closure}
