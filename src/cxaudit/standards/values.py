"""One text, one value: dates, durations, office hours, weekdays, targets, time zones.

Every scalar of a standards file arrives here as the text that was written, so that no YAML rule can turn 16:30 into
990. Each function returns the value, or raises ValueError with what is allowed; the caller adds the place and what was
found. Source: the standards file's form.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache

from cxaudit.spelling import nearest
from cxaudit.standards.model import UNITS, DayEnds, DayEndsWord, Segment, Within

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIRST_YEAR, LAST_YEAR = 1900, 2199
MAX_COUNT = 100_000

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_WITHIN = re.compile(r"([0-9]+) (business )?(day|hour|minute)s?")
_SHORT_WITHIN = re.compile(
    r"([0-9]{1,6})\s*(?:business |work(?:ing)?[ -]?)?(d(?:ays?)?|h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?)?\.?"
)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%")
_SHARE = re.compile(r"[01](?:\.[0-9]{1,8})?|\.[0-9]{1,8}")
_DAY_ENDS: tuple[DayEndsWord, ...] = ("midnight", "close", "same_time")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message: the known word that was probably meant, else all of them."""
    words = list(known)
    guess = nearest(word, words)
    if guess is not None:
        return f'did you mean "{guess}"?'
    return f"allowed: {', '.join(words)}" if words else "none is allowed here"


def parse_date(text: str) -> dt.date:
    """A date as YYYY-MM-DD, and nothing that needs guessing."""
    written = _DATE.fullmatch(text)
    if not written:
        raise ValueError("is not a date; write it as YYYY-MM-DD")
    year, month, day = (int(part) for part in written.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise ValueError("is not a date; the calendar has no such day") from None


def parse_dates(text: str) -> tuple[dt.date, dt.date]:
    """A date, or a period FROM..TO, both days inclusive."""
    first, dots, last = text.partition("..")
    try:
        start = parse_date(first.strip())
        end = parse_date(last.strip()) if dots else start
    except ValueError as error:
        raise ValueError(str(error).replace("YYYY-MM-DD", "YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD")) from None
    if end < start:
        raise ValueError(f"ends before it begins; write {end}..{start}")
    if (end - start).days > 366:
        raise ValueError("is longer than a year; check the years, or write a period for each year")
    return start, end


def parse_within(text: str) -> Within:
    """A duration in full words, because "1d" may mean one business day or 24 hours.

    >>> parse_within("2  business days")
    Within(count=2, unit='business days', text='2 business days')
    """
    plain = " ".join(text.split())
    written = _WITHIN.fullmatch(plain)
    if not written:
        raise ValueError(f"is not a duration; {_spelling(plain)}")
    number, business, noun = written.groups()
    if len(number) > 6 or int(number) > MAX_COUNT:
        raise ValueError(f"is too long; at most {MAX_COUNT}")
    unit = next(one for one in UNITS if one == f"{business or ''}{noun}s")
    return Within(int(number), unit, plain)


def _spelling(text: str) -> str:
    """What to write in the place of a duration that could mean two things."""
    written = _SHORT_WITHIN.fullmatch(text.casefold())
    if not written:
        return 'write a whole number and a unit: "2 business days", "4 business hours", "3 days" or "24 hours"'
    number, unit = written.groups()
    end = "" if int(number) == 1 else "s"
    noun = {"h": "hour", "m": "minute"}.get((unit or "d")[0])
    if noun is None:
        return f'write "{number} business day{end}", "{number} day{end}" (calendar days) or "{int(number) * 24} hours"'
    return f'write "{number} {noun}{end}", or "{number} business {noun}{end}" (office hours)'


def parse_clock(text: str) -> int:
    """A time of day as seconds since midnight; 24:00 is the end of the day."""
    written = _CLOCK.fullmatch(text.strip())
    if not written:
        raise ValueError(f'"{text.strip()}" is not a time of day; write it as HH:MM, from 00:00 to 24:00')
    hour, minute = int(written[1]), int(written[2])
    if minute > 59 or hour * 60 + minute > 1440:
        raise ValueError(f'"{text.strip()}" is not a time of day; they go from 00:00 to 24:00')
    return hour * 3600 + minute * 60


def parse_segments(text: str) -> tuple[Segment, ...]:
    """The hours of one day, in order and apart from one another.

    >>> parse_segments("08:30-12:00, 13:00-16:30")
    ((30600, 43200), (46800, 59400))
    """
    segments: list[Segment] = []
    for part in text.split(","):
        opening, dash, closing = part.replace("–", "-").partition("-")
        if not dash:
            raise ValueError('is not office hours; write "08:30-16:30", or "08:30-12:00, 13:00-16:30" with a break')
        start, end = _opens(opening), _opens(closing)
        if end == start:
            raise ValueError(f'has no time in "{part.strip()}"; the closing must be later than the opening')
        if end < start:
            raise ValueError(f'closes before it opens in "{part.strip()}"; write the opening first, on a 24-hour clock')
        if segments and start < segments[-1][1]:
            raise ValueError(f'overlaps or goes back in time at "{part.strip()}"; write the segments in order')
        if segments and start == segments[-1][1]:
            raise ValueError(f'has no gap before "{part.strip()}"; write the two segments as one')
        segments.append((start, end))
    return tuple(segments)


def _opens(text: str) -> int:
    try:
        return parse_clock(text)
    except ValueError as error:
        raise ValueError(f"is not office hours: {error}") from None


def parse_day_ends(text: str) -> DayEnds:
    """When the due day ends: a word, or a time of day."""
    word = next((one for one in _DAY_ENDS if one == text), None)
    if word:
        return word
    if not re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", text):
        raise ValueError(f"is not an end of the due day; {did_you_mean(text, [*_DAY_ENDS, '16:00'])}")
    try:
        seconds = parse_clock(text)
    except ValueError:
        raise ValueError("is not a time of day; they go from 00:00 to 24:00") from None
    if seconds % 86400 == 0:
        raise ValueError("could mean either end of the due day; write midnight for its last moment")
    return dt.time(seconds // 3600, seconds % 3600 // 60)


def parse_weekday(text: str) -> int:
    """A weekday by its full name or a beginning of three letters or more, in any case; Monday is 0."""
    word = text.strip().casefold()
    for number, name in enumerate(WEEKDAYS):
        if len(word) >= 3 and name.casefold().startswith(word):
            return number
    guess = nearest(word, WEEKDAYS) or nearest(word, [name[:3] for name in WEEKDAYS])
    raise ValueError(f"is not a weekday; {f'did you mean {guess[:3]}?' if guess else 'write Mon, Tue, … or Mon-Thu'}")


def parse_weekdays(text: str) -> tuple[int, ...]:
    """A weekday or a range of them, which may run over the end of the week.

    >>> parse_weekdays("Mon-Thu"), parse_weekdays("sunday"), parse_weekdays("Sat-Mon")
    ((0, 1, 2, 3), (6,), (5, 6, 0))
    """
    first, dash, last = text.replace("–", "-").partition("-")
    start = parse_weekday(first)
    length = (parse_weekday(last) - start) % 7 + 1 if dash else 1
    return tuple((start + step) % 7 for step in range(length))


def parse_target(text: str) -> Decimal:
    """A target as a percentage, from 90% or from 0.9, exactly; a bare 90 might be either and is refused.

    >>> parse_target("97.5 %"), parse_target("0.9")
    (Decimal('97.5'), Decimal('90'))
    """
    percent, share = _PERCENT.fullmatch(text), _SHARE.fullmatch(text)
    if percent:
        target = Decimal(percent[1])
    elif share:
        target = Decimal(text) * 100
    else:
        bare = re.fullmatch(r"[0-9]{1,3}([.,][0-9]+)?\s*%?", text)
        advice = text.replace(",", ".").rstrip("% ") + "%" if bare else "90%"
        raise ValueError(f"is not a target; write {advice}")
    if not 0 < target <= 100:
        raise ValueError("is not a target; it must be more than 0% and at most 100%")
    return target.to_integral_value() if target == target.to_integral_value() else target.normalize()


@cache
def parse_timezone(text: str) -> str:
    """An IANA zone name, spelled as the zone table does."""
    from cxaudit.days.zones import zone_names

    known = zone_names()
    if text in known:
        return text
    guess = nearest(text, sorted(known))
    hint = f'did you mean "{guess}"?' if guess else 'write a name like "America/Edmonton", or UTC'
    raise ValueError(f"is not a time zone of the IANA table; {hint}")
