"""What the first screen of a report claims: no more than the figures hold, and no less than a reader must know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from months import report_of, stored
from outside import TOP, run

from cxaudit.monthly.model import Counts, Limits, Month, MonthlyReport, RunChart, Signal, StandardsChange
from cxaudit.render import CHECK_FORMATS, RenderOptions
from cxaudit.render.check_rows import check_rows
from cxaudit.render.remarks import remarks
from cxaudit.render.report.answer import answer
from cxaudit.render.report.compose import compose
from cxaudit.render.report.first_screen import promise_table
from cxaudit.render.report.sheets import parts
from cxaudit.render.report.story import Points, Section, Table, Text

TOWN = """version: 1
organisation: Edge City
timezone: America/Edmonton
calendar: {{workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30", holidays: {{country: CA, subdivision: AB}}}}
counting: {{day_zero: day_received, day_ends: {ends}, cohort: due}}
standards:
  - effective: 2024-02-01
    source: EC 1
    channels:
      voicemail: {{title: Voice mail, within: 1 business day{voicemail}}}
      email: {{title: E-mail, within: 2 business days{email}}}
      letter: {{title: Letter, within: 5 business days}}
{more}"""
STORM = """high_volume:
  - {from: 2025-10-06, to: 2025-10-10, reason: Storm, declared: 2025-10-01, authority: CM, effect: extend, by: 3 business days}
"""
#: Channel, department, employee, receipt, reply.
Row = tuple[str, str, str, str, str]
FULL = [
    ("email", "", "", f"2025-{day} 09:00", f"2025-{day} 10:00") for day in ("09-23", "10-01", "10-30")
]  # the first is due in September


def voice(received: str, replied: str, who: str = "") -> Row:
    return ("voicemail", "Parks", who, received, replied)


MET, LATE = voice("2025-10-06 09:00", "2025-10-07 09:00"), voice("2025-10-06 09:00", "2025-10-09 09:00")


def made(folder: Path, rows: Sequence[Row], *, town: dict[str, str] | None = None, **more: Any) -> MonthlyReport:
    """The report of October 2025; `FULL` among the rows makes the exports cover all of it."""
    words = {"ends": "midnight", "voicemail": "", "email": "", "more": ""} | (town or {})
    (folder / "standards.yaml").write_text(TOWN.format(**words))
    lines = [f"{i},{','.join(row)}\n" for i, row in enumerate(rows)]
    (folder / "log.csv").write_text("case_id,channel,department,employee,received_at,replied_at\n" + "".join(lines))
    return report_of(folder / "log.csv", standards=folder / "standards.yaml", **more)


def words(section: Section) -> str:
    return " ".join(block.words for block in section.blocks if isinstance(block, Text))


def glance(report: MonthlyReport, name: str) -> str:
    return next(words(one) for one in compose(report).glances if one.id == name)


def sheet(report: MonthlyReport, name: str) -> list[dict[str, Any]]:
    part = next(part for part in parts(report) if part.name == name)
    return [dict(zip((column.heading for column in part.columns), row, strict=True)) for row in part.rows]


# How far a yes reaches


def test_a_yes_of_exports_that_cover_the_period_is_plain(tmp_path: Path) -> None:
    """Every day of the month is known, and the month is over."""
    assert answer(made(tmp_path, [*FULL, MET])) == "Yes. All 2 requests due in October 2025 were answered in time."


@pytest.mark.parametrize("as_of", ["2025-10-15", "2025-10-31 12:00"])
def test_a_period_that_is_not_over_has_no_plain_yes(tmp_path: Path, as_of: str) -> None:
    """Half of the month is still to come, or the last half day."""
    days = [day for day in range(1, 32) if dt.datetime(2025, 10, day, 9) < dt.datetime.fromisoformat(as_of)]
    rows: list[Row] = [FULL[0]]
    rows += [("email", "", "", f"2025-10-{day:02} 09:00", f"2025-10-{day:02} 10:00") for day in days]
    said = answer(made(tmp_path, rows, as_of=as_of))
    assert said.startswith("So far, yes: all ")
    assert "exports" not in said


def test_exports_that_begin_with_the_period_lack_what_was_due_in_its_first_days(tmp_path: Path) -> None:
    """A letter of September is due in October, and may have been missed."""
    expected = "As far as these exports reach, yes: the one request due in October 2025 was answered in time."
    lacks = " Requests that came in before the period and were due in it are not in these exports."
    assert answer(made(tmp_path, FULL[1:])) == expected + lacks


def test_exports_of_a_part_of_the_period_have_no_plain_yes(tmp_path: Path) -> None:
    """They begin and end within the month; so does what is known."""
    expected = "As far as these exports reach, yes: all 2 requests due in October 2025 were answered in time."
    assert answer(made(tmp_path, [MET, MET])) == expected


def test_a_call_log_that_is_missing_is_not_hidden_by_a_later_one(tmp_path: Path) -> None:
    """A call back may stand in any log, a voice mail only in its own: June is known up to the end of May's export."""
    for name, days in {"may": [f"05-{day:02}" for day in range(1, 31)] + ["06-02", "06-03"], "july": ["07-02"]}.items():
        sides = {"in": ("08", "7805550100,201", "voicemail"), "out": ("09", "201,7805550100", "answered")}
        calls = [
            f"{day}{way},2025-{day} {hour}:00:00,{both},{way},{result}\n"
            for day in days
            for way, (hour, both, result) in sides.items()
        ]
        (tmp_path / f"{name}.csv").write_text(f"call_id,called_at,from,to,direction,result\n{''.join(calls)}")
    asked = ("--period", "2025-06", "--out", "reports", "--formats", "md", "--standards", TOP / "standards.yaml")
    said = run("report", "may.csv", "july.csv", *asked, cwd=tmp_path)
    page = (tmp_path / "reports" / "2025-06" / "report.md").read_text()
    assert "**As far as these exports reach, yes: " in page, said.err
    assert "Known in part, not compared" in page


def test_a_part_of_a_period_that_is_not_over_is_both(tmp_path: Path) -> None:
    said = answer(made(tmp_path, [MET, MET], as_of="2025-10-15"))
    assert said.startswith("So far and as far as these exports reach, yes: all 2 ")


# Targets


def test_a_channel_that_missed_its_target_is_named(tmp_path: Path) -> None:
    """Two thousand e-mails do not hide twenty calls."""
    email: Row = ("email", "", "", "2025-10-06 09:00", "2025-10-07 09:00")
    rows = [*FULL, *[email] * 199, *[voice("2025-10-06 09:00", "2025-10-08 09:00")] * 20]
    target = ", target: 90%"
    assert answer(made(tmp_path, rows, town={"voicemail": target, "email": target})) == (
        "No, not by every target: Voice mail missed its target of 90 %; 200 of 220 requests due in October 2025 were answered "
        "in time (90.9 %); 20 were not."
    )


def test_each_missed_target_is_named_with_what_it_is(tmp_path: Path) -> None:
    rows = [*FULL, ("email", "", "", "2025-10-06 09:00", "2025-10-20 09:00"), MET, MET, LATE]
    said = answer(made(tmp_path, rows, town={"voicemail": ", target: 90%", "email": ", target: 80%"}))
    assert said.startswith("No: Voice mail (90 %) and E-mail (80 %) missed their targets; 3 of 5 requests due ")
    met = answer(made(tmp_path, rows, town={"voicemail": ", target: 50%", "email": ", target: 40%"}))
    assert met.startswith("2 of 2 targets were met: 3 of 5 requests due ")


def test_many_channels_that_missed_their_target_are_few_names(tmp_path: Path) -> None:
    report = made(tmp_path, [MET, LATE])
    voicemail, total = report.check.rows[0], report.check.total
    missed = [replace(voicemail, target_pct=Decimal(90), label={"channel": name}) for name in "ABCDEFG"]
    check = replace(report.check, rows=(*missed, replace(voicemail, target_pct=Decimal(50)), total))
    assert answer(replace(report, check=check)).startswith(
        "No, not by every target: A, B, C, D, E and 2 more missed their target of 90 %; 1 of 2 "
    )


def test_channels_whose_target_changed_are_counted_apart(tmp_path: Path) -> None:
    """`1 of 1 target was met` would sound like all."""
    newer = """  - effective: 2025-10-20
    source: EC 2
    channels:
      voicemail: {title: Voice mail, within: 1 business day, target: 80%}
      email: {title: E-mail, within: 2 business days, target: 90%}
      letter: {title: Letter, within: 5 business days, target: 90%}
"""
    later = voice("2025-10-21 09:00", "2025-10-22 09:00")
    rows = [*FULL, ("email", "", "", "2025-10-21 09:00", "2025-10-21 10:00"), MET, LATE, later]
    town = {"voicemail": ", target: 90%", "email": ", target: 90%", "more": newer}
    assert answer(made(tmp_path, rows, town=town)).startswith(
        "1 of 1 target was met (1 channel had more than one target in the period and is not compared): 4 of 5 requests "
    )
    assert answer(made(tmp_path, rows, town=town | {"email": ""})).startswith(
        "Not in full (1 channel had more than one target in the period and is not compared; "
        "1 channel had a target for only a part of the requests and is not compared): 4 of 5 requests "
    )


def test_a_channel_with_several_targets_shows_them_all(tmp_path: Path) -> None:
    """Empty cells beside `not met` look like a pass: in words on the page and at a terminal, empty for machines."""
    newer = "  - effective: 2025-10-20\n    source: EC 2\n    channels:\n"
    newer += "      voicemail: {title: Voice mail, within: 1 business day, target: 80%}\n"
    report = made(tmp_path, [*FULL, MET, LATE, voice("2025-10-21 09:00", "2025-10-22 09:00")],
                  town={"voicemail": ", target: 90%", "email": ", target: 70%", "more": newer})  # fmt: skip
    (told,) = [row for row in promise_table(report.check).rows if row[0] == "Voice mail"]
    assert told[4:6] == ("90 % or 80 %", "not compared")
    (line,) = [row for row in check_rows(report.check) if row["channel"] == "voicemail"]
    assert (line["target_pct"], line["outcome"]) == (None, None)
    at_terminal = "".join(piece.decode() for piece in CHECK_FORMATS["table"](report.check, RenderOptions()))
    assert "90 % or 80 %  not compared" in at_terminal
    (row,) = [row for row in sheet(report, "Channels") if row["Channel"] == "Voice mail"]
    assert (row["Target, %"], row["Outcome"]) == (None, "not compared")


# Extensions


def test_what_only_an_extension_met_is_said_at_once(tmp_path: Path) -> None:
    """The compliance without an extension stands beside the other, and the readings are compared with that."""
    rows = [*FULL, *[MET] * 9, *[LATE] * 10, *[voice("2025-10-20 09:00", "2025-10-21 20:00")] * 20]
    report = made(tmp_path, rows, town={"more": STORM})
    assert answer(report) == (
        "With the extension for high volume, yes: all 40 requests due in October 2025 were answered in time. 10 requests met "
        "only by the extension; in time without it: 30 of 40, 75.0 %."
    )
    firm = glance(report, "firm")
    assert "Without the extension for high volume, the same requests, read otherwise, score 25.0 %, not 75.0 %." in firm
    assert "100" not in firm
    mixed = answer(made(tmp_path, [*rows, voice("2025-10-20 09:00", "2025-10-28 09:00")], town={"more": STORM}))
    assert mixed.startswith("Not in full: 40 of 41 requests due ")
    assert mixed.endswith("; 1 was not. 10 requests met only by the extension for high volume; in time without it: "
                          "30 of 41, 73.2 %.")  # fmt: skip


def test_the_sheet_of_channels_tells_what_only_an_extension_met(tmp_path: Path) -> None:
    """The same figures as `check` gives scripts; no such columns where nothing was extended."""
    rows = [*FULL, *[MET] * 10, *[LATE] * 10]
    report = made(tmp_path, rows, town={"more": STORM})
    found = {row["Channel"]: row for row in sheet(report, "Channels")}
    by_script = {str(row["channel"]): row for row in check_rows(report.check)}
    for name, key in (("Voice mail", "voicemail"), ("All", "all")):
        told = (found[name]["Met only by the extension"], found[name]["Compliance without it, %"])
        assert told == tuple(by_script[key][one] for one in ("met_by_extension", "compliance_without_extension_pct"))
    assert (found["Voice mail"]["Compliance, %"], told) == ("100.0", (10, "52.4"))
    assert "Met only by the extension" not in sheet(made(tmp_path, rows), "Channels")[0]


# Readings


def test_read_otherwise_is_told_of_the_readings_that_differ(tmp_path: Path) -> None:
    """The declared one is no other reading, and those that equal it are none either."""
    rows = [*FULL, *[MET] * 9, *[voice("2025-10-20 09:00", "2025-10-21 20:00")] * 10]
    report = made(tmp_path, rows)
    assert "Read otherwise, the same requests score 50.0 %, not 100 %." in glance(report, "firm")


def test_every_reading_adds_up_to_the_same_requests(tmp_path: Path) -> None:
    """What is not due yet under a reading stands beside what is not judged."""
    report = made(tmp_path, [*FULL, MET, voice("2025-10-30 15:00", "")], as_of="2025-10-31 09:00")
    annex = next(one for one in compose(report).sections if one.id == "readings")
    (table,) = (block for block in annex.blocks if isinstance(block, Table))
    places = [[column.heading for column in table.columns].index(name) for name in ("Not yet due", "Not judged")]
    sums = {int(row[2].split()[-1]) + sum(int(row[place]) for place in places) for row in table.rows}
    assert sums == {report.check.total.requests}


def test_check_counts_the_declared_reading_among_no_others(tmp_path: Path) -> None:
    """Under a rule that no named reading shares, the range of the others does not hold its figure."""
    rows = [*FULL, *[MET] * 8, *[voice("2025-10-20 09:00", "2025-10-22 11:00")] * 5,
            *[voice("2025-10-20 09:00", "2025-10-21 11:00")] * 5]  # fmt: skip
    check = made(tmp_path, rows, town={"ends": '"08:00"'}).check
    assert check.readings is not None
    assert (check.readings.rows[0].met, check.readings.rows[0].judged) == (1, 19)
    assert remarks(check)[-1].endswith("; other readings give 47.4 to 73.7 %: --readings")


# What changed


def months(label: str, channel: str | None, met: int, n: int, *signals: Signal, target: int | None = None) -> RunChart:
    """A chart of months at 90 %, its last one October 2025 with its own result; limits only with six months."""
    before = [Month(f"2025-{i:02}", Counts(met=90, late=10), "stored", is_whole=True) for i in range(11 - n, 10)]
    last = Month("2025-10", Counts(met=met, late=100 - met), "input", is_whole=True, signals=signals)
    limits = Limits(Fraction(90), Fraction(84), Fraction(96), Fraction(6), n, True) if n >= 6 else None
    return RunChart(channel, label, (*before, last), limits, Decimal(target) if target else None)


ALL, EMAIL, NEW = months("All channels", None, 90, 8), months("E-mail", "email", 90, 8), months("Fax", "fax", 90, 3)
FEW = replace(EMAIL, label="Letter", points=(*EMAIL.points[:-1], replace(EMAIL.points[-1], counts=Counts(met=3))))
ODD = months("Voice mail", "voicemail", 70, 8, "below_limits")
NEVER = RunChart("portal", "Portal", (Month("2025-10", Counts(), "input", is_whole=True),), None, None)


@pytest.mark.parametrize(
    ("charts", "said"),
    [
        ([ALL, EMAIL, NEVER], "All is within its usual ups and downs: no channel is better or worse than chance explains."),
        ([ALL, NEW], "All channels together are within their usual ups and downs. Too few full months yet to be compared: "
         "Fax."),
        ([ALL, EMAIL, NEW, FEW], "All is within its usual ups and downs: no channel that can be compared is better or worse "
         "than chance explains. Too few full months yet to be compared: Fax. Too few requests in the month to be compared: "
         "Letter."),
        ([ALL, EMAIL, ODD], "Voice mail: worse than usual (below the lower limit). The others are within their usual ups and "
         "downs."),
        ([ALL, EMAIL, ODD, NEW], "Voice mail: worse than usual (below the lower limit). The others that can be compared are "
         "within their usual ups and downs. Too few full months yet to be compared: Fax."),
        ([ALL, ODD], "Voice mail: worse than usual (below the lower limit). All channels together are within their usual ups "
         "and downs."),
    ],
)  # fmt: skip
def test_no_channel_is_called_usual_that_was_not_compared(tmp_path: Path, charts: list[RunChart], said: str) -> None:
    """A channel with three months has no usual level, and one with three requests no month."""
    report = replace(made(tmp_path, [MET]), runs=tuple(charts))
    assert glance(report, "changed").endswith(f". {said}")


def test_what_is_pending_only_by_an_extension_is_said(tmp_path: Path) -> None:
    """An extension that nobody needed to be met may still keep misses from being counted."""
    rows = [*FULL, *[voice("2025-10-06 09:00", "")] * 12]
    report = made(tmp_path, rows, town={"more": STORM}, as_of="2025-10-08")
    assert answer(report).endswith(
        " 12 requests are not due yet only by the extension; in time without it: 1 of 13, 7.7 %."
    ), answer(report)


def test_each_month_of_a_quarter_that_is_more_than_chance_is_named(tmp_path: Path) -> None:
    """The last month alone would hide what happened in the first."""
    line = [
        Month(f"2024-{month:02}", Counts(met=90 + month % 3, late=10 - month % 3), "stored", is_whole=True)
        for month in range(1, 13)
    ]
    own = [
        Month("2025-07", Counts(met=40, late=60), "input", True, ("below_limits",)),
        *(Month(f"2025-{m:02}", Counts(met=91, late=9), "input", is_whole=True) for m in ("08", "09")),
    ]
    limits = Limits(Fraction(91), Fraction(85), Fraction(97), Fraction(6), 12, is_trial=False)
    chart = RunChart(None, "All channels", (*line, *own), limits, None)
    report = replace(made(tmp_path, [MET]), runs=(chart,), period=(dt.date(2025, 7, 1), dt.date(2025, 9, 30)))
    told = glance(report, "changed")
    assert "All channels, July 2025: worse than usual (below the lower limit)." in told
    assert "all is within" not in told
    text = str(compose(report).sections)
    assert "July 2025: worse than usual, below the lower limit." in text


def test_a_rise_across_other_standards_is_no_improvement(tmp_path: Path) -> None:
    """Twice the time, and everybody keeps the promise: that is said, and nobody is praised for it."""
    more = "  - effective: 2025-10-01\n    source: EC 2\n    channels:\n      voicemail: {within: 2 business days}\n"
    days = [d for d in range(1, 31) if dt.date(2025, 9, d).weekday() < 5]
    rows = [voice(f"2025-09-{d:02} 09:00", f"2025-09-{d:02} 12:00" if d % 2 else "2025-10-20 09:00") for d in days]
    rows += [
        voice(f"2025-10-{d:02} 09:00", f"2025-10-{d:02} 12:00")
        for d in range(1, 32)
        if dt.date(2025, 10, d).weekday() < 5
    ]
    report = made(tmp_path, [*rows, *FULL], town={"more": more})
    assert report.previous is not None
    assert not report.recognition.improved
    assert "Other standards hold since October 2025: what came before was promised or counted otherwise." in glance(
        report, "changed"
    )


@pytest.mark.parametrize(("begun", "is_said"), [("2025-03", False), ("2025-06", True), ("2025-10", True)])
def test_a_level_of_other_standards_is_said_on_the_first_screen(tmp_path: Path, begun: str, is_said: bool) -> None:
    """Months after the promise changed are compared with those before it; a version that began with them changed nothing."""
    change = StandardsChange(begun, dt.date.fromisoformat(f"{begun}-01"), "EC 2")
    chart = replace(months("All channels", None, 90, 8), level_from="2025-03")
    told = glance(replace(made(tmp_path, [MET]), runs=(chart,), changes=(change,)), "changed")
    said = "The usual level is made of months before {} 2025 too, which were promised or counted otherwise."
    assert (said.format({"2025-06": "June"}.get(begun, "October")) in told) is is_said
    assert ("The usual level" in told) is is_said


def test_a_slump_after_months_that_score_the_same_is_told(tmp_path: Path) -> None:
    """There are no limits to fall out of, and the reader is warned all the same."""
    steady = [Month(f"2025-{month:02}", Counts(met=50), "stored", is_whole=True) for month in range(1, 10)]
    for met, said in ((30, True), (50, False)):
        last = Month("2025-10", Counts(met=met, late=50 - met), "input", is_whole=True)
        chart = RunChart(None, "All channels", (*steady, last), None, None, is_steady=True)
        told = glance(replace(made(tmp_path, [MET]), runs=(chart,)), "changed")
        assert ("All channels, October 2025: 30 of 50, 60.0 %, where 9 of 10 months score 100 %." in told) is said
        assert "limits of the usual ups and downs would say nothing" in told


@pytest.mark.parametrize(
    ("met", "signals", "target", "said"),
    [
        (90, (), 60, "every month will reach"),
        (50, ("below_limits",), 60, None),
        (50, (), 60, None),
        (90, ("run_above",), 60, None),
        (90, (), 97, "no month will reach"),
        (98, (), 97, None),
        (90, (), 90, "some months will reach"),
        (90, ("falling",), 90, None),
    ],
)
def test_no_forecast_that_the_month_itself_denies(
    tmp_path: Path, met: int, signals: tuple[Signal, ...], target: int, said: str | None
) -> None:
    """Beside a month that is more than chance, or that did what no month will do, as things go is nothing to say."""
    chart = months("All channels", None, met, 8, *signals, target=target)
    report = replace(made(tmp_path, [MET]), runs=(chart,))
    told = next(words(one) for one in compose(report).sections if one.id == "months")
    assert said in told if said else "As things go" not in told


# The workbook says what the page says


def test_thanks_are_the_same_on_the_page_and_in_the_workbook(tmp_path: Path) -> None:
    """What is open is not praised, no merit stands twice, and people are named where they were asked for."""
    rows = [*[voice("2025-10-06 09:00", "2025-10-07 09:00", "Zed")] * 12, *[voice("2025-10-15 09:00", "", "Zed")] * 3]
    report = made(tmp_path, rows, as_of="2025-10-15", with_employees=True)
    told = [(row["Who"], row["What"]) for row in sheet(report, "Recognition")]
    assert told == [
        ("Parks", "answered all 12 of its requests that were due so far in time"),
        ("Zed", "answered all 12 requests that were due so far in time"),
    ]
    page = str(next(one for one in compose(report).sections if one.id == "recognition"))
    assert all(f"{who} {what}." in page for who, what in told)


def test_a_run_and_a_rise_are_told_alike(tmp_path: Path) -> None:
    """The other two kinds of thanks."""
    rows = [*FULL, voice("2025-10-02 09:00", "2025-10-20 09:00"), *[MET] * 12]
    before = stored(*((202509, "voicemail", "Parks", verdict, 10) for verdict in ("met", "late")))
    report = made(tmp_path, rows, stored=before)
    told = [f"{row['Who']} {row['What']}." for row in sheet(report, "Recognition")]
    assert told == [
        "Parks answered 12 requests in a row in time, due from 7 October 2025 on.",
        "Parks improved from 10 of 20, 50.0 % to 12 of 13, 92.3 %.",
    ]
    page = str(next(one for one in compose(report).sections if one.id == "recognition"))
    assert all(said in page for said in told)


def test_the_sheet_of_exclusions_has_the_compliance_had_they_been_missed(tmp_path: Path) -> None:
    """Reason by reason, as on the page."""
    rows = [
        *FULL,
        *[MET] * 8,
        *[voice("2025-10-06 09:00", "2025-10-05 09:00")] * 2,
        ("fax", "", "", "2025-10-06 09:00", ""),
    ]
    report = made(tmp_path, rows)
    found = {row["Reason"]: row["Compliance had they been missed, %"] for row in sheet(report, "Excluded")}
    assert found == {"reply before receipt": "81.8", "no standard for the channel": "90.0"}
    page = str(next(one for one in compose(report).sections if one.id == "excluded"))
    assert "81.8 %" in page
    assert "90.0 %" in page


# Extensions beside other months


def test_no_month_looks_better_for_its_extension(tmp_path: Path) -> None:
    """October beside September: with the extension, and without it, wherever the two are compared."""
    before = [
        voice(f"2025-09-{d:02} 09:00", f"2025-09-{d:02} 12:00")
        for d in range(1, 31)
        if dt.date(2025, 9, d).weekday() < 5
    ]
    rows = [*FULL, *before, *[MET] * 9, *[LATE] * 10]
    report = made(tmp_path, rows, town={"more": STORM})
    assert report.previous is not None
    assert report.previous.without_extension is None
    both = "October 2025: 21 of 21, 100 %; without the extension for high volume: 11 of 21, 52.4 %"
    changed = next(one for one in compose(report).glances if one.id == "changed")
    assert both in next(str(block.words) for block in changed.blocks if isinstance(block, Points))
    assert "The charts count as in time what was met only by the extension for high volume." in words(changed)
    months = next(one for one in compose(report).sections if one.id == "months")
    said = "With an extension for high volume; in time without it: October 2025: 11 of 21, 52.4 %."
    assert said in words(months)
    assert said in next(part for part in parts(report) if part.name == "Months").lines
    plain = made(tmp_path, rows)
    assert "an extension" not in str(compose(plain).glances) + str(compose(plain).sections)
