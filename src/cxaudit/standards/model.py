"""The promise, resolved: what the standards file says once every default, alias and inheritance is worked out.

The rest of the program reads only these frozen classes; how the file spells them is the business of `resolve.py`.
Source: the standards file's form.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from cxaudit.standards.source import SourceMapping

Unit = Literal["business days", "business hours", "business minutes", "days", "hours", "minutes"]
DayZero = Literal["day_received", "next_business_day", "next_opening"]
DayEndsWord = Literal["midnight", "close", "same_time"]
DayEnds = DayEndsWord | dt.time
Cohort = Literal["due", "received"]
Effect = Literal["note", "extend"]
Reopen = Literal["new", "ignore"]
MatchCustomers = Literal["off", "same"]

UNITS: tuple[Unit, ...] = get_args(Unit)
#: The units that count days: a due time is the end of one.
DAY_UNITS: tuple[Unit, ...] = ("business days", "days")
#: The units that count office hours and so cannot do without them.
OFFICE_UNITS: tuple[Unit, ...] = ("business hours", "business minutes")
#: The units that count day and night.
REAL_UNITS: tuple[Unit, ...] = ("hours", "minutes")

#: Seconds since midnight, start inclusive, end exclusive; 24:00 is 86400.
Segment = tuple[int, int]

#: Where an entry stands in the file: its keys from the top, list positions as digits.
Path = tuple[str, ...]


@dataclass(frozen=True)
class Within:
    """How soon a reply is promised; `text` as written, with single blanks."""

    count: int
    unit: Unit
    text: str


@dataclass(frozen=True)
class Counting:
    """From which day a promise counts, when its last day ends, and which requests belong to a period."""

    day_zero: DayZero = "day_received"
    day_ends: DayEnds = "midnight"
    cohort: Cohort = "due"


@dataclass(frozen=True)
class OfficeHours:
    """The segments of each weekday, Monday first; no segments = no hours on that day."""

    by_weekday: tuple[tuple[Segment, ...], ...] = ((),) * 7

    def __bool__(self) -> bool:
        """Whether any hours are declared at all."""
        return any(self.by_weekday)


@dataclass(frozen=True)
class Promise:
    """The standard of one channel; `department` is None where it holds for every department without its own."""

    channel: str
    department: str | None
    within: Within
    target_pct: Decimal | None
    clause: str


@dataclass(frozen=True)
class Version:
    """The promises in force from a date until the next version's."""

    effective: dt.date
    source: str
    promises: tuple[Promise, ...]
    counting: Counting
    office_hours: OfficeHours

    def lacks_hours_for(self, within: Within) -> bool:
        """Whether a duration counts office hours and there are none."""
        return within.unit in OFFICE_UNITS and not self.office_hours


@dataclass(frozen=True)
class HolidaySource:
    """Which list of the `holidays` package holds."""

    country: str
    subdivision: str | None
    categories: tuple[str, ...]


@dataclass(frozen=True)
class CalendarSettings:
    """Which days are open; `closed` beats `open`. Weekdays: Monday is 0."""

    holidays: HolidaySource | None
    workweek: frozenset[int]
    closed: dict[dt.date, str]
    open: frozenset[dt.date]
    part_days: dict[dt.date, tuple[Segment, ...]]


@dataclass(frozen=True)
class HighVolume:
    """A declared period, both days inclusive; no departments or channels = all of them."""

    first: dt.date
    last: dt.date
    departments: tuple[str, ...]
    channels: tuple[str, ...]
    reason: str
    declared: dt.date | None
    authority: str | None
    effect: Effect
    by: Within | None
    line: int
    column: int


@dataclass(frozen=True)
class ExcludeRule:
    """Requests to which no reply is owed: those whose column (a role, else a header) holds one of the values."""

    column: str
    values: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class Pairing:
    """How messages and calls become requests. Numbers are digits only; a trailing `*` stands for any further ones."""

    reopen: Reopen = "new"
    match_customers: MatchCustomers = "off"
    customers: str | None = None
    own_domains: tuple[str, ...] = ()
    service_addresses: tuple[str, ...] = ()
    own_numbers: tuple[str, ...] = ()
    voicemail_numbers: tuple[str, ...] = ()
    extension_digits: int = 6
    dial_prefix: str = ""
    automatic_subjects: tuple[str, ...] = ()
    automatic_senders: tuple[str, ...] = ()
    bulk_from: int = 20


@dataclass(frozen=True)
class Standards:
    """A whole standards file."""

    organisation: str
    policy: dict[str, str]
    timezone: str
    calendar: CalendarSettings
    versions: tuple[Version, ...]  # oldest first
    titles: dict[str, str]  # channel key -> title, in file order over all versions
    channel_names: dict[str, str]  # folded key, title or alias -> channel key
    department_names: dict[str, str]  # folded spelling -> department as the file names it
    high_volume: tuple[HighVolume, ...]
    exclude: tuple[ExcludeRule, ...]
    sources: dict[str, SourceMapping]
    file: str  # how it was given, or "built-in"
    sha256: str
    text: str
    pairing: Pairing = field(default_factory=Pairing)
    marks: dict[Path, tuple[int, int]] = field(default_factory=dict)  # entry -> line and column where it begins

    def known_on(self, day: dt.date) -> Standards:
        """The same without the versions that come into force after a day; the first one stays in any case."""
        return replace(self, versions=tuple(v for v in self.versions if v.effective <= day) or self.versions[:1])
