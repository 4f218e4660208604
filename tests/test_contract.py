"""What scripts depend on: columns, their order and their spelling; identity of cases; privacy; same input, same bytes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
from itertools import combinations
from pathlib import Path

import pytest
from outside import AS_OF, SAMPLES, TOP, run, start

CHECK = (
    "standard,requests,met,late,overdue,pending,excluded,judged,compliance_pct,target_pct,outcome,median_business_days,"
    "p90_business_days,missed_in_high_volume,met_by_extension,compliance_without_extension_pct"
)
RECORDS = (
    "case_id,channel,department,employee,received_at,replied_at,due_at,verdict,business_days,business_hours,"
    "business_days_over,standard,clause,high_volume,excluded_because,customer_type,reply_basis,source,file,sheet,row"
)
DIMENSIONS = ("channel", "department", "employee", "month", "week", "customer_type", "file")
CHANNELS = ["voicemail", "email", "letter", "our_city", "portal"]
VERDICTS = ("met", "late", "overdue", "pending", "excluded")
FORMATS = ("table", "csv", "tsv", "json", "jsonl", "markdown")
COUNTS = ("requests", *VERDICTS, "judged")
HEADER = "case_id,channel,received_at,replied_at\n"
STANDARDS = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}
standards:
  - effective: 2025-02-01
    source: Policy 1
    channels:
      email: {within: 2 business days, target: 90%}
      phone: {within: 4 business hours}
"""


def check(*arguments: object) -> list[dict[str, str]]:
    return run("check", SAMPLES, *AS_OF, *map(str, arguments)).rows


def records(folder: Path, text: str, *arguments: str, as_of: str = "2025-10-31") -> list[dict[str, str]]:
    """The records of one small export."""
    (folder / "log.csv").write_text(HEADER + text)
    return run("records", "log.csv", "--as-of", as_of, *arguments, cwd=folder).rows


# Columns


@pytest.mark.parametrize("by", DIMENSIONS)
def test_check_has_the_columns_that_scripts_depend_on(by: str) -> None:
    """The --by column, then sixteen more in their order; the last row is `all`, and the others add up to it."""
    rows = check("--by", by)
    assert ",".join(rows[0]) == f"{by},{CHECK}"
    assert [row[by] for row in rows].index("all") == len(rows) - 1
    for name in COUNTS:
        assert sum(int(row[name]) for row in rows[:-1]) == int(rows[-1][name])
    assert {name: rows[-1][name] for name in COUNTS} == dict(
        zip(COUNTS, ["315", "276", "14", "6", "19", "0", "296"], strict=True)
    )


@pytest.mark.parametrize("by", [",".join(pair) for pair in combinations(reversed(DIMENSIONS), 2)])
def test_two_dimensions(by: str) -> None:
    """Both columns stand in front, in the order asked for; the row `all` leaves the second empty."""
    first, second = by.split(",")
    rows = check("--by", by)
    assert ",".join(rows[0]) == f"{by},{CHECK}"
    assert (rows[-1][first], rows[-1][second]) == ("all", "")
    assert sum(int(row["requests"]) for row in rows[:-1]) == 315
    keys = [(row[first], row[second]) for row in rows]
    assert len(keys) == len(set(keys))


def test_every_verdict_count_agrees_with_the_judged() -> None:
    """judged = met + late + overdue; requests = judged + pending + excluded; compliance = met ÷ judged."""
    for row in check("--by", "department,channel"):
        met, judged = int(row["met"]), int(row["judged"])
        assert judged == met + int(row["late"]) + int(row["overdue"])
        assert int(row["requests"]) == judged + int(row["pending"]) + int(row["excluded"])
        if judged:
            assert abs(float(row["compliance_pct"]) - 100 * met / judged) <= 0.1
            assert re.fullmatch(r"\d+\.\d", row["compliance_pct"])
        else:
            assert row["compliance_pct"] == row["median_business_days"] == row["p90_business_days"] == ""


def test_channels_stand_in_the_order_of_the_standards(tmp_path: Path) -> None:
    """Promised channels first, with a row even without a request; then those without a promise, which are excluded."""
    (tmp_path / "log.csv").write_text(
        HEADER + "1,Fax,2025-10-01,2025-10-02\n2,Carrier Pigeon,2025-10-01,\n3,E-Mail,2025-10-01,2025-10-02\n"
    )
    rows = run("check", "log.csv", "--as-of", "2025-10-31", cwd=tmp_path).rows
    assert [row["channel"] for row in rows[:5]] == CHANNELS
    assert sorted(row["channel"] for row in rows[5:]) == ["Carrier Pigeon", "Fax", "all"]
    assert {row["channel"]: row["excluded"] for row in rows if row["excluded"] != "0"} == {
        "Fax": "1",
        "Carrier Pigeon": "1",
        "all": "2",
    }
    assert [row["standard"] for row in rows if row["channel"] in ("email", "Fax", "letter")] == [
        "2 business days",
        "5 business days",
        "",
    ]


def test_a_row_over_several_promises_has_no_standard() -> None:
    """`standard` is empty where a row holds several, and written as in the standards file where it holds one."""
    assert [row["standard"] for row in check()] == [
        "1 business day", "2 business days", "5 business days", "5 business days", "2 business days", "",
    ]  # fmt: skip
    assert {row["standard"] for row in check("--by", "month")} == {""}


def test_a_target_gives_an_outcome(tmp_path: Path) -> None:
    """`outcome` is met or not met where there is one target, and empty where there is none."""
    (tmp_path / "s.yaml").write_text(STANDARDS)
    (tmp_path / "log.csv").write_text(
        HEADER
        + "1,email,2025-10-01,2025-10-02\n2,email,2025-10-01,2025-10-09\n3,phone,2025-10-01 10:00,2025-10-01 11:00\n"
    )
    rows = run("check", "log.csv", "--as-of", "2025-10-31", "--standards", "s.yaml", cwd=tmp_path).rows
    assert [(row["channel"], row["target_pct"], row["outcome"]) for row in rows] == [
        ("email", "90.0", "not met"),
        ("phone", "", ""),
        ("all", "", ""),
    ]


def test_a_failed_formula_is_no_case(tmp_path: Path) -> None:
    """Two requests whose id could not be worked out are two, and the open one is not hidden by the other."""
    rows = "".join(f"{case},email,2025-10-0{day} 10:00,{reply}\n" for case, day, reply in (
        ("#N/A", 2, "2025-10-03 10:00"), ("#N/A", 6, ""), ("#REF!", 6, ""), ("A", 6, ""), ("A", 6, "2025-10-06 11:00")
    ))  # fmt: skip
    (tmp_path / "log.csv").write_text(f"case_id,channel,received_at,replied_at\n{rows}")
    found = run("records", "log.csv", "--as-of", "2025-10-31", cwd=tmp_path).rows
    assert [(row["case_id"], row["verdict"]) for row in found] == [
        ("#N/A", "met"), ("#N/A", "overdue"), ("#REF!", "overdue"), ("A", "met")
    ]  # fmt: skip


def test_a_number_that_lost_its_digits_is_no_case(tmp_path: Path) -> None:
    """What a spreadsheet made of twelve digits when it saved the file: all cases would be one, and the city punctual."""
    rows = "".join(f"1.01E+11,email,2025-10-0{day} 10:00,{reply}\n" for day, reply in (
        (2, "2025-10-03 10:00"), (6, ""), (7, ""), (7, "")
    ))  # fmt: skip
    (tmp_path / "log.csv").write_text(f"case_id,channel,received_at,replied_at\n{rows}")
    found = run("check", "log.csv", "--as-of", "2025-10-31", cwd=tmp_path)
    assert (found.rows[-1]["requests"], found.rows[-1]["compliance_pct"]) == ("4", "25.0")
    assert "damaged_id (4)" in found.err
    assert "history_changed" not in found.err


def test_ids_that_became_decimals_are_pointed_out(tmp_path: Path) -> None:
    """`101.0` is not `101`: the requests count twice, and the finding tells why. An id that is written so is left alone."""
    header = "case_id,channel,received_at,replied_at\n"
    for name, ids in {"pandas": ("-", "101.0", "", "102.0"), "system": ("101", "102"), "own": ("1.0", "1.1")}.items():
        rows = (f"{case},email,2025-10-0{i + 1} 10:00,2025-10-03 1{i}:00\n" for i, case in enumerate(ids))
        (tmp_path / f"{name}.csv").write_text(header + "".join(rows))
    found = run("check", ".", "--as-of", "2025-10-04", cwd=tmp_path)
    assert found.rows[-1]["requests"] == "8"
    assert "decimal_id (2)" in found.err
    assert 'pandas.csv, rows 3 and 5: "101.0" and "102.0": "101" of another export is another case' in found.err


def test_customer_types_are_one_however_they_are_spelled(tmp_path: Path) -> None:
    """`External`, `EXTERNAL ` and `external` are one, and so is whatever else an export tells."""
    words = ("External", "external", "EXTERNAL ", "Business", "business", "internal")
    rows = "".join(f"{i},email,2025-10-01 09:00,2025-10-02 09:00,{word}\n" for i, word in enumerate(words))
    (tmp_path / "log.csv").write_text(f"case_id,channel,received_at,replied_at,customer_type\n{rows}")
    found = run("check", "log.csv", "--by", "customer_type", "--as-of", "2025-10-03", cwd=tmp_path).rows
    assert [(row["customer_type"], row["requests"]) for row in found] == [
        ("Business", "2"), ("external", "3"), ("internal", "1"), ("all", "6")
    ]  # fmt: skip


def test_a_median_leaves_out_what_is_not_known(tmp_path: Path) -> None:
    """Where day zero depends on a time of day that nobody knows, so do the elapsed business days."""
    (tmp_path / "s.yaml").write_text(STANDARDS + "counting: {day_zero: next_opening}\n")
    received = ("2025-10-01", "2025-10-01 10:00", "2025-10-01 17:00")
    rows = "".join(f"{i},email,{at},2025-10-07\n" for i, at in enumerate(received))
    (tmp_path / "log.csv").write_text(f"case_id,channel,received_at,replied_at\n{rows}")
    given = ("log.csv", "--standards", "s.yaml", "--as-of", "2025-10-31")
    listed = run("records", *given, cwd=tmp_path).rows
    assert [(row["verdict"], row["business_days"]) for row in listed] == [("late", ""), ("late", "4"), ("late", "3")]
    total = run("check", *given, cwd=tmp_path).rows[-1]
    assert (total["judged"], total["median_business_days"], total["p90_business_days"]) == ("3", "3", "4")


def test_the_standards_file_is_never_the_answer(tmp_path: Path) -> None:
    """What judges is evidence, as the exports are."""
    (tmp_path / "standards.yaml").write_text(STANDARDS)
    (tmp_path / "log.csv").write_text("case_id,channel,received_at\n1,email,2025-10-01 09:00\n")
    for words in (["-o", "standards.yaml", "--format", "csv"], ["--rejects", "standards.yaml"]):
        for command in ("check", "records"):
            found = run(command, "log.csv", *words, cwd=tmp_path)
            assert (found.code, "standards.yaml is the standards file" in found.err) == (2, True)
    assert (tmp_path / "standards.yaml").read_text() == STANDARDS


def test_a_failed_formula_is_no_reply(tmp_path: Path) -> None:
    """`#N/A` is a look-up that found nothing, and not a word for none."""
    rows = [f"{i},email,2025-10-0{i} 10:00,2025-10-0{i} 15:00" for i in range(1, 10)]
    text = "\n".join(["case_id,channel,received_at,replied_at", *rows, "10,email,2025-10-01 10:00,#N/A"])
    (tmp_path / "log.csv").write_text(text + "\n")
    found = run("check", "log.csv", "--as-of", "2025-10-31", cwd=tmp_path)
    assert found.rows[-1]["requests"] == "9"
    assert (
        'unreadable_reply (1): the reply time cannot be read; it is never taken for no reply\n  log.csv, row 11: "#N/A"'
        in found.err
    )


def test_a_failed_formula_is_no_name(tmp_path: Path) -> None:
    """A broken lookup over a column of departments makes one line of requests without one, not a line for each row."""
    names = ("#N/A", "#N/A (row 3)", "#REF! (row 4)", "not calculated (row 5)", "Roads #1", "")
    rows = "".join(f"{i},email,{name},2025-10-01 10:00,2025-10-01 11:00\n" for i, name in enumerate(names))
    (tmp_path / "log.csv").write_text(f"case_id,channel,department,received_at,replied_at\n{rows}")
    found = run("check", "log.csv", "--by", "department", "--as-of", "2025-10-31", cwd=tmp_path).rows
    assert [(row["department"], row["requests"]) for row in found] == [("Roads #1", "1"), ("", "5"), ("all", "6")]


def test_no_total_leaves_out_the_last_row() -> None:
    """--no-total is for scripts that add up themselves."""
    for form in ("csv", "tsv"):
        whole = run("check", SAMPLES, *AS_OF, "--format", form).out.splitlines()
        assert run("check", SAMPLES, *AS_OF, "--format", form, "--no-total").out.splitlines() == whole[:-1]
    rows = run("check", SAMPLES, *AS_OF, "--format", "json", "--no-total").json["rows"]
    assert [row["channel"] for row in rows] == CHANNELS


def test_months_and_weeks_are_written_as_iso_does() -> None:
    """2025-10, 2025-W41: in their order, by the date that decides the period."""
    months = [row["month"] for row in check("--by", "month")]
    weeks = [row["week"] for row in check("--by", "week")]
    assert months == ["2025-10", "2025-11", "all"]
    assert weeks == ["2025-W40", "2025-W41", "2025-W42", "2025-W43", "2025-W44", "2025-W45", "all"]


def test_a_week_may_belong_to_another_year(tmp_path: Path) -> None:
    """1 January 2027 is a Friday of week 53 of 2026."""
    (tmp_path / "s.yaml").write_text(STANDARDS)
    (tmp_path / "log.csv").write_text(HEADER + "1,email,2026-12-30,2026-12-31\n")
    rows = run(
        "check", "log.csv", "--as-of", "2027-01-31", "--standards", "s.yaml", "--by", "month,week", cwd=tmp_path
    ).rows
    assert (rows[0]["month"], rows[0]["week"]) == ("2027-01", "2026-W53")


def test_the_formats_hold_the_same_figures() -> None:
    """JSON, JSON Lines, TSV and CSV differ in spelling only; the unknown is empty or null."""
    table = check()
    lines = run("check", SAMPLES, *AS_OF, "--format", "tsv").text
    assert list(csv.DictReader(io.StringIO(lines), delimiter="\t")) == table
    document = run("check", SAMPLES, *AS_OF, "--format", "json").json
    assert sorted(document) == ["findings", "meta", "rows", "summary"]
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in document["rows"]] == table
    one_per_line = run("check", SAMPLES, *AS_OF, "--format", "jsonl").text.splitlines()
    assert len(one_per_line) == len(table)


def test_records_has_the_columns_that_scripts_depend_on() -> None:
    """Twenty-one columns, one row per request, in the order of the input."""
    rows = run("records", SAMPLES, *AS_OF).rows
    assert ",".join(rows[0]) == RECORDS
    assert len(rows) == 315
    places = [(row["file"], int(row["row"])) for row in rows]
    assert places == sorted(places)
    assert ",".join(run("records", SAMPLES, *AS_OF, "--format", "json").json[0]) == RECORDS


def test_a_record_is_written_as_promised() -> None:
    """Local times to the second, the due time of a day rule at 23:59:59, the standard and its clause as written."""
    (row,) = run("records", SAMPLES / "portal.csv", *AS_OF, "--case", "2025-0417").rows
    assert row == {
        "case_id": "2025-0417", "channel": "portal", "department": "Utilities", "employee": "",
        "received_at": "2025-10-10 16:50:12", "replied_at": "2025-10-16 09:12:40", "due_at": "2025-10-15 23:59:59",
        "verdict": "late", "business_days": "3", "business_hours": row["business_hours"], "business_days_over": "1",
        "standard": "2 business days", "clause": "AP-1077-23, 5.1(a)", "high_volume": "", "excluded_because": "",
        "customer_type": "external", "reply_basis": "first_response", "source": "generic", "file": "portal.csv",
        "sheet": "", "row": "16",
    }  # fmt: skip


def test_elapsed_office_hours_have_two_decimals() -> None:
    """From Friday 16:50, after closing, to Thursday 09:12:40: three days of eight hours and 42 minutes 40 seconds."""
    (row,) = run("records", SAMPLES / "portal.csv", *AS_OF, "--case", "2025-0417").rows
    assert row["business_hours"] == "16.71"


def test_records_and_check_tell_the_same() -> None:
    """Counting the records by channel and verdict gives the table."""
    listed = run("records", SAMPLES, *AS_OF, "--period", "2025-10").rows
    for row in check("--period", "2025-10")[:-1]:
        mine = [record for record in listed if record["channel"] == row["channel"]]
        assert {v: sum(r["verdict"] == v for r in mine) for v in VERDICTS} == {v: int(row[v]) for v in VERDICTS}


@pytest.mark.parametrize(
    ("arguments", "n"),
    [
        (["--verdict", "overdue"], 6),
        (["--verdict", "late,overdue"], 20),
        (["--verdict", "LATE, overdue"], 20),
        (["--channel", "voice mail"], 90),
        (["--channel", "Our-City", "--verdict", "pending"], 2),
        (["--department", "public works"], None),
        (["--case", "00048304"], 1),
        (["--case", "48304"], 0),
        (["--verdict", "excluded"], 0),
    ],
)
def test_filters_choose_among_the_records(arguments: list[str], n: int | None) -> None:
    """A filter leaves rows out and changes none."""
    all_lines = run("records", SAMPLES, *AS_OF).text.splitlines()
    lines = run("records", SAMPLES, *AS_OF, *arguments).text.splitlines()
    assert lines[0] == all_lines[0]
    assert set(lines) <= set(all_lines)
    assert len(lines) > 1 if n is None else len(lines) == n + 1


def test_due_within_lists_what_to_answer_next() -> None:
    """On Friday at 17:00: what is due within one business day is due by Monday's end, and is not answered."""
    rows = run("records", SAMPLES, *AS_OF, "--due-within", "1 business day").rows
    assert {row["verdict"] for row in rows} == {"pending"}
    assert {row["replied_at"] for row in rows} == {""}
    pending = run("records", SAMPLES, *AS_OF, "--verdict", "pending").rows
    assert rows == [row for row in pending if row["due_at"] <= "2025-11-03 23:59:59"]


def test_due_within_counts_as_the_version_in_force_does(tmp_path: Path) -> None:
    """A version that comes into force later changes nothing yet; office hours that there are none of are refused in words."""
    (tmp_path / "s.yaml").write_text(
        "version: 1\norganisation: Town\ntimezone: America/Edmonton\ncalendar: {workweek: [Mon-Fri]}\nstandards:\n"
        "  - {effective: 2025-01-01, source: P 1, channels: {email: {within: 5 business days}}}\n"
        "  - effective: 2026-01-01\n    source: P 2\n    counting: {day_ends: same_time}\n"
        "    channels: {email: {within: 5 business days}}\n"
    )
    (tmp_path / "e.csv").write_text("case_id,channel,received_at,replied_at\n1,email,2025-10-06 18:00,\n")
    arguments = ("records", "e.csv", "--standards", "s.yaml", "--as-of", "2025-10-10 09:00", "--due-within")
    assert [row["case_id"] for row in run(*arguments, "1 business day", cwd=tmp_path).rows] == ["1"]
    refused = run(*arguments, "4 business hours", cwd=tmp_path)
    assert (refused.code, refused.out) == (2, b"")
    assert (
        '"4 business hours" counts office hours, and the standards in force from 2025-01-01 have none.' in refused.err
    )


def test_an_unknown_channel_is_named_whatever_its_requests_are_excluded_for(tmp_path: Path) -> None:
    """Excluded for their times, they would not be missed; those to which no reply is owed are meant to be left out."""
    owed = 'exclude:\n  - {column: channel, in: [chat], because: "no promise"}\n'
    (tmp_path / "s.yaml").write_text((TOP / "standards.yaml").read_text("utf-8") + owed, encoding="utf-8")
    (tmp_path / "e.csv").write_text(
        "case_id,channel,received_at,replied_at\n1,emial,2025-10-06 09:00,2025-10-05 09:00\n"
        "2,fax,2005-10-06 09:00,2025-10-06 10:00\n3,chat,2025-10-06 09:00,\n4,email,2025-10-06 09:00,2025-10-06 10:00\n"
    )
    said = run("check", "e.csv", "--standards", "s.yaml", "--as-of", "2025-10-07", cwd=tmp_path).err
    assert "unknown_channel (2)" in said
    assert 'e.csv, row 2: "emial": no standard names it; the nearest is "email"' in said
    assert 'e.csv, row 3: "fax": no standard names it' in said


STATED_AS_FORMULAS = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon-Fri], closed: {2025-10-14: "=day off"}}
standards:
  - {effective: 2025-01-01, source: "=1+1", channels: {email: {within: 2 business days}}}
high_volume:
  - {from: 2025-10-06, to: 2025-10-10, reason: "-50% staff", declared: 2025-10-01, effect: note}
"""


@pytest.mark.parametrize(
    ("command", "raw"),
    [("records e.csv", "=1+1,-50% staff,"), ("standards show", ",=1+1"), ("calendar 2025", ",=day off"),
     ("due --channel email --received 2025-10-10", ",=1+1,"), ("volume e.csv", "=Parks,"),
     ("standards diff s.yaml s2.yaml", ",=1+1,")],
)  # fmt: skip
@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_nothing_that_the_standards_file_states_is_run_by_a_spreadsheet(
    tmp_path: Path, command: str, raw: str, form: str
) -> None:
    """Text of the standards file is neutralised as that of the exports is, unless a machine asks for it raw."""
    (tmp_path / "s.yaml").write_text(STATED_AS_FORMULAS, encoding="utf-8")
    (tmp_path / "s2.yaml").write_text(STATED_AS_FORMULAS.replace("=1+1", "=2+2"), encoding="utf-8")
    (tmp_path / "e.csv").write_text("case_id,channel,department,received_at\n1,email,=Parks,2025-10-06 18:00\n")
    words = command.split()
    settings = [] if "diff" in words else ["--standards", "s.yaml"]
    settings += ["--as-of", "2025-10-09"] if "e.csv" in words else []
    if form == "tsv":
        raw = raw.replace(",", "\t")
    escaped = re.sub("[=-](?=[1P5d])", r"'\g<0>", raw)
    shown = run(*words, *settings, "--format", form, cwd=tmp_path).text
    assert escaped in shown.removeprefix("\ufeff")
    if "e.csv" in words:
        assert raw in run(*words, *settings, "--format", form, "--no-escape", cwd=tmp_path).text


# Periods


@pytest.mark.parametrize(
    ("period", "same_as"),
    [
        ("2025-10", "2025-10-01..2025-10-31"),
        ("2025-Q4", "2025-10-01..2025-12-31"),
        ("2025", "2025-01-01..2025-12-31"),
        ("last-month", "2025-10"),
        ("2025-10-10", "2025-10-10..2025-10-10"),
    ],
)
def test_periods_have_several_spellings(period: str, same_as: str) -> None:
    """Months, quarters, years, one day, and the month before the as-of moment's."""
    arguments = ["check", str(SAMPLES), "--as-of", "2025-11-03 09:00", "--period"]
    assert run(*arguments, period).out == run(*arguments, same_as).out


def test_a_period_and_the_rest_are_all() -> None:
    """Requests in a period and outside it are the requests of the run."""
    for period in ("2025-10", "2025-10-06..2025-10-10", "2024"):
        summary = run("check", SAMPLES, *AS_OF, "--period", period, "--format", "json").json["summary"]
        assert summary["requests"] + summary["outside_period"] == 315


@pytest.mark.parametrize(
    ("as_of", "where"),
    [("2025-10-31", "outside it"), ("2025-10-15", "outside it or after 2025-10-15"),
     ("2025-10-31 17:00", "outside it or after 2025-10-31 17:00")],
)  # fmt: skip
@pytest.mark.parametrize("command", ["check", "records"])
def test_what_is_left_out_of_a_period_that_is_not_over(command: str, as_of: str, where: str) -> None:
    """A request of this month that came after the as-of moment is not outside the month."""
    said = run(command, SAMPLES, "--period", "2025-10", "--as-of", as_of).err
    assert re.search(rf"in the period \+ \d+ {where}(;|$)", said, re.MULTILINE)


def test_weeks_of_a_month_add_up_to_it() -> None:
    """Disjoint periods split the requests and lose none."""
    days = ["2025-10-01..2025-10-10", "2025-10-11..2025-10-20", "2025-10-21..2025-10-31"]
    parts = [check("--period", period)[-1] for period in days]
    whole = check("--period", "2025-10")[-1]
    assert {name: sum(int(part[name]) for part in parts) for name in COUNTS} == {
        name: int(whole[name]) for name in COUNTS
    }


def test_a_date_as_of_means_its_end(tmp_path: Path) -> None:
    """A reply on the evening of the as-of day has happened; one on the next morning has not, so that it is overdue."""
    text = "1,email,2025-10-01 10:00,2025-10-03 23:59\n2,email,2025-10-01 10:00,2025-10-04 00:01\n"
    assert [row["verdict"] for row in records(tmp_path, text, as_of="2025-10-03")] == ["met", "overdue"]
    assert [row["verdict"] for row in records(tmp_path, text, as_of="2025-10-04")] == ["met", "late"]
    assert records(tmp_path, text, as_of="2025-09-30") == []


def test_a_reply_after_the_as_of_moment_is_not_shown(tmp_path: Path) -> None:
    """The world as it was known at that moment: a reply after it has not happened yet."""
    (row,) = records(tmp_path, "1,email,2025-10-01 10:00,2025-10-06 09:00\n", as_of="2025-10-03 12:00")
    assert (row["verdict"], row["replied_at"]) == ("pending", "")


# Times


def test_a_date_without_a_time_stays_a_date(tmp_path: Path) -> None:
    """A letter log knows no times of day; none are invented."""
    (row,) = records(tmp_path, "1,letter,2025-10-01,2025-10-03\n")
    assert (row["received_at"], row["replied_at"], row["due_at"]) == ("2025-10-01", "2025-10-03", "2025-10-08 23:59:59")


def test_utc_becomes_city_time(tmp_path: Path) -> None:
    """06:30 UTC on 1 December 2026 is midnight in Edmonton, which keeps its summer time from that year on."""
    (row,) = records(tmp_path, "1,email,2026-12-01T06:30:00Z,2026-12-01T18:00:00+02:00\n", as_of="2026-12-31")
    assert (row["received_at"], row["replied_at"]) == ("2026-12-01 00:30:00", "2026-12-01 10:00:00")


# Ids and formulas


@pytest.mark.parametrize("case", ["00123", "1E5", "2025-0417", "9007199254740993123", "Ä-1 / 2", "007.0"])
def test_ids_are_text(tmp_path: Path, case: str) -> None:
    """Leading zeros, long numbers and what looks like a number or a date are kept as they were written."""
    (row,) = records(tmp_path, f"{case},email,2025-10-01,2025-10-02\n")
    assert row["case_id"] == case


@pytest.mark.parametrize("case", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "=HYPERLINK(1)"])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(tmp_path: Path, case: str) -> None:
    """A leading apostrophe in CSV and TSV, unless --no-escape asks for the raw text; JSON is no spreadsheet."""
    (tmp_path / "log.csv").write_text(HEADER + f"{case},email,2025-10-01,2025-10-02\n")
    arguments = ["records", "log.csv", "--as-of", "2025-10-31"]
    for form in ("csv", "tsv"):
        assert f"'{case}" in run(*arguments, "--format", form, cwd=tmp_path).text
        assert f"'{case}" not in run(*arguments, "--format", form, "--no-escape", cwd=tmp_path).text
    assert run(*arguments, "--format", "json", cwd=tmp_path).json[0]["case_id"] == case
    run(*arguments, "-o", "out.csv", cwd=tmp_path)
    assert f"\n'{case}," in (tmp_path / "out.csv").read_text("utf-8-sig")


def test_departments_and_channels_are_made_harmless_too(tmp_path: Path) -> None:
    """Whatever came from the input: names in `check --by`, file names, and the values of rejected rows."""
    (tmp_path / "=log.csv").write_text(
        "case_id,channel,department,received_at\n" + "1,=fax(),@parks,2025-10-01\n" * 10 + "2,email,x,=now()\n"
    )
    arguments = ["check", "=log.csv", "--as-of", "2025-10-31", "--by", "channel,department,file", "--rejects", "r.csv"]
    (row, *_) = [row for row in run(*arguments, cwd=tmp_path).rows if row["requests"] == "1"]
    assert (row["channel"], row["department"], row["file"]) == ("'=fax()", "'@parks", "'=log.csv")
    assert "\n'=log.csv,,12,unreadable_received,'=now()" in (tmp_path / "r.csv").read_text("utf-8-sig")


# Rejected rows


def test_rejects_names_the_place_and_the_offending_value_only(tmp_path: Path) -> None:
    """file, sheet, row, code, value: enough to find and correct the row, and nothing personal."""
    run("check", SAMPLES, *AS_OF, "--rejects", tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text("utf-8-sig").splitlines() == [
        "file,sheet,row,code,value",
        "letters.xlsx,Letters 2025,13,no_received,",
        "voicemail.csv,,32,unreadable_received,10/32/2025 09:15 AM",
        "voicemail.csv,,43,unreadable_reply,see note",
    ]


def test_reject_cells_adds_the_row_and_a_warning(tmp_path: Path) -> None:
    """The original cells on request, with a word about personal data."""
    told = run("check", SAMPLES, *AS_OF, "--rejects", tmp_path / "r.csv", "--reject-cells")
    header, *rows = (tmp_path / "r.csv").read_text("utf-8-sig").splitlines()
    assert header == "file,sheet,row,code,value,cells"
    assert "Message Left: 10/32/2025 09:15 AM" in rows[1]
    assert "may hold personal data" in told.err


def test_without_rejects_the_file_has_its_header_alone(tmp_path: Path) -> None:
    """A script finds the file it asked for."""
    run("check", SAMPLES / "portal.csv", *AS_OF, "--rejects", tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_text("utf-8-sig") == "file,sheet,row,code,value\n"


# Privacy


@pytest.fixture(scope="module")
def outputs() -> str:
    """All that the samples give, on both streams, when nothing personal is asked for."""
    shown = [run(command, SAMPLES, *AS_OF, "--format", form) for command in ("check", "records") for form in FORMATS]
    shown += [
        run("check", SAMPLES, *AS_OF, "--by", by) for by in ("department", "month", "week", "file", "customer_type")
    ]
    return "".join(outcome.text + outcome.err for outcome in shown)


def column(file: str, name: str) -> set[str]:
    """The values of a column of a sample."""
    text = (SAMPLES / file).read_bytes()
    lines = text.decode("utf-16" if text.startswith(b"\xff\xfe") else "utf-8-sig").splitlines()
    start_at = next(i for i, line in enumerate(lines) if name in line)
    rows = csv.DictReader(lines[start_at:], delimiter=";" if ";" in lines[start_at] else ",")
    return {value for row in rows if (value := row[name])}


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("voicemail.csv", "Caller"),
        ("voicemail.csv", "Called Back By"),
        ("email.csv", "Subject"),
        ("email.csv", "Agent"),
        ("portal.csv", "employee"),
        ("our_city.csv", "Employee"),
    ],
)
def test_personal_data_reach_no_output(outputs: str, file: str, name: str) -> None:
    """Caller numbers, subjects and employees of the exports are in nothing that was not asked for them."""
    values = column(file, name)
    assert len(values) > 5
    assert [value for value in sorted(values) if value in outputs] == []


def test_employees_appear_on_request_only() -> None:
    """`--by employee` and `--show-employees` show them; a --reject-cells file warns of them."""
    names = column("portal.csv", "employee")
    assert names <= {row["employee"] for row in check("--by", "employee")}
    shown = {row["employee"] for row in run("records", SAMPLES / "portal.csv", *AS_OF, "--show-employees").rows}
    assert shown - {""} == names


# The same input


def test_two_runs_write_the_same_bytes() -> None:
    """Two processes, one output, on both streams."""
    for arguments in (["check", SAMPLES, *AS_OF, "--format", "json"], ["records", SAMPLES, *AS_OF, "--show-employees"]):
        assert start(*arguments, env={"PYTHONHASHSEED": "1"}) == start(*arguments, env={"PYTHONHASHSEED": "2"})


@pytest.mark.parametrize("command", ["check", "records"])
def test_the_order_of_the_arguments_changes_nothing(command: str) -> None:
    """Inputs are read in the order of their names, as a folder, a pattern or one by one."""
    files = sorted(SAMPLES.iterdir())
    expected = run(command, SAMPLES, *AS_OF, "--format", "json")
    assert run(command, *reversed(files), *AS_OF, "--format", "json") == expected
    assert run(command, files[2], files[0], *files, *AS_OF, "--format", "json") == expected
    assert run(command, f"{SAMPLES}/*", *AS_OF, "--format", "json") == expected


def test_a_copy_of_a_file_is_read_once(tmp_path: Path) -> None:
    """The same content under two names: one of them counts, and a finding says so."""
    shutil.copy(SAMPLES / "portal.csv", tmp_path / "a.csv")
    shutil.copy(SAMPLES / "portal.csv", tmp_path / "b.csv")
    both = run("check", "a.csv", "b.csv", *AS_OF, cwd=tmp_path)
    assert both.out == run("check", "a.csv", *AS_OF, cwd=tmp_path).out
    assert "same_content (1)" in both.err
    assert "b.csv: the same content as a.csv; read once" in both.err


@pytest.mark.parametrize(
    ("period", "n_a_day", "is_told"),
    [("2025-10", 4, True), ("2025-10", 0, False), ("2025-10-20..2025-10-26", 4, False), ("", 4, False)],
)
def test_a_channel_that_begins_long_after_the_period_is_pointed_out(
    tmp_path: Path, period: str, n_a_day: int, is_told: bool
) -> None:
    """An export of half a month is not the month; a channel that has a request now and then may begin whenever it does."""
    days = [f"2025-10-{day:02}" for day in (1, 2, 3, *range(6, 11), *range(14, 18), *range(20, 25), *range(27, 32))]
    rows = [f"email,{day} 10:00" for day in days] + [
        f"portal,{day} 1{i}:00" for day in days[8:] for i in range(n_a_day)
    ]
    (tmp_path / "log.csv").write_text("\n".join(["channel,received_at", *rows, "portal,2025-10-31 09:00"]) + "\n")
    limits = ["--period", period] if period else []
    said = run("check", "log.csv", "--as-of", "2025-10-31", *limits, cwd=tmp_path).err
    words = '"Online Portal": the first request came on 2025-10-14, 8 business days after the period began, and 57 in the 13'
    assert (words in said, "late_start (1)" in said, "late_start" in said) == (is_told, is_told, is_told)


@pytest.mark.parametrize(
    ("period", "as_of", "effective", "said"),
    [
        ("2025", "2025-12-31", "2025-01-01", "2025-12-15, 248 business days after the period began, and 14 in the 6"),
        ("2025-12", "2025-12-31", "2025-01-01", "2025-12-15, 10 business days after the period began, and 14 in the 6"),
        ("2025-12", "2025-12-31", "2025-12-15", ""),
        ("2025-12", "2025-12-14", "2025-01-01", ""),
    ],
)
def test_how_late_a_channel_begins_is_counted_from_what_was_promised(
    tmp_path: Path, period: str, as_of: str, effective: str, said: str
) -> None:
    """Also where nothing in the input is as early as the period; not before the promise, and not by what is not known yet."""
    days = [f"2025-12-{day}" for day in (15, 16, 17, 18, 19, 22, 23)]
    rows = "".join(f"email,{day} 10:0{i}\n" for day in days for i in range(2))
    (tmp_path / "log.csv").write_text(f"channel,received_at\n{rows}")
    (tmp_path / "s.yaml").write_text(STANDARDS.replace("2025-02-01", effective))
    found = run("check", "log.csv", "--period", period, "--as-of", as_of, "--standards", "s.yaml", cwd=tmp_path).err
    assert ("late_start" in found, said in found) == (bool(said), True)


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        (
            "2025-09-",
            "no request came for 20 business days of the period after 2025-08-29, and 88 in 61 business days in all",
        ),
        (
            "2025-09-1",
            "no request came for 8 business days of the period after 2025-09-09, and 116 in 61 business days in all",
        ),
        ("2025-09-3", ""),
    ],
)
def test_a_channel_that_is_silent_for_long_is_pointed_out(tmp_path: Path, left_out: str, said: str) -> None:
    """The export of its month, or of a part of it, is missing, though those of the months before and after are there."""
    first = dt.date(2025, 8, 1)
    days = [f"{first + dt.timedelta(days=n)}" for n in range(92) if (first + dt.timedelta(days=n)).weekday() < 5]
    lines = [f"portal,{day} 10:00" for day in days]
    lines += [f"email,{day} 1{i}:00" for day in days if not day.startswith(left_out) for i in range(2)]
    (tmp_path / "log.csv").write_text("\n".join(["channel,received_at", *lines]) + "\n")
    found = run("check", "log.csv", "--period", "2025-09", "--as-of", "2025-10-31", cwd=tmp_path).err
    assert ("silence (1)" in found, f'"E-mail": {said}' in found) == (bool(said), bool(said))


# The same case


def merged(folder: Path, **files: str) -> tuple[list[dict[str, str]], str]:
    """The records of several exports named in reverse order, and what is said about them."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text("case_id,channel,received_at,replied_at,status\n" + text)
    (folder / "s.yaml").write_text(STANDARDS + "exclude: [{column: status, in: [spam], because: no request}]\n")
    names = [f"{name}.csv" for name in reversed(files)]
    found = run("records", *names, "--as-of", "2025-10-31", "--standards", "s.yaml", cwd=folder)
    return found.rows, found.err


def test_the_earliest_receipt_and_the_earliest_reply_win(tmp_path: Path) -> None:
    """A case in three exports is one request; the row that is kept is the one with the earliest receipt."""
    rows, said = merged(
        tmp_path,
        a="7,email,2025-10-02 10:00,2025-10-08 10:00,open\n",
        b="7,email,2025-10-01 10:00,,open\n",
        c="7,email,2025-10-03 10:00,2025-10-06 10:00,closed\n",
    )
    (row,) = rows
    assert (row["received_at"], row["replied_at"]) == ("2025-10-01 10:00:00", "2025-10-06 10:00:00")
    assert (row["file"], row["row"]) == ("b.csv", "2")
    assert "history_changed" in said
    assert re.search(r"a\.csv: 1 row  ?= 1 duplicate", said)
    assert re.search(r"c\.csv: 1 row  ?= 1 duplicate", said)


@pytest.mark.parametrize("order", [("timed", "dated"), ("dated", "timed")])
def test_a_date_alone_takes_no_time_of_its_day_away(tmp_path: Path, order: tuple[str, str]) -> None:
    """It contradicts no time of the same day; an earlier day wins, whatever else is known of it."""
    rows = {
        "timed": "1,email,2025-10-06 10:00,2025-10-07 09:00\n2,email,2025-10-06 10:00,2025-10-07 09:00\n",
        "dated": "1,email,2025-10-06,2025-10-07\n2,email,2025-10-05,2025-10-06\n",
    }
    for place, name in enumerate(order):
        (tmp_path / f"{place}.csv").write_text(f"case_id,channel,received_at,replied_at\n{rows[name]}")
    found = run("records", "0.csv", "1.csv", "--as-of", "2025-10-31", cwd=tmp_path)
    said = {row["case_id"]: (row["received_at"], row["replied_at"]) for row in found.rows}
    assert said == {"1": ("2025-10-06 10:00:00", "2025-10-07 09:00:00"), "2": ("2025-10-05", "2025-10-06")}
    assert "history_changed (1)" in found.err


def test_a_receipt_after_the_reply_is_not_the_one_that_was_answered(tmp_path: Path) -> None:
    """Of a date alone and a time of the same day the date is the receipt where the reply came before the time."""
    rows = "A,email,2025-10-02,2025-10-02 08:00\nA,email,2025-10-02 09:00,\nA,email,2025-10-02 08:30,\n"
    (tmp_path / "log.csv").write_text(f"case_id,channel,received_at,replied_at\n{rows}")
    (row,) = run("records", "log.csv", "--as-of", "2025-10-31", cwd=tmp_path).rows
    assert (row["received_at"], row["replied_at"], row["verdict"]) == ("2025-10-02", "2025-10-02 08:00:00", "met")


def test_ties_go_to_the_first_file_and_the_first_row(tmp_path: Path) -> None:
    """Equal rows are duplicates without a history, charged to the rows that come later."""
    line = "7,email,2025-10-01 10:00,2025-10-02 10:00,closed\n"
    rows, said = merged(tmp_path, a=line * 2, b="8,email,2025-10-01 10:00,2025-10-02 10:00,closed\n" + line)
    assert [(row["case_id"], row["file"], row["row"]) for row in rows] == [("7", "a.csv", "2"), ("8", "b.csv", "2")]
    assert "history_changed" not in said


def test_an_open_case_that_was_answered_later_has_no_changed_history(tmp_path: Path) -> None:
    """Monthly exports overlap: a reply that was not yet known is not one that changed."""
    rows, said = merged(
        tmp_path, a="7,email,2025-10-01 10:00,,open\n", b="7,email,2025-10-01 10:00,2025-10-02 10:00,closed\n"
    )
    assert [row["verdict"] for row in rows] == ["met"]
    assert "history_changed" not in said


@pytest.mark.parametrize(("old", "new", "verdict"), [("open", "spam", "excluded"), ("spam", "open", "met")])
def test_the_status_comes_from_the_newest_file(tmp_path: Path, old: str, new: str, verdict: str) -> None:
    """The newest file is the one with the newest timestamp, not the last by name."""
    rows, _ = merged(
        tmp_path,
        a=f"7,email,2025-10-01 10:00,2025-10-02 10:00,{new}\n8,email,2025-10-20 10:00,,open\n",
        b=f"7,email,2025-10-01 10:00,2025-10-02 10:00,{old}\n9,email,2025-10-10 10:00,,open\n",
    )
    assert {row["case_id"]: row["verdict"] for row in rows}["7"] == verdict


def test_rows_without_an_id_are_requests_of_their_own(tmp_path: Path) -> None:
    """Two letters on one day are two letters; only an identical file is read once."""
    line = ",letter,2025-10-01 10:00,2025-10-02 10:00,closed\n"
    rows, said = merged(tmp_path, a=line * 2, b=line * 3)
    assert len(rows) == 5
    assert "duplicate" not in said


def test_the_same_id_in_another_system_is_another_case(tmp_path: Path) -> None:
    """Case 1 of the letter log is not ticket 1 of the portal."""
    (tmp_path / "a.csv").write_text("case_id,channel,received_at,replied_at\n1,email,2025-10-01,2025-10-02\n")
    (tmp_path / "b.csv").write_text("Ref,Received on,Answered on\n1,2025-10-01,2025-10-02\n")
    rows = run("records", "a.csv", "b.csv", "--as-of", "2025-10-31", cwd=tmp_path).rows
    assert [(row["case_id"], row["source"]) for row in rows] == [("1", "generic"), ("1", "letter_log")]
