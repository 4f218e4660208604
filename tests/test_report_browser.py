"""The report in a browser: nothing for axe to find (WCAG 2.2 AA) on a desk, a phone and paper; nothing loaded, nothing cut off.

Needs Chromium, which `.ci/run` installs from Debian; elsewhere `CXAUDIT_CHROMIUM` may name it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from months import a_year, report_of
from outside import AS_OF, SAMPLES, TOP, run

from cxaudit.render.report.compose import compose
from cxaudit.render.report.page import page_of

CHROMIUM = os.environ.get("CXAUDIT_CHROMIUM") or next(
    (found for name in ("chromium", "chromium-browser", "google-chrome", "chrome") if (found := shutil.which(name))),
    None,
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium")

#: name -> width and height of the window in pixels, and the medium
SIZES: dict[str, tuple[int, int, Any]] = {
    "desktop": (1280, 900, "screen"),
    "phone": (390, 844, "screen"),
    "letter paper": (700, 960, "print"),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A full report, one about people, and one with nothing in it."""
    folder = tmp_path_factory.mktemp("pages")
    empty = folder / "empty.csv"
    empty.write_text("case_id,channel,received_at,replied_at\n1,email,2025-09-01 09:00,\n", "utf-8")
    full = report_of(stored=a_year())
    chart = full.runs[0]
    worse = replace(chart.points[-1], is_whole=True, signals=("below_limits", "run_below", "two_of_three_low"))
    reports = {
        "full": full,
        "worse": replace(full, runs=(replace(chart, points=(*chart.points[:-1], worse)), *full.runs[1:])),
        "people": report_of(with_employees=True),
        "empty": report_of(empty),
        "targets": report_of(stored=a_year(), as_of="2025-11-10", standards=_with_targets(folder / "town.yaml")),
    }
    for name, report in reports.items():
        (folder / f"{name}.html").write_text(page_of(compose(report)), "utf-8")
    return {name: folder / f"{name}.html" for name in reports}


def _with_targets(file: Path) -> Path:
    """The standards with a target and a department's own promise, which make the promise table wider and longer."""
    text = (TOP / "standards.yaml").read_text("utf-8")
    text = text.replace("within: 2 business days}", "within: 2 business days, target: 90%}")
    text = text.replace("\n    # departments:", "\n    departments: {Utilities: {email: 1 business day}}\n    #", 1)
    file.write_text(text, "utf-8")
    return file


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        started = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield started
        started.close()


def opened(browser: Any, page: Path, size: str) -> Any:
    width, height, medium = SIZES[size]
    # axe is brought into the page from outside, past the page's own policy.
    context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True, offline=True)
    tab = context.new_page()
    tab.goto(page.as_uri())
    tab.emulate_media(media=medium)
    return tab


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["full", "people", "empty"])
def test_axe_finds_nothing(browser: Any, pages: dict[str, Path], name: str, size: str) -> None:
    """WCAG 2.2 level AA, and axe's own best practices."""
    tab = opened(browser, pages[name], size)
    assert violations(tab) == []


def violations(tab: Any) -> list[str]:
    """What axe finds in a page."""
    tab.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = tab.evaluate("tags => axe.run({runOnly: tags})", tags)
    assert len(found["passes"]) > 15
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("size", SIZES)
def test_the_page_is_as_wide_as_its_window(browser: Any, pages: dict[str, Path], size: str) -> None:
    """Nobody scrolls sideways to read a sentence; only wide tables do, within themselves. On paper nothing is cut off."""
    tab = opened(browser, pages["full"], size)
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert tab.evaluate(width) <= 0
    if size == "letter paper":
        cut = "[...document.querySelectorAll('.scroll')].filter(x => x.scrollWidth > x.clientWidth + 1).map(x => x.innerText)"
        assert tab.evaluate(cut) == []


def test_on_a_phone_the_promise_stands_row_under_row(browser: Any, pages: dict[str, Path]) -> None:
    """Late and unanswered are seen without scrolling sideways, each beside its heading; it is a table all the same."""
    tab = opened(browser, pages["full"], "phone")
    wide = "[...document.querySelectorAll('.scroll:has(.stacks)')].filter(x => x.scrollWidth > x.clientWidth)"
    assert tab.evaluate(f"{wide}.length") == 0
    cell = tab.locator("#promise-table-caption ~ tbody td[data-heading=Unanswered]").first
    assert cell.evaluate("x => x.getBoundingClientRect().right <= innerWidth")
    assert cell.evaluate("x => getComputedStyle(x, '::before').content") == '"Unanswered"'
    table = tab.get_by_role("table", name="Requests by channel")
    assert table.get_by_role("columnheader", name="Unanswered").count() == 1
    desk = opened(browser, pages["full"], "desktop")
    assert desk.evaluate("getComputedStyle(document.querySelector('.stacks td')).display") == "table-cell"


def test_the_policy_lets_the_style_through_and_nothing_else(browser: Any, pages: dict[str, Path]) -> None:
    """The page looks as it should under its own policy, asks the network for nothing, and has nothing to complain of."""
    context = browser.new_context()
    tab = context.new_page()
    said, asked = [], []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(pages["full"].as_uri())
    assert tab.evaluate("getComputedStyle(document.querySelector('.answer')).borderLeftWidth") == "5px"
    assert (said, asked) == ([], [pages["full"].as_uri()])


#: How wide some words are in the page's font; in Arial, and in the fonts of most systems, 678 pixels, or little more.
WORDS_WIDTH = """() => {
  const drawn = document.createElement('canvas').getContext('2d');
  drawn.font = `100px ${getComputedStyle(document.body).fontFamily}`;
  return drawn.measureText('response times').width;
}"""
#: The height of letter paper less its margins, in pixels of 1/96 inch.
SHEET = 11 * 96 - 32 / 25.4 * 96


@pytest.mark.parametrize(("size", "height"), [("desktop", 900), ("letter paper", SHEET)])
@pytest.mark.parametrize("name", ["full", "targets"])
def test_the_first_screen_answers(browser: Any, pages: dict[str, Path], name: str, size: str, height: float) -> None:
    """Without scrolling, and on the first sheet: the answer, the promise, what changed, what to do, how firm the figure is.

    With a target, a department's own promise and exports that end early, too.
    """
    tab = opened(browser, pages[name], size)
    if tab.evaluate(WORDS_WIDTH) > 720:
        pytest.skip("no font as wide as Arial on this machine: apt-get install fonts-liberation")
    bottoms = {
        one: tab.evaluate("id => document.getElementById(id).parentElement.getBoundingClientRect().bottom", one)
        for one in ("promise", "firm", "changed", "today")
    }
    assert max(bottoms.values()) < height, bottoms


def test_the_page_works_by_keyboard(browser: Any, pages: dict[str, Path]) -> None:
    """The first stop of the keyboard leads to the report, past everything else."""
    tab = opened(browser, pages["full"], "phone")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.getAttribute('href')") == "#main"
    assert tab.evaluate("document.activeElement.getBoundingClientRect().left") >= 0


def test_much_to_say_of_a_month_leaves_the_run_chart_its_place(browser: Any, pages: dict[str, Path]) -> None:
    """The chart is needed most where several rules say something."""
    tab = opened(browser, pages["worse"], "desktop")
    assert "two of three months close to the lower limit" in tab.content()
    assert tab.evaluate("document.querySelector('.pair svg').getBoundingClientRect().width") > 500


@pytest.mark.parametrize("command", ["check", "records"])
def test_axe_finds_nothing_in_the_pages_of_other_commands(browser: Any, tmp_path: Path, command: str) -> None:
    """`check` and `records` write pages too."""
    page = tmp_path / f"{command}.html"
    assert run(command, SAMPLES, *AS_OF, "-o", page).code == 0
    tab = opened(browser, page, "desktop")
    assert violations(tab) == []


@pytest.mark.parametrize("size", SIZES)
def test_the_months_of_a_trend_are_drawn_for_all(browser: Any, tmp_path: Path, size: str) -> None:
    """Charts as wide as the window at most, side by side where there is room, and nothing for axe to find."""
    days = [f"2025-{month:02}-{day:02}" for month in (6, 7, 8) for day in range(2, 16)]
    rows = (f"{n},{('email', 'portal')[n % 2]},{day} 10:00,{day} 11:00\n" for n, day in enumerate(days * 2))
    (tmp_path / "log.csv").write_text("case_id,channel,received_at,replied_at\n" + "".join(rows))
    for month in ("2025-06", "2025-07", "2025-08"):
        run("report", "log.csv", "--period", month, "--out", "reports", "--formats", "csv", "-q", *AS_OF, cwd=tmp_path)
    page = tmp_path / "trend.html"
    assert run("trend", "reports", "--by", "channel", "-o", page, cwd=tmp_path).code == 0
    tab = opened(browser, page, size)
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    places = tab.evaluate("[...document.querySelectorAll('figure')].map(one => one.getBoundingClientRect().left)")
    assert len(set(places)) == (1 if size == "phone" else 2)
