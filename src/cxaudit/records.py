"""Records: judged requests as the rows that people and scripts get, one per request, in the order of the input.

Times are text (`YYYY-MM-DD HH:MM:SS`, local; a date without a time stays a date); the unknown is null. Source: DESIGN,
section 6, "Columns that scripts depend on".
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from cxaudit.lookup import value_at
from cxaudit.model import EXCLUSIONS, RECORD_COLUMNS
from cxaudit.promises.table import Promises
from cxaudit.standards.model import Standards

_SECONDS = "%Y-%m-%d %H:%M:%S"
_DAY = "%Y-%m-%d"


def record_frame(
    judged: pl.LazyFrame,
    standards: Standards,
    promises: Promises,
    beside: pl.DataFrame | None = None,
    *,
    with_employees: bool,
) -> pl.LazyFrame:
    """The rows to show.

    **Frame in**: judged requests with `business_hours`, `file`, `sheet`, `source`, `reply_basis`. **Frame out**:
    RECORD_COLUMNS: text; `business_days` and `business_days_over` Int32, `business_hours` Float64, `row` UInt32. Employees
    only where they are asked for. `beside` names requests (`table`, `row`) to which the list is limited; its other columns
    come last.
    """
    more = beside.drop("table", "row").columns if beside is not None else []
    if beside is not None:
        judged = judged.drop(more, strict=False).join(beside.lazy(), on=["table", "row"], maintain_order="left")
    present = judged.collect_schema().names()

    def text(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.String) if name in present else pl.lit(None, dtype=pl.String)

    all_promises = promises.all
    columns = {name: text(name) for name in ("case_id", "channel", "department", "customer_type", "verdict")}
    columns |= {
        "employee": text("employee") if with_employees else pl.lit(None, dtype=pl.String),
        "received_at": _moment("received_at", pl.col("received_is_date")),
        "replied_at": _moment("replied_at", pl.col("replied_is_date")),
        "due_at": _moment("due_at", pl.col("due_is_date")),
        "business_hours": pl.col("business_hours"),
        "standard": value_at(pl.col("promise"), [promise.within.text for promise in all_promises], pl.String()),
        "clause": value_at(pl.col("promise"), [promise.clause for promise in all_promises], pl.String()),
        "high_volume": _reason(standards) if standards.high_volume else pl.lit(None, dtype=pl.String),
        "excluded_because": _because(standards, promises),
    }
    columns |= {name: pl.col(name) for name in RECORD_COLUMNS if name not in columns}
    return judged.select(*(columns[name].alias(name) for name in RECORD_COLUMNS), *more)


def _moment(name: str, is_date: pl.Expr) -> pl.Expr:
    at = pl.col(name)
    return pl.when(is_date).then(at.dt.strftime(_DAY)).otherwise(at.dt.strftime(_SECONDS))


def _reason(standards: Standards) -> pl.Expr:
    return value_at(pl.col("high_volume"), [period.reason for period in standards.high_volume], pl.String())


def _because(standards: Standards, promises: Promises) -> pl.Expr:
    """The stable code, then words."""
    reasons = [f"no_reply_owed: {rule.because}" for rule in standards.exclude]
    owed = value_at(pl.col("exempt_by"), reasons, pl.String())
    channel = pl.col("channel").cast(pl.String)
    words = {
        "no_reply_owed": owed,
        "reply_before_receipt": pl.lit("reply_before_receipt: the reply is earlier than the receipt"),
        "before_standards": pl.lit(
            f"before_standards: received before {promises.first_effective}, when the first standard came into force"
        ),
        "no_standard": pl.when(channel.is_null())
        .then(pl.lit("no_standard: the channel is not stated"))
        .otherwise(pl.format("no_standard: no promise for {}", channel)),
        "outside_calendar": pl.lit("outside_calendar: a date for which there are no holiday data"),
        "no_time": pl.lit("no_time: the verdict depends on a time of day that is not stated"),
    }
    because: pl.Expr = pl.lit(None, dtype=pl.String)
    for code in EXCLUSIONS:
        because = pl.when(pl.col("excluded") == code).then(words[code]).otherwise(because)
    return because


def reply_basis(of_table: pl.Expr, columns: Collection[str]) -> pl.Expr:
    """How the reply is known: as the table says, but for rows where only the closing tells it."""
    if "replied_by_closure" not in columns:
        return of_table
    by_closure = pl.col("replied_by_closure").fill_null(False)
    return pl.when(by_closure).then(pl.lit("closure")).otherwise(of_table).alias("reply_basis")
