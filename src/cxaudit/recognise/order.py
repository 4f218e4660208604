"""Settle the order of day and month where a column leaves it open: by another date column of the same file, or by another
file of the same source. If none proves it, the column stays ambiguous. Source: DESIGN, section 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

import polars as pl

from cxaudit.read.table import column
from cxaudit.recognise.dates import Order
from cxaudit.recognise.layout import Layout
from cxaudit.recognise.proof import Proof, prove_format
from cxaudit.standards.source import Role


class Dated(Protocol):
    """A table with what its date columns prove so far."""

    layout: Layout
    rows: pl.LazyFrame
    proofs: dict[Role, Proof]


def settle_orders(sources: Sequence[Dated]) -> None:
    """Replace ambiguous proofs by settled ones where there is evidence, in place."""
    open_ones = [source for source in sources if any(proof.is_ambiguous for proof in source.proofs.values())]
    for source in open_ones:
        _settle(source, _orders(source.proofs.values()) or _orders_of_other_columns(source))
    for source in open_ones:
        siblings = [other for other in sources if other.layout.source == source.layout.source and other is not source]
        _settle(source, {order for other in siblings for order in _orders(other.proofs.values())})


def _orders(proofs: Iterable[Proof]) -> set[Order]:
    return {proof.order for proof in proofs if proof.order is not None}


def _orders_of_other_columns(source: Dated) -> set[Order]:
    taken = set(source.layout.positions.values())
    others = [i for i in range(source.layout.width) if i not in taken]
    proofs = [prove_format(source.rows.select("row", text=pl.col(column(i))), None) for i in others]
    return _orders(proofs)


def _settle(source: Dated, orders: set[Order]) -> None:
    """Evidence that contradicts itself settles nothing."""
    if len(orders) != 1:
        return
    order = next(iter(orders))
    for role, proof in source.proofs.items():
        fitting = [fmt for fmt in proof.candidates if fmt.order == order]
        if proof.is_ambiguous and fitting:
            source.proofs[role] = replace(proof, format=fitting[0], candidates=(fitting[0],))
