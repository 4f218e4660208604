"""What goes to standard error: that no row was lost, line by line, and what the reader must know about the input.

For every table of the input: rows read = requests + other messages + duplicates + rejected + not data. For the run:
requests = those in the period + those outside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cxaudit.findings import CATALOGUE, Finding
from cxaudit.model import Fates, InputFile, Records, Report
from cxaudit.render.words import OTHER_WORDS, as_of_words, counted, listed, visible

#: Places named in one finding, and findings named for one code, before "and n more".
FEW = 3

_ORDER_WORDS = {"mdy": "month first", "dmy": "day first", "ymd": "year first"}


def notes(outcome: Report | Records) -> list[str]:
    """The lines for standard error: the reconciliation, then the findings."""
    return notes_of(outcome.inputs, run_words(outcome), outcome.findings)


def notes_of(inputs: Iterable[InputFile], run: str, findings: Iterable[Finding]) -> list[str]:
    """The same for any outcome: the tables of the input, a line about the requests of the run, the findings."""
    return [visible(line) for line in (*_tables(inputs), run, *finding_lines(findings))]


def _tables(tables: Iterable[InputFile]) -> Iterator[str]:
    names = [(f"{place_name(table.file, table.sheet)}:", f"{table.fates.rows:,}", table) for table in tables]
    name_width = max((len(name) for name, _, _ in names), default=0)
    rows_width = max((len(rows) for _, rows, _ in names), default=0)
    for name, rows, table in names:
        noun = "row " if table.fates.rows == 1 else "rows"
        parts = (f"{rows.rjust(rows_width)} {noun} = {terms(table.fates)}", table.source, _date_formats(table))
        yield f"{name.ljust(name_width)} {' · '.join(part for part in parts if part)}"
        if table.fates.other_by_kind:
            yield f"  {kind_words(table.fates)}"


def terms(fates: Fates) -> str:
    """What became of the rows, as a sum."""
    terms = (
        (fates.requests, "request", "requests"),
        (fates.other_messages, "other message", "other messages"),
        (fates.duplicates, "duplicate", "duplicates"),
        (fates.rejected, "rejected", "rejected"),
        (fates.not_data, "not data", "not data"),
    )
    return " + ".join(counted(n, noun, nouns) for n, noun, nouns in terms if n) or "0 requests"


def kind_words(fates: Fates) -> str:
    """What the other messages are, in the order of the catalogue."""
    known = ((fates.other_by_kind.get(kind, 0), *words) for kind, words in OTHER_WORDS.items())
    kinds = ", ".join(counted(n, one, several) for n, one, several in known if n)
    return f"{counted(fates.other_messages, 'other message', 'other messages')}: {kinds}"


def _date_formats(table: InputFile) -> str:
    """How the dates were read, with the value that proves it.

    "mdy (row 12: 10/13/2025 can only be month first)" becomes "times month first (row 12: 10/13/2025)".
    """
    proofs: dict[str, str] = {}
    for described in table.date_formats.values():
        order, _, proof = described.partition(" ")
        # One proof for each order is enough, and a year in front leaves nothing to prove.
        if order != "ymd":
            proofs[order] = proofs.get(order) or re.sub(r" can only be [a-z]+ first\b", "", proof)
    said = [f"{_ORDER_WORDS.get(order, order)} {proof}".strip() for order, proof in proofs.items()]
    return f"times {listed(said)}" if said else ""


def run_words(outcome: Report | Records) -> str:
    """Every request of the run: in the period, or outside it; while that is not over, also those after the as-of moment."""
    if isinstance(outcome, Records):
        n_requests = sum(table.fates.requests for table in outcome.inputs)
        inside = n_requests - outcome.outside_period
        listed_too = f"; {outcome.listed:,} listed"
    else:
        inside, listed_too = outcome.total.requests, ""
    outside = outcome.outside_period
    run = f"Run: {counted(inside + outside, 'request')}"
    as_of = as_of_words(outcome.as_of, outcome.as_of_is_date)
    if outcome.period:
        today, last = outcome.as_of.date(), outcome.period[1]
        is_over = last < today or (last == today and outcome.as_of_is_date)
        where = "outside it" if is_over else f"outside it or after {as_of}"
        return f"{run} = {inside:,} in the period" + (f" + {outside:,} {where}" if outside else "") + listed_too
    return (f"{run} = {inside:,} up to {as_of} + {outside:,} after it" if outside else run) + listed_too


def finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """The findings by code, each with its first places."""
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    known = [code for code in CATALOGUE if code in by_code]
    for code in [*known, *sorted(by_code.keys() - CATALOGUE.keys())]:
        group = by_code[code]
        meaning = CATALOGUE[code][1] if code in CATALOGUE else ""
        n = sum(finding.n for finding in group)
        yield f"{code} ({n:,}): {meaning}" if meaning else f"{code} ({n:,})"
        yield from (f"  {line}" for finding in group[:FEW] if (line := _finding(finding, meaning)))
        if len(group) > FEW:
            yield f"  and {len(group) - FEW:,} more of this kind"


def _finding(finding: Finding, meaning: str) -> str:
    values = listed([f'"{value}"' for value in dict.fromkeys(finding.values[:FEW])])
    parts = (places_words(finding), values, finding.message if finding.message != meaning else "")
    return ": ".join(part for part in parts if part)


def places_words(finding: Finding) -> str:
    """The file, the sheet and the first few rows."""
    name = place_name(finding.file, finding.sheet) if finding.file is not None else ""
    named = [f"{row}" for row in finding.rows[:FEW]]
    if not named:
        return name
    more = [f"{finding.n - len(named):,} more"] if finding.n > len(named) else []
    rows = f"{'row' if finding.n == 1 else 'rows'} {listed([*named, *more])}"
    return f"{name}, {rows}" if name else rows


def place_name(file: str, sheet: str | None) -> str:
    """
    >>> place_name("letters.xlsx", "Letters 2025")
    'letters.xlsx, Letters 2025'
    """
    return f"{file}, {sheet}" if sheet else file
