"""Pair: messages from customers and messages to them become requests with their first reply.

A reply is the first later outbound message of the same conversation, or else to the same customer. A false pair is a false
"met": where it is not plain which request a message answers, it answers none. Several messages before a reply are one
request, from the oldest unanswered one. Source: DESIGN, sections 2 (reply) and 5 (event).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from cxaudit.standards.model import Reopen

#: How an outbound message was found to answer a request, the surest first.
WAYS = ("thread", "subject", "other_mailbox", "number", "customer", "person")
_WAY = pl.Enum(WAYS)
_ANSWER = ("message", "at", "customer", "conversation", "way")


@dataclass(frozen=True)
class _Where:
    """Where a message that names no conversation may answer the only open one: among those that agree with it `by` these
    columns; `whose` they are: nothing that happens to others matters there."""

    way: str
    by: tuple[str, ...]
    whose: tuple[str, ...]


_WHERE = (
    _Where("customer", ("log", "customer", "mailbox"), ("log", "customer")),
    _Where("person", ("person",), ("person",)),
)


@dataclass(frozen=True)
class Paired:
    """`requests` (`message`, `reply`, `way`): the message that opened each, its first reply if any, and how that was
    found; `further` (`message`, `request`): what the customer wrote besides, and the message that opened the request;
    `later` (`message`): what we wrote besides."""

    requests: pl.DataFrame
    further: pl.DataFrame
    later: pl.DataFrame


def pair_messages(inbound: pl.DataFrame, outbound: pl.DataFrame, reopen: Reopen) -> Paired:
    """Give each customer's messages their replies.

    **Frame in**: `inbound`, one row per message, and `outbound`, one per message and customer: `message` (UInt32), `at`
    (Datetime), `log` (UInt32: only messages of one log are paired), `customer`, `mailbox`, `subject`, `thread` and
    `person` (who the customer is in every log; UInt32; null where it is not known), `is_internal` (the customer is a
    colleague); `inbound` also `mailboxes` (all that were written to, `mailbox` among them), `outbound` also `is_wide` (it
    answers whatever the customer asked, as a telephone call does) and `is_form` (many customers were sent the same).
    **Frame out**: by `message`.

    A message is answered by a later one only: one of the same second is not.
    """
    inbound, outbound = (side.with_columns(pl.col("at").dt.truncate("1s")) for side in (inbound, outbound))
    inbound = _with_conversation(inbound, reopen)
    answers = _by_conversation(inbound, outbound)
    left = outbound.filter(~pl.any_horizontal("is_internal", "is_form"))
    for where, all_outs in zip(_WHERE, (left.filter(~pl.col("is_wide")), left), strict=True):
        # A call names nothing: whatever else was left at its number before, it may answer what else is open.
        named = answers.filter(pl.col("way") != "number")
        outs = all_outs.drop_nulls(where.by).join(named, on=["message", "customer"], how="anti")
        if outs.height:
            line = _timeline(inbound, answers, reopen)
            found = _if_only_one_is_open(inbound, line, outs, where, reopen)
            answers = pl.concat([answers, found.join(answers, on=["message", "conversation"], how="anti")])
    line = _timeline(inbound, answers, reopen)
    requests = line.filter("is_start").select("request", "message")
    replies = line.filter(~pl.col("is_in")).unique("request", keep="first", maintain_order=True)
    requests = requests.join(
        replies.select("request", "way", reply="message"), on="request", how="left", maintain_order="left"
    )
    further = line.filter(pl.col("is_in") & ~pl.col("is_start")).select("message", "request")
    further = further.join(requests.select("request", opened="message"), on="request")
    said = line.filter(~pl.col("is_in")).select("message").unique()
    return Paired(
        requests=requests.select("message", "reply", "way").sort("message"),
        further=further.select("message", request="opened").sort("message"),
        later=said.join(requests, left_on="message", right_on="reply", how="anti").sort("message"),
    )


def _with_conversation(inbound: pl.DataFrame, reopen: Reopen) -> pl.DataFrame:
    """Number the conversations: a message goes on with the earliest one of its customer and subject that was written to one
    of its mailboxes, and that one likewise, so that what comes later joins nothing that was apart.

    A thread goes on as it began, whatever its subject and mailboxes became. Where nothing is reopened each thread is one by
    itself, or a new one of the same subject would be no request. Without a customer each message is one.
    """
    ordered = inbound.sort("at", "message").with_row_index("place")
    has_thread = pl.col("thread").is_not_null() & pl.col("customer").is_not_null()
    begun = pl.col("place").first().over("log", "thread", "customer")
    keyed = ordered.with_columns(begun=pl.when(has_thread).then(begun).otherwise("place"))
    is_apart = has_thread if reopen == "ignore" else pl.col("customer").is_null()
    firsts = keyed.filter(pl.col("begun") == pl.col("place"), pl.col("customer").is_not_null(), ~is_apart)
    before = pl.col("place").min().over("log", "customer", "mailbox", "subject")
    joined = _at_each_mailbox(firsts).select("place", before=before).group_by("place").agg(pl.col("before").min())
    both = keyed.join(joined, on="place", how="left", maintain_order="left")
    conversation = both.select(pl.coalesce("before", "begun")).to_series()
    while not (further := conversation.gather(conversation)).equals(conversation):
        conversation = further
    return ordered.drop("place").with_columns(conversation=conversation).sort("message")


def _by_conversation(inbound: pl.DataFrame, outbound: pl.DataFrame) -> pl.DataFrame:
    """Outbound messages that belong to a conversation which a customer began."""
    narrow, wide = outbound.filter(~pl.col("is_wide")), outbound.filter("is_wide")
    outside = ~pl.col("is_internal")
    found = [_after_any(inbound.filter(outside), wide, ("log", "customer"), "number")]
    threads = inbound.filter(pl.col("thread").is_not_null())
    for ins, by, way in (
        (threads, ("log", "thread", "customer"), "thread"),
        (_at_each_mailbox(inbound), ("log", "customer", "mailbox", "subject"), "subject"),
        (inbound.filter(outside), ("log", "customer", "subject"), "other_mailbox"),
    ):
        outs = narrow if way != "other_mailbox" else narrow.filter(outside)
        matched = _after_latest(ins, outs, by, way)
        found.append(matched)
        narrow = narrow.join(matched, on=["message", "customer"], how="anti")
    return pl.concat([one.select(_ANSWER) for one in found])


def _after_any(inbound: pl.DataFrame, outbound: pl.DataFrame, by: tuple[str, ...], way: str) -> pl.DataFrame:
    """Each outbound message with every conversation of its customer that was begun before it."""
    begun = inbound.group_by(*by, "conversation").agg(begun=pl.col("at").min())
    both = outbound.join(begun, on=by, how="inner").filter(pl.col("at") > pl.col("begun"))
    return both.with_columns(way=pl.lit(way, dtype=_WAY))


def _after_latest(inbound: pl.DataFrame, outbound: pl.DataFrame, by: tuple[str, ...], way: str) -> pl.DataFrame:
    """Each outbound message with the conversation of the latest inbound one before it that agrees in these columns."""
    if not inbound.height or not outbound.height:
        return outbound.clear().with_columns(conversation=pl.lit(0, dtype=pl.UInt32), way=pl.lit(None, dtype=_WAY))
    known = inbound.drop_nulls(by).sort("at", "message").select(*by, "at", "conversation")
    both = outbound.sort("at").join_asof(
        known, on="at", by=by, strategy="backward", allow_exact_matches=False, check_sortedness=False
    )  # fmt: skip
    return both.filter(pl.col("conversation").is_not_null()).with_columns(way=pl.lit(way, dtype=_WAY))


def _timeline(inbound: pl.DataFrame, answers: pl.DataFrame, reopen: Reopen) -> pl.DataFrame:
    """Both sides of each conversation in the order of time, numbered by request: `is_start` opens one."""
    line = pl.concat(
        [
            inbound.select("conversation", "at", "message", is_in=pl.lit(True), way=pl.lit(None, dtype=_WAY)),
            answers.unique(["conversation", "message"]).select(
                "conversation", "at", "message", is_in=pl.lit(False), way="way"
            ),
        ]
    ).sort("conversation", "at", "is_in", "message")
    is_first = (pl.col("conversation") != pl.col("conversation").shift()).fill_null(True)
    follows_reply = ~pl.col("is_in").shift()
    is_start = is_first | (pl.col("is_in") & follows_reply) if reopen == "new" else is_first
    return line.with_columns(is_start=is_start).with_columns(request=pl.col("is_start").cum_sum())


def _at_each_mailbox(inbound: pl.DataFrame) -> pl.DataFrame:
    """Each message once for every mailbox that it was written to."""
    return inbound.with_columns(mailbox="mailboxes").explode("mailbox")


def _if_only_one_is_open(
    inbound: pl.DataFrame, line: pl.DataFrame, outbound: pl.DataFrame, where: _Where, reopen: Reopen
) -> pl.DataFrame:
    """Messages that name no conversation answer a request of their customer (at the same mailbox, or wherever a person is
    known) if it is the only open one when they go out: what such a message has answered before is open no more.
    """
    by = list(where.by)
    moments = outbound.select(*by, "at").unique().sort("at")
    waits = _waits(inbound, line, where, reopen).join(moments, on=by, how="semi")
    found = _open(waits, moments, _clearing(waits, moments, where), by).filter(pl.col("n") == 1)
    found = found.select(*by, "at", conversation=pl.col("of").cast(pl.UInt32), way=pl.lit(where.way, dtype=_WAY))
    return outbound.join(found, on=[*by, "at"]).select(_ANSWER)


def _waits(inbound: pl.DataFrame, line: pl.DataFrame, where: _Where, reopen: Reopen) -> pl.DataFrame:
    """How long a conversation waits: from a message of the customer to whatever comes next in it.

    `wait` (its number), `conversation`, `at`, `until` (null: nothing comes), and `where` it waits: a row for each mailbox,
    from when the customer first wrote to it.
    """
    asked = _at_each_mailbox(inbound.filter(~pl.col("is_internal"))).drop_nulls(where.by)
    places = asked.group_by(*where.by, "conversation").agg(since=pl.col("at").min())
    told = line if reopen == "new" else line.filter(pl.col("is_start") | ~pl.col("is_in"))
    waits = told.with_columns(until=pl.col("at").shift(-1).over("conversation")).filter("is_in")
    waits = waits.select("conversation", "at", "until").with_row_index("wait").join(places, on="conversation")
    return waits.with_columns(at=pl.max_horizontal("at", "since")).filter(_has_begun()).drop("since")


def _has_begun() -> pl.Expr:
    """Whether a wait begins before it ends, which one at a further mailbox may not."""
    return (pl.col("at") < pl.col("until")).fill_null(value=True)


def _clearing(waits: pl.DataFrame, moments: pl.DataFrame, where: _Where) -> pl.DataFrame:
    """The moments after which nothing is open where a message of ours went out: one request at most was open, and that is
    answered now.

    Whether one is depends on those before it. Taking none of the undecided for one leaves too much open, taking each for
    one leaves too little; up to the first moment of a customer at which that could make a difference, both tell what was.
    So each round decides at least one moment, and all up to the next change between one open request and several.
    """
    found, undecided = moments.clear(), moments
    while undecided.height:
        most = _open(waits, undecided, found, where.by).with_columns(is_one=pl.col("n") <= 1)
        found = pl.concat([found, most.filter("is_one").select(moments.columns)])
        undecided = most.filter(_is_after_first(pl.col("is_one"), where)).select(moments.columns)
        least = _open(waits, undecided, pl.concat([found, undecided]), where.by).with_columns(is_one=pl.col("n") <= 1)
        after = _is_after_first(~pl.col("is_one"), where)
        found = pl.concat([found, least.filter("is_one", ~after).select(moments.columns)])
        undecided = least.filter("is_one", after).select(moments.columns)
    return found


def _is_after_first(happens: pl.Expr, where: _Where) -> pl.Expr:
    """Whether a moment comes after the first of its customer at which something happens, and it does not happen then."""
    first = pl.when(happens).then("at").min().over(where.whose)
    return (~happens & (pl.col("at") > first)).fill_null(False)


def _open(waits: pl.DataFrame, moments: pl.DataFrame, clearing: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """How many conversations were open just before each moment (`n`), and which, if it was one (`of`), given the moments
    after which none was."""
    cleared = clearing.select(*by, cleared="at").sort("cleared")
    cut = waits.sort("at").join_asof(
        cleared, left_on="at", right_on="cleared", by=by, strategy="forward", allow_exact_matches=False,
        check_sortedness=False,
    )  # fmt: skip
    until = pl.min_horizontal("until", pl.col("cleared").min().over("wait"))
    cut = cut.with_columns(pl.col("conversation").cast(pl.Int64), until=until).filter(_has_begun())
    changes = pl.concat(
        [
            cut.select(*by, "at", n=pl.lit(1), of="conversation"),
            cut.drop_nulls("until").select(*by, at="until", n=pl.lit(-1), of=-pl.col("conversation")),
        ]
    )
    states = changes.sort("at").with_columns(pl.col("n", "of").cum_sum().over(by))
    both = moments.sort("at").join_asof(
        states, on="at", by=by, strategy="backward", allow_exact_matches=False, check_sortedness=False
    )  # fmt: skip
    return both.with_columns(pl.col("n").fill_null(0))
