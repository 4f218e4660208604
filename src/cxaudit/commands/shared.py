"""What the commands that run an audit have in common: the standards, the settings to say, the rejected rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cxaudit.audit import Audit, Question
from cxaudit.commands.options import Input, Output
from cxaudit.days.calendar import complaints
from cxaudit.errors import UsageError
from cxaudit.findings import Finding
from cxaudit.inspect.model import Counted
from cxaudit.model import InputFile, Report
from cxaudit.period import parse_date
from cxaudit.render.words import as_of_words, counted, listed, period_words
from cxaudit.standards import Standards, load
from cxaudit.standards.source import Role
from cxaudit.standards.words import rule_words
from cxaudit.versions import versions

MISSED_TARGET, NOT_RELIABLE = 1, 3
SHOWN_ROLES: tuple[Role, ...] = ("department", "employee", "customer_type")


def load_standards(given: Input) -> Standards:
    """The standards to judge by: all versions, or as a scenario the one in force on a day."""
    return standards_of(given.standards, given.standards_as_of)


def standards_of(path: str | None, as_of: str | None) -> Standards:
    """The standards of a file; `as_of` makes a scenario of them: only the version in force on that day, from ever on."""
    standards = load(Path(path) if path else None, complaints)
    if as_of is None:
        return standards
    try:
        day = parse_date(as_of)
    except ValueError as error:
        raise UsageError(f"--standards-as-of {as_of} is not a date. Write 2025-02-01.") from error
    in_force = [version for version in standards.versions if version.effective <= day]
    if not in_force:
        raise UsageError(
            f"no standard was in force on {day}: the first one begins on {standards.versions[0].effective}."
        )
    return replace(standards, versions=(replace(in_force[-1], effective=dt.date.min),))


def name_of(standards: Standards) -> str:
    return "the built-in standards file" if standards.file == "built-in" else standards.file


def counting_of(question: Question) -> str:
    """Every rule by which the promises count, in words; where versions differ, from when. What comes into force after the
    as-of moment is not told."""
    standards = question.standards
    said: list[tuple[str, str]] = []  # from when, and the rules
    for version in standards.known_on(question.as_of.local.date()).versions:
        rules = dict.fromkeys(rule_words(p.within, version.counting, standards.calendar) for p in version.promises)
        first, *others = rules
        words = "; ".join([first, *(f"{other[0].lower()}{other[1:]}" for other in others)])
        if not said or said[-1][1] != words:
            said.append((version.effective.isoformat(), words))
    if len(said) == 1:
        return said[0][1]
    return "; ".join(f"from {since}: {words[0].lower()}{words[1:]}" for since, words in said)


def settings(given: Input, question: Question) -> Iterator[str]:
    """Which standards and which moment, since both may have been chosen for the user."""
    yield f"Standards: {name_of(question.standards)} ({question.standards.organisation})"
    if given.scenario:
        yield f"This is a {given.scenario}."
    if given.as_of is None:
        yield f"As of now: {question.as_of.local:%Y-%m-%d %H:%M:%S} in {question.standards.timezone}; --as-of fixes it"


def meta_of(given: Input, question: Question) -> dict[str, Any]:
    standards = question.standards
    return {
        "versions": versions(),
        "standards": {"file": standards.file, "sha256": standards.sha256},
        "timezone": standards.timezone,
        "as_of_is_now": given.as_of is None,
        **({"scenario": given.scenario} if given.scenario else {}),
    }


def warn_of_vain_channel(given: Input, audit: Audit, output: Output) -> None:
    """`--channel` fills a gap; whoever thinks that it chooses requests would take the figures of all for those of one."""
    if given.channel and all(arrived.source.layout.tells_channel for arrived in audit.arrived):
        output.warn([
            f"cxaudit: --channel {given.channel} had no effect: it is for files without a channel, and all of these have one.",
            "All channels are counted; `cxaudit records --channel NAME` lists the requests of one.",
        ])  # fmt: skip


def is_doubtful(output: Output, inputs: Iterable[InputFile | Counted], findings: Iterable[Finding]) -> bool:
    """Whether the result is not to be relied on under `--strict`, as rows were rejected or an export is stale; it is said."""
    if not output.strict:
        return False
    n_rejected = sum(table.fates.rejected for table in inputs)
    n_stale = sum(finding.code == "stale_export" for finding in findings)
    doubts = [
        *([f"{counted(n_rejected, 'row')} could not be used"] if n_rejected else []),
        *([f"{counted(n_stale, 'export')} may end too early"] if n_stale else []),
    ]
    if doubts:
        output.warn([f"cxaudit: --strict: {listed(doubts)}, so the result is not to be relied on."])
    return bool(doubts)


def warn_of_nothing(output: Output, check: Report) -> None:
    """Say that nothing could be judged, with which the run ends."""
    which = f" {check.cohort} {period_words(*check.period)}" if check.period else ""
    as_of = as_of_words(check.as_of, check.as_of_is_date)
    output.warn([f"cxaudit: no request{which} could be judged as of {as_of}."])


def write_rejects(audit: Audit, output: Output) -> None:
    if output.rejects is None:
        return
    from cxaudit.render.delimited import delimit

    Output(file=output.rejects).write(delimit(audit.rejects, escape=output.escape), "csv")
    output.say([f"Rejected rows: {output.rejects}" + (" (may hold personal data)" if output.reject_cells else "")])
