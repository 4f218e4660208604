"""What a call log says: which calls are requests, which are replies, and what counts for nothing."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from paired import NOW, TOWN, audit, kinds, told

from cxaudit.audit import Audit, Question
from cxaudit.errors import InputError
from cxaudit.model import AsOf
from cxaudit.recognise.parties import numbers
from cxaudit.standards import loads

HEADER = "call_id,called_at,from,to,direction,result\n"
LEFT = "a,2025-10-13 10:00:00,{},204,in,voicemail\n"


def log(folder: Path, *rows: str, name: str = "calls.csv") -> Path:
    path = folder / name
    path.write_text(HEADER + "".join(row.rstrip("\n") + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "number",
    ["7805550101", "+17805550101", "1-780-555-0101", "(780) 555-0101", "+1 780.555.0101", '"Doe <+17805550101>"',
     "Doe (7805550101)",
     "7805550101 (7805550101)", "780-555-0101 poste 12",
     "tel:+17805550101", "sip:7805550101@trunk", "780-555-0101 x12", "780 555 0101;ext=12"],
)  # fmt: skip
def test_a_number_is_one_however_it_is_written(tmp_path: Path, number: str) -> None:
    """The call back is found by its number."""
    path = log(tmp_path, LEFT.format(number), "b,2025-10-14 09:00:00,204,1-780-555-0101,out,answered")
    assert told(audit(path)) == [(2, "13 10:00", "14 09:00")]


@pytest.mark.parametrize("number", ["", "anonymous", "Restricted", "+1780555****", "780555XXXX", "unknown"])
def test_a_hidden_number_is_nobodys(tmp_path: Path, number: str) -> None:
    """A voice mail without a number is a request that no call can be known to answer, and each is one of its own."""
    path = log(tmp_path, LEFT.format(number), f"b,2025-10-13 11:00:00,{number},204,in,voicemail",
               f"c,2025-10-14 09:00:00,204,{number},out,answered")  # fmt: skip
    assert told(audit(path)) == [(2, "13 10:00", None), (3, "13 11:00", None)]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("b,2025-10-14 09:00:00,204,7805550101,out,missed", "unanswered_call_back"),
        ("b,2025-10-14 09:00:00,204,7805550102,out,answered", "call_out"),
        ("b,2025-10-14 09:00:00,204,7805550102,out,missed", "unanswered_call"),
        ("b,2025-10-13 09:00:00,204,7805550101,out,answered", "call_out"),
        ("b,2025-10-14 09:00:00,204,7805550101,out,voicemail", "unanswered_call_back"),
        ("b,2025-10-14 09:00:00,204,7805550101,,voicemail", "unanswered_call_back"),
        ("b,2025-10-14 09:00:00,7805550100,7805550101,out,voicemail", "unanswered_call_back"),
        ("b,2025-10-14 09:00:00,204,7805550102,out,voicemail", "unanswered_call"),
        ("b,2025-10-14 09:00:00,7805550101,204,in,answered", "answered_call"),
        ("b,2025-10-14 09:00:00,7805550101,204,in,missed", "no_message"),
        ("b,2025-10-14 09:00:00,204,205,internal,answered", "internal_call"),
        ("b,2025-10-14 09:00:00,7805550101,204,in,voicemail", "further_message"),
    ],
)
def test_what_is_no_call_back(tmp_path: Path, row: str, kind: str) -> None:
    """A call that nobody answered, one to somebody else, one before, and whatever comes in answer nothing."""
    found = audit(log(tmp_path, LEFT.format("7805550101"), row))
    assert told(found) == [(2, "13 10:00", None)]
    assert kinds(found) == {kind: 1}


def test_colleagues_are_answered_by_whom_they_called(tmp_path: Path) -> None:
    """A colleague's voice mail is answered by a call from the extension on which it was left, and by no other."""
    left = "a,2025-10-13 10:00:00,205,204,internal,voicemail"
    other = "b,2025-10-13 11:00:00,206,205,internal,answered"
    right = "c,2025-10-14 09:00:00,204,205,internal,answered"
    assert told(audit(log(tmp_path, left, other))) == [(2, "13 10:00", None)]
    found = audit(log(tmp_path, left, other, right))
    assert told(found) == [(2, "13 10:00", "14 09:00")]
    assert found.judged.select("customer_type").collect().item() == "internal"


def test_the_legs_of_one_call_are_one(tmp_path: Path) -> None:
    """A call that rings, rolls over and is answered by the voice mail is one request; one that a person takes up after the
    voice mail is none."""
    legs = ("a,2025-10-13 10:00:00,7805550101,204,in,missed", "a,2025-10-13 10:00:20,7805550101,204,in,voicemail")
    found = audit(log(tmp_path, *legs))
    assert (told(found), kinds(found)) == ([(3, "13 10:00", None)], {"further_leg": 1})
    found = audit(log(tmp_path, *legs, "a,2025-10-13 10:00:50,7805550101,200,in,answered"))
    assert (told(found), kinds(found)) == ([], {"answered_call": 1, "further_leg": 2})


def test_the_same_call_in_two_exports_is_one(tmp_path: Path) -> None:
    """The rows of the second export are duplicates; its call back answers the first export's voice mail."""
    first = log(tmp_path, LEFT.format("7805550101"), name="a.csv")
    second = log(tmp_path, LEFT.format("7805550101"), "b,2025-10-14 09:00:00,204,7805550101,out,answered", name="b.csv")
    found = audit(first, second)
    assert told(found) == [(2, "13 10:00", "14 09:00")]
    assert [(table.fates.requests, table.fates.duplicates) for table in found.inputs] == [(1, 0), (0, 1)]


def test_a_voice_mail_that_we_left_is_no_answer_whatever_was_answered_before(tmp_path: Path) -> None:
    """A call back that was put through and ended at the voice mail has not surely reached the customer; another one has."""
    legs = ("b,2025-10-14 09:00:00,204,7805550101,out,answered", "b,2025-10-14 09:00:20,204,7805550101,out,voicemail")
    found = audit(log(tmp_path, LEFT.format("7805550101"), *legs))
    assert (told(found), kinds(found)) == ([(2, "13 10:00", None)], {"unanswered_call_back": 1, "further_leg": 1})
    spoken = "c,2025-10-14 11:00:00,204,7805550101,out,answered"
    assert told(audit(log(tmp_path, LEFT.format("7805550101"), *legs, spoken))) == [(2, "13 10:00", "14 11:00")]


@pytest.mark.parametrize(
    ("row", "n"),
    [
        ("b,2025-10-14 09:00:00,204,205,out,voicemail", 1), ("b,2025-10-14 09:00:00,204,7805559901,out,voicemail", 1),
        ("b,2025-10-14 09:00:00,204,6500,out,voicemail", 1), ("b,2025-10-14 09:00:00,,7805550102,in,voicemail", 1),
    ],
)  # fmt: skip
def test_a_voice_mail_in_our_own_box_is_a_request_whichever_way_is_told(tmp_path: Path, row: str, n: int) -> None:
    """Some systems call whatever an extension dials a call out."""
    settings = "pairing: {own_numbers: [780-555-9901], voicemail_numbers: [6500]}\n"
    assert audit(log(tmp_path, row), settings=settings).n_requests == n


@pytest.mark.parametrize(
    ("result", "n"), [("no answer", 0), ("busy", 0), ("answered", 1), ("voicemail", 1), ("", 1)]
)  # fmt: skip
def test_nothing_is_left_at_a_voice_mail_that_was_not_reached(tmp_path: Path, result: str, n: int) -> None:
    """A call to its number that was never connected is none; where nothing tells how it ended, it may have been."""
    path = log(tmp_path, f"a,2025-10-13 10:00:00,7805550101,6500,in,{result}")
    found = audit(path, settings="pairing: {voicemail_numbers: [6500]}\n")
    assert (found.n_requests, kinds(found)) == (n, {} if n else {"no_message": 1})


def test_a_word_of_an_answer_tells_that_a_call_was_taken(tmp_path: Path) -> None:
    """Where an answer by a person takes two words, one of them is enough for the voice mail."""
    path = tmp_path / "pbx.csv"
    path.write_text(
        "No,Started,Who,Whom,By,State\n1,2025-10-13 10:00:00,7805550101,6500,Machine,Up\n"
        "2,2025-10-13 11:00:00,7805550102,6500,Machine,Down\n"
    )
    calls = "caller: Who, called: Whom, call: No, answered: {By: Person, State: Up}"
    source = "{header: [Started, Who], channel: voicemail, columns: {received_at: Started, case_id: No}, calls: {%s}}"
    settings = f"sources: {{pbx: {source % calls}}}\npairing: {{voicemail_numbers: [6500]}}\n"
    assert told(audit(path, settings=settings)) == [(2, "13 10:00", None)]


ROLLED = (
    "a,2025-10-13 10:00:00,205,204,internal,no answer", "a,2025-10-13 10:00:20,205,6500,internal,answered",
    "b,2025-10-14 09:00:00,204,205,internal,answered",
)  # fmt: skip


@pytest.mark.parametrize(
    ("more", "reply"),
    [
        ("c,2025-10-20 10:00:00,7805550101,204,in,no answer", "14 09:00"),
        ("a,2025-10-13 10:00:10,205,206,internal,no answer", None),
        ("a,2025-10-13 10:00:10,205,200,internal,answered", None),
        ("a,2025-10-13 09:59:00,205,200,internal,answered", "14 09:00"),
        ("a,2025-10-13 10:00:30,205,206,internal,no answer", "14 09:00"),
    ],
)
def test_a_message_that_rolled_over_is_at_the_extension_that_rang(tmp_path: Path, more: str, reply: str | None) -> None:
    """At the only one that rang in vain before it, since a person last spoke; at none where there are several."""
    found = audit(log(tmp_path, *ROLLED, more), settings="pairing: {voicemail_numbers: [6500]}\n")
    assert told(found)[0][2] == reply


def test_a_message_that_rolled_over_has_a_department(tmp_path: Path) -> None:
    """That of the extension that rang."""
    path = log(tmp_path, "a,2025-10-13 10:00:00,7805550101,204,in,no answer",
               "a,2025-10-13 10:00:20,7805550101,6500,in,voicemail")  # fmt: skip
    settings = "departments: {Utilities: ['204']}\npairing: {voicemail_numbers: [6500]}\n"
    question = Question(loads(TOWN + settings, "s.yaml"), AsOf(NOW, NOW), roles=("department",))
    judged = Audit([str(path)], question).judged.select("department").collect()
    assert judged["department"].cast(pl.String).to_list() == ["Utilities"]


def test_the_order_of_the_legs_of_one_second_decides_nothing(tmp_path: Path) -> None:
    """An export may have its newest rows first: the box of a colleague's message is 204 all the same."""
    legs = [f"a,2025-10-13 10:00:00,205,{called},internal,voicemail" for called in (6500, 204)]
    for rows in (legs, legs[::-1]):
        path = log(tmp_path, *rows, "b,2025-10-13 12:00:00,204,205,internal,answered")
        found = audit(path, settings="pairing: {voicemail_numbers: [6500]}\n")
        assert [reply for _, _, reply in told(found)] == ["13 12:00"]


@pytest.mark.parametrize("caller", ["Anonymous", "7805550101"])
def test_the_same_row_in_two_exports_is_one_call(tmp_path: Path, caller: str) -> None:
    """Even without an id, and without a number; twice in one file it may be two callers, and they stay two."""
    row = f",2025-10-13 10:00:05,{caller},204,in,voicemail"
    other = ",2025-10-14 09:00:05,204,7805550101,out,answered"
    once, again = log(tmp_path, row, name="a.csv"), log(tmp_path, row, other, name="b.csv")
    found = audit(once, again)
    assert [(table.fates.requests, table.fates.duplicates) for table in found.inputs] == [(1, 0), (0, 1)]
    twice = log(tmp_path, row, row, other, name="c.csv")
    found = audit(once, twice)
    n = 2 if caller == "Anonymous" else 1
    assert (found.n_requests, found.inputs[1].fates.duplicates) == (n, 1)
    ids = (log(tmp_path, f"{i}{row}", name=f"{i}.csv") for i in range(2))
    assert audit(*ids).n_requests == n


def test_an_id_that_comes_again_is_another_calls(tmp_path: Path) -> None:
    """A system may count from the start again; the legs of one call begin within a day of each other."""
    found = audit(log(tmp_path, "7,2025-10-06 10:00:00,7805550101,204,in,missed",
                      "7,2025-10-06 10:00:20,7805550101,204,in,voicemail",
                      "7,2025-10-13 10:00:00,7805550102,204,in,voicemail"))  # fmt: skip
    assert (told(found), kinds(found)) == ([(3, "06 10:00", None), (4, "13 10:00", None)], {"further_leg": 1})


@pytest.mark.parametrize(
    "own", ["780-555-9901", "1-780-555-99*", "1 (780) 55*", "1780555*", "+1 780 555*", "780-555-9901 ext. 4"]
)
def test_an_own_number_is_one_however_it_is_written(tmp_path: Path, own: str) -> None:
    """Its country and its extension do not count."""
    rows = LEFT.format("5875550101"), "b,2025-10-14 09:00:00,7805559901,5875550101,,answered"
    assert told(audit(log(tmp_path, *rows), settings=f"pairing: {{own_numbers: ['{own}']}}\n")) == [
        (2, "13 10:00", "14 09:00")
    ]


@pytest.mark.parametrize("own", ["12*", "1*", "+1*", "1-58*"])
def test_the_beginning_of_extensions_is_no_country(tmp_path: Path, own: str) -> None:
    """Or all numbers would be ours."""
    rows = LEFT.format("5875550101"), "b,2025-10-14 09:00:00,2045559901,5875550101,,answered"
    assert told(audit(log(tmp_path, *rows), settings=f"pairing: {{own_numbers: ['{own}']}}\n")) == [
        (2, "13 10:00", None)
    ]


def test_numbers_tell_the_direction_where_no_column_does(tmp_path: Path) -> None:
    """Short is an extension, long a customer; between two long ones only the standards file can tell, and where nothing
    does, an answered call is rejected by its row."""
    path = log(
        tmp_path, LEFT.format("7805550101"), "b,2025-10-14 08:00:00,7805550100,7805550101,,answered",
        "c,2025-10-14 09:00:00,204,7805550101,,answered",
    )  # fmt: skip
    found = audit(path)
    assert told(found) == [(2, "13 10:00", "14 09:00")]
    assert found.rejects.select("row", "code").rows() == [(3, "no_direction")]
    assert "direction_assumed" in {finding.code for finding in found.findings}
    found = audit(path, settings="pairing: {own_numbers: [780-555-0100]}\n")
    assert told(found) == [(2, "13 10:00", "14 08:00")]
    assert found.rejects.height == 0


def test_two_systems_are_two_logs(tmp_path: Path) -> None:
    """A call back through another system counts only where the standards file says that a number is the same customer."""
    left = log(tmp_path, LEFT.format("7805550101"))
    teams = Path(__file__).parent / "fixtures" / "teams_pstn.csv"
    assert told(audit(left, teams)) == [(2, "13 10:00", None)]
    found = audit(left, teams, settings="pairing: {match_customers: same}\n")
    assert told(found) == [(2, "13 10:00", "14 09:05")]
    assert found.judged.select("case_id").collect().to_series().to_list() == ["a"]


def test_what_is_no_number() -> None:
    """Names and letters are not compared; a mailbox of Asterisk is its number."""
    text = pl.Series(["User 9", "s", "vmu204", "*97", "", "Voice Mail", "011 44 20 7946 0958", "+44 20 7946 0958"])
    assert pl.select(numbers(pl.lit(text))).to_series().to_list() == [
        None, None, "204", "*97", None, None, "442079460958", "442079460958",
    ]  # fmt: skip
    dialled = pl.Series(["97805550101", "917805550101", "9055550101", "911"])
    assert pl.select(numbers(pl.lit(dialled), "9")).to_series().to_list() == [
        "7805550101", "7805550101", "9055550101", "911",
    ]  # fmt: skip


def test_a_list_of_customers_joins_telephone_and_mail(tmp_path: Path) -> None:
    """A voice mail answered by e-mail, where the standards file names a list that says who is who; not without it, not for a
    number that two customers share; and an e-mail answers what was asked by e-mail first."""
    calls = log(tmp_path, LEFT.format("7805550101"), "b,2025-10-13 11:00:00,7805550177,204,in,voicemail")
    mail = tmp_path / "mail.csv"
    mail.write_text(
        "message_id,sent_at,from,to,subject,direction\n"
        "1,2025-10-14 09:00,info@town.example,doe@mail.example,Your call,out\n"
        "2,2025-10-14 09:30,info@town.example,roe@post.example,Yours too,out\n"
    )
    listed = tmp_path / "customers.csv"
    listed.write_text(
        "No,Name,Phone,E-mail\n2025001,Doe,+1 (780) 555-0101,doe@mail.example\n2,Roe,780-555-0177,roe@post.example\n"
        "3,Family,780-555-0177,other@post.example\n"
    )
    settings = f"pairing: {{customers: '{listed}'}}\n"
    assert [reply for _, _, reply in told(audit(calls, mail))] == [None, None]
    assert [reply for _, _, reply in told(audit(calls, mail, settings=settings))] == ["14 09:00", None]
    text = mail.read_text() + "3,2025-10-13 12:00,doe@mail.example,info@town.example,Also,in\n"
    mail.write_text(text)
    assert [reply for _, _, reply in told(audit(calls, mail, settings=settings))] == [None, None, "14 09:00"]


def test_a_list_of_customers_that_is_not_there(tmp_path: Path) -> None:
    """Its name stands in the message."""
    path = log(tmp_path, LEFT.format("7805550101"))
    with pytest.raises(InputError, match=r"nowhere\.csv"):
        audit(path, settings=f"pairing: {{customers: '{tmp_path / 'nowhere.csv'}'}}\n")


def test_a_mailbox_may_be_that_of_a_department(tmp_path: Path) -> None:
    """An extension or address that the standards file has among a department's spellings; any other is nobody's."""
    path = log(tmp_path, LEFT.format("7805550101"), "b,2025-10-13 11:00:00,7805550177,205,in,voicemail")
    settings = "departments: {Utilities: ['204', utilities@town.example]}\n"
    question = Question(loads(TOWN + settings, "s.yaml"), AsOf(NOW, NOW), roles=("department",))
    judged = Audit([str(path)], question).judged.sort("at").select("department").collect()
    assert judged["department"].cast(pl.String).to_list() == ["Utilities", None]
