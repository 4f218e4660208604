"""Measure cxaudit beside hand-written audits of the same log, and check that all of them print the same figures.

Whole processes, from start to exit, as a user would wait for them: run in turn in one session, medians reported.
`README.md` beside this file tells what is compared and why.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from measure import Contestant, Result, Sections, plain_environment, run_alternating, show

HERE = Path(__file__).parent
PROJECT = HERE.parent
RESULTS = HERE / "RESULTS.md"
#: Found beside the running Python, so that the measured cxaudit is the one of this environment.
CXAUDIT = str(Path(sys.executable).parent / "cxaudit")
FIGURES = (
    "channel", "requests", "met", "late", "overdue", "pending",
    "compliance_pct", "median_business_days", "p90_business_days",
)  # fmt: skip
PACKAGES = ("cxaudit", "polars", "duckdb", "pandas", "numpy", "pyarrow")
#: Starting takes a fraction of a second, in which a single disturbance weighs more.
STARTS_PER_REPEAT = 3


def input_file(rows: int) -> Path:
    """The generated log, made if it is not there; its name carries the generator's hash, so that it cannot be stale."""
    generator = HERE / "generate.py"
    edition = hashlib.sha256(generator.read_bytes()).hexdigest()[:8]
    file = HERE / "data" / f"requests-{rows}-{edition}.csv"
    if not file.exists():
        sys.stderr.write(f"generating {rows:,} rows …\n")
        subprocess.run([sys.executable, str(generator), str(rows), str(file)], check=True)
    return file


def read_through(file: Path) -> None:
    """Bring the file into the system's cache, so that the first contestant does not pay for the disk alone."""
    with file.open("rb") as content:
        while content.read(2**20):
            pass


def auditors(file: Path) -> list[Contestant]:
    def script(name: str) -> tuple[str, ...]:
        return (sys.executable, str(HERE / name), str(file))

    check = (CXAUDIT, "check", str(file), "--as-of", "2025-11-03", "--format", "csv")
    return [
        Contestant("cxaudit check", check, is_audit=True),
        Contestant("DuckDB query", script("audit_duckdb.py"), is_audit=True),
        Contestant("pandas + numpy", script("audit_pandas.py"), is_audit=True),
        Contestant("polars, reading only", script("read_polars.py")),
    ]


def starters() -> list[Contestant]:
    samples = sorted(str(file.relative_to(PROJECT)) for file in (PROJECT / "samples").glob("*") if file.is_file())
    contestants = [
        Contestant("python -c pass", (sys.executable, "-c", "pass")),
        Contestant("cxaudit --help", (CXAUDIT, "--help")),
        Contestant("cxaudit --version", (CXAUDIT, "--version")),
    ]
    if samples:
        contestants.append(Contestant("cxaudit check samples/*", (CXAUDIT, "check", *samples)))
    return contestants


def figures(output: str) -> list[dict[str, str]]:
    """The columns that every audit prints, as text, so that 88.4 and 88.40 differ."""
    return [{name: row.get(name) or "" for name in FIGURES} for row in csv.DictReader(io.StringIO(output))]


def difference(mine: list[dict[str, str]], theirs: list[dict[str, str]]) -> str | None:
    """The first figure that differs, in words; none if all agree."""
    if [row["channel"] for row in mine] != [row["channel"] for row in theirs]:
        return "other channels"
    for row, other in zip(mine, theirs, strict=True):
        for name in FIGURES:
            if row[name] != other[name]:
                return f"{row['channel']} {name} {row[name]}, not {other[name]}"
    return None


def failure(result: Result) -> str:
    last = result.runs[-1]
    # Results are published: the folder in which they were made is nobody's business.
    return f"FAILED, exit {last.exit_code}: {last.last_message.replace(str(PROJECT), '.')}"


def outcomes(results: Sequence[Result]) -> Iterator[tuple[str, bool]]:
    """For each result what to say about its figures, and whether it may stand; the first audit that ran is right."""
    reference = next((result for result in results if result.contestant.is_audit and not result.has_failed), None)
    for result in results:
        if result.has_failed:
            yield failure(result), False
        elif not result.contestant.is_audit or reference is None:
            yield "–", True
        elif not result.is_repeatable:
            yield "DIFFER from one run to the next", False
        elif result is reference:
            yield "reference", True
        elif found := difference(figures(result.runs[-1].output), figures(reference.runs[-1].output)):
            yield f"DIFFER: {found}", False
        else:
            yield "agree exactly", True


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table that is aligned as plain text too; all but the first and last columns hold numbers."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    is_text = [i in (0, len(head) - 1) for i in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        padded = [c.ljust(w) if text else c.rjust(w) for c, w, text in zip(cells, widths, is_text, strict=True)]
        return f"| {' | '.join(padded)} |"

    rule = [":" + "-" * (w - 1) if text else "-" * (w - 1) + ":" for w, text in zip(widths, is_text, strict=True)]
    return "\n".join([line(head), line(rule), *(line([cell.replace("|", "/") for cell in row]) for row in rows)])


def audit_table(results: Sequence[Result], said: Sequence[str]) -> str:
    own = results[0]
    rows = []
    for result, outcome in zip(results, said, strict=True):
        if result.has_failed:
            rows.append([result.contestant.name, "–", "–", "–", "–", "–", outcome])
            continue
        times = [run.seconds for run in result.runs]
        ratio = "–" if own.has_failed else f"{result.seconds / own.seconds:.2f}"
        rows.append([
            result.contestant.name, f"{result.seconds:.2f} s", f"{min(times):.2f}–{max(times):.2f} s", ratio,
            f"{result.cpu_seconds:.2f} s", f"{result.peak_mb:,.0f} MB", outcome,
        ])  # fmt: skip
    return table(["", "Time", "Fastest–slowest", "÷ cxaudit", "Processor", "Peak memory", "Figures"], rows)


def start_table(results: Sequence[Result]) -> str:
    rows = [
        [result.contestant.name, "–", "–", failure(result)] if result.has_failed
        else [result.contestant.name, f"{result.seconds * 1000:.0f} ms", f"{result.peak_mb:,.0f} MB", "ran"]
        for result in results
    ]  # fmt: skip
    return table(["", "Time", "Peak memory", "Outcome"], rows)


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def machine() -> str:
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.system()}"


def versions() -> str:
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} not installed")
    return ", ".join(found)


def sections(rows: Sequence[int], repeat: int, keep: bool) -> Sections:
    """The results as Markdown, part by part, each with whether everything in it ran and agreed."""
    environment = plain_environment()
    starts = repeat * STARTS_PER_REPEAT
    yield f"# Results\n\n{machine()}  \n{versions()}  \nMedian of {repeat} runs in turn (start-up: {starts}).", True
    for n_rows in rows:
        file = input_file(n_rows)
        try:
            read_through(file)
            size_mb = file.stat().st_size / 10**6
            results = run_alternating(auditors(file), repeat, PROJECT, environment)
        finally:
            if not keep:
                file.unlink()
        said, is_sound = zip(*outcomes(results), strict=True)
        yield f"## {n_rows:,} rows, {size_mb:,.0f} MB\n\n{audit_table(results, said)}", all(is_sound)
    results = run_alternating(starters(), starts, PROJECT, environment)
    yield f"## Start-up\n\n{start_table(results)}", not any(result.has_failed for result in results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", default="1000000,10000000", help="sizes of the log, separated by commas")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each contestant")
    parser.add_argument("--keep", action="store_true", help="keep the generated logs for the next run")
    options = parser.parse_args()
    _, is_sound = show(sections([int(n) for n in options.rows.split(",")], options.repeat, options.keep))
    sys.exit(0 if is_sound else 1)


if __name__ == "__main__":
    main()
