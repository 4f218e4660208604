"""Compliance: a tally in, the lines of the table out: counts, promise, target, median and 90th percentile.

Channels come in the order of the standards file, then those without a promise; every promised channel has a line, even with
no request. Source: DESIGN, sections 3 and 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import polars as pl

from cxaudit.model import EXCLUSIONS, JUDGED, MISSED, VERDICTS, CheckRow, ReadingRow, Readings
from cxaudit.promises.table import Promises
from cxaudit.standards.model import Promise
from cxaudit.tally.counts import nearest_rank

Key = tuple[Any, ...]
Measured = dict[str, Any]
T = TypeVar("T")
#: What a line says of its requests as `_measures` counts them.
_COUNTS = (
    "requests", *VERDICTS, "median_business_days", "p90_business_days", "missed_in_high_volume", "met_by_extension",
    "met_without_extension", "judged_without_extension",
)  # fmt: skip


def figures(
    tally: pl.DataFrame,
    by: tuple[str, ...],
    promises: Promises,
    promised: Sequence[Promise],
    files: Sequence[str],
    *,
    with_total: bool,
) -> dict[str, Any]:
    """The fields of a `Report` that the counts and the standards tell by themselves; `tally` has `reply_basis` too."""
    standards, total = promises.standards, total_row(tally, by, promises)
    rows = compliance_rows(tally, by, promises, promised, files)
    judged = tally.filter(pl.col("verdict").cast(pl.String).is_in(JUDGED))
    return {
        "organisation": standards.organisation,
        "clauses": _clauses(tally, promises, promised),
        "by": by,
        "rows": (*rows, total) if with_total else rows,
        "total": total,
        "cohort": standards.versions[-1].counting.cohort,
        "quick_replies": int(tally.filter("is_quick")["n"].sum()),
        "n_by_basis": dict(judged.group_by("reply_basis").agg(pl.col("n").sum()).sort("reply_basis").iter_rows()),
    }


def _clauses(tally: pl.DataFrame, promises: Promises, promised: Sequence[Promise]) -> tuple[str, ...]:
    """Where it stands what was promised: for these requests, and for the channels that have a line in any case."""
    applied = set(tally["promise"].drop_nulls().to_list())
    held = (one.clause for i, one in enumerate(promises.all) if i in applied or one in promised)
    return tuple(dict.fromkeys(held))


def total_row(tally: pl.DataFrame, by: Sequence[str], promises: Promises) -> CheckRow:
    """The line over everything."""
    blank = dict.fromkeys(by, "")
    return _row(_measured(tally), blank, blank, promises, is_total=True)


def compliance_rows(
    tally: pl.DataFrame, by: Sequence[str], promises: Promises, promised: Sequence[Promise], files: Sequence[str]
) -> tuple[CheckRow, ...]:
    """One line per combination of the dimensions, in the order in which people look for them.

    **Frame in**: `by`, the measures of a tally, `n`. `promised` are the promises whose channels have a line in any case;
    `files` the order of the input.
    """
    counted = tally.group_by(by).agg(**_measures(tally)) if tally.height else tally.clear().select(by)
    names, n = counted.columns[len(by) :], len(by)
    groups = {row[:n]: dict(zip(names, row[n:], strict=True)) for row in counted.iter_rows()}
    absent = _absent_channels(groups, by, promised) if "channel" in by else []
    keys = sorted(
        [*groups, *absent], key=lambda key: [_rank(name, v, promises, files) for name, v in zip(by, key, strict=True)]
    )
    nothing = _measured(tally.clear())
    return tuple(_line(groups.get(key, nothing), by, key, promises, promised) for key in keys)


def _measured(tally: pl.DataFrame) -> Measured:
    return tally.select(**_measures(tally)).row(0, named=True)


def _absent_channels(groups: dict[Key, Measured], by: Sequence[str], promised: Sequence[Promise]) -> list[Key]:
    place = list(by).index("channel")
    present = {key[place] for key in groups}
    channels = [promise.channel for promise in promised if promise.channel not in present]
    return [tuple(channel if name == "channel" else None for name in by) for channel in dict.fromkeys(channels)]


def _rank(name: str, value: Any, promises: Promises, files: Sequence[str]) -> tuple[Any, ...]:
    """Channels as the standards file has them, files as the input has them, all else by itself; the unstated last."""
    if value is None:
        return (2, 0, "")
    if name == "channel":
        order = list(promises.standards.titles)
        return (0, order.index(value), "") if value in order else (1, 0, str(value).casefold())
    if name == "file":
        return (0, list(files).index(value), "")
    return (0, value, "") if isinstance(value, int) else (0, 0, (str(value).casefold(), str(value)))


def _line(found: Measured, by: Sequence[str], key: Key, promises: Promises, promised: Sequence[Promise]) -> CheckRow:
    values = {name: _text(name, value) for name, value in zip(by, key, strict=True)}
    labels = {
        name: promises.standards.titles.get(text, text) if name == "channel" else text for name, text in values.items()
    }
    if not found["requests"]:  # a promised channel without a request shows what is promised
        held = [i for i, p in enumerate(promises.all) if p in promised and p.channel == values["channel"]]
        found = found | {"promises": [i for i in held if promises.all[i].department is None]}
    return _row(found, values, labels, promises)


def _text(name: str, value: Any) -> str:
    """A dimension's value as scripts see it: months `2025-10`, ISO weeks `2025-W41`, the unstated empty."""
    if value is None:
        return ""
    if name == "month":
        return f"{value // 100:04}-{value % 100:02}"
    if name == "week":
        return f"{value // 100:04}-W{value % 100:02}"
    return str(value)


def _row(
    found: Measured, by: dict[str, str], label: dict[str, str], promises: Promises, *, is_total: bool = False
) -> CheckRow:
    held = [promises.all[i] for i in found["promises"]]
    n_excluded = {code: n for code in sorted(EXCLUSIONS) if (n := found[f"excluded:{code}"])}
    return CheckRow(
        by=by,
        label=label,
        standard=_only([promise.within.text for promise in held]),
        target_pct=_only([promise.target_pct for promise in held]),
        targets_pct=tuple(dict.fromkeys(promise.target_pct for promise in held)),
        n_excluded=n_excluded,
        is_total=is_total,
        **{name: found[name] for name in _COUNTS},
    )


def _measures(tally: pl.DataFrame) -> dict[str, pl.Expr]:
    """What a line says, as aggregations over the counts that belong to it."""
    verdict = pl.col("verdict").cast(pl.String)
    without = pl.col("verdict_without" if "verdict_without" in tally.columns else "verdict").cast(pl.String)
    in_high_volume = pl.col("in_high_volume") if "in_high_volume" in tally.columns else pl.lit(value=False)
    return {
        "requests": _n(pl.lit(value=True)),
        **{name: _n(verdict == name) for name in VERDICTS},
        **{f"excluded:{code}": _n(pl.col("excluded").cast(pl.String) == code) for code in EXCLUSIONS},
        "promises": pl.col("promise").drop_nulls().unique().sort().implode(),
        "median_business_days": nearest_rank(50),
        "p90_business_days": nearest_rank(90),
        "missed_in_high_volume": _n(in_high_volume & verdict.is_in(MISSED)),
        "met_by_extension": _n((verdict == "met") & (without != "met")),
        "met_without_extension": _n(without == "met"),
        "judged_without_extension": _n(without.is_in(JUDGED)),
    }


def _n(where: pl.Expr) -> pl.Expr:
    """How many requests a condition on the measures holds for."""
    return pl.col("n").filter(where).sum().cast(pl.Int64)


def reading_rows(tally: pl.DataFrame, readings: dict[str, str]) -> Readings:
    """The tally of readings as lines; `readings` gives each its rule in words, the declared one first."""
    declared = pl.col("declared").cast(pl.String)
    rows, any_differs = [], pl.lit(False)
    for name, words in readings.items():
        verdict = pl.col(name).cast(pl.String).fill_null("excluded")
        differs = verdict != declared
        n = dict(tally.group_by(verdict.alias("verdict")).agg(pl.col("n").sum()).iter_rows())
        counts = {verdict: int(n.get(verdict, 0)) for verdict in VERDICTS}
        rows.append(ReadingRow(name, words, **counts, differs=int(tally.filter(differs)["n"].sum())))
        any_differs |= differs
    return Readings(tuple(rows), int(tally.filter(any_differs)["n"].sum()))


def contested(readings: Sequence[str], without: str) -> pl.Expr:
    """Whether a request's verdict depends on the reading (Boolean)."""
    declared = pl.col(without).cast(pl.String)
    verdicts = [pl.col(f"reading:{name}").cast(pl.String).fill_null("excluded") for name in readings]
    return pl.any_horizontal([verdict != declared for verdict in verdicts])


def _only(values: Sequence[T]) -> T | None:
    """The one value that all have, or None."""
    different = set(values)
    return different.pop() if len(different) == 1 else None
