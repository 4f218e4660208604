"""Every shipped source knows an export of its system: a small invented one lies under `fixtures/`."""

from __future__ import annotations

import datetime as dt
import importlib.resources
import re
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
from outside import run

from cxaudit.days.zones import zone
from cxaudit.errors import InputError, StandardsError
from cxaudit.intake.arrival import take_in
from cxaudit.intake.opening import Wanted
from cxaudit.intake.sorting import Arrived
from cxaudit.recognise.library import built_in_sources, known_sources
from cxaudit.standards import load, loads
from cxaudit.standards.source import Role

FIXTURES = Path(__file__).parent / "fixtures"
TOWN = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}
standards:
  - {effective: 2025-02-01, source: Policy 1, channels: {email: {within: 2 business days}}}
"""


@dataclass(frozen=True)
class Table(Arrived):
    """A table with its requests at hand."""

    requests: pl.DataFrame = field(default_factory=pl.DataFrame)


def arrive(*paths: Path, standards: str | None = None) -> list[Table]:
    rules = loads(standards, "standards.yaml") if standards else load()
    wanted = Wanted(roles=("case_id", "channel", "department", "employee", "status"), channel="email")
    log = take_in({path: path.name for path in paths}, rules, zone(rules.timezone), wanted)
    rows = log.rows.collect()
    return [Table(**vars(one), requests=rows.filter(table=i)) for i, one in enumerate(log.tables)]


#: source -> the header of each role, how the reply is known, and receipt and reply of the first request
EXPECTED: dict[str, tuple[dict[Role, str], str, str, str | None]] = {
    "generic": (
        {"case_id": "case_id", "received_at": "received_at", "replied_at": "replied_at", "channel": "channel",
         "department": "department", "employee": "employee", "status": "status", "customer_type": "customer_type"},
        "first_response", "2025-10-10 16:50", "2025-10-16 09:12",
    ),
    "letter_log": (
        {"case_id": "Ref", "received_at": "Received on", "replied_at": "Answered on", "department": "Department",
         "employee": "Clerk"},
        "first_response", "2025-10-13 00:00", "2025-10-20 00:00",
    ),
    "voicemail_log": (
        {"case_id": "Message ID", "received_at": "Message Left", "replied_at": "Called Back", "status": "Status",
         "department": "Department", "employee": "Called Back By"},
        "first_response", "2025-10-13 16:50", "2025-10-14 09:05",
    ),
    "freshdesk": (
        {"case_id": "Ticket ID", "received_at": "Created time", "replied_at": "Initial response time", "channel": "Source",
         "department": "Group", "employee": "Agent", "status": "Status", "system_verdict": "First response status"},
        "first_response", "2025-10-10 16:50", "2025-10-14 08:15",
    ),
    "boston311": (
        {"case_id": "case_enquiry_id", "received_at": "open_dt", "replied_at": "closed_dt", "channel": "source",
         "department": "department", "status": "case_status", "system_due_at": "sla_target_dt",
         "system_verdict": "on_time"},
        "closure", "2025-10-01 13:47:00", "2025-10-03 09:00:12",
    ),
    "nyc311": (
        {"case_id": "Unique Key", "received_at": "Created Date", "replied_at": "Closed Date", "status": "Status",
         "channel": "Open Data Channel Type", "department": "Agency", "system_due_at": "Due Date"},
        "closure", "2025-10-13 21:55:45", "2025-10-14 00:00:00",
    ),
    "zendesk": (
        {"case_id": "Id", "received_at": "Created at", "replied_at": "First reply time in minutes", "channel": "Via",
         "department": "Group", "employee": "Assignee", "status": "Status"},
        "minutes", "2025-10-10 16:50", "2025-10-11 08:42",
    ),
    "jira": (
        {"case_id": "Issue key", "received_at": "Created", "replied_at": "Resolved", "employee": "Assignee",
         "status": "Status", "system_verdict": "Custom field (Time to first response)"},
        "closure", "2025-10-10 16:50", "2025-10-14 09:12",
    ),
    "servicenow": (
        {"case_id": "number", "received_at": "opened_at", "replied_at": "resolved_at", "updated_at": "sys_updated_on",
         "channel": "contact_type", "department": "assignment_group", "employee": "assigned_to", "status": "state",
         "system_verdict": "made_sla"},
        "closure", "2025-10-10 16:50", "2025-10-16 09:12",
    ),
    "salesforce": (
        {"case_id": "Case Number", "received_at": "Date/Time Opened", "replied_at": "Date/Time Closed",
         "employee": "Case Owner", "status": "Status"},
        "closure", "2025-10-10 16:50", "2025-10-16 09:12",
    ),
    "dynamics365": (
        {"case_id": "Case Number", "received_at": "Created On", "channel": "Channel", "employee": "Owner",
         "status": "Status Reason"},
        "first_response", "2025-10-13 16:50", None,
    ),
    "zohodesk": (
        {"case_id": "Ticket Id", "received_at": "Created Time", "replied_at": "Agent Responded Time", "channel": "Channel",
         "department": "Department", "employee": "Ticket Owner", "status": "Status", "system_due_at": "Due Date"},
        "first_response", "2025-10-13 16:50", "2025-10-16 09:12",
    ),
    "seeclickfix": (
        {"case_id": "Id", "received_at": "Created at local", "replied_at": "Acknowledged at local",
         "closed_at": "Closed at local", "channel": "Report method", "department": "Category",
         "employee": "Assignee name", "status": "Status", "system_due_at": "Sla expires at local"},
        "first_response", "2025-10-10 16:50", "2025-10-14 08:15",
    ),
    "open311": (
        {"case_id": "service_request_id", "received_at": "requested_datetime", "replied_at": "closed_datetime",
         "channel": "source", "department": "agency_responsible", "status": "status", "system_due_at": "expected_datetime"},
        "closure", "2025-10-10 16:50", "2025-10-16 09:12",
    ),
    "qalert": (
        {"case_id": "id", "received_at": "createDateUnix", "status": "status"},
        "first_response", "2025-10-10 16:50", None,
    ),
    "kansascity311": (
        {"case_id": "CASE ID", "received_at": "CREATION DATE", "replied_at": "CLOSED DATE", "closed_at": "DAYS TO CLOSE",
         "channel": "SOURCE", "department": "DEPARTMENT", "status": "STATUS", "system_verdict": "EXCEEDED EST TIMEFRAME"},
        "closure", "2025-10-13 16:50", "2025-10-16",
    ),
    "baltimore311": (
        {"case_id": "ServiceRequestNum", "received_at": "CreatedDate", "replied_at": "CloseDate",
         "channel": "MethodReceived", "department": "Agency", "status": "SRStatus", "system_due_at": "DueDate"},
        "closure", "2025-10-10 16:50", "2025-10-16 09:12",
    ),
}  # fmt: skip
#: source -> what its two requests came in by, under the city's own standards; `email` is what --channel says
CHANNELS = {
    "zendesk": ["email", "Web form"], "jira": ["email", "email"], "kansascity311": ["letter", "PHONE"],
    "baltimore311": ["letter", "Phone"], "voicemail_log": ["voicemail", "voicemail"], "zohodesk": ["Email", "Web"],
}  # fmt: skip


@pytest.mark.parametrize("source", EXPECTED)
def test_a_source_knows_its_export(source: str) -> None:
    """The source, the roles of its columns and the first of its two requests are as the system meant them."""
    names, basis, received, replied = EXPECTED[source]
    (arrived,) = arrive(FIXTURES / f"{source}.csv")
    layout = arrived.source.layout
    assert (layout.source, layout.names, layout.reply_basis) == (source, names, basis)
    assert arrived.fates.adds_up
    assert arrived.fates.rejected == 0
    requests = arrived.requests.sort("replied_at", nulls_last=True).unique("case_id", keep="first", maintain_order=True)
    first, second = requests.select("received_at", "replied_at").rows()
    assert first == (dt.datetime.fromisoformat(received), dt.datetime.fromisoformat(replied) if replied else None)
    assert second[1] is None


@pytest.mark.parametrize("source", CHANNELS)
def test_a_source_says_how_its_requests_came_in(source: str) -> None:
    """What is plain is named; what is not keeps the system's word, and a finding asks."""
    (arrived,) = arrive(FIXTURES / f"{source}.csv")
    assert arrived.requests["channel"].cast(str).to_list() == CHANNELS[source]


def test_every_source_has_its_fixture() -> None:
    """A source that is shipped is a source that was tried."""
    shipped = set(built_in_sources())
    assert shipped == {path.stem for path in FIXTURES.glob("*.csv")} & shipped
    assert set(EXPECTED) <= shipped


def test_the_letter_log_has_a_title_and_a_total() -> None:
    """Rows that are no requests are counted as such, and 13/10/2025 proves the order."""
    (arrived,) = arrive(FIXTURES / "letter_log.csv")
    assert (arrived.fates.rows, arrived.fates.not_data) == (4, 2)
    assert arrived.source.proofs["received_at"].evidence == "row 3: 13/10/2025 can only be day first"
    assert set(arrived.requests["channel"].cast(str)) == {"letter"}


def test_older_headers_of_a_system_are_known_too(tmp_path: Path) -> None:
    """Boston renamed its columns in 2022; Freshdesk may lack the first response, and then only the closure is known."""
    old = tmp_path / "old.csv"
    text = (FIXTURES / "boston311.csv").read_text()
    old.write_text(text.replace("sla_target_dt", "target_dt").replace("on_time", "ontime"))
    (boston,) = arrive(old)
    assert (boston.source.layout.source, boston.source.layout.names["system_due_at"]) == ("boston311", "target_dt")
    bare = tmp_path / "bare.csv"
    bare.write_text((FIXTURES / "freshdesk.csv").read_text().replace("Initial response time", "Something else"))
    (freshdesk,) = arrive(bare)
    assert (freshdesk.source.layout.names["replied_at"], freshdesk.source.layout.reply_basis) == (
        "Resolved time",
        "closure",
    )


def test_the_api_names_of_new_york_are_known(tmp_path: Path) -> None:
    """The portal writes `Unique Key`, the API `unique_key`."""
    path = tmp_path / "api.csv"
    header, *rows = (FIXTURES / "nyc311.csv").read_text().splitlines(keepends=True)
    path.write_text(header.lower().replace(" ", "_") + "".join(rows))
    assert arrive(path)[0].source.layout.source == "nyc311"


def test_a_file_may_take_its_order_from_another_one(tmp_path: Path) -> None:
    """An ambiguous letter log is read once the next month's proves the order, in whatever order they are named."""
    vague, clear = tmp_path / "a.csv", FIXTURES / "letter_log.csv"
    vague.write_text("Ref;Received on;Answered on\nL-9;03/04/2025;04/05/2025\n")
    with pytest.raises(
        InputError, match=r"03/04/2025 may be read as day first or month first(.|\n)*letter_log: \{date_format"
    ):
        arrive(vague)
    for paths in ((vague, clear), (clear, vague)):
        found = {one.source.table.file: one for one in arrive(*paths)}
        assert found["a.csv"].requests["received_at"][0] == dt.datetime(2025, 4, 3)


def test_the_standards_file_may_state_the_order(tmp_path: Path) -> None:
    """`date_format` alone, under the name of a shipped source, changes nothing else."""
    path = tmp_path / "a.csv"
    path.write_text("Ref;Received on;Answered on\nL-9;03/04/2025;04/05/2025\n")
    (arrived,) = arrive(path, standards=TOWN + "sources: {letter_log: {date_format: mdy}}\n")
    assert arrived.requests["received_at"][0] == dt.datetime(2025, 3, 4)
    stated = loads(TOWN + "sources: {letter_log: {date_format: mdy}}\n", "s")
    assert known_sources(stated)["letter_log"].columns == built_in_sources()["letter_log"].columns


def test_an_unknown_source_is_named_when_the_standards_are_checked(tmp_path: Path) -> None:
    """Before the first run stops at it, with its place."""
    (tmp_path / "s.yaml").write_text(TOWN + "sources: {freshdsk: {date_format: dmy}}\n")
    n_lines = TOWN.count("\n") + 1
    for words in (("standards", "check", "s.yaml"), ("check", "s.yaml", "--standards", "s.yaml")):
        found = run(*words, cwd=tmp_path)
        assert found.code == 2
    found = run("standards", "check", "s.yaml", cwd=tmp_path)
    assert f"s.yaml:{n_lines}:11: sources.freshdsk: no built-in source has this name" in found.err
    assert "Did you mean freshdesk?" in found.err


def test_a_source_in_another_zone_is_told_in_city_time(tmp_path: Path) -> None:
    """`timezone: UTC` turns 06:30 of December into 00:30 in Edmonton, where the clocks no longer change; dates stay."""
    path = tmp_path / "a.csv"
    path.write_text("case_id,channel,received_at,replied_at\n1,email,2026-12-01 06:30:00,2026-12-02\n")
    (arrived,) = arrive(path, standards=TOWN + "sources: {generic: {timezone: UTC}}\n")
    assert arrived.requests["received_at"][0] == dt.datetime(2026, 12, 1, 0, 30)
    assert arrived.requests["replied_at"][0] == dt.datetime(2026, 12, 2)


def test_a_value_far_down_in_another_spelling_is_read(tmp_path: Path) -> None:
    """Blanks around a date, seconds, and a date without a time may first turn up below the rows that were looked at."""
    path = tmp_path / "a.csv"
    rows = "".join(f"{i},email,2025-10-01 08:30,2025-10-02 08:30\n" for i in range(3_000))
    path.write_text(
        f"case_id,channel,received_at,replied_at\n{rows}a,email, 2025-10-01 08:30:15 ,\nb,email,2025-10-01,NA\n"
    )
    (arrived,) = arrive(path)
    assert (arrived.fates.requests, arrived.fates.rejected) == (3_002, 0)
    assert arrived.requests["received_is_date"].to_list()[-2:] == [False, True]


def test_categories_of_several_files_are_one(tmp_path: Path) -> None:
    """The channels of two files are compared as words, not by the order in which each file met them."""
    for name, channels in (("a.csv", "email,portal"), ("b.csv", "portal,email")):
        one, two = channels.split(",")
        (tmp_path / name).write_text(f"channel,received_at\n{one},2025-10-01\n{two},2025-10-02\n")
    first, second = arrive(tmp_path / "a.csv", tmp_path / "b.csv")
    assert first.requests["channel"].cast(str).to_list() == ["email", "portal"]
    assert second.requests["channel"].cast(str).to_list() == ["portal", "email"]


def test_files_that_prove_different_orders_settle_nothing(tmp_path: Path) -> None:
    """Both are named, and what to do with the one that is open."""
    header = "case_id,channel,received_at,replied_at\n"
    for name, day in {"open": "03/04/2025", "proof": "25/04/2025", "other": "04/25/2025"}.items():
        (tmp_path / f"{name}.csv").write_text(f"{header}{name}-1,email,{day} 10:00,{day} 11:00\n")
    both = "other.csv is month first and proof.csv is day first"
    with pytest.raises(
        InputError, match=rf"open.csv(.|\n)*may be read in two ways, and other files prove both: {both}"
    ):
        arrive(*sorted(tmp_path.glob("*.csv")))


def test_a_sheet_that_is_not_recognised_is_named(tmp_path: Path) -> None:
    """A workbook with an export and a pivot table is read, and the pivot table is said to be left aside."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Pivot").write_row(0, 0, ["Channel", "Sum"])
        data = book.add_worksheet("Data")
        data.write_row(0, 0, ["channel", "received_at"])
        data.write_row(1, 0, ["email", "2025-10-01"])
    (arrived,) = arrive(path)
    assert [(f.code, f.sheet) for f in arrived.findings if f.code == "sheet_not_recognised"] == [
        ("sheet_not_recognised", "Pivot")
    ]


def changed(folder: Path, source: str, *changes: tuple[str, str]) -> Arrived:
    """A fixture with some of its text replaced, taken in."""
    text = (FIXTURES / f"{source}.csv").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / f"{source}.csv"
    path.write_text(text, "utf-8")
    return arrive(path)[0]


def test_zendesk_without_minutes_tells_when_a_ticket_was_solved(tmp_path: Path) -> None:
    """The minutes within business hours are Zendesk's own; they are never taken for minutes of the day."""
    found = changed(tmp_path, "zendesk", ('"First reply time in minutes",', '"Something else",'))
    assert (found.source.layout.names["replied_at"], found.source.layout.reply_basis) == ("Solved at", "closure")


def test_jira_in_spanish_is_known_too(tmp_path: Path) -> None:
    """Headers and months in Spanish, and the target's rest under a header with a full stop."""
    found = changed(
        tmp_path, "jira",
        ("Issue key", "Clave de incidencia"), ("Created", "Creada"), (",Status,", ",Estado,"), ("10/Oct/25", "10/ene/26"),
        ("Custom field (Time to first response)", "Campo personalizado (Time to first response)."),
        ("11/Oct/25", "11/dic/25"),
    )  # fmt: skip
    assert found.source.layout.source == "jira"
    assert found.source.layout.names["system_verdict"] == "Campo personalizado (Time to first response)."
    assert found.requests["received_at"].to_list() == [
        dt.datetime(2026, 1, 10, 16, 50),
        dt.datetime(2025, 12, 11, 8, 5),
    ]


def test_servicenow_in_labels_and_as_an_update_log(tmp_path: Path) -> None:
    """Excel writes `Opened` where CSV writes `opened_at`; an update log has other columns, and ? for nothing."""
    labels = changed(
        tmp_path, "servicenow",
        ("number", "Number"), ("opened_at", "Opened"), ("caller_id", "Caller"), ("assignment_group", "Assignment group"),
        ("resolved_at", "Resolved"), ("sys_updated_on", "Updated"), ("state", "State"),
    )  # fmt: skip
    assert (labels.source.layout.source, labels.source.layout.names["replied_at"]) == ("servicenow", "Resolved")
    path = tmp_path / "log.csv"
    path.write_text(
        "number,incident_state,made_sla,caller_id,opened_at,sys_updated_at,contact_type,assignment_group,resolved_at,closed_at\n"
        "INC1,New,true,Caller 1,29/2/2016 01:16,29/2/2016 01:23,Phone,Group 1,29/2/2016 11:29,5/3/2016 12:00\n"
        "INC1,Closed,true,Caller 1,29/2/2016 01:16,5/3/2016 12:00,Phone,?,29/2/2016 11:29,5/3/2016 12:00\n"
        "INC2,New,true,Caller 1,1/3/2016 01:16,1/3/2016 01:23,Phone,Group 1,?,?\n"
    )
    (log,) = arrive(path)
    assert log.requests["replied_at"].to_list() == [dt.datetime(2016, 2, 29, 11, 29)] * 2 + [None]
    assert log.requests["updated_at"].to_list()[1] == dt.datetime(2016, 3, 5, 12)


def test_a_closing_that_is_none_makes_no_word_of_the_reply(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        "number,incident_state,made_sla,caller_id,opened_at,sys_updated_at,contact_type,assignment_group,resolved_at,closed_at\n"
        "INC1,New,true,Caller 1,2025-10-01 09:00,2025-10-01 09:10,email,Group 1,2025-10-02 09:00,-\n"
        "INC2,New,true,Caller 1,2025-10-01 09:00,2025-10-01 09:10,email,Group 1,?,2025-10-03 09:00\n"
    )
    (log,) = arrive(path)
    (word,) = [finding for finding in log.findings if finding.code == "word_for_no_reply"]
    assert (word.n, word.rows, word.values) == (1, (3,), ("?",))


def test_a_closure_at_midnight_is_a_date(tmp_path: Path) -> None:
    """New York's agencies that close by the day write 12:00:00 AM, which is before a receipt of that morning."""
    found = changed(tmp_path, "nyc311", ("10/14/2025 12:00:00 AM", "10/13/2025 12:00:00 AM"))
    assert found.requests.select("replied_at", "replied_is_date").row(0) == (dt.datetime(2025, 10, 13), True)


def test_qalert_without_its_seconds_is_read_by_its_text(tmp_path: Path) -> None:
    """The local text says the same, if less surely; 10/11 may be either, 10/13 only month first."""
    found = changed(tmp_path, "qalert", ("createDateUnix", "x"), ("10/11/2025", "10/13/2025"))
    assert found.requests["received_at"].to_list()[0] == dt.datetime(2025, 10, 10, 16, 50)


def test_what_an_export_cannot_tell_is_said() -> None:
    """Such an export never looks better than it is: the caveat is a finding of every run."""
    for source in ("jira", "open311", "zohodesk", "qalert"):
        (found,) = (one for one in arrive(FIXTURES / f"{source}.csv")[0].findings if one.code == "caveat")
        assert found.message == built_in_sources()[source].caveat


def test_a_standards_file_may_give_words_to_a_source() -> None:
    """`channels:` of a source name what its system calls them; where another column tells the channel, they are gone."""
    words = "channels: {email: [Mail, SW-Dirty Alley]}"
    for change, channel in ((words, "email"), ("columns: {channel: SRType}", "SW-Dirty Alley")):
        (found,) = arrive(FIXTURES / "baltimore311.csv", standards=TOWN + f"sources: {{baltimore311: {{{change}}}}}\n")
        assert found.requests["channel"].cast(str)[0] == channel


def test_the_words_of_a_source_are_matched_like_all_other_spellings() -> None:
    """Case, blanks, hyphens and underscores do not matter."""
    for words in ("[sw dirty-alley]", "[SWDIRTYALLEY]", "['SW – Dirty_Alley ']"):
        change = f"sources: {{baltimore311: {{columns: {{channel: SRType}}, channels: {{email: {words}}}}}}}\n"
        (found,) = arrive(FIXTURES / "baltimore311.csv", standards=TOWN + change)
        assert found.requests["channel"].cast(str)[0] == "email"


def test_a_column_added_to_a_known_source_may_not_tell_two_moments() -> None:
    """A reply that is read from the column of the receipt is always in time: the place in the file is named."""
    with pytest.raises(StandardsError, match=r"s\.yaml:7:36: .*CreatedDate.* tells the receipt"):
        known_sources(loads(TOWN + "sources: {baltimore311: {columns: {replied_at: CreatedDate}}}\n", "s.yaml"))


@pytest.mark.parametrize("name", built_in_sources())
def test_a_built_in_source_would_pass_in_a_standards_file(name: str) -> None:
    """What is refused in a file of one's own does not stand in a shipped one."""
    text = (importlib.resources.files("cxaudit.recognise.sources") / f"{name}.yaml").read_text("utf-8")
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    assert loads(f"{load().text}\nsources:\n  like_{name}:\n{lines}", "s.yaml").sources


def test_a_closing_stands_for_a_reply_only_where_there_is_no_other(tmp_path: Path) -> None:
    """A SeeClickFix issue that was closed without being acknowledged was answered by its closing, and the row says so."""
    found = changed(
        tmp_path, "seeclickfix", ("2025-10-11 08:05:00,,,,,,,P", "2025-10-11 08:05:00,,,2025-10-12 10:00:00,,,,P")
    )
    assert found.requests.select("replied_at", "replied_by_closure").rows() == [
        (dt.datetime(2025, 10, 14, 8, 15), False), (dt.datetime(2025, 10, 12, 10), True),
    ]  # fmt: skip
    assert found.fates.requests == 2


def test_an_unreadable_closing_is_never_taken_for_no_reply(tmp_path: Path) -> None:
    """Nor for one: the row is rejected."""
    rows = [f"{i},2025-10-{i + 1:02} 09:00:00,,2025-10-{i + 1:02} 10:00:00" for i in range(1, 20)]
    path = tmp_path / "issues.csv"
    path.write_text(
        "\n".join(["Id,Created at local,Acknowledged at local,Closed at local", *rows, "20,2025-10-21 09:00:00,,soon"])
    )
    (soon,) = arrive(path)
    assert soon.rejects.select("row", "code", "value").rows() == [(21, "unreadable_reply", "soon")]
    assert soon.requests["replied_by_closure"].sum() == 19


def test_every_source_is_in_the_documents() -> None:
    """docs/sources.md names each shipped source, and no other, in its table."""
    table = (FIXTURES.parents[1] / "docs" / "sources.md").read_text("utf-8").partition("\n## ")[0]
    first_cells = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    assert sorted(name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)) == sorted(built_in_sources())


@pytest.mark.parametrize(
    "header",
    [
        "\ufeffTicket ID", "ï»¿Ticket ID", 'ï»¿"Ticket ID"', "TICKET_ID", " Ticket\xa0ID ", "Ticket-Id", "Ticket ID ↑",
        "TicketÂ\xa0ID",
    ],
)  # fmt: skip
def test_a_header_is_known_however_it_was_mangled(header: str, tmp_path: Path) -> None:
    """Byte order marks, also read as text, hard blanks, case, underscores, hyphens, the arrow of a sorted report."""
    path = tmp_path / "a.csv"
    path.write_text(f"{header},Created time,Resolved time,Source\n1,2025-10-13 09:00,,email\n", "utf-8")
    (found,) = arrive(path)
    assert (found.source.layout.source, found.source.layout.positions["case_id"]) == ("freshdesk", 0)


def test_kansas_city_by_its_api_is_known_too(tmp_path: Path) -> None:
    """Lower-case names, a midnight behind each date, the time of day in its own column."""
    path = tmp_path / "api.csv"
    path.write_text(
        "case_id,source,department,creation_date,creation_time,status,closed_date\n"
        "2020002530,PHONE,Public Works,2020-01-07T00:00:00.000,12:59 PM,RESOL,2020-02-12T00:00:00.000\n"
    )
    (found,) = arrive(path)
    row = found.requests.select("received_at", "received_is_date", "replied_at", "replied_is_date").row(0)
    assert row == (dt.datetime(2020, 1, 7, 12, 59), False, dt.datetime(2020, 2, 12), True)
