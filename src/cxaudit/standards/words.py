"""The standards in words for people: the promise as a table, the counting rule as a sentence, a file to start from.

Source: the standards file's form; every choice of counting is printed under every table.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from importlib.resources import files
from typing import NamedTuple

from cxaudit.standards.model import CalendarSettings, Counting, HolidaySource, Standards, Version, Within

#: Only names that would otherwise read as codes under every table of a Canadian city.
_PROVINCES = {
    "AB": "Alberta",
    "BC": "British Columbia",
    "MB": "Manitoba",
    "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador",
    "NS": "Nova Scotia",
    "NT": "Northwest Territories",
    "NU": "Nunavut",
    "ON": "Ontario",
    "PE": "Prince Edward Island",
    "QC": "Quebec",
    "SK": "Saskatchewan",
    "YT": "Yukon",
}
_DAY_ZERO = {
    "day_received": "",
    "next_business_day": " (received on a closed day: after the next business day)",
    "next_opening": " (received outside office hours: after the day of the next opening)",
}
_DAY_ENDS = {
    "midnight": "to the end of the due day",
    "close": "to closing time on the due day",
    "same_time": "to the same time on the due day",
}


class PromiseRow(NamedTuple):
    """One promise as `standards show` prints it."""

    effective: str
    channel: str
    department: str
    within: str
    target: str
    clause: str
    counting: str


def show(standards: Standards) -> list[PromiseRow]:
    """One row per promise, oldest version first."""
    return [
        PromiseRow(
            effective=version.effective.isoformat(),
            channel=standards.titles[promise.channel],
            department=promise.department or "",
            within=promise.within.text,
            target=target_words(promise.target_pct),
            clause=promise.clause,
            counting=rule_words(promise.within, version.counting, standards.calendar),
        )
        for version in standards.versions
        for promise in version.promises
    ]


def counting_words(counting: Counting, calendar: CalendarSettings) -> str:
    """The rule of counting in one sentence.

    >>> ab = HolidaySource("CA", "AB", ("public",))
    >>> counting_words(Counting(), CalendarSettings(ab, frozenset(range(5)), {}, frozenset(), {}))
    'Counted from the day after receipt to the end of the due day, Alberta holidays'
    """
    start = f"Counted from the day after receipt{_DAY_ZERO[counting.day_zero]}"
    ends = counting.day_ends
    end = f"to {ends:%H:%M} on the due day" if isinstance(ends, dt.time) else _DAY_ENDS[ends]
    return f"{start} {end}, {holiday_words(calendar.holidays)}"


def rule_words(within: Within, counting: Counting, calendar: CalendarSettings) -> str:
    """What a promise counts, in one sentence: office hours and real time know no day zero and no end of a day.

    >>> bare = CalendarSettings(None, frozenset(range(5)), {}, frozenset(), {})
    >>> rule_words(Within(8, "business hours", "8 business hours"), Counting(), bare)
    'Counted in office hours from receipt, no public holidays'
    """
    match within.unit:
        case "business days":
            return counting_words(counting, calendar)
        case "days":
            return counting_words(counting, calendar).rpartition(", ")[0] + ", every day of the calendar"
        case "hours" | "minutes":
            return "Counted in real time from receipt, day and night"
        case "business hours" | "business minutes":
            return f"Counted in office hours from receipt, {holiday_words(calendar.holidays)}"


def no_office_hours(within: Within, version: Version) -> str:
    """Why a duration that counts office hours cannot be counted under a version, and what to do."""
    return (
        f'"{within.text}" counts office hours, and the standards in force from {version.effective} have none.\n'
        "Add office_hours to the calendar of the standards file."
    )


def holiday_words(source: HolidaySource | None) -> str:
    """Whose holidays are closed days.

    >>> holiday_words(HolidaySource("US", "MA", ("public",)))
    'US-MA holidays'
    """
    if source is None:
        return "no public holidays"
    if source.country == "CA" and source.subdivision in _PROVINCES:
        return f"{_PROVINCES[source.subdivision]} holidays"
    return "-".join(part for part in (source.country, source.subdivision) if part) + " holidays"


def target_words(target_pct: Decimal | None) -> str:
    """A target as it is written.

    >>> target_words(Decimal("97.5")), target_words(Decimal(90))
    ('97.5%', '90%')
    """
    return "" if target_pct is None else f"{target_pct:f}%"


def starter() -> str:
    """A standards file for any organisation to start from."""
    return (files("cxaudit.standards") / "starter.yaml").read_text(encoding="utf-8")
