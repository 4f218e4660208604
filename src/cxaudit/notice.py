"""Notice: what shows only once all requests are judged: unknown channels, missing exports, stale exports, changed history.

Source: DESIGN, section 3 (which standard, as of, the same case, time).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING

import polars as pl

from cxaudit.counting.coverage import known_until
from cxaudit.days.calendar import Calendar, calendar_of
from cxaudit.findings import CATALOGUE, Finding
from cxaudit.inspect.hours import HOURS, unusual_hours
from cxaudit.intake.table_findings import place_finding
from cxaudit.model import NO_REPLY_OWED
from cxaudit.spelling import nearest
from cxaudit.standards.model import Standards
from cxaudit.standards.weaker import weaker_promises

if TYPE_CHECKING:
    from cxaudit.audit import Audit
    from cxaudit.intake.sorting import Arrived

_PLACES = 5
#: So many requests should have come before the first one, at the pace of those since, of which there are more: by chance it
#: happens to one channel in twenty thousand.
_EXPECTED = 10
#: And a silence within is told only where it is so many times as long as any other of the channel.
_LONGER = 2
_DAY = dt.timedelta(days=1)
#: So many rows tell at what time of day requests come.
_FIRST_ROWS = 200_000


def notice(audit: Audit) -> tuple[Finding, ...]:
    """Every finding of the run, those about rows first, in the order of the catalogue and of the input."""
    found = [finding for arrived in audit.arrived for finding in arrived.findings]
    parts = (
        _same_content, _left_aside, _channels, _absent_channels, _changed, _weaker, _high_volume, _clock_changes, _hours,
        _silences, _stale, _exclude_columns,
    )  # fmt: skip
    for part in parts:
        found.extend(part(audit))
    order = list(CATALOGUE)
    return tuple(sorted(found, key=lambda finding: order.index(finding.code)))


def _same_content(audit: Audit) -> Iterator[Finding]:
    for name, twin in audit.same_content.items():
        yield Finding.of("same_content", f"the same content as {twin}; read once", file=name)


def _left_aside(audit: Audit) -> Iterator[Finding]:
    for name in audit.left_aside:
        yield Finding.of("member_left_aside", file=name)
    for name in audit.other_files:
        yield Finding.of("file_left_aside", file=name)
    for path in audit.own_lists:
        yield Finding.of("own_list", file=audit.files[path])


def _channels(audit: Audit) -> Iterator[Finding]:
    """Channels for which nothing is promised, each with the nearest one for which something is. A channel that no standard
    names is told whatever its requests are excluded for, unless no reply is owed to them."""
    known, channel = audit.question.standards.channel_names, pl.col("channel").cast(pl.String)
    excluded = pl.col("excluded").cast(pl.String)
    is_unnamed = ~channel.is_in(list(known.values())) & (excluded != NO_REPLY_OWED)
    is_unpromised = (excluded == "no_standard") | is_unnamed
    if audit.count(("channel",)).filter(is_unpromised).is_empty():
        return
    unknown = audit.judged.filter(is_unpromised)
    counted = unknown.group_by("table", channel).agg(pl.len(), pl.col("row").sort().head(_PLACES))
    for table, name, n, rows in counted.sort("table", "channel").collect(engine="streaming").iter_rows():
        source = audit.arrived[table].source
        if name is None:
            yield place_finding("no_channel", source, n, rows)
        elif name in known.values():
            yield place_finding("unknown_channel", source, n, rows, (name,), "no promise for it on the day of receipt")
        else:
            near = nearest(name, known)
            advice = "add it under channels: to the words of the one that is meant"
            guess = f'the nearest is "{known[near]}": add it under channels: if it is meant' if near else advice
            yield place_finding("unknown_channel", source, n, rows, (name,), f"no standard names it; {guess}")


def _absent_channels(audit: Audit) -> Iterator[Finding]:
    counted = audit.count(("channel",)).group_by(pl.col("channel").cast(pl.String), "in_period").agg(pl.col("n").sum())
    n_of = {(channel, inside): n for channel, inside, n in counted.iter_rows()}
    titles = audit.question.standards.titles
    for channel in dict.fromkeys(p.channel for p in audit.promised):
        if not n_of.get((channel, True)):
            outside = n_of.get((channel, False), 0)
            where = f" in the period, {outside:,} outside it" if outside else ""
            yield Finding.of(
                "channel_without_requests", f"no request{where}: is an export missing?", values=(titles[channel],)
            )


def _changed(audit: Audit) -> Iterator[Finding]:
    for table, n, places in audit.merged.changed.iter_rows():
        yield place_finding("history_changed", audit.arrived[table].source, n, places)
    for table, n, places in audit.merged.damaged.iter_rows():
        yield place_finding("damaged_id", audit.arrived[table].source, n, places)


def _weaker(audit: Audit) -> Iterator[Finding]:
    """Departments that promise less than their channel does."""
    file = audit.question.standards.file
    for said in weaker_promises(audit.question.standards):
        yield Finding.of("weaker_promise", f"{PurePath(file).name}{said.removeprefix(file)}")


def _high_volume(audit: Audit) -> Iterator[Finding]:
    """Periods declared after they began, and those that name a department which nobody has. Like all findings they name the
    standards file without its folder: they are stored, and the same on every machine."""
    standards = audit.question.standards
    present = _departments(audit) if any(period.departments for period in standards.high_volume) else set()
    present |= {promise.department for promise in audit.promises.all if promise.department is not None}
    for period in standards.high_volume:
        place = f"{PurePath(standards.file).name}:{period.line}:{period.column}"
        if period.declared is not None and period.declared > period.first:
            said = f'{place}: "{period.reason}" began on {period.first} and was declared on {period.declared}'
            yield Finding.of("declared_late", said)
        for department in period.departments:
            if department not in present:
                close = nearest(department, sorted(present))
                near = f'; the nearest is "{close}"' if close else ""
                said = f'{place}: no request is of the department "{department}"{near}'
                yield Finding.of("unknown_department", said)


def _departments(audit: Audit) -> set[str]:
    found = audit.merged.requests.group_by("department").agg().collect(engine="streaming")["department"]
    return set(found.drop_nulls().cast(pl.String))


def _clock_changes(audit: Audit) -> Iterator[Finding]:
    """Wall times without an offset that the clocks skipped or repeated."""
    survey, rows = audit.log.survey, audit.merged.requests
    first, last = survey["first_at"].min(), survey["latest"].max()
    if not isinstance(first, dt.datetime) or not isinstance(last, dt.datetime):
        return
    changes = audit.zone.clock_changes(first, last)
    if not changes:
        return
    conditions, names = [], rows.collect_schema().names()
    for role in ("received", "replied"):
        at, is_timed = pl.col(f"{role}_at"), ~pl.col(f"{role}_is_date")
        inside = pl.any_horizontal([at.is_between(c.start, c.end, closed="left") for c in changes])
        utc = f"{role}_utc"
        is_wall = pl.col(utc).is_null() if utc in names else pl.lit(True)
        conditions.append((inside & is_timed & is_wall).fill_null(False))
    hits = (
        rows.filter(pl.any_horizontal(conditions)).group_by("table").agg(pl.len(), pl.col("row").sort().head(_PLACES))
    )
    for table, n, rows in hits.sort("table").collect(engine="streaming").iter_rows():
        yield place_finding("clock_change", audit.arrived[table].source, n, rows)


def _hours(audit: Audit) -> Iterator[Finding]:
    """Tables whose receipts gather at night, by the first rows of the log: their times may be in another zone."""
    first = audit.merged.requests.head(_FIRST_ROWS).filter(~pl.col("received_is_date"))
    received = pl.col("received_at")
    counted = first.group_by("table", hour=received.dt.hour()).agg(pl.len(), received.min()).collect(engine="streaming")
    for (table,), part in sorted(counted.partition_by("table", as_dict=True).items()):
        n = dict(part.select("hour", "len").iter_rows())
        words = unusual_hours([n.get(hour, 0) for hour in range(HOURS)], audit.zone, part["received_at"].min())  # type: ignore[arg-type]
        if words:
            yield place_finding("unusual_hours", audit.arrived[table].source, 1, message=words)


def _silences(audit: Audit) -> Iterator[Finding]:
    """Channels of which no request came for long at the beginning of the period, or of the promise, or within the period, for
    the pace at which they come otherwise."""
    if audit.question.period is None:
        return
    standards, (begin, end), days = audit.question.standards, audit.question.period, audit.calendar
    if begin < days.first:
        days = calendar_of(standards, begin, days.last)
    receipts, until = _receipts(audit), min(end, known_until(audit.question.as_of))
    for channel, since in _promised_since(standards).items():
        n_of = receipts.get(channel, {})
        if (n := sum(n_of.values())) > _EXPECTED:
            dates, title = sorted(n_of), standards.titles[channel]
            n_days = max(1, days.n_between(dates[0], dates[-1]))
            n_before = days.n_between(max(begin, since), min(dates[0], end))
            if n_before * n >= _EXPECTED * n_days:
                said = f"the first request came on {dates[0]}, {n_before} business days after the period began"
                pace = f"{n:,} in the {n_days:,} business day{'s' if n_days > 1 else ''} since"
                words = f"{said}, and {pace}: is the beginning of an export missing?"
                yield Finding.of("late_start", words, values=(title,))
            after, n_silent = _longest_silence(
                days, [*dates, *([until + _DAY] if until > dates[-1] else [])], begin, until
            )
            if len(dates) > _EXPECTED and n_silent * n >= _EXPECTED * n_days:
                said = f"no request came for {n_silent} business days of the period after {after}"
                words = f"{said}, and {n:,} in {n_days:,} business days in all: is an export missing?"
                yield Finding.of("silence", words, values=(title,))


def _longest_silence(days: Calendar, dates: list[dt.date], begin: dt.date, until: dt.date) -> tuple[dt.date, int]:
    """The last day before the longest time without any of these dates, and how many business days of it the period holds;
    none where it is not much longer than any other."""
    gaps = sorted((days.n_between(day, after - _DAY), day, after) for day, after in pairwise(dates))
    if not gaps or (len(gaps) > 1 and gaps[-1][0] <= _LONGER * gaps[-2][0]):
        return begin, 0
    _, day, after = gaps[-1]
    return day, days.n_between(max(day, begin - _DAY), min(after - _DAY, until))


def _receipts(audit: Audit) -> dict[str | None, dict[dt.date, int]]:
    """How many requests of each channel came in on each day, as far as the as-of moment knows."""
    received = pl.col("received_at")
    known = audit.merged.requests.filter(received <= audit.question.as_of.local)
    counted = known.group_by(pl.col("channel").cast(pl.String), received.dt.date().alias("day")).agg(n=pl.len())
    found: dict[str | None, dict[dt.date, int]] = {}
    for channel, day, n in counted.collect(engine="streaming").iter_rows():
        found.setdefault(channel, {})[day] = n
    return found


def _promised_since(standards: Standards) -> dict[str, dt.date]:
    """From when on anything is promised for each channel."""
    found: dict[str, dt.date] = {}
    for version in standards.versions:
        for promise in version.promises:
            found.setdefault(promise.channel, version.effective)
    return found


def _stale(audit: Audit) -> Iterator[Finding]:
    """Exports whose latest timestamp is more than one business day before the as-of moment; of a workbook that of its latest
    sheet, which is named."""
    today = audit.question.as_of.local.date()
    ends: dict[str, tuple[dt.datetime, Arrived]] = {}
    for arrived in audit.arrived:
        file, reaches_at = arrived.source.table.file, arrived.reaches_at
        if reaches_at is not None and reaches_at > ends.get(file, (dt.datetime.min, arrived))[0]:
            ends[file] = reaches_at, arrived
    for latest_at, arrived in ends.values():
        if audit.calendar.n_between(latest_at.date(), today) > 1:
            others = ", but for those far ahead," if arrived.reaches_at != arrived.latest_at else ""
            latest = f"{latest_at:%Y-%m-%d}" if latest_at.time() == dt.time() else f"{latest_at:%Y-%m-%d %H:%M}"
            yield place_finding("stale_export", arrived.source, 1, (), (), f"its latest timestamp{others} is {latest}")


def _exclude_columns(audit: Audit) -> Iterator[Finding]:
    for header in audit.headers:
        if not any(_has_column(arrived, header) for arrived in audit.arrived):
            yield Finding.of("exclude_column_missing", "no file has this column", values=(header,))


def _has_column(arrived: Arrived, header: str) -> bool:
    return arrived.source.layout.find(header) is not None
