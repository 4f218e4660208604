"""Periods and moments as the user types them: `2025-10`, `2025-Q3`, `2025`, `last-month`, `FROM..TO`, and `--as-of`."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from cxaudit.errors import UsageError
from cxaudit.judge import AsOf
from cxaudit.zones import Zone

Period = tuple[dt.date, dt.date]

_HOW = "Write 2025-10, 2025-Q3, 2025, last-month or 2025-10-01..2025-10-31."
_DAY_END = dt.time(23, 59, 59, 999999)


def parse_period(text: str, as_of: AsOf) -> Period:
    """First and last day, both inclusive, in city time. `last-month` is the month before the as-of moment's.

    >>> parse_period("2025-Q3", None)[1].isoformat()
    '2025-09-30'
    """
    if text == "last-month":
        last = as_of.local.date().replace(day=1) - dt.timedelta(days=1)
        return last.replace(day=1), last
    try:
        if ".." in text:
            first, last = (dt.date.fromisoformat(part.strip()) for part in text.split(".."))
            if last < first:
                raise UsageError(f"--period {text} ends before it begins.")
            return first, last
        if match := re.fullmatch(r"(\d{4})(?:-(\d{2})|-[Qq]([1-4]))?", text):
            return _calendar_period(*match.groups())
        return dt.date.fromisoformat(text), dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--period {text} is not a period. {_HOW}") from error


def _calendar_period(year: str, month: str | None, quarter: str | None) -> Period:
    start = int(month or (int(quarter) * 3 - 2 if quarter else 1))
    end = int(month or (int(quarter) * 3 if quarter else 12))
    last = calendar.monthrange(int(year), end)[1] if 1 <= end <= 12 else 0
    return dt.date(int(year), start, 1), dt.date(int(year), end, last)


def parse_as_of(text: str, zone: Zone) -> AsOf:
    """The as-of moment; a date means the end of that day in the city.

    >>> from cxaudit.zones import zone
    >>> parse_as_of("2025-11-03", zone("America/Edmonton")).utc.isoformat()
    '2025-11-04T06:59:59.999999'
    """
    try:
        if ":" not in text:
            return _as_of(dt.datetime.combine(dt.date.fromisoformat(text), _DAY_END), zone, is_date=True)
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f'--as-of {text} is not a moment. Write 2025-11-03 or "2025-11-03 09:00".') from error
    if moment.tzinfo is not None:
        return AsOf(zone.to_local(moment), moment.astimezone(dt.UTC).replace(tzinfo=None))
    return _as_of(moment, zone, is_date=False)


def now_as_of(now: dt.datetime, zone: Zone) -> AsOf:
    """The moment that the command line read from the clock (aware)."""
    local = zone.to_local(now).replace(microsecond=0)
    return AsOf(local, now.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0))


def _as_of(local: dt.datetime, zone: Zone, *, is_date: bool) -> AsOf:
    return AsOf(local, zone.to_utc(local), is_date)
