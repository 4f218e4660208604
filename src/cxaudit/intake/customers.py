"""Customers: who is who across telephone and mail, where the standards file names a list of them.

The list is any table with the numbers and addresses of one customer in each row. It is compared and never shown.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from cxaudit.read import open_tables
from cxaudit.read.table import column
from cxaudit.recognise.parties import addresses, numbers
from cxaudit.standards.model import Standards

#: A cell that holds a telephone number, of ten digits at least: no date, no time, no number of a case.
_NUMBER = r"^\+?[\d\s().\-]{10,}$"
_DATE = r"^\d{4}-\d{2}-\d{2}"


def with_persons(
    inbound: pl.DataFrame, outbound: pl.DataFrame, standards: Standards
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add `person` (UInt32): who the customer is, whatever number or address they use; null where the list does not tell."""
    listed = standards.pairing.customers
    if listed is None:
        nobody = pl.lit(None, dtype=pl.UInt32).alias("person")
        return inbound.with_columns(nobody), outbound.with_columns(nobody)
    persons = _persons(_beside(standards.file, listed), listed)
    return (
        inbound.join(persons, on="customer", how="left", maintain_order="left"),
        outbound.join(persons, on="customer", how="left", maintain_order="left"),
    )


def _beside(standards_file: str, listed: str) -> Path:
    """A name is one beside the standards file."""
    return Path(standards_file).parent / listed


def _persons(path: Path, name: str) -> pl.DataFrame:
    """`customer` (the number of an address or telephone number), `person`. What stands in several rows is nobody's."""
    found = []
    for table in open_tables(path, name):
        width = max((len(cells) for _, cells in table.head), default=0)
        if width:
            rows = table.body(0, width).collect(engine="streaming")
            found += [_parties(rows, i) for i in range(width)]
    everyone = (
        pl.concat(found).unique() if found else _parties(pl.DataFrame(schema={"row": pl.UInt32, "c0": pl.String}), 0)
    )
    return everyone.filter(pl.len().over("customer") == 1)


def _parties(rows: pl.DataFrame, position: int) -> pl.DataFrame:
    cell = pl.col(column(position)).str.strip_chars()
    is_number = cell.str.contains(_NUMBER) & ~cell.str.contains(_DATE)
    party = pl.when(is_number).then(numbers(cell)).otherwise(addresses(cell))
    found = rows.select(customer=party.cast(pl.Categorical).to_physical().cast(pl.UInt32), person=pl.col("row"))
    return found.drop_nulls()
