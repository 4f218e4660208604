"""The days of a year that are not like the other weeks: closed days, part days, worked holidays; for sign-off.

Each with its name and with the place that says so: the list of holidays, or a line of the standards file. Source: the
standards file's `calendar`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cxaudit.days.calendar import Calendar, calendar_of, holiday_names
from cxaudit.days.office_hours import OpenTime
from cxaudit.days.trace import hours_words
from cxaudit.standards.document import read_document
from cxaudit.standards.model import HolidaySource, OfficeHours, Standards
from cxaudit.standards.place import Place
from cxaudit.standards.values import parse_dates
from cxaudit.versions import versions

#: `day off` is a holiday or closure on a day outside the workweek: it closes nothing.
SpecialKind = Literal["holiday", "closed", "part day", "open", "day off"]


@dataclass(frozen=True)
class SpecialDay:
    """One day: `hours` are those on which it is open, where they are declared; `source` is what says so."""

    day: dt.date
    kind: SpecialKind
    name: str
    hours: str
    source: str


@dataclass(frozen=True)
class Year:
    """One year: how many business days it has, its special days in order, and the holidays lost on a day off."""

    year: int
    business_days: int
    days: tuple[SpecialDay, ...]
    lost: tuple[SpecialDay, ...]


def special_days(standards: Standards, year: int) -> Year:
    """The special days of a year, which lies within the years that the list of holidays knows."""
    return _Reader(standards, year).read()


@dataclass(frozen=True)
class _Reader:
    standards: Standards
    year: int

    @cached_property
    def calendar(self) -> Calendar:
        return calendar_of(self.standards, dt.date(self.year, 1, 1), dt.date(self.year, 12, 31))

    def read(self) -> Year:
        settings, calendar = self.standards.calendar, self.calendar
        named = {*calendar.holidays, *settings.closed, *settings.part_days, *settings.open}
        days = tuple(self._day(day) for day in sorted(named) if day.year == self.year)
        lost = tuple(one for one in days if one.kind == "day off" and self._is_lost(one.day))
        return Year(self.year, len(calendar.business_days), days, lost)

    def _day(self, day: dt.date) -> SpecialDay:
        settings, holiday = self.standards.calendar, self.calendar.holidays.get(day, "")
        is_off = day.weekday() not in settings.workweek
        if day in settings.closed:
            kind: SpecialKind = "day off" if is_off and day not in settings.open else "closed"
            return SpecialDay(day, kind, settings.closed[day], "", self._place("closed", day))
        if day in settings.open:
            return SpecialDay(day, "open", holiday, self._hours(day), self._place("open", day))
        if day in settings.part_days:
            return SpecialDay(day, "part day", "", self._hours(day), self._place("part_days", day))
        return SpecialDay(day, "day off" if is_off else "holiday", holiday, "", self._list(day))

    def _hours(self, day: dt.date) -> str:
        return hours_words(OpenTime(self.calendar, self._hours_in_force(day)).segments_of(day))

    def _hours_in_force(self, day: dt.date) -> OfficeHours:
        return self.standards.known_on(day).versions[-1].office_hours

    def _place(self, section: str, day: dt.date) -> str:
        line = self._lines.get((section, day))
        return f"{section}: {self.standards.file}" + (f":{line}" if line else "")

    @cached_property
    def _lines(self) -> dict[tuple[str, dt.date], int]:
        """The line of the standards file on which each of its own days stands."""
        return {
            (section, dt.date.fromordinal(ordinal)): place.line
            for section, place, text in _entries(self.standards)
            for first, last in [parse_dates(text.strip())]
            for ordinal in range(first.toordinal(), last.toordinal() + 1)
        }

    def _list(self, day: dt.date) -> str:
        source = self.standards.calendar.holidays
        assert source is not None
        place = "-".join(part for part in (source.country, source.subdivision) if part)
        categories = ", ".join(name for name, days in self._by_category.items() if day in days)
        return f"holiday: holidays {versions()['holidays']} {place} {categories}"

    @cached_property
    def _by_category(self) -> dict[str, dict[dt.date, str]]:
        source = self.standards.calendar.holidays
        assert source is not None
        return {name: self._names(dataclasses.replace(source, categories=(name,))) for name in source.categories}

    def _names(self, source: HolidaySource) -> dict[dt.date, str]:
        # A new year's day may be observed in the year before.
        return holiday_names(source, range(self.year - 1, self.year + 2))[0]

    def _is_lost(self, day: dt.date) -> bool:
        """Whether a holiday on a day off has no other day in its place within a week."""
        source = self.standards.calendar.holidays
        holiday = self.calendar.holidays.get(day)
        if source is None or holiday is None:
            return False
        near = [name for other, name in self._names(source).items() if 0 < abs((other - day).days) <= 7]
        observed = {part for name in near for part in name.split("; ")}
        return not any(part.startswith(f"{holiday.split('; ')[0]} (") for part in observed)


def _entries(standards: Standards) -> Iterator[tuple[str, Place, str]]:
    """The entries of the calendar that name days, with the text that does."""
    document = read_document(standards.text, standards.file)
    calendar = Place(document, (), document.tree).at("calendar")
    for section in ("closed", "part_days"):
        yield from ((section, entry, entry.key) for entry in calendar.at(section).entries())
    yield from (("open", item, item.text or "") for item in calendar.at("open").items())
