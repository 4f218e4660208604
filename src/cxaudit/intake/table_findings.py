"""Findings about one table: its rejected rows, values taken with care, and how it was read.

Each names the file, the sheet and the rows that Excel shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from cxaudit.findings import CATALOGUE, Finding
from cxaudit.recognise.dates import is_missing
from cxaudit.recognise.requests import Reading
from cxaudit.recognise.zone_names import contradicts_zone

if TYPE_CHECKING:
    from cxaudit.intake.source import Source

#: So many times that are all midnight are no accident.
_ENOUGH_TIMES = 10
#: So many ids are at hand before a table is looked into.
_AT_HAND = 20
#: A whole number as a program writes it that took the numbers of a column for decimals.
_DECIMAL_ID = r"^\s*\d+\.0\s*$"
PLACES = 5  #: how many rows a finding names


def reject_findings(source: Source, rejected: pl.DataFrame) -> list[Finding]:
    """One finding for each reason for which rows were rejected: `rejected` has `row`, `code` and `value`."""
    found = []
    for code in CATALOGUE if rejected.height else ():
        mine = rejected.filter(pl.col("code") == code)
        if mine.height:
            first = mine.head(PLACES)
            values = tuple(value for value in first["value"].to_list() if value is not None)
            found.append(place_finding(code, source, mine.height, tuple(first["row"].to_list()), values))
    return found


def word_findings(source: Source, n: int, words: Sequence[tuple[int, str]]) -> list[Finding]:
    """Replies for which the system wrote a word or a sign that stands for nothing; of the first the row and the word."""
    rows, values = [row for row, _ in words], tuple(dict.fromkeys(word for _, word in words))
    return [place_finding("word_for_no_reply", source, n, rows, values)] if n else []


def place_finding(
    code: str, source: Source, n: int, rows: Sequence[int] = (), values: Sequence[str] = (), message: str | None = None
) -> Finding:
    """A finding about one table."""
    table = source.table
    return Finding.of(code, message, file=table.file, sheet=table.sheet, n=n, rows=rows, values=values)


def table_findings(source: Source) -> list[Finding]:
    found = [place_finding(r.code, source, r.n, r.rows, r.values) for r in source.table.remarks]
    if source.layout.header[0] == 0:
        found.append(place_finding("header_assumed", source, 1))
    if not source.layout.tells_replies and not source.layout.mapping.is_events:
        found.append(place_finding("no_reply_column", source, 1))
    if source.layout.mapping.caveat:
        found.append(place_finding("caveat", source, 1, message=source.layout.mapping.caveat))
    found += [Finding.of("sheet_not_recognised", file=source.table.file, sheet=sheet) for sheet in source.left_aside]
    return found


def short_row_findings(source: Source, left_out: pl.Series) -> list[Finding]:
    """Requests in rows with fewer cells than the header; to be asked only where the last column is ever empty."""
    if source.table.short_rows is None:
        return []
    short = pl.Series("row", source.table.short_rows(source.layout.header[0], source.layout.width), dtype=pl.UInt32)
    rows = short.filter(~short.is_in(left_out.implode()))
    return [place_finding("short_row", source, len(rows), rows.head(PLACES).to_list())] if len(rows) else []


def midnight_findings(source: Source) -> Iterator[Finding]:
    """Columns of times that are all midnight, by their first rows."""
    if source.layout.mapping.midnight_is_date:
        return
    for role, proof in source.proofs.items():
        is_told = role in source.layout.times or role not in ("received_at", "replied_at", "closed_at")
        if is_told or proof.shows_times or proof.format is None or proof.format.is_date_only or proof.format.counted:
            continue
        first = source.beginning_of(role).rows
        text = pl.col("text").str.strip_chars()
        at, is_timed = proof.format.parse(text), ~proof.format.parse_is_date(text)
        n, n_timed = first.select((at.is_not_null() & is_timed).sum(), n=(at != at.dt.truncate("1d")).sum()).row(0)
        if n >= _ENOUGH_TIMES and n_timed == 0:
            said = f'every time in "{source.layout.names[role]}" is midnight; state midnight_is_date: true if these are dates'
            yield place_finding("only_midnight", source, 1, message=said)


def zone_findings(source: Source, reading: Reading) -> Iterator[Finding]:
    """Times that name a zone which the city is not in at that moment."""
    for role, fmt in reading.formats.items():
        if fmt is not None and fmt.names_zones:
            text = reading.text(role)
            is_wrong = contradicts_zone(fmt.parse(text), text, reading.zone)
            wrong = source.rows.filter(is_wrong).select("row", text=text).collect(engine="streaming")
            if wrong.height:
                first = wrong.head(PLACES)
                yield place_finding("zone_name", source, wrong.height, first["row"].to_list(), first["text"].to_list())


def decimal_id_findings(source: Source) -> Iterator[Finding]:
    """Ids that all end in `.0`, by their first rows: the same cases have other ids in an export that no such program wrote."""
    if "case_id" not in source.layout.positions or source.layout.mapping.is_events:
        return
    position, header = source.layout.positions["case_id"], source.layout.header[0]
    at_hand = (cells[position] for row, cells in source.table.head if row > header and len(cells) > position)
    if not any(re.match(_DECIMAL_ID, cell) for cell in islice(at_hand, _AT_HAND)):
        return  # as nearly always, and without looking into the table
    is_decimal = pl.col("text").str.contains(_DECIMAL_ID)
    first = (
        source.beginning_of("case_id")
        .rows.filter(~is_missing(pl.col("text")))
        .select(is_decimal.all() & (pl.len() > 0))
    )
    if not first.item():
        return
    ids = source.column_of("case_id").filter(is_decimal)
    n = ids.select(pl.len()).collect(engine="streaming").item()
    rows, values = ids.head(PLACES).select("row", pl.col("text").str.strip_chars()).collect().get_columns()
    said = (
        f'"{values[0].removesuffix(".0")}" of another export is another case; take the file as its system exported it'
    )
    yield place_finding("decimal_id", source, n, rows.to_list(), values.to_list(), said)


def far_ahead_findings(source: Source, ahead: pl.DataFrame) -> Iterator[Finding]:
    """Rows with a time that is mistyped (`row`, `at`): it did not tell how far the table reaches."""
    first = ahead.head(PLACES)
    days = [f"{at:%Y-%m-%d}" for at in first["at"]]
    yield place_finding("far_ahead", source, ahead.height, first["row"].to_list(), days)
