"""Headerless: a table without a row of column names, known by what its columns hold.

A source may say which columns it has, in order, and which words one of them holds: every row at hand must hold them, and a
moment where it should. Nothing less will do, since nothing else would show a mistake.
"""

from __future__ import annotations

from collections import Counter

from cxaudit.read.table import Record, Table
from cxaudit.recognise.dates import is_moment
from cxaudit.spelling import fold
from cxaudit.standards.source import SourceMapping


def headerless(table: Table, mapping: SourceMapping) -> Record | None:
    """The header that a table would have, as row 0, if it holds what this source says; else None."""
    names = mapping.without_header
    rows = [cells for _, cells in table.head if any(cell.strip() for cell in cells)]
    if not names or not rows:
        return None
    ((width, _),) = Counter(map(len, rows)).most_common(1)
    received = [names.index(choice.column) for choice in mapping.columns["received_at"] if choice.column in names]
    words = {
        names.index(name): {fold(word) for word in known} for name, known in mapping.contents.items() if name in names
    }
    needed = [*received[:1], *words]
    if not received or width <= max(needed):
        return None
    if not all(len(cells) > max(needed) and is_moment(cells[received[0]].strip()) for cells in rows):
        return None
    if not all(fold(cells[at]) in known for cells in rows for at, known in words.items()):
        return None
    return 0, [*names, *[""] * width][:width]
