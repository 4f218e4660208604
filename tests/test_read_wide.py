"""Rows with more cells than their header: none of their text is lost, wherever in a file they stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from cxaudit.days.zones import zone
from cxaudit.intake import arrival, opening
from cxaudit.intake.arrival import Log, take_in
from cxaudit.intake.opening import Wanted
from cxaudit.read import Table, delimited, open_tables
from cxaudit.read.store import Store
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
        (", ,", None),
        (",-", None),
        (",-,lost", "-,lost"),
        (",a,lost", "a,lost"),
        (", ,_,\x1f,lost", "_,\x1f,lost"),
    ],
)
def test_what_stands_beyond_the_header_is_seen(
    write: object, monkeypatch: pytest.MonkeyPatch, row: int, beyond: str, value: str | None
) -> None:
    assert callable(write)
    folder = write(row, beyond)
    log = log_of(folder)
    expected = [] if value is None else [(row, "ragged_row", None)]  # what it is may be a customer's
    found = [one for table in log.tables for one in table.rejects.select("row", "code", "value").rows()]
    assert found == expected
    assert not [finding for table in log.tables for finding in table.findings if finding.code == "word_for_no_reply"]
    assert sum(table.fates.requests for table in log.tables) == len(log.tables) * N_ROWS - len(expected)

    def looked_through(path: Path, name: str) -> list[Table]:
        return [replace(table, at_once=None) for table in open_tables(path, name)]

    monkeypatch.setattr(opening, "open_tables", looked_through)
    before, after = log, log_of(folder)
    assert after.rows.collect().equals(before.rows.collect())
    assert [table.fates for table in after.tables] == [table.fates for table in before.tables]
    assert [table.findings for table in after.tables] == [table.findings for table in before.tables]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("row", [3, 5_000])
@pytest.mark.parametrize("last", ["z", ""])
def test_nothing_is_hidden_behind_a_dash(tmp_path: Path, end: str, row: int, last: str) -> None:
    lines = [LINE.format(i, i % 28 + 1) for i in range(N_ROWS)]
    lines[40] = lines[40].replace(",z\n", f",{last}\n")
    lines[row] = lines[row].replace("\n", ",-,lost\n")
    (tmp_path / "t.csv").write_bytes((HEADER + "".join(lines)).replace("\n", end).encode())
    log = log_of(tmp_path)
    assert log.tables[0].rejects.select("row", "code", "value").rows() == [(row + 2, "ragged_row", None)]
    assert not [finding for finding in log.tables[0].findings if finding.code == "word_for_no_reply"]


def written(folder: Path, name: str, lines: list[str]) -> None:
    (folder / name).write_text("case_id,channel,received_at,replied_at,note,status,last\n" + "\n".join(lines) + "\n")


def test_a_row_too_wide_is_no_evidence_for_the_dates_of_another_table(tmp_path: Path) -> None:
    open_ = [f"A-{i},email,03/04/2025 09:00,03/05/2025 10:00,n,new,z" for i in range(400)]
    written(tmp_path, "a.csv", open_)
    wide = [line.replace("A-", "B-") for line in open_]
    wide[300] = "B-300,email,25/04/2025 09:00,26/04/2025 09:00,n,new,z,,lost"
    written(tmp_path, "b.csv", wide)
    written(tmp_path, "c.csv", [f"C-{i},email,03/25/2025 09:00,03/26/2025 10:00,n,new,z" for i in range(400)])
    log = log_of(tmp_path)
    assert {table.source.proofs["received_at"].format.order for table in log.tables} == {"mdy"}  # type: ignore[union-attr]
    assert [table.rejects.height for table in log.tables] == [0, 1, 0]


def test_what_a_misread_table_confirmed_is_proven_anew(tmp_path: Path) -> None:
    none = [f"A-{i},email,,,n,new,z" for i in range(400)]
    none[300:340] = [f"A-{i},email,2025-10-01 09:00,junk,n,new,z,,lost" for i in range(300, 340)]
    written(tmp_path, "a.csv", none)
    iso = [f"B-{i},email,2025-10-01 09:00,2025-10-02 10:00,n,new,z" for i in range(400)]
    iso[300:390] = [f"B-{i},email,junk,2025-10-01 10:00,n,new,z,,lost" for i in range(300, 390)]
    written(tmp_path, "b.csv", iso)
    log = log_of(tmp_path)
    assert [(table.fates.requests, table.fates.rejected) for table in log.tables] == [(0, 400), (310, 90)]


def test_only_what_was_misread_is_typed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        lines = [f"{n}-{i},email,2025-10-01 09:00,2025-10-02 10:00,n,new,z" for i in range(400)]
        if n == 2:
            lines[300] += ",,lost"
        written(tmp_path, f"{n}.csv", lines)
    typed = []
    monkeypatch.setattr(arrival, "BUNDLE_BYTES", 1)
    keep = Store.keep
    monkeypatch.setattr(Store, "keep", lambda self, parts: [typed.append(1) or one for one in keep(self, parts)])
    log = log_of(tmp_path)
    assert len(typed) == 4 + 1
    assert [table.fates.requests for table in log.tables] == [400, 400, 399, 400]


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
    assert log.tables[0].rejects.select("row", "code", "value").rows() == [(1_002, "ragged_row", None)]
