"""Elapsed business days and office hours: from receipt to the reply, or to the as-of moment where there is none."""

from __future__ import annotations

import datetime as dt

import polars as pl

from cxaudit.days.calendar import Calendar
from cxaudit.days.office_hours import OpenTime
from cxaudit.promises.table import Promises

_HUNDREDTH = 36_000_000  # microseconds of a hundredth of an hour


def elapsed_days(calendar: Calendar, as_of: dt.date, *, varies: bool) -> dict[str, pl.Expr]:
    """Business days after day zero up to the reply, or to the as-of moment; and those after the due day, when missed. Null
    where the time of day, which is not known, decides about day zero."""
    until = pl.when(pl.col("_has_reply")).then(pl.col("replied_at").dt.date()).otherwise(pl.lit(as_of))
    used = calendar.count_through(until)
    is_missed = pl.col("verdict").is_in(["late", "overdue"])
    elapsed = (used - calendar.count_through(pl.col("_day_zero"))).clip(0)
    if varies:
        elapsed = pl.when(elapsed == (used - calendar.count_through(pl.col("_last_zero"))).clip(0)).then(elapsed)
    over = used - calendar.count_through(pl.col("due_at").dt.date())
    return {
        "business_days": pl.when(pl.col("excluded").is_null()).then(elapsed),
        "business_days_over": pl.when(is_missed).then(over),
    }


def with_business_hours(
    judged: pl.LazyFrame, promises: Promises, calendar: Calendar, as_of: dt.datetime
) -> pl.LazyFrame:
    """Add `business_hours` (Float64, two decimals), by the office hours in force on receipt.

    **Frame in**: judged requests. **Frame out**: the same with `business_hours`; null where the request was not judged and
    is not pending, where a date without a time leaves it open, and where no office hours are declared.
    """
    hours = [rule.hours for rule in promises.rules]
    has_reply = pl.col("verdict").is_in(["met", "late"])
    is_open_ended = pl.col("received_is_date") | (has_reply & pl.col("replied_is_date"))
    is_known = pl.col("excluded").is_null() & ~is_open_ended
    until = pl.when(has_reply).then(pl.col("replied_at")).otherwise(pl.lit(as_of))
    used: pl.Expr = pl.lit(None, dtype=pl.Int64)
    for version_hours in dict.fromkeys(hours):
        if version_hours:
            line = OpenTime(calendar, version_hours)
            mine = [i for i, rule in enumerate(promises.rules) if rule.hours == version_hours]
            spent = line.elapsed(until) - line.elapsed(pl.col("received_at"))
            used = pl.when(promises.rule_of(pl.col("promise")).is_in(mine)).then(spent).otherwise(used)
    hundredths = (used.clip(0) + _HUNDREDTH // 2) // _HUNDREDTH
    return judged.with_columns(business_hours=pl.when(is_known).then(hundredths / 100))
