"""Volume: requests received per business day or week against their own usual level, and the surges above it.

The usual level is the mean of the first points. What is above its upper limit is a surge; it is pointed out and never
acted on. A business day after holidays or closures holds the receipts of several days of the workweek, so it is compared
with the limits of as many. Source: NHS England, "Making Data Count"; policy 5.2 for the declared periods.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import polars as pl

from cxaudit.days.calendar import Calendar
from cxaudit.spelling import fold
from cxaudit.standards.model import HighVolume
from cxaudit.usual import FEWEST, Limits, xmr_limits

Per = Literal["day", "week"]
Mark = Literal["no", "undeclared", "declared", ""]

#: How many points make the usual level.
BASELINE = 12
#: How many points without a surge may lie inside one period of surges.
GAP: dict[Per, int] = {"day": 2, "week": 0}
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Point:
    """One business day or ISO week, and the days whose receipts it counts, both inclusive.

    A business day also counts the closed days before it.
    """

    name: str  # `2025-10-14`, `2025-W42`
    first: dt.date
    last: dt.date
    is_whole: bool = True  # the input covers all its business days
    counts_as: int = 1  # business days: itself, and the holidays and closures of the workweek that count to it


@dataclass(frozen=True)
class Surge:
    """Points above the upper limit with no more than a short gap between them, of which no day is declared."""

    department: str | None  # None = all together
    first: dt.date
    last: dt.date
    requests: int
    points: int
    usual: Fraction  # requests in as many points, each counted as what it counts as


@dataclass(frozen=True)
class Series:
    """The counts of one department, or of all together, from the point of its first request on."""

    department: str | None
    points: tuple[Point, ...]
    counts: tuple[int, ...]
    limits: Limits | None
    marks: tuple[Mark, ...]  # whether each point is a surge; "" without limits
    surges: tuple[Surge, ...] = ()  # the undeclared ones
    is_rare: bool = False  # without limits because its points hold less than one request on average


@dataclass(frozen=True)
class Declared:
    """A declared period: how many points of it are in the input, and how many of them are above the upper limit."""

    period: HighVolume
    department: str | None
    points: int
    above: int


@dataclass(frozen=True)
class Volume:
    """The outcome of `volume`."""

    organisation: str
    per: Per
    series: tuple[Series, ...]  # departments by name, then all together
    declared: tuple[Declared, ...]
    as_of: dt.datetime
    as_of_is_date: bool
    baseline: tuple[dt.date, dt.date] | None = None  # the days that make the usual level, else the first points
    n_baseline: int = BASELINE
    n_fewest: int = FEWEST
    n: dict[str, int] = field(default_factory=dict)  # what was counted and what was not

    @property
    def proposals(self) -> Iterator[Surge]:
        """The undeclared surges, those of all together only where no department has one at the time.

        So all of them can stand in one standards file, where no request falls in two periods.
        """
        own = [surge for series in self.series if series.department is not None for surge in series.surges]
        yield from own
        for series in self.series:
            if series.department is None:
                yield from (s for s in series.surges if not any(_meet(s, one.first, one.last) for one in own))


def tally_receipts(requests: pl.LazyFrame, calendar: Calendar, per: Per) -> pl.LazyFrame:
    """Count requests by department and day of receipt.

    **Frame in**: `received_at` (Datetime, local), `department`. **Frame out**: `department` (String or null), `on` (Date:
    the business day to which a receipt counts, a closed day to the next one; for weeks the Monday; null outside the
    calendar), `n` (UInt32).
    """
    day = pl.col("received_at").dt.date()
    on = calendar.roll_forward(day) if per == "day" else day.dt.truncate("1w")
    return requests.group_by(pl.col("department").cast(pl.String), on.alias("on")).agg(n=pl.len())


def measure(
    tally: pl.DataFrame,
    span: tuple[dt.date, dt.date],
    calendar: Calendar,
    periods: Sequence[HighVolume],
    *,
    per: Per,
    baseline: tuple[dt.date, dt.date] | None = None,
    shown: tuple[dt.date, dt.date] | None = None,
) -> tuple[Series, ...]:
    """Every department's counts with their limits and surges, and those of all together.

    `span` is the first and last day of receipt in the input; `baseline` the days that make the usual level, else the
    first points do; `shown` the days that are asked about.
    """
    points = day_points(calendar, *span) if per == "day" else week_points(calendar, *span)
    counts: dict[str | None, dict[dt.date, int]] = {None: {}}
    spelling: dict[str, str] = {}
    for department, on, n in tally.drop_nulls("on").sort("department", "on").iter_rows():
        if department is not None:
            own = counts.setdefault(spelling.setdefault(fold(department), department), {})
            own[on] = own.get(on, 0) + n
        counts[None][on] = counts[None].get(on, 0) + n
    departments = sorted((name for name in counts if name is not None), key=str.casefold)
    series = [_series(name, points, counts[name], periods, per, baseline) for name in (*departments, None)]
    return tuple(_only(one, shown) for one in series) if shown else tuple(series)


def day_points(calendar: Calendar, first: dt.date, last: dt.date) -> list[Point]:
    """The business days of a span, each with the closed days before it.

    The last one may lie after the span, since it counts the receipts of the closed days at the span's end.
    """
    days = calendar.business_days.to_list()
    start = bisect_left(days, first)
    end = bisect_left(days, last) + 1
    before = [days[start - 1] if start else first - _DAY, *days[start:end]]
    return [
        Point(
            day.isoformat(), previous + _DAY, day, counts_as=1 + _gathered(calendar, max(previous + _DAY, first), day)
        )
        for previous, day in pairwise(before)
    ]


def _gathered(calendar: Calendar, first: dt.date, until: dt.date) -> int:
    """The days of the workweek among these closed days; an ordinary weekend is in the usual level already."""
    days = (first + i * _DAY for i in range((until - first).days))
    return sum(day.weekday() in calendar.settings.workweek for day in days)


def week_points(calendar: Calendar, first: dt.date, last: dt.date) -> list[Point]:
    """The ISO weeks of a span; those at its ends may be covered in part."""
    monday, points = first - dt.timedelta(days=first.weekday()), []
    while monday <= last:
        days = [monday + i * _DAY for i in range(7)]
        outside = [day for day in days if not first <= day <= last and calendar.is_business_day(day)]
        points.append(Point(f"{monday:%G-W%V}", monday, days[-1], is_whole=not outside))
        monday += 7 * _DAY
    return points


def _series(
    department: str | None,
    points: Sequence[Point],
    counted: Mapping[dt.date, int],
    periods: Sequence[HighVolume],
    per: Per,
    baseline: tuple[dt.date, dt.date] | None,
) -> Series:
    named = [point.last if per == "day" else point.first for point in points]
    start = named.index(min(counted)) if counted else len(points)
    own = tuple(points[start:])
    counts = tuple(counted.get(day, 0) for day in named[start:])
    usual = _baseline(own, counts, baseline)
    is_rare = len(usual) >= FEWEST and sum(usual) < len(usual)
    limits = None if is_rare else xmr_limits(usual)
    if limits is None:
        unknown: Mark = ""
        return Series(department, own, counts, None, (unknown,) * len(own), is_rare=is_rare)
    covered = [any(covers(period, department, point) for period in periods) for point in own]
    marks = tuple(
        _mark(n, limits.of(point.counts_as), is_covered)
        for point, n, is_covered in zip(own, counts, covered, strict=True)
    )
    surges = tuple(
        _surge(department, own[i : j + 1], counts[i : j + 1], limits) for i, j in _runs(marks, covered, GAP[per])
    )
    return Series(department, own, counts, limits, marks, surges)


def _surge(department: str | None, points: Sequence[Point], counts: Sequence[int], limits: Limits) -> Surge:
    usual = limits.usual * sum(point.counts_as for point in points)
    return Surge(department, points[0].first, points[-1].last, sum(counts), len(points), usual)


def _baseline(
    points: Sequence[Point], counts: Sequence[int], baseline: tuple[dt.date, dt.date] | None
) -> tuple[int, ...]:
    """The counts that make the usual level: none that was gathered over holidays or closures."""
    whole = [(point, n) for point, n in zip(points, counts, strict=True) if point.is_whole and point.counts_as == 1]
    if baseline is None:
        return tuple(n for _, n in whole[:BASELINE])
    return tuple(n for point, n in whole if baseline[0] <= point.last <= baseline[1])


def covers(period: HighVolume, department: str | None, point: Point) -> bool:
    """Whether a declared period holds a day of a point; for all together the period of any department does."""
    is_its = department is None or not period.departments or department in period.departments
    return is_its and period.first <= point.last and point.first <= period.last


def _mark(n: int, limits: Limits, is_covered: bool) -> Mark:
    if n <= limits.upper:
        return "no"
    return "declared" if is_covered else "undeclared"


def _runs(marks: Sequence[Mark], covered: Sequence[bool], gap: int) -> list[tuple[int, int]]:
    """The first and last positions of each run of undeclared surges; no run reaches over a declared day."""
    runs: list[tuple[int, int]] = []
    for i in (i for i, mark in enumerate(marks) if mark == "undeclared"):
        if runs and i - runs[-1][1] - 1 <= gap and not any(covered[runs[-1][1] : i]):
            runs[-1] = runs[-1][0], i
        else:
            runs.append((i, i))
    return runs


def _only(series: Series, shown: tuple[dt.date, dt.date]) -> Series:
    """The part of a series that lies in the days asked about: its business days, with the closed days before each, or all weeks
    with a day in them. The limits stay those of the whole."""
    is_week = "W" in series.points[0].name if series.points else False
    begins = [point.first if is_week else point.last for point in series.points]
    kept = [i for i, point in enumerate(series.points) if begins[i] <= shown[1] and shown[0] <= point.last]
    return Series(
        series.department,
        tuple(series.points[i] for i in kept),
        tuple(series.counts[i] for i in kept),
        series.limits,
        tuple(series.marks[i] for i in kept),
        tuple(surge for surge in series.surges if _meet(surge, *shown)),
        series.is_rare,
    )


def _meet(surge: Surge, first: dt.date, last: dt.date) -> bool:
    return surge.first <= last and first <= surge.last


def declared_in(series: Sequence[Series], periods: Sequence[HighVolume]) -> Iterator[Declared]:
    """What the counts say of each declared period, department by department; of all together where it names none."""
    for period in periods:
        for one in series:
            if one.department in period.departments or (one.department is None and not period.departments):
                marks = [m for m, point in zip(one.marks, one.points, strict=True) if covers(period, None, point)]
                yield Declared(period, one.department, len(marks), sum(mark == "declared" for mark in marks))
