"""`cxaudit report`: the folder of a period, whole or not at all, the same bytes from the same input, nobody's data."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from outside import SAMPLES, TOP, Outcome, clean_environment, run, start

from cxaudit.commands.report_files import FORMATS
from cxaudit.errors import UsageError
from cxaudit.monthly.gather import gather
from cxaudit.write.folder import LOCK, locked, recover, spare_others, write_folder

PERIOD = ("--period", "2025-10")
ALWAYS = ["manifest.json", "tally.parquet"]
HEADER = "case_id,channel,department,employee,received_at,replied_at,customer_type\n"


def report(folder: Path, *arguments: object, files: object = SAMPLES) -> Outcome:
    return run("report", *map(str, [files, *arguments]), "--out", "reports", cwd=folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def manifest_of(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_text("utf-8"))


def test_an_export_that_vanishes_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The output folder is fine: it is the input that is gone."""
    (tmp_path / "log.csv").write_text(f"{HEADER}1,email,,,2025-10-01 10:00,2025-10-02 10:00,\n")

    def gone(audit: Any, *period: Any) -> Any:
        (tmp_path / "log.csv").unlink()
        return gather(audit, *period)

    monkeypatch.setattr("cxaudit.commands.report_files.gather", gone)
    done = report(tmp_path, *PERIOD, files="log.csv")
    assert (done.code, "log.csv cannot be read any more" in done.err) == (2, True), done.err
    assert not (tmp_path / "reports").exists()


# What is written


def test_the_folder_is_named_after_the_period_and_holds_every_file(tmp_path: Path) -> None:
    """Standard output carries nothing; standard error tells what was read and written."""
    done = report(tmp_path, *PERIOD)
    assert (done.code, done.out) == (0, b"")
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["2025-10"]
    found = {path.name for path in (tmp_path / "reports" / "2025-10").iterdir()}
    assert {*ALWAYS, "records.csv", "rejects.csv", "report.xlsx"} <= found
    assert "Written: reports/2025-10: " in done.err
    assert "288 in the period + 27 outside it" in done.err


@pytest.mark.parametrize("form", FORMATS)
def test_one_form_alone(tmp_path: Path, form: str) -> None:
    """`--formats` names what is wanted; the tally and the manifest are always there."""
    assert report(tmp_path, *PERIOD, "--formats", form, "-q").err == ""
    found = sorted(path.name for path in (tmp_path / "reports" / "2025-10").iterdir())
    assert found == sorted([*ALWAYS, *FORMATS[form]])


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Every file, the manifest included, whenever the report is made; what was there before makes no difference."""
    formats = ("--formats", ",".join(FORMATS))
    for _ in range(2):
        done = start("report", SAMPLES, *PERIOD, *formats, "--out", "reports", cwd=tmp_path)
        assert done.code == 0, done.err
        (tmp_path / "again").mkdir(exist_ok=True)
        shutil.copytree(tmp_path / "reports", tmp_path / "again" / str(len(list((tmp_path / "again").iterdir()))))
    assert contents(tmp_path / "again" / "0") == contents(tmp_path / "again" / "1")


@pytest.mark.parametrize(
    ("period", "name"),
    [
        ("2025-10", "2025-10"), ("2025-10-01..2025-10-31", "2025-10"), ("2025-Q4", "2025-Q4"), ("2025", "2025"),
        ("2025-W41", "2025-W41"), ("2025-10-06..2025-10-17", "2025-10-06..2025-10-17"),
    ],
)  # fmt: skip
def test_the_name_comes_from_the_period_and_never_from_the_clock(tmp_path: Path, period: str, name: str) -> None:
    """The same days, however they are written, are the same folder."""
    assert report(tmp_path, "--period", period, "--formats", "csv").code == 0
    assert [path.name for path in (tmp_path / "reports").iterdir()] == [name]


def test_a_finished_period_is_judged_as_of_its_end(tmp_path: Path) -> None:
    """However late the report is made; the figures are those of `check` as of that day."""
    report(tmp_path, *PERIOD, "--formats", "csv")
    found = manifest_of(tmp_path / "reports" / "2025-10")
    assert found["settings"]["as_of"] == "2025-10-31"
    check = run("check", SAMPLES, *PERIOD, "--as-of", "2025-10-31").rows[-1]
    assert {name: str(found["totals"][name]) for name in ("requests", "met", "late", "overdue", "judged")} == {
        name: check[name] for name in ("requests", "met", "late", "overdue", "judged")
    }


def test_last_month_is_relative_to_the_moment(tmp_path: Path) -> None:
    """A scheduler need not know the month."""
    assert report(tmp_path, "--period", "last-month", "--as-of", "2025-11-03 07:00", "--formats", "csv").code == 0
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["2025-10"]
    assert manifest_of(tmp_path / "reports" / "2025-10")["settings"]["as_of"] == "2025-11-03 07:00"


def test_the_records_are_the_missed_ones(tmp_path: Path) -> None:
    """Those answered late and those not answered, as `records` lists them; with the mark that Excel needs."""
    report(tmp_path, *PERIOD, "--formats", "csv")
    records = (tmp_path / "reports" / "2025-10" / "records.csv").read_bytes()
    assert records.startswith(b"\xef\xbb\xbf")
    expected = run("records", SAMPLES, *PERIOD, "--as-of", "2025-10-31", "--verdict", "late,overdue")
    assert records.removeprefix(b"\xef\xbb\xbf") == expected.out


# The manifest


def test_the_manifest_tells_all_that_the_figures_rest_on(tmp_path: Path) -> None:
    """Versions, command, moment, inputs by content and by the fate of their rows, the standards, the closed days."""
    report(tmp_path, *PERIOD, "--formats", "xlsx,csv")
    folder = tmp_path / "reports" / "2025-10"
    found = manifest_of(folder)
    assert found["command"] == ["cxaudit", "report", str(SAMPLES), *PERIOD, "--formats", "xlsx,csv", "--out", "reports"]
    assert set(found["versions"]) == {"cxaudit", "polars", "holidays", "tzdata"}
    standards = found["standards"]
    assert hashlib.sha256(standards["text"].encode()).hexdigest() == standards["sha256"]
    closed = {day["day"]: day["name"] for year in found["calendar"] for day in year["special_days"]}
    assert closed["2025-10-13"] == "Thanksgiving Day"
    inputs = {one["file"]: one for one in found["inputs"]}
    assert set(inputs) == {path.name for path in SAMPLES.iterdir()}
    for name, one in inputs.items():
        content = (SAMPLES / name).read_bytes()
        assert (one["bytes"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        fates = one["tables"][0]["fates"]
        assert fates["rows"] == sum(n for fate, n in fates.items() if fate != "rows" and isinstance(n, int))
    outputs = {one["file"]: one["sha256"] for one in found["outputs"]}
    written = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"}
    assert outputs == {name: hashlib.sha256(content).hexdigest() for name, content in written.items()}


# Refused, and nothing to report


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--out", "reports"), "Add --period last-month"),
        ((*PERIOD,), "Add --out DIR"),
        ((*PERIOD, "--out", "reports", "--reject-cells"), "may hold personal data"),
        ((*PERIOD, "--out", "reports", "--by", "department"), "--by employee adds the employees"),
        ((*PERIOD, "--out", "reports", "--formats", "docx"), "--formats docx is not one of"),
        ((*PERIOD, "--out", "reports", "--formats", ""), "--formats is empty"),
        ((*PERIOD, "--out", "reports", "--formats", " , "), "--formats names none"),
        ((*PERIOD, "--out", "none/reports"), "there is no folder none"),
        ((*PERIOD, "--out", "file"), "--out file is a file"),
        (("--period", "soon", "--out", "reports"), "is not a period"),
    ],
)
def test_what_cannot_be(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """Said before any work, with what to change; nothing is left behind."""
    (tmp_path / "file").touch()
    refused = run("report", SAMPLES, *arguments, cwd=tmp_path)
    assert (refused.code, refused.out) == (2, b"")
    assert message in refused.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("period", ["2024-10", "2099-10"])
def test_a_month_without_data_is_3_and_writes_nothing(tmp_path: Path, period: str) -> None:
    """No empty green report, not even under -q without a word; an empty folder of reports is not left either."""
    done = report(tmp_path, "--period", period, "-q")
    assert (done.code, done.out) == (3, b"")
    assert "No report was written" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_is_there_survives_a_run_without_data(tmp_path: Path) -> None:
    """An export that went missing does not wipe out what was reported."""
    report(tmp_path, *PERIOD, "--formats", "csv")
    before = contents(tmp_path / "reports")
    (tmp_path / "other.csv").write_text(HEADER + "1,email,Roads,,2025-03-03 10:00,,\n")
    done = report(tmp_path, *PERIOD, files="other.csv")
    assert done.code == 3
    assert "left as it is" in done.err
    assert contents(tmp_path / "reports") == before


def test_exports_do_not_lie_among_the_reports(tmp_path: Path) -> None:
    """Else the next run would read a report as an export, or write over evidence."""
    shutil.copytree(SAMPLES, tmp_path / "reports" / "exports")
    refused = report(tmp_path, *PERIOD, files="reports/exports")
    assert refused.code == 2
    assert "folders of their own" in refused.err


@pytest.mark.parametrize("has_report", [True, False])
def test_other_files_in_the_folder_of_the_period_are_spared(tmp_path: Path, has_report: bool) -> None:
    """A note beside a report is somebody's work; what a file manager leaves there is not."""
    folder = tmp_path / "reports" / "2025-10"
    folder.mkdir(parents=True)
    if has_report:
        assert report(tmp_path, *PERIOD, "--formats", "csv", "-q").code == 0
    (folder / ".DS_Store").touch()
    assert report(tmp_path, *PERIOD, "--formats", "csv", "-q").code == 0
    (folder / "notes.txt").write_text("mine")
    (folder / "plan").mkdir()
    before = contents(tmp_path / "reports")
    refused = report(tmp_path, *PERIOD, "--formats", "csv", "-q")
    assert refused.code == 2
    assert "reports/2025-10 holds notes.txt and 1 more, which is no part of a report" in refused.err
    assert contents(tmp_path / "reports") == before


def test_a_folder_that_cannot_be_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of what would be deleted: said in words."""

    def refused(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refused)
    with pytest.raises(UsageError, match="no permission"):
        spare_others(tmp_path, ())


def test_a_link_is_not_replaced_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "2025-10").symlink_to(tmp_path / "elsewhere")
    refused = report(tmp_path, *PERIOD, "--formats", "csv", "-q")
    assert refused.code == 2
    assert "reports/2025-10 is a link" in refused.err
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == ["2025-10"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only(tmp_path: Path) -> None:
    """Said before any work."""
    (tmp_path / "reports").mkdir(mode=0o500)
    assert report(tmp_path, *PERIOD).code == 2


def test_a_missed_target_is_1_and_a_doubtful_input_under_strict_3(tmp_path: Path) -> None:
    """The report is written all the same: the code is for the scheduler."""
    text = (
        (TOP / "standards.yaml").read_text().replace("within: 1 business day}", "within: 1 business day, target: 99%}")
    )
    (tmp_path / "strict.yaml").write_text(text)
    assert report(tmp_path, *PERIOD, "--formats", "csv", "--standards", "strict.yaml").code == 1
    assert report(tmp_path, *PERIOD, "--formats", "csv", "--strict").code == 3
    assert (tmp_path / "reports" / "2025-10" / "manifest.json").is_file()


# Two runs, and a run that is killed


def test_the_second_of_two_runs_says_who_holds_the_lock(tmp_path: Path) -> None:
    """Process, machine and since when; once it is gone, the next run goes on."""
    (tmp_path / "reports").mkdir()
    with locked(tmp_path / "reports", dt.datetime(2025, 11, 3, 7, 0, tzinfo=dt.UTC)):
        refused = report(tmp_path, *PERIOD)
        assert refused.code == 2
        assert f"another run (process {os.getpid()} on " in refused.err
        assert "since 2025-11-03 07:00:00 UTC) is writing to reports" in refused.err
    assert not (tmp_path / "reports" / LOCK).exists()
    assert report(tmp_path, *PERIOD, "--formats", "csv").code == 0


def test_the_lock_of_a_killed_run_holds_nobody_up(tmp_path: Path) -> None:
    """The operating system lets go of it, so there is nothing to clear away by hand."""
    (tmp_path / "reports").mkdir()
    killed(
        "import datetime as dt\nfrom cxaudit.write.folder import locked\n"
        "with locked(Path('reports'), dt.datetime.now(dt.UTC)):\n    os.kill(os.getpid(), 9)",
        tmp_path,
    )
    assert (tmp_path / "reports" / LOCK).exists()
    assert report(tmp_path, *PERIOD, "--formats", "csv").code == 0
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["2025-10"]


def killed(code: str, folder: Path) -> None:
    """Run Python that kills itself."""
    prelude = "import os\nfrom pathlib import Path\n"
    environment = clean_environment({"PYTHONPATH": str(TOP / "src")})
    done = subprocess.run([sys.executable, "-c", prelude + code], cwd=folder, env=environment, check=False)
    assert done.returncode == -9


def test_a_run_that_is_killed_leaves_what_was_there(tmp_path: Path) -> None:
    """Half a report is never seen; the next run clears away what the killed one left beside."""
    folder = tmp_path / "2025-10"
    write_folder(folder, [("a.txt", [b"old"]), ("b.txt", [b"old"])])
    killed(
        "from cxaudit.write.folder import write_folder\n"
        "def files():\n    yield 'a.txt', [b'new']\n    os.kill(os.getpid(), 9)\n"
        "write_folder(Path('2025-10'), files())",
        tmp_path,
    )
    assert contents(folder) == {"a.txt": b"old", "b.txt": b"old"}
    assert (tmp_path / ".2025-10.new").is_dir()
    write_folder(folder, [("a.txt", [b"new"])])
    assert contents(tmp_path) == {"2025-10/a.txt": b"new"}


def test_a_run_killed_between_the_two_moves_is_undone(tmp_path: Path) -> None:
    """The old folder was aside and the new one not yet in its place."""
    (tmp_path / ".2025-10.old").mkdir()
    (tmp_path / ".2025-10.old" / "a.txt").write_text("old")
    recover(tmp_path / "2025-10")
    assert contents(tmp_path) == {"2025-10/a.txt": b"old"}


def test_a_file_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    """An error on the way is passed on, and nothing of the new folder stays."""
    folder = tmp_path / "2025-10"
    write_folder(folder, [("a.txt", [b"old"])])

    def files() -> Any:
        yield "a.txt", [b"new"]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_folder(folder, files())
    assert contents(tmp_path) == {"2025-10/a.txt": b"old"}


# Earlier reports


def test_restated_months_are_said(tmp_path: Path) -> None:
    """A late export changes October: the new report says what the old one said, and so does November's."""
    rows = [f"{i},email,Roads,,2025-10-{d:02} 10:00,2025-10-{d:02} 15:00,\n" for i, d in enumerate(range(1, 21))]
    (tmp_path / "log.csv").write_text(HEADER + "".join(rows))
    assert "Restated" not in report(tmp_path, *PERIOD, "--formats", "csv", files="log.csv").err
    more = [
        *rows,
        "99,email,Roads,,2025-10-02 10:00,2025-10-20 10:00,\n",
        "100,email,Roads,,2025-11-03 10:00,2025-11-03 11:00,\n",
    ]
    (tmp_path / "log.csv").write_text(HEADER + "".join(more))
    november = report(tmp_path, "--period", "2025-11", "--formats", "csv", files="log.csv")
    assert "Restated: 2025-10: 20 of 21 in time today, 20 of 20 in 2025-10/tally.parquet" in november.err
    again = report(tmp_path, *PERIOD, "--formats", "csv", files="log.csv")
    assert "Restated: 2025-10: 20 of 21 in time today, 20 of 20 in 2025-10/tally.parquet" in again.err
    assert "Restated" not in report(tmp_path, *PERIOD, "--formats", "csv", files="log.csv").err
    assert "Restated" not in report(tmp_path, *PERIOD, "--formats", "csv", "-q", files="log.csv").err


def weekdays(first: str, last: str, *, without: str = "") -> str:
    """Two requests of each weekday, answered at once, but for those of 10 to 15 April; `without`: a month left out."""
    day, lines = dt.date.fromisoformat(first), [HEADER]
    while day <= dt.date.fromisoformat(last):
        if day.weekday() < 5 and f"{day:%Y-%m}" != without:
            reply = "" if dt.date(2025, 4, 10) <= day <= dt.date(2025, 4, 15) else f"{day} 11:00"
            lines += [f"{day}-{n},email,Roads,,{day} 09:0{n},{reply},\n" for n in range(2)]
        day += dt.timedelta(days=1)
    return "".join(lines)


def test_an_export_of_the_last_weeks_restates_what_it_holds_whole(tmp_path: Path) -> None:
    """It need not reach back a month before the month, only as far as a request may have come in that was due in it."""
    (tmp_path / "log.csv").write_text(weekdays("2025-02-03", "2025-04-04"))
    report(tmp_path, "--period", "2025-04", "--formats", "md", "-q", files="log.csv")
    said = {}
    for first in ("2025-03-18", "2025-03-28"):
        (tmp_path / "log.csv").write_text(weekdays(first, "2025-06-02"))
        said[first] = report(tmp_path, "--period", "2025-05", "--formats", "md", "-q", files="log.csv").err
    assert "Restated: 2025-04: " in said["2025-03-18"]
    assert said["2025-03-28"] == ""  # a letter of 25 March may have been due in April


def test_an_earlier_moment_restates_nothing(tmp_path: Path) -> None:
    """A settled report that is made as of the end of its month again knows less: that is said, and no export is blamed."""
    text = (TOP / "standards.yaml").read_text("utf-8")
    (tmp_path / "standards.yaml").write_text(re.sub("cohort: due", "cohort: received", text))
    (tmp_path / "log.csv").write_text(weekdays("2025-03-03", "2025-05-30").replace("2025-04-30 11:00", ""))
    april = ("--period", "2025-04", "--formats", "md", "--standards", "standards.yaml", "-q")
    first, later, again = (
        report(tmp_path, *april, "--as-of", as_of, files="log.csv").err
        for as_of in ("2025-04-30", "2025-05-31", "2025-04-30")
    )
    assert (first, later) == ("", "")
    assert again == (
        "As of 2025-04-30, where 2025-04/tally.parquet is as of 2025-05-31: --as-of 2025-05-31 keeps what was known by then.\n"
    )
    assert "Restated" not in (tmp_path / "reports" / "2025-04" / "report.md").read_text("utf-8")


def test_what_comes_in_after_the_moment_is_in_no_figure_of_a_month(tmp_path: Path) -> None:
    """Though it may be overdue before it came in, where a promise ends at a time of the day of receipt."""
    rows = [
        f"c{d}{k},email,Roads,,2025-10-{d:02} 09:0{k},2025-10-{d:02} 10:00,\n"
        for d in (1, 2, 3, 6, 7)
        for k in range(3)
    ]
    late = [f"x{k},email,Roads,,2025-10-07 17:0{k},,\n" for k in range(4)]
    (tmp_path / "log.csv").write_text(HEADER + "".join([*rows, *late]))
    text = (TOP / "standards.yaml").read_text("utf-8").replace("within: 2 business days", "within: 0 business days")
    (tmp_path / "s.yaml").write_text(re.sub("day_ends: midnight", 'day_ends: "16:00"', text))
    options = ("--as-of", "2025-10-07 16:30", "--standards", "s.yaml", "--formats", "json", "-q")
    report(tmp_path, *PERIOD, *options, files="log.csv")
    told = json.loads((tmp_path / "reports" / "2025-10" / "report.json").read_text("utf-8"))
    months = [point for run_chart in told["runs"] for point in run_chart["points"] if run_chart["channel"] is None]
    assert [(month["counts"]["met"], month["counts"]["overdue"]) for month in months] == [(15, 0)]
    assert [one["requests"] for one in told["recognition"]["runs"]] == [15]


def test_a_report_that_is_made_again_says_what_it_said_before(tmp_path: Path) -> None:
    """On the page, in the workbook and in the data, however often it is made again, and an auditor can make it as well."""
    rows = [f"{i},email,Roads,,2025-10-{d:02} 10:00,2025-10-{d:02} 15:00,\n" for i, d in enumerate(range(1, 31))]
    late = "99,email,Roads,,2025-10-02 10:00,2025-10-20 10:00,\n"
    made, options = [], (*PERIOD, "--formats", "md,json,xlsx,html")
    for log in (rows, [*rows, late], [*rows, late], [*rows, late, late.replace("99", "98")], rows, [*rows, late]):
        (tmp_path / "log.csv").write_text(HEADER + "".join(log))
        report(tmp_path, *options, files="log.csv")
        made.append(contents(tmp_path / "reports" / "2025-10"))
        told = run("verify", "reports/2025-10/manifest.json", "log.csv", cwd=tmp_path)
        assert told.code == 0, told.text
    pages, n = [one["report.md"].decode() for one in made], json.loads(made[0]["manifest.json"])["totals"]["judged"]
    said = [re.findall(r"^Restated: October 2025 was reported as (\d+) of (\d+) in time", page, re.M) for page in pages]
    one, two, three = ((f"{n}", f"{n + more}") for more in range(3))
    assert said == [[], [one], [one], [one, two], [two, three], [three, one]]
    assert made[1] == made[2]
    book = openpyxl.load_workbook(io.BytesIO(made[2]["report.xlsx"]))
    assert any("Restated: October 2025" in str(cell.value) for sheet in book for row in sheet for cell in row)


def test_what_was_said_before_is_told_with_the_standards_of_then(tmp_path: Path) -> None:
    """Whether today's standards are others is asked anew each time; and a damaged tally takes no history with it."""
    rows = [f"{i},email,Roads,,2025-10-{d:02} 10:00,2025-10-{d:02} 15:00,\n" for i, d in enumerate(range(1, 31))]
    late = "99,email,Roads,,2025-10-02 10:00,2025-10-20 10:00,\n"
    (tmp_path / "other.yaml").write_text((TOP / "standards.yaml").read_text("utf-8") + "# the same, in another file\n")
    said = []
    for log, given in (
        (rows, ()),
        ([*rows, late], ("--standards", "other.yaml")),
        ([*rows, late, late.replace("99", "98")], ()),
    ):
        (tmp_path / "log.csv").write_text(HEADER + "".join(log))
        report(tmp_path, *PERIOD, "--formats", "md", *given, files="log.csv")
        page = (tmp_path / "reports" / "2025-10" / "report.md").read_text("utf-8")
        said.append(re.findall(r"^Restated: .*? in time(, by another standards file)?;", page, re.M))
    other = ", by another standards file"
    assert said == [[], [other], ["", other]]
    (tmp_path / "reports" / "2025-10" / "tally.parquet").write_text("x")
    report(tmp_path, *PERIOD, "--formats", "md", files="log.csv")
    page = (tmp_path / "reports" / "2025-10" / "report.md").read_text("utf-8")
    assert len(re.findall("^Restated: ", page, re.M)) == 2


def test_a_quarter_says_which_of_its_months_were_reported_otherwise(tmp_path: Path) -> None:
    """On the page, too; and what replaces another figure is said to whoever asked for silence."""
    rows = [
        f"{m}-{i},email,Roads,,2025-{m:02}-{1 + i:02} 10:00,2025-{m:02}-{1 + i:02} 15:00,\n"
        for m in (7, 8, 9, 10)
        for i in range(20)
    ]
    (tmp_path / "log.csv").write_text(HEADER + "".join(rows))
    assert report(tmp_path, "--period", "2025-09", "--formats", "md", "-q", files="log.csv").err == ""
    late = [row.replace("2025-09-10 15:00", "2025-09-29 15:00").replace("2025-09-11 15:00", "") for row in rows]
    (tmp_path / "log.csv").write_text(HEADER + "".join(late))
    quarter = report(tmp_path, "--period", "2025-Q3", "--formats", "md", "-q", files="log.csv")
    assert quarter.err == "Restated: 2025-09: 18 of 20 in time today, 20 of 20 in 2025-09/tally.parquet\n"
    page = (tmp_path / "reports" / "2025-Q3" / "report.md").read_text("utf-8")
    assert "Restated: September 2025 was reported as 20 of 20 in time; these exports give 18 of 20." in page
    assert "| Sep 2025 | 18 of 20 |" in page
    again = report(tmp_path, "--period", "2025-09", "--formats", "md", "-q", files="log.csv")
    assert "Restated: 2025-09: 18 of 20 in time today, 20 of 20 in 2025-09/tally.parquet" in again.err
    assert report(tmp_path, "--period", "2025-09", "--formats", "md", "-q", files="log.csv").err == ""


def log_of_months(path: Path, *months: int) -> None:
    """Requests of the last days of each month are answered in the next one."""
    rows = [
        f"{m}-{d},email,Roads,,2025-{m:02}-{d:02} 10:00,2025-{m + (d > 26):02}-{3 if d > 26 else d:02} 15:00,\n"
        for m in months
        for d in range(1, 31)
        if dt.date(2025, m, d).weekday() < 5
    ]
    path.write_text(HEADER + "".join(rows))


def test_what_was_pending_then_is_no_restatement(tmp_path: Path) -> None:
    """Where months are counted by receipt, the next report has judged what the last one could not yet."""
    (tmp_path / "town.yaml").write_text(BUSY_TOWN.replace("version: 1", "version: 1\ncounting: {cohort: received}"))
    log_of_months(tmp_path / "log.csv", 7, 8, 9)
    for month in ("2025-07", "2025-08", "2025-09"):
        options = ("--period", month, "--standards", "town.yaml", "--formats", "csv", "-q")
        assert report(tmp_path, *options, files="log.csv").err == ""


def test_a_month_without_what_was_carried_over_is_no_restatement(tmp_path: Path) -> None:
    """An export of two months holds the earlier one without the requests of the month before that are due in it."""
    for months, of in (((7, 8), "2025-08"), ((8, 9), "2025-09")):
        log_of_months(tmp_path / "log.csv", *months)
        assert report(tmp_path, "--period", of, "--formats", "csv", "-q", files="log.csv").err == ""


def test_a_quarter_made_since_changes_nothing_of_its_last_month(tmp_path: Path) -> None:
    log_of_months(tmp_path / "log.csv", 6, 7, 8, 9)
    made = []
    for period in ("2025-09", "2025-Q3", "2025-09"):
        report(tmp_path, "--period", period, "--formats", "md", "-q", files="log.csv")
        made.append(contents(tmp_path / "reports" / period))
    assert made[0] == made[2]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("organisation: Town", "organisation: Village"), "a report of Town."),
        (
            ("version: 1", "version: 1\ncounting: {cohort: received}"),
            "it counts requests by the month in which they were due.",
        ),
    ],
)
def test_reports_of_another_kind_are_left_aside(tmp_path: Path, change: tuple[str, str], why: str) -> None:
    """Another organisation's months, or months counted by another day, are no months before."""
    rows = "".join(
        f"{m}-{d},email,,,2025-{m:02}-{d:02} 10:00,2025-{m:02}-{d:02} 15:00,\n" for m in (9, 10) for d in range(1, 29)
    )
    (tmp_path / "log.csv").write_text(HEADER + rows)
    (tmp_path / "town.yaml").write_text(BUSY_TOWN)
    (tmp_path / "other.yaml").write_text(BUSY_TOWN.replace(*change))
    report(tmp_path, "--period", "2025-09", "--formats", "md", "--standards", "town.yaml", files="log.csv")
    for standards, said in (("town.yaml", ""), ("other.yaml", why)):
        done = report(tmp_path, *PERIOD, "--formats", "md", "-q", "--standards", standards, files="log.csv")
        assert done.err.replace("\\", "/") == (f"Left aside: reports/2025-09/tally.parquet: {said}\n" if said else "")
        page = (tmp_path / "reports" / "2025-10" / "report.md").read_text("utf-8")
        assert ("From earlier reports: Sep 2025" in page) is not bool(said)


def test_the_tallies_of_earlier_reports_are_named_in_the_manifest(tmp_path: Path) -> None:
    """They make the run chart, so they are an input like the exports; later ones are none."""
    for month in ("2025-10", "2025-11"):
        report(tmp_path, "--period", month, "--formats", "csv", "--as-of", "2025-11-30")
    assert manifest_of(tmp_path / "reports" / "2025-10")["earlier_tallies"] == []
    (earlier,) = manifest_of(tmp_path / "reports" / "2025-11")["earlier_tallies"]
    content = (tmp_path / "reports" / "2025-10" / "tally.parquet").read_bytes()
    assert earlier == {
        "file": "2025-10/tally.parquet", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()
    }  # fmt: skip


# The workbook


def test_the_workbook_reads_back(tmp_path: Path) -> None:
    """One table on each sheet, a chart with a text for who cannot see it, the missed requests to work with, no formula."""
    report(tmp_path, *PERIOD, "--formats", "xlsx")
    data = (tmp_path / "reports" / "2025-10" / "report.xlsx").read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[:2] == ["Cover", "Channels"]
    assert {"Departments", "Response times", "Still open", "Missed requests", "Readings", "Files", "Notes"} <= set(
        book.sheetnames
    )
    assert [len(sheet.tables) for sheet in book] == [0] + [1] * (len(book.sheetnames) - 1)
    names = [name for sheet in book for name in sheet.tables]
    assert len(names) == len(set(names))
    missed = book["Missed requests"]
    assert (missed.freeze_panes, missed.max_row) == ("B4", 3 + 25)
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f" or cell.hyperlink]
    parts = zipfile.ZipFile(io.BytesIO(data))
    drawings = b"".join(parts.read(name) for name in parts.namelist() if "drawings/drawing" in name)
    assert b'descr="Bars of the compliance of each channel: Voice mail' in drawings


BUSY_TOWN = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}
standards:
  - effective: 2025-01-01
    source: Policy 1
    channels: {email: {within: 2 business days}}
high_volume:
  - {from: 2025-10-06, to: 2025-10-10, reason: tax notices, effect: extend, by: 1 business day}
"""


def test_a_promise_that_is_not_in_force_yet_is_not_known_yet(tmp_path: Path) -> None:
    """What counts, how, and since when: as it was known at the moment; of two versions only those that applied are named."""
    town, later = (TOP / "standards.yaml").read_text("utf-8"), '"AP-1077-23 rev 9"'
    end = town.index("# target:")
    version = f"""  - effective: 2027-01-01
    source: {later}
    counting: {{day_zero: next_business_day}}
    channels: {{email: {{within: 4 business hours}}}}
"""
    (tmp_path / "today.yaml").write_text(town)
    (tmp_path / "later.yaml").write_text(f"{town[:end].rstrip()}\n{version}{town[town.index(chr(10), end) :]}")
    told = {}
    for name in ("today", "later"):
        for command in ("check", "report"):
            more = ["--format", "table"] if command == "check" else [*PERIOD, "--out", name, "--formats", "md"]
            done = run(command, SAMPLES, "--as-of", "2025-11-03", "--standards", f"{name}.yaml", *more, cwd=tmp_path)
            assert done.code == 0, done.err
            text = done.text or (tmp_path / name / "2025-10" / "report.md").read_text("utf-8")
            told[name, command] = re.sub(r"[0-9a-f]{64}|(later|today)\.yaml", "…", text)
    assert told["today", "check"] == told["later", "check"]
    assert told["today", "report"] == told["later", "report"]
    (tmp_path / "late.csv").write_text(HEADER + "X1,email,,,2027-01-04 10:00,,\nX2,fax,,,2027-01-04 10:00,,\n")
    fax = (
        (tmp_path / "later.yaml")
        .read_text("utf-8")
        .replace("4 business hours}", "4 business hours}, fax: {within: 3 business days}")
    )
    (tmp_path / "later fax.yaml").write_text(fax)
    asked = ("late.csv", "--standards", "later fax.yaml", "--as-of", "2026-12-31")
    (why,) = run("explain", *asked, "--case", "X1", cwd=tmp_path).json
    assert why["promised"]["within"] == "4 business hours", "judged by what is in force when it comes"
    assert "unknown_channel" not in run("check", *asked, cwd=tmp_path).err
    for since, named in (
        ("2025-11-01", "AP-1077-23, 5.1(a); AP-1077-23 rev 9 ·"),
        ("2025-09-01", "Grove · AP-1077-23 rev 9 ·"),
    ):
        (tmp_path / "since.yaml").write_text((tmp_path / "later.yaml").read_text("utf-8").replace("2027-01-01", since))
        more = ("--as-of", "2025-11-20", "--standards", "since.yaml", "--format", "table")
        assert named in run("check", SAMPLES, *more, cwd=tmp_path).text


def test_few_requests_get_no_percentage_anywhere(tmp_path: Path) -> None:
    """Met by an extension, not judged, read otherwise: `[low]` or the counts, on the page and in the workbook."""
    (tmp_path / "town.yaml").write_text(BUSY_TOWN)
    replies = ("10-06 10:00", "10-06 11:00", "10-09 12:00", "10-20 10:00", "10-01 10:00")
    rows = "".join(f"{i},email,Roads,,2025-10-06 09:00,2025-{at},\n" for i, at in enumerate(replies))
    (tmp_path / "log.csv").write_text(HEADER + rows)
    done = report(tmp_path, *PERIOD, "--standards", "town.yaml", "--formats", "md,xlsx", files="log.csv")
    assert done.code == 0, done.err
    folder = tmp_path / "reports" / "2025-10"
    told = (folder / "report.md").read_text("utf-8")
    assert "1 request met only by the extension; in time without it: 2 of 4." in told
    assert "3 of 4" in told
    assert set(re.findall(r"[\d.]+ %", re.sub(r"\d+ to \d+ %|95 % interval", "", told))) <= {"90 %", "100 %"}
    book = openpyxl.load_workbook(folder / "report.xlsx")
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.number_format == "0.0"]
    assert "In time, had they counted as missed: 3 of 5." in [cell.value for cell in cells]
    assert not [cell for cell in cells if re.search(r"\d\.\d %", str(cell.value))]


def test_the_workbook_tells_what_the_page_tells(tmp_path: Path) -> None:
    """A channel with a promise for one department, an undeclared surge, and a channel without anything to judge."""
    own = BUSY_TOWN[: BUSY_TOWN.index("high_volume:")].replace("days}}", "days}, letter: {within: 5 business days}}")
    own += "    departments: {Parks: {email: 1 business day}}\n"
    (tmp_path / "town.yaml").write_text(own)
    days = [day for day in range(1, 32) if dt.date(2025, 10, day).weekday() < 5]
    rows = "".join(
        f"{day}-{i},email,{('Parks', 'Roads')[i % 2]},,2025-10-{day:02} 09:00,2025-10-{day:02} 10:00,\n"
        for day in days
        for i in range(40 if day == 22 else 4)
    )
    (tmp_path / "log.csv").write_text(HEADER + rows)
    done = report(tmp_path, *PERIOD, "--standards", "town.yaml", "--formats", "md,xlsx", files="log.csv")
    assert done.code == 0, done.err
    folder = tmp_path / "reports" / "2025-10"
    book = openpyxl.load_workbook(folder / "report.xlsx")
    promises = {row[0]: row[1] for row in book["Channels"].iter_rows(values_only=True)}
    assert promises["Email"] == "2 business days; Parks: 1 business day"
    assert promises["Email"] in (folder / "report.md").read_text("utf-8")
    surges = [row[:4] for row in book["Surges"].iter_rows(min_row=3, values_only=True)]
    at = dt.datetime(2025, 10, 22)
    assert surges == [("Parks", at, at, 20), ("Roads", at, at, 20)]
    parts = zipfile.ZipFile(folder / "report.xlsx")
    drawings = b"".join(parts.read(name) for name in parts.namelist() if "drawings/drawing" in name)
    assert b"Letter: nothing judged" in drawings


# Privacy

SECRETS = ("Zaphod", "zaphod@example.org", "780-555-0142", "12 Secret Street", "Trillian Astra", "MY COMPLAINT IS")


def secret_export(folder: Path) -> None:
    """An export full of personal data: columns that no rule needs, an employee, a cell of a rejected row."""
    columns = [
        "case_id",
        "channel",
        "department",
        "employee",
        "received_at",
        "replied_at",
        "name",
        "mail",
        "phone",
        "address",
        "text",
    ]
    name, mail, phone, address, employee, text = SECRETS
    with (folder / "log.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        for i in range(40):
            replied = "2025-10-20 10:00" if i % 3 else ""
            received = f"2025-10-{1 + i % 28:02} 09:00" if i else "not a time"
            out.writerow([f"C{i}", "email", "Roads", employee, received, replied, name, mail, phone, address, text])


def everything(folder: Path) -> str:
    """All that a folder holds, as text: archives opened, Parquet read, its metadata too."""
    texts = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        texts.append(data.decode("utf-8", "replace"))
        if path.suffix == ".xlsx":
            parts = zipfile.ZipFile(io.BytesIO(data))
            texts += [parts.read(name).decode("utf-8", "replace") for name in parts.namelist()]
        if path.suffix == ".parquet":
            texts += [repr(pl.read_parquet(path).to_dicts()), repr(pl.read_parquet_metadata(path))]
    return "\n".join(texts)


def test_nobody_is_in_a_report(tmp_path: Path) -> None:
    """No customer and no employee in any file, nor in what is said about the run."""
    secret_export(tmp_path)
    done = report(tmp_path, *PERIOD, "--formats", ",".join(FORMATS), files="log.csv")
    assert done.code == 0, done.err
    found = everything(tmp_path / "reports") + done.err
    assert "Roads" in found
    assert [secret for secret in SECRETS if secret in found] == []


def test_the_page_names_the_standards_file_without_its_folder(tmp_path: Path) -> None:
    """A folder may be somebody's home. What programs read has the path as it was typed, for the run to be made again."""
    (tmp_path / "home of jane").mkdir()
    standards = shutil.copy(TOP / "standards.yaml", tmp_path / "home of jane" / "town.yaml")
    done = report(tmp_path, *PERIOD, "--formats", ",".join(FORMATS), "--standards", standards)
    assert done.code == 0, done.err
    folder = tmp_path / "reports" / "2025-10"
    assert "town.yaml" in (folder / "report.html").read_text("utf-8")
    for name in ("manifest.json", "report.json", "tally.parquet"):
        (folder / name).unlink()
    assert "home of jane" not in everything(folder)


def test_employees_only_where_they_are_asked_for(tmp_path: Path) -> None:
    """In the tables of the report; never in the stored tally, and customers not at all."""
    secret_export(tmp_path)
    report(tmp_path, *PERIOD, "--formats", ",".join(FORMATS), "--by", "employee", files="log.csv")
    folder = tmp_path / "reports" / "2025-10"
    found = everything(folder)
    assert [secret for secret in SECRETS if secret in found] == ["Trillian Astra"]
    (folder / "alone").mkdir()
    shutil.copy(folder / "tally.parquet", folder / "alone")
    assert "Trillian" not in everything(folder / "alone")
    assert "Trillian" not in (folder / "records.csv").read_text("utf-8")


def test_a_broken_tally_is_left_aside_and_said(tmp_path: Path) -> None:
    """A report does not fail for what an earlier one left behind."""
    (tmp_path / "reports" / "2025-09").mkdir(parents=True)
    (tmp_path / "reports" / "2025-09" / "tally.parquet").write_text("no")
    done = report(tmp_path, *PERIOD, "--formats", "csv")
    assert done.code == 0
    assert "Left aside: reports/2025-09/tally.parquet is no Parquet file." in done.err


def test_packed_exports_and_standard_input_are_inputs_like_any(tmp_path: Path) -> None:
    """By the name shown for them, and the contents that were read; a file left out for the same content is named."""
    (tmp_path / "exports").mkdir()
    with zipfile.ZipFile(tmp_path / "exports" / "all.zip", "w") as archive:
        archive.write(SAMPLES / "portal.csv", "portal.csv")
    shutil.copy(SAMPLES / "portal.csv", tmp_path / "exports" / "again.csv")
    report(tmp_path, *PERIOD, "--formats", "csv", files="exports")
    found = manifest_of(tmp_path / "reports" / "2025-10")
    assert [one["file"] for one in found["inputs"]] == ["again.csv"]
    assert found["same_content"] == {"all.zip/portal.csv": "again.csv"}
    data = (SAMPLES / "portal.csv").read_bytes()
    assert start("report", "-", *PERIOD, "--formats", "csv", "--out", "piped", cwd=tmp_path, stdin=data).code == 0
    (piped,) = manifest_of(tmp_path / "piped" / "2025-10")["inputs"]
    assert (piped["file"], piped["sha256"]) == ("standard input", hashlib.sha256(data).hexdigest())
