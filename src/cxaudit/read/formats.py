"""Number formats: what a workbook shows of a value beyond the value itself, a midnight's time of day and zeros in front of a
number.

A day alone and a day's first moment are the same number in a workbook, and so are `4001` and `00004001`: only the format of the
cell tells them apart. Source: ECMA-376 part 1, 18.8.30 and 18.8.31.
"""

from __future__ import annotations

import datetime as dt
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

#: A time of day stands for the zeros of a number: a format shows the one or the other.
TIME = 0
_BUILT_IN = dict.fromkeys((18, 19, 20, 21, 22), "h:mm")
#: What stands in a format for itself: text in quotes, a character behind a sign, a language or a colour in brackets.
_LITERAL = re.compile(r'"[^"]*"|[\\_*].|\[[^\]]*\]')


def shows(code: str) -> int | None:
    """What a number format shows: `TIME`, or how many digits at least where it is made of zeros only; None where neither.

    >>> shows("yyyy-mm-dd hh:mm") == shows("[$-409]m/d/yy h:mm AM/PM;@") == TIME
    True
    >>> shows("00000000"), shows("yyyy-mm-dd"), shows('dd "hours"'), shows("0.00")
    (8, None, None, None)
    """
    if re.fullmatch("0{2,255}", code):
        return len(code)
    return TIME if "h" in _LITERAL.sub("", code).partition(";")[0].lower() else None


def shown_by_styles(of_styles: Iterable[int], codes: Mapping[int, str]) -> dict[int, int]:
    """The styles of a workbook, by their number, that show a time of day or zeros; given the formats of all styles."""
    found = {style: shows(codes.get(number, _BUILT_IN.get(number, ""))) for style, number in enumerate(of_styles)}
    return {style: what for style, what in found.items() if what is not None}


def office_styles(root: ElementTree.Element) -> dict[int, int]:
    """What the styles of an xlsx file show, given the XML of its styles."""
    codes: dict[int, str] = {}
    of_styles: list[int] = []
    for element in root:
        kind = element.tag.rpartition("}")[2]
        if kind == "numFmts":
            codes = {int(one.get("numFmtId", "0")): one.get("formatCode", "") for one in element}
        elif kind == "cellXfs":
            of_styles = [int(one.get("numFmtId", "0")) for one in element]
    return shown_by_styles(of_styles, codes)


class Shown:
    """The cells of a sheet that show more than their value; rows and columns count from 0."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int], array[int]] = {}  # by column and what is shown; a column may hold a million

    def add(self, row: int, column: int, what: int) -> None:
        self._rows.setdefault((column, what), array("I")).append(row)

    def put(self, batch: Sequence[list[Any]], first: int, left: int) -> None:
        """Put what is shown into the cells of a piece that begins at a row and a column."""
        for (column, what), rows in self._rows.items():
            j = column - left
            for row in rows[bisect_left(rows, first) : bisect_left(rows, first + len(batch))]:
                cells = batch[row - first]
                if 0 <= j < len(cells):
                    cells[j] = _shown(cells[j], what)


def _shown(value: Any, what: int) -> Any:
    """A value as its format shows it; any other than a day alone, or a whole number, is as it is.

    >>> _shown(dt.date(2025, 10, 8), TIME), _shown(4001.0, 8), _shown("4001", 8)
    (datetime.datetime(2025, 10, 8, 0, 0), '00004001', '4001')
    """
    if what == TIME and type(value) is dt.date:
        return dt.datetime.combine(value, dt.time())
    if what != TIME and type(value) in (float, int) and value % 1 == 0:
        return f"{int(value):0{what}}"
    return value
