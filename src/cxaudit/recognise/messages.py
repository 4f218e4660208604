"""Messages: the rows of a mail log become messages, each with who wrote to whom, once however many rows tell of it.

A trace has a row for each recipient and step, so that one e-mail may be sixteen rows, also in two monthly exports. The
earliest row tells when the message was sent or received.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from cxaudit.recognise.parties import addresses
from cxaudit.recognise.subjects import bare_subject, is_forward, is_mail_system, is_reply

_FLAGS = ("is_spam", "is_automatic", "is_addressed")
_TEXTS = ("sender", "subject", "in_reply_to", "references", "conversation")
#: What stands between several recipients, or before the states of one.
_SEVERAL, _COMMA = r"[;,|\n]|##", r"[,|\n]"
_ROUNDS = 40  # a chain of replies doubles with each


@dataclass(frozen=True)
class Messages:
    """`messages`, one row each: `message` (UInt32), `table`, `row` (its earliest row), `log`, `at`, `on`, `sender`
    (Categorical), `words` (the subject in lower case), `subject` (as compared), `is_reply`, `is_forward`, `direction`,
    `is_spam`, `is_automatic`, `thread` (UInt32). `recipients`: `message`, `recipient` (Categorical), `is_failed`. `rows`:
    `table`, `row`, `message` for every row.

    The sender is empty where nobody is named, and null where what is written is no address; `is_addressed`: recipients are
    named, whether they are addresses or not."""

    messages: pl.DataFrame
    recipients: pl.DataFrame
    rows: pl.DataFrame


def gather_messages(rows: pl.DataFrame) -> Messages:
    """Gather the rows of each message.

    **Frame in**: `table`, `row`, `source`, `log`, `at`, `latest_at`, `on` (the day in the city), and the columns
    of `recognise_mail`. A row that names no message is one by itself. In the order of the input.
    """
    ordered = _numbered(rows.sort("at", maintain_order=True))
    ordered = ordered.with_columns(is_addressed=pl.col("recipient").is_not_null())
    messages = _with_sender(_once(ordered), ordered)
    recipients = _recipients(ordered)
    where = ordered.select("table", "row", message="number")
    words = pl.col("words")
    messages = messages.with_columns(words=pl.col("subject").str.to_lowercase())
    messages = messages.with_columns(
        subject=bare_subject(words), is_reply=is_reply(words), is_forward=is_forward(words)
    )
    messages = messages.with_columns(_threads(messages), message="number").drop("number")
    return Messages(messages.drop("in_reply_to", "references", "conversation"), recipients, where)


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the `number` of their message."""
    own = pl.format("\x00{} {}", "table", "row")
    key = pl.when(pl.col("message").is_null()).then(own).otherwise("message").alias("key")
    numbers = rows.select("source", key).unique(maintain_order=True).with_row_index("number")
    if numbers.height == rows.height:
        return rows.with_row_index("number")
    return rows.with_columns(key).join(numbers, on=["source", "key"], how="left", maintain_order="left").drop("key")


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each message: its earliest row, with what only later ones tell."""
    first = ("table", "row", "log", "at", "latest_at", "on", "message")
    if rows["number"].is_sorted() and rows["number"].n_unique() == rows.height:
        return rows.select("number", *first, *_TEXTS, "direction", *_FLAGS)
    return rows.group_by("number", maintain_order=True).agg(
        pl.col(first).first(),
        pl.col(*_TEXTS, "direction").drop_nulls().first(),
        pl.col(_FLAGS).any(),
    )


def _with_sender(messages: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The messages with the address of who sent them; where one row has only a name, another of the message may have it.

    A mail system may sign with its name alone.
    """
    name = pl.col("sender")
    address = addresses(name.fill_null(""))
    typed = messages.lazy().with_columns(sender=address, name=name).collect()
    unread = typed.filter(name.is_null()).select("number", "name")
    if unread.height:
        rest = rows.filter(pl.col("number").is_in(unread["number"].implode()))
        told = rest.select("number", told=address).filter(pl.col("told") != "")
        told = unread.join(told.unique("number", keep="first", maintain_order=True), on="number", how="left")
        nobody = pl.when(is_mail_system(pl.col("name").str.to_lowercase())).then(pl.lit(""))
        told = told.select("number", told=pl.coalesce("told", nobody))
        typed = typed.join(told, on="number", how="left", maintain_order="left")
        typed = typed.with_columns(sender=pl.coalesce("sender", "told")).drop("told")
    return typed.with_columns(name.cast(pl.Categorical)).drop("name")


def _recipients(rows: pl.DataFrame) -> pl.DataFrame:
    """Each message's recipients, and whether delivery to one failed and never succeeded.

    A cell may list several, with `;` or `,` between them, or each with its states: `a@x.org##Receive, Deliver;b@x.org##Fail`.
    """
    cell = pl.col("recipient")
    told = rows.select("number", cell, "is_failed", "is_delivered").drop_nulls("recipient")
    if told.select(cell.str.contains(_SEVERAL).any()).item():
        listed = pl.when(cell.str.contains("##", literal=True)).then(cell).otherwise(cell.str.replace_all(_COMMA, ";"))
        told = told.with_columns(listed.str.split(";")).explode("recipient")
        states = cell.str.extract("##(.*)$").str.to_lowercase()
        told = told.with_columns(
            recipient=cell.str.replace("##.*$", ""),
            is_failed=pl.col("is_failed") | states.str.contains("fail").fill_null(False),
            is_delivered=pl.col("is_delivered") | states.str.contains("deliver|send").fill_null(False),
        ).filter(cell.str.contains("@"))
    address = addresses(cell).cast(pl.Categorical)
    one = told.lazy().with_columns(recipient=address).drop_nulls("recipient").collect()  # what is shared is done once
    return one.group_by(message="number", recipient="recipient", maintain_order=True).agg(
        is_failed=pl.col("is_failed").any() & ~pl.col("is_delivered").any()
    )


def _threads(messages: pl.DataFrame) -> pl.Series:
    """The thread of each message: the conversation's id, else the first message of the chain of replies.

    Null where its log has no such columns, or nothing in them.
    """
    links = ("in_reply_to", "references", "conversation")
    if all(messages[name].null_count() == messages.height for name in links):
        return pl.Series("thread", [None], dtype=pl.UInt32).new_from_index(0, messages.height)
    texts = messages.select(
        "log",
        "conversation",
        "is_reply",
        id=_bare_id(pl.col("message").str.extract("\x1f([^\x1f]*)$")),
        parent=pl.coalesce(_first_id(pl.col("references")), _first_id(pl.col("in_reply_to"))),
    )
    is_linked = pl.any_horizontal(pl.col("parent", "conversation").is_not_null())
    start = pl.coalesce(pl.concat_str(pl.lit("c "), "conversation"), "parent", "id")
    roots = _roots(texts.select("id", "parent").drop_nulls().filter(pl.col("id") != pl.col("parent")))
    found = texts.with_columns(start=start).join(
        roots, left_on="start", right_on="id", how="left", maintain_order="left"
    )
    # An unlinked message begins a thread if another goes on with it, or if a log links its answers: not if a few rows do.
    named = found.with_columns(root=pl.coalesce("root", "start"), is_linked=is_linked)
    n_answers, n_linked = pl.col("is_reply").sum(), (pl.col("is_reply") & pl.col("is_linked")).sum()
    is_told = pl.col("is_linked").any() & (2 * n_linked >= n_answers)
    is_known = pl.col("is_linked").any().over("root") | is_told.over("log")
    return named.select(pl.when(is_known).then("root").rank("dense").cast(pl.UInt32).alias("thread")).to_series()


def _roots(links: pl.DataFrame) -> pl.DataFrame:
    """The first message of each chain: every link is followed twice as far in each round."""
    known = links.unique("id", keep="first", maintain_order=True).select("id", root="parent")
    for _ in range(_ROUNDS):
        further = known.select(root="id", next="root")
        longer = known.join(further, on="root", how="left", maintain_order="left")
        if longer["next"].null_count() == longer.height:
            break
        known = longer.select("id", root=pl.coalesce("next", "root"))
    return known


def _first_id(text: pl.Expr) -> pl.Expr:
    return _bare_id(pl.coalesce(text.str.extract(r"(<[^<>]+>)"), text.str.extract(r"^\s*([^\s,;]+)")))


def _bare_id(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars(" \t<>")
