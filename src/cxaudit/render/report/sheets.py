"""The tables of the report's workbook: figures as numbers, each table on its own sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from cxaudit.model import CheckRow
from cxaudit.monthly.model import Counts, Month, MonthlyReport, RunChart
from cxaudit.render.check_rows import has_targets, row_outcome, targets
from cxaudit.render.compare import reason_words
from cxaudit.render.document import Cell, Drawing, TableColumn, TablePart
from cxaudit.render.escape import escape_cell
from cxaudit.render.figures import compliance_text, level_text, percentage_text
from cxaudit.render.report.extended import extended_words
from cxaudit.render.report.first_screen import standard_words
from cxaudit.render.report.who import thanks
from cxaudit.render.report.words import LOW, NOT_STATED, SMALL, share_words
from cxaudit.render.words import EXCLUSION_WORDS
from cxaudit.render.workbook import lowest_shown

_EXTENSION_COLUMNS = (
    TableColumn("Met only by the extension", "count"), TableColumn("Compliance without it, %", "share"),
)  # fmt: skip
_COUNTS = ("Requests", "Judged", "Met", "Late", "Overdue", "Pending", "Excluded")


def parts(report: MonthlyReport) -> Iterator[TablePart]:
    """Every table that has something to say."""
    makers: tuple[Callable[[MonthlyReport], TablePart | None], ...] = (
        _channels, _months, _months_by_channel, _departments, _times, _open, _ageing, _exclusions, _high_volume,
        _surges, _customer_types, _employees, _recognition, _compliments, _systems,
    )  # fmt: skip
    yield from (part for make in makers if (part := make(report)) is not None)


def _counts(row: CheckRow | Counts, *aims: Decimal | None) -> tuple[Cell, ...]:
    counts = (row.requests, row.judged, row.met, row.late, row.overdue, row.pending, row.excluded)
    return (*counts, _share(row.met, row.judged, *aims))


def _share(met: int, judged: int, *aims: Decimal | None) -> str | None:
    if 0 < judged < SMALL:
        return LOW
    return compliance_text(met, judged, *aims) or None


def _count_columns() -> tuple[TableColumn, ...]:
    return (*(TableColumn(name, "count") for name in _COUNTS), TableColumn("Compliance, %", "share"))


def _channels(report: MonthlyReport) -> TablePart:
    check = report.check
    has_target = has_targets(check.rows)
    is_extended = any(row.met_by_extension for row in check.rows)
    columns = (
        TableColumn("Channel"), TableColumn("Promise"), *_count_columns(),
        *((TableColumn("Target, %", "share"), TableColumn("Outcome")) if has_target else ()),
        TableColumn("Median, business days", "days"), TableColumn("90 % within, business days", "days"),
        *(_EXTENSION_COLUMNS if is_extended else ()),
    )  # fmt: skip
    rows = []
    for row in check.rows:
        aims = (percentage_text(row.target_pct) or None, row_outcome(row))
        days = (row.median_business_days, row.p90_business_days)
        name = "All" if row.is_total else escape_cell(row.label["channel"] or NOT_STATED)
        rows.append(
            (name, "" if row.is_total else standard_words(row, report.promised), *_counts(row, *targets(check, row)),
             *(aims if has_target else ()), *days, *(_extension(row, *targets(check, row)) if is_extended else ()))
        )  # fmt: skip
    few = {None: ": nothing judged", LOW: ": too few"}
    said = "; ".join(f"{row[0]}{few.get(row[9]) or f' {row[9]} %'}" for row in rows)
    drawing = Drawing(
        "bar", "Compliance by channel", (9,), f"Bars of the compliance of each channel: {said}.", "Percent"
    )
    return TablePart("Channels", "The promise, channel by channel", columns, rows, has_total=True, drawing=drawing)


def _extension(row: CheckRow, *aims: Decimal | None) -> tuple[Cell, ...]:
    """Source: policy 5.2; the compliance without the extension stands beside the other."""
    return row.met_by_extension, _share(row.met_without_extension or 0, row.judged_without_extension or 0, *aims)


def _months(report: MonthlyReport) -> TablePart | None:
    if not report.runs or len(report.runs[0].points) < 2:
        return None
    run = report.runs[0]
    extended = extended_words(run.points, run.target_pct)
    lines = (
        *(f"In force from {one.effective}: {one.source}." for one in report.changes), *((extended,) if extended else ()),
    )  # fmt: skip
    columns = (
        TableColumn("Month"), *_count_columns(), TableColumn("Usual level, %", "share"),
        TableColumn("Lower limit, %", "share"), TableColumn("Upper limit, %", "share"), TableColumn("Counted"),
        TableColumn("Signal", width=40),
    )  # fmt: skip
    rows = [
        (point.month, *_month_counts(point, run), *_limits(run), _counted(point),
         ", ".join(signal.replace("_", " ") for signal in point.signals)) for point in run.points
    ]  # fmt: skip
    said = "; ".join(f"{row[0]} {row[8]}" for row in rows if row[8] not in (None, LOW))
    drawn = (8, 9, 10, 11) if run.limits else (8,)
    lowest = lowest_shown(*(row[i] for row in rows for i in drawn))
    drawing = Drawing("line", "Compliance by month", drawn, f"Compliance of all channels by month, in percent: {said}.",
                      "Percent", lowest)  # fmt: skip
    return TablePart("Months", "Compliance by month, all channels", columns, rows, lines, drawing=drawing)


def _month_counts(month: Month, run: RunChart) -> tuple[Cell, ...]:
    return _counts(month.counts, run.target_pct) if month.origin else (None,) * len(_count_columns())


def _counted(month: Month) -> str:
    """When the requests of a month were counted."""
    if month.origin is None:
        return "not known"
    return ("in an earlier report" if month.origin == "stored" else "now") + (
        "" if month.is_whole else ", part of the month"
    )


def _limits(run: RunChart) -> tuple[Cell, ...]:
    if run.limits is None:
        return (None, None, None)
    return tuple(level_text(value, run.target_pct) for value in (run.limits.mean, run.limits.lower, run.limits.upper))


def _months_by_channel(report: MonthlyReport) -> TablePart | None:
    runs = [run for run in report.runs[1:] if len(run.points) > 1]
    if not runs:
        return None
    rows = [(escape_cell(run.label), point.month, *_month_counts(point, run)) for run in runs for point in run.points]
    columns = (TableColumn("Channel"), TableColumn("Month"), *_count_columns())
    return TablePart("Months by channel", "Compliance by channel and month", columns, rows)


def _grouped(name: str, title: str, by: str, rows: Sequence[CheckRow]) -> TablePart | None:
    if not rows:
        return None
    columns = (TableColumn(by), *_count_columns(), TableColumn("Median, business days", "days"),
               TableColumn("90 % within, business days", "days"))  # fmt: skip
    (key,) = rows[0].by
    cells = [
        (escape_cell(row.label.get(key) or row.by[key] or NOT_STATED), *_counts(row), row.median_business_days,
         row.p90_business_days) for row in rows
    ]  # fmt: skip
    return TablePart(name, title, columns, cells)


def _departments(report: MonthlyReport) -> TablePart | None:
    return _grouped("Departments", "Departments", "Department", report.departments)


def _customer_types(report: MonthlyReport) -> TablePart | None:
    return _grouped("Customers", "Customers, external and internal", "Customer type", report.customer_types)


def _employees(report: MonthlyReport) -> TablePart | None:
    part = _grouped("Employees", "Employees: personal information", "Employee", report.employees)
    return part


def _times(report: MonthlyReport) -> TablePart | None:
    columns = (TableColumn("Channel"), TableColumn("Promise"), TableColumn("Business days", "count"),
               *(TableColumn(name, "count") for name in ("Judged", "Met", "Late", "Overdue")))  # fmt: skip
    rows = [
        (
            escape_cell(one.label or NOT_STATED),
            one.standard or "",
            at.business_days,
            at.judged,
            at.met,
            at.late,
            at.overdue,
        )
        for one in report.distributions
        for at in one.elapsed
    ]
    lines = ("Business days from receipt to the reply; what is still open stands at its age.",)
    return TablePart("Response times", "How long replies took", columns, rows, lines) if rows else None


def _open(report: MonthlyReport) -> TablePart | None:
    names = ("Overdue", "From earlier periods", "From later periods", "Due by the end of the next business day")
    columns = (TableColumn("Department"), *(TableColumn(name, "count") for name in names),
               TableColumn("Oldest due on", "moment"))  # fmt: skip
    rows = [
        (
            escape_cell(one.department or NOT_STATED),
            one.requests,
            one.earlier,
            one.later,
            one.due_next,
            one.oldest_due_on,
        )
        for one in report.open.departments
    ]
    lines = ("All that is unanswered as of the moment of the report, whenever it fell due.",)
    return TablePart("Still open", "Unanswered requests by department", columns, rows, lines) if rows else None


def _ageing(report: MonthlyReport) -> TablePart | None:
    columns = (TableColumn("Department"), TableColumn("Business days over", "count"), TableColumn("Requests", "count"))
    rows = [
        (escape_cell(one.department or NOT_STATED), days, n)
        for one in report.open.departments
        for days, n in one.by_days_over.items()
    ]
    return TablePart("Ageing", "How long the overdue have been waiting", columns, rows) if rows else None


def _exclusions(report: MonthlyReport) -> TablePart | None:
    total = report.check.total
    if not total.excluded:
        return None
    aims = targets(report.check, total)
    columns = (
        TableColumn("Reason"),
        TableColumn("Requests", "count"),
        TableColumn("Compliance had they been missed, %", "share"),
    )
    rows = [
        (EXCLUSION_WORDS.get(code, code), n, _share(total.met, total.judged + n, *aims))
        for code, n in total.n_excluded.items()
    ]
    missed = Counts(met=total.met, late=total.missed + total.excluded)
    lines = (f"In time, had they counted as missed: {share_words(missed, *aims)}.",)
    return TablePart("Excluded", "Requests that were not judged, by reason", columns, rows, lines)


def _high_volume(report: MonthlyReport) -> TablePart | None:
    if report.high_volume is None or not report.high_volume.periods:
        return None
    columns = (
        TableColumn("Reason"), TableColumn("From", "moment"), TableColumn("To", "moment"), TableColumn("Declared", "moment"),
        TableColumn("Authority"), TableColumn("Extension"), *_count_columns(),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (one.reason, one.first, one.last, one.declared, one.authority or "", one.by or "none", *_counts(one.inside))
        for one in report.high_volume.periods
    ]
    outside = report.high_volume.outside
    rows.append(("In none of them", None, None, None, "", "", *_counts(outside)))
    return TablePart("High volume", "Declared periods of high volume", columns, rows)


def _surges(report: MonthlyReport) -> TablePart | None:
    columns = (
        TableColumn("Department"), TableColumn("From", "moment"), TableColumn("To", "moment"), TableColumn("Requests", "count"),
        TableColumn("Usual", "count"),
    )  # fmt: skip
    rows = [
        (escape_cell(one.department or "All together"), one.first, one.last, one.requests, round(one.usual))
        for one in report.surges
    ]
    return TablePart("Surges", "More requests than chance explains, not declared", columns, rows) if rows else None


def _recognition(report: MonthlyReport) -> TablePart | None:
    rows = [(escape_cell(name), what) for name, what in thanks(report)]
    columns = (TableColumn("Who"), TableColumn("What", width=60))
    return TablePart("Recognition", "What deserves thanks (policy 3.3(b))", columns, rows) if rows else None


def _compliments(report: MonthlyReport) -> TablePart | None:
    if not report.compliments:
        return None
    columns = (TableColumn("Department"), TableColumn("Compliments", "count"), TableColumn("Cases", "id", width=60))
    rows = [
        (escape_cell(one.department or NOT_STATED), one.requests, escape_cell(", ".join(one.cases)))
        for one in report.compliments
    ]
    return TablePart("Compliments", "Compliments received", columns, rows)


def _systems(report: MonthlyReport) -> TablePart | None:
    comparison = report.check.comparison
    if comparison is None or not comparison.rows:
        return None
    columns = (TableColumn("Source"), TableColumn("It says"), TableColumn("cxaudit says"), TableColumn("Agrees"),
               TableColumn("Requests", "count"), TableColumn("Likely reason", width=60))  # fmt: skip
    words = {True: "yes", False: "no", None: "cannot be compared"}
    rows = [
        (escape_cell(one.source), one.system or "nothing", "not judged" if one.verdict == "excluded" else one.verdict,
         words[one.agrees], one.requests, reason_words(one.reason) if one.reason else "") for one in comparison.rows
    ]  # fmt: skip
    return TablePart("Systems", "What the systems themselves say", columns, rows)
