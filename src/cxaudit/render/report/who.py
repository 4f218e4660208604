"""Departments, kinds of customers, employees where they were asked for, and whom to thank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxaudit.model import CheckRow
from cxaudit.monthly.model import Counts, Improved, MonthlyReport, Run
from cxaudit.render.check_rows import targets
from cxaudit.render.report.first_screen import bar_of
from cxaudit.render.report.story import Block, Column, Points, Section, Table, Text
from cxaudit.render.report.words import (
    LOW,
    LOW_NOTE,
    NOT_STATED,
    day_name,
    in_time,
    share_text,
    share_words,
    wilson_text,
)
from cxaudit.render.words import counted, listed

_WILSON = (
    "Interval: the 95 % interval of Wilson's score, as context for how firm a sign so few requests are. It decides nothing: "
    "every request was counted."
)

_NOBODY = Counts()


def departments(report: MonthlyReport) -> Section | None:
    if not report.departments:
        return None
    table = people_table(report, report.departments, "department", "Requests by department")
    return Section("departments", "Departments", (table,))


def customer_types(report: MonthlyReport) -> Section | None:
    """Colleagues are customers too (2.3, 2.10), so both kinds are shown."""
    named = [row for row in report.customer_types if row.by["customer_type"]]
    if not named:
        return None
    table = people_table(report, report.customer_types, "customer_type", "Requests by kind of customer")
    return Section("customers", "Who asked", (table,))


def employees(report: MonthlyReport) -> Section | None:
    """Only where asked for; the page then says so at its top."""
    if not report.employees:
        return None
    table = people_table(report, report.employees, "employee", "Requests by employee")
    words = "Shown because it was asked for. What one person answers depends on what is assigned to them."
    return Section("employees", "Employees", (Text(words, "note"), table))


def people_table(report: MonthlyReport, rows: Sequence[CheckRow], name: str, caption: str) -> Table:
    columns = (
        Column({"department": "Department", "customer_type": "Customer", "employee": "Employee"}[name]),
        Column("In time", True), Column("Compliance", True), Column("Late", True), Column("Unanswered", True),
        Column("Not yet due", True), Column("Median", True), Column("90 %", True), Column("Interval", True),
    )  # fmt: skip
    cells = tuple(_row(report, row, name) for row in rows)
    notes = [_WILSON, *([LOW_NOTE] if any(LOW in row for row in cells) else [])]
    return Table(
        f"{name}-table",
        caption,
        columns,
        cells,
        bars=tuple(bar_of(row, with_target=False) for row in rows),
        notes=tuple(notes),
    )


def _row(report: MonthlyReport, row: CheckRow, name: str) -> tuple[str, ...]:
    days = [f"{x:,} d" if x is not None else "–" for x in (row.median_business_days, row.p90_business_days)]
    counts = (f"{row.late:,}", f"{row.overdue:,}", f"{row.pending:,}")
    share = share_text(row, *targets(report.check, row))
    return (row.label[name] or NOT_STATED, in_time(row), share, *counts, *days, wilson_text(row))


def recognition(report: MonthlyReport) -> Section:
    """Source: policy 3.3(b)."""
    return Section("recognition", "Recognition", tuple(_recognised(report)))


def thanks(report: MonthlyReport) -> Iterator[tuple[str, str]]:
    """Whom to thank and for what, each merit once, departments before people."""
    found = report.recognition
    for name, counts in found.met_all:
        yield name, f"answered {_all(counts, 'of its requests')} in time"
    for run in found.runs:
        if dict(found.met_all).get(run.department, _NOBODY).judged < run.requests:
            yield run.department, _run_words(run)
    for one in found.improved:
        yield one.department, _improved_words(report, one)
    for name, counts in found.people:
        yield name, f"answered {_all(counts, 'requests')} in time"


def _recognised(report: MonthlyReport) -> Iterator[Block]:
    yield Text("Supervisors recognize their staff and share all compliments received (policy 3.3(b)).", "note")
    words = tuple(f"{name} {what}." for name, what in thanks(report))
    if words:
        yield Points(words)
    else:
        yield Text("No department with at least ten requests met all of them, has a long run, or improved.")
    yield from _compliments(report)


def _all(counts: Counts, requests: str) -> str:
    return f"all {counts.judged:,} {requests}" + (" that were due so far" if counts.pending else "")


def _run_words(run: Run) -> str:
    return f"answered {counted(run.requests, 'request')} in a row in time, due from {day_name(run.since)} on"


def _improved_words(report: MonthlyReport, one: Improved) -> str:
    aims = targets(report.check, report.check.total)
    return f"improved from {share_words(one.before, *aims)} to {share_words(one.now, *aims)}"


def _compliments(report: MonthlyReport) -> Iterator[Block]:
    """A compliment is owed thanks, not a deadline."""
    found = report.compliments
    if found is None:
        yield Text("Compliments: no export says which contacts are compliments.", "note")
        return
    if not found:
        yield Text("Compliments: none in these exports.", "note")
        return
    rows = tuple((one.department or NOT_STATED, f"{one.requests:,}", listed(one.cases)) for one in found)
    columns = (Column("Department"), Column("Compliments", True), Column("Cases"))
    note = "A compliment is owed thanks, not a deadline: an exclude rule in the standards file keeps it out of the figures."
    yield Table("compliments-table", "Compliments received, to share", columns, rows, notes=(note,))
