"""The audit: the only module that knows the order of the stages, and the one that checks that nothing was lost.

read → recognise → pair → merge → judge → tally. Every row of every file has one fate, every request one verdict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

import polars as pl

from cxaudit.counting.listed import judged_with
from cxaudit.counting.requests import Kinds, count_requests
from cxaudit.days.calendar import Calendar, calendar_of
from cxaudit.days.zones import Zone, zone
from cxaudit.elapsed import with_business_hours
from cxaudit.findings import Finding
from cxaudit.intake.customers import list_of_customers
from cxaudit.intake.events import requests_of
from cxaudit.intake.sorting import input_file
from cxaudit.judge import judge_requests
from cxaudit.lookup import value_at
from cxaudit.merge import merge_cases
from cxaudit.model import VERDICTS, InputFile, Readings, Records, Report, Verdict
from cxaudit.notice import notice
from cxaudit.promises.due import Clock, Rule, due_under
from cxaudit.promises.readings import Reading, readings_for
from cxaudit.promises.table import Promises
from cxaudit.question import ROLES, Question, WithReadings, wanted_of
from cxaudit.read import FoundFiles, find_files
from cxaudit.recognise.names import exempt, name_channels, name_customer_types, name_departments, tidy
from cxaudit.records import record_frame, reply_basis
from cxaudit.standards.model import Promise, Within
from cxaudit.tally.compliance import contested, figures, reading_rows
from cxaudit.tally.counts import sum_tally, tally_readings, with_cohort

__all__ = ["Audit", "Question", "WithReadings"]

#: So many requests are judged once for all that is asked of them.
SMALL = 500_000
#: And with so many the verdicts under other readings cost the reader no time.
_FREE_READINGS = 500_000


class Audit:
    """The judged requests of one run. Only few rows are held in memory; of many, what merging needs of repeated cases."""

    def __init__(self, arguments: Sequence[str] | FoundFiles, question: Question) -> None:
        self.question = question
        self.zone: Zone = zone(question.standards.timezone)
        self.promises = Promises(question.standards)
        found = arguments if isinstance(arguments, FoundFiles) else find_files(arguments)
        self.files = found.files
        self.same_content = found.same_content
        self.left_aside = found.left_aside
        self.other_files = found.other_files
        self.log = requests_of(found.files, question.standards, self.zone, wanted_of(question, self.promises))
        self.own_lists = self.log.own_lists  # those to be told
        listed = list_of_customers(question.standards)
        self.paths = [path for path in found.originals if path not in self.log.own_lists] + ([listed] if listed else [])
        self.arrived = self.log.tables
        rows = self._named(self.log.rows)
        self.merged = merge_cases(rows, self.log.survey, self.log.n_places, self.zone)
        self.n_requests = self.merged.n_requests
        self._counted: pl.DataFrame | None = None
        self.kinds: Kinds | None = None
        self._assert_no_row_lost()

    @cached_property
    def judged(self) -> pl.LazyFrame:
        """One row per request, those of repeated cases last; judged anew by each pass over it, unless they are few."""
        judged = self.judge(self.requests)
        return judged.collect(engine="streaming").lazy() if self.is_small else judged

    @property
    def is_small(self) -> bool:
        return self.n_requests <= SMALL

    @cached_property
    def judged_columns(self) -> frozenset[str]:
        judged = self.judged if self.is_small else self.judge(self.requests, readings=[])
        readings = (f"reading:{reading.name}" for reading in self.readings)
        return frozenset([*judged.collect_schema().names(), *readings])

    @property
    def headers(self) -> tuple[str, ...]:
        """Columns of the exports that play no role but that an exclude rule names."""
        return self.question.headers

    @property
    def readings(self) -> list[Reading]:
        """The readings that were asked for and can be applied."""
        asked = self.question.with_readings
        is_wanted = asked == "yes" or (asked == "if_small" and self.n_requests <= _FREE_READINGS)
        return readings_for(self.promises.rules) if is_wanted else []

    def _named(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The rows with the names of the standards file."""
        standards = self.question.standards
        rows = name_departments(name_channels(rows, standards), standards)
        rows = tidy(name_customer_types(rows), "employee")
        if "system_verdict" in self.question.roles:  # the newest row of a case is the one on which its system judged
            rows = rows.with_columns(system_received_at=pl.col("received_at"), system_replied_at=pl.col("replied_at"))
        return rows

    @cached_property
    def requests(self) -> pl.LazyFrame:
        """One row per request before it is judged, those of repeated cases last."""
        return self._exempt(self.merged.requests)

    @property
    def requests_in_order(self) -> pl.LazyFrame:
        """The same in the order of the input."""
        return self._exempt(self.merged.ordered)

    def _exempt(self, requests: pl.LazyFrame) -> pl.LazyFrame:
        columns = {role: role for role in ROLES} | {header: f"header:{i}" for i, header in enumerate(self.headers)}
        requests = exempt(requests, self.question.standards.exclude, columns)
        if "department" not in requests.collect_schema().names():
            requests = requests.with_columns(department=pl.lit(None, dtype=pl.Categorical))
        return requests.with_columns(is_exempt=pl.col("exempt_by").is_not_null())

    @property
    def has_dates(self) -> bool:
        """Whether any receipt or reply is a date without a time."""
        return bool(self.log.survey["has_dates"].any())

    def judge(
        self, requests: pl.LazyFrame, *, has_dates: bool | None = None, readings: Sequence[Reading] | None = None
    ) -> pl.LazyFrame:
        """These requests with their verdicts, also under readings, and whether they are inside the period."""
        as_of, cohort = self.question.as_of, self.question.standards.versions[-1].counting.cohort
        dated = self.has_dates if has_dates is None else has_dates
        asked = self.readings if readings is None else readings
        judged = judge_requests(requests, self.promises, self.calendar, self.zone, as_of, asked, has_dates=dated)
        return with_cohort(judged, cohort, as_of, self.question.period)

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar over all dates of the input, with room for the last due time."""
        today, ends = self.question.as_of.local.date(), self.log.survey["latest"].drop_nulls()
        last = max([today, *(at.date() for at in ends)])
        return calendar_of(self.question.standards, *self.promises.reach(min(self.earliest_on or today, today), last))

    def _assert_no_row_lost(self) -> None:
        """One side of our double entry: rows by fate."""
        for table in self.inputs:
            assert table.fates.adds_up, f"rows of {table.file} do not add up: {table.fates}"
        n_requests = sum(table.fates.requests for table in self.inputs)
        assert n_requests == self.n_requests, f"{n_requests} requests by file, {self.n_requests} in all"

    def _assert_no_request_lost(self, counted: pl.DataFrame) -> None:
        """The other side: requests by verdict."""
        n = int(counted["n"].sum())
        assert n == self.n_requests, f"{self.n_requests} requests, {n} judged"
        assert not counted["verdict"].null_count(), "a request without a verdict"

    @cached_property
    def inputs(self) -> tuple[InputFile, ...]:
        repeated = self.merged.n_duplicates
        return tuple(input_file(arrived, repeated.get(i, 0)) for i, arrived in enumerate(self.arrived))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        return notice(self)

    @property
    def rejects(self) -> pl.DataFrame:
        """Every rejected row: `file`, `sheet`, `row`, `code`, `value`, and `cells` where they were asked for."""
        rejects = pl.concat([arrived.rejects for arrived in self.arrived], how="diagonal")
        has_cells = "cells" in rejects.columns or not self.question.reject_cells
        return rejects if has_cells else rejects.with_columns(cells=pl.lit(None, dtype=pl.String))

    def due_if_received_now(self, within: Within) -> dt.datetime:
        """When a request received at the as-of moment would be due (local)."""
        version = self.question.version_now
        rule = Rule(within.unit, version.counting, version.office_hours)
        now = pl.lit(self.question.as_of.local)
        clock = Clock(self.calendar, self.zone)
        due = due_under(rule, clock, now, pl.lit(None, pl.Datetime("us")), pl.lit(within.count, dtype=pl.Int32))
        at = pl.select(due.at.alias("at")).item()
        return at if at is not None else dt.datetime.max

    def report(
        self,
        by: tuple[str, ...],
        fail_under: Decimal | None,
        counting: str,
        meta: dict[str, Any],
        *,
        with_total: bool = True,
    ) -> Report:
        """The compliance by these dimensions."""
        question, files = self.question, [table.file for table in self.inputs]
        found = figures(self.tally(by), by, self.promises, self.promised, files, with_total=with_total)
        return Report(
            **found,
            period=question.period,
            as_of=question.as_of.local,
            as_of_is_date=question.as_of.is_date,
            counting=counting,
            outside_period=self.n_requests - found["total"].requests,
            inputs=self.inputs,
            findings=self.findings,
            fail_under=fail_under,
            meta=meta,
            readings=self._readings(counting),
            scenario=question.scenario,
        )

    def tally(self, by: Sequence[str]) -> pl.DataFrame:
        """The tally by these dimensions, with `reply_basis`; what belongs to a table is looked up once per table."""
        names = [name for name in by if name != "file"]
        tally = sum_tally(self.count(by).filter("in_period"), names)
        basis = reply_basis(self._of_table("reply_basis"), tally.columns)
        return tally.with_columns(self._of_table("file"), basis).drop("replied_by_closure", strict=False)

    def count(self, by: Sequence[str]) -> pl.DataFrame:
        """The tally of all requests, also those outside the period, by these dimensions and some more, `in_period` one of
        them. One pass over the requests serves every question about fewer dimensions."""
        if self._counted is None or not {*by} <= {*self._counted.columns}:
            counted, self.kinds = count_requests(self, by)
            self._counted = counted.with_columns([self._of_table("file")] if "file" in by else [])
            self._assert_no_request_lost(self._counted)
        return self._counted

    def records(
        self,
        where: pl.Expr | None = None,
        verdicts: Sequence[Verdict] = VERDICTS,
        *,
        with_employees: bool,
        beside: pl.DataFrame | None = None,
    ) -> Records:
        """The requests inside the period with one of these verdicts that a filter lets through, in the order of the input."""
        question = self.question
        outside = self.n_requests - int(self.tally(("channel",))["n"].sum())
        chosen = judged_with(self, verdicts, []) if where is None else judged_with(self, verdicts).filter(where)
        basis = reply_basis(self._of_table("reply_basis"), self.judged_columns)
        labels = [*(self._of_table(name) for name in ("file", "sheet", "source")), basis]
        chosen = with_business_hours(chosen, self.promises, self.calendar, question.as_of.local)
        chosen = chosen.with_columns(labels)
        rows = record_frame(chosen, question.standards, self.promises, beside, with_employees=with_employees)
        as_of = question.as_of
        rows = rows.collect(engine="streaming").lazy() if self.is_small else rows
        return Records(rows, self.inputs, self.findings, as_of.local, as_of.is_date, question.period, outside)

    def _readings(self, counting: str) -> Readings | None:
        tally = self.readings_tally
        return reading_rows(tally, self.reading_words(counting)) if tally is not None else None

    @cached_property
    def readings_tally(self) -> pl.DataFrame | None:
        """The requests inside the period by their verdicts under every reading; None where no reading was asked for."""
        if not (names := [reading.name for reading in self.readings]):
            return None
        counted = self.count(()).with_columns(is_inside="in_period")
        return tally_readings(counted.lazy(), names).collect().sort("declared", *names)

    def reading_words(self, counting: str) -> dict[str, str]:
        """Each reading with its rule in words, the declared one first."""
        if "verdict_without" in self.judged_columns and any(p.by for p in self.question.standards.high_volume):
            counting += "; without the extension for high volume"
        return {"declared": counting} | {reading.name: reading.words for reading in self.readings}

    @property
    def is_contested(self) -> pl.Expr:
        """Whether a request's verdict depends on the reading; needs `with_readings`."""
        without = "verdict_without" if "verdict_without" in self.judged_columns else "verdict"
        return contested([reading.name for reading in self.readings], without)

    @property
    def promised(self) -> tuple[Promise, ...]:
        """The promises in force during the period, or from the first receipt to the as-of moment: each channel has a line."""
        return self.promises.with_lines(self.question.period, self.earliest_on, self.question.as_of.local.date())

    @cached_property
    def earliest_on(self) -> dt.date | None:
        """The day of the first receipt in the input."""
        first = self.log.survey["first_at"].min()
        return first.date() if isinstance(first, dt.datetime) else None

    def _of_table(self, name: str) -> pl.Expr:
        """What every row of a table shares: `file`, `sheet`, `source` or `reply_basis` (String)."""
        sources = [arrived.source for arrived in self.arrived]
        values: dict[str, list[str | None]] = {
            "file": [source.table.file for source in sources],
            "sheet": [source.table.sheet for source in sources],
            "source": [source.layout.source for source in sources],
            "reply_basis": [source.layout.reply_basis for source in sources],
        }
        return value_at(pl.col("table"), values[name], pl.String()).alias(name)
