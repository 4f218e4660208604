"""JSON and JSON Lines: numbers are numbers, percentages have one decimal, the unknown is null, text is as it was read.

`check` is an object of `summary`, `rows`, `findings` and `meta`; `records` an array of the columns of its CSV.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cxaudit.model import Records, Report
from cxaudit.render.check_rows import check_row, check_rows, targets
from cxaudit.render.delimited import SLICE_ROWS
from cxaudit.render.figures import compliance_text, outcome, percentage_text
from cxaudit.render.options import RenderOptions
from cxaudit.render.words import utf8

if TYPE_CHECKING:
    import polars as pl


def render_check_json(report: Report, options: RenderOptions) -> Iterator[bytes]:  # noqa: ARG001 — one signature for all
    yield check_document(report, check_rows(report))


def check_document(report: Report, rows: Sequence[Mapping[str, Any]], **more: Any) -> bytes:
    """The JSON object of `check`, with these rows; `more` joins the summary."""
    document = {
        "summary": {**summary_of(report), **more},
        "rows": [numbers(row) for row in rows],
        "findings": [dataclasses.asdict(finding) for finding in report.findings],
        "meta": {**report.meta, "inputs": [dataclasses.asdict(table) for table in report.inputs]},
    }
    return utf8(json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n")


def render_check_jsonl(report: Report, options: RenderOptions) -> Iterator[bytes]:  # noqa: ARG001 — one signature for all
    for row in check_rows(report):
        yield utf8(json.dumps(numbers(row), ensure_ascii=False) + "\n")


def render_records_json(records: Records, options: RenderOptions) -> Iterator[bytes]:  # noqa: ARG001 — one signature for all
    before = b"[\n"
    for lines in _json_lines(records):
        # A line end inside a text is written as \n, so each line end here is the end of a record.
        yield before + lines.rstrip(b"\n").replace(b"\n", b",\n")
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def render_records_jsonl(records: Records, options: RenderOptions) -> Iterator[bytes]:  # noqa: ARG001 — one signature for all
    return _json_lines(records)


def _json_lines(records: Records) -> Iterator[bytes]:
    for part in records.parts(SLICE_ROWS):
        if part.height:
            yield _json_part(part)


def _json_part(part: pl.DataFrame) -> bytes:
    import polars as pl

    texts = [name for name, kind in part.schema.items() if kind == pl.String]
    part = part.with_columns(pl.col(name).replace("", None) for name in texts)
    return utf8(part.with_columns(pl.col("business_hours").cast(pl.Float64).round(2)).write_ndjson())


def summary_of(report: Report) -> dict[str, Any]:
    """The figures over everything, with what was asked and how it was counted."""
    total = report.total
    figures = check_row(report, total)
    without_open = compliance_text(total.met, total.met + total.late, *targets(report, total))
    with_excluded = compliance_text(total.met, total.judged + total.excluded, *targets(report, total))
    return {
        "organisation": report.organisation,
        "clauses": report.clauses,
        "counting": report.counting,
        "cohort": report.cohort,
        "period": dict(zip(("first", "last"), report.period, strict=True)) if report.period else None,
        "as_of": report.as_of.date() if report.as_of_is_date else report.as_of,
        **numbers({name: cell for name, cell in figures.items() if name not in report.by and name != "standard"}),
        "excluded_because": total.n_excluded,
        "compliance_answered_only_pct": _number(without_open),
        "compliance_had_excluded_been_missed_pct": _number(with_excluded),
        "fail_under_pct": _number(percentage_text(report.fail_under)),
        "fail_under_outcome": outcome(total.met, total.judged, report.fail_under) or None,
        "outside_period": report.outside_period,
        "replies_within_60_seconds": report.quick_replies,
        "judged_by_reply_basis": report.n_by_basis,
    }


def numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its percentages as numbers."""
    return {name: _number(cell) if name.endswith("_pct") else cell for name, cell in row.items()}


def _number(percentage: str | None) -> float | None:
    return float(percentage) if percentage else None


def _plain(value: object) -> str | float:
    match value:
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case dt.date():
            return value.isoformat()
        case Decimal():
            return float(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
