"""Sides: which messages of a mail log came from customers, which went to them, and which are neither.

Neither requests nor replies are automatic mail, bounces, spam, bulk mail, what was not delivered, and notes and forwards among
colleagues; but a colleague who writes to a service address is a customer (policy 2.3, 2.10). Source: DESIGN, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from cxaudit.recognise.messages import Messages
from cxaudit.recognise.own import own_domains, service_addresses
from cxaudit.recognise.parties import domains, end_of_day, is_within
from cxaudit.recognise.subjects import is_acknowledgement, is_automatic, is_bounce, is_bulk_sender
from cxaudit.standards.model import Pairing

#: So many customers with one and the same subject that is no `Re:` have been sent a form.
_FORM_FROM = 3
_SIDE = ("message", "at", "log", "customer", "mailbox", "subject", "thread", "is_internal")


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
    messages = _with_parties(found, own, pairing)
    recipients = found.recipients.with_columns(is_own=is_within(pl.col("domain"), own))
    messages = _with_reach(messages, recipients)
    kinds = messages.select("message", kind=_kind())
    messages = messages.join(kinds, on="message", maintain_order="left").with_columns(
        _party(pl.col("sender")).alias("from")
    )
    inbound = [_from_outside(messages, recipients, services), _from_colleagues(messages, recipients, services)]
    outbound = [_to_outside(messages, recipients), _to_colleagues(messages, recipients, services)]
    sent = pl.concat(outbound).with_columns(end_of_day())
    return Sides(
        inbound=pl.concat(inbound).select(_SIDE).sort("message"),
        outbound=sent.select(*_SIDE, "is_form", is_wide=pl.lit(False)).sort("message"),
        kinds=kinds,
        assumed_domains=() if pairing.own_domains else tuple(own),
        assumed_addresses=() if pairing.service_addresses or not inbound[1].height else tuple(services),
    )


def _party(address: pl.Expr) -> pl.Expr:
    """A number for an address, the same in every frame."""
    return address.cast(pl.Categorical).to_physical().cast(pl.UInt32)


def _with_parties(found: Messages, own: list[str], pairing: Pairing) -> pl.DataFrame:
    sender = pl.col("sender")
    automatic = is_automatic(pl.col("words"), sender, pairing.automatic_subjects, pairing.automatic_senders)
    typed = found.messages.with_columns(
        is_from_own=is_within(domains(sender), own),
        is_bounce=is_bounce(pl.col("words"), sender),
        is_automatic=pl.col("is_automatic") | automatic,
        is_acknowledgement=is_acknowledgement(pl.col("words")),
        subject=_party(pl.col("subject")),
    )
    counts = _sent_to(typed, found.recipients, own)
    day, form = ["sender", "subject", "on"], ["sender", "subject"]
    is_first_word = pl.col("is_from_own") & ~pl.col("is_reply")
    return (
        typed.with_columns(on=pl.col("at").dt.date())
        .join(_customers(counts, day, "n_on_day"), on=day, how="left", maintain_order="left", nulls_equal=True)
        .join(_customers(counts, form, "n_in_all"), on=form, how="left", maintain_order="left", nulls_equal=True)
        .with_columns(
            is_bulk=(is_first_word & (pl.col("n_on_day") >= pairing.bulk_from)).fill_null(False)
            | (~pl.col("is_from_own") & is_bulk_sender(sender)),
            is_form=(is_first_word & (pl.col("n_in_all") >= _FORM_FROM)).fill_null(False),
        )
    )


def _sent_to(messages: pl.DataFrame, recipients: pl.DataFrame, own: list[str]) -> pl.DataFrame:
    """Who outside was sent which first words when."""
    first = messages.filter("is_from_own", ~pl.col("is_reply"))
    outside = recipients.filter(~is_within(pl.col("domain"), own))
    both = first.join(outside, on="message")
    return both.select("sender", "subject", "recipient", on=pl.col("at").dt.date())


def _customers(counts: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    return counts.group_by(by).agg(pl.col("recipient").n_unique().alias(name))


def _with_reach(messages: pl.DataFrame, recipients: pl.DataFrame) -> pl.DataFrame:
    """Whom each message was addressed to: colleagues, others, anybody whom it reached."""
    reach = recipients.group_by("message").agg(
        has_own=pl.col("is_own").any(), has_other=(~pl.col("is_own")).any(), reached=(~pl.col("is_failed")).any()
    )
    joined = messages.join(reach, on="message", how="left", maintain_order="left")
    return joined.with_columns(pl.col("has_own", "has_other").fill_null(False), pl.col("reached").fill_null(True))


def _kind() -> pl.Expr:
    way = pl.col("direction").cast(pl.String)
    is_from_own, has_own, has_other = pl.col("is_from_own"), pl.col("has_own"), pl.col("has_other")
    kinds = {
        "bounce": pl.col("is_bounce"),
        "automatic": pl.col("is_automatic") | (is_from_own & pl.col("is_acknowledgement")),
        "spam": pl.col("is_spam"),
        "not_delivered": ~pl.col("reached"),
        "bulk": pl.col("is_bulk"),
        "outbound": is_from_own & has_other,
        "internal": is_from_own & (has_own | (way == "internal").fill_null(False)),
        "inbound": ~is_from_own & (has_own | (way == "inbound").fill_null(False)),
    }
    kind = pl.lit("passed_on")
    for name, holds in reversed(kinds.items()):
        kind = pl.when(holds).then(pl.lit(name)).otherwise(kind)
    return kind.alias("kind")


def _from_outside(messages: pl.DataFrame, recipients: pl.DataFrame, services: list[str]) -> pl.DataFrame:
    """One for each message; of several own mailboxes that it was addressed to, a service address if there is one."""
    inbound = messages.filter(pl.col("kind") == "inbound")
    mine = recipients.filter("is_own").with_columns(rank=~pl.col("recipient").is_in(services))
    mailbox = mine.sort("message", "rank", maintain_order=True).unique("message", keep="first")
    joined = inbound.join(mailbox.select("message", "recipient"), on="message", how="left")
    return joined.select(_side("from", _party(pl.col("recipient")), is_internal=False))


def _from_colleagues(messages: pl.DataFrame, recipients: pl.DataFrame, services: list[str]) -> pl.DataFrame:
    """What a colleague writes to a service address: no forward, and a `Re:` only where such a request came before."""
    is_person = ~pl.col("sender").is_in(services)
    internal = messages.filter(pl.col("kind") == "internal", is_person, ~pl.col("is_forward"))
    desks = recipients.filter(pl.col("recipient").is_in(services)).unique("message", keep="first", maintain_order=True)
    both = internal.join(desks.select("message", "recipient"), on="message")
    both = both.with_columns(desk=_party(pl.col("recipient")))
    key = ("log", "from", "desk", "subject")
    first = both.filter(~pl.col("is_reply")).group_by(key).agg(first=pl.col("at").min())
    both = both.join(first, on=key, how="left", nulls_equal=True, maintain_order="left")
    begun = ~pl.col("is_reply") | (pl.col("first") < pl.col("at")).fill_null(False)
    return both.filter(begun).select(_side("from", pl.col("desk"), is_internal=True))


def _to_outside(messages: pl.DataFrame, recipients: pl.DataFrame) -> pl.DataFrame:
    """One for each message and customer whom it reached."""
    outbound = messages.filter(pl.col("kind") == "outbound")
    customers = recipients.filter(~pl.col("is_own"), ~pl.col("is_failed")).select("message", "recipient")
    both = outbound.join(customers, on="message").with_columns(to=_party(pl.col("recipient")))
    return both.select(*_side("to", pl.col("from"), is_internal=False), "is_form")


def _to_colleagues(messages: pl.DataFrame, recipients: pl.DataFrame, services: list[str]) -> pl.DataFrame:
    """What a service address writes to colleagues."""
    internal = messages.filter(pl.col("kind") == "internal", pl.col("sender").is_in(services), ~pl.col("is_forward"))
    customers = recipients.filter("is_own", ~pl.col("is_failed")).select("message", "recipient")
    both = internal.join(customers, on="message").with_columns(to=_party(pl.col("recipient")))
    return both.select(*_side("to", pl.col("from"), is_internal=True), "is_form")


def _side(customer: str, mailbox: pl.Expr, *, is_internal: bool) -> list[pl.Expr]:
    return [
        pl.col("message", "at", "is_date", "log"),
        pl.col(customer).alias("customer"),
        mailbox.alias("mailbox"),
        pl.col("subject", "thread"),
        pl.lit(is_internal).alias("is_internal"),
    ]
