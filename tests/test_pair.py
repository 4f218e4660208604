"""Which message answers which: the vectorised pairing, and a pencil."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pairing_oracle import Message, pair

from cxaudit.pair import Paired, pair_messages
from cxaudit.standards.model import Reopen

START = dt.datetime(2025, 10, 1)
SCHEMA = {
    "message": pl.UInt32, "at": pl.Datetime("us"), "log": pl.UInt32, "customer": pl.UInt32, "mailbox": pl.UInt32,
    "subject": pl.UInt32, "thread": pl.UInt32, "person": pl.UInt32, "is_internal": pl.Boolean,
    "is_form": pl.Boolean, "is_wide": pl.Boolean, "mailboxes": pl.List(pl.UInt32),
}  # fmt: skip


def frame(messages: list[Message]) -> pl.DataFrame:
    rows = [asdict(one) | {"at": START + dt.timedelta(minutes=one.at), "mailboxes": one.mailboxes} for one in messages]
    return pl.DataFrame(rows, schema=SCHEMA)


def paired(inbound: list[Message], outbound: list[Message], reopen: Reopen = "new") -> Paired:
    return pair_messages(frame(inbound).drop("is_form", "is_wide"), frame(outbound).drop("mailboxes"), reopen)


def answers(found: Paired) -> dict[int, tuple[int | None, str | None]]:
    return {message: (reply, way) for message, reply, way in found.requests.iter_rows()}


def maybe(most: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(0, most)


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Message], list[Message]]:
    """A few messages of a few customers, so that many of them touch; customer 3 is a colleague, log 1 a telephone."""
    threads, persons, few = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())

    def one(number: int, *, is_ours: bool) -> Message:
        log, customer = (0, 1) if few else (draw(st.integers(0, 1)), draw(maybe(3)))
        is_internal, is_call = customer == 3, log == 1
        return Message(
            number, draw(st.integers(0, 12)), log, customer, draw(maybe(1)),
            0 if is_call else draw(maybe(2)), draw(maybe(2)) if threads and not is_call else None,
            None if customer is None or not persons else customer // 2, is_internal,
            is_form=is_ours and draw(st.booleans()) and draw(st.booleans()),
            is_wide=is_ours and is_call and not is_internal, also=None if is_ours or is_call else draw(maybe(1)),
        )  # fmt: skip

    n_in, n_out = draw(st.integers(0, 9)), draw(st.integers(0, 9))
    inbound = [one(i, is_ours=False) for i in range(n_in)]
    outbound = [one(i, is_ours=True) for i in range(n_in, n_in + n_out)]
    return inbound, [one for one in outbound if one.customer is not None]


@settings(max_examples=400)
@given(logs(), st.sampled_from(["new", "ignore"]))
def test_the_pairing_is_that_of_a_pencil(log: tuple[list[Message], list[Message]], reopen: Reopen) -> None:
    """Whatever is written to whom, each request has the reply that a person finds by reading on; nothing is counted twice."""
    inbound, outbound = log
    found = paired(inbound, outbound, reopen)
    assert answers(found) == pair(inbound, outbound, reopen)
    opened, further = set(found.requests["message"]), set(found.further["message"])
    assert opened | further == {one.message for one in inbound}
    assert not opened & further
    replies, later = set(found.requests["reply"].drop_nulls()), set(found.later["message"])
    assert replies | later <= {one.message for one in outbound}
    assert not replies & later


@settings(max_examples=150)
@given(logs(), st.randoms())
def test_the_order_of_the_rows_decides_nothing(log: tuple[list[Message], list[Message]], random: object) -> None:
    """The same messages in another order are the same requests."""
    inbound, outbound = ([*side] for side in log)
    before = answers(paired(inbound, outbound))
    random.shuffle(inbound)  # type: ignore[attr-defined]
    random.shuffle(outbound)  # type: ignore[attr-defined]
    assert answers(paired(inbound, outbound)) == before


@settings(max_examples=150)
@given(logs(), st.data())
def test_what_comes_later_changes_nothing_that_was(
    log: tuple[list[Message], list[Message]], data: st.DataObject
) -> None:
    """One more message of ours at the end may answer what was open, and takes no reply from anything."""
    inbound, outbound = log
    before = answers(paired(inbound, outbound))
    if not outbound:
        return
    more = replace(data.draw(st.sampled_from(outbound)), message=99, at=50)
    after = answers(paired(inbound, [*outbound, more]))
    assert before.keys() == after.keys()
    for message, (reply, way) in before.items():
        assert after[message] == (reply, way) or (reply is None and after[message][0] == 99)


@settings(max_examples=300)
@given(logs(), st.integers(0, 12), st.sampled_from(["new", "ignore"]))
def test_what_was_open_and_answered_at_a_moment_stays_so(
    log: tuple[list[Message], list[Message]], moment: int, reopen: Reopen
) -> None:
    """Whatever either side writes later: the same log cut off at a moment tells the same of what was before."""
    before = [[one for one in side if one.at <= moment] for side in log]
    at = {one.message: one.at for one in log[1]}
    then, later = answers(paired(before[0], before[1], reopen)), answers(paired(log[0], log[1], reopen))
    for message, (reply, way) in then.items():
        new = later[message]
        assert new == (reply, way) or (reply is None and new[0] is not None and at[new[0]] > moment)


def test_a_reply_of_the_same_moment_is_none() -> None:
    """Nobody answers in the second of the question; it may have been written before."""
    question = Message(0, 5, 0, 1, 1, 1, None)
    assert answers(paired([question], [replace(question, message=1)])) == {0: (None, None)}
    assert answers(paired([question], [replace(question, message=1, at=6)])) == {0: (1, "subject")}


@pytest.mark.parametrize(
    ("change", "way"),
    [({}, "subject"), ({"mailbox": 2}, "other_mailbox"), ({"subject": 9}, "customer"), ({"customer": 2}, None),
     ({"log": 1}, None), ({"subject": 9, "mailbox": 2}, None), ({"subject": 9, "is_form": True}, None)],
)  # fmt: skip
def test_what_makes_a_reply(change: dict[str, int], way: str | None) -> None:
    """The same subject to the same customer, from whichever mailbox; another subject only from the mailbox that was
    written to, and never a form letter."""
    question = Message(0, 5, 0, 1, 1, 1, None)
    reply = replace(question, message=1, at=9, **change)  # type: ignore[arg-type]
    assert answers(paired([question], [reply])) == {0: (1 if way else None, way)}


def test_a_new_subject_answers_only_what_is_alone() -> None:
    """With two open requests of one customer nobody can tell which of them a message with a third subject answers."""
    first, second = Message(0, 5, 0, 1, 1, 1, None), Message(1, 6, 0, 1, 1, 2, None)
    unclear = Message(2, 9, 0, 1, 1, 9, None)
    assert answers(paired([first, second], [unclear])) == {0: (None, None), 1: (None, None)}
    clear = [Message(3, 8, 0, 1, 1, 1, None), unclear]
    assert answers(paired([first, second], clear)) == {0: (3, "subject"), 1: (2, "customer")}


def test_a_new_subject_answers_each_time_what_is_alone() -> None:
    """What one has answered is open no more when the next goes out; two that are open stay so, however much is sent."""
    asked = [Message(i, 10 * i, 0, 1, 1, i, None) for i in range(40)]
    sent = [Message(100 + i, 10 * i + 5, 0, 1, 1, 900 + i, None) for i in range(40)]
    assert answers(paired(asked, sent)) == {i: (100 + i, "customer") for i in range(40)}
    stuck = {i: (100 + i, "customer") for i in range(20)} | dict.fromkeys(range(20, 40), (None, None))
    assert answers(paired(asked, sent[:20] + sent[21:])) == stuck


def test_any_mailbox_that_was_written_to_may_answer() -> None:
    """One message to two is one request; what is answered from one is open at neither."""
    first, second = Message(0, 5, 0, 1, 1, 1, None, also=2), Message(1, 8, 0, 1, 2, 2, None)
    sent = [Message(10, 7, 0, 1, 1, 9, None), Message(11, 9, 0, 1, 2, 9, None)]
    assert answers(paired([first, second], sent)) == {0: (10, "customer"), 1: (11, "customer")}
    assert answers(paired([first, second], sent[1:])) == {0: (None, None), 1: (None, None)}
    assert answers(paired([first], [replace(first, message=10, at=7, mailbox=2)])) == {0: (10, "subject")}


def test_one_reply_answers_its_own_conversation_only() -> None:
    """Two subjects, two requests, one reply."""
    first, second = Message(0, 5, 0, 1, 1, 1, None), Message(1, 6, 0, 1, 1, 2, None)
    assert answers(paired([first, second], [replace(first, message=2, at=9)])) == {0: (2, "subject"), 1: (None, None)}


def test_a_call_back_answers_all_that_the_customer_asked() -> None:
    """Two messages in two mailboxes, one call."""
    first, second = Message(0, 5, 1, 1, 1, 0, None), Message(1, 6, 1, 1, 2, 0, None)
    call = replace(first, message=2, at=9, mailbox=7, is_wide=True)
    assert answers(paired([first, second], [call])) == {0: (2, "number"), 1: (2, "number")}


def test_several_messages_before_a_reply_are_one_request() -> None:
    """From the oldest unanswered one; what comes after the reply is a new one, unless the standards file says otherwise."""
    messages = [Message(i, at, 0, 1, 1, 1, None) for i, at in enumerate((1, 2, 3, 7))]
    reply = Message(9, 5, 0, 1, 1, 1, None)
    assert answers(paired(messages, [reply])) == {0: (9, "subject"), 3: (None, None)}
    assert answers(paired(messages, [reply], "ignore")) == {0: (9, "subject")}
