"""Compliance: a tally in, the lines of the table out: counts, promise, target, median and 90th percentile.

Channels come in the order of the standards file, then those without a promise; every promised channel has a line, even with
no request. Source: DESIGN, sections 3 and 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import polars as pl

from cxaudit.model import JUDGED, MISSED, VERDICTS, CheckRow, ReadingRow, Readings
from cxaudit.promises import Promises
from cxaudit.standards.model import Promise
from cxaudit.tally import nearest_rank

Key = tuple[Any, ...]
T = TypeVar("T")


def total_row(tally: pl.DataFrame, by: Sequence[str], promises: Promises) -> CheckRow:
    """The line over everything."""
    return _row(tally, dict.fromkeys(by, ""), dict.fromkeys(by, ""), promises, is_total=True)


def compliance_rows(
    tally: pl.DataFrame, by: Sequence[str], promises: Promises, promised: Sequence[Promise], files: Sequence[str]
) -> tuple[CheckRow, ...]:
    """One line per combination of the dimensions, in the order in which people look for them.

    **Frame in**: `by`, the measures of a tally, `n`. `promised` are the promises whose channels have a line in any case;
    `files` the order of the input.
    """
    groups = tally.partition_by(by, as_dict=True) if tally.height else {}
    absent = _absent_channels(groups, by, promised) if "channel" in by else []
    keys = sorted(
        [*groups, *absent], key=lambda key: [_rank(name, v, promises, files) for name, v in zip(by, key, strict=True)]
    )
    return tuple(_line(groups.get(key, tally.clear()), by, key, promises, promised) for key in keys)


def _absent_channels(groups: dict[Key, pl.DataFrame], by: Sequence[str], promised: Sequence[Promise]) -> list[Key]:
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


def _line(part: pl.DataFrame, by: Sequence[str], key: Key, promises: Promises, promised: Sequence[Promise]) -> CheckRow:
    values = {name: _text(name, value) for name, value in zip(by, key, strict=True)}
    labels = {
        name: promises.standards.titles.get(text, text) if name == "channel" else text for name, text in values.items()
    }
    if not part.height:  # a promised channel without a request shows what is promised
        held = [i for i, p in enumerate(promises.all) if p in promised and p.channel == values["channel"]]
        return _row(part, values, labels, promises, held=[i for i in held if promises.all[i].department is None])
    return _row(part, values, labels, promises)


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
    part: pl.DataFrame,
    by: dict[str, str],
    label: dict[str, str],
    promises: Promises,
    held: Sequence[int] | None = None,
    *,
    is_total: bool = False,
) -> CheckRow:
    n = dict(part.group_by(pl.col("verdict").cast(pl.String)).agg(pl.col("n").sum()).iter_rows())
    excluded = part.filter(pl.col("excluded").is_not_null()).group_by(pl.col("excluded").cast(pl.String))
    positions = held if held is not None else part["promise"].drop_nulls().unique().sort().to_list()
    held_promises = [promises.all[i] for i in positions]
    counts = {verdict: int(n.get(verdict, 0)) for verdict in VERDICTS}
    without = _without_extension(part)
    return CheckRow(
        by=by,
        label=label,
        standard=_only([promise.within.text for promise in held_promises]),
        requests=sum(counts.values()),
        met=counts["met"],
        late=counts["late"],
        overdue=counts["overdue"],
        pending=counts["pending"],
        excluded=counts["excluded"],
        target_pct=_only([promise.target_pct for promise in held_promises]),
        median_business_days=nearest_rank(part, 50),
        p90_business_days=nearest_rank(part, 90),
        missed_in_high_volume=_n(part, pl.col("in_high_volume") & pl.col("verdict").cast(pl.String).is_in(MISSED)),
        met_by_extension=_n(part, (pl.col("verdict") == "met") & (pl.col("verdict_without") != "met")),
        met_without_extension=without.get("met", 0),
        judged_without_extension=sum(without.get(verdict, 0) for verdict in JUDGED),
        n_excluded=dict(excluded.agg(pl.col("n").sum()).sort("excluded").iter_rows()),
        is_total=is_total,
    )


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


def _n(part: pl.DataFrame, where: pl.Expr) -> int:
    """How many requests a condition on the measures of high volume holds for; none where no period is declared."""
    return int(part.filter(where)["n"].sum()) if "in_high_volume" in part.columns else 0


def _without_extension(part: pl.DataFrame) -> dict[str, int]:
    """The counts by verdict, had nothing been extended."""
    name = "verdict_without" if "verdict_without" in part.columns else "verdict"
    return dict(part.group_by(pl.col(name).cast(pl.String)).agg(pl.col("n").sum()).iter_rows())


def _only(values: Sequence[T]) -> T | None:
    """The one value that all have, or None."""
    different = set(values)
    return different.pop() if len(different) == 1 else None
