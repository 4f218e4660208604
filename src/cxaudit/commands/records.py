"""`cxaudit records`: one row per request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from cxaudit.audit import Audit
from cxaudit.commands.options import Input, Output, require_one_of
from cxaudit.commands.shared import NOT_RELIABLE, SHOWN_ROLES, is_doubtful, load_standards, settings, write_rejects
from cxaudit.compare.verdicts import COMPARED_ROLES, has_word, said_otherwise
from cxaudit.errors import UsageError
from cxaudit.lookup import folded
from cxaudit.model import VERDICTS, Verdict
from cxaudit.render import RECORD_FORMATS
from cxaudit.render.notes import notes
from cxaudit.render.words import visible
from cxaudit.spelling import fold
from cxaudit.standards import Standards, parse_within
from cxaudit.standards.words import no_office_hours


@dataclass(frozen=True)
class Filters:
    """Which requests `records` lists, as typed."""

    verdict: str | None = None
    department: str | None = None
    channel: str | None = None
    case: str | None = None
    due_within: str | None = None
    contested: bool = False
    disagree: bool = False


def records(given: Input, output: Output, filters: Filters, *, show_employees: bool) -> int:
    """One row per request with its verdict."""
    form, verdicts = output.chosen(RECORD_FORMATS), _verdicts(filters)
    output.check_places()
    standards = load_standards(given)
    roles = [role for role in SHOWN_ROLES if show_employees or role != "employee"]
    roles += COMPARED_ROLES if filters.disagree else ()
    question = given.question(
        standards, roles, reject_cells=output.reject_cells, with_readings="yes" if filters.contested else "no"
    )
    with output.progress(1) as step:
        step("Reading")
        audit = Audit(given.files, question)
    beside = said_otherwise(audit) if filters.disagree else None
    where = _condition(filters, audit, standards)
    listed = audit.records(where, verdicts, with_employees=show_employees, beside=beside)
    output.spare_inputs(audit.paths, given.standards)
    write_rejects(audit, output)
    output.write(RECORD_FORMATS[form](listed, output.options()), form)
    output.say([*settings(given, question), *notes(listed), *_nothing_listed(audit, filters, listed.listed)])
    return NOT_RELIABLE if is_doubtful(output, audit.inputs, audit.findings) else 0


def _condition(filters: Filters, audit: Audit, standards: Standards) -> pl.Expr:
    """The filters besides the verdict as one condition on the judged requests."""
    conditions = [pl.lit(True)]
    if filters.due_within is not None:
        conditions.append(_due_by(filters.due_within, audit))
    if filters.department is not None:
        wanted = standards.department_names.get(fold(filters.department), filters.department.strip())
        conditions.append(folded(pl.col("department").cast(pl.String)) == fold(wanted))
    if filters.channel is not None:
        wanted = standards.channel_names.get(fold(filters.channel), filters.channel)
        conditions.append(folded(pl.col("channel").cast(pl.String)) == fold(wanted))
    if filters.contested:
        conditions.append(audit.is_contested)
    if filters.case is not None:
        conditions.append(pl.col("case_id") == filters.case.strip())
    return pl.all_horizontal(conditions)


def _verdicts(filters: Filters) -> tuple[Verdict, ...]:
    names = {name.strip().lower() for name in (filters.verdict or "").split(",") if name.strip()}
    for name in sorted(names):
        require_one_of("--verdict", name, VERDICTS)
    if not names and filters.due_within is not None:
        return ("pending",)
    return tuple(name for name in VERDICTS if name in names or not names)


def _due_by(text: str, audit: Audit) -> pl.Expr:
    """Unanswered, and due no later than this much after the as-of moment."""
    try:
        within = parse_within(text)
    except ValueError as error:
        raise UsageError(f"--due-within {text}: {error}") from error
    if audit.question.version_now.lacks_hours_for(within):
        raise UsageError(f"--due-within {text}: {no_office_hours(within, audit.question.version_now)}")
    is_open = pl.col("verdict").is_in(["pending", "overdue"])
    return is_open & (pl.col("due_at") <= audit.due_if_received_now(within))


def _nothing_listed(audit: Audit, filters: Filters, n_listed: int) -> Iterator[str]:
    """A department or case that does not occur is more likely a slip than an empty list."""
    if n_listed:
        return
    for name, wanted in (("department", filters.department), ("channel", filters.channel)):
        if wanted is not None:
            present = audit.merged.requests.group_by(name).agg().collect(engine="streaming")[name]
            known = present.drop_nulls().cast(pl.String).sort().to_list()
            if fold(wanted) not in {fold(x) for x in known}:
                yield f"No request has the {name} {wanted}. The input has: {', '.join(known) or 'none'}."
    if filters.disagree and not has_word(audit):
        yield "No export here carries its system's own verdict or due time."
    if filters.case is not None:
        from cxaudit.explain.reasons import near_cases

        where = " in the period" if audit.question.period else ""
        near = near_cases(audit, filters.case.strip())
        guess = f" Did you mean {' or '.join(near)}?" if near else ""
        yield visible(f"No request{where} has the case id {filters.case}.{guess}")
