"""Merging: several rows of the same case become one request, and every row not kept is a duplicate."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outside import run

from cxaudit.days.zones import zone
from cxaudit.merge import hash_of_case, merge_cases, only

EXAMPLES = settings(max_examples=60)
AT = pl.Datetime("us")
TYPES: dict[str, Any] = {
    "table": pl.UInt32, "row": pl.UInt32, "source": pl.UInt32, "case_id": pl.String, "received_at": AT,
    "replied_at": AT, "received_is_date": pl.Boolean, "replied_is_date": pl.Boolean, "status": pl.String,
}  # fmt: skip
START = dt.datetime(2025, 9, 1)
Row = tuple[int, int, str | None, int | None, int | None, str]


def rows_of(made: Sequence[Row]) -> pl.DataFrame:
    """Rows of (table, source, case, hour of receipt, hour of reply, status), numbered within their table."""
    seen: dict[int, int] = {}
    cells = []
    for table, source, case, received, replied, status in sorted(made, key=lambda one: one[0]):
        seen[table] = seen.get(table, 1) + 1
        cells.append((table, seen[table], source, case, _at(received), _at(replied), False, False, status))
    return pl.DataFrame(cells, schema=TYPES, orient="row")


def _at(hour: int | None) -> dt.datetime | None:
    return None if hour is None else START + dt.timedelta(hours=hour)


def hours(frame: pl.DataFrame, name: str) -> list[int | None]:
    return [one and int((one - START).total_seconds() // 3600) for one in frame[name]]


@dataclass(frozen=True)
class Eager:
    """What `merge_cases` finds, as frames; `changed` has the places of the first changed rows."""

    requests: pl.DataFrame
    duplicates: pl.DataFrame
    changed: pl.DataFrame
    damaged: pl.DataFrame


def merge(rows: pl.DataFrame, hashed: Callable[[int], pl.Expr] = hash_of_case) -> Eager:
    """Merge rows, which stand in the input as they stand in the frame, and look at the outcome from all sides."""
    newest = rows.group_by("table").agg(
        n=pl.len(),
        latest=pl.max_horizontal("received_at", "replied_at").max(),
        has_replies=pl.col("replied_at").count() > 0,
    )
    sources = pl.concat(
        [rows.with_row_index("at").filter(source=one).with_columns(case_hash=hashed(one)) for one in (0, 1)]
    )
    found = merge_cases(sources.sort("at").lazy(), newest, rows.height, zone("America/Edmonton"))
    requests, ordered, duplicates = pl.collect_all([found.requests, found.ordered, found.duplicates])
    assert requests.sort("at").equals(ordered)
    assert (requests.height, duplicates.height) == (found.n_requests, sum(found.n_duplicates.values()))
    changed = found.changed.select("table", row="rows").explode("row")
    return Eager(ordered.select(rows.columns), duplicates, changed, found.damaged)


LOGS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 1),
        st.sampled_from(("A", "B", "C", "D", "#N/A", "Not calculated (row 5)", "1.01E+11", None)),
        st.integers(1, 6),
        st.none() | st.integers(1, 9),
        st.sampled_from(("open", "closed")),
    ),
    max_size=25,
)


def is_id(case: str | None) -> bool:
    """A formula that failed is no id, nor is a number that lost its digits."""
    return case is not None and not case.casefold().startswith(("#n/a", "not calculated", "1.01e+"))


def n_damaged(made: list[Row]) -> int:
    """Rows whose id is none are requests of their own; in another table those of the same moment are told once more."""
    counts: dict[tuple[object, ...], dict[int, int]] = {}
    for table, source, case, received, *_ in made:
        if case is not None and not is_id(case):
            mine = counts.setdefault((source, case, received), {})
            mine[table] = mine.get(table, 0) + 1
    return sum(max(mine.values()) for mine in counts.values())


@EXAMPLES
@given(LOGS)
def test_every_row_is_kept_or_a_duplicate(made: list[Row]) -> None:
    """No row is lost and none counts twice; one request remains of each case, and each row without an id is its own."""
    rows = rows_of(made)
    merged = merge(rows)
    places = pl.concat([merged.requests.select("table", "row"), merged.duplicates])
    assert places.sort("table", "row").equals(rows.select("table", "row").sort("table", "row"))
    cases = {(one[1], one[2]) for one in made if is_id(one[2])}
    assert merged.requests.height == len(cases) + sum(one[2] is None for one in made) + n_damaged(made)


@EXAMPLES
@given(LOGS)
def test_a_case_has_its_earliest_receipt_and_its_earliest_reply(made: list[Row]) -> None:
    """The kept row is the one that was received first, in the first file, with the first reply of any row of the case."""
    merged = merge(rows_of(made)).requests
    for row in merged.iter_rows(named=True):
        if not is_id(row["case_id"]):
            continue
        mine = [one for one in made if (one[1], one[2]) == (row["source"], row["case_id"])]
        received, table = min((one[3] or 0, one[0]) for one in mine)
        replies = [one[4] for one in mine if one[4] is not None]
        assert (row["received_at"], row["table"]) == (_at(received), table)
        assert row["replied_at"] == _at(min(replies, default=None))


def _one_hash(_source: int) -> pl.Expr:
    return pl.when(pl.col("case_id").is_not_null()).then(pl.lit(7, dtype=pl.UInt64))


@EXAMPLES
@given(LOGS, st.booleans(), st.booleans())
def test_many_repeats_are_merged_like_few(made: list[Row], is_doubled: bool, has_one_hash: bool) -> None:
    """Where much is repeated, rows that say the same are told apart first; the outcome is the same, also where the hashes
    of different cases are equal."""
    rows = rows_of(made + made if is_doubled else made)
    few = merge(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cxaudit.merge.HELD_ROWS", 1)
        patch.setattr("cxaudit.merge.SORTED_HASHES", 5)
        many = merge(rows, _one_hash if has_one_hash else hash_of_case)
    assert many.requests.equals(few.requests)
    assert many.duplicates.equals(few.duplicates)
    assert many.changed.equals(few.changed)
    assert has_one_hash or many.damaged.equals(few.damaged)  # an id that is none and stands alone shares it with nobody


@EXAMPLES
@given(LOGS, st.integers(0, 1000))
def test_the_order_of_the_rows_in_memory_does_not_matter(made: list[Row], seed: int) -> None:
    """Which row is kept is decided by file and row number, not by where it happens to stand."""
    rows = rows_of(made)
    order = random.Random(seed).sample(range(rows.height), rows.height)
    merged, again = merge(rows), merge(rows[order])
    assert again.requests.sort("table", "row").equals(merged.requests)
    assert again.duplicates.sort("table", "row").equals(merged.duplicates.sort("table", "row"))
    assert again.changed.sort("table", "row").equals(merged.changed.sort("table", "row"))


@pytest.mark.parametrize("places", [[0, 1, 2, 3], [1, 2], [2], [0, 2, 1, 3], [3, 0, 1], [0, 3], []])
def test_rows_are_marked_by_their_places(places: list[int]) -> None:
    """Whether their places follow each other, leave some out, or stand in any order."""
    rows = pl.DataFrame({"at": places}, schema={"at": pl.UInt32})
    marks = pl.Series([True, False, True, False])
    assert only(rows.lazy(), marks).collect()["at"].to_list() == [place for place in places if place in (0, 2)]


@EXAMPLES
@given(LOGS)
def test_merging_twice_changes_nothing(made: list[Row]) -> None:
    """What is merged has no case twice."""
    merged = merge(rows_of(made))
    again = merge(merged.requests)
    assert again.requests.equals(merged.requests)
    assert not again.duplicates.height


def test_the_same_number_in_two_systems_is_two_cases() -> None:
    """Case 17 of the portal and case 17 of the telephone are different requests."""
    merged = merge(rows_of([(0, 0, "17", 1, None, "open"), (1, 1, "17", 1, None, "open")]))
    assert merged.requests.height == 2


def test_rows_without_a_case_id_are_never_the_same() -> None:
    """Two letters without a number are two requests, however alike."""
    assert merge(rows_of([(0, 0, None, 1, 2, "open")] * 2)).requests.height == 2


def test_the_status_is_that_of_the_newest_file() -> None:
    """A case that was open in September's export and closed in October's is closed, whichever file was named first."""
    newest, oldest = (1, 0, "A", 1, 90, "closed"), (0, 0, "A", 1, None, "open")
    assert merge(rows_of([oldest, newest])).requests["status"].to_list() == ["closed"]
    swapped = [(0, *newest[1:]), (1, *oldest[1:])]
    assert merge(rows_of(swapped)).requests["status"].to_list() == ["closed"]


def test_what_only_an_older_row_states_is_still_known() -> None:
    """A case handed to another department is that one's; where the newest row says nothing, the last word before it holds."""
    rows = rows_of([(0, 0, "A", 1, None, "open"), (0, 0, "A", 1, None, "open"), (1, 0, "A", 1, 90, "closed")])
    rows = rows.with_columns(
        department=pl.Series(["Parks", "Roads", None]), channel=pl.Series(["email", None, "portal"])
    )
    merged = merge(rows).requests
    assert merged.select("row", "department", "channel", "status").rows() == [(2, "Roads", "portal", "closed")]


def test_the_last_row_of_an_update_log_counts() -> None:
    """Within one file the last row of a case is its newest state, or the one updated last where the export says when."""
    rows = rows_of([(0, 0, "A", 1, None, status) for status in ("new", "assigned", "resolved")])
    assert merge(rows).requests["status"].to_list() == ["resolved"]
    newest_first = rows.with_columns(updated_at=pl.Series([_at(9), _at(8), _at(7)], dtype=AT))
    assert merge(newest_first).requests["status"].to_list() == ["new"]


def test_a_reply_that_is_gone_from_a_newer_export_is_noticed() -> None:
    """The earliest reply still counts; that a later export no longer has it is a changed history."""
    told = [(0, 0, "A", 1, 5, "closed"), (1, 0, "A", 1, None, "open"), (1, 0, "B", 2, 90, "closed")]
    merged = merge(rows_of(told))
    assert (hours(merged.requests, "replied_at"), merged.changed.rows()) == ([5, 90], [(1, 2)])
    has_no_replies = [told[0], told[1], (1, 0, "B", 90, None, "open")]
    assert merge(rows_of(has_no_replies)).changed.rows() == []


def test_a_changed_history_is_noticed() -> None:
    """A receipt that moved between exports is a change; a reply that came since is not, nor is an equal row."""
    moved = [(0, 0, "A", 5, None, "open"), (1, 0, "A", 3, None, "open")]
    assert merge(rows_of(moved)).changed.rows() == [(0, 2)]
    answered = [(0, 0, "A", 5, None, "open"), (1, 0, "A", 5, 9, "closed"), (2, 0, "A", 5, 9, "closed")]
    assert merge(rows_of(answered)).changed.rows() == []
    replied_twice = [(0, 0, "A", 5, 9, "closed"), (1, 0, "A", 5, 7, "closed")]
    assert merge(rows_of(replied_twice)).changed.rows() == [(0, 2)]
    assert hours(merge(rows_of(replied_twice)).requests, "replied_at") == [7]


def test_a_reply_keeps_what_is_known_about_it() -> None:
    """A reply that is taken from another row brings along whether its time is known."""
    rows = rows_of([(0, 0, "A", 1, None, "open"), (1, 0, "A", 2, 5, "closed"), (0, 0, "B", 1, None, "open")])
    rows = rows.with_columns(replied_is_date=pl.col("replied_at").is_not_null())
    merged = merge(pl.concat([rows, rows.filter(case_id="B")])).requests.filter(case_id="A")
    assert merged["received_at"].to_list() == [_at(1)]
    assert (merged["replied_at"].to_list(), merged["replied_is_date"].to_list()) == ([_at(5)], [True])


@pytest.mark.parametrize(("reply", "receipt"), [("2025-10-06", 16), ("2025-10-06 17:00", 16), ("2025-10-06 09:00", 0)])
def test_a_receipt_with_its_time_stays_beside_a_reply_of_the_same_day(tmp_path: Path, reply: str, receipt: int) -> None:
    """A date alone may be any time of its day: only a reply that was surely earlier makes the day the receipt."""
    header = "case_id,channel,received_at,replied_at\n"
    (tmp_path / "a.csv").write_text(f"{header}1,email,2025-10-06 16:00,\n")
    (tmp_path / "b.csv").write_text(f"{header}1,email,2025-10-06,{reply}\n")
    found = run("records", "a.csv", "b.csv", "--as-of", "2025-10-08", "--format", "json", cwd=tmp_path)
    (request,) = json.loads(found.text)
    assert request["received_at"] == ("2025-10-06 16:00:00" if receipt else "2025-10-06")


def test_the_earliest_is_the_earliest_instant() -> None:
    """On the day the clocks go back 01:30 (07:30Z) comes before 01:10 (08:10Z)."""
    rows = rows_of([(0, 0, "A", 1, None, "open"), (1, 0, "A", 1, None, "open")])
    walls = [dt.datetime(2025, 11, 2, 1, 30), dt.datetime(2025, 11, 2, 1, 10)]
    instants = [dt.datetime(2025, 11, 2, 7, 30), dt.datetime(2025, 11, 2, 8, 10)]
    rows = rows.with_columns(
        received_at=pl.Series(walls, dtype=AT),
        received_utc=pl.Series(instants, dtype=AT),
        replied_at=pl.Series([one + dt.timedelta(days=1) for one in walls], dtype=AT),
        replied_utc=pl.Series([one + dt.timedelta(days=1, hours=-1) for one in instants], dtype=AT),
    )
    assert merge(rows).requests["received_at"].to_list() == walls[:1]
