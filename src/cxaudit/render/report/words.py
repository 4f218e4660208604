"""The sentences of the report that more than one section needs: periods, shares of few requests, commands to type."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import shlex
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from typing import Protocol

from cxaudit.render.figures import compliance_text, for_people, level_text
from cxaudit.render.words import MONTHS, listed, period_words

#: Fewer judged requests than this get no percentage: one reply more or less would move it by ten points.
SMALL = 10
LOW = "[low]"
LOW_NOTE = f"{LOW}: fewer than {SMALL} judged requests, too few for a percentage."
NOT_STATED = "Not stated"
#: How many names a sentence holds.
FEW = 5


class Counted(Protocol):
    """Anything with the counts that make a share."""

    @property
    def met(self) -> int: ...

    @property
    def judged(self) -> int: ...


def share_text(counts: Counted, *targets: Decimal | None) -> str:
    """Compliance for people; without a percentage where the requests are few.

    >>> from cxaudit.monthly.model import Counts
    >>> share_text(Counts(met=375, late=37)), share_text(Counts(met=5, late=4)), share_text(Counts())
    ('91.0 %', '[low]', '–')
    """
    if 0 < counts.judged < SMALL:
        return LOW
    return for_people(compliance_text(counts.met, counts.judged, *targets))


def in_time(counts: Counted) -> str:
    """
    >>> from cxaudit.monthly.model import Counts
    >>> in_time(Counts(met=375, late=37)), in_time(Counts())
    ('375 of 412', '–')
    """
    return f"{counts.met:,} of {counts.judged:,}" if counts.judged else "–"


def share_words(counts: Counted, *targets: Decimal | None) -> str:
    """The counts, with the percentage where there are enough of them: `375 of 412, 91.0 %`."""
    share = share_text(counts, *targets)
    return in_time(counts) if share in (LOW, "–") else f"{in_time(counts)}, {share}"


def few(names: Sequence[str]) -> str:
    """The first names, and how many more there are.

    >>> few(["A", "B"]), few(list("ABCDEFG"))
    ('A and B', 'A, B, C, D, E and 2 more')
    """
    return listed([*names[:FEW], *([f"{len(names) - FEW:,} more"] if len(names) > FEW else [])])


def wilson_text(counts: Counted) -> str:
    """The 95 % interval of Wilson's score, as context: how firm so few requests are as a sign.

    >>> from cxaudit.monthly.model import Counts
    >>> wilson_text(Counts(met=6, late=3)), wilson_text(Counts(met=375, late=37)), wilson_text(Counts())
    ('35 to 88 %', '88 to 93 %', '–')
    """
    n, met, z = counts.judged, counts.met, 1.959964
    if not n:
        return "–"
    share = met / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{100 * max(centre - reach, 0):.0f} to {100 * min(centre + reach, 1):.0f} %"


def level(value: Fraction, *targets: Decimal | None) -> str:
    """A level or a limit of a run chart, in percent; as a share, it rounds across no target.

    >>> level(Fraction(191, 2)), level(Fraction(100)), level(Fraction(99997, 1000))
    ('95.5', '100', '99.9')
    """
    return percent(value, *targets).removesuffix(" %")


def percent(value: Fraction, *targets: Decimal | None) -> str:
    return for_people(level_text(value, *targets))


def period_name(first: dt.date, last: dt.date) -> str:
    """
    >>> period_name(dt.date(2025, 10, 1), dt.date(2025, 10, 31)), period_name(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    ('October 2025', '2025')
    >>> period_name(dt.date(2025, 7, 1), dt.date(2025, 9, 30)), period_name(dt.date(2025, 10, 13), dt.date(2025, 10, 13))
    ('July to September 2025', '13 October 2025')
    """
    ends_month = last.day == calendar.monthrange(last.year, last.month)[1]
    if first.day == 1 and ends_month and first.year == last.year:
        if (first.month, last.month) == (1, 12):
            return f"{first.year}"
        months = list(dict.fromkeys(MONTHS[one.month - 1] for one in (first, last)))
        return f"{' to '.join(months)} {first.year}"
    return period_words(first, last).removeprefix("on ")


def in_period(first: dt.date, last: dt.date) -> str:
    """The period as the end of a sentence: `in October 2025`, `1 to 14 October 2025`, `on 13 October 2025`."""
    name = period_name(first, last)
    return f"in {name}" if name[0].isalpha() or name.isdigit() else period_words(first, last)


def month_name(month: str, *, is_short: bool = False) -> str:
    """
    >>> month_name("2025-10"), month_name("2025-10", is_short=True)
    ('October 2025', 'Oct 2025')
    """
    name = MONTHS[int(month[5:]) - 1]
    return f"{name[:3] if is_short else name} {month[:4]}"


def day_name(day: dt.date) -> str:
    """
    >>> day_name(dt.date(2025, 10, 3))
    '3 October 2025'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(day: dt.date, year: int) -> str:
    """
    >>> short_day(dt.date(2025, 10, 3), 2025), short_day(dt.date(2024, 12, 30), 2025)
    ('3 Oct', '30 Dec 2024')
    """
    short = f"{day.day} {MONTHS[day.month - 1][:3]}"
    return short if day.year == year else f"{short} {day.year}"


def command(*words: str) -> str:
    """A command to type, its words quoted where a shell would read them otherwise.

    >>> command("records", "…", "--department", "Public Works")
    'cxaudit records … --department "Public Works"'
    >>> command("records", "--department", "$(halt)")
    "cxaudit records --department '$(halt)'"
    """
    return " ".join(["cxaudit", *(_quoted(word) for word in words)])


def _quoted(word: str) -> str:
    if re.fullmatch(r"[\w.,:/…-]+", word):
        return word
    return f'"{word}"' if re.fullmatch(r"[\w.,:/… &()'-]+", word) else shlex.quote(word)


def sentence(words: str) -> str:
    """Words as a sentence begins, without its full stop.

    >>> sentence("from 2025-02-01: counted in real time")
    'From 2025-02-01: counted in real time'
    """
    return f"{words[:1].upper()}{words[1:]}".removesuffix(".")


def some(parts: Iterable[str | None]) -> str:
    """The parts that there are, between commas."""
    return ", ".join(part for part in parts if part)
