"""What an inspection says, in words: the same for a terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from cxaudit.inspect.model import ColumnUse, Counted, Inspection, Recognised
from cxaudit.render.notes import finding_lines, kind_words, place_name, terms
from cxaudit.render.words import counted, listed

#: Headers named of the columns that are not read.
_MOST_HEADERS = 12
_ENCODINGS = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank"}
_SHAPES = {"case": "one row for each request", "event": "one row for each message or call, paired into requests"}
_BASES = {
    "first_response": "first response, as the system states it",
    "minutes": "receipt + the given duration",
    "closure": "closing of the case: the export tells no first response",
    "paired": "first later outbound message or call",
}


def title_of(one: Inspection) -> str:
    """`letters.xlsx, Letters 2025 · letter log`."""
    place = place_name(one.file, one.sheet)
    if one.recognised is None:
        return f"{place} · {_state(one)}"
    return f"{place} · {one.recognised.title or one.recognised.source}"


def _state(one: Inspection) -> str:
    if one.is_left_aside:
        return "not read again" if one.same_as else "left aside"
    return "not recognised" if one.is_readable else "not readable"


def facts(one: Inspection) -> list[tuple[str, str]]:
    """What was found, a line for each fact."""
    lines = []
    if one.recognised is not None:
        said = one.recognised
        why = f": it has {listed(said.because)}" if said.because else ""
        lines += [("source", said.source + why), ("shape", f"{said.shape}: {_SHAPES[said.shape]}")]
    if one.is_readable and not one.is_left_aside:
        lines.append(("file", _file_words(one)))
    if one.recognised is not None:
        lines += _meaning(one.recognised)
    if one.counted is not None:
        lines += _counts(one.counted)
    return lines


def _file_words(one: Inspection) -> str:
    encoding = _ENCODINGS.get(one.encoding or "", one.encoding)
    delimiter = _DELIMITERS.get(one.delimiter or "", one.delimiter)
    header = f"column names in row {one.header_row}" if one.header_row else "no row of column names"
    parts = (encoding or "workbook", delimiter and f"cells parted by {delimiter}", header)
    return ", ".join(part for part in parts if part)


def _meaning(said: Recognised) -> Iterator[tuple[str, str]]:
    yield "reply", _BASES[said.reply_basis] if said.reply_basis else "no column tells it: all count as unanswered"
    if said.channel:
        yield "channel", f"{said.channel}, all rows"
    if said.unused:
        shown = listed([*said.unused[:_MOST_HEADERS]])
        more = f" and {len(said.unused) - _MOST_HEADERS} more" if len(said.unused) > _MOST_HEADERS else ""
        yield "not read", (shown.replace(" and ", ", ") + more) if more else shown


def _counts(found: Counted) -> Iterator[tuple[str, str]]:
    yield "rows", f"{counted(found.fates.rows, 'row')} = {terms(found.fates)}"
    if found.fates.other_by_kind:
        yield "others", kind_words(found.fates).partition(": ")[2]
    if found.first_at is not None and found.last_at is not None:
        yield "received", f"{found.first_at:%Y-%m-%d} to {found.last_at:%Y-%m-%d}"
    n = sum(found.hours)
    if n:
        peak = max(range(len(found.hours)), key=lambda hour: found.hours[hour])
        by_day = sum(found.hours[8:18])
        yield "by hour", f"most from {peak:02}:00 to {(peak + 1) % 24:02}:00; {by_day * 100 // n} % from 08:00 to 18:00"


def column_lines(one: Inspection) -> list[tuple[str, str, str]]:
    """The columns that play a role: header, role, and how times are written."""
    return [] if one.recognised is None else [(use.header, use.role, _times(use)) for use in one.recognised.columns]


def _times(use: ColumnUse) -> str:
    proof = f" (row {use.row}: {use.value})" if use.row is not None else ""
    return f"{use.times or ''}{proof}"


def sentences(one: Inspection) -> Iterator[str]:
    """What stands in the way, and the findings."""
    if one.problem:
        yield from one.problem.splitlines()
    yield from finding_lines(one.findings)
