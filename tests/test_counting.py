"""Counting by days first says the same as judging each request by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import invented
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from outside import run as run_outside

import cxaudit.counting.requests as requests_counting
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
from cxaudit.standards.model import CalendarSettings, Counting, OfficeHours, Promise, Segment, Version, Within
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
    bases: tuple[str, ...] = ("first_response", "closure", "first_response")  # how each table knows its replies

    @property
    def question(self) -> Any:
        return SimpleNamespace(as_of=self.as_of)

    @property
    def requests(self) -> pl.LazyFrame:
        return self.rows.lazy()

    @property
    def arrived(self) -> list[Any]:
        """Three tables."""
        layouts = [SimpleNamespace(reply_basis=basis) for basis in self.bases]
        return [SimpleNamespace(source=SimpleNamespace(layout=layout)) for layout in layouts]

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
    first = [run.bases.index(basis) for basis in run.bases]
    return counted if "file" in by else counted.with_columns(pl.col("table").replace(range(len(first)), first))


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
    invented.towns((*invented.ZONES, "America/Santiago")), SEEDS, st.booleans(), st.booleans(),
    st.sampled_from([BY, BY[1:], ("month",)]), st.sampled_from([0, MOST_CODES]), st.booleans(),
)  # fmt: skip
def test_counting_by_days_first_changes_no_figure(
    town: Standards, seed: int, with_readings: bool, whole: bool, by: tuple[str, ...], n_codes: int, is_one_basis: bool
) -> None:
    """Any rule, log and moment: the tally is that of requests judged one by one; names by their codes or looked up."""
    run = made_up(town, seed, with_readings=with_readings, whole=whole)
    run |= {"bases": ("closure",) * 3} if is_one_basis else {}
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


MORNING, AFTERNOON = (30600, 43200), (46800, 59400)
ORDINARY = [(MORNING, AFTERNOON)] * 5 + [()] * 2
#: A day's office hours end at another time of day after each receipt: dues jump between openings and closings.
UNEVEN = [
    (MORNING,),
    (MORNING, AFTERNOON),
    ((32400, 54000),),
    (AFTERNOON,),
    (MORNING, AFTERNOON),
    ((36000, 39600),),
    (),
]


def _every_half_hour(first: dt.datetime, days: int) -> pl.DataFrame:
    """Requests of every half hour, answered at every half hour of the four days after."""
    half = dt.timedelta(minutes=30)
    times = pl.datetime_range(first, first + days * dt.timedelta(days=1), half, eager=True).alias("received_at")
    later = pl.Series("later", [n * half for n in range(4 * 48)], dtype=pl.Duration("us"))
    rows = times.to_frame().join(later.to_frame(), how="cross")
    return rows.select(
        "received_at",
        replied_at=pl.col("received_at") + pl.col("later"),
        channel=pl.lit("email", dtype=pl.Categorical()),
        department=pl.lit(None, dtype=pl.Categorical()),
        table=pl.lit(0, dtype=pl.UInt32),
        exempt_by=pl.lit(None, dtype=pl.UInt8),
        **dict.fromkeys(("is_exempt", "received_is_date", "replied_is_date"), pl.lit(value=False)),
    )


@pytest.mark.parametrize(("hours", "is_even"), [(ORDINARY, True), (UNEVEN, False)], ids=["ordinary", "uneven"])
def test_the_time_taken_tells_other_readings(
    hours: list[tuple[Segment, ...]], is_even: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an ordinary office only what happened on a day on which the clocks change is judged one by one."""
    calendar = CalendarSettings(None, frozenset(n for n in range(7) if hours[n]), {}, frozenset(), {})
    promise = Promise("email", None, Within(2, "business days", ""), None, "")
    counting = Counting("day_received", "midnight")
    version = Version(dt.date(2025, 9, 1), "", (promise,), counting, OfficeHours(tuple(hours)))
    town = invented.standards(calendar, (version,), "America/Edmonton")
    run: dict[str, Any] = {"town": town, "rows": _every_half_hour(dt.datetime(2025, 10, 31), 7), "period": None}
    run |= {
        "as_of": invented.as_of(dt.date(2025, 12, 1), town.timezone),
        "readings": readings_for(Promises(town).rules),
    }
    seen, judge_them = [], requests_counting._under_readings

    def watched(audit: Audit, requests: pl.DataFrame, *rest: Any) -> pl.DataFrame:
        seen.append(requests)
        return judge_them(audit, requests, *rest)

    monkeypatch.setattr(requests_counting, "_under_readings", watched)
    monkeypatch.setattr(requests_counting, "PORTION_ROWS", 100_000)
    expected, found = (count(Run(**run, is_small=is_small), ()) for is_small in (True, False))
    assert found.sort(pl.all()).equals(expected.select(found.columns).sort(pl.all()))
    days = (pl.col(name).dt.date() for name in ("received_at", "replied_at"))
    is_change = pl.any_horizontal(day == dt.date(2025, 11, 2) for day in days)
    assert pl.concat(seen).filter(~is_change).is_empty() == is_even


def test_a_reply_in_a_repeated_last_hour_of_a_day_is_late(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In Santiago the clocks repeat the hour before midnight: the instant decides, in large logs as well."""
    (tmp_path / "log.csv").write_text(
        "case_id,channel,received_at,replied_at\n1,email,2025-04-05T02:00:00Z,2025-04-06T03:30:00Z\n"
    )
    (tmp_path / "town.yaml").write_text(
        "version: 1\norganisation: T\ntimezone: America/Santiago\n"
        'calendar: {workweek: [Mon, Tue, Wed, Thu, Fri, Sat, Sun], office_hours: "08:00-23:00"}\n'
        "standards:\n- {effective: 2025-01-01, source: s, channels: {email: {within: 25 hours}}}\n"
    )
    for small in (500_000, 0):
        monkeypatch.setattr("cxaudit.audit.SMALL", small)
        done = run_outside("check", "log.csv", "--standards", "town.yaml", "--as-of", "2025-04-08", cwd=tmp_path)
        assert [(row["met"], row["late"]) for row in done.rows] == [("0", "1")] * 2
