"""CSV and TSV: what scripts and spreadsheets read.

Always a header, LF line ends, quotes only where they are needed (RFC 4180); the unknown is an empty cell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cxaudit.model import INPUT_TEXT, STATED_TEXT, Records, Report
from cxaudit.render.check_rows import Cell, check_columns, check_rows
from cxaudit.render.escape import escape_cell, escape_column
from cxaudit.render.options import RenderOptions
from cxaudit.render.words import utf8

if TYPE_CHECKING:
    import polars as pl

#: Rows formatted at a time, so that a log of ten million requests needs the memory of its frame only.
SLICE_ROWS = 50_000


def render_check_csv(report: Report, options: RenderOptions) -> Iterator[bytes]:
    return _check(report, options, ",")


def render_check_tsv(report: Report, options: RenderOptions) -> Iterator[bytes]:
    return _check(report, options, "\t")


def render_records_csv(records: Records, options: RenderOptions) -> Iterator[bytes]:
    return _records(records, options, ",")


def render_records_tsv(records: Records, options: RenderOptions) -> Iterator[bytes]:
    return _records(records, options, "\t")


def _check(report: Report, options: RenderOptions, separator: str) -> Iterator[bytes]:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(check_columns(report))
    writer.writerows(
        [_escaped(name, cell) if options.escape else cell for name, cell in row.items()] for row in check_rows(report)
    )
    yield utf8(text.getvalue())


def _escaped(column: str, cell: Cell) -> Cell:
    return escape_cell(cell) if column in INPUT_TEXT and isinstance(cell, str) else cell


def _records(records: Records, options: RenderOptions, separator: str) -> Iterator[bytes]:
    yield utf8(separator.join(records.rows.collect_schema().names()) + "\n")
    for part in records.parts(SLICE_ROWS):
        yield _delimit(part, options.escape, separator)


def delimit(frame: pl.DataFrame, *, escape: bool) -> Iterator[bytes]:
    """A frame as CSV with its header; text of the columns in INPUT_TEXT is neutralised where `escape` is set."""
    yield utf8(",".join(frame.columns) + "\n")
    for part in frame.iter_slices(SLICE_ROWS):
        yield _delimit(part, escape, ",")


def _delimit(part: pl.DataFrame, escape: bool, separator: str) -> bytes:
    import polars as pl

    texts = [name for name, kind in part.schema.items() if kind == pl.String]
    # polars writes an empty text as "" and null as nothing; to a reader both are the unknown.
    part = part.with_columns(pl.col(name).replace("", None) for name in texts)
    if escape:
        part = part.with_columns(escape_column(name) for name in texts if name in INPUT_TEXT)
        for name in STATED_TEXT.intersection(texts):  # the same few texts in all rows
            if any(escape_cell(text) != text for text in part[name].unique().drop_nulls()):
                part = part.with_columns(escape_column(name))
    buffer = io.BytesIO()
    part.write_csv(buffer, separator=separator, include_header=False, float_precision=2)
    return buffer.getvalue()
