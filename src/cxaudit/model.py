"""The nouns of the audit: verdicts, exclusion codes, columns that scripts depend on, and the report. No logic.

Source: DESIGN, sections 2 (words) and 6 (columns that scripts depend on).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import polars as pl

    from cxaudit.compare.model import Comparison
    from cxaudit.findings import Finding

Verdict = Literal["met", "late", "overdue", "pending", "excluded"]
VERDICTS: tuple[Verdict, ...] = ("met", "late", "overdue", "pending", "excluded")
JUDGED: tuple[Verdict, ...] = ("met", "late", "overdue")
MISSED: tuple[Verdict, ...] = ("late", "overdue")

#: Why a request is not judged, in the order in which the first that applies is named.
NO_REPLY_OWED = "no_reply_owed"
EXCLUSIONS = (
    NO_REPLY_OWED,
    "reply_before_receipt",
    "before_standards",
    "no_standard",
    "outside_calendar",
    "no_time",
)

#: What `--by` takes.
DIMENSIONS = ("channel", "department", "employee", "month", "week", "customer_type", "file")

#: Columns of `check --format csv`, after the `--by` columns.
CHECK_COLUMNS = (
    "standard", "requests", "met", "late", "overdue", "pending", "excluded", "judged",
    "compliance_pct", "target_pct", "outcome", "median_business_days", "p90_business_days",
    "missed_in_high_volume", "met_by_extension", "compliance_without_extension_pct",
)  # fmt: skip

#: Columns of `records --format csv`.
RECORD_COLUMNS = (
    "case_id", "channel", "department", "employee", "received_at", "replied_at", "due_at", "verdict",
    "business_days", "business_hours", "business_days_over", "standard", "clause", "high_volume",
    "excluded_because", "customer_type", "reply_basis", "source", "file", "sheet", "row",
)  # fmt: skip

#: Columns whose text came from the input, so that a spreadsheet might take it for a formula.
INPUT_TEXT = frozenset(
    {"case_id", "channel", "department", "employee", "customer_type", "excluded_because", "file", "sheet", "value",
     "cells", "system_verdict"}
)  # fmt: skip
#: Columns with text of the standards file.
STATED_TEXT = frozenset({"clause", "high_volume", "source"})


@dataclass(frozen=True)
class AsOf:
    """The moment as of which everything is judged: local wall time and UTC, both naive.

    A date means the end of that day: what was due on that day and has no reply is then overdue, so that a finished month
    judges all that fell due in it.
    """

    local: dt.datetime
    utc: dt.datetime
    is_date: bool = False

    @property
    def just_after(self) -> dt.timedelta:
        """What is added to the moment to get the one before which every due time has passed."""
        return dt.timedelta(microseconds=1 if self.is_date else 0)


@dataclass(frozen=True)
class Fates:
    """What became of the rows of one table: `rows` is the sum of all the others. Counts."""

    rows: int = 0
    requests: int = 0
    other_messages: int = 0
    duplicates: int = 0
    rejected: int = 0
    not_data: int = 0
    other_by_kind: dict[str, int] = field(default_factory=dict)  # what the other messages are: a key of OTHER_WORDS

    @property
    def adds_up(self) -> bool:
        kinds = sum(self.other_by_kind.values())
        return (
            kinds in (0, self.other_messages)
            and self.rows == self.requests + self.other_messages + self.duplicates + self.rejected + self.not_data
        )


@dataclass(frozen=True)
class InputFile:
    """One table of the input (a CSV file, or one sheet of a workbook): how it was read, and what became of its rows."""

    file: str  # the name shown to the user
    sheet: str | None
    source: str  # the recognised layout, e.g. `freshdesk`
    encoding: str | None  # `utf-8`, `utf-16-le`, `cp1252`; None for a workbook
    delimiter: str | None
    header_row: int  # the row that Excel shows
    date_formats: dict[str, str]  # column of the file -> e.g. "mdy (row 12: 10/13/2025 can only be month first)"
    fates: Fates
    latest_at: dt.datetime | None  # the latest timestamp in it, local


@dataclass(frozen=True)
class CheckRow:
    """One line of the compliance table."""

    by: dict[str, str]  # the `--by` columns as scripts see them: channel key, department, `2025-10`, …
    label: dict[str, str]  # the same for people: the channel's title
    standard: str | None  # `2 business days`; None where the row holds several
    requests: int
    met: int
    late: int
    overdue: int
    pending: int
    excluded: int
    target_pct: Decimal | None  # None where the row holds none or several
    median_business_days: int | None
    p90_business_days: int | None
    missed_in_high_volume: int | None = None
    met_by_extension: int | None = None
    met_without_extension: int | None = None  # of the judged, had nothing been extended
    judged_without_extension: int | None = None
    n_excluded: dict[str, int] = field(default_factory=dict)  # exclusion code -> requests
    targets_pct: tuple[
        Decimal | None, ...
    ] = ()  # the different targets of its promises, None for a promise without one
    is_total: bool = False

    @property
    def judged(self) -> int:
        return self.met + self.late + self.overdue

    @property
    def missed(self) -> int:
        return self.late + self.overdue

    @property
    def unjudgeable(self) -> int:
        """Requests that are owed a reply and could not be judged."""
        return self.excluded - self.n_excluded.get(NO_REPLY_OWED, 0)


#: Columns of `check --readings --format csv`.
READING_COLUMNS = (
    "reading", "rule", "requests", "met", "late", "overdue", "pending", "excluded", "judged", "compliance_pct", "differs",
)  # fmt: skip


@dataclass(frozen=True)
class ReadingRow:
    """The same requests under one reading of the promise; the declared one is called `declared`."""

    reading: str
    rule: str  # in words
    met: int
    late: int
    overdue: int
    pending: int
    excluded: int
    differs: int  # requests whose verdict is another one than under the declared reading

    @property
    def requests(self) -> int:
        return self.met + self.late + self.overdue + self.pending + self.excluded

    @property
    def judged(self) -> int:
        return self.met + self.late + self.overdue


@dataclass(frozen=True)
class Readings:
    """How far the figure depends on the reading: a row each, and the requests whose verdict depends on it."""

    rows: tuple[ReadingRow, ...]
    contested: int

    @property
    def others(self) -> tuple[ReadingRow, ...]:
        """All but the declared one."""
        return tuple(row for row in self.rows if row.reading != "declared")


@dataclass(frozen=True)
class Report:
    """The outcome of `check`: figures and text kept apart, so that every format shows the same figures."""

    organisation: str
    clauses: tuple[str, ...]  # `AP-1077-23, 5.1(a)`
    by: tuple[str, ...]
    rows: tuple[CheckRow, ...]  # the total last, unless left out
    total: CheckRow
    cohort: Literal["due", "received"]
    period: tuple[dt.date, dt.date] | None  # both inclusive, local; None = everything
    as_of: dt.datetime  # local wall time
    as_of_is_date: bool  # the end of that day was meant
    counting: str  # the rule in words, printed under every table
    outside_period: int  # requests outside the period or after the as-of moment
    inputs: tuple[InputFile, ...]
    findings: tuple[Finding, ...]
    fail_under: Decimal | None
    meta: dict[str, Any]  # versions, standards file and hash, command: what a re-run needs
    quick_replies: int = 0  # replies within 60 seconds, counted beside the figure
    n_by_basis: dict[str, int] = field(default_factory=dict)  # reply_basis -> judged requests
    readings: Readings | None = None  # where they were asked for
    comparison: Comparison | None = None  # where it was asked for
    scenario: str | None = None  # in words, where the figures are not what the standards file says


#: Rows in each batch on their way to a record, a fifth of what polars takes: a record is wide, and several batches wait.
BATCH_ROWS = 20_000


@dataclass(frozen=True)
class Records:
    """The outcome of `records`: one row per request (columns RECORD_COLUMNS), in the order of the input.

    `rows` are worked out when they are asked for: all at once as `frame`, or part by part.
    """

    rows: pl.LazyFrame
    inputs: tuple[InputFile, ...]
    findings: tuple[Finding, ...]
    as_of: dt.datetime
    as_of_is_date: bool
    period: tuple[dt.date, dt.date] | None = None
    outside_period: int = 0  # requests outside the period or after the as-of moment

    @cached_property
    def frame(self) -> pl.DataFrame:
        return self.rows.collect(engine="streaming")

    @cached_property
    def listed(self) -> int:
        """How many requests are listed."""
        if "frame" in vars(self):
            return self.frame.height
        import polars as pl

        return int(self.rows.select(pl.len()).collect(engine="streaming").item())

    def parts(self, n_rows: int) -> Iterator[pl.DataFrame]:
        """The rows, about so many at a time; without holding all of them where `frame` was not asked for."""
        if "frame" in vars(self):
            return self.frame.iter_slices(n_rows)
        return self._batches(n_rows)

    def _batches(self, n_rows: int) -> Iterator[pl.DataFrame]:
        import polars as pl

        with pl.Config(streaming_chunk_size=BATCH_ROWS):
            yield from self.rows.collect_batches(chunk_size=n_rows, maintain_order=True, engine="streaming")
