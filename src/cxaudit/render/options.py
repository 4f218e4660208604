"""What a renderer may be told about the place that its output goes to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RenderOptions:
    """`width` is that of the terminal, or None elsewhere: then every line is as wide as it needs to be."""

    width: int | None = None
    colour: bool = False
    escape: bool = True  # whether csv and tsv neutralise text that a spreadsheet would run as a formula
