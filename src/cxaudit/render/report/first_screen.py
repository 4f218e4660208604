"""The first screen: was the promise kept, what changed, what to do today, how firm is the figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from cxaudit.model import CheckRow, Report
from cxaudit.monthly.model import MonthlyReport, Overdue
from cxaudit.render.check_rows import compliance, targets
from cxaudit.render.figures import compliance_text, for_people, meets, outcome, percentage_text, range_words
from cxaudit.render.notes import place_name
from cxaudit.render.report.run_chart import better_or_worse, last_usable, signals_words
from cxaudit.render.report.story import Bar, Block, Column, Commands, Points, Section, Table, Text
from cxaudit.render.report.words import (
    LOW,
    LOW_NOTE,
    NOT_STATED,
    SMALL,
    command,
    in_period,
    in_time,
    month_name,
    period_name,
    sentence,
    share_text,
    share_words,
    short_day,
)
from cxaudit.render.words import counted, listed
from cxaudit.standards.model import Promise

#: How many departments the first screen names.
_FEW = 5


def answer(report: MonthlyReport) -> str:
    """Whether the promise was kept, in plain words."""
    return verdict(report.check, f" {report.check.cohort} {in_period(*report.period)}")


def verdict(check: Report, when: str = "") -> str:
    """The same for any table; `when` says which requests, after a blank."""
    total = check.total
    if not total.judged:
        return f"Nothing can be said: no request{when} could be judged."
    judged = "" if total.judged == total.requests else "judged "
    others = "".join(f"; {words}" for words in _not_judged(total))
    if not total.missed:
        every = f"The one {judged}request" if total.judged == 1 else f"All {total.judged:,} {judged}requests"
        answered = f"{every}{when} {'was' if total.judged == 1 else 'were'} answered in time{others}."
        if not others:
            return f"Yes. {answered}"
        yes = "As far as can be told, yes" if total.unjudgeable else "So far, yes"
        return f"{yes}: {answered[0].lower()}{answered[1:]}"
    share = share_text(total, *targets(check, total))
    beside = "" if share == LOW else f" ({share})"
    of_all = f"{total.met:,} of {counted(total.judged, f'{judged}request')}{when}"
    was, was_not = ("was" if n == 1 else "were" for n in (total.judged, total.missed))
    return f"{_verdict(check)} {of_all} {was} answered in time{beside}; {total.missed:,} {was_not} not{others}."


def _not_judged(total: CheckRow) -> Iterator[str]:
    """What may still turn out to be missed, or was and cannot be told."""
    if total.pending:
        yield f"{total.pending:,} more {'is' if total.pending == 1 else 'are'} not due yet"
    if total.unjudgeable:
        yield f"{total.unjudgeable:,} more could not be judged"


def _verdict(check: Report) -> str:
    """Against the targets, where there are any."""
    if check.total.target_pct is not None:
        is_met = meets(check.total.met, check.total.judged, check.total.target_pct)
        against = f"target of {_target(check.total.target_pct)}"
        return f"Not in full, but by the {against}:" if is_met else f"No, not by the {against}:"
    rows = [row for row in check.rows if not row.is_total and row.target_pct is not None and row.judged]
    if rows:
        n = sum(meets(row.met, row.judged, row.target_pct) is True for row in rows)
        return f"{n} of {counted(len(rows), 'target')} {'was' if n == 1 else 'were'} met:"
    return "Not in full:"


def _target(pct: Decimal | None) -> str:
    return f"{percentage_text(pct).removesuffix('.0')} %" if pct is not None else ""


def promise(report: MonthlyReport) -> Section:
    """The promise table, in the policy's own order."""
    return Section(
        "promise",
        "The promise, channel by channel",
        (promise_table(report.check, report.promised), *_remarks(report.check)),
    )


def promise_table(check: Report, promised: Sequence[Promise] = ()) -> Table:
    unpromised = [row for row in check.rows if not (row.is_total or row.judged or row.pending or row.standard)]
    unpromised = [row for row in unpromised if not standard_words(row, promised)]
    rows = [row for row in check.rows if row not in unpromised]
    has_target, has_pending = any(row.target_pct is not None for row in rows), any(row.pending for row in rows)
    columns = [
        Column("Channel"), Column("Promise"), Column("In time", True), Column("Compliance", True),
        *([Column("Target", True), Column("Outcome")] if has_target else []),
        Column("Late", True), Column("Unanswered", True), *([Column("Not yet due", True)] if has_pending else []),
    ]  # fmt: skip
    cells = []
    for row in rows:
        name = "All" if row.is_total else row.label["channel"] or NOT_STATED
        aims = [_target(row.target_pct), outcome(row.met, row.judged, row.target_pct)] if has_target else []
        open_ = [f"{row.pending:,}"] if has_pending else []
        counts = [
            in_time(row),
            share_text(row, *targets(check, row)),
            *aims,
            f"{row.late:,}",
            f"{row.overdue:,}",
            *open_,
        ]
        cells.append((name, "" if row.is_total else standard_words(row, promised), *counts))
    notes = [LOW_NOTE] if any(LOW in row for row in cells) else []
    notes += [_unpromised_words(unpromised)] if unpromised else []
    bars = tuple(bar_of(row) for row in rows)
    return Table("promise-table", "Requests by channel", tuple(columns), tuple(cells), True, bars, tuple(notes))


def _unpromised_words(rows: Sequence[CheckRow]) -> str:
    """Channels for which nothing is promised, so that none of their requests can be judged."""
    most = sorted(rows, key=lambda row: -row.requests)
    named = [f"{row.label['channel'] or NOT_STATED.lower()} ({row.requests:,})" for row in most[:_FEW]]
    if len(most) > _FEW:
        named.append(f"{len(most) - _FEW:,} more ({sum(row.requests for row in most[_FEW:]):,})")
    return f"Nothing is promised for {listed(named)}; these requests are not judged."


def standard_words(row: CheckRow, promised: Sequence[Promise]) -> str:
    """What is promised for a channel: one promise, or that of the channel and those of departments that promise more."""
    if row.standard:
        return row.standard
    mine = [promise for promise in promised if promise.channel == row.by["channel"]]
    words = [f"{one.department}: {one.within.text}" if one.department else one.within.text for one in mine]
    return "; ".join(dict.fromkeys(sorted(words, key=lambda said: ":" in said)))


def bar_of(row: CheckRow, *, with_target: bool = True) -> Bar | None:
    if not row.judged:
        return None
    target = float(row.target_pct) if with_target and row.target_pct is not None else None
    return Bar((("met", row.met), ("late", row.late), ("overdue", row.overdue)), target)


def _remarks(check: Report) -> Iterator[Block]:
    """What the figure counts, and the flattering one without the unanswered, labelled."""
    total = check.total
    words = "Unanswered requests count as missed once their due time has passed."
    if total.overdue and total.met + total.late >= SMALL:
        share = for_people(compliance_text(total.met, total.met + total.late, *targets(check, total)))
        words += f" Of the answered ones alone {share} were in time."
    yield Text(words, "note")


def glances(report: MonthlyReport) -> tuple[Section, ...]:
    return (
        Section("firm", "How firm the figure is", tuple(_firm(report))),
        Section("changed", "What changed", tuple(_changed(report))),
        Section("today", "What to do today", tuple(_today(report))),
    )


def _changed(report: MonthlyReport) -> Iterator[Block]:
    before, total = report.previous, report.check.total
    if before is not None:
        aims = targets(report.check, total)
        was, now = period_name(before.first, before.last), period_name(*report.period)
        yield Points((f"{was}: {share_words(before.total, *aims)}", f"{now}: {share_words(total, *aims)}"))
    elif not _is_of_months(report):
        yield Text(
            "Whole months, quarters and years are compared with the time before them; this period is none of these."
        )
    elif not report.runs:
        yield Text("No month before this one is known.")
    else:
        yield Text("The time before is not known: neither the exports nor an earlier report hold all of it.")
    for words in _signals(report):
        yield Text(words)


def _is_of_months(report: MonthlyReport) -> bool:
    first, last = report.period
    return first.day == 1 and (last + dt.timedelta(days=1)).day == 1


def _signals(report: MonthlyReport) -> Iterator[str]:
    """What the run charts say of the period's last month; two months are never compared alone."""
    last = month_name(f"{report.period[1]:%Y-%m}")
    charts = [chart for chart in report.runs if chart.limits is not None]
    months = [(chart, last_usable(chart, report.period[1])) for chart in charts]
    compared = [(chart, month) for chart, month in months if month is not None]
    if not charts:
        yield "Six full months tell a change from the usual ups and downs; there are not as many yet."
    elif not compared:
        yield f"{last} is not complete or has too few requests to be compared."
    odd = [(chart, month) for chart, month in compared if month.signals]
    when = "" if period_name(*report.period) == last else f", {last}"
    for chart, month in odd:
        yield f"{chart.label}{when}: {better_or_worse(month).lower()} ({signals_words(month)})."
    if compared and not odd:
        all_is = f"{last}: all is" if when else "All is"
        yield f"{all_is} within its usual ups and downs: no channel is better or worse than chance explains."
    elif len(compared) > len(odd):
        yield "The others are within their usual ups and downs."


def _today(report: MonthlyReport) -> Iterator[Block]:
    still, year = report.open, report.check.as_of.year
    if not still.overdue:
        yield Text("Nothing is overdue.")
    else:
        outside = still.earlier + still.later
        others = f", {outside:,} of them not of this period" if outside else ""
        yield Text(f"Answer {counted(still.overdue, 'overdue request')}{others}:")
        waiting = sorted((one for one in still.departments if one.requests), key=lambda one: -one.requests)
        yield Points(tuple(_waiting(one, year) for one in waiting[:_FEW]))
        if len(waiting) > _FEW:
            rest = sum(one.requests for one in waiting[_FEW:])
            yield Text(f"and {rest:,} in {counted(len(waiting) - _FEW, 'more department')}.")
    if still.due_next:
        falls = "falls" if still.due_next == 1 else "fall"
        yield Text(f"{still.due_next:,} more {falls} due by the end of the next business day.")
    if still.overdue:
        yield Commands((command("records", "…", "--verdict", "overdue"),))


def _waiting(one: Overdue, year: int) -> str:
    oldest = f", oldest due {short_day(one.oldest_due_on, year)}" if one.oldest_due_on else ""
    return f"{one.department or NOT_STATED}: {one.requests:,}{oldest}"


def _firm(report: MonthlyReport) -> Iterator[Block]:
    check = report.check
    stale = [one for one in check.findings if one.code == "stale_export"]
    if stale:
        ends = f"{counted(len(stale), 'export')} {'ends' if len(stale) == 1 else 'end'} over a business day before this moment"
        named = [place_name(one.file or "", one.sheet) for one in stale[:_FEW]]
        named += [f"{len(stale) - _FEW:,} more"] if len(stale) > _FEW else []
        yield Text(f"{ends}: replies may be missing, and count as unanswered ({listed(named)}).", "note")
    for one in (one for one in check.findings if one.code == "late_start"):
        yield Text(f"{listed(one.values)}: {one.message}", "note")
    rule = f"{sentence(check.counting)}." if check.counting else ""
    if check.readings is None:
        yield Text(rule or "Other readings of a business day were not computed.")
        return
    limits, n = targets(check, check.total), check.readings.contested
    span = range_words(check.readings, *limits) if check.total.judged >= SMALL else ""
    declared = for_people(compliance(check, check.total))
    is_same = span == declared or len({(row.met, row.judged) for row in check.readings.rows}) == 1
    score = f" Read otherwise, the same requests score {span}, not {declared}." if span and not is_same else ""
    depends = f"{counted(n, 'request is', 'requests are')} contested: the verdict depends on the reading." if n else ""
    yield Text(f"{rule}{score} {depends or 'No verdict depends on the reading.'}".strip())
