"""Calls: the legs of a call log become calls, each with who called whom, and whether it reached the voice mail or a person.

A call that rolls over to voice mail has several legs; a leg that the voice mail answered is `ANSWERED` and yet no answer by a
person. A call of ours that reached the customer's voice mail is one that nobody answered. Where no column tells which way a
call went, its numbers do: extensions are short, customers' numbers long.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from cxaudit.recognise.parties import is_one_of, is_own_number, numbers
from cxaudit.standards.model import Pairing

_SIDE = ("message", "at", "log", "customer", "mailbox", "subject", "thread", "is_internal")
_CODE = r"^[*#]"
#: What the row of a call without an id says: the same in two files is one row.
_SAID = (
    "source", "at", "caller", "called", "reached", "mailbox", "direction", "context", "is_voicemail", "is_answered",
    "case_hash",
)  # fmt: skip
#: An id that comes again after so long is another call's. Source: Cisco, which keeps it unique for some days only.
_REUSED = pl.duration(days=1)


@dataclass(frozen=True)
class Calls:
    """`inbound` (voice mails) and `outbound` (calls that a person answered) as `pair_messages` takes them; `unanswered`:
    calls to customers that nobody answered; `kinds` (`message`, `kind`): what each call is; `rows`: `table`, `row`, `message`
    for every leg; `firsts`: `message`, `table`, `row` of the leg that counts."""

    inbound: pl.DataFrame
    outbound: pl.DataFrame
    unanswered: pl.DataFrame
    kinds: pl.DataFrame
    rows: pl.DataFrame
    firsts: pl.DataFrame
    n_by_length: dict[int, int]  # table -> calls whose direction only the length of their numbers tells


def gather_calls(rows: pl.DataFrame, pairing: Pairing) -> Calls:
    """Gather the legs of each call.

    **Frame in**: `table`, `row`, `source`, `log`, `at`, `latest_at`, `case_hash`, and the columns of `recognise_calls`.
    """
    legs = _with_voicemail(_numbered(_typed(rows.sort("at", maintain_order=True), pairing)))
    calls = _with_mailbox(_calls(legs), legs, pairing)
    voicemails = calls.filter(pl.col("kind") == "inbound")
    answered = calls.filter(pl.col("kind") == "outbound")
    tried = calls.filter(~pl.col("has_answer"), pl.col("kind").is_in(["unanswered_call", "internal_call"]))
    return Calls(
        inbound=_side(voicemails, customer="caller", mailbox="mailbox").select(_SIDE),
        outbound=_side(answered, customer="called", mailbox="caller")
        .with_columns(at="latest_at")
        .select(*_SIDE, is_form=pl.lit(False), is_wide=~pl.col("is_internal")),
        unanswered=_side(tried, customer="called", mailbox="caller").select(_SIDE),
        kinds=calls.select("message", "kind"),
        rows=legs.select("table", "row", "message"),
        firsts=calls.select("message", "table", "row"),
        n_by_length=dict(calls.filter("is_by_length").group_by("table").len().sort("table").iter_rows()),
    )


def _numbered(legs: pl.DataFrame) -> pl.DataFrame:
    """The legs with the number of their call."""
    keyed = _with_key(legs)
    by = ["source", "key"]
    calls = keyed.group_by(by, maintain_order=True).agg(lasts=pl.col("at").max() - pl.col("at").min())
    if calls.select((pl.col("lasts") > _REUSED).any()).item():
        is_another = (pl.col("at") - pl.col("at").shift().over(by) > _REUSED).fill_null(value=False)
        keyed = keyed.with_columns(is_another=is_another).with_columns(use=pl.col("is_another").cum_sum().over(by))
        by = [*by, "use"]
        calls = keyed.select(by).unique(maintain_order=True)
    messages = calls.select(by).with_row_index("message")
    return keyed.join(messages, on=by, how="left", maintain_order="left").drop("key")


def _with_key(legs: pl.DataFrame) -> pl.DataFrame:
    """What legs of one call share. A leg that names no call is one by itself; the same row in another file is the same leg.

    Twice in one file it may be two callers who hide their numbers: the first is the first of the other file.
    """
    alone = legs.filter(pl.col("call").is_null())
    own = pl.format("\x00{} {}", "table", "row")
    if alone["table"].n_unique() > 1:
        nth = pl.int_range(pl.len()).over("table", *_SAID)
        own = pl.format("\x00{}", pl.struct(*_SAID, nth=nth).rank("dense"))
    keys = alone.select("table", "row", own=own)
    both = legs.join(keys, on=["table", "row"], how="left", maintain_order="left")
    return both.with_columns(key=pl.coalesce("call", "own")).drop("call", "own")


def _typed(legs: pl.DataFrame, pairing: Pairing) -> pl.DataFrame:
    """Each leg with its numbers and its way."""
    typed = legs.with_columns(
        *(numbers(pl.col(name)).alias(name) for name in ("caller", "reached", "mailbox")),
        called=numbers(pl.col("called"), pairing.dial_prefix),
    ).with_columns(pl.col("reached", "mailbox").fill_null(pl.col("called")))
    from_own, to_own = (is_own_number(pl.col(name), pairing) for name in ("caller", "called"))
    told, hint = pl.col("direction").cast(pl.String), pl.col("context").cast(pl.String)
    inside = pl.when(to_own).then(pl.lit("internal")).otherwise(pl.lit("outbound"))
    is_known = pl.col("caller").is_not_null() & pl.col("called").is_not_null()
    by_number = (
        pl.when(is_known & from_own & to_own).then(pl.lit("internal"))
        .when(is_known & from_own).then(pl.lit("outbound"))
        .when(pl.col("caller").is_not_null() & ~from_own & to_own).then(pl.lit("inbound"))
    )  # fmt: skip
    by_hint = pl.when(hint == "inside").then(inside).otherwise(hint)
    way = pl.when(told == "inside").then(inside).when(told.is_not_null()).then(told).otherwise(
        pl.coalesce(by_number, by_hint)
    )  # fmt: skip
    is_at_voicemail = is_one_of(pl.col("reached"), pairing.voicemail_numbers)
    # Its number alone says little: nothing is left where nothing took the call.
    is_taken = is_at_voicemail & pl.col("is_connected").fill_null(value=True)
    dials_it = from_own & is_one_of(pl.col("called"), pairing.voicemail_numbers)
    return typed.with_columns(
        way=way,
        is_our_voicemail=is_at_voicemail | is_own_number(pl.col("mailbox"), pairing),
        is_taken=is_taken,
        may_fetch=is_taken & dials_it & (way != "inbound").fill_null(value=True),
        is_from_own=from_own,
        is_by_length=told.is_null() & by_number.is_not_null(),
    )


def _with_voicemail(legs: pl.DataFrame) -> pl.DataFrame:
    """Which legs the voice mail took, and which a person. An extension that dials the voice mail, and nothing else, listens."""
    fetches = pl.col("may_fetch").all().over("message")
    is_voicemail = pl.col("is_voicemail") | (pl.col("is_taken") & ~fetches)
    return legs.with_columns(is_voicemail=is_voicemail, is_answered=pl.col("is_answered") & ~is_voicemail & ~fetches)


def _calls(legs: pl.DataFrame) -> pl.DataFrame:
    """One row for each call: the leg that counts, and what the call is.

    A person who answers after the voice mail did has answered the call. A call with any inbound leg came in, whatever it was
    passed on to. What we leave on the customer's voice mail is no message to us, nor has a person heard us.
    """
    answer_at = pl.col("at").filter("is_answered").max()
    voicemail_at = pl.col("at").filter("is_voicemail").max()
    facts = legs.group_by("message").agg(
        has_voicemail=pl.col("is_voicemail").any() & ~(answer_at > voicemail_at).fill_null(False),
        has_answer=pl.col("is_answered").any(),
        ways=pl.col("way").unique(),
    )
    both = legs.join(facts, on="message", maintain_order="left")
    counts = (pl.col("has_voicemail") & pl.col("is_voicemail")) | (~pl.col("has_voicemail") & pl.col("is_answered"))
    first = both.with_columns(rank=~counts).sort("message", "rank", "at", "table", "row").unique(
        "message", keep="first", maintain_order=True
    )  # fmt: skip
    ways = pl.col("ways")
    way = (
        pl.when(ways.list.contains("inbound")).then(pl.lit("inbound"))
        .when(ways.list.contains("outbound")).then(pl.lit("outbound"))
        .when(ways.list.contains("internal")).then(pl.lit("internal"))
    )  # fmt: skip
    is_theirs = pl.col("has_voicemail") & (way == "outbound").fill_null(value=False) & ~pl.col("is_our_voicemail")
    first = first.with_columns(
        way=way, has_voicemail=pl.col("has_voicemail") & ~is_theirs, has_answer=pl.col("has_answer") & ~is_theirs
    )
    return first.with_columns(kind=_kind(), is_internal=_is_internal())


def _with_mailbox(calls: pl.DataFrame, legs: pl.DataFrame, pairing: Pairing) -> pl.DataFrame:
    """A message that was left at the number of the voice mail is in the box of the one number that rang in vain before it,
    or whose box another leg names, in whatever order the legs of one second stand."""
    is_shared = is_one_of(pl.col("mailbox"), pairing.voicemail_numbers)
    left = calls.filter(is_shared & pl.col("has_voicemail")).select("message", left_at="at")
    spoke_at = pl.col("at").filter("is_answered").max().over("message")
    rang = (
        legs.join(left, on="message", maintain_order="left")
        .with_columns(spoke_at=spoke_at, rang=pl.when("is_voicemail").then("mailbox").otherwise("called"))
        .filter(
            pl.col("is_voicemail") | ~pl.col("is_answered"),
            ~is_one_of(pl.col("rang"), pairing.voicemail_numbers),
            (pl.col("at") > pl.col("spoke_at")).fill_null(value=True) & (pl.col("at") <= pl.col("left_at")),
        )
        .drop_nulls("rang")
        .unique(["message", "rang"], maintain_order=True)
        .filter(pl.len().over("message") == 1)
    )
    found = calls.join(rang.select("message", "rang"), on="message", how="left", maintain_order="left")
    return found.with_columns(mailbox=pl.coalesce("rang", "mailbox"))


def _is_internal() -> pl.Expr:
    """Whether the customer is a colleague: who left the message, or who was called."""
    from_own = pl.col("is_from_own") & (pl.col("way") != "inbound").fill_null(True)
    return pl.when("has_voicemail").then(from_own).otherwise((pl.col("way") == "internal").fill_null(False))


def _kind() -> pl.Expr:
    way, has_answer = pl.col("way"), pl.col("has_answer")
    is_to_person = pl.col("called").is_not_null() & ~pl.col("called").str.contains(_CODE)
    return (
        pl.when("has_voicemail").then(pl.lit("inbound"))
        .when(has_answer & way.is_null()).then(pl.lit("no_direction"))
        .when(has_answer & (way == "inbound")).then(pl.lit("answered_call"))
        .when(has_answer & way.is_in(["outbound", "internal"]) & is_to_person).then(pl.lit("outbound"))
        .when(way == "outbound").then(pl.lit("unanswered_call"))
        .when(way == "internal").then(pl.lit("internal_call"))
        .otherwise(pl.lit("no_message"))
    )  # fmt: skip


def _side(calls: pl.DataFrame, customer: str, mailbox: str) -> pl.DataFrame:
    """A number that is not known makes no conversation; all calls have one subject, and none has a thread."""
    return calls.with_columns(
        customer=_party(pl.col(customer)),
        mailbox=_party(pl.col(mailbox).fill_null("")),
        subject=pl.lit(0, dtype=pl.UInt32),
        thread=pl.lit(None, dtype=pl.UInt32),
    )


def _party(number: pl.Expr) -> pl.Expr:
    return number.cast(pl.Categorical).to_physical().cast(pl.UInt32)
