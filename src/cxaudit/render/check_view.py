"""The compliance table as people see it: titles and words, only the columns that say something.

The figures are those of the rows that scripts get; where nothing was judged stands an en dash, never a zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cxaudit.model import CheckRow, Report
from cxaudit.render.check_rows import compliance, has_targets, row_outcome, row_promise, row_targets
from cxaudit.render.figures import for_people
from cxaudit.render.words import DIMENSION_TITLES, as_of_words, period_words, visible

UNKNOWN = "–"


@dataclass(frozen=True)
class Column:
    name: str
    heading: str
    cells: tuple[str, ...]  # one per row of the report
    is_figure: bool = True  # set to the right


def heading(report: Report) -> str:
    """The line above the table: whose promise, which requests, as known when."""
    requests = f"requests {report.cohort} {period_words(*report.period)}" if report.period else "all requests"
    as_of = f"as of {as_of_words(report.as_of, report.as_of_is_date)}"
    parts = (report.organisation, "; ".join(report.clauses), requests, as_of, report.scenario)
    return " · ".join(visible(part) for part in parts if part)


def check_view(report: Report) -> list[Column]:
    return [*_by(report), *_promise(report), *_counts(report), *_shares(report), *_days(report)]


def _column(report: Report, name: str, heading: str, cell: Callable[[CheckRow], str], is_figure: bool = True) -> Column:
    return Column(name, heading, tuple(cell(row) for row in report.rows), is_figure)


def _by(report: Report) -> Iterator[Column]:
    for place, name in enumerate(report.by):

        def cell(row: CheckRow, name: str = name, place: int = place) -> str:
            if row.is_total:
                return "" if place else "All"
            return visible(row.label.get(name) or row.by.get(name) or "not stated")

        yield _column(report, name, DIMENSION_TITLES.get(name, name), cell, is_figure=False)


def _promise(report: Report) -> Iterator[Column]:
    if any(row.standard for row in report.rows):
        yield _column(report, "standard", "Promise", row_promise, is_figure=False)


def _counts(report: Report) -> Iterator[Column]:
    yield _column(report, "requests", "Requests", lambda row: f"{row.requests:,}")
    yield _column(report, "met", "Met", lambda row: f"{row.met:,}")
    yield _column(report, "late", "Late", lambda row: f"{row.late:,}")
    yield _column(report, "overdue", "Overdue", lambda row: f"{row.overdue:,}")
    if any(row.pending for row in report.rows):
        yield _column(report, "pending", "Pending", lambda row: f"{row.pending:,}")
    if any(row.excluded for row in report.rows):
        yield _column(report, "excluded", "Excluded", lambda row: f"{row.excluded:,}")


def _shares(report: Report) -> Iterator[Column]:
    yield _column(report, "compliance", "Compliance", lambda row: for_people(compliance(report, row)))
    if has_targets(report.rows):
        yield _column(report, "target", "Target", row_targets)
        yield _column(report, "outcome", "Outcome", row_outcome, is_figure=False)


def _days(report: Report) -> Iterator[Column]:
    yield _column(report, "median", "Median", lambda row: _business_days(row.median_business_days))
    yield _column(report, "p90", "90 %", lambda row: _business_days(row.p90_business_days))


def _business_days(days: int | None) -> str:
    return UNKNOWN if days is None else f"{days:,} d"
