"""Workbooks and pages of `check` and `records`: the figures of the other formats, nothing that can be run, equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from outside import AS_OF, SAMPLES, run
from python_calamine import CalamineWorkbook

HEADER = "case_id,channel,department,received_at,replied_at\n"
NASTY = (
    '00417,email,"=HYPERLINK(""http://evil.example"",""x"")",2025-10-01 10:00,2025-10-02 10:00\n'
    "=1+1,email,@SUM(A1),2025-10-01 10:00,\n"
    "20251100000012345678,email,<b>R&D</b>,2025-10-01,2025-10-09\n"
    '4,email,"http://evil.example/x",2025-10-01 10:00,2025-10-02 10:00\n'
    f"5,email,{'x' * 40_000},2025-10-01 10:00,2025-10-02 10:00\n"
)


def workbook(*arguments: object, cwd: Path | None = None) -> tuple[bytes, Any]:
    """What a command writes as xlsx, and the same read by another library."""
    found = run(*map(str, arguments), "--format", "xlsx", **({"cwd": cwd} if cwd else {}))
    assert found.code == 0, found.err
    return found.out, openpyxl.load_workbook(io.BytesIO(found.out))


@pytest.fixture
def nasty(tmp_path: Path) -> Path:
    (tmp_path / "log.csv").write_text(HEADER + NASTY)
    return tmp_path


def test_the_workbook_of_check_has_the_figures_of_the_table() -> None:
    """A cover with the contents, one real table per sheet, notes; every figure a number."""
    _, book = workbook("check", SAMPLES, *AS_OF)
    assert book.sheetnames == ["Cover", "Compliance", "Files", "Notes"]
    sheet = book["Compliance"]
    (table,) = sheet.tables.values()
    rows = [[cell.value for cell in row] for row in sheet[table.ref]]
    assert rows[0][:4] == ["Channel", "Promise", "Requests", "Met"]
    assert rows[1][:4] == ["Voice mail", "1 business day", 90, 78]
    share = rows[0].index("Compliance, %")
    assert [row[share] for row in rows[1:]] == [90.7, 97.1, 70.0, 100.0, 94.7, 93.2]
    assert table.autoFilter is None
    assert sheet.freeze_panes is None
    assert "Compliance: Requests and how many were answered in time" in [row[0].value for row in book["Cover"]]


def test_nothing_judged_is_not_zero(tmp_path: Path) -> None:
    """What is not available says so in square brackets, and the notes say what that means."""
    (tmp_path / "log.csv").write_text(HEADER + "1,email,Roads,2025-10-30 10:00,\n")
    found = run("check", "log.csv", "--as-of", "2025-10-30", "--format", "xlsx", cwd=tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(found.out))
    assert "[x]" in [cell.value for row in book["Compliance"] for cell in row]
    assert "[x]" in [row[0].value for row in book["Notes"]]


def test_the_working_sheet_can_be_filtered_and_keeps_its_ids(nasty: Path) -> None:
    """Ids with leading zeros or twenty digits are text; times are times; the header stays in sight."""
    _, book = workbook("records", "log.csv", "--as-of", "2025-10-31", cwd=nasty)
    sheet = book["Requests"]
    (table,) = sheet.tables.values()
    assert table.autoFilter is not None
    assert sheet.freeze_panes == "B3"
    cells = {cell.value: cell for cell in sheet["A"]}
    for case in ("00417", "20251100000012345678"):
        assert cells[case].data_type == "s"
    received = [cell.value for cell in sheet["D"]][2:]
    assert str(received[0]) == "2025-10-01 10:00:00"
    titles = [cell.value for cell in sheet[2]]
    assert [row[titles.index("Row")].value for row in sheet.iter_rows(min_row=3)] == [2, 3, 4, 5, 6]


def test_nothing_in_a_workbook_can_be_run_or_followed(nasty: Path) -> None:
    """No formula, no link; text that looks like one is neutralised; a text too long for a cell says that it was cut."""
    data, book = workbook("records", "log.csv", "--as-of", "2025-10-31", cwd=nasty)
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert "'=1+1" in texts
    assert "'@SUM(A1)" in texts
    assert any(len(text) == 32_767 and text.endswith("holds 32,767 characters]") for text in texts)
    parts = zipfile.ZipFile(io.BytesIO(data))
    assert not [
        name for name in parts.namelist() if re.search("vba|external|hyperlink|connections", name, re.IGNORECASE)
    ]
    assert not [name for name in parts.namelist() if b"<f>" in parts.read(name) or b"<hyperlink" in parts.read(name)]


@pytest.mark.parametrize("form", ["xlsx", "html"])
@pytest.mark.parametrize("command", ["check", "records"])
def test_the_same_input_gives_the_same_bytes(command: str, form: str) -> None:
    """No time of writing, no random name."""
    first, second = (run(command, SAMPLES, *AS_OF, "--format", form).out for _ in range(2))
    assert first == second


@pytest.mark.parametrize("command", ["check", "records"])
def test_another_library_reads_it(command: str, tmp_path: Path) -> None:
    """calamine, which reads what people send us, reads what we send them."""
    run(command, SAMPLES, *AS_OF, "-q", "-o", tmp_path / "out.xlsx")
    sheets = {sheet.name: CalamineWorkbook.from_path(tmp_path / "out.xlsx").get_sheet_by_name(sheet.name)
              for sheet in CalamineWorkbook.from_path(tmp_path / "out.xlsx").sheets_metadata}  # fmt: skip
    name, height = ("Compliance", 8) if command == "check" else ("Requests", 317)
    assert sheets[name].height == height


def test_readings_have_a_workbook_and_a_page() -> None:
    """`check --readings` in both."""
    _, book = workbook("check", SAMPLES, *AS_OF, "--readings")
    assert [cell.value for cell in book["Readings"]["A"]][4:6] == ["declared", "excel_workday"]
    assert "next_opening_same_time" in run("check", SAMPLES, *AS_OF, "--readings", "--format", "html").text


class Page(HTMLParser):
    """What tags and texts a page has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {name for name, _ in attrs} & {"src", "onclick", "style"}

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def test_a_page_runs_nothing_and_loads_nothing(nasty: Path) -> None:
    """No script, no link, no picture; what a case holds is text; the policy of the page forbids the rest."""
    text = run("records", "log.csv", "--as-of", "2025-10-31", "--format", "html", cwd=nasty).text
    page = Page(text)
    assert not {"script", "a", "img", "link", "iframe", "b"} & set(page.tags)
    assert "<b>R&D</b>" in page.texts
    assert "default-src 'none'" in text
    assert '<html lang="en-CA">' in text


def test_a_page_has_the_figures_of_the_table() -> None:
    """The same words and shares as in a terminal."""
    page = Page(run("check", SAMPLES, *AS_OF, "--format", "html").text)
    assert {"Voice mail", "90.7 %", "100 %", "93.2 %"} <= set(page.texts)


def test_a_workbook_is_not_for_a_terminal() -> None:
    """Bytes of a zip would only ring its bell."""
    refused = run("check", SAMPLES, *AS_OF, "--format", "xlsx", terminal=100)
    assert refused.code == 2
    assert "-o NAME.xlsx" in refused.text
