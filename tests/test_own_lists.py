"""What cxaudit itself wrote and what lies among the exports: a request is never counted once more for being listed."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
import xlsxwriter
from outside import AS_OF, SAMPLES, run

#: What a user may have had written beside the exports: the command, and the file that it leaves.
WRITTEN = [
    ("records {exports} -o {file}", "today.csv"),
    ("records {exports} -o {file}", "today.tsv"),
    ("records {exports} -o {file}", "today.xlsx"),
    ("records {exports} --show-employees --no-escape -o {file}", "all.csv"),
    ("check {exports} --rejects {file}", "rejects.csv"),
    ("check {exports} --rejects {file} --reject-cells", "cells.csv"),
    ("check {exports} -o {file}", "table.csv"),
    ("check {exports} --by month,department -o {file}", "table.xlsx"),
    ("check {exports} --compare -o {file}", "compared.csv"),
    ("volume {exports} -o {file}", "volume.csv"),
    ("tally {exports} -o {file}", "part.parquet"),
    ("standards diff built-in built-in {exports} -o {file}", "changes.csv"),
    ("standards show -o {file}", "promises.csv"),
    ("sources -o {file}", "sources.csv"),
    ("calendar 2025 -o {file}", "closed.csv"),
    ("due --channel our_city --received 2025-10-10 -o {file}", "due.csv"),
]


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLES, tmp_path / "exports"))


@pytest.mark.parametrize(("command", "name"), WRITTEN)
def test_a_list_among_the_exports_is_left_aside(exports: Path, command: str, name: str) -> None:
    """It is named, the figures stay, and the next run may write it once more."""
    before = run("check", exports, *AS_OF)
    words = [*command.format(exports=exports, file=exports / name).split(), *(AS_OF if "{exports}" in command else ())]
    assert run(*words).code == 0
    after = run("check", exports, *AS_OF)
    assert (after.code, after.out) == (0, before.out)
    assert f"own_list (1): a list that cxaudit itself wrote is no export; it was left aside\n  {name}" in after.err
    assert run(*words).code == 0


def test_a_report_among_the_exports_is_left_aside(exports: Path) -> None:
    """Its lists, its workbook and its tally, and those of a trend; and it may be made again."""
    before = run("check", exports, *AS_OF)
    report = ("report", exports, *AS_OF, "--period", "2025-10", "--out", exports / "reports", "--formats", "csv,xlsx")
    assert run(*report).code == 0
    for name in ("trend.csv", "trend.xlsx"):
        assert run("trend", exports / "reports", "-o", exports / name).code == 0
    manifest = exports / "reports" / "2025-10" / "manifest.json"
    assert run("verify", manifest, SAMPLES, "-o", exports / "checked.csv").code == 0
    for file in ("trend.csv", "trend.xlsx", "checked.csv"):  # what others wrote beside it is told by the report as well
        (exports / file).rename(exports.parent / file)
    assert run("verify", manifest, exports).code == 0, "the report itself is no export of it"
    content = {one.name: one.read_bytes() for one in manifest.parent.iterdir()}
    assert run(*report).code == 0
    assert {one.name: one.read_bytes() for one in manifest.parent.iterdir()} == content
    for file in ("trend.csv", "trend.xlsx", "checked.csv"):
        (exports.parent / file).rename(exports / file)
    after = run("check", exports, *AS_OF)
    assert (after.out, "own_list (7)" in after.err) == (before.out, True)
    assert run(*report).code == 0


def test_a_sheet_that_is_a_list_does_not_hide_the_export_beside_it(tmp_path: Path) -> None:
    """A workbook with the export and a pasted result: the export counts."""
    listed = run("records", SAMPLES / "portal.csv", *AS_OF, "-o", "-", "--format", "csv")
    book = xlsxwriter.Workbook(tmp_path / "both.xlsx")
    for name, text in (
        ("Export", (SAMPLES / "portal.csv").read_text("utf-8-sig")),
        ("Result", listed.text.removeprefix("\ufeff")),
    ):
        sheet = book.add_worksheet(name)
        for i, line in enumerate(csv.reader(text.splitlines())):
            sheet.write_row(i, 0, line)
    book.close()
    found = run("check", tmp_path / "both.xlsx", SAMPLES / "our_city.csv", *AS_OF)
    assert found.rows[-1]["requests"] == "90"
    assert "sheet_not_recognised" in found.err


def test_inspect_says_so(exports: Path) -> None:
    run("records", exports, *AS_OF, "-o", exports / "today.csv")
    shown = run("inspect", exports, "--format", "table")
    assert "today.csv · left aside" in shown.text
    assert "would count twice" in shown.text
    assert run("inspect", exports / "portal.csv", exports / "today.csv", "--strict", *AS_OF).code == 0


def test_a_list_alone_is_read(exports: Path, tmp_path: Path) -> None:
    """Lists of two departments, say, put together again; and one beside exports where the user says what it is."""
    one, two, portal = tmp_path / "one.csv", tmp_path / "two.csv", exports / "portal.csv"
    for file, name in ((one, "email.csv"), (two, "our_city.csv")):
        assert run("records", exports / name, *AS_OF, "-o", file).code == 0
    together = run("check", one, two, *AS_OF)
    assert together.rows[-1]["requests"] == "140"
    forced = run("check", one, portal, "--source", "generic", *AS_OF)
    assert (forced.rows[-1]["requests"], "own_list" in forced.err) == ("170", False)
