"""Files as systems and people damage them: what was written comes back equal, or its row is rejected by its number.

Random logs are written in every dialect, with flaws at random places. Nothing is lost, nothing shifts, nothing is invented.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from outside import run

from cxaudit.audit import Audit, Question
from cxaudit.days.zones import zone
from cxaudit.period import parse_as_of
from cxaudit.standards import load

STANDARDS = load()
CITY = zone(STANDARDS.timezone)
HEADER = ["case_id", "channel", "department", "received_at", "replied_at", "status"]
DEPARTMENTS = (
    "Parks",
    "Roads, Drains; Paths",
    'The "Hub"',
    "Écoles",
    "Line\nbreak",
    "A|B\tC^D",
    "",
    "7\" x 5'",
    "a\n\nb, c",
)
START = dt.datetime(2025, 8, 25, 8)
Case = tuple[str, str, dt.datetime, dt.datetime | None]


@dataclass
class Written:
    """A file on its way out: its rows as a spreadsheet counts them, and the cases in them."""

    delimiter: str
    quoting: int
    lines: list[str] = field(default_factory=list)
    sound: dict[int, Case] = field(default_factory=dict)  # row -> a case that must come back
    damaged: dict[int, Case] = field(default_factory=dict)  # row -> a case that comes back equal, or is rejected
    n_aside: int = 0

    def aside(self, line: str) -> None:
        self.lines.append(line)
        self.n_aside += 1

    def text_of(self, cells: list[str]) -> str:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self.delimiter, quoting=self.quoting, lineterminator="\n").writerow(cells)
        return text.getvalue()[:-1]

    def add(self, case: Case, flaw: str | None) -> None:
        case_id, department, received, replied = case
        times = [received.isoformat(" "), "" if replied is None else replied.isoformat(" ")]
        cells = [case_id, "email", department, *times, "closed"]
        if flaw is not None:
            cells[2], case = "@", (case_id, PLAIN.get(flaw, department).replace(",", self.delimiter), received, replied)
        if flaw == "short":
            cells = [*cells[:2], "Parks", *times]
        if flaw == "surplus":
            cells.append("surplus")
        line = self.text_of(cells)
        if flaw in FLAWED:
            line = line.replace(
                '"@"' if self.quoting == csv.QUOTE_ALL else "@", FLAWED[flaw].replace(",", self.delimiter)
            )
        self.lines.append(line)
        (self.sound if flaw in SOUND else self.damaged)[len(self.lines)] = case


#: How the cell of the department is written, and what a careful person reads in it.
FLAWED = {
    "open quote": '"Parks',
    "inner quotes": '"The "Hub" of Parks"',
    "inner quotes, delimiter": '"The "Hub", of Parks"',
    "backslash": '"The \\"Hub\\", of Parks"',
    "blanks": ' "Roads, Drains" ',
    "stray": 'The "Hub" of Parks',
    "zero bytes": "Pa\x00rks",
    "line breaks": '"Dear Sir,\nyours, 2025\n\n"',
}
PLAIN = {"short": "Parks", "stray": 'The "Hub" of Parks', "zero bytes": "Parks", "blanks": "Roads, Drains",
         "backslash": 'The "Hub", of Parks', "line breaks": "Dear Sir,\nyours, 2025"}  # fmt: skip
#: Flaws that cost nothing.
SOUND = (None, "short", "stray", "zero bytes", "line breaks", "blanks")
FLAWS = (*FLAWED, "short", "surplus")
ASIDE = (
    "",
    "@" * 5,
    "Page 1 of 2",
    "Total@@@7@@",
    "Total@7",
    '"Grand Totals (5 records)"',
    '"Copyright (c) 2000-2026 a, b"',
)

minutes = st.integers(0, 60 * 24 * 30)
cases = st.tuples(st.sampled_from(DEPARTMENTS), minutes, st.one_of(st.none(), minutes))


@st.composite
def files(draw: st.DrawFn) -> tuple[Written, bytes]:
    out = Written(
        draw(st.sampled_from([",", ";", "\t", "|", "^"])), draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    )
    for _ in range(draw(st.integers(0, 3))):
        out.aside(draw(st.sampled_from(["Monthly report", "", "of October, 2025; all"])))
    out.lines.append(out.text_of(HEADER))
    rows = draw(st.lists(cases, min_size=12, max_size=40))
    flaws = dict(draw(st.lists(st.tuples(st.integers(6, 40), st.sampled_from(FLAWS)), max_size=6)))
    asides = dict(draw(st.lists(st.tuples(st.integers(6, 40), st.sampled_from(ASIDE)), max_size=4)))
    header_at = draw(st.integers(0, 60))
    for i, (department, after, waited) in enumerate(rows):
        received = START + dt.timedelta(minutes=after)
        replied = None if waited is None else received + dt.timedelta(minutes=waited)
        out.add((f"C-{i:04}", department, received, replied), flaws.get(i))
        if i in asides:
            out.aside(asides[i].replace("@", out.delimiter))
        if i == header_at:
            out.aside(out.text_of(HEADER))
    out.aside("Total" + out.delimiter + str(len(rows)))
    text = "\n".join(out.lines) + draw(st.sampled_from(["", "\n"]))
    encodings = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
    return out, text.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"]))).encode(draw(st.sampled_from(encodings)))


def letters(department: str) -> str:
    """Names that differ in signs and case alone are shown as one."""
    return re.sub(r"\W+", "", department).lower()


@settings(
    max_examples=40, phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)  # fmt: skip
@given(files())
def test_what_was_written_comes_back_or_is_rejected_by_its_number(file: tuple[Written, bytes]) -> None:
    """Every row has one fate, under the number that a spreadsheet shows; a flaw costs its own row at most."""
    out, content = file
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content)
        question = Question(STANDARDS, parse_as_of("2025-12-31", CITY), None, roles=("department",))
        audit = Audit([str(path)], question)
        (table,) = audit.inputs
        frame = audit.records(pl.lit(True), with_employees=False).frame
        rejected = set(audit.rejects["row"].to_list())
    assert table.fates.rows == len(out.lines) - 1
    assert table.fates.not_data == out.n_aside
    found = {
        row: (case_id, letters(department or ""), received, replied)
        for row, case_id, department, received, replied in frame.select(
            "row", "case_id", "department", "received_at", "replied_at"
        ).iter_rows()
    }
    shown = {
        row: (c, letters(d), f"{a:%F %T}", b and f"{b:%F %T}")
        for row, (c, d, a, b) in (out.sound | out.damaged).items()
    }
    assert {row: found.get(row) for row in out.sound} == {row: shown[row] for row in out.sound}
    for row in out.damaged:
        assert (row in rejected) != (row in found)
        if row in found:
            assert (found[row][0], *found[row][2:]) == (shown[row][0], *shown[row][2:])
    assert set(found) | rejected == set(shown)


ROWS = [f"A{i},email,2025-10-01 08:00:00,2025-10-01 09:00:00" for i in range(1, 6)]
TOP = "case_id,channel,received_at,replied_at"


@pytest.mark.parametrize(
    ("lines", "rows", "rejected"),
    [
        (["Case,,Times,", TOP, *ROWS], [3, 4, 5, 6, 7], {}),  # two header rows
        ([TOP, "varchar(20),text,datetime,datetime", *ROWS], [3, 4, 5, 6, 7], {}),
        ([TOP, "(text),(text),(yyyy-mm-dd hh:mm),(yyyy-mm-dd hh:mm)", *ROWS], [3, 4, 5, 6, 7], {}),
        (["Report", "", TOP, *ROWS[:2], "Page 1 of 2", "", "Report", TOP, *ROWS[2:], "Total,5"], [4, 5, 10, 11, 12], {}),
        ([TOP, *ROWS, "Grand Totals (5 records)", '"Copyright (c) 2000-2026 x, inc."'], [2, 3, 4, 5, 6], {}),
        ([TOP, *ROWS, "A7,email,extra,2025-10-01 08:00:00,2025-10-01 09:00:00"], [2, 3, 4, 5, 6], {7: "ragged_row"}),
        ([TOP, *ROWS, 'A7,"email,2025-10-01 08:00:00,'], [2, 3, 4, 5, 6], {7: "broken_quotes"}),
        ([TOP, *ROWS, "A7,email"], [2, 3, 4, 5, 6], {7: "no_received"}),
        ([TOP, *ROWS, "A7,email,2025-10-01 08:00:00"], [2, 3, 4, 5, 6, 7], {}),  # too few cells: padded, and said
    ],
)  # fmt: skip
def test_lines_that_are_no_requests_have_their_fate(
    tmp_path: Path, lines: list[str], rows: list[int], rejected: dict[int, str]
) -> None:
    """Titles, second headers, types, units, repeated pages and totals are no data; what is damaged is rejected by number."""
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n")
    done = run("records", "a.csv", "--as-of", "2025-11-03", "--format", "csv", cwd=tmp_path)
    assert [int(row["row"]) for row in done.rows] == rows
    done = run("check", "a.csv", "--as-of", "2025-11-03", "--rejects", "r.csv", "--format", "csv", cwd=tmp_path)
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {int(row["row"]): row["code"] for row in csv.DictReader(file)} == rejected
    assert ("short_row" in done.err) == lines[-1].endswith("08:00:00")
