"""Our double entry for calls and messages: whatever stands in a log, each row has one fate and each request one verdict."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from paired import audit

CELLS = {
    "moment": ["2025-10-13 10:00:00", "2025-10-13 10:00:00", "2025-10-14 09:00:00", "2025-10-15 12:30:00", "", "soon"],
    "party": ["7805550101", "+1 780 555 0101", "204", "205", "", "anonymous", "*97", "Doe (7805550199)", "a;b"],
    "address": ["doe@mail.example", "Doe <DOE@mail.example>", "info@town.example", "j.smith@town.example", "<>", "",
                "a@b.example;info@town.example", "postmaster@town.example", "nobody"],
    "subject": ["Water", "RE: Water", "FW: Water", "", "Automatic reply: Water", "Undeliverable: Water", "[#12] Water",
                "Thank you for contacting us"],
    "way": ["in", "out", "internal", "", "sideways"],
    "result": ["voicemail", "answered", "missed", ""],
    "id": ["1", "2", "3", "4", "5", "", "NULL"],
}  # fmt: skip
CALLS = {"call_id": "id", "called_at": "moment", "from": "party", "to": "party", "direction": "way", "result": "result"}
MAIL = {"message_id": "id", "in_reply_to": "id", "sent_at": "moment", "from": "address", "to": "address", "subject": "subject",
        "direction": "way"}  # fmt: skip
ROWS = st.lists(st.lists(st.integers(0, 99), min_size=7, max_size=7), max_size=9)


def written(path: Path, columns: dict[str, str], rows: list[list[int]]) -> Path:
    """A log whose rows hold anything, below one that proves the dates."""
    lines = [
        [CELLS[kind][n % len(CELLS[kind])] for n, kind in zip(row, columns.values(), strict=False)] for row in rows
    ]
    sure = [CELLS[kind][0] for kind in columns.values()]
    path.write_text(
        "\n".join(",".join(f'"{cell}"' for cell in line) for line in [list(columns), *[sure] * 100, *lines]) + "\n"
    )
    return path


@settings(max_examples=40)
@given(ROWS, ROWS, ROWS, st.sampled_from(["new", "ignore"]), st.sampled_from(["off", "same"]))
def test_every_row_has_one_fate(
    calls: list[list[int]], mail: list[list[int]], more: list[list[int]], reopen: str, match: str
) -> None:
    """Requests, other messages, duplicates, rejected rows and what is no data add up to the rows of every file."""
    with tempfile.TemporaryDirectory() as folder:
        files = [
            written(Path(folder) / "calls.csv", CALLS, calls), written(Path(folder) / "mail.csv", MAIL, mail),
            written(Path(folder) / "more.csv", MAIL, more),
        ]  # fmt: skip
        domains = "own_domains: [town.example]"
        found = audit(*files, settings=f"pairing: {{reopen: {reopen}, match_customers: {match}, {domains}}}\n")
        tables = {table.file: table.fates for table in found.inputs}
        for file in files:
            if file.name in tables:  # one with the content of another is read once
                assert tables[file.name].adds_up
                assert tables[file.name].rows == len(file.read_text().splitlines()) - 1
        assert sum(fates.requests for fates in tables.values()) == found.n_requests
        judged = found.judged.select("received_at", "replied_at", "verdict").collect()
        assert judged.height == found.n_requests
        assert judged["verdict"].null_count() == 0
        assert (judged["replied_at"] > judged["received_at"]).drop_nulls().all()
