"""The special days of years, for `calendar`: tables, and an iCalendar file for the people who keep appointments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cxaudit.render.days import date_words
from cxaudit.render.icalendar import icalendar_text
from cxaudit.render.options import RenderOptions
from cxaudit.render.rows import ROW_FORMATS, data_text, markdown_text, table_text
from cxaudit.render.words import counted, utf8
from cxaudit.standards.values import WEEKDAYS
from cxaudit.versions import versions

if TYPE_CHECKING:
    from cxaudit.days.special_days import SpecialDay, Year
    from cxaudit.standards.model import Standards

CALENDAR_FORMATS = (*ROW_FORMATS, "ics")
CALENDAR_COLUMNS = ("date", "weekday", "kind", "name", "hours", "source")
#: What every holiday's source begins with; said once, below the table.
_LIST = r"^holiday: holidays \S+ (?=(\S+))"
_TITLES = ("Day", "Kind", "Name", "Hours", "Source")


def render_calendar(years: Sequence[Year], standards: Standards, form: str, options: RenderOptions) -> Iterator[bytes]:
    """The special days in a format of CALENDAR_FORMATS."""
    days = [day for year in years for day in year.days]
    match form:
        case "table" | "markdown":
            yield utf8("\n".join(_page(years, standards, form, options)))
        case "ics":
            yield utf8(icalendar_text(days, standards.organisation))
        case _:
            yield utf8(data_text(CALENDAR_COLUMNS, [_row(day) for day in days], form, escape=options.escape))


def _row(day: SpecialDay) -> dict[str, str]:
    weekday = WEEKDAYS[day.day.weekday()]
    cells = (f"{day.day}", weekday, day.kind, day.name, day.hours, day.source)
    return dict(zip(CALENDAR_COLUMNS, cells, strict=True))


def _page(years: Sequence[Year], standards: Standards, form: str, options: RenderOptions) -> Iterator[str]:
    for year in years:
        heading = f"{standards.organisation} · {year.year} · {counted(year.business_days, 'business day')}"
        yield heading if form == "table" else f"## {heading}"
        yield ""
        if year.days:
            shown = [_cells(day) for day in year.days]
            filled = [i for i in range(len(_TITLES)) if any(row[i] for row in shown)]
            titles, cells = [_TITLES[i] for i in filled], [[row[i] for i in filled] for row in shown]
            yield table_text(titles, cells, options) if form == "table" else markdown_text(titles, cells)
            yield "".join(f" {line}\n" for line in _foot(year))
        else:
            yield " No closed day but those outside the workweek.\n"


def _foot(year: Year) -> Iterator[str]:
    if any(day.kind == "day off" for day in year.days):
        yield "day off: a day outside the workweek, so it closes nothing"
    for place in dict.fromkeys(found[1] for day in year.days if (found := re.match(_LIST, day.source))):
        yield f"{place}: the lists of the Python package holidays, version {versions()['holidays']}"


def _cells(day: SpecialDay) -> tuple[str, ...]:
    return date_words(day.day), day.kind, day.name, day.hours, re.sub(_LIST, "", day.source)
