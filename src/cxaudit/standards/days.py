"""Resolves the calendar of a standards file: workweek, office hours, closed days, worked holidays, part days.

`closed` beats `open`; declared entries of one kind may not overlap; office hours and workweek name the same days.
Source: the standards file's form.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from cxaudit.standards.model import CalendarSettings, HolidaySource, OfficeHours, Segment
from cxaudit.standards.place import Place
from cxaudit.standards.values import WEEKDAYS, parse_date, parse_dates, parse_segments, parse_weekdays

Period = tuple[dt.date, dt.date]


def resolve_calendar(
    calendar: Place, workweek: frozenset[int], *, has_hours: bool, needs_hours: bool
) -> CalendarSettings:
    """The calendar.

    `has_hours`: every version of the standards has office hours, so part days mean something.
    `needs_hours`: some version has, so a worked day outside the workweek must have hours of its own.
    """
    part_days = _part_days(calendar.at("part_days"), has_hours)
    closed = _closed(calendar.at("closed"))
    opened = _open(calendar.at("open"))
    if calendar.at("workweek").is_sound():
        _check_part_days(calendar, workweek, closed, opened)
        if needs_hours:
            _check_open(calendar, workweek, closed, opened)
    return CalendarSettings(_holidays(calendar.at("holidays")), workweek, closed, frozenset(opened), part_days)


def resolve_workweek(place: Place) -> frozenset[int]:
    """The weekdays that are business days."""
    days: set[int] = set()
    for item in place.items():
        for day in item.read(parse_weekdays) or ():
            if day in days:
                item.wrong(f"{_short(day)} is named twice")
            days.add(day)
    if place.tree == []:
        place.wrong("a calendar without an open day; name at least one weekday")
    return frozenset(days)


def resolve_office_hours(place: Place, workweek: frozenset[int], *, workweek_is_sound: bool) -> OfficeHours:
    """The hours of each weekday, from one text for the whole workweek or from a mapping of its days."""
    if not isinstance(place.tree, dict):
        segments = place.read(parse_segments) or ()
        return OfficeHours(tuple(segments if day in workweek else () for day in range(7)))
    hours: dict[int, tuple[Segment, ...]] = {}
    lines: dict[int, int] = {}
    for entry in place.entries():
        segments = entry.read(parse_segments) or ()
        for day in entry.read_key(parse_weekdays) or ():
            if day in lines:
                entry.wrong_key(f"{_short(day)} has its hours on line {lines[day]} already")
            elif workweek_is_sound and day not in workweek:
                entry.wrong_key(f"{_short(day)} is not in the workweek; leave it out here or add it there")
            lines.setdefault(day, entry.line)
            hours.setdefault(day, segments)
    missing = sorted(workweek - hours.keys())
    if missing and workweek_is_sound and place.is_sound():
        place.wrong_key(f"no hours for {', '.join(map(_short, missing))}, though in the workweek; add them")
    return OfficeHours(tuple(hours.get(day, ()) for day in range(7)))


def _overlaps(periods: Iterable[tuple[Period, Place]]) -> Iterator[tuple[Place, Place]]:
    """Periods that share a day with another: the one further down in the file first."""
    widest: tuple[dt.date, Place] | None = None
    for (first, last), place in sorted(periods, key=lambda one: (one[0], one[1].order)):
        if widest and first <= widest[0]:
            earlier, later = sorted((place, widest[1]), key=lambda one: one.order)
            yield later, earlier
        if widest is None or last > widest[0]:
            widest = last, place


def _holidays(place: Place) -> HolidaySource | None:
    country = place.at("country").text
    if country is None:
        return None
    return HolidaySource(country, place.at("subdivision").text, place.at("categories").texts or ("public",))


def _closed(place: Place) -> dict[dt.date, str]:
    periods = [(days, entry) for entry in place.entries() if (days := entry.read_key(parse_dates))]
    for later, earlier in _overlaps(periods):
        later.wrong_key(f'"{later.key}" overlaps "{earlier.key}" on line {earlier.line}')
    return {day: entry.text or "" for days, entry in periods for day in _each(days)}


def _open(place: Place) -> dict[dt.date, Place]:
    periods = [(days, item) for item in place.items() if (days := item.read(parse_dates))]
    for later, earlier in _overlaps(periods):
        later.wrong(f'"{later.text}" overlaps "{earlier.text}" on line {earlier.line}')
    return {day: item for days, item in periods for day in _each(days)}


def _part_days(place: Place, has_hours: bool) -> dict[dt.date, tuple[Segment, ...]]:
    if place.tree and not has_hours:
        place.wrong_key("a part day needs office hours on the other days; add office_hours to the calendar")
    part_days: dict[dt.date, tuple[Segment, ...]] = {}
    for entry in place.entries():
        day, segments = entry.read_key(parse_date), entry.read(parse_segments)
        if day:
            part_days[day] = segments or ()
    return part_days


def _check_part_days(
    calendar: Place, workweek: frozenset[int], closed: dict[dt.date, str], opened: dict[dt.date, Place]
) -> None:
    for entry in calendar.at("part_days").entries():
        day = _date_or_none(entry.key)
        if day in closed:
            entry.wrong_key(f'{day} is closed ("{closed[day]}"), so it has no hours; keep one of the two')
        elif day and day.weekday() not in workweek and day not in opened and calendar.at("open").is_sound():
            entry.wrong_key(f"{day} is a {WEEKDAYS[day.weekday()]}, outside the workweek; list it under open as well")


def _check_open(
    calendar: Place, workweek: frozenset[int], closed: dict[dt.date, str], opened: dict[dt.date, Place]
) -> None:
    given = {_date_or_none(entry.key) for entry in calendar.at("part_days").entries()}
    for day, item in opened.items():
        if day.weekday() not in workweek and day not in closed and day not in given:
            item.wrong(f"{day} is a {WEEKDAYS[day.weekday()]}, outside the workweek; give its hours under part_days")


def _date_or_none(text: str) -> dt.date | None:
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


def _each(days: Period) -> Iterator[dt.date]:
    first, last = days
    return (first + dt.timedelta(days=step) for step in range((last - first).days + 1))


def _short(day: int) -> str:
    return WEEKDAYS[day][:3]
