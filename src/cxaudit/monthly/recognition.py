"""Recognition: what departments did well, so that supervisors can thank them. Source: policy 3.3(b)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import polars as pl

from cxaudit.model import CheckRow
from cxaudit.monthly.history import counts_of_row
from cxaudit.monthly.model import Compliments, Counts, Improved, Previous, Recognition, Run

#: Fewer judged requests than this are no ground for praise.
ENOUGH = 10
#: A rise of less than two points in a hundred is none.
_LEAST_GAIN = Fraction(2, 100)
_FEW = 3


def recognition_of(
    departments: Sequence[CheckRow], employees: Sequence[CheckRow], days: pl.DataFrame, previous: Previous | None
) -> Recognition:
    """**Frame in**: `department`, `cohort_on`, `met`, `missed`. Requests without a department are nobody's merit."""
    enough = _enough(departments, "department")
    # A reply that an extension made one in time asks for patience, not for praise.
    unsure = {row.by["department"] for row in departments if row.unjudgeable or row.met_by_extension}
    sure = {name: counts for name, counts in enough.items() if name not in unsure}
    found = (run for run in _runs(days) if run.department not in unsure)
    runs = sorted(found, key=lambda run: (-run.requests, run.department.casefold()))
    return Recognition(
        met_all=_met_all(departments, "department"),
        runs=tuple(run for run in runs if run.requests >= ENOUGH)[:_FEW],
        improved=tuple(_improved(sure, previous))[:_FEW] if previous else (),
        people=_met_all(employees, "employee"),
    )


def _met_all(rows: Sequence[CheckRow], name: str) -> tuple[tuple[str, Counts], ...]:
    """Those who missed nothing, without an extension, and of whose requests none is unknown."""
    known = [row for row in rows if not row.missed and not row.unjudgeable and not row.met_by_extension]
    return tuple(_enough(known, name).items())


def _enough(rows: Sequence[CheckRow], name: str) -> dict[str, Counts]:
    """Those with a name and enough judged requests."""
    named = {row.by[name]: counts_of_row(row) for row in rows if row.by[name]}
    return {who: counts for who, counts in named.items() if counts.judged >= ENOUGH}


def _runs(days: pl.DataFrame) -> Iterator[Run]:
    """For each department the requests due after the last day on which it missed one."""
    named = days.drop_nulls(["department", "cohort_on"])
    last_miss = named.filter(pl.col("missed") > 0).group_by("department").agg(last=pl.col("cohort_on").max())
    since = (
        named.join(last_miss, on="department", how="left")
        .filter(pl.col("last").is_null() | (pl.col("cohort_on") > pl.col("last")))
        .group_by("department")
        .agg(pl.col("met").sum(), pl.col("cohort_on").min())
    )
    for department, n, first in since.sort("department").iter_rows():
        yield Run(department, int(n), first)


def _improved(now: dict[str, Counts], previous: Previous) -> Iterator[Improved]:
    def gain(one: Improved) -> Fraction:
        return Fraction(one.now.met, one.now.judged) - Fraction(one.before.met, one.before.judged)

    both = [
        Improved(name, previous.departments[name], counts)
        for name, counts in now.items()
        if name in previous.departments and previous.departments[name].judged >= ENOUGH
    ]
    yield from sorted(
        (one for one in both if gain(one) >= _LEAST_GAIN), key=lambda one: (-gain(one), one.department.casefold())
    )


def compliments_of(found: pl.DataFrame, tables: Sequence[str]) -> tuple[Compliments, ...]:
    """**Frame in**: `department`, `case_id`, `table` (the place of its name in `tables`), `row`, one row for each compliment,
    in the order of the input. One without an id is told by where it stands."""
    place = pl.format("{} row {}", pl.col("table").replace_strict(range(len(tables)), tables), "row")
    found = found.with_columns(pl.coalesce("case_id", place))
    names = sorted({name or "" for name in found["department"]}, key=lambda name: (not name, name.casefold()))
    rows = {name: found.filter(pl.col("department").fill_null("") == name)["case_id"] for name in names}
    return tuple(Compliments(name, cases.len(), tuple(cases)) for name, cases in rows.items())
