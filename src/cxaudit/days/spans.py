"""Spans: consecutive days by the first and the last of them."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator

Span = tuple[dt.date, dt.date]
_DAY = dt.timedelta(days=1)


def together(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days, ascending, with spans that meet or overlap as one.

    >>> october, gap = (dt.date(2025, 10, 1), dt.date(2025, 10, 31)), (dt.date(2025, 11, 2), dt.date(2025, 11, 3))
    >>> len(together([gap, october])), len(together([(dt.date(2025, 11, 1), dt.date(2025, 11, 2)), october]))
    (2, 1)
    """
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + _DAY:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)


def holds(spans: Iterable[Span], wanted: Span) -> bool:
    """Whether one of these spans holds all days of another."""
    return any(first <= wanted[0] and wanted[1] <= last for first, last in spans)


def month_of(day: dt.date) -> int:
    """
    >>> month_of(dt.date(2025, 10, 31))
    202510
    """
    return day.year * 100 + day.month


def month_text(month: int) -> str:
    """
    >>> month_text(202510)
    '2025-10'
    """
    return f"{month // 100}-{month % 100:02}"


def days_of_month(month: int) -> Span:
    """
    >>> days_of_month(202502)
    (datetime.date(2025, 2, 1), datetime.date(2025, 2, 28))
    """
    year, number = divmod(month, 100)
    return dt.date(year, number, 1), dt.date(year, number, calendar.monthrange(year, number)[1])


def whole_months(first: dt.date, last: dt.date) -> bool:
    """
    >>> whole_months(dt.date(2025, 10, 1), dt.date(2025, 10, 31)), whole_months(dt.date(2025, 10, 1), dt.date(2025, 10, 30))
    (True, False)
    """
    return first.day == 1 and (last + _DAY).day == 1


def months_between(first: int, last: int) -> Iterator[int]:
    """
    >>> list(months_between(202511, 202602))
    [202511, 202512, 202601, 202602]
    """
    while first <= last:
        yield first
        first = first + 1 if first % 100 < 12 else first + 89
