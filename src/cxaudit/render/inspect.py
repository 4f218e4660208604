"""Inspections as text for a terminal, as Markdown, and as data: the same facts in each.

JSON is an array with one object for each table; times are local, `YYYY-MM-DD HH:MM:SS`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import Any

from cxaudit.inspect.model import Inspection
from cxaudit.render.inspect_view import column_lines, facts, sentences, title_of
from cxaudit.render.markdown import escape_markdown
from cxaudit.render.options import RenderOptions
from cxaudit.render.rows import markdown_text, remark, table_text
from cxaudit.render.words import utf8, visible

INSPECT_FORMATS = ("table", "json", "markdown")
_SOURCES = "sources:\n"
_COLUMNS = ("Column", "Role", "Times")
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def render_inspections(found: Sequence[Inspection], form: str, options: RenderOptions) -> Iterator[bytes]:
    """All tables, one after the other. `form` is one of INSPECT_FORMATS."""
    match form:
        case "json":
            yield utf8(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2) + "\n")
        case "markdown":
            guess = [f"```yaml\n{visible_lines(text)}```\n" for text in _guesses(found)]
            yield utf8("\n".join([*map(_markdown, found), *guess]))
        case _:
            yield utf8("\n".join([*(_text(one, options) for one in found), *map(visible_lines, _guesses(found))]))


def _guesses(found: Sequence[Inspection]) -> list[str]:
    """One text to paste with every guess once, below a single `sources:`; none where nothing was guessed."""
    entries = dict.fromkeys(one.guess.removeprefix(_SOURCES) for one in found if one.guess)
    return [_SOURCES + "".join(entries)] if entries else []


def _text(one: Inspection, options: RenderOptions) -> str:
    head = visible(title_of(one))
    parts = [f"{_BOLD}{head}{_PLAIN}\n" if options.colour else f"{head}\n"]
    if told := facts(one):
        parts.append(table_text(None, told, options))
    if columns := column_lines(one):
        parts.append(table_text(_COLUMNS, columns, options))
    if said := list(sentences(one)):
        parts.append("".join(remark(line, options) for line in said))
    return "\n".join(parts)


def _markdown(one: Inspection) -> str:
    parts = [f"**{escape_markdown(visible(title_of(one)))}**\n"]
    if told := facts(one):
        parts.append(markdown_text(("What", "Found"), told))
    if columns := column_lines(one):
        parts.append(markdown_text(_COLUMNS, columns))
    if said := list(sentences(one)):
        parts.append("".join(f"- {escape_markdown(visible(line))}\n" for line in said))
    return "\n".join(parts)


def visible_lines(text: str) -> str:
    return "".join(f"{visible(line)}\n" for line in text.splitlines())


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    match value:
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case tuple():
            return [_plain(one) for one in value]
        case _:
            return value
