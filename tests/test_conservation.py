"""Nothing is lost: every row has one fate, every request one verdict, and what was written clean comes back equal.

Random exports are written as systems and people write them, with known numbers of flaws; the audit must find just these.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cxaudit.audit import Audit, Question
from cxaudit.days.zones import zone
from cxaudit.model import VERDICTS, Fates
from cxaudit.period import parse_as_of
from cxaudit.standards import load

STANDARDS = load()
CITY = zone(STANDARDS.timezone)
HEADER = ["case_id", "channel", "department", "received_at", "replied_at", "status"]
CHANNELS = ("Voice mail", "E-MAIL", "letter", "our_city", "Online Portal")
KEYS = dict(zip(CHANNELS, ("voicemail", "email", "letter", "our_city", "portal"), strict=True))
#: With a delimiter, quotes, a line break and letters beyond ASCII: all of Windows-1252.
DEPARTMENTS = ("Parks", "Roads, Drains; Paths", 'The "Hub"', "Écoles", "Line\nbreak", "Water|Sewer", '5" pipes')
MISSING = ("", "", "", "-", "n/a", "NULL")
#: So that the last reply comes before the clocks go back on 2 November.
START = dt.datetime(2025, 8, 4)


@dataclass(frozen=True)
class Spelling:
    """How one system writes a moment."""

    form: str
    is_utc: bool = False

    def __call__(self, moment: dt.datetime | None) -> str:
        if moment is None:
            return ""
        # Edmonton is six hours behind UTC from March to November.
        return (moment + dt.timedelta(hours=6) if self.is_utc else moment).strftime(self.form)


SPELLINGS = (
    Spelling("%Y-%m-%d %H:%M"),
    Spelling("%Y-%m-%dT%H:%M:%S"),
    Spelling("%Y-%m-%dT%H:%M:%SZ", is_utc=True),
    Spelling("%d/%m/%Y %H:%M"),
    Spelling("%m/%d/%Y %I:%M %p"),
    Spelling("%d %b %Y %H:%M"),
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
DELIMITERS = (",", ";", "\t", "|")
LINE_ENDS = ("\n", "\r\n", "\r")


@dataclass(frozen=True)
class Case:
    """One row of the log as it was meant."""

    case_id: str
    channel: str
    department: str
    received: dt.datetime
    replied: dt.datetime | None
    missing: str = ""


@dataclass
class Log:
    """One export: its cases, and the other rows to put between them, by position."""

    cases: list[Case]
    spelling: Spelling
    delimiter: str
    encoding: str
    line_end: str
    titles: int
    flaws: list[tuple[int, str]]
    has_total: bool
    has_last_line_end: bool
    lines: list[str] = field(default_factory=list)
    rows: dict[int, Case] = field(default_factory=dict)  # the row that Excel shows -> the case in it
    planted: Counter[str] = field(default_factory=Counter)

    def content(self) -> bytes:
        for i in range(self.titles):
            self._add("titles", f"Monthly report {i}")
        self._add("", self._line(HEADER))
        waiting = sorted(self.flaws, reverse=True)
        for i, case in enumerate(self.cases):
            while waiting and waiting[-1][0] <= i:
                self._add_flaw(waiting.pop()[1], case)
            self._add("requests", self._line(self._cells(case)))
            self.rows[len(self.lines)] = case
        for _, kind in reversed(waiting):
            self._add_flaw(kind, self.cases[0])
        if self.has_total:
            self._add("not_data", self._line(["Total", "", "", str(len(self.cases)), "", ""]))
        # A blank line without its end is none.
        has_last_line_end = self.has_last_line_end or not self.lines[-1]
        text = self.line_end.join(self.lines) + (self.line_end if has_last_line_end else "")
        return text.encode(self.encoding)

    def _add(self, kind: str, line: str) -> None:
        self.lines.append(line)
        if kind:
            self.planted["not_data" if kind == "titles" else kind] += 1

    def _cells(self, case: Case) -> list[str]:
        reply = self.spelling(case.replied) or case.missing
        return [case.case_id, case.channel, case.department, self.spelling(case.received), reply, "closed"]

    def _add_flaw(self, kind: str, like: Case) -> None:
        case_id, channel, department, received, reply, status = self._cells(like)
        match kind:
            case "blank":
                self._add("not_data", "")
            case "delimiters":
                self._add("not_data", self.delimiter * (len(HEADER) - 1))
            case "header":
                self._add("not_data", self._line(HEADER))
            case "remark":
                self._add("not_data", self._line(["end of the list", *[""] * (len(HEADER) - 1)]))
            case "ragged":
                self._add("rejected", self._line([case_id, channel, department, received, reply, status, "surplus"]))
            case "no_received":
                self._add("rejected", self._line(["X-1", channel, department, "", reply, status]))
            case "unreadable_received":
                self._add("rejected", self._line(["X-2", channel, department, "31/31/2025", reply, status]))
            case "unreadable_reply":
                self._add("rejected", self._line(["X-3", channel, department, received, "by phone", status]))
            case "long_ago":
                self._add("rejected", self._line(["X-4", channel, department, "1899-12-30 00:00", reply, status]))

    def _line(self, cells: list[str]) -> str:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self.delimiter, lineterminator="\r\n").writerow(cells)
        return text.getvalue().removesuffix("\r\n")


FLAWS = ("blank", "delimiters", "remark", "ragged", "no_received")
#: At most one of each in a file, and none in a file with few dates: a format must explain nine of ten values of its column.
ONCE = ("header", "unreadable_received", "unreadable_reply", "long_ago")
N_CASES = 40
N_REPLIES = 20

minutes = st.integers(0, 60 * 24 * 60 - 1)


@st.composite
def cases(draw: st.DrawFn, ids: st.SearchStrategy[str]) -> Case:
    received = START + dt.timedelta(minutes=draw(minutes))
    waited = draw(st.one_of(st.integers(0, 3 * 24 * 60), st.integers(0, 20 * 24 * 60), st.none()))
    return Case(
        case_id=draw(ids),
        channel=draw(st.sampled_from(CHANNELS)),
        department=draw(st.sampled_from(DEPARTMENTS)),
        received=received,
        replied=None if waited is None else received + dt.timedelta(minutes=waited),
        missing=draw(st.sampled_from(MISSING)),
    )


@st.composite
def logs(draw: st.DrawFn, name: str) -> Log:
    """An export whose ids are partly its own, partly those of other exports, and partly missing."""
    ids = st.one_of(
        st.integers(0, 10**6).map(lambda n: f"{name}-{n:06}"), st.integers(0, 15).map(lambda n: f"{n:05}"), st.just("")
    )
    # This one proves the order of day and month, in both columns.
    proof = Case(f"{name}-proof", "letter", "Parks", START.replace(day=25), START.replace(day=26))
    found = [proof, *draw(st.lists(cases(ids), min_size=N_CASES, max_size=N_CASES + 15))]
    n_replies = sum(case.replied is not None for case in found)
    once = draw(st.lists(st.sampled_from(ONCE), unique=True)) if n_replies >= N_REPLIES else []
    often = draw(st.lists(st.sampled_from(FLAWS), max_size=8))
    places = st.integers(0, len(found))
    return Log(
        cases=found,
        spelling=draw(st.sampled_from(SPELLINGS)),
        delimiter=draw(st.sampled_from(DELIMITERS)),
        encoding=draw(st.sampled_from(ENCODINGS)),
        line_end=draw(st.sampled_from(LINE_ENDS)),
        titles=draw(st.integers(0, 3)),
        flaws=[(draw(places), kind) for kind in [*once, *often]],
        has_total=draw(st.booleans()),
        has_last_line_end=draw(st.booleans()),
    )


@dataclass(frozen=True)
class Expected:
    """What an audit must find: the fates of each file, and each request with its place."""

    fates: dict[str, Fates]
    requests: dict[tuple[str, int], tuple[str | None, str, str, dt.datetime, dt.datetime | None]]


def expect(exports: dict[str, Log]) -> Expected:
    """Slow and obvious: go through all rows and merge those of the same case; its newest row names channel and department."""
    first: dict[str, tuple[dt.datetime, str, int]] = {}
    reply: dict[str, dt.datetime] = {}
    state: dict[str, tuple[dt.datetime, str, int, str, str]] = {}
    for name, log in sorted(exports.items()):
        latest = max(at for case in log.rows.values() for at in (case.received, case.replied) if at is not None)
        for row, case in log.rows.items():
            if case.case_id:
                mine = (latest, name, row, KEYS[case.channel], case.department)
                state[case.case_id] = max(state.get(case.case_id, mine), mine)
                first[case.case_id] = min(first.get(case.case_id, (dt.datetime.max, "", 0)), (case.received, name, row))
                if case.replied is not None:
                    reply[case.case_id] = min(reply.get(case.case_id, dt.datetime.max), case.replied)
    requests = {}
    fates = {}
    for name, log in exports.items():
        kept = {
            row: case
            for row, case in log.rows.items()
            if not case.case_id or first[case.case_id] == (case.received, name, row)
        }
        for row, case in kept.items():
            replied = reply.get(case.case_id) if case.case_id else case.replied
            channel, department = state[case.case_id][3:] if case.case_id else (KEYS[case.channel], case.department)
            requests[name, row] = (case.case_id or None, channel, department, case.received, replied)
        fates[name] = Fates(
            rows=len(log.lines) - 1,
            requests=len(kept),
            duplicates=len(log.rows) - len(kept),
            rejected=log.planted["rejected"],
            not_data=log.planted["not_data"],
        )
    return Expected(fates, requests)


def audit(folder: Path, as_of: str, period: tuple[dt.date, dt.date] | None = None) -> Audit:
    question = Question(STANDARDS, parse_as_of(as_of, CITY), period, roles=("department",))
    return Audit([str(folder)], question)


def written(exports: dict[str, Log], folder: Path) -> None:
    for name, log in exports.items():
        (folder / name).write_bytes(log.content())


def exports_of(n: int) -> st.SearchStrategy[dict[str, Log]]:
    return st.fixed_dictionaries({f"{name}.csv": logs(name) for name in "abc"[:n]})


exports = st.integers(1, 3).flatmap(exports_of)
#: To shrink such an example takes minutes; a failing one is shown as it was found.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
FEW = settings(max_examples=20, phases=PHASES, suppress_health_check=SLOW)


@FEW
@given(exports)
def test_every_row_has_the_fate_that_was_planted(exports: dict[str, Log]) -> None:
    """Rows = requests + duplicates + rejected + not data, with the very numbers that were written."""
    with tempfile.TemporaryDirectory() as folder:
        written(exports, Path(folder))
        found = audit(Path(folder), "2025-12-31")
        expected = expect(exports)
        assert {table.file: table.fates for table in found.inputs} == expected.fates
        # What was written clean comes back equal, from the row that Excel shows.
        names = [table.file for table in found.inputs]
        columns = ["table", "row", "case_id", "channel", "department", "received_at", "replied_at"]
        back = {
            (names[table], row): tuple(rest) for table, row, *rest in found.judged.select(columns).collect().iter_rows()
        }
        assert back == expected.requests
    # Every rejected row is named, and none that is a request.
    places = list(zip(found.rejects["file"], found.rejects["row"], strict=True))
    assert Counter(file for file, _ in places) == Counter(
        {f: n.rejected for f, n in expected.fates.items() if n.rejected}
    )
    assert len(set(places)) == len(places)
    assert not set(places) & set(expected.requests)
    assert sum(f.n for f in found.findings if f.code in set(found.rejects["code"])) == len(places)


@FEW
@given(exports, st.integers(0, 90), st.integers(0, 60), st.integers(0, 60))
def test_every_request_has_one_verdict(exports: dict[str, Log], until: int, start: int, length: int) -> None:
    """Requests = those in the period, by verdict, + those outside it; the records are the requests of the table."""
    first = (START + dt.timedelta(days=start)).date()
    period = (first, first + dt.timedelta(days=length))
    with tempfile.TemporaryDirectory() as folder:
        written(exports, Path(folder))
        as_of = START + dt.timedelta(days=until)
        found = audit(Path(folder), f"{as_of:%Y-%m-%d %H:%M}", period)
    n_requests = len(expect(exports).requests)
    report = found.report(("channel", "file"), None, "", {})
    total, rows = report.total, [row for row in report.rows if not row.is_total]
    assert n_requests == total.requests + report.outside_period
    assert total.requests == sum(getattr(total, verdict) for verdict in VERDICTS)
    for count in ("requests", *VERDICTS):
        assert getattr(total, count) == sum(getattr(row, count) for row in rows)
    listed = found.records(pl.lit(True), with_employees=False).frame
    assert Counter(listed["verdict"]) == Counter({v: n for v in VERDICTS if (n := getattr(total, v))})
    assert listed.filter(pl.col("received_at") > f"{as_of:%Y-%m-%d %H:%M:%S}").height == 0


@settings(FEW, max_examples=10)
@given(exports_of(1), st.randoms(use_true_random=False), st.integers(0, 90))
def test_splitting_an_export_changes_no_count(exports: dict[str, Log], random: object, until: int) -> None:
    """The same requests in one file or in two, in any order: the same verdicts."""
    (log,) = exports.values()
    with_ids = [Case(f"{i:04}", c.channel, c.department, c.received, c.replied) for i, c in enumerate(log.cases)]
    shuffled = with_ids[1:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    half = len(shuffled) // 2
    parts = [[with_ids[0], *shuffled[:half]], [with_ids[0], *shuffled[half:]]]
    as_of = f"{START + dt.timedelta(days=until):%Y-%m-%d %H:%M}"
    assert verdicts([with_ids], log.spelling, as_of) == verdicts(parts, log.spelling, as_of)


def verdicts(parts: list[list[Case]], spelling: Spelling, as_of: str) -> dict[str, str]:
    """The verdict of each case of an audit of several plain files."""
    with tempfile.TemporaryDirectory() as folder:
        for i, part in enumerate(parts):
            plain = Log(part, spelling, ",", "utf-8", "\n", 0, [], has_total=False, has_last_line_end=True)
            (Path(folder) / f"{i}.csv").write_bytes(plain.content())
        found = audit(Path(folder), as_of)
    listed = found.records(pl.lit(True), with_employees=False).frame
    return dict(listed.select("case_id", "verdict").iter_rows())
