"""The marks of an xls workbook (Excel 97 to 2003): hidden rows, cells whose formula gave an error, days that count from 1904,
cells whose format shows more than their value.

A compound file holds the stream of the workbook in chained sectors; the stream is a list of records. Source: MS-CFB, MS-XLS.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from cxaudit.read.formats import shown_by_styles
from cxaudit.read.marks import Marks, WorkbookMarks

_END = 0xFFFFFFFC  # this sector number and those above it are none
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_FORMULA, _EOF, _DATE_MODE, _SHEET, _BOOL_OR_ERROR, _ROW = 0x06, 0x0A, 0x22, 0x85, 0x205, 0x208
_FORMAT, _STYLE, _NUMBER, _SHORT_NUMBER, _SHORT_NUMBERS = 0x41E, 0xE0, 0x203, 0x27E, 0xBD


def biff_marks(path: Path) -> WorkbookMarks:
    """The marks of an xls workbook by sheet; none where its structure is not as it should be."""
    try:
        stream = _workbook_stream(path.read_bytes())
        found = WorkbookMarks()
        codes: dict[int, str] = {}
        of_styles: list[int] = []
        starts: dict[str, int] = {}
        for kind, record in _records(stream, 0):
            if kind == _DATE_MODE:
                found.is_1904 = record[:1] == b"\x01"
            elif kind == _FORMAT and len(record) > 5:
                codes[_number(record, 0)] = _text(record, 5, _number(record, 2))
            elif kind == _STYLE:
                of_styles.append(_number(record, 2))
            elif kind == _SHEET:
                starts[_text(record, 8, record[6])] = struct.unpack_from("<I", record)[0]
        shown = shown_by_styles(of_styles, codes)
        found.sheets = {name: _sheet(stream, start, shown) for name, start in starts.items()}
    except (struct.error, IndexError, UnicodeDecodeError):
        return WorkbookMarks()
    return found


def _text(record: bytes, at: int, length: int) -> str:
    """So many characters; the byte in front of them says whether each takes one byte or two."""
    is_wide = record[at - 1] & 1
    text = record[at : at + length * (1 + is_wide)]
    return text.decode("utf-16-le", "replace") if is_wide else text.decode("latin-1")


def _number(record: bytes, at: int) -> int:
    return int.from_bytes(record[at : at + 2], "little")


def _sheet(stream: bytes, start: int, shown: dict[int, int]) -> Marks:
    marks = Marks()
    for kind, record in _records(stream, start):
        if kind == _ROW and record[12] & 0x20:
            marks.hidden_rows.append(struct.unpack_from("<H", record)[0] + 1)
        elif kind == _BOOL_OR_ERROR and record[7]:
            marks.errors[struct.unpack_from("<HH", record)] = _ERRORS.get(record[6], "#ERROR")
        elif kind == _FORMULA and record[12:14] == b"\xff\xff" and record[6] == 2:
            marks.errors[struct.unpack_from("<HH", record)] = _ERRORS.get(record[8], "#ERROR")
        for column, style in _styled(kind, record):
            if style in shown:
                marks.shown.add(_number(record, 0), column, shown[style])
    return marks


def _styled(kind: int, record: bytes) -> Iterator[tuple[int, int]]:
    """The columns of a record of numbers, with the style of each."""
    if kind in (_NUMBER, _SHORT_NUMBER, _FORMULA):
        yield _number(record, 2), _number(record, 4)
    elif kind == _SHORT_NUMBERS:
        for i in range((len(record) - 6) // 6):
            yield _number(record, 2) + i, _number(record, 4 + 6 * i)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part of the stream, up to its end."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _EOF:
            return
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook_stream(content: bytes) -> bytes:
    """The stream named `Workbook` (or `Book`) of a compound file."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    table = _sector_table(content, size)
    directory = _chained(content, size, size, table, struct.unpack_from("<I", content, 48)[0])
    entries = [directory[i : i + 128] for i in range(0, len(directory), 128)]
    root = entries[0]
    for entry in entries:
        name = entry[: max(0, struct.unpack_from("<H", entry, 64)[0] - 2)].decode("utf-16-le")
        if name not in ("Workbook", "Book"):
            continue
        start, length = struct.unpack_from("<II", entry, 116)
        if length >= struct.unpack_from("<I", content, 56)[0]:
            return _chained(content, size, size, table, start)[:length]
        small = _chained(content, size, size, table, struct.unpack_from("<I", root, 116)[0])
        small_table = _numbers(_chained(content, size, size, table, struct.unpack_from("<I", content, 60)[0]))
        return _chained(small, 64, 0, small_table, start)[:length]
    return b""


def _sector_table(content: bytes, size: int) -> list[int]:
    """For each sector the one that follows it."""
    places = list(struct.unpack_from("<109I", content, 76))
    more = struct.unpack_from("<I", content, 68)[0]
    while more < _END and len(places) < len(content) // size:
        *listed, more = _numbers(content[size + more * size : 2 * size + more * size])
        places += listed
    parts = [content[size + place * size : 2 * size + place * size] for place in places if place < _END]
    return _numbers(b"".join(parts))


def _numbers(content: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))


def _chained(content: bytes, size: int, first: int, table: list[int], sector: int) -> bytes:
    parts: list[bytes] = []
    while sector < _END and len(parts) <= len(table):
        parts.append(content[first + sector * size : first + sector * size + size])
        sector = table[sector]
    return b"".join(parts)
