"""Opening: files to tables of text of which it is known what they are and in which format their dates are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cxaudit.errors import InputError
from cxaudit.intake.dating import date_tables
from cxaudit.intake.source import Source
from cxaudit.read import Table, open_tables
from cxaudit.read.unpack import STANDARD_INPUT
from cxaudit.recognise.layout import LEAVE_OUT, channel_advice, describe_unknown, recognise_layout
from cxaudit.recognise.library import known_sources, winning_sources
from cxaudit.recognise.lists import is_own_list, own_lists
from cxaudit.recognise.requests import dated
from cxaudit.standards.model import Standards
from cxaudit.standards.source import Role, SourceMapping


@dataclass(frozen=True)
class Wanted:
    """What the run needs of the input."""

    roles: tuple[Role, ...]
    headers: tuple[str, ...] = ()  # columns that only exclude rules name
    channel: str | None = None
    source: str | None = None
    reject_cells: bool = False
    as_of: dt.datetime = dt.datetime.max  # local; a time long after it may be mistyped


def open_sources(files: dict[Path, str], standards: Standards, wanted: Wanted) -> tuple[list[Source], tuple[Path, ...]]:
    """Open all files and find out what they are; and which are left aside, since cxaudit itself wrote them.

    Raises `InputError` for what cannot be read, recognised or dated.
    """
    known = known_sources(standards)
    winning = winning_sources(standards)
    opened = {path: open_tables(path, name) for path, name in files.items()}
    own = (
        [] if wanted.source else own_lists(opened, lambda one: recognise_layout(one, known, winning, None) is not None)
    )
    sources = [
        source
        for path, tables in opened.items()
        if path not in own
        for source in _recognised(path, files[path], tables, known, winning, wanted)
    ]
    date_tables(sources, dated(wanted.roles))
    return sources, tuple(own)


def _recognised(
    path: Path, name: str, opened: Sequence[Table], known: dict[str, SourceMapping], winning: set[str], wanted: Wanted
) -> list[Source]:
    found: list[Source] = []
    left_aside: list[str] = []
    layouts = [(table, recognise_layout(table, known, winning, wanted.source)) for table in opened]
    has_export = (
        len(opened) > 1
        and wanted.source is None
        and any(layout and not is_own_list(table) for table, layout in layouts)
    )
    for table, layout in layouts:
        if layout is None or (has_export and is_own_list(table)):
            left_aside.append(table.sheet or "")
            continue
        if not layout.tells_channel and wanted.channel is None:
            raise InputError(
                f"{name} ({layout.mapping.title or layout.source}) does not say how its requests came in.\n"
                f"{channel_advice(layout)}"
            )
        place = layout.header[0], layout.width
        at_once = table.at_once(*place) if table.at_once else None
        found.append(Source(path, table, layout, at_once.rows if at_once else table.body(*place), at_once))
    if not found:
        if not opened:
            raise InputError(f"{name} has no sheet with anything in it.")
        raise InputError(_advice(path, name, opened))
    found[0].left_aside = tuple(left_aside)
    return found


def _advice(path: Path, name: str, opened: Sequence[Table]) -> str:
    """What to say of a file that no source fits; a mapping is promised only where there is a guess."""
    from cxaudit.recognise.guess import guess_layout

    guesses = ((table, guess_layout(table)) for table in opened)
    found = ((table, guess.received) for table, guess in guesses if guess and guess.received)
    table, received = next(found, (opened[0], None))
    mapping = [f"Run {_inspecting(path, name)} for a mapping to paste into standards.yaml."] if received else []
    return "\n".join((describe_unknown(table, received), *mapping, LEAVE_OUT))


def _inspecting(path: Path, name: str) -> str:
    """The command that looks into a file, as it may be typed; of what was packed only the archive has a path to type."""
    if name == STANDARD_INPUT:
        return "`cxaudit inspect -`"
    if path.name != Path(name).name:
        return "`cxaudit inspect` on it"
    return f'`cxaudit inspect "{path}"`' if " " in str(path) else f"`cxaudit inspect {path}`"
