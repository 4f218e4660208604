"""Verdicts: the program against a plain loop, against worked examples, and against what must hold of any log."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import holidays
import invented
import oracle
import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxaudit.standards import Standards, load, loads
from cxaudit.standards.model import (
    CalendarSettings,
    Counting,
    HolidaySource,
    OfficeHours,
    Promise,
    Unit,
    Version,
    Within,
)
from cxaudit.tally.counts import nearest_rank

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
EXAMPLES = settings(max_examples=100, suppress_health_check=SLOW)
FEWER = settings(EXAMPLES, max_examples=25)
SEEDS = st.integers(0, 2**32)
CASES = yaml.load((Path(__file__).parent / "cases" / "judging.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)
OFFICE = OfficeHours(tuple(((30600, 59400),) if day < 5 else () for day in range(7)))
WEEK = CalendarSettings(None, frozenset(range(5)), {}, frozenset(), {})
END = dt.date(2026, 12, 31)


def expected(town: Standards, request: oracle.Request, as_of: dt.date) -> oracle.Judgement:
    said = oracle.judge(invented.city(town), request, as_of)
    return dataclasses.replace(said, due=None) if said.excluded else said


def verdicts(town: Standards, log: list[oracle.Request], as_of: dt.date) -> list[str]:
    return [one.verdict for one in invented.judgements(invented.judged(town, invented.frame(log), as_of))]


def town_with(n: int, unit: Unit, timezone: str = "UTC", **more: Any) -> Standards:
    """A town that promises one thing by e-mail, on a plain week."""
    promise = Promise("email", None, Within(n, unit, f"{n} {unit}"), None, "")
    settings_of: dict[str, Any] = {"counting": Counting(), "office_hours": OFFICE, "calendar": WEEK} | more
    version = Version(dt.date(2000, 1, 1), "", (promise,), settings_of["counting"], settings_of["office_hours"])
    return invented.standards(settings_of["calendar"], (version,), timezone)


def judged_one(town: Standards, request: oracle.Request, as_of: dt.date = END) -> oracle.Judgement:
    (said,) = invented.judgements(invented.judged(town, invented.frame([request]), as_of))
    return said


@EXAMPLES
@given(invented.towns(), SEEDS)
def test_the_program_says_what_a_plain_loop_says(town: Standards, seed: int) -> None:
    """Every request of any log gets the due time, verdict and days that counting by hand gives."""
    log = invented.log(town, seed)
    as_of = invented.vantage(town, log, seed)
    found = invented.judgements(invented.judged(town, invented.frame(log), as_of))
    for request, said in zip(log, found, strict=True):
        assert said == expected(town, request, as_of), request


# Worked examples


def case_standards(case: dict[str, str]) -> Standards:
    text = CASES["standards"].replace("DAY_ZERO", case.get("day_zero", "day_received"))
    return loads(text.replace("DAY_ENDS", case.get("day_ends", "midnight")).replace("WITHIN", case["within"]), "cases")


def moment(text: str | None) -> dt.date | None:
    if text is None or ":" in text:
        return None if text is None else dt.datetime.fromisoformat(text)
    return dt.date.fromisoformat(text)


def case_request(case: dict[str, str]) -> oracle.Request:
    received = moment(case["received"])
    assert received is not None
    return oracle.Request(
        received, moment(case.get("replied")), case.get("channel", "email"), is_exempt="exempt" in case
    )


def as_case(said: oracle.Judgement) -> dict[str, str]:
    """A judgement as a clerk writes it."""
    due = said.due.replace(microsecond=0) if isinstance(said.due, dt.datetime) else said.due
    shown = {
        "due": due, "verdict": said.excluded or said.verdict, "business_days": said.business_days,
        "over": said.business_days_over,
    }  # fmt: skip
    return {name: str(value) for name, value in shown.items() if value is not None}


@pytest.mark.parametrize("entry", CASES["cases"], ids=lambda entry: entry["says"])
def test_worked_examples(entry: dict[str, Any]) -> None:
    """The cases of `cases/judging.yaml`, each of which says its own fact."""
    case = entry["case"]
    as_of = moment(case["as_of"])
    assert as_of is not None
    said = as_case(judged_one(case_standards(case), case_request(case), as_of))
    wanted = {name: case[name] for name in ("due", "verdict", "business_days", "over") if name in case}
    assert {name: value for name, value in said.items() if name in wanted or name != "due"} == wanted


@pytest.mark.parametrize("entry", CASES["cases"], ids=lambda entry: entry["says"])
def test_the_oracle_knows_the_worked_examples(entry: dict[str, Any]) -> None:
    """The plain loop that the program is held against gives the answers of the clerk."""
    case = entry["case"]
    standards, as_of = case_standards(case), moment(case["as_of"])
    assert as_of is not None
    alberta = holidays.country_holidays("CA", subdiv="AB", categories=("public", "optional"), years=range(2025, 2028))
    city = dataclasses.replace(invented.city(standards), holidays=frozenset(alberta), years=range(1867, 2101))
    said = as_case(oracle.judge(city, case_request(case), as_of))
    wanted = {name: case[name] for name in ("due", "verdict", "business_days", "over") if name in case}
    assert {name: value for name, value in said.items() if name in wanted or name != "due"} == wanted


def test_the_example_of_the_policy() -> None:
    """By the shipped standards an e-mail of Friday before Thanksgiving 2025 is due on Wednesday, in any case by midnight."""
    received = dt.datetime(2025, 10, 10, 16, 50)
    said = judged_one(load(), oracle.Request(received, dt.datetime(2025, 10, 15, 23, 59, 59)))
    assert (said.verdict, said.due) == ("met", dt.datetime(2025, 10, 15, 23, 59, 59, 999999))


# What holds of any log


@FEWER
@given(invented.towns(zones=("UTC",)), SEEDS)
def test_a_request_received_later_is_not_due_earlier(town: Standards, seed: int) -> None:
    """Under one promise the due day only ever moves later with the receipt; so does the due time, with one exception.

    Where a weekend counts as no time but its clock does, Saturday 20:00 falls due on Monday 20:00, Sunday 09:00 before it.
    """
    counting = [version.counting for version in town.versions for _ in version.promises]
    found = invented.judged(town, invented.frame(invented.log(town, seed, 200)), END)
    timed = found.filter(~pl.col("received_is_date")).drop_nulls(["promise", "due_at"])
    for (promise,), one in timed.sort("received_at").group_by("promise"):
        assert one["due_at"].dt.date().is_sorted()
        rule = counting[int(str(promise))]
        assert (rule.day_ends == "same_time" and rule.day_zero != "next_opening") or one["due_at"].is_sorted()


@FEWER
@given(invented.towns(), SEEDS, invented.dates())
def test_one_more_closed_day_makes_nothing_due_earlier(town: Standards, seed: int, day: dt.date) -> None:
    """Closing the office on a day moves due times later or not at all."""
    calendar = town.calendar
    closed = dataclasses.replace(calendar, closed={**calendar.closed, day: "one more"})
    rows = invented.frame(invented.log(town, seed)).filter(~pl.col("received_is_date"))
    before = invented.judged(town, rows, END)["due_at"]
    after = invented.judged(dataclasses.replace(town, calendar=closed), rows, END)["due_at"]
    assert (after >= before).fill_null(True).all()


@FEWER
@given(invented.towns(), SEEDS, st.timedeltas(dt.timedelta(0), dt.timedelta(days=30)))
def test_a_later_reply_never_makes_a_miss_good(town: Standards, seed: int, delay: dt.timedelta) -> None:
    """Had the reply come later, what was missed would be missed still."""
    log = [one for one in invented.log(town, seed) if isinstance(one.replied, dt.datetime)]
    log = [invented.with_reply(one, one.replied) for one in log]
    later = [invented.with_reply(one, one.replied + delay) for one in log if one.replied]
    pairs = zip(verdicts(town, log, END), verdicts(town, later, END), strict=True)
    assert not [pair for pair in pairs if pair[0] in {"late", "overdue"} and pair[1] == "met"]


@FEWER
@given(invented.towns(zones=("UTC",)), SEEDS)
def test_the_due_instant_is_in_time_and_a_second_later_is_late(town: Standards, seed: int) -> None:
    """A deadline is inclusive."""
    log = [dataclasses.replace(one, is_exempt=False, received_utc=None) for one in invented.log(town, seed)]
    log = [invented.with_reply(one, None) for one in log]
    dues = [expected(town, one, END).due for one in log]
    timed = [(one, due) for one, due in zip(log, dues, strict=True) if isinstance(due, dt.datetime)]
    timed = [(one, due) for one, due in timed if isinstance(one.received, dt.datetime) and due >= one.received]
    second = dt.timedelta(seconds=1)
    assert set(verdicts(town, [invented.with_reply(one, due) for one, due in timed], END)) <= {"met"}
    assert set(verdicts(town, [invented.with_reply(one, due + second) for one, due in timed], END)) <= {"late"}


@FEWER
@given(invented.towns(), SEEDS)
def test_the_order_of_the_rows_does_not_matter(town: Standards, seed: int) -> None:
    """Shuffled rows get the same verdicts, each its own."""
    rows = invented.frame(invented.log(town, seed)).with_row_index("id")
    shuffled = rows.sample(fraction=1, shuffle=True, seed=seed % 1000)
    assert invented.judged(town, shuffled, END).sort("id").equals(invented.judged(town, rows, END))


def test_many_rows_are_judged_as_few_are() -> None:
    """A row gets the same verdict in a log of twenty thousand, in the same place."""
    town = case_standards({"within": "3 business hours", "day_zero": "next_opening"})
    few = invented.frame(invented.log(town, 1, 500)).with_row_index("id")
    many = pl.concat([few] * 40)
    assert invented.judged(town, many, END).equals(pl.concat([invented.judged(town, few, END)] * 40))


# Which standard


def test_the_standard_of_the_day_of_receipt_counts() -> None:
    """A request of 31 December is judged by the old promise, even if it is answered under the new one."""
    old, new = town_with(5, "days").versions[0], town_with(1, "days").versions[0]
    versions = (old, dataclasses.replace(new, effective=dt.date(2026, 1, 1)))
    town = dataclasses.replace(town_with(1, "days"), versions=versions)
    eve, morning = dt.datetime(2025, 12, 31, 23, 59, 59), dt.datetime(2026, 1, 1)
    found = [judged_one(town, oracle.Request(at)).due for at in (eve, morning)]
    assert [due and str(due)[:10] for due in found] == ["2026-01-05", "2026-01-02"]


def test_a_department_may_promise_more() -> None:
    """The own promise of a department beats that of the channel, on that channel only."""
    town = town_with(5, "days")
    (version,) = town.versions
    own = Promise("email", "Parks", Within(1, "days", "1 day"), None, "")
    letter = Promise("letter", None, Within(9, "days", "9 days"), None, "")
    town = dataclasses.replace(
        town, versions=(dataclasses.replace(version, promises=(*version.promises, own, letter)),)
    )
    at = dt.datetime(2025, 10, 1, 9)
    asked = [("email", "Parks"), ("email", "Roads"), ("email", None), ("letter", "Parks")]
    found = [judged_one(town, oracle.Request(at, None, *one)).due for one in asked]
    assert [due and str(due)[8:10] for due in found] == ["02", "06", "06", "10"]


# Clock changes, and the end of the calendar


@pytest.mark.parametrize(
    ("replied_utc", "verdict"), [(dt.datetime(2025, 11, 2, 7, 30), "met"), (dt.datetime(2025, 11, 2, 8, 10), "late")]
)
def test_an_hour_that_the_clocks_repeat_is_two_hours(replied_utc: dt.datetime, verdict: str) -> None:
    """An hour after 00:30, 01:30 comes; 01:10 comes forty minutes later, when the clocks have gone back."""
    town = town_with(1, "hours", "America/Edmonton")
    received, instant = dt.datetime(2025, 11, 2, 0, 30), dt.datetime(2025, 11, 2, 6, 30)
    replied = oracle.to_wall(invented.city(town), replied_utc)
    request = oracle.Request(received, replied, received_utc=instant, replied_utc=replied_utc)
    assert judged_one(town, request).verdict == verdict
    assert judged_one(town, dataclasses.replace(request, replied=None, replied_utc=None)).verdict == "overdue"


@pytest.mark.parametrize(
    ("n", "received", "replied_on", "verdict"),
    [
        (25, dt.datetime(2025, 11, 1, 23, 30), dt.date(2025, 11, 2), "excluded"),
        (24, dt.datetime(2026, 3, 7, 23, 59), dt.date(2026, 3, 8), "met"),
    ],
)
def test_a_day_on_which_the_clocks_change_has_23_or_25_hours(
    n: int, received: dt.datetime, replied_on: dt.date, verdict: str
) -> None:
    """A reply on some hour of a day of 25 hours may come later, and of 23 hours comes earlier, than 24 hours from midnight."""
    town = town_with(n, "hours", "America/Edmonton")
    request = oracle.Request(received, replied_on)
    assert judged_one(town, request).verdict == expected(town, request, END).verdict == verdict


LATE = dt.datetime(2100, 12, 31, 10)
EARLY = dt.datetime(2005, 3, 1, 10)
BEYOND = [
    ("CA", LATE, 2, "days"), ("CA", LATE, 24, "hours"), ("ES", EARLY, 2, "days"), ("ES", EARLY, 24, "hours"),
    ("ES", EARLY, 2, "business hours"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "received", "n", "unit"), BEYOND)
def test_a_date_without_holiday_data_is_outside_the_calendar(
    country: str, received: dt.datetime, n: int, unit: Unit
) -> None:
    """Outside the holiday data nothing is judged, in whatever unit it is promised: its age in business days is unknown."""
    source = HolidaySource(country, None, ("public",))
    town = town_with(n, unit, calendar=dataclasses.replace(WEEK, holidays=source))
    request = oracle.Request(received, received + dt.timedelta(hours=1))
    found = invented.judged(town, invented.frame([request]), received.date())
    assert found["excluded"].to_list() == ["outside_calendar"]
    assert found.with_columns(n=pl.lit(1)).select(nearest_rank(50)).item() is None


def test_the_calendar_reaches_as_far_as_the_promise_with_few_office_hours() -> None:
    """An office that opens for a quarter of an hour a week needs years for sixty business hours, not an excuse."""
    rare = OfficeHours((((32400, 33300),), *((),) * 6))
    monday = dataclasses.replace(WEEK, workweek=frozenset({0}))
    town = town_with(60, "business hours", office_hours=rare, calendar=monday)
    request = oracle.Request(dt.datetime(2025, 9, 20, 10))
    assert judged_one(town, request) == expected(town, request, END)
