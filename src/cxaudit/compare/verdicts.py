"""Compare: the system's own verdict beside the recomputed one, request by request.

What a system says of itself is never trusted and never ignored. Its verdict is a word of the export, else it follows from
the due time of the export and the reply. Source: DESIGN, section 3, "The system's own word".
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import polars as pl

from cxaudit.audit import Audit
from cxaudit.compare.model import DISAGREEMENT_COLUMNS, Comparison, ComparisonRow, Disagreement
from cxaudit.compare.reasons import ZoneMixUp, with_reasons
from cxaudit.lookup import folded, value_at
from cxaudit.promises.due import DAY_END
from cxaudit.spelling import fold
from cxaudit.standards.source import MET_WORDS, MISSED_WORDS, Role, SourceMapping

#: What a run must read for it.
COMPARED_ROLES: tuple[Role, ...] = ("system_due_at", "system_verdict")
_EXAMPLES = 10
#: Requests judged again at a time, so that many disagreements need little memory.
_SLICE_ROWS = 500_000
_WORD = pl.col("system_verdict").cast(pl.String)


def compare_verdicts(audit: Audit) -> Comparison:
    """How far the systems agree, counted, and the first requests on which they do not.

    The audit must have been asked for `COMPARED_ROLES`.
    """
    said = _said(audit)
    if said is None:
        return Comparison((), (), {})
    differing = disagreements(audit)
    key = ("source", "system", "verdict")
    alike = said.filter(~_is_listed()).group_by(key).agg(reason=pl.lit(None, pl.String), requests=pl.len()).collect()
    unlike = differing.group_by(*key, "reason").agg(requests=pl.len())
    rows = [ComparisonRow(**row) for row in (*alike.to_dicts(), *unlike.to_dicts())]
    first = differing.filter(pl.col("verdict") != "excluded").head(_EXAMPLES)
    return Comparison(
        rows=tuple(sorted(rows, key=lambda row: (row.source, row.reason or "", row.system or "", row.verdict))),
        examples=tuple(_example(audit, row) for row in first.iter_rows(named=True)),
        not_understood=_not_understood(said),
    )


def has_word(audit: Audit) -> bool:
    """Whether any table has a column in which its system tells its own verdict or due time."""
    return any(role in one.source.layout.positions for one in audit.arrived for role in COMPARED_ROLES)


def disagreements(audit: Audit) -> pl.DataFrame:
    """The requests of which a system says another thing, or which cannot be judged here, in the order of the input.

    **Frame out**: the columns of a judged request, `source`, `system` (what it says: `met`, `missed`, `pending`), `reason`.
    """
    said = _said(audit)
    if said is None:
        schema = dict.fromkeys(("source", "system", "verdict", "reason"), pl.String)
        return pl.DataFrame(schema={"table": pl.UInt32, "row": pl.UInt32, **schema})
    found = said.filter(_is_listed()).collect(engine="streaming").sort("at")
    zones, parts = ZoneMixUp(audit, said), list(found.iter_slices(_SLICE_ROWS)) or [found]
    return pl.concat([with_reasons(audit, part, zones) for part in parts])


def said_otherwise(audit: Audit) -> pl.DataFrame:
    """Which requests these are, with DISAGREEMENT_COLUMNS as text, for a list of requests to show beside its own columns."""
    found = disagreements(audit)
    if not found.height:
        texts = dict.fromkeys(DISAGREEMENT_COLUMNS, pl.String)
        return pl.DataFrame(schema={"table": pl.UInt32, "row": pl.UInt32, **texts})
    due = pl.col("system_due_at")
    day, moment = due.dt.strftime("%Y-%m-%d"), due.dt.strftime("%Y-%m-%d %H:%M:%S")
    shown = found.with_columns(system_due_at=pl.when("system_due_is_date").then(day).otherwise(moment))
    return shown.select("table", "row", *(pl.col(name).cast(pl.String) for name in DISAGREEMENT_COLUMNS))


def _said(audit: Audit) -> pl.LazyFrame | None:
    """The requests of the period, each with what its system says of it; None where no system says anything."""
    columns = audit.judged.lazy().collect_schema().names()
    if not has_word(audit):
        return None
    requests = audit.judged.lazy().filter("is_inside")
    if "system_verdict" not in columns:
        requests = requests.with_columns(system_verdict=pl.lit(None, pl.String))
    if "system_due_at" not in columns:
        nothing = pl.lit(None, pl.Datetime("us"))
        requests = requests.with_columns(system_due_at=nothing, system_due_is_date=pl.lit(False))
    sources = [arrived.source.layout.source for arrived in audit.arrived]
    source = value_at(pl.col("table"), sources, pl.String())
    by_due = _by_due(audit, has_instants="system_due_utc" in columns and "replied_utc" in columns)
    said = requests.with_columns(source=source, word=_by_word(audit), verdict=pl.col("verdict").cast(pl.String))
    is_silent = _WORD.is_null() | (_WORD.str.strip_chars() == "")
    return said.with_columns(system=pl.when(is_silent).then(by_due).otherwise("word"))


def _by_word(audit: Audit) -> pl.Expr:
    """What the word of the export means; null where it is not known."""
    tables: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
    for table, arrived in enumerate(audit.arrived):
        tables[tuple(sorted(_meanings(arrived.source.layout.mapping).items()))].append(table)
    word = folded(_WORD)
    remaining = _WORD.str.strip_chars()
    # Time that is left, as Jira has it, is negative when there is none.
    left = pl.when(remaining.str.contains(r"^[-−]\d+:\d\d")).then(pl.lit("missed"))
    meaning: pl.Expr = left.when(remaining.str.contains(r"^\d+:\d\d")).then(pl.lit("met"))
    for known, mine in tables.items():
        for said in ("met", "missed"):
            is_one = pl.col("table").is_in(mine) & word.is_in([one for one, means in known if means == said])
            meaning = pl.when(is_one).then(pl.lit(said)).otherwise(meaning)
    return meaning


def _meanings(mapping: SourceMapping) -> dict[str, str]:
    """Folded word -> what it means; what the source itself declares wins."""
    plain = {fold(word): "met" for word in MET_WORDS} | {fold(word): "missed" for word in MISSED_WORDS}
    own = mapping.system_verdicts
    declared = {fold(word): "met" for word in own.met} | {fold(word): "missed" for word in own.missed} if own else {}
    return plain | declared


def _by_due(audit: Audit, *, has_instants: bool) -> pl.Expr:
    """What follows from the system's due time; a day without a time lasts until its end."""
    due, replied = pl.col("system_due_at"), pl.col("replied_at")
    end = pl.when("system_due_is_date").then(due + DAY_END).otherwise(due)
    is_in_time = replied <= end
    if has_instants:
        is_in_time = pl.coalesce(pl.col("replied_utc") <= pl.col("system_due_utc"), is_in_time)
    is_in_time = pl.when("replied_is_date").then(replied.dt.date() <= due.dt.date()).otherwise(is_in_time)
    as_of = audit.question.as_of
    answered = pl.when(is_in_time).then(pl.lit("met")).otherwise(pl.lit("missed"))
    has_passed = end < as_of.local + as_of.just_after
    unanswered = pl.when(has_passed).then(pl.lit("missed")).otherwise(pl.lit("pending"))
    return pl.when(due.is_not_null()).then(pl.when(replied.is_not_null()).then(answered).otherwise(unanswered))


def _is_listed() -> pl.Expr:
    """Whether the system says something else than cxaudit, or something of what cannot be judged here."""
    return ~agrees(pl.col("verdict"), pl.col("system")).fill_null(True)


def agrees(verdict: pl.Expr, system: pl.Expr) -> pl.Expr:
    """Whether a verdict is what the system says. One that calls an open request in time means: not yet too late."""
    return (
        pl.when(verdict == "met")
        .then(system == "met")
        .when(verdict.is_in(["late", "overdue"]))
        .then(system == "missed")
        .when(verdict == "pending")
        .then(system != "missed")
        .otherwise(system.is_null())
    )


def _not_understood(said: pl.LazyFrame) -> dict[str, int]:
    """The words that mean nothing to cxaudit, with how often they stand there."""
    unknown = said.filter(pl.col("system").is_null() & _WORD.is_not_null() & (_WORD.str.strip_chars() != ""))
    counted = unknown.group_by(_WORD.str.strip_chars().alias("word")).agg(n=pl.len()).sort("n", "word", descending=True)
    return dict(counted.collect().iter_rows())


def _example(audit: Audit, row: dict[str, Any]) -> Disagreement:
    table = audit.arrived[row["table"]].source.table
    names = ("row", "case_id", "system", "verdict", "system_due_at", "due_at", "reason")
    return Disagreement(file=table.file, sheet=table.sheet, **{name: row[name] for name in names})
