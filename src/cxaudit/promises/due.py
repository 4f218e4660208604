"""When a request is due: one rule of the standards applied to a column of receipts.

Day zero is the day on which the request was received; the due day is the nth business day after it. What the policy does
not say (`day_zero`, `day_ends`) is a setting of the standards file. Hour rules count office hours or real time from
receipt. Source: DESIGN, section 3, "When is it due".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import polars as pl

from cxaudit.days.calendar import Calendar
from cxaudit.days.office_hours import OpenTime
from cxaudit.days.zones import Zone
from cxaudit.standards.model import DAY_UNITS, REAL_UNITS, Counting, OfficeHours, Unit, Within

#: The last moment of a day: any reply on the due day is in time.
DAY_END = dt.timedelta(days=1) - dt.timedelta(microseconds=1)
_MICRO = pl.Duration("us")
_MINUTE = 60_000_000
_LENGTH = {"hours": 60 * _MINUTE, "minutes": _MINUTE, "business hours": 60 * _MINUTE, "business minutes": _MINUTE}


@dataclass(frozen=True)
class Rule:
    """What decides a due time besides the number: the unit, the counting, and the office hours in force."""

    unit: Unit
    counting: Counting
    hours: OfficeHours

    @property
    def needs_time(self) -> bool:
        """Whether the due time depends on the time of day of receipt."""
        if self.unit in DAY_UNITS:
            return self.counting.day_zero == "next_opening" or self.counting.day_ends == "same_time"
        return True

    @property
    def is_real_time(self) -> bool:
        """Whether the rule counts real time, so that instants are compared and not what the clock on the wall says."""
        return self.unit in REAL_UNITS


@dataclass(frozen=True)
class Clock:
    """What turns days and hours of one organisation into moments."""

    calendar: Calendar
    zone: Zone


@dataclass(frozen=True)
class Due:
    """Expressions for one rule: `day_zero` (Date), `at` (Datetime, local), `instant` (Datetime, UTC; real-time rules
    only, else null). Null outside the calendar."""

    day_zero: pl.Expr
    at: pl.Expr
    instant: pl.Expr


def due_under(rule: Rule, clock: Clock, received: pl.Expr, instant: pl.Expr, n: pl.Expr) -> Due:
    """The due time of requests under one rule.

    **In** `received` (Datetime, local), `instant` (the same in UTC where the export gives it, else null), `n` (Int32, in
    the rule's unit). **Out** a `Due`. Day rules and office hours count on the wall clock, hours and minutes in real time.
    """
    open_time = OpenTime(clock.calendar, rule.hours)
    day_received, unknown = received.dt.date(), pl.lit(None, dtype=pl.Datetime("us"))
    match rule.unit:
        case "hours" | "minutes" as unit:
            start = pl.coalesce(instant, clock.zone.utc(received))
            end = start + (n.cast(pl.Int64) * _LENGTH[unit]).cast(_MICRO)
            return Due(day_received, clock.zone.local(end), end)
        case "business hours" | "business minutes" as unit:
            return Due(day_received, open_time.after(received, n.cast(pl.Int64) * _LENGTH[unit]), unknown)
        case "business days" | "days" as unit:
            counted_from = _counted_from(rule, clock.calendar, open_time, received)
            day_zero = counted_from.dt.date()
            due_day = _days_later(unit, clock.calendar, day_zero, n)
            return Due(day_zero, _day_end(rule, open_time, due_day, counted_from), unknown)


def extended(rule: Rule, clock: Clock, due: Due, by: Within) -> Due:
    """The due time moved later by a declared extension, in the extension's own unit.

    A day rule that is extended by days ends when its new due day ends; anything else keeps the time of day.
    """
    n = pl.lit(by.count, dtype=pl.Int32)
    match by.unit:
        case "business days" | "days" as unit:
            day = _days_later(unit, clock.calendar, due.at.dt.date(), n)
            if rule.unit in DAY_UNITS and rule.counting.day_ends == "close":
                at = _day_end(rule, OpenTime(clock.calendar, rule.hours), day, due.at)
            else:
                at = day.cast(pl.Datetime("us")) + (due.at - due.at.dt.truncate("1d"))
        case "hours" | "minutes" as unit:
            start = pl.coalesce(due.instant, clock.zone.utc(due.at))
            at = clock.zone.local(start + dt.timedelta(microseconds=by.count * _LENGTH[unit]))
        case "business hours" | "business minutes" as unit:
            open_time = OpenTime(clock.calendar, rule.hours)
            at = open_time.after(due.at, pl.lit(by.count * _LENGTH[unit], dtype=pl.Int64))
    return Due(due.day_zero, at, clock.zone.utc(at) if rule.is_real_time else due.instant)


def _days_later(unit: Literal["business days", "days"], calendar: Calendar, day: pl.Expr, n: pl.Expr) -> pl.Expr:
    match unit:
        case "days":
            return (day + n.cast(pl.Int64) * pl.duration(days=1)).cast(pl.Date)
        case "business days":
            return calendar.nth_after(day, n)


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
            needs_opening = rule.counting.day_ends == "same_time"
            opening = open_time.opening_of(rolled) if needs_opening else rolled.cast(pl.Datetime("us"))
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
