"""Text of the input that a spreadsheet would run as a formula is neutralised with a leading apostrophe.

Such text starts, after blanks, with `=`, `+`, `-`, `@` (or their full-width forms), or with a tab, CR or LF. A plain
number, a phone number and a date are left as they are. The rule exists twice, for one cell and for a column, from the
same patterns.

Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# Spelled out, because Python and polars do not agree on what `\s` is.
_BLANK = r"[ \u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff\x0b\x0c]"
_ANY_BLANK = r"[ \t\r\n\u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff\x0b\x0c]"
_NUMBER = r"[+-]?(?:[0-9]{1,3}(?:[, \u00a0][0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)? ?%?"
_FRACTION = r"[+-]?[.,][0-9]+ ?%?"
_PHONE = r"\+(?:[ ().-]{0,2}[0-9]){7,15}\)?(?: ?(?:ext|EXT|Ext|x)\.? ?[0-9]{1,6})?"
_DATE = r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[ T][0-9:.]+ ?(?:[AaPp][Mm])?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"

_STARTS = rf"^{_BLANK}*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_PLAIN = rf"^{_ANY_BLANK}*(?:{_NUMBER}|{_FRACTION}|{_PHONE}|{_DATE}){_ANY_BLANK}*"

_starts = re.compile(_STARTS)
_plain = re.compile(_PLAIN)


def escape_cell(text: str) -> str:
    """One cell.

    >>> escape_cell("=1+1"), escape_cell("-12.5"), escape_cell("+1 (780) 555-0123"), escape_cell("-1+cmd|' /C calc'!A0")
    ("'=1+1", '-12.5', '+1 (780) 555-0123', "'-1+cmd|' /C calc'!A0")
    """
    return f"'{text}" if _starts.match(text) and not _plain.fullmatch(text) else text


def escape_column(column: str) -> pl.Expr:
    """A column of text, under the same name; null stays null."""
    import polars as pl

    text = pl.col(column)
    is_formula = text.str.contains(_STARTS) & ~text.str.contains(_PLAIN + "$")
    return pl.when(is_formula).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(column)
