"""`cxaudit explain`: why one request has its verdict, day by day, and which cell of which file says so."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from outside import AS_OF, SAMPLES, Outcome, run, start

from cxaudit.audit import Audit, Question
from cxaudit.days.zones import zone
from cxaudit.explain.daily import days_of
from cxaudit.explain.model import Day, Explanation
from cxaudit.explain.reasons import ROLES, explain_case, path_of
from cxaudit.period import parse_as_of
from cxaudit.render.explain_words import heading
from cxaudit.standards import load

STANDARDS = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar:
  workweek: [Mon, Tue, Wed, Thu, Fri]
  office_hours: "08:30-12:00, 13:00-16:30"
  holidays: {country: CA, subdivision: AB}
  closed: {2025-10-20: Staff day}
  part_days: {2025-10-17: "08:30-12:00"}
standards:
  - effective: 2025-02-01
    source: Policy 1
    channels:
      email: {title: E-mail, within: 2 business days}
      phone: {title: Phone, within: 6 business hours}
      chat: {title: Chat, within: 30 hours}
      post: {title: Post, within: 5 days}
    departments: {Parks: {post: 3 days}}
"""
EXTENDED = STANDARDS + (
    "high_volume:\n"
    "  - {from: 2025-10-06, to: 2025-10-12, reason: Billing change, declared: 2025-10-01, authority: City Manager,\n"
    "     effect: extend, by: 3 business days}\n"
)
HEADER = "case_id,channel,department,received_at,replied_at,status,employee\n"
AS_KNOWN = "2025-11-07"


def town(folder: Path, rows: str, *, standards: str = STANDARDS, more: str = "") -> list[str | Path]:
    """A town's standards and its log; the arguments that name them."""
    (folder / "town.yaml").write_text(standards)
    (folder / "a.csv").write_text(HEADER + rows)
    files = [folder / "a.csv"]
    if more:
        (folder / "b.csv").write_text(HEADER + more)
        files.append(folder / "b.csv")
    return [*files, "--standards", folder / "town.yaml", "--as-of", AS_KNOWN]


def explained(*arguments: str | Path, case: str) -> dict[str, Any]:
    """The one explanation of a case, as data."""
    found = run("explain", *arguments, "--case", case)
    assert found.code == 0, found.err
    (why,) = found.json
    return dict(why)


def told(*arguments: str | Path, case: str) -> list[str]:
    """The same as lines of text, blanks evened out."""
    found = run("explain", *arguments, "--case", case, "--format", "table")
    assert found.code == 0, found.err
    return [" ".join(line.split()) for line in found.text.splitlines() if line]


def sample(case: str) -> list[str]:
    return told(SAMPLES, *AS_OF, case=case)


# The samples


def test_the_request_before_thanksgiving() -> None:
    """The portal's case 2025-0417 is late because the Thursday after Thanksgiving is its third business day."""
    assert sample("2025-0417") == [
        "Case 2025-0417 · Online Portal · Utilities · late by 1 business day",
        'received Fri 2025-10-10 16:50:12 portal.csv, row 16, "received_at"',
        '"2025-10-10T22:50:12Z", in UTC, is 16:50:12 in Edmonton',
        'channel Online Portal portal.csv, row 16, "channel"',
        'department Utilities portal.csv, row 16, "department"',
        "promise 2 business days AP-1077-23, 5.1(a), in force since 2025-02-01",
        "Fri 10 Oct day zero, the day of receipt",
        "Sat 11 Oct weekend",
        "Sun 12 Oct weekend",
        "Mon 13 Oct Thanksgiving Day",
        "Tue 14 Oct business day 1",
        "Wed 15 Oct business day 2, due by the end of the day",
        "Thu 16 Oct business day 3, answered 09:12:40",
        "due Wed 2025-10-15 by the end of the day",
        'replied Thu 2025-10-16 09:12:40 portal.csv, row 16, "replied_at"',
        '"2025-10-16T15:12:40.750Z", in UTC, is 09:12:40 in Edmonton',
        "Late: answered on the 3rd business day; 2 were promised.",
        "Counted from the day after receipt to the end of the due day, Alberta holidays.",
    ]


def test_a_letter_has_dates_without_a_time() -> None:
    """A letter is explained by the cells of its sheet; its dates have no time of day, and none is made up."""
    lines = sample("L-0209")
    assert 'received Wed 2025-10-01 letters.xlsx, Letters 2025, row 5, "Received on"' in lines
    assert lines.count("a date without a time of day") == 2
    assert "Wed 15 Oct business day 9, answered" in lines
    assert "Late: answered on the 9th business day; 5 were promised." in lines


def test_a_row_that_occurs_twice_is_named() -> None:
    """Of two rows that say the same the first was taken; the other is named with its file and row."""
    lines = sample("00048253")
    taken = "voicemail.csv, row 57 was taken, the first in the input"
    assert f"also duplicate voicemail.csv, row 58: says the same; {taken}" in lines


def test_the_order_of_day_and_month_comes_with_its_proof() -> None:
    """A date that reads in two ways is shown with the row that settles it."""
    assert '"10/16/2025 10:05 AM", month first (row 6: 10/31/2025 02:57 PM)' in sample("00048253")


def test_an_overdue_request_names_the_empty_cell() -> None:
    """That there is no reply is said by a cell as well: the empty one."""
    lines = sample("L-0227")
    assert 'replied not as of 2025-10-31 17:00 letters.xlsx, Letters 2025, row 23, "Answered on" is empty' in lines
    assert "Fri 31 Oct business day 6, no reply by 17:00" in lines
    assert (
        "Overdue: no reply as of 2025-10-31 17:00; it was due by the end of Thu 2025-10-30, 1 business day before."
        in lines
    )


def test_a_pending_request_shows_the_days_to_come() -> None:
    """The days lead on to the due day, though it lies after the as-of moment."""
    lines = sample("30625")
    assert lines[0] == "Case 30625 · E-mail · Utilities · pending"
    assert "Tue 4 Nov business day 2, due by the end of the day" in lines
    assert "Pending: no reply as of 2025-10-31 17:00; due by the end of Tue 2025-11-04." in lines


def test_a_reply_after_the_moment_has_not_happened_yet() -> None:
    """On the evening of its receipt the late request is pending; its reply is named as a later one."""
    lines = told(SAMPLES, "--as-of", "2025-10-10", case="2025-0417")
    assert lines[0].endswith("pending")
    assert 'replied not as of 2025-10-10 portal.csv, row 16, "replied_at": later, Thu 2025-10-16 09:12:40' in lines


def test_a_request_after_the_moment_is_outside_the_run() -> None:
    """Before its receipt there is nothing to judge."""
    lines = told(SAMPLES, "--as-of", "2025-10-09", case="2025-0417")
    assert lines[0].endswith("not known yet")
    assert "Not known yet: received after 2025-10-09, as of which this run judges." in lines


def test_other_readings_are_named_where_they_differ() -> None:
    """Pending to the end of the day, overdue by closing time: whoever relies on it must know."""
    assert "Counted in other ways: overdue under close_of_business, business_hours and elapsed_24h." in sample("L-0229")
    assert not [line for line in sample("2025-0417") if line.startswith("Counted in other ways")]


def audit_of(standards: str | None, *files: str | Path) -> Audit:
    found = load(Path(standards) if standards else None)
    as_of = parse_as_of("2025-10-31 17:00", zone(found.timezone))
    return Audit([str(file) for file in files], Question(found, as_of, roles=ROLES))


@pytest.fixture(scope="module")
def some_samples() -> list[tuple[dict[str, Any], Explanation]]:
    """Every seventh judged request of the samples with its explanation."""
    audit = audit_of(None, SAMPLES)
    rows = list(audit.judged.sort("at").collect().iter_rows(named=True))[::7]
    return [(row, why) for row in rows for why in explain_case(audit, row["case_id"])]


def due_days(days: Iterable[Day]) -> list[dt.date]:
    return [day.traced.day for day in days if "due" in day.marks]


def test_no_explanation_disagrees_with_the_judgement(some_samples: list[tuple[dict[str, Any], Explanation]]) -> None:
    """The texts, read anew, and the days, counted anew, give what was judged."""
    assert len(some_samples) == 45
    for row, why in some_samples:
        assert (why.received.at, why.replied.at) == (row["received_at"], row["replied_at"])
        assert why.due is not None
        assert why.due.latest == row["due_at"]
        assert due_days(why.days) == [row["due_at"].date()]


def test_the_day_of_the_reply_bears_the_number_that_was_counted(
    some_samples: list[tuple[dict[str, Any], Explanation]],
) -> None:
    """The business days of the list are those of the table, for every request that was answered on an open day."""
    for row, why in some_samples:
        numbers = [day.number for day in why.days if "replied" in day.marks and day.number is not None]
        assert numbers in ([], [row["business_days"]])


def test_the_heading_says_the_verdict(some_samples: list[tuple[dict[str, Any], Explanation]]) -> None:
    """The heading of each explanation has the verdict of the audit."""
    for row, why in some_samples:
        assert heading(why).split(" · ")[-1].startswith(row["verdict"])


# Promises of other kinds


@pytest.mark.parametrize("day_zero", ["day_received", "next_business_day", "next_opening"])
@pytest.mark.parametrize("day_ends", ["midnight", "close", "same_time", '"16:00"'])
@pytest.mark.parametrize("base", [STANDARDS, EXTENDED], ids=["plain", "extended"])
def test_every_way_of_counting_is_explained_as_judged(tmp_path: Path, base: str, day_zero: str, day_ends: str) -> None:
    """Whatever the rule, the due time explained is the one judged, and its business days are numbered as promised."""
    start = dt.datetime(2025, 10, 3, 7, 10)
    receipts = [start + i * dt.timedelta(hours=17, minutes=37) for i in range(32)]
    channels = ("email", "phone", "chat", "post")
    rows = [f"{i},{channels[i % 4]},Roads,{at:%Y-%m-%d %H:%M},,,\n" for i, at in enumerate(receipts)]
    counting = f"counting: {{day_zero: {day_zero}, day_ends: {day_ends}}}\n"
    town(tmp_path, "".join(rows), standards=base + counting)
    audit = audit_of(str(tmp_path / "town.yaml"), tmp_path / "a.csv")
    for row in audit.judged.sort("at").collect().iter_rows(named=True):
        path = path_of(audit, row)
        assert path is not None
        assert path.due.latest == row["due_at"]
        days = list(days_of(audit.calendar, path, row["received_at"].date(), None, None))
        assert due_days(days) == [row["due_at"].date()]
        if row["channel"] == "email" and row.get("high_volume") is None:
            assert [day.number for day in days if "due" in day.marks] == [2]
        if row["channel"] == "phone" and row.get("high_volume") is None:
            assert sum(day.used_minutes for day in days) == 360


def test_an_extension_is_shown_with_and_without(tmp_path: Path) -> None:
    """A declared period that moves the due time is named, with the due day and the verdict without it."""
    lines = told(*town(tmp_path, "1,email,Parks,2025-10-10 16:50,2025-10-16 09:12,,\n", standards=EXTENDED), case="1")
    assert "high volume 2025-10-06 to 2025-10-12 Billing change, declared 2025-10-01 by City Manager" in lines
    assert "moves the due time by 3 business days; without it: late, due by the end of Wed 2025-10-15" in lines
    assert "Wed 15 Oct business day 2, due without the extension" in lines
    assert "Fri 17 Oct business day 4, open 08:30-12:00" in lines
    assert "Mon 20 Oct Staff day" in lines
    assert "Tue 21 Oct business day 5, due by the end of the day" in lines
    assert "Met: answered on the 3rd business day; 2 were promised, extended by 3 business days." in lines
    assert "Without the extension for high volume it is late." in lines


def test_a_noted_period_moves_nothing(tmp_path: Path) -> None:
    """A period that is only declared hides no miss."""
    noted = EXTENDED.replace("effect: extend, by: 3 business days", "effect: note")
    lines = told(*town(tmp_path, "1,email,Parks,2025-10-10 16:50,2025-10-16 09:12,,\n", standards=noted), case="1")
    assert lines[0].endswith("late by 1 business day")
    assert "noted; it moves no due time" in lines
    assert "The declared period of high volume asks patience and hides no miss." in lines


def test_office_hours_show_what_each_day_gave(tmp_path: Path) -> None:
    """Six business hours are half an hour, a part day, and the rest on the next open day."""
    arguments = town(tmp_path, "1,phone,Parks,2025-10-16 16:00,2025-10-21 11:00,,\n")
    lines = told(*arguments, case="1")
    assert lines[5:13] == [
        "Thu 16 Oct open 16:00-16:30: 30 min, received",
        "Fri 17 Oct open 08:30-12:00: 3 h 30 min",
        "Sat 18 Oct weekend",
        "Sun 19 Oct weekend",
        "Mon 20 Oct Staff day",
        "Tue 21 Oct open 08:30-10:30: 2 h, due by 10:30, answered 11:00",
        "due Tue 2025-10-21 by 10:30",
        'replied Tue 2025-10-21 11:00 a.csv, row 2, "replied_at"',
    ]
    assert "Late: answered after 6.5 office hours; 6 business hours were promised." in lines
    assert sum(day["used_minutes"] for day in explained(*arguments, case="1")["days"]) == 360


def test_a_miss_of_seconds_is_told_by_the_clock(tmp_path: Path) -> None:
    """Six hours and five seconds are no more than six in two decimals, so the moments are named."""
    arguments = town(tmp_path, "1,phone,Parks,2025-10-21 08:30,2025-10-21 15:30:05,,\n")
    assert "Late: answered Tue 2025-10-21 15:30:05; it was due by Tue 2025-10-21 15:30." in told(*arguments, case="1")


def test_a_scenario_is_said(tmp_path: Path) -> None:
    """The promise of another day is shown as such, above all in what is printed and passed on."""
    arguments = town(tmp_path, "1,post,Parks,2025-10-18,2025-10-20,,\n")
    lines = told(*arguments, "--standards-as-of", "2025-03-01", case="1")
    assert "promise 3 days Policy 1, for Parks, as though always in force: a scenario" in lines
    assert explained(*arguments, "--standards-as-of", "2025-03-01", case="1")["promised"]["effective"] is None


def test_hours_of_the_clock_count_every_day(tmp_path: Path) -> None:
    """Thirty hours pass over a weekend like any other."""
    lines = told(*town(tmp_path, "1,chat,Parks,2025-10-18 16:00,2025-10-21 09:00,,\n"), case="1")
    assert "Sun 19 Oct all hours count (weekend), due by 22:00" in lines
    assert "Late: answered Tue 2025-10-21 09:00; it was due by Sun 2025-10-19 22:00." in lines


def test_calendar_days_are_told_as_such(tmp_path: Path) -> None:
    """What counts every day takes no holiday out: the page of the auditor says what `check` says."""
    (tmp_path / "s.yaml").write_text(
        "version: 1\norganisation: T\ntimezone: America/Edmonton\n"
        "calendar: {holidays: {country: CA, subdivision: AB}, workweek: [Mon, Tue, Wed, Thu, Fri]}\n"
        "standards: [{effective: 2025-02-01, source: X, channels: {letter: {within: 4 days}}}]\n"
    )
    (tmp_path / "log.csv").write_text(
        "case_id,channel,received_at,replied_at\n1,letter,2025-10-09 18:00,2025-10-15 10:00\n"
    )
    found = run("explain", tmp_path / "log.csv", "--standards", tmp_path / "s.yaml", "--case", "1", *AS_OF)
    assert found.json[0]["promised"]["counting"] == (
        "Counted from the day after receipt to the end of the due day, every day of the calendar"
    )


def test_a_department_may_promise_more(tmp_path: Path) -> None:
    """Calendar days are numbered whatever they are; the promise of a department is named as its own."""
    lines = told(*town(tmp_path, "1,post,Parks,2025-10-18,2025-10-20,,\n"), case="1")
    assert "promise 3 days Policy 1, for Parks, in force since 2025-02-01" in lines
    assert "Mon 20 Oct day 2 (Staff day), answered" in lines


def test_a_time_of_day_that_is_not_known_gives_two_due_times(tmp_path: Path) -> None:
    """Without a time of receipt office hours end on one of two days, and both are shown."""
    why = explained(*town(tmp_path, "1,phone,Parks,2025-10-16,2025-10-17,,\n"), case="1")
    assert why["due"] == {"earliest": "2025-10-16 15:30:00", "latest": "2025-10-21 11:00:00"}
    assert why["because"] == "Not judged: the verdict depends on a time of day that is not stated."


def test_a_miss_by_an_unknown_number_of_days_is_told_without_one(tmp_path: Path) -> None:
    """One of two due days; nine business days are no "less than a business day"."""
    opening = STANDARDS.replace("standards:\n", "counting: {day_zero: next_opening}\nstandards:\n", 1)
    for reply, verdict in (("2025-10-30", "late"), ("", "overdue")):
        arguments = town(tmp_path, f"1,email,Parks,2025-10-16,{reply},,\n", standards=opening)
        assert explained(*arguments, case="1")["business_days_over"] is None
        assert told(*arguments, case="1")[0].endswith(f" · {verdict}")


def test_the_reply_taken_is_the_earlier_instant(tmp_path: Path) -> None:
    """When the clocks go back, 01:30 may be before 01:10; `explain` names the row whose reply `records` has."""
    header = "case_id,channel,department,received_at,replied_at\n"
    for name, at in {"a": "08:10", "b": "07:30"}.items():
        (tmp_path / f"{name}.csv").write_text(f"{header}A,email,U,2025-10-31T15:00:00Z,2025-11-02T{at}:00Z\n")
    files = (tmp_path / "a.csv", tmp_path / "b.csv", "--as-of", "2025-11-05")
    (row,) = run("records", *files).rows
    why = explained(*files, case="A")
    assert (why["replied"]["at"], why["replied"]["place"]["file"]) == (row["replied_at"], "b.csv")


def test_an_empty_channel_names_its_cell(tmp_path: Path) -> None:
    """The other rows of the file have channels, so it is not "all of" it."""
    arguments = town(tmp_path, "1,email,Parks,2025-10-16,,,\n2,,Parks,2025-10-16,,,\n")
    assert 'channel no channel a.csv, row 3, "channel" is empty' in told(*arguments, case="2")
    assert explained(*arguments, case="2")["channel"]["place"]["row"] == 3


def test_a_long_wait_is_cut_in_the_middle(tmp_path: Path) -> None:
    """Ten days, then how many business days are left out, then the last five; the data hold them all."""
    arguments = town(tmp_path, "1,email,Parks,2025-08-01 16:00,,,\n")
    lines = told(*arguments, case="1")
    first, last = lines.index("Fri 1 Aug day zero, the day of receipt"), lines.index("… 57 more business days")
    assert last - first == 10
    assert lines[last + 5] == "Fri 7 Nov business day 67, no reply by the end of the day"
    assert len(explained(*arguments, case="1")["days"]) == 99


def test_a_due_day_far_on_is_not_cut_out(tmp_path: Path) -> None:
    """The day on which it was due stays, wherever it lies."""
    distant = STANDARDS.replace("2 business days", "20 business days")
    lines = told(*town(tmp_path, "1,email,Parks,2025-08-01 16:00,,,\n", standards=distant), case="1")
    assert [line for line in lines if line.startswith("…")] == ["… 14 more business days", "… 42 more business days"]
    assert "Fri 29 Aug business day 20, due by the end of the day" in lines


# What is not judged


@pytest.mark.parametrize(
    ("row", "title", "said"),
    [
        ("1,fax,Parks,2025-10-16 16:00,,,", "no standard for the channel", "no promise for fax"),
        (
            "1,email,Parks,2025-10-16 16:00,2025-10-15 09:00,,",
            "reply before receipt",
            "the reply is earlier than the receipt",
        ),
        (
            "1,email,Parks,2025-01-16 16:00,2025-01-17 09:00,,",
            "received before the standards were in force",
            "received before 2025-02-01, when the first standard came into force",
        ),
    ],
)
def test_what_could_not_be_judged_says_why(tmp_path: Path, row: str, title: str, said: str) -> None:
    """An exclusion is given in words, without days that would count for nothing."""
    arguments = town(tmp_path, f"{row}\n")
    lines = told(*arguments, case="1")
    assert lines[0].endswith(f"not judged: {title}")
    assert f"Not judged: {said}." in lines
    assert explained(*arguments, case="1")["days"] == []


def test_an_exclude_rule_names_the_cell_that_it_matched(tmp_path: Path) -> None:
    """Owed no reply because a cell says so: which one."""
    rule = "exclude: [{column: status, in: [spam], because: not a request}]\n"
    lines = told(*town(tmp_path, "1,email,Parks,2025-10-16 16:00,,Spam,\n", standards=STANDARDS + rule), case="1")
    assert 'Not judged: not a request; "status" is "Spam" (a.csv, row 2, "status").' in lines


# Several rows, several requests


def test_the_earliest_receipt_and_reply_may_come_from_two_rows(tmp_path: Path) -> None:
    """Each value is shown at the row that it came from, and what the other row says beside it."""
    arguments = town(
        tmp_path,
        "1,email,Parks,2025-10-16 10:00,,,\n",
        more="1,email,Parks,2025-10-17 10:00,2025-10-17 11:00,,\n",
    )
    why = explained(*arguments, case="1")
    assert (why["received"]["place"]["file"], why["replied"]["place"]["file"]) == ("a.csv", "b.csv")
    also = "received Fri 2025-10-17 10:00; the earlier receipt was taken; its reply was taken, the earliest"
    assert f"also duplicate b.csv, row 2: {also}" in told(*arguments, case="1")


def test_a_date_alone_gives_way_to_a_time_of_its_day(tmp_path: Path) -> None:
    """It is not called later than a time that it may well be."""
    arguments = town(
        tmp_path,
        "1,email,Parks,2025-10-16 10:00,2025-10-17 11:00,,\n",
        more="1,email,Parks,2025-10-16,2025-10-17,,\n",
    )
    also = "received Thu 2025-10-16; the timed receipt was taken; replied Fri 2025-10-17; the timed reply was taken"
    assert f"also duplicate b.csv, row 2: {also}" in told(*arguments, case="1")


def test_a_rejected_row_of_the_case_is_named(tmp_path: Path) -> None:
    """A row that could not be used may be the very one that the reader has in mind."""
    rows = "".join(f"{i},email,Parks,2025-10-16 10:00,2025-10-17 10:00,,\n" for i in range(1, 15))
    lines = told(*town(tmp_path, rows + "7,email,Parks,2025-10-16 10:00,soon,,\n"), case="7")
    assert 'also rejected a.csv, row 16, "soon": the reply time cannot be read; it is never taken for no reply' in lines


def test_one_id_in_two_systems_is_two_requests(tmp_path: Path) -> None:
    """Two sources may use the same id; each of their requests is explained."""
    arguments = town(tmp_path, "00048253,email,Parks,2025-10-16 10:00,2025-10-17 10:00,,\n")
    found = run("explain", *arguments, SAMPLES / "voicemail.csv", "--case", "00048253")
    assert sorted(why["source"] for why in found.json) == ["generic", "voicemail_log"]


def test_stale_exports_are_pointed_out_where_a_reply_is_missing(tmp_path: Path) -> None:
    """Unanswered may mean not yet exported."""
    lines = told(*town(tmp_path, "1,email,Parks,2025-10-16 10:00,,,\n"), case="1")
    assert lines[-1] == (
        "a.csv: the export ends over a business day before the as-of moment: replies may be missing; its latest timestamp "
        "is 2025-10-16 10:00."
    )


def test_years_without_holidays_are_named(tmp_path: Path) -> None:
    """Whoever reads that a request could not be judged learns which years could, and what to look at."""
    lines = told(*town(tmp_path, "1,email,Parks,2100-12-31 10:00,,,\n"), "--as-of", "2100-12-31", case="1")
    assert re.fullmatch(
        r"(The list of holidays \(holidays [\d.]+, CA-AB\)|Cxaudit) knows the years \d{4} to \d{4}: is the date mistyped\? "
        r"If not, a newer version may know more\.",
        lines[-1],
    )


def test_a_wall_time_that_the_clocks_repeat_is_pointed_out(tmp_path: Path) -> None:
    """Half past one on the night when the clocks go back happened twice."""
    lines = told(*town(tmp_path, "1,chat,Parks,2025-11-02 01:30,2025-11-02 09:00,,\n"), case="1")
    assert lines[-1] == (
        "2025-11-02 01:30: a wall time that the clocks skipped or repeated; kept as written, the first of two."
    )


# The command line


def unknown(case: str, *arguments: str | Path) -> Outcome:
    found = run("explain", *arguments, "--case", case)
    assert (found.code, found.out) == (2, b"")
    return found


def test_an_unknown_id_is_refused_with_near_ones() -> None:
    """A slip of the pen is more likely than a lost case."""
    assert unknown("2025-417", SAMPLES, *AS_OF).err.splitlines() == [
        "cxaudit: no request has the case id 2025-417.",
        "Did you mean 2025-0417 or 2025-0461 or 2025-0457?",
    ]
    listed = run("records", SAMPLES, *AS_OF, "--case", "2025-417")
    said = "No request has the case id 2025-417. Did you mean 2025-0417 or 2025-0461 or 2025-0457?"
    assert (listed.code, said in listed.err.splitlines()) == (0, True)


def test_an_id_that_only_a_rejected_row_has(tmp_path: Path) -> None:
    """The row is named, and why it is no request."""
    rows = "".join(f"{i},email,Parks,2025-10-16 10:00,2025-10-17 10:00,,\n" for i in range(1, 15))
    found = unknown("99", *town(tmp_path, rows + "99,email,Parks,soon,,,\n"))
    assert found.err.splitlines()[1] == "a.csv, row 16, has it, but could not be used: the receipt time cannot be read."


def test_blanks_around_an_id_make_no_difference(tmp_path: Path) -> None:
    """An id is the same with blanks around it, in the file as on the command line."""
    assert explained(*town(tmp_path, " 1 ,email,Parks,2025-10-16 10:00,,,\n"), case="1 ")["case_id"] == "1"


def test_no_employee_and_no_other_column_is_shown(tmp_path: Path) -> None:
    """Only the cells of the roles that count are shown, never who answered."""
    arguments = town(tmp_path, "1,email,Parks,2025-10-16 10:00,2025-10-17 10:00,open,A. Moss\n")
    for form in ("table", "json", "markdown"):
        found = run("explain", *arguments, "--case", "1", "--format", form)
        assert found.code == 0
        assert "Moss" not in found.text
    assert "780-555" not in run("explain", SAMPLES, *AS_OF, "--case", "00048253").text


def test_a_foreign_text_cannot_move_the_cursor(tmp_path: Path) -> None:
    """Control characters of the input are shown as replacement characters."""
    found = run(
        "explain", *town(tmp_path, "1,email,\x1b[2JParks,2025-10-16 10:00,,,\n"), "--case", "1", "--format", "table"
    )
    assert "\x1b" not in found.text


def test_markdown_has_a_table_and_the_verdict_in_words() -> None:
    """For a memo: heading, table, list."""
    found = run("explain", SAMPLES, *AS_OF, "--case", "2025-0417", "--format", "markdown")
    lines = found.text.splitlines()
    assert lines[0] == "**Case 2025-0417 · Online Portal · Utilities · late by 1 business day**"
    assert lines[2:4] == ["| What | When | Why |", "| --- | --- | --- |"]
    assert "|  | Mon 13 Oct | Thanksgiving Day |" in lines
    assert "- Late: answered on the 3rd business day; 2 were promised." in lines


@pytest.mark.parametrize("width", [80, 120])
def test_it_fits_the_terminal(width: int) -> None:
    """No line is wider than the window, and none is cut."""
    found = run("explain", SAMPLES, *AS_OF, "--case", "00048253", terminal=width)
    assert max(map(len, found.text.splitlines())) <= width
    assert "the first in the input" in " ".join(found.text.split())


def test_a_file_gets_its_format_by_its_ending(tmp_path: Path) -> None:
    """Text for .txt, data for .json; there is no CSV of an explanation."""
    for name, begin in (("why.txt", "Case "), ("why.json", "["), ("why.md", "**Case ")):
        assert run("explain", SAMPLES, *AS_OF, "--case", "L-0209", "-o", tmp_path / name).code == 0
        assert (tmp_path / name).read_text("utf-8").startswith(begin)
    assert run("explain", SAMPLES, *AS_OF, "--case", "L-0209", "-o", tmp_path / "why.csv").code == 2


def test_the_same_input_gives_the_same_bytes() -> None:
    """In a process of its own, twice: data into a pipe, the settings on standard error."""
    arguments = ("explain", SAMPLES, *AS_OF, "--case", "2025-0417")
    one, two = start(*arguments), start(*arguments)
    assert (one.code, one.out) == (0, two.out)
    assert one.json[0]["verdict"] == "late"
    assert one.err == "Standards: standards.yaml (City of Spruce Grove)\n"
