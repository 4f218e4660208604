"""City time: what the clocks on the wall show, from the pinned zone table."""

from __future__ import annotations

import datetime as dt

import oracle
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxaudit.days.zones import tzdata_version, zone
from cxaudit.standards.model import CalendarSettings

EDMONTON, NEW_YORK, LORD_HOWE = "America/Edmonton", "America/New_York", "Australia/Lord_Howe"
ZONES = (
    EDMONTON,
    NEW_YORK,
    LORD_HOWE,
    "Etc/UTC",
    "Europe/Dublin",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
)
EXAMPLES = settings(max_examples=60)
INSTANTS = st.lists(st.datetimes(dt.datetime(1990, 1, 2), dt.datetime(2100, 12, 30)), min_size=1, max_size=50)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def wall(key: str, utc: str) -> str:
    return str(pl.select(zone(key).local(pl.lit(at(utc)))).item())


def instant(key: str, local: str) -> str:
    return str(pl.select(zone(key).utc(pl.lit(at(local)))).item())


def city(key: str) -> oracle.City:
    return oracle.City(CalendarSettings(None, frozenset(), {}, frozenset(), {}), (), key)


@EXAMPLES
@given(st.sampled_from(ZONES), INSTANTS)
def test_the_clocks_show_what_the_zone_table_says(key: str, moments: list[dt.datetime]) -> None:
    """From 1990 to 2100 a column of instants becomes the wall times that Python reads from the same table, and back."""
    rows = pl.DataFrame({"at": moments}, schema={"at": pl.Datetime("us")})
    found = rows.select(local=zone(key).local(pl.col("at")), utc=zone(key).utc(pl.col("at")))
    assert found["local"].to_list() == [oracle.to_wall(city(key), one) for one in moments]
    assert found["utc"].to_list() == [oracle.to_utc(city(key), one) for one in moments]


@EXAMPLES
@given(st.sampled_from(ZONES), INSTANTS)
def test_one_moment_is_converted_like_a_column(key: str, moments: list[dt.datetime]) -> None:
    """A single moment, such as the one as of which is judged, gets the same time as a column of them."""
    rows = pl.DataFrame({"at": moments}, schema={"at": pl.Datetime("us")})
    found = rows.select(local=zone(key).local(pl.col("at")), utc=zone(key).utc(pl.col("at")))
    assert found["local"].to_list() == [zone(key).to_local(one.replace(tzinfo=dt.UTC)) for one in moments]
    assert found["utc"].to_list() == [zone(key).to_utc(one) for one in moments]


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        ("2025-11-02 07:59:59", "2025-11-02 01:59:59"),
        ("2025-11-02 08:00", "2025-11-02 01:00:00"),
        ("2026-03-08 09:00", "2026-03-08 03:00:00"),
        ("2026-10-31 06:30", "2026-10-31 00:30:00"),
        ("2026-11-01 08:00", "2026-11-01 02:00:00"),
        ("2026-12-01 06:30", "2026-12-01 00:30:00"),
        ("2027-03-14 09:00", "2027-03-14 03:00:00"),
        ("2030-01-01 06:00", "2030-01-01 00:00:00"),
    ],
)
def test_alberta_stopped_changing_its_clocks(utc: str, local: str) -> None:
    """Edmonton went back for the last time in November 2025, forward in March 2026, and stays six hours behind UTC."""
    assert wall(EDMONTON, utc) == local


def test_the_zone_table_knows_about_alberta() -> None:
    """The table is that of 2026c or later, whatever the operating system has."""
    assert tuple(int(part) for part in tzdata_version().split(".")[:2]) >= (2026, 3)
    assert not zone(EDMONTON).clock_changes(at("2026-03-09"), at("2099-12-31"))


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        ("2026-03-08 06:59:59", "2026-03-08 01:59:59"),
        ("2026-03-08 07:00", "2026-03-08 03:00:00"),
        ("2026-11-01 05:59:59", "2026-11-01 01:59:59"),
        ("2026-11-01 06:00", "2026-11-01 01:00:00"),
    ],
)
def test_new_york_changes_its_clocks_twice_a_year(utc: str, local: str) -> None:
    """In spring two o'clock is three; in autumn one o'clock comes twice."""
    assert wall(NEW_YORK, utc) == local


def test_lord_howe_changes_by_half_an_hour() -> None:
    """Lord Howe Island goes from 11 to 10.5 hours before UTC in April, and back in October."""
    assert wall(LORD_HOWE, "2026-04-04 14:59:59") == "2026-04-05 01:59:59"
    assert wall(LORD_HOWE, "2026-04-04 15:00") == "2026-04-05 01:30:00"
    assert wall(LORD_HOWE, "2026-10-03 15:30") == "2026-10-04 02:30:00"
    assert instant(LORD_HOWE, "2026-04-05 01:45") == "2026-04-04 14:45:00"


def test_of_a_repeated_hour_the_first_is_meant() -> None:
    """A wall time of 01:30 in the night when the clocks go back is taken for the first of the two."""
    assert instant(EDMONTON, "2025-11-02 01:30") == "2025-11-02 07:30:00"
    assert instant(EDMONTON, "2025-11-02 02:00") == "2025-11-02 09:00:00"


def test_a_skipped_hour_is_read_as_if_the_clocks_had_not_changed() -> None:
    """02:30 in the night when the clocks go forward is half an hour after what would have been two o'clock."""
    assert instant(EDMONTON, "2026-03-08 02:30") == "2026-03-08 09:30:00"
    assert wall(EDMONTON, instant(EDMONTON, "2026-03-08 02:30")) == "2026-03-08 03:30:00"


def test_clock_changes_are_named() -> None:
    """In a year New York skips an hour of wall time and repeats one."""
    found = zone(NEW_YORK).clock_changes(at("2026-01-01"), at("2026-12-31"))
    assert [(str(one.start), str(one.end), one.is_repeated) for one in found] == [
        ("2026-03-08 02:00:00", "2026-03-08 03:00:00", False),
        ("2026-11-01 01:00:00", "2026-11-01 02:00:00", True),
    ]


def test_the_unknown_stays_unknown() -> None:
    """A missing time is missing in every zone."""
    nothing = pl.lit(None, dtype=pl.Datetime("us"))
    assert pl.select(zone(EDMONTON).local(nothing)).item() is None
    assert pl.select(zone(EDMONTON).utc(nothing)).item() is None


@pytest.mark.parametrize("key", ["America/Spruce_Grove", "Mars", "", "America"])
def test_an_unknown_zone_is_refused(key: str) -> None:
    """Only the names of the zone table are zones."""
    with pytest.raises(LookupError):
        zone(key)


@pytest.mark.parametrize("key", ["UTC", "Z", "utc", "Etc/UTC"])
def test_utc_has_many_names(key: str) -> None:
    """UTC is a zone whose clocks never change."""
    assert wall(key, "2026-06-01 12:00") == "2026-06-01 12:00:00"
