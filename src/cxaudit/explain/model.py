"""Explanation: why one request has its verdict, as facts with their places. The nouns of `cxaudit explain`. No logic.

Which row of which file says so, how its text was read, what was promised, and what every day counted for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cxaudit.model import Verdict
from cxaudit.standards.model import Unit

if TYPE_CHECKING:
    from cxaudit.days.trace import TracedDay

#: What happened on a day.
Mark = Literal["received", "day_zero", "due_before_extension", "due", "replied", "as_of"]
#: What became of a row of the case: the request itself, one whose reply counts, merged with it, or not used.
Fate = Literal["taken", "reply_taken", "duplicate", "rejected", "not_data", "other_message"]


@dataclass(frozen=True)
class Place:
    """One cell, or where one should be: `column` is the header as the file writes it; None where it has none."""

    file: str
    sheet: str | None
    row: int
    column: str | None


@dataclass(frozen=True)
class Moment:
    """One time of the export: where it stands, its text there, and how that was read.

    `zone` is the zone that the text names (`UTC`, `-06:00`) or that its source is declared in; None for city time.
    """

    place: Place
    text: str | None
    at: dt.datetime | None  # local wall time
    is_date: bool
    zone: str | None = None
    zone_is_declared: bool = False
    order: str | None = None  # `mdy`, where the text alone could be read in another order
    proof: str | None = None  # what proves the order


@dataclass(frozen=True)
class Said:
    """A name and the text of the export that it stands for; `place` is None where no column says it, `text` where the cell
    is empty."""

    name: str
    place: Place | None
    text: str | None


@dataclass(frozen=True)
class Promised:
    """The standard that holds; `department` where it is a department's own."""

    within: str
    count: int
    unit: Unit
    clause: str
    effective: dt.date
    department: str | None
    counting: str  # how it is counted, in words


@dataclass(frozen=True)
class Day:
    """One day on the way to the due time. `number` is what it counts as, in the unit of the promise; None if it does not.

    `used` are the office hours that counted on it, `used_minutes` their length (0 where a time of day is not known); empty
    where the promise counts days.
    """

    traced: TracedDay
    number: int | None
    marks: tuple[Mark, ...]
    used: str = ""
    used_minutes: int = 0


@dataclass(frozen=True)
class DueTime:
    """When it is due: `earliest` and `latest` differ only where a time of day is not known. Both inclusive."""

    earliest: dt.datetime
    latest: dt.datetime


@dataclass(frozen=True)
class HighVolumePeriod:
    """The declared period in which the request was received, and what the verdict is without its extension."""

    reason: str
    first: dt.date
    last: dt.date
    declared: dt.date | None
    authority: str | None
    by: str | None  # `3 business days`; None where the period moves nothing
    due_without: DueTime | None
    verdict_without: Verdict


@dataclass(frozen=True)
class CaseRow:
    """One row of the input that has the id of the case."""

    file: str
    sheet: str | None
    row: int
    fate: Fate
    received: Moment
    replied: Moment
    code: str | None = None  # why it was rejected
    value: str | None = None  # the offending value
    kind: str | None = None  # what it is, where it is another message


@dataclass(frozen=True)
class Pairing:
    """How a call or message was paired: `way` is a code of `pair.WAYS`; None where nothing answers it."""

    way: str | None
    n_further: int  # messages of the customer that are part of this request


@dataclass(frozen=True)
class OtherReading:
    """The verdict of the same request, counted in another way."""

    name: str
    words: str
    verdict: Verdict


@dataclass(frozen=True)
class Explanation:
    """Why one request has its verdict, as of a moment."""

    case_id: str
    source: str
    channel: Said
    department: Said | None
    verdict: Verdict
    excluded: str | None  # a code of `EXCLUSIONS`
    excluded_because: str | None
    excluded_by: Said | None  # the cell that an exclude rule matched
    is_known: bool  # received by the as-of moment
    received: Moment
    replied: Moment
    has_reply: bool  # known at the as-of moment
    reply_basis: str
    pairing: Pairing | None  # of calls and messages
    promised: Promised | None
    day_zero: dt.date | None
    due: DueTime | None
    days: tuple[Day, ...]
    business_days: int | None
    business_days_over: int | None
    business_hours: float | None
    high_volume: HighVolumePeriod | None
    system_says: tuple[Said, ...]  # its system's own verdict and due time, where the export has them; never taken over
    other_rows: tuple[CaseRow, ...]
    other_readings: tuple[OtherReading, ...]  # those that give another verdict
    remarks: tuple[str, ...]  # findings about these rows or their file
    as_of: dt.datetime
    as_of_is_date: bool
    timezone: str
