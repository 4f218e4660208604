"""Promises: the standards as tables, so that a whole column of requests finds its promise, rule and number at once.

The standard that counts is the one in force on the local date of receipt; a department may promise more than its channel.
Source: DESIGN, section 3, "Which standard".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from cxaudit.lookup import meaning_of, value_at
from cxaudit.promises.due import Rule
from cxaudit.standards.model import OfficeHours, Promise, Standards, Unit, Version, Within

#: Days in which one unit of a rule surely ends in an ordinary week, for the reach of the calendar.
_REACH: dict[Unit, float] = {
    "business days": 1, "days": 1, "business hours": 1, "business minutes": 1 / 60, "hours": 1 / 24, "minutes": 1 / 1440,
}  # fmt: skip
_OFFICE_MINUTES: dict[Unit, int] = {"business hours": 60, "business minutes": 1}
_END = dt.date(2199, 12, 31)


@dataclass(frozen=True)
class Promises:
    """Every promise of every version of the standards. A request's `promise` is its position in `all`."""

    standards: Standards

    @cached_property
    def all(self) -> list[Promise]:
        return [promise for version in self.standards.versions for promise in version.promises]

    @cached_property
    def rules(self) -> list[Rule]:
        """The different rules among the promises, usually one."""
        return list(dict.fromkeys(self._rule_of_each))

    @cached_property
    def _rule_of_each(self) -> list[Rule]:
        return [
            Rule(promise.within.unit, version.counting, version.office_hours)
            for version in self.standards.versions
            for promise in version.promises
        ]

    @property
    def first_effective(self) -> dt.date:
        return self.standards.versions[0].effective

    def in_force(self, first: dt.date, last: dt.date) -> tuple[Promise, ...]:
        """The promises in force on any of these days; before the first version, those of the first."""
        versions = self.standards.versions
        begun = [version for version in versions if version.effective <= last] or list(versions[:1])
        in_force = [
            v
            for v, following in zip(begun, [*begun[1:], None], strict=True)
            if not following or following.effective > first
        ]
        return tuple(promise for version in in_force for promise in version.promises)

    def with_lines(
        self, period: tuple[dt.date, dt.date] | None, earliest_on: dt.date | None, today: dt.date
    ) -> tuple[Promise, ...]:
        """The promises whose channels have a line in any case: those in force in the period, or else from the first receipt
        to the as-of day."""
        first, last = period or (min(earliest_on or today, today), today)
        return self.in_force(first, max(first, min(last, today)))

    def rule_of(self, promise: pl.Expr) -> pl.Expr:
        """The position of a promise's rule in `rules` (Int32)."""
        return value_at(promise, [self.rules.index(rule) for rule in self._rule_of_each], pl.Int32())

    def count_of(self, promise: pl.Expr) -> pl.Expr:
        """The promised number, in the unit of its rule (Int32)."""
        return value_at(promise, [promise.within.count for promise in self.all], pl.Int32())

    def promise_of(self, received: pl.Expr, channel: pl.Expr, department: pl.Expr) -> pl.Expr:
        """The promise in force on the local date of receipt: the department's own, else the channel's (Int32)."""
        found: pl.Expr = pl.lit(None, dtype=pl.Int32)
        offset = 0
        for version in self.standards.versions:
            start = dt.datetime.combine(version.effective, dt.time())
            found = pl.when(received >= start).then(_promise_in(version, offset, channel, department)).otherwise(found)
            offset += len(version.promises)
        return found

    def reach(self, first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
        """The dates that the calendar must cover to judge receipts from `first` on and everything until `last`."""
        minutes = min((_week_minutes(rule.hours) for rule in self.rules), default=0)
        longest = max((_days_of(promise.within, minutes) for promise in self.all), default=0)
        extensions = [_days_of(period.by, minutes) for period in self.standards.high_volume if period.by]
        extension = max(extensions, default=0)
        days = int(longest + extension + 2) * 7 + len(self.standards.calendar.closed) + 40
        end = min(last.toordinal() + days, _END.toordinal())
        return first - dt.timedelta(days=7), dt.date.fromordinal(end)


def _days_of(within: Within, week_minutes: int) -> float:
    """In how many open days of a sparse week a promise surely ends."""
    if within.unit in _OFFICE_MINUTES and week_minutes:
        return within.count * _OFFICE_MINUTES[within.unit] / week_minutes
    return within.count * _REACH[within.unit]


def _week_minutes(hours: OfficeHours) -> int:
    """The office minutes of a week."""
    return sum(end - start for segments in hours.by_weekday for start, end in segments) // 60


def _promise_in(version: Version, offset: int, channel: pl.Expr, department: pl.Expr) -> pl.Expr:
    general = {p.channel: offset + i for i, p in enumerate(version.promises) if p.department is None}
    chosen = meaning_of(channel, general, pl.Int32())
    for i, promise in enumerate(version.promises):
        if promise.department is not None:
            is_its = ((channel == promise.channel) & (department == promise.department)).fill_null(False)
            chosen = pl.when(is_its).then(pl.lit(offset + i, dtype=pl.Int32)).otherwise(chosen)
    return chosen
