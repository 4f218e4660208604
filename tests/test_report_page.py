"""The monthly report as a page: self-contained, harmless, private, the same bytes each time."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import html
import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from months import a_year, report_of
from outside import TOP, clean_environment, run

from cxaudit.monthly.model import Counts, MonthlyReport, Restated
from cxaudit.render.options import RenderOptions
from cxaudit.render.report.answer import answer
from cxaudit.render.report.compose import compose
from cxaudit.render.report.first_screen import promise_table
from cxaudit.render.report.page import page_of, render_report_html
from cxaudit.render.report.story import Chart, Table
from cxaudit.render.report.structured import report_document

EVIL = '<script>alert("1")</script>{{ 7 * 7 }}'


@pytest.fixture(scope="module")
def october() -> MonthlyReport:
    return report_of(stored=a_year())


@pytest.fixture(scope="module")
def page(october: MonthlyReport) -> str:
    return b"".join(render_report_html(october, RenderOptions())).decode()


def test_the_first_sentence_answers_the_question(october: MonthlyReport) -> None:
    """Did the city keep its promise: in words, with the counts."""
    expected = "Not in full: 263 of 288 requests due in October 2025 were answered in time (91.3 %); 25 were not."
    lacks = " Requests that came in before the period and were due in it are not in these exports."
    assert answer(october) == expected + lacks
    assert answer(dataclasses.replace(october, is_begun=True)) == expected


def test_all_met_is_a_plain_yes(october: MonthlyReport) -> None:
    """Nothing missed needs no percentage."""
    total = dataclasses.replace(october.check.total, met=288, late=0, overdue=0)
    all_met = dataclasses.replace(october, check=dataclasses.replace(october.check, total=total), is_begun=True)
    assert answer(all_met) == "Yes. All 288 requests due in October 2025 were answered in time."


def test_nothing_judged_is_neither_yes_nor_no(october: MonthlyReport) -> None:
    """Nothing to judge is not a pass."""
    total = dataclasses.replace(october.check.total, met=0, late=0, overdue=0)
    nothing = dataclasses.replace(october, check=dataclasses.replace(october.check, total=total))
    assert answer(nothing) == "Nothing can be said: no request due in October 2025 could be judged."


def test_channels_stand_in_the_policys_order_with_their_counts(october: MonthlyReport) -> None:
    """The promise table is the policy's own, the total last."""
    table = compose(october).promise.blocks[0]
    assert isinstance(table, Table)
    assert [row[:4] for row in table.rows] == [
        ("Voice mail", "1 business day", "77 of 87", "88.5 %"),
        ("E-mail", "2 business days", "98 of 101", "97.0 %"),
        ("Letter", "5 business days", "13 of 21", "61.9 %"),
        ("Our City responses", "5 business days", "22 of 22", "100 %"),
        ("Online Portal", "2 business days", "53 of 57", "93.0 %"),
        ("All", "", "263 of 288", "91.3 %"),
    ]


def test_few_requests_get_no_percentage(october: MonthlyReport) -> None:
    """Under ten judged requests the counts stand alone, with a word about it."""
    table = next(
        b for s in compose(october).sections for b in s.in_order if isinstance(b, Table) and "customer" in b.id
    )
    internal = next(row for row in table.rows if row[0] == "internal")
    assert internal[1:3] == ("5 of 6", "[low]")
    assert any("[low]" in note for note in table.notes)


def test_the_page_loads_nothing(page: str) -> None:
    """No script, no link, no address to fetch from; the only addresses are names of XML and places in the page."""
    assert "<script" not in page
    assert not re.search(r"<(link|iframe|object|embed|form|img|base)\b", page)
    assert set(re.findall(r'(?:href|src)="([^"]*)"', page)) == set(re.findall(r'href="(#[^"]*)"', page))
    assert set(re.findall(r"https?://[^\"' )<]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_the_policy_of_the_page_allows_its_own_style_alone(page: str) -> None:
    """The hash is that of the style, and no element has a style of its own."""
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])  # type: ignore[index]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]  # type: ignore[index]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}';" in policy
    assert 'style="' not in page


def test_no_id_stands_twice(page: str) -> None:
    """Charts of one page do not share the names of their parts."""
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert sorted(ids) == sorted(set(ids))
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= set(ids)
    assert {name for names in re.findall(r'aria-labelledby="([^"]*)"', page) for name in names.split()} <= set(ids)


def test_every_chart_has_a_title_a_description_and_a_table(october: MonthlyReport, page: str) -> None:
    """Who does not see the picture loses nothing."""
    for section in compose(october).sections:
        charts = [block for block in section.in_order if isinstance(block, Chart)]
        if charts:
            assert any(isinstance(block, Table) for block in section.in_order), section.id
        for chart in charts:
            assert f'<title id="{chart.id}-title">{html.escape(chart.title, quote=False)}</title>' in page
            assert len(chart.description) > 40


def test_every_header_cell_says_what_it_heads(page: str) -> None:
    """Rows and columns have named headers, and each table its caption."""
    assert len(re.findall(r"<table", page)) == len(re.findall(r"<caption", page))
    assert not re.findall(r"<th(?! scope=)[ >]", page)


def test_mark_up_of_the_input_stays_text(tmp_path: Path) -> None:
    """A department named like a script is shown as such a name, in tables, charts, commands and the title of the page."""
    town = (TOP / "standards.yaml").read_text("utf-8").replace("City of Spruce Grove", "City of <b>Bold</b>")
    (tmp_path / "town.yaml").write_text(town, "utf-8")
    rows = "".join(f'{i},email,"{EVIL.replace(chr(34), chr(34) * 2)}",2025-10-0{1 + i % 8} 09:00,\n' for i in range(20))
    (tmp_path / "<i>log.csv").write_text(f"case_id,channel,department,received_at,replied_at\n{rows}", "utf-8")
    report = report_of(tmp_path / "<i>log.csv", standards=tmp_path / "town.yaml")
    found = page_of(compose(report))
    assert [tag for tag in ("<script", "<b>", "<i>") if tag in found] == []
    assert "&lt;script&gt;" in found
    assert "{{ 7 * 7 }}" in found


@pytest.mark.parametrize("with_employees", [False, True])
def test_nobody_is_named_unless_asked_for(with_employees: bool) -> None:
    """No customer ever; employees only where asked for, and then the page says so at its top."""
    report = report_of(with_employees=with_employees)
    found = page_of(compose(report)) + str(report_document(report))
    customers = ["Résumé for the summer", "780", "caf", "Permit for a"]
    employees = [name for name in ("J. Larch", "S. Wren", "M. Reed", "A. Moss") if name in found]
    assert [text for text in customers if text in found] == []
    assert bool(employees) == with_employees
    assert ("information about employees" in found) == with_employees


def test_what_customers_wrote_is_not_quoted_as_a_finding() -> None:
    """`see note` stands where a time should; the report names the place, not the text."""
    report = report_of()
    found = page_of(compose(report)) + str(report_document(report))
    assert "see note" not in found
    assert "voicemail.csv, row 43" in found


def test_the_same_figures_give_the_same_bytes() -> None:
    """In one process and in the next, whatever the seed of its hashes."""
    code = (
        "import sys; sys.path.insert(0, 'tests'); from months import a_year, report_of;"
        "from cxaudit.render.report.page import page_of; from cxaudit.render.report.compose import compose;"
        "report = report_of(stored=a_year()); first, second = page_of(compose(report)), page_of(compose(report));"
        "assert first == second; sys.stdout.reconfigure(encoding='utf-8'); print(first)"
    )
    pages = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=TOP,
            env=clean_environment({"PYTHONHASHSEED": seed, "PYTHONPATH": "src", "LANG": "C"}),
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert pages[0] == pages[1]


def test_a_stray_percentage_never_crosses_its_target(october: MonthlyReport) -> None:
    """89.96 % of a target of 90 is shown as 89.9, and as not met."""
    row = dataclasses.replace(october.check.rows[1], met=8996, late=1004, overdue=0, target_pct=Decimal(90))
    table = promise_table(dataclasses.replace(october.check, rows=(row,)))
    assert table.rows[0][2:6] == ("8,996 of 10,000", "89.9 %", "90 %", "not met")


def test_compliments_are_listed_for_their_department(tmp_path: Path) -> None:
    """A compliment is owed thanks: its case can be found and shared."""
    log = tmp_path / "log.csv"
    log.write_text(
        "case_id,channel,department,received_at,replied_at,status\n"
        "7,email,Parks,2025-10-01 09:00,2025-10-02 09:00,Compliment\n8,email,Parks,2025-10-01 09:00,2025-10-02 09:00,closed\n"
        ",email,Parks,2025-10-03 09:00,2025-10-06 09:00,kudos\n",
        "utf-8",
    )
    found = report_of(log)
    assert found.compliments is not None
    assert [(one.department, one.cases) for one in found.compliments] == [("Parks", ("7", "log.csv row 4"))]
    assert "Compliments received, to share" in page_of(compose(found))


def test_an_age_that_is_not_known_is_no_young_one(tmp_path: Path) -> None:
    """Twelve office hours from a date without a time end on one of two days, and nothing says on which."""
    (tmp_path / "s.yaml").write_text(
        "version: 1\norganisation: T\ntimezone: America/Edmonton\n"
        'calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}\n'
        "standards: [{effective: 2025-01-01, source: c, channels: {email: {within: 12 business hours}}}]\n"
    )
    (tmp_path / "log.csv").write_text(
        "case_id,channel,department,received_at,replied_at\n1,email,Parks,2025-10-09,\n2,email,Parks,2025-10-30 08:00,\n"
    )
    given = (
        "log.csv",
        "--standards",
        "s.yaml",
        "--period",
        "2025-10",
        "--as-of",
        "2025-10-31",
        "--out",
        "r",
        "--formats",
    )
    run("report", *given, "md,json,xlsx", cwd=tmp_path)
    text = (tmp_path / "r" / "2025-10" / "report.md").read_text("utf-8")
    assert "| Department | 0–1 d | 2–5 d | 6–10 d | Over 10 d | Not known | Overdue | Oldest due | Due next |" in text
    assert "| Parks | 1 | 0 | 0 | 0 | 1 | 2 | 31 Oct | 0 |" in text
    found = json.loads((tmp_path / "r" / "2025-10" / "report.json").read_text("utf-8"))
    assert found["open"]["departments"][0]["by_days_over"] == {"0": 1, "unknown": 1}


def test_a_report_without_anything_has_a_page(tmp_path: Path) -> None:
    """A month in which nothing fell due is said, not a crash."""
    log = tmp_path / "log.csv"
    log.write_text("case_id,channel,received_at,replied_at\n1,email,2025-09-01 09:00,\n", "utf-8")
    found = report_of(log)
    assert found.check.total == dataclasses.replace(found.check.total, met=0, late=0, overdue=0)
    assert "Nothing can be said" in page_of(compose(found))
    assert found.open.earlier == 1


def test_a_month_that_was_reported_otherwise_is_said(october: MonthlyReport) -> None:
    """A run chart does not change its past in silence."""
    restated = Restated("2025-09", Counts(met=180, late=20), Counts(met=179, late=22), "2025-09/tally.parquet", False)
    found = page_of(compose(dataclasses.replace(october, restated=(restated,))))
    assert "Restated: September 2025 was reported as 180 of 200 in time; these exports give 179 of 201." in found
