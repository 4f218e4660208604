"""The report as Markdown and as JSON: the same figures as the page."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from months import a_year, report_of

from cxaudit.monthly.model import MonthlyReport
from cxaudit.render import REPORT_FORMATS, RenderOptions
from cxaudit.render.report.compose import compose
from cxaudit.render.report.text import markdown_of

GOLDEN = Path(__file__).parent / "golden" / "report"


@pytest.fixture(scope="module")
def october() -> MonthlyReport:
    return report_of(stored=a_year())


def test_each_section_as_markdown(october: MonthlyReport, request: pytest.FixtureRequest) -> None:
    """Golden files for parts, not for the whole: a changed sentence changes one of them."""
    story = compose(october)
    alone = {
        f"{one.id}.md": markdown_of(dataclasses.replace(story, promise=one, glances=(), sections=()))
        for one in (story.promise, *story.glances, *story.sections)
    }
    if request.config.getoption("--update-golden"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        for name, text in alone.items():
            (GOLDEN / name).write_bytes(text.encode())
    assert {path.name: path.read_bytes().decode() for path in sorted(GOLDEN.iterdir())} == alone


def test_markdown_of_a_name_is_a_name(october: MonthlyReport) -> None:
    """A department that looks like a heading, a link or a list is text."""
    row = dataclasses.replace(october.departments[0], label={"department": "# [x](http://y) | *z*"})
    found = markdown_of(compose(dataclasses.replace(october, departments=(row,))))
    assert r"# \[x](http://y) \| \*z\*" in found


def test_json_has_every_figure(october: MonthlyReport) -> None:
    """Numbers are numbers, the unknown is null, and the sums are those of the report."""
    found = json.loads(b"".join(REPORT_FORMATS["json"](october, RenderOptions())))
    total = october.check.total
    assert (found["summary"]["met"], found["summary"]["judged"]) == (total.met, total.judged)
    assert [row["label"] for row in found["channels"]][:2] == ["Voice mail", "E-mail"]
    assert sum(row["requests"] for row in found["departments"]) == total.requests
    assert found["runs"][0]["limits"]["n_baseline"] == 12
    assert found["runs"][0]["points"][-1]["counts"]["compliance_pct"] == 91.3
    assert found["readings"]["contested"] == october.check.readings.contested  # type: ignore[union-attr]
    assert found["employees"] == []


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_the_same_report_gives_the_same_bytes(october: MonthlyReport, form: str) -> None:
    """Twice the same, and whole lines."""
    first, second = (b"".join(REPORT_FORMATS[form](october, RenderOptions())) for _ in range(2))
    assert first == second
    assert first.endswith(b"\n")
