"""Due times, for `due`: one with every day between, several as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cxaudit.days.zones import zone
from cxaudit.render.days import clock_words, date_words, day_words, deadline_words, since_words, traced_words
from cxaudit.render.options import RenderOptions
from cxaudit.render.rows import data_text, markdown_text, table_text
from cxaudit.render.words import counted, utf8
from cxaudit.standards.values import WEEKDAYS
from cxaudit.standards.words import rule_words

if TYPE_CHECKING:
    from cxaudit.days.trace import TracedDay
    from cxaudit.explain.when_due import DueTime
    from cxaudit.standards.model import Standards

#: Columns of `due --format csv`. JSON has them too, `days` one by one, and the rule in words.
DUE_COLUMNS = (
    "received_at", "channel", "department", "standard", "clause", "in_force_since", "day_zero", "due_at",
    "earliest_due_at", "latest_due_at", "high_volume", "due_at_without_extension", "skipped", "due_at_utc",
)  # fmt: skip
_TITLES = ("Received", "Promise", "Due", "Skipped")


def render_due(found: Sequence[DueTime], standards: Standards, form: str, options: RenderOptions) -> Iterator[bytes]:
    """The due times in a format of ROW_FORMATS."""
    match form:
        case "table" if len(found) == 1:
            yield utf8(_day_by_day(found[0], standards, options))
        case "table":
            lines = [*_heading(found, standards), "", table_text(*_cells(found), options), *_foot(found, standards)]
            yield utf8("\n".join(lines) + "\n")
        case "markdown":
            lines = [*_heading(found, standards), "", markdown_text(*_cells(found)), *_foot(found, standards)]
            yield utf8("\n".join(lines) + "\n")
        case _:
            rows = [_row(one, standards, with_days=form.startswith("json")) for one in found]
            yield utf8(data_text(DUE_COLUMNS, rows, form, escape=options.escape))


def _row(one: DueTime, standards: Standards, *, with_days: bool) -> dict[str, Any]:
    due_at = _shown(one.first) if one.is_certain else f"{one.first:%Y-%m-%d}" if _is_one_day(one) else None
    due_at_utc = f"{_shown(one.instant)}Z".replace(" ", "T") if one.instant and one.is_certain else None
    row: dict[str, Any] = {
        "received_at": str(one.receipt),
        "channel": one.promise.channel or None,
        "department": one.promise.department,
        "standard": one.promise.within.text,
        "clause": one.promise.clause or None,
        "in_force_since": f"{one.version.effective}" if one.version.effective > dt.date.min else None,
        "day_zero": f"{one.day_zero}",
        "due_at": due_at,
        "earliest_due_at": _shown(one.first),
        "latest_due_at": _shown(one.last),
        "high_volume": one.period.reason if one.period else None,
        "due_at_without_extension": _shown(one.without_extension) if _is_extended(one) else None,
    }
    if not with_days:
        skipped = "; ".join(f"{day.day} {traced_words(day)}" for day in one.skipped)
        return row | {"skipped": skipped, "due_at_utc": due_at_utc}
    counting = rule_words(one.promise.within, one.version.counting, standards.calendar)
    return row | {
        "counting": counting,
        "skipped": [f"{day.day}" for day in one.skipped],
        "due_at_utc": due_at_utc,
        "days": [
            {"day": f"{day.day}", "weekday": WEEKDAYS[day.day.weekday()], "kind": day.kind, "name": day.name or None,
             "number": day.number} for day in one.days
        ],
    }  # fmt: skip


def _shown(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _is_one_day(one: DueTime) -> bool:
    return one.first.date() == one.last.date()


def _is_extended(one: DueTime) -> bool:
    return one.without_extension != one.first


def _due_words(one: DueTime) -> str:
    """`Tue 2025-12-30, by the end of the day`; where the time of receipt is not known and matters, both ends."""
    if one.is_certain:
        return f"{date_words(one.first)}, {deadline_words(one.first)}"
    if _is_one_day(one):
        return f"{date_words(one.first)}, {clock_words(one.first)} to {clock_words(one.last)} by the time of receipt"
    return f"{date_words(one.first)} to {date_words(one.last)}, by the time of receipt"


def _promise_words(one: DueTime) -> str:
    """The promise with its clause; a promise typed for the question has none."""
    clause = f"{one.promise.clause}, {since_words(one.version.effective)}" if one.promise.clause else ""
    return ", ".join(part for part in (one.promise.department, clause) if part)


def _channel_words(one: DueTime, standards: Standards) -> str:
    return standards.titles.get(one.promise.channel, one.promise.within.text)


def _received_words(one: DueTime) -> str:
    at = one.receipt.at
    return date_words(at) if one.receipt.is_date else f"{date_words(at)} {clock_words(at)}"


def _which(at: dt.datetime, instant: dt.datetime | None, standards: Standards) -> str:
    """Which of two is meant, where the clocks repeat an hour: by its offset, which tells them apart."""
    changes = zone(standards.timezone).clock_changes(at, at) if instant is not None else []
    if instant is None or not any(change.is_repeated and change.start <= at < change.end for change in changes):
        return ""
    minutes = round((at - instant).total_seconds() / 60)
    return f" (UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02})"


def _day_by_day(one: DueTime, standards: Standards, options: RenderOptions) -> str:
    heading = f"{_channel_words(one, standards)} · due {_due_words(one)}"
    rows = [
        (
            "received",
            _received_words(one) + _which(one.receipt.at, one.receipt.instant, standards),
            "" if one.days[0].is_open else traced_words(one.days[0]),
        ),
        ("promise", one.promise.within.text, _promise_words(one)),
        *(("", day_words(day.day), _marked(one, day)) for day in one.days if _is_told(one, day)),
    ]
    if one.period:
        rows.append(("high volume", *_period_words(one)))
    if not one.is_certain:
        rows.append(("earliest", date_words(one.first), deadline_words(one.first)))
    which = _which(one.last, one.instant, standards) if one.is_certain else ""
    rows.append(("due" if one.is_certain else "latest", date_words(one.last), deadline_words(one.last) + which))
    return "\n".join([heading, "", table_text(None, rows, options), *_foot([one], standards)]) + "\n"


def _is_told(one: DueTime, day: TracedDay) -> bool:
    """The days after receipt; the day of receipt itself only where it is not the day that counting starts from."""
    return day.number != 0 or day.day != one.receipt.at.date()


def _marked(one: DueTime, day: TracedDay) -> str:
    unit = one.promise.within.unit
    if day.number == 0:
        return "counts as the day of receipt"
    if unit in {"hours", "minutes", "days"}:
        return "" if day.is_open else traced_words(day) + ", counted like any other day"
    if unit != "business days" and day.is_open:
        return f"open {day.name}"
    if day.is_open and day.number is None:
        return "received outside office hours"
    return traced_words(day)


def _period_words(one: DueTime) -> tuple[str, str]:
    assert one.period is not None
    if not _is_extended(one) or one.period.by is None:
        return one.period.reason, "noted; the due time stays"
    before = f"{date_words(one.without_extension)}, {deadline_words(one.without_extension)}"
    return one.period.reason, f"extended by {one.period.by.text}; without it {before}"


def _heading(found: Sequence[DueTime], standards: Standards) -> list[str]:
    clauses = dict.fromkeys(one.promise.clause for one in found if one.promise.clause)
    promised = dict.fromkeys(one.promise.within.text for one in found if one.promise.channel)
    return [" · ".join([_channel_words(found[0], standards), *(promised if len(promised) == 1 else ()), *clauses])]


def _cells(found: Sequence[DueTime]) -> tuple[Sequence[str], list[Sequence[str]]]:
    """Titles and cells; the promise only where several hold."""
    rows = [[_received_words(one), one.promise.within.text, _due_words(one), _skipped_words(one)] for one in found]
    if len({one.promise.within.text for one in found}) == 1:
        return [_TITLES[0], *_TITLES[2:]], [[row[0], *row[2:]] for row in rows]
    return _TITLES, list(rows)


def _skipped_words(one: DueTime) -> str:
    """`Christmas Day, Boxing Day, 2 days of weekend`: each reason once, with its number of days."""
    names = [traced_words(day) for day in one.skipped]
    words = []
    for name in dict.fromkeys(names):
        n = names.count(name)
        words.append(name if n == 1 else f"{name} ({counted(n, 'day')})")
    return ", ".join(words)


def _foot(found: Sequence[DueTime], standards: Standards) -> list[str]:
    rules = dict.fromkeys(rule_words(one.promise.within, one.version.counting, standards.calendar) for one in found)
    return [f" {rule}" for rule in rules]
