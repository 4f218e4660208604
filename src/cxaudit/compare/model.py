"""Comparison: how far the systems' own verdicts agree with the recomputed ones. The nouns of `check --compare`. No logic.

What a system says of itself is never trusted and never ignored. Source: DESIGN, section 3, "The system's own word".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cxaudit.model import Verdict

#: Columns of `check --compare --format csv`.
COMPARISON_COLUMNS = ("source", "system", "verdict", "agrees", "reason", "requests")
#: What `records --disagree` adds after RECORD_COLUMNS.
DISAGREEMENT_COLUMNS = ("system", "system_verdict", "system_due_at", "reason")


@dataclass(frozen=True)
class ComparisonRow:
    """Requests of one source of which the system says one thing and cxaudit another, or the same.

    `system` is what it says (`met`, `missed`, or `pending` where that follows from its due time); None where it says
    nothing that is understood. `reason` is the likely one, or the code of the exclusion; None where there is nothing to
    explain.
    """

    source: str
    system: str | None
    verdict: Verdict
    reason: str | None
    requests: int

    @property
    def agrees(self) -> bool | None:
        """None where there are no two verdicts to compare."""
        is_comparable = self.system is not None and self.verdict != "excluded"
        return self.reason is None if is_comparable else None


@dataclass(frozen=True)
class Disagreement:
    """One request of which the system says something else."""

    file: str
    sheet: str | None
    row: int
    case_id: str | None
    system: str
    verdict: Verdict
    system_due_at: dt.datetime | None
    due_at: dt.datetime | None
    reason: str


@dataclass(frozen=True)
class Comparison:
    """How far the systems' own verdicts agree with the recomputed ones; `examples` are the first that do not."""

    rows: tuple[ComparisonRow, ...]
    examples: tuple[Disagreement, ...]
    not_understood: dict[str, int]  # a system's word for its verdict -> requests

    @property
    def agreed(self) -> int:
        return sum(row.requests for row in self.rows if row.agrees)

    @property
    def differing(self) -> int:
        return sum(row.requests for row in self.rows if row.agrees is False)

    @property
    def compared(self) -> int:
        return self.agreed + self.differing

    @property
    def not_judged(self) -> int:
        """Of which a system says something, and which cannot be judged here."""
        return sum(row.requests for row in self.rows if row.system is not None and row.verdict == "excluded")

    @property
    def not_stated(self) -> int:
        """Of which no system says anything that is understood."""
        return sum(row.requests for row in self.rows if row.system is None)
