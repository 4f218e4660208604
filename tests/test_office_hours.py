"""Office hours: open time, positions on it, openings and closings."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import invented
import oracle
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxaudit.days.calendar import Calendar
from cxaudit.days.office_hours import OpenTime
from cxaudit.standards.model import CalendarSettings, OfficeHours

EXAMPLES = settings(max_examples=40)
SPAN = (dt.date(2025, 9, 1), dt.date(2028, 9, 1))
FRIDAY, SATURDAY, SUNDAY = (dt.date(2025, 9, day) for day in (26, 27, 28))
LUNCH = OfficeHours(tuple(((30600, 43200), (46800, 59400)) if day < 5 else () for day in range(7)))
WORKED = CalendarSettings(None, frozenset(range(5)), {}, frozenset({SATURDAY}), {SATURDAY: ((36000, 50400),)})
MICROSECOND = dt.timedelta(microseconds=1)
AMOUNTS = st.integers(0, 60 * 60).map(lambda minutes: dt.timedelta(minutes=minutes))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def moments() -> st.SearchStrategy[dt.datetime]:
    """Moments on quarters of an hour, where office hours begin and end, and next to them."""
    quarters = st.tuples(invented.dates(), st.integers(0, 95), st.sampled_from((-1, 0, 0, 1)))
    return quarters.map(
        lambda q: dt.datetime.combine(q[0], dt.time()) + q[1] * dt.timedelta(minutes=15) + q[2] * MICROSECOND
    )


@st.composite
def offices(draw: st.DrawFn) -> tuple[CalendarSettings, OfficeHours]:
    calendar = draw(invented.calendars())
    return calendar, draw(invented.office_hours(calendar))


def open_time(calendar: CalendarSettings, hours: OfficeHours) -> OpenTime:
    return OpenTime(Calendar(calendar, *SPAN), hours)


def lunch() -> OpenTime:
    return open_time(WORKED, LUNCH)


def one(expression: pl.Expr) -> object:
    return pl.select(expression).item()


def after(line: OpenTime, start: dt.datetime, amount: dt.timedelta) -> dt.datetime:
    found = one(line.after(pl.lit(start), pl.lit(amount // MICROSECOND, dtype=pl.Int64)))
    assert isinstance(found, dt.datetime)
    return found


def between(line: OpenTime, start: dt.datetime, end: dt.datetime) -> object:
    return one(line.elapsed(pl.lit(end)) - line.elapsed(pl.lit(start)))


@EXAMPLES
@given(offices(), st.lists(moments(), min_size=1, max_size=30), AMOUNTS)
def test_open_time_runs_as_by_hand(
    office: tuple[CalendarSettings, OfficeHours], starts: list[dt.datetime], amount: dt.timedelta
) -> None:
    """So much open time after a moment, and the next opening, are those of a plain loop."""
    line, city = open_time(*office), oracle.City(office[0], ())
    rows = pl.DataFrame({"at": starts})
    found = rows.select(
        after=line.after(pl.col("at"), pl.lit(amount // MICROSECOND, dtype=pl.Int64)),
        opens=line.next_open(pl.col("at")),
    )
    assert found["after"].to_list() == [oracle.after_open_time(city, office[1], start, amount) for start in starts]
    assert found["opens"].to_list() == [oracle.next_open(city, office[1], start) for start in starts]


@EXAMPLES
@given(offices(), st.lists(moments(), min_size=2, max_size=20))
def test_open_time_between_two_moments_is_counted_as_by_hand(
    office: tuple[CalendarSettings, OfficeHours], ends: list[dt.datetime]
) -> None:
    """Nights, lunches, weekends and closed days are not open time."""
    line, city = open_time(*office), oracle.City(office[0], ())
    ends = sorted(ends)
    found = pl.DataFrame({"at": ends}).select(line.elapsed(pl.col("at"))).to_series().diff().drop_nulls()
    by_hand = [oracle.open_time_between(city, office[1], a, b) for a, b in pairwise(ends)]
    assert found.to_list() == [length // MICROSECOND for length in by_hand]


@EXAMPLES
@given(offices(), moments(), AMOUNTS, AMOUNTS)
def test_open_time_adds_up(
    office: tuple[CalendarSettings, OfficeHours], start: dt.datetime, first: dt.timedelta, second: dt.timedelta
) -> None:
    """Two hours and then three more end when five do, and five hours lie between."""
    line = open_time(*office)
    first, second = first + MICROSECOND, second + MICROSECOND
    end = after(line, after(line, start, first), second)
    assert end == after(line, start, first + second)
    assert between(line, start, end) == (first + second) // MICROSECOND


@pytest.mark.parametrize(
    ("start", "opens"),
    [
        ("2025-09-26 08:29:59", "2025-09-26 08:30"),
        ("2025-09-26 08:30", "2025-09-26 08:30"),
        ("2025-09-26 11:59:59", "2025-09-26 11:59:59"),
        ("2025-09-26 12:00", "2025-09-26 13:00"),
        ("2025-09-26 16:30", "2025-09-27 10:00"),
        ("2025-09-27 14:00", "2025-09-29 08:30"),
    ],
)
def test_closing_time_is_not_open(start: str, opens: str) -> None:
    """At opening the office is open; at closing it is not, and the next opening may be a worked Saturday."""
    assert one(lunch().next_open(pl.lit(at(start)))) == at(opens)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2025-09-26 11:00", 60, "2025-09-26 12:00"),
        ("2025-09-26 11:00", 61, "2025-09-26 13:01"),
        ("2025-09-26 16:00", 30, "2025-09-26 16:30"),
        ("2025-09-26 16:30", 1, "2025-09-27 10:01"),
        ("2025-09-26 12:30", 0, "2025-09-26 13:00"),
        ("2025-09-26 12:00", 450, "2025-09-27 14:00"),
    ],
)
def test_an_exact_fit_ends_at_closing(start: str, minutes: int, end: str) -> None:
    """The last minute of the morning ends at twelve, the next one at a minute past one."""
    assert after(lunch(), at(start), dt.timedelta(minutes=minutes)) == at(end)


def test_the_last_closing_of_a_day() -> None:
    """Lunch is no closing; a worked Saturday closes at its own hour; a closed day only with its last moment."""
    closings = [one(lunch().closing_of(pl.lit(day))) for day in (FRIDAY, SATURDAY, SUNDAY)]
    assert closings == [at("2025-09-26 16:30"), at("2025-09-27 14:00"), at("2025-09-29 00:00")]


def test_an_office_that_never_closes() -> None:
    """From 00:00 to 24:00 every day, open time is time."""
    always = OfficeHours((((0, 86400),),) * 7)
    line = open_time(CalendarSettings(None, frozenset(range(7)), {}, frozenset(), {}), always)
    start = at("2025-09-26 23:30")
    assert one(line.next_open(pl.lit(start))) == start
    assert after(line, start, dt.timedelta(hours=49)) == start + dt.timedelta(hours=49)
    assert one(line.closing_of(pl.lit(FRIDAY))) == at("2025-09-27 00:00")


def test_the_hours_of_one_day() -> None:
    """A closed day has no hours, a part day its own, any other those of its weekday."""
    line = lunch()
    assert [line.segments_of(day) for day in (FRIDAY, SATURDAY, SUNDAY)] == [
        ((30600, 43200), (46800, 59400)), ((36000, 50400),), (),
    ]  # fmt: skip


def test_beyond_the_table_nothing_opens() -> None:
    """Open time that does not fit before the end of the calendar has no end."""
    line = lunch()
    assert one(line.next_open(pl.lit(at("2028-09-01 16:30")))) is None
    assert one(line.after(pl.lit(at("2028-09-01 16:00")), pl.lit(1_800_000_001, dtype=pl.Int64))) is None
    assert one(line.elapsed(pl.lit(None, dtype=pl.Datetime("us")))) is None
