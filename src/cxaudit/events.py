"""Events: the calls and messages of all files together become requests, and every other row gets its fate.

Recognises their columns, gathers legs and trace rows into calls and messages, and pairs them. What comes out are the same
tables as before, with requests in the place of events. Source: DESIGN, sections 3 ("Nothing is lost") and 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from cxaudit.arrival import Log, take_in
from cxaudit.findings import Finding
from cxaudit.intake import Wanted
from cxaudit.pair import Paired, pair_messages
from cxaudit.recognise.calls import gather_calls
from cxaudit.recognise.events import recognise_calls, recognise_mail, tells_voicemail
from cxaudit.recognise.messages import gather_messages
from cxaudit.recognise.sides import tell_sides
from cxaudit.sorting import Arrived, PairedTable, rejected_rows
from cxaudit.standards.model import Pairing, Standards
from cxaudit.table_findings import place_finding, reject_findings
from cxaudit.zones import Zone

_REQUEST, _UNPLACED = "request", "no_direction"


@dataclass(frozen=True)
class Outcome:
    """`rows`: `table`, `row`, `message`; `firsts`: `message`, `table`, `row` (the row that stands for it); `kinds`:
    `message`, `kind`; `rest`: what the other rows of a message are called; `customers`: `message`, `is_internal`."""

    rows: pl.DataFrame
    firsts: pl.DataFrame
    kinds: pl.DataFrame
    rest: str
    customers: pl.DataFrame
    paired: Paired
    findings: tuple[tuple[int, Finding], ...]


def requests_of(files: dict[Path, str], standards: Standards, city: Zone, wanted: Wanted) -> Log:
    """The requests of all files, those made of calls and messages included."""
    return pair_events(take_in(files, standards, city, wanted), standards, city)


def pair_events(log: Log, standards: Standards, city: Zone) -> Log:
    """Put requests in the place of calls and messages; other tables stay as they are."""
    mappings = [one.source.layout.mapping for one in log.tables]
    calls = [i for i, mapping in enumerate(mappings) if mapping.calls is not None]
    mail = [i for i, mapping in enumerate(mappings) if mapping.mail is not None]
    if not calls and not mail:
        return log
    tables, requests = list(log.tables), []
    for positions, pair in ((calls, _pair_calls), (mail, _pair_mail)):
        if not positions:
            continue
        held = log.rows.filter(pl.col("table").is_in(positions)).collect(engine="streaming")
        outcome = pair(
            log.tables, positions, _events(log.tables, positions, held, standards.pairing, city), standards.pairing
        )
        fates = _fates(outcome)
        evidence = _evidence(fates, outcome)
        requests.append(_requests(held, evidence, outcome))
        for i in positions:
            tables[i] = _with_fates(log.tables[i], i, outcome, fates, evidence)
    return _replaced(log, tables, [*calls, *mail], pl.concat(requests).sort("at"))


def _replaced(log: Log, tables: list[Arrived], positions: list[int], requests: pl.DataFrame) -> Log:
    """The log with these requests in the place of the events of these tables."""
    counted = requests.group_by("table").agg(
        n=pl.len(),
        first_at=pl.col("received_at").min(),
        last_at=pl.col("received_at").max(),
        has_replies=pl.col("replied_at").count() > 0,
        has_dates=pl.col("received_is_date").any(),
    )
    known = log.survey.filter(pl.col("table").is_in(positions))
    counted = counted.join(known.drop(set(counted.columns) - {"table"}), on="table")
    others = log.survey.filter(~pl.col("table").is_in(positions))
    survey = pl.concat([others, counted.select(log.survey.columns)], how="vertical_relaxed").sort("table")
    rest = log.rows.filter(~pl.col("table").is_in(positions))
    rows = rest.merge_sorted(requests.lazy(), "at") if others.height else requests.lazy()
    return replace(log, tables=tables, rows=rows, survey=survey)


def _events(
    tables: Sequence[Arrived], positions: Sequence[int], held: pl.DataFrame, pairing: Pairing, city: Zone
) -> pl.DataFrame:
    """The rows of all call logs or all mail logs, with the moment that orders them."""
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
        mine = held.filter(pl.col("table") == i).select("row", *_moments(held))
        frames.append(_side_by_side(read, mine))
    rows = pl.concat(frames)
    at = pl.col("received_at")
    if "received_utc" in rows.columns:
        at = pl.coalesce("received_utc", city.utc(at))
    return rows.with_columns(at=at, is_date="received_is_date")


def _side_by_side(read: pl.LazyFrame, typed: pl.DataFrame) -> pl.DataFrame:
    """What was read of each row, with what was typed before; rows that are no events are not among the typed ones."""
    texts = read.collect(engine="streaming")
    if texts.height == typed.height and texts["row"].equals(typed["row"]):
        return pl.concat([texts, typed.drop("row")], how="horizontal")
    return texts.join(typed, on="row", how="inner", maintain_order="left")


def _moments(rows: pl.DataFrame) -> list[str]:
    return [name for name in rows.columns if name.startswith("received_")]


def _pair_calls(tables: Sequence[Arrived], positions: Sequence[int], rows: pl.DataFrame, pairing: Pairing) -> Outcome:
    found = gather_calls(rows, pairing)
    paired = pair_messages(found.inbound, found.outbound, pairing.reopen)
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
    customers = found.inbound.select("message", "is_internal")
    return Outcome(found.rows, found.firsts, kinds, "further_leg", customers, paired, tuple(findings))


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


def _pair_mail(tables: Sequence[Arrived], positions: Sequence[int], rows: pl.DataFrame, pairing: Pairing) -> Outcome:
    found = gather_messages(rows)
    places = ", ".join(dict.fromkeys(tables[i].source.place for i in positions))
    sides = tell_sides(found, pairing, places)
    paired = pair_messages(sides.inbound, sides.outbound, pairing.reopen)
    kinds = sides.kinds.join(found.messages.select("message", "is_reply"), on="message").select(
        "message",
        kind=pl.when(pl.col("kind") != "outbound").then("kind")
        .when("is_reply").then(pl.lit("reply_without_request"))
        .otherwise(pl.lit("sent")),
    )  # fmt: skip
    findings = []
    assumed = {"own_domains_assumed": sides.assumed_domains, "service_addresses_assumed": sides.assumed_addresses}
    for code, values in assumed.items():
        if values:
            first = positions[0]
            findings.append((first, place_finding(code, tables[first].source, len(values), values=values)))
    firsts = found.messages.select("message", "table", "row")
    customers = sides.inbound.select("message", "is_internal")
    return Outcome(found.rows, firsts, kinds, "same_message", customers, paired, tuple(findings))


def _fates(outcome: Outcome) -> pl.DataFrame:
    """`table`, `row`, `message`, `fate` of every row: `request`, `duplicate`, `no_direction`, or a kind of other message."""
    paired = outcome.paired
    told = {
        _REQUEST: paired.requests["message"],
        "further_message": paired.further["message"],
        "reply": paired.requests["reply"].drop_nulls().unique(),
        "further_reply": paired.later["message"],
    }
    frames = [pl.DataFrame({"message": messages}).with_columns(told=pl.lit(name)) for name, messages in told.items()]
    kinds = outcome.kinds.join(pl.concat(frames), on="message", how="left", maintain_order="left")
    kinds = kinds.select("message", kind=pl.coalesce("told", "kind"))
    home = outcome.firsts.select("message", home="table", first="row")
    rows = outcome.rows.join(home, on="message", how="left", maintain_order="left")
    rows = rows.join(kinds, on="message", how="left", maintain_order="left")
    is_home = pl.col("table") == pl.col("home")
    fate = (
        pl.when(~is_home).then(pl.lit("duplicate"))
        .when((pl.col("row") == pl.col("first")) | (pl.col("kind") == _UNPLACED)).then("kind")
        .otherwise(pl.lit(outcome.rest))
    )  # fmt: skip
    return rows.select("table", "row", "message", fate=fate)


def _with_fates(arrived: Arrived, table: int, outcome: Outcome, every: pl.DataFrame, evidence: pl.DataFrame) -> Arrived:
    """One table with the counts of what its rows became."""
    fates = every.filter(pl.col("table") == table).sort("row")
    nothing = pl.lit(None, dtype=pl.String)
    rejected = fates.filter(pl.col("fate") == _UNPLACED).select("row", "fate", value=nothing)
    duplicates = fates.filter(pl.col("fate") == "duplicate").select("row")
    others = fates.filter(~pl.col("fate").is_in([_UNPLACED, "duplicate", _REQUEST])).select("row", kind="fate")
    known, n_requests = arrived.fates, int((fates["fate"] == _REQUEST).sum())
    assert fates.height == known.requests, f"{known.requests} events, {fates.height} fates"
    rejects = _rejects(arrived, rejected)
    findings = [finding for at, finding in outcome.findings if at == table]
    return replace(
        arrived,
        rejects=pl.concat([arrived.rejects, rejects], how="diagonal"),
        fates=replace(
            known,
            requests=n_requests,
            other_messages=others.height,
            duplicates=known.duplicates + duplicates.height,
            rejected=known.rejected + rejected.height,
            other_by_kind=dict(others.group_by("kind").len().sort("kind").iter_rows()),
        ),
        findings=(*arrived.findings, *findings, *reject_findings(arrived.source, rejects)),
        pairing=PairedTable(others, duplicates, evidence.filter(pl.col("table") == table).drop("table", "message")),
    )


def _rejects(arrived: Arrived, rejected: pl.DataFrame) -> pl.DataFrame:
    source = arrived.source
    if "cells" not in arrived.rejects.columns or not rejected.height:
        return rejected_rows(source, rejected, None)
    cells = source.rows.filter(pl.col("row").is_in(rejected["row"].implode())).collect(engine="streaming")
    return rejected_rows(source, rejected, cells)


def _evidence(fates: pl.DataFrame, outcome: Outcome) -> pl.DataFrame:
    """Each request with the row of its reply: `table`, `row`, `message`, `reply_table`, `reply_row`, `way`, `n_further`."""
    replies = outcome.firsts.select(reply="message", reply_table="table", reply_row="row")
    further = outcome.paired.further.group_by("request").agg(n_further=pl.len().cast(pl.UInt32))
    opened = fates.filter(pl.col("fate") == _REQUEST).select("table", "row", "message")
    found = opened.join(outcome.paired.requests, on="message").join(replies, on="reply", how="left")
    found = found.join(further, left_on="message", right_on="request", how="left")
    names = ("table", "row", "message", "reply_table", "reply_row", "way")
    return found.select(*names, pl.col("n_further").fill_null(0)).sort("table", "row")


def _requests(held: pl.DataFrame, evidence: pl.DataFrame, outcome: Outcome) -> pl.DataFrame:
    """The rows that opened a request, with the moment of the reply."""
    moments = {name.replace("received", "replied"): name for name in _moments(held)}
    replied = held.select(reply_table="table", reply_row="row", **moments)
    found = evidence.join(replied, on=["reply_table", "reply_row"], how="left")
    found = found.join(outcome.customers, on="message", how="left")
    kind = pl.when("is_internal").then(pl.lit("internal")).otherwise(pl.lit("external")).cast(pl.Categorical)
    found = found.select("table", "row", *moments, customer_type=kind).with_columns(
        pl.col("replied_is_date").fill_null(False)
    )
    kept = held.drop(*moments, "customer_type", strict=False).join(found, on=["table", "row"], how="inner")
    kept = kept.with_columns(
        case_hash=pl.lit(None, dtype=pl.UInt64)
    )  # no two of them are one case: a number may be reused
    return kept.select(held.columns)
