"""Coverage: the days of which the input can tell, by the first and the last timestamp of each table.

A table whose first receipt came by the first business day of a month counts from the month's beginning; one business day
without any timestamp may follow the last one (more, and the export is stale). Days that no table covers are not known,
between two tables as before the first and after the last.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from cxaudit.days.spans import Span, together

if TYPE_CHECKING:
    from cxaudit.audit import Audit

_DAY = dt.timedelta(days=1)


def covered_days(audit: Audit) -> tuple[Span, ...]:
    """The days that the input covers up to the as-of moment, apart from each other and ascending."""
    as_of, days = audit.question.as_of, audit.calendar
    known = as_of.local.date() if as_of.is_date else as_of.local.date() - _DAY
    first, last = pl.col("first_at").dt.date(), pl.col("latest").dt.date()

    def following(day: pl.Expr) -> pl.Expr:
        return pl.coalesce(days.roll_forward(day + _DAY), day + _DAY)

    opening = days.roll_forward(first.dt.month_start())
    since = pl.when(first <= opening).then(first.dt.month_start()).otherwise(first)
    spans = audit.log.survey.select(since=since, until=following(following(last)) - _DAY).drop_nulls()
    return together((since, min(until, known)) for since, until in spans.iter_rows() if since <= known)
