"""Counting: the requests of a run counted in some way, in as few steps as the answer needs.

What the days of receipt and reply decide is counted by them first and judged afterwards (`condense.py`); what they leave
open is judged request by request. The counts are the same as if each request had been judged by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from cxaudit.condense import Condensed, condense
from cxaudit.tally import merge_tallies, tally_verdicts

if TYPE_CHECKING:
    from cxaudit.audit import Audit


def count_requests(audit: Audit, by: Sequence[str]) -> pl.DataFrame:
    """The tally of all requests by these columns, by channel, by `in_period` and by their verdicts under the readings asked
    for. One pass over the requests serves every question about fewer dimensions."""
    names = sorted({*by, "channel", "in_period", *(f"reading:{reading.name}" for reading in audit.readings)})
    known = {*audit.judged_columns, "month", "week", "in_period"}
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in names if name not in known]

    def tally(judged: pl.LazyFrame) -> pl.LazyFrame:
        marked = judged.with_columns(*absent, in_period="is_inside", is_inside=pl.lit(True))
        return tally_verdicts(marked, names)

    condensed = None if audit.is_small else _condensed(audit, by)
    if condensed is None:
        return tally(audit.judged).collect(engine="streaming")
    judged = audit.judge(condensed.kinds.lazy(), has_dates=True).collect()
    is_open = _is_open(audit, judged)
    parts = [tally(judged.filter(~is_open).lazy()).collect()]
    if is_open.any():
        one_by_one = audit.judge(condensed.of(judged.filter(is_open)))
        parts.append(tally(one_by_one).collect(engine="streaming"))
    return merge_tallies(parts, names)


def _condensed(audit: Audit, by: Sequence[str]) -> Condensed | None:
    requests = audit.requests
    names = [name for name in by if name in requests.collect_schema().names()]
    return condense(requests, names, audit.question.as_of, len(audit.arrived), has_dates=audit.has_dates)


def _is_open(audit: Audit, kinds: pl.DataFrame) -> pl.Series:
    """Which kinds of requests are not judged alike, whatever their times of day."""
    dues = [pl.col(name).is_null() for name in ("due_at", "due_before_extension") if name in kinds.columns]
    # Other readings are asked about inside the period alone.
    verdicts = [pl.col(f"reading:{reading.name}").is_null() & pl.col("is_inside") for reading in audit.readings]
    if "verdict_without" in kinds.columns:
        verdicts.append(pl.col("verdict_without") == "excluded")
    is_unsure = pl.col("excluded").is_null() & pl.any_horizontal(pl.lit(False), *verdicts)
    is_undated = pl.col("promise").is_not_null() & pl.any_horizontal(dues)  # the due day says to which month
    is_open = (pl.col("excluded") == "no_time").fill_null(False) | is_unsure | is_undated
    return kinds.select(is_open=is_open & ~pl.col("is_certain")).to_series()
