"""The nouns of the monthly report: figures only, so that every form of it, and a public edition, can be made from them.

Words, percentages and the treatment of small numbers belong to the renderers. No logic but sums.
Source: DESIGN, sections 2 (words) and 3 (the rules); policy 3.3(b) for the recognition, 5.2 for high volume.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # what draws the charts needs neither
    from cxaudit.model import CheckRow, Report
    from cxaudit.standards.model import Promise

#: What makes a month of a run chart more than its usual ups and downs: the four rules of "Making Data Count".
Signal = Literal[
    "above_limits", "below_limits", "run_above", "run_below", "rising", "falling", "two_of_three_high", "two_of_three_low"
]  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """Requests by verdict."""

    met: int = 0
    late: int = 0
    overdue: int = 0
    pending: int = 0
    excluded: int = 0

    @property
    def judged(self) -> int:
        return self.met + self.late + self.overdue

    @property
    def missed(self) -> int:
        return self.late + self.overdue

    @property
    def requests(self) -> int:
        return self.judged + self.pending + self.excluded


@dataclass(frozen=True)
class Month:
    """One point of a run chart."""

    month: str  # `2025-10`
    counts: Counts
    origin: Literal["input", "stored"] | None  # counted now, from an earlier report's tally, or nothing is known of it
    is_whole: bool  # the input covers it from its first business day to its end
    signals: tuple[Signal, ...] = ()
    without_extension: Counts | None = None  # None where no extension for high volume changed a verdict


@dataclass(frozen=True)
class Limits:
    """The usual level of a run chart and how far from it a month may be by chance, in percent and clipped to 0 to 100."""

    mean: Fraction
    lower: Fraction
    upper: Fraction
    reach: Fraction  # from the mean to a limit that is not clipped
    n_baseline: int  # months that make the usual level
    is_trial: bool  # fewer than twelve of them


@dataclass(frozen=True)
class RunChart:
    """Compliance by month, oldest first, months without anything judged included."""

    channel: str | None  # its key; None = all together
    label: str
    points: tuple[Month, ...]
    limits: Limits | None  # None where the months are too few, or too much alike
    target_pct: Decimal | None
    is_steady: bool = False  # months enough, but most of them score the same, so that limits would say nothing
    level_from: str = ""  # the first of the months that make the usual level
    n_before: int = 0  # earlier months that are known and not shown; the usual level is made from them too


@dataclass(frozen=True)
class StandardsChange:
    """A version of the standards that came into force in the months that are known, shown or not."""

    month: str
    effective: dt.date
    source: str


@dataclass(frozen=True)
class Previous:
    """The same counts for as many months before the period; all of these months are whole."""

    first: dt.date
    last: dt.date
    total: Counts
    channels: dict[str, Counts]
    departments: dict[str, Counts]  # the unstated as ""
    without_extension: Counts | None = None  # the total; None where no extension for high volume changed a verdict


@dataclass(frozen=True)
class Restated:
    """One month that two tallies count differently, in error or since what was pending is judged."""

    month: str  # `2025-10`
    before: Counts
    now: Counts
    file: str  # where the earlier figure is; empty: in a report of the same period that this one replaces
    has_other_standards: bool
    now_in: str = ""  # where today's figure is; empty: in the input
    standards: str = ""  # the hash of the standards file of the earlier figure


@dataclass(frozen=True)
class Elapsed:
    """The judged requests of one elapsed time in business days; open ones stand at their age."""

    business_days: int
    met: int
    late: int
    overdue: int

    @property
    def judged(self) -> int:
        return self.met + self.late + self.overdue


@dataclass(frozen=True)
class Distribution:
    """How long the replies of a channel took."""

    channel: str
    label: str
    standard: str | None  # as written, None where the channel has several
    promised_business_days: int | None  # None where the promise is in another unit, or there are several
    elapsed: tuple[Elapsed, ...]  # ascending, only days that occur


@dataclass(frozen=True)
class Overdue:
    """Unanswered requests of one department: those whose due time has passed, and those that fall due next."""

    department: str  # "" = not stated
    by_days_over: dict[int | None, int]  # business days after the due day, None where it is not known -> requests
    earlier: int  # of these, from periods before
    later: int  # of these, from after the period
    oldest_due_on: dt.date | None
    due_next: int  # not yet due, but by the end of the next business day

    @property
    def requests(self) -> int:
        return sum(self.by_days_over.values())

    @property
    def of_unknown_age(self) -> int:
        return self.by_days_over.get(None, 0)


@dataclass(frozen=True)
class OpenRequests:
    """What is still to be answered as of the moment, in the period and from earlier ones."""

    departments: tuple[Overdue, ...]  # by name
    earlier_oldest_due_on: dt.date | None

    @property
    def overdue(self) -> int:
        return sum(one.requests for one in self.departments)

    @property
    def earlier(self) -> int:
        return sum(one.earlier for one in self.departments)

    @property
    def later(self) -> int:
        return sum(one.later for one in self.departments)

    @property
    def due_next(self) -> int:
        return sum(one.due_next for one in self.departments)


@dataclass(frozen=True)
class HighVolumePeriod:
    """A declared period of policy 5.2 and the requests of the report's period that were received in it."""

    first: dt.date
    last: dt.date
    departments: tuple[str, ...]
    channels: tuple[str, ...]  # titles
    reason: str
    declared: dt.date | None
    authority: str | None
    by: str | None  # the extension as written
    inside: Counts


@dataclass(frozen=True)
class HighVolume:
    """Declared periods, each with its requests, and the compliance without those requests and without extensions."""

    periods: tuple[HighVolumePeriod, ...]
    outside: Counts  # requests received in none of them


@dataclass(frozen=True)
class Surge:
    """More requests than a department's usual level explains, on business days that nobody declared; never acted on."""

    department: str | None  # None = all together
    first: dt.date
    last: dt.date
    requests: int
    usual: Fraction  # requests in as many business days, holidays and closures of the workweek counted as such


@dataclass(frozen=True)
class Run:
    """Requests answered in time without a miss between them, up to the end of the period."""

    department: str
    requests: int
    since: dt.date  # the first due day of the run


@dataclass(frozen=True)
class Improved:
    """A department whose compliance rose against the months before."""

    department: str
    before: Counts
    now: Counts


@dataclass(frozen=True)
class Recognition:
    """What supervisors may thank people for (policy 3.3(b))."""

    met_all: tuple[tuple[str, Counts], ...]  # met everything, with at least ten judged requests
    runs: tuple[Run, ...]  # the longest first
    improved: tuple[Improved, ...]  # the most improved first
    people: tuple[tuple[str, Counts], ...] = ()  # as `met_all`, only where employees were asked for


@dataclass(frozen=True)
class Compliments:
    """Compliments received in the period, by department, with their cases so that they can be shared."""

    department: str
    requests: int
    cases: tuple[str, ...]  # their ids; of those without one, the file, the sheet and the row


@dataclass(frozen=True)
class MonthlyReport:
    """All figures of the report of one period."""

    check: Report  # the promise by channel, with readings, inputs and findings
    period: tuple[dt.date, dt.date]  # both inclusive, local
    promised: tuple[Promise, ...]  # what was in force in the period, in the order of the standards
    departments: tuple[CheckRow, ...]
    customer_types: tuple[CheckRow, ...]  # empty where no export tells them
    employees: tuple[CheckRow, ...]  # empty unless asked for
    runs: tuple[RunChart, ...]  # all together, then the channels in the order of the standards
    changes: tuple[StandardsChange, ...]
    otherwise_from: tuple[str, ...]  # months from which on another file was used that promises or counts otherwise
    previous: Previous | None  # None where the months before are not known whole
    distributions: tuple[Distribution, ...]
    open: OpenRequests
    high_volume: HighVolume | None  # None where nothing is declared
    surges: tuple[Surge, ...]  # undeclared ones in the period
    recognition: Recognition
    compliments: tuple[Compliments, ...] | None  # None where no export says what is a compliment
    is_covered: bool  # the exports cover all days of the period, up to the as-of moment
    is_begun: bool  # and the days before it on which requests came in that are due in it
    restated: tuple[Restated, ...] = ()  # months that earlier reports counted otherwise
    settled: tuple[Restated, ...] = ()  # of which requests were not due yet then, and are judged now
    unsettled: tuple[Month, ...] = ()  # of which requests were not due yet when they were counted

    @property
    def other_standards_since(self) -> list[str]:
        """The months in which other standards began to hold, after the time before began and up to the period's end."""
        return self._standards_changed(f"{self.previous.first:%Y-%m}") if self.previous else []

    @property
    def other_standards_in_level(self) -> list[str]:
        """The months in which other standards began to hold, after the first of those that make the usual level."""
        return self._standards_changed(self.runs[0].level_from) if self.runs else []

    def _standards_changed(self, after: str) -> list[str]:
        months = {*(change.month for change in self.changes), *self.otherwise_from}
        return sorted(month for month in months if after < month <= f"{self.period[1]:%Y-%m}")
