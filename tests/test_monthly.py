"""The figures of the monthly report."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from months import a_year, report_of, stored
from outside import TOP

from cxaudit.days.spans import months_between
from cxaudit.monthly.history import History, run_charts
from cxaudit.monthly.model import Counts, Limits, Month, MonthlyReport, RunChart
from cxaudit.monthly.run_chart import limits_of, signals_of, with_signals
from cxaudit.render import REPORT_FORMATS, RenderOptions
from cxaudit.render.report.answer import verdict
from cxaudit.render.report.charts import draw
from cxaudit.render.report.compose import compose
from cxaudit.render.report.sheets import parts
from cxaudit.render.report.story import Chart
from cxaudit.render.report.structured import report_document
from cxaudit.render.report.text import markdown_of

#: A text of a drawing with its place, and the path of a line.
PLACED = r'<text [^>]*transform="translate\(([-\d.]+),([-\d.]+)\)[^>]*>([^<]+)</text>'
LINES = re.compile(r'<path d="([^"]*)" stroke="#2b6a99"')


@pytest.fixture(scope="module")
def october() -> MonthlyReport:
    return report_of()


def test_every_table_adds_up_to_the_same_total(october: MonthlyReport) -> None:
    """Channels, departments, months and distributions count the same requests."""
    total = october.check.total
    for rows in (october.departments, october.customer_types):
        assert sum(row.requests for row in rows) == total.requests
        assert sum(row.met for row in rows) == total.met
    assert october.runs[0].points[-1].counts == Counts(
        total.met, total.late, total.overdue, total.pending, total.excluded
    )
    elapsed = [one for distribution in october.distributions for one in distribution.elapsed]
    assert sum(one.judged for one in elapsed) == total.judged
    assert october.open.overdue == total.overdue + october.open.earlier + october.open.later


@pytest.mark.parametrize(
    ("replied", "said", "is_praised"),
    [
        ("2025-10-06 09:40", "As far as these exports reach, yes: all 42 requests due in October 2025 were answered in time.",
         True),
        ("2025-10-05 10:00", "As far as can be told, yes: all 12 judged requests due in October 2025 were answered in time;"
         " 30 more could not be judged.", False),
        ("2025-10-20 10:00", "No: 12 of 42 requests due in October 2025 were answered in time (28.6 %);"
         " 30 were not. These exports do not cover the whole period.", False),
    ],
)  # fmt: skip
def test_the_answer_tells_of_what_could_not_be_judged(
    tmp_path: Path, replied: str, said: str, is_praised: bool
) -> None:
    """Thirty replies before their requests are no reason for a plain yes, nor for praise."""
    told = [(f"A{i}", "2025-10-06 09:30") for i in range(12)] + [(f"B{i}", replied) for i in range(30)]
    rows = "".join(f"{case},email,Parks,2025-10-06 09:00,{at}\n" for case, at in told)
    (tmp_path / "log.csv").write_text(f"case_id,channel,department,received_at,replied_at\n{rows}")
    report = report_of(tmp_path / "log.csv")
    assert compose(report).answer == said
    assert bool(report.recognition.met_all) == is_praised
    assert bool(report.recognition.runs) == is_praised


@pytest.mark.parametrize(
    ("n", "said"),
    [
        ({"met": 12, "pending": 1}, "So far, yes: all 12 judged requests were answered in time; 1 more is not due yet."),
        ({"met": 1, "excluded": 2}, "Yes. The one judged request was answered in time."),
        ({"late": 1}, "No: 0 of 1 request was answered in time; 1 was not."),
        ({"met": 1, "late": 2, "pending": 2}, "No: 1 of 3 judged requests were answered in time; 2 were not; "
         "2 more are not due yet."),
        ({"pending": 3}, "Nothing can be said: no request could be judged."),
    ],
)  # fmt: skip
def test_the_answer_counts_what_it_says(october: MonthlyReport, n: dict[str, int], said: str) -> None:
    """Not yet due, and owed no reply: neither is among those of which it is said."""
    counts = {"met": 0, "late": 0, "overdue": 0, "pending": 0, "excluded": 0} | n
    total = replace(
        october.check.total,
        **counts,
        requests=sum(counts.values()),
        n_excluded={"no_reply_owed": counts["excluded"]},
        judged_without_extension=None,
    )
    assert verdict(replace(october.check, rows=(total,), total=total)) == said


def test_employees_only_where_asked_for(october: MonthlyReport) -> None:
    """Without the word nobody's name is in the figures."""
    assert october.employees == ()
    assert [row.by["employee"] for row in report_of(with_employees=True).employees if row.by["employee"]]


def test_overdue_from_before_and_after_the_period_are_told_apart() -> None:
    """A report of October that is written in November lists what is open today, whenever it was due."""
    later = report_of(period="2025-10-20..2025-10-24", as_of="2025-11-06")
    assert (later.open.earlier, later.open.earlier_oldest_due_on) == (1, dt.date(2025, 10, 10))
    assert later.open.later > 0


def test_stored_months_come_before_the_counted_one() -> None:
    """The run chart goes on where earlier reports end."""
    report = report_of(stored=a_year())
    months = report.runs[0].points
    assert [point.origin for point in months] == ["stored"] * 12 + ["input"]
    assert report.runs[0].limits is not None
    assert report.previous is not None
    assert report.previous.total.judged == 200


def test_months_of_which_nothing_is_known_have_no_figures(tmp_path: Path) -> None:
    """Between a stored report and the export: in no form is the unknown a zero."""
    log = daily(tmp_path / "log.csv", "2025-09-25", "2025-11-05")
    report = report_of(log, period="2025-10", as_of="2025-11-05", stored=stored((202507, "email", "Parks", "met", 39)))
    assert [(point.month, point.origin) for point in report.runs[0].points] == [
        ("2025-07", "stored"), ("2025-08", None), ("2025-09", "input"), ("2025-10", "input"),
    ]  # fmt: skip
    assert report_document(report)["runs"][0]["points"][1]["counts"] is None
    (table,) = (part for part in parts(report) if part.name == "Months")
    unknown = next(row for row in table.rows if row[0] == "2025-08")
    assert (set(unknown[1:9]), unknown[12]) == ({None}, "not known")


def test_a_month_that_the_input_holds_in_part_is_no_month_before() -> None:
    """The samples begin in October, so October says nothing about a change."""
    assert report_of(period="2025-11", as_of="2025-11-30").previous is not None
    assert report_of(period="2025-10").previous is None


def test_earlier_months_count_what_is_not_judged_too(tmp_path: Path) -> None:
    """The month's own numbers, whichever month the report is of; nothing that came after the as-of moment."""
    lines = [
        f"{m}-{i},email,2025-{m:02}-{d:02} 10:00,2025-{m:02}-{d:02} 11:00,open"
        for m in (7, 8, 9)
        for i, d in enumerate(range(1, 21))
    ]
    lines += [f"{m}-x{i},fax,2025-{m:02}-05 10:00,,open" for m in (7, 8, 9) for i in range(m)]
    (tmp_path / "log.csv").write_text("case_id,channel,received_at,replied_at,status\n" + "\n".join(lines) + "\n")
    report = report_of(tmp_path / "log.csv", period="2025-08", as_of="2025-09-10")
    (chart,) = [chart for chart in report.runs if chart.label == "All channels"]
    assert [(one.month, one.counts.requests, one.counts.excluded) for one in chart.points] == [
        ("2025-07", 27, 7),
        ("2025-08", 28, 8),
    ]


def test_a_stale_export_makes_no_whole_month(tmp_path: Path) -> None:
    """What the exports cannot tell is not compared, and the first screen says that replies may be missing."""
    days = [
        f"{m}-{d},email,2025-{m:02}-{d:02} 10:00,2025-{m:02}-{d:02} 11:00,open"
        for m in (8, 9, 10)
        for d in range(1, 29)
    ]
    slip = "y,email,2052-10-01 09:00,,open"  # a year that nobody meant does not make the export reach further
    for last, more, is_whole in ((30, [], True), (29, [], False), (29, [slip], False)):
        lines = [*days, f"x,email,2025-10-{last} 09:00,,open", *more]
        (tmp_path / "log.csv").write_text("case_id,channel,received_at,replied_at,status\n" + "\n".join(lines) + "\n")
        report = report_of(tmp_path / "log.csv", as_of="2025-10-31")
        assert [one.is_whole for one in report.runs[0].points] == [True, True, is_whole]
        said = str(compose(report).glances[0])
        assert ("1 export ends over a business day before this moment: replies may be missing" in said) is not is_whole


def test_months_to_come_are_not_shown() -> None:
    """Of a year that is not over the chart shows the months until now."""
    (chart,) = [chart for chart in report_of(period="2025", as_of="2025-10-15").runs if chart.label == "All channels"]
    assert [one.month for one in chart.points] == ["2025-10"]


def daily(path: Path, first: str, last: str) -> Path:
    """An export of three requests for each weekday, answered within the hour."""
    day, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    rows = ["case_id,channel,department,received_at,replied_at\n"]
    while day <= end:
        if day.weekday() < 5:
            rows += [f"{path.stem}-{day}-{i},email,Parks,{day} 09:00,{day} 10:00\n" for i in range(3)]
        day += dt.timedelta(days=1)
    path.write_text("".join(rows))
    return path


@pytest.mark.parametrize(
    ("spans", "whole"),
    [
        ([("2025-10-01", "2025-12-05")], [True, True]),
        ([("2025-10-29", "2025-12-05")], [False, True]),
        ([("2025-10-02", "2025-12-05")], [False, True]),
        ([("2025-10-01", "2025-10-17"), ("2025-11-03", "2025-12-05")], [False, True]),
        ([("2025-10-01", "2025-10-30"), ("2025-11-03", "2025-12-05")], [True, True]),
        ([("2025-10-01", "2025-10-31"), ("2025-11-10", "2025-12-05")], [True, False]),
        ([("2025-10-01", "2025-10-31"), ("2025-10-30", "2025-12-05")], [True, True]),
    ],
)
def test_months_are_whole_where_exports_cover_them_from_end_to_end(
    tmp_path: Path, spans: list[tuple[str, str]], whole: list[bool]
) -> None:
    """What lies before the first export, between two and after the last is not known; one business day may be quiet."""
    files = [daily(tmp_path / f"{i}.csv", *span) for i, span in enumerate(spans)]
    report = report_of(*files, period="2025-11", as_of="2025-11-30")
    points = report.runs[0].points
    assert [(point.month, point.is_whole) for point in points] == list(zip(("2025-10", "2025-11"), whole, strict=True))
    assert (report.previous is not None) == whole[0]


@pytest.mark.parametrize("form", ["cases", "mail"])
def test_replies_of_a_later_month_make_no_month_whole(tmp_path: Path, form: str) -> None:
    """Of November there is no export; that a request of October was answered in it shows no more than that."""
    standards = None
    if form == "cases":
        october = daily(tmp_path / "october.csv", "2025-10-01", "2025-10-31")
        october.write_text(october.read_text() + "Z,email,Parks,2025-10-31 10:00,2025-11-27 10:00\n")
        files = [october, daily(tmp_path / "december.csv", "2025-12-01", "2025-12-31")]
    else:
        standards = tmp_path / "town.yaml"
        town = (TOP / "standards.yaml").read_text("utf-8")
        standards.write_text(f"{town}\npairing: {{own_domains: [town.example]}}\n")
        files = [mail(tmp_path / f"{month}.csv", month) for month in (10, 12)]
    report = report_of(*files, period="2025-12", as_of="2025-12-31", standards=standards)
    whole = {point.month: point.is_whole for point in report.runs[0].points}
    assert whole == {"2025-10": True, "2025-11": False, "2025-12": True}
    assert report.previous is None


def mail(path: Path, month: int) -> Path:
    """A log of messages of one month: three for each weekday, answered within the hour."""
    rows = ["sent_at,from,to,subject\n"]
    for day in range(1, 32):
        if dt.date(2025, month, day).weekday() < 5:
            for i in range(3):
                who, subject = f"c{month}{day}{i}@example.com", f"Question {month}-{day}-{i}"
                rows += [
                    f"2025-{month}-{day:02} 09:0{i}:00,{who},parks@town.example,{subject}\n",
                    f"2025-{month}-{day:02} 10:0{i}:00,parks@town.example,{who},Re: {subject}\n",
                ]
    path.write_text("".join(rows))
    return path


def test_a_month_stored_in_part_gives_way_to_an_export_that_holds_it(tmp_path: Path) -> None:
    """Else it stays what it was: shown, not compared."""
    partly = stored((202510, "email", "Parks", "met", 39)).with_columns(is_whole=pl.lit(value=False))
    for first, seen in (("2025-10-01", ("input", True, 63)), ("2025-11-03", ("stored", False, 39))):
        log = daily(tmp_path / f"{first}.csv", first, "2025-12-05")
        report = report_of(log, period="2025-11", as_of="2025-11-30", stored=partly)
        point = report.runs[0].points[0]
        assert (point.origin, point.is_whole, point.counts.judged) == seen


def test_what_changed_names_the_month_where_the_period_is_another() -> None:
    """A quarter is not called worse for its last month; a week is compared with no week, and says why."""
    year = report_of(stored=a_year())
    point = replace(year.runs[0].points[-1], is_whole=True)
    for signals, said in (
        ((), "October 2025: all channels together are within their usual"),
        (("below_limits",), "All channels, October 2025: worse"),
    ):
        chart = replace(year.runs[0], points=(*year.runs[0].points[:-1], replace(point, signals=signals)))
        quarter = replace(year, period=(dt.date(2025, 8, 1), dt.date(2025, 10, 31)), runs=(chart,))
        assert said in str(compose(quarter).glances[1])
        month = replace(year, runs=(chart,))
        assert said.replace("October 2025: all", "All").replace(", October 2025", "") in str(compose(month).glances[1])
    week = str(compose(report_of(period="2025-W41")).glances[1])
    assert "this period is none of these" in week
    assert "The time before is not known" not in week


def test_the_same_result_under_all_readings_is_not_told_as_another(tmp_path: Path) -> None:
    lines = [f"{d},email,2025-10-{d:02} 10:00,2025-10-{d:02} 11:00,open" for d in range(1, 32)]
    (tmp_path / "log.csv").write_text("case_id,channel,received_at,replied_at,status\n" + "\n".join(lines) + "\n")
    said = str(compose(report_of(tmp_path / "log.csv")).glances[0])
    assert "No verdict depends on the reading." in said
    assert "Read otherwise" not in said


def test_limits_of_twelve_months_are_no_trial() -> None:
    """The thirteenth month does not move the limits."""
    twelve = [Fraction(90 + i % 2) for i in range(12)]
    limits = limits_of([*twelve, Fraction(10)])
    assert limits is not None
    assert (limits.mean, limits.is_trial) == (Fraction(181, 2), False)
    assert limits.upper == Fraction(181, 2) + Fraction(266, 100)


def test_a_wild_moving_range_is_left_out_of_the_limits() -> None:
    """One slump does not make the limits so wide that nothing is ever a signal."""
    shares = [Fraction(x) for x in (90, 91, 90, 91, 90, 91, 90, 91, 90, 91, 90, 40)]
    limits = limits_of(shares)
    assert limits is not None
    assert limits.upper - limits.mean == Fraction(266, 100)


def test_limits_stay_between_0_and_100() -> None:
    """A share has no limit above 100 %."""
    limits = limits_of([Fraction(x) for x in (99, 90, 100, 92, 99, 91)])
    assert limits is not None
    assert limits.upper == 100


@pytest.mark.parametrize(
    ("shares", "signal", "places"),
    [
        ([90, 90, 99], "above_limits", [2]),
        ([91] * 7, "run_above", list(range(7))),
        ([91] * 6, "run_above", []),
        ([89] * 8, "run_below", list(range(8))),
        ([87, 88, 89, 90, 91, 92, 93], "rising", list(range(7))),
        ([87, 88, 89, 90, 91, 92], "rising", []),
        ([93, 92, 91, 90, 89, 88, 87], "falling", list(range(7))),
        ([95, 90, 95], "two_of_three_high", [0, 2]),
        ([85, 85, 90], "two_of_three_low", [0, 1]),
    ],
)
def test_the_four_rules(shares: list[int], signal: str, places: list[int]) -> None:
    """Beyond the limits; seven on one side; seven in one direction; two of three near a limit."""
    limits = limits_of([Fraction(x) for x in (89, 91, 89, 91, 89, 91, 89, 91, 89, 91, 89, 91)])
    assert limits is not None
    found = signals_of([Fraction(x) for x in shares], limits)
    assert [i for i, signals in enumerate(found) if signal in signals] == places


def test_small_and_partial_months_are_no_points() -> None:
    """Nine requests, or half a month, say nothing about the usual level."""
    few = Counts(met=1, late=8)
    months = [
        Month(f"2025-{i:02}", Counts(met=90 + i % 3, late=10) if i % 2 else few, "input", True) for i in range(1, 13)
    ]
    assert with_signals(months).limits is not None
    assert with_signals(months[:10]).limits is None
    assert with_signals([replace(m, counts=Counts(met=90, late=10), is_whole=False) for m in months]).limits is None


def line_of(*met: int | None, judged: int = 50, first: int = 202409) -> list[Month]:
    """Months in a row, each with so many of its requests in time; None: nothing judged."""
    names = list(months_between(first, first + 300))[: len(met)]
    counts = [Counts(met=n, late=judged - n) if n is not None else Counts() for n in met]
    return [
        Month(f"{name // 100}-{name % 100:02}", one, "input", True) for name, one in zip(names, counts, strict=True)
    ]


def test_months_that_score_the_same_have_no_limits() -> None:
    """One miss in fourteen months is no reason to call the others better than usual; the chart says why it says nothing."""
    found = with_signals(line_of(*[50] * 5, 49, *[50] * 8))
    assert (found.limits, found.is_steady) == (None, True)
    assert not any(month.signals for month in found.months)
    assert not with_signals(line_of(50, 49, 50, 50, 50)).is_steady  # too few is something else
    chart = RunChart(None, "All channels", found.months, None, None, is_steady=True)
    report = replace(report_of(), runs=(chart, replace(chart, label="E-mail")))
    told = markdown_of(compose(report))
    assert "so limits of the usual ups and downs would say nothing." in told
    assert "| E-mail | 100 % | – | most months are alike | – |" in told
    assert "Better than usual" not in told


def test_months_in_a_row_are_months_of_the_calendar() -> None:
    """Six months above the usual level, a month without requests, and one above again are no seven in a row."""
    usual = (44, 46, 44, 46, 44, 46, 44, 46, 44, 46, 44, 46)
    for middle, is_run in ((46, True), (None, False)):
        months = with_signals(line_of(*usual, 44, *[46] * 6, middle, 46)).months
        assert any("run_above" in month.signals for month in months) == is_run
    high = with_signals(line_of(*usual, 44, 47, None, 47, 44)).months
    assert not any("two_of_three_high" in month.signals for month in high)
    unknown = [month for month in line_of(*usual, 44, *[46] * 6, 44, 46) if month.month != "2026-04"]
    assert not any("run_above" in month.signals for month in with_signals(unknown).months)


def test_the_usual_level_is_made_from_the_first_months_known() -> None:
    """It does not slide with the months shown: the last 24, or all of a longer period; how many are hidden is said."""
    rows: list[tuple[int, str, str, str, int]] = []
    for i, month in enumerate(months_between(202305, 202509)):
        met = (160 if i < 8 else 184) + i % 3
        rows += [(month, "email", "Utilities", "met", met), (month, "email", "Utilities", "late", 200 - met)]
    report = report_of(stored=stored(*rows))
    chart = report.runs[0]
    assert (len(chart.points), chart.points[0].month, chart.n_before) == (24, "2023-11", 6)
    assert chart.limits is not None
    assert chart.limits.mean == Fraction(sum(100 * row[4] for row in rows[:24:2]), 2400)
    assert "run_above" in chart.points[-2].signals
    told = markdown_of(compose(report))
    assert "6 earlier months are known and not shown; the usual level is made from the first months known." in told
    history = History(stored(*rows), frozenset(row[0] for row in rows), frozenset(row[0] for row in rows))
    long = run_charts(history, [], report.check.total, (dt.date(2023, 5, 1), dt.date(2025, 9, 30)))[0]
    assert (len(long.points), long.n_before, long.limits) == (29, 0, chart.limits)


def test_months_from_earlier_reports_are_named_in_ranges() -> None:
    """March was counted now, so it is not among them."""
    year = a_year().filter(pl.col("month") != 202503)
    report = report_of(stored=year)
    told = markdown_of(compose(report))
    assert "From earlier reports: Oct 2024 to Feb 2025 and Apr 2025 to Sep 2025." in told


def test_levels_round_across_nothing() -> None:
    """100 % means that nothing was missed, and a level below its target is not shown as if it reached it."""
    limits = Limits(Fraction(99997, 1000), Fraction(99953, 1000), Fraction(100), Fraction(44, 1000), 12, False)
    chart = RunChart(None, "All channels", tuple(line_of(*[50] * 12)), limits, Decimal("99.96"))
    report = replace(report_of(), runs=(chart,))
    told = markdown_of(compose(report))
    assert "The usual level is 99.99 %; chance explains 99.9 to 100 %." in told
    assert "Usual level 99.99 %, limits 99.9 % and 100 %." in told
    plain = replace(report, runs=(replace(chart, target_pct=None),))
    assert "The usual level is 99.9 %; chance explains 99.9 to 100 %." in markdown_of(compose(plain))
    found = json.loads(b"".join(REPORT_FORMATS["json"](plain, RenderOptions())))["runs"][0]["limits"]
    assert (found["mean"], found["lower"], found["upper"]) == (99.99, 99.95, 100.0)


def test_labels_of_a_chart_lie_over_none() -> None:
    """Target and usual level 0.2 points apart are two lines of text; other standards are named above the picture."""
    points = tuple(line_of(47, 49, 48, 49, 48, 49, 48, 49, 48, 49, 48, 49, 50))
    limits = Limits(Fraction(973, 10), Fraction(951, 10), Fraction(995, 10), Fraction(22, 10), 12, False)
    chart = RunChart(None, "All", points, limits, Decimal("97.5"))
    svg = draw(Chart("run-chart", "", "", (chart, ("2024-11", "2024-12", "2025-08", "2025-09"))))
    texts = [(text, float(x), float(y)) for x, y, text in re.findall(PLACED, svg)]
    heights = [y for text, _, y in texts if re.match("upper|target|usual|lower", text)]
    assert len(heights) == 4
    assert all(b - a >= 16 for a, b in zip(sorted(heights), sorted(heights)[1:], strict=False))
    above = [(x, y) for text, x, y in texts if text == "new standards"]
    assert [y < -5 for _, y in above] == [True] * 4
    assert above[0][1] - above[1][1] >= 16  # a month apart: one above the other
    assert above[2][1] - above[3][1] >= 16


def test_the_line_has_a_gap_where_nothing_is_known() -> None:
    """It is not drawn across a month without a usable point."""
    gap = RunChart(None, "All", tuple(line_of(44, 46, 44, None, 46, 44, None, 46)), None, None)
    assert [len(re.findall("L", path)) for path in LINES.findall(draw(Chart("run-chart", "", "", (gap, ()))))] == [
        2,
        1,
        0,
    ]


def test_an_undeclared_surge_is_pointed_out(tmp_path: Path) -> None:
    """Thirty requests on a day that usually has two; a declared period of the same days says nothing more."""
    days = [day for day in range(1, 32) if dt.date(2025, 10, day).weekday() < 5 and day != 13]  # a holiday
    rows = [
        f"{day}-{i},email,Parks,2025-10-{day:02} 09:00,2025-10-{day:02} 10:00\n"
        for day in days
        for i in range(30 if day == 22 else 2)
    ]
    log = tmp_path / "log.csv"
    log.write_text("case_id,channel,department,received_at,replied_at\n" + "".join(rows), "utf-8")
    surges = report_of(log).surges
    assert [(one.department, one.first, one.requests, one.usual) for one in surges] == [
        ("Parks", dt.date(2025, 10, 22), 30, Fraction(2))
    ]


def test_a_surge_ends_with_what_is_known(tmp_path: Path) -> None:
    """Receipts of the closed days at the month's end count to a day that is still to come; it is not named."""
    days = [dt.date(2025, 10, day) for day in range(1, 32) if dt.date(2025, 10, day).weekday() < 5]
    received = [day for day in days for _ in range(2)] + [dt.date(2025, 11, 1)] * 30
    rows = [f"{i},email,Parks,{day} 09:00,{day} 10:00\n" for i, day in enumerate(received)]
    (tmp_path / "log.csv").write_text("case_id,channel,department,received_at,replied_at\n" + "".join(rows), "utf-8")
    report = report_of(tmp_path / "log.csv", period="2025-11", as_of="2025-11-02")
    assert [(one.requests, one.last) for one in report.surges] == [(30, dt.date(2025, 11, 2))]


def test_people_are_recognised_only_where_asked_for(october: MonthlyReport) -> None:
    """Thanks to a person are information about that person."""
    assert october.recognition.people == ()
    people = report_of(with_employees=True).recognition.people
    assert people
    assert all(counts.judged >= 10 and not counts.missed for _, counts in people)


def test_a_large_log_is_gathered_alike(october: MonthlyReport, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where requests are many, only those that matter are judged again; the figures are the same."""
    monkeypatch.setattr("cxaudit.audit.SMALL", 0)
    assert report_of() == october
