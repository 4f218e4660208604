"""Periods and moments as the user types them: `2025-10`, `2025-Q3`, `last-month`, `FROM..TO`; `--as-of`, `--received`."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from cxaudit.days.zones import Zone
from cxaudit.errors import UsageError
from cxaudit.explain.when_due import Receipt
from cxaudit.model import AsOf

Period = tuple[dt.date, dt.date]

_HOW = "Write 2025-10, 2025-Q3, 2025, 2025-W41, last-month or 2025-10-01..2025-10-31."
_LIKE_A_PERIOD = re.compile(r"\d{4}-(\d{2}|[Qq]\d|[Ww]\d{2}|\d{2}-\d{2}(\s*\.\.\s*\d{4}-\d{2}-\d{2})?)")
#: The years in which dates of an export are read; one outside them is a slip of the pen.
YEARS_READ = range(1990, 2101)
_DAY_END = dt.time(23, 59, 59, 999999)


def parse_period(text: str, as_of: AsOf | None = None) -> Period:
    """First and last day, both inclusive, in city time. `last-month` is the month before the as-of moment's.

    >>> parse_period("2025-Q3")[1].isoformat()
    '2025-09-30'
    """
    if text == "last-month" and as_of is not None:
        last = as_of.local.date().replace(day=1) - dt.timedelta(days=1)
        return last.replace(day=1), last
    try:
        if ".." in text:
            first, last = (parse_date(part.strip()) for part in text.split(".."))
            if last < first:
                raise UsageError(f"--period {text} ends before it begins.")
            return first, last
        if match := re.fullmatch(r"(\d{4})(?:-(\d{2})|-[Qq]([1-4]))?", text):
            return _calendar_period(*match.groups())
        if match := re.fullmatch(r"(\d{4})-[Ww](\d{2})", text):
            monday = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
            return monday, monday + dt.timedelta(days=6)
        return parse_date(text), parse_date(text)
    except (ValueError, OverflowError) as error:
        why = ": the calendar has no such days" if _LIKE_A_PERIOD.fullmatch(text) else ""
        raise UsageError(f"--period {text} is not a period{why}. {_HOW}") from error


def period_name(first: dt.date, last: dt.date) -> str:
    """The shortest way to write a period, which is also the name of its folder.

    >>> period_name(dt.date(2025, 10, 1), dt.date(2025, 10, 31)), period_name(dt.date(2025, 10, 6), dt.date(2025, 10, 12))
    ('2025-10', '2025-W41')
    >>> period_name(dt.date(2025, 10, 1), dt.date(2025, 10, 30)), period_name(dt.date(900, 1, 1), dt.date(900, 1, 31))
    ('2025-10-01..2025-10-30', '0900-01')
    """
    candidates = [
        f"{first.year:04}",
        f"{first.year:04}-Q{(first.month + 2) // 3}",
        f"{first.year:04}-{first.month:02}",
        "{:04}-W{:02}".format(*first.isocalendar()),
        f"{first}",
    ]
    return next((name for name in candidates if parse_period(name) == (first, last)), f"{first}..{last}")


def parse_date(text: str) -> dt.date:
    """A date as it is written here, `2025-10-31`, and in no other of ISO's forms."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return dt.date.fromisoformat(text)


def _calendar_period(year: str, month: str | None, quarter: str | None) -> Period:
    start = int(month or (int(quarter) * 3 - 2 if quarter else 1))
    end = int(month or (int(quarter) * 3 if quarter else 12))
    last = calendar.monthrange(int(year), end)[1] if 1 <= end <= 12 else 0
    return dt.date(int(year), start, 1), dt.date(int(year), end, last)


def parse_as_of(text: str, zone: Zone) -> AsOf:
    """The as-of moment; a date means the end of that day in the city.

    >>> from cxaudit.days.zones import zone
    >>> parse_as_of("2025-11-03", zone("America/Edmonton")).utc.isoformat()
    '2025-11-04T06:59:59.999999'
    """
    local, instant = _moment(text, zone, "--as-of", 'Write 2025-11-03 or "2025-11-03 09:00".')
    is_date = ":" not in text
    if is_date:
        local = dt.datetime.combine(local, _DAY_END)
    return AsOf(local, instant or zone.to_utc(local), is_date)


def parse_received(text: str, zone: Zone) -> Receipt:
    """When a request was received: a moment, with `Z` or an offset or in city time, or a date.

    >>> from cxaudit.days.zones import zone
    >>> str(parse_received("2026-12-01T06:30:00Z", zone("America/Edmonton")))    # the clocks no longer go back
    '2026-12-01 00:30:00'
    """
    how = 'Write "2025-12-24 16:40", 2025-12-24T23:40:00Z or 2025-12-24.'
    local, instant = _moment(text, zone, "--received", how)
    return Receipt(local, is_date=":" not in text, instant=instant)


def _moment(text: str, zone: Zone, option: str, how: str) -> tuple[dt.datetime, dt.datetime | None]:
    """A moment in city time, a date as its midnight; and the same in UTC where the text has a zone."""
    text = text.strip()
    outside = UsageError(f"{option} {text} is outside the years {YEARS_READ.start} to {YEARS_READ.stop - 1}.")
    try:
        day = parse_date(text[:10])
        moment = dt.datetime.fromisoformat(text)
        if text[10:] and (text[10] not in "T " or ":" not in text):
            raise ValueError(text)
    except ValueError as error:
        raise UsageError(f"{option} {text} is not a moment. {how}") from error
    if day.year not in YEARS_READ:
        raise outside
    if moment.tzinfo is None:
        return moment, None
    local = zone.to_local(moment)
    if local.year not in YEARS_READ:
        raise outside
    return local, moment.astimezone(dt.UTC).replace(tzinfo=None)


def now_as_of(now: dt.datetime, zone: Zone) -> AsOf:
    """The moment that the command line read from the clock (aware)."""
    local = zone.to_local(now).replace(microsecond=0)
    return AsOf(local, now.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0))
