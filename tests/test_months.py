"""Over the months: the same case in several exports is one request in its latest known state."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from outside import run

from cxaudit.audit import Audit, Question
from cxaudit.days.zones import zone
from cxaudit.period import parse_as_of
from cxaudit.standards import load

STANDARDS = load()
CITY = zone(STANDARDS.timezone)
START, MONTHS = dt.datetime(2025, 8, 1), ("2025-08", "2025-09", "2025-10")
FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
HEADER = ["case_id", "channel", "department", "received_at", "replied_at", "status"]
Case = tuple[str, str, str, dt.datetime, dt.timedelta | None]

cases = st.lists(
    st.tuples(
        st.sampled_from(("email", "letter", "portal")),
        st.sampled_from(("Parks", "Roads")),
        st.sampled_from(("Parks", "Roads")),
        st.integers(0, 90 * 1440).map(lambda n: START + dt.timedelta(minutes=n)),
        st.none() | st.integers(0, 30 * 1440).map(lambda n: dt.timedelta(minutes=n)),
    ),
    min_size=1,
    max_size=30,
)


def snapshot(drawn: list[Case], end: dt.datetime) -> list[list[str]]:
    """What a system exports at the end of a month: every case so far, as it stands then."""
    rows = []
    for number, (channel, first, then, received, wait) in enumerate(drawn):
        replied = received + wait if wait is not None else None
        if received < end:
            is_closed = replied is not None and replied < end
            reply = f"{replied}" if is_closed else ""
            department = then if end > received + dt.timedelta(days=20) else first
            rows.append([f"{number:04}", channel, department, f"{received}", reply, "closed" if is_closed else "open"])
    return rows


def write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])


def figures(paths: list[Path]) -> pl.DataFrame:
    question = Question(STANDARDS, parse_as_of("2025-11-15", CITY), roles=("department",))
    tally = Audit([str(path) for path in paths], question).tally(["channel", "department", "month"])
    names = ["channel", "department", "month", "verdict", "excluded", "business_days"]
    texts = tally.with_columns(pl.col("channel", "department", "verdict", "excluded").cast(pl.String))
    return texts.group_by(names).agg(pl.col("n").sum()).sort(names)


@FEW
@given(cases)
def test_cumulative_exports_give_the_figures_of_the_last_one(drawn: list[Case]) -> None:
    """Three months of exports, each with everything so far, say the same as the newest alone."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{month}.csv" for month in MONTHS]
        for path, end in zip(
            paths, (START.replace(month=9), START.replace(month=10), START.replace(month=11)), strict=True
        ):
            rows = snapshot(drawn, end)
            write(path, rows)
        written = [path for path in paths if len(path.read_text("utf-8").splitlines()) > 1]
        assert figures(written).equals(figures(written[-1:]))


def test_explain_names_the_row_that_says_the_department(tmp_path: Path) -> None:
    """A case that was handed on shows the department of its newest row, with that row's place."""
    write(tmp_path / "2025-08.csv", [["1", "email", "Parks", "2025-08-05 10:00", "", "open"]])
    write(tmp_path / "2025-09.csv", [["1", "email", "Roads", "2025-08-05 10:00", "2025-08-06 10:00", "closed"]])
    said = run("explain", tmp_path, "--case", "1", "--as-of", "2025-09-30", "--format", "table").text
    assert "Case 1 · E-mail · Roads · met" in said
    assert 'department  Roads                 2025-09.csv, row 2, "department"' in said


SERVICENOW = [
    "number",
    "opened_at",
    "resolved_at",
    "sys_updated_at",
    "incident_state",
    "contact_type",
    "assignment_group",
]
NEWEST_FIRST = [
    ["INC1", "2025-09-01 09:00", "2025-09-04 10:00", "2025-09-08 10:00", "Closed", "email", "Roads"],
    ["INC1", "2025-09-01 09:00", "", "2025-09-02 10:00", "Active", "email", "Roads"],
    ["INC1", "2025-09-01 09:00", "", "2025-09-01 10:00", "New", "email", "Parks"],
]


def test_the_newest_update_of_a_log_counts_whatever_the_order_of_its_rows(tmp_path: Path) -> None:
    """An update log may come newest first; the department is that of the newest update, and `explain` names its row."""
    for name, rows in (("newest-first.csv", NEWEST_FIRST), ("oldest-first.csv", NEWEST_FIRST[::-1])):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([SERVICENOW, *rows])
        (row,) = run("records", tmp_path / name, "--as-of", "2025-09-09", "--format", "csv").rows
        assert (row["department"], row["replied_at"], row["verdict"]) == ("Roads", "2025-09-04 10:00:00", "late")
        said = run("explain", tmp_path / name, "--case", "INC1", "--as-of", "2025-09-09", "--format", "json").json
        place = 2 if name.startswith("newest") else 4
        assert said[0]["department"]["place"]["row"] == place


def test_an_update_tells_that_an_export_is_fresh(tmp_path: Path) -> None:
    """A case that was touched on Monday was exported on Monday or later, though its reply is from the week before."""
    with (tmp_path / "log.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([SERVICENOW, *NEWEST_FIRST])
    assert "stale_export" not in run("check", tmp_path / "log.csv", "--as-of", "2025-09-09").err
    assert "its latest timestamp is 2025-09-08 10:00" in run("check", tmp_path / "log.csv", "--as-of", "2025-09-10").err
