"""A report as it is told: sections of sentences, tables and charts, the same for every form of it. No layout, no mark-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Shade = Literal["met", "late", "overdue"]


@dataclass(frozen=True)
class Bar:
    """The parts of a whole, drawn beside the words of a row; it repeats what the row says."""

    parts: tuple[tuple[Shade, int], ...]
    target_pct: float | None = None


@dataclass(frozen=True)
class Column:
    heading: str
    is_figure: bool = False


@dataclass(frozen=True)
class Table:
    """Each row's first cell names it. `bars` has one for each row or none at all."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    has_total: bool = False
    bars: tuple[Bar | None, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A picture and what it shows in words; `drawing` is what the drawing module needs to know."""

    id: str
    title: str
    description: str
    drawing: Any


@dataclass(frozen=True)
class Text:
    """One paragraph; a `lead` says what matters most, a `note` what stands beside a figure."""

    words: str
    kind: Literal["plain", "lead", "note"] = "plain"


@dataclass(frozen=True)
class Points:
    """Sentences, one under the other."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Commands:
    """What to type."""

    lines: tuple[str, ...]


Block = Text | Points | Commands | Table | Chart


@dataclass(frozen=True)
class Section:
    """`side` is a table that may stand beside the blocks after the lead, where there is room."""

    id: str
    heading: str
    blocks: tuple[Block, ...]
    side: Table | None = None

    @property
    def in_order(self) -> tuple[Block, ...]:
        """All blocks, one under the other."""
        return (*self.blocks, *([self.side] if self.side else []))


@dataclass(frozen=True)
class Story:
    """`answer` is the first sentence; the promise and the `glances` stand on the first screen, the sections below."""

    organisation: str
    title: str
    subtitle: str
    answer: str
    promise: Section
    glances: tuple[Section, ...]
    sections: tuple[Section, ...]
    banner: str | None = None
