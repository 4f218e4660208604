"""Parquet files are read as the text that a spreadsheet would show."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from outside import TOP, run

from cxaudit.days.zones import zone
from cxaudit.errors import InputError
from cxaudit.inspect import inspector
from cxaudit.period import parse_as_of
from cxaudit.question import Question
from cxaudit.read import Table, open_tables
from cxaudit.recognise.proof import prove_format
from cxaudit.standards import load

AT = dt.datetime(2025, 10, 1, 8, 30)


def table(folder: Path, **columns: pl.Series) -> Table:
    path = folder / "t.parquet"
    pl.DataFrame(columns).write_parquet(path)
    return open_tables(path, "t.parquet")[0]


@pytest.mark.parametrize(
    ("dtype", "values", "texts"),
    [
        (pl.String, ["007", "", None], ["007", None, None]),
        (pl.Int64, [12345678901234567, None, -1], ["12345678901234567", None, "-1"]),
        (pl.Float64, [1001.0, None, 1.5], ["1001", None, "1.5"]),  # whole numbers that a gap turned into fractions
        (pl.Float64, [float("nan"), 1e300, 4e15], [None, "1e+300", "4000000000000000"]),
        (pl.Boolean, [True, False, None], ["TRUE", "FALSE", None]),
        (pl.Categorical, ["email", None, "email"], ["email", None, "email"]),
        (pl.Date, [AT.date(), None, AT.date()], ["2025-10-01", None, "2025-10-01"]),
        (pl.Time, [AT.time(), None, AT.time()], ["08:30:00", None, "08:30:00"]),
        (pl.Duration("ms"), [dt.timedelta(hours=30), None, dt.timedelta(0)], ["30:00:00", None, "00:00:00"]),
        (pl.Datetime("ns"), [AT, None, AT.replace(microsecond=500)],
         ["2025-10-01 08:30:00", None, "2025-10-01 08:30:00.000500"]),
        (pl.Datetime("ms", "America/Edmonton"), [AT, None, AT],
         ["2025-10-01 14:30:00Z", None, "2025-10-01 14:30:00Z"]),
        (pl.List(pl.Int64), [[1, 2], None, []], ["1, 2", None, ""]),
        (pl.Null, [None, None, None], [None, None, None]),
        (pl.Binary, [b"abc", None, b"d"], ["abc", None, "d"]),
        (pl.Binary, [b"\xff", None, b"d"], [None, None, "d"]),  # an outline, as maps have them
        (pl.List(pl.Binary), [[b"\xff"], None, []], [None, None, None]),
        (pl.Struct({"a": pl.Binary}), [{"a": b"\xff"}, None, {"a": b"d"}], [None, None, None]),
    ],
)  # fmt: skip
def test_every_type_becomes_text(tmp_path: Path, dtype: Any, values: list[Any], texts: list[str | None]) -> None:
    """Ids have no `.0`, moments with a zone are given in UTC, nothing is rounded."""
    zone = getattr(dtype, "time_zone", None)
    series = pl.Series(values, dtype=pl.Datetime("ms") if zone else dtype)
    found = table(tmp_path, x=series.dt.replace_time_zone(zone) if zone else series)
    assert found.body(1, 1).collect().rows() == [(2, texts[0], None), (3, texts[1], None), (4, texts[2], None)]


def test_the_names_of_the_columns_are_row_1(tmp_path: Path) -> None:
    """The first row of values is row 2, as it would be in Excel."""
    found = table(tmp_path, case_id=pl.Series(["A1"]), n=pl.Series([None], dtype=pl.Int64))
    assert found.head == ((1, ["case_id", "n"]), (2, ["A1", ""]))
    assert found.body(1, 2).collect().rows() == [(2, "A1", None, None)]
    assert found.body(2, 2).collect().rows() == []


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    """The description of the columns stands at the end of the file."""
    table(tmp_path, x=pl.Series(["a"] * 100))
    path = tmp_path / "t.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        open_tables(path, "t.parquet")


def test_no_damaged_byte_is_more_than_a_file_to_export_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Some damage makes polars lose its way rather than refuse the file; that is the file's fault too, and said as such."""
    table(tmp_path, x=pl.Series(["a", "b", None, "a"]), at=pl.Series([AT] * 4))
    sound, causes = (tmp_path / "t.parquet").read_bytes(), set()
    path = tmp_path / "u.parquet"
    for i in range(4, len(sound) - 4):
        path.write_bytes(sound[:i] + bytes([sound[i] ^ 8]) + sound[i + 1 :])
        try:
            open_tables(path, "u.parquet")
        except InputError as error:
            causes.add(type(error.__cause__).__name__)
            assert "u.parquet cannot be read as Parquet" in str(error)
            assert "export it again" in str(error)
    assert "PanicException" in causes
    assert "panicked" not in capfd.readouterr().err


def two_files(tmp_path: Path) -> None:
    """`a.parquet` is sound, `b.parquet` damaged in its middle."""
    frame = pl.DataFrame({"case_id": [f"C{i:05}" for i in range(20_000)]}).with_columns(
        channel=pl.lit("email"), received_at=pl.lit("2025-10-01 08:00:00"), replied_at=pl.lit("2025-10-02 08:00:00")
    )
    for name in ("a.parquet", "b.parquet"):
        frame.write_parquet(tmp_path / name, row_group_size=2_000)
        frame = frame.with_columns("D" + pl.col("case_id"))
    content = bytearray((tmp_path / "b.parquet").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 500] = bytes(byte ^ 0x5A for byte in content[middle : middle + 500])
    (tmp_path / "b.parquet").write_bytes(content)
    open_tables(tmp_path / "b.parquet", "b.parquet")


def test_damage_far_down_is_told_of_the_file_that_has_it(tmp_path: Path) -> None:
    """The first rows of a file are sound and those below them are not: exit code 2 and its name, not a bug."""
    two_files(tmp_path)
    done = run("check", "a.parquet", "b.parquet", "--as-of", "2025-10-31", cwd=tmp_path)
    assert (done.code, done.err.startswith("cxaudit: b.parquet cannot be read as Parquet")) == (2, True)
    seen = run("inspect", "a.parquet", "b.parquet", "--as-of", "2025-10-31", cwd=tmp_path)
    sound, damaged = seen.json
    assert (seen.code, sound["problem"], sound["counted"] is None) == (2, None, False)
    assert "b.parquet cannot be read as Parquet" in damaged["problem"]


def test_inspect_reads_a_file_to_its_end_before_it_looks_at_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read ahead of the first rows differs from run to run: a look at a damaged file would fail in some of them."""
    two_files(tmp_path)
    looked: list[str] = []

    def look(*given: Any) -> Any:
        looked.append("at the beginning")
        return prove_format(*given)

    monkeypatch.setattr(inspector, "prove_format", look)
    question = Question(load(), parse_as_of("2025-10-31", zone("America/Edmonton")))
    found, _ = inspector.inspect_files([str(tmp_path / "b.parquet")], question)
    assert (looked, [one.is_readable for one in found]) == ([], [False])


def test_a_damaged_list_of_customers_is_told_by_its_name(tmp_path: Path) -> None:
    two_files(tmp_path)
    settings = f"{(TOP / 'standards.yaml').read_text()}\npairing: {{customers: b.parquet}}\n"
    (tmp_path / "s.yaml").write_text(settings, encoding="utf-8")
    (tmp_path / "m.csv").write_text(
        "message_id,sent_at,from,to,subject,direction\n1,2025-10-14 09:00,doe@mail.example,info@town.example,Call,in\n"
    )
    done = run("check", "m.csv", "--standards", "s.yaml", "--as-of", "2025-10-31", cwd=tmp_path)
    assert done.code == 2
    assert done.err.startswith("cxaudit: b.parquet, the list under `pairing: customers`, cannot be read as Parquet")
