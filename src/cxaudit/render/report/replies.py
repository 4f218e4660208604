"""How long replies took, and what is still open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxaudit.model import CheckRow
from cxaudit.monthly.model import Distribution, Elapsed, MonthlyReport, Overdue
from cxaudit.render.report.first_screen import standard_words
from cxaudit.render.report.story import Block, Chart, Column, Section, Table, Text
from cxaudit.render.report.words import NOT_STATED, SMALL, day_name, short_day
from cxaudit.render.words import counted
from cxaudit.standards.model import Promise

#: Ages of the overdue in business days after the due day: the first and the last of each group.
AGES: tuple[tuple[str, int, int | None], ...] = (("0–1", 0, 1), ("2–5", 2, 5), ("6–10", 6, 10), ("over 10", 11, None))


#: So many channels have a picture at the most, those with the most requests; the table has them all.
_MOST_CHARTS = 12


def times(report: MonthlyReport) -> Section | None:
    """The distribution of the response times of each channel, against its promise."""
    if not report.distributions:
        return None
    rows = {row.by["channel"]: row for row in report.check.rows if not row.is_total}
    lead = Text(
        "Business days from receipt to reply. Unanswered requests stand at their age so far, which only grows.", "lead"
    )
    enough = [one for one in report.distributions if _judged(one) >= SMALL]
    largest = sorted(enough, key=lambda one: -_judged(one))[:_MOST_CHARTS]
    drawn = [one for one in enough if one in largest]
    charts = [Chart(f"times-{place}", one.label, _description(one), one) for place, one in enumerate(drawn, start=1)]
    table = _times_table([(one, rows[one.channel]) for one in report.distributions], report.promised)
    return Section("times", "How long replies took", (lead, *charts, table))


def _times_table(pairs: list[tuple[Distribution, CheckRow]], promised: Sequence[Promise]) -> Table:
    most = max(one.promised_business_days or 0 for one, _ in pairs)
    last = min(max(most, 2), 6)
    columns = [
        Column("Channel"), Column("Promise"), *(Column("Same day" if n == 0 else f"{n} d", True) for n in range(last + 1)),
        Column(f"Over {last} d", True), Column("Median", True), Column("90 %", True),
    ]  # fmt: skip
    rows = []
    for one, row in pairs:
        n = [sum(part.judged for part in one.elapsed if part.business_days == days) for days in range(last + 1)]
        over = sum(part.judged for part in one.elapsed if part.business_days > last)
        days = [f"{x:,} d" if x is not None else "–" for x in (row.median_business_days, row.p90_business_days)]
        rows.append((one.label, standard_words(row, promised), *(f"{x:,}" for x in n), f"{over:,}", *days))
    note = (
        "Median and 90 %: half, and nine tenths, of the judged requests took no longer; unanswered ones at their age."
    )
    return Table("times-table", "Judged requests by elapsed business days", tuple(columns), tuple(rows), notes=(note,))


def _judged(one: Distribution) -> int:
    return sum(part.judged for part in one.elapsed)


def _description(one: Distribution) -> str:
    answered = [part for part in one.elapsed if part.met or part.late]
    commonest = max(one.elapsed, key=lambda part: part.judged)
    said = f"Bar chart of {counted(_judged(one), 'judged request')}; most common: {_took(commonest)}, {commonest.judged:,}."
    if answered:
        said += f" The slowest reply: {_took(answered[-1])}."
    if one.promised_business_days is not None:
        missed = sum(part.late + part.overdue for part in one.elapsed)
        said += f" Promised: {one.standard}; {f'{missed:,}' if missed else 'none'} missed it."
    return said


def _took(part: Elapsed) -> str:
    return "same day" if part.business_days == 0 else counted(part.business_days, "business day")


def still_open(report: MonthlyReport) -> Section:
    """What is overdue by age and department."""
    waiting = [one for one in report.open.departments if one.requests or one.due_next]
    return Section(
        "open", "Still open", tuple(_open_blocks(report)), side=_open_table(report, waiting) if waiting else None
    )


def _open_blocks(report: MonthlyReport) -> Iterator[Block]:
    still = report.open
    yield Text(_open_words(report), "lead")
    if not still.overdue:
        return
    title = "Overdue requests by business days after the due day"
    yield Chart("ageing", title, _ageing_words(still.departments), ages_of(still.departments))


def _open_words(report: MonthlyReport) -> str:
    still = report.open
    if not still.overdue:
        said = "No request is overdue."
    else:
        are, their = ("is", "its") if still.overdue == 1 else ("are", "their")
        said = f"{counted(still.overdue, 'request')} {are} unanswered after {their} due time."
    if still.earlier and still.earlier_oldest_due_on:
        oldest = day_name(still.earlier_oldest_due_on)
        said += f" Open and overdue from earlier periods: {still.earlier:,}, oldest due {oldest}."
    elif report.check.period is not None:
        said += " Open and overdue from earlier periods: none in these exports."
    if still.later:
        said += f" Due after the period: {still.later:,}."
    return said


def ages_of(departments: tuple[Overdue, ...]) -> tuple[tuple[str, int], ...]:
    """Overdue requests by age."""
    known = [(f"{name} days", sum(_aged(one, first, last) for one in departments)) for name, first, last in AGES]
    unknown = sum(one.of_unknown_age for one in departments)
    return (*known, *([("not known", unknown)] if unknown else []))


def _aged(one: Overdue, first: int, last: int | None) -> int:
    known = ((days, n) for days, n in one.by_days_over.items() if days is not None)
    return sum(n for days, n in known if first <= days and (last is None or days <= last))


def _ageing_words(departments: tuple[Overdue, ...]) -> str:
    parts = [f"{name.replace(' days', ' business days')} {n:,}" for name, n in ages_of(departments)]
    return f"Bar chart of the unanswered requests by business days after their due day: {'; '.join(parts)}."


def _open_table(report: MonthlyReport, waiting: list[Overdue]) -> Table:
    has_earlier, has_unknown = report.open.earlier > 0, any(one.of_unknown_age for one in waiting)
    columns = (
        Column("Department"), *(Column(f"{name[0].upper()}{name[1:]} d", True) for name, _, _ in AGES),
        *([Column("Not known", True)] if has_unknown else []), Column("Overdue", True),
        *([Column("Of these earlier", True)] if has_earlier else []), Column("Oldest due", True), Column("Due next", True),
    )  # fmt: skip
    rows = [
        (
            one.department or NOT_STATED, *(f"{_aged(one, first, last):,}" for _, first, last in AGES),
            *([f"{one.of_unknown_age:,}"] if has_unknown else []), f"{one.requests:,}",
            *([f"{one.earlier:,}"] if has_earlier else []),
            short_day(one.oldest_due_on, report.check.as_of.year) if one.oldest_due_on else "–", f"{one.due_next:,}",
        )
        for one in waiting
    ]  # fmt: skip
    note = "Days: business days after the due day. Due next: by the end of the next business day."
    return Table("open-table", "Open requests by department and age", columns, tuple(rows), notes=(note,))
