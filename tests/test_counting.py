"""Counting by days first says the same as judging each request by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import invented
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cxaudit.audit import Audit
from cxaudit.counting.condense import MOST_CODES
from cxaudit.counting.requests import count_requests
from cxaudit.days.calendar import Calendar
from cxaudit.days.zones import Zone, zone
from cxaudit.judge import judge_requests
from cxaudit.model import VERDICTS, AsOf, Verdict
from cxaudit.promises.readings import Reading, readings_for
from cxaudit.promises.table import Promises
from cxaudit.standards import Standards
from cxaudit.tally.counts import with_cohort

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
EXAMPLES = settings(
    max_examples=40,
    suppress_health_check=SLOW,
    phases=[Phase.explicit, Phase.generate],
)
SEEDS = st.integers(0, 2**32)


@dataclass(frozen=True)
class Run:
    """What counting asks of an audit, over a log that was made up."""

    town: Standards
    rows: pl.DataFrame
    as_of: AsOf
    readings: list[Reading]
    is_small: bool
    period: tuple[dt.date, dt.date] | None

    @property
    def question(self) -> Any:
        return SimpleNamespace(as_of=self.as_of)

    @property
    def requests(self) -> pl.LazyFrame:
        return self.rows.lazy()

    @property
    def arrived(self) -> list[Any]:
        """Three tables, two of which know their replies in the same way."""
        bases = ("first_response", "closure", "first_response")
        return [SimpleNamespace(source=SimpleNamespace(layout=SimpleNamespace(reply_basis=basis))) for basis in bases]

    @property
    def has_dates(self) -> bool:
        return bool((self.rows["received_is_date"] | self.rows["replied_is_date"]).any())

    @property
    def judged(self) -> pl.LazyFrame:
        return self.judge(self.requests)

    @property
    def judged_columns(self) -> list[str]:
        return self.judged.collect_schema().names()

    @property
    def promises(self) -> Promises:
        return Promises(self.town)

    @property
    def zone(self) -> Zone:
        return zone(self.town.timezone)

    @property
    def calendar(self) -> Calendar:
        reach = self.promises.reach(invented.FIRST, invented.FIRST + dt.timedelta(days=invented.N_DAYS + 40))
        return Calendar(self.town.calendar, *reach)

    def judge(
        self, requests: pl.LazyFrame, *, has_dates: bool | None = None, readings: list[Reading] | None = None
    ) -> pl.LazyFrame:
        dated = self.has_dates if has_dates is None else has_dates
        asked = self.readings if readings is None else readings
        judged = judge_requests(requests, self.promises, self.calendar, self.zone, self.as_of, asked, has_dates=dated)
        return with_cohort(judged, self.town.versions[-1].counting.cohort, self.as_of, self.period)


@pytest.fixture(autouse=True, scope="module")
def _small_portions() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cxaudit.counting.requests.PORTION_ROWS", 20)
        yield


BY = ("file", "department", "employee", "month")


def count(run: Run, by: tuple[str, ...]) -> pl.DataFrame:
    """The tally; where files are not asked for, those whose replies are known in the same way are one."""
    counted, _ = count_requests(cast("Audit", run), by)
    return counted if "file" in by else counted.with_columns(pl.col("table") % 2)


def _asked_for(tally: pl.DataFrame) -> pl.DataFrame:
    """The tally without the other readings of requests outside the period, about which nobody asks."""
    readings = pl.col("^reading:.*$")
    asked = tally.with_columns(pl.when("in_period").then(readings).name.keep())
    return asked.group_by(pl.exclude("n")).agg(pl.col("n").sum())


def made_up(town: Standards, seed: int, *, with_readings: bool, whole: bool) -> dict[str, Any]:
    log = invented.log(town, seed, 120)
    number = pl.int_range(pl.len())
    rows = invented.frame(log)
    if seed % 2:  # as most logs are: no date without a time
        rows = rows.with_columns(received_is_date=pl.lit(False), replied_is_date=pl.lit(False))
    rows = rows.with_columns(
        table=(number % 3).cast(pl.UInt32),
        exempt_by=pl.when(number % 7 == 0).then(pl.lit(1, dtype=pl.UInt8)),
        employee=pl.format("E{}", number % 4).cast(pl.Categorical),
    )
    return {
        "town": town,
        "rows": rows.with_columns(is_exempt=pl.col("exempt_by").is_not_null()),
        "as_of": invented.as_of(invented.vantage(town, log, seed), town.timezone),
        "readings": readings_for(Promises(town).rules) if with_readings else [],
        "period": None if whole else (dt.date(2025, 11, 1), dt.date(2026, 1, 31)),
    }


@EXAMPLES
@given(
    invented.towns(), SEEDS, st.booleans(), st.booleans(), st.sampled_from([BY, BY[1:], ("month",)]),
    st.sampled_from([0, MOST_CODES]),
)  # fmt: skip
def test_counting_by_days_first_changes_no_figure(
    town: Standards, seed: int, with_readings: bool, whole: bool, by: tuple[str, ...], n_codes: int
) -> None:
    """Any rule, log and moment: the tally is that of requests judged one by one; names by their codes or looked up."""
    run = made_up(town, seed, with_readings=with_readings, whole=whole)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cxaudit.counting.condense.MOST_CODES", n_codes)
        one_by_one, by_days = (_asked_for(count(Run(**run, is_small=is_small), by)) for is_small in (True, False))
    columns = [name for name in one_by_one.columns if name != "n"]
    differing = one_by_one.join(
        by_days.rename({"n": "by_days"}), on=columns, how="full", nulls_equal=True, coalesce=True
    )
    differing = differing.filter(pl.col("n").ne_missing(pl.col("by_days")))
    assert differing.is_empty(), str(differing.rows(named=True))


@EXAMPLES
@given(
    invented.towns(), SEEDS, st.booleans(), st.sampled_from([BY, ()]), st.sets(st.sampled_from(VERDICTS), min_size=1)
)
def test_no_request_is_left_out_by_its_kind(
    town: Standards, seed: int, whole: bool, by: tuple[str, ...], verdicts: set[Verdict]
) -> None:
    """Any rule, any log: the kinds that may have some verdicts hold all requests that have them, in their order."""
    run = Run(**made_up(town, seed, with_readings=False, whole=whole), is_small=False)
    _, kinds = count_requests(cast("Audit", run), by)
    assert kinds is not None
    wanted = pl.col("is_inside"), pl.col("verdict").is_in(list(verdicts))
    some = kinds.condensed.of(kinds.with_verdicts(tuple(verdicts)), run.requests)
    found, expected = (
        run.judge(rows).filter(*wanted).select("table", "channel", "received_at", "replied_at", "verdict").collect()
        for rows in (some, run.requests)
    )
    assert found.equals(expected)
