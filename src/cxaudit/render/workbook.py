"""A document of tables as an Excel workbook: a cover with the contents, one table on each sheet, notes.

It follows the UK Government Analysis Function's "Releasing statistics in spreadsheets": real Excel tables that start in
column A under one header row, the title in A1, one table on a sheet, no merged cells, no blank rows, nothing said by colour
alone, what is not available in square brackets. Only a working sheet has a filter and a frozen header. All text is text:
nothing in the workbook can be run or followed. Same document, same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cxaudit.errors import UsageError
from cxaudit.render.document import FIGURES, NOT_AVAILABLE, Cell, Document, Kind, TableColumn, TablePart
from cxaudit.render.options import Scratch
from cxaudit.render.words import visible

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

#: What a sheet and a cell of Excel hold.
MAX_ROWS, MAX_CELL, MAX_NAME = 1_048_576, 32_767, 31
CUT = " [cut: a cell of Excel holds 32,767 characters]"
#: More rows than these are written one by one, without holding them, as a list with a filter instead of a table.
MANY_ROWS = 20_000
_WIDEST, _NARROWEST, _MOST = 60, 9, 90
_LINE = 15  # points
_SETTINGS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_FONT = {"font_name": "Arial", "font_size": 11}  # handed over as a copy: XlsxWriter writes into it
_NO_XML = re.compile("[\ufffe\uffff]")
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_NUMBER_FORMATS: dict[Kind, str] = {"count": "#,##0", "days": "#,##0", "number": "0", "id": "@"}


def render_workbook(document: Document, scratch: Scratch | None = None) -> Iterator[bytes]:
    """The bytes of the workbook; a large one is put together in the scratch folder, whose owner removes what a signal leaves.

    Raises `UsageError` for more rows than a sheet holds.
    """
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    is_large = any(part.is_working and _n_rows(part) > MANY_ROWS for part in document.parts)
    settings: dict[str, Any] = {**_SETTINGS, "default_format_properties": dict(_FONT)}
    if is_large:
        settings |= {"in_memory": False, "constant_memory": True, "tmpdir": scratch() if scratch is not None else None}
    book = Workbook(buffer, settings)
    book.set_properties(
        {"title": visible(document.title), "author": visible(document.organisation), "created": document.as_of}
    )
    drawing = _Drawing(book, is_large)
    drawing.cover(document)
    for place, part in enumerate(document.parts):
        drawing.part(part, place)
    if document.notes:
        drawing.notes(document)
    book.close()
    yield buffer.getvalue()


def _n_rows(part: TablePart) -> int:
    return len(part.rows) if isinstance(part.rows, Sized) else MANY_ROWS + 1


@dataclass
class _Drawing:
    book: Workbook
    is_large: bool

    def __post_init__(self) -> None:
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def format(self, **properties: Any) -> Any:
        key = tuple(properties.items())
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"valign": "top", **properties})
        return self.formats[key]

    def _header(self, column: TableColumn) -> Any:
        side = {"align": "right"} if column.kind in FIGURES else {"indent": 1} if column.is_apart else {}
        return self.format(bold=True, text_wrap=True, bottom=1, **side)

    def cover(self, document: Document) -> None:
        sheet = self.book.add_worksheet("Cover")
        sheet.set_column(0, 0, 100)
        sheet.set_row(0, 24)
        _write(sheet, 0, 0, document.title, self.format(bold=True, font_size=16, text_wrap=True))
        row = 1
        for line in [*([document.organisation] if document.organisation else []), *document.lines]:
            sheet.set_row(row, _height([line], [100]))
            _write(sheet, row, 0, line, self.format(text_wrap=True))
            row += 1
        _write(sheet, row, 0, "Sheets of this workbook", self.format(bold=True, font_size=13))
        names = [f"{sheet_name(part.name)}: {part.title}" for part in document.parts]
        for line in [*names, *(["Notes: what the words and figures mean"] if document.notes else [])]:
            row += 1
            sheet.set_row(row, _height([line], [100]))
            _write(sheet, row, 0, line, self.format(text_wrap=True))

    def notes(self, document: Document) -> None:
        columns = (TableColumn("Note", width=30), TableColumn("Meaning", width=_MOST))
        self.part(TablePart("Notes", "Notes", columns, document.notes), len(document.parts))

    def part(self, part: TablePart, place: int) -> None:
        part = replace(part, columns=tuple(_apart(part.columns)))
        sheet = self.book.add_worksheet(sheet_name(part.name))
        sheet.set_row(0, 20)
        _write(sheet, 0, 0, part.title, self.format(bold=True, font_size=14))
        top = 1
        for line in part.lines:
            _write(sheet, top, 0, line, None)
            top += 1
        widths = [max(_NARROWEST, column.width or min(len(column.heading) + 2, 16)) for column in part.columns]
        sheet.set_row(top, _height([column.heading for column in part.columns], [width - 1 for width in widths]))
        for i, column in enumerate(part.columns):
            _write(sheet, top, i, column.heading, self._header(column))
        last = self._rows(sheet, part, top + 1, widths)
        for i, width in enumerate(widths):
            sheet.set_column(i, i, min(width, _MOST))
        self._page(sheet, top)
        self._table(sheet, part, (top, last), place)
        if part.drawing is not None and last > top:
            self._chart(sheet, part, (top, last))

    def _rows(self, sheet: Worksheet, part: TablePart, row: int, widths: list[int]) -> int:
        """Write the rows and learn how wide they are; returns the last row written."""
        total = _n_rows(part) - 1 if part.has_total else -1
        for place, cells in enumerate(part.rows):
            if row >= MAX_ROWS:
                raise UsageError(
                    f"a sheet of Excel holds {MAX_ROWS - 1:,} rows, and there are more.\n"
                    "Narrow them down (--period, --verdict, --department), or write CSV."
                )
            more = {"bold": True, "top": 1} if place == total else {}
            for i, (cell, column) in enumerate(zip(cells, part.columns, strict=True)):
                self._cell(sheet, (row, i), cell, column, more, part.is_working)
                if not column.width:
                    widths[i] = max(widths[i], min(_length(cell) + 2, _WIDEST))
            if not part.is_working and not self.is_large:
                sheet.set_row(row, _height(cells, widths))
            row += 1
        return row - 1

    def _cell(
        self,
        sheet: Worksheet,
        at: tuple[int, int],
        cell: Cell,
        column: TableColumn,
        more: dict[str, Any],
        is_working: bool,
    ) -> None:
        match cell:
            case None if is_working or column.kind not in FIGURES:
                return
            case None:
                _write(sheet, *at, NOT_AVAILABLE, self.format(align="right", **more))
            case dt.datetime():
                sheet.write_datetime(*at, cell, self.format(num_format="yyyy-mm-dd hh:mm:ss", **more))
            case dt.date():
                sheet.write_datetime(*at, cell, self.format(num_format="yyyy-mm-dd", **more))
            case str() if column.kind == "share" and not cell.startswith("["):
                decimals = len(cell.partition(".")[2])
                sheet.write_number(*at, float(cell), self.format(num_format=f"0.{'0' * decimals}", **more))
            case str():
                side = {"align": "right"} if column.kind == "share" else {"indent": 1} if column.is_apart else {}
                _write(sheet, *at, cell, self.format(num_format="@", text_wrap=not is_working, **side, **more))
            case _:
                form = _NUMBER_FORMATS.get(column.kind, "0.00") if isinstance(cell, int) else "0.00"
                sheet.write_number(*at, cell, self.format(num_format=form, **more))

    @staticmethod
    def _page(sheet: Worksheet, header: int) -> None:
        """On paper: across the width of a letter page, the header on each."""
        sheet.set_landscape()
        sheet.set_paper(1)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(header)

    def _table(self, sheet: Worksheet, part: TablePart, rows: tuple[int, int], place: int) -> None:
        top, last = rows
        right = len(part.columns) - 1
        if part.is_working:
            sheet.freeze_panes(top + 1, 1)
        if last == top:
            return
        if self.is_large:
            if part.is_working:
                sheet.autofilter(top, 0, last, right)
            return
        sheet.add_table(
            top, 0, last, right,
            {
                "name": f"table_{place + 1}_{re.sub('[^A-Za-z0-9]+', '_', part.name).lower()}",
                "columns": [{"header": visible(c.heading), "header_format": self._header(c)} for c in part.columns],
                "autofilter": part.is_working, "banded_rows": False, "style": "Table Style Light 1",
            },
        )  # fmt: skip

    def _chart(self, sheet: Worksheet, part: TablePart, rows: tuple[int, int]) -> None:
        drawing, name = part.drawing, sheet_name(part.name)
        assert drawing is not None
        top, last = rows[0] + 1, rows[1] - (1 if part.has_total else 0)
        chart = self.book.add_chart({"type": drawing.kind})
        for i in drawing.values:
            is_level = i != drawing.values[0]
            chart.add_series(
                {
                    "name": [name, rows[0], i],
                    "categories": [name, top, 0, last, 0],
                    "values": [name, top, i, last, i],
                    **(_line_of(is_level) if drawing.kind == "line" else {}),
                }
            )
        chart.set_title({"name": drawing.title, "name_font": {"size": 12}})
        values = {"name": drawing.axis, "min": drawing.lowest, "max": 100}
        if drawing.kind == "bar":  # bars lie on their side, the first row on top
            chart.set_x_axis(values)
            chart.set_y_axis({"reverse": True})
        else:
            chart.set_y_axis(values)
        chart.set_legend({"none": True} if len(drawing.values) == 1 else {"position": "bottom"})
        chart.set_size({"width": 640, "height": 360})
        # Below the table: beside it, paper would show both too small to be read.
        sheet.insert_chart(rows[1] + 2, 0, chart, {"description": drawing.description})


def _length(cell: Cell) -> int:
    match cell:
        case dt.datetime():
            return 19
        case dt.date():
            return 10
    return len(str(cell))


def _height(cells: Iterable[Cell], widths: Iterable[int]) -> int:
    """The height of a row whose texts wrap, in points: programs that do not work it out themselves cut it off."""
    pairs = zip(cells, widths, strict=True)
    return (
        _LINE * max((-(-len(cell) // max(width, 1)) for cell, width in pairs if isinstance(cell, str)), default=1)
        or _LINE
    )


def _apart(columns: Sequence[TableColumn]) -> Iterator[TableColumn]:
    """Words to the right of a figure stand a little apart from it."""
    before: Kind = "text"
    for column in columns:
        yield replace(column, is_apart=before in FIGURES and column.kind == "text")
        before = column.kind


def _line_of(is_level: bool) -> dict[str, Any]:
    if is_level:
        return {"line": {"width": 1, "dash_type": "dash", "color": "#55626f"}, "marker": {"type": "none"}}
    return {"line": {"width": 2, "color": "#2b6a99"}, "marker": {"type": "circle", "fill": {"color": "#2b6a99"}}}


def lowest_shown(*shares: Cell) -> int:
    """Where the axis of a line of percentages begins: at full tens, below all of them.

    >>> lowest_shown("91.0", None, "[low]", "86.7")
    80
    """
    known = [float(share) for share in shares if isinstance(share, str) and not share.startswith("[")]
    return max(0, (int(min(known, default=0)) - 1) // 10 * 10)


def _write(sheet: Worksheet, row: int, column: int, text: str, form: Any) -> None:
    sheet.write_string(row, column, cell_text(text), form)


@lru_cache(maxsize=10_000)
def cell_text(text: str) -> str:
    """Text as a cell can hold it: nothing unseen, nothing cut without a word.

    >>> cell_text("a\\x00b"), len(cell_text("x" * 40_000)), cell_text("x" * 40_000)[-12:]
    ('a\ufffdb', 32767, ' characters]')
    """
    text = _NO_XML.sub("\ufffd", visible(text))
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - len(CUT)] + CUT


def sheet_name(name: str) -> str:
    """A name as Excel allows it.

    >>> sheet_name("Missed: by channel/department and month")
    'Missed by channel department an'
    """
    return " ".join(_NO_SHEET_NAME.sub(" ", visible(name)).split())[:MAX_NAME].strip("' ")
