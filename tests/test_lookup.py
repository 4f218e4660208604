"""What codes and words stand for is found without holding a column, so that a log of any length can be listed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from outside import TOP

from cxaudit.audit import Audit, Question
from cxaudit.commands.shared import SHOWN_ROLES
from cxaudit.days.zones import zone
from cxaudit.lookup import meaning_of, value_at
from cxaudit.period import parse_as_of
from cxaudit.standards import load

#: How polars names a step that waits for all rows before it hands on the first.
WAITS = ("columnar-function", "in-memory-map", "sort")
SAMPLES = [path for path in sorted((TOP / "samples").iterdir()) if path.is_file()]


def test_positions_stand_for_values() -> None:
    """No position stands for nothing, also where there are no values at all."""
    frame = pl.DataFrame({"at": [1, None, 0]}, schema={"at": pl.Int32})
    assert frame.select(value_at(pl.col("at"), ["a", "b"], pl.String())).to_series().to_list() == ["b", None, "a"]
    nothing = frame.select(value_at(pl.lit(None, pl.UInt8), [], pl.String())).to_series()
    assert nothing.to_list() == [None] and nothing.dtype == pl.String


def test_words_stand_for_what_they_mean() -> None:
    """An unknown word means nothing; categories are words too."""
    for kind in (pl.String(), pl.Categorical()):
        words = pl.DataFrame({"word": ["in", "out", None]}, schema={"word": kind})
        meant = words.select(meaning_of(pl.col("word"), {"in": 1, "aside": 2}, pl.Int32())).to_series()
        assert meant.to_list() == [1, None, None] and meant.dtype == pl.Int32


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_records_are_handed_on_as_they_are_judged(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the rows kept and the records no step waits for all rows: ten million need little more than one."""
    monkeypatch.setattr("cxaudit.audit.SMALL", 0)
    monkeypatch.setattr("cxaudit.counting.listed.HELD_REQUESTS", 0)
    standards = load(None, lambda *_: [])
    as_of = parse_as_of("2025-11-03", zone(standards.timezone))
    audit = Audit([str(sample)], Question(standards, as_of, None, roles=tuple(SHOWN_ROLES)))
    rows = audit.records(pl.lit(True), with_employees=True).rows
    plan = rows.show_graph(engine="streaming", plan_stage="physical", raw_output=True)
    assert plan and "select" in plan
    assert [step for step in WAITS if f'"{step}\\n' in plan] == []
