"""A document of tables as one web page: no script, no network, readable by a screen reader, fit to print.

Jinja2 escapes every text, and the page forbids itself everything but its own style.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cxaudit.render.document import FIGURES, NOT_AVAILABLE, Cell, Document, Kind, TablePart
from cxaudit.render.figures import for_people
from cxaudit.render.words import visible

if TYPE_CHECKING:
    from jinja2 import Environment

UNKNOWN = "–"
_DAY_END = dt.time(23, 59, 59)


@dataclass(frozen=True)
class _Row:
    cells: tuple[str, ...]
    is_total: bool


def render_page(document: Document) -> Iterator[bytes]:
    """The bytes of the page, in pieces."""
    parts = [
        {
            "title": part.title,
            "lines": part.lines,
            "is_working": part.is_working,
            "columns": [{"heading": c.heading, "kind": _class(c.kind)} for c in part.columns],
            "rows": _rows(part),
            "pictures": _pictures(part),
        }
        for part in document.parts
    ]
    notes = [(UNKNOWN if term == NOT_AVAILABLE else term, meaning) for term, meaning in document.notes]
    stream = environment().get_template("page.html.j2").stream(document=document, parts=parts, notes=notes)
    stream.enable_buffering(500)
    for piece in stream:
        yield piece.encode("utf-8", "replace")


@cache
def environment() -> Environment:
    """Where every template of the package is found; all of them escape what they are given."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("cxaudit.render"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, finalize=lambda value: visible(value) if type(value) is str else value,
    )  # fmt: skip


def _rows(part: TablePart) -> Iterator[_Row]:
    kinds = [column.kind for column in part.columns]
    rows = iter(part.rows)
    current = next(rows, None)
    while current is not None:
        following = next(rows, None)
        cells = tuple(_text(cell, kind, is_working=part.is_working) for cell, kind in zip(current, kinds, strict=True))
        yield _Row(cells, part.has_total and following is None)
        current = following


def _pictures(part: TablePart) -> list[tuple[str, str]]:
    """The charts of a table: the title of each, and its SVG."""
    if not part.charts:
        return []
    from markupsafe import Markup

    from cxaudit.render.report.charts import draw

    return [(chart.title, Markup(draw(chart))) for chart in part.charts]


def _class(kind: Kind) -> str:
    return "figure" if kind in FIGURES else "moment" if kind == "moment" else "text"


def _text(cell: Cell, kind: Kind, *, is_working: bool) -> str:
    match cell:
        case None:
            return UNKNOWN if kind in FIGURES and not is_working else ""
        case dt.datetime():
            # The last second of the day is how a date is written for machines.
            return f"{cell:%Y-%m-%d}" if cell.time() == _DAY_END else f"{cell:%Y-%m-%d %H:%M}"
        case dt.date():
            return cell.isoformat()
        case str():
            return for_people(cell) if kind == "share" and cell[:1].isdigit() else cell
        case int():
            return f"{cell}" if kind == "number" else f"{cell:,} d" if kind == "days" else f"{cell:,}"
    return f"{cell:.2f}"
