"""Restated months: what an earlier report counted and what the input of today counts for the same month.

Met and missed of a finished month stay as they are for the same input, so a difference means that the input changed: a late
export, a corrected case, another standards file. It is said and never mended in silence.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import polars as pl

from cxaudit.monthly.history import counts_of
from cxaudit.monthly.model import Counts, Restated
from cxaudit.tally.stored import StoredTally

if TYPE_CHECKING:
    from cxaudit.audit import Audit


def restated_months(audit: Audit, stored: Sequence[tuple[str, StoredTally]]) -> tuple[Restated, ...]:
    """The months that the input holds whole and that were over when they were stored, where their figures differ."""
    if not stored:
        return ()
    return tuple(_restated(audit, stored, audit.count(["month"])))


def _restated(audit: Audit, stored: Sequence[tuple[str, StoredTally]], now: pl.DataFrame) -> Iterator[Restated]:
    for name, tally in stored:
        for month in finished_months(tally):
            if not _is_held(audit, month):
                continue
            was = counts_of(tally.frame.filter(pl.col("month") == month))
            today = counts_of(now.filter(pl.col("month") == month))
            if differ(was, today):
                other = tally.about.standards["sha256"] != audit.question.standards.sha256
                yield Restated(f"{month // 100}-{month % 100:02}", was, today, name, other)


def finished_months(tally: StoredTally) -> list[int]:
    """The months of a stored tally that were over at its as-of moment, in order."""
    as_of = tally.about.as_of
    first, last = tally.about.period or (dt.date.min, dt.date.max)
    months = [int(month) for month in tally.frame["month"].drop_nulls().unique().sort()]
    return [
        month
        for month in months
        if first <= _first_day(month)
        and _last_day(month) <= last
        and dt.datetime.combine(_last_day(month), dt.time(23, 59, 59)) <= as_of.local
    ]


def differ(one: Counts, other: Counts) -> bool:
    """Whether two counts of the same month tell another compliance; an open miss that was answered late is still a miss."""
    return (one.met, one.missed) != (other.met, other.missed)


def _is_held(audit: Audit, month: int) -> bool:
    """Whether the input goes back to the first business day of a month."""
    if audit.earliest_on is None:
        return False
    opening = pl.select(audit.calendar.roll_forward(pl.lit(_first_day(month)))).item() or _first_day(month)
    return audit.earliest_on <= opening


def _first_day(month: int) -> dt.date:
    return dt.date(month // 100, month % 100, 1)


def _last_day(month: int) -> dt.date:
    return dt.date(month // 100, month % 100, calendar.monthrange(month // 100, month % 100)[1])
