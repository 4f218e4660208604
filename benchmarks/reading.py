"""Measure what reading costs: a workbook, a packed file, Parquet, and a CSV file in disorder beside the same in order.

Whole `cxaudit check` runs over the same invented log in each form, in turn, as `run.py` measures them. All must print the same
figures, but for the file in disorder, some rows of which must be rejected.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from measure import Contestant, Sections, plain_environment, run_alternating, show
from run import CXAUDIT, HERE, input_file, table

#: Every so many rows one that is in disorder, in turn of these kinds: what becomes of the department's cell, or of the row.
EVERY = 100
DISORDER: tuple[Callable[[str], str], ...] = (
    lambda line: line.replace(",Parks,", ',"Parks,\n""West"", and roads",'),
    lambda line: line.replace(",Finance,", ',The "Finance" desk,'),
    lambda line: line.replace(",Planning,", ',""Planning" <7>",'),
    lambda line: line.rpartition(",")[0],
    lambda line: line.replace(",Recreation,", ',"Recreation \\"West\\", too",'),
)
RARE = 20_000
RARE_DISORDER: tuple[Callable[[str], str], ...] = (
    lambda line: line + ",surplus",
    lambda line: line.replace(",Engineering,", ',"Engineering,'),
)


def in_disorder(clean: Path, target: Path) -> None:
    """Title lines, quoted line breaks, stray and open quotes, ragged rows, blank lines and a total."""
    with clean.open() as source, target.open("w", newline="") as file:
        file.write(f"Monthly report\n\n{next(source)}")
        for i, line in enumerate(source):
            if i % RARE == 0:
                line = RARE_DISORDER[i // RARE % len(RARE_DISORDER)](line[:-1]) + "\n"  # noqa: PLW2901
            elif i % EVERY == 0:
                line = DISORDER[i // EVERY % len(DISORDER)](line[:-1]) + "\n"  # noqa: PLW2901
            file.write(line)
        file.write("\nTotal,1\n")


def workbook(clean: Path, target: Path) -> None:
    import xlsxwriter

    with clean.open(newline="") as source, xlsxwriter.Workbook(str(target), {"constant_memory": True}) as book:
        sheet, date = book.add_worksheet("Log"), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for i, row in enumerate(csv.reader(source)):
            for j, cell in enumerate(row):
                if i and j in (4, 5) and cell:
                    sheet.write_datetime(i, j, dt.datetime.fromisoformat(cell), date)
                elif cell:
                    sheet.write_string(i, j, cell)


def packed(clean: Path, target: Path) -> None:
    with clean.open("rb") as source, gzip.open(target, "wb", compresslevel=6) as file:
        shutil.copyfileobj(source, file)


def parquet(clean: Path, target: Path) -> None:
    # In a process of its own: polars in this one would lift every peak that is measured.
    code = (
        "import polars as pl, sys; pl.scan_csv(sys.argv[1], try_parse_dates=True).sink_parquet(sys.argv[2])"
    )  # fmt: skip
    subprocess.run([sys.executable, "-c", code, str(clean), str(target)], check=True)


def made(clean: Path, ending: str, make: Callable[[Path, Path], None]) -> Path:
    target = clean.with_suffix(ending)
    if not target.exists():
        sys.stderr.write(f"writing {target.name} …\n")
        part = target.with_name(f"part-{target.name}")
        make(clean, part)
        part.replace(target)
    return target


def sections(n_rows: int, sheet_rows: int, repeat: int) -> Sections:
    """The table as Markdown, with whether everything ran."""
    clean, small = input_file(n_rows), input_file(sheet_rows)
    files = {
        f"CSV, {n_rows:,} rows": clean,
        "the same in disorder": made(clean, ".disorder.csv", in_disorder),
        "the same, .gz": made(clean, ".csv.gz", packed),
        "the same, Parquet": made(clean, ".parquet", parquet),
        f"xlsx, {sheet_rows:,} rows": made(small, ".xlsx", workbook),
    }
    if n_rows <= 1_048_575:
        files[f"xlsx, {n_rows:,} rows"] = made(clean, ".xlsx", workbook)
    check = (CXAUDIT, "check", "--as-of", "2025-11-03", "--format", "csv")
    contestants = [Contestant(name, (*check, str(file))) for name, file in files.items()]
    results = run_alternating(contestants, repeat, HERE, plain_environment())
    first = results[0]
    rows = []
    for result in results:
        last = result.runs[-1]
        rows.append([
            result.contestant.name, f"{result.seconds:.2f} s", f"{result.cpu_seconds:.2f} s",
            f"{result.cpu_seconds / first.cpu_seconds:.2f}", f"{result.peak_mb:,.0f} MB",
            "ran" if last.exit_code == 0 else f"FAILED: {last.last_message}",
        ])  # fmt: skip
    text = table(["", "Time", "Processor", "÷ CSV", "Peak memory", "Outcome"], rows)
    yield f"## Reading {n_rows:,} rows in other forms\n\n{text}", not any(result.has_failed for result in results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the CSV files and of the large workbook")
    parser.add_argument("--sheet-rows", type=int, default=200_000, help="rows of the small workbook")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each")
    options = parser.parse_args()
    _, is_sound = show(sections(options.rows, options.sheet_rows, options.repeat))
    sys.exit(0 if is_sound else 1)


if __name__ == "__main__":
    main()
