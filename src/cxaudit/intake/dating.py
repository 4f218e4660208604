"""Dating: in which format the dates of every table are written, settled over all tables together.

What one table proves beyond doubt is confirmed in the others of the same source and header by the records at hand, in one
query for all of them; whether the rows further down are written so too shows when they are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import polars as pl

from cxaudit.errors import InputError
from cxaudit.intake.source import Source
from cxaudit.lookup import FAILED
from cxaudit.read.table import column
from cxaudit.recognise.cells import cells_of
from cxaudit.recognise.dates import DateFormat
from cxaudit.recognise.order import settle_orders
from cxaudit.recognise.proof import Proof, confirmed, order_advice, prove_format, sightings
from cxaudit.recognise.requests import DATE_ROLES, is_aside
from cxaudit.standards.source import Role

_Proofs = dict[Role, Proof]
#: So many records show whether a column is written as in another table.
_AT_HAND = 50


def date_tables(sources: Sequence[Source], roles: Sequence[Role]) -> None:
    """Give each table the proofs of its date columns. Raises `InputError` where a column stays open."""
    _prove(sources, roles)
    if any(proof.is_open for source in sources for proof in source.proofs.values()):
        # One table may be evidence for another: all are looked through before anything is refused.
        misread = [source for source in sources if source.look_through()]
        if misread:
            _prove(sources, roles)
    for source in sources:
        _require_one_order(source, sources)
        require_dates(source)


def _require_one_order(source: Source, sources: Sequence[Source]) -> None:
    """Raises `InputError` where a date may be read in two ways and other files of its source prove both."""
    role = next((role for role, proof in source.proofs.items() if proof.is_ambiguous), None)
    if role is None:
        return
    proven: dict[str, str] = {}
    for other in sources:
        if other.layout.source == source.layout.source:
            for proof in other.proofs.values():
                if proof.order is not None and proof.format is not None:
                    proven.setdefault(proof.format.words, other.place)
    if len(proven) > 1:
        both = " and ".join(f"{place} is {words}" for words, place in proven.items())
        example, name = source.proofs[role].example, source.layout.names[role]
        raise InputError(
            f'{source.place}, column "{name}": {example} may be read in two ways, and other files prove both: {both}.\n'
            "Give it together with files that are written as it is, the others in another run."
        )


def _prove(sources: Sequence[Source], roles: Sequence[Role]) -> None:
    """Give each table the proofs of its date columns, as far as they and those of other tables go."""
    for tables in _alike(sources):
        dated = [role for role in roles if tables[0].layout.holds_moments(role)]
        known: list[_Proofs] = [{} for _ in tables]
        formats: dict[Role, DateFormat] = {}
        for i, source in enumerate(tables):
            source.proofs = {role: known[i].get(role) or _proof(source, role) for role in dated}
            if not formats:
                formats = {role: proof.format for role, proof in source.proofs.items() if proof.format is not None}
                known[i + 1 :] = _confirmed(tables[i + 1 :], formats)
    settle_orders(sources)


def require_dates(source: Source) -> None:
    """Raises `InputError` where the dates of a table cannot be read, or may be read in two ways."""
    for role, proof in ((role, source.proofs[role]) for role in (*DATE_ROLES, "closed_at") if role in source.proofs):
        name = source.layout.names[role]
        if proof.is_ambiguous:
            orders = " or ".join(dict.fromkeys(fmt.words for fmt in proof.candidates))
            raise InputError(
                f'{source.place}, column "{name}": {proof.example} may be read as {orders}, and no value settles it.\n'
                f"{order_advice(source.layout.source, proof)}"
            )
        if proof.is_open:
            raise InputError(
                f'{source.place}, column "{name}": no date format explains nine of ten of its {proof.n_values:,} values; '
                f'one of them is "{proof.example}".\n{_remedy(role, proof)}'
            )


def _remedy(role: Role, proof: Proof) -> str:
    if FAILED.match(proof.example or ""):
        return "Formulas failed, or were never worked out: open the workbook in Excel, look at these cells and save it."
    other = f"If this is not the column for {role}, say so under sources: in the standards file"
    return f"{other}; if its dates are mixed, correct the export."


def _alike(sources: Sequence[Source]) -> list[list[Source]]:
    """The tables that have the same source and the same header, together."""
    groups: dict[tuple[str, tuple[str, ...]], list[Source]] = {}
    for source in sources:
        groups.setdefault((source.layout.source, tuple(source.layout.header[1])), []).append(source)
    return list(groups.values())


def _proof(source: Source, role: Role) -> Proof:
    declared = source.layout.mapping.date_format
    return prove_format(source.column_of(role), declared, source.beginning_of(role))


def _confirmed(tables: Sequence[Source], formats: dict[Role, DateFormat]) -> list[_Proofs]:
    """Of each table, the proofs of those columns that are plainly written in a format known from another one."""
    proofs: list[_Proofs] = [{} for _ in tables]
    if not tables or not formats:
        return proofs
    layout = tables[0].layout
    records = pl.DataFrame(
        [record for i, source in enumerate(tables) for record in _records(i, source)],
        schema={"table": pl.UInt32, **{column(i): pl.String for i in range(layout.width)}, "extra": pl.String},
        orient="row",
    )
    for role, fmt in formats.items():
        text = records.filter(~is_aside(layout, records)).select("table", text=cells_of(layout, role))
        for seen in text.group_by("table").agg(**sightings(fmt)).iter_rows(named=True):
            if (proof := confirmed(fmt, seen)) is not None:
                proofs[seen["table"]][role] = proof
    return proofs


def _records(number: int, source: Source) -> Iterator[list[int | str | None]]:
    """The records at hand below the header: cells as a table's body has them, and whether anything stands beyond them."""
    row, width = source.layout.header[0], source.layout.width
    for _, cells in islice((record for record in source.table.head if record[0] > row), _AT_HAND):
        texts = [cell or None for cell in cells[:width]]
        beyond = " ".join(cell for cell in cells[width:] if cell.strip())
        yield [number, *texts, *[None] * (width - len(texts)), beyond or None]
