"""The office hours that a request took, as `records` shows them: from receipt to the reply, or to the as-of moment."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import invented
import oracle
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outside import AS_OF, SAMPLES, run

from cxaudit.days.calendar import Calendar
from cxaudit.elapsed import with_business_hours
from cxaudit.promises.table import Promises
from cxaudit.standards.model import Standards

EXAMPLES = settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
HOUR = 3_600_000_000
STANDARDS = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar:
  workweek: [Mon, Tue, Wed, Thu, Fri]
  office_hours: {Mon-Thu: "08:30-12:00, 13:00-16:30", Fri: "08:30-12:00"}
  closed: {2025-10-13: Thanksgiving}
  open: [2025-10-18]
  part_days: {2025-10-15: "10:00-11:00", 2025-10-18: "09:00-10:00"}
standards:
  - effective: 2025-02-01
    source: Policy 1
    channels: {email: {within: 2 business days}}
  - effective: 2025-11-01
    source: Policy 2
    office_hours: {Mon-Fri: "07:00-19:00"}
    channels: {email: {within: 2 business days}}
exclude: [{column: status, in: [spam], because: no reply owed}]
"""


def hours(folder: Path, received: str, replied: str = "", *, status: str = "", as_of: str = "2025-11-28") -> str:
    """The cell `business_hours` of one request."""
    (folder / "standards.yaml").write_text(STANDARDS)
    lines = f"case_id,channel,received_at,replied_at,status\n1,email,{received},{replied},{status}\n"
    (folder / "log.csv").write_text(lines)
    (row,) = run("records", "log.csv", "--as-of", as_of, cwd=folder).rows
    return row["business_hours"]


def expected(town: Standards, request: oracle.Request, as_of: dt.date, *, is_excluded: bool) -> float | None:
    """The open time by a walk over the days, in hours with two decimals, half up."""
    found = None if is_excluded else oracle.promise_for(invented.city(town), request)
    if found is None or not isinstance(request.received, dt.datetime):
        return None
    has_reply = request.replied is not None and oracle.is_known(
        invented.city(town), request.replied, request.replied_utc, as_of
    )
    until = request.replied if has_reply else invented.as_of(as_of, town.timezone).local
    if not isinstance(until, dt.datetime):
        return None
    spent = oracle.open_time_between(invented.city(town), found[0].office_hours, request.received, until)
    exact = Decimal(spent // dt.timedelta(microseconds=1)) / HOUR
    return float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


@EXAMPLES
@given(invented.towns(), st.integers(0, 2**32))
def test_business_hours_are_what_a_plain_loop_says(town: Standards, seed: int) -> None:
    """Lunch gaps, part days, closed days and several versions: the open time of every request is that of a walk by hand."""
    log = invented.log(town, seed)
    as_of = invented.vantage(town, log, seed)
    judged = invented.judged(town, invented.frame(log), as_of)
    first, last = invented.FIRST - dt.timedelta(days=60), invented.FIRST + dt.timedelta(days=invented.N_DAYS + 90)
    calendar = Calendar(town.calendar, *Promises(town).reach(first, last))
    now = invented.as_of(as_of, town.timezone).local
    rows = with_business_hours(judged.lazy(), Promises(town), calendar, now).collect()
    # A request after the as-of moment is outside the run, and no row of it is ever shown.
    is_shown = (rows["received_at"] <= now).to_list()
    excluded = rows["excluded"].is_not_null().to_list()
    said = rows["business_hours"].round(2).to_list()
    for request, mine, out, shown in zip(log, said, excluded, is_shown, strict=True):
        assert not shown or mine == expected(town, request, as_of, is_excluded=out), request


@pytest.mark.parametrize(
    ("received", "replied", "cell"),
    [
        ("2025-10-06 09:00", "2025-10-06 10:00", "1.00"),
        ("2025-10-06 11:00", "2025-10-06 14:00", "2.00"),  # lunch
        ("2025-10-06 12:15", "2025-10-06 12:45", "0.00"),
        ("2025-10-06 16:00", "2025-10-07 09:00", "1.00"),
        ("2025-10-10 08:30", "2025-10-14 08:30", "3.50"),  # Friday morning, the weekend, Thanksgiving
        ("2025-10-10 17:00", "2025-10-13 23:00", "0.00"),
        ("2025-10-14 16:30", "2025-10-16 08:30", "1.00"),  # a part day
        ("2025-10-17 12:00", "2025-10-20 08:30", "1.00"),  # a Saturday that is worked
        ("2025-10-06 00:00", "2025-10-07 00:00", "7.00"),
    ],
)
def test_only_open_time_counts(tmp_path: Path, received: str, replied: str, cell: str) -> None:
    """Gaps, nights, closed days and the other half of a part day take no time."""
    assert hours(tmp_path, received, replied) == cell


@pytest.mark.parametrize(
    ("replied", "cell"),
    [
        ("2025-10-06 09:00:17", "0.00"),
        ("2025-10-06 09:00:18", "0.01"),
        ("2025-10-06 09:00:53", "0.01"),
        ("2025-10-06 09:00:54", "0.02"),
        ("2025-10-06 09:20:00", "0.33"),
        ("2025-10-06 09:40:00", "0.67"),
    ],
)
def test_half_a_hundredth_is_rounded_up(tmp_path: Path, replied: str, cell: str) -> None:
    """A hundredth of an hour is 36 seconds: 18 seconds are one, and so are 53."""
    assert hours(tmp_path, "2025-10-06 09:00", replied) == cell


def test_an_unanswered_request_is_as_old_as_the_as_of_moment(tmp_path: Path) -> None:
    """Pending or overdue, it has used the open time so far; a reply after the moment has not happened."""
    received = "2025-10-06 15:30"
    assert hours(tmp_path, received, as_of="2025-10-07 09:30") == "2.00"
    assert hours(tmp_path, received, as_of="2025-10-06") == "1.00"
    assert hours(tmp_path, received, "2025-10-07 16:30", as_of="2025-10-07 09:30") == "2.00"
    assert hours(tmp_path, received, as_of="2025-10-09 16:30") == "22.00"


@pytest.mark.parametrize(
    ("received", "replied", "status"),
    [
        ("2025-10-06", "2025-10-06 10:00", ""),
        ("2025-10-06 09:00", "2025-10-07", ""),
        ("2025-10-06", "", ""),
        ("2025-10-06 09:00", "2025-10-06 10:00", "spam"),
        ("2025-10-06 09:00", "2025-10-06 08:00", ""),
        ("2025-01-06 09:00", "2025-01-06 10:00", ""),
    ],
    ids=["received on a day", "answered on a day", "open since a day", "no reply owed", "answered before", "too early"],
)
def test_what_is_not_known_is_empty(tmp_path: Path, received: str, replied: str, status: str) -> None:
    """A date without a time has no hours, and neither has a request that is not judged; missing is never zero."""
    assert hours(tmp_path, received, replied, status=status) == ""


def test_the_office_hours_in_force_on_receipt_count(tmp_path: Path) -> None:
    """A request of October is measured by October's hours to its end, one of November by the longer new ones."""
    assert hours(tmp_path, "2025-10-30 16:30", "2025-11-03 19:00") == "10.50"
    assert hours(tmp_path, "2025-11-03 07:00", "2025-11-04 07:00") == "12.00"


def test_the_rounded_hours_of_the_samples_have_two_decimals() -> None:
    """Every cell of every sample is empty or has two decimals; JSON has the same as numbers."""
    rows = run("records", SAMPLES, *AS_OF, "--format", "csv").rows
    cells = [row["business_hours"] for row in rows]
    assert all(cell == "" or cell[-3] == "." for cell in cells)
    assert {"", "0.00"} < set(cells)
    numbers = [row["business_hours"] for row in run("records", SAMPLES, *AS_OF, "--format", "json").json]
    assert numbers == [float(cell) if cell else None for cell in cells]


def test_the_filter_does_not_change_the_hours() -> None:
    """One request listed alone has the hours that it has in the whole list."""
    whole = {row["case_id"]: row for row in run("records", SAMPLES, *AS_OF).rows}
    late = run("records", SAMPLES, *AS_OF, "--verdict", "late").rows
    assert len(late) == 14
    assert all(row == whole[row["case_id"]] for row in late)


def test_without_office_hours_there_are_none(tmp_path: Path) -> None:
    """Where the standards file does not say when the office is open, the column is empty."""
    (tmp_path / "standards.yaml").write_text(
        "version: 1\norganisation: Town\ntimezone: UTC\ncalendar: {workweek: [Mon]}\n"
        "standards: [{effective: 2025-01-01, source: A, channels: {email: {within: 2 business days}}}]\n"
    )
    (tmp_path / "log.csv").write_text(
        "case_id,channel,received_at,replied_at\n1,email,2025-10-06 09:00,2025-10-06 10:00\n"
    )
    (row,) = run("records", "log.csv", "--as-of", "2025-10-31", cwd=tmp_path).rows
    assert (row["verdict"], row["business_hours"]) == ("met", "")


@pytest.mark.parametrize("as_of", ["2025-11-02T08:30:00Z", "2025-11-02T08:50:00Z"])
def test_an_answered_request_has_its_hours_whenever_it_is_looked_at(tmp_path: Path, as_of: str) -> None:
    """Also where the clock of the as-of moment, in the hour that repeats, is before that of the reply."""
    (tmp_path / "standards.yaml").write_text(
        "version: 1\norganisation: Town\ntimezone: America/Edmonton\n"
        'calendar: {workweek: [Mon, Tue, Wed, Thu, Fri, Sat, Sun], office_hours: "00:00-24:00"}\n'
        "standards: [{effective: 2025-01-01, source: A, channels: {voicemail: {within: 24 hours}}}]\n"
    )
    (tmp_path / "log.csv").write_text(
        "case_id,channel,received_at,replied_at\n2,voicemail,2025-11-01T07:50:00Z,2025-11-02T07:50:00Z\n"
    )
    (row,) = run("records", "log.csv", "--as-of", as_of, cwd=tmp_path).rows
    assert (row["verdict"], row["business_hours"]) == ("met", "24.00")
