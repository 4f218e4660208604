"""An explanation as lines for people: what, when, and which cell of which file says so.

Long runs of days are cut in the middle; the day on which the request was due always stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cxaudit.findings import CATALOGUE
from cxaudit.render.days import clock_words, date_words, day_words, deadline_words, since_words, traced_words
from cxaudit.render.words import BASIS_WORDS, OTHER_WORDS, WAY_WORDS, as_of_words, counted
from cxaudit.standards.model import OFFICE_UNITS, REAL_UNITS

if TYPE_CHECKING:
    from cxaudit.explain.model import CaseRow, Day, DueTime, Explanation, HighVolumePeriod, Mark, Moment, Place, Said

#: What stands left, in the middle and right.
Line = tuple[str, str, str]

_FIRST_DAYS, _LAST_DAYS = 10, 5
_ORDER = {"mdy": "month first", "dmy": "day first", "ymd": "year first"}


def lines(why: Explanation) -> list[Line]:
    """The lines between the heading and the verdict in words."""
    parts = (_received, _promise, _high_volume, _days, _due, _replied, _system, _other_rows)
    return [line for part in parts for line in part(why)]


def _received(why: Explanation) -> Iterator[Line]:
    yield "received", moment_words(why.received), place_words(why.received.place)
    yield from (("", "", how) for how in _how_read(why.received, why.timezone))
    yield "channel", why.channel.name, _said_where(why.channel, why.received.place)
    if why.department:
        yield "department", why.department.name, _said_where(why.department, why.received.place)


def _said_where(said: Said, where: Place) -> str:
    if said.place is None:
        return f"all of {where.file}"
    if said.text is None:
        return f"{place_words(said.place)} is empty"
    return place_words(said.place) + (f': "{said.text}"' if said.text.casefold() != said.name.casefold() else "")


def moment_words(moment: Moment) -> str:
    if moment.at is None:
        return "no time"
    return date_words(moment.at) if moment.is_date else f"{date_words(moment.at)} {clock_words(moment.at)}"


def place_words(place: Place) -> str:
    """Where a cell stands: `portal.csv, row 16, "received_at"`."""
    return row_words(place.file, place.sheet, place.row) + (f', "{place.column}"' if place.column else "")


def row_words(file: str, sheet: str | None, row: int) -> str:
    """
    >>> row_words("letters.xlsx", "Letters 2025", 7)
    'letters.xlsx, Letters 2025, row 7'
    """
    return ", ".join(part for part in (file, sheet, f"row {row}") if part)


def _how_read(moment: Moment, timezone: str) -> Iterator[str]:
    """How a text became a local time, where it takes more than to read it."""
    if moment.at is None or moment.text is None:
        return
    said = f'"{moment.text}"'
    city = timezone.rpartition("/")[2].replace("_", " ")
    if moment.zone is not None:
        day = "" if f"{moment.at:%Y-%m-%d}" in moment.text else f"{date_words(moment.at)} "
        declared = " as its source is declared" if moment.zone_is_declared else ""
        said += f", in {moment.zone}{declared}, is {day}{clock_words(moment.at)} in {city}"
    if moment.order is not None:
        proof = (moment.proof or "").removesuffix(f" can only be {_ORDER[moment.order]}")
        yield f"{said}, {_ORDER[moment.order]} ({proof})"
    elif moment.zone is not None:
        yield said
    if moment.is_date:
        yield "a date without a time of day"


def _promise(why: Explanation) -> Iterator[Line]:
    if why.promised is None:
        yield "promise", "none", ""
        return
    own = f", for {why.promised.department}" if why.promised.department else ""
    since = since_words(why.promised.effective)
    yield "promise", why.promised.within, f"{why.promised.clause}{own}, {since}"


def _high_volume(why: Explanation) -> Iterator[Line]:
    period = why.high_volume
    if period is None:
        return
    yield "high volume", f"{period.first} to {period.last}", f"{period.reason}{_declared(period)}"
    if period.by is None:
        yield "", "", "noted; it moves no due time"
    elif period.due_without:
        yield (
            "",
            "",
            f"moves the due time by {period.by}; without it: {period.verdict_without}, {due_words(period.due_without)}",
        )


def _declared(period: HighVolumePeriod) -> str:
    by = f" by {period.authority}" if period.authority else ""
    return f", declared {period.declared}{by}" if period.declared else by and f", declared{by}"


def _days(why: Explanation) -> Iterator[Line]:
    kept = [
        i
        for i, day in enumerate(why.days)
        if i < _FIRST_DAYS or i >= len(why.days) - _LAST_DAYS or {"due", "due_before_extension"} & set(day.marks)
    ]
    before = -1
    for i in kept:
        left_out = why.days[before + 1 : i]
        if len(left_out) == 1:  # a line that says so would be no shorter
            yield "", day_words(left_out[0].traced.day), _day_words(left_out[0], why)
        elif left_out:
            yield "", "…", _left_out_words(left_out)
        yield "", day_words(why.days[i].traced.day), _day_words(why.days[i], why)
        before = i


def _left_out_words(days: tuple[Day, ...]) -> str:
    n = sum(day.traced.is_open for day in days)
    return counted(n, "more business day") if n else counted(len(days), "more day")


def _day_words(day: Day, why: Explanation) -> str:
    said = [words for mark in day.marks if (words := _mark_words(mark, day, why))]
    return ", ".join([*([] if "day_zero" in day.marks else [_counted_words(day, why)]), *said])


def _counted_words(day: Day, why: Explanation) -> str:
    """What a day counted for."""
    unit = why.promised.unit if why.promised else "business days"
    closed = "" if day.traced.is_open else traced_words(day.traced)
    is_after = why.due is not None and day.traced.day > why.due.latest.date()
    if unit in OFFICE_UNITS:
        if day.used:
            return f"open {day.used}" + (f": {duration_words(day.used_minutes)}" if day.used_minutes else "")
        return closed or ("after the due time" if is_after else "no office hours left")
    if unit in REAL_UNITS:
        return closed or "after the due time" if is_after else f"all hours count{closed and f' ({closed})'}"
    if day.number is None:
        return closed or "not counted"
    if unit == "days":
        return f"day {day.number}{closed and f' ({closed})'}"
    return traced_words(day.traced)


def _mark_words(mark: Mark, day: Day, why: Explanation) -> str:
    match mark:
        case "received":
            return "" if "day_zero" in day.marks else "received"
        case "day_zero":
            closed = "" if day.traced.is_open else f" ({traced_words(day.traced)})"
            return (
                "day zero, the day of receipt" if "received" in day.marks else "day zero, counts as received"
            ) + closed
        case "due_before_extension":
            return "due without the extension"
        case "due":
            is_sure = why.due is not None and why.due.earliest == why.due.latest
            return f"due {deadline_words(why.due.latest)}" if why.due and is_sure else "due at the latest"
        case "replied":
            at = why.replied.at
            return "answered" if at is None or why.replied.is_date else f"answered {clock_words(at)}"
        case "as_of":
            return "no reply by the end of the day" if why.as_of_is_date else f"no reply by {clock_words(why.as_of)}"


def duration_words(minutes: int) -> str:
    """
    >>> duration_words(60), duration_words(290), duration_words(5)
    ('1 h', '4 h 50 min', '5 min')
    """
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


def _due(why: Explanation) -> Iterator[Line]:
    if why.due is None:
        return
    if why.due.earliest == why.due.latest:
        yield "due", date_words(why.due.latest), deadline_words(why.due.latest)
    else:
        yield "due", date_words(why.due.earliest), due_words(why.due).removeprefix("due ")


def due_words(due: DueTime) -> str:
    """A due time in a sentence; two of them where the time of day of receipt is not known."""
    if due.earliest == due.latest:
        return f"due {_by_words(due.latest)}"
    return (
        f"due {_by_words(due.earliest)}, or {_by_words(due.latest)}, by the time of day of receipt, which is not known"
    )


def _by_words(moment: dt.datetime) -> str:
    """
    >>> _by_words(dt.datetime(2025, 10, 15, 16, 30))
    'by Wed 2025-10-15 16:30'
    """
    if deadline_words(moment) == "by the end of the day":
        return f"by the end of {date_words(moment)}"
    return f"by {date_words(moment)} {clock_words(moment)}"


def _replied(why: Explanation) -> Iterator[Line]:
    as_of = as_of_words(why.as_of, why.as_of_is_date)
    if why.replied.at is None:
        yield "replied", f"not as of {as_of}", _no_reply_where(why)
    elif not why.has_reply:
        yield "replied", f"not as of {as_of}", f"{place_words(why.replied.place)}: later, {moment_words(why.replied)}"
    else:
        yield "replied", moment_words(why.replied), place_words(why.replied.place)
        yield from (("", "", how) for how in _how_read(why.replied, why.timezone))
        if why.pairing is not None and why.pairing.way is not None:
            yield "", "", f"paired: {WAY_WORDS[why.pairing.way]}"
        elif why.reply_basis in BASIS_WORDS:
            yield "", "", BASIS_WORDS[why.reply_basis].format(requests="this request")


def _system(why: Explanation) -> Iterator[Line]:
    """What the system says of itself, as it stands there: compared, never taken over."""
    for i, said in enumerate(why.system_says):
        yield "its system" if i == 0 else "", said.text or "", place_words(said.place) if said.place else ""


def _no_reply_where(why: Explanation) -> str:
    place = why.replied.place
    if why.pairing is not None:
        return "no later message or call of ours belongs to this request"
    if place.column is None:
        return f"{place.file} has no column that tells"
    return place_words(place) + (f' holds "{why.replied.text}"' if why.replied.text else " is empty")


def _other_rows(why: Explanation) -> Iterator[Line]:
    if why.pairing is not None and why.pairing.n_further:
        yield "also", counted(why.pairing.n_further, "further message"), "part of this request"
    yield from _same_message(why.other_rows)
    for row in why.other_rows:
        where = row_words(row.file, row.sheet, row.row)
        match row.fate:
            case "rejected":
                value = f', "{row.value}"' if row.value else ""
                yield "also", "rejected", f"{where}{value}: {CATALOGUE[row.code or ''][1]}"
            case "not_data":
                yield "also", "no data", where
            case "other_message":
                continue
            case "duplicate" if why.pairing is not None:
                yield "also", "duplicate", f"{where}: the same in another export"
            case _:
                yield "also", "duplicate", f"{where}: {'; '.join(_compared(row, why))}"


def _same_message(rows: tuple[CaseRow, ...]) -> Iterator[Line]:
    """The other rows about the same call or message, in one line for each of their kinds."""
    kinds = dict.fromkeys(row.kind for row in rows if row.kind)
    for kind in kinds:
        mine = [row for row in rows if row.kind == kind]
        first, last = mine[0], mine[-1]
        where = row_words(first.file, first.sheet, first.row)
        where += f", the last of them row {last.row}" if len(mine) > 1 else ""
        yield "also", counted(len(mine), "row"), f"{where}: {OTHER_WORDS[kind][len(mine) > 1]}"


def _compared(row: CaseRow, why: Explanation) -> Iterator[str]:
    """What a merged row says otherwise, and which of the two was taken."""
    if row.received.at != why.received.at:
        yield f"received {moment_words(row.received)}; {_taken(row.received, why.received)} receipt was taken"
    if row.fate == "reply_taken":
        yield "its reply was taken, the earliest"
    elif row.replied.at is None and why.replied.at is not None:
        yield "has no reply"
    elif row.replied.at != why.replied.at:
        yield f"replied {moment_words(row.replied)}; {_taken(row.replied, why.replied)} reply was taken"
    if (row.received.at, row.replied.at) == (why.received.at, why.replied.at) and row.fate != "reply_taken":
        taken = why.received.place
        yield f"says the same; {row_words(taken.file, taken.sheet, taken.row)} was taken, the first in the input"


def _taken(other: Moment, taken: Moment) -> str:
    """Which of two moments was taken: the earlier, as a rule; a date alone says less than a time of the same day."""
    days = [one.at.date() if one.at else None for one in (other, taken)]
    return "the timed" if other.is_date and not taken.is_date and days[0] == days[1] else "the earlier"
