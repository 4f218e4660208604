"""Sides: which messages of a mail log came from customers, which went to them, and which are neither.

Neither requests nor replies are automatic mail, bounces, spam, bulk mail, what was not delivered, and notes and forwards among
colleagues; but a colleague who writes to a service address is a customer (policy 2.3, 2.10). Source: DESIGN, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from cxaudit.recognise.messages import Messages
from cxaudit.recognise.own import own_domains, service_addresses
from cxaudit.recognise.parties import domains, is_within
from cxaudit.recognise.subjects import (
    is_acknowledgement,
    is_automatic,
    is_bounce,
    is_bulk_sender,
    is_machine,
    is_mail_system,
    may_be_automatic,
    receipt_of,
)
from cxaudit.standards.model import Pairing

#: So many customers with one and the same subject that is no `Re:` have been sent a form.
_FORM_FROM = 3
_SIDE = ("message", "at", "log", "customer", "mailbox", "subject", "thread", "is_internal")
_INBOUND = (*_SIDE, "mailboxes")


@dataclass(frozen=True)
class Sides:
    """`inbound` and `outbound` as `pair_messages` takes them; `kinds` (`message`, `kind`): what the others are; and what
    was assumed about the organisation's own addresses (empty where it is declared)."""

    inbound: pl.DataFrame
    outbound: pl.DataFrame
    kinds: pl.DataFrame
    assumed_domains: tuple[str, ...]
    assumed_addresses: tuple[str, ...]


def tell_sides(found: Messages, pairing: Pairing, places: str) -> Sides:
    """Sort the messages of mail logs into inbound, outbound and neither.

    Raises `InputError` where it cannot be told which domains are the organisation's; `places` names the files.
    """
    own = list(pairing.own_domains) or own_domains(found, places)
    services = list(pairing.service_addresses) or service_addresses(found, own)
    book = _address_book(found, own, services, pairing)
    recipients = found.recipients.join(
        book.select("is_own", "is_service", "place", recipient="address"), on="recipient"
    )
    messages = _with_receipts(_with_sender(found.messages, book, pairing), recipients)
    messages = _with_repetitions(messages, recipients, pairing)
    messages = _with_reach(messages, recipients).with_columns(_kind(), customer=_party("sender"))
    inbound = [_from_outside(messages, recipients), _from_colleagues(messages, recipients)]
    outbound = [_to_outside(messages, recipients), _to_colleagues(messages, recipients)]
    sent = pl.concat(outbound).with_columns(at="latest_at")
    return Sides(
        inbound=pl.concat(inbound).sort("message"),
        outbound=sent.select(*_SIDE, "is_form", is_wide=pl.lit(False)).sort("message"),
        kinds=messages.select("message", "kind"),
        assumed_domains=() if pairing.own_domains else tuple(own),
        assumed_addresses=() if pairing.service_addresses or not inbound[1].height else tuple(services),
    )


def _party(address: str) -> pl.Expr:
    """A number for an address, the same in every frame."""
    return pl.col(address).to_physical().cast(pl.UInt32)


def _address_book(found: Messages, own: list[str], services: list[str], pairing: Pairing) -> pl.DataFrame:
    """Every address once, with what its name tells: `address`, `is_own`, `is_service`, `is_machine`, `is_mail_system`,
    `is_bulk_sender`; and its `place` among all, service addresses first, which no order of the rows changes."""
    everyone = (
        pl.concat([found.messages["sender"], found.recipients["recipient"].alias("sender")]).drop_nulls().unique()
    )
    name = pl.col("address").cast(pl.String)
    book = pl.DataFrame({"address": everyone}).with_columns(
        is_own=is_within(domains(name), own),
        is_service=name.is_in(services),
        is_machine=is_machine(name, pairing.automatic_senders),
        is_mail_system=is_mail_system(name),
        is_bulk_sender=is_bulk_sender(name),
    )
    return book.sort(~pl.col("is_service"), name).with_row_index("place")


def _with_sender(messages: pl.DataFrame, book: pl.DataFrame, pairing: Pairing) -> pl.DataFrame:
    """What the sender and the words of the subject tell."""
    words = pl.col("words")
    typed = messages.join(book, left_on="sender", right_on="address", how="left", maintain_order="left")
    # Whose words nobody's address signs is told by the column for the direction, if at all.
    is_told = pl.col("direction").cast(pl.String).is_in(["outbound", "internal", "inside"])
    typed = typed.with_columns(
        pl.coalesce("is_own", is_told).fill_null(value=False),
        pl.col("is_service", "is_machine", "is_mail_system", "is_bulk_sender").fill_null(value=False),
    )
    ours = pl.when("is_own").then(words)
    return typed.with_columns(
        is_bounce=pl.col("is_mail_system") | is_bounce(ours),
        is_automatic=pl.any_horizontal("is_automatic", "is_machine")
        | is_automatic(words, pairing.automatic_subjects)
        | may_be_automatic(ours)
        | is_acknowledgement(ours),
        subject=_subject(pl.col("subject")),
        receipt_of=_subject(receipt_of(words)),
        is_first_word=~pl.col("is_reply"),
    ).drop("words")


def _subject(text: pl.Expr) -> pl.Expr:
    """A number for a subject, the same in every column."""
    return text.cast(pl.Categorical).to_physical().cast(pl.UInt32)


def _with_receipts(messages: pl.DataFrame, recipients: pl.DataFrame) -> pl.DataFrame:
    """A receipt repeats what was sent to its sender before: "Read: my letter" of anybody else is a request."""
    receipts = messages.filter(pl.col("receipt_of").is_not_null(), ~pl.col("is_own"))
    sent = messages.filter("is_own").select(
        "message", "at", receipt_of=pl.col("subject").fill_null(_subject(pl.lit("")))
    )
    sent = sent.join(receipts, on="receipt_of", how="semi").join(
        recipients.select("message", "recipient"), on="message"
    )
    first = sent.group_by("receipt_of", sender="recipient").agg(sent=pl.col("at").min())
    found = receipts.join(first, on=["receipt_of", "sender"]).filter(pl.col("sent") <= pl.col("at"))
    is_receipt = pl.col("message").is_in(found["message"].implode())
    return messages.with_columns(is_automatic=pl.col("is_automatic") | is_receipt)


def _with_repetitions(messages: pl.DataFrame, recipients: pl.DataFrame, pairing: Pairing) -> pl.DataFrame:
    """How many on the other side were sent the same: first words of one sender on one day (`is_bulk`), or anything of ours,
    from whichever mailbox and with `Re:` or without, until the end of the day (`is_form`).

    What is sent on a later day tells nothing of a message: it would change what was true before.
    """
    columns = ("message", "sender", "subject", "on", "is_own", "is_first_word")
    to = recipients.select("message", "recipient", to_own="is_own")
    sent = messages.select(columns).join(to, on="message").filter(pl.col("is_own") != pl.col("to_own"))
    by_sender, by_us = ["sender", "subject", "on"], ["subject", "on"]
    # What is said to few tells nothing, and is nearly all that is sent: counting it exactly would cost.
    times = sent.group_by("subject").len("n_times").filter(pl.col("n_times") >= min(_FORM_FROM, pairing.bulk_from))
    sent = sent.join(times, on="subject", how="semi", nulls_equal=True)
    daily = sent.filter("is_first_word").group_by(by_sender).agg(n_on_day=pl.col("recipient").n_unique())
    ours = sent.filter("is_own")
    begun = ours.group_by("subject", "recipient").agg(pl.col("on").min()).group_by(by_us).agg(n_new=pl.len())
    until = ours.select(by_us).unique().join(begun, on=by_us, how="left", nulls_equal=True).sort("on")
    until = until.select(*by_us, n_until=pl.col("n_new").fill_null(0).cum_sum().over("subject"))
    # Joining what is sent to few would cost, and tell nothing.
    for counted, by in (
        (daily.filter(pl.col("n_on_day") >= pairing.bulk_from), by_sender),
        (until.filter(pl.col("n_until") >= _FORM_FROM), by_us),
    ):
        messages = messages.join(counted, on=by, how="left", maintain_order="left", nulls_equal=True)
    is_first_word, is_own = pl.col("is_first_word"), pl.col("is_own")
    return messages.with_columns(
        is_bulk=(is_first_word & pl.col("n_on_day").is_not_null()) | (~is_own & pl.col("is_bulk_sender")),
        is_form=is_own & pl.col("n_until").is_not_null(),
    )


def _with_reach(messages: pl.DataFrame, recipients: pl.DataFrame) -> pl.DataFrame:
    """Whom each message was addressed to: colleagues, others, anybody whom it reached."""
    reach = recipients.group_by("message").agg(
        has_own=pl.col("is_own").any(), has_other=(~pl.col("is_own")).any(), has_service=pl.col("is_service").any(),
        reached=(~pl.col("is_failed")).any(),
    )  # fmt: skip
    joined = messages.join(reach, on="message", how="left", maintain_order="left")
    is_unread = pl.col("is_addressed") & pl.col("has_own").is_null()
    return joined.with_columns(
        pl.col("has_own", "has_other", "has_service").fill_null(False),
        pl.col("reached").fill_null(True),
        is_unread=is_unread,
    )


def _kind() -> pl.Expr:
    way = pl.col("direction").cast(pl.String)
    is_from_own, has_own, has_other = pl.col("is_own"), pl.col("has_own"), pl.col("has_other")
    is_inbound = ~is_from_own & (way == "inbound").fill_null(False)
    # What the export calls internal is no request, whoever it names, unless it went to a service address.
    is_among_us = (way == "internal").fill_null(False) & ~has_other & ~pl.col("has_service")
    kinds = {
        "bounce": pl.col("is_bounce"),
        "automatic": pl.col("is_automatic"),
        "spam": pl.col("is_spam"),
        "not_delivered": ~pl.col("reached"),
        "bulk": pl.col("is_bulk"),
        "no_address": ~is_among_us
        & ((pl.col("sender").is_null() & ~(is_from_own & has_other)) | (pl.col("is_unread") & ~is_inbound)),
        "outbound": is_from_own & has_other,
        "internal": is_from_own & (has_own | (way == "internal").fill_null(False)),
        "inbound": (~is_from_own & has_own) | is_inbound,
    }
    kind = pl.lit("passed_on")
    for name, holds in reversed(kinds.items()):
        kind = pl.when(holds).then(pl.lit(name)).otherwise(kind)
    return kind.alias("kind")


def _from_outside(messages: pl.DataFrame, recipients: pl.DataFrame) -> pl.DataFrame:
    """One for each message, whatever own mailboxes it was addressed to."""
    inbound = messages.filter(pl.col("kind") == "inbound")
    mine = _mailboxes(recipients.filter("is_own"))
    joined = inbound.join(mine, on="message", how="left")
    return joined.with_columns(is_internal=pl.lit(False)).select(_INBOUND)


def _from_colleagues(messages: pl.DataFrame, recipients: pl.DataFrame) -> pl.DataFrame:
    """What a colleague writes to a service address: no forward, and a `Re:` only where such a request came before."""
    internal = messages.filter(pl.col("kind") == "internal", ~pl.col("is_service"), ~pl.col("is_forward"))
    both = internal.join(_mailboxes(recipients.filter("is_service")), on="message")
    key = ["log", "customer", "mailboxes", "subject"]
    each = both.select("message", "at", "is_reply", *key).explode("mailboxes")
    first = each.filter(~pl.col("is_reply")).group_by(key).agg(first=pl.col("at").min())
    after = each.join(first, on=key, nulls_equal=True).filter(pl.col("first") < pl.col("at"))
    is_begun = ~pl.col("is_reply") | pl.col("message").is_in(after["message"].implode())
    return both.filter(is_begun).with_columns(is_internal=pl.lit(True)).select(_INBOUND)


def _mailboxes(recipients: pl.DataFrame) -> pl.DataFrame:
    """Each message's `mailboxes`, any of which may answer it, and the `mailbox` that stands for them: a service address if
    there is one, and of several the first by name."""
    by_place = recipients.select("message", "place", mailbox=_party("recipient")).sort("place")
    return by_place.group_by("message").agg(mailboxes="mailbox", mailbox=pl.col("mailbox").first())


def _to_outside(messages: pl.DataFrame, recipients: pl.DataFrame) -> pl.DataFrame:
    """One for each message and customer whom it reached."""
    customers = recipients.filter(~pl.col("is_own"), ~pl.col("is_failed"))
    return _sent(messages.filter(pl.col("kind") == "outbound"), customers, is_internal=False)


def _to_colleagues(messages: pl.DataFrame, recipients: pl.DataFrame) -> pl.DataFrame:
    """What a service address writes to colleagues."""
    internal = messages.filter(pl.col("kind") == "internal", "is_service", ~pl.col("is_forward"))
    return _sent(internal, recipients.filter("is_own", ~pl.col("is_failed")), is_internal=True)


def _sent(messages: pl.DataFrame, recipients: pl.DataFrame, *, is_internal: bool) -> pl.DataFrame:
    to = recipients.select("message", to=_party("recipient"))
    both = messages.join(to, on="message").with_columns(mailbox="customer", is_internal=pl.lit(is_internal))
    return both.with_columns(customer="to").select(*_SIDE, "latest_at", "is_form")
