"""Coverage: the days of which the input can tell, by the first and the last timestamp of each table.

A table whose first receipt came by the first business day of a month counts from the month's beginning; one business day
without any timestamp may follow the last one (more, and the export is stale). A reply shows that its export was made later
than that, but not that it holds the receipts of later months. Days that no table covers are not known, between two tables as
before the first and after the last.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from cxaudit.days.spans import Span, together

if TYPE_CHECKING:
    from cxaudit.audit import Audit
    from cxaudit.model import AsOf

_DAY = dt.timedelta(days=1)


def known_until(as_of: AsOf) -> dt.date:
    """The last day that is over at the as-of moment; a date means the end of that day."""
    return as_of.local.date() if as_of.is_date else as_of.local.date() - _DAY


def covered_days(audit: Audit) -> tuple[Span, ...]:
    """The days that the input covers up to the as-of moment, apart from each other and ascending."""
    known, days = known_until(audit.question.as_of), audit.calendar
    first, last, latest = (pl.col(name).dt.date() for name in ("first_at", "last_at", "reaches"))

    def following(day: pl.Expr) -> pl.Expr:
        return pl.coalesce(days.roll_forward(day + _DAY), day + _DAY)

    def end(day: pl.Expr) -> pl.Expr:
        return following(following(day)) - _DAY

    opening = days.roll_forward(first.dt.month_start())
    since = pl.when(first <= opening).then(first.dt.month_start()).otherwise(first)
    until = pl.max_horizontal(end(last), pl.min_horizontal(end(latest), last.dt.month_end()))
    spans = audit.log.survey.select(since=since, until=until).drop_nulls()
    return together((since, min(until, known)) for since, until in spans.iter_rows() if since <= known)
