"""Recognise requests: a table of text in, typed requests out, and every other row sorted into its fate.

Values with `Z` or an offset, and those of a source declared in another zone, become local wall time and keep their instant.
Where a source tells how long the reply took, it came so long after the receipt. An unreadable reply is never taken for no
reply. Source: DESIGN, section 3, "Time" and "Nothing is lost".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from cxaudit.days.zones import Zone, zone
from cxaudit.lookup import folded
from cxaudit.read.table import DAMAGED, column
from cxaudit.recognise.cells import cells_of, duration, trimmed
from cxaudit.recognise.dates import DateFormat, is_missing
from cxaudit.recognise.layout import Layout
from cxaudit.recognise.told import after_receipt, by_closing, closed_after, tells_a_day
from cxaudit.recognise.zone_names import heed_zone_name
from cxaudit.spelling import fold
from cxaudit.standards.source import Role

#: Roles whose few different values are kept as categories.
CATEGORIES: tuple[Role, ...] = (
    "channel", "department", "employee", "status", "customer_type", "kind", "system_verdict",
)  # fmt: skip
DATE_ROLES: tuple[Role, ...] = ("received_at", "replied_at")
_AT = pl.Datetime("us")
_TOTAL = (
    r"(?i)^\s*((((grand|sub)[\s-]*)?totals?|sum|count|average|mean)\s*([a-z]+\s*)?([:=(].*|\d[\d.,\s]*)?$"
    r"|(copyright|©|confidential|end of|generated|printed|exported|report(ed)? (date|by|run))\b"
    r"|page \d|\d+ (rows?|records?)\b)"
)
_FILLED_WORD = r"\S"
#: A line of data types, which some systems write under the header.
_TYPE = (
    r"(?i)^((var)?char|text|string|date|time|datetime2?|timestamp|(big|small)?int|integer|number)\b\s*(\([\d, ]*\))?$"
    r"|^\(?(y{2,4}|[md]{1,4})[-/. ](y{2,4}|[md]{1,4})[-/. ](y{2,4}|[md]{1,4})([T ]+[hmsap:. ]+)?\)?$"  # how it writes dates
)
#: What stands behind the word of a total.
_FIGURE = r"(?i)^\s*([\d.,%\s]+|record count|count|sum|average|avg|min|max)$"
_FILLED = r"[^\s\p{Cc}=_*\-–—]"


@dataclass(frozen=True)
class Reading:
    """How the columns of one table are typed: the date formats found, the city's zone, and whether to trim blanks."""

    layout: Layout
    formats: Mapping[Role, DateFormat | None]
    zone: Zone
    trim: bool = False
    channels: Mapping[str, str] = field(default_factory=dict)  # the system's word, folded -> channel

    def text(self, role: Role) -> pl.Expr:
        """The cells of a role as text; null where the table has no such column."""
        if role not in self.layout.positions:
            return pl.lit(None, dtype=pl.String)
        text = cells_of(self.layout, role)
        return text.str.strip_chars() if self.trim else text

    def parse(self, role: Role) -> pl.Expr:
        """The cells of a date role as moments (for a duration: as what is to be added to the receipt); else null."""
        fmt = self.formats.get(role)
        if (unit := self.layout.unit_of(role)) is not None:
            return duration(self.text(role), unit)
        return pl.lit(None, dtype=_AT) if fmt is None else fmt.parse(self.text(role))

    def named(self) -> pl.Expr:
        """The channel: the system's word for it, or the channel that its source says this is."""
        text = self.text("channel")
        if not self.channels:
            return text
        return text.map_batches(self._by_channel, return_dtype=pl.String(), is_elementwise=True)

    def _by_channel(self, texts: pl.Series) -> pl.Series:
        """Each different word is looked at once, however many rows hold it."""
        known = {word: self.channels.get(fold(word), word) for word in texts.drop_nulls().unique()}
        return texts.replace(known) if known else texts


def recognise_requests(
    rows: pl.LazyFrame, reading: Reading, roles: Sequence[Role], headers: Sequence[str], carried: Sequence[str] = ()
) -> pl.LazyFrame:
    """Type the rows of one table, or of several that are read alike.

    **Frame in**: a table's body. **Frame out**: `row` (UInt32), the columns `carried`, `case_id` (String), the category roles
    asked for (Categorical), `received_at`, `replied_at` (Datetime, local wall time), `received_is_date`, `replied_is_date`,
    with `received_utc`, `replied_utc` (Datetime) where the table has instants, and `closed_at` and `replied_by_closure` where
    the closing stands for a reply that a row does not tell otherwise; a Categorical column for each header in `headers` that
    the table has (named `header:` and its position in the list); `is_doubtful`, true for rows that `sort_out` must look at;
    and `ends_empty`, true where the last cell is empty. In the order of the file.
    """
    columns: dict[str, pl.Expr] = {name: pl.col(name) for name in ("row", *carried)}
    if "case_id" in roles:
        columns["case_id"] = trimmed(reading.text("case_id"))
    texts = {role: reading.named() if role == "channel" else reading.text(role) for role in CATEGORIES if role in roles}
    columns |= {role: text.cast(pl.Categorical) for role, text in texts.items()}
    for i, header in enumerate(headers):
        position = reading.layout.find(header)
        text = pl.col(column(position)) if position is not None else pl.lit(None, dtype=pl.String)
        columns[f"header:{i}"] = text.cast(pl.Categorical)
    has_closing = "closed_at" in reading.layout.positions
    told: list[Role] = ["replied_at", "closed_at"] if has_closing else ["replied_at"]
    moments = [role for role in dated(roles) if _is_needed(role, reading)]
    # Each text is parsed once: what is made of the moments comes afterwards.
    parsed = [_parsed(reading, role) for role in moments]
    is_told = {f"_{role}_is_told": reading.text(role).is_not_null() for role in told}
    ends_empty = pl.col(column(reading.layout.width - 1)).is_null()
    is_surplus = pl.col("extra").is_not_null()
    typed = rows.select(**columns, **_joined(parsed), **is_told, ends_empty=ends_empty, _is_surplus=is_surplus)
    typed = typed.with_columns(**_joined(_in_the_city(reading, role) for role in moments))
    if reading.layout.unit is not None:
        typed = typed.with_columns(**after_receipt(reading.zone, reading.layout.unit, has_instants(reading)))
    if reading.layout.closed_unit is not None:
        typed = typed.with_columns(**closed_after(reading.layout.closed_unit, has_instants(reading)))
    is_unread = pl.any_horizontal(pl.col(f"_{role}_is_told") & pl.col(role).is_null() for role in told)
    typed = typed.with_columns(is_doubtful=pl.col("received_at").is_null() | is_unread | pl.col("_is_surplus"))
    if has_closing:
        typed = typed.with_columns(**by_closing(has_instants(reading)))
    return typed.select(pl.exclude(r"^(_.+|(closed|updated)_(is_date|utc))$"))


def _joined(columns: Iterable[Mapping[str, pl.Expr]]) -> dict[str, pl.Expr]:
    return {name: expr for some in columns for name, expr in some.items()}


def _is_needed(role: Role, reading: Reading) -> bool:
    match role:
        case "updated_at":
            return reading.formats.get(role) is not None
        case "closed_at":
            return role in reading.layout.positions
        case _:
            return True


def dated(roles: Sequence[Role]) -> tuple[Role, ...]:
    """The date roles that a run needs: receipt and reply, the closing that may stand for a reply, what tells the last state,
    and the system's own due time where it is asked for."""
    return (*DATE_ROLES, "closed_at", "updated_at", *(role for role in roles if role == "system_due_at"))


def has_instants(reading: Reading) -> bool:
    """Whether the table's times name instants: they carry an offset, or the source is declared in some zone."""
    declared = reading.layout.mapping.timezone is not None
    return declared or any(fmt is not None and fmt.has_zone for fmt in reading.formats.values())


def _parsed(reading: Reading, role: Role) -> dict[str, pl.Expr]:
    """The columns of one date role as they are written: `…_at`, `…_is_date`."""
    fmt, text, is_date = reading.formats.get(role), reading.text(role), f"{role.removesuffix('_at')}_is_date"
    if reading.layout.unit_of(role) is not None:
        return {
            role: reading.parse(role),
            is_date: pl.lit(role == "closed_at" and reading.layout.closed_unit == "days"),
        }
    if fmt is None:
        return {role: pl.lit(None, dtype=_AT), is_date: pl.lit(False)}
    parsed = fmt.parse(text)
    if fmt.names_zones:
        parsed = heed_zone_name(parsed, text, reading.zone)
    return {role: parsed, is_date: fmt.parse_is_date(text).fill_null(False)}


def _in_the_city(reading: Reading, role: Role) -> dict[str, pl.Expr]:
    """What becomes of the columns of one date role: local wall time, and `…_utc` if the table has instants."""
    name, fmt, declared = role.removesuffix("_at"), reading.formats.get(role), reading.layout.mapping.timezone
    if reading.layout.unit_of(role) is not None:
        return {}
    parsed, is_date = pl.col(role), pl.col(f"{name}_is_date")
    columns: dict[str, pl.Expr] = {}
    if fmt is not None and reading.layout.mapping.midnight_is_date and role not in reading.layout.times:
        is_date |= (parsed == parsed.dt.truncate("1d")).fill_null(False)
        columns[f"{name}_is_date"] = is_date
    if fmt is not None and fmt.has_zone:
        return columns | {role: reading.zone.local(parsed), f"{name}_utc": parsed}
    if fmt is not None and declared is not None and not fmt.is_date_only:
        instant = pl.when(~is_date).then(zone(declared).utc(parsed))
        local = pl.when(is_date).then(parsed).otherwise(reading.zone.local(instant))
        return columns | {role: local, f"{name}_utc": instant}
    return columns | ({f"{name}_utc": pl.lit(None, dtype=_AT)} if has_instants(reading) else {})


def sort_out(doubtful: pl.DataFrame, reading: Reading) -> pl.DataFrame:
    """Give each doubtful row its fate.

    **Frame in**: a table's body, doubtful rows only, all columns. **Frame out**: `row`, `fate` (`request`, `not_data` or
    the code of the finding that rejects it), `value` (the offending one; for a request a word that stands for no reply; null
    where cells cannot be told apart, since they may be anything of a customer), in the order of the file.
    """
    if not doubtful.height:
        return pl.DataFrame(schema={"row": pl.UInt32, "fate": pl.String, "value": pl.String})
    received, reply = reading.text("received_at"), reading.text("replied_at")
    is_unread = _unread(reading, "received_at")
    is_unread_reply = ~is_missing(reply) & _unread(reading, "replied_at")
    closed = reading.text("closed_at")
    is_unread_closing = ~is_missing(closed) & _unread(reading, "closed_at")
    is_baseless_reply = ~is_missing(reply) & _baseless(reading, "replied_at")
    is_baseless_closing = ~is_missing(closed) & _baseless(reading, "closed_at")
    has_extra = pl.col("extra").str.contains(_FILLED).fill_null(False)
    is_damaged = pl.col("extra").str.starts_with(DAMAGED).fill_null(False)
    fate = (
        pl.when(is_damaged).then(pl.lit("broken_quotes"))
        .when(~has_extra & ~pl.any_horizontal(_filled_cells(reading.layout))).then(pl.lit("not_data"))
        .when(is_unread & _is_not_data(reading)).then(pl.lit("not_data"))
        .when(has_extra).then(pl.lit("ragged_row"))
        .when(is_missing(received)).then(pl.lit("no_received"))
        .when(is_unread).then(pl.lit("unreadable_received"))
        .when(is_unread_reply | is_unread_closing).then(pl.lit("unreadable_reply"))
        .when(is_baseless_reply | is_baseless_closing).then(pl.lit("receipt_without_time"))
        .otherwise(pl.lit("request"))
    )  # fmt: skip
    value = (
        pl.when(pl.col("fate") == "unreadable_received").then(received)
        .when(pl.col("fate") == "unreadable_reply").then(pl.when(is_unread_reply).then(reply).otherwise(closed))
        .when(pl.col("fate") == "receipt_without_time").then(received)
        .when((pl.col("fate") == "request") & is_missing(reply) & reply.str.contains(_FILLED_WORD)).then(reply)
    )  # fmt: skip
    return doubtful.with_columns(fate=fate).with_columns(value=value).select("row", "fate", "value")


def _unread(reading: Reading, role: Role) -> pl.Expr:
    return reading.parse(role).is_null()


def _baseless(reading: Reading, role: Role) -> pl.Expr:
    """Whether a duration cannot be added, as the receipt has no time of day."""
    unit, fmt = reading.layout.unit_of(role), reading.formats.get("received_at")
    if unit is None or (role, unit) == ("closed_at", "days"):
        return pl.lit(False)
    is_date = pl.lit(True) if fmt is None else fmt.parse_is_date(reading.text("received_at"))
    return is_date & ~tells_a_day(reading.parse(role), is_date, unit)


def _filled_cells(layout: Layout) -> list[pl.Expr]:
    return [_is_filled(i) for i in range(layout.width)]


def _is_filled(position: int | None, counts_for_nothing: str | None = None) -> pl.Expr:
    """Whether a cell holds more than blanks, control characters or a rule drawn with dashes."""
    if position is None:
        return pl.lit(False)
    is_filled = pl.col(column(position)).str.contains(_FILLED)
    if counts_for_nothing is not None:
        is_filled &= ~pl.col(column(position)).str.contains(counts_for_nothing)
    return is_filled.fill_null(False)


def _is_not_data(reading: Reading) -> pl.Expr:
    """Whether a row without a readable receipt is a header, a total or a remark rather than a request."""
    layout = reading.layout
    received = pl.col(column(layout.positions["received_at"])).str.strip_chars()
    is_header = folded(received) == fold(layout.names["received_at"])
    filled = _filled_cells(layout)
    first = _first_filled(layout)
    cell = {role: layout.positions.get(role) for role in ("case_id", "channel", "status", "received_at")}
    others = [_is_filled(i, _FIGURE) & ~_is_first(i, filled) for role, i in cell.items() if role != "received_at"]
    is_total = first.str.contains(_TOTAL) & _unread(reading, "replied_at") & ~pl.any_horizontal(others)
    is_sentence = first.str.strip_chars().str.contains(r"^\D\S*\s+\S+\s")
    stands_for_a_request = _is_filled(cell["case_id"]) | _is_filled(cell["received_at"])
    is_alone = pl.sum_horizontal(filled) == 1
    is_remark = is_alone & (is_sentence | ~stands_for_a_request | first.str.strip_chars().is_in(layout.titles))
    return pl.any_horizontal(
        sign.fill_null(False) for sign in (is_header, received.str.contains(_TYPE), is_total, is_remark)
    )


def is_aside(layout: Layout, rows: pl.DataFrame | None = None) -> pl.Expr:
    """Whether a row (of these) is plainly none of the data, whatever its dates look like: such a row proves no format."""
    starts_filled = rows is not None and rows.select(_is_filled(0).all()).item()
    first = pl.col(column(0)) if starts_filled else _first_filled(layout)
    received = pl.col(column(layout.positions["received_at"])).str.strip_chars()
    is_header = received == layout.names["received_at"]
    may_have_shifted = pl.col("extra").is_not_null()
    signs = (is_header, may_have_shifted, received.str.contains(_TYPE), first.str.contains(_TOTAL))
    return pl.any_horizontal(sign.fill_null(False) for sign in signs)


def _first_filled(layout: Layout) -> pl.Expr:
    cells = _filled_cells(layout)
    return pl.coalesce(*(pl.when(is_filled).then(pl.col(column(i))) for i, is_filled in enumerate(cells)))


def _is_first(position: int | None, filled: Sequence[pl.Expr]) -> pl.Expr:
    """Whether no cell before this one is filled."""
    return ~pl.any_horizontal(filled[:position]) if position else pl.lit(True)
