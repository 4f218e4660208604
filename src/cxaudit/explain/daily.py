"""Daily: what every day from receipt to the due time and on to the reply counted for.

The due time is computed by the code that judges (`promises/due.py`); the days are traced by the calendar.
Source: DESIGN, section 3, "When is it due".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from cxaudit.days.calendar import Calendar
from cxaudit.days.office_hours import OpenTime
from cxaudit.days.trace import TracedDay, hours_words, trace_days
from cxaudit.days.zones import Zone
from cxaudit.explain.model import Day, DueTime, Mark
from cxaudit.promises.due import DAY_END, Clock, Due, Rule, due_under, extended
from cxaudit.standards.model import DAY_UNITS, OFFICE_UNITS, Within

_DAY = dt.timedelta(days=1)
_AT = pl.Datetime("us")


@dataclass(frozen=True)
class Path:
    """The way from receipt to the due time under one rule; `due_without` is the due time before a declared extension."""

    rule: Rule
    received: dt.datetime
    day_zero: dt.date
    due: DueTime
    due_without: DueTime | None


def due_time(
    calendar: Calendar, zone: Zone, rule: Rule, n: int, request: Mapping[str, Any], by: Within | None
) -> Path | None:
    """The due time of one request; None outside the calendar.

    **In** `request`: `received_at` (local), `received_is_date`, and `received_utc` where the export gives it; `by` is the
    extension declared for it.
    """
    clock, received = Clock(calendar, zone), request["received_at"]
    latest = received + DAY_END if request["received_is_date"] and rule.needs_time else received
    plain = [_due(rule, clock, start, request.get("received_utc"), n) for start in (received, latest)]
    later = [extended(rule, clock, due, by) if by else due for due in plain]
    values = [_values(due) for due in (*plain, *later)]
    if any(value is None for pair in values for value in pair):
        return None
    without, due = (DueTime(values[i][1], values[i + 1][1]) for i in (0, 2))
    return Path(rule, received, values[0][0], due, without if by else None)


def _due(rule: Rule, clock: Clock, received: dt.datetime, instant: dt.datetime | None, n: int) -> Due:
    start, at = pl.lit(received, dtype=_AT), pl.lit(instant, dtype=_AT)
    return due_under(rule, clock, start, at, pl.lit(n, dtype=pl.Int32))


def _values(due: Due) -> tuple[Any, Any]:
    """Day zero and due time; the look-ups of the calendar want a column."""
    return pl.select(day_zero=due.day_zero, at=due.at).row(0)


def days_of(
    calendar: Calendar, path: Path, received: dt.date, replied: dt.date | None, as_of: dt.date | None
) -> Iterator[Day]:
    """Every day from the receipt to the due day, and on to the reply, or to the as-of day where there is none."""
    open_time = OpenTime(calendar, path.rule.hours)
    until = replied if replied is not None else as_of
    first, last = min(received, path.day_zero), max(path.due.latest.date(), until or received)
    counted = {day.day: day for day in trace_days(calendar, open_time, path.day_zero + _DAY, min(last, calendar.last))}
    before = {day.day: day for day in trace_days(calendar, open_time, first, path.day_zero)}
    for traced in (before | counted).values():
        marks = tuple(_marks(path, traced.day, received, replied, as_of))
        if path.rule.unit in OFFICE_UNITS:
            yield _office_day(path, open_time, traced, marks)
        else:
            yield Day(traced, _number(path, traced, is_counted=traced.day in counted), marks)


def _number(path: Path, traced: TracedDay, *, is_counted: bool) -> int | None:
    """What a day counts as after day zero, in the unit of the promise."""
    if not is_counted or path.rule.is_real_time:
        return None
    return traced.number if path.rule.unit == "business days" else (traced.day - path.day_zero).days


def _marks(
    path: Path, day: dt.date, received: dt.date, replied: dt.date | None, as_of: dt.date | None
) -> Iterator[Mark]:
    if day == received:
        yield "received"
    if day == path.day_zero and path.rule.unit in DAY_UNITS:
        yield "day_zero"
    if path.due_without and day == path.due_without.latest.date():
        yield "due_before_extension"
    if day == path.due.latest.date():
        yield "due"
    if day == replied:
        yield "replied"
    if replied is None and day == as_of:
        yield "as_of"


def _office_day(path: Path, open_time: OpenTime, traced: TracedDay, marks: tuple[Mark, ...]) -> Day:
    """The office hours of a day between receipt and due time; not added up where a time of day is not known."""
    midnight = dt.datetime.combine(traced.day, dt.time())
    start, end = (int((moment - midnight).total_seconds()) for moment in (path.received, path.due.latest))
    clipped = ((max(begin, start), min(close, end)) for begin, close in open_time.segments_of(traced.day))
    used = tuple((begin, close) for begin, close in clipped if begin < close)
    is_sure = path.due.earliest == path.due.latest
    minutes = sum(close - begin for begin, close in used) // 60 if is_sure else 0
    return Day(traced, None, marks, hours_words(used), minutes)
