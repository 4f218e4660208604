"""Names: the spellings of an export become the names of the standards file, and exclude rules find their requests.

Each different value is looked at once, however many rows hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from cxaudit.lookup import FAILED
from cxaudit.recognise.dates import MISSING
from cxaudit.spelling import fold
from cxaudit.standards.model import ExcludeRule, Standards
from cxaudit.standards.source import SourceMapping

CUSTOMER_TYPES = ("external", "internal")
_MISSING = frozenset({*MISSING, "unspecified"})


def name_channels(rows: pl.LazyFrame, standards: Standards) -> pl.LazyFrame:
    """Channels by the keys of the standards file; an unknown one keeps its own spelling (one for all its spellings)."""
    return _rename(rows, "channel", lambda spellings: _names_of(spellings, standards.channel_names))


def channel_words(mapping: SourceMapping, standards: Standards) -> dict[str, str]:
    """What a system calls the channels that the standards file names: its word, folded -> channel.

    The standards file's own keys and titles mean themselves; its aliases are for all systems, these words for this one.
    """
    own = {fold(name) for names in standards.titles.items() for name in names}
    return {
        fold(spelling): channel
        for channel, spellings in mapping.channels.items()
        if fold(channel) in own
        for spelling in spellings
        if fold(spelling) not in own
    }


def name_departments(rows: pl.LazyFrame, standards: Standards) -> pl.LazyFrame:
    """Departments as the standards file names them; another keeps its own spelling (one for all its spellings)."""
    return _rename(rows, "department", lambda spellings: _names_of(spellings, standards.department_names))


def name_customer_types(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Customer types as policy and code write them, `external` and `internal`; another keeps one of its own spellings."""

    def named(spellings: list[str]) -> dict[str, str | None]:
        own = {name: name for name in CUSTOMER_TYPES}
        for spelling in sorted(spellings, key=_plain_first):
            own.setdefault(fold(spelling), spelling.strip())
        return {s: _present(own[fold(s)]) for s in spellings}

    return _rename(rows, "customer_type", named)


def tidy(rows: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """A column of names without blanks around them and without the words that systems write for nothing."""
    return _rename(rows, name, lambda spellings: {s: _present(s.strip()) for s in spellings})


def exempt(rows: pl.LazyFrame, rules: tuple[ExcludeRule, ...], columns: dict[str, str]) -> pl.LazyFrame:
    """Add `exempt_by` (UInt8): the position of the first exclude rule that applies, else null.

    `columns` tells which column of the frame a rule's column is.
    """
    applies: pl.Expr = pl.lit(None, dtype=pl.UInt8)
    for position, rule in reversed(list(enumerate(rules))):
        name = columns.get(rule.column)
        if name is None or name not in rows.collect_schema().names():
            continue
        wanted = {fold(value) for value in rule.values}
        spellings = [s for s in _spellings(rows, name) if fold(s) in wanted]
        hit = pl.col(name).cast(pl.String).is_in(spellings)
        applies = pl.when(hit).then(pl.lit(position, dtype=pl.UInt8)).otherwise(applies)
    return rows.with_columns(exempt_by=applies)


def _names_of(spellings: list[str], known: Mapping[str, str]) -> dict[str, str | None]:
    """Each spelling -> its name among the known ones (by their folded form), else one spelling for all that fold alike."""
    own: dict[str, str] = {}
    for spelling in sorted(spellings, key=_plain_first):
        own.setdefault(fold(spelling), spelling.strip())
    return {spelling: _present(known.get(fold(spelling), own[fold(spelling)])) for spelling in spellings}


def _plain_first(spelling: str) -> tuple[bool, str]:
    """Of several spellings of one name, one that begins with a letter or digit is shown."""
    return not spelling.strip()[:1].isalnum(), spelling


def _present(name: str) -> str | None:
    return None if name.casefold() in _MISSING or FAILED.match(name) else name


def _spellings(rows: pl.LazyFrame, name: str) -> list[str]:
    different = rows.group_by(name).agg().collect(engine="streaming").to_series()
    return different.drop_nulls().cast(pl.String).sort().to_list()


def _rename(rows: pl.LazyFrame, name: str, names: Callable[[list[str]], dict[str, str | None]]) -> pl.LazyFrame:
    schema = rows.collect_schema()
    if name not in schema.names():
        return rows
    renamed = names(_spellings(rows, name))
    if all(old == new for old, new in renamed.items()):
        return rows
    kind = schema[name]
    codes = pl.Series(list(renamed), dtype=pl.String).cast(kind).to_physical().to_list()
    new = dict(zip(codes, renamed.values(), strict=True))
    table = pl.Series([new.get(code) for code in range(max(codes, default=-1) + 1)], dtype=pl.String).cast(kind)
    return rows.with_columns(
        pl.col(name).to_physical().map_batches(table.gather, return_dtype=kind, is_elementwise=True)
    )
