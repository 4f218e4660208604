"""Large inputs, larger than what polars reads in one piece. Run with `pytest -m size`; takes about half a minute."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from outside import run

ROWS = 3_000_000
EVERY = 1_000  # each so many rows there is one that must be rejected, and one that repeats an earlier case


@pytest.mark.size
@pytest.mark.parametrize("large_bytes", [1 << 40, 0], ids=["kept in memory", "kept in a file"])
def test_a_log_of_millions_adds_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large_bytes: int) -> None:
    """Rejected rows and duplicates in every piece of a long log: each is counted, each request has one verdict."""
    monkeypatch.setattr("cxaudit.read.store.LARGE_BYTES", large_bytes)
    at, number = pl.datetime(2025, 3, 3) + pl.duration(seconds=pl.col("i") * 5), pl.col("i")
    is_repeated = (number % EVERY == 7) & (number > EVERY)
    log = pl.select(i=pl.int_range(ROWS)).lazy().select(
        case_id=pl.format("C-{}", pl.when(is_repeated).then(number - EVERY + 1).otherwise(number)),
        channel=pl.lit("email"),
        received_at=pl.when(number % EVERY == 3).then(pl.lit("soon")).otherwise(at.dt.strftime("%Y-%m-%d %H:%M:%S")),
        replied_at=pl.when(number % 50 != 0).then((at + pl.duration(hours=3)).dt.strftime("%Y-%m-%d %H:%M:%S")),
    )  # fmt: skip
    file = tmp_path / "long.csv"
    log.sink_csv(file)
    n_rejected = ROWS // EVERY
    n_repeated = ROWS // EVERY - 1
    outcome = run("check", file, "--as-of", "2025-12-31", "--format", "json")
    (table,) = outcome.json["meta"]["inputs"]
    assert table["fates"] == {
        "rows": ROWS, "requests": ROWS - n_rejected - n_repeated, "other_messages": 0, "duplicates": n_repeated,
        "rejected": n_rejected, "not_data": 0, "other_by_kind": {},
    }  # fmt: skip
    total = outcome.json["rows"][-1]
    assert total["requests"] == table["fates"]["requests"]
    assert sum(total[verdict] for verdict in ("met", "late", "overdue", "pending", "excluded")) == total["requests"]
