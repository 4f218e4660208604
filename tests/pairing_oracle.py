"""Pairing as a person would do it with a pencil: message by message, slow and obvious."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """One message; `customer` wrote it or got it. `also` is one more mailbox that it was addressed to."""

    message: int
    at: int
    log: int
    customer: int | None
    mailbox: int | None
    subject: int | None
    thread: int | None
    person: int | None = None
    is_internal: bool = False
    is_form: bool = False
    is_wide: bool = False
    also: int | None = None

    @property
    def mailboxes(self) -> list[int | None]:
        return [self.mailbox] if self.also is None else [self.mailbox, self.also]


Conversation = tuple[object, ...]
Answer = tuple[Conversation, str]


def conversation(one: Message, inbound: list[Message], reopen: str) -> Conversation:
    """The message that began what a customer's message belongs to: the first of its thread, and from there the earliest one
    about the same subject that went to one of its mailboxes, as long as there is an earlier one."""
    if one.customer is None:
        return ("alone", one.message)
    begun = first_of_thread(one, inbound)
    if one.thread is not None and reopen == "ignore":
        return ("thread", begun.message)
    fitting = [
        other
        for other in inbound
        if (other.log, other.customer, other.subject) == (begun.log, begun.customer, begun.subject)
        and set(other.mailboxes) & set(begun.mailboxes)
        and first_of_thread(other, inbound) == other
        and not (other.thread is not None and reopen == "ignore")
    ]
    earliest = min(fitting, key=age)
    return ("subject", begun.message) if earliest == begun else conversation(earliest, inbound, reopen)


def first_of_thread(one: Message, inbound: list[Message]) -> Message:
    same = [
        other for other in inbound if (other.log, other.thread, other.customer) == (one.log, one.thread, one.customer)
    ]
    return one if one.thread is None else min(same, key=age)


def age(one: Message) -> tuple[int, int]:
    return one.at, one.message


def agree(question: Message, reply: Message, *names: str) -> bool:
    if "mailbox" in names and (reply.mailbox is None or reply.mailbox not in question.mailboxes):
        return False
    names = ("log", "customer", *(name for name in names if name != "mailbox"))
    values = [(getattr(question, name), getattr(reply, name)) for name in names]
    return all(mine is not None and mine == theirs for mine, theirs in values)


def certain(reply: Message, inbound: list[Message], reopen: str) -> list[Answer]:
    """The conversations that a message of ours belongs to."""
    before = [one for one in inbound if one.at < reply.at]
    if reply.is_wide:
        return [
            (conversation(one, inbound, reopen), "number")
            for one in before
            if agree(one, reply) and not one.is_internal
        ]
    tiers = [("thread", ("thread",)), ("subject", ("mailbox", "subject"))]
    if not reply.is_internal:
        tiers.append(("other_mailbox", ("subject",)))
    for way, names in tiers:
        fitting = [one for one in before if agree(one, reply, *names)]
        if way == "other_mailbox":
            fitting = [one for one in fitting if not one.is_internal]
        if fitting:
            return [(conversation(max(fitting, key=lambda one: (one.at, one.message)), inbound, reopen), way)]
    return []


def requests(
    inbound: list[Message], answers: list[tuple[Message, Answer]], reopen: str
) -> list[tuple[Conversation, Message, Message | None, str | None]]:
    """Conversation by conversation: a message opens a request unless one is open (or was ever, if none is reopened)."""
    found = []
    whose_is = {one: conversation(one, inbound, reopen) for one in inbound}
    for name in dict.fromkeys(whose_is.values()):
        events = [(one.at, 1, one.message, one, None) for one in inbound if whose_is[one] == name]
        events += [(one.at, 0, one.message, one, way) for one, (whose, way) in answers if whose == name]
        opened: Message | None = None
        reply: Message | None = None
        how: str | None = None
        for _, is_in, _, one, way in sorted(events, key=lambda event: event[:3]):
            if is_in and (opened is None or (reply is not None and reopen == "new")):
                if opened is not None:
                    found.append((name, opened, reply, how))
                opened, reply, how = one, None, None
            elif not is_in and opened is not None and reply is None:
                reply, how = one, way
        if opened is not None:
            found.append((name, opened, reply, how))
    return found


def pair(inbound: list[Message], outbound: list[Message], reopen: str) -> dict[int, tuple[int | None, str | None]]:
    """The message that opened each request -> its reply, and how that was found."""
    answers, left = [], []
    for reply in outbound:
        found = certain(reply, inbound, reopen)
        answers += [(reply, one) for one in found]
        if (reply.is_wide or not found) and not (reply.is_internal or reply.is_form):
            left.append(reply)
    for way in ("customer", "person"):
        for reply in sorted(left, key=lambda one: one.at):
            if way == "customer" and reply.is_wide:
                continue
            still_open = [
                name for name, opened, answer, _ in requests(inbound, answers, reopen)  # as it is by now
                if opened.at < reply.at and (answer is None or answer.at >= reply.at)
                and not opened.is_internal and is_same(way, told_before(name, reply, inbound, reopen), reply)
            ]  # fmt: skip
            if len(still_open) == 1:
                left.remove(reply)
                if not reply.is_wide or (reply, (still_open[0], "number")) not in answers:
                    answers.append((reply, (still_open[0], way)))
    return {
        opened.message: (reply.message if reply else None, how)
        for _, opened, reply, how in requests(inbound, answers, reopen)
    }


def is_same(way: str, questions: list[Message], reply: Message) -> bool:
    """Whether both are about one customer: at a mailbox that was written to, or as the list of customers knows them."""
    if way == "customer":
        return any(agree(question, reply, "mailbox") for question in questions)
    return reply.person is not None and any(question.person == reply.person for question in questions)


def told_before(name: Conversation, reply: Message, inbound: list[Message], reopen: str) -> list[Message]:
    return [one for one in inbound if one.at < reply.at and conversation(one, inbound, reopen) == name]
