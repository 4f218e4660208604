"""What one file proves of its dates is confirmed in others of the same header: read together, files say what they say alone."""

from __future__ import annotations

import datetime as dt
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
from outside import run

from cxaudit.days.zones import zone
from cxaudit.intake.arrival import Log, take_in
from cxaudit.intake.opening import Wanted
from cxaudit.standards import load

HEADER = "case_id,channel,received_at,replied_at\n"
START = dt.datetime(2025, 9, 1, 8, 30)


def lines(name: str, form: str, n: int = 300, none: str = "", *, dates_until: int = 0) -> str:
    rows = [HEADER]
    for i in range(n):
        at = START + dt.timedelta(hours=7 * i)
        if i < dates_until:
            at = dt.datetime.combine(at.date(), dt.time())
        rows.append(
            f"{name}-{i},email,{at.strftime(form)},{none if i % 3 else (at + dt.timedelta(days=1)).strftime(form)}\n"
        )
    return "".join(rows)


FILES = {
    "iso": lines("iso", "%Y-%m-%d %H:%M"),
    "like it": lines("like", "%Y-%m-%d %H:%M"),
    "with seconds": lines("seconds", "%Y-%m-%d %H:%M:%S"),
    "day first": lines("day", "%d/%m/%Y %H:%M"),
    "month first": lines("month", "%m/%d/%Y %H:%M"),
    "nothing in it": HEADER,
    "no replies": HEADER + "n-1,email,2025-09-02 09:00,\n" * 250,
    "dashes": lines("dash", "%Y-%m-%d %H:%M", none="-"),
    "midnight": lines("midnight", "%Y-%m-%d %H:%M", dates_until=300),
    "midnight at first": lines("first", "%Y-%m-%d %H:%M", dates_until=150),
    "dates": lines("dates", "%Y-%m-%d"),
    "other below": lines("below", "%Y-%m-%d %H:%M") + "b-1,email,13/10/2025 09:00,14/10/2025 10:00\n" * 3,
    "word below": lines("word", "%Y-%m-%d %H:%M") + "w-1,email,soon,\n",
    "zoned": lines("zoned", "%Y-%m-%dT%H:%M:%SZ"),
}


def log_of(folder: Path, *names: str) -> Log:
    rules = load()
    paths = [folder / f"{name}.csv" for name in names]
    wanted = Wanted(roles=("case_id", "channel"))
    return take_in({path: path.name for path in paths}, rules, zone(rules.timezone), wanted)


def told(log: Log, table: int) -> tuple[object, ...]:
    rows = log.rows.collect().filter(table=table)
    instants = [name for name in ("received_utc", "replied_utc") if name in rows.columns and rows[name].count()]
    names = ["row", "case_id", "received_at", "received_is_date", "replied_at", "replied_is_date", *instants]
    one = log.tables[table]
    formats = {role: proof.format for role, proof in one.source.proofs.items()}
    return rows.select(names).to_dict(as_series=False), one.fates, one.findings, one.rejects.rows(), formats


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dating")
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


@pytest.mark.parametrize("first", FILES)
def test_files_read_together_say_what_they_say_alone(folder: Path, first: str) -> None:
    alone = {name: told(log_of(folder, name), 0) for name in FILES}
    others = [name for name in FILES if name != first]
    log = log_of(folder, first, *others)
    for table, name in enumerate([first, *others]):
        assert told(log, table) == alone[name], name


def test_the_order_of_files_is_nothing_to_their_dates(folder: Path) -> None:
    names = ("iso", "nothing in it", "dashes", "other below")
    seen = {name: told(log_of(folder, name), 0) for name in names}
    for some in permutations(names):
        log = log_of(folder, *some)
        assert [told(log, i) for i in range(len(some))] == [seen[name] for name in some]


def test_a_blank_column_of_replies_is_no_proof(folder: Path) -> None:
    log = log_of(folder, "iso", "no replies")
    assert log.tables[1].source.proofs["replied_at"].format is None
    assert log.rows.filter(pl.col("table") == 1).collect()["replied_at"].null_count() == 250


def test_formulas_that_failed_are_to_be_worked_out(tmp_path: Path) -> None:
    """Where so many of them failed that the column has no format, it is not the mapping that is wrong."""
    rows = "".join(
        f"{i},email,2025-10-0{i} 10:00,{reply}\n" for i, reply in enumerate(["#N/A", "2025-10-03 10:00"] * 2, 1)
    )
    (tmp_path / "log.csv").write_text(f"case_id,channel,received_at,replied_at\n{rows}")
    done = run("check", "log.csv", "--as-of", "2025-10-31", cwd=tmp_path)
    assert (done.code, "open the workbook in Excel" in done.err) == (2, True), done.err
