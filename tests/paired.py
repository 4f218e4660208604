"""An audit of a few files of calls and messages, told in rows that a person can check."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from cxaudit.audit import Audit, Question
from cxaudit.model import AsOf
from cxaudit.standards import loads

TOWN = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}
standards:
  - effective: 2025-02-01
    source: Policy 1
    channels: {email: {within: 2 business days}, voicemail: {within: 1 business day}}
"""
NOW = dt.datetime(2025, 10, 31, 12)


def audit(*paths: Path, settings: str = "") -> Audit:
    standards = loads(TOWN + settings, "s.yaml")
    return Audit([str(path) for path in paths], Question(standards, AsOf(NOW, NOW), roles=("customer_type",)))


def told(found: Audit) -> list[tuple[int, str, str | None]]:
    """Each request in the order of the input: its row, when it came, when it was answered (day and time)."""
    rows = found.judged.sort("at").select("row", "received_at", "replied_at").collect()
    return [(row, f"{at:%d %H:%M}", reply and f"{reply:%d %H:%M}") for row, at, reply in rows.iter_rows()]


def kinds(found: Audit) -> dict[str, int]:
    """What all the other rows are."""
    counted: dict[str, int] = {}
    for table in found.inputs:
        assert table.fates.adds_up
        for kind, n in table.fates.other_by_kind.items():
            counted[kind] = counted.get(kind, 0) + n
    return counted
