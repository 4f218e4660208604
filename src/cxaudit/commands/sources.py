"""`cxaudit sources`: the layouts that are known, and what the standards file says of them."""

from __future__ import annotations

from pathlib import Path

from cxaudit.commands.options import Output
from cxaudit.commands.shared import name_of
from cxaudit.inspect.inspector import layouts
from cxaudit.render.rows import ROW_FORMATS
from cxaudit.render.sources import render_sources
from cxaudit.standards import load


def sources(standards_file: str | None, output: Output) -> int:
    """One line for each layout that a file may have."""
    form = output.chosen(ROW_FORMATS)
    output.check_places()
    output.spare_inputs((), standards_file)
    standards = load(Path(standards_file) if standards_file else None)
    output.write(render_sources(layouts(standards), standards.sources, form, output.options()), form)
    output.say([f"Standards: {name_of(standards)} ({standards.organisation})", *_advice(len(standards.sources))])
    return 0


def _advice(n_declared: int) -> list[str]:
    said = [f"{n_declared} of them stated in the standards file."] if n_declared else []
    return [
        *said,
        "Another layout: `cxaudit inspect FILE` guesses it, to be pasted under sources: in the standards file.",
    ]
