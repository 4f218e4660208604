"""Events: the calls and messages of all files together become requests, and every other row gets its fate.

What comes out are the same tables as before, with requests in the place of events. Source: DESIGN, sections 3 ("Nothing is
lost") and 5.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from cxaudit.days.zones import Zone
from cxaudit.intake.arrival import Log, take_in
from cxaudit.intake.customers import list_of_customers, with_persons
from cxaudit.intake.gathering import Gathered, gather_events, moments_of
from cxaudit.intake.opening import Wanted
from cxaudit.intake.sorting import Arrived, PairedTable, rejected_rows
from cxaudit.intake.table_findings import reject_findings
from cxaudit.pair import Paired, pair_messages
from cxaudit.spelling import fold
from cxaudit.standards.model import Standards

_REQUEST = "request"
#: Kinds that are no fate of a message: it may be a request or a reply, and nothing tells.
_UNPLACED = ("no_direction", "no_address")


def requests_of(files: dict[Path, str], standards: Standards, city: Zone, wanted: Wanted) -> Log:
    """The requests of all files, those made of calls and messages included."""
    return pair_events(take_in(files, standards, city, wanted), standards, city)


def pair_events(log: Log, standards: Standards, city: Zone) -> Log:
    """Put requests in the place of calls and messages; other tables stay as they are."""
    positions = [i for i, one in enumerate(log.tables) if one.source.layout.mapping.is_events]
    if not positions:
        return log
    held = log.rows.filter(pl.col("table").is_in(positions)).collect(engine="streaming")
    gathered = gather_events(log.tables, held, standards.pairing, city)
    inbound, outbound = with_persons(gathered.inbound, gathered.outbound, standards)
    paired = pair_messages(inbound, outbound, standards.pairing.reopen)
    fates = _fates(gathered, paired)
    evidence = _evidence(fates, gathered, paired)
    requests = _requests(held, evidence, gathered, standards)
    tables = list(log.tables)
    for i in positions:
        tables[i] = _with_fates(tables[i], i, gathered, fates, evidence)
    return replace(_replaced(log, tables, positions, requests), customers=list_of_customers(standards))


def _replaced(log: Log, tables: list[Arrived], positions: list[int], requests: pl.DataFrame) -> Log:
    """The log with these requests in the place of the events of these tables."""
    counted = requests.group_by("table").agg(
        n=pl.len(),
        first_at=pl.col("received_at").min(),
        last_at=pl.col("received_at").max(),
        has_replies=pl.col("replied_at").count() > 0,
        has_dates=(pl.col("received_is_date") | pl.col("replied_is_date")).any(),
    )
    known = log.survey.filter(pl.col("table").is_in(positions))
    known = known.with_columns(pl.col("latest").max())  # a reply may stand in any of them, a receipt only in its own
    counted = counted.join(known.drop(set(counted.columns) - {"table"}), on="table")
    counted = counted.with_columns(last_at=pl.min_horizontal("last_at", "reaches"))
    others = log.survey.filter(~pl.col("table").is_in(positions))
    survey = pl.concat([others, counted.select(log.survey.columns)], how="vertical_relaxed").sort("table")
    rest = log.rows.filter(~pl.col("table").is_in(positions))
    rows = rest.merge_sorted(requests.lazy(), "at") if others.height else requests.lazy()
    return replace(log, tables=tables, rows=rows, survey=survey)


def _fates(gathered: Gathered, paired: Paired) -> pl.DataFrame:
    """`table`, `row`, `message`, `fate` of every row: `request`, `duplicate`, why it is rejected, or a kind of message."""
    told = {
        _REQUEST: paired.requests["message"],
        "further_message": paired.further["message"],
        "reply": paired.requests["reply"].drop_nulls().unique(),
        "further_reply": paired.later["message"],
    }
    frames = [pl.DataFrame({"message": messages}).with_columns(told=pl.lit(name)) for name, messages in told.items()]
    kinds = gathered.kinds.join(pl.concat(frames), on="message", how="left", maintain_order="left")
    kinds = kinds.select("message", kind=pl.coalesce("told", "kind"))
    home = gathered.firsts.select("message", home="table", first="row")
    rows = gathered.rows.join(home, on="message", how="left", maintain_order="left")
    rows = rows.join(kinds, on="message", how="left", maintain_order="left")
    fate = (
        pl.when(pl.col("table") != pl.col("home")).then(pl.lit("duplicate"))
        .when((pl.col("row") == pl.col("first")) | pl.col("kind").is_in(_UNPLACED)).then("kind")
        .otherwise("rest")
    )  # fmt: skip
    return rows.select("table", "row", "message", fate=fate)


def _with_fates(
    arrived: Arrived, table: int, gathered: Gathered, every: pl.DataFrame, evidence: pl.DataFrame
) -> Arrived:
    """One table with the counts of what its rows became."""
    fates = every.filter(pl.col("table") == table).sort("row")
    nothing = pl.lit(None, dtype=pl.String)
    rejected = fates.filter(pl.col("fate").is_in(_UNPLACED)).select("row", "fate", value=nothing)
    duplicates = fates.filter(pl.col("fate") == "duplicate").select("row")
    others = fates.filter(~pl.col("fate").is_in([*_UNPLACED, "duplicate", _REQUEST])).select("row", kind="fate")
    known, n_requests = arrived.fates, int((fates["fate"] == _REQUEST).sum())
    assert fates.height == known.requests, f"{known.requests} events, {fates.height} fates"
    rejects = _rejects(arrived, rejected)
    findings = [finding for at, finding in gathered.findings if at == table]
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


def _evidence(fates: pl.DataFrame, gathered: Gathered, paired: Paired) -> pl.DataFrame:
    """Each request with the row of its reply: `table`, `row`, `message`, `reply_table`, `reply_row`, `way`, `n_further`."""
    replies = gathered.firsts.select(reply="message", reply_table="table", reply_row="row")
    further = paired.further.group_by("request").agg(n_further=pl.len().cast(pl.UInt32))
    opened = fates.filter(pl.col("fate") == _REQUEST).select("table", "row", "message")
    found = opened.join(paired.requests, on="message").join(replies, on="reply", how="left")
    found = found.join(further, left_on="message", right_on="request", how="left")
    names = ("table", "row", "message", "reply_table", "reply_row", "way")
    return found.select(*names, pl.col("n_further").fill_null(0)).sort("table", "row")


def _requests(held: pl.DataFrame, evidence: pl.DataFrame, gathered: Gathered, standards: Standards) -> pl.DataFrame:
    """The rows that opened a request, with the moment of the reply, in the order of the input."""
    moments = {name.replace("received", "replied"): name for name in moments_of(held)}
    replied = held.select(reply_table="table", reply_row="row", **moments)
    found = evidence.join(replied, on=["reply_table", "reply_row"], how="left")
    found = found.join(gathered.inbound.select("message", "is_internal", "mailbox"), on="message", how="left")
    kind = pl.when("is_internal").then(pl.lit("internal")).otherwise(pl.lit("external")).cast(pl.Categorical)
    found = found.select("table", "row", *moments, customer_type=kind, _desk=_departments(found["mailbox"], standards))
    found = found.with_columns(pl.col("replied_is_date").fill_null(value=False))
    kept = held.drop(*moments, "customer_type", strict=False).join(found, on=["table", "row"], how="inner")
    if "department" in kept.columns:
        kept = kept.with_columns(pl.coalesce("department", "_desk").alias("department"))
    kept = kept.with_columns(
        case_hash=pl.lit(None, dtype=pl.UInt64)
    )  # no two of them are one case: a number may be reused
    return kept.select(held.columns).sort("at")


def _departments(mailboxes: pl.Series, standards: Standards) -> pl.Series:
    """The departments whose mailboxes or extensions the standards file names among their spellings; no other is shown."""
    names = mailboxes.cat.to(pl.Categorical())
    known = names.unique().drop_nulls().cast(pl.String).to_list()
    meant = {one: standards.department_names[fold(one)] for one in known if fold(one) in standards.department_names}
    return names.cast(pl.String).replace_strict(meant, default=None, return_dtype=pl.String).cast(pl.Categorical)
