"""Restated, settled and unsettled months in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from cxaudit.render.report.words import FEW, in_time, month_name
from cxaudit.render.words import counted, listed, visible

if TYPE_CHECKING:
    from cxaudit.monthly.model import Month, MonthlyReport, Restated


def restated_words(found: Iterable[Restated]) -> Iterator[str]:
    """One line for each month whose figures are no longer what an earlier report said."""
    for one in found:
        now, before = (f"{counts.met:,} of {counts.judged:,}" for counts in (one.now, one.before))
        why = " by another standards file" if one.has_other_standards else ""
        when = f"in {one.now_in}" if one.now_in else "today"
        yield visible(f"Restated: {one.month}: {now} in time {when}, {before}{why} in {one.file}")


def restated_sentences(found: Sequence[Restated]) -> list[str]:
    """The months that earlier reports counted otherwise, or those that this report replaces; each said once. Where reports
    disagree on a month, each is named."""
    said = {month: len({one.before for one in found if one.month == month}) for month in {one.month for one in found}}
    return list(dict.fromkeys(_restated_sentence(one, is_named=said[one.month] > 1) for one in found))


def _restated_sentence(one: Restated, *, is_named: bool) -> str:
    now, before = in_time(one.now), in_time(one.before)
    why = ", by another standards file" if one.has_other_standards else ""
    where = f" in the report {one.file.rpartition('/')[0]}" if is_named and "/" in one.file else ""
    return f"Restated: {month_name(one.month)} was reported{where} as {before} in time{why}; these exports give {now}."


def changed_words(report: MonthlyReport) -> Iterator[str]:
    """What earlier reports said otherwise, what has been settled since, and what is not."""
    yield from restated_sentences(report.restated)
    yield from settled_words(report.settled)
    yield from unsettled_words(report.unsettled)


def settled_sentence(one: Restated) -> str:
    """A month of which requests were not due yet when it was reported, and are judged now."""
    why = ", by another standards file" if one.has_other_standards else ""
    still = f", with {one.now.pending:,} still not due" if one.now.pending else ""
    return (
        f"Settled since: {month_name(one.month)} was reported as {in_time(one.before)} in time{why}, with "
        f"{one.before.pending:,} not due yet; these exports give {in_time(one.now)}{still}."
    )


def settled_words(settled: Sequence[Restated]) -> Iterator[str]:
    """The latest months one by one; where requests count by receipt, each month is settled after it was reported."""
    if before := settled[:-FEW]:
        names = dict.fromkeys(month_name(one.month) for one in (before[0], before[-1]))
        yield f"Settled since, in the same way: {counted(len(before), 'month')}, {' to '.join(names)}."
    yield from map(settled_sentence, settled[-FEW:])


def unsettled_words(months: Sequence[Month]) -> Iterator[str]:
    """That months may look better than they are: what was missed of the pending requests is in none of their figures."""
    stored = [one for one in months if one.origin == "stored"]
    for when, which in ((" when their month was reported", stored), ("", [one for one in months if one not in stored])):
        if which:
            named = listed([f"{counted(one.counts.pending, 'request')} of {month_name(one.month)}" for one in which])
            yield f"Not due yet{when}, so their misses are in no figure here: {named}."
