"""Months of which requests were not due yet when they were reported: settled by exports that hold them, else named."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from outside import Outcome, run

TOWN = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {{workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}}
counting: {{cohort: {cohort}}}
standards:
  - {{effective: 2024-01-01, source: Policy 1, channels: {{email: {{within: {within} business days}}}}}}
"""
STORM = "high_volume:\n  - {from: 2025-03-17, to: 2025-03-28, reason: Storm, declared: 2025-03-10, authority: CM,"
EXTENDED = TOWN.format(cohort="due", within=2) + f"{STORM} effect: extend, by: 5 business days}}\n"
RECEIVED = TOWN.format(cohort="received", within=5)
MONTHS = ("2025-02", "2025-03", "2025-04")
SETTLED = (
    "Settled since: March 2025 was reported as 36 of 48 in time, with 15 not due yet; these exports give 36 of 63."
)
UNSETTLED = "Not due yet when their month was reported, so their misses are in no figure here: 15 requests of"


def log(path: Path, *, first: str = "2025-01-02", last: str = "2025-04-30", left_out: str = "") -> None:
    """Three e-mails each weekday, answered the next day; those of the storm after 18 days."""
    lines, day, end = ["case_id,channel,department,received_at,replied_at"], *map(dt.date.fromisoformat, (first, last))
    while day <= end:
        wait = 18 if dt.date(2025, 3, 17) <= day <= dt.date(2025, 3, 28) else 1
        replied = day + dt.timedelta(days=wait)
        for department in ("Roads", "Parks", "Fire") if day.weekday() < 5 else ():
            if not (department == left_out and day < dt.date(2025, 4, 1)):
                lines.append(f"{day}-{department},email,{department},{day} 10:00,{replied} 10:00")
        day += dt.timedelta(days=1)
    path.write_text("\n".join(lines) + "\n")


def report(folder: Path, month: str, *options: str) -> Outcome:
    wanted = ("--formats", "md,json,html,xlsx", "-q", *options)
    return run("report", "log.csv", "--period", month, "--out", "reports", *wanted, cwd=folder)


def told(folder: Path, month: str, form: str = "md") -> str:
    return (folder / "reports" / month / f"report.{form}").read_text("utf-8")


def data(folder: Path, month: str) -> Any:
    return json.loads(told(folder, month, "json"))


def in_time(counts: Any) -> tuple[int, int]:
    return counts["met"], counts["judged"]


def point(folder: Path, month: str, of: str) -> tuple[str, int, int]:
    (found,) = (one for one in data(folder, month)["runs"][0]["points"] if one["month"] == of)
    return found["origin"], *in_time(found["counts"])


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """February and March have been reported; the extension left 15 requests of March not due yet."""
    (tmp_path / "standards.yaml").write_text(EXTENDED)
    log(tmp_path / "log.csv")
    for month in MONTHS[:2]:
        assert report(tmp_path, month).err == ""
    return tmp_path


def test_what_was_not_due_yet_is_judged_in_the_next_report(town: Path) -> None:
    """In the chart and beside the period, as `check` counts it; said in every form, and silent for the scheduler."""
    done = report(town, "2025-04")
    assert (done.code, done.err) == (0, "")
    check = run("check", "log.csv", "--by", "month", "--as-of", "2025-04-30", cwd=town).rows
    assert [(row["met"], row["judged"]) for row in check if row["month"] == "2025-03"] == [("36", "63")]
    assert point(town, "2025-04", "2025-03") == ("input", 36, 63)
    assert point(town, "2025-04", "2025-02")[0] == "stored"
    found = data(town, "2025-04")
    assert in_time(found["previous"]["total"]) == (36, 63)
    ((settled,), restated, unsettled) = (found[name] for name in ("settled", "restated", "unsettled"))
    assert (settled["month"], in_time(settled["before"]), in_time(settled["now"])) == ("2025-03", (36, 48), (36, 63))
    assert restated == unsettled == []
    assert f"- {SETTLED}\n" in told(town, "2025-04")
    assert "- March 2025: 36 of 63, 57.1 %\n" in told(town, "2025-04")
    assert SETTLED in told(town, "2025-04", "html")
    book = openpyxl.load_workbook(town / "reports" / "2025-04" / "report.xlsx")
    assert any(SETTLED in str(cell.value) for sheet in book for row in sheet for cell in row)


def test_such_a_report_can_be_made_again(town: Path) -> None:
    """The same exports beside the same reports give the same bytes, and an auditor finds no difference."""
    report(town, "2025-04")
    place = town / "reports" / "2025-04"
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    report(town, "2025-04")
    assert before == {path.name: path.read_bytes() for path in place.iterdir()}
    assert run("verify", "reports/2025-04/manifest.json", "log.csv", cwd=town).code == 0


def test_the_trend_names_what_it_cannot_know_and_what_to_do(town: Path) -> None:
    """A report of that month as of a later moment has the misses; it says what the one before it said."""
    report(town, "2025-04")
    before = run("trend", "reports", cwd=town)
    assert [(row["met"], row["judged"]) for row in before.rows][1] == ("36", "48")
    assert f"{UNSETTLED} 2025-03." in before.err
    assert "cxaudit report … --period 2025-03 --as-of …" in before.err
    assert f"{UNSETTLED} 2025-03." in run("trend", "reports", "--format", "html", cwd=town).text
    for _ in range(2):  # as often as it is made again
        assert report(town, "2025-03", "--as-of", "2025-04-30").err == ""
        assert told(town, "2025-03").count(SETTLED) == 2  # at the top and beside the months
        assert run("verify", "reports/2025-03/manifest.json", "log.csv", cwd=town).code == 0
    after = run("trend", "reports", cwd=town)
    assert after.rows[1]["compliance_pct"] == "57.1"
    assert "Not due yet" not in after.err
    report(town, "2025-04")
    assert point(town, "2025-04", "2025-03") == ("stored", 36, 63)


def test_a_longer_report_as_of_a_later_moment_speaks_for_the_month(town: Path) -> None:
    """Of two tallies of March the one that has judged all of it."""
    assert report(town, "2025-03-01..2025-04-30").code == 0
    found = run("trend", "reports", cwd=town)
    assert [row["compliance_pct"] for row in found.rows if row["month"] == "2025-03"] == ["57.1"]
    assert "Not due yet" not in found.err
    assert "Restated" not in found.err


def test_a_month_that_the_exports_do_not_hold_stays_and_is_named(town: Path) -> None:
    """An export of April alone: March counts as it was reported, and how much of it is in no figure stands beside."""
    log(town / "log.csv", first="2025-04-01")
    assert report(town, "2025-04").err == ""
    assert point(town, "2025-04", "2025-03") == ("stored", 36, 48)
    assert [(one["month"], one["counts"]["pending"]) for one in data(town, "2025-04")["unsettled"]] == [("2025-03", 15)]
    page = told(town, "2025-04")
    assert f"- {UNSETTLED} March 2025.\n" in page
    assert (
        "- March 2025: 36 of 48, 75.0 %; without the extension for high volume: 36 of 63, 57.1 %; 15 more were" in page
    )
    book = openpyxl.load_workbook(town / "reports" / "2025-04" / "report.xlsx")
    assert any(f"{UNSETTLED} March 2025." in str(cell.value) for sheet in book for row in sheet for cell in row)


def test_an_export_that_holds_a_part_of_the_requests_settles_nothing(town: Path) -> None:
    """One department's export of March is missing: what was reported stays, and the difference is a restated month."""
    log(town / "log.csv", left_out="Parks")
    assert "Restated: 2025-03: 24 of 42 in time today" in report(town, "2025-04").err
    assert point(town, "2025-04", "2025-03") == ("stored", 36, 48)
    assert f"{UNSETTLED} March 2025." in told(town, "2025-04")


def test_a_late_export_restates_a_month_and_settles_it(town: Path) -> None:
    """A miss more than was pending is a difference, said on standard error too; the chart has all the misses."""
    with (town / "log.csv").open("a") as file:
        file.write("late,email,Roads,2025-03-03 10:00,2025-03-20 10:00\n")
    assert "Restated: 2025-03: 36 of 64 in time today, 36 of 48 in 2025-03/tally.parquet" in report(town, "2025-04").err
    assert point(town, "2025-04", "2025-03") == ("input", 36, 64)


def test_a_month_is_not_counted_again_by_other_rules(town: Path) -> None:
    """A promise that was edited in place would make the reported month another one."""
    (town / "standards.yaml").write_text(EXTENDED.replace("within: 2", "within: 20"))
    report(town, "2025-04")
    assert point(town, "2025-04", "2025-03")[0] == "stored"


def test_a_month_is_not_counted_again_as_of_an_earlier_moment(town: Path) -> None:
    """What a report knew later than this one knows stays known."""
    report(town, "2025-03", "--as-of", "2025-04-04")  # the last ones are still not due
    assert point(town, "2025-03", "2025-03") == ("input", 36, 60)
    report(town, "2025-04", "--as-of", "2025-04-02")
    assert point(town, "2025-04", "2025-03") == ("stored", 36, 60)


def test_months_by_receipt_are_settled_one_after_the_other(tmp_path: Path) -> None:
    """The last days of each month; only those of the month itself are not due yet, and that is said beside its figure."""
    (tmp_path / "standards.yaml").write_text(RECEIVED)
    lines, day = ["case_id,channel,department,received_at,replied_at"], dt.date(2024, 9, 2)
    while day <= dt.date(2025, 5, 30):
        if day.weekday() < 5:
            replied = day + dt.timedelta(days=21 if day.day >= 24 else 1)
            lines.append(f"{day},email,Roads,{day} 10:00,{replied} 10:00")
        day += dt.timedelta(days=1)
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n")
    months = ["2024-10", "2024-11", "2024-12", "2025-01", *MONTHS]
    for month in months:
        assert report(tmp_path, month).err == ""
    check = run("check", "log.csv", "--by", "month", "--as-of", "2025-04-30", cwd=tmp_path).rows
    points = data(tmp_path, "2025-04")["runs"][0]["points"]
    shown = [(one["month"], f"{one['counts']['met']}", f"{one['counts']['judged']}") for one in points]
    assert (
        shown
        == [(row["month"], row["met"], row["judged"]) for row in check if row["month"] <= "2025-04"][-len(shown) :]
    )
    assert [one["month"] for one in data(tmp_path, "2025-04")["settled"]] == months[:-1]
    page = told(tmp_path, "2025-04")
    assert (
        "Settled since: March 2025 was reported as 15 of 16 in time, with 5 not due yet; these exports give 15 of 21."
        in page
    )
    assert "Settled since, in the same way: 1 month, October 2024.\n" in page
    assert "- April 2025: 17 of 17, 100 %; 5 more are not due yet\n" in page
    assert "Not due yet, so their misses are in no figure here: 5 requests of April 2025.\n" in page
    book = openpyxl.load_workbook(tmp_path / "reports" / "2025-04" / "report.xlsx")
    assert any("Settled since: October 2024" in str(cell.value) for sheet in book for row in sheet for cell in row)
