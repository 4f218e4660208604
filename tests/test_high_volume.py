"""Declared periods of high volume: they never hide a miss; what they extend is shown with the figure without it beside."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path

import invented
import oracle
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outside import Outcome, run

from cxaudit.model import CheckRow
from cxaudit.promises.table import Promises
from cxaudit.standards.model import (
    CalendarSettings,
    Counting,
    DayEnds,
    HighVolume,
    OfficeHours,
    Promise,
    Standards,
    Unit,
    Version,
    Within,
)
from cxaudit.standards.values import parse_within
from cxaudit.tally.compliance import total_row
from cxaudit.tally.counts import tally_verdicts, with_cohort

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
EXAMPLES = settings(max_examples=18, suppress_health_check=SLOW)
FEWER = settings(EXAMPLES, max_examples=7)
SEEDS = st.integers(0, 2**32)
END = dt.date(2026, 12, 31)
MISSED = {"late", "overdue"}
OFFICE = OfficeHours(tuple(((30600, 59400),) if day < 5 else () for day in range(7)))
WEEK = CalendarSettings(None, frozenset(range(5)), {}, frozenset(), {})


@st.composite
def periods(draw: st.DrawFn, *, extends: bool | None = None) -> HighVolume:
    """A period of some weeks, for all or some; `extends`: always, never, or as it comes."""
    first = draw(invented.dates())
    last = first + dt.timedelta(days=draw(st.integers(0, 60)))
    some = st.lists(st.sampled_from(invented.DEPARTMENTS), max_size=1), st.lists(st.sampled_from(invented.CHANNELS))
    departments, channels = (tuple(draw(names)) for names in some)
    is_extension = draw(st.booleans()) if extends is None else extends
    by = draw(invented.withins()) if is_extension else None
    return HighVolume(
        first, last, departments, channels, "Billing", None, None, "extend" if by else "note", by, line=1, column=1
    )


@st.composite
def busy_towns(draw: st.DrawFn, *, extends: bool | None = None) -> Standards:
    """A town with one or two periods; where both cover a request, the first declared counts."""
    declared = tuple(draw(st.lists(periods(extends=extends), min_size=1, max_size=2)))
    return dataclasses.replace(draw(invented.towns()), high_volume=declared)


def without_periods(town: Standards) -> Standards:
    return dataclasses.replace(town, high_volume=())


def city(town: Standards) -> oracle.City:
    return dataclasses.replace(invented.city(town), high_volume=town.high_volume)


def total(town: Standards, rows: pl.DataFrame) -> CheckRow:
    """The figures over all judged requests, as `check` gets them."""
    as_of = invented.as_of(END, town.timezone)
    inside = with_cohort(rows.lazy().with_columns(table=pl.lit(0, dtype=pl.UInt32)), "due", as_of, None)
    tally = tally_verdicts(inside, ()).collect()
    return total_row(tally, (), Promises(town))


# The program against a plain loop


@EXAMPLES
@given(busy_towns(), SEEDS)
def test_extended_due_times_are_what_a_plain_loop_says(town: Standards, seed: int) -> None:
    """An extension moves the due time in its own unit, under every counting; the period is that of the receipt."""
    log = invented.log(town, seed)
    as_of = invented.vantage(town, log, seed)
    rows = invented.judged(town, invented.frame(log), as_of)
    places = {id(period): place for place, period in enumerate(town.high_volume)}
    for request, said, place in zip(log, invented.judgements(rows), rows["high_volume"], strict=True):
        expected = oracle.judge(city(town), request, as_of)
        assert said == (dataclasses.replace(expected, due=None) if expected.excluded else expected), request
        period = oracle.period_for(city(town), request)
        assert place == (None if period is None else places[id(period)])


@FEWER
@given(busy_towns(extends=True), SEEDS)
def test_the_verdict_without_the_extension_is_kept(town: Standards, seed: int) -> None:
    """Beside the extended verdict stand the verdict and the due time of the same request in a town without the period."""
    log = invented.log(town, seed)
    as_of = invented.vantage(town, log, seed)
    rows = invented.judged(town, invented.frame(log), as_of)
    plain = invented.judged(without_periods(town), invented.frame(log), as_of)
    assert rows["due_before_extension"].equals(plain["due_at"])
    both = rows["excluded"].is_null() & plain["excluded"].is_null()
    found = rows["verdict_without"].cast(pl.String).filter(both)
    assert found.to_list() == plain["verdict"].cast(pl.String).filter(both).to_list()


@FEWER
@given(busy_towns(extends=False), SEEDS)
def test_a_noted_period_changes_no_verdict(town: Standards, seed: int) -> None:
    """The policy asks patience and gives no relief: what was missed is missed, and is counted as falling in the period."""
    log = invented.log(town, seed)
    rows, plain = (invented.judged(one, invented.frame(log), END) for one in (town, without_periods(town)))
    assert rows.select(plain.columns).equals(plain)
    in_period = [oracle.period_for(city(town), request) is not None for request in log]
    missed = sum(
        covered and verdict in MISSED
        for covered, verdict in zip(in_period, plain["verdict"].cast(pl.String), strict=True)
    )
    counted = total(town, rows)
    assert (counted.missed_in_high_volume, counted.met_by_extension) == (missed, 0)
    assert (counted.met_without_extension, counted.judged_without_extension) == (counted.met, counted.judged)


@FEWER
@given(busy_towns(), SEEDS)
def test_nothing_disappears_in_a_period(town: Standards, seed: int) -> None:
    """A request that falls in a period is still counted, in the same cohort: the totals agree with and without it."""
    log = invented.log(town, seed)
    towns = (town, without_periods(town))
    busy, plain = (invented.judged(one, invented.frame(log), END) for one in towns)
    assert total(town, busy).requests == total(town, plain).requests == len(log)
    as_of, month = invented.as_of(END, town.timezone), (dt.date(2025, 11, 1), dt.date(2025, 11, 30))
    inside = [with_cohort(rows.lazy(), "due", as_of, month).collect()["is_inside"] for rows in (busy, plain)]
    assert inside[0].equals(inside[1])


@FEWER
@given(busy_towns(extends=True), SEEDS)
def test_an_extension_never_turns_met_into_missed(town: Standards, seed: int) -> None:
    """A due time only ever moves later."""
    rows = invented.judged(town, invented.frame(invented.log(town, seed)), END)
    met_before = rows.filter((pl.col("verdict_without") == "met").fill_null(False))
    assert set(met_before["verdict"].cast(pl.String)) <= {"met", "excluded"}
    assert (rows["due_at"] >= rows["due_before_extension"]).fill_null(True).all()


# An extension by hand: received Friday 10 October 2025 at 11:50, 2 business days: due on Tuesday the 14th

MIDNIGHT, CLOSE, SAME_TIME, SIXTEEN = "midnight", "close", "same_time", dt.time(16, 0)
MOVED: list[tuple[str, DayEnds, str]] = [
    ("3 business days", "midnight", "2025-10-17 23:59:59"),
    ("3 business days", "close", "2025-10-17 16:30:00"),
    ("3 business days", "same_time", "2025-10-17 11:50:00"),
    ("3 business days", SIXTEEN, "2025-10-17 16:00:00"),
    ("4 business days", "midnight", "2025-10-20 23:59:59"),
    ("4 days", "midnight", "2025-10-18 23:59:59"),
    ("4 days", "close", "2025-10-18 23:59:59"),  # a Saturday has no closing time
    ("3 days", "close", "2025-10-17 16:30:00"),
    ("4 days", "same_time", "2025-10-18 11:50:00"),
    ("4 days", SIXTEEN, "2025-10-18 16:00:00"),
    ("10 hours", "midnight", "2025-10-15 09:59:59"),
    ("10 hours", "close", "2025-10-15 02:30:00"),
    ("10 hours", "same_time", "2025-10-14 21:50:00"),
    ("10 hours", SIXTEEN, "2025-10-15 02:00:00"),
    ("45 minutes", "midnight", "2025-10-15 00:44:59"),
    ("45 minutes", SIXTEEN, "2025-10-14 16:45:00"),
    ("2 business hours", "midnight", "2025-10-15 10:30:00"),
    ("2 business hours", "close", "2025-10-15 10:30:00"),
    ("2 business hours", "same_time", "2025-10-14 13:50:00"),
    ("2 business hours", SIXTEEN, "2025-10-15 10:00:00"),
    ("45 business minutes", "midnight", "2025-10-15 09:15:00"),
    ("30 business minutes", SIXTEEN, "2025-10-14 16:30:00"),  # an exact fit ends at closing
    ("45 business minutes", SIXTEEN, "2025-10-15 08:45:00"),
]  # fmt: skip


def extended_due(within: Within, by: str, counting: Counting, received: dt.datetime) -> str:
    """The due time of one request by e-mail in a town that is busy all October."""
    version = Version(dt.date(2025, 1, 1), "", (Promise("email", None, within, None, ""),), counting, OFFICE)
    first, last = dt.date(2025, 10, 1), dt.date(2025, 10, 31)
    period = HighVolume(first, last, (), (), "Billing", None, None, "extend", parse_within(by), 1, 1)
    town = dataclasses.replace(invented.standards(WEEK, (version,), "America/Edmonton"), high_volume=(period,))
    (due,) = invented.judged(town, invented.frame([oracle.Request(received)]), END)["due_at"]
    return f"{due:%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(("by", "day_ends", "due"), MOVED)
def test_a_due_day_is_extended(by: str, day_ends: DayEnds, due: str) -> None:
    """By days, it ends as a due day ends, some days later; by hours, that much later than it would have ended."""
    two_days = Within(2, "business days", "2 business days")
    assert extended_due(two_days, by, Counting("day_received", day_ends), dt.datetime(2025, 10, 10, 11, 50)) == due


@pytest.mark.parametrize(
    ("n", "unit", "by", "due"),
    [
        (4, "business hours", "1 business day", "2025-10-13 15:50:00"),
        (4, "business hours", "1 day", "2025-10-11 15:50:00"),
        (4, "business hours", "2 business hours", "2025-10-13 09:50:00"),
        (24, "hours", "1 business day", "2025-10-13 11:50:00"),
        (24, "hours", "24 hours", "2025-10-12 11:50:00"),
        (24, "hours", "0 business days", "2025-10-13 11:50:00"),
    ],
)
def test_a_promise_in_hours_keeps_its_time_of_day_when_extended_by_days(n: int, unit: Unit, by: str, due: str) -> None:
    """Only a due day ends at midnight; a due time in hours moves to the same time of a later day."""
    assert extended_due(Within(n, unit, f"{n} {unit}"), by, Counting(), dt.datetime(2025, 10, 10, 11, 50)) == due


# A worked example, counted by hand

STANDARDS = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}
standards:
  - effective: 2025-02-01
    source: Policy 1
    channels:
      email: {title: E-mail, within: 2 business days}
      phone: {title: Phone, within: 4 business hours}
channels: {email: [mail]}
departments: {Utilities: [Utility Services]}
"""
PERIOD = "from: 2025-10-06, to: 2025-10-10, departments: [Utilities], channels: [email], reason: Billing change"
NOTE = f"high_volume: [{{{PERIOD}}}]\n"
EXTEND = f"high_volume: [{{{PERIOD}, effect: extend, by: 3 business days}}]\n"
#: case, channel, department, received, replied; the verdict without and with an extension; whether it is in the period.
LOG = """\
before,email,Utilities,2025-10-05 23:59:59,2025-10-08 09:00,late,late,no
first,email,Utilities,2025-10-06 00:00:00,2025-10-08 23:59:59,met,met,yes
helped,mail,Utility Services,2025-10-06 09:00,2025-10-13 10:00,late,met,yes
too late,email,UTILITIES,2025-10-07 09:00,2025-10-15 10:00,late,late,yes
forgotten,email,Utilities,2025-10-08 09:00,,overdue,overdue,yes
last,email,Utilities,2025-10-10 23:59:59,2025-10-17 23:59:59,late,met,yes
after,email,Utilities,2025-10-11 00:00:00,2025-10-15 09:00,late,late,no
waiting,email,Utilities,2025-10-10 10:00,2025-10-30 10:00,late,late,yes
parks,email,Parks,2025-10-07 09:00,2025-10-10 09:00,late,late,no
unstated,email,,2025-10-07 09:00,2025-10-10 09:00,late,late,no
by phone,phone,Utilities,2025-10-07 09:00,2025-10-07 14:00,late,late,no
elsewhere,fax,Utilities,2025-10-07 09:00,2025-10-07 14:00,excluded,excluded,no
"""
CASES = [line.split(",") for line in LOG.splitlines()]
AS_OF = ("--as-of", "2025-10-31 17:00")


def town(folder: Path, declared: str) -> None:
    (folder / "town.yaml").write_text(STANDARDS + declared)
    lines = ["case_id,channel,department,received_at,replied_at", *(",".join(case[:5]) for case in CASES)]
    (folder / "log.csv").write_text("\n".join(lines) + "\n")


def asked(folder: Path, command: str, declared: str, *more: str) -> Outcome:
    town(folder, declared)
    return run(command, "log.csv", "--standards", "town.yaml", *AS_OF, *more, cwd=folder)


def all_row(outcome: Outcome) -> dict[str, str]:
    return outcome.rows[-1]


def test_a_noted_period_counts_the_misses_that_fell_in_it(tmp_path: Path) -> None:
    """By hand: 12 requests, 11 judged, 1 met; of the 10 misses 5 fell in the period, and none was helped."""
    row = all_row(asked(tmp_path, "check", NOTE))
    counts = [row[name] for name in ("requests", "met", "late", "overdue", "pending", "excluded", "judged")]
    assert counts == ["12", "1", "9", "1", "0", "1", "11"]
    assert (row["missed_in_high_volume"], row["met_by_extension"]) == ("5", "0")
    assert row["compliance_pct"] == row["compliance_without_extension_pct"] == "9.1"


def test_an_extended_period_shows_the_compliance_without_it(tmp_path: Path) -> None:
    """By hand: two of the five misses become met, 3 of 11; without the extension it were 1 of 11."""
    row = all_row(asked(tmp_path, "check", EXTEND))
    counts = [row[name] for name in ("requests", "met", "late", "overdue", "pending", "excluded", "judged")]
    assert counts == ["12", "3", "7", "1", "0", "1", "11"]
    assert (row["missed_in_high_volume"], row["met_by_extension"]) == ("3", "2")
    assert (row["compliance_pct"], row["compliance_without_extension_pct"]) == ("27.3", "9.1")


def test_each_line_of_the_table_has_its_own_period(tmp_path: Path) -> None:
    """The lines of the departments add up to the total; those outside the period have no misses in it."""
    rows = asked(tmp_path, "check", EXTEND, "--by", "department").rows
    found = {row["department"]: (row["missed_in_high_volume"], row["met_by_extension"]) for row in rows}
    assert found == {"Parks": ("0", "0"), "Utilities": ("3", "2"), "": ("0", "0"), "all": ("3", "2")}


@pytest.mark.parametrize(("declared", "column"), [(NOTE, 5), (EXTEND, 6)], ids=["note", "extend"])
def test_every_request_is_matched_by_its_receipt_department_and_channel(
    tmp_path: Path, declared: str, column: int
) -> None:
    """From the first moment of the first day to the last of the last, under any spelling; and `high_volume` says why."""
    rows = asked(tmp_path, "records", declared).rows
    assert [(row["case_id"], row["verdict"]) for row in rows] == [(case[0], case[column]) for case in CASES]
    reasons = {case[0]: "Billing change" if case[7] == "yes" else "" for case in CASES}
    assert {row["case_id"]: row["high_volume"] for row in rows} == reasons


def test_records_show_the_extended_due_time(tmp_path: Path) -> None:
    """The due time of a request is the one that it was judged by."""
    due = {row["case_id"]: row["due_at"] for row in asked(tmp_path, "records", EXTEND).rows}
    assert (due["first"], due["last"]) == ("2025-10-13 23:59:59", "2025-10-17 23:59:59")
    assert (due["after"], due["parks"]) == ("2025-10-14 23:59:59", "2025-10-09 23:59:59")
    noted = {row["case_id"]: row["due_at"] for row in asked(tmp_path, "records", NOTE).rows}
    assert (noted["first"], noted["last"]) == ("2025-10-08 23:59:59", "2025-10-14 23:59:59")


def test_the_days_over_count_from_the_extended_due_day(tmp_path: Path) -> None:
    """Answered two business days after the extended due day; without the extension it were five."""
    over = {row["case_id"]: row["business_days_over"] for row in asked(tmp_path, "records", EXTEND).rows}
    noted = {row["case_id"]: row["business_days_over"] for row in asked(tmp_path, "records", NOTE).rows}
    assert (over["too late"], over["helped"]) == ("1", "")
    assert (noted["too late"], noted["helped"]) == ("4", "3")


def test_a_request_stays_in_the_month_in_which_it_was_due_before_the_extension(tmp_path: Path) -> None:
    """Due on 31 October, extended into November: it is October's, so a declared period never empties a month."""
    declared = EXTEND.replace("2025-10-10", "2025-10-31").replace("2025-10-06", "2025-10-27")
    town(tmp_path, declared)
    (tmp_path / "log.csv").write_text(
        "case_id,channel,department,received_at,replied_at\n"
        "1,email,Utilities,2025-10-29 09:00,2025-11-04 09:00\n"
        "2,email,Utilities,2025-10-30 09:00,2025-11-04 09:00\n"
    )
    question = ("log.csv", "--standards", "town.yaml", "--as-of", "2025-11-28")
    months = {row["month"]: row for row in run("check", *question, "--by", "month", cwd=tmp_path).rows}
    assert {month: row["requests"] for month, row in months.items()} == {"2025-10": "1", "2025-11": "1", "all": "2"}
    (row,) = run("records", *question, "--period", "2025-10", cwd=tmp_path).rows
    assert (row["case_id"], row["due_at"], row["verdict"]) == ("1", "2025-11-05 23:59:59", "met")


def test_the_table_says_what_a_period_did(tmp_path: Path) -> None:
    """Under the table stand the misses of the period and, for an extension, the compliance without it."""
    noted = asked(tmp_path, "check", NOTE, "--format", "table").text
    assert "5 of the 10 misses fell in a declared period of high volume." in noted
    assert "extension" not in noted
    extended = asked(tmp_path, "check", EXTEND, "--format", "table").text
    assert "3 of the 8 misses fell in a declared period of high volume." in extended
    assert "2 requests met only by the extension for high volume: compliance without it is 9.1 %." in extended


# Findings


def findings(folder: Path, declared: str) -> list[tuple[str, str]]:
    document = json.loads(asked(folder, "check", declared, "--format", "json").text)
    wanted = {"declared_late", "unknown_department"}
    return [(one["code"], one["message"]) for one in document["findings"] if one["code"] in wanted]


def test_a_period_declared_after_it_began_is_a_finding(tmp_path: Path) -> None:
    """Relief that is declared when the misses are known must be seen; on the first day it is in time."""
    late = NOTE.replace("}", ", declared: 2025-10-07}")
    (found,) = findings(tmp_path, late)
    assert found[0] == "declared_late"
    assert '"Billing change" began on 2025-10-06 and was declared on 2025-10-07' in found[1]
    assert "town.yaml:13:" in found[1]
    assert findings(tmp_path, late.replace("declared: 2025-10-07", "declared: 2025-10-06")) == []
    assert findings(tmp_path, NOTE) == []


def test_a_period_for_an_unknown_department_is_a_finding(tmp_path: Path) -> None:
    """A department that no request has is more likely misspelt than idle, so the nearest one is named."""
    slip = NOTE.replace("[Utilities]", "[Park]")
    (found,) = findings(tmp_path, slip)
    assert found[0] == "unknown_department"
    assert 'no request is of the department "Park"; the nearest is "Parks"' in found[1]
    (far,) = findings(tmp_path, NOTE.replace("[Utilities]", "[Zoo]"))
    assert "nearest" not in far[1]


def test_a_period_for_an_unknown_department_covers_nothing(tmp_path: Path) -> None:
    """What no request matches changes no figure."""
    row = all_row(asked(tmp_path, "check", EXTEND.replace("[Utilities]", "[Zoo]")))
    assert (row["missed_in_high_volume"], row["met_by_extension"], row["met"]) == ("0", "0", "1")
