"""Puts a standards file together: read, check its shape, resolve its parts, and name every problem in one go.

Every part is resolved even when another is wrong, so that one run shows all there is to correct.
Source: the standards file's form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cxaudit.errors import StandardsError
from cxaudit.standards.days import resolve_calendar, resolve_workweek
from cxaudit.standards.document import Document, read_document
from cxaudit.standards.model import CalendarSettings, ExcludeRule, Standards
from cxaudit.standards.names import resolve_channels, resolve_departments
from cxaudit.standards.pairing import resolve_pairing
from cxaudit.standards.periods import resolve_high_volume
from cxaudit.standards.place import Place
from cxaudit.standards.promises import Context, hours_declared, resolve_versions
from cxaudit.standards.schema import check_shape
from cxaudit.standards.sources import resolve_sources
from cxaudit.standards.values import parse_date, parse_timezone

#: From a calendar: the keys that lead to an entry, and what is wrong with it.
Complaints = Callable[[CalendarSettings], Iterable[tuple[tuple[str, ...], str]]]


def resolve(text: str, name: str, sha256: str, also: Complaints | None = None) -> Standards:
    """The standards that a text holds; `sha256` is that of the file it came from, `also` looks at its calendar."""
    document = read_document(text, name)
    if document.tree is None and not document.problems:
        raise StandardsError(f"{name} is empty.\nRun `cxaudit standards init` to write a starter file.")
    check_shape(document)
    standards = _resolve(Place(document, (), document.tree), text, sha256)
    for path, message in also(standards.calendar) if also else ():
        _complain(Place(document, (), document.tree), path, message)
    document.stop_if_wrong()
    return standards


def _complain(place: Place, path: tuple[str, ...], message: str) -> None:
    """Report what is wrong with an entry that is named by its keys, read as they were written or not."""
    for key in path:
        below = [*place.entries(), *place.items()]
        place = next((one for one in below if str(one.path[-1]).strip() == key), place)
    place.wrong_key(message)


def _resolve(root: Place, text: str, sha256: str) -> Standards:
    document = root.document
    calendar = root.at("calendar")
    workweek = resolve_workweek(calendar.at("workweek"))
    titles, channels = resolve_channels(root)
    departments = resolve_departments(root)
    workweek_is_sound = calendar.at("workweek").is_given and calendar.at("workweek").is_sound()
    context = Context(root, channels, departments, workweek, workweek_is_sound)
    versions = resolve_versions(context)
    declared = hours_declared(root)
    return Standards(
        organisation=root.at("organisation").text or "",
        policy=_policy(root.at("policy")),
        timezone=root.at("timezone").read(parse_timezone) or "",
        calendar=resolve_calendar(calendar, workweek, has_hours=all(declared), needs_hours=any(declared)),
        versions=versions,
        titles=titles,
        channel_names=channels.meaning,
        department_names=departments.meaning,
        high_volume=resolve_high_volume(root.at("high_volume"), channels, departments, has_hours=all(declared)),
        exclude=_exclude(root.at("exclude")),
        sources=resolve_sources(root.at("sources"), titles, channels),
        file=document.name,
        sha256=sha256,
        text=text,
        pairing=resolve_pairing(root.at("pairing")),
        marks=_marks(document),
    )


def _policy(place: Place) -> dict[str, str]:
    for key in ("effective", "reviewed"):
        place.at(key).read(parse_date)
    return {entry.key: entry.text for entry in place.entries() if entry.text}


def _exclude(place: Place) -> tuple[ExcludeRule, ...]:
    return tuple(
        ExcludeRule(item.at("column").text or "", item.at("in").texts, item.at("because").text or "")
        for item in place.items()
    )


def _marks(document: Document) -> dict[tuple[str, ...], tuple[int, int]]:
    return {tuple(map(str, path)): place for path, place in document.entries.items()}
