"""The monthly report as Markdown: every sentence and table of the page, for a memo or a wiki; charts are their words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cxaudit.monthly.model import MonthlyReport
from cxaudit.render.markdown import escape_markdown
from cxaudit.render.options import RenderOptions
from cxaudit.render.report.compose import compose
from cxaudit.render.report.story import Block, Chart, Commands, Points, Section, Story, Table, Text
from cxaudit.render.rows import markdown_text
from cxaudit.render.words import utf8, visible


def render_report_markdown(report: MonthlyReport, options: RenderOptions) -> Iterator[bytes]:  # noqa: ARG001 — one signature for all
    yield utf8(markdown_of(compose(report)))


def markdown_of(story: Story) -> str:
    """A report as Markdown."""
    parts = [f"# {_escaped(story.title)}", f"{_escaped(story.organisation)} · {_escaped(story.subtitle)}"]
    parts += [f"**{_escaped(story.banner)}**"] if story.banner else []
    parts += [f"**{_escaped(story.answer)}**"]
    for section in (story.promise, *story.glances, *story.sections):
        parts += _section(section)
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"## {_escaped(section.heading)}"
    for block in section.in_order:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Text():
            yield _escaped(block.words)
        case Points():
            yield "\n".join(f"- {_escaped(words)}" for words in block.words)
        case Commands():
            # An indented block: nothing in it can end it.
            yield "\n".join(f"    {visible(line)}" for line in block.lines)
        case Chart():
            yield f"*{_escaped(block.title)}*: {_escaped(block.description)}"
        case Table():
            figures = [i for i, column in enumerate(block.columns) if column.is_figure]
            yield f"*{_escaped(block.caption)}*"
            yield markdown_text([column.heading for column in block.columns], block.rows, figures).rstrip("\n")
            yield from (_escaped(note) for note in block.notes)


def _escaped(text: str) -> str:
    """Text in which nothing is read as mark-up, not even at the beginning of a line.

    >>> _escaped("# 1 <b>"), _escaped("1. May"), _escaped("- a")
    ('\\\\# 1 \\\\<b>', '1\\\\. May', '\\\\- a')
    """
    return re.sub(r"^(\s*)([#+>=-])|^(\s*\d+)([.)])", _at_the_beginning, escape_markdown(visible(text)))


def _at_the_beginning(found: re.Match[str]) -> str:
    return f"{found[1] or found[3] or ''}\\{found[2] or found[4]}"
