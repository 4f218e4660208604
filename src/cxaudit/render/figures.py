"""Shares and targets as they are shown, decided on whole counts and never on a rounded percentage.

Missing is never zero, and nothing to judge is not a pass. A shown percentage never rounds across its target, and 100.0
means that nothing was missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import count
from math import ceil
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cxaudit.model import ReadingRow

Outcome = Literal["met", "not met", ""]


def meets(n_met: int, n_judged: int, target_pct: Decimal | None) -> bool | None:
    """Whether a share reaches its target; None without a target or without anything judged.

    >>> meets(899, 1000, Decimal(90))      # shown as 89.9 %, never 90 %
    False
    >>> meets(0, 0, Decimal(90)) is None   # nothing to judge is not a pass
    True
    """
    if n_judged == 0 or target_pct is None:
        return None
    return n_met * 100 >= target_pct * n_judged


def outcome(n_met: int, n_judged: int, target_pct: Decimal | None) -> Outcome:
    """The same in words; empty where it cannot be said."""
    match meets(n_met, n_judged, target_pct):
        case None:
            return ""
        case is_met:
            return "met" if is_met else "not met"


def compliance_text(met: int, judged: int, *targets: Decimal | None, places: int = 1) -> str:
    """`met ÷ judged` in percent with one decimal (`places`), rounded half up; empty when nothing was judged.

    >>> compliance_text(8996, 10000), compliance_text(8996, 10000, Decimal(90))
    ('90.0', '89.9')
    >>> compliance_text(9999, 10000)
    '99.9'

    Only where no figure with so many decimals could keep every promise does it take more of them:

    >>> compliance_text(9998, 10000, Decimal("99.97"))    # 99.9 is below the target, 100.0 would deny the misses
    '99.98'
    """
    if judged == 0:
        return ""
    for n_places in count(places):
        scale = 10**n_places
        lowest, highest = _bounds(met, judged, scale, (target for target in targets if target is not None))
        if lowest <= highest:
            break
    nearest = (200 * scale * met + judged) // (2 * judged)
    shown = min(max(nearest, lowest), highest)
    return f"{shown // scale}.{shown % scale:0{n_places}d}"


def _bounds(met: int, judged: int, scale: int, targets: Iterable[Decimal]) -> tuple[int, int]:
    """The least and the greatest figure, in units of 1/scale percent, on the right side of all targets."""
    lowest, highest = 0, 100 * scale - (met < judged)
    for target in targets:
        bound = ceil(target * scale)
        if meets(met, judged, target):
            lowest = max(lowest, bound)
        else:
            highest = min(highest, bound - 1)
    return lowest, highest


def level_text(value: Fraction, *targets: Decimal | None, places: int = 1) -> str:
    """A percentage that is no share of whole counts, such as the usual level of a run chart, rounded as a share is.

    >>> level_text(Fraction(99997, 1000)), level_text(Fraction(100)), level_text(Fraction(97496, 1000), Decimal("97.5"))
    ('99.9', '100.0', '97.4')
    """
    return compliance_text(value.numerator, 100 * value.denominator, *targets, places=places)


def percentage_text(pct: Decimal | None) -> str:
    """A target as it is shown: one decimal, more only if it was set with more.

    >>> percentage_text(Decimal(90)), percentage_text(Decimal("97.50")), percentage_text(Decimal("97.55"))
    ('90.0', '97.5', '97.55')
    """
    if pct is None:
        return ""
    whole, _, decimals = f"{pct:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0') or '0'}"


def target_words(pct: Decimal | None) -> str:
    """A target as it was set: it is exact, so a decimal zero would only be noise.

    >>> target_words(Decimal(90)), target_words(Decimal("97.50")), target_words(None)
    ('90 %', '97.5 %', '')
    """
    return f"{percentage_text(pct).removesuffix('.0')} %" if pct is not None else ""


def for_people(percentage: str) -> str:
    """A shown percentage in running text and tables for people.

    >>> for_people("91.0"), for_people("100.0"), for_people("")
    ('91.0 %', '100 %', '–')
    """
    return f"{'100' if percentage == '100.0' else percentage} %" if percentage else "–"


def range_words(rows: Iterable[ReadingRow], *targets: Decimal | None) -> str:
    """The lowest and the highest compliance under these readings: `93.1 to 96.2 %`; empty when nothing was judged.

    >>> from cxaudit.model import ReadingRow
    >>> range_words([ReadingRow("a", "", 9, 1, 0, 0, 0, 0), ReadingRow("b", "", 8, 2, 0, 0, 0, 1)])
    '80.0 to 90.0 %'
    """
    judged = sorted((row for row in rows if row.judged), key=lambda row: row.met / row.judged)
    if not judged:
        return ""
    low, high = (compliance_text(row.met, row.judged, *targets) for row in (judged[0], judged[-1]))
    return f"{low} to {high} %" if low != high else f"{low} %"
