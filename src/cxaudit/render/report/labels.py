"""Where the labels of a chart stand, in pixels, so that none of them lies over another."""

from __future__ import annotations

from collections.abc import Sequence


def spread(places: Sequence[float], least: float, lowest: float, highest: float) -> list[float]:
    """Ascending places, pushed apart to a least distance, between two ends that have room for them.

    >>> spread([0, 2, 100, 219, 220], 15, 0, 220)
    [0, 15, 100, 205, 220]
    """
    found: list[float] = []
    for place in places:
        found.append(max(place, found[-1] + least if found else lowest))
    end = highest
    for i in reversed(range(len(found))):
        found[i] = min(found[i], end)
        end = found[i] - least
    return found


def in_rows(spans: Sequence[tuple[float, float]], taken: Sequence[tuple[float, float]] = ()) -> list[int]:
    """The row of each span: the first in which it lies over none that is there; `taken` are in the row 0.

    >>> in_rows([(0, 90), (40, 130), (95, 180), (120, 210)], taken=[(180, 200)])
    [0, 1, 0, 2]
    """
    rows: list[list[tuple[float, float]]] = [list(taken)]
    found = []
    for first, last in spans:
        fitting = (n for n, row in enumerate(rows) if all(last <= left or right <= first for left, right in row))
        place = next(fitting, len(rows))
        rows.extend([[]] if place == len(rows) else [])
        rows[place].append((first, last))
        found.append(place)
    return found
