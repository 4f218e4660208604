"""Busy times: declared periods of high volume, and surges that nobody declared. Neither hides a miss (policy 5.2)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from cxaudit.monthly.history import counts_of
from cxaudit.monthly.model import HighVolume, HighVolumePeriod, Surge
from cxaudit.volume import Volume, measure

if TYPE_CHECKING:
    from cxaudit.audit import Audit


def high_volume_of(audit: Audit, tally: pl.DataFrame) -> HighVolume | None:
    """The declared periods in which requests of the report's period were received."""
    standards = audit.question.standards
    if not standards.high_volume:
        return None
    counts = [counts_of(tally.filter(pl.col("high_volume") == i)) for i in range(len(standards.high_volume))]
    periods = tuple(
        HighVolumePeriod(
            first=period.first,
            last=period.last,
            departments=period.departments,
            channels=tuple(standards.titles.get(name, name) for name in period.channels),
            reason=period.reason,
            declared=period.declared,
            authority=period.authority,
            by=period.by.text if period.by else None,
            inside=inside,
        )
        for period, inside in zip(standards.high_volume, counts, strict=True)
        if inside.requests
    )
    return HighVolume(periods, counts_of(tally.filter(pl.col("high_volume").is_null())))


def surges_of(audit: Audit, receipts: pl.DataFrame, period: tuple[dt.date, dt.date]) -> tuple[Surge, ...]:
    """The undeclared surges in the period, those of all together only where no department has one at the time.

    **Frame in**: `department`, `on` (the business day), `n`, of all requests known and owed a reply.
    """
    question, days = audit.question, receipts["on"].drop_nulls()
    first, last = days.min(), days.max()
    if not isinstance(first, dt.date) or not isinstance(last, dt.date):
        return ()
    periods, as_of = question.standards.high_volume, question.as_of
    series = measure(receipts, (first, last), audit.calendar, periods, per="day", shown=period)
    found = Volume(question.standards.organisation, "day", series, (), as_of.local, as_of.is_date)
    today = as_of.local.date()  # what came on closed days counts to the next business day, which may be still to come
    return tuple(
        Surge(one.department, one.first, min(one.last, today), one.requests, one.usual) for one in found.proposals
    )
