"""Proof of a date format: which of the formats explains a column, and the value that shows it.

A first look at the column's beginning finds the formats that are possible; where it leaves any doubt, the whole column
decides. Source: DESIGN, section 3, "Dates are never guessed".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from cxaudit.recognise.dates import DateFormat, Order, formats_of, is_missing, with_bare_dates

#: How many rows are looked at first.
SAMPLE = 2_000
_TRIM = pl.col("text").str.strip_chars()


@dataclass(frozen=True)
class Proof:
    """What the values of one column say about its format.

    `format` is None where there are no values (`n_values` is 0), where nothing explains nine of ten of them
    (`candidates` is empty), or where several candidates explain most and disagree.
    """

    format: DateFormat | None
    candidates: tuple[DateFormat, ...]
    n_values: int
    example: str | None = None  # a value that the format cannot settle, or that is no date at all
    row: int | None = None  # the row of the value that proves the order
    value: str | None = None
    is_whole: bool = False  # the whole column was looked at
    shows_times: bool = False  # a time of day other than midnight was seen

    @property
    def is_ambiguous(self) -> bool:
        return self.format is None and bool(self.candidates)

    @property
    def is_open(self) -> bool:
        """Whether there are values, and no one format for them."""
        return self.format is None and self.n_values > 0

    @property
    def order(self) -> Order | None:
        """The order of day and month that this column proves; None where it proves nothing."""
        return self.format.order if self.format and self.row is not None else None

    @property
    def evidence(self) -> str:
        """The value that proves the order, in words; empty where none is needed or another column proved it."""
        if self.format is None or self.row is None:
            return ""
        return f"row {self.row}: {self.value} can only be {self.format.words}"


def order_advice(source: str, proof: Proof) -> str:
    """What to state where nothing settles the order of day and month."""
    orders = dict.fromkeys(fmt.order for fmt in proof.candidates)
    entries = "\nor\n".join(f"  {source}: {{date_format: {order}}}" for order in orders)
    return f"State it once, under sources: in the standards file:\n{entries}"


@dataclass(frozen=True)
class Beginning:
    """The first rows of a column (`row`, `text`), and whether these are all."""

    rows: pl.DataFrame
    is_whole: bool


def prove_format(
    column: pl.LazyFrame, declared: Order | None, beginning: Beginning | None = None, *, whole: bool = False
) -> Proof:
    """Find the format of a column.

    **Frame in**: `row` (UInt32), `text` (String). `declared` is the order that the standards file states; it settles
    what the values leave open. `beginning` spares reading the first rows again. `whole` looks at every value; without
    it, only if the beginning leaves a doubt.
    """
    values = _values(column)
    if beginning is None:
        first = column.head(SAMPLE).collect()
        beginning = Beginning(first, first.height < SAMPLE)
    sample, is_whole = _values(beginning.rows.lazy()).collect(), beginning.is_whole
    if not sample.height and not is_whole:  # nothing stands at the beginning: look on
        sample = values.head(SAMPLE).collect(engine="streaming")
        is_whole = sample.height < SAMPLE
    formats = _allowed(formats_of(sample["text"]), declared)
    if not whole:
        proof = _decide(sample.lazy(), formats, is_whole=is_whole)
        if proof.is_whole or _is_beyond_doubt(proof, formats, sample):
            return proof
    return _decide(values, _with_all_spellings(values, formats, declared), is_whole=True)


def sightings(fmt: DateFormat) -> dict[str, pl.Expr]:
    """What `confirmed` asks of a column `text`: how many values, how many the format reads, the first, and how many of them
    are a time of day."""
    text = pl.col("text")
    at = fmt.parse(text.str.strip_chars())
    return {
        "n": text.count(),
        "n_read": at.count(),
        "first": text.drop_nulls().first(),
        "n_timed": (at != at.dt.truncate("1d")).sum(),
    }


def confirmed(fmt: DateFormat, seen: Mapping[str, Any]) -> Proof | None:
    """The proof that a column is in a format known from another file; None where what was seen of it leaves that open.

    Only a format of one spelling that no other could explain is confirmed without looking for others. `seen` are the
    `sightings` of some of its rows.
    """
    n, value = seen["n"], seen["first"]
    if not fmt.is_singular or not n or n != seen["n_read"] or not fmt.is_only_one_for(value.strip()):
        return None
    return Proof(fmt, (fmt,), n, shows_times=seen["n_timed"] > 0)


def _values(column: pl.LazyFrame) -> pl.LazyFrame:
    """The cells that hold something, without the blanks around it."""
    return column.filter(~is_missing(pl.col("text"))).with_columns(text=_TRIM)


def _allowed(formats: list[DateFormat], declared: Order | None) -> list[DateFormat]:
    """Where an order is declared: the formats of that order, and those that no other order could explain."""
    if declared is None:
        return formats
    return [fmt for fmt in formats if fmt.order == declared or fmt.is_unmistakable]


def _is_beyond_doubt(proof: Proof, formats: list[DateFormat], sample: pl.DataFrame) -> bool:
    """Whether the beginning of a column decides: one format explains all of it, and no other could explain as much.

    Whether it explains the rest too shows when the column is read; if not, the whole column decides.
    """
    if proof.format is None or (len(formats) > 1 and proof.row is None):
        return False
    return sample.select(proof.format.parse(pl.col("text")).is_not_null().all()).item() is True


def _with_all_spellings(values: pl.LazyFrame, formats: list[DateFormat], declared: Order | None) -> list[DateFormat]:
    """The formats, with those that values further down need as well."""
    while True:
        parsed = [fmt.parse(pl.col("text")).is_not_null() for fmt in formats] or [pl.lit(False)]
        rest = values.filter(~pl.any_horizontal(parsed)).head(SAMPLE).collect(engine="streaming")
        merged = _merge(formats, _allowed(formats_of(rest["text"]), declared))
        if [(fmt.patterns, fmt.quirks) for fmt in merged] == [(fmt.patterns, fmt.quirks) for fmt in formats]:
            return formats
        formats = merged


def _merge(formats: list[DateFormat], others: list[DateFormat]) -> list[DateFormat]:
    known = {fmt: fmt for fmt in formats}
    for fmt in others:
        old = known.get(fmt, fmt)
        patterns, quirks = old.patterns + fmt.patterns, old.quirks + fmt.quirks
        known[fmt] = replace(old, patterns=tuple(dict.fromkeys(patterns)), quirks=tuple(dict.fromkeys(quirks)))
    return with_bare_dates(list(known.values()))


def _decide(values: pl.LazyFrame, formats: list[DateFormat], *, is_whole: bool) -> Proof:
    """The format that explains most; several if they disagree on any value."""
    parsed = [fmt.parse(pl.col("text")) for fmt in formats]
    counts = values.select(
        pl.len().alias("all"),
        pl.col("text").first(),
        *(p.is_not_null().sum().alias(f"n{i}") for i, p in enumerate(parsed)),
    ).collect(engine="streaming")
    n_values = counts["all"].item()
    explained = [counts[f"n{i}"].item() for i in range(len(formats))]
    enough = [i for i, n in enumerate(explained) if n > 0 and n * 10 >= n_values * 9]
    if not enough:
        example = counts["text"].item()
        if any(explained):  # a value that the best format does not explain
            unexplained = _first_row(values, parsed[explained.index(max(explained))].is_null())
            example = unexplained[1] if unexplained else example
        return Proof(None, (), n_values, example=example, is_whole=is_whole)
    most = max(explained[i] for i in enough)
    best = [i for i in enough if explained[i] == most]
    first, *rivals = best
    differing = [i for i in rivals if _first_row(values, parsed[first].ne_missing(parsed[i])) is not None]
    if differing:
        example = _first_row(values, pl.any_horizontal(parsed[first].ne_missing(parsed[i]) for i in differing))
        shown = example[1] if example else None
        candidates = tuple(formats[i] for i in (first, *differing))
        return Proof(None, candidates, n_values, example=shown, is_whole=is_whole)
    row, value = _proving_value(values, formats, parsed, first)
    return Proof(formats[first], (formats[first],), n_values, row=row, value=value, is_whole=is_whole)


def _proving_value(
    values: pl.LazyFrame, formats: list[DateFormat], parsed: list[pl.Expr], chosen: int
) -> tuple[int, str] | tuple[None, None]:
    """The first value that the chosen format explains and none of another order does; none where no other order could."""
    others = [p for fmt, p in zip(formats, parsed, strict=True) if fmt.order != formats[chosen].order]
    if not others:
        return None, None
    only = parsed[chosen].is_not_null() & ~pl.any_horizontal([p.is_not_null() for p in others])
    return _first_row(values, only) or (None, None)


def _first_row(values: pl.LazyFrame, where: pl.Expr) -> tuple[int, str] | None:
    found = values.filter(where).head(1).select("row", "text").collect(engine="streaming")
    return found.row(0) if found.height else None
