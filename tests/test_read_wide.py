"""Rows with more cells than their header: none of their text is lost, wherever in a file they stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from cxaudit.days.zones import zone
from cxaudit.intake import opening
from cxaudit.intake.arrival import Log, take_in
from cxaudit.intake.opening import Wanted
from cxaudit.read import Table, delimited, open_tables
from cxaudit.standards import load

#: Also columns that nothing asks for: polars drops what stands beyond all columns in silence.
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


def test_rows_read_at_once_are_taken_only_where_none_is_too_wide(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for row, line, is_sure in (
        (777, "a,b,c\n", True),
        (200, "a,b,c,,\n", False),
        (40_000, "a,b,c,,,,\n", False),
        (99_999, "a,b\n", False),
        (99_999, "\n", True),
        (500, "\na,b,c\n\n", True),
        (500, "a,b,\n", False),
    ):
        lines = ["a,b,c\n"] * 100_000
        lines[row] = line
        path.write_text("title, and more\nx,y,z\n" + "".join(lines))
        table = open_tables(path, "t.csv")[0]
        assert table.at_once is not None
        at_once = table.at_once(2, 3)
        assert at_once is not None
        rows = at_once.rows.collect(engine="streaming")
        filled = rows.filter(pl.any_horizontal(pl.col("c0", "c1", "c2").is_not_null()))
        ends_empty = filled["c2"].null_count() > 0
        assert (filled.height * 2 == at_once.n_delimiters and not ends_empty) is is_sure, line
        if is_sure:
            assert at_once.is_right()
            assert rows.equals(table.body(2, 3).collect(engine="streaming"))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("titles", ["", "sep=,\n", "One, two, three,,,\n\n"])
def test_a_table_in_order_is_not_looked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, titles: str, end: str
) -> None:
    lines = "".join(LINE.format(i, i % 28 + 1) for i in range(N_ROWS))
    (tmp_path / "t.csv").write_bytes((titles + HEADER + lines).replace("\n", end).encode())

    def looked_through(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(delimited, "put_in_order", looked_through)
    assert log_of(tmp_path).survey["n"].to_list() == [N_ROWS]


def test_a_table_is_looked_through_where_last_cells_are_empty(tmp_path: Path) -> None:
    """What stands far beyond the header of one row may be outweighed by what another one lacks."""
    lines = [LINE.format(i, i % 28 + 1) for i in range(2, N_ROWS + 2)]
    lines[1_000] = lines[1_000].rstrip("\n") + ",,lost\n"
    lines[2_000] = lines[2_000].replace(",o,new,z", "")
    (tmp_path / "t.csv").write_text(HEADER + "".join(lines))
    log = log_of(tmp_path)
    assert log.tables[0].rejects.select("row", "code", "value").rows() == [(1_002, "ragged_row", "lost")]
