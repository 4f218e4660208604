"""What a renderer may be told about the place that its output goes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxaudit.render.report.story import Chart

Draw = Callable[["Sequence[Chart]"], "list[str]"]
Scratch = Callable[[], str]


@dataclass(frozen=True)
class RenderOptions:
    """`width` is that of the terminal, or None elsewhere: then every line is as wide as it needs to be."""

    width: int | None = None
    colour: bool = False
    escape: bool = True  # whether csv and tsv neutralise text that a spreadsheet would run as a formula
    draw: Draw | None = None  # what draws the charts of a report; None: they are drawn here and now
    scratch: Scratch | None = None  # gives the folder for the files that a large workbook is put together from
