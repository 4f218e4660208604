"""The usual level of counts: that of an XmR chart (individuals and moving range).

The mean of some counts, with limits at 2.66 times their mean moving range, which is as far as such counts stray by chance.
Source: NHS England, "Making Data Count".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isqrt

#: How few counts are too few for limits.
FEWEST = 6
#: What turns a mean moving range into three standard deviations: 3 / 1.128.
SPREAD = Fraction(266, 100)


@dataclass(frozen=True)
class Limits:
    """The usual level and how far from it a count may be by chance. Exact, so that a count is never near a limit."""

    usual: Fraction
    lower: Fraction
    upper: Fraction

    def of(self, n: int) -> Limits:
        """Those of `n` points taken together, whose sum strays √n times as far as one does by chance.

        Closed days may also have brought nothing, so the lower limit stays. The upper one is rounded down to tenths, which
        no whole count can tell from the true one.

        >>> float(Limits(Fraction(10), Fraction(4), Fraction(16)).of(3).upper)    # 30 + 6 × √3 = 40.39
        40.3
        """
        if n == 1:
            return self
        usual = self.usual * n
        tenths, square = usual * 10, (self.upper - self.usual) ** 2 * n * 100
        root = isqrt(int(square * tenths.denominator**2))
        return Limits(usual, self.lower, Fraction((tenths.numerator + root) // tenths.denominator, 10))


def xmr_limits(values: Sequence[int]) -> Limits | None:
    """The limits of an XmR chart of these values, in their order; None where they are too few.

    Mean ± 2.66 × mean moving range; counts have no lower limit below 0. **Source**: NHS England, "Making Data Count".

    >>> limits = xmr_limits([10, 12, 9, 11, 10, 13, 8, 11])
    >>> [float(x) for x in (limits.usual, limits.lower, limits.upper)]
    [10.5, 3.28, 17.72]
    >>> xmr_limits([10, 12, 9, 11, 10]) is None
    True
    """
    if len(values) < FEWEST:
        return None
    usual = Fraction(sum(values), len(values))
    reach = SPREAD * Fraction(sum(abs(b - a) for a, b in pairwise(values)), len(values) - 1)
    return Limits(usual, max(usual - reach, Fraction(0)), usual + reach)
