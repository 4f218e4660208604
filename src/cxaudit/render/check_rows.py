"""The compliance table as scripts see it: the `--by` columns and CHECK_COLUMNS, the total last.

The unknown is None; a percentage is text with one decimal, so that every format shows the same figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cxaudit.model import CHECK_COLUMNS, CheckRow, Report
from cxaudit.render.figures import compliance_text, outcome, percentage_text, target_words

Cell = str | int | None


def check_columns(report: Report) -> tuple[str, ...]:
    return (*report.by, *CHECK_COLUMNS)


def check_rows(report: Report) -> list[dict[str, Cell]]:
    """One dictionary per row, its keys in the order of `check_columns`."""
    return [check_row(report, row) for row in report.rows]


def check_row(report: Report, row: CheckRow) -> dict[str, Cell]:
    figures: dict[str, Cell] = {
        "standard": row.standard,
        "requests": row.requests,
        "met": row.met,
        "late": row.late,
        "overdue": row.overdue,
        "pending": row.pending,
        "excluded": row.excluded,
        "judged": row.judged,
        "compliance_pct": compliance(report, row) or None,
        "target_pct": percentage_text(row.target_pct) or None,
        "outcome": outcome(row.met, row.judged, row.target_pct) or None,
        "median_business_days": row.median_business_days,
        "p90_business_days": row.p90_business_days,
        "missed_in_high_volume": row.missed_in_high_volume,
        "met_by_extension": row.met_by_extension,
        "compliance_without_extension_pct": compliance_without_extension(report, row) or None,
    }
    return {**_by(report, row), **figures}


def compliance(report: Report, row: CheckRow) -> str:
    return compliance_text(row.met, row.judged, *targets(report, row))


def compliance_without_extension(report: Report, row: CheckRow) -> str:
    if row.met_without_extension is None or row.judged_without_extension is None:
        return ""
    return compliance_text(row.met_without_extension, row.judged_without_extension, *targets(report, row))


def targets(report: Report, row: CheckRow) -> tuple[Decimal | None, ...]:
    # `--fail-under` is a target of the total; equal counts in another line are shown as the same figure.
    return (row.target_pct, report.fail_under)


def has_several_targets(row: CheckRow) -> bool:
    """Whether the requests of one channel have not all the same target, so that none can be held against them together."""
    return not row.is_total and bool(row.by.get("channel")) and len(row.targets_pct) > 1


def has_targets(rows: Iterable[CheckRow]) -> bool:
    """Whether any row has a target to be told."""
    return any(row.target_pct is not None or has_several_targets(row) for row in rows)


def row_promise(row: CheckRow) -> str:
    """What is promised in a row for people: `several` where that differed, nothing where nothing is promised."""
    return row.standard or ("several" if row.targets_pct and not row.is_total else "")


def row_targets(row: CheckRow) -> str:
    """The target of a row for people; of a channel with several all of them: `90 % or 95 %`."""
    if not has_several_targets(row):
        return target_words(row.target_pct)
    return " or ".join(target_words(pct) or "none" for pct in row.targets_pct)


def row_outcome(row: CheckRow) -> str:
    """The outcome of a row for people, who look for a reason where there is none."""
    return "not compared" if has_several_targets(row) and row.judged else outcome(row.met, row.judged, row.target_pct)


def _by(report: Report, row: CheckRow) -> dict[str, Cell]:
    if row.is_total:
        return {name: None if place else "all" for place, name in enumerate(report.by)}
    return {name: row.by.get(name) or None for name in report.by}
