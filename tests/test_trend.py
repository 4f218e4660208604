"""`cxaudit trend`: months side by side from the stored tallies alone, and what they do not agree on."""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from outside import SAMPLES, TOP, at_a_terminal, run

HEADER = "case_id,channel,department,employee,received_at,replied_at,customer_type\n"
MONTHS = [f"2025-{month:02}" for month in range(2, 11)]
TOWN = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}
standards:
  - effective: 2025-01-01
    source: Policy 1
    channels: {email: {within: 2 business days, target: 90%}, letter: {within: 5 business days}}
"""


def export(*, late_from: int = 9) -> str:
    """Nine months of one department after the other; from September on many replies are late."""
    chance, rows = random.Random(3), []
    for case in range(900):
        month, day = 2 + case % 9, 1 + chance.randrange(20)
        days = 8 if chance.random() < (0.5 if month >= late_from else 0.05) else 0
        channel, department = ("email", "letter")[case % 2], ("Roads", "Parks", "")[case % 3]
        received, replied = f"2025-{month:02}-{day:02} 10:00", f"2025-{month:02}-{day + days:02} 15:00"
        rows.append(f"C{case},{channel},{department},Somebody,{received},{replied},\n")
    rows.append("C900,email,Roads,Somebody,2025-10-30 10:00,2025-10-30 15:00,\n")  # October is known to its end
    return HEADER + "".join(rows)


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine monthly reports; the exports are gone."""
    folder = tmp_path_factory.mktemp("town")
    (folder / "log.csv").write_text(export())
    (folder / "standards.yaml").write_text(TOWN)
    for month in MONTHS:
        done = run("report", "log.csv", "--period", month, "--out", "reports", "--formats", "csv", "-q", cwd=folder)
        assert (done.code, done.err) in ((0, ""), (1, ""))
    (folder / "log.csv").rename(folder / "log.kept")
    return folder


def test_every_month_has_the_figures_of_its_report(reported: Path) -> None:
    """The same counts, compliance, median and 90th percentile as `check --by month` over the export."""
    shutil.copy(reported / "log.kept", reported / "back.csv")
    check = run("check", "back.csv", "--by", "month", "--as-of", "2025-12-31", cwd=reported).rows[:-1]
    (reported / "back.csv").unlink()
    found = run("trend", "reports", cwd=reported).rows
    shared = ("requests", "met", "judged", "compliance_pct", "median_business_days")
    assert [[row[name] for name in ("month", *shared)] for row in found] == [
        [row[name] for name in ("month", *shared)] for row in check if row["month"] in MONTHS
    ]
    assert {row["is_whole"] for row in found} == {"yes"}


def test_a_change_beyond_chance_is_a_signal(reported: Path) -> None:
    """September and October fall below the limits of the months; the table draws it."""
    rows = run("trend", "reports", cwd=reported).rows
    assert [row["month"] for row in rows if "below limits" in row["signals"]] == ["2025-09", "2025-10"]
    table = run("trend", "reports", "--format", "table", cwd=reported).text
    assert "Town · compliance by month · requests due in the month" in table
    drawn = [line[line.rindex("%") :] for line in table.splitlines() if line.startswith(" 2025")]
    assert all("●" in line and "┊" in line for line in table.splitlines() if line.startswith(" 2025")), drawn


@pytest.mark.parametrize("by", ["channel", "department"])
def test_a_series_for_each(reported: Path, by: str) -> None:
    """Channels or departments by the names that `check` gives them, then all; the counts add up month by month."""
    rows = run("trend", "reports", "--by", by, cwd=reported).rows
    assert next(iter(rows[0])) == by
    assert rows[-1][by] == "all"
    assert (
        {row["channel"] for row in rows} == {"email", "letter", "all"}
        if by == "channel"
        else "" in {row[by] for row in rows}
    )
    for month in MONTHS:
        mine = [int(row["requests"]) for row in rows if row["month"] == month]
        assert sum(mine[:-1]) == mine[-1]


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "jsonl", "markdown", "xlsx", "html"])
def test_every_format_twice_the_same(reported: Path, form: str) -> None:
    """Same tallies, same bytes; no employee anywhere."""
    first, second = (run("trend", "reports", "--format", form, cwd=reported) for _ in range(2))
    assert (first.code, first.out) == (0, second.out)
    assert b"Somebody" not in first.out


@pytest.mark.parametrize("by", [None, "channel", "department"])
def test_the_page_draws_each_series(reported: Path, by: str | None) -> None:
    """A run chart for each, told in words too, above the table of its figures; a change of standards is marked."""
    option = ["--by", by] if by else []
    rows = run("trend", "reports", *option, cwd=reported).rows
    page = run("trend", "reports", *option, "--format", "html", cwd=reported).text
    shown = {"email": "Email", "letter": "Letter", "": "Not stated", "all": "All"}
    labels = list(dict.fromkeys(shown.get(row[by], row[by]) for row in rows)) if by else ["All requests"]
    assert re.findall("<figcaption>(.*?)</figcaption>", page) == labels
    assert len(re.findall('<svg role="img" aria-labelledby="run-', page)) == len(labels)
    level = rows[-1]["usual_pct"]
    assert re.findall(r"<desc [^>]*>(.*?)</desc>", page)[-1].startswith("Line chart of 9 months, from ")
    assert f"Usual level {level} %" in page
    assert page.index("</figure>") < page.index("<table")
    assert "<script" not in page


def test_restated_and_missing_months_are_said(reported: Path, tmp_path: Path) -> None:
    """Of two tallies of a month the later one speaks, and what the other said is told."""
    shutil.copytree(reported, tmp_path / "town")
    folder = tmp_path / "town"
    shutil.rmtree(folder / "reports" / "2025-04")
    (folder / "corrected.csv").write_text(export(late_from=8))
    done = run("report", "corrected.csv", "--period", "2025-07-01..2025-08-31", "--out", "reports", "--formats", "csv",
        "--as-of", "2025-11-15", cwd=folder)  # fmt: skip
    assert done.code in (0, 1), done.err
    told = run("trend", "reports", cwd=folder).err
    assert "No report holds 2025-04." in told
    assert "Restated: 2025-08: " in told
    assert " in time in 2025-07-01..2025-08-31/tally.parquet" in told
    assert "in 2025-08/tally.parquet" in told


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_the_chart_takes_the_room_that_there_is(reported: Path) -> None:
    """Every month keeps its line, with a dot between the ends of the chart, or with a word where there is no room for it."""
    drawn = []
    for columns in range(60, 141, 10):
        shown = at_a_terminal(["trend", str(reported / "reports")], {"TERM": "dumb", "COLUMNS": str(columns)})
        months = [line for line in shown.splitlines() if re.match(r" 20\d\d-\d\d ", line)]
        drawn.append("needs a wider window" not in " ".join(shown.split()))
        assert len(months) == len(MONTHS)
        assert all(("●" in line) is drawn[-1] for line in months)
        if drawn[-1]:
            heading = next(line for line in shown.splitlines() if line.startswith(" Month"))
            assert max(map(len, months)) <= len(heading) <= columns
    assert drawn == sorted(drawn)
    assert set(drawn) == {False, True}


def test_departments_with_the_names_of_other_lines_stay_apart(tmp_path: Path) -> None:
    """One called All is not all, and one called Not stated is stated."""
    names = ("All", "Not stated", "", "Roads")
    rows = "".join(
        f"{month}-{day}-{i},email,{name},,2025-{month}-{day:02} 10:00,2025-{month}-{day:02} 15:00,\n"
        for month in ("06", "07")
        for i, name in enumerate(names)
        for day in range(2, 25)
    )
    (tmp_path / "log.csv").write_text(HEADER + rows)
    for month in ("2025-06", "2025-07"):
        run("report", "log.csv", "--period", month, "--out", "reports", "--formats", "csv", "-q", cwd=tmp_path)
    found = run("trend", "reports", "--by", "department", cwd=tmp_path).rows
    lines = [(row["department"], row["month"]) for row in found]
    expected = ("All", "Not stated", "Roads", "", "all")
    assert lines == [(name, month) for name in expected for month in ("2025-06", "2025-07")]
    assert [int(row["requests"]) for row in found[-2:]] == [4 * int(row["requests"]) for row in found[:2]]


def test_reports_that_count_by_another_day_are_left_aside(reported: Path, tmp_path: Path) -> None:
    """As a report leaves them aside; the latest one says how it is."""
    shutil.copytree(reported, tmp_path / "town")
    folder = tmp_path / "town"
    (folder / "standards.yaml").write_text(TOWN.replace("version: 1", "version: 1\ncounting: {cohort: received}"))
    shutil.copy(folder / "log.kept", folder / "log.csv")
    run("report", "log.csv", "--period", "2025-10", "--out", "reports", "--formats", "csv", "-q", cwd=folder)
    found = run("trend", "reports", "-q", cwd=folder)
    assert [row["month"] for row in found.rows] == ["2025-10"]
    assert found.err.count("counts requests by another day than the latest report does.") == 8


def test_a_change_of_the_standards_is_said(reported: Path, tmp_path: Path) -> None:
    """From the month on that was judged by another file."""
    shutil.copytree(reported, tmp_path / "town")
    folder = tmp_path / "town"
    (folder / "standards.yaml").write_text(TOWN.replace("5 business days", "4 business days"))
    shutil.copy(folder / "log.kept", folder / "log.csv")
    run("report", "log.csv", "--period", "2025-10", "--out", "reports", "--formats", "csv", cwd=folder)
    told = run("trend", "reports", "--format", "table", cwd=folder).text
    assert "From 2025-10 on judged by another standards file, which promises or counts otherwise." in told
    assert ">new standards<" in run("trend", "reports", "--format", "html", cwd=folder).text


def test_a_month_that_the_exports_held_in_part_is_marked(tmp_path: Path) -> None:
    """As its own report marks it."""
    rows = [f"C{day},email,Roads,,2025-06-{day:02} 10:00,2025-06-{day:02} 15:00,\n" for day in range(2, 21)]
    (tmp_path / "log.csv").write_text(HEADER + "".join(rows))
    run("report", "log.csv", "--period", "2025-06", "--out", "reports", "--formats", "md", cwd=tmp_path)
    assert "Known in part" in (tmp_path / "reports/2025-06/report.md").read_text("utf-8")
    found = run("trend", "reports", cwd=tmp_path)
    assert [row["is_whole"] for row in found.rows] == ["no"]
    assert "Not over, or not whole, when reported: 2025-06" in found.err


def test_what_is_no_month_is_left_aside_and_said(reported: Path, tmp_path: Path) -> None:
    """A week is no point of a line of months; nor is a file that cannot be read."""
    shutil.copytree(reported, tmp_path / "town")
    folder = tmp_path / "town"
    shutil.copy(folder / "log.kept", folder / "log.csv")
    run("report", "log.csv", "--period", "2025-W41", "--out", "reports", "--formats", "csv", cwd=folder)
    (folder / "reports" / "broken").mkdir()
    (folder / "reports" / "broken" / "tally.parquet").write_text("junk")
    before, after = (run("trend", "reports", "-q", cwd=place) for place in (reported, folder))
    assert (after.code, after.out) == (0, before.out)
    assert "Left aside: 2025-W41/tally.parquet: its period is not one of whole months." in after.err
    assert after.err.count("Left aside: ") == 2
    run("report", "log.csv", "--period", "2025-W41", "--out", "weekly", "--formats", "csv", cwd=folder)
    alone = run("trend", "weekly", cwd=folder)
    assert (alone.code, "weekly holds no report of a whole month." in alone.err) == (2, True)


def test_an_unfinished_month_is_marked(tmp_path: Path) -> None:
    """It is shown, and left out of limits and signals."""
    run(
        "report",
        SAMPLES,
        "--period",
        "2025-10",
        "--as-of",
        "2025-10-20",
        "--out",
        "reports",
        "--formats",
        "csv",
        cwd=tmp_path,
    )
    found = run("trend", "reports", cwd=tmp_path)
    assert [row["is_whole"] for row in found.rows] == ["no"]
    assert "Not over, or not whole, when reported: 2025-10" in found.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none",), "there is no folder none"),
        ((str(TOP / "samples"),), "holds no report"),
        ((str(TOP / "samples"), "--by", "employee"), "--by employee is not one of channel, department"),
    ],
)
def test_what_cannot_be(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """Said, with what to do."""
    refused = run("trend", *arguments, cwd=tmp_path)
    assert (refused.code, refused.out) == (2, b"")
    assert message in refused.err


def reports(folder: Path, standards: dict[str, str], *, log: str | None = None) -> Path:
    """A report of each month by the standards named from that month on, as a city edits its one file."""
    (folder / "log.csv").write_text(log or export())
    for month in MONTHS:
        if month in standards:
            (folder / "standards.yaml").write_text(standards[month])
        done = run("report", "log.csv", "--period", month, "--out", "reports", "--formats", "md,json,html,xlsx", "-q",
            cwd=folder)  # fmt: skip
        assert done.code in (0, 1), done.err
    return folder


def test_a_comment_in_the_standards_file_is_no_change(tmp_path: Path) -> None:
    """Nor is a clause, a spelling, or a closed day that is still to come: nothing counts otherwise."""
    more = TOWN.replace('16:30"', '16:30", closed: {2025-12-24: Christmas Eve}').replace("Policy 1", "Policy 1(b)")
    folder = reports(tmp_path, {"2025-02": TOWN, "2025-06": f"{TOWN}# seen\n", "2025-08": more})
    assert "another standards file" not in run("trend", "reports", "--format", "table", cwd=folder).text
    assert "new standards" not in run("trend", "reports", "--format", "html", cwd=folder).text
    assert json_of(folder, "2025-10")["otherwise_from"] == []


def test_a_report_says_which_months_another_file_judged(tmp_path: Path) -> None:
    """A promise that was edited in place: a mark in the chart, a sentence on the page and in every other form."""
    edited = TOWN.replace("within: 2 business days", "within: 9 business days")
    folder = reports(tmp_path, {"2025-02": TOWN, "2025-08": edited})
    found, said = json_of(folder, "2025-09"), "From August 2025 on, judged by another standards file"
    assert (found["otherwise_from"], found["changes"]) == (["2025-08"], [])
    place = folder / "reports" / "2025-09"
    assert said in (place / "report.md").read_text("utf-8")
    page = (place / "report.html").read_text("utf-8")
    assert said in page
    assert page.count(">new standards<") == 1
    book = openpyxl.load_workbook(place / "report.xlsx")
    assert any(said in str(cell.value) for sheet in book for row in sheet for cell in row)
    trend = run("trend", "reports", "--format", "html", cwd=folder).text
    assert trend.count(">new standards<") == 1
    assert "From 2025-08 on judged by another standards file" in trend


def json_of(folder: Path, month: str) -> Any:
    return json.loads((folder / "reports" / month / "report.json").read_text("utf-8"))


def test_the_trend_marks_what_the_report_marks(tmp_path: Path) -> None:
    """A version within one file came into force in August, though all months were judged by the same file."""
    version = "  - effective: 2025-08-13\n    source: Policy 2\n    channels: {email: {within: 3 business days, target: 95%}}\n"
    folder = reports(tmp_path, {"2025-02": TOWN + version})
    assert [one["month"] for one in json_of(folder, "2025-10")["changes"]] == ["2025-08"]
    trend = run("trend", "reports", "--format", "html", cwd=folder).text
    assert trend.count(">new standards<") == 1
    assert "Policy 2 came into force on 2025-08-13." in trend
    assert "another standards file" not in trend
    added = reports(tmp_path, {"2025-02": TOWN, "2025-08": TOWN + version})
    assert run("trend", "reports", "--format", "html", cwd=added).text.count(">new standards<") == 1
    assert json_of(added, "2025-10")["otherwise_from"] == []


def test_a_report_has_the_levels_of_the_trend(reported: Path, tmp_path: Path) -> None:
    """The same months, the same usual level, limits and signals."""
    shutil.copytree(reported, tmp_path / "town")
    folder = tmp_path / "town"
    shutil.copy(folder / "log.kept", folder / "log.csv")
    run("report", "log.csv", "--period", "2025-10", "--out", "reports", "--formats", "json", "-q", cwd=folder)
    chart = json_of(folder, "2025-10")["runs"][0]
    found = run("trend", "reports", "--format", "json", cwd=folder).json
    rows = found if isinstance(found, list) else found["rows"]
    assert [row["signals"] for row in rows] == [point["signals"] for point in chart["points"]]
    names = ("usual_pct", "lower_limit_pct", "upper_limit_pct")
    assert [rows[-1][name] for name in names] == pytest.approx(
        [chart["limits"][name] for name in ("mean", "lower", "upper")], abs=0.06
    )


def test_the_line_of_a_trend_has_a_gap_where_no_report_is(reported: Path, tmp_path: Path) -> None:
    """June has no report: the line ends in May and goes on in July, and the axis has the month."""
    shutil.copytree(reported, tmp_path / "town")
    shutil.rmtree(tmp_path / "town" / "reports" / "2025-06")
    page = run("trend", "reports", "--format", "html", cwd=tmp_path / "town").text
    assert [path.count("L") for path in re.findall(r'<path d="([^"]*)" stroke="#2b6a99"', page)] == [3, 3]


def test_months_that_score_the_same_have_no_limits(tmp_path: Path) -> None:
    """One miss in nine months: empty cells, and a sentence that says why."""
    rows = "".join(
        f"{month}-{i},email,Roads,,{month}-{1 + i % 25:02} 10:00,{month}-{1 + i % 25 + 3 * (month == '2025-06' and not i):02}"
        " 15:00,\n"
        for month in MONTHS
        for i in range(50)
    )
    log = HEADER + rows + "C900,email,Roads,Somebody,2025-10-30 10:00,2025-10-30 15:00,\n"
    folder = reports(tmp_path, {"2025-02": TOWN}, log=log)
    found = run("trend", "reports", cwd=folder)
    assert [row["compliance_pct"] for row in found.rows].count("100.0") == 8
    assert {(row["usual_pct"], row["lower_limit_pct"], row["signals"]) for row in found.rows} == {("", "", "")}
    assert "ups and downs would say nothing" in found.err
    table = run("trend", "reports", "--format", "table", cwd=folder).text
    assert "ups and downs would say nothing" in table
    assert "Six whole months" not in table


def test_an_extension_of_a_month_is_remembered(tmp_path: Path) -> None:
    """A month that met by an extension is no better month, in the trend and beside the next one."""
    storm = "high_volume:\n  - {from: 2025-09-01, to: 2025-09-30, reason: Storm, declared: 2025-08-30, authority: CM,"
    folder = reports(tmp_path, {"2025-02": TOWN, "2025-09": f"{TOWN}{storm} effect: extend, by: 20 business days}}\n"})
    before, now = json_of(folder, "2025-10")["previous"]["total"], json_of(folder, "2025-10")["runs"][0]["points"][-2]
    without = json_of(folder, "2025-10")["previous"]["without_extension"]
    assert (now["counts"], now["without_extension"]) == (before, without)
    assert (before["judged"], before["met"] > without["met"]) == (without["judged"], True)
    share = f"{without['met']} of {without['judged']}, {without['compliance_pct']} %"
    page = (folder / "reports" / "2025-10" / "report.md").read_text("utf-8")
    assert f"- September 2025: {before['met']} of {before['judged']}" in page
    assert f"; without the extension for high volume: {share}\n" in page
    said = f"With an extension for high volume; in time without it: September 2025: {share}."
    assert said in page
    assert said in run("trend", "reports", "--format", "table", cwd=folder).text
    assert json_of(folder, "2025-08")["previous"]["without_extension"] is None
