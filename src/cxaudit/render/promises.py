"""The promises of a standards file, for `standards show`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cxaudit.render.options import RenderOptions
from cxaudit.render.rows import data_text, markdown_text, remark, table_text
from cxaudit.render.words import utf8
from cxaudit.standards.words import PromiseRow

_TITLES = ("In force from", "Channel", "Department", "Promise", "Target", "Clause", "Counting")


def render_promises(rows: Sequence[PromiseRow], form: str, options: RenderOptions) -> Iterator[bytes]:
    """One line per promise; people see only what says something, and one way of counting once. `form` is of ROW_FORMATS."""
    rules = list(dict.fromkeys(row.counting for row in rows))
    shown = [i for i in range(len(_TITLES)) if any(row[i] for row in rows)]
    if len(rules) == 1:
        shown.remove(_TITLES.index("Counting"))
    titles, cells = [_TITLES[i] for i in shown], [[row[i] for i in shown] for row in rows]
    match form:
        case "table":
            yield utf8(table_text(titles, cells, options))
            yield utf8(f"\n{remark(f'{rules[0]}.', options)}" if len(rules) == 1 else "")
        case "markdown":
            yield utf8(markdown_text(titles, cells))
            yield utf8(f"\n- {rules[0]}.\n" if len(rules) == 1 else "")
        case _:
            yield utf8(data_text(PromiseRow._fields, [row._asdict() for row in rows], form, escape=options.escape))
