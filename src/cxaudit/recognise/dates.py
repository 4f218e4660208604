"""Dates: which format a column of text is written in, proven by its values and never guessed.

A format is an order of day, month and year together with its separators, its clock and whether it names a zone; seconds,
fractions and the time of day as a whole may be there or not. Source: DESIGN, section 3, "Dates are never guessed".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

Order = Literal["dmy", "mdy", "ymd"]

FIRST = dt.datetime(1990, 1, 1)
LAST = dt.datetime(2101, 1, 1)
#: What systems write where there is no value.
MISSING = ("", "na", "n/a", "null", "none", "nan", "nat", "?")
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
         )""",
    re.VERBOSE | re.IGNORECASE,
)
_TIME = re.compile(
    r"""(?P<join>[T ]|,[ ]) \d{1,2} : \d{2} (?P<seconds> : \d{2} (?P<fraction> \.\d+ )? )?
        (?P<meridiem> [ ]? (?: [AP]M | [ap]\.[ ]?m\. ) )? (?P<zone> [ ]? (?: Z | UTC | GMT | [+-]\d{2}(?: :?\d{2} )? ) )?""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class DateFormat:
    """One format; `patterns` are its spellings (strptime) met so far, with the time of day or without."""

    order: Order
    layout: str  # the date's pattern, e.g. `%d/%m/%Y`
    is_12_hour: bool = False
    has_zone: bool = False
    is_dotted: bool = False  # `p.m.`, as Excel writes it in English Canada
    patterns: tuple[str, ...] = field(default=(), compare=False)

    @property
    def words(self) -> str:
        first = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}[self.order]
        return first + (", UTC offset" if self.has_zone else "")

    @property
    def is_unmistakable(self) -> bool:
        """Whether no other order could explain the same values: a year of four digits first, or a month in words."""
        return "%B" in self.layout or (self.order == "ymd" and "%Y" in self.layout)

    @property
    def is_date_only(self) -> bool:
        return not any(":" in pattern for pattern in self.patterns)

    def parse(self, text: pl.Expr) -> pl.Expr:
        """The values as naive Datetime (UTC where the format names a zone); null where it does not explain a value."""
        if self.is_dotted:
            text = text.str.replace(r"(?i)([ap])\.\s?m\.", "${1}m")
        parsed = [self._parse_one(text, pattern) for pattern in self.patterns]
        at = within_years(parsed[0] if len(parsed) == 1 else pl.coalesce(parsed))
        if self.layout.startswith("%y"):  # strptime would take a single digit for a year
            return pl.when(text.str.contains(r"^\d\d\D")).then(at)
        return at

    def parse_is_date(self, text: pl.Expr) -> pl.Expr:
        """Whether a value is a date without a time of day (Boolean, null where the value is null)."""
        if self.is_date_only:
            return text.is_not_null()
        if all(":" in pattern for pattern in self.patterns):
            return pl.lit(False)
        return ~text.str.contains(":", literal=True)

    def _parse_one(self, text: pl.Expr, pattern: str) -> pl.Expr:
        parsed = text.str.to_datetime(pattern, strict=False, cache=False, time_unit="us", exact=True)
        return parsed.dt.replace_time_zone(None) if self.has_zone else parsed


def within_years(at: pl.Expr) -> pl.Expr:
    """Moments of the years that a city's log can hold; null for others, such as a two-digit year read as four digits."""
    return pl.when(at.is_between(FIRST, LAST, closed="left")).then(at)


def is_missing(text: pl.Expr) -> pl.Expr:
    """Whether a cell holds no value: null, blank, or what systems write for nothing."""
    return text.is_null() | text.str.strip_chars().str.to_lowercase().is_in(MISSING) | text.str.contains(_RULE)


def formats_of(values: Iterable[str]) -> list[DateFormat]:
    """Every format that may explain some of these values, each with the spellings they need; most frequent first."""
    found: dict[DateFormat, dict[str, None]] = {}
    counts: dict[DateFormat, int] = {}
    for value in values:
        for fmt, pattern in _spellings(value):
            found.setdefault(fmt, {}).setdefault(pattern)
            counts[fmt] = counts.get(fmt, 0) + 1
    ordered = sorted(found, key=lambda fmt: -counts[fmt])
    return [replace(fmt, patterns=tuple(found[fmt])) for fmt in ordered]


def _spellings(value: str) -> Iterable[tuple[DateFormat, str]]:
    value = " ".join(value.split())
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
    is_dotted = "." in (time["meridiem"] or "") if time else False
    weekday = re.sub("[A-Za-z]+", "%A", date["weekday"] or "")
    for order, layout in _date_layouts(date):
        yield DateFormat(order, weekday + layout, is_12_hour, has_zone, is_dotted), weekday + layout + clock


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
    separator = date["s2"]
    orders: tuple[Order, ...] = ("dmy", "mdy") if len(date["y2"]) == 4 else ("dmy", "mdy", "ymd")
    year = "%Y" if len(date["y2"]) == 4 else "%y"
    return [(order, separator.join(year if part == "y" else f"%{part}" for part in order)) for order in orders]
