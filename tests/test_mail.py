"""What a mail log says: which messages are requests, which are replies, and what counts for nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from paired import audit, kinds, told

from cxaudit.errors import InputError

US, CUSTOMER, OTHER = "info@town.example", "doe@mail.example", "roe@post.example"
CLERK = "j.smith@town.example"
#: day and time, sender, recipient, subject
Row = tuple[str, str, str, str]


def trace(folder: Path, *rows: Row, name: str = "trace.csv", first: int = 1) -> Path:
    """An Exchange trace, summary form: no column tells the direction."""
    path = folder / name
    lines = ["Received,SenderAddress,RecipientAddress,Subject,Status,MessageId"]
    for i, (at, sender, recipient, subject) in enumerate(rows, start=first):
        state = "Failed" if subject.endswith("!") else "Delivered"
        lines.append(f'2025-10-{at}:00Z,{sender},{recipient},"{subject}",{state},<{i}@x.example>')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


#: Enough other mail that the town's own domain is the one in nearly all of it.
NOISE: tuple[Row, ...] = tuple(
    (f"01 1{i}:00", f"c{i}@a{i}.example", US, f"Question {i}") for i in range(8)
) + tuple((f"02 1{i}:00", US, f"c{i}@a{i}.example", f"RE: Question {i}") for i in range(8))  # fmt: skip


def outcome(folder: Path, *rows: Row, settings: str = "") -> tuple[list[tuple[int, str, str | None]], dict[str, int]]:
    """The requests and the kinds of everything else, noise left aside."""
    found = audit(trace(folder, *NOISE, *rows), settings=settings)
    others = kinds(found)
    others["reply"] = others.get("reply", 0) - 8
    return [one for one in told(found) if one[0] > len(NOISE) + 1], {kind: n for kind, n in others.items() if n}


FIRST = len(NOISE) + 2


@pytest.mark.parametrize(
    "subject",
    ["RE: Water bill", "Re: [EXTERNAL] Water bill", "AW: Water  bill", "RE: RE: FW: water bill", "[#1234] Water bill",
     "RE: Water bill [Ticket #1234]", "Ticket #1234: Water bill", "[EXT] Re[2]: Water bill", "SV: (External) WATER BILL"],
)  # fmt: skip
def test_a_reply_has_the_subject_whatever_stands_around_it(tmp_path: Path, subject: str) -> None:
    """What mail programs, gateways and help desks put around a subject makes no difference."""
    requests, others = outcome(
        tmp_path, ("13 16:00", CUSTOMER, US, "[External] Water bill"), ("14 16:00", CLERK, CUSTOMER, subject)
    )
    assert requests == [(FIRST, "13 10:00", "14 10:00")]
    assert others == {"reply": 1}


@pytest.mark.parametrize(
    ("sender", "recipient", "subject", "kind"),
    [
        (US, CUSTOMER, "Automatic reply: Water bill", "automatic"),
        (US, CUSTOMER, "Réponse automatique : Water bill", "automatic"),
        (US, CUSTOMER, "Out of Office: Water bill", "automatic"),
        (US, CUSTOMER, "We have received your request", "automatic"),
        (US, CUSTOMER, "[Ticket #1234] Received: Water bill", "automatic"),
        (US, CUSTOMER, "Your case 55 has been opened", "automatic"),
        ("no-reply@town.example", CUSTOMER, "RE: Water bill", "automatic"),
        (CLERK, CUSTOMER, "RE: Water bill!", "not_delivered"),
        (US, CLERK, "FW: Water bill", "internal"),
        (CLERK, US, "RE: Water bill", "internal"),
        (US, OTHER, "RE: Water bill", "reply_without_request"),
        (CLERK, OTHER, "FW: Water bill", "sent"),
        ("postmaster@town.example", CUSTOMER, "Undeliverable: Water bill", "bounce"),
        ("<>", US, "Delivery Status Notification (Failure)", "bounce"),
        ("newsletter@shop.example", US, "Offers", "bulk"),
        (CUSTOMER, "other@far.example", "Water bill", "passed_on"),
    ],
)
def test_what_is_no_reply(tmp_path: Path, sender: str, recipient: str, subject: str, kind: str) -> None:
    """Machines, failures, colleagues among themselves and other customers answer nothing: the request stays open."""
    requests, others = outcome(
        tmp_path, ("13 16:00", CUSTOMER, US, "Water bill"), ("14 16:00", sender, recipient, subject)
    )
    assert requests == [(FIRST, "13 10:00", None)]
    assert others == {kind: 1}


@pytest.mark.parametrize(
    ("sender", "subject"),
    [("bounce+1@list.example", "Survey"), (CUSTOMER, "Automatic reply: Your invoice"), ("noreply@bank.example", "Statement"),
     ("MAILER-DAEMON@mail.example", "failure notice"), ("postmaster@mail.example", "Undeliverable: Your permit"),
     ("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@mail.example", "Undeliverable: Your permit"),
     (CUSTOMER, "AUTO: Jane Doe is out of the office (returning 14/10/2025)"), (CUSTOMER, "OOO: back on Monday"),
     (CUSTOMER, "Auto: Re: Your permit"), (CUSTOMER, "Read receipt: Your permit")],
)  # fmt: skip
def test_what_is_no_request(tmp_path: Path, sender: str, subject: str) -> None:
    """Nobody waits for an answer to what a machine wrote."""
    assert outcome(tmp_path, ("13 16:00", sender, US, subject))[0] == []


@pytest.mark.parametrize(
    "subject",
    ["Undeliverable mail in my street", "Out of office hours noise", "Read this", "Auto theft", "Undelivered: green cart",
     "Returned mail - wrong address on tax bill", "Auto: abandoned vehicle on my street", "Ooo - water main burst",
     "Read: my letter about the road", "Delivered: broken bin"],
)  # fmt: skip
def test_a_sentence_is_not_taken_for_a_machine(tmp_path: Path, subject: str) -> None:
    """Words that mail systems write are also words of people."""
    assert outcome(tmp_path, ("13 16:00", CUSTOMER, US, subject))[0] == [(FIRST, "13 10:00", None)]


def test_a_receipt_repeats_what_was_sent(tmp_path: Path) -> None:
    """To this customer, and before; of anything else it is a customer's own word."""
    sent, read = ("13 16:00", US, CUSTOMER, "Your permit"), ("13 17:00", CUSTOMER, US, "Read: RE: Your permit")
    assert outcome(tmp_path, sent, read) == ([], {"sent": 1, "automatic": 1})
    for other in (("13 17:00", OTHER, US, "Read: Your permit"), ("13 15:00", CUSTOMER, US, "Read: Your permit")):
        assert len(outcome(tmp_path, sent, other)[0]) == 1


@pytest.mark.parametrize(
    "subject", ["Read: Water bill", "Auto: Water bill", "OOO - Water bill", "Undeliverable: Water bill"]
)
def test_a_word_of_machines_is_enough_for_no_reply(tmp_path: Path, subject: str) -> None:
    """Of what goes out, whatever may be automatic answers nothing."""
    rows = ("13 16:00", CUSTOMER, US, "Water bill"), ("14 16:00", US, CUSTOMER, subject)
    assert outcome(tmp_path, *rows)[0] == [(FIRST, "13 10:00", None)]


def test_a_colleague_who_writes_to_a_service_address_is_a_customer(tmp_path: Path) -> None:
    """Policy 2.3 and 2.10: colleagues served by another department are customers; the answer of the service counts."""
    rows = (
        ("13 16:00", CLERK, "permits@town.example", "Fence"),
        ("14 16:00", "permits@town.example", CLERK, "RE: Fence"),
    )
    found = audit(trace(tmp_path, *NOISE, *rows))
    last = found.judged.sort("at").select("replied_at", "customer_type").collect().row(-1)
    assert (f"{last[0]:%d %H:%M}", last[1]) == ("14 10:00", "internal")
    assert "service_addresses_assumed" in {finding.code for finding in found.findings}


def test_among_colleagues_there_are_no_requests(tmp_path: Path) -> None:
    """Notes, answers and forwards among people, and forwards to a service, are none."""
    rows = (
        ("13 16:00", CLERK, "boss@town.example", "Fence"),
        ("13 17:00", "boss@town.example", CLERK, "RE: Fence"),
        ("13 18:00", CLERK, "permits@town.example", "FW: Fence"),
        ("13 19:00", CLERK, "permits@town.example", "RE: Fence"),
    )
    assert outcome(tmp_path, *rows) == ([], {"internal": 4})


def test_the_standards_file_names_the_service_addresses(tmp_path: Path) -> None:
    """Then only these are."""
    settings = "pairing: {service_addresses: [boss@town.example]}\n"
    rows = (("13 16:00", CLERK, "boss@town.example", "Fence"), ("13 17:00", CLERK, "permits@town.example", "Gate"))
    assert outcome(tmp_path, *rows, settings=settings) == ([(FIRST, "13 10:00", None)], {"internal": 1})


def test_several_messages_before_a_reply_are_one_request(tmp_path: Path) -> None:
    """From the oldest; a message after the reply is a new request, or part of the old one if the standards file says so."""
    rows = (
        ("13 16:00", CUSTOMER, US, "Water bill"), ("14 16:00", CUSTOMER, US, "RE: Water bill"),
        ("15 16:00", US, CUSTOMER, "RE: Water bill"), ("16 16:00", CUSTOMER, US, "RE: Water bill"),
    )  # fmt: skip
    requests, others = outcome(tmp_path, *rows)
    assert requests == [(FIRST, "13 10:00", "15 10:00"), (FIRST + 3, "16 10:00", None)]
    assert others == {"further_message": 1, "reply": 1}
    requests, others = outcome(tmp_path, *rows, settings="pairing: {reopen: ignore}\n")
    assert requests == [(FIRST, "13 10:00", "15 10:00")]
    assert others == {"further_message": 2, "reply": 1}


def test_a_form_letter_answers_nobody(tmp_path: Path) -> None:
    """The same new subject to three customers says that nobody was answered by it; to many on one day it is bulk mail."""
    asked = [("13 16:00", f"p{i}@q{i}.example", US, f"Matter {i}") for i in range(3)]
    sent = [("13 16:01", US, f"p{i}@q{i}.example", "Welcome to our service") for i in range(3)]
    requests, others = outcome(tmp_path, *asked, *sent)
    assert [reply for _, _, reply in requests] == [None] * 3
    assert others == {"sent": 3}
    assert outcome(tmp_path, *asked, *sent, settings="pairing: {bulk_from: 3}\n")[1] == {"bulk": 3}


def test_a_later_letter_makes_no_form_of_an_earlier_answer(tmp_path: Path) -> None:
    """What was an answer on the day on which it was sent stays one, whoever is sent the same on another day."""
    asked, answer = ("06 16:00", CUSTOMER, US, "Tax"), ("06 17:00", US, CUSTOMER, "Your assessment")
    later = [(f"{day} 17:00", US, f"p{day}@q.example", "Your assessment") for day in (20, 21)]
    assert outcome(tmp_path, asked, answer, *later)[0] == [(FIRST, "06 10:00", "06 11:00")]
    others = [("21 16:00", f"p{day}@q.example", US, "Other") for day in (20, 21)]
    assert [reply for _, _, reply in outcome(tmp_path, asked, answer, *others, *later)[0]] == ["06 11:00", None, None]


@pytest.mark.parametrize(
    ("subject", "senders"),
    [("RE: Survey", (US, US)), ("Survey", (US, "permits@town.example"))],
    ids=["re", "two mailboxes"],
)
def test_a_form_is_one_however_it_is_sent(tmp_path: Path, subject: str, senders: tuple[str, str]) -> None:
    """A circular to three customers answers nobody's question, whatever stands before its subject and whoever sends it."""
    asked, mine, other = ("06 16:00", CUSTOMER, US, "Tax"), *senders
    sent = [("06 17:00", mine, CUSTOMER, subject), ("06 17:01", mine, "p1@q.example", subject)]
    sent.append(("06 17:02", other, "p2@q.example", subject))
    assert outcome(tmp_path, asked, *sent)[0] == [(FIRST, "06 10:00", None)]
    assert outcome(tmp_path, asked, *sent[:2])[0] == [(FIRST, "06 10:00", "06 11:00")]


def test_a_colleague_who_wrote_to_two_services_may_go_on_at_either(tmp_path: Path) -> None:
    """What follows the reply is a new request, at whichever of the two it comes."""
    (tmp_path / "mail.csv").write_text(
        "message_id,sent_at,from,to,subject\n"
        "m1,2025-10-13 09:00,clerk@town.example,info@town.example; permits@town.example,Fence\n"
        "m2,2025-10-13 10:00,permits@town.example,clerk@town.example,RE: Fence\n"
        "m3,2025-10-13 11:00,clerk@town.example,permits@town.example,RE: Fence\n"
    )
    settings = "pairing: {own_domains: [town.example], service_addresses: [info@town.example, permits@town.example]}\n"
    found = audit(tmp_path / "mail.csv", settings=settings)
    assert told(found) == [(2, "13 09:00", "13 10:00"), (4, "13 11:00", None)]


def test_the_local_day_is_the_day_of_a_form(tmp_path: Path) -> None:
    """Late in the evening of the city another day has begun in UTC."""
    asked, answer = ("06 16:00", CUSTOMER, US, "Tax"), ("07 03:00", US, CUSTOMER, "Your assessment")
    later = [("07 17:00", US, f"p{i}@q.example", "Your assessment") for i in range(2)]
    assert outcome(tmp_path, asked, answer, *later)[0] == [(FIRST, "06 10:00", "06 21:00")]


@pytest.mark.parametrize("pair", [("jane@town.example", "joe@town.example"), (US, "permits@town.example")])
@pytest.mark.parametrize("subject", ["RE: Tax", "Your assessment"])
def test_either_mailbox_that_was_written_to_may_answer(tmp_path: Path, pair: tuple[str, str], subject: str) -> None:
    """One message to two of us is one request, in whatever order the trace tells of them; so are two."""
    path = tmp_path / "trace.csv"
    header = "Received,SenderAddress,RecipientAddress,Subject,Status,MessageId"
    noise = [
        f"2025-10-{at}:00Z,{sender},{to},{what},Delivered,<n{i}>" for i, (at, sender, to, what) in enumerate(NOISE)
    ]
    for mailboxes in (pair, pair[::-1]):
        asked = [f"2025-10-13T15:00:00Z,{CUSTOMER},{to},Tax,Delivered,<1>" for to in mailboxes]
        again = [f"2025-10-13T16:00:00Z,{CUSTOMER},{to},Tax,Delivered,<2>" for to in pair]
        for who in pair:
            answer = f"2025-10-13T17:00:00Z,{who},{CUSTOMER},{subject},Delivered,<3>"
            path.write_text("\n".join([header, *noise, *asked, *again, answer]))
            assert told(audit(path))[8:] == [(18, "13 09:00", "13 11:00")]


def test_a_service_answers_a_colleague_who_wrote_to_two(tmp_path: Path) -> None:
    """From either of them."""
    services = ("info@town.example", "permits@town.example")
    for who in services:
        path = tmp_path / "mail.csv"
        path.write_text(
            "message_id,sent_at,from,to,subject\n"
            f"1,2025-10-13 10:00,{CLERK},{';'.join(services)},Fence\n2,2025-10-13 11:00,{who},{CLERK},RE: Fence\n"
        )
        found = audit(
            path, settings=f"pairing: {{own_domains: [town.example], service_addresses: [{', '.join(services)}]}}\n"
        )
        assert told(found) == [(2, "13 10:00", "13 11:00")]


def test_a_message_of_another_subject_answers_each_time(tmp_path: Path) -> None:
    """What one such message has answered is open no more when the next goes out."""
    rows: list[Row] = []
    for day, what in ((6, "Tax"), (7, "Dog licence"), (8, "Snow")):
        rows += [(f"{day:02} 16:00", CUSTOMER, US, what), (f"{day:02} 17:00", US, CUSTOMER, f"About {day}")]
    requests, others = outcome(tmp_path, *rows)
    assert [reply for _, _, reply in requests] == ["06 11:00", "07 11:00", "08 11:00"]
    assert others == {"reply": 3}


def test_a_message_of_the_same_second_answers_nothing(tmp_path: Path) -> None:
    """Whatever fraction of it was written down."""
    path = tmp_path / "mail.csv"
    rows = (
        "1,2025-10-13T10:00:00.{},doe@mail.example,info@town.example,Tax\n"
        "2,2025-10-13T10:00:0{},info@town.example,doe@mail.example,RE: Tax\n"
    )
    for question, answer, reply in (("100", "0.900", None), ("900", "1.100", "13 10:00")):
        path.write_text("message_id,sent_at,from,to,subject\n" + rows.format(question, answer))
        found = audit(path, settings="pairing: {own_domains: [town.example]}\n")
        assert told(found) == [(2, "13 10:00", reply)]


def test_further_automatic_mail_is_declared(tmp_path: Path) -> None:
    """Subjects and senders that only this organisation's machines use."""
    rows = (("13 16:00", CUSTOMER, US, "Water bill"), ("13 16:01", US, CUSTOMER, "Your case at the town"))
    assert outcome(tmp_path, *rows)[0] == [(FIRST, "13 10:00", "13 10:01")]
    for settings in ("automatic_subjects: [Your case at]", f"automatic_senders: [{US}]"):
        found = audit(trace(tmp_path, *rows), settings=f"pairing: {{own_domains: [town.example], {settings}}}\n")
        assert told(found) == [(2, "13 10:00", None)]


def test_one_message_in_two_exports_is_one(tmp_path: Path) -> None:
    """Monthly exports overlap: the rows of the second are duplicates, and a reply in the second answers the first."""
    question, reply = ("13 16:00", CUSTOMER, US, "Water bill"), ("14 16:00", US, CUSTOMER, "RE: Water bill")
    first = trace(tmp_path, *NOISE, question, name="a.csv")
    second = trace(tmp_path, question, reply, name="b.csv", first=len(NOISE) + 1)
    found = audit(first, second)
    assert told(found)[-1] == (FIRST, "13 10:00", "14 10:00")
    assert [(table.fates.requests, table.fates.duplicates) for table in found.inputs] == [(9, 0), (0, 1)]


def test_splitting_and_shuffling_change_nothing(tmp_path: Path) -> None:
    """The same messages in one file or in three, in whatever order, are the same requests."""
    people, subjects = [f"p{i}@q{i % 4}.example" for i in range(6)], ["Bill", "Fence", ""]
    chance = random.Random(5)
    rows: list[Row] = []
    for i in range(120):
        ours, theirs = chance.choice([US, CLERK]), chance.choice(people)
        sender, recipient = (ours, theirs) if chance.random() < 0.5 else (theirs, ours)
        subject = chance.choice(["", "RE: "]) + chance.choice(subjects)
        rows.append((f"{1 + i // 10:02} {10 + i % 10}:{chance.randrange(60):02}", sender, recipient, subject))
    whole = trace(tmp_path, *rows)

    def seen(*paths: Path) -> list[tuple[str, str, str]]:
        columns = ("case_id", "received_at", "replied_at")
        found = audit(*paths, settings="pairing: {own_domains: [town.example]}\n")
        return sorted(tuple(map(str, row)) for row in found.judged.select(columns).collect().iter_rows())  # type: ignore[misc]

    before = seen(whole)
    header, *lines = whole.read_text().splitlines(keepends=True)
    chance.shuffle(lines)
    parts = [tmp_path / f"part{i}.csv" for i in range(3)]
    for i, part in enumerate(parts):
        part.write_text(header + "".join(lines[i::3]))
    assert len(before) > 20
    assert seen(*parts) == before
    more = [f"2025-10-14 10:0{i}:00Z,{US},{people[0]},Automatic reply: Bill,Delivered,<auto{i}@x>\n" for i in range(9)]
    parts[0].write_text(parts[0].read_text() + "".join(more))
    assert seen(*parts) == before


def test_it_is_asked_which_domain_is_our_own(tmp_path: Path) -> None:
    """Where nothing tells it, nothing is assumed."""
    path = trace(
        tmp_path,
        ("13 16:00", "a@one.example", "b@two.example", "x"),
        ("13 17:00", "c@one.example", "d@two.example", "y"),
    )
    with pytest.raises(InputError, match=r"own_domains: \[example.org\]"):
        audit(path)
    found = audit(path, settings="pairing: {own_domains: [two.example]}\n")
    assert found.n_requests == 2


def test_threads_decide_where_there_are_any(tmp_path: Path) -> None:
    """A reply with another subject belongs to the message whose id it names, through any number of steps; a forward of it to
    somebody else does not."""
    path = tmp_path / "mail.csv"
    path.write_text(
        "message_id,in_reply_to,references,sent_at,from,to,subject\n"
        "<1@x>,,,2025-10-13 10:00,doe@mail.example,info@town.example,Water\n"
        "<2@x>,<1@x>,<1@x>,2025-10-13 11:00,info@town.example,roe@post.example,Fwd: Water\n"
        "<3@x>,,,2025-10-13 12:00,doe@mail.example,info@town.example,Fence\n"
        "<4@x>,<1@x>,,2025-10-14 09:00,info@town.example,doe@mail.example,Your bill\n"
        "<5@x>,<4@x>,<1@x> <4@x>,2025-10-15 09:00,doe@mail.example,info@town.example,Re: Your bill\n"
        "<6@x>,<5@x>,,2025-10-16 09:00,clerk@town.example,doe@mail.example,Done\n"
    )
    found = audit(path, settings="pairing: {own_domains: [town.example]}\n")
    assert told(found) == [(2, "13 10:00", "14 09:00"), (4, "13 12:00", None), (6, "15 09:00", "16 09:00")]
    assert kinds(found) == {"reply": 2, "sent": 1}


MAIL = "message_id,sent_at,from,to,subject,direction,in_reply_to,references,conversation_id\n"
TWICE = (
    "m1,2025-10-13 09:00,a@x.example,info@town.example,Water,in,,,{}\n"
    "m3,2025-10-13 10:00,a@x.example,info@town.example,Water,in,,,\n"
    "m4,2025-10-14 10:00,info@town.example,a@x.example,RE: Water,out,{},,{}\n"
)
OTHERS = (
    "z1,2025-10-13 12:00,q@y.example,info@town.example,Other,in,,,\n"
    "z2,2025-10-13 13:00,info@town.example,q@y.example,Re: Other,out,z1,,\n"
)


@pytest.mark.parametrize(
    "rows",
    [TWICE.format("", "", ""), TWICE.format("", "", "") + OTHERS, TWICE.format("", "m3", ""), TWICE.format("", "m1", ""),
     TWICE.format("c1", "", "c1"), TWICE.format("", "m3", "") + OTHERS],
)  # fmt: skip
def test_what_a_customer_writes_twice_is_one_request_whatever_links_it(tmp_path: Path, rows: str) -> None:
    """That others' messages name what they answer, or that ours names the later of the two, makes no miss of an answer."""
    path = tmp_path / "mail.csv"
    path.write_text(MAIL + rows)
    assert told(audit(path))[0] == (2, "13 09:00", "14 10:00")
    assert len(told(audit(path))) == (2 if "z1" in rows else 1)


def test_a_thread_of_its_own_is_a_request_where_nothing_is_reopened(tmp_path: Path) -> None:
    """A new mail of the same subject, a week after the answer, goes unseen neither way."""
    path = tmp_path / "mail.csv"
    again = (
        "m5,2025-10-20 10:00,a@x.example,info@town.example,Water,in,,,\n"
        "m6,2025-10-20 11:00,info@town.example,a@x.example,RE: Water,out,m5,,\n"
    )
    path.write_text(MAIL + TWICE.format("", "m1", "") + again)
    new, ignored = (told(audit(path, settings=f"pairing: {{reopen: {reopen}}}\n")) for reopen in ("new", "ignore"))
    assert new == [(2, "13 09:00", "14 10:00"), (5, "20 10:00", "20 11:00")]
    assert (5, "20 10:00", "20 11:00") in ignored


def test_a_conversation_column_tells_as_well(tmp_path: Path) -> None:
    """Whatever the subjects are."""
    path = tmp_path / "mail.csv"
    path.write_text(
        "message_id,conversation_id,sent_at,from,to,subject,direction\n"
        "1,A,2025-10-13 10:00,doe@mail.example,info@town.example,Water,in\n"
        "2,A,2025-10-13 11:00,doe@mail.example,info@town.example,More on it,in\n"
        "3,A,2025-10-14 09:00,clerk@town.example,doe@mail.example,Sorted,out\n"
    )
    assert told(audit(path)) == [(2, "13 10:00", "14 09:00")]


def test_days_without_a_time(tmp_path: Path) -> None:
    """An answer of the same day may have been after the question; nothing says otherwise."""
    path = tmp_path / "mail.csv"
    path.write_text(
        "message_id,sent_at,from,to,subject,direction\n"
        "1,2025-10-13,doe@mail.example,info@town.example,Water,in\n"
        "2,2025-10-13,info@town.example,doe@mail.example,Re: Water,out\n"
    )
    assert told(audit(path)) == [(2, "13 00:00", "13 00:00")]


def test_no_address_reaches_an_output(tmp_path: Path) -> None:
    """Findings name the organisation's own domain and service addresses, and nobody else's."""
    found = audit(trace(tmp_path, *NOISE, ("13 16:00", CUSTOMER, US, "Water bill"), ("13 17:00", CLERK, US, "Help")))
    said = repr(found.findings)
    assert "town.example" in said
    assert not any(name in said for name in ("doe@", "mail.example", "smith", "a1.example"))


X500 = "/O=TOWN/OU=EXCHANGE/CN=RECIPIENTS/CN=JSMITH"


@pytest.mark.parametrize("name", ["Jane Doe", X500, "jdoe", "Doe, Jane (Water)"])
def test_who_is_no_address_is_told_and_neither_counts_nor_vanishes(tmp_path: Path, name: str) -> None:
    """It may be a customer or one of us: nothing tells whether a request or a reply was sent, so the row is rejected."""
    question, reply = ("13 16:00", CUSTOMER, US, "Water bill"), ("14 16:00", US, CUSTOMER, "RE: Water bill")
    for row in (("14 10:00", f'"{name}"', US, "Fence"), ("14 10:00", f'"{name}"', CUSTOMER, "RE: Water bill"),
                ("14 10:00", US, f'"{name}"', "RE: Water bill"), ("14 10:00", CUSTOMER, f'"{name}"', "Fence")):  # fmt: skip
        found = audit(trace(tmp_path, *NOISE, question, row, reply))
        assert told(found)[-1] == (FIRST, "13 10:00", "14 10:00")
        assert found.rejects.select("row", "code", "value").rows() == [(FIRST + 1, "no_address", None)]
        (finding,) = (one for one in found.findings if one.code == "no_address")
        assert (finding.n, finding.rows) == (1, (FIRST + 1,))
        assert found.inputs[0].fates.adds_up


@pytest.mark.parametrize(
    "written", [f"Jane Doe <{CUSTOMER}>", f"Jane Doe [mailto:{CUSTOMER}]", f"Jane Doe ({CUSTOMER})", f"{CUSTOMER} (Jane Doe)",
                f"SMTP:{CUSTOMER}"]
)  # fmt: skip
def test_an_address_is_one_however_a_name_stands_beside_it(tmp_path: Path, written: str) -> None:
    """Whoever wrote is who is answered."""
    rows = ("13 16:00", written, US, "Water bill"), ("14 16:00", US, written, "RE: Water bill")
    assert outcome(tmp_path, *rows) == ([(FIRST, "13 10:00", "14 10:00")], {"reply": 1})


def test_an_internal_message_is_one_whatever_names_it_bears(tmp_path: Path) -> None:
    """A list of colleagues by its name, a sender by his path: the column for the direction tells. Not so where a service
    address got it, which colleagues ask as well."""
    path = tmp_path / "mail.csv"
    path.write_text(
        "message_id,sent_at,from,to,subject,direction\n1,2025-10-13 10:00,doe@mail.example,info@town.example,Water,in\n"
        "2,2025-10-14 09:00,ann@town.example,All Staff,Picnic,internal\n"
        f"3,2025-10-14 10:00,{X500},ann@town.example,Lunch,internal\n"
        f"4,2025-10-14 11:00,{X500},info@town.example,Help,internal\n"
    )
    found = audit(path, settings="pairing: {service_addresses: [info@town.example]}\n")
    assert found.inputs[0].fates.other_by_kind == {"internal": 2}
    assert found.rejects.select("row", "code").rows() == [(5, "no_address")]


def test_what_else_tells_who_wrote_is_read(tmp_path: Path) -> None:
    """The column for the direction says that it is from us; another row of the message has the address; and the name of a
    mail system is nobody's."""
    path = tmp_path / "mail.csv"
    path.write_text(
        "message_id,sent_at,from,to,subject,direction\n"
        "1,2025-10-13 10:00,doe@mail.example,info@town.example,Water,in\n"
        f"2,2025-10-14 09:00,{X500},doe@mail.example,Re: Water,out\n"
        "3,2025-10-14 10:00,Roe,info@town.example,Fence,\n"
        "3,2025-10-14 10:01,roe@post.example,info@town.example,Fence,\n"
        "4,2025-10-14 11:00,MAILER-DAEMON,info@town.example,Returned mail,in\n"
    )
    found = audit(path, settings="pairing: {own_domains: [town.example]}\n")
    assert told(found) == [(2, "13 10:00", "14 09:00"), (4, "14 10:00", None)]
    assert kinds(found) == {"reply": 1, "same_message": 1, "bounce": 1}
    assert found.rejects.is_empty()


@pytest.mark.parametrize("reopen", ["new", "ignore"])
@pytest.mark.parametrize("replier", [US, CLERK])
def test_a_nudge_to_one_mailbox_more_is_no_second_request(tmp_path: Path, replier: str, reopen: str) -> None:
    """An answer from either mailbox answers what was asked first."""
    rows = (
        ("13 16:00", CUSTOMER, CLERK, "Water bill"),
        ("14 16:00", CUSTOMER, f"{CLERK};{US}", "RE: Water bill"),
        ("15 16:00", replier, CUSTOMER, "RE: Water bill"),
    )
    settings = f"pairing: {{reopen: {reopen}}}\n"
    expected = [(FIRST, "13 10:00", "15 10:00")], {"reply": 1, "further_message": 1}
    assert outcome(tmp_path, *rows, settings=settings) == expected


def test_a_nudge_to_one_mailbox_more_waits_there_too(tmp_path: Path) -> None:
    """From where only the nudge went, a message of another subject answers it; not if something else is open there."""
    asked = ("13 16:00", CUSTOMER, CLERK, "Water bill"), ("14 16:00", CUSTOMER, f"{CLERK};{US}", "RE: Water bill")
    sent = ("15 16:00", US, CUSTOMER, "Your letter")
    assert outcome(tmp_path, *asked, sent)[0] == [(FIRST, "13 10:00", "15 10:00")]
    other = ("14 18:00", CUSTOMER, US, "Fence")
    assert [reply for *_, reply in outcome(tmp_path, *asked, other, sent)[0]] == [None, None]


def test_one_link_makes_no_threads_of_what_is_not_linked(tmp_path: Path) -> None:
    """Where nothing is reopened, a nudge belongs to what it repeats, though a single row of the log has a thread."""
    path = tmp_path / "mail.csv"
    rows = (
        "m1,2025-10-13 09:00,a@x.example,info@town.example,Water,in,,,\n"
        "m2,2025-10-14 09:00,a@x.example,info@town.example,Re: Water,in,,,\n"
        "m3,2025-10-15 09:00,info@town.example,a@x.example,Re: Water,out,,,\n"
        "m4,2025-10-16 09:00,a@x.example,info@town.example,Re: Water,in,,,\n"
    )
    path.write_text(MAIL + rows + OTHERS)
    found = audit(path, settings="pairing: {reopen: ignore}\n")
    assert told(found) == [(2, "13 09:00", "15 09:00"), (6, "13 12:00", "13 13:00")]
    path.write_text(
        MAIL
        + rows
        + OTHERS
        + OTHERS.replace("z", "y").replace("q@", "p@")
        + OTHERS.replace("z", "x").replace("q@", "r@")
    )
    assert len(told(audit(path, settings="pairing: {reopen: ignore}\n"))) == 6


@pytest.mark.parametrize(
    ("day", "asked", "reply"),
    [("2024-03-10", "2024-03-11T06:30:00Z", None), ("2024-03-10", "2024-03-11T05:30:00Z", "10 00:00"),
     ("2024-11-03", "2024-11-04T06:30:00Z", "03 00:00"), ("2024-11-03", "2024-11-04T07:30:00Z", None)],
)  # fmt: skip
def test_a_day_ends_when_it_does_in_the_city(tmp_path: Path, day: str, asked: str, reply: str | None) -> None:
    """Also when the clocks change, where one file has instants and the other only the day of the answer."""
    (tmp_path / "in.csv").write_text(
        "message_id,sent_at,from,to,subject,direction\n"
        + "".join(f"{i},2024-03-0{i}T18:00:00Z,b{i}@x.example,info@town.example,Old,in\n" for i in range(1, 4))
        + f"8,{asked},doe@mail.example,info@town.example,Water,in\n"
    )
    (tmp_path / "out.csv").write_text(
        f"message_id,sent_at,from,to,subject,direction\n9,{day},info@town.example,doe@mail.example,Re: Water,out\n"
    )
    assert told(audit(tmp_path / "in.csv", tmp_path / "out.csv"))[-1][2] == reply


def test_one_text_to_many_of_us_is_bulk_mail(tmp_path: Path) -> None:
    """An offer to twenty colleagues is no request; letters to the eight of the council are."""
    offer = [("13 16:00", "hello@shop.example", f"p{i}.q@town.example", "Offer") for i in range(20)]
    letter = [("13 16:00", CUSTOMER, f"c{i}.d@town.example", "Our street") for i in range(8)]
    requests, others = outcome(tmp_path, *offer, *letter)
    assert (len(requests), others) == (8, {"bulk": 20})
