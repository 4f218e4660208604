"""Run charts: compliance by month with the limits of its usual ups and downs, and the four rules that tell more than these.

An XmR chart: the mean of the first twelve months ± 2.66 × their mean moving range, moving ranges above 3.267 × their mean
left out of it once; where nothing varies then, there are no limits. A moving range goes from one usable month to the next
one, but months in a row are months of the calendar in a row. Two months are never compared with each other alone. Source:
NHS England, "Making Data Count".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby, pairwise
from typing import NamedTuple

from cxaudit.monthly.model import Limits, Month, Signal

#: How many months make the usual level; with fewer the limits are on trial, and with very few there are none.
BASELINE, FEWEST = 12, 6
#: Below so many judged requests a month's percentage says little, so it is neither drawn nor counted.
SMALL = 10
_SPREAD, _SCREEN = Fraction(266, 100), Fraction(3267, 1000)
_IN_A_ROW = 7


class Judged(NamedTuple):
    """Months with their signals; `is_steady`: they are enough, but too much alike for limits."""

    months: tuple[Month, ...]
    limits: Limits | None
    is_steady: bool


def is_usable(month: Month) -> bool:
    """Whether a month's percentage can stand beside the others."""
    return month.is_whole and month.counts.judged >= SMALL


def share(month: Month) -> Fraction:
    return Fraction(100 * month.counts.met, month.counts.judged)


def limits_of(shares: Sequence[Fraction]) -> Limits | None:
    """The limits of these percentages, oldest first; None where they are too few, or most of them are the same.

    >>> limits = limits_of([Fraction(x) for x in (90, 92, 91, 93, 90, 92)])
    >>> round(float(limits.mean), 2), round(float(limits.lower), 2), round(float(limits.upper), 2), limits.is_trial
    (91.33, 86.01, 96.65, True)
    >>> limits_of([Fraction(x) for x in (100, 100, 98, 100, 100, 100, 100, 100)]) is None
    True
    """
    usual = shares[:BASELINE]
    if len(usual) < FEWEST:
        return None
    mean = sum(usual, Fraction(0)) / len(usual)
    ranges = [abs(b - a) for a, b in pairwise(usual)]
    kept = [one for one in ranges if one <= _SCREEN * _mean(ranges)]
    reach = _SPREAD * _mean(kept)
    if not reach:
        return None
    lower, upper = max(mean - reach, Fraction(0)), min(mean + reach, Fraction(100))
    return Limits(mean, lower, upper, reach, len(usual), is_trial=len(usual) < BASELINE)


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def with_signals(months: Sequence[Month]) -> Judged:
    """The months, oldest first, with what the four rules say of each, and the limits."""
    usable = [i for i, month in enumerate(months) if is_usable(month)]
    limits = limits_of([share(months[i]) for i in usable])
    if limits is None:
        return Judged(tuple(months), None, is_steady=len(usable) >= FEWEST)
    found: dict[int, tuple[Signal, ...]] = {}
    for places in _in_succession(months, usable):
        found |= zip(places, signals_of([share(months[i]) for i in places], limits), strict=True)
    signalled = tuple(replace(month, signals=found.get(i, ())) for i, month in enumerate(months))
    return Judged(signalled, limits, is_steady=False)


def _in_succession(months: Sequence[Month], usable: Sequence[int]) -> list[list[int]]:
    """The usable months in groups that follow each other in the calendar without a gap."""
    numbers = {i: 12 * int(months[i].month[:4]) + int(months[i].month[5:]) for i in usable}
    groups = groupby(enumerate(usable), key=lambda one: numbers[one[1]] - one[0])
    return [[i for _, i in group] for _, group in groups]


def signals_of(shares: Sequence[Fraction], limits: Limits) -> list[tuple[Signal, ...]]:
    """What each of the four rules says of each percentage, of months that follow each other.

    >>> flat = Limits(Fraction(90), Fraction(84), Fraction(96), Fraction(6), 12, False)
    >>> signals_of([Fraction(x) for x in (90, 83, 89)], flat)[1]
    ('below_limits',)
    """
    # Two thirds of the way to the limits as they are, not as they are clipped: 100 % twice is no signal by itself.
    near = limits.reach * Fraction(2, 3)
    steps = [Fraction(0), *(b - a for a, b in pairwise(shares))]
    rules: dict[Signal, set[int]] = {
        "above_limits": {i for i, x in enumerate(shares) if x > limits.upper},
        "below_limits": {i for i, x in enumerate(shares) if x < limits.lower},
        "run_above": _in_a_row(shares, lambda x: x > limits.mean, _IN_A_ROW),
        "run_below": _in_a_row(shares, lambda x: x < limits.mean, _IN_A_ROW),
        # Seven in a row that rise are six steps up.
        "rising": _with_start(_in_a_row(steps, lambda x: x > 0, _IN_A_ROW - 1)),
        "falling": _with_start(_in_a_row(steps, lambda x: x < 0, _IN_A_ROW - 1)),
        "two_of_three_high": _two_of_three([x > limits.mean + near for x in shares]),
        "two_of_three_low": _two_of_three([x < limits.mean - near for x in shares]),
    }
    return [tuple(name for name, places in rules.items() if i in places) for i in range(len(shares))]


def _in_a_row(values: Sequence[Fraction], holds: Callable[[Fraction], bool], n: int) -> set[int]:
    """The positions that belong to at least `n` in a row for which a condition holds."""
    found: set[int] = set()
    row: list[int] = []
    for i, value in enumerate(values):
        row = [*row, i] if holds(value) else []
        if len(row) >= n:
            found |= set(row)
    return found


def _with_start(steps: set[int]) -> set[int]:
    """The points of these steps: each step has one before it."""
    return steps | {i - 1 for i in steps}


def _two_of_three(near: Sequence[bool]) -> set[int]:
    """The positions that are near a limit where two of three in a row are."""
    found: set[int] = set()
    for i in range(len(near) - 2):
        hits = [i + j for j in range(3) if near[i + j]]
        if len(hits) >= 2:
            found |= set(hits)
    return found
