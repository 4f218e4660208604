"""The question: what is asked of the input, and what of the input is needed to answer it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from cxaudit.intake.opening import Wanted
from cxaudit.model import AsOf
from cxaudit.promises.table import Promises
from cxaudit.standards.model import Standards, Version
from cxaudit.standards.source import Role

ROLES: tuple[Role, ...] = (
    "case_id", "channel", "department", "employee", "status", "customer_type", "kind", "system_due_at",
    "system_verdict",
)  # fmt: skip
#: Whether the verdicts under other readings are wanted too; `if_small`: where they cost the reader no time.
WithReadings = Literal["no", "yes", "if_small"]


@dataclass(frozen=True)
class Question:
    """What is asked of the input."""

    standards: Standards
    as_of: AsOf
    period: tuple[dt.date, dt.date] | None = None
    channel: str | None = None
    source: str | None = None
    roles: tuple[Role, ...] = ()  # what the answer shows, besides what judging needs
    reject_cells: bool = False
    with_readings: WithReadings = "no"
    scenario: str | None = None

    @property
    def version_now(self) -> Version:
        """The version of the standards in force at the as-of moment."""
        return self.standards.known_on(self.as_of.local.date()).versions[-1]

    @property
    def headers(self) -> tuple[str, ...]:
        """Columns of the exports that play no role but that an exclude rule names."""
        return tuple(sorted({rule.column for rule in self.standards.exclude} - set(ROLES)))


def wanted_of(question: Question, promises: Promises) -> Wanted:
    """What must be read to answer."""
    named = {rule.column for rule in question.standards.exclude}
    departments = {p.department for p in promises.all} - {None}
    departments |= {name for period in question.standards.high_volume for name in period.departments}
    needed = {"case_id", "channel", *question.roles, *(named & set(ROLES))}
    needed |= {"department"} if departments else set()
    return Wanted(
        roles=tuple(role for role in ROLES if role in needed),
        headers=question.headers,
        channel=question.channel,
        source=question.source,
        reject_cells=question.reject_cells,
        as_of=question.as_of.local,
    )
