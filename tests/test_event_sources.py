"""Every shipped layout of calls or messages makes requests of its fixture: one answered, one not, and the rest counted."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from paired import audit, kinds, told

from cxaudit.errors import InputError
from cxaudit.recognise.library import built_in_sources

FIXTURES = Path(__file__).parent / "fixtures"
PILOT = "pairing: {voicemail_numbers: [6500, 9204], dial_prefix: 9}\n"
ANSWERED, OPEN = "14 09:05", None

#: source -> settings that it needs, its requests (row, received, replied), what the other rows are
EXPECTED: dict[str, tuple[str, list[tuple[int, str, str | None]], dict[str, int]]] = {
    "asterisk": (
        "", [(5, "13 16:55", OPEN), (7, "13 16:50", ANSWERED)],
        {"reply": 1, "no_message": 1, "unanswered_call_back": 1, "further_leg": 1},
    ),
    "asterisk_table": ("", [(1, "13 16:50", ANSWERED), (3, "14 09:30", OPEN)], {"reply": 1}),
    "asterisk_master": ("", [(2, "13 16:50", ANSWERED), (4, "14 09:30", OPEN)], {"reply": 1, "further_leg": 1}),
    "asterisk_report": (
        "sources: {asterisk_report: {date_format: dmy}}\n", [], {"no_message": 0, "answered_call": 1, "call_out": 1}
    ),
    "threecx": (
        PILOT, [(3, "13 16:50", ANSWERED), (6, "14 09:30", OPEN)],
        {"reply": 1, "no_message": 1, "unanswered_call_back": 1, "further_leg": 1},
    ),
    "cucm": (PILOT, [(3, "13 16:50", ANSWERED), (6, "14 09:30", OPEN)], {"reply": 1, "unanswered_call_back": 1}),
    "avaya_ip_office": (
        PILOT, [(3, "13 16:50", ANSWERED), (6, "14 09:30", OPEN)],
        {"reply": 1, "unanswered_call_back": 1, "further_leg": 1},
    ),
    "teams_pstn": ("", [], {"answered_call": 1, "call_out": 1}),
    "call_log": ("", [(2, "13 16:50", ANSWERED), (4, "14 09:30", OPEN)], {"reply": 1, "no_message": 1}),
    "exchange_enhanced": (
        "",
        [(2, "14 09:00", "15 09:00"), (7, "16 09:00", OPEN), (10, "16 11:00", "16 12:00"), (14, "17 09:00", "17 10:00")],
        {"reply": 3, "further_message": 1, "reply_without_request": 1, "automatic": 1, "bounce": 1, "bulk": 1,
         "not_delivered": 1, "internal": 1},
    ),
    "exchange_extended": (
        "", [(5, "14 09:30", OPEN), (12, "13 16:50", ANSWERED)], {"reply": 1, "not_delivered": 1, "same_message": 15}
    ),
    "exchange_trace": (
        "", [(2, "13 16:50", ANSWERED), (6, "14 09:30", OPEN)],
        {"reply": 1, "automatic": 1, "spam": 1, "not_delivered": 1, "same_message": 1},
    ),
    "google_mail_log": ("", [(2, "13 16:50", ANSWERED), (5, "14 09:30", OPEN)], {"reply": 1, "same_message": 1}),
    "mail_log": ("", [(2, "13 16:50", ANSWERED), (4, "14 09:30", OPEN)], {"reply": 1}),
}  # fmt: skip


@pytest.mark.parametrize("source", EXPECTED)
def test_a_source_makes_requests_of_its_export(source: str) -> None:
    """The layout is known by itself, and each row of the fixture is what it was meant to be."""
    settings, requests, others = EXPECTED[source]
    found = audit(FIXTURES / f"{source}.csv", settings=settings)
    assert [table.source for table in found.inputs] == [source]
    assert told(found) == requests
    assert kinds(found) == {kind: n for kind, n in others.items() if n}
    assert {one.source.layout.reply_basis for one in found.arrived} == {"paired"}


def test_every_event_source_was_tried() -> None:
    """A layout that is shipped is one whose fixture is checked here."""
    assert set(EXPECTED) == {name for name, mapping in built_in_sources().items() if mapping.is_events}


@pytest.mark.parametrize("source", ["threecx", "cucm", "avaya_ip_office", "teams_pstn", "asterisk_report"])
def test_a_log_that_tells_no_voice_mail_says_so(source: str) -> None:
    """Without a column or a number for it no call is a request: no figure, and the reason."""
    found = audit(FIXTURES / f"{source}.csv", settings="sources: {asterisk_report: {date_format: dmy}}\n")
    assert found.n_requests == 0
    assert "no_voicemail_column" in {finding.code for finding in found.findings}


#: source -> a header, a call to the voice mail that was never taken, one that was, and a colleague who listens.
TO_THE_PILOT = {
    "cucm": (
        "cdrRecordType,globalCallID_callManagerId,globalCallID_callId,dateTimeOrigination,callingPartyNumber,"
        "originalCalledPartyNumber,finalCalledPartyNumber,dateTimeConnect,pkid,duration\n",
        "1,1,1,1759766500,7805550101,204,6500,0,a,0\n",
        "1,1,2,1759766600,7805550102,204,6500,1759766610,b,20\n",
        "1,1,3,1759777000,204,6500,6500,1759777001,c,100\n",
    ),
    "avaya_ip_office": (
        "Call Start,Connected Time,Ring Time,Caller,Direction,Called Number,Call ID,Continuation\n",
        "2025/10/06 10:00:00,00:00:00,20,7805550101,I,6500,1,0\n",
        "2025/10/06 10:05:00,00:00:20,20,7805550102,I,6500,2,0\n",
        "2025/10/06 11:00:00,00:01:00,1,204,O,6500,3,0\n",
    ),
    "threecx": (
        "Call Time,Call ID,From,To,Direction,Status,Ringing,Talking\n",
        "2025-10-06 10:00:00,1,7805550101,6500,Inbound,Unanswered,00:00:20,00:00:00\n",
        "2025-10-06 10:05:00,2,7805550102,6500,Inbound,Answered,00:00:20,00:00:20\n",
        "2025-10-06 11:00:00,3,204,6500,Internal,Answered,00:00:01,00:01:00\n",
    ),
}


@pytest.mark.parametrize("source", TO_THE_PILOT)
def test_the_number_of_the_voice_mail_alone_makes_no_request(tmp_path: Path, source: str) -> None:
    """Nothing is left where nothing took the call, and whoever dials it from an extension listens."""
    path = tmp_path / "calls.csv"
    path.write_text("".join(TO_THE_PILOT[source]))
    found = audit(path, settings="pairing: {voicemail_numbers: [6500]}\n")
    assert [row for row, *_ in told(found)] == [3]
    assert sum(kinds(found).values()) == 2


#: A message that a colleague leaves on another extension, a queue, a city mobile from outside: none of them only listens.
LEFT_FROM_WITHIN = {
    "threecx forwarded": ("Call Time,Call ID,From,To,Direction,Status,Ringing,Talking\n", "",
        "2025-10-06 10:00:00,1,Roe (204),210,Internal,Unanswered,00:00:20,00:00:00\n"
        "2025-10-06 10:00:20,1,Roe (204),Voicemail (6500),Internal,Answered,00:00:00,00:00:25\n"),
    "threecx inbound": ("Call Time,Call ID,From,To,Direction,Status,Ringing,Talking\n", "",
        "2025-10-06 10:00:00,1,Queue (800),Voicemail (6500),Inbound,Answered,00:00:20,00:00:30\n"),
    "avaya forwarded": ("Call Start,Connected Time,Ring Time,Caller,Direction,Called Number,Call ID,Continuation\n", "",
        "2025/10/06 10:00:00,00:00:00,20,204,O,210,1,1\n2025/10/06 10:00:00,00:00:38,0,204,O,6500,1,0\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT_FROM_WITHIN)
def test_who_leaves_a_message_from_within_is_a_customer(tmp_path: Path, name: str) -> None:
    """Only a call that goes to the voice mail and nowhere else, and that did not come in, is one to listen."""
    path = tmp_path / "calls.csv"
    path.write_text("".join(LEFT_FROM_WITHIN[name]))
    assert audit(path, settings="pairing: {voicemail_numbers: [6500]}\n").n_requests == 1


def test_ids_that_are_none_join_no_calls_and_no_messages(tmp_path: Path) -> None:
    """Three voice mails whose id a spreadsheet shortened are three, and so are three mails whose id is a failed formula."""
    calls = "".join(f"1.01E+11,2025-10-{13 + i} 10:00:00,780555010{i},204,in,voicemail\n" for i in range(3))
    (tmp_path / "calls.csv").write_text(f"call_id,called_at,from,to,direction,result\n{calls}")
    assert audit(tmp_path / "calls.csv").n_requests == 3
    mail = "".join(
        f"#N/A,2025-10-{13 + i} 10:00,{name}@x.example,info@town.example,Water,in\n" for i, name in enumerate("abc")
    )
    (tmp_path / "mail.csv").write_text(f"message_id,sent_at,from,to,subject,direction\n{mail}")
    assert audit(tmp_path / "mail.csv").n_requests == 3


def test_ids_that_are_none_are_told(tmp_path: Path) -> None:
    """As in an export of requests: that a spreadsheet spoiled them is to be seen, and where."""
    (tmp_path / "calls.csv").write_text(
        "call_id,called_at,from,to,direction,result\n"
        "7,2025-10-13 09:00:00,7805550109,204,in,voicemail\n"
        + "".join(f"1.01E+11,2025-10-{13 + i} 10:00:00,780555010{i},204,in,voicemail\n" for i in range(3))
    )
    (tmp_path / "mail.csv").write_text(
        "message_id,sent_at,from,to,subject,direction\n"
        + "".join(f"#N/A,2025-10-{13 + i} 10:00,a{i}@x.example,info@town.example,Water,in\n" for i in range(2))
        + "1.5E+12,2025-10-16 10:00,b@x.example,info@town.example,Water,in\n"
    )
    found = audit(tmp_path / "calls.csv", tmp_path / "mail.csv")
    told = [(one.file, one.n, one.rows) for one in found.findings if one.code == "damaged_id"]
    assert told == [("calls.csv", 3, (3, 4, 5)), ("mail.csv", 2, (2, 3))]
    assert found.n_requests == 7


HIDDEN = (
    '"2025-10-13 16:50:00","{0}","{0}","204","in","a","b","{1}","204@default","9","{2}","{3}","3",,"1760395800.{4}",\n'
)


def test_a_hidden_number_of_asterisk_is_known_by_its_id(tmp_path: Path) -> None:
    """Two callers of one second who hide their numbers are two, and one of them in two exports is one."""
    one = HIDDEN.format("", "Dial", 0, "NO ANSWER", 6) + HIDDEN.format("", "VoiceMail", 9, "ANSWERED", 6)
    two = HIDDEN.format("Anonymous", "VoiceMail", 9, "ANSWERED", 7) + HIDDEN.format(
        "Anonymous", "VoiceMail", 9, "ANSWERED", 8
    )
    (tmp_path / "a.csv").write_text(one)
    (tmp_path / "b.csv").write_text(one + two)
    found = audit(tmp_path / "a.csv", tmp_path / "b.csv")
    assert [(table.fates.requests, table.fates.duplicates) for table in found.inputs] == [(1, 0), (2, 2)]
    assert kinds(found) == {"further_leg": 1}


def test_a_log_that_tells_no_answers_says_so(tmp_path: Path) -> None:
    """No call back counts then, and the reader must know why."""
    path = tmp_path / "calls.csv"
    path.write_text(
        "Start,Calling,Called,Type,Outcome\n2025-10-13 10:00,7805550100,204,IN,VM\n"
        "2025-10-14 10:00,204,7805550100,OUT,Conversation\n"
    )
    calls = "caller: Calling, called: Called, direction: {column: Type, inbound: IN, outbound: OUT}, voicemail: {Outcome: VM}"
    source = (
        "sources: {pbx: {header: [Start, Calling], channel: voicemail, columns: {received_at: Start}, calls: {%s}}}\n"
    )
    silent, telling = (
        audit(path, settings=source % (calls + more)) for more in ("", ", answered: {Outcome: Conversation}")
    )
    assert [reply for *_, reply in told(silent)] == [None]
    assert [reply for *_, reply in told(telling)] == ["14 10:00"]
    codes = [{finding.code for finding in found.findings} for found in (silent, telling)]
    assert ["no_answered_column" in found for found in codes] == [True, False]


def test_a_file_without_a_header_must_hold_what_the_source_says(tmp_path: Path) -> None:
    """One word that the system does not have, and the file is not taken for it."""
    path = tmp_path / "cdr.csv"
    path.write_text((FIXTURES / "asterisk_master.csv").read_text().replace('"NO ANSWER"', '"PERHAPS"'))
    with pytest.raises(InputError, match="no row with column names"):
        audit(path)


def test_the_short_report_must_say_its_order() -> None:
    """04/09/17 may be three days, and two-digit years settle nothing."""
    with pytest.raises(
        InputError, match=r"asterisk_report: \{date_format: dmy\}\nor\n  asterisk_report: \{date_format: ymd\}"
    ):
        audit(FIXTURES / "asterisk_report.csv")


def test_an_order_of_dates_does_not_change_what_a_file_is_taken_for() -> None:
    """Stating the dates of the short report leaves the full export what it is."""
    found = audit(FIXTURES / "asterisk.csv", settings="sources: {asterisk_report: {date_format: dmy}}\n")
    assert found.inputs[0].source == "asterisk"


def test_the_seconds_in_an_id_prove_the_order_of_a_date(tmp_path: Path) -> None:
    """4/9/2017 may be two days, and a call whose id counts 1504542191 seconds since 1970 can only be of one of them."""
    path = tmp_path / "table.csv"
    row = '"{}","""Doe"" <7805550101>","7805550101","204","from-pstn","a","b","VoiceMail","204","9","9","ANSWERED","3",,"{}",\n'
    path.write_text(row.format("4/9/2025 17:23:11", "1757028191.2"))
    assert told(audit(path)) == [(1, "04 17:23", None)]
    path.write_text(row.format("4/9/2025 17:23:11", "1757028191.2") + row.format("4/9/2025 17:24:00", "1744241040.4"))
    with pytest.raises(InputError, match="may be read as day first or month first"):
        audit(path)


ASTERISK = (
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,accountcode,"
    "uniqueid,userfield\n"
)


def test_the_box_of_asterisk_is_the_extension_it_belongs_to(tmp_path: Path) -> None:
    """`201@default,u` is 201: its colleague is answered from there."""
    (tmp_path / "a.csv").write_text(
        f"{ASTERISK}"
        '2025-10-13 09:00:00,,202,201,from-internal,,,VoiceMail,"201@default,u",30,25,ANSWERED,3,,c1,\n'
        "2025-10-13 11:00:00,,201,202,from-internal,,,Dial,SIP/x,30,25,ANSWERED,3,,c2,\n"
    )
    assert told(audit(tmp_path / "a.csv")) == [(2, "13 09:00", "13 11:00")]


def test_a_hidden_caller_does_not_become_the_box_that_was_reached(tmp_path: Path) -> None:
    """Three who hide their numbers are three requests from outside, not one of a colleague."""
    rows = "".join(
        f'2025-10-{13 + i} 09:00:00,,,201,from-trunk,,,VoiceMail,"201@default,u",30,25,ANSWERED,3,,c{i},\n'
        for i in range(3)
    )
    (tmp_path / "a.csv").write_text(ASTERISK + rows)
    found = audit(tmp_path / "a.csv")
    assert (len(told(found)), kinds(found)) == (3, {})
    assert set(found.judged.select(pl.col("customer_type").cast(pl.String)).collect().to_series()) == {"external"}


def test_the_number_that_was_reached_may_be_written_in_any_way(tmp_path: Path) -> None:
    """CUCM writes the pilot with the country, the standards file without."""
    (tmp_path / "cdr.csv").write_text(
        "cdrRecordType,globalCallID_callManagerId,globalCallID_callId,dateTimeOrigination,callingPartyNumber,"
        "originalCalledPartyNumber,finalCalledPartyNumber,dateTimeConnect,duration,pkid\n"
        "1,1,101,1760371200,7805550101,204,+17805556500,1760371210,30,k1\n"
    )
    assert len(told(audit(tmp_path / "cdr.csv", settings="pairing: {voicemail_numbers: [780-555-6500]}\n"))) == 1
