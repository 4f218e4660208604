"""Customers: who is who across telephone and mail, where the standards file names a list of them.

The list is any table with the numbers and addresses of one customer in each row. It is compared and never shown.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from cxaudit.errors import InputError
from cxaudit.read import Table, open_tables
from cxaudit.read.parquet import require_sound
from cxaudit.read.table import column
from cxaudit.read.unpack import unpack
from cxaudit.recognise.parties import addresses, numbers
from cxaudit.standards.model import Standards

#: What holds a telephone number, of ten characters at least, with a name before it or an extension behind it: no date, no
#: time, no number of a case.
_NUMBER = r"(?i)^(?:[^<>@]*<\s*)?(?:(?:sips?|tel):)?\s*\+?[\d\s().\-/]{10,}(?:(?:x|ext\.?|extension)\s*\d+\s*)?>?$"
_DATE = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[\sT]|$)"
#: What stands between several in one cell.
_SEVERAL = r"[;,|\n]|\s/\s"


def with_persons(
    inbound: pl.DataFrame, outbound: pl.DataFrame, standards: Standards
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add `person` (UInt32): who the customer is, whatever number or address they use; null where the list does not tell."""
    listed = list_of_customers(standards)
    if listed is None:
        nobody = pl.lit(None, dtype=pl.UInt32).alias("person")
        return inbound.with_columns(nobody), outbound.with_columns(nobody)
    persons = _persons(_tables(listed))
    return (
        inbound.join(persons, on="customer", how="left", maintain_order="left"),
        outbound.join(persons, on="customer", how="left", maintain_order="left"),
    )


def list_of_customers(standards: Standards) -> Path | None:
    """Where the list is: a name is one beside the standards file."""
    listed = standards.pairing.customers
    return None if listed is None else Path(standards.file).parent / listed


def _tables(listed: Path) -> list[Table]:
    """All tables of the list. Raises `InputError` where it cannot be read, with the setting that names it."""
    name = f"{listed}, the list under `pairing: customers`,"
    try:
        found = unpack(listed, name).files
        tables = [table for path, shown in found for table in open_tables(path, shown)]
        for path, shown in found:
            require_sound(path, shown)
    except InputError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise InputError(f"{error}\nIt is looked for beside the standards file.") from error
        raise
    return tables


def _persons(tables: list[Table]) -> pl.DataFrame:
    """`customer` (the number of an address or telephone number), `person`: one for each row of each table.

    What stands in several rows is nobody's.
    """
    found = [pl.DataFrame(schema={"customer": pl.UInt32, "table": pl.UInt32, "row": pl.UInt32})]
    for i, table in enumerate(tables):
        width = max((len(cells) for _, cells in table.head), default=0)
        if width:
            rows = table.body(0, width).collect(engine="streaming")
            of_table = [_parties(rows, position) for position in range(width)]
            found += [one.select("customer", pl.lit(i, dtype=pl.UInt32).alias("table"), "row") for one in of_table]
    everyone = pl.concat(found).unique().filter(pl.len().over("customer") == 1)
    return everyone.select("customer", person=pl.struct("table", "row").rank("dense").cast(pl.UInt32))


def _parties(rows: pl.DataFrame, position: int) -> pl.DataFrame:
    """`row`, `customer` for each number and address in one column."""
    text = pl.col("text").str.strip_chars()
    each = rows.select("row", text=pl.col(column(position)).str.replace_all(_SEVERAL, ";").str.split(";")).explode(
        "text"
    )
    is_number = text.str.contains(_NUMBER) & ~text.str.contains(_DATE)
    party = pl.when(is_number).then(numbers(text)).otherwise(addresses(text))
    found = each.select("row", party=party).filter(pl.col("party") != "")
    return found.select("row", customer=pl.col("party").cast(pl.Categorical).to_physical().cast(pl.UInt32))
