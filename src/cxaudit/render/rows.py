"""Small tables of text in every format: the rows as scripts see them, the cells as people do."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from cxaudit.render.escape import escape_cell
from cxaudit.render.markdown import escape_markdown
from cxaudit.render.options import RenderOptions
from cxaudit.render.words import visible

#: The formats that every small table has.
ROW_FORMATS = ("table", "csv", "tsv", "json", "jsonl", "markdown")
_SHORT = 24
#: Blanks between two columns.
GAP = 2


def data_text(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], form: str, *, escape: bool = False) -> str:
    """The rows as `csv`, `tsv` (their `columns`), `json` or `jsonl` (all they hold); the unknown is empty or null.

    With `escape`, what a spreadsheet would run as a formula is neutralised in `csv` and `tsv`.
    """
    match form:
        case "json":
            return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
        case "jsonl":
            return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter="\t" if form == "tsv" else ",", lineterminator="\n")
    writer.writerow(columns)
    cells = ([row.get(name) for name in columns] for row in rows)
    writer.writerows([escape_cell(c) if escape and isinstance(c, str) else c for c in row] for row in cells)
    return text.getvalue()


def markdown_text(titles: Sequence[str], rows: Iterable[Sequence[str]], figures: Collection[int] = ()) -> str:
    """A pipe table; `figures` are the positions of the columns that align to the right."""
    escaped = ([escape_markdown(visible(cell)) for cell in row] for row in rows)
    sides = ["---:" if i in figures else "---" for i in range(len(titles))]
    return "".join(f"| {' | '.join(line)} |\n" for line in [titles, sides, *escaped])


def table_text(
    titles: Sequence[str] | None,
    rows: Iterable[Sequence[str]],
    options: RenderOptions,
    figures: Collection[int] = (),
    picture: int | None = None,
) -> str:
    """An aligned table, indented by one; on a terminal its words wrap within their column. No titles, no heading.

    `figures` are the positions of the columns that align to the right, `picture` that of one whose blanks are no gaps.
    """
    from cxaudit.render.widths import fitting_widths, natural_widths

    cells = [[visible(cell) for cell in row] for row in rows]
    columns = [list(column) for column in zip(*([titles] if titles else []), *cells, strict=True)]
    firm = {*figures, *([picture] if picture is not None else [])}
    # Long words may wrap; a figure that wraps is not read as one, and a date or a duration does so only for want of room.
    short = {i for i in range(len(columns)) if max((len(row[i]) for row in cells), default=0) <= _SHORT}
    room = options.width - 1 if options.width else None
    widths = fitting_widths(columns, firm | short, GAP, room) or fitting_widths(columns, firm, GAP, room)
    # Rather let the terminal wrap a line than cut off a figure or break a word.
    return _printed(titles, cells, figures, widths or natural_widths(columns), options)


def _printed(
    titles: Sequence[str] | None,
    cells: Sequence[Sequence[str]],
    figures: Collection[int],
    widths: Sequence[int],
    options: RenderOptions,
) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from cxaudit.render.widths import UNBOUNDED

    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold", show_header=titles is not None)
    for i, width in enumerate(widths):
        side: Literal["left", "right"] = "right" if i in figures else "left"
        table.add_column(Text(titles[i]) if titles else "", justify=side, width=width, overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    out = io.StringIO()
    # An empty environment: the same rows give the same bytes, whatever COLUMNS or TERM say.
    Console(
        file=out, width=UNBOUNDED, height=100, legacy_windows=False,
        color_system="standard" if options.colour else None, force_terminal=options.colour, highlight=False, _environ={},
    ).print(table)  # fmt: skip
    return "".join(f" {line.rstrip()}".rstrip() + "\n" for line in out.getvalue().splitlines())


def remark(text: str, options: RenderOptions) -> str:
    """A line below a table, with its line end, wrapped as the table is."""
    text = visible(text)
    if options.width is None:
        return f" {text}\n"
    return textwrap.fill(text, options.width, initial_indent=" ", subsequent_indent=" ") + "\n"
