"""The days between receipt and due time, one by one: which of them count, and why the others do not.

A closed day has the name of what closes it: the organisation's own closure, else the holiday, else the weekend. Source: the
standards file's `calendar`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from cxaudit.days.calendar import Calendar
from cxaudit.days.office_hours import OpenTime
from cxaudit.standards.model import Segment

DayKind = Literal["business day", "part day", "weekend", "holiday", "closed"]


@dataclass(frozen=True)
class TracedDay:
    """One day: `number` is its place among the business days of the trace, from 1; None on a closed day.

    `name` is that of the holiday or closure, the hours of a part day, the weekday of a day off that is no Saturday or
    Sunday; else empty.
    """

    day: dt.date
    kind: DayKind
    name: str
    number: int | None

    @property
    def is_open(self) -> bool:
        return self.kind in {"business day", "part day"}


def trace_days(calendar: Calendar, open_time: OpenTime | None, first: dt.date, last: dt.date) -> list[TracedDay]:
    """Every day from `first`, which is the day after day zero, to `last`, both inclusive.

    Without `open_time` a part day is a business day like any other.
    """
    days, number = [], 0
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = dt.date.fromordinal(ordinal)
        number += calendar.is_business_day(day)
        days.append(_traced(calendar, open_time, day, number))
    return days


def _traced(calendar: Calendar, open_time: OpenTime | None, day: dt.date, number: int) -> TracedDay:
    if calendar.is_business_day(day):
        if open_time is not None and day in calendar.settings.part_days:
            return TracedDay(day, "part day", hours_words(open_time.segments_of(day)), number)
        return TracedDay(day, "business day", "", number)
    if day in calendar.settings.closed:
        return TracedDay(day, "closed", calendar.settings.closed[day], None)
    if day in calendar.holidays:
        return TracedDay(day, "holiday", calendar.holidays[day], None)
    name = calendar.why_closed(day) or ""
    return TracedDay(day, "weekend", "" if name == "weekend" else name, None)


def hours_words(segments: tuple[Segment, ...]) -> str:
    """Office hours of one day as the standards file writes them.

    >>> hours_words(((30600, 43200), (46800, 86400)))
    '08:30-12:00, 13:00-24:00'
    """
    return ", ".join(
        "-".join(f"{second // 3600:02}:{second // 60 % 60:02}" for second in segment) for segment in segments
    )
