"""Markdown pipe tables, for people: to paste into a memo, an issue or a wiki.

Foreign text cannot end a cell, open a link or bring HTML with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cxaudit.model import Records, Report
from cxaudit.render.check_view import check_view, heading
from cxaudit.render.options import RenderOptions
from cxaudit.render.remarks import remarks
from cxaudit.render.words import utf8

# An underscore inside a word is only an underscore.
_SPECIAL = r"[\\`*\[<|~&]|\b_|_\b"


def escape_markdown(text: str) -> str:
    """
    >>> escape_markdown("a|b [x](http://y) our_city")
    'a\\\\|b \\\\[x](http://y) our_city'
    """
    return re.sub(_SPECIAL, r"\\\g<0>", text)


def render_check_markdown(report: Report, options: RenderOptions) -> Iterator[bytes]:  # noqa: ARG001 — one signature for all
    columns = check_view(report)
    lines = [
        f"**{escape_markdown(heading(report))}**",
        "",
        _line(column.heading for column in columns),
        _line("---:" if column.is_figure else "---" for column in columns),
        *(_line(escape_markdown(column.cells[place]) for column in columns) for place in range(len(report.rows))),
        "",
        *(f"- {escape_markdown(remark)}" for remark in remarks(report)),
    ]
    yield utf8("\n".join(lines).rstrip("\n") + "\n")


def render_records_markdown(records: Records, options: RenderOptions) -> Iterator[bytes]:  # noqa: ARG001 — one signature for all
    import polars as pl

    from cxaudit.render.records_view import shown_columns, slices

    columns = shown_columns(records.frame)
    yield utf8(_line(column.heading for column in columns) + "\n")
    yield utf8(_line("---:" if column.is_figure else "---" for column in columns) + "\n")
    cells = pl.concat_str([column.text.str.replace_all(_SPECIAL, r"\${0}") for column in columns], separator=" | ")
    for part in slices(records.frame):
        lines = part.select(pl.format("| {} |", cells)).to_series()
        yield utf8("\n".join(lines) + "\n")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
