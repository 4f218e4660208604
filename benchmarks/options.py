"""Measure what options, other forms of input and other commands cost beside a plain `cxaudit check` of the same log.

Whole processes, in turn, medians; both times also divided by the plain check's.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from measure import Contestant, Result, Sections, plain_environment, run_alternating, show
from run import CXAUDIT, PROJECT, input_file, read_through, table

AS_OF = ("--as-of", "2025-11-03")
#: How many parts a log is cut into, and months by which a cumulative export grows.
PARTS, MONTHS = 200, 9
VERSION = """  - effective: 2025-07-01
    source: a second version
    channels:
      voicemail: {title: Voice mail, within: 2 business days}
      email: {title: E-mail, within: 3 business days}
      letter: {title: Letter, within: 5 business days}
      our_city: {title: Our City responses, within: 5 business days}
      portal: {title: Online Portal, within: 2 business days}
"""
HIGH_VOLUME = """high_volume:
  - {from: 2025-06-02, to: 2025-06-20, departments: [Parks], reason: Spring, declared: 2025-05-28, authority: City Manager,
     effect: extend, by: 3 business days}
"""
#: Cutting a log needs polars, which this process must not load: it would lift every peak to its own.
CUT = """
import sys, polars as pl
source, folder, parts, months = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
lines = pl.scan_csv(source, infer_schema=False, glob=False)
rows = lines.select(pl.len()).collect().item()
size = -(-rows // parts)
for i in range(parts):
    lines.slice(i * size, size).collect().write_csv(f"{folder}/parts/part{i:03}.csv")
for month in range(2, 2 + months):
    part = lines.filter(pl.col("received_at") < f"2025-{month + 1:02}-01")
    part.sink_csv(f"{folder}/months/until-{month:02}.csv")
lines.sink_parquet(f"{folder}/log.parquet")
"""


def prepared(file: Path, folder: Path) -> None:
    """The same log in parts, as exports that repeat all months before, and as Parquet; and two standards files."""
    for name in ("parts", "months"):
        (folder / name).mkdir()
    subprocess.run([sys.executable, "-c", CUT, str(file), str(folder), str(PARTS), str(MONTHS)], check=True)
    plain = (PROJECT / "standards.yaml").read_text("utf-8")
    (folder / "busy.yaml").write_text(f"{plain}\n{HIGH_VOLUME}", "utf-8")
    place = plain.index("# How days are counted")
    (folder / "versions.yaml").write_text(f"{plain[:place].rstrip()}\n{VERSION}\n{plain[place:]}", "utf-8")


def contestants(file: Path, folder: Path) -> list[Contestant]:
    def check(name: str, *options: str, of: Path = file) -> Contestant:
        return Contestant(name, (CXAUDIT, "check", str(of), *AS_OF, "--format", "csv", *options))

    return [
        check("plain"),
        check("--by channel,department,month", "--by", "channel,department,month"),
        check("--by month,employee", "--by", "month,employee"),
        check("--period 2025-06", "--period", "2025-06"),
        check("--readings", "--readings"),
        check("high volume, extended", "--standards", str(folder / "busy.yaml")),
        check("two versions", "--standards", str(folder / "versions.yaml")),
        check("Parquet", of=folder / "log.parquet"),
        check(f"{PARTS} files", of=folder / "parts"),
        check(f"{MONTHS} cumulative exports", of=folder / "months"),
        Contestant("records to CSV", (CXAUDIT, "records", str(file), *AS_OF, "-o", str(folder / "records.csv"))),
    ]


def lines(results: Sequence[Result]) -> str:
    plain = results[0]
    rows = [
        [result.contestant.name, "–", "–", "–", "–", f"FAILED: {result.runs[-1].last_message}"] if result.has_failed
        else [result.contestant.name, f"{result.seconds:.2f} s", f"{result.seconds / plain.seconds:.2f}",
              f"{result.cpu_seconds:.2f} s", f"{result.cpu_seconds / plain.cpu_seconds:.2f}", f"{result.peak_mb:,.0f} MB"]
        for result in results
    ]  # fmt: skip
    return table(["", "Time", "÷ plain", "Processor", "÷ plain", "Peak memory"], rows)


#: What a log beyond the rest is measured beside, in turn.
USUAL = 10_000_000


def sections(rows: int, repeat: int, *, only_plain: bool = False) -> Sections:
    """The table as Markdown, with whether everything ran."""
    file = input_file(rows)
    os.sync()  # what was written goes to the disk now, and not while something is measured
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not only_plain:
            prepared(file, folder)
        read_through(file)
        chosen = contestants(file, folder)
        if only_plain:
            both = ((USUAL, input_file(USUAL)), (rows, file))
            chosen = [replace(contestants(of, folder)[0], name=f"{n:,} rows") for n, of in both]
        results = run_alternating(chosen, repeat, PROJECT, plain_environment())
    title = f"a plain check, in turn with {USUAL:,}" if only_plain else "what options, other forms and many files cost"
    text = f"## {rows:,} rows: {title}\n\n{lines(results)}"
    yield text, not any(result.has_failed for result in results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=10_000_000, help="size of the log")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each")
    parser.add_argument("--only-plain", action="store_true", help="the plain check alone, for sizes beyond the rest")
    options = parser.parse_args()
    _, is_sound = show(sections(options.rows, options.repeat, only_plain=options.only_plain))
    sys.exit(0 if is_sound else 1)


if __name__ == "__main__":
    main()
