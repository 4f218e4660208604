"""What `check`, its readings and `records` show, as documents for a workbook or a page: the figures of the other formats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cxaudit.model import INPUT_TEXT, STATED_TEXT, CheckRow, InputFile, Records, Report
from cxaudit.render.check_rows import compliance, has_targets, row_outcome, row_promise, targets
from cxaudit.render.check_view import heading
from cxaudit.render.document import NOT_AVAILABLE, Cell, Document, Kind, TableColumn, TablePart
from cxaudit.render.escape import escape_cell
from cxaudit.render.figures import compliance_text, percentage_text, range_words
from cxaudit.render.options import RenderOptions
from cxaudit.render.page import render_page
from cxaudit.render.remarks import remarks
from cxaudit.render.report.words import LOW
from cxaudit.render.words import DIMENSION_TITLES, as_of_words, counted
from cxaudit.render.workbook import render_workbook

if TYPE_CHECKING:
    import polars as pl

_COUNTS = ("requests", "met", "late", "overdue", "pending", "excluded")
_RECORD_TITLES: dict[str, tuple[str, Kind]] = {
    "case_id": ("Case", "id"), "channel": ("Channel", "text"), "department": ("Department", "text"),
    "employee": ("Employee", "text"), "customer_type": ("Customer", "text"), "received_at": ("Received", "moment"),
    "replied_at": ("Replied", "moment"), "due_at": ("Due", "moment"), "verdict": ("Verdict", "text"),
    "business_days": ("Business days", "count"), "business_hours": ("Business hours", "count"),
    "business_days_over": ("Business days over", "count"), "standard": ("Promise", "text"), "clause": ("Clause", "text"),
    "high_volume": ("High volume", "text"), "excluded_because": ("Why excluded", "text"),
    "reply_basis": ("Reply known by", "text"), "source": ("Layout", "text"), "file": ("File", "text"),
    "sheet": ("Sheet", "text"), "row": ("Row", "number"), "system": ("Its system", "text"),
    "system_verdict": ("Its verdict", "text"), "system_due_at": ("Its due time", "moment"), "reason": ("Likely reason", "text"),
}  # fmt: skip
#: Left out of the list where nothing stands in them.
_OPTIONAL = ("department", "employee", "customer_type", "high_volume", "excluded_because", "sheet")
_AVAILABILITY = (NOT_AVAILABLE, "Not available: nothing was judged, nothing was promised, or not one target for all.")


def render_check_xlsx(report: Report, options: RenderOptions) -> Iterator[bytes]:
    return render_workbook(check_document(report, options))


def render_check_html(report: Report, options: RenderOptions) -> Iterator[bytes]:
    return render_page(check_document(report, options))


def render_records_xlsx(records: Records, options: RenderOptions) -> Iterator[bytes]:
    return render_workbook(records_document(records, options), options.scratch)


def render_records_html(records: Records, options: RenderOptions) -> Iterator[bytes]:
    return render_page(records_document(records, options))


def check_document(report: Report, options: RenderOptions) -> Document:
    """The compliance table, what stands under it, and what became of the rows of each file."""
    title = "Requests answered in time"
    part = check_part(report, options)
    return Document(title, (heading(report),), (part, files_part(report.inputs, options)), report.as_of,
                    report.organisation, _notes(report))  # fmt: skip


def readings_document(report: Report, *, smallest: int = 0) -> Document:
    """The same requests under every reading; no percentages of fewer judged requests than `smallest`."""
    readings = report.readings
    assert readings is not None
    limits = targets(report, report.total)
    columns = (
        TableColumn("Reading"), TableColumn("Rule", width=60), *(TableColumn(n.capitalize(), "count") for n in _COUNTS),
        TableColumn("Compliance, %", "share"), TableColumn("Differs", "count"),
    )  # fmt: skip
    rows = [
        (row.reading, row.rule, *(getattr(row, n) for n in _COUNTS),
         LOW if 0 < row.judged < smallest else compliance_text(row.met, row.judged, *limits) or None, row.differs)
        for row in readings.rows
    ]  # fmt: skip
    said = [f"{counted(readings.contested, 'contested request')}, whose verdict depends on the reading."]
    if report.total.judged >= smallest:
        said.append(f"Under these readings compliance is {range_words(readings.rows, *limits) or 'unknown'}.")
    part = TablePart("Readings", "The same requests under other readings", columns, rows, tuple(said))
    title = "How far the figure depends on the reading"
    return Document(title, (heading(report),), (part,), report.as_of, report.organisation, (_AVAILABILITY,))


def check_part(report: Report, options: RenderOptions) -> TablePart:
    """The lines of a report as a table: the columns that say something."""
    rows = report.rows
    shown = [n for n in _COUNTS if n not in ("pending", "excluded") or any(getattr(row, n) for row in rows)]
    has_target = has_targets(rows)
    columns = (
        *(TableColumn(DIMENSION_TITLES.get(n, n)) for n in report.by), TableColumn("Promise"),
        *(TableColumn(n.capitalize(), "count") for n in shown), TableColumn("Compliance, %", "share"),
        *((TableColumn("Target, %", "share"), TableColumn("Outcome")) if has_target else ()),
        TableColumn("Median, business days", "days"), TableColumn("90 % within, business days", "days"),
    )  # fmt: skip

    def cells(row: CheckRow) -> tuple[Cell, ...]:
        end = (percentage_text(row.target_pct) or None, row_outcome(row))
        return (
            *_names(report, row, options), row_promise(row), *(getattr(row, n) for n in shown),
            compliance(report, row) or None, *(end if has_target else ()), row.median_business_days,
            row.p90_business_days,
        )  # fmt: skip

    return TablePart("Compliance", "Requests and how many were answered in time", columns,
                     [cells(row) for row in rows], has_total=any(row.is_total for row in rows))  # fmt: skip


def _names(report: Report, row: CheckRow, options: RenderOptions) -> list[str]:
    if row.is_total:
        return ["All", *[""] * (len(report.by) - 1)]
    names = [row.label.get(name) or row.by.get(name) or "not stated" for name in report.by]
    return [escape_cell(name) for name in names] if options.escape else names


def files_part(inputs: tuple[InputFile, ...], options: RenderOptions) -> TablePart:
    """Every row of every file, by what became of it."""
    fates = ("rows", "requests", "other_messages", "duplicates", "rejected", "not_data")
    columns = (
        TableColumn("File"), TableColumn("Sheet"), TableColumn("Layout"),
        *(TableColumn(n.replace("_", " ").capitalize(), "count") for n in fates),
    )  # fmt: skip
    rows = [
        (_safe(t.file, options), _safe(t.sheet or "", options), t.source, *(getattr(t.fates, n) for n in fates))
        for t in inputs
    ]
    return TablePart("Files", "What became of the rows of each file", columns, rows,
                     ("Rows = requests + other messages + duplicates + rejected + not data.",))  # fmt: skip


def _safe(text: str, options: RenderOptions) -> str:
    return escape_cell(text) if options.escape else text


def _notes(report: Report) -> tuple[tuple[str, str], ...]:
    said = [(f"Note {place}", line) for place, line in enumerate(remarks(report), 1)]
    return (*said, ("Compliance", "Met ÷ (met + late + overdue). What is still open after its due time counts as missed."),
            _AVAILABILITY)  # fmt: skip


def records_document(records: Records, options: RenderOptions) -> Document:
    """The list of requests, to work with."""
    as_of = as_of_words(records.as_of, records.as_of_is_date)
    lines = (f"As of {as_of}: {counted(records.frame.height, 'request')} listed.",)
    parts = (records_part(records.frame, options), files_part(records.inputs, options))
    return Document("Requests with their verdicts", lines, parts, records.as_of)


def records_part(frame: pl.DataFrame, options: RenderOptions, title: str = "Requests") -> TablePart:
    """The columns of `records` with anything in them; times as Excel knows them, ids as text."""
    import polars as pl

    from cxaudit.render.escape import escape_column

    is_empty = frame.select((pl.col(name).is_null() | (pl.col(name).cast(pl.String) == "")).all() for name in _OPTIONAL)
    names = [n for n in _RECORD_TITLES if n in frame.columns and (n not in _OPTIONAL or not is_empty.item(0, n))]
    shown = frame.lazy().select(names).with_columns(pl.col(pl.String).replace("", None))
    if options.escape:
        shown = shown.with_columns(escape_column(name) for name in names if name in INPUT_TEXT | STATED_TEXT)
    ready = shown.collect()
    columns = tuple(TableColumn(*_RECORD_TITLES[name]) for name in names)
    return TablePart(title, title, columns, _RowsOf(ready), is_working=True)


class _RowsOf:
    """The rows of a frame, made one by one; times are told from text by their column."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self.moments = [_RECORD_TITLES[name][1] == "moment" for name in frame.columns]

    def __len__(self) -> int:
        return self.frame.height

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        for row in self.frame.iter_rows():
            yield tuple(_moment(cell) if is_at else cell for cell, is_at in zip(row, self.moments, strict=True))


def _moment(text: str | None) -> dt.date | dt.datetime | None:
    if text is None:
        return None
    return dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text)
