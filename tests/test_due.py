"""When a request would be due: `due` says what judging says, and which days it skipped."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from pathlib import Path

import invented
import oracle
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outside import Outcome, run, start

from cxaudit.errors import UsageError
from cxaudit.explain.when_due import DueTime, Receipt, due_times
from cxaudit.standards import Standards, loads

EXAMPLES = settings(max_examples=25, suppress_health_check=list(HealthCheck), database=None)
TOWN = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar:
  holidays: {{country: CA, subdivision: AB, categories: [public]}}
  workweek: [Mon, Tue, Wed, Thu, Fri]
  office_hours: "08:30-16:30"
  closed: {{2025-12-29..2025-12-31: Christmas closure}}
  part_days: {{2025-12-24: "08:30-12:00"}}
{more}
standards:
  - effective: 2025-02-01
    source: Policy 1
    channels: {{email: {{title: E-mail, within: 2 business days}}, calls: {{within: 4 business hours}}}}
    departments: {{Parks: {{email: 1 business day}}}}
  - effective: 2025-06-01
    source: Policy 2
    channels: {{email: {{title: E-mail, within: 3 business days}}, calls: {{within: 4 business hours}}}}
"""


def town(more: str = "") -> str:
    return TOWN.format(more=more)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "standards.yaml").write_text(town())
    return tmp_path


def due(folder: Path, *received: str, channel: str = "email", options: tuple[str, ...] = ()) -> Outcome:
    asked = [word for moment in received for word in ("--received", moment)]
    return run("due", "--channel", channel, *asked, *options, cwd=folder)


def refused(outcome: Outcome) -> str:
    assert (outcome.code, outcome.out) == (2, b"")
    return outcome.err


def receipt(request: oracle.Request) -> Receipt:
    is_date = not isinstance(request.received, dt.datetime)
    at = (
        request.received
        if isinstance(request.received, dt.datetime)
        else dt.datetime.combine(request.received, dt.time())
    )
    return Receipt(at, is_date, request.received_utc)


def shown(one: DueTime) -> dt.date | None:
    """The due time as `records` shows it: its day where the time is not known, nothing where the day is not."""
    if one.is_certain:
        return one.first
    return one.first.date() if one.first.date() == one.last.date() else None


@EXAMPLES
@given(invented.towns(), st.integers(0, 2**32))
def test_due_says_what_judging_says(made: Standards, seed: int) -> None:
    """The due time told in advance is the one by which the request is judged afterwards, and the one counted by hand."""
    chance = random.Random(seed)
    channel, department = chance.choice(invented.CHANNELS), chance.choice((*invented.DEPARTMENTS, None))
    log = [
        dataclasses.replace(
            one, channel=channel, department=department, is_exempt=False, replied=None, replied_utc=None
        )
        for one in invented.log(made, seed, 20)
    ]
    judged = invented.judged(made, invented.frame(log), invented.FIRST)
    told = [(one, row) for one, row in zip(log, judged.to_dicts(), strict=True) if row["excluded"] in (None, "no_time")]
    for one, row in zip(log, judged.to_dicts(), strict=True):
        if row["excluded"] in ("before_standards", "no_standard"):
            with pytest.raises(UsageError):
                due_times(made, [receipt(one)], channel, department)
    found = due_times(made, [receipt(one) for one, _ in told], channel, department) if told else []
    for (request, row), answer in zip(told, found, strict=True):
        judged_due = row["due_at"].date() if row["due_is_date"] and row["due_at"] else row["due_at"]
        assert shown(answer) == judged_due, request
        by_hand = oracle.judge(invented.city(made), request, invented.FIRST)
        assert by_hand.excluded or shown(answer) == by_hand.due, request


@EXAMPLES
@given(invented.towns(units=("business days",)), st.integers(0, 2**32))
def test_the_days_told_lead_to_the_due_day(made: Standards, seed: int) -> None:
    """Counting the open days that are told, from the day after day zero, gives the promised number on the due day."""
    log = [one for one in invented.log(made, seed, 10) if one.channel in invented.CHANNELS]
    for request in log:
        try:
            (one,) = due_times(made, [receipt(request)], str(request.channel), request.department)
        except UsageError:
            continue
        if not one.is_certain:
            continue
        numbers = [day.number for day in one.days if day.day > one.day_zero and day.is_open]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) == one.promise.within.count or one.promise.within.count == 0
        assert one.days[-1].day == one.first.date()
        assert all(not day.is_open for day in one.skipped)


def test_holidays_and_closures_are_named(here: Path) -> None:
    """A customer who asks why hears the name of each day that does not count."""
    (row,) = due(here, "2025-12-24 16:40").rows
    assert row["due_at"] == "2026-01-05 23:59:59"
    assert row["skipped"].split("; ") == [
        "2025-12-25 Christmas Day", "2025-12-27 weekend", "2025-12-28 weekend", "2025-12-29 Christmas closure",
        "2025-12-30 Christmas closure", "2025-12-31 Christmas closure", "2026-01-01 New Year's Day",
        "2026-01-03 weekend", "2026-01-04 weekend",
    ]  # fmt: skip


def test_thanksgiving_moves_the_due_day(tmp_path: Path) -> None:
    """Received Fri 2025-10-10 16:50, 2 business days: Mon 13 Oct is Thanksgiving, so it is due on Wed 2025-10-15."""
    found = run(
        "due", "--within", "2 business days", "--received", "2025-10-10 16:50", "--format", "table", cwd=tmp_path
    )
    assert found.text.splitlines() == [
        "2 business days · due Wed 2025-10-15, by the end of the day",
        "",
        " received  Fri 2025-10-10 16:50",
        " promise   2 business days",
        "           Sat 11 Oct            weekend",
        "           Sun 12 Oct            weekend",
        "           Mon 13 Oct            Thanksgiving Day",
        "           Tue 14 Oct            business day 1",
        "           Wed 15 Oct            business day 2",
        " due       Wed 2025-10-15        by the end of the day",
        "",
        " Counted from the day after receipt to the end of the due day, Alberta holidays",
    ]


def test_an_instant_is_turned_into_city_time(here: Path) -> None:
    """Alberta keeps its clocks from November 2026: 06:30Z on 1 December is 00:30 of that day, not 23:30 of the day before."""
    (row,) = due(here, "2026-12-01T06:30:00Z").rows
    assert (row["received_at"], row["due_at"]) == ("2026-12-01 00:30:00", "2026-12-04 23:59:59")


def test_the_promise_is_that_of_the_day_of_receipt(here: Path) -> None:
    """A new version of the standards holds for what is received from its day on."""
    rows = due(here, "2025-05-30", "2025-06-02").rows
    assert [(row["standard"], row["clause"], row["in_force_since"]) for row in rows] == [
        ("2 business days", "Policy 1", "2025-02-01"),
        ("3 business days", "Policy 2", "2025-06-01"),
    ]


def test_a_department_may_promise_more(here: Path) -> None:
    """The department's own promise holds, however its name is spelled."""
    (row,) = due(here, "2025-05-26 10:00", options=("--department", "PARKS")).rows
    assert (row["department"], row["due_at"]) == ("Parks", "2025-05-27 23:59:59")


def test_a_department_that_nobody_knows_is_said(here: Path) -> None:
    """A slip in a department's name would quietly give the general promise."""
    found = due(here, "2025-05-26 10:00", options=("--department", "Park"))
    assert found.code == 0
    assert "do not name the department Park. Did you mean Parks?" in found.err


def test_a_date_without_a_time_shows_both_ends(here: Path) -> None:
    """Four office hours after some moment of a Monday end on that Monday or on the next day."""
    (row,) = due(here, "2025-05-26", channel="calls").rows
    assert row["due_at"] == ""
    assert (row["earliest_due_at"], row["latest_due_at"]) == ("2025-05-26 12:30:00", "2025-05-27 12:30:00")


def test_office_hours_are_told_for_each_open_day(here: Path) -> None:
    """On a part day fewer of the promised hours pass, and the answer shows why."""
    found = due(here, "2025-12-23 16:00", channel="calls", options=("--format", "table"))
    assert " due       Wed 2025-12-24        by 12:00" in found.text
    assert "Wed 24 Dec            open 08:30-12:00" in found.text


def test_json_lists_every_day(here: Path) -> None:
    """A program that asks gets each day with its kind, and the rule in words."""
    (row,) = due(here, "2025-12-24 10:00", options=("--format", "json")).json
    assert row["days"][0] == {
        "day": "2025-12-24", "weekday": "Wednesday", "kind": "part day", "name": "08:30-12:00", "number": 0,
    }  # fmt: skip
    assert row["days"][1]["kind"] == "holiday"
    assert row["counting"].startswith("Counted from the day after receipt")


def test_an_extension_moves_the_due_time_in_the_open(tmp_path: Path) -> None:
    """A declared extension is applied as in judging, and the due time without it stands beside."""
    period = "high_volume: [{from: 2025-06-02, to: 2025-06-20, reason: Billing, effect: extend, by: 60 business days}]"
    (tmp_path / "standards.yaml").write_text(town() + period + "\n")
    (row,) = due(tmp_path, "2025-06-02 09:00").rows
    assert (row["high_volume"], row["due_at_without_extension"]) == ("Billing", "2025-06-05 23:59:59")
    assert row["due_at"] == "2025-08-29 23:59:59"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--channel", "emial", "--received", "2025-12-24"), "Did you mean email?"),
        (("--channel", "email", "--received", "2025-01-31 23:59"), "in force from 2025-02-01"),
        (("--channel", "email", "--received", "2100-12-31"), "knows the years 1867 to 2100"),
        (("--channel", "email", "--received", "2100-12-30 10:00"), "knows the years 1867 to 2100"),
        (("--within", "3 days", "--received", "2100-12-30 10:00"), "knows the years 1867 to 2100"),
        (("--channel", "email", "--received", "tomorrow"), "is not a moment"),
        (("--channel", "email", "--received", "25-12-24 10:00"), "is not a moment"),
        (("--channel", "email", "--received", "2205-12-24"), "outside the years 1990 to 2100"),
        (("--within", "1d", "--received", "2025-12-24"), 'write "1 business day"'),
        (("--within", "1 day", "--channel", "email", "--received", "2025-12-24"), "Leave out"),
        (("--received", "2025-12-24"), "--channel is missing"),
        (("--channel", "email"), "--received"),
    ],
)
def test_what_cannot_be_answered_is_an_error(here: Path, options: tuple[str, ...], said: str) -> None:
    """No due time is given by guessing: exit code 2, and what to change."""
    assert said in refused(run("due", *options, cwd=here))


def test_office_hours_that_nobody_declared_are_asked_for(tmp_path: Path) -> None:
    """Business hours mean nothing without office hours."""
    (tmp_path / "standards.yaml").write_text(
        "version: 1\norganisation: Town\ntimezone: UTC\ncalendar: {workweek: [Mon]}\n"
        "standards: [{effective: 2025-01-01, source: P, channels: {email: {within: 1 day}}}]\n"
    )
    found = run("due", "--within", "4 business hours", "--received", "2025-12-24 10:00", cwd=tmp_path)
    assert "Add office_hours" in refused(found)


def test_an_hour_that_comes_twice_is_said(tmp_path: Path) -> None:
    """On the day the clocks go back, 01:30 is two moments; the first is taken, and the answer says so."""
    found = run("due", "--within", "1 hour", "--received", "2025-11-02 01:30", cwd=tmp_path)
    assert found.rows[0]["due_at"] == "2025-11-02 01:30:00"
    assert "comes twice" in found.err


@pytest.mark.parametrize("more", ["", "  open: [2026-01-01]"])
def test_a_part_day_on_a_holiday_is_an_error_with_its_place(tmp_path: Path, more: str) -> None:
    """A part day on a holiday has no hours, unless the holiday is worked; every run that counts days says so."""
    text = town(more).replace('{2025-12-24: "08:30-12:00"}', '{2025-12-24: "08:30-12:00", 2026-01-01: "09:00-10:00"}')
    (tmp_path / "standards.yaml").write_text(text)
    (tmp_path / "log.csv").write_text("case_id,channel,received_at,replied_at\n1,email,2025-10-01 10:00,\n")
    expected = "standards.yaml:9:42: calendar.part_days.2026-01-01: 2026-01-01 is a holiday (New Year's Day)"
    commands = (
        ("standards", "check"), ("check", "log.csv", "--as-of", "2025-10-02"), ("calendar", "2025"),
        ("due", "--channel", "email", "--received", "2025-10-01"),
    )  # fmt: skip
    for command in commands:
        found = run(*command, cwd=tmp_path)
        assert (found.code == 2, expected in found.err) == ((not more), (not more)), command


def test_answers_in_a_process_of_its_own(here: Path) -> None:
    """The command works as it is installed, and the same question gives the same bytes."""
    asked = ("due", "--channel", "email", "--received", "2025-12-24 16:40", "--format", "jsonl")
    first, second = start(*asked, cwd=here), start(*asked, cwd=here)
    assert first.code == 0
    assert first.out == second.out == due(here, "2025-12-24 16:40", options=("--format", "jsonl")).out


def test_the_standards_of_a_text_do_for_due_times() -> None:
    """Due times need nothing but the standards: no file, no clock."""
    made = loads(town(), "town.yaml")
    (one,) = due_times(made, [Receipt(dt.datetime(2025, 3, 3, 10))], "email")
    assert (one.day_zero, one.first.date()) == (dt.date(2025, 3, 3), dt.date(2025, 3, 5))


@pytest.mark.parametrize(
    ("received", "due_at", "utc", "said"),
    [
        ("2025-11-02 00:30", "2025-11-02 01:30:00", "2025-11-02T07:30:00Z", "by 01:30 (UTC-06:00)"),
        ("2025-11-02 01:30", "2025-11-02 01:30:00", "2025-11-02T08:30:00Z", "by 01:30 (UTC-07:00)"),
        ("2025-11-02T01:30-07:00", "2025-11-02 02:30:00", "2025-11-02T09:30:00Z", "01:30 (UTC-07:00)"),
        ("2025-10-01 01:30", "2025-10-01 02:30:00", "2025-10-01T08:30:00Z", "by 02:30\n"),
    ],
)
def test_an_hour_that_comes_twice_is_told_by_its_offset(
    tmp_path: Path, received: str, due_at: str, utc: str, said: str
) -> None:
    """Where the clocks go back, an offset tells which of two equal times is meant, in the question and in the answer."""
    asked = ("due", "--within", "1 hour", "--received", received)
    (row,) = run(*asked, cwd=tmp_path).rows
    assert (row["due_at"], row["due_at_utc"]) == (due_at, utc)
    assert said in run(*asked, "--format", "table", cwd=tmp_path).text


def test_a_scenario_asks_what_the_standards_of_another_day_would_promise(here: Path) -> None:
    """`--standards-as-of` takes the version of one day for all receipts, those before any version too, and says so."""
    found = due(here, "2025-01-07 10:00", options=("--standards-as-of", "2025-03-01"))
    assert [(row["standard"], row["in_force_since"], row["due_at"][:10]) for row in found.rows] == [
        ("2 business days", "", "2025-01-09")
    ]
    assert "This is a scenario" in found.err
    shown = due(here, "2025-01-07 10:00", options=("--standards-as-of", "2025-03-01", "--format", "table"))
    assert "Policy 1, as though always in force: a scenario" in shown.text
    assert due(here, "2025-01-07 10:00").code == 2
