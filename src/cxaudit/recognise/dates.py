"""Dates: which format a column of text is written in, proven by its values and never guessed.

A format is an order of day, month and year together with its separators, its clock and whether it names a zone; seconds,
fractions and the time of day as a whole may be there or not. Numbers that count seconds or days have a format too.
Source: DESIGN, section 3, "Dates are never guessed".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from cxaudit.recognise.quirks import Quirk, quirks_of, straighten

Order = Literal["dmy", "mdy", "ymd"]
Counted = Literal["seconds", "milliseconds", "days"]

FIRST = dt.datetime(1990, 1, 1)
LAST = dt.datetime(2101, 1, 1)
#: What systems write where there is no value.
MISSING = (
    "", "na", "n/a", "null", "(null)", "<null>", "\\n", "none", "nil", "nan", "nat", "?",
    "0000-00-00", "0000-00-00 00:00", "0000-00-00 00:00:00", "0000-00-00t00:00:00", "00/00/0000",
)  # fmt: skip
#: A rule drawn with dashes, also one below the header.
_RULE = r"^\s*[-–—]+\s*$"
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec"
)

#: Runs of blanks count as one, as they do for strptime.
_DATE = re.compile(
    rf"""(?P<weekday> (?:mon|tue|wed|thu|fri|sat|sun)[a-z]* ,? [ ] )?
         (?: (?P<y4>\d{{4}}) (?P<s1>[-/.]) \d{{1,2}} (?P=s1) \d{{1,2}}
           | \d{{1,2}} (?P<s2>[-/.]) \d{{1,2}} (?P=s2) (?P<y2>\d{{4}}|\d{{2}})
           | (?P<compact>\d{{8}})
           | \d{{1,2}} (?P<s3>[-/. ]?) (?P<m1>{_MONTHS}) (?P<s4>[-/. ]|,[ ])? (?P<y3>\d{{4}}|\d{{2}})
           | (?P<m2>{_MONTHS}) [ ] \d{{1,2}} (?P<s5>,?[ ]) (?P<y5>\d{{4}})
           | (?P<y6>\d{{4}}) (?P<s6>[-/ ]) (?P<m3>{_MONTHS}) (?P=s6) \d{{1,2}}
         )""",
    re.VERBOSE | re.IGNORECASE,
)
_TIME = re.compile(
    r"""(?P<join> T | [ ] | ,[ ] | [ ]-[ ] | ,?[ ]at[ ] ) \d{1,2} : \d{2} (?P<seconds> : \d{2} (?P<fraction> \.\d+ )? )?
        (?P<meridiem> [ ]? [AP]M )? (?P<zone> [ ]? (?: Z | UTC | GMT | [+-]\d{2}(?: :?\d{2} )? ) )?""",
    re.VERBOSE | re.IGNORECASE,
)
_COMPACT_TIME = re.compile(r"\d{8}(?P<clock>\d{4}(?:\d\d)?)")
#: What numbers may count from 1990 to 2100: seconds or milliseconds since 1970 (UTC), or Excel's days since 1900.
_COUNTED: tuple[tuple[Counted, str], ...] = (
    ("seconds", r"^\d{9,10}(\.\d+)?$"), ("milliseconds", r"^\d{12,13}$"), ("days", r"^[3-7]\d{4}(\.\d+)?$"),
)  # fmt: skip
_COUNTED_WORDS = {
    "seconds": "seconds since 1970, UTC",
    "milliseconds": "milliseconds since 1970, UTC",
    "days": "Excel's days",
}
_CLOCK = r":|^\d{12}"


@dataclass(frozen=True)
class DateFormat:
    """One format; `patterns` are its spellings (strptime) met so far, with the time of day or without."""

    order: Order
    layout: str  # the date's pattern, e.g. `%d/%m/%Y`
    is_12_hour: bool = False
    has_zone: bool = False
    counted: Counted | None = None  # the values are numbers that count from a fixed day
    patterns: tuple[str, ...] = field(default=(), compare=False)
    quirks: tuple[Quirk, ...] = field(default=(), compare=False)

    @property
    def words(self) -> str:
        if self.counted:
            return _COUNTED_WORDS[self.counted]
        first = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}[self.order]
        return first + (", UTC offset" if self.has_zone else "")

    @property
    def is_unmistakable(self) -> bool:
        """Whether no other order could explain the same values: a year of four digits first, or a month in words."""
        return "%B" in self.layout or (self.order == "ymd" and "%y" not in self.layout)

    @property
    def is_singular(self) -> bool:
        """Whether a value in its one spelling could not be written in any other format."""
        is_plain = not self.counted and not self.quirks and len(self.patterns) == 1
        return is_plain and self.is_unmistakable and not self.layout.startswith("%Y%m")

    def is_only_one_for(self, value: str) -> bool:
        """Whether a value is written in this format and, by its looks, in no other."""
        return {fmt for fmt, _, _ in _spellings(value)} == {self}

    @property
    def is_date_only(self) -> bool:
        return not self.counted and not any(_has_clock(pattern) for pattern in self.patterns)

    @property
    def names_zones(self) -> bool:
        """Whether values end in the short name of a zone, such as MST, which is to be checked."""
        return "zone name" in self.quirks

    def parse(self, text: pl.Expr) -> pl.Expr:
        """The values as naive Datetime (UTC where the format names a zone); null where it does not explain a value."""
        if self.counted:
            return within_years(_count(text, self.counted))
        straight, added = straighten(text, self.quirks)
        parsed = [self._parse_one(straight, pattern) for pattern in self.patterns]
        at = parsed[0] if len(parsed) == 1 else pl.coalesce(parsed)
        at = within_years(at if added is None else at + added)
        if self.layout.startswith("%y"):  # strptime would take a single digit for a year
            return pl.when(text.str.contains(r"^\d\d\D")).then(at)
        return at

    def parse_is_date(self, text: pl.Expr) -> pl.Expr:
        """Whether a value is a date without a time of day (Boolean, null where the value is null)."""
        if self.counted == "days":
            return ~text.str.contains(".", literal=True)
        if self.is_date_only:
            return text.is_not_null()
        if self.counted or all(_has_clock(pattern) for pattern in self.patterns):
            return pl.lit(False)
        return ~text.str.contains(_CLOCK)

    def _parse_one(self, text: pl.Expr, pattern: str) -> pl.Expr:
        parsed = text.str.to_datetime(pattern, strict=False, cache=False, time_unit="us", exact=True)
        return parsed.dt.replace_time_zone(None) if self.has_zone else parsed


def _has_clock(pattern: str) -> bool:
    return "%H" in pattern or "%I" in pattern


def _count(text: pl.Expr, counted: Counted) -> pl.Expr:
    """Numbers that count from a fixed day as naive Datetime.

    Eight decimals of Excel's days tell the millisecond. Fewer, as a spreadsheet cuts them to fit its columns, tell the second.
    """
    form = dict(_COUNTED)[counted]
    number = pl.when(text.str.contains(form)).then(text).cast(pl.Float64, strict=False)
    if counted == "days":
        to_second = (number * 86_400).round() * 1_000
        millis = pl.when(text.str.contains(r"\.\d{8}")).then((number * 86_400_000).round()).otherwise(to_second)
        return pl.lit(dt.datetime(1899, 12, 30)) + pl.duration(milliseconds=millis.cast(pl.Int64))
    micros = number * (1_000_000 if counted == "seconds" else 1_000)
    return micros.round().cast(pl.Int64).cast(pl.Datetime("us"))


def within_years(at: pl.Expr) -> pl.Expr:
    """Moments of the years that a city's log can hold; null for others, such as a two-digit year read as four digits."""

    def bounded(moments: pl.Series) -> pl.Series:
        if _is_within(moments.min(), moments.max()):  # as a rule: then nothing is copied
            return moments
        one = pl.col("at")
        inside = pl.when(one.is_between(FIRST, LAST, closed="left")).then(one)
        return pl.select(at=moments).select(inside).to_series().alias(moments.name)

    return at.map_batches(bounded, return_dtype=pl.Datetime("us"), is_elementwise=True)


def _is_within(earliest: object, latest: object) -> bool:
    if not isinstance(earliest, dt.datetime) or not isinstance(latest, dt.datetime):
        return True
    return earliest >= FIRST and latest < LAST


def is_missing(text: pl.Expr) -> pl.Expr:
    """Whether a cell holds no value: null, blank, or what systems write for nothing."""
    return text.is_null() | text.str.strip_chars().str.to_lowercase().is_in(MISSING) | text.str.contains(_RULE)


def formats_of(values: pl.Series) -> list[DateFormat]:
    """Every format that may explain some of these values, each with the spellings they need; most frequent first."""
    found: dict[DateFormat, tuple[dict[str, None], dict[Quirk, None]]] = {}
    counts: dict[DateFormat, int] = {}
    for shape, n in _shapes(values).iter_rows():
        for fmt, pattern, quirks in _spellings(shape):
            patterns, needed = found.setdefault(fmt, ({}, {}))
            patterns.setdefault(pattern)
            needed.update(dict.fromkeys(quirks))
            counts[fmt] = counts.get(fmt, 0) + n
    ordered = sorted(found, key=lambda fmt: -counts[fmt])
    return with_bare_dates([replace(f, patterns=tuple(found[f][0]), quirks=tuple(found[f][1])) for f in ordered])


def _shapes(values: pl.Series) -> pl.DataFrame:
    """The different values with zeros for their digits, where any digits would be spelled the same, and how many they are.

    >>> _shapes(pl.Series(["2025-10-13 08:30", "13.10.2025 24:00", "45931.5", "2025-10-14 09:00"])).rows()
    [('0000-00-00 00:00', 2), ('13.10.2025 24:00', 1), ('45931.5', 1)]
    """
    value = pl.col("value")
    as_it_is = value.str.contains(r"^[\s\d.]*$|24:00")
    shape = pl.when(as_it_is).then(value).otherwise(value.str.replace_all("[1-9]", "0"))
    different = values.drop_nulls().unique(maintain_order=True).alias("value").to_frame()
    return different.group_by(shape=shape, maintain_order=True).agg(n=pl.len())


def with_bare_dates(formats: list[DateFormat]) -> list[DateFormat]:
    """The formats, where a 12-hour clock may be left out as any other: what dates alone look like is in another format."""
    bare = {
        (fmt.order, fmt.layout): tuple(pattern for pattern in fmt.patterns if not _has_clock(pattern))
        for fmt in formats
        if not fmt.is_12_hour and not fmt.has_zone and not fmt.counted
    }
    return [
        replace(fmt, patterns=tuple(dict.fromkeys(fmt.patterns + bare.get((fmt.order, fmt.layout), ()))))
        if fmt.is_12_hour and not fmt.has_zone
        else fmt
        for fmt in formats
    ]


def is_moment(value: str) -> bool:
    """Whether a value is written like a date, or like a number that counts from one."""
    return any(True for _ in _spellings(value))


def is_textual(value: str) -> bool:
    """Whether a value is a date as people write it; a bare number may be anything."""
    return any(not fmt.counted for fmt, _, _ in _spellings(value))


def _spellings(value: str) -> Iterable[tuple[DateFormat, str, tuple[Quirk, ...]]]:
    value, quirks = quirks_of(" ".join(value.split()))
    for counted, form in _COUNTED:
        if re.match(form, value):
            yield DateFormat("ymd", counted, has_zone=counted != "days", counted=counted), "", ()
    if compact := _COMPACT_TIME.fullmatch(value):
        clock = "%H%M" + ("%S" if len(compact["clock"]) == 6 else "")
        yield DateFormat("ymd", "%Y%m%d"), "%Y%m%d" + clock, ()
        return
    date = _DATE.match(value)
    if date is None:
        return
    rest = value[date.end() :]
    time = _TIME.fullmatch(rest)
    if rest and time is None:
        return
    clock = _clock_pattern(time) if time else ""
    is_12_hour = bool(time and time["meridiem"])
    has_zone = bool(time and time["zone"])
    weekday = re.sub("[A-Za-z]+", "%A", date["weekday"] or "")
    for order, layout in _date_layouts(date):
        yield DateFormat(order, weekday + layout, is_12_hour, has_zone), weekday + layout + clock, quirks


def _clock_pattern(time: re.Match[str]) -> str:
    clock = time["join"] + ("%I:%M" if time["meridiem"] else "%H:%M")
    if time["seconds"]:
        clock += ":%S" + ("%.f" if time["fraction"] else "")
    if time["meridiem"]:
        clock += (" " if time["meridiem"].startswith(" ") else "") + "%p"
    if time["zone"]:
        name = time["zone"].strip()
        clock += (" " if time["zone"].startswith(" ") else "") + (name if name.isalpha() and len(name) > 1 else "%#z")
    return clock


def _date_layouts(date: re.Match[str]) -> list[tuple[Order, str]]:
    if date["y4"]:
        return [("ymd", "%Y{0}%m{0}%d".format(date["s1"]))]
    if date["compact"]:
        return [("ymd", "%Y%m%d")]
    if date["m1"]:  # %B reads short names of months as well
        year = "%Y" if len(date["y3"]) == 4 else "%y"
        return [("dmy", f"%d{date['s3']}%B{date['s4'] or ''}{year}")]
    if date["m2"]:
        return [("mdy", f"%B %d{date['s5']}%Y")]
    if date["m3"]:
        return [("ymd", "%Y{0}%B{0}%d".format(date["s6"]))]
    separator = date["s2"]
    orders: tuple[Order, ...] = ("dmy", "mdy") if len(date["y2"]) == 4 else ("dmy", "mdy", "ymd")
    year = "%Y" if len(date["y2"]) == 4 else "%y"
    return [(order, separator.join(year if part == "y" else f"%{part}" for part in order)) for order in orders]
