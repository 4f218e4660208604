"""What stands in the columns of a table: dates, times of day, numbers, addresses, or a few words again and again.

Source: DESIGN, section 5: a layout is guessed from the names of its columns and from their contents.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from cxaudit.read.table import Table, column
from cxaudit.recognise.dates import is_missing
from cxaudit.recognise.layout import clean_header
from cxaudit.recognise.likely import LIKE, WAYS, likeness
from cxaudit.recognise.proof import SAMPLE, Proof, prove_format
from cxaudit.spelling import fold

_FORMS = {
    "clock": r"(?i)^\s*\d{1,2}:\d{2}(:\d{2})?\s*([ap]\.?m\.?)?\s*$",
    "number": r"^\s*\d+([.,:]\d+)*\s*$",
    "phone": r"^\D{0,40}[\d\s().+\-/]{3,20}\D{0,40}$",
    "address": r"@",
}
_MOST_WORDS = 50
#: So many columns are looked at: to prove the formats of one takes some milliseconds, and a damaged file may have thousands.
_MOST_COLUMNS = 100


@dataclass(frozen=True)
class Contents:
    """One column: its name, and what its values have in common. `shares`: of its values, by form."""

    position: int
    name: str
    proof: Proof | None  # None: its values are no dates
    n_values: int
    n_different: int
    first: object  # its earliest moment
    is_midnight: bool  # all its times of day are midnight
    shares: dict[str, float]
    words: tuple[str, ...]  # its different values, where they are few

    @property
    def is_date(self) -> bool:
        return self.proof is not None

    @property
    def is_names(self) -> bool:
        """Whether a few words stand there again and again."""
        return 0 < self.n_different <= max(3, min(200, self.n_values // 2)) and not self.is_date

    @property
    def way_share(self) -> float:
        """Of its different values: those that name a way in which requests come."""
        return sum(fold(word) in WAYS for word in self.words) / len(self.words) if self.words else 0.0


def contents_of(table: Table, header: int, names: list[str]) -> list[Contents]:
    """The columns that have a name, by the first rows below the header; of very many those whose names promise most."""
    rows = _full_rows(table.body(header, len(names)).head(SAMPLE).collect(), len(names))
    named = [(i, name) for i, name in enumerate(map(clean_header, names)) if name]
    if len(named) > _MOST_COLUMNS:
        named.sort(key=lambda one: not any(likeness(role, one[1]) for role in LIKE))
    return [_contents(rows, i, name) for i, name in sorted(named[:_MOST_COLUMNS])]


def _full_rows(rows: pl.DataFrame, width: int) -> pl.DataFrame:
    """The rows without titles, totals and remarks: those with at least half as many cells as the fullest."""
    n_filled = pl.sum_horizontal(~is_missing(pl.col(column(i))) for i in range(width))
    return rows.filter(n_filled * 2 >= n_filled.max())


def _contents(rows: pl.DataFrame, position: int, name: str) -> Contents:
    frame = rows[column(position)].alias("text").to_frame()
    values = frame.filter(~is_missing(pl.col("text")))["text"].str.strip_chars()
    proof = prove_format(rows.lazy().select("row", text=pl.col(column(position))), None, whole=True)
    fmt = proof.format or next(iter(proof.candidates), None)
    is_named = any(likeness(role, name) for role in ("received_at", "replied_at", "system_due_at"))
    is_date = len(values) > 0 and fmt is not None and (is_named or fmt.counted is None)
    first, is_midnight = None, False
    if is_date and fmt is not None:
        at = frame.select(at=fmt.parse(pl.col("text").str.strip_chars()))["at"]
        first = at.min()
        is_midnight = not fmt.is_date_only and not fmt.counted and bool((at.drop_nulls().dt.time() == dt.time()).all())
    different = values.unique().sort()
    return Contents(
        position=position,
        name=name,
        proof=proof if is_date else None,
        n_values=len(values),
        n_different=len(different),
        first=first,
        is_midnight=is_midnight,
        shares={form: _share(values, pattern) for form, pattern in _FORMS.items()},
        words=tuple(different) if 0 < len(different) <= _MOST_WORDS else (),
    )


def _share(values: pl.Series, form: str) -> float:
    return float(values.str.contains(form).sum() / len(values)) if len(values) else 0.0
