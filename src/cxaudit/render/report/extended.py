"""Months whose figures hold an extension for high volume, in words: the compliance without it stands beside.

An extension moves a due time and hides no miss, so no month looks better than the one before for having one. Source: DESIGN,
section 3; policy 5.2.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cxaudit.model import CheckRow
from cxaudit.monthly.model import Counts, Month
from cxaudit.render.report.words import month_name, share_words


def without_extension(row: CheckRow) -> Counts | None:
    """The requests of a row that would be met and missed without an extension; None where one changed nothing."""
    met, judged = row.met_without_extension, row.judged_without_extension
    if met is None or judged is None or (met, judged) == (row.met, row.judged):
        return None
    return Counts(met=met, late=judged - met)


def with_and_without(words: str, without: Counts | None, *targets: Decimal | None) -> str:
    """
    >>> with_and_without("90 of 100, 90.0 %", Counts(met=80, late=20))
    '90 of 100, 90.0 %; without the extension for high volume: 80 of 100, 80.0 %'
    """
    return (
        words
        if without is None
        else f"{words}; without the extension for high volume: {share_words(without, *targets)}"
    )


def extended_words(months: Iterable[Month], *targets: Decimal | None) -> str:
    """What months with an extension would be without it; empty where none has one.

    >>> extended_words([Month("2025-10", Counts(met=90, late=10), "input", True, (), Counts(met=80, late=20))])
    'With an extension for high volume; in time without it: October 2025: 80 of 100, 80.0 %.'
    """
    told = [
        f"{month_name(one.month)}: {share_words(one.without_extension, *targets)}"
        for one in months
        if one.without_extension
    ]
    return f"With an extension for high volume; in time without it: {'; '.join(told)}." if told else ""
