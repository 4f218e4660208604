"""Every format shows the same figures, safely, and nothing that is not so."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxaudit.findings import Finding
from cxaudit.model import CHECK_COLUMNS, RECORD_COLUMNS, CheckRow, Fates, InputFile, Records, Report
from cxaudit.render import CHECK_FORMATS, EXTENSIONS, RECORD_FORMATS, RenderOptions
from cxaudit.render.check_table import bar
from cxaudit.render.escape import escape_cell, escape_column
from cxaudit.render.figures import compliance_text, meets, outcome
from cxaudit.render.notes import notes
from cxaudit.render.rows import table_text

WEIRD = "[/b]\x1b[2J|=1+1\u202e"


def a_row(channel: str, title: str, standard: str | None, met: int, late: int, overdue: int, **more: Any) -> CheckRow:
    counts = {"pending": 0, "excluded": 0, **{k: more.pop(k) for k in ("pending", "excluded") if k in more}}
    fields = {"target_pct": None, "median_business_days": None, "p90_business_days": None, **counts, **more}
    n_requests = met + late + overdue + sum(counts.values())
    return CheckRow({"channel": channel}, {"channel": title}, standard, n_requests, met, late, overdue, **fields)


def a_total(met: int, late: int, overdue: int, **more: Any) -> CheckRow:
    return a_row("all", "All", None, met, late, overdue, is_total=True, **more)


def a_report(*rows: CheckRow, **more: Any) -> Report:
    fields: dict[str, Any] = {
        "organisation": "City of Spruce Grove", "clauses": ("AP-1077-23, 5.1(a)",), "by": ("channel",), "rows": rows,
        "total": rows[-1], "cohort": "due", "period": (dt.date(2025, 10, 1), dt.date(2025, 10, 31)),
        "as_of": dt.datetime(2025, 11, 3, 9), "as_of_is_date": False, "outside_period": 0, "inputs": (),
        "counting": "Counted from the day after receipt to the end of the due day, Alberta holidays.",
        "findings": (), "fail_under": None, "meta": {"version": "0.1.0"}, **more,
    }  # fmt: skip
    return Report(**fields)


VOICEMAIL = a_row("voicemail", "Voice mail", "1 business day", 375, 29, 8, median_business_days=0, p90_business_days=1)
EMAIL = a_row("email", "E-mail", "2 business days", 640, 12, 3, median_business_days=1, p90_business_days=2)
OUR_CITY = a_row(
    "our_city", "Our City responses", "5 business days", 38, 0, 0, median_business_days=2, p90_business_days=4
)
PORTAL = a_row("portal", "Online Portal", "2 business days", 0, 0, 0)
SOME_MISSED = a_report(
    VOICEMAIL, EMAIL, OUR_CITY, PORTAL, a_total(1053, 41, 11, median_business_days=1, p90_business_days=2)
)
ALL_MET = a_report(OUR_CITY, a_total(38, 0, 0, median_business_days=2, p90_business_days=4))
NONE_JUDGED = a_report(
    a_row("fax", WEIRD, None, 0, 0, 0, excluded=3),
    a_total(0, 0, 0, excluded=3, n_excluded={"no_standard": 2, "no_reply_owed": 1}),
)
ONLY_FINDINGS = a_report(
    PORTAL,
    a_total(0, 0, 0),
    findings=(Finding("channel_without_requests", None, None, 1, (), (), "Online Portal"),),
    period=None,
)
EMPTY = a_report(a_total(0, 0, 0), period=None, rows=())
SITUATIONS = {
    "some missed": SOME_MISSED, "all met": ALL_MET, "none judged": NONE_JUDGED, "only findings": ONLY_FINDINGS,
    "empty": EMPTY,
}  # fmt: skip


def shown(report: Report, name: str, **options: Any) -> str:
    return b"".join(CHECK_FORMATS[name](report, RenderOptions(**options))).decode()


# Figures


@given(st.integers(1, 10**7), st.data())
def test_a_shown_percentage_is_on_the_side_of_its_target(judged: int, data: st.DataObject) -> None:
    """Rounding never turns a miss into a pass or a pass into a miss, and 100.0 means that nothing was missed."""
    met = data.draw(st.integers(0, judged))
    near = st.integers(-3, 3).map(lambda n: Decimal(round(met * 1000 / judged) + n) / 10)
    target = data.draw(st.one_of(near, st.decimals(0, 100, places=2)).filter(lambda t: 0 <= t <= 100))
    text = compliance_text(met, judged, target)
    assert (Decimal(text) >= target) is meets(met, judged, target)
    assert (text == "100.0") is (met == judged)
    assert abs(Decimal(text) - Decimal(met) * 100 / judged) <= Decimal("0.1")


@given(st.integers(1, 10**6), st.data())
def test_without_a_target_one_decimal_is_rounded_half_up(judged: int, data: st.DataObject) -> None:
    """The figure is what a person gets with pen and paper, but for the last step to 100."""
    met = data.draw(st.integers(0, judged))
    exact = (Decimal(met) * 1000 / judged + Decimal("0.5")) // 1 / 10
    assert Decimal(compliance_text(met, judged)) == (min(exact, Decimal("99.9")) if met < judged else 100)


def test_nothing_judged_has_no_share_and_no_outcome() -> None:
    """Nothing to judge is neither 0 % nor a pass."""
    assert compliance_text(0, 0, Decimal(90)) == ""
    assert outcome(0, 0, Decimal(90)) == ""
    assert outcome(9, 10, None) == ""


def test_the_outcome_is_decided_on_whole_counts() -> None:
    """899 of 1000 miss a target of 90 %, though a careless eye reads 90 %; 900 meet it."""
    assert (outcome(899, 1000, Decimal(90)), outcome(900, 1000, Decimal(90))) == ("not met", "met")


# Escaping

FORMULAS = [
    "=1+1", "  =1+1", "\u00a0=1", "+A1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\rx", "\nx", "-", "+", "=",
    "\uff1d1+1", "-1-1", "+1+1", "-5\n=1",
]  # fmt: skip
HARMLESS = [
    "", "2025-0417", "-12", "+12.5", "-1,234.50", "-12 %", "-1e5", "+1 780 555-0123", "+1 (780) 555-0123 ext. 4",
    "+17805550123", "2025-10-13", "\t2025-10-13 16:50", "a=b", "'=1", "O'Brien", "-.5", "  -5 ",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    """Text that starts like a formula, even behind blanks, is text."""
    assert escape_cell(text) == "'" + text


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_phone_numbers_and_dates_stay_as_they_are(text: str) -> None:
    """A minus sign alone does not make a formula."""
    assert escape_cell(text) == text


@given(st.lists(st.one_of(st.text("=+-@\t\r\n \u00a0\u200b\x0b\x1c'1579(.)ext,%e:Z/", max_size=14), st.text())))
def test_a_cell_and_a_column_are_escaped_alike(texts: list[str]) -> None:
    """Python and polars read the same patterns the same way."""
    cells = [*FORMULAS, *HARMLESS, *texts]
    frame = pl.DataFrame({"case_id": cells}, schema={"case_id": pl.String})
    assert frame.select(escape_column("case_id"))["case_id"].to_list() == [escape_cell(cell) for cell in cells]


def test_an_unknown_cell_stays_unknown() -> None:
    """Null is not text."""
    frame = pl.DataFrame({"case_id": [None]}, schema={"case_id": pl.String})
    assert frame.select(escape_column("case_id"))["case_id"].to_list() == [None]


# The compliance table, for scripts


def test_csv_has_the_columns_that_scripts_depend_on() -> None:
    """The `--by` columns, the fixed ones, and a last row `all`; the unknown is empty."""
    assert shown(SOME_MISSED, "csv") == (
        "channel,standard,requests,met,late,overdue,pending,excluded,judged,compliance_pct,target_pct,outcome,"
        "median_business_days,p90_business_days,missed_in_high_volume,met_by_extension,"
        "compliance_without_extension_pct\n"
        "voicemail,1 business day,412,375,29,8,0,0,412,91.0,,,0,1,,,\n"
        "email,2 business days,655,640,12,3,0,0,655,97.7,,,1,2,,,\n"
        "our_city,5 business days,38,38,0,0,0,0,38,100.0,,,2,4,,,\n"
        "portal,2 business days,0,0,0,0,0,0,0,,,,,,,,\n"
        "all,,1105,1053,41,11,0,0,1105,95.3,,,1,2,,,\n"
    )


def test_tsv_is_csv_with_tabs() -> None:
    """The same cells in the same order."""
    cells = list(csv.reader(io.StringIO(shown(SOME_MISSED, "csv"))))
    assert list(csv.reader(io.StringIO(shown(SOME_MISSED, "tsv")), delimiter="\t")) == cells


def test_the_total_of_two_dimensions_leaves_the_second_empty() -> None:
    """`all` stands in the first column only."""
    rows = [replace(row, by={**row.by, "month": "2025-10"}) for row in (VOICEMAIL, a_total(375, 29, 8))]
    report = a_report(*rows, by=("channel", "month"))
    cells = list(csv.reader(io.StringIO(shown(report, "csv"))))
    assert [line[:2] for line in cells] == [["channel", "month"], ["voicemail", "2025-10"], ["all", ""]]


def test_a_formula_for_a_department_is_neutralised_unless_told_not_to() -> None:
    """Text of the input is escaped in CSV; a machine may ask for it raw; JSON never needs it."""
    row = replace(VOICEMAIL, by={"department": "=1+1"}, label={"department": "=1+1"})
    report = a_report(row, a_total(375, 29, 8), by=("department",))
    assert shown(report, "csv").splitlines()[1].startswith("'=1+1,")
    assert shown(report, "csv", escape=False).splitlines()[1].startswith("=1+1,")
    assert json.loads(shown(report, "json"))["rows"][0]["department"] == "=1+1"


def test_json_gives_numbers_as_numbers_and_the_unknown_as_null() -> None:
    """A percentage is a number with one decimal; nothing judged is null, not zero."""
    report = replace(SOME_MISSED, fail_under=Decimal(96), findings=ONLY_FINDINGS.findings)
    document = json.loads(shown(report, "json"))
    assert list(document) == ["summary", "rows", "findings", "meta"]
    assert list(document["rows"][0]) == ["channel", *CHECK_COLUMNS]
    assert [row["compliance_pct"] for row in document["rows"]] == [91.0, 97.7, 100.0, None, 95.3]
    assert document["summary"]["fail_under_outcome"] == "not met"
    assert document["summary"]["period"] == {"first": "2025-10-01", "last": "2025-10-31"}
    assert document["summary"]["as_of"] == "2025-11-03 09:00:00"
    assert document["findings"][0]["code"] == "channel_without_requests"
    assert document["meta"] == {"version": "0.1.0", "inputs": []}


def test_json_lines_are_the_rows_of_json() -> None:
    """One row on each line, the total last."""
    lines = [json.loads(line) for line in shown(SOME_MISSED, "jsonl").splitlines()]
    assert lines == json.loads(shown(SOME_MISSED, "json"))["rows"]


@pytest.mark.parametrize("report", SITUATIONS.values(), ids=SITUATIONS.keys())
@pytest.mark.parametrize("name", CHECK_FORMATS)
def test_every_format_renders_every_situation_the_same_way_twice(report: Report, name: str) -> None:
    """Same report, same bytes; whole lines; only JSON Lines and nothing else may be empty."""
    first, second = (b"".join(CHECK_FORMATS[name](report, RenderOptions())) for _ in range(2))
    assert first == second
    assert first.endswith(b"\n") or name == "xlsx" or (name == "jsonl" and not report.rows)


@pytest.mark.parametrize("name", ["table", "markdown"])
def test_text_of_the_input_cannot_command_the_terminal(name: str) -> None:
    """Square brackets survive; control characters and marks that turn the direction of writing do not."""
    text = shown(NONE_JUDGED, name, colour=False)
    assert "[/b]" in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


# The compliance table, for people


def test_the_table_reads_like_a_sentence() -> None:
    """Whose promise, which requests, as known when; the channels; then what the figure rests on."""
    assert (
        shown(SOME_MISSED, "table")
        == """\
City of Spruce Grove · AP-1077-23, 5.1(a) · requests due 1 to 31 October 2025 · as of 2025-11-03 09:00

 Channel             Promise          Requests    Met  Late  Overdue  Compliance                Median  90 %
 Voice mail          1 business day        412    375    29        8      91.0 %  █████████▏ ·     0 d   1 d
 E-mail              2 business days       655    640    12        3      97.7 %  █████████▊ ·     1 d   2 d
 Our City responses  5 business days        38     38     0        0       100 %  ██████████ ·     2 d   4 d
 Online Portal       2 business days         0      0     0        0           –                     –     –
 All                                     1,105  1,053    41       11      95.3 %                   1 d   2 d

 11 requests are still unanswered after their due time: cxaudit records … --verdict overdue
 Answered requests only: 96.3 % in time; this figure leaves out the 11 overdue.
 Exports prove that a reply was sent, not that it arrived.
 Counted from the day after receipt to the end of the due day, Alberta holidays.
"""
    )


def test_nothing_judged_is_said_and_not_shown_as_zero() -> None:
    """Exclusions stand with their reasons, and with the compliance had they counted as missed."""
    assert (
        shown(NONE_JUDGED, "table")
        == """\
City of Spruce Grove · AP-1077-23, 5.1(a) · requests due 1 to 31 October 2025 · as of 2025-11-03 09:00

 Channel         Requests  Met  Late  Overdue  Excluded  Compliance  Median  90 %
 [/b]\ufffd[2J|=1+1\ufffd         3    0     0        0         3           –       –     –
 All                    3    0     0        0         3           –       –     –

 No request could be judged, so there is no compliance to show.
 3 requests excluded: 1 owed no reply; 2 could not be judged (no standard for the channel). Had they counted as missed, \
compliance would be 0.0 %.
 Counted from the day after receipt to the end of the due day, Alberta holidays.
"""
    )


def test_an_empty_report_is_a_header_and_the_rule() -> None:
    """No rows is no reason to fail."""
    assert (
        shown(EMPTY, "table")
        == """\
City of Spruce Grove · AP-1077-23, 5.1(a) · all requests · as of 2025-11-03 09:00

 Channel  Requests  Met  Late  Overdue  Compliance  Median  90 %

 No request could be judged, so there is no compliance to show.
 Counted from the day after receipt to the end of the due day, Alberta holidays.
"""
    )


def test_a_target_is_shown_with_its_outcome_in_words() -> None:
    """Met or not met is a word, never a colour alone."""
    rows = (replace(VOICEMAIL, target_pct=Decimal(90)), replace(EMAIL, target_pct=Decimal("97.75")))
    text = shown(a_report(*rows, a_total(1015, 41, 11)), "table")
    assert re.search(r"91\.0 %  █████████·▏ +90 %  met ", text)
    assert re.search(r"97\.7 %  █████████·  +97\.75 %  not met ", text)


def test_what_the_figure_rests_on_is_said_below() -> None:
    """Closure times, quick replies, extensions, rows that could not be used, and a missed floor."""
    total = replace(
        SOME_MISSED.total, missed_in_high_volume=24, met_by_extension=6, met_without_extension=1047,
        judged_without_extension=1105,
    )  # fmt: skip
    table = InputFile("a.csv", None, "generic", "utf-8", ",", 1, {}, Fates(1106, 1105, 0, 0, 1, 0), None)
    report = replace(
        SOME_MISSED, rows=(*SOME_MISSED.rows[:-1], total), total=total, quick_replies=1, n_by_basis={"closure": 77},
        inputs=(table,), fail_under=Decimal(96),
    )  # fmt: skip
    text = shown(report, "table")
    for line in (
        "1 row could not be used: --rejects FILE shows it.",
        "95.3 % of all judged requests is below --fail-under 96.0.",
        "24 of the 52 misses fell in a declared period of high volume.",
        "6 requests met only by the extension for high volume: compliance without it is 94.8 %.",
        "1 reply within 60 seconds of receipt, counted like any other.",
        "answered = closed for 77 requests: the export tells only when the case was closed.",
    ):
        assert f" {line}\n" in text


@pytest.mark.parametrize("width", range(50, 141, 5))
def test_no_figure_is_cut_at_any_width(width: int) -> None:
    """A narrow terminal costs the bar and wraps words; every figure and every word stays whole."""
    rows = tuple(replace(row, pending=7, requests=row.requests + 7) for row in SOME_MISSED.rows)
    text = shown(replace(SOME_MISSED, rows=rows), "table", width=width)
    for whole in ("1,053", "91.0 %", "responses", "business", "Compliance", "Pending", "Overdue"):
        assert re.search(rf"(?<!\S){whole}(?!\S)", text), whole
    assert "…" not in text.replace("records …", "")
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("width", range(48, 121, 4))
def test_no_name_is_broken_where_a_channel_had_two_targets(width: int) -> None:
    """What does not wrap takes its room, and a column is rather left out than a name set letter by letter."""
    two = (Decimal(90), Decimal(95))
    text = shown(
        replace(SOME_MISSED, rows=tuple(replace(row, targets_pct=two) for row in SOME_MISSED.rows)),
        "table",
        width=width,
    )
    for whole in ("Channel", "Voice", "responses", "business", "Compliance", "Overdue"):
        assert re.search(rf"(?<!\S){whole}(?!\S)", text), whole
    assert ("90 % or 95 %" in text) is ("Target" in text.partition("Too wide")[0])
    assert max(map(len, text.splitlines())) <= width


def test_several_promises_are_no_blank() -> None:
    """For people; a form for scripts leaves them empty. Nothing promised stays nothing."""
    several = replace(SOME_MISSED.rows[0], standard=None, targets_pct=(None,))
    none = replace(SOME_MISSED.rows[1], standard=None, targets_pct=())
    report = replace(SOME_MISSED, rows=(several, none, *SOME_MISSED.rows[2:]))
    lines = shown(report, "table").splitlines()
    assert [" several " in line for line in lines[3:6]] == [True, False, False]
    assert "several" not in shown(report, "csv")


@given(
    st.lists(st.lists(st.text("ab ", max_size=40), min_size=3, max_size=3), min_size=1, max_size=5), st.integers(5, 90)
)
def test_words_of_small_tables_stay_whole(rows: list[list[str]], width: int) -> None:
    """They wrap between words alone, within the window; where it is too narrow for that, they are whole lines."""
    text = table_text(["One", "Two", "Three"], rows, RenderOptions(width=width), figures=[1])
    words = sorted(word for row in rows for cell in row for word in cell.split())
    assert sorted(" ".join(text.splitlines()[1:]).split()) == words
    lines = [line for line in text.splitlines() if line]
    assert max(map(len, lines)) <= width or len(lines) == 1 + sum(any(map(str.split, row)) for row in rows)


@pytest.mark.parametrize(
    ("width", "left_out"),
    [
        (75, ""),
        (65, "90 %"),
        (60, "Median and 90 %"),
        (50, "Requests, Median and 90 %"),
        (20, "Requests, Median and 90 %"),
    ],
)
def test_a_narrow_table_names_what_it_leaves_out(width: int, left_out: str) -> None:
    """What is too wide even with the promise under the channel costs whole columns, those that say least first."""
    rows = tuple(replace(row, pending=7, requests=row.requests + 7) for row in SOME_MISSED.rows)
    text = " ".join(shown(replace(SOME_MISSED, rows=rows), "table", width=width).split())
    said = f"Too wide for this window: {left_out}; -o FILE.csv holds every column."
    assert (said in text) is bool(left_out)
    assert ("1,112" in text) is ("Requests" not in left_out)
    assert max(map(len, shown(SOME_MISSED, "table", width=width).splitlines()[4:8])) <= max(width, 50)


def test_the_bar_goes_first_when_the_terminal_is_narrow() -> None:
    """At 120 columns there is a bar, at 95 there is none; the words are the same."""
    assert "█" in shown(SOME_MISSED, "table", width=120)
    narrow = shown(SOME_MISSED, "table", width=95)
    assert "█" not in narrow
    assert " Our City responses  5 business days " in narrow


def test_colour_adds_nothing_to_the_text() -> None:
    """Without its colour codes the coloured table is the plain one."""
    coloured = shown(SOME_MISSED, "table", width=120, colour=True)
    plain = re.sub("\x1b\\[[0-9;]*m", "", coloured)
    assert coloured != plain
    assert [line.rstrip() for line in plain.splitlines()] == shown(SOME_MISSED, "table", width=120).splitlines()


@given(st.integers(0, 3000), st.integers(0, 3000), st.decimals(1, 100, places=1))
def test_a_bar_passes_its_mark_only_where_the_target_is_met(met: int, late: int, target: Decimal) -> None:
    """The bar says the same as the word; a single miss keeps it from being full."""
    row = a_row("email", "E-mail", None, met, late, 0, target_pct=target)
    if not row.judged or target == 100:
        return
    before, _, after = bar(row).partition("·")
    assert bool(after.strip()) is (outcome(met, row.judged, target) == "met")
    assert (before + after == "█" * 10) is (late == 0)


def test_markdown_cannot_be_broken_by_a_cell() -> None:
    """A pipe inside a cell is text; the table keeps its columns."""
    lines = shown(NONE_JUDGED, "markdown").splitlines()
    assert lines[2:5] == [
        "| Channel | Requests | Met | Late | Overdue | Excluded | Compliance | Median | 90 % |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| \\[/b]\ufffd\\[2J\\|=1+1\ufffd | 3 | 0 | 0 | 0 | 3 | – | – | – |",
    ]


# The list of requests

LATE = {
    "case_id": "2025-0417", "channel": "portal", "department": "Utilities", "received_at": "2025-10-10 16:50:00",
    "replied_at": "2025-10-16 09:12:00", "due_at": "2025-10-15 23:59:59", "verdict": "late", "business_days": 3,
    "business_hours": 9.5, "business_days_over": 1, "standard": "2 business days", "clause": "AP-1077-23, 5.1(a)",
    "customer_type": "external", "reply_basis": "first_response", "source": "generic", "file": "portal.csv", "row": 212,
}  # fmt: skip
OPEN = {
    "case_id": "=1+1", "channel": "voicemail", "department": "a\rb|\x1b[2J", "received_at": "2025-10-10", "employee": "",
    "due_at": "2025-10-14 23:59:59", "verdict": "overdue", "file": "letters.xlsx", "sheet": "Letters 2025", "row": 7,
}  # fmt: skip
INTEGERS = {"business_days", "business_days_over", "row"}
SCHEMA = {
    name: pl.Int64 if name in INTEGERS else pl.Float64 if name == "business_hours" else pl.String
    for name in RECORD_COLUMNS
}


def a_list(*rows: dict[str, Any]) -> Records:
    return Records(pl.LazyFrame(rows, schema=SCHEMA), (), (), dt.datetime(2025, 11, 3, 9), False)


def listed(records: Records, name: str, **options: Any) -> str:
    return b"".join(RECORD_FORMATS[name](records, RenderOptions(**options))).decode()


def test_records_csv_has_every_column_and_leaves_the_unknown_empty() -> None:
    """Two decimals for hours, quotes where a comma or a line end asks for them, nothing for null or empty text."""
    assert listed(a_list(LATE, OPEN), "csv") == (
        ",".join(RECORD_COLUMNS) + "\n"
        "2025-0417,portal,Utilities,,2025-10-10 16:50:00,2025-10-16 09:12:00,2025-10-15 23:59:59,late,3,9.50,1,"
        '2 business days,"AP-1077-23, 5.1(a)",,,external,first_response,generic,portal.csv,,212\n'
        '\'=1+1,voicemail,"a\rb|\x1b[2J",,2025-10-10,,2025-10-14 23:59:59,overdue,,,,,,,,,,,letters.xlsx,Letters 2025,7\n'
    )


def test_records_csv_can_be_left_unescaped() -> None:
    """A machine may ask for the id as it was."""
    assert listed(a_list(OPEN), "csv", escape=False).splitlines()[1].startswith("=1+1,")


@pytest.mark.parametrize("rows", [(), (LATE,), (LATE, OPEN)])
def test_records_json_and_json_lines_agree(rows: tuple[dict[str, Any], ...]) -> None:
    """The same objects, in the columns of the CSV, the unknown null."""
    array = json.loads(listed(a_list(*rows), "json"))
    assert array == [json.loads(line) for line in listed(a_list(*rows), "jsonl").splitlines()]
    assert array == [{name: row.get(name) or None for name in RECORD_COLUMNS} for row in rows]


def test_many_slices_give_one_whole() -> None:
    """A list longer than a slice has one header, one array, and all its rows."""
    frame = pl.concat([a_list(LATE, OPEN).frame] * 3).select(pl.all().repeat_by(80_000).explode())
    records = replace(a_list(), rows=frame.lazy())
    assert listed(records, "csv", escape=False).count("case_id,") == 1
    assert len(json.loads(listed(records, "json"))) == 480_000
    assert listed(records, "table").count("\n") == 480_000 + 3


def test_hours_that_come_as_text_are_numbers_in_json() -> None:
    """Numbers are numbers, however the frame holds them."""
    frame = a_list(LATE).frame.with_columns(pl.lit("9.50").alias("business_hours"))
    assert json.loads(listed(replace(a_list(), rows=frame.lazy()), "jsonl"))["business_hours"] == 9.5


def test_the_list_for_people_leaves_out_what_is_empty() -> None:
    """One line each; the end of the due day is a date; the place is the row that Excel shows."""
    assert listed(a_list(LATE, OPEN), "table") == (
        " Case       Channel    Department  Customer  Received             Replied              Due         Verdict"
        "  Days  Over  Promise          Where\n"
        " 2025-0417  portal     Utilities   external  2025-10-10 16:50:00  2025-10-16 09:12:00  2025-10-15  late   "
        "     3     1  2 business days  portal.csv, row 212\n"
        " =1+1       voicemail  a b|\ufffd[2J              2025-10-10                                2025-10-14"
        "  overdue                               letters.xlsx, Letters 2025, row 7\n"
        "\n 2 requests.\n"
    )


def test_a_narrow_list_names_what_it_leaves_out() -> None:
    """No text is cut: whole columns go, and are named with the way to see them."""
    text = listed(a_list(LATE, OPEN), "table", width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert "Too wide for this window: Customer, Promise, Days, Where, Replied" in text


def test_an_empty_list_is_a_header_and_a_count() -> None:
    """Nothing found is an answer."""
    assert listed(a_list(), "table") == " Case  Received  Due  Verdict\n\n 0 requests.\n"


def test_a_missed_verdict_in_red_is_still_the_word() -> None:
    """Colour only repeats the verdict."""
    coloured = listed(a_list(LATE, OPEN), "table", colour=True)
    assert "\x1b[31mlate   \x1b[0m" in coloured
    assert re.sub("\x1b\\[[0-9]*m", "", coloured) == listed(a_list(LATE, OPEN), "table")


def test_a_list_in_markdown_keeps_its_columns() -> None:
    """A pipe of the input is text."""
    lines = listed(a_list(LATE, OPEN), "markdown").splitlines()
    assert lines[0].startswith("| Case | Channel | Department | Customer | Received |")
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1
    assert "a b\\|\ufffd\\[2J" in lines[3]


# Standard error


def test_the_notes_account_for_every_row() -> None:
    """Each table, then the run; sums that add up; what proves the order of the dates; the first places of a finding."""
    calls = InputFile(
        "voicemail.csv", None, "voice-mail log", "utf-8", ",", 5,
        {
            "Message Left": "mdy (row 12: 10/13/2025 can only be month first)",
            "Called Back": "mdy (row 13: 10/14/2025 can only be month first)", "Seen": "ymd",
        },
        Fates(1096, 1088, 0, 1, 3, 4), None,
    )  # fmt: skip
    letters = InputFile("letters.xlsx", "Letters 2025", "letter_log", None, None, 3, {}, Fates(1, 1), None)
    findings = (
        Finding("clock_change", "voicemail.csv", None, 1, (40,), (), "a wall time that the clocks skipped or repeated; "
                "kept as written, the first of two"),
        Finding("no_received", "letters.xlsx", "Letters 2025", 5, (29, 30, 31, 32), ("?", "?", "\x1b"), "no date"),
    )  # fmt: skip
    total = a_total(1088, 0, 1)
    report = a_report(total, inputs=(calls, letters), findings=findings, outside_period=15)
    expected = """\
voicemail.csv:              1,096 rows = 1,088 requests + 1 duplicate + 3 rejected + 4 not data · voice-mail log\
 · times month first (row 12: 10/13/2025)
letters.xlsx, Letters 2025:     1 row  = 1 request · letter_log
Run: 1,104 requests = 1,089 in the period + 15 outside it
no_received (5): the row does not say when the request was received
  letters.xlsx, Letters 2025, rows 29, 30, 31 and 2 more: "?" and "\ufffd": no date
clock_change (1): a wall time that the clocks skipped or repeated; kept as written, the first of two
  voicemail.csv, row 40"""
    assert notes(report) == expected.splitlines()
    records = replace(a_list(LATE), inputs=(calls, letters))
    assert notes(records)[-1] == "Run: 1,089 requests; 1 listed"


def test_a_run_without_a_period_tells_what_came_after_its_moment() -> None:
    """A request after the as-of moment is outside the run."""
    report = replace(ALL_MET, period=None, outside_period=2)
    assert notes(report) == ["Run: 40 requests = 38 up to 2025-11-03 09:00 + 2 after it"]


# The registry


def test_every_extension_names_a_format_that_both_commands_have() -> None:
    """`-o FILE` means the same for `check` and for `records`; a calendar file is for `calendar` alone."""
    assert set(EXTENSIONS.values()) - {"ics"} <= CHECK_FORMATS.keys() & RECORD_FORMATS.keys()


def test_the_registry_is_light_and_a_csv_needs_no_polars() -> None:
    """Rich and polars are loaded by the format that needs them, not by `--help`."""
    code = (
        "import sys, cxaudit.render, cxaudit.render.delimited, cxaudit.render.notes, cxaudit.render.markdown,"
        " cxaudit.render.structured; sys.exit(bool({'rich', 'polars'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
