"""Restated months in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cxaudit.render.report.words import in_time, month_name
from cxaudit.render.words import visible

if TYPE_CHECKING:
    from cxaudit.monthly.model import Restated


def restated_words(found: Iterable[Restated]) -> Iterator[str]:
    """One line for each month whose figures are no longer what an earlier report said."""
    for one in found:
        now, before = (f"{counts.met:,} of {counts.judged:,}" for counts in (one.now, one.before))
        why = " by another standards file" if one.has_other_standards else ""
        when = f"in {one.now_in}" if one.now_in else "today"
        yield visible(f"Restated: {one.month}: {now} in time {when}, {before}{why} in {one.file}")


def restated_sentence(one: Restated) -> str:
    """A month that an earlier report counted otherwise, or one that this report replaces."""
    now, before = in_time(one.now), in_time(one.before)
    why = ", by another standards file" if one.has_other_standards else ""
    return f"Restated: {month_name(one.month)} was reported as {before} in time{why}; these exports give {now}."
