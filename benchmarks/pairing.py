"""Measure how long it takes to pair a million mail events, and whether every request and reply is found.

Two invented traces: one row for each message, and sixteen rows for each, in no order. The generator knows how many requests
and replies it wrote; the audit must count the same.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Contestant, Sections, plain_environment, run_alternating, show
from run import CXAUDIT, HERE, PROJECT, failure, table

ALL_FOUND = "all found"
#: A conversation has 3.2 messages on average.
PER_CONVERSATION = 3.2


def generate(file: Path, events: int, steps: int) -> dict[str, int]:
    conversations = round(events / PER_CONVERSATION / steps)
    script = [sys.executable, str(HERE / "generate_mail.py"), str(conversations), str(steps), str(file)]
    counted: dict[str, int] = json.loads(subprocess.run(script, check=True, capture_output=True, text=True).stdout)
    return counted


def sections(events: int, repeat: int) -> Sections:
    """The table as Markdown, with whether everything ran and all requests and replies were found."""
    rows, is_sound = [], True
    with tempfile.TemporaryDirectory() as folder:
        for steps in (1, 16):
            file = Path(folder) / f"trace{steps}.csv"
            expected = generate(file, events, steps)
            command = (CXAUDIT, "check", str(file), "--as-of", "2025-11-03", "--format", "json")
            name = "a row for each message" if steps == 1 else f"{steps} rows for each message"
            (result,) = run_alternating([Contestant(name, command)], repeat, PROJECT, plain_environment())
            file.unlink()
            outcome = failure(result) if result.has_failed else found_in(result.runs[-1].output, expected)
            is_sound &= outcome == ALL_FOUND
            rows.append([
                name, f"{expected['requests']:,}", f"{result.seconds:.2f} s", f"{result.cpu_seconds:.2f} s",
                f"{result.peak_mb:,.0f} MB", outcome,
            ])  # fmt: skip
    text = table(["", "Requests", "Time", "Processor", "Peak memory", "Requests and replies"], rows)
    yield f"## Pairing {events:,} rows of mail traces\n\n{text}", is_sound


def found_in(output: str, expected: dict[str, int]) -> str:
    """Whether the audit counted what the generator wrote."""
    (read,) = json.loads(output)["meta"]["inputs"]
    fates = read["fates"]
    found = {"rows": fates["rows"], "requests": fates["requests"], "replies": fates["other_by_kind"]["reply"]}
    return ALL_FOUND if found == expected else f"FOUND {found}, NOT {expected}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--events", type=int, default=1_000_000, help="rows of each trace")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each")
    options = parser.parse_args()
    _, is_sound = show(sections(options.events, options.repeat))
    sys.exit(0 if is_sound else 1)


if __name__ == "__main__":
    main()
