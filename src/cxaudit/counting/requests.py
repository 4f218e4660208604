"""Counting: the requests of a run counted in some way, in as few steps as the answer needs.

What the days of receipt and reply decide is counted by them first and judged afterwards (`condense.py`); what they leave
open is judged request by request. The counts are the same as if each request had been judged by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cxaudit.counting.condense import DAY, KEY, SECOND, Condensed, Cuts, condense
from cxaudit.judge import VERDICT
from cxaudit.model import Verdict
from cxaudit.tally.counts import merge_tallies, tally_verdicts

if TYPE_CHECKING:
    from cxaudit.audit import Audit
    from cxaudit.days.zones import ClockChange

#: How many requests are judged one by one at a time, about 50 bytes each.
PORTION_ROWS = 10_000_000
#: With more of them than this, days are not cut: the kinds would be too many.
_MOST_CUTS = 8


@dataclass(frozen=True)
class Kinds:
    """What counting found: the kinds of requests, judged. `is_open`: not all of its requests are judged alike, under the
    declared rules where it `is_undecided`, else under other readings alone."""

    condensed: Condensed
    judged: pl.DataFrame

    def with_verdicts(self, verdicts: Sequence[Verdict]) -> pl.DataFrame:
        """The kinds whose requests may lie inside the period with one of these verdicts; no others can."""
        wanted = pl.col("is_inside") & pl.col("verdict").is_in(list(verdicts))
        return self.judged.filter(wanted | (pl.col("is_open") & pl.col("is_undecided")))


def count_requests(audit: Audit, by: Sequence[str]) -> tuple[pl.DataFrame, Kinds | None]:
    """The tally of all requests by these columns, by channel, by `in_period` and by their verdicts under the readings asked
    for. One pass over the requests serves every question about fewer dimensions. Each `table` is told only by `file`; else
    one stands for all whose replies are known in the same way. With it the kinds of requests, where these were counted."""
    names = sorted({*by, "channel", "in_period", *(f"reading:{reading.name}" for reading in audit.readings)} - {"file"})
    known = {*audit.judged_columns, "month", "week", "in_period"}
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in names if name not in known]

    def tally(judged: pl.LazyFrame, by: Sequence[str] = names) -> pl.LazyFrame:
        marked = judged.with_columns(*absent, in_period="is_inside", is_inside=pl.lit(True))
        return tally_verdicts(marked, by)

    deciding = _deciding(audit)
    carried = [name for name in audit.requests.collect_schema().names() if name in by and name not in deciding]
    condensed = None if audit.is_small else _condensed(audit, by, deciding, carried)
    if condensed is None:
        return tally(audit.judged).collect(engine="streaming"), None
    judged = audit.judge(condensed.kinds.lazy(), has_dates=True).collect()
    judged = judged.with_columns(*_is_open(audit, judged))
    settled = judged.filter(~pl.col("is_open")).lazy()
    if carried:
        kinds = tally(settled, [*(name for name in names if name not in carried), KEY]).collect()
        parts = [_spread(kinds, condensed.rows, carried)]
    else:
        parts = [tally(settled).collect()]
    # Brought together first: judging a few rows of each batch costs as much as judging whole batches.
    for kinds in _portions(judged.filter("is_open", "is_undecided")):
        requests = condensed.of(kinds).collect(engine="streaming").rechunk()
        parts.append(tally(audit.judge(requests.lazy())).collect(engine="streaming"))
    unsure = judged.filter("is_open", ~pl.col("is_undecided")).with_columns(_is_timed=_is_timed(audit))
    if not (timed := unsure.filter("_is_timed")).is_empty():
        parts.append(tally(_by_time_taken(audit, condensed.rows, timed, carried).lazy()).collect())
    for kinds in _portions(unsure.filter(~pl.col("_is_timed"))):
        requests = condensed.of(kinds).collect(engine="streaming").rechunk()
        parts.append(tally(_under_readings(audit, requests, kinds, carried).lazy()).collect())
    return merge_tallies([part.select(sorted(part.columns)) for part in parts], names), Kinds(condensed, judged)


def _is_timed(audit: Audit) -> pl.Expr:
    """Of which kinds the time from receipt to reply tells the verdict under each reading that leaves them open."""
    names = [reading.name for reading in audit.readings]
    told = (pl.col(f"reading:{name}").is_not_null() | pl.col(f"allowed:{name}").is_not_null() for name in names)
    return pl.all_horizontal(pl.lit(True), *told)


def _by_time_taken(audit: Audit, rows: pl.LazyFrame, kinds: pl.DataFrame, carried: Sequence[str]) -> pl.DataFrame:
    """Requests of such kinds, counted by their verdicts under other readings: in time are those that were answered within
    what is allowed."""
    names = [reading.name for reading in audit.readings if kinds[f"allowed:{reading.name}"].count()]
    allowed, taken = [f"allowed:{name}" for name in names], pl.col("replied_at") - pl.col("received_at")
    timed = rows.join(kinds.select(KEY, *allowed).lazy(), on=KEY).select(KEY, *carried, pl.col(allowed) >= taken)
    counted = timed.group_by(KEY, *carried, *allowed).agg(n=pl.len()).collect(engine="streaming")
    met, late = (pl.lit(verdict, VERDICT) for verdict in ("met", "late"))
    told = {name: pl.when(f"allowed:{name}").then(met).otherwise(late) for name in names}
    judged = counted.join(kinds.drop("n", *allowed, *carried, strict=False), on=KEY)
    return judged.with_columns(pl.coalesce(f"reading:{name}", verdict) for name, verdict in told.items())


def _under_readings(audit: Audit, requests: pl.DataFrame, kinds: pl.DataFrame, carried: Sequence[str]) -> pl.DataFrame:
    """Requests of kinds that other readings alone leave open, counted by their verdicts under these; all else is known of
    their kind."""
    left = [one for one in audit.readings if kinds[f"reading:{one.name}"].null_count()]
    names = [f"reading:{one.name}" for one in left]
    judged = audit.judge(requests.lazy(), readings=left)
    counted = judged.group_by(KEY, *carried, *names).agg(n=pl.len()).collect(engine="streaming")
    return counted.join(kinds.drop("n", *names, *carried, strict=False), on=KEY)


def _spread(kinds: pl.DataFrame, rows: pl.LazyFrame, carried: Sequence[str]) -> pl.DataFrame:
    """The tally of settled kinds by further columns, which decide nothing: requests are counted by these and by what
    became of their kind, of which there are few."""
    outcomes = kinds.drop("n").group_by(pl.exclude(KEY)).agg(KEY).with_row_index("_outcome")
    of_kind = outcomes.select("_outcome", KEY).explode(KEY)
    counted = rows.join(of_kind.lazy(), on=KEY).group_by("_outcome", *carried).agg(n=pl.len())
    return counted.collect(engine="streaming").join(outcomes.drop(KEY), on="_outcome").drop("_outcome")


def _deciding(audit: Audit) -> list[str]:
    """The names on which verdicts depend: a department only where it has promises or a high-volume period of its own."""
    standards = audit.promises.standards
    departments = [promise.department for promise in audit.promises.all]
    departments += [name for period in standards.high_volume for name in period.departments]
    return ["channel", "department"] if any(departments) else ["channel"]


def _portions(kinds: pl.DataFrame) -> list[pl.DataFrame]:
    """The kinds in portions of so many requests that they fit into memory."""
    portion = (pl.col("n").cum_sum() - 1) // PORTION_ROWS
    return kinds.with_columns(_portion=portion).partition_by("_portion", maintain_order=True, include_key=False)


def _condensed(audit: Audit, by: Sequence[str], deciding: Sequence[str], carried: Sequence[str]) -> Condensed | None:
    tables = list(range(len(audit.arrived)))
    if "file" not in by:  # the first of those whose replies are known alike stands for each: fewer kinds of requests
        bases = [arrived.source.layout.reply_basis for arrived in audit.arrived]
        tables = [bases.index(basis) for basis in bases]
    as_of, cuts = audit.question.as_of, _cuts(audit)
    return condense(audit.requests, deciding, carried, as_of, tables, cuts, has_dates=audit.has_dates)


def _cuts(audit: Audit) -> Cuts:
    """Where the rules in play tell times of day apart: at openings and closings.

    Who writes as the office opens or closes waits as long as those who wrote while it was closed; a reply at these moments is
    the last one in time.
    """
    rules, calendar = audit.promises.rules, audit.calendar
    if not audit.readings and not any(rule.needs_time for rule in rules):
        return Cuts()
    days = [*(day for rule in rules for day in rule.hours.by_weekday), *calendar.settings.part_days.values()]
    openings, closings = ({segment[end] * SECOND for day in days for segment in day} - {0, DAY} for end in (0, 1))
    whole = tuple(sorted({moment.date() for one in _clock_changes(audit) for moment in (one.start, one.end)}))
    if len(openings | closings) > _MOST_CUTS:
        return Cuts(whole=whole)
    after = {moment + 1 for moment in openings}
    return Cuts(tuple(sorted(after | closings)), tuple(sorted(after | {moment + 1 for moment in closings})), whole)


def _is_open(audit: Audit, kinds: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    """Which kinds of requests are not judged alike, whatever their times of day: `is_open`; and of which not even the
    verdict, the due day, the business days and the exclusion under the declared rules are known: `is_undecided`."""
    dues = [pl.col(name).is_null() for name in ("due_at", "due_before_extension") if name in kinds.columns]
    is_undated = pl.col("promise").is_not_null() & pl.any_horizontal(dues)  # the due day says to which month
    is_undecided = (pl.col("excluded") == "no_time").fill_null(False) | is_undated
    is_undecided |= pl.col("excluded").is_null() & pl.col("business_days").is_null()
    if "verdict_without" in kinds.columns:
        is_undecided |= pl.col("excluded").is_null() & (pl.col("verdict_without") == "excluded")
    # Other readings are asked about inside the period alone.
    unsure = [pl.col(f"reading:{reading.name}").is_null() for reading in audit.readings]
    is_unsure = pl.col("excluded").is_null() & pl.col("is_inside") & pl.any_horizontal(pl.lit(False), *unsure)
    # Days whose last hour the clocks repeat: an instant may lie after the one of the day's last wall time.
    changes = _clock_changes(audit)
    longer = [one.start.date() for one in changes if one.is_repeated and one.end.time() == dt.time()]
    for moment in ("received_at", "replied_at"):
        is_undecided |= pl.col(moment).dt.date().is_in(longer).fill_null(False)
    is_open = (is_undecided | is_unsure) & ~pl.col("is_certain")
    return is_open.alias("is_open"), is_undecided.alias("is_undecided")


def _clock_changes(audit: Audit) -> list[ClockChange]:
    """The changes of the clocks within the calendar."""
    first, last = (dt.datetime.combine(day, dt.time()) for day in (audit.calendar.first, audit.calendar.last))
    return audit.zone.clock_changes(first, last)
