"""The monthly report as JSON: every figure of it, percentages with one decimal, the unknown null."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cxaudit.findings import NAMES_ONLY
from cxaudit.model import CheckRow, ReadingRow
from cxaudit.monthly.model import Counts, Limits, Month, MonthlyReport, RunChart
from cxaudit.render.check_rows import check_row, targets
from cxaudit.render.figures import compliance_text, level_text
from cxaudit.render.options import RenderOptions
from cxaudit.render.structured import numbers, summary_of
from cxaudit.render.words import utf8

#: The fields that stand at the top of the document under other names, or in `summary`.
_APART = ("check", "period", "departments", "customer_types", "employees")

#: The fields of the limits of a run chart that stand beside its months and its target.
_LEVELS = ("mean", "lower", "upper")


def render_report_json(report: MonthlyReport, options: RenderOptions) -> Iterator[bytes]:  # noqa: ARG001 — one signature for all
    yield utf8(json.dumps(report_document(report), ensure_ascii=False, indent=2) + "\n")


def report_document(report: MonthlyReport) -> dict[str, Any]:
    """All figures as numbers, text and null."""
    check = report.check
    aims = targets(check, check.total)
    fields = {field.name: getattr(report, field.name) for field in dataclasses.fields(report)}
    return {
        "summary": _plain({**summary_of(check), "period": dict(zip(("first", "last"), report.period, strict=True))}),
        "channels": [_row(report, row, "channel") for row in check.rows if not row.is_total],
        **{f"{name}s": [_row(report, row, name) for row in fields[f"{name}s"]]
           for name in ("department", "customer_type", "employee")},
        **{name: _plain(value, *aims) for name, value in fields.items() if name not in _APART},
        "readings": _plain(check.readings, *aims),
        "comparison": _plain(check.comparison),
        # The values of findings may hold what a customer wrote.
        "findings": [{**_plain(one), "values": one.values if one.code in NAMES_ONLY else []} for one in check.findings],
        "meta": _plain({**check.meta, "inputs": check.inputs}),
    }  # fmt: skip


def _row(report: MonthlyReport, row: CheckRow, name: str) -> dict[str, Any]:
    figures = check_row(dataclasses.replace(report.check, by=(name,)), row)
    return {**numbers(figures), "label": row.label[name] or None}


def _plain(value: Any, *aims: Decimal | None) -> Any:
    """A value as JSON has it; a share of `value` rounds across none of the targets `aims`."""
    match value:
        case Counts() | ReadingRow():
            share = compliance_text(value.met, value.judged, *aims)
            figures = {**_fields(value), "judged": value.judged, "compliance_pct": float(share) if share else None}
            return {name: _plain(one) for name, one in figures.items()}
        case RunChart():
            return {name: _plain(one, value.target_pct) for name, one in _fields(value).items()}
        case Month(origin=None):
            return {**_fields(value), "counts": None}
        case Limits():
            levels = {name: float(level_text(getattr(value, name), *aims, places=2)) for name in _LEVELS}
            return {name: _plain(one) for name, one in (_fields(value) | levels).items()}
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case dt.date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case Fraction():
            return round(float(value), 2)
        case Mapping():
            return {"unknown" if name is None else str(name): _plain(one, *aims) for name, one in value.items()}
        case tuple() | list():
            return [_plain(one, *aims) for one in value]
    if dataclasses.is_dataclass(value):
        return {name: _plain(one, *aims) for name, one in _fields(value).items()}
    return value


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
