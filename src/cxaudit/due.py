"""When a request is due: one rule of the standards applied to a column of receipts.

Day zero is the day on which the request was received; the due day is the nth business day after it. What the policy does not
say (`day_zero`, `day_ends`) is a setting of the standards file. Hour rules count office hours or real time from receipt.
Source: DESIGN, section 3, "When is it due".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from cxaudit.calendar import Calendar
from cxaudit.office_hours import OpenTime
from cxaudit.standards.model import Counting, OfficeHours, Unit
from cxaudit.zones import Zone

#: The last moment of a day: any reply on the due day is in time.
DAY_END = dt.timedelta(days=1) - dt.timedelta(microseconds=1)
_MINUTES = 60_000_000
_HOURS = 60 * _MINUTES


@dataclass(frozen=True)
class Rule:
    """What decides a due time besides the number: the unit, the counting, and the office hours in force."""

    unit: Unit
    counting: Counting
    hours: OfficeHours

    @property
    def needs_time(self) -> bool:
        """Whether the due time depends on the time of day of receipt."""
        if self.unit in {"business days", "days"}:
            return self.counting.day_zero == "next_opening" or self.counting.day_ends == "same_time"
        return True


@dataclass(frozen=True)
class Due:
    """Expressions for one rule: `day_zero` (Date), `at` (Datetime, local; null outside the calendar)."""

    day_zero: pl.Expr
    at: pl.Expr


def due_under(rule: Rule, calendar: Calendar, zone: Zone, received: pl.Expr, instant: pl.Expr, n: pl.Expr) -> Due:
    """The due time of requests under one rule.

    **In** `received` (Datetime, local), `instant` (the same in UTC where the export gives it, else null), `n` (Int32, in
    the rule's unit). **Out** a `Due`. Day rules count on the wall clock, hours and minutes in real time.
    """
    open_time = OpenTime(calendar, rule.hours)
    day_received = received.dt.date()
    match rule.unit:
        case "business hours":
            return Due(day_received, open_time.after(received, n.cast(pl.Int64) * _HOURS))
        case "business minutes":
            return Due(day_received, open_time.after(received, n.cast(pl.Int64) * _MINUTES))
        case "hours" | "minutes":
            unit = _HOURS if rule.unit == "hours" else _MINUTES
            start = pl.coalesce(instant, zone.utc(received))
            return Due(day_received, zone.local(start + (n.cast(pl.Int64) * unit).cast(pl.Duration("us"))))
    counted_from = _counted_from(rule, calendar, open_time, received)
    day_zero = counted_from.dt.date()
    if rule.unit == "days":
        due_day = day_zero + n.cast(pl.Int64) * pl.duration(days=1)
    else:
        due_day = calendar.nth_after(day_zero, n)
    return Due(day_zero, _day_end(rule, open_time, due_day.cast(pl.Date), counted_from))


def _counted_from(rule: Rule, calendar: Calendar, open_time: OpenTime, received: pl.Expr) -> pl.Expr:
    """The moment at which the request counts as received (Datetime)."""
    match rule.counting.day_zero:
        case "day_received":
            return received
        case "next_opening":
            return open_time.next_open(received)
        case "next_business_day":
            day = received.dt.date()
            rolled = calendar.roll_forward(day)
            opening = (
                open_time.opening_of(rolled)
                if rule.counting.day_ends == "same_time" and any(rule.hours.by_weekday)
                else rolled.cast(pl.Datetime("us"))
            )
            return pl.when(rolled == day).then(received).otherwise(opening)


def _day_end(rule: Rule, open_time: OpenTime, day: pl.Expr, counted_from: pl.Expr) -> pl.Expr:
    """The last moment of the due day that is still in time (Datetime)."""
    midnight = day.cast(pl.Datetime("us"))
    match rule.counting.day_ends:
        case "midnight":
            return midnight + DAY_END
        case "close":
            return pl.min_horizontal(open_time.closing_of(day), midnight + DAY_END)
        case "same_time":
            return midnight + (counted_from - counted_from.dt.truncate("1d"))
        case dt.time() as clock:
            return midnight + dt.timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)
