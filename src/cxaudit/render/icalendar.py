"""iCalendar: one all-day event for each special day, for Outlook and its like.

CRLF line ends, lines of at most 75 octets, escaped text; the stamp and the identity of an event come from its day, so that
the same calendar gives the same bytes and a later file replaces the events of an earlier one. Source: RFC 5545.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cxaudit.render.words import visible

if TYPE_CHECKING:
    from cxaudit.days.special_days import SpecialDay

_LINE_OCTETS = 75
_SUMMARIES = {"closed": "Closed", "holiday": "Closed", "part day": "Part day", "open": "Open", "day off": "Day off"}


def icalendar_text(days: Iterable[SpecialDay], organisation: str) -> str:
    """A whole calendar. Only what closes a business day blocks time."""
    owner = hashlib.sha256(organisation.encode()).hexdigest()[:12]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//cxaudit//calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(f'{organisation}: closed days')}",
        *(line for day in days for line in _event(day, owner)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(day: SpecialDay, owner: str) -> Iterator[str]:
    what = ", ".join(part for part in (day.name, day.hours) if part)
    yield "BEGIN:VEVENT"
    yield f"UID:{day.day:%Y%m%d}-{owner}@cxaudit"
    yield f"DTSTAMP:{day.day:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{day.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day.day + dt.timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(': '.join(part for part in (_SUMMARIES[day.kind], what) if part))}"
    yield f"DESCRIPTION:{_escaped(day.source)}"
    yield f"CATEGORIES:{_escaped(day.kind)}"
    yield f"TRANSP:{'OPAQUE' if day.kind in {'holiday', 'closed'} else 'TRANSPARENT'}"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    r"""
    >>> _escaped("Closed; half, a\\day")
    'Closed\\; half\\, a\\\\day'
    """
    return visible(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, never within a character; each piece after the first begins with a blank.

    >>> [len(piece.encode()) for piece in _folded("SUMMARY:" + "é" * 71)]
    [74, 75, 3]
    """
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > _LINE_OCTETS:
            yield piece
            piece = " "
        piece += letter
    yield piece
