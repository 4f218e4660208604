"""Run one command as a whole process and measure it: wall time, processor time and peak memory.

The operating system's own accounting of the finished process is read (`wait4`, as `/usr/bin/time -v` does), so nothing
samples or slows the process. Linux charges a new process with the memory of the one that started it: a runner that
imports polars would lift every peak to its own, hence this module and `run.py` import the standard library only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

#: `ru_maxrss` counts kilobytes on Linux and bytes on macOS.
MAXRSS_PER_MB = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True)
class Contestant:
    name: str
    command: tuple[str, ...]
    is_audit: bool = False  # prints the figures that all audits must agree on


@dataclass(frozen=True)
class Run:
    seconds: float
    cpu_seconds: float
    peak_mb: float
    exit_code: int
    output: str
    last_message: str


@dataclass(frozen=True)
class Result:
    """All the runs of one contestant; the last one tells why it failed, if it did."""

    contestant: Contestant
    runs: tuple[Run, ...]

    @property
    def has_failed(self) -> bool:
        return self.runs[-1].exit_code != 0

    @property
    def seconds(self) -> float:
        return median(run.seconds for run in self.runs)

    @property
    def cpu_seconds(self) -> float:
        return median(run.cpu_seconds for run in self.runs)

    @property
    def peak_mb(self) -> float:
        return max(run.peak_mb for run in self.runs)

    @property
    def is_repeatable(self) -> bool:
        return len({run.output for run in self.runs}) == 1


def plain_environment() -> dict[str, str]:
    """The environment without what would change the figures, or make every run compile its modules anew."""
    without = {"CXAUDIT_STANDARDS", "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name not in without}


def run_once(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Run:
    # Files, not pipes: a full pipe would stop the process until somebody reads it.
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as messages:
        begin = time.perf_counter()
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=messages, cwd=folder, env=environment
            )
        except OSError as error:
            return Run(0, 0, 0, 127, "", str(error))
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)  # already reaped: Popen must not wait for it again
        output.seek(0)
        messages.seek(0)
        lines = messages.read().decode(errors="replace").split("\n")
        return Run(
            seconds=seconds,
            cpu_seconds=usage.ru_utime + usage.ru_stime,
            peak_mb=usage.ru_maxrss / MAXRSS_PER_MB,
            exit_code=process.returncode,
            output=output.read().decode(errors="replace"),
            last_message=next((line.strip() for line in reversed(lines) if line.strip()), ""),
        )


def run_alternating(
    contestants: Sequence[Contestant], repeat: int, folder: Path, environment: Mapping[str, str]
) -> list[Result]:
    """Each contestant once per round, so that a busy minute of the machine falls on all of them.

    One that fails is not run again.
    """
    runs: dict[str, list[Run]] = {contestant.name: [] for contestant in contestants}
    for _ in range(repeat):
        for contestant in contestants:
            done = runs[contestant.name]
            if not done or done[-1].exit_code == 0:
                done.append(run_once(contestant.command, folder, environment))
    return [Result(contestant, tuple(runs[contestant.name])) for contestant in contestants]


#: Results as Markdown, part by part, each with whether everything in it ran and is as it must be.
Sections = Iterator[tuple[str, bool]]


def show(sections: Sections) -> tuple[list[str], bool]:
    """Print each part as soon as it is there; all parts, and whether all of them may stand."""
    parts, is_sound = [], True
    for text, is_part_sound in sections:
        sys.stdout.write(text + "\n\n")
        sys.stdout.flush()
        parts.append(text)
        is_sound &= is_part_sound
    return parts, is_sound
