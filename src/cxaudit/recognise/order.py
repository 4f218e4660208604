"""Settle the order of day and month where a column leaves it open: by another date column of the same file, or by another
file of the same source. If none proves it, the column stays ambiguous. Source: DESIGN, section 3.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

import polars as pl

from cxaudit.read.table import column
from cxaudit.recognise.cells import cells_of
from cxaudit.recognise.dates import Order
from cxaudit.recognise.layout import Layout
from cxaudit.recognise.proof import SAMPLE, Proof, prove_format
from cxaudit.standards.source import Role

#: Seconds since 1970, alone or at the beginning of an id such as `1504279981.12` or `pbx-1504279981.12`.
_SECONDS = r"^(?:[^\d,;]*-)?(\d{10})(?:\.\d+)?$"
_A_DAY = dt.timedelta(hours=26)


class Dated(Protocol):
    """A table with what its date columns prove so far."""

    layout: Layout
    rows: pl.LazyFrame
    proofs: dict[Role, Proof]


def settle_orders(sources: Sequence[Dated]) -> None:
    """Replace ambiguous proofs by settled ones where there is evidence, in place."""
    ambiguous = [source for source in sources if any(proof.is_ambiguous for proof in source.proofs.values())]
    for source in ambiguous:
        orders = _orders(source.proofs.values()) or _orders_of_other_columns(source)
        _settle(source, orders or _orders_by_seconds(source))
    for source in ambiguous:
        siblings = [other for other in sources if other.layout.source == source.layout.source and other is not source]
        _settle(source, {order for other in siblings for order in _orders(other.proofs.values())})


def _orders(proofs: Iterable[Proof]) -> set[Order]:
    return {proof.order for proof in proofs if proof.order is not None}


def _orders_of_other_columns(source: Dated) -> set[Order]:
    taken = set(source.layout.positions.values())
    others = [i for i in range(source.layout.width) if i not in taken]
    proofs = [prove_format(source.rows.select("row", text=pl.col(column(i))), None) for i in others]
    return _orders(proofs)


def _orders_by_seconds(source: Dated) -> set[Order]:
    """The orders under which a column tells the moments that another one counts in seconds since 1970, as the id of a call
    begins with them; a day may lie between, for the zone."""
    first, found = source.rows.head(SAMPLE).collect(), set()
    for role, proof in source.proofs.items():
        moments = {
            fmt.order: first.select(fmt.parse(cells_of(source.layout, role))).to_series() for fmt in proof.candidates
        }
        for i in range(source.layout.width if proof.is_ambiguous else 0):
            counted = first[column(i)].str.extract(_SECONDS).cast(pl.Int64)
            if counted.count() * 10 < first.height * 9:
                continue
            instants = pl.from_epoch(counted).cast(pl.Datetime("us"))
            found |= {order for order, at in moments.items() if ((at - instants).abs() <= _A_DAY).all()}
    return found


def _settle(source: Dated, orders: set[Order]) -> None:
    """Evidence that contradicts itself settles nothing."""
    if len(orders) != 1:
        return
    order = next(iter(orders))
    for role, proof in source.proofs.items():
        fitting = [fmt for fmt in proof.candidates if fmt.order == order]
        if proof.is_ambiguous and fitting:
            source.proofs[role] = replace(proof, format=fitting[0], candidates=(fitting[0],))
