"""Write an invented mail trace: the same bytes for the same numbers, and how many requests it holds.

Each conversation is a question, an automatic answer five seconds later, a reply by a person in nine cases of ten, and in
three of ten one more message of the customer, which is a new request if the reply came before. `--steps 16` writes sixteen
rows for each message, as the extended report of Exchange does, in no order.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from pathlib import Path

import polars as pl
from generate import draw, pick

MAILBOXES = ["info", "permits", "utilities", "parks", "tax", "bylaw"]
EVENTS = ["RECEIVE", "DELIVER", "SUBMIT", "SEND", "DEFER", "AGENTINFO", "TRANSFER", "PROCESS"]
FIRST = dt.datetime(2025, 2, 3)
SECONDS = 270 * 86_400


def messages(conversations: int) -> pl.LazyFrame:
    """One row for each message: `conversation`, `part` (0 to 3), `at`, `sender`, `recipient`, `subject`."""
    number = pl.col("conversation")
    customer = pl.format("c{}@mail{}.example", draw(number, 1, max(conversations // 3, 1)), draw(number, 1, 97))
    own = pl.format("{}@town.example", pick(MAILBOXES, draw(number, 2, len(MAILBOXES))))
    begun = pl.lit(FIRST) + pl.duration(seconds=draw(number, 3, SECONDS))
    later = pl.duration(seconds=600 + draw(number, 4, 4 * 86_400))
    part = pl.col("part")
    moment = (
        pl.when(part == 0).then(begun)
        .when(part == 1).then(begun + pl.duration(seconds=5))
        .when(part == 2).then(begun + later)
        .otherwise(begun + later + pl.duration(seconds=60 + draw(number, 5, 9 * 86_400)))
    )  # fmt: skip
    exists = (part < 2) | ((part == 2) & (draw(number, 6, 10) < 9)) | ((part == 3) & (draw(number, 7, 10) < 3))
    ours = part.is_in([1, 2])
    prefix = pl.when(part == 1).then(pl.lit("Automatic reply: ")).when(part == 2).then(pl.lit("RE: [EXTERNAL] "))
    return (
        pl.LazyFrame().select(conversation=pl.int_range(conversations, dtype=pl.Int64))
        .join(pl.LazyFrame({"part": [0, 1, 2, 3]}), how="cross")
        .filter(exists)
        .select(
            "conversation", "part",
            at=moment,
            sender=pl.when(ours).then(own).otherwise(customer),
            recipient=pl.when(ours).then(customer).otherwise(own),
            subject=pl.concat_str(prefix.otherwise(pl.lit("")), pl.format("Matter {}", number)),
        )
    )  # fmt: skip


def trace(conversations: int, steps: int) -> pl.LazyFrame:
    """The rows of the trace; with one step for each message those of the summary, else of the extended report."""
    identity = pl.format("<{}.{}@x.example>", "conversation", "part")
    stamp = pl.col("at").dt.to_string("%Y-%m-%dT%H:%M:%SZ")
    if steps == 1:
        return messages(conversations).select(
            MessageTraceId=identity, Received=stamp, SenderAddress="sender", RecipientAddress="recipient",
            Subject="subject", Status=pl.lit("Delivered"), MessageId=identity,
        )  # fmt: skip
    many = messages(conversations).join(pl.LazyFrame({"step": list(range(steps))}), how="cross")
    order = draw(pl.col("conversation") * 1000 + pl.col("part") * 100 + pl.col("step"), 8, 2**40)
    return many.sort(order).select(
        date_time_utc=(pl.col("at") + pl.duration(seconds="step")).dt.to_string("%Y-%m-%dT%H:%M:%SZ"),
        sender_address="sender", recipient_address="recipient", message_subject="subject",
        event_id=pick(EVENTS, pl.col("step") % len(EVENTS)),
        directionality=pl.when(pl.col("part").is_in([1, 2])).then(pl.lit("Originating")).otherwise(pl.lit("Incoming")),
        message_id=identity,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("conversations", type=int)
    parser.add_argument("steps", type=int)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    trace(options.conversations, options.steps).sink_csv(options.file)
    counted = messages(options.conversations).collect()
    replied = counted.filter(pl.col("part") == 2)["conversation"]
    again = counted.filter(pl.col("part") == 3, pl.col("conversation").is_in(replied.implode())).height
    told = {"rows": counted.height * options.steps, "requests": options.conversations + again, "replies": len(replied)}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
