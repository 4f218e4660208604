"""What changed: the time before beside this one, and what the run charts say; two months are never compared alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from cxaudit.days.spans import whole_months
from cxaudit.model import CheckRow
from cxaudit.monthly.model import Counts, Month, MonthlyReport, RunChart
from cxaudit.render.check_rows import targets
from cxaudit.render.report.extended import with_and_without, without_extension
from cxaudit.render.report.run_chart import (
    STEADY,
    better_or_worse,
    enough_words,
    is_usable,
    last_usable,
    months_name,
    not_compared_words,
    own_months,
    signals_words,
)
from cxaudit.render.report.story import Block, Points, Text
from cxaudit.render.report.words import NOT_STATED, SMALL, few, month_name, percent, period_name, share_words
from cxaudit.render.words import listed


def changes(report: MonthlyReport) -> Iterator[Block]:
    before, total = report.previous, report.check.total
    if before is not None:
        aims = targets(report.check, total)
        was, now = period_name(before.first, before.last), period_name(*report.period)
        both = ((was, before.total, before.without_extension), (now, total, without_extension(total)))
        then, today = (f"{name}: {with_and_without(share_words(one, *aims), bare, *aims)}" for name, one, bare in both)
        yield Points((then + _not_due(before.total, "was", "were"), today + _not_due(total, "is", "are")))
        if since := listed(list(map(month_name, report.other_standards_since))):
            yield Text(f"Other standards hold since {since}: what came before was promised or counted otherwise.")
    elif not whole_months(*report.period):
        yield Text(
            "Whole months, quarters and years are compared with the time before them; this period is none of these."
        )
    elif not report.runs:
        yield Text("No month before this one is known.")
    else:
        yield Text("The time before is not known: neither the exports nor an earlier report hold all of it.")
    for words in _signals(report):
        yield Text(words)
    if any(month.without_extension for chart in report.runs[:1] for month in own_months(chart, report.period)):
        yield Text("The charts count as in time what was met only by the extension for high volume.")


def _not_due(counts: Counts | CheckRow, one: str, more: str) -> str:
    """That a time looks better than it may be: it is compared without what is pending."""
    n = counts.pending
    return f"; {n:,} more {one if n == 1 else more} not due yet" if n else ""


def _signals(report: MonthlyReport) -> Iterator[str]:
    """What the run charts say of the period's months; two months are never compared alone."""
    charts = [chart for chart in report.runs if chart.limits is not None]
    compared = [(chart, own) for chart in charts if (own := own_months(chart, report.period))]
    yield from _unlike_most(report)
    if not charts:
        yield _without_limits(report)
    elif not compared:
        yield not_compared_words(report.period, report.check.as_of.date())
    is_one = period_name(*report.period) == month_name(f"{report.period[1]:%Y-%m}")
    for chart, own in compared:
        for month in own:
            if month.signals:
                at = "" if is_one else f", {month_name(month.month)}"
                yield f"{chart.label}{at}: {better_or_worse(month).lower()} ({signals_words(month)})."
    if compared:
        yield from _level_of_others(report)
        found = [chart for chart, _ in compared]
        left = [
            chart for chart in report.runs[1:] if chart not in found and any(one.counts.judged for one in chart.points)
        ]
        all_ = "All" if is_one else f"{months_name(max((own for _, own in compared), key=len))}: all"
        yield from _usual(report, compared, all_, has_left=bool(left))
        yield from _left(left)


def _level_of_others(report: MonthlyReport) -> Iterator[str]:
    """That the usual level is made of months under other standards, where that is not said of the time before as well."""
    since = report.other_standards_in_level
    if since and not report.other_standards_since:
        yield (
            f"The usual level is made of months before {month_name(since[-1])} too, which were promised or counted otherwise."
        )


def _without_limits(report: MonthlyReport) -> str:
    """Why no chart has limits."""
    if any(chart.is_steady for chart in report.runs):
        return STEADY
    enough = enough_words(report.runs[0]) if report.runs else ""
    return f"Six full months{enough} tell a change from the usual ups and downs; there are not as many yet."


def _unlike_most(report: MonthlyReport) -> Iterator[str]:
    """Where most months score the same, so that there are no limits: the last month, if it does not."""
    for chart in report.runs:
        month = last_usable(chart, report.period[1]) if chart.is_steady else None
        if month is not None:
            shown = [one for one in chart.points if is_usable(one)]
            usual, n = Counter(_score(one.counts) for one in shown).most_common(1)[0]
            if _score(month.counts) != usual:
                most = percent(100 * usual, chart.target_pct)
                mine = share_words(month.counts, chart.target_pct)
                yield f"{chart.label}, {month_name(month.month)}: {mine}, where {n} of {len(shown)} months score {most}."


def _score(counts: Counts) -> Fraction:
    return Fraction(counts.met, counts.judged)


def _usual(
    report: MonthlyReport, compared: Sequence[tuple[RunChart, Sequence[Month]]], all_: str, *, has_left: bool
) -> Iterator[str]:
    """What is within its usual ups and downs; said of nothing that was not compared."""
    usual = [chart for chart, own in compared if not any(month.signals for month in own)]
    if usual == [report.runs[0]]:
        yield f"{all_} channels together are within their usual ups and downs."
    elif usual and len(usual) < len(compared):
        yield f"The others{' that can be compared' if has_left else ''} are within their usual ups and downs."
    elif usual:
        which = "channel that can be compared" if has_left else "channel"
        yield f"{all_} is within its usual ups and downs: no {which} is better or worse than chance explains."


def _left(charts: Sequence[RunChart]) -> Iterator[str]:
    """Channels that are not compared, and why."""
    steady = [chart for chart in charts if chart.is_steady]
    young = [chart for chart in charts if chart.limits is None and not chart.is_steady]
    rare = [chart for chart in young if any(one.is_whole and 0 < one.counts.judged < SMALL for one in chart.points)]
    for words, ones in (
        ("Too few full months yet to be compared", [chart for chart in young if chart not in rare]),
        ("Too few requests in a month to be compared", rare),
        ("Too few requests in the month to be compared", [chart for chart in charts if chart.limits is not None]),
        ("Without limits, since the months that make the usual level hardly differ", steady),
    ):
        if ones:
            yield f"{words}: {few([chart.label or NOT_STATED for chart in ones])}."
