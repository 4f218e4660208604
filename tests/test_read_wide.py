"""Rows with more cells than their header: none of their text is lost, wherever in a file they stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cxaudit.days.zones import zone
from cxaudit.intake import opening
from cxaudit.intake.arrival import Log, take_in
from cxaudit.intake.opening import Wanted
from cxaudit.read import Table, open_tables
from cxaudit.read.table import NEEDS_A_LOOK
from cxaudit.standards import load

#: Also columns that nothing asks for: polars tells of a row that is too wide only where it reads all columns.
HEADER = "case_id,channel,note,received_at,replied_at,other,status,last\n"
LINE = "C-{0},email,n,2025-10-{1:02} 09:00,2025-10-{1:02} 10:00,o,new,z\n"
N_ROWS = 6_000


def log_of(folder: Path) -> Log:
    rules = load()
    wanted = Wanted(roles=("case_id", "channel", "status"))
    return take_in({path: path.name for path in sorted(folder.iterdir())}, rules, zone(rules.timezone), wanted)


@pytest.fixture(params=[1, 3], ids=["alone", "among others"])
def write(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    def write(row: int, beyond: str) -> Path:
        lines = [LINE.format(i, i % 28 + 1) for i in range(2, N_ROWS + 2)]
        for n in range(request.param):
            mine = [*lines]
            if n == request.param // 2:
                mine[row - 2] = mine[row - 2].rstrip("\n") + beyond + "\n"
            (tmp_path / f"{n}.csv").write_text(HEADER + "".join(mine).replace("C-", f"C-{n}-"))
        return tmp_path

    return write


@pytest.mark.parametrize("row", [2, 3, 150, 1_900, 6_000])
@pytest.mark.parametrize(
    ("beyond", "value"),
    [
        (",,lost", "lost"),
        (",x", "x"),
        (",x,,y" + "," * 70 + "z", "x,y,z"),
        (",", None),
        (",,,", None),
        (", ,", "a blank"),
    ],
)
def test_what_stands_beyond_the_header_is_seen(
    write: object, monkeypatch: pytest.MonkeyPatch, row: int, beyond: str, value: str | None
) -> None:
    assert callable(write)
    folder = write(row, beyond)
    log = log_of(folder)
    expected = [] if value is None else [(row, "ragged_row", value)]
    found = [one for table in log.tables for one in table.rejects.select("row", "code", "value").rows()]
    if value == "a blank":  # may hide something behind it where no blank cell was seen at first: then it is shown
        expected = [(row, "ragged_row", ",")] if found else []
    assert found == expected
    assert sum(table.fates.requests for table in log.tables) == len(log.tables) * N_ROWS - len(expected)

    def looked_through(path: Path, name: str) -> list[Table]:
        return [replace(table, at_once=None) for table in open_tables(path, name)]

    monkeypatch.setattr(opening, "open_tables", looked_through)
    before, after = log, log_of(folder)
    assert after.rows.collect().equals(before.rows.collect())
    assert [table.fates for table in after.tables] == [table.fates for table in before.tables]
    assert [table.findings for table in after.tables] == [table.findings for table in before.tables]


def test_polars_tells_of_every_row_that_is_wider_still(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for row in (200, 777, 40_000, 99_999):
        lines = ["a,b,\n"] * 100_000
        lines[row] = "a,b,,,\n"
        path.write_text("x,y,z\n" + "".join(lines))
        table = open_tables(path, "t.csv")[0]
        assert table.at_once is not None
        for asked in (["row", "c0", "c1", "c2", "extra"], ["row", "c1", "extra"], ["c0"]):
            with pytest.raises(NEEDS_A_LOOK):
                table.at_once(1, 3).select(asked).collect(engine="streaming")
        assert table.body(1, 3).collect()["extra"].null_count() == 100_000


def test_a_wide_table_is_looked_through_first(tmp_path: Path) -> None:
    """To read all of its columns would take longer."""
    path = tmp_path / "t.csv"
    path.write_text(",".join(f"h{i}" for i in range(40)) + "\n" + (",".join("x" * 40) + "\n") * 500)
    table = open_tables(path, "t.csv")[0]
    assert table.at_once is not None
    assert table.at_once(1, 40).collect().equals(table.body(1, 40).collect())
