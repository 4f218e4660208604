"""docs/example-report/ is the whole report of the samples, as the program writes it today.

Where the packages that count and draw are the ones it was made with, byte by byte; with others, by what it says: their
versions, the drawing of charts and the bytes of a workbook may differ, a figure or a word may not.

`pytest tests/test_example_report.py --update-golden` writes it anew; the difference is then for a person to look at.
"""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from outside import TOP, start

FOLDER = Path("docs", "example-report")
KEPT = TOP / FOLDER / "2025-10"
COMMAND = (
    "report", "samples", "--period", "2025-10", "--as-of", "2025-10-31 17:00", "--formats", "html,pdf,xlsx,md,json,csv",
    "--out", FOLDER.as_posix(), "-q",
)  # fmt: skip
PACKAGES = r"cxaudit|polars|holidays|tzdata|xlsxwriter|jinja2|altair|vl-convert-python|typst"
#: A version beside the name of its package, and whatever follows from the bytes of a file.
UNSTEADY = re.compile(rf'((?:{PACKAGES})(?:"?: "|<[^>]*>|[ `*|])+)\d+\.[\w.]+|(?<="sha256": ")\w+|(?<="bytes": )\d+')
CHART = re.compile(r"<svg.*?</svg>", re.DOTALL)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report, made in a copy of the project's top."""
    folder = tmp_path_factory.mktemp("top")
    shutil.copytree(TOP / "samples", folder / "samples")
    shutil.copy(TOP / "standards.yaml", folder)
    (folder / "docs").mkdir()
    pytest.importorskip("typst", reason="the example has a PDF")
    done = start(*COMMAND, cwd=folder)
    assert (done.code, done.out, done.err) == (0, b"", "")
    return folder / FOLDER / "2025-10"


def test_the_example_is_current(made: Path, request: pytest.FixtureRequest) -> None:
    """Every file of it."""
    if request.config.getoption("--update-golden"):
        shutil.rmtree(KEPT, ignore_errors=True)
        shutil.copytree(made, KEPT)
    assert {path.name for path in KEPT.iterdir()} == {path.name for path in made.iterdir()}
    if packages(KEPT) == packages(made):
        assert [path.name for path in made.iterdir() if path.read_bytes() != (KEPT / path.name).read_bytes()] == []
    for path in sorted(made.iterdir()):
        assert said_by(path) == said_by(KEPT / path.name), path.name


def test_the_example_is_small() -> None:
    """It is a part of every copy of the project."""
    assert sum(path.stat().st_size for path in KEPT.iterdir()) < 1_500_000


def packages(folder: Path) -> Any:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    return manifest["versions"], manifest["renderers"]


def said_by(path: Path) -> Any:
    """What a file says, whatever packages wrote it."""
    match path.suffix:
        case ".xlsx":
            book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
            return {sheet.title: [[cell.value for cell in row] for row in sheet] for sheet in book}
        case ".parquet":
            return pl.read_parquet(path).to_dicts()
        case ".pdf":
            return path.read_bytes()[:5]
    return UNSTEADY.sub(r"\1…", CHART.sub("", path.read_text("utf-8")))
