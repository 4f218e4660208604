"""When a request would be due: receipts in, due times out, with the days between and why some of them do not count.

The due time is the one that `judge_requests` gives to a request without a reply, so that the answer to a customer and the
verdict on the log cannot disagree. Source: DESIGN, section 3, "When is it due" and "Which standard".
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from cxaudit.days.calendar import Calendar, calendar_of, years_known
from cxaudit.days.office_hours import OpenTime
from cxaudit.days.trace import TracedDay, hours_words, trace_days
from cxaudit.days.zones import zone
from cxaudit.errors import UsageError
from cxaudit.judge import judge_requests
from cxaudit.model import AsOf
from cxaudit.promises.due import DAY_END, Clock, Rule, due_under
from cxaudit.promises.table import Promises
from cxaudit.standards.model import OFFICE_UNITS, HighVolume, Promise, Standards, Version, Within
from cxaudit.standards.words import no_office_hours
from cxaudit.versions import versions

_AT = pl.Datetime("us")
#: So early that no request is overdue: nothing is asked here but the due time.
_BEFORE_ALL = AsOf(dt.datetime(1, 1, 1), dt.datetime(1, 1, 1))


@dataclass(frozen=True)
class Receipt:
    """When a request was received: local wall time, midnight where only the day is known; UTC where that was given."""

    at: dt.datetime
    is_date: bool = False
    instant: dt.datetime | None = None

    @property
    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """The earliest and the latest moment that it may stand for."""
        return self.at, self.at + DAY_END if self.is_date else self.at

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}" if self.is_date else f"{self.at:%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class DueTime:
    """When a request received then is due, and why. `first` and `last` differ only where the time of receipt is not known.

    `days` go from the day of receipt to the last due day; number 0 is day zero, and the days before it have none. Where a
    promise counts calendar days or real time, the kinds are told but no day is skipped.
    """

    receipt: Receipt
    promise: Promise
    version: Version
    day_zero: dt.date
    first: dt.datetime  # local
    last: dt.datetime
    period: HighVolume | None  # the declared period of high volume in which the receipt falls
    without_extension: dt.datetime  # `first`, had nothing been extended
    days: tuple[TracedDay, ...]
    instant: dt.datetime | None = None  # `first` in UTC, where the promise counts real time and nothing was extended

    @property
    def skipped(self) -> tuple[TracedDay, ...]:
        """The closed days after day zero that the promise does not count."""
        if not self.promise.within.unit.startswith("business"):
            return ()
        return tuple(day for day in self.days if not day.is_open and day.day > self.day_zero)

    @property
    def is_certain(self) -> bool:
        return self.first == self.last


def promising(standards: Standards, within: Within) -> Standards:
    """The same standards, had they promised only this, to everybody and on every channel alike."""
    made = tuple(
        dataclasses.replace(version, promises=(Promise("", None, within, None, ""),)) for version in standards.versions
    )
    return dataclasses.replace(standards, versions=made, high_volume=())


def due_times(
    standards: Standards, receipts: Sequence[Receipt], channel: str, department: str | None = None
) -> list[DueTime]:
    """The due time of each receipt on a channel (its key) for a department (as the standards name it).

    **Raises** `UsageError` where no due time can be given: before the first standards, on a channel that had no promise
    then, beyond the list of holidays.
    """
    promises = Promises(standards)
    days = [receipt.at.date() for receipt in receipts]
    calendar = calendar_of(standards, *promises.reach(min(days), max(days)))
    _check_hours(standards)
    rows = _judged(promises, calendar, receipts, channel, department)
    found = []
    for position, receipt in enumerate(receipts):
        first, last = rows[2 * position], rows[2 * position + 1]
        for row in (first, last):
            _refuse(promises, calendar, receipt, row, channel)
        found.append(_due_time(promises, calendar, receipt, first, last))
    return found


def _judged(
    promises: Promises, calendar: Calendar, receipts: Sequence[Receipt], channel: str, department: str | None
) -> list[dict[str, Any]]:
    """Two judged rows for each receipt: had it come at its earliest and at its latest moment."""
    starts = [moment for receipt in receipts for moment in receipt.moments]
    frame = pl.LazyFrame(
        {
            "received_at": pl.Series(starts, dtype=_AT),
            "received_utc": pl.Series([one.instant for one in receipts for _ in one.moments], dtype=_AT),
            "replied_at": pl.Series([None] * len(starts), dtype=_AT),
            "replied_utc": pl.Series([None] * len(starts), dtype=_AT),
            "channel": pl.Series([channel] * len(starts), dtype=pl.Categorical()),
            "department": pl.Series([department] * len(starts), dtype=pl.Categorical()),
        }
    ).with_columns(received_is_date=False, replied_is_date=False, is_exempt=False)
    city = zone(promises.standards.timezone)
    return judge_requests(frame, promises, calendar, city, _BEFORE_ALL).collect().to_dicts()


def _check_hours(standards: Standards) -> None:
    for version in standards.versions:
        for promise in version.promises:
            if version.lacks_hours_for(promise.within):
                raise UsageError(no_office_hours(promise.within, version))


def _refuse(promises: Promises, calendar: Calendar, receipt: Receipt, row: dict[str, Any], channel: str) -> None:
    if row["excluded"] == "before_standards":
        raise UsageError(
            f"{receipt} is before the first standards, which are in force from {promises.first_effective}."
        )
    if row["excluded"] == "no_standard":
        known = ", ".join(
            dict.fromkeys(promise.channel for promise in promises.in_force(receipt.at.date(), receipt.at.date()))
        )
        raise UsageError(f"no promise for {channel} was in force on {receipt.at:%Y-%m-%d}.\nThere was one for {known}.")
    is_known = (
        row["due_at"] is not None and calendar.first <= receipt.at.date() and row["due_at"].date() <= calendar.last
    )
    if not is_known:
        raise UsageError(beyond(promises.standards, f"no due time can be given for a request received on {receipt}"))


def beyond(standards: Standards, what: str) -> str:
    """The message that something lies outside the years whose closed days are known."""
    return f"{what}: {known_years(standards)}."


def known_years(standards: Standards) -> str:
    """The years whose closed days are known, and who knows them."""
    years, source = years_known(standards.calendar), standards.calendar.holidays
    range_words = f"the years {years.start} to {years.stop - 1}"
    if source is None:
        return f"cxaudit knows {range_words}"
    place = "-".join(part for part in (source.country, source.subdivision) if part)
    return f"the list of holidays (holidays {versions()['holidays']}, {place}) knows {range_words}"


def _due_time(
    promises: Promises, calendar: Calendar, receipt: Receipt, first: dict[str, Any], last: dict[str, Any]
) -> DueTime:
    made = [(version, promise) for version in promises.standards.versions for promise in version.promises]
    version, promise = made[first["promise"]]
    rule = Rule(promise.within.unit, version.counting, version.office_hours)
    clock = Clock(calendar, zone(promises.standards.timezone))
    n, start = pl.lit(promise.within.count, dtype=pl.Int32), pl.lit(receipt.at)
    plain = due_under(rule, clock, start, pl.lit(receipt.instant, dtype=_AT), n)
    day_zero, instant = pl.select(plain.day_zero, instant=plain.instant).row(0)
    position = first.get("high_volume")
    return DueTime(
        receipt=receipt,
        promise=promise,
        version=version,
        day_zero=day_zero,
        first=first["due_at"],
        last=last["due_at"],
        period=None if position is None else promises.standards.high_volume[position],
        without_extension=first.get("due_before_extension") or first["due_at"],
        days=tuple(_days(calendar, rule, receipt.at.date(), day_zero, last["due_at"].date())),
        instant=instant if first.get("due_before_extension") in (None, first["due_at"]) else None,
    )


def _days(calendar: Calendar, rule: Rule, received: dt.date, day_zero: dt.date, due: dt.date) -> Iterator[TracedDay]:
    """From the day of receipt to the due day; under a rule of office hours each open day has them as its name."""
    open_time = OpenTime(calendar, rule.hours) if rule.hours else None
    for day in trace_days(calendar, open_time, received, day_zero):
        yield dataclasses.replace(day, number=0 if day.day == day_zero else None)
    for day in trace_days(calendar, open_time, day_zero + dt.timedelta(days=1), due):
        hours = hours_words(open_time.segments_of(day.day)) if open_time and rule.unit in OFFICE_UNITS else ""
        yield dataclasses.replace(day, name=hours or day.name)
