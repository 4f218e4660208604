"""Gather: everything that the figures of the report are made from, counted in two passes over the judged requests.

**Source**: DESIGN, section 7: a tally is small, additive and enough for every table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from cxaudit.days.spans import month_of
from cxaudit.model import JUDGED
from cxaudit.tally.counts import is_known
from cxaudit.volume import tally_receipts

if TYPE_CHECKING:
    from cxaudit.audit import Audit

#: What a kind of request or a status that names a compliment looks like.
COMPLIMENT = r"(?i)\b(compliments?|kudos|praise|commendations?|thank[ -]?you)\b"
_IS_MET = pl.col("verdict") == "met"
_DIMENSIONS = ("channel", "department", "customer_type", "employee", "high_volume")


class Details(NamedTuple):
    """`open`: the unanswered; `compliments`: one row each; `receipts`: by department and business day."""

    open: pl.DataFrame
    compliments: pl.DataFrame
    receipts: pl.DataFrame


@dataclass(frozen=True)
class Gathered:
    """`counts`: a tally by channel, department, month and `in_period`, without what is not known yet at the as-of moment;
    `days`: met and missed by department and day (`cohort_on`), up to the end of the period."""

    counts: pl.DataFrame
    days: pl.DataFrame
    coming: Future[list[pl.DataFrame]]

    @cached_property
    def details(self) -> Details:
        """To be asked for late: they are gathered meanwhile."""
        return Details(*self.coming.result())

    @cached_property
    def inside(self) -> pl.DataFrame:
        """The tally of the period."""
        return self.counts.filter("in_period")


def gather(audit: Audit, first: dt.date, last: dt.date) -> Gathered:
    """Count the requests of one run for the report of the period from `first` to `last`."""
    names = audit.judged_columns
    by = {*(name for name in _DIMENSIONS if name in names), "channel", "department", "month", "cohort_on", "is_known"}
    counts, as_of = audit.count(sorted(by)), audit.question.as_of
    counts = counts.filter("is_known").drop("is_known")  # what comes in after the as-of moment is outside the run
    is_over = pl.col("month").cast(pl.Int32) < month_of(as_of.local.date())
    counts = counts.filter(pl.col("in_period") | pl.col("verdict").is_in(JUDGED) | is_over)
    days = _days(counts, last)
    counts = counts.group_by(pl.exclude("cohort_on", "n")).agg(pl.col("n").sum())
    known = is_known(audit.requests.collect_schema().names(), as_of)
    # Whatever is answered by now is not open; the two days are for zones.
    waits = pl.col("replied_at").is_null() | (pl.col("replied_at") > as_of.local - dt.timedelta(days=2))
    frames = [
        _open(_judged(audit, known & waits), audit, first, last),
        _compliments(_judged(audit, _is_compliment(audit.requests)), names),
        tally_receipts(audit.requests.filter(known & ~pl.col("is_exempt")), audit.calendar, "day"),
    ]
    beside = ThreadPoolExecutor(1)
    coming = beside.submit(pl.collect_all, frames, engine="streaming")
    beside.shutdown(wait=False)
    return Gathered(counts, days, coming)


def _judged(audit: Audit, where: pl.Expr) -> pl.LazyFrame:
    """The judged requests for which a condition on the requests themselves holds."""
    return audit.judged.filter(where) if audit.is_small else audit.judge(audit.requests.filter(where), readings=[])


def _open(known: pl.LazyFrame, audit: Audit, first: dt.date, last: dt.date) -> pl.LazyFrame:
    """**Frame out**: `department`, `when` (`earlier`, `inside`, `later`, or `next`: due by the end of the next business
    day), `over` (business days after the due day; null where that is not known), `oldest_due_on`, `n`.
    """
    due_on = pl.col("due_at").dt.date()
    tomorrow = audit.question.as_of.local.date() + dt.timedelta(days=1)
    is_next = (pl.col("verdict") == "pending") & (due_on <= audit.calendar.roll_forward(pl.lit(tomorrow)))
    when = (
        pl.when(is_next).then(pl.lit("next"))
        .when(pl.col("cohort_on") < first).then(pl.lit("earlier"))
        .when(pl.col("cohort_on") > last).then(pl.lit("later"))
        .otherwise(pl.lit("inside"))
    )  # fmt: skip
    is_open = (pl.col("verdict") == "overdue") | is_next
    return (
        known.filter(is_open.fill_null(False))
        .group_by(_text("department"), when.alias("when"), pl.when(~is_next).then("business_days_over").alias("over"))
        .agg(oldest_due_on=due_on.min(), n=pl.len())
    )


def _days(counts: pl.DataFrame, last: dt.date) -> pl.DataFrame:
    """**Frame out**: `department`, `cohort_on`, `met`, `missed`, for the days up to the end of the period."""
    judged = counts.filter(pl.col("verdict").is_in(JUDGED) & (pl.col("cohort_on") <= last))
    n = {name: pl.col("n").filter(is_it).sum() for name, is_it in (("met", _IS_MET), ("missed", ~_IS_MET))}
    return judged.group_by(_text("department"), "cohort_on").agg(**n)


def _is_compliment(requests: pl.LazyFrame) -> pl.Expr:
    """Whether the kind or the status of a request names a compliment; their spellings are few."""
    told = []
    for name in ("kind", "status"):
        if name in requests.collect_schema().names():
            spelled = requests.select(pl.col(name).unique().cast(pl.String)).filter(
                pl.col(name).str.contains(COMPLIMENT)
            )
            told += [_text(name) == spelling for spelling in spelled.collect(engine="streaming").to_series()]
    return pl.any_horizontal(pl.lit(value=False), *told).fill_null(False)


def _compliments(judged: pl.LazyFrame, names: Collection[str]) -> pl.LazyFrame:
    """**Frame out**: `department`, `case_id`, `table`, `row`, in the order of the input."""
    case = pl.col("case_id") if "case_id" in names else pl.lit(None, dtype=pl.String).alias("case_id")
    return judged.filter("is_inside").sort("at").select(_text("department"), case, "table", "row")


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)
