"""Measure how long it takes to pair a million mail events, and whether every request and reply is found.

Two invented traces: one row for each message, and sixteen rows for each, in no order. The generator knows how many requests
and replies it wrote; the audit must count the same.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Contestant, run_alternating

HERE = Path(__file__).parent
PROJECT = HERE.parent
#: A conversation has 3.2 messages on average.
PER_CONVERSATION = 3.2


def generate(file: Path, events: int, steps: int) -> dict[str, int]:
    conversations = round(events / PER_CONVERSATION / steps)
    script = [sys.executable, str(HERE / "generate_mail.py"), str(conversations), str(steps), str(file)]
    counted: dict[str, int] = json.loads(subprocess.run(script, check=True, capture_output=True, text=True).stdout)
    return counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--events", type=int, default=1_000_000, help="rows of each trace")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each")
    options = parser.parse_args()
    is_sound = True
    environment = {name: value for name, value in os.environ.items() if name != "CXAUDIT_STANDARDS"}
    with tempfile.TemporaryDirectory() as folder:
        for steps in (1, 16):
            file = Path(folder) / f"trace{steps}.csv"
            expected = generate(file, options.events, steps)
            command = (sys.executable, "-m", "cxaudit", "check", str(file), "--as-of", "2025-11-03", "--format", "json")
            (result,) = run_alternating([Contestant("pairing", command)], options.repeat, PROJECT, environment)
            if result.has_failed:
                sys.stdout.write(f"{steps} rows a message: FAILED: {result.runs[-1].last_message}\n")
                is_sound = False
                continue
            (table,) = json.loads(result.runs[-1].output)["meta"]["inputs"]
            fates = table["fates"]
            found = {"rows": fates["rows"], "requests": fates["requests"], "replies": fates["other_by_kind"]["reply"]}
            outcome = "all found" if found == expected else f"FOUND {found}, NOT {expected}"
            is_sound &= found == expected
            sys.stdout.write(
                f"{steps} rows a message: {fates['rows']:,} rows, {file.stat().st_size / 10**6:,.0f} MB: "
                f"{result.seconds:.2f} s, processor {result.cpu_seconds:.2f} s, peak {result.peak_mb:,.0f} MB; "
                f"{fates['requests']:,} requests: {outcome}\n"
            )
            file.unlink()
    sys.exit(0 if is_sound else 1)


if __name__ == "__main__":
    main()
