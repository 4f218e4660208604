"""The commands: settled options in, one run of the audit, an answer out. Each returns its exit code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import polars as pl

from cxaudit.audit import Audit, Question
from cxaudit.errors import UsageError
from cxaudit.model import DIMENSIONS, VERDICTS, Report
from cxaudit.options import Input, Output, near_miss
from cxaudit.render import CHECK_FORMATS, RECORD_FORMATS
from cxaudit.render.figures import meets
from cxaudit.render.notes import notes
from cxaudit.standards import Standards, fold, load, parse_within
from cxaudit.standards.source import Role
from cxaudit.standards.words import counting_words, show, starter
from cxaudit.versions import versions

MISSED_TARGET, NOT_RELIABLE = 1, 3
_SHOWN_ROLES: tuple[Role, ...] = ("department", "employee", "customer_type")


@dataclass(frozen=True)
class Filters:
    """Which requests `records` lists, as typed."""

    verdict: str | None = None
    department: str | None = None
    channel: str | None = None
    case: str | None = None
    due_within: str | None = None


def check(given: Input, output: Output, *, by: str, fail_under: str | None, with_total: bool) -> int:
    """The compliance table."""
    dimensions = _dimensions(by)
    limit = _percentage(fail_under)
    form = output.chosen(CHECK_FORMATS)
    output.check_places()
    standards = _standards(given)
    roles = [role for role in _SHOWN_ROLES if role in dimensions]
    question = given.question(standards, roles, reject_cells=output.reject_cells)
    audit = Audit(given.files, question)
    meta = _meta(given, question)
    report = audit.report(dimensions, limit, _counting(standards), meta, with_total=with_total)
    _write_rejects(audit, output)
    output.write(CHECK_FORMATS[form](report, output.options()), form)
    output.say([*_settings(given, question), *notes(report)])
    return _exit_code(report, audit, output)


def records(given: Input, output: Output, filters: Filters, *, show_employees: bool) -> int:
    """One row per request with its verdict."""
    form = output.chosen(RECORD_FORMATS)
    output.check_places()
    standards = _standards(given)
    roles = [role for role in _SHOWN_ROLES if show_employees or role != "employee"]
    question = given.question(standards, roles, reject_cells=output.reject_cells)
    audit = Audit(given.files, question)
    listed = audit.records(_condition(filters, audit, standards), with_employees=show_employees)
    _write_rejects(audit, output)
    output.write(RECORD_FORMATS[form](listed, output.options()), form)
    output.say([*_settings(given, question), *notes(listed), *_nothing_listed(audit, filters, listed.frame)])
    return NOT_RELIABLE if output.strict and audit.is_doubtful else 0


def standards_show(file: str | None, output: Output) -> int:
    """The promises as a table."""
    from cxaudit.render.promises import PROMISE_FORMATS, render_promises

    standards = load(Path(file) if file else None)
    form = output.chosen(PROMISE_FORMATS)
    output.write(render_promises(show(standards), form, output.options()), form)
    output.say([f"Standards: {_name(standards)}, {standards.organisation}"])
    return 0


def standards_check(file: str | None) -> int:
    """Load a standards file; loading raises all that is wrong with it."""
    from cxaudit.calendar import check_holidays

    standards = load(Path(file) if file else None)
    check_holidays(standards.calendar)
    n = sum(len(version.promises) for version in standards.versions)
    Output().say([f"{_name(standards)} is in order: {standards.organisation}, {n} promises."])
    return 0


def standards_schema(output: Output) -> int:
    """The JSON Schema of the standards file."""
    from cxaudit.standards.schema import json_schema

    output.check_places()
    output.write([json_schema().encode()], "schema")
    return 0


def standards_init(file: str, *, force: bool) -> int:
    """Write a starter file."""
    if Path(file).exists() and not force:
        raise UsageError(f"{file} is there already.\nName another file, or add --force to replace it.")
    Output(file=file).write([starter().encode()], "yaml")
    Output().say([f"Wrote {file}. Next: cxaudit standards check {file}"])
    return 0


def _standards(given: Input) -> Standards:
    return load(Path(given.standards) if given.standards else None)


def _name(standards: Standards) -> str:
    return "the built-in standards file" if standards.file == "built-in" else standards.file


def _counting(standards: Standards) -> str:
    return counting_words(standards.versions[-1].counting, standards.calendar)


def _settings(given: Input, question: Question) -> Iterator[str]:
    """Which standards and which moment, since both may have been chosen for the user."""
    yield f"Standards: {_name(question.standards)} ({question.standards.organisation})"
    if given.as_of is None:
        yield f"As of now: {question.as_of.local:%Y-%m-%d %H:%M:%S} in {question.standards.timezone}; --as-of fixes it"


def _meta(given: Input, question: Question) -> dict[str, Any]:
    standards = question.standards
    return {
        "versions": versions(),
        "standards": {"file": standards.file, "sha256": standards.sha256},
        "timezone": standards.timezone,
        "as_of_is_now": given.as_of is None,
    }


def _dimensions(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in DIMENSIONS:
            raise UsageError(f"--by {name} is not one of {', '.join(DIMENSIONS)}.{near_miss(name, DIMENSIONS)}")
    if not names or len(set(names)) < len(names):
        raise UsageError(f"--by {text} names no column, or one twice. It takes {', '.join(DIMENSIONS)}.")
    return names


def _percentage(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        percentage = Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation as error:
        raise UsageError(f"--fail-under {text} is not a percentage. Write 90 or 97.5.") from error
    if not 0 <= percentage <= 100 or 0 < percentage < 1:
        raise UsageError(f"--fail-under {text} is not between 1 and 100. Write 90 for 90 %.")
    return percentage


def _condition(filters: Filters, audit: Audit, standards: Standards) -> pl.Expr:
    """The filters as one condition on the judged requests."""
    conditions = [pl.lit(True)]
    verdicts = _verdicts(filters.verdict)
    if filters.due_within is not None:
        conditions.append(_due_by(filters.due_within, audit))
        verdicts = verdicts or ["pending"]
    if verdicts:
        conditions.append(pl.col("verdict").is_in(verdicts))
    if filters.department is not None:
        wanted = standards.department_names.get(fold(filters.department), filters.department.strip())
        conditions.append(_folded("department") == fold(wanted))
    if filters.channel is not None:
        wanted = standards.channel_names.get(fold(filters.channel), filters.channel)
        conditions.append(_folded("channel") == fold(wanted))
    if filters.case is not None:
        conditions.append(pl.col("case_id") == filters.case.strip())
    return pl.all_horizontal(conditions)


def _folded(name: str) -> pl.Expr:
    return (
        pl.col(name)
        .cast(pl.String)
        .map_batches(
            lambda names: names.replace({n: fold(n) for n in names.unique().drop_nulls().to_list()}),
            return_dtype=pl.String,
            is_elementwise=True,
        )
    )


def _verdicts(text: str | None) -> list[str]:
    verdicts = [name.strip().lower() for name in (text or "").split(",") if name.strip()]
    for name in verdicts:
        if name not in VERDICTS:
            raise UsageError(f"--verdict {name} is not one of {', '.join(VERDICTS)}.{near_miss(name, VERDICTS)}")
    return verdicts


def _due_by(text: str, audit: Audit) -> pl.Expr:
    """Unanswered, and due no later than this much after the as-of moment."""
    try:
        within = parse_within(text)
    except ValueError as error:
        raise UsageError(f"--due-within {text}: {error}") from error
    is_open = pl.col("verdict").is_in(["pending", "overdue"])
    return is_open & (pl.col("due_at") <= audit.due_if_received_now(within))


def _nothing_listed(audit: Audit, filters: Filters, frame: pl.DataFrame) -> Iterator[str]:
    """A department or case that does not occur is more likely a slip than an empty list."""
    if frame.height:
        return
    for name, wanted in (("department", filters.department), ("channel", filters.channel)):
        if wanted is not None:
            known = [x for x in audit.judged[name].cast(pl.String).unique().sort().to_list() if x is not None]
            if fold(wanted) not in {fold(x) for x in known}:
                yield f"No request has the {name} {wanted}. The input has: {', '.join(known) or 'none'}."
    if filters.case is not None:
        yield f"No request in the period has the case id {filters.case}."


def _write_rejects(audit: Audit, output: Output) -> None:
    if output.rejects is None:
        return
    from cxaudit.render.delimited import delimit

    Output(file=output.rejects).write(delimit(audit.rejects, escape=output.escape), "csv")
    output.say([f"Rejected rows: {output.rejects}" + (" (may hold personal data)" if output.reject_cells else "")])


def _exit_code(report: Report, audit: Audit, output: Output) -> int:
    """0, 1 or 3: a figure that is not to be relied on beats a missed target."""
    if report.total.judged == 0 or (output.strict and audit.is_doubtful):
        return NOT_RELIABLE
    missed = any(meets(row.met, row.judged, row.target_pct) is False for row in report.rows)
    below = meets(report.total.met, report.total.judged, report.fail_under) is False
    return MISSED_TARGET if missed or below else 0
