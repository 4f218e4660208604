"""Sorting: the rows of a table that did not read as requests at once, each with its fate, and what is said of the table.

Source: DESIGN, section 3, "Nothing is lost".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from cxaudit.findings import Finding
from cxaudit.intake.source import Source
from cxaudit.intake.table_findings import (
    PLACES,
    decimal_id_findings,
    far_ahead_findings,
    midnight_findings,
    reject_findings,
    short_row_findings,
    table_findings,
    word_findings,
    zone_findings,
)
from cxaudit.model import Fates, InputFile
from cxaudit.read.table import DAMAGED, column
from cxaudit.recognise.requests import Reading, sort_out

#: Doubtful rows that are looked at together.
DOUBTFUL_ROWS = 200_000
REJECT_SCHEMA = {"file": pl.String, "sheet": pl.String, "row": pl.UInt32, "code": pl.String, "value": pl.String}


@dataclass(frozen=True)
class Arrived:
    """One table taken in: its rejected rows, and its fates so far (duplicates come later)."""

    source: Source
    rejects: pl.DataFrame
    fates: Fates
    findings: tuple[Finding, ...]
    latest_at: dt.datetime | None  # the latest timestamp, local
    reaches_at: dt.datetime | None  # the latest that is not mistyped
    pairing: PairedTable | None = None  # of calls and messages


@dataclass(frozen=True)
class PairedTable:
    """What pairing made of one table: `others` (`row`, `kind`), `duplicates` (`row`), and for each request `row`,
    `reply_table`, `reply_row`, `way` (null where it has no reply) and `n_further`, its further messages."""

    others: pl.DataFrame
    duplicates: pl.DataFrame
    requests: pl.DataFrame


@dataclass(frozen=True)
class SortedOut:
    """The doubtful rows of one table: those that are no requests (`at`, `row`, `fate`, `value`), and what was found."""

    out: pl.DataFrame
    rejects: pl.DataFrame
    n_words: int = 0  # requests with a word that stands for no reply
    words: tuple[tuple[int, str], ...] = ()  # the first of them: row and word
    is_unread: bool = False  # a date was not read that may be readable after all


_OUT_SCHEMA = {"at": pl.UInt32, "row": pl.UInt32, "fate": pl.String, "value": pl.String}
NOTHING = SortedOut(pl.DataFrame(schema=_OUT_SCHEMA), pl.DataFrame(schema=REJECT_SCHEMA))


def sort_out_table(
    source: Source, reading: Reading, doubtful: pl.DataFrame | None, *, with_cells: bool = False
) -> SortedOut:
    """Look at the doubtful rows (`at`, `row`) of one table, all their cells at hand."""
    if doubtful is None:
        return NOTHING
    parts, rejects, n_words, words = [NOTHING.out], [NOTHING.rejects], 0, []
    is_unread = False
    mine = source.rows.filter(pl.col("row").is_in(doubtful["row"].implode()))
    for cells in mine.collect_batches(chunk_size=DOUBTFUL_ROWS, engine="streaming"):
        found = sort_out(cells, reading).join(doubtful, on="row", how="left", maintain_order="left")
        out = found.filter(pl.col("fate") != "request")
        parts.append(out.select(list(_OUT_SCHEMA)))
        rejected = out.filter(pl.col("fate") != "not_data")
        rejects.append(rejected_rows(source, rejected, cells if with_cells else None))
        said = found.filter(pl.col("fate") == "request", pl.col("value").is_not_null())
        n_words += said.height
        words += said.select("row", "value").head(PLACES).rows()
        is_unread |= bool(rejected["fate"].is_in(["unreadable_received", "unreadable_reply"]).any())
    together = pl.concat(rejects, how="diagonal")
    return SortedOut(pl.concat(parts), together, n_words, tuple(words[:PLACES]), is_unread)


def arrive(
    source: Source,
    reading: Reading,
    counts: dict[str, Any] | None,
    found: SortedOut,
    ahead: pl.DataFrame | None,
    latest_at: dt.datetime | None,
    reaches_at: dt.datetime | None,
) -> Arrived:
    """What became of the rows of one table, and what is to be said of it."""
    n_typed = counts["n"] if counts else 0
    titles, n_rejected = max(source.layout.header[0] - 1, 0), found.rejects.height
    fates = Fates(
        rows=n_typed + titles,
        requests=n_typed - found.out.height,
        rejected=n_rejected,
        not_data=found.out.height - n_rejected + titles,
    )
    may_be_short = bool(counts and counts["ends_empty"])
    findings = (
        *reject_findings(source, found.rejects),
        *word_findings(source, found.n_words, found.words),
        *table_findings(source),
        *(short_row_findings(source, found.out["row"]) if may_be_short else ()),
        *midnight_findings(source),
        *zone_findings(source, reading),
        *decimal_id_findings(source),
        *(far_ahead_findings(source, ahead) if ahead is not None else ()),
    )
    return Arrived(source, found.rejects, fates, findings, latest_at, reaches_at)


def rejected_rows(source: Source, rejected: pl.DataFrame, cells: pl.DataFrame | None) -> pl.DataFrame:
    """Rejected rows (`row`, `fate`, `value`) as they are listed, with their original cells where these are given."""
    frame = rejected.select(
        file=pl.lit(source.table.file, dtype=pl.String),
        sheet=pl.lit(source.table.sheet, dtype=pl.String),
        row=pl.col("row"),
        code=pl.col("fate"),
        value=pl.col("value"),
    )
    if cells is None:
        return frame
    names = [cell.strip() or f"column {i + 1}" for i, cell in enumerate(source.layout.header[1])]
    pairs = [pl.format("{}: {}", pl.lit(name), pl.col(column(i)).fill_null("")) for i, name in enumerate(names)]
    original = cells.select(
        "row",
        cells=pl.concat_str([*pairs, pl.col("extra").str.strip_prefix(DAMAGED)], separator=" | ", ignore_nulls=True),
    )
    return frame.join(original, on="row", how="left", maintain_order="left")


def input_file(arrived: Arrived, duplicates: int) -> InputFile:
    """How a table was read and what became of its rows, once it is known how many of them repeat a case."""
    source = arrived.source
    known = arrived.fates
    fates = replace(known, requests=known.requests - duplicates, duplicates=known.duplicates + duplicates)
    formats = {
        source.layout.names[role]: proof.format.order + (f" ({proof.evidence})" if proof.evidence else "")
        for role, proof in source.proofs.items()
        if proof.format
    }
    return InputFile(
        file=source.table.file,
        sheet=source.table.sheet,
        source=source.layout.source,
        encoding=source.table.encoding,
        delimiter=source.table.delimiter,
        header_row=source.layout.header[0],
        date_formats=formats,
        fates=fates,
        latest_at=arrived.latest_at,
    )
