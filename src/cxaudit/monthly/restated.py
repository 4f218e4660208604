"""Restated months: what an earlier report counted and what the input of today counts for the same month.

Once all its requests are judged, met and missed of a month stay as they are for the same input, so a difference means that
the input changed: a late export, a corrected case, another standards file. It is said and never mended in silence. A month of
which requests were pending when it was stored is settled by an input that has judged them since: nothing was wrong then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from cxaudit.counting.coverage import covered_days
from cxaudit.days.spans import days_of_month, holds, month_text
from cxaudit.monthly.history import counts_by, counts_of
from cxaudit.monthly.model import Counts, Restated
from cxaudit.standards.model import DAY_UNITS
from cxaudit.tally.stored import StoredTally

if TYPE_CHECKING:
    from cxaudit.audit import Audit


def changed_months(audit: Audit, stored: Sequence[tuple[str, StoredTally]]) -> tuple[Restated, ...]:
    """The months that the input holds from their beginning and that were over when stored, where their figures differ, and
    those that the input has settled since."""
    if not stored:
        return ()
    return tuple(_changed(audit, stored, audit.count(["month"])))


def replaced_months(audit: Audit, replaced: Sequence[Restated]) -> tuple[Restated, ...]:
    """What reports of the same period said that were replaced one after the other, where the input still says otherwise."""
    if not replaced:
        return ()
    now = counts_by(audit.count(["month"]), "month")
    standards = audit.question.standards.sha256
    today = (
        replace(
            one,
            now=now.get(int(one.month.replace("-", "")), Counts()),
            file="",
            has_other_standards=one.standards != standards,
        )
        for one in replaced
    )
    return tuple(once_settled(one for one in today if _is_other(one.before, one.now)))


def once_settled(found: Iterable[Restated]) -> Iterator[Restated]:
    """Of the months that were settled step by step what was said of each first."""
    told = set()
    for one in found:
        if differ(one.before, one.now):
            yield one
        elif one.month not in told:
            told.add(one.month)
            yield one


def _changed(audit: Audit, stored: Sequence[tuple[str, StoredTally]], now: pl.DataFrame) -> Iterator[Restated]:
    covered = covered_days(audit)
    for name, tally in stored:
        is_later = tally.about.as_of.utc > audit.question.as_of.utc
        for month in finished_months(tally):
            begins_on = beginning(audit, tally, month)
            if not holds(covered, (begins_on, max(begins_on, days_of_month(month)[0]))):
                continue
            was = counts_of(tally.frame.filter(pl.col("month") == month))
            today = counts_of(now.filter(pl.col("month") == month))
            # As of an earlier moment more is pending: that is no other input.
            if _is_other(was, today) and not (is_later and not differ(today, was)):
                standards = tally.about.standards["sha256"]
                other = standards != audit.question.standards.sha256
                yield Restated(month_text(month), was, today, name, other, standards=standards)


def finished_months(tally: StoredTally) -> list[int]:
    """The months of a stored tally that were over at its as-of moment, in order."""
    as_of, period = tally.about.as_of, tally.about.period or (dt.date.min, dt.date.max)
    months = [int(month) for month in tally.frame["month"].drop_nulls().unique().sort()]
    return [
        month
        for month in months
        if holds([period], days_of_month(month))
        and dt.datetime.combine(days_of_month(month)[1], dt.time(23, 59, 59)) <= as_of.local
    ]


def whole_months_of(tally: StoredTally) -> list[int]:
    """Of the finished months of a stored tally those of which its input could tell from end to end, in order."""
    covered = tally.about.covered
    return [month for month in finished_months(tally) if covered is None or holds(covered, days_of_month(month))]


def beginning(audit: Audit, tally: StoredTally, month: int) -> dt.date:
    """The first day that the input must hold to count what a stored tally counted of a month: where months are counted by
    due time, requests that came in before the month may be due in it."""
    first, last = days_of_month(month)
    start = first if tally.about.cohort == "received" else _earliest_receipt(audit, first)
    since = [since for since, until in tally.about.covered or () if since <= last and first <= until]
    return max(start, since[0]) if since else first


def _earliest_receipt(audit: Audit, due: dt.date) -> dt.date:
    """The first day on which a request may have come in that is due on that day, by the slowest promise; no more than a month
    before, as where a promise does not count in days."""
    month_before = (due - dt.timedelta(days=1)).replace(day=1)
    within = [promise.within for promise in audit.promises.all]
    if any(one.unit not in DAY_UNITS for one in within):
        return month_before
    n = max((one.count for one in within), default=0) + 1  # what comes in after closing may count from the next day
    return audit.calendar.earlier(due, n, month_before)


def differ(before: Counts, now: Counts) -> bool:
    """Whether two counts of the same month tell another compliance. An open miss that was answered late is still a miss; and
    what was pending then may have been judged since."""
    met, missed = now.met - before.met, now.missed - before.missed
    is_settled = met >= 0 and missed >= 0 and met + missed <= before.pending
    return not is_settled


def _is_other(before: Counts, now: Counts) -> bool:
    """Whether they differ, or what was pending has been judged since; of fewer requests nobody can tell the latter."""
    return differ(before, now) or (now.judged > before.judged and now.requests >= before.requests)
