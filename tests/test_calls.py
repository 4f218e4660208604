"""What a call log says: which calls are requests, which are replies, and what counts for nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from test_sources import FIXTURES

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
    roles = ("customer_type",)
    return Audit([str(path) for path in paths], Question(loads(TOWN + settings, "s.yaml"), AsOf(NOW, NOW), roles=roles))


def told(found: Audit) -> list[tuple[int, str | None, str]]:
    """Each request: its row, when it was answered, and who asked."""
    rows = found.judged.lazy().select("row", "replied_at", "customer_type").collect()
    return [(row, at and f"{at:%d %H:%M:%S}", str(kind)) for row, at, kind in rows.iter_rows()]


def test_the_asterisk_log() -> None:
    """A voice mail is a request, whoever left it; an ANSWERED leg that the voice mail took is no answer, a call that left no
    message no request, an attempt that nobody answered no reply, and a call back is found by its number."""
    found = audit(FIXTURES / "asterisk.csv")
    assert told(found) == [(5, None, "internal"), (7, "14 09:05:10", "external")]
    (table,) = found.inputs
    assert table.fates.other_by_kind == {"reply": 1, "no_message": 1, "unanswered_call_back": 1, "further_leg": 1}
    assert table.fates.adds_up
