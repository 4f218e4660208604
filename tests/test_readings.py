"""Readings: the same requests judged as other tools and people would count a business day, and what hangs on it."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
from collections import Counter
from functools import cache
from pathlib import Path

import invented
import oracle
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outside import AS_OF, SAMPLES, Outcome, run

from cxaudit.days.calendar import Calendar
from cxaudit.days.zones import zone
from cxaudit.judge import judge_requests
from cxaudit.model import VERDICTS
from cxaudit.promises.readings import READINGS, readings_for
from cxaudit.promises.table import Promises
from cxaudit.standards import loads
from cxaudit.standards.model import (
    UNITS,
    Counting,
    DayEnds,
    DayZero,
    OfficeHours,
    Promise,
    Standards,
    Version,
    Within,
)
from cxaudit.tally.compliance import contested, reading_rows
from cxaudit.tally.counts import tally_readings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
EXAMPLES = settings(max_examples=10, suppress_health_check=SLOW)
FEWER = settings(EXAMPLES, max_examples=5)
SEEDS = st.integers(0, 2**32)
END = dt.date(2026, 12, 31)
NAMES = [reading.name for reading in READINGS]
COLUMNS = "reading,rule,requests,met,late,overdue,pending,excluded,judged,compliance_pct,differs"

# What each reading says of a business day, written anew from the rules

DAYS: dict[str, tuple[DayZero, DayEnds]] = {
    "excel_workday": ("day_received", "midnight"),
    "next_business_day": ("next_business_day", "midnight"),
    "next_opening_same_time": ("next_opening", "same_time"),
    "close_of_business": ("next_business_day", "close"),
}


def full_day_minutes(hours: OfficeHours) -> int:
    """The office minutes of the longest day of the week."""
    return max(sum(closes - opens for opens, closes in day) for day in hours.by_weekday) // 60


def read_promise(promise: Promise, hours: OfficeHours, name: str) -> Promise:
    """A promise of business days, as the two readings that count hours have it."""
    n = promise.within.count
    if promise.within.unit != "business days" or name in DAYS:
        return promise
    within = Within(n * full_day_minutes(hours), "business minutes", "")
    return dataclasses.replace(promise, within=Within(n * 24, "hours", "") if name == "elapsed_24h" else within)


def read_version(version: Version, name: str) -> list[Version]:
    """A version under a reading; where it promises calendar days too, their counting stays: hence two versions."""
    promises = tuple(read_promise(promise, version.office_hours, name) for promise in version.promises)
    counting = Counting(*DAYS[name]) if name in DAYS else version.counting
    return [
        dataclasses.replace(version, promises=promises),
        dataclasses.replace(version, promises=promises, counting=counting),
    ]


def under_reading(town: Standards, request: oracle.Request, as_of: dt.date, name: str) -> str:
    """The verdict of the plain loop under a reading: only promises in business days are counted in another way."""
    city = invented.city(town)
    is_covered = oracle._day(request.received) >= town.versions[0].effective
    found = oracle.promise_for(city, request) if is_covered else None
    is_read = found is not None and found[1].within.unit == "business days"
    versions = tuple(read_version(version, name)[is_read] for version in town.versions)
    return oracle.judge(
        dataclasses.replace(city, versions=versions if is_read else town.versions), request, as_of
    ).verdict


def read_all(town: Standards, log: list[oracle.Request], as_of: dt.date) -> pl.DataFrame:
    """The log judged by the program, with a column for each reading."""
    promises, known = Promises(town), invented.as_of(as_of, town.timezone)
    days = [at for at in (*(one.received for one in log), *(one.replied for one in log), as_of) if at is not None]
    first, last = min(map(oracle._day, days)), max(map(oracle._day, days))
    calendar, readings = Calendar(town.calendar, *promises.reach(first, last)), readings_for(promises.rules)
    rows = invented.frame(log).lazy()
    return judge_requests(rows, promises, calendar, zone(town.timezone), known, readings).collect()


def verdicts(rows: pl.DataFrame, name: str) -> list[str]:
    return rows[f"reading:{name}"].cast(pl.String).fill_null("excluded").to_list()


@EXAMPLES
@given(invented.towns(units=("business days", "business days", *UNITS)), SEEDS)
def test_each_reading_is_what_a_plain_loop_says_under_its_rules(town: Standards, seed: int) -> None:
    """A reading is nothing but other settings: the same requests, judged by a town that declares them."""
    log = invented.log(town, seed)
    as_of = invented.vantage(town, log, seed)
    rows = read_all(town, log, as_of)
    for name in NAMES:
        expected = [under_reading(town, request, as_of, name) for request in log]
        assert list(zip(log, verdicts(rows, name), strict=True)) == list(zip(log, expected, strict=True)), name


@FEWER
@given(invented.towns(units=[unit for unit in UNITS if unit != "business days"]), SEEDS)
def test_promises_in_other_units_read_the_same(town: Standards, seed: int) -> None:
    """Only "business day" can be read in more than one way: hours, minutes and calendar days say what they mean."""
    rows = read_all(town, invented.log(town, seed), END)
    for name in NAMES:
        assert verdicts(rows, name) == rows["verdict"].cast(pl.String).to_list()
    assert not rows.select(contested(NAMES, "verdict").any()).item()


@FEWER
@given(invented.towns(units=("business days",)), SEEDS)
def test_a_request_is_contested_where_any_reading_gives_another_verdict(town: Standards, seed: int) -> None:
    """Counted one request after another; that a reading cannot judge a request is another verdict too."""
    rows = read_all(town, invented.log(town, seed), END).with_columns(is_inside=pl.lit(True))
    declared, read = rows["verdict"].cast(pl.String).to_list(), {name: verdicts(rows, name) for name in NAMES}
    differs = {name: [mine != theirs for mine, theirs in zip(declared, read[name], strict=True)] for name in NAMES}
    any_differs = [any(one) for one in zip(*differs.values(), strict=True)]
    found = reading_rows(tally_readings(rows.lazy(), NAMES).collect(), {"declared": "", **dict.fromkeys(NAMES, "")})
    assert found.contested == sum(any_differs)
    assert rows.select(contested(NAMES, "verdict")).to_series().to_list() == any_differs
    assert [row.reading for row in found.rows] == ["declared", *NAMES]
    for row, said in zip(found.rows, [declared, *read.values()], strict=True):
        assert {verdict: getattr(row, verdict) for verdict in VERDICTS} == {v: said.count(v) for v in VERDICTS}
        assert row.differs == (sum(differs[row.reading]) if row.reading in differs else 0)


# A worked example: one business day, 09:00-12:00 and 13:00-17:00, closed at weekends; declared as Excel counts

STANDARDS = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "09:00-12:00, 13:00-17:00"}
standards:
  - effective: 2025-02-01
    source: Policy 1
    channels:
      email: {title: E-mail, within: 1 business day}
      chat: {title: Chat, within: 7 business hours}
"""
#: case, channel, received, replied, then the verdicts: declared, and under each reading in its order (m met, l late).
#: Monday is 6 October 2025.
LOG = """\
same day,email,2025-10-06 10:00,2025-10-06 11:00,m mmmmmm
an hour over,email,2025-10-06 10:00,2025-10-07 11:00,m mmlmll
after closing,email,2025-10-06 10:00,2025-10-07 17:30,m mmllll
two days,email,2025-10-06 10:00,2025-10-08 09:30,l llllll
in the evening,email,2025-10-06 18:00,2025-10-07 17:30,m mmmllm
over the weekend,email,2025-10-10 16:00,2025-10-13 15:30,m mmmmml
on Saturday,email,2025-10-11 11:00,2025-10-13 20:00,m mmmmll
on Saturday too,email,2025-10-11 11:00,2025-10-14 08:59,l lmmmll
by Tuesday noon,email,2025-10-11 11:00,2025-10-14 12:00,l lmlmll
by chat,chat,2025-10-06 10:00,2025-10-07 11:00,l llllll
"""
CASES = [line.split(",") for line in LOG.splitlines()]
WORDS = {"m": "met", "l": "late"}


def asked(folder: Path, command: str, *more: str) -> Outcome:
    (folder / "town.yaml").write_text(STANDARDS)
    lines = ["case_id,channel,received_at,replied_at", *(",".join(case[:4]) for case in CASES)]
    (folder / "log.csv").write_text("\n".join(lines) + "\n")
    return run(command, "log.csv", "--standards", "town.yaml", "--as-of", "2025-10-31", *more, cwd=folder)


def test_the_figures_of_a_worked_example(tmp_path: Path) -> None:
    """The declared rule comes first, then each reading with the counts that a clerk finds by hand."""
    rows = asked(tmp_path, "check", "--readings", "--format", "csv").rows
    assert [row["reading"] for row in rows] == ["declared", *NAMES]
    by_hand = list(zip(*(case[4].replace(" ", "") for case in CASES), strict=True))
    for row, letters in zip(rows, by_hand, strict=True):
        counts = Counter(letters)
        assert (row["met"], row["late"]) == (str(counts["m"]), str(counts["l"])), row["reading"]
        assert (row["requests"], row["judged"]) == ("10", "10")
        assert (row["overdue"], row["pending"], row["excluded"]) == ("0", "0", "0")
        assert row["compliance_pct"] == f"{counts['m'] * 10}.0"
        assert row["differs"] == str(sum(a != b for a, b in zip(letters, by_hand[0], strict=True)))


def test_the_contested_requests_of_a_worked_example(tmp_path: Path) -> None:
    """`records --contested` lists those whose verdict depends on the reading, with the declared verdict, and no others."""
    by_hand = [(case[0], WORDS[case[4][0]]) for case in CASES if set(case[4][2:]) != {case[4][0]}]
    rows = asked(tmp_path, "records", "--contested").rows
    assert [(row["case_id"], row["verdict"]) for row in rows] == by_hand
    document = json.loads(asked(tmp_path, "check", "--readings", "--format", "json").text)
    assert document["summary"]["contested"] == len(by_hand)


def test_contested_goes_together_with_other_filters(tmp_path: Path) -> None:
    """The contested ones among the late."""
    rows = asked(tmp_path, "records", "--contested", "--verdict", "late").rows
    assert [row["case_id"] for row in rows] == ["on Saturday too", "by Tuesday noon"]


def test_the_contested_are_those_of_the_period(tmp_path: Path) -> None:
    """Both the figures and the list leave out what belongs to another period."""
    period = ("--period", "2025-10-06..2025-10-08")
    rows = asked(tmp_path, "check", "--readings", "--format", "csv", *period).rows
    listed = asked(tmp_path, "records", "--contested", *period).rows
    assert {row["requests"] for row in rows} == {"6"}
    assert [row["case_id"] for row in listed] == ["an hour over", "after closing", "in the evening"]


def test_without_office_hours_only_the_readings_that_need_none_are_shown(tmp_path: Path) -> None:
    """Where nobody says when the office is open, nothing is guessed."""
    text = STANDARDS.replace(', office_hours: "09:00-12:00, 13:00-17:00"', "").replace("7 business hours", "7 hours")
    (tmp_path / "standards.yaml").write_text(text)
    (tmp_path / "log.csv").write_text(
        "case_id,channel,received_at,replied_at\n1,email,2025-10-06 10:00,2025-10-07 11:00\n"
    )
    rows = run("check", "log.csv", "--as-of", "2025-10-31", "--readings", "--format", "csv", cwd=tmp_path).rows
    assert [row["reading"] for row in rows] == ["declared", "excel_workday", "next_business_day", "elapsed_24h"]


# Random logs, from end to end


def written(log: list[oracle.Request]) -> str:
    """The log as a city would export it; a case id each."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("case_id", "channel", "received_at", "replied_at"))
    writer.writerows((i, one.channel, one.received, one.replied) for i, one in enumerate(log))
    return text.getvalue()


@pytest.mark.parametrize("seed", range(3))
def test_readings_of_an_export_are_those_of_a_plain_loop(tmp_path: Path, seed: int) -> None:
    """From the file to the table and the list: the counts of every reading, and every contested case."""
    town = loads(STANDARDS, "town.yaml")
    as_of = dt.date(2025, 12, 31)
    made = [dataclasses.replace(one, is_exempt=False, received_utc=None) for one in invented.log(town, seed, 300)]
    timed = [one for one in made if one.channel and isinstance(one.received, dt.datetime)]
    known = [one for one in timed if oracle._day(one.received) <= as_of]
    # A column of an export has times throughout; a date alone is a matter of judging, not of reading.
    log = [invented.with_reply(one, one.replied) for one in known if isinstance(one.replied, dt.datetime | None)]
    (tmp_path / "town.yaml").write_text(STANDARDS)
    (tmp_path / "log.csv").write_text(written(log))
    question = ("log.csv", "--standards", "town.yaml", "--as-of", str(as_of))
    declared = [oracle.judge(invented.city(town), request, as_of).verdict for request in log]
    read = {name: [under_reading(town, request, as_of, name) for request in log] for name in NAMES}
    for row in run("check", *question, "--readings", "--format", "csv", cwd=tmp_path).rows:
        counts = Counter(read.get(row["reading"], declared))
        assert {v: int(row[v]) for v in VERDICTS} == {v: counts[v] for v in VERDICTS}, row["reading"]
    expected = [str(i) for i, mine in enumerate(declared) if {read[name][i] for name in NAMES} - {mine}]
    listed = run("records", *question, "--contested", cwd=tmp_path).rows
    assert [row["case_id"] for row in listed] == expected
    assert len(expected) > 3


# What it looks like


@cache
def shown(form: str) -> Outcome:
    return run("check", SAMPLES, *AS_OF, "--readings", "--format", form)


def test_the_columns_of_the_readings() -> None:
    """The same in CSV and TSV, in their order; the declared rule differs from itself in nothing."""
    lines = shown("csv").text.splitlines()
    assert lines[0] == COLUMNS
    assert shown("tsv").text.splitlines()[0] == COLUMNS.replace(",", "\t")
    (declared, *_) = shown("csv").rows
    assert (declared["reading"], declared["differs"], declared["requests"]) == ("declared", "0", "315")
    assert declared["rule"].startswith("Counted from the day after receipt to the end of the due day")


def test_every_format_has_the_same_figures() -> None:
    """CSV, TSV, JSON and JSON Lines agree cell by cell; the table and Markdown name every count."""
    rows = shown("csv").rows
    assert list(csv.DictReader(io.StringIO(shown("tsv").text), delimiter="\t")) == rows
    numbers = [
        {name: value if name in {"reading", "rule"} else float(value) for name, value in row.items()} for row in rows
    ]
    assert json.loads(shown("json").text)["rows"] == numbers
    assert [json.loads(line) for line in shown("jsonl").text.splitlines()] == numbers
    for form in ("table", "markdown"):
        text = shown(form).text
        lines = {line.strip("| ").split()[0]: line.split() for line in text.splitlines() if line.strip("| -")}
        for row in rows:
            cells = [row[name] for name in ("requests", "met", "late", "overdue", "pending", "excluded")]
            assert set(cells) <= set(lines[row["reading"]]), (form, row["reading"])
            assert f"{row['reading']}: {row['rule']}" in text


def test_the_table_of_readings_says_what_is_contested_and_how_far_it_reaches() -> None:
    """Below the table: each rule in words, the number of contested requests and how to list them, and the range."""
    listed = run("records", SAMPLES, *AS_OF, "--contested").rows
    shares = [float(row["compliance_pct"]) for row in shown("csv").rows]
    for form in ("table", "markdown"):
        text = shown(form).text
        assert f"{len(listed)} contested requests, whose verdict depends on the reading" in text
        assert f"{min(shares)} to {max(shares)} %" in text


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_the_plain_table_names_the_range_of_the_readings(form: str) -> None:
    """Whoever reads only the figure also reads how far it would move; CSV holds data alone."""
    shares = [float(row["compliance_pct"]) for row in shown("csv").rows]
    text = run("check", SAMPLES, *AS_OF, "--format", form).text
    assert f"other readings give {min(shares)} to {max(shares)} %: --readings" in text
    assert "readings" not in run("check", SAMPLES, *AS_OF, "--format", "csv").text


def test_a_range_of_one_figure_is_one_figure(tmp_path: Path) -> None:
    """Where no reading changes anything, the sentence names one figure, and the list is empty."""
    (tmp_path / "standards.yaml").write_text(STANDARDS)
    (tmp_path / "log.csv").write_text(
        "case_id,channel,received_at,replied_at\n1,email,2025-10-06 10:00,2025-10-06 11:00\n"
    )
    question = ("log.csv", "--as-of", "2025-10-31")
    assert "other readings give 100.0 %: --readings" in run("check", *question, "--format", "table", cwd=tmp_path).text
    assert "0 contested requests" in run("check", *question, "--readings", "--format", "table", cwd=tmp_path).text
    listed = run("records", *question, "--contested", cwd=tmp_path)
    assert (listed.code, listed.rows) == (0, [])


def test_the_same_readings_are_the_same_bytes() -> None:
    """Nothing in the output depends on the run."""
    assert shown.__wrapped__("json").out == shown("json").out


def test_declared_extensions_are_left_out_of_the_readings(tmp_path: Path) -> None:
    """Readings compare ways to count, so the declared row is the verdict without relief; contested likewise."""
    period = "high_volume: [{from: 2025-10-01, to: 2025-10-31, reason: Billing, effect: extend, by: 5 business days}]\n"
    before = asked(tmp_path, "check", "--readings", "--format", "csv").rows
    contested_before = asked(tmp_path, "records", "--contested").rows
    (tmp_path / "busy.yaml").write_text(STANDARDS + period)
    question = ("log.csv", "--standards", "busy.yaml", "--as-of", "2025-10-31")
    after = run("check", *question, "--readings", "--format", "csv", cwd=tmp_path).rows
    assert after[0]["rule"] == before[0]["rule"] + "; without the extension for high volume"
    assert [{**row, "rule": ""} for row in after] == [{**row, "rule": ""} for row in before]
    listed = run("records", *question, "--contested", cwd=tmp_path).rows
    assert [row["case_id"] for row in listed] == [row["case_id"] for row in contested_before]
