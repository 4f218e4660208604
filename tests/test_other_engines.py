"""Worked examples of other engines: due times and elapsed times that they document, test or were corrected to.

The examples are other people's and lie outside the project, in a file beside the checkout; without it there is nothing to
compare with. `office_hours` is `mon-fri 09:00-12:00,13:00-17:00; sat 10:00-14:00`, days without hours are business days
without any; `holidays` are dates, `date=hh:mm-hh:mm` is a part day.
"""

from __future__ import annotations

import csv
import datetime as dt

import invented
import polars as pl
import pytest
from outside import TOP

from cxaudit.days.calendar import Calendar
from cxaudit.days.office_hours import OpenTime
from cxaudit.days.zones import zone
from cxaudit.judge import judge_requests
from cxaudit.promises.table import Promises
from cxaudit.standards.model import CalendarSettings, Counting, DayZero, OfficeHours, Promise, Segment, Version
from cxaudit.standards.values import parse_day_ends, parse_segments, parse_weekdays, parse_within

EXAMPLES = TOP.parent / "shared" / "data" / "due_examples.csv"
DAY_ZEROS: dict[str, DayZero] = {
    "": "day_received", "day_received": "day_received", "next_business_day": "next_business_day",
    "next_opening": "next_opening",
}  # fmt: skip
Row = dict[str, str]


def rows() -> list[Row]:
    if not EXAMPLES.exists():
        return []
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def office(row: Row) -> tuple[CalendarSettings, OfficeHours]:
    """The calendar and the office hours of an example."""
    by_weekday: list[tuple[Segment, ...]] = [()] * 7
    workweek = set()
    for part in row["office_hours"].split(";"):
        days, _, hours = part.strip().partition(" ")
        for weekday in [day for name in days.split("/") for day in parse_weekdays(name)]:
            workweek.add(weekday)
            by_weekday[weekday] = parse_segments(hours) if hours else ()
    named = [one.partition("=") for one in row["holidays"].split(";") if one]
    closed = {dt.date.fromisoformat(day): "holiday" for day, _, hours in named if not hours}
    part_days = {dt.date.fromisoformat(day): parse_segments(hours) for day, _, hours in named if hours}
    return CalendarSettings(None, frozenset(workweek), closed, frozenset(), part_days), OfficeHours(tuple(by_weekday))


def moment(text: str, timezone: str) -> tuple[dt.datetime, dt.datetime | None]:
    """A moment as the clocks show it, and its instant where the example gives one."""
    at = dt.datetime.fromisoformat(text)
    if at.tzinfo is None:
        return at, None
    return zone(timezone).to_local(at), at.astimezone(dt.UTC).replace(tzinfo=None)


def judged(row: Row) -> dict[str, dt.datetime | int]:
    """The example as a request by e-mail, judged by the program."""
    settings, hours = office(row)
    counting = Counting(DAY_ZEROS[row["day_zero"]], parse_day_ends(row["day_ends"] or "midnight"))
    promise = Promise("email", None, parse_within(row["within"] or "1 business day"), None, "")
    version = Version(dt.date(1900, 1, 1), "", (promise,), counting, hours)
    promises = Promises(invented.standards(settings, (version,), row["timezone"]))
    received, instant = moment(row["received"], row["timezone"])
    replied, replied_instant = moment(row["replied"], row["timezone"]) if row["replied"] else (None, None)
    frame = pl.LazyFrame(
        {
            "channel": ["email"], "department": [None], "is_exempt": [False],
            "received_at": [received], "received_is_date": [len(row["received"]) == 10], "received_utc": [instant],
            "replied_at": [replied], "replied_is_date": [len(row["replied"]) == 10], "replied_utc": [replied_instant],
        },
        schema_overrides={
            "channel": pl.Categorical(), "department": pl.Categorical(), "replied_at": pl.Datetime("us"),
            "received_utc": pl.Datetime("us"), "replied_utc": pl.Datetime("us"),
        },
    )  # fmt: skip
    until = replied or received
    calendar = Calendar(settings, *promises.reach(received.date(), until.date()))
    as_of = invented.as_of(until + dt.timedelta(days=1), row["timezone"])
    found = judge_requests(frame, promises, calendar, zone(row["timezone"]), as_of).collect()
    assert found["excluded"].to_list() == [None]
    return found.row(0, named=True)


def open_seconds(row: Row) -> float:
    """The open time of an example, from receipt to reply."""
    settings, hours = office(row)
    start, end = (moment(row[name], row["timezone"])[0] for name in ("received", "replied"))
    line = OpenTime(Calendar(settings, start.date() - dt.timedelta(days=7), end.date() + dt.timedelta(days=7)), hours)
    spent: int = pl.select(spent=line.elapsed(pl.lit(end)) - line.elapsed(pl.lit(start))).item()
    return spent / 1_000_000


NONE = pytest.param(
    {}, id="none", marks=pytest.mark.skip(f"the examples of other engines are not in {EXAMPLES.parent}")
)


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in rows()] or [NONE])
def test_another_engine_says_the_same(row: Row) -> None:
    """What another engine documents for its own settings comes out under the same settings here."""
    match row["kind"]:
        case "due":
            assert judged(row)["due_at"] == moment(row["expected"], row["timezone"])[0]
        case "due_date":
            due = judged(row)["due_at"]
            assert isinstance(due, dt.datetime)
            assert due.date() == dt.date.fromisoformat(row["expected"])
        case "elapsed_business_seconds":
            assert open_seconds(row) == float(row["expected"])
        case "elapsed_business_days":
            assert judged(row)["business_days"] == int(row["expected"])
        case kind:
            pytest.fail(f"an example of an unknown kind: {kind}")
