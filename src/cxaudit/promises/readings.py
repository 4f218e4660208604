"""Readings: the same promise as other tools and other people would count it.

"One business day" scores anything between 55 and 98 % on one log, depending on choices that a policy leaves open. Each
reading changes only how business days are counted; promises in other units are the same under all of them.
Source: DESIGN, section 3, "Readings".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from cxaudit.promises.due import Rule
from cxaudit.standards.model import Counting, DayEnds, DayZero, OfficeHours


@dataclass(frozen=True)
class Reading:
    """One way to count: `apply` gives the rule and by how much the promised number is multiplied."""

    name: str
    words: str
    apply: Callable[[Rule], tuple[Rule, int]]
    needs_hours: bool = False


def _days(day_zero: DayZero, day_ends: DayEnds) -> Callable[[Rule], tuple[Rule, int]]:
    def apply(rule: Rule) -> tuple[Rule, int]:
        return replace(rule, counting=Counting(day_zero, day_ends, rule.counting.cohort)), 1

    return apply


def _office_hours(rule: Rule) -> tuple[Rule, int]:
    return replace(rule, unit="business minutes"), full_day_minutes(rule.hours)


def _real_hours(rule: Rule) -> tuple[Rule, int]:
    return replace(rule, unit="hours"), 24


READINGS = (
    Reading(
        "excel_workday",
        "from the day after receipt to the end of the due day, as Excel's WORKDAY counts",
        _days("day_received", "midnight"),
    ),
    Reading(
        "next_business_day",
        "received on a closed day counts as received on the next business day",
        _days("next_business_day", "midnight"),
    ),
    Reading(
        "next_opening_same_time",
        "counts from the next opening, due at the same time of day",
        _days("next_opening", "same_time"),
        needs_hours=True,
    ),
    Reading(
        "close_of_business",
        "counts from the next business day, due at closing time",
        _days("next_business_day", "close"),
        needs_hours=True,
    ),
    Reading("business_hours", "each business day is a full day of office hours", _office_hours, needs_hours=True),
    Reading("elapsed_24h", "each business day is 24 hours, nights and weekends included", _real_hours),
)


def full_day_minutes(hours: OfficeHours) -> int:
    """The office minutes of a full day: the longest of the week."""
    return max(sum(end - start for start, end in segments) for segments in hours.by_weekday) // 60


def readings_for(rules: list[Rule]) -> list[Reading]:
    """The readings that can be applied: those that need office hours only where every rule has some."""
    has_hours = all(any(rule.hours.by_weekday) for rule in rules)
    return [reading for reading in READINGS if has_hours or not reading.needs_hours]


def under(reading: Reading, rule: Rule) -> tuple[Rule, int]:
    """A rule under a reading; promises that are not in business days stay as they are."""
    return reading.apply(rule) if rule.unit == "business days" else (rule, 1)
