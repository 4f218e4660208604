"""How far the figure depends on the reading, for `check --readings`: one line per reading, the declared one first."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cxaudit.model import READING_COLUMNS, ReadingRow, Readings, Report
from cxaudit.render.check_rows import targets
from cxaudit.render.check_view import heading
from cxaudit.render.documents import readings_document
from cxaudit.render.figures import compliance_text, for_people, range_words
from cxaudit.render.options import RenderOptions
from cxaudit.render.page import render_page
from cxaudit.render.rows import data_text, markdown_text, remark, table_text
from cxaudit.render.structured import check_document
from cxaudit.render.words import counted, utf8
from cxaudit.render.workbook import render_workbook

_TITLES = ("Reading", "Requests", "Met", "Late", "Overdue", "Pending", "Not judged", "Compliance", "Differs")
_FIGURES = range(1, len(_TITLES))
Limits = tuple[Decimal | None, ...]  # the targets that no shown figure may round across


def render_readings(report: Report, form: str, options: RenderOptions) -> Iterator[bytes]:
    """The readings of a report that has them. `form` is one of CHECK_FORMATS."""
    readings = report.readings or Readings((), 0)
    limits = targets(report, report.total)
    cells = [_cells(row, limits) for row in readings.rows]
    rows = [_row(row, limits) for row in readings.rows]
    match form:
        case "table":
            yield utf8(f"{heading(report)}\n\n{table_text(_TITLES, cells, options, _FIGURES)}\n")
            yield utf8("".join(remark(line, options) for line in _remarks(readings, limits)))
        case "markdown":
            yield utf8(f"**{heading(report)}**\n\n")
            yield utf8(markdown_text(_TITLES, cells, _FIGURES) + "\n")
            yield utf8("".join(f"- {line}\n" for line in _remarks(readings, limits)))
        case "json":
            yield check_document(report, rows, contested=readings.contested)
        case "xlsx":
            yield from render_workbook(readings_document(report))
        case "html":
            yield from render_page(readings_document(report))
        case "jsonl":
            yield utf8(data_text(READING_COLUMNS, [_numbers(row) for row in rows], form, escape=options.escape))
        case _:
            yield utf8(data_text(READING_COLUMNS, rows, form, escape=options.escape))


def _row(row: ReadingRow, limits: Limits) -> dict[str, str | int | None]:
    values = {name: getattr(row, name) for name in READING_COLUMNS if name != "compliance_pct"}
    values["compliance_pct"] = compliance_text(row.met, row.judged, *limits) or None
    return {name: values[name] for name in READING_COLUMNS}


def _numbers(row: dict[str, str | int | None]) -> dict[str, str | int | float | None]:
    share = row["compliance_pct"]
    return {**row, "compliance_pct": float(share) if share is not None else None}


def _cells(row: ReadingRow, limits: Limits) -> list[str]:
    counts = (row.requests, row.met, row.late, row.overdue, row.pending, row.excluded)
    share = for_people(compliance_text(row.met, row.judged, *limits))
    return [row.reading, *(f"{n:,}" for n in counts), share, f"{row.differs:,}" if row.reading != "declared" else ""]


def _remarks(readings: Readings, limits: Limits) -> list[str]:
    words = [f"{row.reading}: {row.rule}" for row in readings.rows]
    n = counted(readings.contested, "contested request")
    contested = f"{n}, whose verdict depends on the reading: cxaudit records … --contested"
    return [
        *words,
        contested,
        f"Under these readings compliance is {range_words(readings.rows, *limits) or 'unknown'}.",
    ]
