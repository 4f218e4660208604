"""The verdict on one request in sentences: the heading above its explanation, and what stands below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cxaudit.render.explain_view import due_words, moment_words, place_words
from cxaudit.render.words import EXCLUSION_WORDS, as_of_words, counted, listed
from cxaudit.standards.model import OFFICE_UNITS, REAL_UNITS

if TYPE_CHECKING:
    from cxaudit.explain.model import Explanation


def heading(why: Explanation) -> str:
    """`Case 2025-0417 · Online Portal · Utilities · late by 1 business day`."""
    department = why.department.name if why.department else None
    parts = (f"Case {why.case_id}", why.channel.name, department, _verdict(why))
    return " · ".join(part for part in parts if part)


def _verdict(why: Explanation) -> str:
    over = why.business_days_over
    if not why.is_known:
        return "not known yet"
    if why.verdict == "excluded":
        return f"not judged: {EXCLUSION_WORDS[why.excluded or '']}"
    if why.verdict in ("late", "overdue"):
        if over is None:  # the due day itself depends on a time of day that is not known
            return why.verdict
        return f"{why.verdict} by " + (counted(over, "business day") if over else "less than a business day")
    return why.verdict


def sentences(why: Explanation) -> list[str]:
    """What stands below the lines: the verdict first."""
    return [_why(why), *_extension(why), *_readings(why), *_counting(why), *(f"{said}." for said in why.remarks)]


def _why(why: Explanation) -> str:
    """The verdict in one sentence."""
    as_of = as_of_words(why.as_of, why.as_of_is_date)
    if not why.is_known:
        return f"Not known yet: received after {as_of}, as of which this run judges."
    match why.verdict:
        case "met" | "late":
            return f"{why.verdict.capitalize()}: {_answered(why)}."
        case "overdue":
            return f"Overdue: no reply as of {as_of}; {_was_due(why)}."
        case "pending":
            return f"Pending: no reply as of {as_of}; {due_words(why.due) if why.due else 'not yet due'}."
        case _:
            return f"Not judged: {_excluded(why)}."


def _answered(why: Explanation) -> str:
    """When it was answered, in the unit of the promise where that tells more than the clock."""
    promised, replied = why.promised, why.replied.at
    if promised is None or replied is None or why.business_days is None:
        return "answered"
    if promised.unit in OFFICE_UNITS and why.business_hours is not None and not _is_hair(why):
        return f"answered after {why.business_hours:g} office hours; {_promised(why)}"
    if promised.unit != "business days" or (
        why.due and replied.date() == why.due.latest.date() and why.verdict == "late"
    ):
        return f"answered {moment_words(why.replied)}; {_was_due(why)}"
    return f"answered {_on_which_day(why)}; {_promised(why)}"


def _is_hair(why: Explanation) -> bool:
    """Whether a late reply came so soon after its due time that hours with two decimals do not show it."""
    promised = why.promised.count / (60 if why.promised.unit.endswith("minutes") else 1) if why.promised else 0
    return why.verdict == "late" and (why.business_hours or 0) <= round(promised, 2)


def _on_which_day(why: Explanation) -> str:
    """The day of the reply as counted: `on the 3rd business day`."""
    n, replied = why.business_days or 0, why.replied.at
    day = next((day for day in why.days if replied and day.traced.day == replied.date()), None)
    if day is not None and day.number == n and n:
        return f"on the {ordinal(n)} business day"
    if why.received.at and replied and replied.date() == why.received.at.date():
        return "on the day of receipt"
    return f"after the {ordinal(n)} business day" if n else "before the 1st business day"


def ordinal(n: int) -> str:
    """
    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd', '111th']
    """
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def _promised(why: Explanation) -> str:
    if why.promised is None:
        return "nothing was promised"
    n, unit = why.promised.count, why.promised.unit
    named = f" {why.promised.within.partition(' ')[2]}" if unit != "business days" else ""
    extended = f", extended by {why.high_volume.by}" if why.high_volume and why.high_volume.by else ""
    return f"{n}{named} {'was' if n == 1 else 'were'} promised{extended}"


def _was_due(why: Explanation) -> str:
    if why.due is None:
        return "its due time has passed"
    if why.due.earliest != why.due.latest:
        return f"it was {due_words(why.due)}"
    over = why.business_days_over
    after = f", {counted(over, 'business day')} before" if over and why.verdict == "overdue" else ""
    return f"it was {due_words(why.due)}{after}"


def _excluded(why: Explanation) -> str:
    """The reason in words, with the cell that an exclude rule matched."""
    code, _, words = (why.excluded_because or why.excluded or "").partition(": ")
    said = words or EXCLUSION_WORDS.get(code, code)
    if why.excluded_by is None:
        return said
    cell = f'"{why.excluded_by.name}" is "{why.excluded_by.text}"' if why.excluded_by.text else why.excluded_by.name
    return f"{said}; {cell}" + (f" ({place_words(why.excluded_by.place)})" if why.excluded_by.place else "")


def _extension(why: Explanation) -> Iterator[str]:
    period = why.high_volume
    if period is not None and period.verdict_without != why.verdict:
        yield f"Without the extension for high volume it is {period.verdict_without}."
    elif period is not None and why.verdict in ("late", "overdue"):
        yield "The declared period of high volume asks patience and hides no miss."


def _readings(why: Explanation) -> Iterator[str]:
    """The verdict depends on how business days are counted, so whoever relies on it must know where it differs."""
    by_verdict: dict[str, list[str]] = {}
    for reading in why.other_readings:
        by_verdict.setdefault(reading.verdict, []).append(reading.name)
    if by_verdict:
        said = "; ".join(f"{verdict} under {listed(names)}" for verdict, names in by_verdict.items())
        yield f"Counted in other ways: {said}."


def _counting(why: Explanation) -> Iterator[str]:
    if why.promised is None or not why.days:
        return
    if why.promised.unit in OFFICE_UNITS:
        yield "Counted in office hours from receipt."
    elif why.promised.unit in REAL_UNITS:
        yield "Counted by the clock from receipt, nights and weekends included."
    else:
        yield f"{why.promised.counting}."
