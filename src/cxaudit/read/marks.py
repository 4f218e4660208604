"""Marks: what a workbook says beside its values, and the reader of values does not tell: rows that are hidden, cells whose
formula gave an error, dates that count from 1904, a used range of absurd size, cells whose format shows more than their value,
in ods files also the cells that are merged over several rows. Read from the XML in xlsx and ods files.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

from cxaudit.read.formats import TIME, Shown, office_styles

_CHUNK = 1 << 20
_SMALL = 1 << 24  # bytes of an XML file that is read as a whole
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row(?=[^>]*\shidden="(?:1|true)")[^>]*?\sr="(\d+)"')
_ERROR = re.compile(
    rb'<(?:\w+:)?c(?=[^>]*\st="e")[^>]*?\sr="([A-Z]+)(\d+)"[^>]*>(?:<(?:\w+:)?f[^>]*?(?:/>|>.*?</(?:\w+:)?f>))?'
    rb"<(?:\w+:)?v>([^<]*)</",
    re.DOTALL,
)
#: A formula without a value: whoever wrote the file calculated nothing.
_NO_VALUE = re.compile(
    rb'<(?:\w+:)?c(?![^>]*\st="str")(?=[^>]*?\sr="([A-Z]+)(\d+)")[^>]*>'
    rb"<(?:\w+:)?f[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)(?:<(?:\w+:)?v>\s*</(?:\w+:)?v>|<(?:\w+:)?v\s*/>)?</(?:\w+:)?c>"
)
_NOT_CALCULATED = "not calculated"
_VALUE = re.compile(rb'<(?:\w+:)?c(?=[^>]*\sr="([A-Z]+)(\d+)")[^>]*[^/]>(?=<(?:\w+:)?(?:f|is|v>[^<]))')
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension[^>]*\sref="[A-Z]+\d+:([A-Z]+)(\d+)"')
#: Cells of some styles whose value is a whole number. Most have another style, or a fraction: they cost little.
_WHOLE = (
    r' s="({styles})"[^<]*<(?:(?:\w+:)?f(?:[^>]*/|[^>]*>[^<]*</(?:\w+:)?f)><)?'
    r"(?:\w+:)?v>\d(?:\d*(?:\.0*)?|\.\d+E\+?\d+)</"
)
_FEW_STYLES = 20  # to look for by their names; of more, each cell's is looked up
_PLACE = re.compile(rb'\sr="([A-Z]{1,3})([1-9]\d{0,6})"')
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_SPANS = re.compile(rb"number-rows-spanned\s*=\s*[\"'](?!1[\"'])")
_MOST_ROWS = 1 << 20  # of a sheet; the reader of values holds no more either
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
#: A day alone that is shown with a time of day; a whole number that is shown with zeros in front.
_TIME_SHOWN = re.compile(rb'date-value="[\d-]+"[^>]*>\s*<text:p>[^<]*\d:\d\d')
_ZEROS_SHOWN = re.compile(rb':value="\d+"[^>]*>\s*<text:p>0\d')
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

#: What a damaged ZIP file, or the XML in it, shows itself by.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ElementTree.ParseError)

Cell = tuple[int, int]  # row and column, from 0


@dataclass
class Marks:
    """The marks of one sheet: rows as Excel shows them, errors by their cell, the last cell of a range that is too large, and
    the first and last cell of each merged range that the reader of values does not tell, what formats show beyond the values.
    """

    hidden_rows: list[int] = field(default_factory=list)
    errors: dict[Cell, str] = field(default_factory=dict)
    too_large: str | None = None
    merged: list[tuple[Cell, Cell]] = field(default_factory=list)
    shown: Shown = field(default_factory=Shown)


@dataclass
class WorkbookMarks:
    """The marks of a workbook by sheet."""

    sheets: dict[str, Marks] = field(default_factory=dict)
    is_1904: bool = False


def marks_of(path: Path, most_cells: int) -> WorkbookMarks:
    """The marks of a workbook; none where it is not XML in a ZIP file. Raises one of `BROKEN` where that is damaged.

    The reader of values does not look whether it reads what was written; to look takes about a fortieth of the run.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if (damaged := archive.testzip()) is not None:
                raise zipfile.BadZipFile(f"{damaged} is not what was written")
            names = set(archive.namelist())
            if "content.xml" in names:
                return WorkbookMarks(_open_document(archive))
            main = next((name for name in ("xl/workbook.xml", "xl/workbook2.xml") if name in names), None)
            return _office(archive, main, names, most_cells) if main else WorkbookMarks()
    except (KeyError, NotImplementedError):
        return WorkbookMarks()


def _office(archive: zipfile.ZipFile, main: str, names: set[str], most_cells: int) -> WorkbookMarks:
    folder = posixpath.dirname(main)
    workbook = _small(archive, main)
    relations = list(_small(archive, f"{folder}/_rels/{posixpath.basename(main)}.rels"))
    targets = {one.get("Id"): _target(one, folder, names) for one in relations}
    styles = next((targets[one.get("Id")] for one in relations if one.get("Type", "").endswith("/styles")), "")
    shown = _styles(archive, styles)
    found = WorkbookMarks()
    for element in workbook.iter():
        kind = element.tag.rpartition("}")[2]
        if kind == "workbookPr":
            found.is_1904 = element.get("date1904") in ("1", "true")
        elif kind == "sheet":
            target = targets.get(element.get(_RELATION) or element.get(_STRICT_RELATION), "")
            if target in names:
                found.sheets[element.get("name", "")] = _sheet(archive, target, most_cells, shown)
    return found


def _target(relation: ElementTree.Element, folder: str, names: set[str]) -> str:
    """The part that a relation leads to, from the folder or from the top."""
    target = posixpath.normpath(posixpath.join(folder, relation.get("Target", "")))
    return target.lstrip("/") if target.lstrip("/") in names else target


def _styles(archive: zipfile.ZipFile, name: str) -> dict[int, int]:
    """What the styles of cells show; none where they are not as they should be."""
    try:
        return office_styles(_small(archive, name))
    except (KeyError, ValueError, ElementTree.ParseError):
        return {}


def _small(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with archive.open(name) as file:
        return ElementTree.fromstring(file.read(_SMALL))


def _sheet(archive: zipfile.ZipFile, name: str, most_cells: int, styles: dict[int, int]) -> Marks:
    marks, is_first = Marks(), True
    of_styles = "|".join(map(str, styles)) if len(styles) <= _FEW_STYLES else r"\d{1,6}"
    whole = re.compile(_WHOLE.format(styles=of_styles).encode())
    for part in _rows_of(archive, name):
        for found in whole.finditer(part) if styles else ():
            what = styles.get(int(found[1]))
            place = _PLACE.search(part, part.rfind(b"<", 0, found.start()), found.end())
            if what is not None and place:
                marks.shown.add(int(place[2]) - 1, _column(place[1]) - 1, what)
        if any(sign in part for sign in (b"f></", b"<v></", b"<v/>", b"<v />", b":v></")):
            marks.errors |= {(int(r) - 1, _column(c) - 1): _NOT_CALCULATED for c, r in _NO_VALUE.findall(part)}
        if is_first and (size := _DIMENSION.search(part)) and _column(size[1]) * int(size[2]) > most_cells:
            marks.too_large = _last_value(archive, name, most_cells)
        is_first = False
        if b"hidden=" in part:
            marks.hidden_rows += [int(row) for row in _HIDDEN_ROW.findall(part)]
        if b't="e"' in part:
            marks.errors |= {(int(r) - 1, _column(c) - 1): text.decode() for c, r, text in _ERROR.findall(part)}
    return marks


def _rows_of(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The XML of a sheet in pieces of whole rows."""
    rest = b""
    with archive.open(name) as file:
        while chunk := file.read(_CHUNK):
            text = rest + chunk
            end = text.rfind(b"<row") if b"<row" in text else text.rfind(b":row ")
            end = max(end, 0)
            if end:
                yield text[:end]
            rest = text[end:]
    yield rest


def _last_value(archive: zipfile.ZipFile, name: str, most_cells: int) -> str | None:
    """The farthest cell with a value, if the range up to it is too large; a format alone takes no room."""
    right, right_cell, down = 0, b"", 0
    for part in _rows_of(archive, name):
        for column, row in _VALUE.findall(part):
            down = max(down, int(row))
            if _column(column) > right:
                right, right_cell = _column(column), column + row
    return right_cell.decode() if right * down > most_cells else None


def _column(letters: bytes) -> int:
    """
    >>> _column(b"A"), _column(b"AB"), _column(b"XFD")
    (1, 28, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _open_document(archive: zipfile.ZipFile) -> dict[str, Marks]:
    """The marks of an ods file, if its XML speaks of any. Rows are let go one by one; tables within a cell are passed over."""
    found: dict[str, Marks] = {}
    if not _has_any_mark(archive):
        return found
    table, marks, n_rows, depth = ElementTree.Element(""), Marks(), 0, 0
    with archive.open("content.xml") as file:
        for event, element in ElementTree.iterparse(file, ("start", "end")):
            if element.tag == f"{_TABLE}table-row":
                depth += 1 if event == "start" else -1
                if event == "end" and depth == 0:
                    n_rows += _row(element, n_rows, marks)
                    element.clear()
                    table.clear()
            elif element.tag == f"{_TABLE}table" and event == "start" and depth == 0:
                table, marks, n_rows = element, Marks(), 0
                found[element.get(f"{_TABLE}name", "")] = marks
    return found


def _has_any_mark(archive: zipfile.ZipFile) -> bool:
    with archive.open("content.xml") as file:
        before = b""
        while chunk := file.read(_CHUNK):
            text = before + chunk
            if b'value-type="error"' in text or b"table:visibility=" in text:
                return True
            if any(mark.search(text) for mark in (_SPANS, _TIME_SHOWN, _ZEROS_SHOWN)):
                return True
            before = chunk[-512:]
    return False


def _row(row: ElementTree.Element, row_at: int, marks: Marks) -> int:
    """Adds the marks of a row of an ods file, and tells for how many rows it stands. Of repeated cells only the first spans."""
    n_rows = min(_number(row, "number-rows-repeated"), _MOST_ROWS - row_at)
    has_cells = any(cell.get(f"{_CALC}value-type") or len(cell) for cell in row)
    if row.get(f"{_TABLE}visibility") in ("collapse", "filter") and has_cells:
        marks.hidden_rows += range(row_at + 1, row_at + n_rows + 1)
    column_at = 0
    for cell in row:
        if cell.get(f"{_CALC}value-type") == "error":
            text = "".join(cell.itertext()).strip() or "#N/A"
            marks.errors |= {(row_at + i, column_at): text for i in range(n_rows)}
        if cell.tag == f"{_TABLE}table-cell" and (n_spanned := _number(cell, "number-rows-spanned")) > 1:
            last_column = column_at + _number(cell, "number-columns-spanned") - 1
            marks.merged.append(((row_at, column_at), (row_at + n_spanned - 1, last_column)))
        n_columns = _number(cell, "number-columns-repeated")
        if n_rows * n_columns <= _MOST_ROWS and (what := _shown_in(cell)) is not None:
            for at in product(range(row_at, row_at + n_rows), range(column_at, column_at + n_columns)):
                marks.shown.add(*at, what)
        column_at += n_columns
    return n_rows


def _shown_in(cell: ElementTree.Element) -> int | None:
    """What a cell of an ods file shows beyond its value, by the text that stands in it."""
    text = cell.find(f"{_TEXT}p")
    if text is None:
        return None
    shown = "".join(text.itertext())
    if re.fullmatch(r"[\d-]+", cell.get(f"{_OFFICE}date-value", "")) and re.search(r"\d:\d\d", shown):
        return TIME
    return len(shown) if cell.get(f"{_OFFICE}value") and re.fullmatch(r"0\d+", shown) else None


def _number(element: ElementTree.Element, name: str) -> int:
    """A count among the attributes of an element: 1 where there is none, and never more than a sheet has rows."""
    try:
        return min(int(element.get(f"{_TABLE}{name}", "1")), _MOST_ROWS)
    except ValueError:
        return 1
