"""Receipts by hour of the day: where they gather at night, their times may be in another zone than they are read in.

Days have no beginning on a clock's face: the hours are taken as directions, and their mean is the middle of the receipts.
People write and call by day; where the middle lies far from noon, UTC was perhaps read as local time, or the other way round.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from cxaudit.days.zones import Zone

HOURS = 24
#: Fewer receipts say nothing about a day.
_ENOUGH = 50
#: From 0, spread evenly over the day, to 1, all in the same minute.
_CLEAR = 0.25
_DAY = (9.0, 16.5)


def middle_of_day(hours: Sequence[int]) -> float | None:
    """The hour around which receipts gather; None where they are too few or too evenly spread.

    >>> middle_of_day([0] * 8 + [10] * 9 + [0] * 7)
    12.5
    >>> middle_of_day([10] * 24) is None
    True
    """
    n = sum(hours)
    if n < _ENOUGH:
        return None
    angles = [2 * math.pi * (hour + 0.5) / HOURS for hour in range(HOURS)]
    x = sum(count * math.cos(angle) for count, angle in zip(hours, angles, strict=True)) / n
    y = sum(count * math.sin(angle) for count, angle in zip(hours, angles, strict=True)) / n
    if math.hypot(x, y) < _CLEAR:
        return None
    return round(math.atan2(y, x) / (2 * math.pi) * HOURS % HOURS, 6)


def unusual_hours(hours: Sequence[int], city: Zone, at: dt.datetime) -> str | None:
    """What to say of receipts whose middle lies at night; None where it does not. `at` is one of their moments, local."""
    middle = middle_of_day(hours)
    if middle is None or _DAY[0] <= middle <= _DAY[1]:
        return None
    offset = (at - city.to_utc(at)).total_seconds() / 3600
    said = f"receipts gather around {_clock(middle)}"
    for words, moved in (("in UTC", middle + offset), ("local times moved to UTC twice", middle - offset)):
        if _DAY[0] <= moved % HOURS <= _DAY[1]:
            return f"{said}; if these times are {words}, around {_clock(moved)} in {city.key}"
    return said


def _clock(hour: float) -> str:
    minutes = round(hour % HOURS * 60) % (HOURS * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"
