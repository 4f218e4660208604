"""One registry of output formats: a format is a function from an outcome and options to bytes.

Nothing heavy is loaded before a format is used, so that `cxaudit --help` stays quick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from cxaudit.render.options import RenderOptions

if TYPE_CHECKING:
    from cxaudit.model import Records, Report
    from cxaudit.monthly.model import MonthlyReport

CheckRenderer = Callable[["Report", RenderOptions], Iterator[bytes]]
RecordsRenderer = Callable[["Records", RenderOptions], Iterator[bytes]]
ReportRenderer = Callable[["MonthlyReport", RenderOptions], Iterator[bytes]]


def _later(module: str, function: str) -> Callable[[Any, RenderOptions], Iterator[bytes]]:
    def render(outcome: Any, options: RenderOptions) -> Iterator[bytes]:
        return cast("Iterator[bytes]", getattr(import_module(f"cxaudit.render.{module}"), function)(outcome, options))

    return render


CHECK_FORMATS: dict[str, CheckRenderer] = {
    "table": _later("check_table", "render_check_table"),
    "csv": _later("delimited", "render_check_csv"),
    "tsv": _later("delimited", "render_check_tsv"),
    "json": _later("structured", "render_check_json"),
    "jsonl": _later("structured", "render_check_jsonl"),
    "markdown": _later("markdown", "render_check_markdown"),
    "xlsx": _later("documents", "render_check_xlsx"),
    "html": _later("documents", "render_check_html"),
}

RECORD_FORMATS: dict[str, RecordsRenderer] = {
    "table": _later("records_table", "render_records_table"),
    "csv": _later("delimited", "render_records_csv"),
    "tsv": _later("delimited", "render_records_tsv"),
    "json": _later("structured", "render_records_json"),
    "jsonl": _later("structured", "render_records_jsonl"),
    "markdown": _later("markdown", "render_records_markdown"),
    "xlsx": _later("documents", "render_records_xlsx"),
    "html": _later("documents", "render_records_html"),
}

#: The forms of the monthly report that are one document each.
REPORT_FORMATS: dict[str, ReportRenderer] = {
    "html": _later("report.page", "render_report_html"),
    "pdf": _later("report.paged", "render_report_pdf"),
    "md": _later("report.text", "render_report_markdown"),
    "json": _later("report.structured", "render_report_json"),
}

#: What the extension of `-o FILE` (in lower case) stands for.
EXTENSIONS: dict[str, str] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "table",
    ".xlsx": "xlsx",
    ".html": "html",
    ".htm": "html",
    ".ics": "ics",
}

__all__ = [
    "CHECK_FORMATS", "EXTENSIONS", "RECORD_FORMATS", "REPORT_FORMATS", "CheckRenderer", "RecordsRenderer", "RenderOptions",
    "ReportRenderer",
]  # fmt: skip
