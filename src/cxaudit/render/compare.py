"""How far the systems' own verdicts agree with the recomputed ones, for `check --compare`.

A line for each source, then what the two say where they differ, with the likely reason, then the first of these requests.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from cxaudit.compare.model import COMPARISON_COLUMNS, Comparison, ComparisonRow, Disagreement
from cxaudit.model import Report
from cxaudit.render.check_view import heading
from cxaudit.render.figures import compliance_text, for_people
from cxaudit.render.notes import place_name
from cxaudit.render.options import RenderOptions
from cxaudit.render.rows import data_text, markdown_text, remark, table_text
from cxaudit.render.structured import check_document
from cxaudit.render.words import EXCLUSION_WORDS, utf8

REASON_WORDS = {
    "holiday": "holidays and closed days counted as business days",
    "channel_promise": "measured by the channel's own promise, not the department's",
    "time_zone": "city time and universal time mixed up",
    "last_row": "judged by the last row of the case, not by its earliest receipt and reply",
    "no_target": "the system has no due time for it",
    "as_of_the_extract": "the system looked at another moment",
    "extension": "without the extension for high volume",
    "other_due_time": "the system had another due time, and the export does not tell why",
    "not_by_its_due_time": "what it says does not follow from its own due time",
    "unexplained": "no likely reason found",
}
_SOURCE_TITLES = ("Source", "Compared", "Agree", "Differ", "Agreement", "Not judged here", "Not stated")
_REASON_TITLES = ("Source", "It says", "cxaudit says", "Requests", "Likely reason")
_CASE_TITLES = ("Case", "It says", "cxaudit says", "Its due time", "Due", "Likely reason", "Where")
_YES_NO = {True: "yes", False: "no", None: None}
_Table = tuple[Sequence[str], list[Sequence[str]], Sequence[int]]


def render_comparison(report: Report, form: str, options: RenderOptions) -> Iterator[bytes]:
    """The comparison of a report that has one. `form` is one of ROW_FORMATS."""
    comparison = report.comparison or Comparison((), (), {})
    match form:
        case "table":
            tables = [table_text(titles, rows, options, figures) for titles, rows, figures in _tables(comparison)]
            yield utf8("\n".join([f"{heading(report)}\n", *tables]) + ("\n" if tables else ""))
            yield utf8("".join(remark(line, options) for line in _remarks(report, comparison)))
        case "markdown":
            tables = [markdown_text(titles, rows, figures) for titles, rows, figures in _tables(comparison)]
            yield utf8("\n".join([f"**{heading(report)}**\n", *tables]) + ("\n" if tables else ""))
            yield utf8("".join(f"- {line}\n" for line in _remarks(report, comparison)))
        case "json":
            yield check_document(report, [_row(row) for row in comparison.rows], comparison=_summary(comparison))
        case "jsonl":
            yield utf8(
                data_text(COMPARISON_COLUMNS, [_row(row) for row in comparison.rows], form, escape=options.escape)
            )
        case _:
            rows = [{**_row(row), "agrees": _YES_NO[row.agrees]} for row in comparison.rows]
            yield utf8(data_text(COMPARISON_COLUMNS, rows, form, escape=options.escape))


def reason_words(reason: str) -> str:
    """A likely reason for people.

    >>> reason_words("holiday"), reason_words("reading:elapsed_24h")
    ('holidays and closed days counted as business days', 'counted as under the reading elapsed_24h')
    """
    _, _, reading = reason.partition("reading:")
    known = REASON_WORDS | EXCLUSION_WORDS
    return f"counted as under the reading {reading}" if reading else known.get(reason, reason)


def _row(row: ComparisonRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COMPARISON_COLUMNS}


def _summary(comparison: Comparison) -> dict[str, Any]:
    share = compliance_text(comparison.agreed, comparison.compared)
    return {
        "compared": comparison.compared,
        "agree": comparison.agreed,
        "differ": comparison.differing,
        "agreement_pct": float(share) if share else None,
        "not_judged": comparison.not_judged,
        "not_stated": comparison.not_stated,
        "not_understood": comparison.not_understood,
        "examples": [asdict(one) for one in comparison.examples],
    }


def _tables(comparison: Comparison) -> Iterator[_Table]:
    sources = list(dict.fromkeys(row.source for row in comparison.rows))
    if sources:
        yield _SOURCE_TITLES, [_source_cells(comparison, source) for source in sources], range(1, 7)
    unlike = sorted(
        (row for row in comparison.rows if row.reason), key=lambda row: (row.source, row.agrees is None, -row.requests)
    )
    if unlike:
        yield _REASON_TITLES, [_reason_cells(row) for row in unlike], (3,)
    if comparison.examples:
        cells = [_case_cells(one) for one in comparison.examples]
        said = [i for i in range(len(_CASE_TITLES)) if any(row[i] for row in cells)]
        yield [_CASE_TITLES[i] for i in said], [[row[i] for i in said] for row in cells], ()


def _source_cells(comparison: Comparison, source: str) -> Sequence[str]:
    mine = Comparison(tuple(row for row in comparison.rows if row.source == source), (), {})
    share = for_people(compliance_text(mine.agreed, mine.compared))
    counts = (mine.compared, mine.agreed, mine.differing)
    return [source, *(f"{n:,}" for n in counts), share, f"{mine.not_judged:,}", f"{mine.not_stated:,}"]


def _reason_cells(row: ComparisonRow) -> Sequence[str]:
    verdict = "not judged" if row.verdict == "excluded" else row.verdict
    return [row.source, row.system or "", verdict, f"{row.requests:,}", reason_words(row.reason or "")]


def _case_cells(one: Disagreement) -> Sequence[str]:
    due = _moment(one.due_at).removesuffix(" 23:59:59")
    place = f"{place_name(one.file, one.sheet)}, row {one.row}"
    return [
        one.case_id or "",
        one.system,
        one.verdict,
        _moment(one.system_due_at),
        due,
        reason_words(one.reason),
        place,
    ]


def _moment(at: dt.datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""


def _remarks(report: Report, comparison: Comparison) -> Iterator[str]:
    if not comparison.compared + comparison.not_judged:
        yield "No export here carries its system's own verdict or due time."
    else:
        share = f"{comparison.agreed:,} of {comparison.compared:,}"
        yield f"Verdicts that agree with the systems' own: {share}. cxaudit compares these and never takes them over."
    if comparison.differing or comparison.not_judged:
        yield "Request by request: cxaudit records … --disagree"
    if comparison.not_understood:
        words = ", ".join(f'"{word}" ({n:,})' for word, n in list(comparison.not_understood.items())[:5])
        yield f"Not understood: {words}. Name them under system_verdicts: of the source, in the standards file."
    yield f"{report.counting.removesuffix('.')}."
