"""History: the months up to the period's last, counted now or taken from the tallies of earlier reports, and their charts.

A month that an earlier report has stored is shown as it was stored: today's export may hold only a part of it. Two kinds
give way to an export that holds them: months that were not known whole then, and months of which requests were not due yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from cxaudit.days.spans import Span, days_of_month, holds, month_of, month_text, months_between, whole_months
from cxaudit.model import CheckRow
from cxaudit.monthly.model import Counts, Month, Previous, RunChart
from cxaudit.monthly.run_chart import is_usable, with_signals
from cxaudit.standards.model import Standards

#: How many months a run chart shows, unless its period has more.
MONTHS = 24
#: The columns of what an earlier report stored, one row per month (`202510`), channel, department and verdict, with and
#: without an extension for high volume; `is_whole`: whether it knew the month from end to end; `begins_on`: the first day
#: that an input must hold to count the month again, null where it is not to be counted again.
STORED: dict[str, Any] = {
    "month": pl.Int32,
    "channel": pl.String,
    "department": pl.String,
    "verdict": pl.String,
    "verdict_without": pl.String,
    "n": pl.UInt32,
    "is_whole": pl.Boolean,
    "begins_on": pl.Date,
}


@dataclass(frozen=True)
class History:
    """`frame` has the columns of STORED for all months; `whole` are those that are known from end to end."""

    frame: pl.DataFrame
    stored: frozenset[int]
    whole: frozenset[int]

    @cached_property
    def known(self) -> frozenset[int]:
        """The months of which anything is known."""
        return self.whole.union(self.frame["month"].drop_nulls())


def counts_of(tally: pl.DataFrame) -> Counts:
    """A tally's requests by verdict."""
    return counts_by(tally.with_columns(all=pl.lit(0)), "all").get(0, Counts())


def counts_of_row(row: CheckRow) -> Counts:
    """The requests of a line of the compliance table by verdict."""
    return Counts(row.met, row.late, row.overdue, row.pending, row.excluded)


def counts_by(tally: pl.DataFrame, name: str) -> dict[Any, Counts]:
    """A tally's requests by verdict, for each value of a column, in order."""
    counted: dict[Any, dict[str, int]] = {}
    verdict = pl.col("verdict").cast(pl.String)
    for value, told, n in tally.group_by(name, verdict).agg(pl.col("n").sum()).sort(name).iter_rows():
        counted.setdefault(value, {})[told] = n
    return {value: Counts(**n) for value, n in counted.items()}


def with_verdict_without(tally: pl.DataFrame) -> pl.DataFrame:
    """A tally that says what its verdicts are without an extension, also where no period of high volume is declared."""
    return tally if "verdict_without" in tally.columns else tally.with_columns(verdict_without="verdict")


def without_extension(tally: pl.DataFrame) -> Counts | None:
    """A tally's requests by verdict without an extension for high volume; None where one changed no verdict."""
    return without_extension_by(tally.with_columns(all=pl.lit(0)), "all").get(0)


def without_extension_by(tally: pl.DataFrame, name: str) -> dict[Any, Counts]:
    """The same as `counts_by` without an extension for high volume, for the values in which one changed a verdict."""
    counts = counts_by(tally, name)
    without = counts_by(tally.with_columns(verdict="verdict_without"), name)
    return {value: one for value, one in without.items() if one != counts[value]}


def history_of(counts: pl.DataFrame, stored: pl.DataFrame | None, covered: Sequence[Span], last: dt.date) -> History:
    """The months of the input and of the stored tallies, up to the one of the period's last day.

    `counts` is a tally by month, channel and department; `covered` the days of which the input can tell.
    """
    this = month_of(last)
    texts = [pl.col(name).cast(pl.String) for name in ("channel", "department", "verdict", "verdict_without")]
    own = with_verdict_without(counts).select(
        pl.col("month").cast(pl.Int32),
        *texts,
        pl.col("n").cast(pl.UInt32),
        is_whole=pl.lit(value=False),
        begins_on=pl.lit(None, pl.Date),
    )
    own = own.filter(pl.col("month") <= this)
    whole = {month for month in own["month"].drop_nulls().unique() if holds(covered, days_of_month(month))}
    earlier = own.clear() if stored is None else stored.select(*STORED).cast(pl.Schema(STORED))
    earlier = earlier.filter((pl.col("month") < this) & (pl.col("is_whole") | ~pl.col("month").is_in(list(whole))))
    earlier = earlier.filter(~pl.col("month").is_in(list(_decided(earlier, own, covered))))
    taken = frozenset(earlier["month"].unique().to_list())
    own = own.filter(~pl.col("month").is_in(list(taken)))
    whole_then = frozenset(earlier.filter("is_whole")["month"].unique().to_list())
    return History(pl.concat([earlier, own]), taken, whole_then | (whole - taken))


def _decided(earlier: pl.DataFrame, own: pl.DataFrame, covered: Sequence[Span]) -> Iterator[int]:
    """The months that were stored while requests of them were pending, and that the input holds without a loss: one that
    counts fewer requests holds a part of them, so what was counted then stays."""
    then, now = counts_by(earlier, "month"), counts_by(own.drop_nulls("month"), "month")
    for month, begins_on in earlier.drop_nulls("begins_on").select("month", "begins_on").unique().iter_rows():
        is_held = holds(covered, (begins_on, days_of_month(month)[1]))
        if then[month].pending and is_held and now.get(month, Counts()).requests >= then[month].requests:
            yield month


def unsettled_months(history: History) -> tuple[Month, ...]:
    """The months of which requests were not due yet when they were counted, so that these are in no figure; one that is not
    over is told apart from the others anyway."""
    counts = counts_by(history.frame.drop_nulls("month"), "month")
    months = [_month(history, month, counted) for month, counted in counts.items() if counted.pending]
    return tuple(month for month in months if month.is_whole or month.origin == "stored")


def run_charts(history: History, rows: Sequence[CheckRow], total: CheckRow, period: Span) -> tuple[RunChart, ...]:
    """One chart for all together and one for each channel of the report, over the same months: the last 24, or all of the
    period where it has more. Levels, limits and signals come from all months that are known."""
    first, last = map(month_of, period)
    if not (known := known_months(history, last)):
        return ()
    n_shown = max(MONTHS, sum(1 for _ in months_between(first, last)))
    charts = [_chart(history, known, n_shown, None, "All channels", total)]
    for row in rows:
        charts.append(_chart(history, known, n_shown, row.by["channel"] or None, row.label["channel"], row))
    return tuple(charts)


def known_months(history: History, last: int) -> list[int]:
    """The months from the first of which anything was judged to the last one of the period."""
    months = history.frame.filter(pl.col("verdict").is_in(["met", "late", "overdue"]))["month"].drop_nulls()
    return list(months_between(int(months.min()), last)) if months.len() else []  # type: ignore[arg-type]


def _chart(
    history: History, known: Sequence[int], n_shown: int, channel: str | None, label: str, row: CheckRow
) -> RunChart:
    is_mine = pl.lit(row.is_total) | pl.col("channel").eq_missing(pl.lit(channel, dtype=pl.String))
    mine = history.frame.filter(is_mine)
    counts, without = counts_by(mine, "month"), without_extension_by(mine, "month")
    points = [_month(history, month, counts.get(month, Counts()), without.get(month)) for month in known]
    months, limits, is_steady = with_signals(points)
    n_before = sum(1 for month in months[:-n_shown] if month.counts.requests)
    level_from = next((month.month for month in months if is_usable(month)), "")
    return RunChart(channel, label, months[-n_shown:], limits, row.target_pct, is_steady, level_from, n_before)


def _month(history: History, month: int, counts: Counts, without: Counts | None = None) -> Month:
    return Month(
        month=month_text(month),
        counts=counts,
        origin="stored" if month in history.stored else "input" if month in history.known else None,
        is_whole=month in history.whole,
        without_extension=without,
    )


def judged_by(history: History, stored: Mapping[int, Standards], today: Standards) -> dict[int, Standards]:
    """The standards that each month was judged by: a stored one by those of its report, the others by today's."""
    return {
        month: stored.get(month, today) if month in history.stored else today
        for month in history.frame["month"].drop_nulls().unique().sort().to_list()
    }


def previous_of(history: History, period: tuple[dt.date, dt.date]) -> Previous | None:
    """As many months as the period has, before it; None where it has no whole months, or these are not known whole."""
    first, last = period
    if not whole_months(first, last):
        return None
    n = sum(1 for _ in months_between(month_of(first), month_of(last)))
    start = first
    for _ in range(n):
        start = (start - dt.timedelta(days=1)).replace(day=1)
    end = first - dt.timedelta(days=1)
    months = list(months_between(month_of(start), month_of(end)))
    if not history.whole.issuperset(months):
        return None
    rows = history.frame.filter(pl.col("month").is_in(months))
    named = rows.with_columns(pl.col("channel", "department").fill_null(""))
    channels, departments = (counts_by(named, name) for name in ("channel", "department"))
    return Previous(start, end, counts_of(rows), channels, departments, without_extension(rows))
