"""The figures of the monthly report, put together from one audit and the stored tallies of earlier reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from cxaudit.counting.coverage import covered_days, known_until
from cxaudit.days.spans import Span, holds, month_of
from cxaudit.model import JUDGED, CheckRow, Report
from cxaudit.monthly.busy import high_volume_of, surges_of
from cxaudit.monthly.gather import Details, Gathered, gather
from cxaudit.monthly.history import (
    History,
    history_of,
    judged_by,
    known_months,
    previous_of,
    run_charts,
    unsettled_months,
)
from cxaudit.monthly.model import (
    Distribution,
    Elapsed,
    MonthlyReport,
    OpenRequests,
    Overdue,
    Recognition,
    StandardsChange,
)
from cxaudit.monthly.recognition import compliments_of, recognition_of
from cxaudit.monthly.standards_of_months import otherwise_from, versions_begun
from cxaudit.standards.model import Standards
from cxaudit.standards.source import Role
from cxaudit.tally.compliance import compliance_rows

if TYPE_CHECKING:
    from cxaudit.audit import Audit

#: The roles that an audit for the report must ask for; `employee` only where people are asked for.
ROLES: tuple[Role, ...] = ("department", "customer_type", "status", "kind")


def monthly_report(
    audit: Audit,
    counting: str,
    meta: dict[str, Any],
    *,
    gathered: Gathered | None = None,
    stored: pl.DataFrame | None = None,
    stored_standards: Mapping[int, Standards] | None = None,
    with_employees: bool = False,
    early: Callable[[MonthlyReport], None] = lambda _: None,
) -> MonthlyReport:
    """All figures of the report of the audit's period, without which it covers everything.

    The question must have asked for ROLES and for the readings. `gathered` is given where it is there already. `stored` has
    the columns of `history.STORED`: the months of earlier reports; `stored_standards` are those that they were judged by,
    where not today's. `early` is handed what is known before the details are, of which some counts still run: all but what is
    open, surges, recognition and compliments.
    """
    period = audit.question.period or _span(audit)
    gathered = gathered or gather(audit, *period)  # before anything else is counted, so that all else is made from it
    check = audit.report(("channel",), None, counting, meta)
    covered = covered_days(audit)
    history = history_of(gathered.counts, stored, covered, period[1])
    so_far = period[0], min(period[1], audit.question.as_of.local.date())  # nothing is judged after it
    runs = run_charts(history, [row for row in check.rows if not row.is_total], check.total, so_far)
    changes, otherwise = _versions_known(audit, history, month_of(so_far[1]), stored_standards or {})
    previous = previous_of(history, period) if check.period else None
    departments = _rows(audit, gathered, "department")
    report = MonthlyReport(
        check=check,
        period=period,
        promised=audit.promised,
        departments=departments,
        customer_types=_rows(audit, gathered, "customer_type"),
        employees=_rows(audit, gathered, "employee") if with_employees else (),
        runs=runs,
        changes=changes,
        otherwise_from=otherwise,
        previous=previous,
        distributions=tuple(_distributions(audit, gathered.inside, check.rows)),
        high_volume=high_volume_of(audit, gathered.inside),
        open=OpenRequests((), None),
        surges=(),
        recognition=Recognition((), (), ()),
        compliments=None,
        is_covered=_is_covered(audit, check, covered, period),
        is_begun=_is_begun(audit, check, covered, period[0]),
        unsettled=unsettled_months(history),
    )
    early(report)
    comparable, details = None if report.other_standards_since else previous, gathered.details  # a rise may be theirs
    return replace(
        report,
        open=_open(details.open),
        surges=surges_of(audit, details.receipts, period),
        recognition=recognition_of(departments, report.employees, gathered.days, comparable),
        compliments=_compliments(audit, details),
    )


def _versions_known(
    audit: Audit, history: History, last: int, stored: Mapping[int, Standards]
) -> tuple[tuple[StandardsChange, ...], tuple[str, ...]]:
    """The versions that begin in the months that are known, and from when months were judged by others."""
    standards, known = judged_by(history, stored, audit.question.standards), known_months(history, last)
    return tuple(versions_begun(known, standards)), tuple(otherwise_from(known, standards))


def _is_covered(audit: Audit, check: Report, covered: Sequence[Span], period: Span) -> bool:
    """Whether the exports hold the period as far as it is known, and no channel seems to be missing for a part of it."""
    is_silent = any(finding.code == "silence" for finding in check.findings)
    return holds(covered, (period[0], min(period[1], known_until(audit.question.as_of)))) and not is_silent


def _is_begun(audit: Audit, check: Report, covered: Sequence[Span], first: dt.date) -> bool:
    """Whether the exports hold what came in before the period and was due in it."""
    return check.cohort != "due" or holds(covered, (_first_received(audit, first), first))


def _first_received(audit: Audit, due: dt.date) -> dt.date:
    """The first day on which a request may have come in that is due on that day, by the slowest promise in force."""
    n = max((one.within.count for one in audit.promised if one.within.unit == "business days"), default=0)
    return audit.calendar.earlier(due, n, audit.question.standards.versions[0].effective)


def _span(audit: Audit) -> tuple[dt.date, dt.date]:
    """From the first receipt to the as-of moment."""
    today = audit.question.as_of.local.date()
    return min(audit.earliest_on or today, today), today


def _rows(audit: Audit, gathered: Gathered, name: str) -> tuple[CheckRow, ...]:
    if name not in gathered.inside.columns or not gathered.inside[name].count():
        return ()
    return compliance_rows(gathered.inside, (name,), audit.promises, (), [])


def _distributions(audit: Audit, tally: pl.DataFrame, rows: Sequence[CheckRow]) -> Iterator[Distribution]:
    judged = tally.filter(pl.col("verdict").cast(pl.String).is_in(JUDGED)).drop_nulls("business_days")
    for row in rows:
        part = judged.filter(pl.col("channel").cast(pl.String).eq_missing(pl.lit(row.by["channel"] or None, pl.String)))
        if row.is_total or not part.height:
            continue
        counts = part.group_by("business_days", pl.col("verdict").cast(pl.String)).agg(pl.col("n").sum())
        n = {(days, verdict): int(n) for days, verdict, n in counts.iter_rows()}
        elapsed = tuple(
            Elapsed(days, *(n.get((days, verdict), 0) for verdict in JUDGED)) for days in sorted({key[0] for key in n})
        )
        within = {audit.promises.all[i].within for i in part["promise"].drop_nulls().unique().to_list()}
        only = within.pop() if len(within) == 1 else None
        promised = only.count if only and only.unit == "business days" else None
        yield Distribution(row.by["channel"], row.label["channel"], row.standard, promised, elapsed)


def _open(found: pl.DataFrame) -> OpenRequests:
    names = sorted({name or "" for name in found["department"]}, key=lambda name: (not name, name.casefold()))
    parts = {name: found.filter(pl.col("department").fill_null("") == name) for name in names}
    earlier = found.filter(pl.col("when") == "earlier")
    oldest = earlier["oldest_due_on"].min()
    return OpenRequests(
        departments=tuple(_overdue(name, part) for name, part in parts.items()),
        earlier_oldest_due_on=oldest if isinstance(oldest, dt.date) else None,
    )


def _overdue(department: str, part: pl.DataFrame) -> Overdue:
    n = dict(part.group_by("when").agg(pl.col("n").sum()).iter_rows())
    overdue = part.filter(pl.col("when") != "next")
    by_days = overdue.group_by("over").agg(pl.col("n").sum()).sort("over", nulls_last=True)
    oldest = overdue["oldest_due_on"].min()
    return Overdue(
        department=department,
        by_days_over={days: int(n) for days, n in by_days.iter_rows()},
        earlier=int(n.get("earlier", 0)),
        later=int(n.get("later", 0)),
        oldest_due_on=oldest if isinstance(oldest, dt.date) else None,
        due_next=int(n.get("next", 0)),
    )


def _compliments(audit: Audit, details: Details) -> Any:
    tells = any("kind" in arrived.source.layout.positions for arrived in audit.arrived)
    if not tells and not details.compliments.height:
        return None
    files = ((arrived.source.table.file, arrived.source.table.sheet) for arrived in audit.arrived)
    return compliments_of(details.compliments, [" ".join(name for name in file if name) for file in files])
