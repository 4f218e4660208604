"""Restated months in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cxaudit.render.words import visible

if TYPE_CHECKING:
    from cxaudit.monthly.model import Counts
    from cxaudit.monthly.restated import Restated


def restated_words(found: Iterable[Restated]) -> Iterator[str]:
    """One line for each month whose figures are no longer what an earlier report said."""
    for one in found:
        why = " by another standards file" if one.has_other_standards else ""
        yield visible(f"Restated: {one.month}: {_words(one.now)} today, {_words(one.before)}{why} in {one.file}")


def _words(counts: Counts) -> str:
    return f"{counts.met:,} of {counts.judged:,} in time"
