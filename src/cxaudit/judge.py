"""Judge: requests in, the same requests with due time and verdict out.

Exactly one verdict for each request, as of a stated moment: `met`, `late`, `overdue`, `pending` or `excluded`. A reply after
the moment has not happened yet. Source: DESIGN, sections 2 and 3.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from cxaudit.calendar import Calendar
from cxaudit.due import DAY_END, Rule, due_under
from cxaudit.model import EXCLUSIONS, VERDICTS
from cxaudit.promises import Promises
from cxaudit.zones import Zone

VERDICT = pl.Enum(VERDICTS)
EXCLUSION = pl.Enum(EXCLUSIONS)
JUDGED_COLUMNS = ("promise", "due_at", "due_is_date", "verdict", "excluded", "business_days", "business_days_over")


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
    def passed(self) -> dt.datetime:
        """Every due time before this moment has passed."""
        return self.local + dt.timedelta(microseconds=1) if self.is_date else self.local


def judge_requests(
    requests: pl.LazyFrame, promises: Promises, calendar: Calendar, zone: Zone, as_of: AsOf
) -> pl.LazyFrame:
    """Give every request its verdict.

    **Frame in**: `channel`, `department` (canonical names or null), `received_at`, `replied_at` (Datetime, local),
    `received_is_date`, `replied_is_date` (a date without a time), `is_exempt` (an exclude rule applies); where the export
    gave instants also `received_utc`, `replied_utc` (Datetime). Other columns pass through; the order of rows is kept.

    **Frame out**: adds `promise` (position in `Promises.all`), `due_at` (Datetime; null when unknown), `due_is_date` (only
    its day is known), `verdict`, `excluded` (why), `business_days`, `business_days_over` (Int32, null when unknown).

    **Source**: DESIGN 2 (verdicts, exclusions and their order), 3 (dates without a time).
    """
    columns = requests.collect_schema().names()
    if "received_utc" not in columns:
        requests = requests.with_columns(received_utc=_unknown_at(), replied_utc=_unknown_at())
    steps: list[dict[str, pl.Expr]] = [
        {"promise": promises.promise_of(pl.col("received_at"), pl.col("channel"), pl.col("department"))},
        {"_rule": promises.rule_of(pl.col("promise")), "_n": promises.count_of(pl.col("promise"))},
        _due_columns(promises.rules, calendar, zone),
        _reply_columns(as_of),
        {"_sure": _verdict_if_sure(as_of)},
        {"excluded": _exclusion(promises.first_effective)},
        {"verdict": pl.when(pl.col("excluded").is_null()).then("_sure").otherwise(pl.lit("excluded", VERDICT))},
        _elapsed_columns(calendar, as_of),
    ]
    for step in steps:
        requests = requests.with_columns(**step)
    return requests.select(*columns, *JUDGED_COLUMNS)


def _unknown_at() -> pl.Expr:
    return pl.lit(None, dtype=pl.Datetime("us"))


def _due_columns(rules: list[Rule], calendar: Calendar, zone: Zone) -> dict[str, pl.Expr]:
    """The due time for the earliest and the latest moment at which a request can have been received."""
    received, instant, n = pl.col("received_at"), pl.col("received_utc"), pl.col("_n")
    earliest = [due_under(rule, calendar, zone, received, instant, n) for rule in rules]
    first = _choose([due.at for due in earliest], pl.Datetime("us"))
    last = first
    if any(rule.needs_time for rule in rules):
        end_of_day = pl.when(pl.col("received_is_date")).then(received + DAY_END).otherwise(received)
        latest = [due_under(rule, calendar, zone, end_of_day, instant, n) for rule in rules]
        last = _choose([due.at for due in latest], pl.Datetime("us"))
    return {
        "_day_zero": _choose([due.day_zero for due in earliest], pl.Date()),
        "_due_first": first,
        "_due_last": last,
    }


def _choose(of_each_rule: list[pl.Expr], dtype: pl.DataType) -> pl.Expr:
    """Each row's own rule's value; null where the request has no rule."""
    chosen: pl.Expr = pl.lit(None, dtype=dtype)
    for position, value in enumerate(of_each_rule):
        chosen = pl.when(pl.col("_rule") == position).then(value).otherwise(chosen)
    return chosen


def _reply_columns(as_of: AsOf) -> dict[str, pl.Expr]:
    """Whether a reply is known as of the moment, whether it came before the request, and the due time to show."""
    received, replied = pl.col("received_at"), pl.col("replied_at")
    received_utc, replied_utc = pl.col("received_utc"), pl.col("replied_utc")
    known = pl.coalesce(replied_utc <= as_of.utc, replied <= as_of.local).fill_null(False)
    by_day = pl.col("received_is_date") | pl.col("replied_is_date")
    before = (
        pl.when(by_day)
        .then(replied.dt.date() < received.dt.date())
        .otherwise(pl.coalesce(replied_utc < received_utc, replied < received))
    )
    first, last = pl.col("_due_first"), pl.col("_due_last")
    is_one_day = first.dt.date() == last.dt.date()
    return {
        "_has_reply": known,
        "_is_before": before.fill_null(False) & known,
        "due_at": pl.when(is_one_day).then(first),
        "due_is_date": is_one_day & (first != last),
    }


def _verdict_if_sure(as_of: AsOf) -> pl.Expr:
    """The verdict, if every time of day that a date without a time may stand for gives the same one; else null."""
    replied, first, last = pl.col("replied_at"), pl.col("_due_first"), pl.col("_due_last")
    replied_last = pl.when(pl.col("replied_is_date")).then(replied + DAY_END).otherwise(replied)
    answered = (
        pl.when(replied_last <= first).then(pl.lit("met", VERDICT)).when(replied > last).then(pl.lit("late", VERDICT))
    )
    unanswered = (
        pl.when(last < as_of.passed)
        .then(pl.lit("overdue", VERDICT))
        .when(first >= as_of.passed)
        .then(pl.lit("pending", VERDICT))
    )
    return pl.when(pl.col("_has_reply")).then(answered).otherwise(unanswered)


def _exclusion(first_effective: dt.date) -> pl.Expr:
    """Why a request is not judged: the first reason that applies, in the order of `EXCLUSIONS`; null for a judged one."""
    reasons = {
        "no_reply_owed": pl.col("is_exempt"),
        "reply_before_receipt": pl.col("_is_before"),
        "before_standards": pl.col("received_at") < dt.datetime.combine(first_effective, dt.time()),
        "no_standard": pl.col("promise").is_null(),
        "outside_calendar": pl.any_horizontal(pl.col("_due_first", "_due_last", "_day_zero").is_null()),
        "no_time": pl.col("_sure").is_null(),
    }
    chosen: pl.Expr = pl.lit(None, dtype=EXCLUSION)
    for code, applies in reversed(reasons.items()):
        chosen = pl.when(applies).then(pl.lit(code, EXCLUSION)).otherwise(chosen)
    return chosen


def _elapsed_columns(calendar: Calendar, as_of: AsOf) -> dict[str, pl.Expr]:
    """Business days after day zero up to the reply, or to the as-of moment; and those after the due day, when missed."""
    until = pl.when(pl.col("_has_reply")).then(pl.col("replied_at").dt.date()).otherwise(pl.lit(as_of.local.date()))
    used = calendar.count_through(until)
    is_missed = pl.col("verdict").is_in(["late", "overdue"])
    is_judged = pl.col("excluded").is_null()
    elapsed = (used - calendar.count_through(pl.col("_day_zero"))).clip(0)
    over = used - calendar.count_through(pl.col("due_at").dt.date())
    return {
        "business_days": pl.when(is_judged).then(elapsed),
        "business_days_over": pl.when(is_missed).then(over),
    }
