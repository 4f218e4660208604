"""Store: typed rows kept for the length of a run, in memory while they are few, in a scratch file while they are many.

The file holds what judging needs of each row: times, codes instead of names, and case ids.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cxaudit.read.scratch import making_room, scratch_file

#: Input from which on rows are kept in a file, so that memory does not grow with them. A typed row takes about 60 bytes.
LARGE_BYTES = 1 << 30


class Store:
    """Where the typed rows of a run of `n_bytes` of input are kept."""

    def __init__(self, n_bytes: int) -> None:
        self.is_large = n_bytes >= LARGE_BYTES
        self._names = pl.Series(dtype=pl.Categorical())  # what the codes in the file mean lives as long as this column

    def keep(self, parts: Sequence[pl.LazyFrame]) -> list[pl.LazyFrame]:
        """The same rows, computed once. Categories are kept as their codes."""
        if self.is_large:
            return [self._in_a_file(rows) for rows in parts]
        return [rows.lazy() for rows in pl.collect_all(parts, engine="streaming")]

    def _in_a_file(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        path = scratch_file(".parquet")
        categories = [name for name, kind in rows.collect_schema().items() if kind == pl.Categorical()]
        coded = rows.with_columns(pl.col(categories).to_physical())
        # Neither compressed, which costs time, nor mapped into memory as an Arrow file would be.
        with making_room("the rows of this input"):
            coded.sink_parquet(path, compression="uncompressed", statistics=False, engine="streaming")
        return pl.scan_parquet(path, glob=False).with_columns(pl.col(categories).cat.to(pl.Categorical))
