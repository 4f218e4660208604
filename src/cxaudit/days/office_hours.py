"""Office hours: open time as a line of segments along the calendar, and positions on it.

Segments are half-open (closing time is not open). An amount of open time that fits exactly ends at the closing, not at the
next opening; no time at all ends at receipt if open, else at the next opening. Source: DESIGN, section 3.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property

import polars as pl

from cxaudit.days.calendar import Calendar
from cxaudit.standards.model import OfficeHours, Segment

_MIDNIGHT = dt.time()


class OpenTime:
    """The open segments of a calendar under one set of office hours. Instants are naive local (Datetime, µs)."""

    def __init__(self, calendar: Calendar, hours: OfficeHours) -> None:
        self.calendar = calendar
        self.hours = hours

    def segments_of(self, day: dt.date) -> tuple[Segment, ...]:
        """The open segments of one day, in seconds since midnight; none on a closed day."""
        if not self.calendar.is_business_day(day):
            return ()
        part = self.calendar.settings.part_days.get(day)
        return part if part is not None else self.hours.by_weekday[day.weekday()]

    @cached_property
    def _segments(self) -> pl.DataFrame:
        """One row per open segment: start, end (Datetime), before (open µs until its start), through (until its end)."""
        starts, ends = [], []
        for day in self.calendar.business_days.to_list():
            midnight = dt.datetime.combine(day, _MIDNIGHT)
            for start, end in self.segments_of(day):
                starts.append(midnight + dt.timedelta(seconds=start))
                ends.append(midnight + dt.timedelta(seconds=end))
        frame = pl.DataFrame(
            {"start": starts, "end": ends}, schema={"start": pl.Datetime("us"), "end": pl.Datetime("us")}
        )
        length = (pl.col("end") - pl.col("start")).dt.total_microseconds()
        return frame.with_columns(through=length.cum_sum()).with_columns(before=pl.col("through") - length)

    def elapsed(self, at: pl.Expr) -> pl.Expr:
        """Open time from the start of the table up to that moment, in microseconds (Int64)."""
        table = self._segments

        def lookup(moments: pl.Series) -> pl.Series:
            position = table["start"].search_sorted(moments, side="right").cast(pl.Int64) - 1
            row = table.select("start", "before", "through")[position.clip(0)]
            since = (moments - row["start"]).dt.total_microseconds().clip(0)
            open_time = pl.select(pl.min_horizontal(row["before"] + since, row["through"])).to_series()
            return open_time.set(moments.is_null(), None)

        return at.map_batches(lookup, return_dtype=pl.Int64, is_elementwise=True)

    def after(self, received: pl.Expr, amount: pl.Expr) -> pl.Expr:
        """The moment at which `amount` microseconds of open time have passed since receipt; null beyond the table."""
        table = self._segments

        def lookup(targets: pl.Series) -> pl.Series:
            position = table["through"].search_sorted(targets, side="left").cast(pl.Int64)
            row = table.select("start", "before")[position.set(position >= len(table), None).fill_null(0)]
            moment = row["start"] + (targets - row["before"]).cast(pl.Duration("us"))
            return moment.set(targets.is_null() | (position >= len(table)), None)

        target = self.elapsed(received) + amount
        due = target.map_batches(lookup, return_dtype=pl.Datetime("us"), is_elementwise=True)
        return pl.when(amount > 0).then(due).otherwise(self.next_open(received))

    def next_open(self, at: pl.Expr) -> pl.Expr:
        """That moment if open, else the next opening; null beyond the table."""
        table = self._segments

        def lookup(moments: pl.Series) -> pl.Series:
            position = table["end"].search_sorted(moments, side="right").cast(pl.Int64)
            row = table["start"].gather(position.set(position >= len(table), None))
            opening = pl.select(pl.max_horizontal(row, moments)).to_series()
            return opening.set(moments.is_null() | row.is_null(), None)

        return at.map_batches(lookup, return_dtype=pl.Datetime("us"), is_elementwise=True)

    def opening_of(self, day: pl.Expr) -> pl.Expr:
        """The first opening of a business day (Datetime)."""
        return self.next_open(day.cast(pl.Datetime("us")))

    def closing_of(self, day: pl.Expr) -> pl.Expr:
        """The last closing of that day; the end of the day (24:00) where it is not a business day (Datetime)."""
        closings = (
            pl.DataFrame({"end": self._segments["end"]}, schema={"end": pl.Datetime("us")})
            .with_columns(day=(pl.col("end") - pl.duration(microseconds=1)).dt.date())
            .group_by("day", maintain_order=True)
            .last()
        )

        def lookup(days: pl.Series) -> pl.Series:
            position = closings["day"].search_sorted(days, side="left").cast(pl.Int64)
            row = closings[position.set(position >= len(closings), None).fill_null(0)]
            next_midnight = days.dt.offset_by("1d").cast(pl.Datetime("us"))
            return row["end"].zip_with(row["day"] == days, next_midnight)

        return day.map_batches(lookup, return_dtype=pl.Datetime("us"), is_elementwise=True)
