"""The guard of speed notices what has become 30 % slower, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from guard import ALL, KEPT, LIMIT, SMALL, TRIES, Proportion, fastest, slower, watch
from measure import Contestant
from outside import TOP

ROWS = Proportion("rows", "check", "read", start="check few", its_start="read few")
SECONDS = {"check": 1.3, "check few": 0.7, "read": 1.0, "read few": 0.2}
KEPT_ROWS = {"rows": ROWS.of(SECONDS)}
#: Ends every cxaudit process 40 % later, in processor time, and no other process.
SLOWER_BY_TWO_FIFTHS = """
import atexit, sys, time
def burn():
    end = 1.4 * time.process_time()
    while sys.argv[0].endswith("cxaudit") and time.process_time() < end:
        pass
atexit.register(burn)
"""


def a_run(**changed: float) -> dict[str, float]:
    return {**SECONDS, **{name.replace("_", " "): seconds for name, seconds in changed.items()}}


def seen(*runs: Mapping[str, float]) -> tuple[list[str], int]:
    """What the guard says of these measurements, and how many of them it asked for."""
    left = iter(runs)
    found = watch(lambda: next(left), [ROWS], KEPT_ROWS)
    return list(slower(found, KEPT_ROWS)), len(runs) - len(list(left))


def test_what_all_runs_share_is_taken_off() -> None:
    """Thirty percent more time for the rows shows as a third more, however long the program takes to start."""
    assert ROWS.of(SECONDS) == pytest.approx(0.6 / 0.8)
    (complaint,), _ = seen(*[a_run(check=0.7 + 0.6 * 1.31)] * TRIES)
    assert "1.31 times what is kept (0.75)" in complaint
    assert seen(a_run(check=0.7 + 0.6 * 1.15)) == ([], 1)


def test_a_slower_machine_is_no_regression() -> None:
    """All times doubled are the same proportion."""
    assert seen({name: 2 * seconds for name, seconds in SECONDS.items()}) == ([], 1)


def test_what_was_slow_once_is_measured_again() -> None:
    """A disturbance makes one run slow; what is slow each time has become slower."""
    assert seen(a_run(check=3.0), a_run()) == ([], 2)
    complaints, asked = seen(*[a_run(check=3.0)] * (TRIES + 1))
    assert len(complaints) == 1 and asked == TRIES


def test_nothing_kept_is_no_pass() -> None:
    """A new proportion is not let through before somebody has kept it."""
    assert [complaint[:30] for complaint in slower({"rows": 1.0}, {})] == ["rows: nothing is kept to compa"]


def test_every_proportion_is_kept() -> None:
    """The small form is part of the whole, and the file has all of them and no others."""
    assert set(SMALL) < set(ALL)
    assert list(json.loads(KEPT.read_text("utf-8"))) == [proportion.name for proportion in ALL]


def loops() -> Iterator[Contestant]:
    for name, times in (("work", 6_000_000), ("slowed work", 9_600_000), ("yardstick", 6_000_000)):
        yield Contestant(name, (sys.executable, "-c", f"for _ in range({times}): pass"))


def test_processes_are_measured() -> None:
    """A loop of 1.6 times the length is noticed, the same loop is not."""
    seconds = fastest(list(loops()), 3)
    found = {name: Proportion(name, name, "yardstick").of(seconds) for name in ("work", "slowed work")}
    assert [complaint.partition(":")[0] for complaint in slower(found, {"work": 1.0, "slowed work": 1.0})] == [
        "slowed work"
    ]
    assert found["work"] < LIMIT


@pytest.mark.size
def test_a_slowed_program_is_noticed(tmp_path: Path) -> None:
    """Every run of cxaudit takes 40 % more: the guard says so of start-up and rows, and exits 1."""
    (tmp_path / "sitecustomize.py").write_text(SLOWER_BY_TWO_FIFTHS)
    paths = os.pathsep.join([str(tmp_path), str(TOP / "src")])
    command = [sys.executable, str(TOP / "benchmarks/guard.py"), "--small"]
    guard = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )
    assert guard.returncode == 1
    assert [name for name in (one.name for one in SMALL) if f"guard: {name}: " in guard.stderr] == [
        one.name for one in SMALL
    ]
