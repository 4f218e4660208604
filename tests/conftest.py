"""Options of the test run, and the second way to run what must hold of few rows and of many alike."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import settings

#: What these modules state holds however many rows there are: they run a second time in the ways of a very large input.
HOLDS_OF_MANY_ROWS = {
    "test_conservation",
    "test_golden",
    "test_explain",
    "test_judge",
    "test_months",
    "test_high_volume",
}
#: The sizes from which on those ways are taken, so small that every batch and every part has something in it.
LIMITS = {
    "cxaudit.read.store.LARGE_BYTES": 0,
    "cxaudit.intake.arrival.BUNDLE_BYTES": 3_000,
    "cxaudit.intake.sorting.DOUBTFUL_ROWS": 2,
    "cxaudit.merge.SORTED_HASHES": 50,
    "cxaudit.merge.HELD_ROWS": 7,
    "cxaudit.counting.requests.PORTION_ROWS": 3,
    "cxaudit.counting.condense._MOST_COMPARED": 0,
    "cxaudit.counting.condense.MOST_CODES": 0,
    "cxaudit.counting.listed.HELD_REQUESTS": 5,
    "cxaudit.audit.SMALL": 0,
    "cxaudit.model.BATCH_ROWS": 10,
}

#: How long an example takes says nothing on a busy machine; what speed is promised, the benchmarks measure. The same examples
#: in each run, so that a commit is green or it is not; new ones are looked for with `--hypothesis-profile search`.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, derandomize=False)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden/ and the outputs in the docs anew"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__ in HOLDS_OF_MANY_ROWS:
        metafunc.parametrize("n_rows", ["few", "many"], indirect=True, scope="module")


@pytest.fixture(scope="module", autouse=True)
def n_rows(request: pytest.FixtureRequest) -> Iterator[None]:
    if getattr(request, "param", "few") == "few":
        yield
        return
    with pytest.MonkeyPatch.context() as patch, pl.Config(streaming_chunk_size=10):
        for name, limit in LIMITS.items():
            patch.setattr(name, limit)
        yield
