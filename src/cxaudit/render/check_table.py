"""The compliance table for a terminal or a text file: quiet, aligned, in words.

Nothing is cut off. Where the terminal is narrow the gaps close, the bar goes, and the words of the first columns wrap;
a figure never does. Where even that is too wide, whole columns are left out and named below. A terminal too narrow for
what is left gets whole lines, to wrap itself. Colour only repeats what a word or a figure says.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cxaudit.model import CheckRow, Report
from cxaudit.render.check_view import Column, check_view, heading
from cxaudit.render.figures import meets
from cxaudit.render.options import RenderOptions
from cxaudit.render.remarks import remarks
from cxaudit.render.widths import UNBOUNDED, fitting_widths, natural_widths
from cxaudit.render.words import listed, utf8

BAR_CELLS = 10
EIGHTHS = " ▏▎▍▌▋▊▉"
MARK = "·"


class Layout(NamedTuple):
    has_bar: bool
    gap: int
    is_wrapped: bool = False  # words of the first columns may wrap
    is_stacked: bool = False  # the promise under the channel, or whatever name comes first
    left_out: tuple[str, ...] = ()  # columns


#: From the widest to the narrowest.
LAYOUTS = (
    *(Layout(has_bar, gap) for has_bar in (True, False) for gap in (2, 1)),
    Layout(False, 1, is_wrapped=True),
    *(
        Layout(False, 1, is_wrapped=True, is_stacked=True, left_out=left_out)
        for left_out in (
            (),
            ("p90",),
            ("median", "p90"),
            ("requests", "median", "p90"),  # the verdicts add up to them
            ("requests", "target", "median", "p90"),  # the outcome is of the target
            ("requests", "target", "outcome", "median", "p90"),
        )
    ),
)


def render_check_table(report: Report, options: RenderOptions) -> Iterator[bytes]:
    title = Text(heading(report))
    title.stylize("bold", 0, len(report.organisation))
    table, left_out = _fit(report, options.width)
    said = [f"Too wide for this window: {listed(left_out)}; -o FILE.csv holds every column."] if left_out else []
    lines = [
        *_print(title, options.width or UNBOUNDED, options),
        "",
        *(f" {line}".rstrip() for line in _print(table, UNBOUNDED, options)),
        "",
        *(line for remark in [*said, *remarks(report)] for line in _wrap(remark, options.width)),
    ]
    yield utf8("\n".join(lines).rstrip("\n") + "\n")


def _fit(report: Report, width: int | None) -> tuple[Table, list[str]]:
    """The widest layout that the terminal holds, or the narrowest, and what it leaves out."""
    room = width - 1 if width else None  # the table is indented by one
    for layout in LAYOUTS:
        columns = list(_columns(report, layout))
        whole = [
            i for i, one in enumerate(columns) if not layout.is_wrapped or one.name not in (*report.by, "standard")
        ]
        texts = [(one.heading, *one.cells) for one in columns]
        if (widths := fitting_widths(texts, whole, layout.gap, room)) is not None:
            break
    widths = widths or natural_widths(texts)
    left_out = [one.heading for one in check_view(report) if one.name in layout.left_out]
    return _table(report, columns, widths, layout), left_out


def _columns(report: Report, layout: Layout) -> Iterator[Column]:
    """The columns of a layout with their cells."""
    columns = [column for column in check_view(report) if column.name not in layout.left_out]
    promises = next((column.cells for column in columns if column.name == "standard"), ())
    holder = "channel" if "channel" in report.by else report.by[0]
    for column in _with_bar(report, columns) if layout.has_bar else columns:
        if not layout.is_stacked:
            yield column
        elif column.name == holder and promises:
            stacked = (f"{cell}\n{promise}".rstrip("\n") for cell, promise in zip(column.cells, promises, strict=True))
            yield replace(column, cells=tuple(stacked))
        elif column.name != "standard":
            yield column


def _table(report: Report, columns: Sequence[Column], widths: Sequence[int], layout: Layout) -> Table:
    table = Table(box=None, padding=(0, layout.gap, 0, 0), pad_edge=False, header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        justify: Literal["left", "right"] = "right" if column.is_figure else "left"
        table.add_column(Text(column.heading), justify=justify, overflow="fold", width=width)
    for place, row in enumerate(report.rows):
        cells = [_styled(column.name, column.cells[place]) for column in columns]
        table.add_row(*cells, style="bold" if row.is_total else "")
    return table


def _styled(name: str, cell: str) -> Text:
    match name, cell:
        case "outcome", "not met":
            return Text(cell, style="red")
        case "outcome", "met":
            return Text(cell, style="green")
        case "overdue", _ if cell != "0":
            return Text(cell, style="red")
        case "bar", _:
            return Text(cell, style="cyan")
    first, line, promise = cell.partition("\n")
    return Text(first).append(f"{line}{promise}", style="dim")


def _with_bar(report: Report, columns: list[Column]) -> Iterator[Column]:
    bars = tuple(bar(row) for row in report.rows)
    for column in columns:
        yield column
        if column.name == "compliance" and any(bars):
            yield Column("bar", "", bars, is_figure=False)


def bar(row: CheckRow) -> str:
    """The compliance as a bar, with a mark at the target, or behind the end where there is none.

    Only a share without any miss fills the bar, and it passes the mark only where the target is met.
    """
    if row.is_total or row.judged == 0:
        return ""
    full = 8 * BAR_CELLS
    n_eighths = (2 * full * row.met + row.judged) // (2 * row.judged)
    n_eighths = min(max(n_eighths, row.met > 0), full - (row.missed > 0))
    if row.target_pct is None or row.target_pct >= 100:
        return f"{_cells(n_eighths)} {MARK}"
    place = int(row.target_pct * BAR_CELLS // 100)
    is_met = meets(row.met, row.judged, row.target_pct)
    n_eighths = max(n_eighths, 8 * place + 1) if is_met else min(n_eighths, 8 * place)
    cells = _cells(n_eighths)
    return f"{cells[:place]}{MARK}{cells[place:]}".rstrip()


def _cells(n_eighths: int) -> str:
    return ("█" * (n_eighths // 8) + EIGHTHS[n_eighths % 8]).rstrip().ljust(BAR_CELLS)


def _print(content: Text | Table, width: int, options: RenderOptions) -> list[str]:
    output = io.StringIO()
    _console(output, width, options).print(content)
    return [line.rstrip() for line in output.getvalue().splitlines()]


def _console(output: io.StringIO, width: int, options: RenderOptions) -> Console:
    # An empty environment: the same report gives the same bytes, whatever COLUMNS or TERM say.
    return Console(
        file=output, width=width, height=100, color_system="standard" if options.colour else None,
        force_terminal=options.colour, legacy_windows=False, highlight=False, markup=False, emoji=False, _environ={},
    )  # fmt: skip


def _wrap(line: str, width: int | None) -> list[str]:
    if width is None:
        return [f" {line}"]
    return textwrap.wrap(
        line, width, initial_indent=" ", subsequent_indent="   ", break_long_words=False, break_on_hyphens=False
    )
