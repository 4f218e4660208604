"""What is told by bytes is what the texts themselves tell."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxaudit.bytewise import is_plain, n_of
from cxaudit.recognise.cells import trimmed


@given(st.binary(), st.integers(0, 255))
def test_a_byte_is_counted(content: bytes, byte: int) -> None:
    assert n_of(byte, content) == content.count(byte)


@given(st.lists(st.none() | st.text(alphabet="aé~!\x7f\x1f \t\n\u00a0\u2003\x00", max_size=4), max_size=6))
def test_texts_are_trimmed_however_they_are_looked_at(texts: list[str | None]) -> None:
    column = pl.Series("id", texts, dtype=pl.String())
    found = pl.select(column).select(trimmed(pl.col("id"))).to_series().to_list()
    assert found == [text or None for text in column.str.strip_chars().to_list()]


@pytest.mark.parametrize(
    ("texts", "plain"),
    [
        (["A-1", None, "b"], True), ([], True), ([None], True), (["a", ""], False), ([" a"], False), (["a b"], False),
        (["é"], False), (["~!"], True), (["\x7f"], False),
    ],
)  # fmt: skip
def test_plain_texts(texts: list[str | None], plain: bool) -> None:
    assert is_plain(pl.Series(texts, dtype=pl.String())) is plain
