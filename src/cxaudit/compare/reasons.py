"""Why a system's own verdict differs: the request judged again under what the system may have assumed.

A likely reason, not a proof: the first of them under which the verdict is the system's, and the due day too where the
export tells it. Source: DESIGN, section 3, "The system's own word".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from cxaudit.audit import Audit
from cxaudit.days.calendar import Calendar
from cxaudit.judge import HIGH_VOLUME_COLUMNS, JUDGED_COLUMNS, judge_requests
from cxaudit.model import MISSED
from cxaudit.promises.due import Rule
from cxaudit.promises.readings import Reading, readings_for, under
from cxaudit.promises.table import Promises
from cxaudit.standards.model import Promise, Standards, Version, Within

_AT = pl.Datetime("us")
_SYSTEM, _OPEN = pl.col("system"), pl.col("replied_at").is_null()
_IS_MISSED = pl.col("verdict").cast(pl.String).is_in(MISSED)
_DUE_DAY = pl.col("due_at").dt.date()


def with_reasons(audit: Audit, differing: pl.DataFrame, zones: ZoneMixUp) -> pl.DataFrame:
    """Add `reason` to requests of which the system says something else.

    **Frame in**: judged requests with `source`, `system`, `system_verdict`, `system_due_at`, and what the newest row of the
    case says (`system_received_at`, `system_replied_at`). **Frame out**: the same rows and order.
    """
    frame = differing.with_columns(reason=_told(audit, differing))
    for reason, found in _trials(audit, frame, zones):
        is_it = found.select(_is_explained()).collect().to_series()
        frame = frame.with_columns(reason=pl.coalesce("reason", pl.when(is_it).then(pl.lit(reason))))
    due_day = pl.col("system_due_at").dt.date()
    other_due = (due_day != _DUE_DAY) & _follows_from_due()
    last = (
        pl.when(other_due).then(pl.lit("other_due_time")).when(~_follows_from_due()).then(pl.lit("not_by_its_due_time"))
    )
    return frame.with_columns(reason=pl.coalesce("reason", last, pl.lit("unexplained")))


@dataclass(frozen=True)
class ZoneMixUp:
    """Which sources bear out that their system mixed up city time and universal time.

    That is a habit of a system, not of one request. A source bears it out if the system says what follows from it for most
    of the requests to whose verdict or due day it makes a difference.
    """

    audit: Audit
    said: pl.LazyFrame  # the requests of the run, each with what its system says

    @cached_property
    def sources(self) -> tuple[list[str], ...]:
        """The sources for each of the two ways to mix them up, in the order of `_shifted`."""
        is_told = pl.col("system").is_not_null() & (pl.col("verdict") != "excluded")
        told = self.said.filter(is_told).with_columns(was_missed=_IS_MISSED, was_due=_DUE_DAY)
        makes_a_difference = (pl.col("was_missed") != _IS_MISSED) | (
            pl.col("system_due_at").is_not_null() & (pl.col("was_due") != _DUE_DAY)
        )
        found = [
            _judged(self.audit, shifted)
            .filter(makes_a_difference)
            .group_by("source")
            .agg(follows=_is_explained().mean())
            .filter(pl.col("follows") > 0.5)
            .collect(engine="streaming")
            for shifted in _shifted(self.audit, told)
        ]
        return tuple(one["source"].to_list() for one in found)


def _told(audit: Audit, frame: pl.DataFrame) -> pl.Expr:
    """What needs no second judgement: nothing is judged here, the system has no target, or it looked at another time."""
    latest = [arrived.latest_at for arrived in audit.arrived]
    extract = pl.col("table").replace_strict(range(len(latest)), latest, return_dtype=_AT)
    has_due = [i for i, one in enumerate(audit.arrived) if "system_due_at" in one.source.layout.positions]
    no_target = pl.col("system_due_at").is_null() & pl.col("table").is_in(has_due) & (_SYSTEM == "met")
    due, as_of = pl.col("due_at"), audit.question.as_of.local
    verdict = pl.col("verdict")
    earlier = (verdict == "overdue") & (_SYSTEM != "missed") & (due >= extract)
    later = (verdict == "pending") & (_SYSTEM == "missed") & (due < extract)
    is_unknown_yet = (
        _OPEN & (pl.col("system_replied_at") > as_of) if "system_replied_at" in frame.columns else pl.lit(False)
    )
    excluded = pl.when(verdict == "excluded").then(pl.col("excluded").cast(pl.String))
    told = excluded.when(no_target).then(pl.lit("no_target"))
    return told.when(earlier | later | is_unknown_yet).then(pl.lit("as_of_the_extract"))


def _trials(audit: Audit, frame: pl.DataFrame, zones: ZoneMixUp) -> Iterator[tuple[str, pl.LazyFrame]]:
    """The same requests, judged again under one assumption after the other; `may_be` where it can be this one at all."""
    standards, promises, requests = audit.question.standards, audit.promises, frame.lazy()
    if {"system_received_at", "system_replied_at"} <= set(frame.columns):
        newest = {"received_at": pl.col("system_received_at"), "replied_at": pl.col("system_replied_at")}
        is_other = pl.any_horizontal(pl.col(name).ne_missing(other) for name, other in newest.items())
        yield "last_row", _judged(audit, requests.with_columns(**newest, may_be=is_other))
    if any(period.by for period in standards.high_volume):
        yield "extension", _judged(audit, requests, replace(standards, high_volume=()))
    if any(promise.department for promise in promises.all):
        yield "channel_promise", _judged(audit, requests, _of_channels(standards))
    yield "holiday", _judged(audit, requests, without_holidays=True)
    for way, shifted in enumerate(_shifted(audit, requests)):
        found = _judged(audit, shifted)
        # Only where it would explain something are all requests of the run asked, and once.
        if found.select(_is_explained().any()).collect().item():
            yield "time_zone", found.with_columns(may_be=pl.col("source").is_in(zones.sources[way]))
    for reading in readings_for(promises.rules):
        yield f"reading:{reading.name}", _judged(audit, requests, _read(standards, reading))


def _is_explained() -> pl.Expr:
    """Whether a second judgement comes to what the system says, with its due day where that is known."""
    verdict = pl.col("verdict").cast(pl.String)
    agrees = pl.when(_SYSTEM == "missed").then(_IS_MISSED).otherwise(verdict.is_in(["met", "pending"]))
    same_day = (pl.col("system_due_at").dt.date() == _DUE_DAY).fill_null(True)
    return (agrees & same_day & pl.col("may_be")).fill_null(False)


def _judged(
    audit: Audit, frame: pl.LazyFrame, standards: Standards | None = None, *, without_holidays: bool = False
) -> pl.LazyFrame:
    """The requests judged once more; `may_be` is true unless they say otherwise."""
    promises = Promises(standards) if standards else audit.promises
    settings, known = audit.calendar.settings, audit.calendar
    if without_holidays:
        settings = replace(settings, holidays=None, closed={})
    first, last = promises.reach(known.first, known.last)
    calendar = Calendar(settings, max(first, known.first), last) if standards or without_holidays else known
    columns = frame.collect_schema().names()
    added = [name for name in columns if name.startswith("reading:") or name in (*JUDGED_COLUMNS, *HIGH_VOLUME_COLUMNS)]
    requests = frame.drop(added)
    if "may_be" not in columns:
        requests = requests.with_columns(may_be=pl.lit(True))
    return judge_requests(requests, promises, calendar, audit.zone, audit.question.as_of)


def _shifted(audit: Audit, frame: pl.LazyFrame) -> Iterator[pl.LazyFrame]:
    """The requests as though the system took city time for universal time, and the other way round."""
    columns = frame.collect_schema().names()
    unknown = {f"{name}_utc": pl.lit(None, _AT) for name in ("received", "replied") if f"{name}_utc" in columns}
    for turn in (audit.zone.utc, audit.zone.local):
        yield frame.with_columns(
            **{
                f"{name}_at": pl.when(f"{name}_is_date").then(f"{name}_at").otherwise(turn(pl.col(f"{name}_at")))
                for name in ("received", "replied")
            },
            **unknown,
        )


def _of_channels(standards: Standards) -> Standards:
    """The standards without the promises of departments."""
    versions = (
        replace(version, promises=tuple(one for one in version.promises if one.department is None))
        for version in standards.versions
    )
    return replace(standards, versions=tuple(versions))


def _read(standards: Standards, reading: Reading) -> Standards:
    """The standards under another reading of a business day, without extensions."""
    return replace(standards, versions=tuple(_read_version(one, reading) for one in standards.versions), high_volume=())


def _read_version(version: Version, reading: Reading) -> Version:
    promises, counting = [], version.counting
    for promise in version.promises:
        rule, factor = under(reading, Rule(promise.within.unit, version.counting, version.office_hours))
        promises.append(_multiplied(promise, rule, factor))
        counting = rule.counting if promise.within.unit == "business days" else counting
    return replace(version, promises=tuple(promises), counting=counting)


def _multiplied(promise: Promise, rule: Rule, factor: int) -> Promise:
    return replace(promise, within=Within(promise.within.count * factor, rule.unit, promise.within.text))


def _follows_from_due() -> pl.Expr:
    """Whether the system's verdict is what its own due time and the reply come to; true where it names no due time."""
    due, replied = pl.col("system_due_at"), pl.col("replied_at")
    end = pl.when("system_due_is_date").then(due + pl.duration(hours=24) - pl.duration(microseconds=1)).otherwise(due)
    is_in_time = replied <= end
    said = (
        pl.when(_OPEN)
        .then(pl.lit(True))
        .otherwise(pl.when(_SYSTEM == "missed").then(~is_in_time).otherwise(is_in_time))
    )
    return said.fill_null(True)
