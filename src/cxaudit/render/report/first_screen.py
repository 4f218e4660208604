"""The first screen below its first sentence: the promise by channel, what changed, what to do today, how firm the figure is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxaudit.findings import SILENCES
from cxaudit.model import CheckRow, Readings, Report
from cxaudit.monthly.model import Counts, MonthlyReport, Overdue
from cxaudit.render.check_rows import has_targets, row_outcome, row_targets, targets
from cxaudit.render.figures import compliance_text, for_people, range_words
from cxaudit.render.notes import place_name
from cxaudit.render.report.changed import changes
from cxaudit.render.report.restated import restated_sentences, settled_words
from cxaudit.render.report.story import Bar, Block, Column, Commands, Points, Section, Table, Text
from cxaudit.render.report.words import (
    FEW,
    LOW,
    LOW_NOTE,
    NOT_STATED,
    SMALL,
    command,
    few,
    in_time,
    sentence,
    share_text,
    share_words,
    short_day,
)
from cxaudit.render.words import counted, listed
from cxaudit.standards.model import Promise


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
    has_target = has_targets(rows)
    has_pending = any(row.pending for row in rows)
    columns = [
        Column("Channel"), Column("Promise"), Column("In time", True), Column("Compliance", True),
        *([Column("Target", True), Column("Outcome")] if has_target else []),
        Column("Late", True), Column("Unanswered", True), *([Column("Not yet due", True)] if has_pending else []),
    ]  # fmt: skip
    cells = []
    for row in rows:
        name = "All" if row.is_total else row.label["channel"] or NOT_STATED
        aims = [row_targets(row), row_outcome(row)] if has_target else []
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
    named = [f"{row.label['channel'] or NOT_STATED.lower()} ({row.requests:,})" for row in most[:FEW]]
    if len(most) > FEW:
        named.append(f"{len(most) - FEW:,} more ({sum(row.requests for row in most[FEW:]):,})")
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
        Section("changed", "What changed", tuple(changes(report))),
        Section("today", "What to do today", tuple(_today(report))),
    )


def _today(report: MonthlyReport) -> Iterator[Block]:
    still, year = report.open, report.check.as_of.year
    if not still.overdue:
        yield Text("Nothing is overdue.")
    else:
        outside = still.earlier + still.later
        others = f", {outside:,} of them not of this period" if outside else ""
        yield Text(f"Answer {counted(still.overdue, 'overdue request')}{others}:")
        waiting = sorted((one for one in still.departments if one.requests), key=lambda one: -one.requests)
        yield Points(tuple(_waiting(one, year) for one in waiting[:FEW]))
        if len(waiting) > FEW:
            rest = sum(one.requests for one in waiting[FEW:])
            yield Text(f"and {rest:,} in {counted(len(waiting) - FEW, 'more department')}.")
    if still.due_next:
        falls = "falls" if still.due_next == 1 else "fall"
        yield Text(
            f"{still.due_next:,} more {falls} due by the end of the next business day, whatever period they belong to."
        )
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
        named = few([place_name(one.file or "", one.sheet) for one in stale])
        yield Text(f"{ends}: replies may be missing, and count as unanswered ({named}).", "note")
    for one in (one for one in check.findings if one.code in SILENCES):
        yield Text(f"{listed(one.values)}: {one.message}", "note")
    first, last = (f"{day:%Y-%m}" for day in report.period)
    restated, settled = ([one for one in t if first <= one.month <= last] for t in (report.restated, report.settled))
    for words in (*restated_sentences(restated), *settled_words(settled)):
        yield Text(words, "note")
    for words in _left_out(check):
        yield Text(words, "note")
    rule = f"{sentence(check.counting)}." if check.counting else ""
    if check.readings is None:
        yield Text(rule or "Other readings of a business day were not computed.")
        return
    n = check.readings.contested
    depends = f"{counted(n, 'request is', 'requests are')} contested: the verdict depends on the reading." if n else ""
    parts = (rule, _score(check, check.readings), depends or "No verdict depends on the reading.")
    yield Text(" ".join(part for part in parts if part))


def _left_out(check: Report) -> Iterator[str]:
    """What the figure does not hold: nobody can hide a miss by writing words where a time should be, or by excluding it."""
    total, n = check.total, sum(table.fates.rejected for table in check.inputs)
    if n:
        yield (
            f"{counted(n, 'row')} of these exports could not be used and {'is' if n == 1 else 'are'} counted nowhere; "
            "requests of this period may be among them."
        )
    if total.excluded:
        missed = Counts(met=total.met, late=total.missed + total.excluded)
        share = share_words(missed, *targets(check, total))
        yield (
            f"{counted(total.excluded, 'request')} {'is' if total.excluded == 1 else 'are'} excluded from the figure; had "
            f"{'it' if total.excluded == 1 else 'they'} counted as missed: {share}."
        )


def _score(check: Report, readings: Readings) -> str:
    """What the readings that differ from the declared one give, beside it: all of them without an extension."""
    total, declared, limits = check.total, readings.rows[0], targets(check, check.total)
    differing = [row for row in readings.others if row.met * declared.judged != declared.met * row.judged]
    span = range_words(differing, *limits)
    now = for_people(compliance_text(declared.met, declared.judged, *limits))
    if total.judged < SMALL or span in ("", now):
        return ""
    if (declared.met, declared.judged) != (total.met, total.judged):
        return f"Without the extension for high volume, the same requests, read otherwise, score {span}, not {now}."
    return f"Read otherwise, the same requests score {span}, not {now}."
