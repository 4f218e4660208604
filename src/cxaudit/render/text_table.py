"""A plain table for a terminal or a text file: aligned, without lines, wrapped where the window is narrow, never cut."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Collection, Iterable, Sequence

from cxaudit.render.options import RenderOptions
from cxaudit.render.words import visible


def text_table(
    titles: Sequence[str], rows: Iterable[Sequence[str]], options: RenderOptions, figures: Collection[int] = ()
) -> str:
    """The table, with its line ends; `figures` are the positions of the columns that align to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for position, title in enumerate(titles):
        is_figure = position in figures
        table.add_column(
            Text(title),
            justify="right" if is_figure else "left",
            no_wrap=is_figure or options.width is None,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    out = io.StringIO()
    width = None if options.width is None else options.width - 1
    Console(
        file=out,
        width=width or 10_000,
        force_terminal=options.colour,
        color_system="standard" if options.colour else None,
        highlight=False,
        legacy_windows=False,
    ).print(table)
    return "".join(f" {line.rstrip()}".rstrip() + "\n" for line in out.getvalue().splitlines())


def remark(text: str, options: RenderOptions) -> str:
    """A line below a table, with its line end, wrapped as the table is."""
    text = visible(text)
    if options.width is None:
        return f" {text}\n"
    return textwrap.fill(text, options.width, initial_indent=" ", subsequent_indent=" ") + "\n"
