"""The report on paper: a tagged PDF that a screen reader can read, the same bytes each time."""

from __future__ import annotations

import io
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from months import a_year, report_of
from outside import TOP, clean_environment

from cxaudit.render.report.compose import compose
from cxaudit.render.report.paged import pdf_of
from cxaudit.render.report.story import Chart, Column, Commands, Points, Section, Story, Table, Text

pikepdf = pytest.importorskip("pikepdf", reason="reads the PDF back: pip install 'cxaudit[test]'")
pytest.importorskip("typst", reason="makes the PDF: pip install 'cxaudit[pdf]'")


@pytest.fixture(scope="module")
def story() -> Story:
    return compose(report_of(stored=a_year()))


@pytest.fixture(scope="module")
def pdf(story: Story) -> bytes:
    return pdf_of(story)


@pytest.fixture(scope="module")
def opened(pdf: bytes) -> Any:
    return pikepdf.open(io.BytesIO(pdf))


def elements(node: Any) -> Iterator[Any]:
    """Every element of the tree that a screen reader follows."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from elements(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        yield from elements(node.get("/K", pikepdf.Array()))


def test_it_says_that_it_is_accessible(opened: Any) -> None:
    """PDF/UA-1: tagged, with its language, and its title where a window shows it."""
    with opened.open_metadata() as metadata:
        assert metadata.get("pdfuaid:part") == "1"
        assert metadata.get("dc:title") == "Response times, October 2025 – City of Spruce Grove"
    assert (str(opened.Root.Lang), bool(opened.Root.MarkInfo.Marked)) == ("en-CA", True)
    assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)


def test_its_tags_are_those_of_the_page(opened: Any, story: Story) -> None:
    """One heading of the first level, headers for every table, and words for every picture."""
    found = list(elements(opened.Root.StructTreeRoot.K))
    tags = Counter(str(one.S) for one in found)
    blocks = [block for section in (story.promise, *story.sections) for block in section.in_order]
    tables = [block for block in blocks if isinstance(block, Table)]
    charts = [block for block in blocks if isinstance(block, Chart)]
    assert (tags["/H1"], tags["/H2"], tags["/H3"]) == (1, 1 + len(story.sections), len(story.glances))
    assert (tags["/Table"], tags["/THead"]) == (len(tables), len(tables))
    assert tags["/TH"] == sum(len(table.columns) for table in tables)
    assert tags["/TD"] == sum(len(table.columns) * len(table.rows) for table in tables)
    alternatives = [str(one.Alt) for one in found if str(one.S) == "/Figure"]
    assert alternatives == [f"{chart.title}. {chart.description}" for chart in charts]


@pytest.mark.parametrize("before", ["table", "list"])
def test_commands_stay_with_what_they_belong_to(story: Story, before: str) -> None:
    """However much stands above, no page begins with the command for the table or list at the end of the one before."""
    table = Table("one", "One", (Column("A"), Column("B")), (("x", "y"),) * 3)
    shown = table if before == "table" else Points(("x", "y", "z"))
    commands = Commands(("cxaudit records", "cxaudit check"))
    for n in range(12, 28):
        section = Section("annex", "Annex", (*(Text(f"Line {i}.") for i in range(n)), shown, commands))
        opened = pikepdf.open(io.BytesIO(pdf_of(replace(story, sections=(section,), glances=story.glances[:1]))))
        found = list(elements(opened.Root.StructTreeRoot.K))
        last = [one for one in found if str(one.S) == ("/TD" if before == "table" else "/LBody")][-1]
        assert {page_of(one) for one in found if str(one.S) == "/Code"} == {page_of(last)}, n


def page_of(one: Any) -> int:
    """The page on which an element stands."""
    pages = [part.Pg.objgen for part in (one, *parts_of(one)) if isinstance(part, pikepdf.Dictionary) and "/Pg" in part]
    return int(pages[0][0])


def parts_of(one: Any) -> Iterator[Any]:
    """All that is in an element."""
    kids = one.get("/K", pikepdf.Array()) if isinstance(one, pikepdf.Dictionary) else pikepdf.Array()
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        yield kid
        yield from parts_of(kid)


def test_its_letters_are_embedded(opened: Any) -> None:
    """Every machine shows the same letters, and none is Typst's own serif."""
    fonts = {str(one.BaseFont).partition("+")[2]: one for one in opened.objects if is_font(one)}
    assert set(fonts) == {"SourceSansPro-Regular", "SourceSansPro-Semibold", "DejaVuSansMono"}
    for font in fonts.values():
        assert "/FontFile2" in font.FontDescriptor


def is_font(one: Any) -> bool:
    return isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font" and "/FontDescriptor" in one


def test_its_text_can_be_searched(opened: Any) -> None:
    """Each font tells which letters its shapes are."""
    assert all("/ToUnicode" in one for one in opened.objects if isinstance(one, pikepdf.Dictionary)
               and one.get("/Subtype") == "/Type0")  # fmt: skip


def test_it_is_letter_paper(opened: Any) -> None:
    """612 by 792 points."""
    assert {tuple(float(x) for x in page.MediaBox) for page in opened.pages} == {(0.0, 0.0, 612.0, 792.0)}


def test_the_same_report_gives_the_same_bytes(pdf: bytes, story: Story) -> None:
    """No clock and no chance in it."""
    assert pdf_of(story) == pdf


def test_mark_up_in_a_name_is_a_name() -> None:
    """What Typst would read as code is text: it comes in as data."""
    report = report_of()
    evil = '#panic("x") $ [ ] *'
    rows = tuple(
        type(row)(**{**row.__dict__, "label": {"department": evil}}) if i == 0 else row
        for i, row in enumerate(report.departments)
    )
    changed = type(report)(**{**report.__dict__, "departments": rows})
    assert pdf_of(compose(changed)).startswith(b"%PDF")


def test_without_the_extra_it_says_how_to_get_it() -> None:
    """A word instead of a traceback."""
    code = (
        "import sys; sys.modules['typst'] = None\n"
        "from cxaudit.render.report.paged import require_pdf\n"
        "from cxaudit.errors import UsageError\n"
        "try:\n    require_pdf()\nexcept UsageError as error:\n    print(error)"
    )
    environment = clean_environment({"PYTHONPATH": str(TOP / "src")})
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert "pip install 'cxaudit[pdf]'" in done.stdout
