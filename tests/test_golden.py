"""Every sample in every format, whole: what scripts and people get, byte by byte, as of one moment.

`pytest tests/test_golden.py --update-golden` writes the files anew; the difference is then for a person to read.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from outside import AS_OF, SAMPLES, run

GOLDEN = Path(__file__).parent / "golden"
ENDINGS = {"table": "txt", "csv": "csv", "tsv": "tsv", "json": "json", "jsonl": "jsonl", "markdown": "md"}
#: name -> files and options
INPUTS = {
    "all": [SAMPLES],
    "october": [SAMPLES, "--period", "2025-10"],
    **{path.stem: [path] for path in sorted(SAMPLES.iterdir())},
}
#: The releases of packages and the text of the standards file may change without a change of what is shown.
UNSTEADY = re.compile(rb'("(?:cxaudit|polars|holidays|tzdata|sha256)": ")[^"]*')


def compare(path: Path, found: bytes, *, update: bool) -> None:
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(found)
    assert path.is_file(), f"{path} is missing: run pytest --update-golden"
    # As text, so that a difference is shown line by line.
    assert found.decode("utf-8") == path.read_bytes().decode("utf-8")


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("command", ["check", "records"])
def test_the_whole_output(command: str, form: str, name: str, request: pytest.FixtureRequest) -> None:
    """The same input gives the same bytes."""
    found = run(command, *INPUTS[name], *AS_OF, "--format", form)
    assert found.code == 0
    update = request.config.getoption("--update-golden")
    steady = UNSTEADY.sub(rb"\1...", found.out)
    compare(GOLDEN / command / f"{name}.{ENDINGS[form]}", steady, update=update)


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("command", ["check", "records"])
def test_what_is_said_about_the_run(command: str, name: str, request: pytest.FixtureRequest) -> None:
    """Standard error tells what became of every row, in the same words each time."""
    found = run(command, *INPUTS[name], *AS_OF)
    update = request.config.getoption("--update-golden")
    compare(GOLDEN / command / f"{name}.said.txt", found.err.encode(), update=update)


def test_no_golden_file_is_left_over() -> None:
    """Each golden file belongs to an output that is compared."""
    endings = [*ENDINGS.values(), "said.txt"]
    expected = {
        GOLDEN / command / f"{name}.{end}" for command in ("check", "records") for name in INPUTS for end in endings
    }
    assert {
        path for path in GOLDEN.rglob("*") if path.is_file() and path.parent.name in ("check", "records")
    } == expected
