"""The promises of a standards file, for `standards show`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence

from cxaudit.render.options import RenderOptions
from cxaudit.render.words import utf8
from cxaudit.standards.words import PromiseRow

PROMISE_FORMATS = ("table", "csv", "tsv", "json", "jsonl", "markdown")
_TITLES = ("In force from", "Channel", "Department", "Promise", "Target", "Clause", "Counting")


def render_promises(rows: Sequence[PromiseRow], form: str, options: RenderOptions) -> Iterator[bytes]:
    """One line per promise. Raises nothing: `form` is one of PROMISE_FORMATS."""
    match form:
        case "csv" | "tsv":
            text = io.StringIO(newline="")
            writer = csv.writer(text, delimiter="," if form == "csv" else "\t", lineterminator="\n")
            writer.writerows([PromiseRow._fields, *rows])
            yield utf8(text.getvalue())
        case "json":
            yield utf8(json.dumps([row._asdict() for row in rows], ensure_ascii=False, indent=2) + "\n")
        case "jsonl":
            yield utf8("".join(json.dumps(row._asdict(), ensure_ascii=False) + "\n" for row in rows))
        case "markdown":
            lines = [_TITLES, ("---",) * len(_TITLES), *rows]
            yield utf8("".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines))
        case _:
            yield utf8(_table(rows, options))


def _table(rows: Sequence[PromiseRow], options: RenderOptions) -> str:
    """The columns that say something."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = [i for i in range(len(_TITLES)) if any(row[i] for row in rows)]
    table = Table(box=None, pad_edge=False, header_style="bold")
    for i in shown:
        table.add_column(_TITLES[i], no_wrap=options.width is None)
    for row in rows:
        table.add_row(*(Text(row[i]) for i in shown))
    out = io.StringIO()
    Console(file=out, width=options.width or 1000, no_color=not options.colour, highlight=False).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
