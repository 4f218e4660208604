"""Counts: periods, tallies that add up, ranks, and the lines of the compliance table."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from decimal import Decimal
from itertools import pairwise
from typing import Any

import invented
import oracle
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxaudit.model import JUDGED, AsOf, CheckRow
from cxaudit.promises.table import Promises
from cxaudit.standards.model import CalendarSettings, Counting, OfficeHours, Promise, Standards, Version, Within
from cxaudit.tally.compliance import compliance_rows, total_row
from cxaudit.tally.counts import merge_tallies, nearest_rank, tally_verdicts, with_cohort

EXAMPLES = settings(max_examples=15)
END = dt.date(2026, 6, 30)
BY = ("channel", "department")
MONTH = (dt.date(2025, 11, 1), dt.date(2025, 11, 30))
WEEK = CalendarSettings(None, frozenset(range(5)), {}, frozenset(), {})


def town() -> Standards:
    """Two channels: e-mail in two business days, with a target, and letters in five, with less in Parks."""
    promises = (
        Promise("email", None, Within(2, "business days", "2 business days"), Decimal(90), "Policy 1"),
        Promise("letter", None, Within(5, "business days", "5 business days"), None, "Policy 1"),
        Promise("letter", "Parks", Within(3, "business days", "3 business days"), None, "Policy 1"),
    )
    version = Version(dt.date(2025, 1, 1), "Policy 1", promises, Counting(), OfficeHours())
    return invented.standards(WEEK, (version,), "UTC")


def judged(log: list[oracle.Request], as_of: dt.date = END, standards: Standards | None = None) -> pl.DataFrame:
    found = invented.judged(standards or town(), invented.frame(log), as_of)
    return found.with_columns(table=pl.lit(0, dtype=pl.UInt32))


def tallied(
    rows: pl.DataFrame, by: tuple[str, ...] = BY, period: tuple[dt.date, dt.date] | None = None, as_of: dt.date = END
) -> pl.DataFrame:
    inside = with_cohort(rows.lazy(), "due", invented.as_of(as_of, "UTC"), period)
    return tally_verdicts(inside, by).collect()


def request(received: str, replied: str | None = None, channel: str = "email", **more: Any) -> oracle.Request:
    answer = None if replied is None else dt.datetime.fromisoformat(replied)
    return oracle.Request(dt.datetime.fromisoformat(received), answer, channel, **more)


def by_columns(tally: pl.DataFrame) -> list[tuple[Any, ...]]:
    return sorted(tally.select(sorted(tally.columns)).cast(pl.String).rows(), key=str)


@EXAMPLES
@given(invented.towns(), st.integers(0, 2**32), st.integers(1, 39))
def test_merging_tallies_is_adding(standards: Standards, seed: int, cut: int) -> None:
    """The tally of two exports is that of both in one."""
    rows = judged(invented.log(standards, seed), standards=standards)
    both = merge_tallies([tallied(rows[:cut]), tallied(rows[cut:])], BY)
    assert by_columns(both) == by_columns(tallied(rows))


@EXAMPLES
@given(invented.towns(), st.integers(0, 2**32))
def test_the_lines_of_the_table_add_up_to_its_total(standards: Standards, seed: int) -> None:
    """Every request has one verdict, on one line, and once in the total."""
    rows = judged(invented.log(standards, seed), standards=standards)
    tally, promises = tallied(rows), Promises(standards)
    lines, total = (
        compliance_rows(tally, BY, promises, promises.in_force(END, END), ["a.csv"]),
        total_row(tally, BY, promises),
    )
    known = rows.filter(pl.col("received_at") <= dt.datetime.combine(END, dt.time.max)).height
    assert total.requests == known == sum(line.requests for line in lines)
    for name in ("met", "late", "overdue", "pending", "excluded", "judged", "missed"):
        assert getattr(total, name) == sum(getattr(line, name) for line in lines)
    assert total.requests == total.judged + total.pending + total.excluded
    assert sum(total.n_excluded.values()) == total.excluded


@EXAMPLES
@given(invented.towns(), st.integers(0, 2**32))
def test_periods_side_by_side_lose_nothing(standards: Standards, seed: int) -> None:
    """Every request belongs to exactly one month, so the months add up to the whole."""
    rows = judged(invented.log(standards, seed), standards=standards)
    turns = [dt.date(2000, 1, 1), dt.date(2025, 11, 1), dt.date(2025, 12, 1), dt.date(2200, 1, 1)]
    day = dt.timedelta(days=1)
    parts = [tallied(rows, BY, (first, last - day)) for first, last in pairwise(turns)]
    assert by_columns(merge_tallies(parts, BY)) == by_columns(tallied(rows))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 50)), min_size=1, max_size=20), st.integers(1, 100))
@settings(max_examples=100)
def test_the_nearest_rank_is_that_of_the_list_written_out(counts: list[tuple[int, int]], share: int) -> None:
    """The median of a tally is the value in the middle of all its requests in a row."""
    days, n = zip(*counts, strict=True)
    tally = pl.DataFrame({"verdict": ["met"] * len(days), "business_days": days, "n": n})
    one_by_one = sorted(day for day, times in counts for _ in range(times))
    assert tally.select(nearest_rank(share)).item() == one_by_one[math.ceil(len(one_by_one) * share / 100) - 1]


def test_only_judged_requests_have_a_rank() -> None:
    """Pending and excluded requests do not lower the median; without a judged one there is none."""
    verdicts = ["met", "late", "overdue", "pending", "excluded"]
    tally = pl.DataFrame({"verdict": verdicts, "business_days": [1, 4, 9, 0, None], "n": [1, 1, 1, 50, 50]})
    assert tally.select(median=nearest_rank(50), p90=nearest_rank(90)).row(0) == (4, 9)
    assert tally.filter(~pl.col("verdict").is_in(JUDGED)).select(nearest_rank(50)).item() is None


@pytest.mark.parametrize(
    ("received", "cohort", "is_inside"),
    [
        ("2025-10-30 12:00", "due", True),
        ("2025-10-29 12:00", "due", False),
        ("2025-11-27 12:00", "due", False),
        ("2025-10-30 12:00", "received", False),
        ("2025-11-27 12:00", "received", True),
    ],
)
def test_a_request_belongs_to_the_month_in_which_it_is_due(received: str, cohort: Any, is_inside: bool) -> None:
    """By the cohort of due times, a request of Thursday 30 October that is due on 3 November belongs to November."""
    rows = judged([request(received)])
    inside = with_cohort(rows.lazy(), cohort, invented.as_of(END, "UTC"), MONTH).collect()
    assert inside["is_inside"].to_list() == [is_inside]


def test_a_request_without_a_due_time_belongs_to_the_month_of_its_receipt() -> None:
    """What cannot be judged is not lost between the months."""
    rows = judged([request("2025-11-30 23:59:59", channel="pigeon"), request("2025-12-01 00:00", channel="pigeon")])
    assert tallied(rows, (), MONTH).select("verdict", "excluded", "n").rows() == [("excluded", "no_standard", 1)]


def test_a_request_after_the_as_of_moment_is_outside_the_run() -> None:
    """As of nine o'clock nobody knows of a request of one second past; at nine sharp it is known, as is one of that day."""
    log = [request("2025-11-03 09:00:01"), request("2025-11-03 09:00"), oracle.Request(dt.date(2025, 11, 3))]
    moment = dt.datetime(2025, 11, 3, 9)
    inside = with_cohort(judged(log, moment).lazy(), "due", invented.as_of(moment, "UTC"), None).collect()
    assert inside["is_inside"].to_list() == [False, True, True]


def test_a_request_in_a_repeated_hour_may_be_after_the_as_of_moment() -> None:
    """As of 07:30Z, when the clocks show 01:30 for the first time, a request of 08:10Z (01:10) has not come yet."""
    received, instant = dt.datetime(2025, 11, 2, 1, 10), dt.datetime(2025, 11, 2, 8, 10)
    edmonton = dataclasses.replace(town(), timezone="America/Edmonton")
    rows = judged([oracle.Request(received, received_utc=instant)], standards=edmonton)
    as_of = AsOf(dt.datetime(2025, 11, 2, 1, 30), dt.datetime(2025, 11, 2, 7, 30))
    assert with_cohort(rows.lazy(), "due", as_of, None).collect()["is_inside"].to_list() == [False]


def test_a_reply_within_a_minute_is_quick() -> None:
    """Sixty seconds are quick, a second more is not, and neither is a reply whose time is not known."""
    log = [
        request("2025-11-03 09:00", "2025-11-03 09:01"),
        request("2025-11-03 09:00", "2025-11-03 09:01:01"),
        oracle.Request(dt.date(2025, 11, 3), dt.date(2025, 11, 3)),
        request("2025-11-03 09:00"),
    ]
    assert tallied(judged(log)).filter("is_quick")["n"].to_list() == [1]


def lines(log: list[oracle.Request], by: tuple[str, ...], promised_on: dt.date = END) -> tuple[CheckRow, ...]:
    return compliance_rows(
        tallied(judged(log), by), by, Promises(town()), Promises(town()).in_force(promised_on, promised_on), []
    )


def test_every_promised_channel_has_a_line() -> None:
    """A channel without a request shows its promise; one without a promise comes last."""
    log = [request("2025-11-03 09:00", channel="pigeon"), request("2025-11-03 09:00", channel="letter")]
    found = lines(log, ("channel",))
    assert [(one.by["channel"], one.standard, one.requests) for one in found] == [
        ("email", "2 business days", 0), ("letter", "5 business days", 1), ("pigeon", None, 1),
    ]  # fmt: skip
    assert [one.target_pct for one in found] == [Decimal(90), None, None]


def test_a_line_that_holds_several_promises_shows_none() -> None:
    """Letters to Parks have another promise than other letters, so the line of all letters has no one promise."""
    log = [request("2025-11-03 09:00", channel="letter", department=one) for one in ("Parks", None)]
    assert [one.standard for one in lines(log, ("channel",))] == ["2 business days", None]
    by_department = {one.by["department"]: one.standard for one in lines(log, ("department",))}
    assert by_department == {"Parks": "3 business days", "": "5 business days"}


def test_months_and_weeks_are_named_by_the_day_on_which_the_reply_was_due() -> None:
    """An e-mail of 30 December 2025 is due on 1 January 2026, which is in the first week of that year."""
    log = [request("2025-12-30 09:00")]
    assert [one.by for one in lines(log, ("month",))] == [{"month": "2026-01"}]
    assert [one.by for one in lines(log, ("week",))] == [{"week": "2026-W01"}]


def test_an_empty_log_has_lines_and_no_figures() -> None:
    """Nothing to judge is not a pass: no median, and nothing judged."""
    log = [request("2025-11-03 09:00")]
    empty = tallied(judged(log), ("channel",)).clear()
    found = compliance_rows(empty, ("channel",), Promises(town()), Promises(town()).in_force(END, END), [])
    assert [(one.by["channel"], one.requests, one.median_business_days) for one in found] == [
        ("email", 0, None), ("letter", 0, None),
    ]  # fmt: skip
    assert total_row(empty, ("channel",), Promises(town())).judged == 0
