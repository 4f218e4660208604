"""The samples: five systems' exports of one invented October, and what comes of them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from outside import AS_OF, SAMPLES, TOP, run

VERDICTS = ("met", "late", "overdue", "pending", "excluded")
COUNTS = {
    "voicemail": (78, 6, 2, 4, 0),
    "email": (102, 2, 1, 5, 0),
    "letter": (14, 4, 2, 5, 0),
    "our_city": (28, 0, 0, 2, 0),
    "portal": (54, 2, 1, 3, 0),
}
FILES = {
    "voicemail": "voicemail.csv",
    "email": "email.csv",
    "letter": "letters.xlsx",
    "our_city": "our_city.csv",
    "portal": "portal.csv",
}


def counts(row: dict[str, str]) -> tuple[int, ...]:
    return tuple(int(row[verdict]) for verdict in VERDICTS)


@pytest.mark.skipif(importlib.util.find_spec("xlsxwriter") is None, reason="the letter log is made with XlsxWriter")
def test_the_script_makes_the_very_bytes_of_the_samples(tmp_path: Path) -> None:
    """Anyone can make the samples again, byte by byte."""
    subprocess.run([sys.executable, TOP / "tools/make_samples.py", tmp_path], check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(made) == sorted(path.name for path in SAMPLES.iterdir())
    assert [name for name, content in made.items() if content != (SAMPLES / name).read_bytes()] == []


def test_all_samples_together_give_the_verdicts_of_their_plan() -> None:
    """On 31 October 2025 at 17:00: 315 requests, 276 met, 14 late, 6 overdue, 19 pending."""
    rows = run("check", SAMPLES, *AS_OF).rows
    assert {row["channel"]: counts(row) for row in rows} == {**COUNTS, "all": (276, 14, 6, 19, 0)}


@pytest.mark.parametrize("channel", COUNTS)
def test_each_sample_alone_gives_the_same_verdicts(channel: str) -> None:
    """A channel's verdicts do not depend on which other files are read with it."""
    rows = run("check", SAMPLES / FILES[channel], *AS_OF).rows
    assert {row["channel"]: counts(row) for row in rows if row["requests"] != "0"} == {
        channel: COUNTS[channel],
        "all": COUNTS[channel],
    }


def test_every_row_of_the_samples_has_its_fate() -> None:
    """The planted flaws, one of each: a repeated row, two unreadable dates, a missing one; titles and totals are no data."""
    inputs = run("check", SAMPLES, *AS_OF, "--format", "json").json["meta"]["inputs"]
    fates = {table["file"]: tuple(n for n in table["fates"].values() if isinstance(n, int)) for table in inputs}
    #                     rows, requests, other messages, duplicates, rejected, not data
    assert fates == {
        "email.csv": (110, 110, 0, 0, 0, 0),
        "letters.xlsx": (29, 25, 0, 0, 1, 3),
        "our_city.csv": (30, 30, 0, 0, 0, 0),
        "portal.csv": (60, 60, 0, 0, 0, 0),
        "voicemail.csv": (98, 90, 0, 1, 2, 5),
    }


def test_each_sample_is_read_as_its_system_writes_it() -> None:
    """UTF-16 with semicolons, titles above a month-first header, a workbook, a byte order mark: each is noticed."""
    inputs = run("check", SAMPLES, *AS_OF, "--format", "json").json["meta"]["inputs"]
    read = {t["file"]: (t["source"], t["encoding"], t["delimiter"], t["header_row"]) for t in inputs}
    assert read == {
        "email.csv": ("freshdesk", "utf-16-le", ";", 1),
        "letters.xlsx": ("letter_log", None, None, 3),
        "our_city.csv": ("generic", "utf-8", ",", 1),
        "portal.csv": ("generic", "utf-8", ",", 1),
        "voicemail.csv": ("voicemail_log", "utf-8", ",", 5),
    }
    voicemail = next(t for t in inputs if t["file"] == "voicemail.csv")
    assert voicemail["date_formats"]["Message Left"] == "mdy (row 6: 10/31/2025 02:57 PM can only be month first)"


def test_the_request_that_the_manual_explains() -> None:
    """Case 2025-0417: received on Friday before Thanksgiving, due on Wednesday, answered on Thursday: late by one day."""
    (row,) = run("records", SAMPLES / "portal.csv", *AS_OF, "--case", "2025-0417").rows
    shown = [row[name] for name in ("received_at", "due_at", "verdict", "business_days", "business_days_over")]
    assert shown == ["2025-10-10 16:50:12", "2025-10-15 23:59:59", "late", "3", "1"]
