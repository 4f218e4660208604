"""Parquet files are read as the text that a spreadsheet would show."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cxaudit.errors import InputError
from cxaudit.read import Table, open_tables

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
