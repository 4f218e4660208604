"""Invented towns and requests for the tests: standards and logs that hypothesis makes up, and the frame they become."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import oracle
import polars as pl
from hypothesis import strategies as st

from cxaudit.days.calendar import Calendar
from cxaudit.days.zones import zone
from cxaudit.judge import judge_requests
from cxaudit.model import AsOf
from cxaudit.promises.table import Promises
from cxaudit.standards.model import (
    UNITS,
    CalendarSettings,
    Counting,
    DayEnds,
    OfficeHours,
    Promise,
    Segment,
    Standards,
    Unit,
    Version,
    Within,
)

#: All that happens, happens in these days; they hold both changes of the clocks of New York and Lord Howe.
FIRST, N_DAYS = dt.date(2025, 9, 20), 200
CHANNELS = ("email", "letter", "voicemail")
DEPARTMENTS = ("Utilities", "Parks")
ZONES = ("UTC", "America/Edmonton", "America/New_York", "Australia/Lord_Howe")
DAY_ZEROS = ("day_received", "next_business_day", "next_opening")
DAY_ENDS: tuple[DayEnds, ...] = ("midnight", "close", "same_time", dt.time(16, 0), dt.time(9, 30))
MOST: dict[Unit, int] = {
    "business days": 12, "business hours": 60, "business minutes": 2000, "days": 15, "hours": 100, "minutes": 3000,
}  # fmt: skip


def dates(margin: int = 0) -> st.SearchStrategy[dt.date]:
    days = st.integers(-margin, N_DAYS + margin)
    return days.map(lambda n: FIRST + dt.timedelta(days=n))


def segments() -> st.SearchStrategy[tuple[Segment, ...]]:
    """The hours of one day: up to three stretches between quarters of an hour, from 00:00 to 24:00."""
    quarters = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).filter(lambda cuts: len(cuts) % 2 == 0)
    cuts = quarters.map(sorted).map(lambda cuts: tuple((a * 900, b * 900) for a, b in pairwise(cuts))[::2])
    return st.one_of(st.just(((30600, 59400),)), st.just(((0, 86400),)), cuts)


@st.composite
def calendars(draw: st.DrawFn) -> CalendarSettings:
    """A calendar without a holiday list: closed days, worked days, and part days, which a worked day off must have."""
    workweek = draw(st.frozensets(st.integers(0, 6), min_size=1))
    closed = draw(st.frozensets(dates(10), max_size=12))
    worked = draw(st.frozensets(dates(10), max_size=4))
    part = draw(st.frozensets(dates(), max_size=4))
    off = {day for day in worked if day.weekday() not in workweek}
    days = sorted(off | {day for day in part if day.weekday() in workweek and day not in closed})
    part_days = {day: draw(segments()) for day in days}
    return CalendarSettings(None, workweek, dict.fromkeys(sorted(closed), "closed"), worked, part_days)


@st.composite
def office_hours(draw: st.DrawFn, calendar: CalendarSettings) -> OfficeHours:
    same = draw(st.none() | segments())
    return OfficeHours(tuple((same or draw(segments())) if day in calendar.workweek else () for day in range(7)))


@st.composite
def withins(draw: st.DrawFn, units: Sequence[Unit] = UNITS) -> Within:
    unit = draw(st.sampled_from(units))
    n = draw(st.integers(0, MOST[unit]))
    return Within(n, unit, f"{n} {unit}")


@st.composite
def versions(draw: st.DrawFn, calendar: CalendarSettings, effective: dt.date, units: Sequence[Unit] = UNITS) -> Version:
    channels = CHANNELS[: draw(st.sampled_from((3, 3, 2)))]
    general = [Promise(one, None, draw(withins(units)), None, "") for one in channels]
    pairs = st.tuples(st.sampled_from(channels), st.sampled_from(DEPARTMENTS))
    own = [Promise(*pair, draw(withins(units)), None, "") for pair in draw(st.lists(pairs, max_size=2, unique=True))]
    counting = Counting(draw(st.sampled_from(DAY_ZEROS)), draw(st.sampled_from(DAY_ENDS)))
    return Version(effective, "", (*general, *own), counting, draw(office_hours(calendar)))


@st.composite
def towns(draw: st.DrawFn, zones: Sequence[str] = ZONES, units: Sequence[Unit] = UNITS) -> Standards:
    """A town with one to three versions of its standards."""
    calendar = draw(calendars())
    starts = sorted(draw(st.sets(dates(), min_size=1, max_size=3)))
    starts[0] = draw(st.sampled_from((FIRST - dt.timedelta(days=300), FIRST, starts[0])))
    made = tuple(draw(versions(calendar, start, units)) for start in starts)
    return standards(calendar, made, draw(st.sampled_from(zones)))


def standards(calendar: CalendarSettings, made: tuple[Version, ...], timezone: str) -> Standards:
    return Standards(
        organisation="Town", policy={}, timezone=timezone, calendar=calendar, versions=made,
        titles={one: one for one in CHANNELS}, channel_names={}, department_names={}, high_volume=(), exclude=(),
        sources={}, file="invented", sha256="", text="",
    )  # fmt: skip


def city(town: Standards) -> oracle.City:
    return oracle.City(town.calendar, town.versions, town.timezone)


def log(town: Standards, seed: int, n: int = 40) -> list[oracle.Request]:
    """Requests near whatever decides: opening and closing times, the due time itself, a day without a time."""
    chance = random.Random(seed)
    return [_request(town, chance) for _ in range(n)]


def vantage(town: Standards, made: Sequence[oracle.Request], seed: int) -> dt.date:
    """A moment or day as of which to judge; one time in three the very due time of a request."""
    chance = random.Random(seed)
    due = oracle.judge(city(town), chance.choice(made), FIRST).due
    if due is not None and chance.random() < 0.3:
        return due
    return moment(town, chance, FIRST + dt.timedelta(days=N_DAYS // 2), N_DAYS // 2 + 30)


def moment(town: Standards, chance: random.Random, first: dt.date = FIRST, n_days: int = N_DAYS) -> dt.date:
    """A moment near the boundaries of the office hours more often than not; one time in five a day without a time."""
    day = first + dt.timedelta(days=chance.randint(0, n_days))
    if chance.random() < 0.2:
        return day
    days = [*(day for one in town.versions for day in one.office_hours.by_weekday), *town.calendar.part_days.values()]
    bounds = sorted({0, 86399, 57600, *(bound for day in days for segment in day for bound in segment)})
    near = chance.choice(bounds) + chance.choice((-1, 0, 0, 1))
    seconds = near if chance.random() < 0.6 else chance.randint(0, 86399)
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=min(max(seconds, 0), 86399))


def _request(town: Standards, chance: random.Random) -> oracle.Request:
    channel = chance.choice((*CHANNELS * 6, "carrier pigeon", None))
    received = moment(town, chance)
    department = chance.choice((*DEPARTMENTS, None))
    asked = oracle.Request(
        received, None, channel, department, chance.random() < 0.05, _instant(town, received, chance)
    )
    replied = _reply(town, asked, chance)
    return dataclasses.replace(asked, replied=replied, replied_utc=_instant(town, replied, chance))


def _instant(town: Standards, wall: dt.date | None, chance: random.Random) -> dt.datetime | None:
    if not isinstance(wall, dt.datetime) or chance.random() < 0.7:
        return None
    return oracle.to_utc(city(town), wall)


def _reply(town: Standards, asked: oracle.Request, chance: random.Random) -> dt.date | None:
    """None, at or next to the due time, within days of the receipt, or anywhere."""
    kind = chance.choice(("none", "none", "due", "due", "near", "near", "anywhere"))
    if kind == "none":
        return None
    if kind == "anywhere":
        return moment(town, chance)
    due = oracle.judge(city(town), asked, FIRST).due
    nudge = dt.timedelta(seconds=chance.choice((-1, 0, 0, 1)))
    if kind == "due" and isinstance(due, dt.datetime) and chance.random() < 0.8:
        return due + nudge
    start = due if kind == "due" and due else asked.received
    return moment(town, chance, start.date() if isinstance(start, dt.datetime) else start, chance.choice((0, 1, 3, 20)))


def with_reply(request: oracle.Request, replied: dt.date | None) -> oracle.Request:
    """The same request, answered at another time, of which only the wall time is known."""
    return dataclasses.replace(request, replied=replied, replied_utc=None)


def frame(made: Iterable[oracle.Request]) -> pl.DataFrame:
    """Requests as the columns that judging reads."""
    rows = list(made)
    columns: dict[str, Any] = {
        "channel": [one.channel for one in rows],
        "department": [one.department for one in rows],
        "received_at": [_at(one.received) for one in rows],
        "replied_at": [_at(one.replied) for one in rows],
        "received_is_date": [not isinstance(one.received, dt.datetime) for one in rows],
        "replied_is_date": [one.replied is not None and not isinstance(one.replied, dt.datetime) for one in rows],
        "is_exempt": [one.is_exempt for one in rows],
        "received_utc": [one.received_utc for one in rows],
        "replied_utc": [one.replied_utc for one in rows],
    }
    at = pl.Datetime("us")
    types: dict[str, Any] = {"channel": pl.Categorical(), "department": pl.Categorical()}
    types |= dict.fromkeys(("received_at", "replied_at", "received_utc", "replied_utc"), at)
    types |= dict.fromkeys(("received_is_date", "replied_is_date", "is_exempt"), pl.Boolean())  # also without a row
    made_frame = pl.DataFrame(columns, schema_overrides=types)
    has_instants = any(one.received_utc or one.replied_utc for one in rows)
    return made_frame if has_instants else made_frame.drop("received_utc", "replied_utc")


def _at(moment: dt.date | None) -> dt.datetime | None:
    if moment is None or isinstance(moment, dt.datetime):
        return moment
    return dt.datetime.combine(moment, dt.time())


def as_of(moment: dt.date, timezone: str) -> AsOf:
    """The as-of moment; a date means the end of that day."""
    is_date = not isinstance(moment, dt.datetime)
    local = dt.datetime.combine(moment, dt.time.max) if is_date else moment
    assert isinstance(local, dt.datetime)
    return AsOf(local, zone(timezone).to_utc(local), is_date)


def judged(town: Standards, rows: pl.DataFrame, moment: dt.date) -> pl.DataFrame:
    """The program's verdicts, with a calendar that reaches as far as the program would make it."""
    promises = Promises(town)
    days = [FIRST, FIRST + dt.timedelta(days=N_DAYS + 40), as_of(moment, town.timezone).local.date()]
    for name in ("received_at", "replied_at"):
        days += [at.date() for at in (rows[name].min(), rows[name].max()) if isinstance(at, dt.datetime)]
    calendar = Calendar(town.calendar, *promises.reach(min(days), max(days)))
    lazy = judge_requests(rows.lazy(), promises, calendar, zone(town.timezone), as_of(moment, town.timezone))
    return lazy.collect(engine="streaming")


def judgements(found: pl.DataFrame) -> list[oracle.Judgement]:
    """The program's verdicts in the words of the oracle."""
    names = ("verdict", "excluded", "due_at", "due_is_date", "business_days", "business_days_over")
    said = []
    for verdict, excluded, due_at, due_is_date, days, over in found.select(names).iter_rows():
        due = None if excluded else due_at.date() if due_is_date and due_at else due_at
        said.append(oracle.Judgement(verdict, excluded, due, days, over))
    return said
