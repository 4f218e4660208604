"""Tally: verdicts in, counts out: small, additive, and enough for every figure of a report.

A tally has one row per combination of the requested dimensions, promise, verdict, reason of exclusion and elapsed business
days. Tallies of files, months or machines are merged by adding. Source: DESIGN, sections 3 and 7.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from cxaudit.model import JUDGED, AsOf
from cxaudit.standards.model import Cohort

#: What a tally counts besides the requested dimensions.
MEASURES = ("table", "promise", "verdict", "excluded", "business_days", "is_quick")
#: And where periods of high volume are declared.
HIGH_VOLUME_MEASURES = ("in_high_volume", "verdict_without")
#: And where a closing may stand for a reply.
CLOSURE_MEASURES = ("replied_by_closure",)
_MINUTE = dt.timedelta(seconds=60)


def with_cohort(
    judged: pl.LazyFrame, cohort: Cohort, as_of: AsOf, period: tuple[dt.date, dt.date] | None
) -> pl.LazyFrame:
    """Say which period a request belongs to.

    **Frame in**: `received_at`, `due_at`, and `due_before_extension` where periods of high volume are declared. **Frame
    out**: adds `cohort_on` (Date: of the due time before any extension, or of the receipt), `is_known` (Boolean: received by
    the as-of moment), `is_inside` (Boolean: known and in the period).
    """
    received = pl.col("received_at").dt.date()
    has_extension = "due_before_extension" in judged.collect_schema().names()
    due = pl.col("due_before_extension" if has_extension else "due_at").dt.date()
    cohort_on = pl.coalesce(due, received) if cohort == "due" else received
    known = is_known(judged.collect_schema().names(), as_of)
    inside = known if period is None else known & pl.col("cohort_on").is_between(*period)
    return judged.with_columns(cohort_on=cohort_on, is_known=known).with_columns(is_inside=inside)


def is_known(columns: Sequence[str], as_of: AsOf) -> pl.Expr:
    """Whether a request was received by the as-of moment; by its instant where the frame with these columns has one."""
    if "is_known" in columns:
        return pl.col("is_known")
    by_wall = pl.col("received_at") <= as_of.local
    return pl.coalesce(pl.col("received_utc") <= as_of.utc, by_wall) if "received_utc" in columns else by_wall


def tally_verdicts(judged: pl.LazyFrame, by: Sequence[str]) -> pl.LazyFrame:
    """Count the requests inside the period.

    **Frame in**: judged requests with `cohort_on`, `is_inside` and the columns of `by` (`month` and `week` are made from
    `cohort_on`), the moments of receipt and reply or `is_quick`, and `n` where the rows are counted already. **Frame out**:
    `by`, MEASURES, HIGH_VOLUME_MEASURES and `replied_by_closure` where there are any, `n` (UInt32).
    """
    measures: tuple[str, ...] = MEASURES
    if "high_volume" in judged.collect_schema().names():
        measures += HIGH_VOLUME_MEASURES
        judged = judged.with_columns(in_high_volume=pl.col("high_volume").is_not_null())
    if "replied_by_closure" in judged.collect_schema().names():
        measures += CLOSURE_MEASURES
    day = pl.col("cohort_on")
    made = {"month": day.dt.year() * 100 + day.dt.month(), "week": day.dt.iso_year() * 100 + day.dt.week()}
    quick = pl.col("is_quick") if "is_quick" in judged.collect_schema().names() else is_quick()
    wanted = judged.filter("is_inside").with_columns(
        is_quick=quick & pl.col("verdict").is_in(["met", "late"]),
        **{name: expr for name, expr in made.items() if name in by},
    )
    return wanted.group_by(*by, *measures).agg(n=_number(judged))


def is_quick() -> pl.Expr:
    """Whether a reply came within a minute (Boolean): beside the figure, since no person may have written it."""
    is_soon = (pl.col("replied_at") - pl.col("received_at")).is_between(dt.timedelta(0), _MINUTE)
    return (is_soon & ~pl.col("received_is_date") & ~pl.col("replied_is_date")).fill_null(False)


def _number(judged: pl.LazyFrame) -> pl.Expr:
    """How many requests: `n` of each row where the rows are counted already."""
    return pl.col("n").sum() if "n" in judged.collect_schema().names() else pl.len()


def tally_readings(judged: pl.LazyFrame, readings: Sequence[str]) -> pl.LazyFrame:
    """Count the requests inside the period by their verdicts under every reading at once.

    **Frame in**: judged requests with `is_inside`, and `reading:` and its name for each reading. **Frame out**: `declared`
    (the verdict under the standards file, without extensions) and the readings by name (null: not judged), `n` (UInt32).
    """
    without = "verdict_without" if "verdict_without" in judged.collect_schema().names() else "verdict"
    columns = {"declared": pl.col(without)} | {name: pl.col(f"reading:{name}") for name in readings}
    inside = judged.filter("is_inside").with_columns(**columns)
    return inside.group_by("declared", *readings).agg(n=_number(judged))


def sum_tally(tally: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The same counts by fewer dimensions."""
    kept = [*by, *(name for name in tally.columns if name in MEASURES + HIGH_VOLUME_MEASURES + CLOSURE_MEASURES)]
    return tally.group_by(kept).agg(pl.col("n").sum())


def merge_tallies(tallies: Sequence[pl.DataFrame], by: Sequence[str]) -> pl.DataFrame:
    """The tally of everything that the tallies count. Merging is adding."""
    together = pl.concat(tallies)
    return together.group_by(*by, *(name for name in together.columns if name not in by and name != "n")).agg(
        pl.col("n").sum()
    )


def nearest_rank(share_pct: int) -> pl.Expr:
    """The elapsed business days that this share of the judged requests of a tally did not exceed (nearest rank), as far as
    these are known.

    >>> ten = pl.DataFrame({"verdict": ["met"] * 10, "business_days": range(1, 11), "n": [1] * 10})
    >>> ten.select(median=nearest_rank(50), p90=nearest_rank(90)).row(0)
    (5, 9)
    """
    is_judged = pl.col("verdict").cast(pl.String).is_in(JUDGED) & pl.col("business_days").is_not_null()
    days, n = (pl.col(name).filter(is_judged) for name in ("business_days", "n"))
    reached = n.cast(pl.Int64).sort_by(days).cum_sum() * 100 >= n.cast(pl.Int64).sum() * share_pct
    return days.sort().filter(reached).first()
