"""Progress is for a person who waits at a terminal; a scheduler's mail and a quiet run have none."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from outside import TOP, clean_environment, run

CODE = """\
import sys, time
from cxaudit.commands import progress
progress.PATIENCE = 0.05
with progress.Progress(3, is_quiet='-q' in sys.argv) as step:
    step("Reading")
    time.sleep(0.05)
    step("Judging [x]")
    time.sleep(float(sys.argv[1]))
print("done", file=sys.stderr)
"""


def at_a_terminal(*arguments: str) -> str:
    """What a person sees on standard error."""
    ours, theirs = pty.openpty()
    environment = clean_environment({"PYTHONPATH": str(TOP / "src"), "TERM": "xterm", "COLUMNS": "80"})
    subprocess.run([sys.executable, "-c", CODE, *arguments], stderr=theirs, env=environment, check=True)
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    os.close(ours)
    return seen.decode()


def test_a_long_run_shows_its_steps() -> None:
    """The step by its name, how many there are, how long it has taken; at the end the line is wiped out."""
    seen = at_a_terminal("0.6")
    assert "Judging [x]" in seen
    assert "1/3" in seen
    assert seen.endswith("done\r\n")
    assert "\x1b[2K" in seen


@pytest.mark.parametrize("arguments", [("0",), ("0.3", "-q")])
def test_a_short_or_a_quiet_run_shows_nothing(arguments: tuple[str, ...]) -> None:
    """Nor does it load what would draw it."""
    assert at_a_terminal(*arguments) == "done\r\n"


def test_a_pipe_sees_nothing_of_it(tmp_path: Path) -> None:
    """Standard error into a file holds words only."""
    (tmp_path / "log.csv").write_text(
        "case_id,channel,received_at,replied_at\n1,email,2025-10-01 10:00,2025-10-02 10:00\n"
    )
    assert "\x1b" not in run("check", "log.csv", "--as-of", "2025-10-31", cwd=tmp_path).err
