"""Several versions of the standards: each request by the one of its day; or, as a scenario, all of them by one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path

import invented
import oracle
import pytest
from outside import SAMPLES, Outcome, run

from cxaudit.standards import loads

STANDARDS = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}
standards:
  - effective: 2025-02-01
    source: Policy 1, clause 3
    channels:
      email: {title: E-mail, within: 2 business days}
      letter: {title: Letter, within: 5 business days}
    departments: {Parks: {email: 1 business day}}
  - effective: 2025-07-01
    source: Policy 2, clause 4
    counting: {day_zero: next_business_day, day_ends: close}
    office_hours: "10:00-18:00"
    channels:
      email: {title: E-mail, within: 1 business day, target: 90%}
      chat: {title: Chat, within: 4 business hours}
    departments: {Roads: {email: 3 business days}}
"""
#: case, channel, department, received, replied; then by the version of its day: promise, clause, due time, verdict.
#: Monday is 30 June 2025; the second version begins on the Tuesday after it.
LOG = """\
1,email,Utilities,2025-06-30 23:59:59,2025-07-02 17:00|2 business days|1|2025-07-02 23:59:59|met
2,email,Utilities,2025-07-01 00:00:00,2025-07-02 18:00|1 business day|2|2025-07-02 18:00:00|met
3,email,Utilities,2025-07-01 00:00:00,2025-07-02 18:01|1 business day|2|2025-07-02 18:00:00|late
4,email,Utilities,2025-06-28 12:00:00,2025-07-01 20:00|2 business days|1|2025-07-01 23:59:59|met
5,email,Utilities,2025-07-05 12:00:00,2025-07-08 17:00|1 business day|2|2025-07-08 18:00:00|met
6,email,Parks,2025-06-30 12:00:00,2025-07-02 09:00|1 business day|1|2025-07-01 23:59:59|late
7,email,Parks,2025-07-01 12:00:00,2025-07-03 09:00|1 business day|2|2025-07-02 18:00:00|late
8,email,Roads,2025-06-30 12:00:00,2025-07-03 09:00|2 business days|1|2025-07-02 23:59:59|late
9,email,Roads,2025-07-01 12:00:00,2025-07-03 09:00|3 business days|2|2025-07-04 18:00:00|met
10,letter,Utilities,2025-06-30 12:00:00,2025-07-07 09:00|5 business days|1|2025-07-07 23:59:59|met
11,letter,Utilities,2025-07-01 12:00:00,2025-07-02 09:00||||excluded
12,chat,Utilities,2025-06-30 12:00:00,2025-06-30 13:00||||excluded
13,chat,Utilities,2025-07-01 17:00:00,2025-07-02 13:00|4 business hours|2|2025-07-02 13:00:00|met
14,email,Utilities,2025-01-31 12:00:00,2025-02-03 09:00||||excluded
15,email,Utilities,2025-07-30 12:00:00,|1 business day|2|2025-07-31 18:00:00|pending
"""
CASES = [line.split("|") for line in LOG.splitlines()]
CLAUSES = {"": "", "1": "Policy 1, clause 3", "2": "Policy 2, clause 4"}
AS_OF = "2025-07-31 12:00"


def asked(folder: Path, command: str, *more: str) -> Outcome:
    (folder / "town.yaml").write_text(STANDARDS)
    lines = ["case_id,channel,department,received_at,replied_at", *(case[0] for case in CASES)]
    (folder / "log.csv").write_text("\n".join(lines) + "\n")
    return run(command, "log.csv", "--standards", "town.yaml", "--as-of", AS_OF, *more, cwd=folder)


def judged(folder: Path, *more: str) -> dict[str, dict[str, str]]:
    return {row["case_id"]: row for row in asked(folder, "records", *more).rows}


# Several versions


def test_each_request_is_judged_by_the_version_of_its_day(tmp_path: Path) -> None:
    """The local date of receipt decides on channels, departments, counting and office hours; `clause` says where it stands."""
    rows = judged(tmp_path)
    for facts, standard, clause, due_at, verdict in CASES:
        row = rows[facts.split(",", maxsplit=1)[0]]
        assert (row["standard"], row["clause"]) == (standard, CLAUSES[clause]), facts
        assert (row["due_at"], row["verdict"]) == (due_at, verdict), facts


def test_what_a_version_does_not_promise_is_not_judged(tmp_path: Path) -> None:
    """A channel that another version promises has no standard on this day; before the first version nothing has."""
    because = {case: row["excluded_because"].split(":")[0] for case, row in judged(tmp_path).items()}
    assert {case: code for case, code in because.items() if code} == {
        "11": "no_standard",
        "12": "no_standard",
        "14": "before_standards",
    }


def test_the_local_date_of_receipt_counts(tmp_path: Path) -> None:
    """05:59 in Greenwich is still the day before in Edmonton, and so under the old standard."""
    (tmp_path / "standards.yaml").write_text(STANDARDS)
    (tmp_path / "log.csv").write_text(
        "case_id,channel,received_at,replied_at\n"
        "old,email,2025-07-01T05:59:59Z,2025-07-02T12:00:00Z\n"
        "new,email,2025-07-01T06:00:00Z,2025-07-02T12:00:00Z\n"
    )
    rows = run("records", "log.csv", "--as-of", AS_OF, cwd=tmp_path).rows
    assert [(row["case_id"], row["clause"]) for row in rows] == [("old", CLAUSES["1"]), ("new", CLAUSES["2"])]


def test_a_line_that_holds_several_promises_names_none(tmp_path: Path) -> None:
    """E-mail was promised in three ways, so neither a promise nor a target stands beside its figure; letters have one."""
    rows = {row["channel"]: row for row in asked(tmp_path, "check").rows}
    assert (rows["email"]["standard"], rows["email"]["target_pct"], rows["email"]["outcome"]) == ("", "", "")
    assert (rows["letter"]["standard"], rows["chat"]["standard"]) == ("5 business days", "4 business hours")


# A scenario


@pytest.mark.parametrize(
    ("day", "version"), [("2025-02-01", 0), ("2025-06-30", 0), ("2025-07-01", 1), ("2030-01-01", 1)]
)
def test_a_scenario_judges_everything_by_one_version(tmp_path: Path, day: str, version: int) -> None:
    """Requests from before it too: as if that version had always been in force."""
    town = loads(STANDARDS, "town.yaml")
    always = dataclasses.replace(town.versions[version], effective=dt.date(2000, 1, 1))
    city = dataclasses.replace(invented.city(town), versions=(always,))
    as_of = dt.datetime.fromisoformat(AS_OF)
    rows = judged(tmp_path, "--standards-as-of", day)
    for case, row in rows.items():
        _, channel, department, received, replied = CASES[int(case) - 1][0].split(",")
        answer = dt.datetime.fromisoformat(replied) if replied else None
        request = oracle.Request(dt.datetime.fromisoformat(received), answer, channel, department)
        said = oracle.judge(city, request, as_of)
        assert row["verdict"] == said.verdict, case
        assert row["due_at"] == ("" if said.excluded else f"{said.due:%Y-%m-%d %H:%M:%S}")
        assert row["clause"] == ("" if said.excluded else CLAUSES[str(version + 1)])
        assert row["excluded_because"].split(":")[0] == (said.excluded or "")
    assert len(rows) == len(CASES)
    assert rows["14"]["verdict"] == "met"


def test_the_promise_of_a_scenario_is_one(tmp_path: Path) -> None:
    """By one version every channel has one promise, and what is promised no longer has no line."""
    rows = {row["channel"]: row for row in asked(tmp_path, "check", "--standards-as-of", "2025-07-01").rows}
    assert rows["chat"]["standard"] == "4 business hours"
    assert (rows["letter"]["standard"], rows["letter"]["excluded"]) == ("", "2")
    assert rows["all"]["requests"] == "15"
    old = {row["channel"]: row for row in asked(tmp_path, "check", "--standards-as-of", "2025-06-30").rows}
    assert (old["letter"]["standard"], old["chat"]["standard"]) == ("5 business days", "")
    assert (old["chat"]["excluded"], old["all"]["requests"]) == ("2", "15")


def test_the_office_hours_of_a_scenario_are_its_versions(tmp_path: Path) -> None:
    """Office hours count as they would have been, for requests from before them too."""
    plain, scenario = judged(tmp_path), judged(tmp_path, "--standards-as-of", "2025-02-01")
    assert (plain["10"]["business_hours"], plain["7"]["business_hours"]) == ("37.00", "14.00")
    assert (scenario["10"]["business_hours"], scenario["7"]["business_hours"]) == ("37.00", "13.00")


SAID = "scenario: everything judged by the standards in force on 2025-07-01"
SCENARIO = ("--standards-as-of", "2025-07-01")


def test_a_scenario_says_that_it_is_one(tmp_path: Path) -> None:
    """In the heading of the table, on standard error, and in the data of JSON: a figure that never was must not look real."""
    table = asked(tmp_path, "check", *SCENARIO, "--format", "table")
    assert table.text.splitlines()[0].endswith(SAID)
    assert f"This is a {SAID}." in table.err.splitlines()
    assert f"This is a {SAID}." in asked(tmp_path, "records", *SCENARIO).err.splitlines()
    document = json.loads(asked(tmp_path, "check", *SCENARIO, "--format", "json").text)
    assert document["meta"]["scenario"] == SAID
    read = json.loads(asked(tmp_path, "check", *SCENARIO, "--readings", "--format", "json").text)
    assert read["meta"]["scenario"] == SAID
    assert asked(tmp_path, "check", *SCENARIO, "--readings", "--format", "table").text.splitlines()[0].endswith(SAID)


def test_what_is_no_scenario_does_not_say_so(tmp_path: Path) -> None:
    """The word stands nowhere in an ordinary run."""
    for form in ("table", "json"):
        outcome = asked(tmp_path, "check", "--format", form)
        assert "scenario" not in outcome.text + outcome.err


@pytest.mark.parametrize("command", ["check", "records"])
@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2025-01-31", "no standard was in force on 2025-01-31: the first one begins on 2025-02-01"),
        ("July", "--standards-as-of July is not a date"),
        ("2025-02-30", "--standards-as-of 2025-02-30 is not a date"),
    ],
)
def test_a_day_without_standards_is_no_scenario(tmp_path: Path, command: str, day: str, said: str) -> None:
    """Before the first version there is nothing to judge by: exit 2, and nothing on standard output."""
    outcome = asked(tmp_path, command, "--standards-as-of", day)
    assert (outcome.code, outcome.out) == (2, b"")
    assert said in outcome.err


def test_one_version_is_the_scenario_of_itself() -> None:
    """The shipped standards have one version, so its scenario gives the same figures, labelled."""
    question = ("check", SAMPLES, "--as-of", "2025-10-31 17:00", "--format", "csv")
    plain, scenario = run(*question), run(*question, "--standards-as-of", "2025-06-01")
    assert plain.out == scenario.out
    assert "scenario" in scenario.err
    assert "scenario" not in plain.err


def test_a_rule_that_comes_back_is_said_again(tmp_path: Path) -> None:
    """Where the third version counts as the first did, the sentence below the table says so."""
    channels = "channels: {{email: {{within: 1 business day}}}}"
    version = f"  - effective: {{}}\n    source: S\n    counting: {{{{day_ends: {{}}}}}}\n    {channels}\n"
    made = [("2025-01-01", "midnight"), ("2025-03-01", "same_time"), ("2025-06-01", "midnight")]
    text = "version: 1\norganisation: Town\ntimezone: America/Edmonton\ncalendar:\n  workweek: [Mon, Tue]\nstandards:\n"
    (tmp_path / "s.yaml").write_text(text + "".join(version.format(*one) for one in made))
    (tmp_path / "log.csv").write_text(
        "case_id,channel,received_at,replied_at\n1,email,2025-03-03 10:00,2025-03-04 10:00\n"
    )
    summary = run(
        "check", tmp_path / "log.csv", "--standards", tmp_path / "s.yaml", "--as-of", "2025-07-01", "--format", "json"
    ).json["summary"]
    assert [part.split(":")[0] for part in summary["counting"].split("; ")] == [
        "from 2025-01-01", "from 2025-03-01", "from 2025-06-01",
    ]  # fmt: skip
