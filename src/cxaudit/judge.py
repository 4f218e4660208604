"""Judge: requests in, the same requests with due time and verdict out.

Exactly one verdict for each request, as of a stated moment: `met`, `late`, `overdue`, `pending` or `excluded`. A reply
after the moment has not happened yet. Source: DESIGN, sections 2 and 3.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from cxaudit.days.calendar import Calendar
from cxaudit.days.zones import Zone
from cxaudit.elapsed import elapsed_days
from cxaudit.model import EXCLUSIONS, VERDICTS, AsOf
from cxaudit.promises.due import DAY_END, Clock, Due, Rule, due_under, extended
from cxaudit.promises.high_volume import period_of
from cxaudit.promises.readings import Reading, under
from cxaudit.promises.table import Promises

VERDICT = pl.Enum(VERDICTS)
EXCLUSION = pl.Enum(EXCLUSIONS)
JUDGED_COLUMNS = ("promise", "due_at", "due_is_date", "verdict", "excluded", "business_days", "business_days_over")
#: Added only where the standards declare periods of high volume.
HIGH_VOLUME_COLUMNS = ("high_volume", "due_before_extension", "verdict_without")
_AT = pl.Datetime("us")
_NEVER = pl.lit(None, dtype=_AT)
_NO_LENGTH = pl.lit(None, dtype=pl.Duration("us"))


def judge_requests(
    requests: pl.LazyFrame,
    promises: Promises,
    calendar: Calendar,
    zone: Zone,
    as_of: AsOf,
    readings: Sequence[Reading] = (),
    *,
    has_dates: bool = True,
) -> pl.LazyFrame:
    """Give every request its verdict.

    **Frame in**: `channel`, `department` (canonical names or null), `received_at`, `replied_at` (Datetime, local),
    `received_is_date`, `replied_is_date` (a date without a time), `is_exempt` (an exclude rule applies); where the export
    gave instants also `received_utc`, `replied_utc` (Datetime). Other columns pass through; the order of rows is kept.

    **Frame out**: `replied_at` becomes null where the reply is not known as of the moment. Added: `promise` (position in
    `Promises.all`), `due_at` (Datetime; null when unknown), `due_is_date` (only its day is known), `verdict`, `excluded`
    (why), `business_days`, `business_days_over` (Int32, null when unknown); with declared periods of high volume also
    `high_volume` (position), `due_before_extension`, `verdict_without` (the verdict without the extension); and for each
    reading `reading:` and its name (the verdict under it, null when unknown).

    `has_dates` may be False where no receipt and no reply is a date without a time: then one due time is enough.
    A frame of requests that were counted first says itself whether a reply is known and came before the request
    (`has_reply`, `is_before`), the latest moments that its receipts and replies stand for (`received_end`, `replied_end`) and
    whether these lie in one piece of their days, within which no office opens or closes and no clock changes (`is_in_pieces`).
    It gets for each reading also `allowed:` and its name: after how long a reply is just in time (Duration), where the verdict
    is open and this is the same for all receipts of the piece, else null.

    **Source**: DESIGN 2 (verdicts, exclusions and their order), 3 (dates without a time).
    """
    columns = requests.collect_schema().names()
    has_instants = "received_utc" in columns
    if not has_instants:
        requests = requests.with_columns(received_utc=_NEVER, replied_utc=_NEVER)
    clock = Clock(calendar, zone)
    judged = _Judge(promises, clock, as_of, has_dates, has_instants, is_condensed="has_reply" in columns)
    steps = [
        {"promise": promises.promise_of(pl.col("received_at"), pl.col("channel"), pl.col("department"))},
        {"_rule": promises.rule_of(pl.col("promise")), "_n": promises.count_of(pl.col("promise"))},
        *judged.declared(),
        elapsed_days(calendar, as_of.local.date(), varies=judged.needs_times(promises.rules)),
        *(step for reading in readings for step in judged.reading(reading)),
    ]
    for step in steps:
        requests = requests.with_columns(**step)
    added = [*JUDGED_COLUMNS, *(HIGH_VOLUME_COLUMNS if promises.standards.high_volume else ())]
    requests = requests.with_columns(replied_at=pl.when(pl.col("_has_reply")).then(pl.col("replied_at")))
    kept = ["reading:", "allowed:"] if judged.is_condensed else ["reading:"]
    return requests.select(*columns, *added, *(f"{kind}{reading.name}" for reading in readings for kind in kept))


@dataclass(frozen=True)
class _Judge:
    """The expressions of one run, in steps of columns that build on each other."""

    promises: Promises
    clock: Clock
    as_of: AsOf
    has_dates: bool
    has_instants: bool
    is_condensed: bool

    def needs_times(self, rules: Sequence[Rule]) -> bool:
        """Whether the time of day of a receipt may decide under these rules, and is not always known."""
        return self.has_dates and any(rule.needs_time for rule in rules)

    def declared(self) -> list[dict[str, pl.Expr]]:
        """The verdict under the declared rules, with and without declared extensions."""
        rules, periods = self.promises.rules, self.promises.standards.high_volume
        steps = [self._settled(), self._due(rules, "")]
        if any(period.by for period in periods):
            steps += [{"high_volume": period_of(periods)}, self._due(rules, "_extended", extend=True)]
        elif periods:
            steps += [{"high_volume": period_of(periods)}]
        end = "_extended" if any(period.by for period in periods) else ""
        steps += [{**_shown(end), "due_before_extension": _shown("")["due_at"]}, {"_sure": self._verdict(rules, end)}]
        steps += [{"excluded": _exclusion(self.promises.first_effective, self.clock.calendar, end)}]
        is_judged = pl.col("excluded").is_null()
        verdict = pl.when(is_judged).then("_sure").otherwise(pl.lit("excluded", VERDICT))
        # An extension may leave open what is certain without it, where the time of day is not known.
        is_countable = is_judged | (pl.col("excluded") == "no_time")
        plain = pl.when(is_countable).then(self._verdict(rules, ""))
        without = plain.fill_null(pl.lit("excluded", VERDICT))
        return [*steps, {"verdict": verdict, **({"verdict_without": without} if periods else {})}]

    def _settled(self) -> dict[str, pl.Expr]:
        if self.is_condensed:
            return {"_has_reply": pl.col("has_reply"), "_is_before": pl.col("is_before")}
        return reply_columns(self.as_of, has_dates=self.has_dates, has_instants=self.has_instants)

    def reading(self, reading: Reading) -> list[dict[str, pl.Expr]]:
        """The verdict under another reading, of the requests that are judged under the declared one."""
        pairs = [under(reading, rule) for rule in self.promises.rules]
        rules, end = [rule for rule, _ in pairs], f"_{reading.name}"
        factors = pl.Series([factor for _, factor in pairs], dtype=pl.Int32)
        n = pl.col("_n") * pl.col("_rule").map_batches(factors.gather, return_dtype=pl.Int32, is_elementwise=True)
        verdict, allowed = f"reading:{reading.name}", f"allowed:{reading.name}"
        if rules == self.promises.rules and not self.promises.standards.high_volume:  # the declared rule itself
            return [{verdict: pl.when(pl.col("excluded").is_null()).then("verdict"), allowed: _NO_LENGTH}]
        is_known = pl.col("excluded").is_null() | (pl.col("excluded") == "no_time")
        steps: list[dict[str, pl.Expr]] = [self._due(rules, end, n=n)]
        steps.append({verdict: pl.when(is_known).then(self._verdict(rules, end))})
        if self.is_condensed:
            steps.append({allowed: pl.when(pl.col(verdict).is_null()).then(self._allowed(rules, end))})
        return steps

    def _due(
        self, rules: list[Rule], end: str, *, n: pl.Expr | None = None, extend: bool = False
    ) -> dict[str, pl.Expr]:
        """The due time for the earliest and the latest moment at which a request can have been received.

        Columns `_first`, `_last` (local) and `_first_utc`, `_last_utc` (real-time rules only), each with `end` after it.
        """
        received, instant = pl.col("received_at"), pl.col("received_utc")
        number = pl.col("_n") if n is None else n

        def dues(start: pl.Expr) -> list[Due]:
            plain = [due_under(rule, self.clock, start, instant, number) for rule in rules]
            return [self._extend(rule, due) for rule, due in zip(rules, plain, strict=True)] if extend else plain

        earliest = dues(received)
        latest = earliest
        if self.needs_times(rules):
            latest = dues(self._end("received"))
        columns = {
            f"_day_zero{end}": _choose(earliest, lambda due: due.day_zero, pl.Date()),
            f"_last_zero{end}": _choose(latest, lambda due: due.day_zero, pl.Date()),
            f"_first{end}": _choose(earliest, lambda due: due.at, _AT),
            f"_last{end}": _choose(latest, lambda due: due.at, _AT),
        }
        if any(rule.is_real_time for rule in rules):
            columns[f"_first_utc{end}"] = _choose(earliest, lambda due: due.instant, _AT)
            columns[f"_last_utc{end}"] = _choose(latest, lambda due: due.instant, _AT)
        return columns

    def _extend(self, rule: Rule, due: Due) -> Due:
        """The due time moved by the extension of the request's own period, if it declares one."""
        at, instant = due.at, due.instant
        for position, period in enumerate(self.promises.standards.high_volume):
            if period.by is not None:
                later = extended(rule, self.clock, due, period.by)
                covers = pl.col("high_volume") == position
                at = pl.when(covers).then(later.at).otherwise(at)
                instant = pl.when(covers).then(later.instant).otherwise(instant)
        return Due(due.day_zero, at, instant)

    def _verdict(self, rules: list[Rule], end: str) -> pl.Expr:
        """The verdict, if every time of day that a date without a time may stand for gives the same one; else null.

        Real-time rules compare instants, so that an hour which the clocks repeat is not one hour.
        """
        wall = self._replied(lambda moment: moment)
        passed = self.as_of.local + self.as_of.just_after
        on_wall = _verdict_if_sure(wall, pl.col(f"_first{end}"), pl.col(f"_last{end}"), passed)
        real = [i for i, rule in enumerate(rules) if rule.is_real_time]
        if not real:
            return on_wall
        instant = self._replied(lambda moment: pl.coalesce("replied_utc", self.clock.zone.utc(moment)))
        passed = self.as_of.utc + self.as_of.just_after
        in_time = _verdict_if_sure(instant, pl.col(f"_first_utc{end}"), pl.col(f"_last_utc{end}"), passed)
        return pl.when(pl.col("_rule").is_in(real)).then(in_time).otherwise(on_wall)

    def _allowed(self, rules: list[Rule], end: str) -> pl.Expr:
        """After how long a reply is just in time, where that is the same for all receipts of a piece of a day; else null.

        Within a piece a due time stands still, or follows the receipt and may jump: if the last one is as far from the first
        as the receipts are, it follows them without a jump.
        """
        first, last, reply = pl.col(f"_first{end}"), pl.col(f"_last{end}"), pl.col("replied_at")
        if real := [i for i, rule in enumerate(rules) if rule.is_real_time]:
            is_real = pl.col("_rule").is_in(real)
            first = pl.when(is_real).then(pl.col(f"_first_utc{end}")).otherwise(first)
            last = pl.when(is_real).then(pl.col(f"_last_utc{end}")).otherwise(last)
            reply = pl.when(is_real).then(self.clock.zone.utc(reply)).otherwise(reply)
        received = pl.col("received_at")
        follows = last - first == pl.col("received_end") - received
        is_same = pl.col("is_in_pieces") & pl.col("_has_reply") & follows
        return pl.when(is_same).then((first - reply) + (pl.col("replied_at") - received))

    def _replied(self, comparable: Callable[[pl.Expr], pl.Expr]) -> tuple[pl.Expr, pl.Expr]:
        """The earliest and the latest moment that a reply stands for; `comparable` turns a wall time into what is compared."""
        wall = pl.col("replied_at")
        earliest = comparable(wall)
        if not self.has_dates:
            return earliest, earliest
        return earliest, comparable(self._end("replied"))

    def _end(self, name: str) -> pl.Expr:
        """The latest moment that a receipt or reply stands for."""
        if self.is_condensed:
            return pl.col(f"{name}_end")
        at = pl.col(f"{name}_at")
        return pl.when(pl.col(f"{name}_is_date")).then(at + DAY_END).otherwise(at)


def _choose(dues: list[Due], part: Callable[[Due], pl.Expr], dtype: pl.DataType) -> pl.Expr:
    """Each row's own rule's value; null where the request has no rule."""
    chosen: pl.Expr = pl.lit(None, dtype=dtype)
    for position, due in enumerate(dues):
        chosen = pl.when(pl.col("_rule") == position).then(part(due)).otherwise(chosen)
    return chosen


def reply_columns(as_of: AsOf, *, has_dates: bool, has_instants: bool) -> dict[str, pl.Expr]:
    """Whether a reply is known as of the moment, and whether it came before the request."""
    received, replied = pl.col("received_at"), pl.col("replied_at")
    known, before = replied <= as_of.local, replied < received
    if has_instants:
        received_utc, replied_utc = pl.col("received_utc"), pl.col("replied_utc")
        known = pl.coalesce(replied_utc <= as_of.utc, known)
        before = pl.coalesce(replied_utc < received_utc, before)
    known = known.fill_null(False)
    if has_dates:
        by_day = pl.col("received_is_date") | pl.col("replied_is_date")
        before = pl.when(by_day).then(replied.dt.date() < received.dt.date()).otherwise(before)
    return {"_has_reply": known, "_is_before": before.fill_null(False) & known}


def _shown(end: str) -> dict[str, pl.Expr]:
    """The due time to show: null if it may fall on several days, its day alone if its time of day is not known."""
    first, last = pl.col(f"_first{end}"), pl.col(f"_last{end}")
    is_one_day = first.dt.date() == last.dt.date()
    return {"due_at": pl.when(is_one_day).then(first), "due_is_date": is_one_day & (first != last)}


def _verdict_if_sure(replied: tuple[pl.Expr, pl.Expr], first: pl.Expr, last: pl.Expr, passed: dt.datetime) -> pl.Expr:
    replied_first, replied_last = replied
    answered = (
        pl.when(replied_last <= first)
        .then(pl.lit("met", VERDICT))
        .when(replied_first > last)
        .then(pl.lit("late", VERDICT))
    )
    unanswered = (
        pl.when(last < passed).then(pl.lit("overdue", VERDICT)).when(first >= passed).then(pl.lit("pending", VERDICT))
    )
    return pl.when(pl.col("_has_reply")).then(answered).otherwise(unanswered)


def _exclusion(first_effective: dt.date, calendar: Calendar, end: str) -> pl.Expr:
    """Why a request is not judged: the first reason that applies, in the order of `EXCLUSIONS`; else null."""
    days = [pl.col(name).dt.date() for name in ("received_at", f"_first{end}", f"_last{end}")]
    is_known = [day.is_between(calendar.first, calendar.last).fill_null(False) for day in (*days, pl.col("_day_zero"))]
    reasons = {
        "no_reply_owed": pl.col("is_exempt"),
        "reply_before_receipt": pl.col("_is_before"),
        "before_standards": pl.col("received_at") < dt.datetime.combine(first_effective, dt.time()),
        "no_standard": pl.col("promise").is_null(),
        "outside_calendar": ~pl.all_horizontal(is_known),
        "no_time": pl.col("_sure").is_null(),
    }
    chosen: pl.Expr = pl.lit(None, dtype=EXCLUSION)
    for code in reversed(EXCLUSIONS):
        chosen = pl.when(reasons[code]).then(pl.lit(code, EXCLUSION)).otherwise(chosen)
    return chosen
