"""City time: UTC to local wall time and back, from the pinned `tzdata` package and nothing else.

The operating system's table and the one inside polars are out of date for Alberta, which stopped changing its clocks in
2026 (tz 2026c). So the transitions are read from the package, and applied as a look-up in a sorted table.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import importlib.resources
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import polars as pl

FIRST = dt.datetime(1989, 1, 1)
LAST = dt.datetime(2102, 1, 1)
_STEP = dt.timedelta(days=5)  # no zone changes twice within five days
_ZERO = dt.timedelta(0)


def tzdata_version() -> str:
    """The version of the zone table, e.g. `2026.6`."""
    return importlib.metadata.version("tzdata")


@lru_cache
def zone_names() -> frozenset[str]:
    """The zones of the pinned package, whatever the operating system knows."""
    return frozenset((importlib.resources.files("tzdata") / "zones").read_text(encoding="utf-8").split())


@lru_cache
def zone(key: str) -> Zone:
    """The zone of that IANA name. Raises `LookupError` for an unknown one."""
    if key.upper() in {"UTC", "Z"}:
        key = "Etc/UTC"
    resource = importlib.resources.files("tzdata.zoneinfo").joinpath(*key.split("/"))
    try:
        with resource.open("rb") as file:
            return Zone(key, zoneinfo.ZoneInfo.from_file(file, key=key))
    except (OSError, ValueError) as error:
        raise LookupError(f"{key} is not a time zone of tzdata {tzdata_version()}") from error


@dataclass(frozen=True)
class ClockChange:
    """A change of the clocks: from `start` to `end` (exclusive, local) wall times are skipped or repeated."""

    start: dt.datetime
    end: dt.datetime
    is_repeated: bool


class Zone:
    """One zone's table of offsets, from 1989 to 2101. All instants are naive: UTC or local, as the name says."""

    def __init__(self, key: str, info: zoneinfo.ZoneInfo) -> None:
        self.key = key
        self.info = info

    @cached_property
    def _table(self) -> tuple[pl.Series, pl.Series]:
        """The instants (UTC) from which each offset counts, and the offsets."""
        instants, offsets = _transitions(self.info)
        return pl.Series(instants, dtype=pl.Datetime("us")), pl.Series(offsets, dtype=pl.Duration("us"))

    @cached_property
    def names(self) -> frozenset[str]:
        """The short names that its clocks carry over these years, such as MST and MDT."""
        aware = (at.replace(tzinfo=dt.UTC).astimezone(self.info) for at in self._table[0].to_list())
        return frozenset(name for at in aware if (name := at.tzname()) is not None)

    @cached_property
    def _changes(self) -> list[tuple[dt.datetime, dt.timedelta, dt.timedelta]]:
        """Each change: the instant (UTC), the offset before and after."""
        instants, offsets = (column.to_list() for column in self._table)
        return [(instants[i], offsets[i - 1], offsets[i]) for i in range(1, len(instants))]

    @cached_property
    def _walls(self) -> pl.Series:
        """The wall time from which each offset counts when a wall time is turned into an instant.

        A repeated wall time belongs to the first of its two instants, a skipped one to the offset before the change.
        """
        walls = [at + max(before, after) for at, before, after in self._changes]
        return pl.Series([FIRST, *walls], dtype=pl.Datetime("us"))

    def local(self, utc: pl.Expr) -> pl.Expr:
        """UTC instants as local wall time; null stays null."""
        lookup = self._offset_of(self._table[0])
        return utc + utc.map_batches(lookup, return_dtype=pl.Duration("us"), is_elementwise=True)

    def utc(self, local: pl.Expr) -> pl.Expr:
        """Local wall times as UTC instants, the first of two where the clocks repeat an hour; null stays null."""
        lookup = self._offset_of(self._walls)
        return local - local.map_batches(lookup, return_dtype=pl.Duration("us"), is_elementwise=True)

    def _offset_of(self, starts: pl.Series) -> Callable[[pl.Series], pl.Series]:
        def lookup(instants: pl.Series) -> pl.Series:
            positions = starts.search_sorted(instants, side="right").cast(pl.Int32) - 1
            found = self._table[1].gather(positions.clip(0))
            return found.set(instants.is_null(), None) if instants.null_count() else found

        return lookup

    def to_local(self, instant: dt.datetime) -> dt.datetime:
        """One aware instant as naive local wall time.

        >>> at = dt.datetime(2026, 12, 1, 6, 30, tzinfo=dt.UTC)
        >>> zone("America/Edmonton").to_local(at).isoformat()    # the clocks no longer go back
        '2026-12-01T00:30:00'
        """
        return instant.astimezone(self.info).replace(tzinfo=None)

    def to_utc(self, local: dt.datetime) -> dt.datetime:
        """One naive local wall time as a naive UTC instant, the first of two where the clocks repeat an hour."""
        return local.replace(tzinfo=self.info).astimezone(dt.UTC).replace(tzinfo=None)

    def clock_changes(self, first: dt.datetime, last: dt.datetime) -> list[ClockChange]:
        """The wall times between two local moments that the clocks skip or repeat."""
        found = []
        for at, before, after in self._changes:
            start, end = sorted((at + before, at + after))
            if end >= first and start <= last and before != after:
                found.append(ClockChange(start, end, is_repeated=after < before))
        return found


def _offset(info: zoneinfo.ZoneInfo, utc: dt.datetime) -> dt.timedelta:
    return info.fromutc(utc.replace(tzinfo=info)).utcoffset() or _ZERO


def _transitions(info: zoneinfo.ZoneInfo) -> tuple[list[dt.datetime], list[dt.timedelta]]:
    """Every instant (UTC) at which the offset changes, found by steps and bisection to the second."""
    instants, offsets = [FIRST], [_offset(info, FIRST)]
    at = FIRST
    while at < LAST:
        after = at + _STEP
        while _offset(info, after) != offsets[-1]:
            low, high = at, after
            while high - low > dt.timedelta(seconds=1):
                middle = low + dt.timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if _offset(info, middle) == offsets[-1] else (low, middle)
            instants.append(high)
            offsets.append(_offset(info, high))
            at = high
        at = after
    return instants, offsets
