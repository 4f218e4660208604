"""`cxaudit inspect` tells what each file is taken for; what it guesses for an unknown one works when it is pasted."""

from __future__ import annotations

import csv
import gzip
import json
import re
import tempfile
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from outside import TOP, run

from cxaudit.days.zones import zone
from cxaudit.errors import InputError
from cxaudit.inspect.hours import unusual_hours
from cxaudit.read import open_tables
from cxaudit.recognise.contents import contents_of
from cxaudit.recognise.guess import guess_layout
from cxaudit.recognise.layout import likely_header, recognise_layout
from cxaudit.recognise.library import built_in_sources
from cxaudit.recognise.likely import likeness
from cxaudit.recognise.proposal import proposal, scalar
from cxaudit.standards import loads

TOWN = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}
standards:
  - effective: 2019-01-01
    source: Policy 1
    channels: {email: {within: 2 business days}, letter: {within: 5 days}, voicemail: {within: 1 day}}
"""
#: Layouts that nothing fits, as clerks and systems write them: name -> text, and (requests, replied) of a correct mapping.
UNKNOWN = {
    "permits.csv": (
        "Permit desk, October\n\nPermit No;Asked on;Answered on;Team;Way in;Remarks\n"
        "P-1;13/10/2025 09:00;14/10/2025 10:00;Planning;email;first of all\n"
        "P-2;14/10/2025 09:00;;Planning;letter;\nP-3;15/10/2025 09:00;15/10/2025 11:00;Roads;email;\n"
        "P-4;16/10/2025 09:00;;Roads;email;\nTotal;4;;;;\n",
        (4, 2),
    ),
    "letters 2025-10.csv": (
        '\ufeff"Reference #","Date Received","Time Received","Date: answered","Clerk"\n'
        '"0001","10/13/2025","9:05 AM","10/14/2025","Kim"\n"0002","10/14/2025","4:05 PM","","Lee"\n'
        '"0003","10/15/2025","10:00 AM","10/20/2025","Kim"\n',
        (3, 2),
    ),
    "helpdesk.csv": (
        "uid\tcontactType\tCreatedDate\tlastModifiedDate\tclosedDate\tassignedTo\tQueue\n"
        "900001\tEmail\t2025-10-13T15:00:00Z\t2025-10-20T15:00:00Z\t2025-10-14T15:00:00Z\tKim\tRoads\n"
        "900002\tEmail\t2025-10-14T15:00:00Z\t2025-10-20T15:00:00Z\t\tKim\tRoads\n"
        "900003\tLetter\t2025-10-15T15:00:00Z\t2025-10-20T15:00:00Z\t2025-10-15T16:00:00Z\tLee\tParks\n",
        (3, 2),
    ),
    "minutes.csv": (
        "Ticket #,Opened,First response (minutes),First response within business hours (minutes),Source\n"
        "1,2025-10-13 09:00,95,5,Email\n2,2025-10-14 09:00,,,Email\n3,2025-10-15 09:00,5,5,Email\n",
        (3, 2),
    ),
    "calls.csv": (
        "Start Time,Caller ID,Destination,Direction,Call Result,Talk Time,Queue\n"
        "2025-10-13 08:00:00,7805550101,7809622611,Inbound,Voicemail,0:00:20,Utilities\n"
        "2025-10-13 09:00:00,201,7805550101,Outbound,Answered,0:02:20,Utilities\n"
        "2025-10-13 10:00:00,7805550102,7809622611,Inbound,Answered,0:02:00,Utilities\n",
        (1, 1),
    ),
    "mails.csv": (
        "Sent Date,From Address,To Address,Subject,Message-ID\n"
        "2025-10-13 08:00:00,ann@x.example,info@town.example,Bill,<1@x>\n"
        "2025-10-13 09:00:00,info@town.example,ann@x.example,Re: Bill,<2@x>\n"
        "2025-10-13 10:00:00,bob@y.example,info@town.example,Sign,<3@x>\n",
        (2, 1),
    ),
    "Yes.csv": (
        "No,On,Done: when,Null\n1,2025-10-13 09:00,2025-10-14 09:00,x\n2,2025-10-14 09:00,,x\n",
        (2, 1),
    ),
}  # fmt: skip


def inspect(*arguments: str, folder: Path) -> list[dict[str, object]]:
    found = run("inspect", *arguments, "--as-of", "2025-10-31", cwd=folder)
    assert found.code == 0, found.err
    return json.loads(found.text)  # type: ignore[no-any-return]


def test_the_advice_to_inspect_names_the_file_as_it_may_be_typed(tmp_path: Path) -> None:
    """With its folder, in quotes where it has blanks; a member of an archive has no path of its own."""
    (tmp_path / "our exports").mkdir()
    (tmp_path / "x").mkdir()
    for name in ("our exports/odd.csv", "x/odd.csv"):
        (tmp_path / name).write_text("id,Opened x,Via\n1,2025-10-01,email\n")
    with gzip.open(tmp_path / "x/odd.csv.gz", "wb") as packed:
        packed.write((tmp_path / "x/odd.csv").read_bytes())
    for name, said in {
        "our exports/odd.csv": '`cxaudit inspect "our exports/odd.csv"` for',
        "x/odd.csv": "`cxaudit inspect x/odd.csv` for",
        "x/odd.csv.gz": "`cxaudit inspect` on it for",
    }.items():
        assert said in run("check", name, cwd=tmp_path).err.replace("\\", "/")


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_guess_works_when_it_is_pasted(name: str, tmp_path: Path) -> None:
    """`check` refuses the file and points at `inspect`; with the guess in the standards file it judges every row."""
    text, (n_requests, n_replied) = UNKNOWN[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "town.yaml").write_text(TOWN)
    options = ("--standards", "town.yaml", "--as-of", "2025-10-31")
    refused = run("check", name, *options, cwd=tmp_path)
    typed = f'"{name}"' if " " in name else name
    assert (refused.code, f"Run `cxaudit inspect {typed}` for" in refused.err) == (2, True)
    (seen,) = inspect(name, folder=tmp_path)
    assert seen["recognised"] is None
    (tmp_path / "town.yaml").write_text(TOWN + str(seen["guess"]))
    found = run("records", name, "--channel", "email", "--format", "json", *options, cwd=tmp_path)
    assert found.code == 0, found.err
    records = run("records", name, "--format", "json", *options, cwd=tmp_path)
    if records.code == 2:  # no column tells the channel, and the guess says so
        assert "# channel:" in str(seen["guess"])
        records = run("check", name, "--channel", "email", "--format", "json", *options, cwd=tmp_path)
        summary = json.loads(records.text)["rows"][-1]
        assert (summary["requests"], summary["met"] + summary["late"]) == (n_requests, n_replied)
    else:
        rows = json.loads(records.text)
        assert (len(rows), sum(row["replied_at"] not in ("", None) for row in rows)) == (n_requests, n_replied)


def test_the_readme_of_a_guess_names_its_proofs(tmp_path: Path) -> None:
    """Each column of times comes with the value that proves how it is written; no other cell is shown."""
    (tmp_path / "permits.csv").write_text(UNKNOWN["permits.csv"][0])
    (seen,) = inspect("permits.csv", folder=tmp_path)
    guess = str(seen["guess"])
    assert "received_at: Asked on  # day first (row 4: 13/10/2025 09:00)" in guess
    assert yaml.safe_load(guess)["sources"]["permits"]["columns"]["case_id"] == "Permit No"
    assert "first of all" not in json.dumps(seen)


def test_an_order_that_nothing_settles_is_asked_for(tmp_path: Path) -> None:
    """A guess never settles 03/04/2025."""
    (tmp_path / "a.csv").write_text("No,Opened on,Answered on\n1,03/04/2025,04/05/2025\n2,05/06/2025,\n")
    (seen,) = inspect("a.csv", folder=tmp_path)
    assert "# date_format: dmy  # dmy or mdy? no value settles it" in str(seen["guess"])


def test_a_known_export_is_told_for_what_it_is() -> None:
    """Source, why, columns with roles, formats with proofs, rows by fate, receipts."""
    folder = TOP / "tests" / "fixtures"
    (seen,) = inspect("kansascity311.csv", folder=folder)
    said = seen["recognised"]
    assert isinstance(said, dict)
    assert said["because"] == ["CASE ID", "CREATION DATE", "CREATION TIME", "CLOSED DATE"]
    assert {use["role"]: use["header"] for use in said["columns"]}["received_at"] == "CREATION DATE + CREATION TIME"
    assert (said["reply_basis"], said["shape"], seen["header_row"]) == ("closure", "case", 1)
    counted = seen["counted"]
    assert isinstance(counted, dict)
    assert counted["fates"]["requests"] == 2
    assert counted["hours"][16] == counted["hours"][8] == 1
    assert "Example St" not in json.dumps(seen)


def test_every_fixture_can_be_inspected_in_every_format() -> None:
    """All of them in one call, one block or object each."""
    folder = TOP / "tests" / "fixtures"
    files = sorted(path.name for path in folder.glob("*.csv"))
    for form in ("table", "json", "markdown"):
        found = run("inspect", *files, "--format", form, "--as-of", "2025-10-31", cwd=folder)
        assert found.code == 0, found.err
        assert all(name in found.text for name in files)
        assert "Traceback" not in found.err


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    """A picture and an order that nothing settles are told beside a file that is in order; only the picture is exit 2."""
    (tmp_path / "a.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "b.csv").write_text("case_id,channel,received_at,replied_at\n1,email,03/04/2025,04/05/2025\n")
    (tmp_path / "c.csv").write_text(
        "case_id,channel,received_at,replied_at\n1,email,2025-10-13 09:00,2025-10-13 10:00\n"
    )
    found = run("inspect", "a.csv", "b.csv", "c.csv", "--as-of", "2025-10-31", cwd=tmp_path)
    picture, vague, clear = json.loads(found.text)
    assert found.code == 2
    assert (picture["is_readable"], "picture" in picture["problem"]) == (False, True)
    assert "day first or month first: 03/04/2025 may be either" in vague["problem"]
    assert (vague["counted"], clear["counted"]["fates"]["requests"], clear["problem"]) == (None, 1, None)
    assert run("inspect", "b.csv", "c.csv", cwd=tmp_path).code == 0


def test_what_is_packed_or_given_twice_is_told_too(tmp_path: Path) -> None:
    """A compressed export is counted like any other; a second copy is said to be one."""
    text = "case_id,channel,received_at,replied_at\n1,email,2025-10-13 09:00,2025-10-13 10:00\n"
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "b.csv").write_text(text)
    packed, twin = inspect("a.csv.gz", "b.csv", folder=tmp_path)
    assert packed["counted"]["fates"]["requests"] == 1  # type: ignore[index]
    assert twin["same_as"] == packed["file"]


def test_no_customers_data_are_shown(tmp_path: Path) -> None:
    """Neither of a known layout, nor of an unknown one, nor of a file without column names."""
    secret = "Ann Example 780-555-0199"
    (tmp_path / "known.csv").write_text(f"case_id,channel,received_at,customer\n1,email,2025-10-13,{secret}\n")
    (tmp_path / "unknown.csv").write_text(f"No,Opened on,Customer\n1,2025-10-13,{secret}\n2,2025-10-14,{secret}\n")
    (tmp_path / "headless.csv").write_text(f"1,2025-10-13,{secret}\n2,2025-10-14,{secret}\n")
    for form in ("table", "json", "markdown"):
        found = run("inspect", ".", "--format", form, "--as-of", "2025-10-31", cwd=tmp_path)
        assert "Example" not in found.text + found.err
        assert "no row with column names" in " ".join(found.text.split())


def utc_log(n: int, first_hour: int) -> str:
    """Requests between some hour and nine hours later, one after the other."""
    rows = [f"{i},email,2025-07-{1 + i % 28:02} {(first_hour + i % 9) % 24:02}:15:00" for i in range(n)]
    return "case_id,channel,received_at\n" + "\n".join(rows) + "\n"


def test_receipts_at_night_are_a_finding(tmp_path: Path) -> None:
    """Office hours of Edmonton written in UTC gather around 18:45; told to be UTC, the source has nothing odd."""
    (tmp_path / "night.csv").write_text(utc_log(180, 14))
    (seen,) = inspect("night.csv", folder=tmp_path)
    (finding,) = (one for one in seen["findings"] if one["code"] == "unusual_hours")  # type: ignore[attr-defined]
    assert finding["message"] == (
        "receipts gather around 18:30; if these times are in UTC, around 12:30 in America/Edmonton"
    )
    assert finding["message"] in run("check", "night.csv", "--as-of", "2025-10-31", cwd=tmp_path).err
    (tmp_path / "standards.yaml").write_text(TOWN + "sources: {generic: {timezone: UTC}}\n")
    (seen,) = inspect("night.csv", folder=tmp_path)
    assert [one for one in seen["findings"] if one["code"] == "unusual_hours"] == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("first", [7, 8, 9, 10])
def test_receipts_by_day_are_none(first: int) -> None:
    """Nor are few receipts, or receipts at all hours alike."""
    hours = [10 if first <= hour < first + 9 else 0 for hour in range(24)]
    at = pl.datetime_range(pl.datetime(2025, 7, 1), pl.datetime(2025, 7, 1), eager=True)[0]
    assert unusual_hours(hours, zone("America/Edmonton"), at) is None
    assert unusual_hours([1] * 3 + [0] * 21, zone("America/Edmonton"), at) is None
    assert unusual_hours([10] * 24, zone("America/Edmonton"), at) is None


@pytest.mark.parametrize(
    "text",
    [
        "Yes",
        "no",
        "2025",
        "a: b",
        "# x",
        "x #1",
        "- x",
        "[x]",
        "Date: in",
        '"x"',
        "a,b",
        "null",
        "x ",
        "@x",
        "ok (y)",
        "é",
    ],
)
def test_a_header_is_pasted_as_text(text: str) -> None:
    """YAML would read some headers as something else."""
    assert yaml.safe_load(f"[{scalar(text)}]") == [text]
    assert yaml.safe_load(f"x: {scalar(text)}") == {"x": text}


@pytest.mark.parametrize(
    ("role", "better", "worse"),
    [
        ("received_at", "Date Received", "Date"), ("received_at", "CreatedDate", "Closed Date"),
        ("replied_at", "First response time", "Closed time"), ("replied_at", "Acknowledged at local", "Updated at local"),
        ("case_id", "Ticket ID", "Contact ID"), ("channel", "Channel", "Data source"),
    ],
)  # fmt: skip
def test_some_headers_are_more_like_a_role_than_others(role: str, better: str, worse: str) -> None:
    """The likeliest name wins."""
    assert likeness(role, better) > likeness(role, worse)  # type: ignore[arg-type]


def test_sources_are_listed_in_every_format(tmp_path: Path) -> None:
    """One line each; those of the standards file are said to be."""
    (tmp_path / "town.yaml").write_text(
        TOWN + "sources: {desk: {header: [No], columns: {received_at: Opened}}, zendesk: {timezone: UTC}}\n"
    )
    found = run("sources", "--standards", "town.yaml", "--format", "json", cwd=tmp_path)
    rows = {row["source"]: row for row in json.loads(found.text)}
    assert (rows["desk"]["declared"], rows["zendesk"]["declared"], rows["jira"]["declared"]) == (
        "standards file", "standards file", "built in",
    )  # fmt: skip
    assert rows["zendesk"]["reply_basis"] == "minutes, else closure"
    for form in ("table", "csv", "tsv", "jsonl", "markdown"):
        text = run("sources", "--format", form, cwd=tmp_path).text
        assert all(re.search(rf"\b{name}\b", text) for name in ("boston311", "servicenow", "generic"))


def test_a_log_of_calls_is_told_with_the_parts_that_its_columns_play() -> None:
    """Its rows are calls, which pairing turns into requests; no number is shown."""
    folder = TOP / "tests" / "fixtures"
    (seen,) = inspect("asterisk.csv", folder=folder)
    said = seen["recognised"]
    assert isinstance(said, dict)
    uses = {use["header"]: use["role"] for use in said["columns"]}
    assert (said["shape"], said["reply_basis"]) == ("event", "paired")
    assert (uses["calldate"], uses["dst"], uses["lastapp"]) == ("received_at, call", "called", "voicemail, answered")
    assert set(uses).isdisjoint(said["unused"])
    assert re.search(r"\d{7}", json.dumps(seen)) is None


HEADERS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\"':#,[]{}&*!|>%@`-?\\ "),
    max_size=12,
) | st.sampled_from(
    ["Created at", "Yes", "Date: in", "First reply (min)", "Closed", "ID", "Via", "Time", "From", "To", "1.5"]
)
CELLS = st.sampled_from(
    ["13/10/2025", "2025-10-13 08:30", "08:30", "12", "", "email", "a: b", "7805550101", "x@y.example"]
)


def test_who_changes_a_word_of_a_known_layout_wins_nothing_by_it(tmp_path: Path) -> None:
    """`inspect` and `check` take a table that fits two layouts for the same one."""
    (tmp_path / "s.yaml").write_text(
        "version: 1\norganisation: Town\ntimezone: America/Edmonton\ncalendar: {workweek: [Mon-Fri]}\nstandards:\n"
        "  - {effective: 2025-01-01, source: P 1, channels: {email: {within: 2 business days}}}\n"
        "sources: {generic: {caveat: ours}}\n"
    )
    (tmp_path / "both.csv").write_text(
        "Ticket ID,Created time,Initial response time,Status,case_id,received_at,replied_at,channel\n"
        "1,2025-10-01 09:00:00,2025-10-01 10:00:00,Open,A1,2025-10-05 09:00:00,2025-10-20 09:00:00,email\n"
    )
    arguments = ("both.csv", "--standards", "s.yaml", "--as-of", "2025-10-31")
    assert run("inspect", *arguments, cwd=tmp_path).json[0]["recognised"]["source"] == "freshdesk"
    assert "both.csv (Freshdesk) does not say" in run("check", *arguments, cwd=tmp_path).err


@given(
    st.lists(HEADERS, min_size=2, max_size=6),
    st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=5),
)
@example(["First reply (min)", "First reply (min)"], [["13/10/2025"] * 6])
@settings(max_examples=60)
def test_whatever_is_guessed_can_be_pasted(header: list[str], rows: list[list[str]]) -> None:
    """No header breaks the YAML, and the table with that header is then taken for the source."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "unknown.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *(row[: len(header)] for row in rows)])
        try:
            tables = open_tables(path, path.name)
        except InputError:
            return
        for table in tables:
            guess = guess_layout(table, built_in_sources())
            if guess is not None and "received_at" in guess.choices:
                known = loads(TOWN + proposal(guess), "town.yaml").sources
                layout = recognise_layout(table, known, set(known), None)
                assert layout is not None
                assert layout.source == guess.name


def test_a_name_that_two_columns_have_is_not_proposed(tmp_path: Path) -> None:
    """No entry could tell which is meant: what is proposed would be refused when it is pasted."""
    header = "Ref,Opened date,Status,Answered date,Status\n"
    rows = "".join(f"{i},2025-10-0{i} 09:00,open,2025-10-0{i + 1} 09:00,new\n" for i in range(1, 8))
    guess = guess_of(header + rows, tmp_path)
    assert '# status: ?  # several columns are named "Status": give each a name of its own.' in guess
    (tmp_path / "town.yaml").write_text(TOWN + guess)
    found = run("check", "unknown.csv", "--standards", "town.yaml", "--channel", "email", cwd=tmp_path)
    assert (found.code, found.rows[-1]["requests"]) == (0, "7")


@pytest.mark.parametrize("command", ["inspect", "check"])
def test_two_receipts_are_for_a_person_to_tell_apart(command: str, tmp_path: Path) -> None:
    """The reply is not taken for the receipt because the receipt's column has a twin."""
    rows = "".join(f"{i},2025-10-0{i} 09:00,2025-10-0{i} 09:00,2025-10-0{i + 1} 09:00\n" for i in range(1, 8))
    (tmp_path / "unknown.csv").write_text(f"Ref,Opened date,Opened date,Answered date\n{rows}")
    found = run(command, "unknown.csv", cwd=tmp_path)
    assert 'named \\"Opened date\\": give' in found.text or 'named "Opened date": give' in found.err
    assert "sources:" not in found.text


def guess_of(text: str, folder: Path, name: str = "unknown.csv") -> str:
    """What is proposed for a table; it is in order when it is pasted, questions and all."""
    (folder / name).write_text(text, "utf-8")
    (seen,) = inspect(name, folder=folder)
    loads(TOWN + str(seen["guess"]), "town.yaml")
    return str(seen["guess"])


def columns_of(guess: str) -> dict[str, object]:
    (entry,) = yaml.safe_load(guess)["sources"].values()
    return entry["columns"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "name", ["First response time (in hrs)", "First Response Time in hrs", "first_response_time_bhrs"]
)
def test_the_hours_of_freshdesk_are_no_hours_of_the_clock(name: str, tmp_path: Path) -> None:
    """They count business hours, which is said; its own verdict on the first response is offered, not that on the end."""
    guess = guess_of(
        f"Ticket ID,Subject,Status,Source,Group,Created time,{name},Resolution status,First response status\n"
        "1,a,Open,Email,Roads,2025-10-13 09:00:00,01:20:00,SLA Violated,Within SLA\n"
        "2,b,Closed,Portal,Roads,2025-10-14 09:00:00,,Within SLA,SLA Violated\n",
        tmp_path,
    )
    assert "replied_at" not in columns_of(guess)
    assert "# replied_at: ?  # which column? Without one every request counts as unanswered." in guess
    assert f'# "{name}" counts office hours' in guess
    assert (columns_of(guess)["status"], columns_of(guess)["system_verdict"]) == ("Status", "First response status")


def test_a_duration_comes_with_a_question(tmp_path: Path) -> None:
    """Whether its hours are those of the clock only a person can tell."""
    guess = guess_of("Ticket,Opened,First response (hours)\n1,2025-10-13 09:00,1.5\n2,2025-10-14 09:00,2\n", tmp_path)
    assert "unit: hours}  # are these hours of the clock? If of office hours" in guess
    assert "are these minutes of the clock?" in guess_of(UNKNOWN["minutes.csv"][0], tmp_path)


CALLS = "Start Time,Caller,Called,Direction"
CALL_ROWS = (
    "2025-10-13 08:00:00,7805550101,7809622611,Inbound", "2025-10-13 09:00:00,7809622611,7805550101,Outbound",
    "2025-10-13 10:00:00,7805550102,7809622611,Inbound",
)  # fmt: skip


def calls_with(*columns: str) -> str:
    """A call log with more columns, each told as its name and its values in order."""
    named = [column.split(",") for column in columns]
    return "\n".join(",".join([row, *(column[i] for column in named)]) for i, row in enumerate((CALLS, *CALL_ROWS)))


@pytest.mark.parametrize(
    ("columns", "voicemail", "answered"),
    [
        (("Outcome,Message,Conversation,Conversation",), {"Outcome": ["Message"]}, {"Outcome": ["Conversation"]}),
        (("Result,Voice mailbox,Talked,Missed",), {"Result": ["Voice mailbox"]}, {"Result": ["Talked"]}),
        (("Status,voicemail,completed,no answer",), {"Status": ["voicemail"]}, {"Status": ["completed"]}),
        (("Answered,No,Yes,Yes", "Voicemail,1,0,0"), {"Voicemail": ["1"]}, {"Answered": ["Yes"]}),
        (("Talk time,0:00:00,0:02:20,0:02:00",), None, {"Talk time": "> 0"}),
        (("billsec,0,140,12",), None, {"billsec": "> 0"}),
        (("Answered at,,2025-10-13 09:00:05,2025-10-13 10:00:05",), None, {"Answered at": "> 0"}),
        (("Duration,20,140,12",), None, None),
        (("Result,17,16,16",), None, None),
    ],
)  # fmt: skip
def test_how_a_call_ended_is_guessed_or_asked(
    columns: tuple[str, ...], voicemail: object, answered: object, tmp_path: Path
) -> None:
    """By words, by yes or no, by the time that was spent; where nothing tells, the proposal asks."""
    guess = guess_of(calls_with(*columns), tmp_path)
    (entry,) = yaml.safe_load(guess)["sources"].values()
    assert (entry["calls"].get("voicemail"), entry["calls"].get("answered")) == (voicemail, answered)
    asked = [part for part in ("voicemail", "answered") if re.search(rf"# {part}: .*# which words tell .*\?", guess)]
    assert asked == [part for part, found in (("voicemail", voicemail), ("answered", answered)) if found is None]
    assert ("is it above 0 only where this is so?" in guess) == ("> 0" in str(answered))


def test_the_column_to_look_for_words_in_is_named(tmp_path: Path) -> None:
    assert "# answered: {Result: [?]}" in guess_of(calls_with("Result,17,16,16"), tmp_path)
    (tmp_path / "town.yaml").write_text(TOWN + guess_of(calls_with("Outcome,Message,Conversation,Missed"), tmp_path))
    found = run(
        "check", "unknown.csv", "--standards", "town.yaml", "--as-of", "2025-10-31", "--format", "json", cwd=tmp_path
    )
    assert json.loads(found.text)["rows"][-1]["met"] == 1


@pytest.mark.parametrize(
    ("text", "is_offered"),
    [
        ("Name,Sum\nRoads,3\nParks,5\n", False),
        ("Requests with their verdicts\nRoads\nParks\n", False),
        ("hello there\nthis is some text\nand more\n", False),
        ("10/13 08:00  201  7805550101  0:10\n10/13 09:00  202  7805550102  0:20\n", False),
        ("Permit,Opened by,Team\n1,Kim,Roads\n2,Lee,Parks\n", False),
        ("1,2025-10-13,x\n2,2025-10-14,y\n", False),
        ("Permit,Opened by,Opened\n1,Kim,2025-10-13\n2,Lee,2025-10-14\n", True),
    ],
)
def test_a_mapping_is_promised_only_where_there_is_one(text: str, is_offered: bool, tmp_path: Path) -> None:
    """And a file that is no export at all is to be left out of the run."""
    (tmp_path / "odd.csv").write_text(text)
    refused = run("check", "odd.csv", cwd=tmp_path)
    assert (refused.code, "cxaudit inspect" in refused.err) == (2, is_offered)
    assert ('"Opened" looks right.' in refused.err, "looks right" in refused.err) == (is_offered, is_offered)
    assert "leave it out of the run" in refused.err
    (seen,) = inspect("odd.csv", folder=tmp_path)
    assert (seen["guess"] is not None) == is_offered


def test_the_sheet_with_dates_is_the_one_that_is_described(tmp_path: Path) -> None:
    """A cover sheet before it does not hide it."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(str(tmp_path / "book.xlsx")) as book:
        book.add_worksheet("Cover").write_row(0, 0, ["Requests with their verdicts"])
        data = book.add_worksheet("Data")
        for i, row in enumerate([["Permit", "Opened x"], ["1", "2025-10-13"], ["2", "2025-10-14"]]):
            data.write_row(i, 0, row)
    said = run("check", "book.xlsx", cwd=tmp_path).err
    assert "sheet Data, has no column" in said
    assert '"Opened x" looks right.\nRun `cxaudit inspect book.xlsx` for' in said


def test_guesses_of_one_run_are_pasted_together(tmp_path: Path) -> None:
    """One `sources:` for all, below the last file; two months of one layout are one entry, two layouts never one name."""
    months = ("permits 2025-09.csv", "permits 2025-10.csv")
    for name in months:
        (tmp_path / name).write_text(UNKNOWN["permits.csv"][0])
    (tmp_path / "permits.tsv").write_text(UNKNOWN["helpdesk.csv"][0])
    (tmp_path / "two.csv").write_text("Name,Sum\nRoads,3\n")
    for form in ("table", "markdown"):
        shown = run("inspect", ".", "--format", form, "--as-of", "2025-10-31", cwd=tmp_path).text
        pasted = shown[shown.index("\nsources:\n") :].partition("```")[0]
        assert (shown.count("sources:\n"), list(yaml.safe_load(pasted)["sources"])) == (1, ["permits", "permits_2"])
    (tmp_path / "town.yaml").write_text(TOWN + pasted)
    found = run(
        "check", *months, "permits.tsv", "--standards", "town.yaml", "--as-of", "2025-10-31", "--format", "json",
        cwd=tmp_path,
    )  # fmt: skip
    assert (found.code, json.loads(found.text)["rows"][-1]["requests"]) == (0, 7)


def test_a_standards_file_with_sources_keeps_its_line(tmp_path: Path) -> None:
    """The words say where the guess is to go; below a second `sources:` it would be refused."""
    (tmp_path / "permits.csv").write_text(UNKNOWN["permits.csv"][0])
    for text, is_said in ((TOWN, False), (TOWN + "sources: {zendesk: {timezone: UTC}}\n", True)):
        (tmp_path / "standards.yaml").write_text(text)
        (seen,) = inspect("permits.csv", folder=tmp_path)
        assert ("has a line `sources:` already" in str(seen["problem"])) == is_said


@pytest.mark.parametrize(
    ("header", "received", "replied", "case", "basis"),
    [
        ("Vorgangsnummer;Erstellt am;Erste Antwort am", "Erstellt am", "Erste Antwort am", "Vorgangsnummer",
         "first_response"),
        ("Ticketnummer;Eingangsdatum;Beantwortet am", "Eingangsdatum", "Beantwortet am", "Ticketnummer",
         "first_response"),
        ("Nummer;Eingang;Erledigt am", "Eingang", "Erledigt am", "Nummer", "closure"),
        ("Aktenzeichen;Erstellungsdatum;Geschlossen am", "Erstellungsdatum", "Geschlossen am", "Aktenzeichen", "closure"),
        ("Req. #;Req. Date/Time;Resp. Date/Time", "Req. Date/Time", "Resp. Date/Time", "Req. #", "first_response"),
        ("REQUESTID;DATETIMEINIT;DATETIMECLOSED", "DATETIMEINIT", "DATETIMECLOSED", "REQUESTID", "closure"),
        ("caseid;createddate;respondeddate", "createddate", "respondeddate", "caseid", "first_response"),
    ],
)  # fmt: skip
def test_more_names_are_understood(
    header: str, received: str, replied: str, case: str, basis: str, tmp_path: Path
) -> None:
    """German ones, shortened ones, and words written together."""
    rows = "7;13.10.2025 09:00;14.10.2025 10:00\n8;14.10.2025 09:00;\n9;15.10.2025 09:00;15.10.2025 10:00\n"
    guess = guess_of(f"{header}\n{rows}", tmp_path)
    expected = {"received_at": received, "replied_at": replied, "case_id": case}
    assert columns_of(guess) == expected
    assert (f"reply_basis: {basis}" in guess, "?" in guess) == (True, False)


def test_what_is_not_found_is_asked_for(tmp_path: Path) -> None:
    """Without a reply every request counts as unanswered, without a case id rows of one case count twice."""
    guess = guess_of(
        "Mailbox,Created,Touched,Modified\ninfo,2025-10-13 09:00,2025-10-14 09:00,2025-10-14 09:00\n"
        "info,2025-10-14 09:00,,2025-10-14 09:00\ninfo,2025-10-15 09:00,2025-10-15 10:00,2025-10-15 10:00\n",
        tmp_path,
    )
    assert columns_of(guess) == {"received_at": "Created"}
    assert 'counts as unanswered. Other dates: "Touched".\n' in guess
    assert "# case_id: ?  # which column? Without one, rows of one case count twice." in guess


LOGS = {
    "Direction": (
        "Direction,Type,Phone Number,Name,Date,Time,Action,Action Result,Duration\n"
        "Incoming,Voice,(780) 555-0101,Ann,10/13/2025,8:00 AM,Phone Call,Voicemail,0:00:20\n"
        "Outgoing,Voice,(780) 555-0101,Ann,10/13/2025,9:00 AM,Phone Call,Call connected,0:02:20\n"
        "Incoming,Voice,(780) 555-0102,Bob,10/14/2025,10:00 AM,Phone Call,Accepted,0:02:00\n"
    ),
    "Call Type": (
        "Date,Call Type,Agent\n2025-10-13 08:00,Inbound,Kim\n2025-10-13 09:00,Inbound,Kim\n2025-10-13 10:00,Inbound,Lee\n"
    ),
    "event": (
        "uid,date_time,callid,queue_name,type,event,param1,param2,param3,entpos,expos,htime,ttime,time\n"
        "1,2025-10-13 08:00:00,17.1,utilities,q,ENTERQUEUE,,7805550101,1,,,,,1760364000\n"
        "2,2025-10-13 08:00:20,17.1,utilities,q,CONNECT,20,,,,,,,1760364020\n"
        "3,2025-10-13 09:01:00,17.2,utilities,q,ABANDON,1,1,60,,,,,1760367660\n"
    ),
}


@pytest.mark.parametrize("by", LOGS)
def test_rows_of_a_log_are_not_proposed_as_requests_by_mail(by: str, tmp_path: Path) -> None:
    """Where a column tells directions or events of calls, a comment on top says so, and what to do."""
    guess = guess_of(LOGS[by], tmp_path)
    first, second, *_ = guess.splitlines()[1:]
    assert first == f'  # Its rows look like calls or events, not requests: "{by}" tells so.'
    assert "Complete calls: below (docs/pairing.md), or leave the file out of the run." in second
    assert "# channel: voicemail" in guess
    assert re.search(r"\bemail\b|replied_at", guess) is None


def test_a_log_with_one_column_of_numbers_pairs_once_its_comments_are_settled(tmp_path: Path) -> None:
    """The other side's number stands for who called and for who was called, as the direction tells."""
    guess = guess_of(LOGS["Direction"], tmp_path, "rc.csv")
    (tmp_path / "town.yaml").write_text(TOWN + re.sub(r"(?m)^    # ", "    ", guess))
    found = run(
        "check", "rc.csv", "--standards", "town.yaml", "--as-of", "2025-10-31", "--format", "json", cwd=tmp_path
    )
    summary = json.loads(found.text)["rows"][-1]
    assert (summary["requests"], summary["met"]) == (1, 1)


def test_requests_with_a_direction_and_a_reply_are_no_log(tmp_path: Path) -> None:
    """A voice-mail list may well say that each message came in."""
    guess = guess_of(
        "No,Direction,Left at,Called back at\n1,Inbound,2025-10-13 09:00,2025-10-13 10:00\n"
        "2,Inbound,2025-10-14 09:00,\n3,Inbound,2025-10-15 09:00,2025-10-15 10:00\n",
        tmp_path,
    )
    assert columns_of(guess)["replied_at"] == "Called back at"
    assert "look like calls" not in guess


def test_an_order_that_no_value_proves_is_said(tmp_path: Path) -> None:
    """04/04 is the fourth of April either way; nobody shall think that the column settles the other one."""
    (tmp_path / "log.csv").write_text("case_id,channel,received_at,replied_at\n1,email,03/04/2025,04/04/2025\n")
    text = run("inspect", "log.csv", "--format", "markdown", cwd=tmp_path).out.decode()
    assert "day first, without a time of day (no value here proves it)" in text


def test_of_thousands_of_columns_those_with_telling_names_are_looked_at(tmp_path: Path) -> None:
    """A damaged file may seem to have thousands of columns: a guess takes no longer for it, and finds what is named plainly."""
    names = [*(f"x{i}" for i in range(3_000)), "Ticket ID", "Received at"]
    cells = [*["a"] * 3_000, "T-1", "2025-10-13 09:00"]
    (tmp_path / "wide.csv").write_text(f"{','.join(names)}\n{','.join(cells)}\n")
    (table,) = open_tables(tmp_path / "wide.csv", "wide.csv")
    header = likely_header(table)
    assert header is not None
    assert len(contents_of(table, *header)) == 100
    guess = guess_layout(table)
    assert guess is not None
    assert (guess.received, guess.choices["case_id"].column) == ("Received at", "Ticket ID")
