"""Lookup: for each code or word of a column what it stands for, batch by batch.

polars' own `replace_strict` holds its whole column where rows are streamed, and with it all that waits for the result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from cxaudit.spelling import fold

#: What stands in a cell whose formula failed, with its row where it came from a workbook: no name, and nobody's id.
FAILED = re.compile(
    r"(?i)^(#N/A|#REF!|#NAME\?|#VALUE!|#DIV/0!|#NULL!|#NUM!|#SPILL!|#CALC!|#FIELD!|#BLOCKED!|#CONNECT!|#GETTING_DATA"
    r"|#NV|#BEZUG!|#WERT!|#ZAHL!|#VALEUR!|#+|not calculated)( \(row \d+\))?$"
)
#: What stands for an id where there is none: a formula that failed, or a number that a spreadsheet shortened to `1.01E+11`.
NO_ID = rf"{FAILED.pattern}|^\d[.,]\d+E\+?\d{{1,3}}$|^\dE\+\d{{2,3}}$"


def value_at(position: pl.Expr, values: Sequence[object], dtype: pl.DataType) -> pl.Expr:
    """Of these values the one at each position; null where there is no position."""
    table = pl.Series(values, dtype=dtype)
    return position.map_batches(table.gather, return_dtype=dtype, is_elementwise=True)


def meaning_of(word: pl.Expr, meanings: Mapping[str, object], dtype: pl.DataType) -> pl.Expr:
    """What each word means; null where it is not known."""
    known, meant = list(meanings), list(meanings.values())
    return word.map_batches(
        lambda words: words.replace_strict(known, meant, default=None, return_dtype=dtype),
        return_dtype=dtype,
        is_elementwise=True,
    )


def folded(words: pl.Expr) -> pl.Expr:
    """Words in the form in which two spellings are equal (`fold`), each different one folded once per batch.

    >>> pl.select(folded(pl.lit(pl.Series(["E\u2011Mail", "STRASSE", "Straße", None])))).to_series().to_list()
    ['email', 'strasse', 'strasse', None]
    """
    return words.map_batches(
        lambda texts: texts.replace({text: fold(text) for text in texts.unique().drop_nulls()}),
        return_dtype=pl.String,
        is_elementwise=True,
    )
