"""`cxaudit calendar`: the closed days of a year, for sign-off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cxaudit.commands.options import Output
from cxaudit.commands.shared import name_of
from cxaudit.days.calendar import complaints, years_known
from cxaudit.days.special_days import Year, special_days
from cxaudit.errors import UsageError
from cxaudit.explain.when_due import beyond
from cxaudit.render.calendar import CALENDAR_FORMATS, render_calendar
from cxaudit.render.days import date_words
from cxaudit.standards import Standards, load


def calendar(standards_file: str | None, years: Sequence[str], output: Output) -> int:
    """The special days of these years."""
    form = output.chosen(CALENDAR_FORMATS)
    output.check_places()
    output.spare_inputs((), standards_file)
    wanted = sorted({year for text in years for year in _years(text)})
    standards = load(Path(standards_file) if standards_file else None, complaints)
    known = years_known(standards.calendar)
    for year in wanted:
        if year not in known:
            raise UsageError(beyond(standards, f"the closed days of {year} are not known"))
    found = [special_days(standards, year) for year in wanted]
    output.write(render_calendar(found, standards, form, output.options()), form)
    output.say([f"Standards: {name_of(standards)} ({standards.organisation})", *_lost_notes(found, standards)])
    return 0


def _years(text: str) -> Iterable[int]:
    """`2026` or `2025..2027`."""
    written = re.fullmatch(r"([0-9]{4})(?:\.\.([0-9]{4}))?", text.strip())
    if written is None:
        raise UsageError(f"{text} is not a year. Write 2026, or 2025..2027.")
    first, last = int(written[1]), int(written[2] or written[1])
    if last < first:
        raise UsageError(f"{text} ends before it begins. Write {last}..{first}.")
    return range(first, last + 1)


def _lost_notes(years: Sequence[Year], standards: Standards) -> Iterator[str]:
    """A holiday on a day off closes nothing; whether another day takes its place is for the city to say."""
    lost = [day for year in years for day in year.lost]
    for day in lost:
        yield f"{day.name}, {date_words(day.day)}: a day off already; the list gives no other day in its place."
    if lost:
        yield f"If {standards.organisation} keeps another day instead, name it under closed in the standards file."
