"""Write the benchmark's input: an invented log of requests, the same bytes for the same number of rows.

Every value is a hash of its row or case number, so no row depends on another one: the file is streamed to disk in the
memory of a few batches, and needs no random generator whose stream might change between versions. One row in a thousand
repeats an earlier case a day earlier or later, as overlapping exports do.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import polars as pl

#: Channel -> business days promised, so that most replies can be placed in time.
WITHIN = {"voicemail": 1, "email": 2, "letter": 5, "our_city": 5, "portal": 2}
#: A channel per draw of ten: e-mail and voice mail lead, letters are rare.
CHANNELS = ["voicemail"] * 3 + ["email"] * 4 + ["letter", "our_city", "portal"]
DEPARTMENTS = ["Engineering", "Finance", "Parks", "Planning", "Public Works", "Recreation"]
#: One day inside the benchmark's first and last day of receipt, because duplicates are moved by a day.
FIRST, LAST = dt.date(2025, 2, 4), dt.date(2025, 10, 30)
SEED = 1077


def draw(number: pl.Expr, purpose: int, below: int) -> pl.Expr:
    """A number from 0 up to `below`, the same for the same number and purpose (the finaliser of splitmix64)."""

    def constant(value: int) -> pl.Expr:
        return pl.lit(value % 2**64, dtype=pl.UInt64)

    mixed = number.cast(pl.UInt64) * constant(0x9E3779B97F4A7C15) + constant((SEED + purpose) * 0xD1B54A32D192ED03)
    mixed = (mixed ^ (mixed // constant(2**30))) * constant(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed // constant(2**27))) * constant(0x94D049BB133111EB)
    return ((mixed ^ (mixed // constant(2**31))) % constant(below)).cast(pl.Int64)


def pick(names: list[str], index: pl.Expr) -> pl.Expr:
    return index.replace_strict(list(range(len(names))), names, return_dtype=pl.String)


def requests(rows: int) -> pl.LazyFrame:
    """One row per line of the file, with typed times and the case number that the line is about."""
    row, case = pl.col("row"), pl.col("case")
    block = row // 1000
    earlier = draw(row, 1, 2**40) % (block + 1) * 1000 + draw(row, 2, 999)
    received_on = pl.lit(FIRST) + pl.duration(days=draw(case, 3, (LAST - FIRST).days + 1))
    within = pl.col("channel").replace_strict(WITHIN, return_dtype=pl.Int64)
    in_time = draw(case, 5, 100) < 93
    days = pl.when(in_time).then(draw(case, 6, 60) % (within + 1)).otherwise(within + 1 + draw(case, 6, 10))
    # From 06:00 to 22:00: no wall time that the clocks skip or repeat, and a quick reply stays on the day of receipt.
    received_at = received_on.cast(pl.Datetime("us")) + pl.duration(seconds=6 * 3600 + draw(case, 7, 16 * 3600))
    at_the_desk = pl.duration(seconds=8 * 3600 + draw(case, 8, 8 * 3600))
    next_days = received_on.dt.add_business_days(pl.col("days"), roll="backward").cast(pl.Datetime("us")) + at_the_desk
    same_day = pl.col("received_at") + pl.duration(seconds=60 + draw(case, 8, 7000))
    moved = pl.duration(days=pl.when(row == case).then(0).otherwise(draw(row, 9, 2) * 2 - 1))
    return (
        pl.LazyFrame().select(row=pl.int_range(rows, dtype=pl.Int64))
        .with_columns(case=pl.when(row % 1000 == 999).then(earlier).otherwise(row))
        .with_columns(channel=pick(CHANNELS, draw(case, 4, len(CHANNELS))), received_at=received_at)
        .with_columns(days=days)
        .with_columns(replied_at=pl.when(pl.col("days") == 0).then(same_day).otherwise(next_days))
        # The repeated row of an unanswered case knows the reply, so that keeping the first row would be wrong.
        .with_columns(replied_at=pl.when((draw(case, 10, 100) >= 5) | (row != case)).then("replied_at"))
        .with_columns(pl.col("received_at", "replied_at") + moved)
    )  # fmt: skip


def log(rows: int) -> pl.LazyFrame:
    """The eight columns of the file."""
    case = pl.col("case")
    number = (case + 1).cast(pl.String)
    return requests(rows).select(
        case_id=pl.lit("C-") + number.str.zfill(7),
        channel="channel",
        department=pick(DEPARTMENTS, draw(case, 11, len(DEPARTMENTS))),
        employee=pl.lit("E-") + (draw(case, 12, 240) + 1).cast(pl.String).str.zfill(3),
        received_at="received_at",
        replied_at="replied_at",
        status=pl.when(pl.col("replied_at").is_null()).then(pl.lit("open")).otherwise(pl.lit("closed")),
        customer_type=pl.when(draw(case, 13, 10) == 0).then(pl.lit("internal")).otherwise(pl.lit("external")),
    )


def main() -> None:
    rows, target = int(sys.argv[1]), Path(sys.argv[2])
    target.parent.mkdir(parents=True, exist_ok=True)
    # Renamed at the end, so that an interrupted run leaves no half file that the next one would measure.
    part = target.with_suffix(".part")
    log(rows).sink_csv(part, datetime_format="%Y-%m-%d %H:%M:%S", line_terminator="\n")
    part.replace(target)


if __name__ == "__main__":
    main()
