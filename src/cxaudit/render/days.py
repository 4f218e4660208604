"""Days and moments in words. Not strftime: its names follow the machine's language."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cxaudit.render.words import MONTHS
from cxaudit.standards.values import WEEKDAYS

if TYPE_CHECKING:
    from cxaudit.days.trace import TracedDay

_LAST_MOMENT = dt.time(23, 59, 59, 999999)


def weekday_words(day: dt.date) -> str:
    """
    >>> weekday_words(dt.date(2025, 10, 13))
    'Mon'
    """
    return WEEKDAYS[day.weekday()][:3]


def since_words(effective: dt.date) -> str:
    """From when a standard is in force; in a scenario it is as though it always had been.

    >>> since_words(dt.date(2025, 2, 1)), since_words(dt.date.min)
    ('in force since 2025-02-01', 'as though always in force: a scenario')
    """
    return "as though always in force: a scenario" if effective == dt.date.min else f"in force since {effective}"


def day_words(day: dt.date) -> str:
    """A day in a list whose year is plain.

    >>> day_words(dt.date(2025, 10, 13))
    'Mon 13 Oct'
    """
    return f"{weekday_words(day)} {day.day:2} {MONTHS[day.month - 1][:3]}"


def date_words(day: dt.date) -> str:
    """
    >>> date_words(dt.datetime(2025, 10, 13, 16, 50))
    'Mon 2025-10-13'
    """
    return f"{weekday_words(day)} {day:%Y-%m-%d}"


def clock_words(moment: dt.datetime) -> str:
    """
    >>> clock_words(dt.datetime(2025, 10, 13, 16, 50)), clock_words(dt.datetime(2025, 10, 13, 16, 50, 7))
    ('16:50', '16:50:07')
    """
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def deadline_words(moment: dt.datetime) -> str:
    """When on its day a due time is.

    >>> deadline_words(dt.datetime(2025, 10, 15, 23, 59, 59, 999999))
    'by the end of the day'
    """
    return "by the end of the day" if moment.time() == _LAST_MOMENT else f"by {clock_words(moment)}"


def traced_words(day: TracedDay) -> str:
    """What a traced day is: `business day 2`, `Thanksgiving Day`, `weekend`."""
    match day.kind:
        case "business day":
            return f"business day {day.number}"
        case "part day":
            return f"business day {day.number}, open {day.name}"
        case "weekend":
            return f"weekend ({day.name})" if day.name else "weekend"
        case _:
            return day.name or day.kind
