"""Whether two standards promise and count alike: what a stored figure depends on, and nothing else of their files.

Comments, clauses, titles, spellings and the layouts of exports make no difference. Single days (closed, open, part days,
extensions) are compared only where both files speak of days that were over: a later file goes on with the calendar.
Source: the standards file's form.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from cxaudit.spelling import fold
from cxaudit.standards.model import CalendarSettings, HighVolume, Standards, Version


def count_alike(before: Standards, after: Standards, days: tuple[dt.date, dt.date]) -> bool:
    """Whether both promise the same at the end of these days, and count them alike."""
    return _rules(before, days) == _rules(after, days)


def _rules(standards: Standards, days: tuple[dt.date, dt.date]) -> tuple[Any, ...]:
    return (
        _promised(standards.versions, days[1]),
        standards.timezone,
        _calendar(standards.calendar, days),
        _extensions(standards.high_volume, days),
        {(rule.column, fold(value)) for rule in standards.exclude for value in rule.values},
        (standards.pairing.reopen, standards.pairing.match_customers),
    )


def _promised(versions: tuple[Version, ...], day: dt.date) -> tuple[Any, ...] | None:
    """What is in force on a day, and how it counts; None before the first version."""
    begun = [version for version in versions if version.effective <= day]
    if not begun:
        return None
    promises = {
        (one.channel, one.department): (one.within.count, one.within.unit, one.target_pct) for one in begun[-1].promises
    }
    return promises, begun[-1].counting, begun[-1].office_hours


def _calendar(calendar: CalendarSettings, days: tuple[dt.date, dt.date]) -> tuple[Any, ...]:
    first, last = days
    holidays = calendar.holidays
    return (
        (holidays.country, holidays.subdivision, frozenset(holidays.categories)) if holidays else None,
        calendar.workweek,
        *({day for day in dated if first <= day <= last} for dated in (calendar.closed, calendar.open)),
        {day: hours for day, hours in calendar.part_days.items() if first <= day <= last},
    )


def _extensions(periods: tuple[HighVolume, ...], days: tuple[dt.date, dt.date]) -> set[Any]:
    """The extensions of these days, as far as they are of them: a period may be prolonged while it lasts."""
    first, last = days
    return {
        (
            max(first, one.first),
            min(last, one.last),
            frozenset(one.departments),
            frozenset(one.channels),
            one.by and (one.by.count, one.by.unit),
        )
        for one in periods
        if one.effect == "extend" and first <= one.last and one.first <= last
    }
