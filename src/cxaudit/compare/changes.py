"""Verdict changes: the same requests judged under two standards files, counted by what became of each verdict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from cxaudit.model import JUDGED

#: What stands in the place of a verdict where the request is not in the period, or not there at all, under one of the two.
OUTSIDE, ABSENT = "outside the period", "no request"


@dataclass(frozen=True)
class VerdictChange:
    """Requests of one channel whose verdict is another one."""

    channel: str  # key; empty where none is stated
    before: str
    after: str
    requests: int


@dataclass(frozen=True)
class VerdictChanges:
    """The outcome of judging the same requests twice."""

    changes: tuple[VerdictChange, ...]
    requests: int  # in the period under at least one of the two
    met: tuple[int, int]
    judged: tuple[int, int]

    @property
    def changed(self) -> int:
        return sum(change.requests for change in self.changes)


def tally_changes(before: pl.LazyFrame, after: pl.LazyFrame) -> pl.DataFrame:
    """Count requests by their verdicts under both.

    **Frame in** (each): `table` (one number for one table in both), `row`, `channel`, `verdict`, `is_inside`. **Frame
    out**: `channel` (as the first names it, else the second), `before`, `after` (verdict, OUTSIDE or ABSENT), `n`; requests
    that are in the period under neither are left out.
    """
    sides = [
        frame.select(
            "table",
            "row",
            pl.col("channel").cast(pl.String),
            verdict=pl.when("is_inside").then(pl.col("verdict").cast(pl.String)).otherwise(pl.lit(OUTSIDE)),
        )
        for frame in (before, after)
    ]
    both = sides[0].join(sides[1], on=["table", "row"], how="full", coalesce=True, suffix="_after")
    told = both.select(
        channel=pl.coalesce("channel", "channel_after"),
        before=pl.col("verdict").fill_null(ABSENT),
        after=pl.col("verdict_after").fill_null(ABSENT),
    )
    nowhere = pl.all_horizontal(pl.col("before", "after").is_in([OUTSIDE, ABSENT]))
    return told.filter(~nowhere).group_by("channel", "before", "after").agg(n=pl.len()).collect(engine="streaming")


def verdict_changes(tally: pl.DataFrame, channels: Iterable[str]) -> VerdictChanges:
    """The changes by channel, the channels in this order and unknown ones after them; the most frequent change first."""
    order = {channel: position for position, channel in enumerate(channels)}
    changed = [
        VerdictChange(channel or "", old, new, n)
        for channel, old, new, n in tally.filter(pl.col("before") != pl.col("after")).iter_rows()
    ]
    changed.sort(key=lambda c: (order.get(c.channel, len(order)), c.channel, -c.requests, c.before, c.after))
    counts = {side: dict(tally.group_by(side).agg(pl.col("n").sum()).iter_rows()) for side in ("before", "after")}
    return VerdictChanges(
        changes=tuple(changed),
        requests=int(tally["n"].sum()),
        met=(counts["before"].get("met", 0), counts["after"].get("met", 0)),
        judged=(_judged(counts["before"]), _judged(counts["after"])),
    )


def _judged(counts: dict[str, int]) -> int:
    return sum(counts.get(verdict, 0) for verdict in JUDGED)
