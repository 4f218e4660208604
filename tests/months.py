"""Reports of one month for the tests: made from files as `report` makes them, with months before where they are wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from outside import SAMPLES

from cxaudit.audit import Audit, Question
from cxaudit.days.zones import zone
from cxaudit.monthly.figures import ROLES, monthly_report
from cxaudit.monthly.history import STORED
from cxaudit.monthly.model import MonthlyReport
from cxaudit.period import parse_as_of, parse_period
from cxaudit.standards import load

COUNTING = "Counted from the day after receipt to the end of the due day, Alberta holidays"


def report_of(
    *files: Path | str,
    period: str | None = "2025-10",
    as_of: str = "2025-10-31",
    standards: Path | None = None,
    **more: Any,
) -> MonthlyReport:
    """The report of some files, of the samples without any."""
    town = load(standards)
    moment = parse_as_of(as_of, zone(town.timezone))
    roles = (*ROLES, "employee") if more.get("with_employees") else ROLES
    asked = Question(town, moment, parse_period(period, moment) if period else None, roles=roles, with_readings="yes")
    audit = Audit([str(file) for file in files or (SAMPLES,)], asked)
    meta = {"versions": {"cxaudit": "…"}, "standards": {"file": "standards.yaml", "sha256": "…"}}
    return monthly_report(audit, COUNTING, meta, **more)


def stored(*rows: tuple[int, str, str, str, int]) -> pl.DataFrame:
    """Months as earlier reports keep them: month, channel, department, verdict, requests."""
    return pl.DataFrame([(*row[:4], row[3], row[4], True, None) for row in rows], schema=STORED, orient="row")


def a_year(met: int = 180, late: int = 20) -> pl.DataFrame:
    """Twelve months before October 2025 with a little up and down."""
    months = [*range(202410, 202413), *range(202501, 202510)]
    rows = []
    for i, month in enumerate(months):
        rows += [(month, "email", "Utilities", "met", met + i % 3), (month, "email", "Utilities", "late", late - i % 3)]
    return stored(*rows)
