"""Runs cxaudit as its users do: a command line in; an exit code, standard output and standard error out.

`run` stays in this process, which is quick; `start` is for what only a process of its own can show.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxaudit.cli import main

TOP = Path(__file__).parents[1]
SAMPLES = TOP / "samples"
AS_OF = ("--as-of", "2025-10-31 17:00")
COMMAND = (sys.executable, "-m", "cxaudit")
#: What the environment of whoever runs the tests must not decide.
_FOREIGN = ("CXAUDIT_STANDARDS", "CXAUDIT_DEBUG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "PYTHONIOENCODING")


@dataclass(frozen=True)
class Outcome:
    """What came of one command line."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def rows(self) -> list[dict[str, str]]:
        """Standard output read as CSV."""
        return list(csv.DictReader(io.StringIO(self.text, newline="")))

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class _Stream(io.TextIOWrapper):
    """A stream that may say it is a terminal."""

    def __init__(self, raw: io.BytesIO, *, is_terminal: bool) -> None:
        super().__init__(raw, encoding="utf-8", newline="", write_through=True)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def run(
    *arguments: str | Path, cwd: Path = TOP, env: Mapping[str, str] | None = None, terminal: int | None = None
) -> Outcome:
    """Run a command line here. At a `terminal` (its width) standard error is seen where standard output is."""
    out = io.BytesIO()
    err = io.BytesIO() if terminal is None else out
    added = dict(env or {}) | ({} if terminal is None else {"COLUMNS": str(terminal), "NO_COLOR": "1"})
    with contextlib.chdir(cwd), _environment(added), _streams(out, err, is_terminal=terminal is not None):
        before, sys.argv = sys.argv, ["cxaudit", *map(str, arguments)]
        try:
            code = main()
        finally:
            sys.argv = before
    return Outcome(code, out.getvalue(), err.getvalue().decode("utf-8"))


def start(*arguments: str | Path, cwd: Path = TOP, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> Outcome:
    """Run a command line in a process of its own."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=clean_environment({"PYTHONPATH": str(TOP / "src"), **(env or {})}),  # this checkout, installed or not
        input=stdin,
        capture_output=True,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr.decode("utf-8"))


def clean_environment(added: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    return {**kept, **(added or {})}


@contextlib.contextmanager
def _environment(added: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    wanted = clean_environment(added)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _streams(out: io.BytesIO, err: io.BytesIO, *, is_terminal: bool) -> Iterator[None]:
    streams = _Stream(out, is_terminal=is_terminal), _Stream(err, is_terminal=is_terminal)
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        try:
            yield
        finally:
            for stream in streams:
                with contextlib.suppress(ValueError):
                    stream.flush()
                    stream.detach()


def at_a_terminal(arguments: list[str], env: dict[str, str]) -> str:
    """What a run shows at a real (pseudo-)terminal."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=TOP, env=clean_environment(env), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # the other end was closed
        pass
    finally:
        os.close(ours)
        process.wait(timeout=30)
    return shown.decode("utf-8")
