"""docs/method.md against the program: every worked table is computed again."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from outside import TOP, run

from cxaudit.render.figures import compliance_text, for_people, outcome
from cxaudit.tally.counts import nearest_rank
from cxaudit.usual import xmr_limits

METHOD = (TOP / "docs" / "method.md").read_text("utf-8")
STANDARDS = (TOP / "standards.yaml").read_text("utf-8")
RECEIPT = re.compile(r"[A-Z][a-z]{2} (\d{4}-\d\d-\d\d \d\d:\d\d)")


def tables() -> list[list[dict[str, str]]]:
    found = []
    for block in re.findall(r"(?:^\|.*\n)+", METHOD, re.MULTILINE):
        head, _, *rows = [[cell.strip(" `") for cell in line.strip("|\n").split("|")] for line in block.splitlines()]
        found.append([dict(zip(head, row, strict=True)) for row in rows])
    return found


def rows_with(column: str) -> list[dict[str, str]]:
    """The rows of the one table that has this column."""
    (table,) = [table for table in tables() if column in table[0]]
    return table


def due_words(due_at: str) -> str:
    at = dt.datetime.fromisoformat(due_at)
    words = f"{at:%a} {at.day} {at:%b}"
    return words if f"{at:%H:%M:%S}" == "23:59:59" else f"{words} {at:%H:%M}"


def due(folder: Path, row: dict[str, str], received: list[str], hours: str = "08:30-16:30") -> list[str]:
    """The due times of these receipts under the settings that a row names."""
    text = STANDARDS.replace("08:30-16:30", row.get("office hours", hours))
    text = text.replace("day_zero: day_received", f"day_zero: {row.get('day_zero', 'day_received')}", 1)
    text = text.replace("day_ends: midnight", f'day_ends: "{row.get("day_ends", "midnight")}"', 1)
    (folder / "standards.yaml").write_text(text)
    asked = [word for moment in received for word in ("--received", moment)]
    found = run("due", "--within", row["promise"], *asked, "--format", "csv", cwd=folder)
    assert found.code == 0, found.err
    return [due_words(each["due_at"]) for each in found.rows]


DUE_TABLES = [table for table in tables() if any(RECEIPT.fullmatch(name) for name in table[0])]


@pytest.mark.parametrize("row", [row for table in DUE_TABLES for row in table], ids=lambda row: "-".join(row.values()))
def test_due_times(tmp_path: Path, row: dict[str, str]) -> None:
    """What the page says of a receipt is what the program says."""
    written = {match[1]: cell for name, cell in row.items() if (match := RECEIPT.fullmatch(name))}
    assert due(tmp_path, row, list(written)) == list(written.values())


def test_three_tables_of_due_times() -> None:
    """Settings, office hours and real hours each have their table."""
    assert [len(table) for table in DUE_TABLES] == [8, 3, 1]


@pytest.mark.parametrize("row", rows_with("elsewhere"), ids=lambda row: row["elsewhere"])
def test_the_default_beside_other_engines(tmp_path: Path, row: dict[str, str]) -> None:
    """The column of cxaudit is the program's, and none of the others agrees with it."""
    match = RECEIPT.fullmatch(row["received"])
    assert match is not None
    assert due(tmp_path, row, [match[1]], "09:00-17:00") == [row["cxaudit, by default"]]
    assert not row["elsewhere"].startswith(row["cxaudit, by default"] + " (")


def test_other_engines_as_settings(tmp_path: Path) -> None:
    """24 office hours, and rolling from a closed day, are rules that can be declared here, and then give the same."""
    day = {"promise": "24 business hours"}
    assert due(tmp_path, day, ["2025-08-27 10:00"], "09:00-17:00") == ["Tue 2 Sep 10:00"]
    rolled = {"promise": "1 business day", "day_zero": "next_business_day", "day_ends": "same_time"}
    assert due(tmp_path, rolled, ["2025-08-30 11:00"], "09:00-17:00") == ["Wed 3 Sep 09:00"]


@pytest.mark.parametrize("row", rows_with("answered requests only"), ids=str)
def test_compliance(row: dict[str, str]) -> None:
    """Overdue requests count as missed; pending ones do not count."""
    met, late, overdue = (int(row[name]) for name in ("met", "late", "overdue"))
    assert for_people(compliance_text(met, met + late + overdue)) == row["compliance"]
    assert for_people(compliance_text(met, met + late)) == row["answered requests only"]


@pytest.mark.parametrize("row", rows_with("outcome"), ids=str)
def test_rounding(row: dict[str, str]) -> None:
    """A shown percentage never rounds across its target."""
    met, judged = (int(row[name].replace(",", "")) for name in ("met", "judged"))
    target = Decimal(row["target"].rstrip("%"))
    assert for_people(compliance_text(met, judged, target)) == row["shown"]
    assert outcome(met, judged, target) == row["outcome"]


def test_nearest_rank() -> None:
    """Half of ten requests is the fifth, nine of ten the ninth."""
    (row,) = rows_with("median (the 5th)")
    days = [int(day) for day in row["elapsed business days of ten requests"].split()]
    tally = pl.DataFrame({"verdict": ["met"] * 10, "business_days": days, "n": [1] * 10})
    assert [tally.select(nearest_rank(share)).item() for share in (50, 90)] == [
        int(row["median (the 5th)"]),
        int(row["90 % (the 9th)"]),
    ]


def test_usual_level() -> None:
    """The limits of a department that receives about ten requests a day."""
    (row,) = rows_with("usual")
    limits = xmr_limits([int(n) for n in row["requests on twelve business days"].split()])
    assert limits is not None
    assert (float(limits.usual), int(limits.upper)) == (float(row["usual"]), int(row["at most"]))
    assert int(limits.of(2).upper) == int(row["at most, compared as two days"])
