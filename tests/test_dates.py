"""Dates are proven by their column, by another one, or by the standards file; they are never guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxaudit.recognise.dates import Order, is_missing
from cxaudit.recognise.layout import Layout
from cxaudit.recognise.order import settle_orders
from cxaudit.recognise.proof import Proof, confirmed, prove_format, sightings
from cxaudit.standards.source import Role, SourceMapping


def prove(values: Sequence[str | None], declared: Order | None = None) -> Proof:
    """The proof of a column whose first value stands in row 2."""
    frame = pl.LazyFrame({"text": values}, schema={"text": pl.String}).with_row_index("row", offset=2)
    return prove_format(frame, declared)


def parse(proof: Proof, text: str) -> dt.datetime | None:
    assert proof.format is not None
    return pl.select(proof.format.parse(pl.lit(text))).item()  # type: ignore[no-any-return]


AT = dt.datetime(2025, 10, 13, 14, 5)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-10-13", dt.datetime(2025, 10, 13)),
        ("2025-10-13 14:05", AT),
        ("2025/10/13 14:05:00", AT),
        ("2025-10-13T14:05:00.000", AT),
        ("2025-10-13 14:05:00.5", AT.replace(microsecond=500_000)),
        ("20251013", dt.datetime(2025, 10, 13)),
        ("20251013 14:05", AT),
        ("10/13/2025 2:05 PM", AT),
        ("10/13/2025 02:05:00 pm", AT),
        ("10/13/2025  2:05PM", AT),
        ("10/13/2025 12:05 AM", dt.datetime(2025, 10, 13, 0, 5)),
        ("10/13/25 14:05", AT),
        ("13/10/2025 14:05", AT),
        ("13.10.2025 14:05", AT),
        ("13-10-2025, 14:05", AT),
        ("13 Oct 2025 14:05", AT),
        ("13-OCT-25 2:05 PM", AT),
        ("13/Oct/25 2:05 PM", AT),
        ("13 October 2025", dt.datetime(2025, 10, 13)),
        ("Oct 13, 2025 2:05 PM", AT),
        ("October 13 2025 14:05", AT),
        ("May 3, 2025", dt.datetime(2025, 5, 3)),
        ("Monday, October 13, 2025 2:05 PM", AT),
        ("2024-02-29", dt.datetime(2024, 2, 29)),
        ("1990-01-01", dt.datetime(1990, 1, 1)),
        ("2100-12-31 23:59", dt.datetime(2100, 12, 31, 23, 59)),
        ("2025 Oct 13 02:05:00 PM", AT),
        ("2025-Oct-13 14:05", AT),
        ("20251013140500", AT),
        ("202510131405", AT),
        ("13 Sept 2025 2:05 p.m.", AT.replace(month=9)),
        ("Sept. 13, 2025 at 2:05 PM", AT.replace(month=9)),
        ("10/13/2025 2:05\u202fPM", AT),
        ("2025-10-13 14:05:00,5", AT.replace(microsecond=500_000)),
        ("2025-10-13 24:00", dt.datetime(2025, 10, 14)),
        ("2025-10-13T24:00:00", dt.datetime(2025, 10, 14)),
        ("2025-10-13 14:05 MDT", AT),
        ("10/13/2025 2:05 PM MST", AT),
        ("45943", dt.datetime(2025, 10, 13)),
        ("45943.586805556", AT),
        ("45943.58681", AT),  # cut off where the column of a spreadsheet ends
        ("45943.99999537", dt.datetime(2025, 10, 13, 23, 59, 59, 600_000)),
    ],
)
def test_what_systems_write_is_read(text: str, at: dt.datetime) -> None:
    """Twelve-hour clocks in any case, names of months, two-digit years, seconds and fractions or none."""
    assert parse(prove([text]), text) == at


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2025-10-13T14:05Z", AT),
        ("2025-10-13T14:05:00Z", AT),
        ("2025-10-13T14:05:00.0000000Z", AT),
        ("2025-10-13 14:05:00 UTC", AT),
        ("2025-10-13T08:05:00-06:00", AT),
        ("2025-10-13 08:05:00.000-0600", AT),
        ("2025-10-13 08:05:00-06", AT),
        ("2025-10-13 19:35:00 +05:30", AT),
        ("Mon, 13 Oct 2025 08:05:00 -0600", AT),
        ("1760364300", AT),
        ("1760364300.0", AT),
        ("1760364300000", AT),
    ],
)
def test_a_value_with_its_offset_is_an_instant(text: str, utc: dt.datetime) -> None:
    """`Z`, `UTC` and every spelling of an offset are one format."""
    proof = prove([text, "2025-10-13T14:05:00Z"] if text.startswith("2025-10-13T") else [text])
    assert proof.format is not None
    assert proof.format.has_zone
    assert parse(proof, text) == utc


@pytest.mark.parametrize(
    "text",
    [
        "13/10/2025 24:01", "13/10/2025 25:00", "2025-02-29", "31/04/2025", "1989-12-31", "2101-01-01", "2025-13-10",
        "13/10/2025 13:05 PM", "13/10/2025 00:05 AM", "08:30", "28000", "99999.5", "176036460", "yesterday",
        "2025-10-13 14:05 XYZ", "Tue, 13 Oct 2025",
    ],
)  # fmt: skip
def test_what_is_no_date_is_not_read(text: str) -> None:
    """No 24:01, no 29 February in a common year, no year outside 1990 to 2100, no zone that nobody knows."""
    proof = prove([text])
    assert (proof.format, proof.n_values, proof.example) == (None, 1, text)
    assert not proof.is_ambiguous


def test_nine_of_ten_values_make_a_candidate() -> None:
    """Exactly nine of ten are enough; one less is not."""
    good, bad = ["2025-10-13"] * 9, ["soon"]
    assert prove(good + bad).format is not None
    assert prove(good * 2 + bad * 3).format is None


@pytest.mark.parametrize("nothing", ["", " ", "NA", "n/a", "NULL", "null", "None", "?", "-", "------"])
def test_what_systems_write_for_nothing_is_no_value(nothing: str) -> None:
    """Words for nothing neither help nor hinder a format."""
    assert pl.select(is_missing(pl.lit(nothing))).item()
    proof = prove([nothing] * 50 + ["13/10/2025", None])
    assert (proof.n_values, proof.order) == (1, "dmy")


def test_the_proof_names_its_row_and_value() -> None:
    """The first value that only one order explains is shown, trimmed."""
    proof = prove(["03/04/2025", " 05/06/2025", None, " 13/04/2025 ", "14/04/2025"])
    assert (proof.order, proof.row, proof.value) == ("dmy", 5, "13/04/2025")
    assert proof.evidence == "row 5: 13/04/2025 can only be day first"


def test_a_proof_far_down_counts() -> None:
    """The value that settles the order may stand in row 2,502, or in row 100,002."""
    for n in (2_500, 100_000):
        proof = prove(["03/04/2025"] * n + ["04/13/2025"])
        assert (proof.order, proof.row) == ("mdy", n + 2)


def test_nothing_is_proven_by_values_that_agree() -> None:
    """05/05/2025 is the same day either way, so there is nothing to settle and nothing to show."""
    proof = prove(["05/05/2025", "06/06/2025 10:00"])
    assert not proof.is_ambiguous
    assert (proof.order, parse(proof, "06/06/2025 10:00")) == (None, dt.datetime(2025, 6, 6, 10))


def test_one_value_that_differs_is_ambiguous() -> None:
    """A single 03/04/2025 among many that agree stops the run, and is shown."""
    proof = prove(["05/05/2025"] * 3_000 + ["03/04/2025"])
    assert proof.is_ambiguous
    assert (proof.example, {fmt.order for fmt in proof.candidates}) == ("03/04/2025", {"dmy", "mdy"})


def test_the_candidate_that_explains_most_wins() -> None:
    """One slip of the pen among twenty does not turn the column round."""
    proof = prove(["13/04/2025"] * 15 + ["03/04/2025"] * 5 + ["04/13/2025"])
    assert proof.order == "dmy"
    assert parse(proof, "04/13/2025") is None


def test_two_digits_may_be_a_year_and_one_digit_may_not() -> None:
    """13/04/25 may be 2013-04-25; 3/14/25 can only be month first, and 3/4/25 is no year 3."""
    assert {fmt.order for fmt in prove(["13/04/25"]).candidates} == {"dmy", "ymd"}
    assert prove(["3/14/25"]).order == "mdy"
    assert {fmt.order for fmt in prove(["3/4/25"]).candidates} == {"dmy", "mdy"}
    assert parse(prove(["3/4/25", "13/04/25"]), "3/4/25") == dt.datetime(2025, 4, 3)


def test_a_declared_order_settles_what_the_values_leave_open() -> None:
    """`date_format: mdy` is obeyed where both orders fit."""
    assert parse(prove(["03/04/2025"], "mdy"), "03/04/2025") == dt.datetime(2025, 3, 4)
    assert parse(prove(["13/04/25"], "dmy"), "13/04/25") == dt.datetime(2025, 4, 13)


def test_a_declared_order_does_not_bend_the_values() -> None:
    """Where most values cannot be month first, `date_format: mdy` stops the run instead of swapping the rest."""
    proof = prove(["13/04/2025"] * 6 + ["03/04/2025"] * 4, "mdy")
    assert (proof.format, proof.is_ambiguous) == (None, False)


def test_a_declared_order_leaves_unmistakable_dates_alone() -> None:
    """A year of four digits in front, or a month by name, needs no declaration."""
    for text in ("2025-10-13", "Oct 13, 2025"):
        assert prove([text], "dmy").format is not None


@given(
    st.lists(st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)), min_size=1),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]),
)
def test_a_proof_is_never_wrong(days: list[dt.date], pattern: str) -> None:
    """Whatever days a log holds: what is settled is what was written."""
    written = [day.strftime(pattern) for day in days]
    proof = prove(written)
    if not proof.is_ambiguous:
        assert [parse(proof, text) for text in written] == [dt.datetime.combine(day, dt.time()) for day in days]


class Export:
    """A table with received_at, replied_at and one more column, as far as settling orders needs one."""

    def __init__(self, source: str, received: list[str], replied: list[str], other: list[str] | None = None) -> None:
        names: dict[Role, str] = {"received_at": "in", "replied_at": "out"}
        positions: dict[Role, int] = {"received_at": 0, "replied_at": 1}
        header = (1, ["in", "out", "other"])
        self.layout = Layout(source, SourceMapping(), header, positions, names, "first_response")
        cells = {"c0": received, "c1": replied, "c2": other or [None] * len(received)}
        self.rows = pl.LazyFrame(cells, schema=dict.fromkeys(cells, pl.String())).with_row_index("row", offset=2)
        self.proofs: dict[Role, Proof] = {
            role: prove_format(self.rows.select("row", text=pl.col(f"c{i}")), None) for role, i in positions.items()
        }

    @property
    def orders(self) -> list[str | None]:
        return [proof.format and proof.format.order for proof in self.proofs.values()]


def test_the_reply_column_may_prove_the_receipt_column() -> None:
    """One column of dates that can only be day first settles the other one of the same file."""
    export = Export("a", ["03/04/2025"], ["13/04/2025"])
    settle_orders([export])
    assert export.orders == ["dmy", "dmy"]
    assert export.proofs["received_at"].evidence == ""


def test_a_column_without_a_role_may_prove_the_order() -> None:
    """A date of closing, which no rule needs, is evidence all the same."""
    export = Export("a", ["03/04/2025"], ["04/05/2025"], ["04/13/2025"])
    settle_orders([export])
    assert export.orders == ["mdy", "mdy"]


def test_another_file_of_the_same_source_may_prove_the_order() -> None:
    """October proves November if both come from one system; a file of another system proves nothing."""
    for source, orders in (("a", ["dmy", "dmy"]), ("b", [None, None])):
        export = Export("a", ["03/04/2025"], ["04/05/2025"])
        settle_orders([export, Export(source, ["13/04/2025"], ["14/04/2025"])])
        assert export.orders == orders


def test_evidence_against_itself_settles_nothing() -> None:
    """One file that is day first and one that is month first leave a third one open."""
    export = Export("a", ["03/04/2025"], ["04/05/2025"])
    others = [Export("a", ["13/04/2025"], ["14/04/2025"]), Export("a", ["04/13/2025"], ["04/14/2025"])]
    settle_orders([export, *others])
    assert export.orders == [None, None]


def test_a_format_known_from_another_file_is_only_confirmed_where_no_other_could_explain_the_values() -> None:
    """The same as without it; a blank column, a value that is no date, and an order of day and month stay to be proven."""

    def confirm(known: list[str], *values: str | None) -> Proof | None:
        fmt = prove(known).format
        assert fmt is not None
        rows = pl.DataFrame({"row": range(len(values)), "text": values}, schema={"row": pl.UInt32, "text": pl.String})
        found = confirmed(fmt, rows.select(**sightings(fmt)).row(0, named=True))
        whole = prove_format(rows.lazy(), None)
        assert found is None or (found.format, found.candidates, found.n_values) == (fmt, (fmt,), whole.n_values)
        assert found is None or found.format == whole.format
        return found

    iso = ["2025-10-13 08:30"]
    assert confirm(iso, " 2025-10-14 09:00", None) is not None
    assert confirm(iso, None) is None
    assert confirm(iso, "2025-10-14 09:00", "soon") is None
    assert confirm([*iso, "2025-10-13"], "2025-10-14 09:00") is None
    assert confirm(["13/02/2025"], "14/02/2025") is None
    assert confirm(["202510130830"], "202510140900") is None
