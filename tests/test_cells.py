"""What stands for one time: a date and its time of day in two columns, a duration, a zone's name, a source's sign for never."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
from outside import run

from cxaudit.days.zones import zone
from cxaudit.intake.arrival import take_in
from cxaudit.intake.opening import Wanted
from cxaudit.intake.sorting import Arrived
from cxaudit.recognise.cells import duration
from cxaudit.recognise.zone_names import contradicts_zone, heed_zone_name
from cxaudit.standards import loads

EDMONTON = zone("America/Edmonton")
TOWN = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}
standards:
  - effective: 2019-01-01
    source: Policy 1
    channels: {email: {within: 2 business days}, letter: {title: Letter, within: 5 business days}}
sources:
  desk:
    header: [No, Day]
    columns:
      case_id: No
      received_at: {column: Day, time: Clock}
      replied_at: [Answered, {column: Minutes, reply_basis: minutes}, {column: Hours, reply_basis: minutes, unit: hours},
        {column: Days, reply_basis: minutes, unit: days}]
      channel: Way
    channels: {letter: [Mail, POST]}
    missing: ["0"]
"""


@dataclass(frozen=True)
class Table(Arrived):
    """A table with its requests at hand."""

    requests: pl.DataFrame = field(default_factory=pl.DataFrame)


def arrive(folder: Path, text: str) -> Table:
    path = folder / "desk.csv"
    path.write_text(text, encoding="utf-8")
    rules = loads(TOWN, "standards.yaml")
    log = take_in({path: path.name}, rules, EDMONTON, Wanted(roles=("case_id", "channel"), channel="email"))
    return Table(**vars(log.tables[0]), requests=log.rows.collect())


def times(arrived: Table, role: str = "received") -> list[tuple[str | None, bool]]:
    rows = arrived.requests.select(pl.col(f"{role}_at").dt.to_string("%Y-%m-%d %H:%M:%S"), f"{role}_is_date").rows()
    return [(at, is_date) for at, is_date in rows]


def test_a_date_and_its_time_of_day_may_stand_in_two_columns(tmp_path: Path) -> None:
    """A midnight that only fills the date's cell, and a day that only fills the time's, say nothing."""
    found = arrive(
        tmp_path,
        "No,Day,Clock,Answered\n1,10/13/2025,4:50 PM,\n2,10/13/2025 12:00:00 AM,1899-12-31 08:05 AM,0\n3,10/14/2025,,\n",
    )
    assert times(found) == [
        ("2025-10-13 16:50:00", False),
        ("2025-10-13 08:05:00", False),
        ("2025-10-14 00:00:00", True),
    ]
    assert times(found, "replied") == [(None, False)] * 3


def test_a_time_of_day_without_its_date_is_no_receipt(tmp_path: Path) -> None:
    """Half a moment is none."""
    found = arrive(tmp_path, "No,Day,Clock,Answered\n1,2025-10-13,16:50,\n2,,16:50,2025-10-14\n")
    assert found.rejects.select("row", "code").rows() == [(3, "no_received")]


def test_a_header_in_the_middle_is_no_data(tmp_path: Path) -> None:
    """Two pages pasted together, with a date in two columns."""
    text = "No,Day,Clock\n1,2025-10-13,16:50\nNo,Day,Clock\n2,2025-10-14,16:50\n"
    assert (arrive(tmp_path, text).fates.requests, arrive(tmp_path, text).fates.not_data) == (2, 1)


def test_minutes_tell_the_reply(tmp_path: Path) -> None:
    """The reply came so many minutes after the receipt, in real time: the hour that the clocks repeat counts twice."""
    found = arrive(
        tmp_path,
        "No,Day,Minutes\n1,2025-10-13 16:50,70\n2,2025-11-02 00:30,120\n3,2025-10-13 16:50,\n4,2025-10-13 16:50,1.5\n",
    )
    replies = ["2025-10-13 18:00:00", "2025-11-02 01:30:00", None, "2025-10-13 16:51:30"]
    assert times(found, "replied") == [(at, False) for at in replies]
    assert found.source.layout.reply_basis == "minutes"


def test_hours_tell_it_too_and_instants_stay_instants(tmp_path: Path) -> None:
    """`Z` and a duration give the reply's instant."""
    found = arrive(tmp_path, "No,Day,Hours\n1,2025-11-02T07:30:00Z,1.5\n")
    assert found.requests["replied_utc"].to_list() == [dt.datetime(2025, 11, 2, 9)]
    assert times(found, "replied") == [("2025-11-02 02:00:00", False)]


def test_a_duration_needs_a_moment_to_start_from(tmp_path: Path) -> None:
    """From a date without a time of day nobody knows when ninety minutes later is; nor what `soon` means."""
    found = arrive(tmp_path, "No,Day,Minutes\n1,2025-10-13,90\n2,2025-10-13 09:00,soon\n3,2025-10-13,\n")
    assert found.rejects.select("row", "code", "value").rows() == [
        (2, "receipt_without_time", "2025-10-13"), (3, "unreadable_reply", "soon"),
    ]  # fmt: skip


def test_whole_days_lead_from_a_date_to_a_date(tmp_path: Path) -> None:
    """Three days after the 10th is the 13th; a day and a half after a date is nobody's knowledge, after a moment it is."""
    found = arrive(
        tmp_path,
        "No,Day,Days\n1,2025-10-10,3\n2,2025-10-10,1\n3,2025-10-10,1.5\n4,2025-10-10 09:00,1.5\n5,2025-10-10,\n",
    )
    assert times(found, "replied") == [
        ("2025-10-13 00:00:00", True), ("2025-10-11 00:00:00", True), ("2025-10-11 21:00:00", False), (None, False),
    ]  # fmt: skip
    assert found.rejects.select("row", "code", "value").rows() == [(4, "receipt_without_time", "2025-10-10")]
    instants = arrive(tmp_path, "No,Day,Days\n1,2025-10-10T16:00:00Z,1\n")
    assert times(instants, "replied") == [("2025-10-11 10:00:00", False)]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90),
        ("1,440", 1440),
        ("1,440,000.5", 1440000.5),
        ("1440,5", 1440.5),
        ("24,75", 24.75),
        ("0,125", 0.125),
        ("1,23,4", None),
        ("1,2345.6", None),
        ("0.5", 0.5),
        ("1:30", 90),
        ("26:00:30", 1560.5),
        ("-5", None),
        ("1:75", None),
        ("x", None),
    ],
)
def test_how_durations_are_written(text: str, minutes: float | None) -> None:
    """A number of minutes, or hours with minutes and seconds; nothing came before it was asked."""
    expected = None if minutes is None else dt.timedelta(minutes=minutes)
    assert pl.select(duration(pl.lit(text), "minutes")).item() == expected


@pytest.mark.parametrize(
    ("text", "hours"),
    [("24,75", 24.75), ("24,125", None), ("24.125", 24.125), ("1,440.50", 1440.5), ("12,345,678", 12_345_678)],
)
def test_a_comma_before_three_decimals_is_not_guessed(text: str, hours: float | None) -> None:
    """Of hours nobody knows whether it parts thousands or decimals."""
    expected = None if hours is None else dt.timedelta(hours=hours)
    assert pl.select(duration(pl.lit(text), "hours")).item() == expected


def test_a_time_of_day_may_be_a_part_of_the_day(tmp_path: Path) -> None:
    """So a workbook tells it where the cell has no format; or with its date once more, but not with another one."""
    found = arrive(
        tmp_path,
        "No,Day,Clock,Answered\n1,2025-10-13,0.5,\n2,2025-10-13,.70138889,\n3,2025-10-13,2025-10-13 16:50,\n"
        "4,2025-10-13,08:05,\n5,2025-10-13,0.99999999,\n"
        + "".join(f"{i},2025-10-13,09:00,\n" for i in range(6, 20))
        + "20,2025-10-13,2025-10-14 16:50,\n",
    )
    assert [at for at, _ in times(found)][:5] == [
        f"2025-10-13 {time}" for time in ("12:00:00", "16:50:00", "16:50:00", "08:05:00", "23:59:59")
    ]
    assert found.rejects.select("row", "code").rows() == [(21, "unreadable_received")]


def test_midnight_may_be_a_part_of_the_day_too(tmp_path: Path) -> None:
    """Nothing has passed of it, or next to nothing; and a decimal comma is one."""
    found = arrive(
        tmp_path, 'No,Day,Clock\n1,2025-10-13,6.000000000000001e-05\n2,2025-10-13,"0,375"\n3,2025-10-13,0.375\n'
    )
    assert [at for at, _ in times(found)] == ["2025-10-13 00:00:05", "2025-10-13 09:00:00", "2025-10-13 09:00:00"]


def test_a_closing_may_be_told_in_hours(tmp_path: Path) -> None:
    """Added to the time of receipt; without one nobody knows when it was."""
    (tmp_path / "s.yaml").write_text(
        TOWN.split("sources:", maxsplit=1)[0]
        + "sources: {clo: {header: [No, Took], channel: email, columns: {case_id: No, received_at: Day, "
        "replied_at: Answered, closed_at: {column: Took, unit: hours}}}}\n"
    )
    (tmp_path / "log.csv").write_text(
        "No,Day,Answered,Took\n1,2025-03-03 20:00,,10\n2,2025-03-03 10:00,,30\n3,2025-03-03,,30\n"
    )
    found = run("records", "log.csv", "--standards", "s.yaml", "--as-of", "2025-03-31", cwd=tmp_path)
    assert [row["replied_at"] for row in found.rows] == ["2025-03-04 06:00:00", "2025-03-04 16:00:00"]
    assert "receipt_without_time (1)" in found.err


def test_dates_alone_are_no_midnights(tmp_path: Path) -> None:
    """Ten dates without a time, and one time that cannot be read, say nothing of midnights."""
    dates = "".join(f"{i},2025-10-01,\n" for i in range(2, 14))
    found = arrive(tmp_path, f"No,Day,Answered\n1,2025-02-30 09:00,\n{dates}14,2025-10-02 00:00,\n")
    assert "only_midnight" not in {finding.code for finding in found.findings}


def test_a_closing_may_be_told_by_how_many_days_it_took(tmp_path: Path) -> None:
    """Where the day itself is not there; it is a day and no moment."""
    (tmp_path / "kc.csv").write_text(
        "CASE ID,SOURCE,DEPARTMENT,CREATION DATE,CREATION TIME,STATUS,EXCEEDED EST TIMEFRAME,CLOSED DATE,DAYS TO CLOSE\n"
        "1,EMAIL,PW,10/14/25,09:00 AM,RESOL,N,10/15/25,1\n2,EMAIL,PW,10/14/25,09:00 AM,RESOL,N,,3\n"
        "3,EMAIL,PW,10/14/25,09:00 AM,OPEN,N,,\n4,EMAIL,PW,10/14/25,09:00 AM,RESOL,N,,0\n"
        "5,EMAIL,PW,10/14/25,09:00 AM,RESOL,N,,x\n"
    )
    found = run("records", "kc.csv", "--as-of", "2025-10-31", cwd=tmp_path)
    assert [(row["case_id"], row["replied_at"], row["verdict"]) for row in found.rows] == [
        ("1", "2025-10-15", "met"), ("2", "2025-10-17", "late"), ("3", "", "overdue"), ("4", "2025-10-14", "met")
    ]  # fmt: skip
    assert (
        'unreadable_reply (1): the reply time cannot be read; it is never taken for no reply\n  kc.csv, row 6: "x"'
        in found.err
    )
    shown = run("explain", "kc.csv", "--case", "2", "--as-of", "2025-10-31", "--format", "table", cwd=tmp_path)
    assert "DAYS TO CLOSE" in shown.text


def test_a_source_may_call_channels_its_own_way(tmp_path: Path) -> None:
    """In a system that has both, mail is a letter; all other words are left alone."""
    found = arrive(
        tmp_path,
        "No,Day,Way\n1,2025-10-13,mail \n2,2025-10-13,Post\n3,2025-10-13,VM\n4,2025-10-13,Letter\n5,2025-10-13,\n",
    )
    assert found.requests["channel"].cast(str).to_list() == ["letter", "letter", "VM", "Letter", None]


@pytest.mark.parametrize(
    ("text", "local", "is_wrong"),
    [
        ("2025-10-13 08:30 MDT", "2025-10-13 08:30", False),
        ("2025-12-01 08:30 MDT", "2025-12-01 08:30", True),  # a label of the city's own zone, out of season
        ("2025-12-01 08:30 EST", "2025-12-01 06:30", True),  # another zone
        ("2026-12-01 08:30 CST", "2026-12-01 08:30", False),  # Alberta's clocks no longer go back
        ("2026-12-01 08:30 MST", "2026-12-01 08:30", True),
        ("2025-11-02 01:30 MST", "2025-11-02 01:30", False),  # the second of two
        ("2025-11-02 01:30 MDT", "2025-11-02 01:30", False),
        ("2025-12-01 08:30", "2025-12-01 08:30", False),
    ],
)
def test_a_zones_name_is_checked_against_the_city(text: str, local: str, is_wrong: bool) -> None:
    """A name of the city's own zone is a label, the name of another zone moves the time."""
    wall = pl.lit(dt.datetime.fromisoformat(text[:16])).cast(pl.Datetime("us"))
    found = pl.select(
        heed_zone_name(wall, pl.lit(text), EDMONTON).alias("local"),
        contradicts_zone(wall, pl.lit(text), EDMONTON).alias("wrong"),
    )
    assert found.row(0) == (dt.datetime.fromisoformat(local), is_wrong)


def test_a_wrong_zones_name_is_a_finding(tmp_path: Path) -> None:
    """Its rows are named, and the values with them."""
    found = arrive(tmp_path, "No,Day,Answered\n1,2025-12-01 08:30 MDT,\n2,2025-12-01 08:30 MST,\n")
    (finding,) = (one for one in found.findings if one.code == "zone_name")
    assert (finding.n, finding.rows, finding.values) == (1, (2,), ("2025-12-01 08:30 MDT",))


def test_a_column_that_knows_only_midnight_is_a_finding(tmp_path: Path) -> None:
    """Dates written with a time of day: pointed out, unless the source says that midnight stands for a date."""
    days = [f"{i},2025-10-{i:02} 09:{i:02},2025-10-{i + 1:02} 00:00:00" for i in range(1, 15)]
    found = arrive(tmp_path, "\n".join(["No,Day,Answered", *days]))
    (finding,) = (one for one in found.findings if one.code == "only_midnight")
    assert finding.message.startswith('every time in "Answered" is midnight')
    timed = arrive(tmp_path, "\n".join(["No,Day,Answered", *days, "15,2025-10-15 09:00,2025-10-16 00:01:00"]))
    assert [one for one in timed.findings if one.code == "only_midnight"] == []
