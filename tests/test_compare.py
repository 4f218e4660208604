"""The system's own word: where it agrees with the recomputed verdict, where it does not, and why that may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from outside import Outcome, run

from cxaudit.compare.model import DISAGREEMENT_COLUMNS
from cxaudit.model import RECORD_COLUMNS
from cxaudit.render.documents import _RECORD_TITLES

STANDARDS = """
version: 1
organisation: Town
timezone: America/Edmonton
calendar:
  holidays: {country: CA, subdivision: AB}
  workweek: [Mon, Tue, Wed, Thu, Fri]
  office_hours: "08:30-16:30"
standards:
  - effective: 2025-01-01
    source: the policy
    channels:
      email: {within: 2 business days}
high_volume:
  - {from: 2025-03-03, to: 2025-03-07, reason: Spring, declared: 2025-03-01, effect: extend, by: 3 business days}
sources:
  desk:
    header: [Ticket, Kept]
    columns:
      {case_id: Ticket, channel: Via, received_at: Opened, replied_at: Answered, system_due_at: Target, system_verdict: Kept}
    system_verdicts: {met: [Y], missed: [N]}
    date_format: ymd
"""
HEADER = "Ticket,Via,Opened,Answered,Target,Kept"


def compared(folder: Path, lines: Sequence[str], *more: str, as_of: str = "2025-10-31") -> Outcome:
    (folder / "standards.yaml").write_text(STANDARDS, "utf-8")
    (folder / "desk.csv").write_text("\n".join([HEADER, *lines]) + "\n", "utf-8")
    command = more or ("check", "--compare", "--format", "csv")
    return run(
        command[0], folder / "desk.csv", "--standards", folder / "standards.yaml", "--as-of", as_of, *command[1:]
    )


def test_agreement_is_counted(tmp_path: Path) -> None:
    """What the system says and what cxaudit finds, counted by both; an open request in time agrees with a pending one."""
    lines = [
        "1,email,2025-09-01 09:00,2025-09-02 09:00,2025-09-03 23:59,Y",
        "2,email,2025-09-01 09:00,2025-09-08 09:00,2025-09-03 23:59,N",
        "3,email,2025-09-01 09:00,,2025-09-03 23:59,N",
        "4,email,2025-10-31 09:00,,2025-11-04 23:59,Y",
        "5,email,2025-09-01 09:00,2025-09-02 09:00,,",
    ]
    rows = [tuple(row.values()) for row in compared(tmp_path, lines).rows]
    assert rows == [
        ("desk", "", "met", "", "", "1"),
        ("desk", "met", "met", "yes", "", "1"),
        ("desk", "met", "pending", "yes", "", "1"),
        ("desk", "missed", "late", "yes", "", "1"),
        ("desk", "missed", "overdue", "yes", "", "1"),
    ]


REASONS = {
    "holiday": "1,email,2025-10-10 09:00,2025-10-15 09:00,2025-10-14 23:59,N",
    "time_zone": "1,email,2025-09-02 20:00,2025-09-05 09:00,2025-09-05 23:59,Y",
    "no_target": "1,email,2025-09-02 09:00,2025-09-09 09:00,,Y",
    "extension": "1,email,2025-03-03 09:00,2025-03-07 09:00,2025-03-05 23:59,N",
    "reading:next_business_day": "1,email,2025-09-06 09:00,2025-09-10 09:00,2025-09-10 23:59,Y",
    "reading:elapsed_24h": "1,email,2025-09-05 09:00,2025-09-08 09:00,2025-09-07 09:00,N",
    "other_due_time": "1,email,2025-09-02 09:00,2025-09-09 09:00,2025-09-20 23:59,Y",
    "not_by_its_due_time": "1,email,2025-09-02 09:00,2025-09-09 09:00,2025-09-04 23:59,Y",
    "no_standard": "1,pigeon,2025-09-02 09:00,2025-09-09 09:00,2025-09-04 23:59,Y",
}


@pytest.mark.parametrize("reason", REASONS)
def test_a_likely_reason_is_named(reason: str, tmp_path: Path) -> None:
    """The first assumption under which cxaudit comes to what the system says, its due day included."""
    found = [row for row in compared(tmp_path, [REASONS[reason]]).rows if row["reason"]]
    assert [row["reason"] for row in found] == [reason]
    assert found[0]["agrees"] == ("" if reason == "no_standard" else "no")


def test_a_system_that_knows_nothing_of_a_departments_own_promise(tmp_path: Path) -> None:
    """Planning promises a day, the channel two: a reply on the second is in time for a system that knows the channel only.

    That comes before a mix-up of time zones, which would explain the first of these alone: it came in in the evening.
    """
    own = "    departments: {Planning: {email: 1 business day}}\nhigh_volume:"
    (tmp_path / "standards.yaml").write_text(STANDARDS.replace("high_volume:", own), "utf-8")
    (tmp_path / "desk.csv").write_text(
        "Ticket ID,Status,Source,Group,Created time,Initial response time,First response status\n"
        "1,Closed,Email,Planning,2025-01-06 18:56:41,2025-01-08 11:30:23,Within SLA\n"
        "2,Closed,Email,Planning,2025-01-06 10:00:00,2025-01-08 09:37:43,Within SLA\n"
        "3,Closed,Email,Planning,2025-01-13 10:00:00,2025-01-13 11:00:00,Within SLA\n"
    )
    place = ("--standards", tmp_path / "standards.yaml", "--as-of", "2025-10-31")
    found = run("check", tmp_path / "desk.csv", "--compare", "--format", "csv", *place).rows
    assert [(row["reason"], row["requests"]) for row in found] == [("", "1"), ("channel_promise", "2")]
    shown = run("check", tmp_path / "desk.csv", "--compare", "--format", "table", *place).text
    assert "measured by the channel's own promise, not the department's" in shown


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        # Received in the evening, and due by the day of the city: where zones were mixed up, a day later.
        (["2,email,2025-09-03 20:00,2025-09-04 09:00,2025-09-05 23:59,Y"], "other_due_time"),
        (["2,email,2025-09-03 20:00,2025-09-04 09:00,2025-09-08 23:59,Y"], "time_zone"),
        # Received in the morning, or of no known due day: it tells nothing of the zone.
        (["2,email,2025-09-03 09:00,2025-09-04 09:00,2025-09-05 23:59,Y"], "time_zone"),
        (["2,email,2025-09-03 20:00,2025-09-04 09:00,,N"], "time_zone"),
    ],
)
def test_zones_are_mixed_up_in_a_whole_source_or_not_at_all(others: list[str], reason: str, tmp_path: Path) -> None:
    """The reason is named only if the system says so of most of the requests to which a mix-up makes a difference."""
    found = compared(tmp_path, [REASONS["time_zone"], *others], "records", "--disagree", "--format", "csv").rows
    assert found[0]["reason"] == reason


def test_a_verdict_that_nothing_explains_is_said_to_be_that(tmp_path: Path) -> None:
    """No reason is made up."""
    found = compared(tmp_path, ["1,email,2025-09-02 09:00,2025-09-02 09:30,,N"]).rows
    assert [row["reason"] for row in found] == ["unexplained"]


def test_a_system_that_judged_by_the_last_row_is_found_out(tmp_path: Path) -> None:
    """A case that was reopened and answered again: the first answer counts here, the last one for the system."""
    lines = [
        "1,email,2025-09-02 09:00,2025-09-03 09:00,2025-09-04 23:59,Y",
        "1,email,2025-09-02 09:00,2025-09-29 09:00,2025-09-04 23:59,N",
    ]
    assert [row["reason"] for row in compared(tmp_path, lines).rows] == ["last_row"]


def test_an_open_request_is_judged_by_the_system_as_of_its_extract(tmp_path: Path) -> None:
    """Overdue now, in time when it was exported."""
    lines = [
        "1,email,2025-09-01 09:00,,2025-09-03 23:59,Y",
        "2,email,2025-09-01 10:00,2025-09-01 11:00,2025-09-03 23:59,Y",
    ]
    found = [row for row in compared(tmp_path, lines).rows if row["reason"]]
    assert [(row["verdict"], row["reason"]) for row in found] == [("overdue", "as_of_the_extract")]


def test_a_due_time_alone_is_a_word_too(tmp_path: Path) -> None:
    """Without a verdict of its own, what the system says follows from its due time and the reply."""
    lines = [
        "1,email,2025-09-02 09:00,2025-09-03 09:00,2025-09-02 12:00,",
        "2,email,2025-09-02 09:00,,2025-09-04,",
        "3,email,2025-10-30 09:00,,2025-11-03,",
    ]
    found = {(row["system"], row["verdict"]) for row in compared(tmp_path, lines).rows}
    assert found == {("missed", "met"), ("missed", "overdue"), ("pending", "pending")}


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("On-time", "met"), ("Within SLA", "met"), ("3:20", "met"), ("SLA Violated", "missed"), ("OVERDUE", "missed"),
        ("-12:05", "missed"), ("y", "met"), ("perhaps", ""),
    ],
)  # fmt: skip
def test_words_for_a_verdict(word: str, means: str, tmp_path: Path) -> None:
    """The words of the source's own list, those that mean the same everywhere, and time that is left, negative if none."""
    outcome = compared(tmp_path, [f"1,email,2025-09-02 09:00,2025-09-03 09:00,,{word}"])
    assert [row["system"] for row in outcome.rows] == [means]


def test_a_word_that_is_not_understood_is_shown(tmp_path: Path) -> None:
    """It is counted, and where to say what it means is told."""
    line = "1,email,2025-09-02 09:00,2025-09-03 09:00,,perhaps"
    text = compared(tmp_path, [line], "check", "--compare", "--format", "table").text
    assert 'Not understood: "perhaps" (1). Name them under system_verdicts:' in text
    assert compared(tmp_path, [line], "check", "--compare", "--format", "json").json["summary"]["comparison"] == {
        "compared": 0, "agree": 0, "differ": 0, "agreement_pct": None, "not_judged": 0, "not_stated": 1,
        "not_understood": {"perhaps": 1}, "examples": [],
    }  # fmt: skip


def test_the_requests_are_listed(tmp_path: Path) -> None:
    """`records --disagree` has the columns of `records`, then what the system says and the likely reason."""
    lines = [REASONS["holiday"], "2,email,2025-09-01 09:00,2025-09-02 09:00,2025-09-03,Y"]
    (row,) = compared(tmp_path, lines, "records", "--disagree", "--format", "csv").rows
    assert list(row)[-5:] == ["row", "system", "system_verdict", "system_due_at", "reason"]
    assert (row["case_id"], row["verdict"]) == ("1", "met")
    assert (row["system_verdict"], row["system_due_at"], row["reason"]) == ("N", "2025-10-14 23:59:00", "holiday")
    (same,) = compared(tmp_path, lines, "records", "--disagree", "--format", "json").json
    assert same["reason"] == "holiday"
    table = compared(tmp_path, lines, "records", "--disagree", "--format", "table").text
    assert "Likely reason" in table
    workbook = compared(tmp_path, lines, "records", "--disagree", "-o", str(tmp_path / "x.xlsx"))
    assert workbook.code == 0
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[1]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    header = next(row for row in cells if "Case" in str(row[0]) and "Likely reason" in row)
    told = dict(zip(header, cells[cells.index(header) + 1], strict=True))
    assert told["Its verdict"] == "N"
    assert told["Its due time"] == dt.datetime(2025, 10, 14, 23, 59)
    assert told["Likely reason"] == "holiday"


def test_a_list_for_people_has_a_title_for_every_column() -> None:
    """A column that is added to `records` is not lost in the workbook and on the page."""
    assert {*_RECORD_TITLES} == {*RECORD_COLUMNS, *DISAGREEMENT_COLUMNS}


def test_the_first_disagreements_are_shown(tmp_path: Path) -> None:
    """The table names the requests with both due times and their place."""
    text = compared(tmp_path, [REASONS["holiday"]], "check", "--compare", "--format", "table").text
    assert "1     missed   met           2025-10-14 23:59:00  2025-10-15" in text
    assert "Verdicts that agree with the systems' own: 0 of 1" in text


def test_exports_without_a_word_of_their_own(tmp_path: Path) -> None:
    """Nothing to compare is said, and is no agreement."""
    (tmp_path / "own.csv").write_text(
        "case_id,channel,received_at,replied_at\n1,email,2025-09-02 09:00,2025-09-03 09:00\n"
    )
    outcome = run("check", tmp_path / "own.csv", "--compare", "--as-of", "2025-10-01", "--format", "table")
    assert (outcome.code, "No export here carries its system's own verdict" in outcome.text) == (0, True)


def test_it_does_not_go_with_readings(tmp_path: Path) -> None:
    """One answer at a time."""
    assert compared(tmp_path, [REASONS["holiday"]], "check", "--compare", "--readings").code == 2


def test_exit_codes_are_those_of_check(tmp_path: Path) -> None:
    """A missed target is one, compared or not."""
    assert compared(tmp_path, [REASONS["not_by_its_due_time"]], "check", "--compare", "--fail-under", "90").code == 1


def test_explain_shows_what_the_system_says(tmp_path: Path) -> None:
    """Its own verdict and due time as they stand in the export, with their place."""
    lines = [REASONS["holiday"]]
    asked = ("explain", "--case", "1", "--format")
    said = compared(tmp_path, lines, *asked, "json").json[0]["system_says"]
    assert [(one["text"], one["place"]["row"], one["place"]["column"]) for one in said] == [
        ("N", 2, "Kept"), ("2025-10-14 23:59", 2, "Target"),
    ]  # fmt: skip
    assert (
        'its system  N                     desk.csv, row 2, "Kept"' in compared(tmp_path, lines, *asked, "table").text
    )


def test_a_list_of_nothing_says_why(tmp_path: Path) -> None:
    """Where no export tells, an empty list is no agreement."""
    (tmp_path / "own.csv").write_text("case_id,channel,received_at\n1,email,2025-09-02 09:00\n")
    found = run("records", tmp_path / "own.csv", "--disagree", "--as-of", "2025-10-01")
    assert (found.code, found.rows) == (0, [])
    assert "No export here carries its system's own verdict" in found.err
