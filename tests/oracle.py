"""An oracle: what becomes of one request, found by walking day by day, slow and obvious.

Written from the rules alone: it knows nothing of polars and shares no code with the program, only the frozen classes in
which a standards file arrives. Where a time of day is not known, it tries many times of that day, one after the other.
"""

from __future__ import annotations

import datetime as dt
import importlib.resources
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cxaudit.standards.model import CalendarSettings, HighVolume, OfficeHours, Promise, Segment, Version, Within

DAY = dt.timedelta(days=1)
TICK = dt.timedelta(microseconds=1)
#: How far a walk goes before it gives up; longer than any promise of the tests.
MANY_DAYS = 3000


@dataclass(frozen=True)
class City:
    """What the verdicts depend on. `holidays` are the dates themselves; dates outside the years are not known."""

    calendar: CalendarSettings
    versions: tuple[Version, ...]
    timezone: str = "UTC"
    holidays: frozenset[dt.date] = frozenset()
    years: range = range(1, 9999)
    high_volume: tuple[HighVolume, ...] = ()


@dataclass(frozen=True)
class Request:
    """One request. Times are local and naive; a date is a day without a time; instants (UTC, naive) where known."""

    received: dt.date
    replied: dt.date | None = None
    channel: str | None = "email"
    department: str | None = None
    is_exempt: bool = False
    received_utc: dt.datetime | None = None
    replied_utc: dt.datetime | None = None


@dataclass(frozen=True)
class Judgement:
    """What the rules say. `due` is a moment, a day where its time is not known, or None."""

    verdict: str
    excluded: str | None = None
    due: dt.date | None = None
    business_days: int | None = None
    business_days_over: int | None = None


@dataclass(frozen=True)
class Deadline:
    """The due time for one time of receipt: as the wall clocks show it, and the instant where real time counts."""

    day_zero: dt.date
    wall: dt.datetime
    instant: dt.datetime | None


class UnknownDayError(Exception):
    """A date of which nobody knows whether it is a holiday."""


def is_business_day(city: City, day: dt.date) -> bool:
    if day.year not in city.years:
        raise UnknownDayError
    if day in city.calendar.closed:
        return False
    if day in city.calendar.open:
        return True
    return day.weekday() in city.calendar.workweek and day not in city.holidays


def business_day_from(city: City, day: dt.date) -> dt.date:
    """That day, or the next business day."""
    for _ in range(MANY_DAYS):
        if is_business_day(city, day):
            return day
        day += DAY
    raise UnknownDayError


def nth_business_day(city: City, day: dt.date, n: int) -> dt.date:
    """The nth business day after a day; none = the day itself if it is one, else the next."""
    if n == 0:
        return business_day_from(city, day)
    for _ in range(n):
        day = business_day_from(city, day + DAY)
    return day


def business_days_between(city: City, after: dt.date, through: dt.date) -> int:
    """How many business days come after a day, up to and including another."""
    n, day = 0, after + DAY
    while day <= through:
        n += is_business_day(city, day)
        day += DAY
    return n


def segments(city: City, hours: OfficeHours, day: dt.date) -> tuple[Segment, ...]:
    if not is_business_day(city, day):
        return ()
    return city.calendar.part_days.get(day, hours.by_weekday[day.weekday()])


def openings(city: City, hours: OfficeHours, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Every stretch of open time from that day on."""
    for _ in range(MANY_DAYS):
        midnight = dt.datetime.combine(day, dt.time())
        for start, end in segments(city, hours, day):
            yield midnight + dt.timedelta(seconds=start), midnight + dt.timedelta(seconds=end)
        day += DAY
    raise UnknownDayError


def next_open(city: City, hours: OfficeHours, at: dt.datetime) -> dt.datetime:
    """That moment if the office is open, else the next opening; at closing time it is not open."""
    return next(max(start, at) for start, end in openings(city, hours, at.date()) if at < end)


def after_open_time(city: City, hours: OfficeHours, at: dt.datetime, amount: dt.timedelta) -> dt.datetime:
    """The moment at which so much open time has passed; an exact fit ends at the closing."""
    if not amount:
        return next_open(city, hours, at)
    for start, end in openings(city, hours, at.date()):
        here = max(end - max(start, at), dt.timedelta(0))
        if here >= amount:
            return max(start, at) + amount
        amount -= here
    raise UnknownDayError


def open_time_between(city: City, hours: OfficeHours, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
    """The open time from one moment to a later one."""
    total, day = dt.timedelta(0), start.date()
    while day <= end.date():
        midnight = dt.datetime.combine(day, dt.time())
        for opens, closes in segments(city, hours, day):
            first = max(start, midnight + dt.timedelta(seconds=opens))
            last = min(end, midnight + dt.timedelta(seconds=closes))
            total += max(last - first, dt.timedelta(0))
        day += DAY
    return total


@lru_cache
def _zone(key: str) -> zoneinfo.ZoneInfo:
    with importlib.resources.files("tzdata.zoneinfo").joinpath(*key.split("/")).open("rb") as file:
        return zoneinfo.ZoneInfo.from_file(file, key=key)


def to_utc(city: City, wall: dt.datetime) -> dt.datetime:
    """The instant of a wall time, the first of two."""
    return wall.replace(tzinfo=_zone(city.timezone)).astimezone(dt.UTC).replace(tzinfo=None)


def to_wall(city: City, instant: dt.datetime) -> dt.datetime:
    return instant.replace(tzinfo=dt.UTC).astimezone(_zone(city.timezone)).replace(tzinfo=None)


def deadline(city: City, version: Version, promise: Promise, at: dt.datetime, instant: dt.datetime | None) -> Deadline:
    """The due time of a request received at a moment."""
    n, hours = promise.within.count, version.office_hours
    if at.year not in city.years:
        raise UnknownDayError
    match promise.within.unit:
        case "business hours":
            return Deadline(at.date(), after_open_time(city, hours, at, dt.timedelta(hours=n)), None)
        case "business minutes":
            return Deadline(at.date(), after_open_time(city, hours, at, dt.timedelta(minutes=n)), None)
        case "hours" | "minutes" as unit:
            due = (instant or to_utc(city, at)) + dt.timedelta(**{unit: n})
            return _known(city, Deadline(at.date(), to_wall(city, due), due))
    counted = counted_from(city, version, at)
    if promise.within.unit == "days":
        due_day = counted.date() + n * DAY
    else:
        due_day = nth_business_day(city, counted.date(), n)
    return _known(city, Deadline(counted.date(), day_end(city, version, due_day, counted), None))


def _known(city: City, found: Deadline) -> Deadline:
    if found.wall.year not in city.years:
        raise UnknownDayError
    return found


def counted_from(city: City, version: Version, at: dt.datetime) -> dt.datetime:
    """The moment at which a request counts as received."""
    match version.counting.day_zero:
        case "next_opening":
            return next_open(city, version.office_hours, at)
        case "next_business_day" if not is_business_day(city, at.date()):
            day = business_day_from(city, at.date())
            opening = min((start for start, _ in segments(city, version.office_hours, day)), default=0)
            return dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=opening)
    return at


def day_end(city: City, version: Version, day: dt.date, counted: dt.datetime) -> dt.datetime:
    """The last moment of the due day that is in time."""
    midnight = dt.datetime.combine(day, dt.time())
    last_moment = midnight + DAY - TICK
    match version.counting.day_ends:
        case "midnight":
            return last_moment
        case "close":
            closings = [end for _, end in segments(city, version.office_hours, day)]
            return min(midnight + dt.timedelta(seconds=max(closings)), last_moment) if closings else last_moment
        case "same_time":
            return dt.datetime.combine(day, counted.time())
        case dt.time() as clock:
            return dt.datetime.combine(day, clock)


def period_for(city: City, request: Request) -> HighVolume | None:
    """The declared period of high volume in which a request was received."""
    for period in city.high_volume:
        is_then = period.first <= _day(request.received) <= period.last
        is_theirs = not period.departments or request.department in period.departments
        if is_then and is_theirs and (not period.channels or request.channel in period.channels):
            return period
    return None


def extended(city: City, version: Version, promise: Promise, due: Deadline, by: Within) -> Deadline:
    """The due time after an extension: of a day rule by days, the end of a later day; else that much time later."""
    wall, instant = due.wall, due.instant
    match by.unit:
        case "business hours" | "business minutes" as unit:
            amount = dt.timedelta(**{unit.removeprefix("business "): by.count})
            wall = after_open_time(city, version.office_hours, wall, amount)
            instant = None
        case "hours" | "minutes" as unit:
            instant = (instant or to_utc(city, wall)) + dt.timedelta(**{unit: by.count})
            wall = to_wall(city, instant)
        case unit:
            is_plain = unit == "days"
            day = wall.date() + by.count * DAY if is_plain else nth_business_day(city, wall.date(), by.count)
            is_day_rule = promise.within.unit in {"business days", "days"}
            wall = day_end(city, version, day, wall) if is_day_rule else dt.datetime.combine(day, wall.time())
            instant = None
    is_real_time = promise.within.unit in {"hours", "minutes"}
    return _known(city, Deadline(due.day_zero, wall, (instant or to_utc(city, wall)) if is_real_time else None))


def times_of(day: dt.date, version: Version, city: City) -> list[dt.datetime]:
    """Times that stand for all times of a day: every half hour, and just before, at and after each boundary."""
    if isinstance(day, dt.datetime):
        return [day]
    midnight = dt.datetime.combine(day, dt.time())
    seconds = set(range(0, 86400, 1800))
    hours = (*version.office_hours.by_weekday, *city.calendar.part_days.values())
    seconds |= {boundary for one in hours for segment in one for boundary in segment}
    if isinstance(version.counting.day_ends, dt.time):
        seconds.add(version.counting.day_ends.hour * 3600 + version.counting.day_ends.minute * 60)
    around = {midnight + dt.timedelta(seconds=s) + step * TICK for s in seconds for step in (-1, 0, 1)}
    return sorted({at for at in around if at.date() == day} | {midnight + DAY - TICK})


def promise_for(city: City, request: Request) -> tuple[Version, Promise] | None:
    """The promise in force on the local date of receipt, the department's own before the channel's."""
    day = _day(request.received)
    version = [one for one in city.versions if one.effective <= day][-1]
    for department in (request.department, None):
        for promise in version.promises:
            if promise.channel == request.channel and promise.department == department:
                return version, promise
    return None


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def is_known(city: City, moment: dt.date, instant: dt.datetime | None, as_of: dt.date) -> bool:
    """Whether something had happened as of a moment; a day has when it has begun, and a date means the end of its day."""
    if not isinstance(as_of, dt.datetime) or not isinstance(moment, dt.datetime):
        return _day(moment) <= _day(as_of)
    return instant <= to_utc(city, as_of) if instant else moment <= as_of


def is_before(request: Request) -> bool:
    """Whether the reply is before the receipt; by the day, where either has no time."""
    received, replied = request.received, request.replied
    if not isinstance(received, dt.datetime) or not isinstance(replied, dt.datetime):
        return replied is not None and _day(replied) < _day(received)
    if request.received_utc and request.replied_utc:
        return request.replied_utc < request.received_utc
    return replied < received


def verdict_at(
    city: City, due: Deadline, replied: dt.datetime | None, instant: dt.datetime | None, now: dt.date
) -> str:
    """The verdict where every time is known. Day rules compare wall clocks; hours and minutes, real time."""
    if replied is not None:
        if due.instant:
            return "met" if (instant or to_utc(city, replied)) <= due.instant else "late"
        return "met" if replied <= due.wall else "late"
    if not isinstance(now, dt.datetime):
        return "overdue" if due.wall.date() <= now else "pending"
    if due.instant:
        return "overdue" if due.instant < to_utc(city, now) else "pending"
    return "overdue" if due.wall < now else "pending"


def judge(city: City, request: Request, as_of: dt.date) -> Judgement:
    """The judgement on one request as of a moment, or as of the end of a day."""
    has_reply = request.replied is not None and is_known(city, request.replied, request.replied_utc, as_of)
    if request.is_exempt:
        return Judgement("excluded", "no_reply_owed")
    if has_reply and is_before(request):
        return Judgement("excluded", "reply_before_receipt")
    if _day(request.received) < city.versions[0].effective:
        return Judgement("excluded", "before_standards")
    found = promise_for(city, request)
    if found is None:
        return Judgement("excluded", "no_standard")
    version, promise = found
    try:
        received = times_of(request.received, version, city)
        dues = [deadline(city, version, promise, at, request.received_utc) for at in received]
        period = period_for(city, request)
        if period and period.by:
            dues = [extended(city, version, promise, due, period.by) for due in dues]
    except UnknownDayError:
        return Judgement("excluded", "outside_calendar")
    replies = times_of(request.replied, version, city) if has_reply and request.replied else [None]
    verdicts = {verdict_at(city, due, at, request.replied_utc, as_of) for due in dues for at in replies}
    due_at = _common(dues)
    if len(verdicts) > 1:
        return Judgement("excluded", "no_time", due_at)
    until = _day(request.replied) if has_reply and request.replied else _day(as_of)
    all_used = {business_days_between(city, due.day_zero, until) for due in dues}
    used = all_used.pop() if len(all_used) == 1 else None
    (verdict,) = verdicts
    over = business_days_between(city, _day(due_at), until) if due_at and verdict in {"late", "overdue"} else None
    return Judgement(verdict, None, due_at, used, over)


def _common(dues: list[Deadline]) -> dt.date | None:
    """The due time that all agree on, else the day, else nothing."""
    walls = {due.wall for due in dues}
    days = {wall.date() for wall in walls}
    if len(days) > 1:
        return None
    return walls.pop() if len(walls) == 1 else days.pop()
