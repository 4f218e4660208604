"""High volume: declared periods of policy 5.2, matched by the date of receipt, the department and the channel.

The policy asks patience and gives no relief: a period never hides a miss. Source: DESIGN, section 3, "High volume".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from cxaudit.standards.model import HighVolume


def period_of(periods: Sequence[HighVolume]) -> pl.Expr:
    """The first declared period that covers a request, as its position (Int16); null outside all of them.

    **Frame in**: `received_at` (Datetime, local), `channel`, `department` (canonical names or null).
    """
    found: pl.Expr = pl.lit(None, dtype=pl.Int16)
    for position, period in reversed(list(enumerate(periods))):
        start = dt.datetime.combine(period.first, dt.time())
        end = dt.datetime.combine(period.last, dt.time()) + dt.timedelta(days=1)
        covers = pl.col("received_at").is_between(start, end, closed="left")
        if period.departments:
            covers &= pl.col("department").cast(pl.String).is_in(list(period.departments)).fill_null(False)
        if period.channels:
            covers &= pl.col("channel").cast(pl.String).is_in(list(period.channels)).fill_null(False)
        found = pl.when(covers).then(pl.lit(position, dtype=pl.Int16)).otherwise(found)
    return found
