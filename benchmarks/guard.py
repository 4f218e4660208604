"""Notice when cxaudit has become slower: its processor time in proportion to a yardstick's, beside the proportion kept.

Proportions, because seconds say as much of the machine as of the program; processor time and the fastest of several runs,
because others may be using the machine. What cost is shared by all runs of a kind (starting, loading) is taken off first
where rows or files are measured, so that a third more of the rest shows as a third more. Exit 1 when one is more than
1.2 times what `guard.json` keeps, and stays so when measured again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from measure import Contestant, plain_environment, run_alternating
from run import CXAUDIT, HERE, PROJECT, table

KEPT = HERE / "guard.json"
#: Less than the regression that must be noticed, 1.3, since times vary by a few percent.
LIMIT = 1.2
ROWS, FEW_ROWS, FILES = 2_000_000, 1_000, 40
#: The same on every machine: each thread that polars starts costs a little.
THREADS = "2"
#: Runs of each command; as often again, and again, while something seems slower.
ROUNDS, ROUNDS_IN_SMALL, TRIES = 5, 3, 3


@dataclass(frozen=True)
class Proportion:
    """The time of `work` without that of `start`, divided by that of `yardstick` without that of `its_start`."""

    name: str
    work: str
    yardstick: str
    start: str | None = None
    its_start: str | None = None

    def of(self, seconds: Mapping[str, float]) -> float:
        def rest(name: str, start: str | None) -> float:
            return seconds[name] - (seconds[start] if start else 0)

        return rest(self.work, self.start) / rest(self.yardstick, self.its_start)

    @property
    def commands(self) -> set[str]:
        return {self.work, self.yardstick, self.start or self.work, self.its_start or self.work}


SMALL = (
    Proportion("start-up: --help", "help", "start"),
    Proportion("start-up: check samples/*", "samples", "read few"),
    Proportion("check: rows", "check", "read", start="check few", its_start="read few"),
)
ALL = (
    *SMALL,
    Proportion("records: rows", "records", "read", start="check few", its_start="read few"),
    Proportion("check: files", "files", "read few", start="check few"),
)


def contestants(folder: Path) -> Iterator[Contestant]:
    """Every command, with the files that it reads made in a folder."""
    many, few, parts = folder / "many.csv", folder / "few.csv", folder / "parts"
    for rows, file in ((ROWS, many), (FEW_ROWS, few)):
        subprocess.run([sys.executable, str(HERE / "generate.py"), str(rows), str(file)], check=True)
    parts.mkdir()
    with many.open() as lines:
        header = next(lines)
        for i in range(FILES):
            (parts / f"{i:02}.csv").write_text(header + "".join(islice(lines, FEW_ROWS)))
    samples = sorted(str(file) for file in (PROJECT / "samples").iterdir() if file.is_file())
    yardstick, as_of = (sys.executable, str(HERE / "yardstick.py")), ("--as-of", "2025-11-03", "--format", "csv")
    commands = {
        "start": yardstick,
        "help": (CXAUDIT, "--help"),
        "read few": (*yardstick, str(few)),
        "samples": (CXAUDIT, "check", *samples, *as_of),
        "check few": (CXAUDIT, "check", str(few), *as_of),
        "read": (*yardstick, str(many)),
        "check": (CXAUDIT, "check", str(many), *as_of),
        "records": (CXAUDIT, "records", str(many), *as_of),
        "files": (CXAUDIT, "check", str(parts), *as_of),
    }
    return (Contestant(name, command) for name, command in commands.items())


def fastest(chosen: Sequence[Contestant], rounds: int) -> dict[str, float]:
    """The least processor time of each command; a command that fails ends the guard."""
    environment = {**plain_environment(), "POLARS_MAX_THREADS": THREADS}
    results = run_alternating(chosen, rounds, PROJECT, environment)
    for result in results:
        if result.has_failed:
            sys.stderr.write(f"guard: {' '.join(result.contestant.command)} failed: {result.runs[-1].last_message}\n")
            sys.exit(2)
    return {result.contestant.name: min(run.cpu_seconds for run in result.runs) for result in results}


def watch(
    measure: Callable[[], Mapping[str, float]], proportions: Sequence[Proportion], kept: Mapping[str, float]
) -> dict[str, float]:
    """The proportions; measured again while one of them seems too large, since a busy machine makes times longer, never
    shorter."""
    least: dict[str, float] = {}
    found: dict[str, float] = {}
    for _ in range(TRIES):
        for name, seconds in measure().items():
            least[name] = min(seconds, least.get(name, seconds))
        found = {proportion.name: proportion.of(least) for proportion in proportions}
        if not list(slower(found, kept)):
            break
    return found


def slower(found: Mapping[str, float], kept: Mapping[str, float]) -> Iterator[str]:
    """What has become slower, in a sentence each."""
    for name, proportion in found.items():
        if name not in kept:
            yield f"{name}: nothing is kept to compare with. `python benchmarks/guard.py --write` keeps what it measures."
        elif proportion > LIMIT * kept[name]:
            yield (
                f"{name}: {proportion:.2f} times the yardstick, {proportion / kept[name]:.2f} times what is kept "
                f"({kept[name]:.2f}); at most {LIMIT} times is let through."
            )


def told(found: Mapping[str, float], kept: Mapping[str, float]) -> str:
    rows = [
        [name, f"{now:.2f}", f"{kept[name]:.2f}", f"{now / kept[name]:.2f}"] if name in kept else [name, f"{now:.2f}", "–", "–"]
        for name, now in found.items()
    ]  # fmt: skip
    return table(["÷ yardstick", "Now", "Kept", "Now ÷ kept"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--small", action="store_true", help="start-up and rows alone, three runs of each, as CI does")
    parser.add_argument("--write", action="store_true", help="keep what is measured, to compare with from now on")
    options = parser.parse_args()
    proportions, rounds = (SMALL, ROUNDS_IN_SMALL) if options.small else (ALL, ROUNDS)
    kept: dict[str, float] = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    with tempfile.TemporaryDirectory() as name:
        needed = set().union(*(proportion.commands for proportion in proportions))
        chosen = [one for one in contestants(Path(name)) if one.name in needed]
        fastest(chosen, 1)  # the first run compiles modules and fills the system's cache
        found = watch(lambda: fastest(chosen, rounds), proportions, {} if options.write else kept)
    sys.stdout.write(told(found, kept) + "\n")
    if options.write:
        rounded = {name: round(proportion, 3) for name, proportion in found.items()}
        KEPT.write_text(json.dumps(kept | rounded, indent=2) + "\n", "utf-8")
        return
    complaints = list(slower(found, kept))
    sys.stderr.write("".join(f"guard: {complaint}\n" for complaint in complaints))
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
