"""Evidence: the rows of one case, read once more from their files, with the text of each cell that counted.

A run keeps no text, only what was read from it; an explanation shows both. Only columns that play a role are read again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from cxaudit.audit import Audit
from cxaudit.days.zones import Zone
from cxaudit.explain.model import CaseRow, Fate, Moment, Place, Said
from cxaudit.intake.source import Source
from cxaudit.read.table import column
from cxaudit.recognise.quirks import ZONE_NAME
from cxaudit.recognise.requests import Reading, recognise_requests
from cxaudit.standards.source import Role

_ZONE = re.compile(r"(?P<utc>Z|UTC|GMT|^\d+(\.\d+)?)$|(?P<offset>[+-]\d\d(:?\d\d)?)$", re.IGNORECASE)
_OTHERS_PROVE = "another date column or file of this source proves it"
_DECLARED = "as its source is declared"


@dataclass(frozen=True)
class Evidence:
    """One row of the input: what became of it, and its cells as text (`c0`, `c1`, …) and as typed columns."""

    table: int
    source: Source
    fate: Fate
    cells: dict[str, Any]
    typed: dict[str, Any]
    code: str | None = None
    value: str | None = None
    kind: str | None = None

    @property
    def key(self) -> tuple[int, int]:
        return self.table, self.cells["row"]

    def place(self, header: str | None) -> Place:
        table = self.source.table
        return Place(table.file, table.sheet, self.cells["row"], header)

    def said(self, role: Role, name: str) -> Said:
        """A name, and the cell that says it, or that is empty."""
        position = self.source.layout.positions.get(role)
        place = None if position is None else self.place(self.source.layout.names[role])
        return Said(name, place, self._text(position))

    def header_said(self, header: str, name: str) -> Said:
        """The same for a column that plays no role."""
        text = self._text(self.source.layout.find(header))
        return Said(name, self.place(header) if text is not None else None, text)

    def _text(self, position: int | None) -> str | None:
        text = None if position is None else self.cells[column(position)]
        return text.strip() or None if text is not None else None

    def _words(self, role: Role) -> str | None:
        """The text of a role's cell; where a time of day stands in a column of its own, of both."""
        positions = [self.source.layout.positions.get(role), self.source.layout.times.get(role)]
        return " ".join(text for text in map(self._text, positions) if text) or None

    def moment(self, role: Role) -> Moment:
        """A time: where it stands, its text, and how that was read."""
        layout, name, told = self.source.layout, role.removesuffix("_at"), role
        if role == "replied_at" and self.typed.get("replied_by_closure"):
            role = "closed_at"
        place = self.place(layout.names.get(role))
        text, at = self._words(role), self.typed[told]
        if text is None or at is None:
            return Moment(place, text, None, is_date=False)
        zone, is_declared = self._zone(role, text)
        order, proof = self._order(role, text)
        return Moment(place, text, at, self.typed[f"{name}_is_date"], zone, is_declared, order, proof)

    def _zone(self, role: Role, text: str) -> tuple[str | None, bool]:
        proof = self.source.proofs.get(role)
        fmt = proof.format if proof else None
        if fmt is not None and fmt.has_zone and (found := _ZONE.search(text)):
            return "UTC" if found["utc"] else found["offset"], False
        stem = "replied" if role == "closed_at" else role.removesuffix("_at")
        if fmt is not None and fmt.names_zones and (named := re.search(ZONE_NAME, text)):
            wall = pl.select(fmt.parse(pl.lit(text))).item()
            return (named[1].upper(), False) if wall != self.typed[f"{stem}_at"] else (None, False)
        declared = self.source.layout.mapping.timezone
        is_instant = self.typed.get(f"{stem}_utc") is not None
        return (declared, True) if is_instant else (None, False)

    def _order(self, role: Role, text: str) -> tuple[str | None, str | None]:
        """The order of day and month and what proves it, where this very text could be read in another one."""
        proof = self.source.proofs.get(role)
        if proof is None or proof.format is None or proof.format.is_unmistakable:
            return None, None
        numbers = re.findall(r"\d+", text)[:2]
        if not proof.evidence and len(set(numbers)) == 1:
            return None, None
        unproven = _DECLARED if self.source.layout.mapping.date_format else _OTHERS_PROVE
        return proof.format.order, proof.evidence or unproven

    @property
    def row(self) -> CaseRow:
        table, received, replied = self.source.table, self.moment("received_at"), self.moment("replied_at")
        return CaseRow(
            table.file, table.sheet, self.cells["row"], self.fate, received, replied, self.code, self.value, self.kind
        )


def rows_of_case(audit: Audit, case_id: str, source: str | None = None) -> list[Evidence]:
    """Every row of the input with this case id (of one source, or of any), in the order of the input."""
    found: list[Evidence] = []
    for i, arrived in enumerate(audit.arrived):
        layout = arrived.source.layout
        position = layout.positions.get("case_id")
        if position is None or source not in (None, layout.source):
            continue
        mine = arrived.source.rows.filter(pl.col(column(position)).str.strip_chars() == case_id)
        cells = mine.collect(engine="streaming")
        if cells.height:
            found += _evidence(audit, i, cells)
    return found


def row_of(audit: Audit, table: int, row: int) -> Evidence:
    """One row of the input."""
    cells = audit.arrived[table].source.rows.filter(pl.col("row") == row).collect(engine="streaming")
    return next(iter(_evidence(audit, table, cells)))


def _evidence(audit: Audit, table: int, cells: pl.DataFrame) -> Iterator[Evidence]:
    source = audit.arrived[table].source
    fates = _fates(audit, table, cells["row"].to_list())
    typed = typed_rows(source, cells, audit.zone)
    for one, read in zip(cells.iter_rows(named=True), typed, strict=True):
        yield Evidence(table, source, fates[one["row"]][0], one, read, *fates[one["row"]][1:])


def typed_rows(source: Source, cells: pl.DataFrame, city: Zone) -> list[dict[str, Any]]:
    """The same rows as the run itself types them; blanks around a value make no difference to one that was read."""
    reading = Reading(source.layout, {role: proof.format for role, proof in source.proofs.items()}, city, trim=True)
    return recognise_requests(cells.lazy(), reading, (), ()).collect().to_dicts()


def _fates(audit: Audit, table: int, rows: list[int]) -> dict[int, tuple[Fate, str | None, str | None, str | None]]:
    """Row -> what became of it, why (and by which value) where it was rejected, what it is where it is another message."""
    wanted = (pl.col("table") == table) & pl.col("row").is_in(rows)
    fates: dict[int, tuple[Fate, str | None, str | None, str | None]] = dict.fromkeys(
        rows, ("not_data", None, None, None)
    )
    for frame, fate in ((audit.merged.requests, "taken"), (audit.merged.duplicates, "duplicate")):
        found = frame.filter(wanted).select("row").collect(engine="streaming").to_series()
        fates |= dict.fromkeys(found, (fate, None, None, None))
    if (paired := audit.arrived[table].pairing) is not None:
        mine = pl.col("row").is_in(rows)
        fates |= dict.fromkeys(paired.duplicates.filter(mine)["row"], ("duplicate", None, None, None))
        others = paired.others.filter(mine)
        fates |= {row: ("other_message", None, None, kind) for row, kind in others.select("row", "kind").iter_rows()}
    rejects = audit.arrived[table].rejects.filter(pl.col("row").is_in(rows))
    fates |= {
        row: ("rejected", code, value, None) for row, code, value in rejects.select("row", "code", "value").iter_rows()
    }
    return fates
