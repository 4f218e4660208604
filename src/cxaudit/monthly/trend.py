"""Trend: months side by side from the stored tallies of reports alone, no export needed.

Each month is taken from one tally: of those that hold it whole, the one that was made as of the latest moment. That others
say something else is told, not averaged. Source: DESIGN, sections 6 and 7.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cxaudit.counting.from_tallies import Tallied
from cxaudit.days.spans import month_text, months_between
from cxaudit.errors import InputError
from cxaudit.model import CheckRow
from cxaudit.monthly.history import counts_of, counts_of_row, with_verdict_without, without_extension
from cxaudit.monthly.model import Counts, Limits, Month, Restated, StandardsChange
from cxaudit.monthly.restated import differ, finished_months, whole_months_of
from cxaudit.monthly.run_chart import with_signals
from cxaudit.monthly.standards_of_months import otherwise_from, versions_begun
from cxaudit.tally.stored import StoredTally

Named = tuple[str, StoredTally]


@dataclass(frozen=True)
class TrendRow:
    """One month of one series: all together, a channel or a department."""

    series: str | None  # the key of the channel or department; None = all together
    label: str
    row: CheckRow
    point: Month
    limits: Limits | None
    is_steady: bool  # its series has no limits because most of its months score the same
    file: str  # the tally that it comes from
    standards: str  # the hash of the standards file that it was judged by


@dataclass(frozen=True)
class Trend:
    """The months of all series, each series from its first month to its last."""

    organisation: str
    by: str | None  # `channel` or `department`
    rows: tuple[TrendRow, ...]
    missing: tuple[str, ...]  # months between the first and the last that no tally holds
    unfinished: tuple[str, ...]  # months that were not over when they were stored
    restated: tuple[Restated, ...]
    changes: tuple[StandardsChange, ...]
    otherwise_from: tuple[
        str, ...
    ]  # months from which on another standards file was used that promises or counts otherwise
    cohort: str


def chosen_months(tallies: Iterable[Named]) -> dict[int, Named]:
    """Which tally speaks for which month: a finished one before an unfinished, then the latest as-of moment."""

    def rank(one: Named, month: int) -> tuple[bool, dt.datetime, dt.timedelta, str]:
        first, last = one[1].about.period or (dt.date.min, dt.date.max)
        return month in whole_months_of(one[1]), one[1].about.as_of.utc, first - last, one[0]

    chosen: dict[int, Named] = {}
    for one in tallies:
        for month in one[1].frame["month"].drop_nulls().unique():
            if month not in chosen or rank(one, month) > rank(chosen[month], month):
                chosen[month] = one
    return dict(sorted(chosen.items()))


def trend_of(tallies: Sequence[Named], by: str | None) -> Trend:
    """The months of these tallies side by side. Raises `InputError` where they are of several organisations."""
    chosen = chosen_months(tallies)
    tallied = {name: Tallied(stored) for name, stored in chosen.values()}
    organisations = sorted({one.promises.standards.organisation for one in tallied.values()})
    if len(organisations) > 1:
        raise InputError(f"these are reports of {' and of '.join(organisations)}.\nKeep each in a folder of its own.")
    rows = tuple(_series(chosen, tallied, by))
    months = list(chosen)
    held = list(months_between(months[0], months[-1])) if months else []
    judged_by = {month: tallied[name].promises.standards for month, (name, _) in chosen.items()}
    return Trend(
        organisation=organisations[0] if organisations else "",
        by=by,
        rows=rows,
        missing=tuple(month_text(month) for month in held if month not in chosen),
        unfinished=tuple(month_text(m) for m, (_, stored) in chosen.items() if m not in whole_months_of(stored)),
        restated=tuple(_restated(tallies, chosen)),
        changes=tuple(versions_begun(held, judged_by)),
        otherwise_from=tuple(otherwise_from(held, judged_by)),
        cohort=" and ".join(sorted({stored.about.cohort for _, stored in chosen.values()})),
    )


def _series(chosen: Mapping[int, Named], tallied: Mapping[str, Tallied], by: str | None) -> Iterator[TrendRow]:
    """Every series, months ascending: those of `by` in the order of their last table, then all together."""
    found: dict[str | None, list[tuple[CheckRow, Month, Named]]] = {}
    for month, (name, stored) in chosen.items():
        part = tallied[name].month(month)
        is_whole = month in whole_months_of(stored)
        report = part.report((by,) if by else ("month",), None, {})
        lines = [row for row in report.rows if by and not row.is_total] + [report.total]
        for row in lines:
            key = None if row.is_total else row.by[by or ""]
            counts = counts_of_row(row)
            without = without_extension(with_verdict_without(part.stored.frame)) if row.is_total else None
            point = Month(month_text(month), counts, "stored", is_whole, without_extension=without)
            if counts.requests:
                found.setdefault(key, []).append((row, point, (name, stored)))
    names = [name for name in found if name is not None]
    if by == "department":
        names.sort(key=lambda name: (not name, name.casefold()))
    for key in [*names, *([None] if None in found else [])]:
        points, limits, is_steady = with_signals([point for _, point, _ in found[key]])
        for (row, _, (name, stored)), point in zip(found[key], points, strict=True):
            label = "All" if key is None else row.label[by or ""] or "Not stated"
            yield TrendRow(key, label, row, point, limits, is_steady, name, stored.about.standards["sha256"])


def _restated(tallies: Sequence[Named], chosen: Mapping[int, Named]) -> Iterator[Restated]:
    for month, (name, stored) in chosen.items():
        now = _counts(stored, month)
        for other_name, other in tallies:
            if other_name != name and month in finished_months(other) and differ(_counts(other, month), now):
                has_other = other.about.standards["sha256"] != stored.about.standards["sha256"]
                yield Restated(month_text(month), _counts(other, month), now, other_name, has_other, name)


def _counts(stored: StoredTally, month: int) -> Counts:
    return counts_of(stored.frame.filter(pl.col("month") == month))
