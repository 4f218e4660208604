"""Charts drawn by a second process: the same as drawn here, and drawn here where there is none or it fails."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from months import a_year, report_of

from cxaudit.commands import drawing
from cxaudit.commands.drawing import Drawing
from cxaudit.render.options import RenderOptions
from cxaudit.render.report.compose import compose
from cxaudit.render.report.page import charts_of, page_of
from cxaudit.render.report.story import Chart, Story


@pytest.fixture(scope="module")
def story() -> Story:
    return compose(report_of(stored=a_year()))


@pytest.fixture(scope="module")
def expected(story: Story) -> str:
    return page_of(story)


def _nothing_here(_: Sequence[Chart]) -> list[str]:
    raise AssertionError("a chart was drawn here")


def test_the_second_process_draws_the_same(story: Story, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is drawn here."""
    monkeypatch.setattr("cxaudit.render.report.charts.draw", _nothing_here)
    with Drawing(["html"]) as beside:
        for n in (2, 0, 3, None):  # as they become known; what was begun is not begun again
            beside.begin(charts_of(story)[:n])
        assert len(beside._begun) == len(charts_of(story))
        assert page_of(story, RenderOptions(draw=beside.draw).draw) == expected
        assert page_of(story, beside.draw) == expected, "once more, for the PDF"


FAULTS = ["cannot start", "ends at once", "says nothing", "says something else", "is killed", "was not asked"]


@pytest.mark.parametrize("fault", FAULTS)
def test_without_it_charts_are_drawn_here(
    story: Story, expected: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault == "cannot start":
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
    if fault == "ends at once":
        monkeypatch.setattr(drawing, "_PROGRAM", "raise SystemExit(1)")
    if fault == "says nothing":
        monkeypatch.setattr(drawing, "_PROGRAM", "import time; time.sleep(600)")
        monkeypatch.setattr(drawing, "_PATIENCE", 0.5)
    if fault == "says something else":
        monkeypatch.setattr(drawing, "_PROGRAM", "print('hello')")
    with Drawing(["pdf"]) as beside:
        if fault == "is killed":
            assert beside._process is not None
            beside._process.kill()
            beside._process.wait()
        if fault != "was not asked":
            beside.begin(charts_of(story))
        assert page_of(story, beside.draw) == expected


@pytest.mark.parametrize(
    ("formats", "is_needed"), [(None, True), ([" PDF "], True), (["csv", "xlsx"], False), ([], False)]
)
def test_it_is_started_where_charts_are_wanted(formats: list[str] | None, is_needed: bool) -> None:
    with Drawing(formats) as beside:
        assert (beside._process is not None) == is_needed
        process = beside._process
    assert process is None or process.returncode is not None, "it does not outlive its context"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_an_interruption_is_not_its_own_and_the_end_of_its_input_is() -> None:
    """At Ctrl-C the terminal interrupts both processes; the second one says nothing, and ends when the first one does."""
    with Drawing(["html"]) as beside:
        assert beside._process is not None
        command = beside._process.args
    assert isinstance(command, list)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == (b"", b"")
    assert process.returncode == 0


def test_no_module_of_the_folder_it_is_started_in_is_run(
    story: Story, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of exports is no place for programs."""
    for name in ("json", "signal", "altair", "cxaudit"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place])
    monkeypatch.setattr("cxaudit.render.report.charts.draw", _nothing_here)
    with Drawing(["html"]) as beside:
        beside.begin(charts_of(story))
        assert page_of(story, beside.draw) == expected
    assert not (tmp_path / "ran").exists()
