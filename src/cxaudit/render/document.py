"""A document of tables, decided before it is drawn: the same description becomes a workbook and a web page.

A figure that is not known is None, and so is one that does not apply; the drawing says so, never with a zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cxaudit.render.report.story import Chart

#: A share is text as it is shown, `95.0`: it was rounded with its target in mind.
Kind = Literal["text", "id", "count", "number", "share", "days", "moment"]
Cell = str | int | float | dt.date | dt.datetime | None

#: What stands for a figure that is not known where a cell must not be empty; a note says what it means.
NOT_AVAILABLE = "[x]"
FIGURES: tuple[Kind, ...] = ("count", "number", "share", "days")


@dataclass(frozen=True)
class TableColumn:
    heading: str
    kind: Kind = "text"
    width: int = 0  # in characters; 0 = by its contents
    is_apart: bool = False  # set a little to the right


@dataclass(frozen=True)
class Drawing:
    """A chart of the table beside it: one line or bar per value column, over the first column.

    Of several lines the first is that of the values; the others are levels to compare them with.
    """

    kind: Literal["line", "column", "bar"]
    title: str
    values: tuple[int, ...]  # positions of the columns
    description: str  # what a reader who cannot see it is told
    axis: str  # what the values are
    lowest: int = 0  # where the axis of a line begins; bars begin at zero


@dataclass(frozen=True)
class TablePart:
    """One table: a sheet of the workbook, a section of the page."""

    name: str  # of the sheet
    title: str
    columns: tuple[TableColumn, ...]
    rows: Iterable[tuple[Cell, ...]]
    lines: tuple[str, ...] = ()  # said above the table
    has_total: bool = False  # the last row is that of all
    is_working: bool = False  # a list to work with: filter, and a header that stays in sight
    drawing: Drawing | None = None  # the workbook's
    charts: tuple[Chart, ...] = ()  # the page's


@dataclass(frozen=True)
class Document:
    title: str
    lines: tuple[str, ...]  # below the title
    parts: tuple[TablePart, ...]
    as_of: dt.datetime
    organisation: str = ""
    notes: tuple[tuple[str, str], ...] = field(default=())  # what a word or a figure means, or what it leaves out
