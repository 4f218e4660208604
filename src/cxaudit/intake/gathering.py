"""Gathering: the call logs and the mail logs of a run become calls and messages, on their way to be paired.

The numbers of messages and logs go on from one kind to the other, so that all of them may be paired together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from cxaudit.days.zones import Zone
from cxaudit.findings import Finding
from cxaudit.intake.sorting import Arrived
from cxaudit.intake.table_findings import PLACES, place_finding
from cxaudit.lookup import NO_ID
from cxaudit.recognise.calls import gather_calls
from cxaudit.recognise.events import recognise_calls, recognise_mail, tells_answers, tells_voicemail
from cxaudit.recognise.messages import gather_messages
from cxaudit.recognise.sides import tell_sides
from cxaudit.standards.model import Pairing


@dataclass(frozen=True)
class Gathered:
    """`inbound` and `outbound` as `pair_messages` takes them; `rows`: `table`, `row`, `message`, `rest` (what further rows of
    a message are called); `firsts`: `message`, `table`, `row` (the row that stands for it); `kinds`: `message`, `kind` (what
    it is if it is neither request nor reply)."""

    inbound: pl.DataFrame
    outbound: pl.DataFrame
    rows: pl.DataFrame
    firsts: pl.DataFrame
    kinds: pl.DataFrame
    findings: tuple[tuple[int, Finding], ...]  # with the table that each is about

    def after(self, other: Gathered) -> Gathered:
        """Both together, this one's messages and logs numbered behind the other's."""
        n_messages = other.firsts.height
        logs = pl.concat([other.inbound["log"], other.outbound["log"]])
        n_logs = int(pl.select(pl.lit(logs).max().fill_null(0)).item()) + 1

        def moved(frame: pl.DataFrame) -> pl.DataFrame:
            shifts = {"message": n_messages, "log": n_logs}
            return frame.with_columns(
                (pl.col(name) + by).cast(pl.UInt32) for name, by in shifts.items() if name in frame.columns
            )

        names = ("inbound", "outbound", "rows", "firsts", "kinds")
        frames = {name: pl.concat([getattr(other, name), moved(getattr(self, name))]) for name in names}
        return Gathered(**frames, findings=(*other.findings, *self.findings))


def gather_events(tables: Sequence[Arrived], held: pl.DataFrame, pairing: Pairing, city: Zone) -> Gathered:
    """The calls and messages of all tables of events, whose typed rows are `held`."""
    mappings = [one.source.layout.mapping for one in tables]
    calls = [i for i, mapping in enumerate(mappings) if mapping.calls is not None]
    mail = [i for i, mapping in enumerate(mappings) if mapping.mail is not None]
    found = [
        gather(tables, positions, _events(tables, positions, held, pairing, city), pairing)
        for positions, gather in ((calls, _call_logs), (mail, _mail_logs))
        if positions
    ]
    gathered = found[0] if len(found) == 1 else found[1].after(found[0])
    return replace(gathered, findings=(*gathered.findings, *_damaged_ids(tables, held)))


def _damaged_ids(tables: Sequence[Arrived], held: pl.DataFrame) -> Iterator[tuple[int, Finding]]:
    """Tables in which rows share an id that is none, by which no call or message is known."""
    failed = held.filter(pl.col("case_id").str.contains(NO_ID)).filter(pl.len().over("source", "case_id") > 1)
    rows = pl.col("row").sort().head(PLACES)
    said = "rows share an id that is none, a failed formula or a shortened number; no call or message is known by it"
    for i, n, first in failed.group_by("table").agg(n=pl.len(), rows=rows).sort("table").iter_rows():
        yield i, place_finding("damaged_id", tables[i].source, n, first, message=said)


def _events(
    tables: Sequence[Arrived], positions: Sequence[int], held: pl.DataFrame, pairing: Pairing, city: Zone
) -> pl.DataFrame:
    """The rows of all call logs or all mail logs, with the moment that orders them (`at`), and the latest at which it may
    have been: where only a day is known, the end of that day in the city."""
    sources = [tables[i].source.layout.source for i in positions]
    names = sorted(set(sources))
    frames = []
    for i, name in zip(positions, sources, strict=True):
        source = tables[i].source
        recognise = recognise_calls if source.layout.mapping.calls is not None else recognise_mail
        number = names.index(name)
        read = recognise(source.rows, source.layout).with_columns(
            table=pl.lit(i, dtype=pl.UInt32),
            source=pl.lit(number, dtype=pl.UInt32),
            log=pl.lit(0 if pairing.match_customers == "same" else number, dtype=pl.UInt32),
        )
        mine = held.filter(pl.col("table") == i).select("row", "case_hash", *moments_of(held))
        frames.append(_side_by_side(read, mine))
    rows = pl.concat(frames)
    wall, is_date = pl.col("received_at"), pl.col("received_is_date")
    at, next_day = wall, wall + pl.duration(days=1)
    if "received_utc" in rows.columns:
        at, next_day = pl.coalesce("received_utc", city.utc(wall)), city.utc(next_day)
    has_days = bool(rows["received_is_date"].any())
    latest = pl.when(is_date).then(next_day - pl.duration(microseconds=1)).otherwise(at) if has_days else at
    return rows.with_columns(at=at, on=wall.dt.date(), latest_at=latest)


def _side_by_side(read: pl.LazyFrame, typed: pl.DataFrame) -> pl.DataFrame:
    """What was read of each row, with what was typed before; rows that are no events are not among the typed ones."""
    texts = read.collect(engine="streaming")
    if texts.height == typed.height and texts["row"].equals(typed["row"]):
        return pl.concat([texts, typed.drop("row")], how="horizontal")
    return texts.join(typed, on="row", how="inner", maintain_order="left")


def moments_of(rows: pl.DataFrame) -> list[str]:
    return [name for name in rows.columns if name.startswith("received_")]


def _call_logs(tables: Sequence[Arrived], positions: Sequence[int], rows: pl.DataFrame, pairing: Pairing) -> Gathered:
    found = gather_calls(rows, pairing)
    unheard = _call_backs(found.inbound, found.unanswered)
    kinds = found.kinds.join(found.outbound.select("message", "is_internal"), on="message", how="left").select(
        "message",
        kind=pl.when(pl.col("message").is_in(unheard.implode())).then(pl.lit("unanswered_call_back"))
        .when(pl.col("kind") != "outbound").then("kind")
        .when("is_internal").then(pl.lit("internal_call"))
        .otherwise(pl.lit("call_out")),
    )  # fmt: skip
    findings = []
    for i in positions:
        source = tables[i].source
        if n := found.n_by_length.get(i, 0):
            said = f"numbers of at most {pairing.extension_digits} digits were taken for extensions"
            findings.append((i, place_finding("direction_assumed", source, n, message=said)))
        if not tells_voicemail(source.layout) and not pairing.voicemail_numbers:
            findings.append((i, place_finding("no_voicemail_column", source, 1)))
        if not tells_answers(source.layout):
            findings.append((i, place_finding("no_answered_column", source, 1)))
    rows = found.rows.with_columns(rest=pl.lit("further_leg"))
    inbound = found.inbound.with_columns(mailboxes=pl.concat_list("mailbox"))  # a voice mail is left in one only
    return Gathered(inbound, found.outbound, rows, found.firsts, kinds, tuple(findings))


def _call_backs(inbound: pl.DataFrame, unanswered: pl.DataFrame) -> pl.Series:
    """Calls that nobody answered, to a customer who had left a message before."""
    outside = unanswered.filter(~pl.col("is_internal")), ["log", "customer"]
    inside = unanswered.filter("is_internal"), ["log", "customer", "mailbox"]
    found = [
        calls.join(inbound.group_by(by).agg(left=pl.col("at").min()), on=by).filter(pl.col("at") > pl.col("left"))[
            "message"
        ]
        for calls, by in (outside, inside)
    ]
    return pl.concat(found).unique()


def _mail_logs(tables: Sequence[Arrived], positions: Sequence[int], rows: pl.DataFrame, pairing: Pairing) -> Gathered:
    found = gather_messages(rows)
    places = ", ".join(dict.fromkeys(tables[i].source.place for i in positions))
    sides = tell_sides(found, pairing, places)
    kinds = sides.kinds.join(found.messages.select("message", "is_reply"), on="message").select(
        "message",
        kind=pl.when(pl.col("kind") != "outbound").then("kind")
        .when("is_reply").then(pl.lit("reply_without_request"))
        .otherwise(pl.lit("sent")),
    )  # fmt: skip
    assumed = {"own_domains_assumed": sides.assumed_domains, "service_addresses_assumed": sides.assumed_addresses}
    first, source = positions[0], tables[positions[0]].source
    findings = [(first, place_finding(code, source, len(v), values=v)) for code, v in assumed.items() if v]
    rows = found.rows.with_columns(rest=pl.lit("same_message"))
    firsts = found.messages.select("message", "table", "row")
    return Gathered(sides.inbound, sides.outbound, rows, firsts, kinds, tuple(findings))
