"""What a run chart says, in words: the four rules of "Making Data Count" instead of arrows between two months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from cxaudit.monthly.model import Month, MonthlyReport, RunChart, Signal, StandardsChange
from cxaudit.render.figures import meets
from cxaudit.render.report.extended import extended_words
from cxaudit.render.report.restated import changed_words
from cxaudit.render.report.story import Block, Chart, Column, Points, Section, Table, Text
from cxaudit.render.report.words import LOW, LOW_NOTE, day_name, in_time, level, month_name, percent, share_text
from cxaudit.render.words import counted, listed

#: In the order of the rules; good news first.
SIGNAL_WORDS: dict[Signal, str] = {
    "above_limits": "above the upper limit",
    "below_limits": "below the lower limit",
    "run_above": "seven or more months in a row above the usual level",
    "run_below": "seven or more months in a row below the usual level",
    "rising": "seven or more months in a row rising",
    "falling": "seven or more months in a row falling",
    "two_of_three_high": "two of three months close to the upper limit",
    "two_of_three_low": "two of three months close to the lower limit",
}
_BETTER: tuple[Signal, ...] = ("above_limits", "run_above", "rising", "two_of_three_high")
#: Why a chart of enough months may have no limits.
STEADY = (
    "Most of the months that make the usual level score the same as the one before, so limits of the usual ups and downs "
    "would say nothing."
)
#: The fewest requests of a month that is drawn; the figures know the same number.
_SMALL = 10


def signals_words(month: Month) -> str:
    """What the rules say of a month."""
    return listed([SIGNAL_WORDS[signal] for signal in month.signals])


def better_or_worse(month: Month) -> str:
    """
    >>> from cxaudit.monthly.model import Counts
    >>> better_or_worse(Month("2025-10", Counts(), "input", True, ("below_limits",)))
    'Worse than usual'
    """
    if not month.signals:
        return "Usual"
    kinds = {signal in _BETTER for signal in month.signals}
    if len(kinds) == 2:
        return "Signals both ways"
    return "Better than usual" if kinds.pop() else "Worse than usual"


def between_words(chart: RunChart) -> str:
    """
    >>> from fractions import Fraction
    >>> from cxaudit.monthly.model import Limits
    >>> limits = Limits(Fraction(90), Fraction(84), Fraction(96), Fraction(6), 12, False)
    >>> between_words(RunChart(None, "", (), limits, None))
    '84.0 to 96.0 %'
    """
    if chart.limits is None:
        return "most months are alike" if chart.is_steady else "too few months"
    return f"{level(chart.limits.lower, chart.target_pct)} to {percent(chart.limits.upper, chart.target_pct)}"


def is_usable(month: Month) -> bool:
    return month.is_whole and month.counts.judged >= _SMALL


def last_usable(chart: RunChart, last: dt.date) -> Month | None:
    """The month of the period's last day, where it can be compared."""
    months = [month for month in chart.points if month.month == f"{last:%Y-%m}" and is_usable(month)]
    return months[0] if months else None


def own_months(chart: RunChart, period: tuple[dt.date, dt.date]) -> list[Month]:
    """The months of a period that can be compared."""
    return [one for one in chart.points if f"{period[0]:%Y-%m}" <= one.month <= f"{period[1]:%Y-%m}" and is_usable(one)]


def months_name(months: Sequence[Month]) -> str:
    """
    >>> from cxaudit.monthly.model import Counts
    >>> months = [Month(name, Counts(), "input", True) for name in ("2025-07", "2025-09")]
    >>> months_name(months), months_name(months[1:])
    ('July 2025 to September 2025', 'September 2025')
    """
    return " to ".join(dict.fromkeys(month_name(months[i].month) for i in (0, -1)))


def not_compared_words(period: tuple[dt.date, dt.date], as_of: dt.date) -> str:
    """Of the latest month of a period that has begun."""
    return f"{month_name(f'{min(period[1], as_of):%Y-%m}')} is not complete or has too few requests to be compared."


def enough_words(chart: RunChart) -> str:
    """What full months must have to be compared, said only where some have not."""
    is_short = any(month.is_whole and not is_usable(month) for month in chart.points)
    return " with at least ten judged requests" if is_short else ""


def section(report: MonthlyReport) -> Section | None:
    """The run chart of all channels, its table, and a line for each channel."""
    if not report.runs:
        return None
    return Section("months", "Month by month", tuple(_blocks(report)), side=_months(report, report.runs[0]))


def _blocks(report: MonthlyReport) -> Iterator[Block]:
    chart = report.runs[0]
    usable = [month for month in chart.points if is_usable(month)]
    yield Text(" ".join(_sentences(chart, report.period, report.check.as_of.date())), "lead")
    if extended := extended_words(chart.points, chart.target_pct):
        yield Text(extended, "note")
    if len(usable) > 1:
        marks = marked_months(report.changes, report.otherwise_from)
        yield Chart("run-chart", "Compliance by month, all channels", described(chart), (chart, marks))
    if any(one.limits or one.is_steady for one in report.runs[1:]):
        yield _channels(report)
    if report.changes:
        words = [f"{change.source} came into force on {day_name(change.effective)}" for change in report.changes]
        yield Text(f"Standards: {'; '.join(words)}.", "note")
    if report.otherwise_from:
        yield Text(otherwise_words(report), "note")
    if changed := tuple(changed_words(report)):
        yield Points(changed)
    if chart.limits:
        yield Points(tuple(_how(chart)))


def marked_months(changes: Iterable[StandardsChange], otherwise_from: Iterable[str]) -> tuple[str, ...]:
    """The months at which a chart has a line because other standards hold from there on."""
    return tuple(sorted({*(change.month for change in changes), *otherwise_from}))


def otherwise_words(report: MonthlyReport) -> str:
    """That months were judged by another file than those before; empty where none were."""
    if not report.otherwise_from:
        return ""
    since = ", and again from ".join(f"{month_name(month)} on" for month in report.otherwise_from)
    return f"From {since}, judged by another standards file, which promises or counts otherwise."


def hidden_words(chart: RunChart) -> str:
    """How many earlier months are known and not shown; empty where there are none."""
    if not chart.n_before:
        return ""
    more = "; the usual level is made from the first months known" if chart.limits else ""
    return f"{counted(chart.n_before, 'earlier month is', 'earlier months are')} known and not shown{more}."


def _sentences(chart: RunChart, period: tuple[dt.date, dt.date], as_of: dt.date) -> Iterator[str]:
    limits, target, own = chart.limits, chart.target_pct, own_months(chart, period)
    if chart.is_steady:
        yield STEADY
        return
    if limits is None:
        usable = sum(is_usable(month) for month in chart.points)
        enough = enough_words(chart)
        known = f"one full month{enough} is" if usable == 1 else f"{usable or 'no'} full months{enough} are"
        yield f"{known[0].upper()}{known[1:]} known; with six the chart can tell a change from the usual ups and downs."
        return
    odd = [month for month in own if month.signals]
    if not own:
        yield not_compared_words(period, as_of)
    elif not odd:
        yield f"{months_name(own)} {'is' if len(own) == 1 else 'are'} within the usual ups and downs."
    for month in odd:
        yield f"{month_name(month.month)}: {better_or_worse(month).lower()}, {signals_words(month)}."
    trial = f" (on trial: from {limits.n_baseline} months)" if limits.is_trial else ""
    chance = f"chance explains {between_words(chart)}"
    yield f"The usual level is {percent(limits.mean, target)}; {chance}{trial}."
    first, last = (f"{day:%Y-%m}" for day in period)
    yield from _assurance(chart, [one for one in chart.points if first <= one.month <= last])


def _assurance(chart: RunChart, own: Sequence[Month]) -> Iterator[str]:
    """What the limits say of the target; nothing where one of the period's own months is more than chance, or denies it."""
    limits, target = chart.limits, chart.target_pct
    if limits is None or target is None or any(month.signals for month in own):
        return
    reached = {meets(month.counts.met, month.counts.judged, target) for month in own}
    if target > limits.upper and True not in reached:
        yield f"As things go, no month will reach the target of {target:f} %."
    elif target <= limits.lower and False not in reached:
        yield f"As things go, every month will reach the target of {target:f} %."
    elif limits.lower < target <= limits.upper and target < 100:
        yield f"As things go, some months will reach the target of {target:f} % and some will not, by chance alone."


def _how(chart: RunChart) -> Iterator[str]:
    limits = chart.limits
    if limits is None:
        return
    first = "all full months so far" if limits.is_trial else "the first 12 full months known"
    yield f"Usual level: the mean of {first}. Limits: 2.66 mean moving ranges from it (an XmR chart), between 0 and 100 %."
    yield (
        "More than chance: a month beyond a limit; seven in a row on one side of the usual level; seven in a row rising or "
        "falling; two of three in the outer third of the limits. All else is the usual up and down."
    )


def _months(report: MonthlyReport, chart: RunChart) -> Table:
    aims = [chart.target_pct] if chart.target_pct is not None else []
    rows = tuple(
        (
            month_name(month.month, is_short=True),
            in_time(month.counts),
            share_text(month.counts, *aims),
            _said(month, chart),
        )
        for month in reversed(chart.points)
    )
    columns = (Column("Month"), Column("In time", True), Column("Compliance", True), Column("What the chart says"))
    stored = listed(list(_spans(chart.points)))
    notes = [note for note in (f"From earlier reports: {stored}." if stored else "", hidden_words(chart)) if note]
    notes += [LOW_NOTE] if any(LOW in row for row in rows) else []
    which = "received" if report.check.cohort == "received" else "due"
    return Table("months-table", f"Requests by the month in which they were {which}", columns, rows, notes=tuple(notes))


def _spans(points: Sequence[Month]) -> Iterator[str]:
    """The months from earlier reports, those that follow each other as one."""
    for is_stored, group in groupby(points, key=lambda month: month.origin == "stored"):
        if is_stored:
            names = [month_name(month.month, is_short=True) for month in group]
            yield " to ".join(dict.fromkeys((names[0], names[-1])))


def _said(month: Month, chart: RunChart) -> str:
    if not month.counts.judged:
        return "Nothing judged" if month.is_whole else "Not known"
    if not month.is_whole:
        return "Known in part, not compared"
    if month.counts.judged < _SMALL:
        return "Too few to compare"
    if chart.limits is None:
        return "–"
    return f"{better_or_worse(month)}: {signals_words(month)}" if month.signals else "Usual"


def _channels(report: MonthlyReport) -> Table:
    rows = []
    for chart in report.runs[1:]:
        month, limits = last_usable(chart, report.period[1]), chart.limits
        now = share_text(month.counts) if month else "–"
        usual = percent(limits.mean, chart.target_pct) if limits else "–"
        said = better_or_worse(month) if month and limits else "–"
        rows.append((chart.label, now, usual, between_words(chart), said))
    columns = (
        Column("Channel"), Column(month_name(f"{report.period[1]:%Y-%m}"), True), Column("Usual level", True),
        Column("Chance explains", True), Column("What its chart says"),
    )  # fmt: skip
    return Table("channel-months-table", "The same for each channel", columns, tuple(rows))


def described(chart: RunChart) -> str:
    """What the picture shows, for those who do not see it."""
    usable = [month for month in chart.points if is_usable(month)]
    first, last = usable[0], usable[-1]
    shares = f"{share_text(first.counts)} in {month_name(first.month)} to {share_text(last.counts)} in {month_name(last.month)}"
    said = f"Line chart of {len(usable)} months, from {shares}."
    if chart.limits:
        limits = chart.limits
        mean, lower, upper = (percent(x, chart.target_pct) for x in (limits.mean, limits.lower, limits.upper))
        odd = [f"{month_name(month.month)} {better_or_worse(month).lower()}" for month in usable if month.signals]
        said += f" Usual level {mean}, limits {lower} and {upper}. {'; '.join(odd) if odd else 'No month stands out'}."
    elif chart.is_steady:
        said += f" {STEADY}"
    return f"{said} The table below has every figure."
