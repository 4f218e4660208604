"""Intake: files to typed requests, with the fate of every row that is none. Runs reading and recognising for all files.

Dates are settled over all files together, because another file of the same source may prove the order of day and month.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import polars as pl

from cxaudit.errors import InputError
from cxaudit.findings import Finding
from cxaudit.model import Fates, InputFile
from cxaudit.read import Table, open_tables
from cxaudit.read.table import column
from cxaudit.recognise.cells import cells_of
from cxaudit.recognise.layout import Layout, describe_unknown, recognise_layout
from cxaudit.recognise.library import known_sources
from cxaudit.recognise.names import channel_words
from cxaudit.recognise.order import settle_orders
from cxaudit.recognise.proof import SAMPLE, Beginning, Proof, prove_format
from cxaudit.recognise.requests import DATE_ROLES, Reading, dated, has_instants, is_aside, recognise_requests, sort_out
from cxaudit.standards.model import Standards
from cxaudit.standards.source import Role, SourceMapping
from cxaudit.table_findings import reject_findings, short_row_findings, table_findings, word_findings, zone_findings
from cxaudit.zones import Zone

REJECT_SCHEMA = {"file": pl.String, "sheet": pl.String, "row": pl.UInt32, "code": pl.String, "value": pl.String}


@dataclass
class Source:
    """One table on its way in: what it was taken for, and what its date columns prove."""

    table: Table
    layout: Layout
    rows: pl.LazyFrame
    proofs: dict[Role, Proof] = field(default_factory=dict)
    left_aside: tuple[str, ...] = ()  # sheets of the same workbook that no layout fits

    @property
    def place(self) -> str:
        return f"{self.table.file}, {self.table.sheet}" if self.table.sheet else self.table.file

    def column_of(self, role: Role) -> pl.LazyFrame:
        """One column as `row` and `text`, without the rows that are plainly no data."""
        return self._column(self.rows, role)

    def beginning_of(self, role: Role) -> Beginning:
        """The first rows of that column."""
        return Beginning(self._column(self._first.lazy(), role).collect(), self._first.height < SAMPLE)

    @cached_property
    def _first(self) -> pl.DataFrame:
        return self.rows.head(SAMPLE).collect()

    def _column(self, rows: pl.LazyFrame, role: Role) -> pl.LazyFrame:
        data = rows.filter(~is_aside(self.layout))
        return data.select("row", text=cells_of(self.layout, role))


@dataclass(frozen=True)
class Arrived:
    """One table taken in: its typed requests, its rejected rows, and its fates so far (duplicates come later)."""

    source: Source
    requests: pl.DataFrame
    rejects: pl.DataFrame
    fates: Fates
    findings: tuple[Finding, ...]
    latest_at: dt.datetime | None  # the latest timestamp, local


@dataclass(frozen=True)
class Wanted:
    """What the run needs of the input."""

    roles: tuple[Role, ...]
    headers: tuple[str, ...] = ()  # columns that only exclude rules name
    channel: str | None = None
    source: str | None = None
    reject_cells: bool = False


def take_in(files: dict[Path, str], standards: Standards, city: Zone, wanted: Wanted) -> list[Arrived]:
    """Read and recognise all files. Raises `InputError` for what cannot be read, recognised or dated."""
    known = known_sources(standards.sources)
    sources = [one for path, name in files.items() for one in _open(path, name, known, set(standards.sources), wanted)]
    for source in sources:
        for role in dated(wanted.roles):
            if source.layout.holds_moments(role):
                declared = source.layout.mapping.date_format
                source.proofs[role] = prove_format(source.column_of(role), declared, source.beginning_of(role))
    settle_orders(sources)
    for source in sources:
        _require_dates(source)
    return [_arrive(source, standards, city, wanted) for source in sources]


def _open(path: Path, name: str, known: dict[str, SourceMapping], declared: set[str], wanted: Wanted) -> list[Source]:
    opened = open_tables(path, name)
    found: list[Source] = []
    left_aside: list[str] = []
    for table in opened:
        layout = recognise_layout(table, known, declared, wanted.source)
        if layout is None:
            left_aside.append(table.sheet or "")
            continue
        if "channel" not in layout.positions and layout.mapping.channel is None and wanted.channel is None:
            raise InputError(
                f"{name} ({layout.mapping.title or layout.source}) does not say how its requests came in.\n"
                "Add --channel NAME, or channel: under sources: in the standards file."
            )
        found.append(Source(table, layout, table.body(layout.header[0], layout.width)))
    if not found:
        raise InputError(describe_unknown(opened[0]) if opened else f"{name} has no sheet with anything in it.")
    found[0].left_aside = tuple(left_aside)
    return found


def _require_dates(source: Source) -> None:
    for role, proof in ((role, source.proofs[role]) for role in DATE_ROLES if role in source.proofs):
        name = source.layout.names[role]
        if proof.is_ambiguous:
            orders = " or ".join(dict.fromkeys(fmt.words for fmt in proof.candidates))
            raise InputError(
                f'{source.place}, column "{name}": {proof.example} may be read as {orders}, and no value settles it.\n'
                f"State it once, under sources: in the standards file:\n"
                f"  {source.layout.source}: {{date_format: {'|'.join(dict.fromkeys(f.order for f in proof.candidates))}}}"
            )
        if proof.format is None and proof.n_values:
            raise InputError(
                f'{source.place}, column "{name}": no date format explains nine of ten of its {proof.n_values:,} values; '
                f'one of them is "{proof.example}".\nIf this is not the column of the {role}, say so under sources: in the '
                "standards file; if its dates are mixed, correct the export."
            )


def _arrive(source: Source, standards: Standards, city: Zone, wanted: Wanted) -> Arrived:
    """Type the rows of one table and sort out the doubtful ones."""
    formats = {role: proof.format for role, proof in source.proofs.items()}
    reading = Reading(source.layout, formats, city, channels=channel_words(source.layout.mapping, standards))
    typed = recognise_requests(source.rows, reading, wanted.roles, wanted.headers).collect(engine="streaming")
    doubtful = _doubtful_rows(source, typed)
    if doubtful.height and _needs_second_look(doubtful, reading):
        reading = _second_look(source, reading)
        typed = recognise_requests(source.rows, reading, wanted.roles, wanted.headers).collect(engine="streaming")
        doubtful = _doubtful_rows(source, typed)
    sorted_out = sort_out(doubtful, reading)
    out = sorted_out.filter(pl.col("fate") != "request")
    requests = typed.drop("is_doubtful", "ends_empty")
    if out.height:
        requests = requests.filter(~pl.col("row").is_in(out["row"].implode()))
    rejected = out.filter(pl.col("fate") != "not_data")
    words = sorted_out.filter(pl.col("fate") == "request", pl.col("value").is_not_null())
    titles = source.layout.header[0] - 1
    fates = Fates(
        rows=typed.height + titles,
        requests=requests.height,
        rejected=rejected.height,
        not_data=out.height - rejected.height + titles,
    )
    rejects = _rejects(source, rejected, doubtful if wanted.reject_cells else None)
    requests = _complete(requests, reading, wanted)
    findings = (
        *reject_findings(source, rejected),
        *word_findings(source, words),
        *table_findings(source),
        *short_row_findings(source, typed, requests),
        *zone_findings(source, reading),
    )
    latest_at = requests.select(pl.max_horizontal(pl.col(DATE_ROLES).max())).item()
    return Arrived(source, requests, rejects, fates, findings, latest_at)


def _doubtful_rows(source: Source, typed: pl.DataFrame) -> pl.DataFrame:
    """The cells of the rows that did not read as requests at once."""
    rows = typed.filter("is_doubtful")["row"]
    if not len(rows):
        return source.rows.clear().collect()
    return source.rows.filter(pl.col("row").is_in(rows.implode())).collect(engine="streaming")


def _needs_second_look(doubtful: pl.DataFrame, reading: Reading) -> bool:
    """Whether a date was not read that may be readable after all: blanks around it, or another spelling."""
    fates = sort_out(doubtful, reading)["fate"]
    return bool(fates.is_in(["unreadable_received", "unreadable_reply"]).any()) and not reading.trim


def _second_look(source: Source, reading: Reading) -> Reading:
    """Prove the formats again, over the whole columns."""
    for role in source.proofs:
        declared = source.layout.mapping.date_format
        proof = source.proofs[role]
        if not proof.is_whole:
            order = declared or (proof.format.order if proof.format and proof.row is None else None)
            source.proofs[role] = prove_format(source.column_of(role), order, whole=True)
    _require_dates(source)
    formats = {role: proof.format for role, proof in source.proofs.items()}
    return replace(reading, formats=formats, trim=True)


def _complete(requests: pl.DataFrame, reading: Reading, wanted: Wanted) -> pl.DataFrame:
    """Give every table the same columns: the channel that the source or the user names, and instants."""
    fixed = reading.layout.mapping.channel or ("channel" not in reading.layout.positions and wanted.channel) or None
    if fixed and "channel" in wanted.roles:
        requests = requests.with_columns(channel=pl.lit(fixed).cast(pl.Categorical))
    return requests if has_instants(reading) else requests.drop("received_utc", "replied_utc", strict=False)


def _rejects(source: Source, rejected: pl.DataFrame, cells: pl.DataFrame | None) -> pl.DataFrame:
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
    original = cells.select("row", cells=pl.concat_str([*pairs, pl.col("extra")], separator=" | ", ignore_nulls=True))
    return frame.join(original, on="row", how="left", maintain_order="left")


def input_file(arrived: Arrived, duplicates: int) -> InputFile:
    """How a table was read and what became of its rows, once it is known how many of them repeat a case."""
    source = arrived.source
    fates = replace(arrived.fates, requests=arrived.fates.requests - duplicates, duplicates=duplicates)
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
