"""Which source a table is taken for, where its header stands, and which of its rows are requests."""

from __future__ import annotations

import re

import polars as pl
import pytest

from cxaudit.days.zones import zone
from cxaudit.errors import InputError, UsageError
from cxaudit.read import Table
from cxaudit.recognise.dates import formats_of
from cxaudit.recognise.layout import Layout, describe_unknown, recognise_layout
from cxaudit.recognise.library import built_in_sources
from cxaudit.recognise.likely import likeness
from cxaudit.recognise.proof import prove_format
from cxaudit.recognise.requests import Reading, is_aside, sort_out
from cxaudit.standards.source import SourceMapping

TICKETS = SourceMapping.model_validate(
    {
        "header": ["No", "Opened"],
        "columns": {"case_id": "No", "received_at": "Opened", "replied_at": ["Answer", "Done"]},
    }
)


def table(*rows: list[str], sheet: str | None = None) -> Table:
    return Table("t.csv", sheet, None, None, tuple(enumerate(rows, start=1)), lambda *_: pl.LazyFrame())


def recognise(*rows: list[str], forced: str | None = None, **sources: SourceMapping) -> Layout | None:
    return recognise_layout(table(*rows), sources or built_in_sources(), set(), forced)


@pytest.mark.parametrize(
    "cell",
    ["received_at", "Received At", " RECEIVED-AT ", "received\u00a0at", "Received\nat",
     "\ufeffreceived_at", "ï»¿received_at", 'ï»¿"received_at"'],
)  # fmt: skip
def test_a_header_is_known_in_any_dress(cell: str) -> None:
    """Case, blanks of any kind, hyphens, line breaks and a mangled byte order mark make no difference."""
    layout = recognise([cell, "channel"])
    assert layout is not None
    assert (layout.source, layout.positions) == ("generic", {"received_at": 0, "channel": 1})


@pytest.mark.parametrize("titles", [0, 1, 39, 199])
def test_the_header_may_stand_below_titles(titles: int) -> None:
    """The row number of the header is Excel's, and the titles say nothing."""
    layout = recognise(*[["Report", "October"]] * titles, ["channel", "received_at"])
    assert layout is not None
    assert layout.header[0] == titles + 1


def test_columns_may_be_absent_or_many() -> None:
    """A few distinctive columns decide; the first present of several headers plays a role."""
    layout = recognise(["x", "Done", "Opened", "No", "y"], tickets=TICKETS)
    assert layout is not None
    assert layout.positions == {"case_id": 3, "received_at": 2, "replied_at": 1}
    layout = recognise(["Opened", "No", "Done", "Answer"], tickets=TICKETS)
    assert layout is not None
    assert layout.names["replied_at"] == "Answer"


def test_two_columns_of_one_name_are_an_error_only_in_a_role() -> None:
    """Jira repeats its comment columns; two receipt columns would leave a choice."""
    assert recognise(["No", "Opened", "Comment", "Comment", "", ""], tickets=TICKETS) is not None
    with pytest.raises(InputError, match="2 columns named Opened"):
        recognise(["No", "Opened", "opened"], tickets=TICKETS)


def test_two_sources_that_fit_alike_are_not_chosen_between() -> None:
    """The user says which one is meant."""
    with pytest.raises(InputError, match="--source"):
        recognise(["No", "Opened"], one=TICKETS, two=TICKETS)
    layout = recognise(["No", "Opened"], forced="two", one=TICKETS, two=TICKETS)
    assert layout is not None
    assert layout.source == "two"


def test_a_declared_source_wins() -> None:
    """What the standards file declares stands before what cxaudit ships."""
    layout = recognise_layout(table(["No", "Opened"]), {"one": TICKETS, "two": TICKETS}, {"two"}, None)
    assert layout is not None
    assert layout.source == "two"


def test_an_unknown_source_is_a_slip_of_the_user() -> None:
    """The nearest known name is offered."""
    with pytest.raises(UsageError, match="Did you mean freshdesk"):
        recognise(["received_at"], forced="fresh desk")


def test_what_is_not_known_is_described_by_its_columns() -> None:
    """The column that a guess takes for the receipt is pointed out; without a guess none is."""
    columns = ["30-60-90 Days Open Window", "REQUEST TYPE", "CREATION MONTH", "CREATION DATE", "CLOSED DATE"]
    said = describe_unknown(table(["Title"], columns, sheet="Data"), "CREATION DATE")
    assert "t.csv, sheet Data, has no column that tells when" in said
    assert ", ".join(columns) in said
    assert '"CREATION DATE" looks right' in said
    assert "looks right" not in describe_unknown(table(["Requests with their verdicts"]), None)


@pytest.mark.parametrize(
    "columns", [["calldate", "src"], ["id", "received"], ["Id", "Due at", "Created at local"], ["open_dt", "x"]]
)
def test_one_column_sounds_like_receipt(columns: list[str]) -> None:
    """Each of these exports has one, by the words that systems use."""
    likely = max(columns, key=lambda name: likeness("received_at", name))
    assert likely in {"calldate", "received", "Created at local", "open_dt"}


def test_customers_data_never_stand_in_a_message() -> None:
    """Without a header, what would be named as columns are a customer's number and name."""
    said = describe_unknown(
        table(["3/9/2017 11:27:11", "7805551234", "Doe, Jane"], ["3/9/2017 11:28:11", "105", "Roe"]), None
    )
    assert "no row with column names" in said
    assert not re.search("780|Doe|2017", said)


@pytest.mark.parametrize(
    "first",
    [
        ["Ada Quill", "780-555-0100", "12 Elm St"], ["1504279981", "7805550100", "Ada Quill", "ANSWERED"],
        ["Ada Quill", "ada@example.org", "Open"], ["Ada Quill", "Elm Street", "Open"],
    ],
)  # fmt: skip
def test_a_row_that_may_be_a_customer_is_not_shown(first: list[str]) -> None:
    """Only what sounds like the columns of an export is named."""
    said = describe_unknown(table(first, first), None)
    assert "has no column that tells when a request was received" in said
    assert not re.search("Ada|780|Elm|Open", said)


LAYOUT = Layout(
    "tickets", TICKETS, (1, ["No", "Opened", "Done", "Via", "Note"]),
    {"case_id": 0, "received_at": 1, "replied_at": 2, "channel": 3},
    {"case_id": "No", "received_at": "Opened", "replied_at": "Done", "channel": "Via"}, "first_response",
)  # fmt: skip


def body(*rows: str) -> pl.DataFrame:
    cells = [[cell or None for cell in (row.split(";") + [""] * 6)[:6]] for row in rows]
    names = ["c0", "c1", "c2", "c3", "c4", "extra"]
    return pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String), orient="row").with_row_index("row", offset=2)


def fate(row: str) -> tuple[str, str | None]:
    fmt = formats_of(pl.Series(["2025-10-01 08:30"]))[0]
    reading = Reading(LAYOUT, {"received_at": fmt, "replied_at": fmt}, zone("America/Edmonton"), trim=True)
    return sort_out(body(row), reading).row(0)[1:]  # type: ignore[return-value]


@pytest.mark.parametrize(
    "row",
    [
        "", ";;;;", "  ; ;", "\x1a", "----;------;---;;", "====",
        "Total", "Total;45;40", "Grand Totals (5700 records)", ";Sum;12", "Subtotal;;;;45", "12 rows",
        "Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved.",
        "Confidential Information - Do Not Distribute", "Note: figures are preliminary", ";;;;end of the list",
        "No;Opened;Done;Via;Note", "NO;OPENED;DONE;VIA;NOTE", "varchar;datetime;datetime;varchar;text",
        "INTEGER;TIMESTAMP;TIMESTAMP;VARCHAR(50);TEXT",
    ],
)  # fmt: skip
def test_what_is_no_request_is_not_data(row: str) -> None:
    """Blank rows, rules, totals, remarks, repeated headers and lines of data types are no requests."""
    assert fate(row) == ("not_data", None)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("7", ("no_received", None)),
        ("7;;2025-10-02 09:00;email", ("no_received", None)),
        ("7;NA;;email", ("no_received", None)),
        (";;;email;please call", ("no_received", None)),
        ("Total Recall Ltd;;;email", ("no_received", None)),
        ("7;;;;Total loss claim", ("no_received", None)),
        ("7;soon;;email", ("unreadable_received", "soon")),
        (";32/13/2025", ("unreadable_received", "32/13/2025")),
        (";1 Octember 2025 08:30", ("unreadable_received", "1 Octember 2025 08:30")),
        ("7;2025-10-01 08:30;pending;email", ("unreadable_reply", "pending")),
        ("7;2025-10-01 08:30;24:00;email", ("unreadable_reply", "24:00")),
        ("7;2025-10-01 08:30;;email;a;b", ("ragged_row", None)),
        ("Total;2025-10-01 08:30;;email", ("request", None)),
        ("7;2025-10-01 08:30;NULL;email", ("request", "NULL")),
        ("7; 2025-10-01 08:30 ; ;email", ("request", None)),
    ],
)
def test_a_request_is_never_taken_for_a_remark(row: str, expected: tuple[str, str | None]) -> None:
    """A request without a readable date is rejected where everyone can see it, with the offending value."""
    assert fate(row) == expected


def test_rows_that_are_no_data_prove_no_format() -> None:
    """A total, a repeated header or a line of types below three requests does not hide their format."""
    rows = body("1;13/10/2025", "2;03/04/2025", "Total;2", "No;Opened", "text;datetime").lazy()
    received = rows.filter(~is_aside(LAYOUT)).select("row", text=pl.col("c1"))
    assert prove_format(received, None).order == "dmy"
    assert prove_format(rows.select("row", text=pl.col("c1")), None).format is None
