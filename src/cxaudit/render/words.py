"""Counts, periods and codes in plain words, and foreign text made safe to show.

Text of the input may hold control characters, terminal commands or marks that turn the direction of writing. Shown to
a person, a break of lines or a tab becomes a blank, and each of the others the replacement character, so that nothing moves,
hides or recolours its surroundings.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

#: Read alike by Python and by polars.
BREAKS = r"[\t-\r\x85\u2028\u2029]+"
UNSEEN = r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
REPLACEMENT = "\ufffd"

DIMENSION_TITLES = {
    "channel": "Channel",
    "department": "Department",
    "employee": "Employee",
    "month": "Month",
    "week": "Week",
    "customer_type": "Customer type",
    "file": "File",
}

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

EXCLUSION_WORDS = {
    "no_reply_owed": "owed no reply",
    "reply_before_receipt": "reply before receipt",
    "before_standards": "received before the standards were in force",
    "no_standard": "no standard for the channel",
    "outside_calendar": "outside the years of the holiday data",
    "no_time": "no time of day where the rule needs one",
}

#: What a reply is known by, where the export does not tell the first response itself.
BASIS_WORDS = {
    "closure": "answered = closed for {requests}: the export tells only when the case was closed",
    "minutes": "answered = receipt + the given minutes for {requests}: the export tells only how long it took",
    "paired": "answered = the first later outbound message or call for {requests}: paired, not stated by the export",
}

#: How an outbound message or call was found to answer a request.
WAY_WORDS = {
    "thread": "the first later message to this customer in the same thread",
    "subject": "the first later message to this customer from the same mailbox with the same subject",
    "other_mailbox": "the first later message to this customer with the same subject, from another mailbox",
    "number": "the first later call to this customer that a person answered",
    "customer": "the first later message to this customer from the same mailbox; no other request of theirs was open",
    "person": "the first later message or call to this customer, by the list of customers; no other request of theirs was open",
}

#: What a message or call is that is no request: one of it, several.
OTHER_WORDS = {
    "reply": ("reply", "replies"),
    "further_message": ("further message of a request", "further messages of requests"),
    "further_reply": ("further reply", "further replies"),
    "reply_without_request": ("reply without its request", "replies without their requests"),
    "sent": ("sent unasked", "sent unasked"),
    "automatic": ("automatic", "automatic"),
    "bounce": ("bounce", "bounces"),
    "spam": ("spam", "spam"),
    "bulk": ("bulk mail", "bulk mail"),
    "not_delivered": ("not delivered", "not delivered"),
    "internal": ("internal note or forward", "internal notes and forwards"),
    "passed_on": ("passed on from outside to outside", "passed on from outside to outside"),
    "no_message": ("call that left no message", "calls that left no message"),
    "answered_call": ("call answered at once", "calls answered at once"),
    "unanswered_call_back": ("call back that nobody answered", "call backs that nobody answered"),
    "unanswered_call": ("call out that nobody answered", "calls out that nobody answered"),
    "call_out": ("call out", "calls out"),
    "internal_call": ("internal call", "internal calls"),
    "same_message": ("further row of the same message", "further rows of the same message"),
    "further_leg": ("further leg of the same call", "further legs of the same call"),
}


def visible(text: str) -> str:
    """Text of the input as it may be shown.

    >>> visible("\\x1b[2J[/b]"), visible("two\\r\\nlines")
    ('\ufffd[2J[/b]', 'two lines')
    """
    # A file name that is not UTF-8 reaches us with lone surrogates, which nothing can print.
    return re.sub(UNSEEN, REPLACEMENT, re.sub(BREAKS, " ", text.encode("utf-8", "replace").decode("utf-8")))


def utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def counted(n: int, noun: str, nouns: str | None = None) -> str:
    """
    >>> counted(1, "request"), counted(1330, "request"), counted(2, "reply", "replies")
    ('1 request', '1,330 requests', '2 replies')
    """
    return f"{n:,} {noun if n == 1 else nouns or noun + 's'}"


def listed(parts: Sequence[str]) -> str:
    """
    >>> listed(["12"]), listed(["12", "40", "77"])
    ('12', '12, 40 and 77')
    """
    return " and ".join([*([", ".join(parts[:-1])] if parts[:-1] else []), *parts[-1:]])


def period_words(first: dt.date, last: dt.date) -> str:
    """
    >>> period_words(dt.date(2025, 10, 1), dt.date(2025, 10, 31))
    '1 to 31 October 2025'
    >>> period_words(dt.date(2025, 7, 1), dt.date(2025, 9, 30))
    '1 July to 30 September 2025'
    >>> period_words(dt.date(2025, 10, 13), dt.date(2025, 10, 13))
    'on 13 October 2025'
    """
    # Not strftime: its names of the months follow the machine's language.
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return f"on {end}"
    if first.year != last.year:
        return f"{first.day} {MONTHS[first.month - 1]} {first.year} to {end}"
    if first.month != last.month:
        return f"{first.day} {MONTHS[first.month - 1]} to {end}"
    return f"{first.day} to {end}"


def as_of_words(as_of: dt.datetime, is_date: bool) -> str:
    return f"{as_of:%Y-%m-%d}" if is_date else f"{as_of:%Y-%m-%d %H:%M}"
