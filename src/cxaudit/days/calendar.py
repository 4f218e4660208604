"""Business days and closed days of one organisation, as tables that a whole column looks itself up in.

A business day is a day of the workweek (or one declared `open`) that is neither a holiday nor declared `closed`; `closed`
beats `open`. Source: the standards file's `calendar`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import polars as pl

from cxaudit.days.country_holidays import country_holidays, known_countries
from cxaudit.errors import StandardsError
from cxaudit.standards.model import CalendarSettings, HolidaySource, Standards
from cxaudit.standards.values import FIRST_YEAR, LAST_YEAR, WEEKDAYS, did_you_mean

_DAY = dt.timedelta(days=1)
_EPOCH = dt.date(1970, 1, 1)
_PART_DAYS = ("calendar", "part_days")
#: The keys that lead to an entry of the standards file, and what is wrong with it.
Complaint = tuple[tuple[str, ...], str]


def holiday_names(source: HolidaySource, years: range) -> tuple[dict[dt.date, str], range]:
    """The public holidays of these years, and the years for which the package has data.

    Raises `StandardsError` for a country, subdivision or category that the package does not know.
    """
    try:
        empty = country_holidays(source.country, subdiv=source.subdivision, categories=source.categories)
        known = range(max(years.start, empty.start_year), min(years.stop, empty.end_year + 1))
        # Without a fixed language the names would follow the machine's.
        english = [x for x in ("en_CA", "en_US", "en_GB") if x in empty.supported_languages]
        language = english[0] if english else empty.default_language
        found = country_holidays(
            source.country,
            subdiv=source.subdivision,
            categories=source.categories,
            years=known,
            language=language,
        )
    except (NotImplementedError, ValueError) as error:
        raise StandardsError(f"calendar.holidays: {error}") from error
    names = {day: name for day, name in sorted(found.items()) if day.year in known}
    return names, range(empty.start_year, empty.end_year + 1)


def years_known(settings: CalendarSettings) -> range:
    """The years for which the closed days are known."""
    if settings.holidays is None:
        return range(FIRST_YEAR, LAST_YEAR + 1)
    return holiday_names(settings.holidays, range(0))[1]


def complaints(settings: CalendarSettings) -> Iterator[Complaint]:
    """What only the list of holidays can tell: that it is known, and has no part day in it. Each with its place."""
    source = settings.holidays
    if source is None:
        return
    unknown = list(_unknown(source))
    yield from unknown
    if unknown or not settings.part_days:
        return
    names = holiday_names(source, range(min(settings.part_days).year, max(settings.part_days).year + 1))[0]
    for day in settings.part_days:
        if day in names and day not in settings.open:
            said = f"{day} is a holiday ({names[day]}), so it has no hours; list it under open as well, or leave it out here"
            yield (*_PART_DAYS, f"{day}"), said


def _unknown(source: HolidaySource) -> Iterator[Complaint]:
    """The country, or what of it the list does not have."""
    place = ("calendar", "holidays")
    try:
        country = country_holidays(source.country)
    except (NotImplementedError, ValueError):
        known = [code for code in known_countries() if len(code) == 2]
        said = f'"{source.country}" is no country of the list of holidays; {_code(source.country, known)}'
        yield (*place, "country"), said
        return
    subdivisions = [*country.subdivisions, *country.subdivisions_aliases]
    if source.subdivision is not None and source.subdivision not in subdivisions:
        advice = did_you_mean(source.subdivision, country.subdivisions)
        yield (*place, "subdivision"), f'"{source.subdivision}" is no subdivision of {source.country}; {advice}'
    for position, category in enumerate(source.categories):
        if category not in country.supported_categories:
            advice = did_you_mean(category, country.supported_categories)
            yield (*place, "categories", f"{position}"), f'"{category}" is no category of {source.country}; {advice}'


def _code(text: str, known: list[str]) -> str:
    """A code of two letters is not guessed from another one."""
    upper = text.strip().upper()
    return f'write "{upper}"' if upper in known else 'write a code of two letters, such as "CA"'


def check_calendar(standards: Standards) -> None:
    """Raise `StandardsError` for what only the list of holidays can tell, where it was not asked when the file was read."""
    marks = {(*path[:-1], path[-1].strip()): place for path, place in standards.marks.items() if path}
    found = [(_place(marks, path), path, said) for path, said in complaints(standards.calendar)]
    if found:
        lines = (
            f"{standards.file}:{line}:{column}: {'.'.join(path)}: {said}"
            for (line, column), path, said in sorted(found)
        )
        raise StandardsError("\n".join(lines))


def _place(marks: Mapping[tuple[str, ...], tuple[int, int]], path: tuple[str, ...]) -> tuple[int, int]:
    return marks.get(path) or (_place(marks, path[:-1]) if path else (1, 1))


def calendar_of(standards: Standards, first: dt.date, last: dt.date) -> Calendar:
    """The calendar of a standards file, checked."""
    check_calendar(standards)
    return Calendar(standards.calendar, first, last)


class Calendar:
    """The business days from `first` to `last`, both inclusive, clipped to the years of the holiday data.

    The look-ups take and give polars expressions of Date; outside the table they give null, never a guess.
    """

    def __init__(self, settings: CalendarSettings, first: dt.date, last: dt.date) -> None:
        self.settings = settings
        self.holidays: dict[dt.date, str] = {}
        if settings.holidays is not None:
            self.holidays, known = holiday_names(settings.holidays, range(first.year, last.year + 1))
            first = max(first, dt.date(known.start, 1, 1))
            last = min(last, dt.date(known.stop - 1, 12, 31))
        self.first, self.last = first, max(first, last)
        days = [self.first + i * _DAY for i in range((self.last - self.first).days + 1)]
        flags = [self.is_business_day(day) for day in days]
        self.business_days = pl.Series("day", [d for d, open_ in zip(days, flags, strict=True) if open_], dtype=pl.Date)
        self._through = pl.Series("n", flags, dtype=pl.Boolean).cast(pl.Int32).cum_sum()

    def is_business_day(self, day: dt.date) -> bool:
        if day in self.settings.closed:
            return False
        return day in self.settings.open or (day.weekday() in self.settings.workweek and day not in self.holidays)

    def why_closed(self, day: dt.date) -> str | None:
        """The name of a closed day: the closure, the holiday or the weekend; None for a business day."""
        if self.is_business_day(day):
            return None
        named = self.settings.closed.get(day) or self.holidays.get(day)
        return named or ("weekend" if day.weekday() >= 5 else WEEKDAYS[day.weekday()])

    def count_through(self, day: pl.Expr) -> pl.Expr:
        """How many business days the table has up to and including that day (Int32)."""
        return _gather(self._through, day.cast(pl.Int32) - (self.first - _EPOCH).days)

    def n_between(self, first: dt.date, last: dt.date) -> int:
        """How many business days come after one day, up to and including another; 0 where one is outside the table."""
        from_first, to_last = ((day - self.first).days for day in (first, last))
        if last <= first or from_first < 0 or to_last >= len(self._through):
            return 0
        return int(self._through[to_last] - self._through[from_first])

    def earlier(self, day: dt.date, n: int, no_further: dt.date) -> dt.date:
        """The nth business day before a day, but none before another one."""
        while n and day > no_further:
            day -= _DAY
            n -= self.is_business_day(day)
        return day

    def nth_after(self, day: pl.Expr, n: pl.Expr) -> pl.Expr:
        """The nth business day after that day (Date); for n = 0 the day itself if it is one, else the next one."""
        zero = (self.count_through(day) - self._is_open(day).cast(pl.Int32)).clip(0)
        return _gather(self.business_days, pl.when(n > 0).then(self.count_through(day) + n - 1).otherwise(zero))

    def roll_forward(self, day: pl.Expr) -> pl.Expr:
        """That day if it is a business day, else the next one (Date)."""
        return self.nth_after(day, pl.lit(0))

    def _is_open(self, day: pl.Expr) -> pl.Expr:
        flags = self._through.diff().fill_null(self._through[0])
        return _gather(flags, day.cast(pl.Int32) - (self.first - _EPOCH).days) > 0


def _gather(table: pl.Series, positions: pl.Expr) -> pl.Expr:
    """The table's values at these positions; null where a position is null or outside the table."""

    def lookup(wanted: pl.Series) -> pl.Series:
        inside = wanted.set((wanted < 0) | (wanted >= len(table)), None)
        return table.gather(inside)

    return positions.map_batches(lookup, return_dtype=table.dtype, is_elementwise=True)
