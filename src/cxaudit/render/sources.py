"""The known layouts as a table and as data: one line each, sorted by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from cxaudit.render.options import RenderOptions
from cxaudit.render.rows import data_text, markdown_text, table_text
from cxaudit.render.words import utf8
from cxaudit.standards.source import SourceMapping

SOURCE_COLUMNS = ("source", "title", "shape", "header", "reply_basis", "reply_column", "channel", "caveat", "declared")
_TITLES = ("Source", "What it is", "Shape", "Recognised by", "Reply known by", "Channel")


def render_sources(
    known: Mapping[str, SourceMapping], declared: Collection[str], form: str, options: RenderOptions
) -> Iterator[bytes]:
    """All of them. `form` is one of ROW_FORMATS."""
    rows = [_row(name, known[name], is_declared=name in declared) for name in sorted(known)]
    match form:
        case "table":
            yield utf8(table_text(_TITLES, [_cells(row) for row in rows], options))
        case "markdown":
            yield utf8(markdown_text(_TITLES, [_cells(row) for row in rows]))
        case _:
            yield utf8(data_text(SOURCE_COLUMNS, rows, form, escape=options.escape))


def _row(name: str, mapping: SourceMapping, *, is_declared: bool) -> dict[str, Any]:
    bases, columns = _replies(mapping)
    channel = [choice.column for choice in mapping.columns.get("channel", ())]
    return {
        "source": name,
        "title": mapping.title or "",
        "shape": mapping.shape,
        "header": ", ".join(header_words(mapping)),
        "reply_basis": ", else ".join(bases),
        "reply_column": ", else ".join(columns),
        "channel": mapping.channel or (f"column {' or '.join(channel)}" if channel else ""),
        "caveat": mapping.caveat or "",
        "declared": "standards file" if is_declared else "built in",
    }


def header_words(mapping: SourceMapping) -> Sequence[str]:
    """The distinctive columns; of several names one is enough."""
    return [one if isinstance(one, str) else " or ".join(one) for one in mapping.header]


def _replies(mapping: SourceMapping) -> tuple[list[str], list[str]]:
    """How the reply is known, by the first column that is there; and these columns."""
    choices = mapping.columns.get("replied_at", ())
    own = mapping.reply_basis or "first_response"
    if mapping.shape == "event":
        return ["paired"], []
    return list(dict.fromkeys(choice.reply_basis or own for choice in choices)), [choice.column for choice in choices]


def _cells(row: Mapping[str, str]) -> tuple[str, ...]:
    names = ("source", "title", "shape", "header", "reply_basis", "channel")
    cells = {name: row[name].replace("_", " ") if name == "reply_basis" else row[name] for name in names}
    return tuple((cells | {"reply_basis": cells["reply_basis"] or "–", "channel": cells["channel"] or "–"}).values())
