"""Business days: which days are closed, why, and how they are counted."""

from __future__ import annotations

import dataclasses
import datetime as dt

import invented
import oracle
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxaudit.days.calendar import Calendar
from cxaudit.errors import StandardsError
from cxaudit.standards.model import CalendarSettings, HolidaySource

EXAMPLES = settings(max_examples=40)
WEEK = CalendarSettings(None, frozenset(range(5)), {}, frozenset(), {})
ALBERTA = dataclasses.replace(WEEK, holidays=HolidaySource("CA", "AB", ("public", "optional")))
YEAR = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
HERITAGE_DAY = dt.date(2025, 8, 4)


def year_2025(settings_of: CalendarSettings) -> Calendar:
    return Calendar(settings_of, *YEAR)


def one(expression: pl.Expr) -> object:
    return pl.select(expression).item()


@EXAMPLES
@given(invented.calendars(), st.lists(invented.dates(5), min_size=1, max_size=30), st.integers(0, 40))
def test_business_days_are_counted_as_by_hand(made: CalendarSettings, days: list[dt.date], n: int) -> None:
    """The nth business day, the next business day and the number of them are those of a plain loop."""
    calendar = Calendar(made, dt.date(2025, 9, 1), dt.date(2027, 9, 1))
    city, day, days = oracle.City(made, ()), pl.col("day"), sorted(days)
    found = pl.DataFrame({"day": days}).select(
        nth=calendar.nth_after(day, pl.lit(n)),
        next=calendar.roll_forward(day),
        n=calendar.count_through(day) - calendar.count_through(day.first()),
    )
    assert found["nth"].to_list() == [oracle.nth_business_day(city, one, n) for one in days]
    assert found["next"].to_list() == [oracle.business_day_from(city, one) for one in days]
    assert found["n"].to_list() == [oracle.business_days_between(city, days[0], one) for one in days]


def test_the_holidays_of_alberta() -> None:
    """In 2025 Alberta has nine general holidays, and four optional ones beside them."""
    calendar = year_2025(ALBERTA)
    closed = [day for day in sorted(calendar.holidays) if not calendar.is_business_day(day)]
    assert [f"{day:%m-%d} {calendar.why_closed(day)}" for day in closed] == [
        "01-01 New Year's Day",
        "02-17 Family Day",
        "04-18 Good Friday",
        "04-21 Easter Monday",
        "05-19 Victoria Day",
        "07-01 Canada Day",
        "08-04 Heritage Day",
        "09-01 Labour Day",
        "09-30 National Day for Truth and Reconciliation",
        "10-13 Thanksgiving Day",
        "11-11 Remembrance Day",
        "12-25 Christmas Day",
        "12-26 Boxing Day",
    ]


def test_the_city_may_work_on_a_holiday() -> None:
    """Heritage Day is optional; a city that lists it under `open` works."""
    calendar = year_2025(dataclasses.replace(ALBERTA, open=frozenset({HERITAGE_DAY})))
    assert calendar.is_business_day(HERITAGE_DAY)
    assert calendar.why_closed(HERITAGE_DAY) is None


def test_the_citys_own_closed_day_beats_all_else() -> None:
    """A day that is declared both open and closed is closed, and bears the city's own name for it."""
    both = dataclasses.replace(ALBERTA, open=frozenset({HERITAGE_DAY}), closed={HERITAGE_DAY: "Flood"})
    calendar = year_2025(both)
    assert not calendar.is_business_day(HERITAGE_DAY)
    assert calendar.why_closed(HERITAGE_DAY) == "Flood"


def test_every_closed_day_has_a_reason() -> None:
    """A day off is a holiday, a closure, the weekend, or a weekday on which this office does not work."""
    calendar = year_2025(dataclasses.replace(ALBERTA, workweek=frozenset({0, 1, 2, 3})))
    days = [dt.date(2025, 10, 13), dt.date(2025, 10, 18), dt.date(2025, 10, 17), dt.date(2025, 10, 16)]
    assert [calendar.why_closed(day) for day in days] == ["Thanksgiving Day", "weekend", "Friday", None]


def test_no_business_day_beyond_the_table_is_guessed() -> None:
    """Before the first and after the last day of the table there is no answer."""
    calendar = year_2025(WEEK)
    outside = (dt.date(2024, 12, 31), dt.date(2026, 1, 1))
    assert [one(calendar.count_through(pl.lit(day))) for day in outside] == [None, None]
    assert [one(calendar.nth_after(pl.lit(day), pl.lit(0))) for day in outside] == [None, None]
    assert one(calendar.nth_after(pl.lit(YEAR[1]), pl.lit(1))) is None
    assert one(calendar.nth_after(pl.lit(None, dtype=pl.Date), pl.lit(1))) is None


def test_the_table_ends_where_the_holiday_data_end() -> None:
    """There are holidays of Alberta until 2100, so no day of 2101 is known."""
    assert Calendar(ALBERTA, dt.date(2100, 1, 1), dt.date(2101, 12, 31)).last == dt.date(2100, 12, 31)
    assert Calendar(WEEK, dt.date(2100, 1, 1), dt.date(2101, 12, 31)).last == dt.date(2101, 12, 31)


def test_the_names_of_holidays_do_not_follow_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Holidays have English names on a French machine."""
    for name in ("LANG", "LANGUAGE", "LC_ALL"):
        monkeypatch.setenv(name, "fr_CA.UTF-8")
    assert year_2025(ALBERTA).why_closed(dt.date(2025, 12, 25)) == "Christmas Day"


NOWHERE = [
    HolidaySource("XX", None, ("public",)), HolidaySource("CA", "ZZ", ("public",)), HolidaySource("CA", "AB", ("mad",)),
]  # fmt: skip


@pytest.mark.parametrize("source", NOWHERE)
def test_a_holiday_list_that_does_not_exist_is_refused(source: HolidaySource) -> None:
    """A country, a province or a category without holiday data is an error of the standards file."""
    with pytest.raises(StandardsError, match=r"calendar\.holidays"):
        year_2025(dataclasses.replace(WEEK, holidays=source))
