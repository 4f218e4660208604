"""Guess the layout of a table that no source fits, from the names of its columns and from what stands in them.

A guess is a proposal to paste into the standards file; nothing is judged by it. Source: DESIGN, section 5.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from cxaudit.read.table import Record, Table, column
from cxaudit.recognise.dates import DateFormat, is_missing
from cxaudit.recognise.layout import clean_header, likely_header
from cxaudit.recognise.likely import BUSINESS, CLOSURE, DURATION, EVENTS, NAMED, NO_REPLY, WAYS, likeness, spaced
from cxaudit.recognise.proof import SAMPLE, Proof, prove_format
from cxaudit.standards.model import fold
from cxaudit.standards.source import ColumnChoice, ReplyBasis, Role, Unit

_CLOCK = r"(?i)^\s*\d{1,2}:\d{2}(:\d{2})?\s*([ap]\.?m\.?)?\s*$"
_MOST_WAYS = 50
_NUMBER = r"^\s*\d+([.,:]\d+)*\s*$"
#: Roles whose columns hold a few words, again and again.
_NAMES: tuple[Role, ...] = ("channel", "department", "employee", "status", "customer_type")


@dataclass(frozen=True)
class Guess:
    """A layout that may fit a table; `choices` has no `received_at` where no column can be one."""

    name: str
    header: Record
    choices: dict[Role, ColumnChoice]
    proofs: dict[Role, Proof]
    reply_basis: ReplyBasis
    channel: str | None  # where no column tells it and the file's name does
    seems_events: bool  # a row for each call or message, rather than for each request

    @property
    def distinctive(self) -> list[str]:
        """The columns to know the layout by: those that play a role, which the header has once."""
        cells = [fold(clean_header(cell)) for cell in self.header[1]]
        roles: tuple[Role, ...] = ("case_id", "received_at", "replied_at", "channel")
        names = [self.choices[role].column for role in roles if role in self.choices]
        names += [
            time for role in ("received_at", "replied_at") if role in self.choices and (time := self.choices[role].time)
        ]
        unique = [name for name in map(clean_header, self.header[1]) if name and cells.count(fold(name)) == 1]
        mapped = [name for name in names if name in unique]
        return [*mapped, *(name for name in unique if name not in mapped)][: max(3, len(mapped))]


@dataclass(frozen=True)
class _Column:
    position: int
    name: str
    proof: Proof | None  # None: its values are no dates
    n_values: int
    n_different: int
    clock_share: float
    number_share: float
    way_share: float  # of its different values: those that name a way in which requests come
    first: object  # its earliest moment

    @property
    def is_date(self) -> bool:
        return self.proof is not None

    @property
    def is_names(self) -> bool:
        """Whether a few words stand there again and again."""
        return 0 < self.n_different <= max(3, min(200, self.n_values // 2)) and not self.is_date


def guess_layout(table: Table, taken: Collection[str] = ()) -> Guess | None:
    """A layout for a table, by its first rows; None where no row of column names can be found.

    `taken` are the names of known sources.
    """
    header = likely_header(table)
    if header is None:
        return None
    rows = _full_rows(table.body(header[0], len(header[1])).head(SAMPLE).collect(), len(header[1]))
    columns = [_column(rows, i, name) for i, name in enumerate(map(clean_header, header[1])) if name]
    choices: dict[Role, ColumnChoice] = {}
    dates = [one for one in columns if one.is_date and not NO_REPLY.search(spaced(one.name))]
    received = _best("received_at", dates) or min(dates, key=lambda one: (str(one.first), one.position), default=None)
    if received is not None:
        choices["received_at"] = _with_clock(received, columns)
    rest = [one for one in columns if one is not received]
    reply, basis = _reply(rest, received)
    if reply is not None:
        choices["replied_at"] = reply
    rest = [one for one in rest if reply is None or one.name != reply.column]
    choices |= _others(rest)
    proofs = {
        role: one.proof
        for role, choice in choices.items()
        for one in columns
        if one.name == choice.column and one.proof
    }
    file_words = spaced(f"{table.file.rpartition('.')[0] or table.file} {table.sheet or ''}")
    channel = (
        next((name for name, like in NAMED.items() if like.search(file_words)), None)
        if "channel" not in choices
        else None
    )
    seems_events = sum(bool(EVENTS.search(spaced(one.name))) for one in columns) >= 2 and "replied_at" not in choices
    return Guess(_name(table, taken), header, choices, proofs, basis, channel, seems_events)


def _full_rows(rows: pl.DataFrame, width: int) -> pl.DataFrame:
    """The rows without titles, totals and remarks: those with at least half as many cells as the fullest."""
    n_filled = pl.sum_horizontal(~is_missing(pl.col(column(i))) for i in range(width))
    return rows.filter(n_filled * 2 >= n_filled.max())


def _column(rows: pl.DataFrame, position: int, name: str) -> _Column:
    text = rows[column(position)]
    frame = text.alias("text").to_frame()
    values = frame.filter(~is_missing(pl.col("text")))["text"]
    n = len(values)
    proof = prove_format(rows.lazy().select("row", text=pl.col(column(position))), None, whole=True)
    fmt = proof.format or next(iter(proof.candidates), None)
    is_named = any(likeness(role, name) for role in ("received_at", "replied_at", "system_due_at"))
    is_date = n > 0 and fmt is not None and (is_named or fmt.counted is None)
    first = None
    if is_date and fmt is not None:
        first = frame.select(fmt.parse(pl.col("text").str.strip_chars()).min()).item()
    return _Column(
        position=position,
        name=name,
        proof=proof if is_date else None,
        n_values=n,
        n_different=values.n_unique() if n else 0,
        clock_share=_share(values, _CLOCK),
        number_share=_share(values, _NUMBER),
        way_share=_way_share(values),
        first=first,
    )


def _share(values: pl.Series, form: str) -> float:
    return float(values.str.contains(form).sum() / len(values)) if len(values) else 0.0


def _way_share(values: pl.Series) -> float:
    different = values.unique()
    if not 0 < len(different) <= _MOST_WAYS:
        return 0.0
    return sum(fold(value) in WAYS for value in different) / len(different)


def _best(role: Role, columns: Sequence[_Column]) -> _Column | None:
    """The column whose name is most like that role's; of equals the one that is earliest in time, then in the row."""
    named = [(likeness(role, one.name), one) for one in columns]
    found = [(-score, str(one.first), one.position, one) for score, one in named if score]
    return min(found)[-1] if found else None


def _with_clock(day: _Column, columns: Sequence[_Column]) -> ColumnChoice:
    """A date, with the column of its time of day where the date stands alone."""
    fmt = _format(day)
    if fmt is None or not fmt.is_date_only:
        return _choice(day.name)
    stem = re.sub(r"(?i)\b(date|day|on|dt)\b", "", spaced(day.name)).strip().casefold()
    for one in columns:
        words = spaced(one.name)
        own = re.sub(r"(?i)\b(time|at|hour)\b", "", words).strip().casefold()
        if one.clock_share >= 0.9 and re.search(r"(?i)\b(time|hour)\b", words) and own == stem:
            return _choice(day.name, time=one.name)
    return _choice(day.name)


def _choice(name: str, *, time: str | None = None, unit: Unit | None = None) -> ColumnChoice:
    return ColumnChoice(column=name, time=time, reply_basis=None, unit=unit)


def _format(one: _Column) -> DateFormat | None:
    return (one.proof.format or next(iter(one.proof.candidates), None)) if one.proof else None


def _reply(columns: Sequence[_Column], received: _Column | None) -> tuple[ColumnChoice | None, ReplyBasis]:
    """The column that tells the reply, and how: as a moment, as a duration, or only as the closing of the case."""
    best = _best("replied_at", [one for one in columns if one.is_date and not NO_REPLY.search(spaced(one.name))])
    is_closure = best is not None and likeness("replied_at", best.name) == 1
    if best is None or is_closure:
        for one in columns:
            told = DURATION.search(spaced(one.name))
            if told and one.number_share >= 0.9 and not BUSINESS.search(spaced(one.name)) and received is not None:
                unit: Unit = "hours" if told["unit"].lower().startswith("h") else "minutes"
                return _choice(one.name, unit=unit if unit == "hours" else None), "minutes"
    if best is None:
        return None, "first_response"
    return _with_clock(best, columns), "closure" if is_closure and CLOSURE.search(
        spaced(best.name)
    ) else "first_response"


def _others(columns: Sequence[_Column]) -> dict[Role, ColumnChoice]:
    """The remaining roles, each column for one of them."""
    found: dict[Role, ColumnChoice] = {}
    free = list(columns)
    ids = [one for one in free if one.n_values and not one.is_date and _identifies(one)]
    wanted: list[tuple[Role, list[_Column]]] = [("case_id", ids)]
    wanted += [(role, [one for one in free if one.is_names]) for role in _NAMES]
    wanted.append(("system_due_at", [one for one in free if one.is_date]))
    for role, candidates in wanted:
        left = [one for one in candidates if one in free]
        best = _best(role, left)
        if role == "channel" and (ways := [one for one in left if one.way_share >= 0.5]):
            best = max(ways, key=lambda one: (one.way_share, likeness("channel", one.name), -one.position))
        if best is not None:
            found[role] = _choice(best.name)
            free.remove(best)
    return found


def _identifies(one: _Column) -> bool:
    """Whether the values tell cases apart; an update log has several rows of a case."""
    return one.n_different >= (0.3 if likeness("case_id", one.name) > 1 else 0.95) * one.n_values


def _name(table: Table, taken: Collection[str]) -> str:
    """A name for the source: the file's, without what changes from month to month."""
    words = re.findall(r"[a-z]+", spaced(table.file.rpartition(".")[0] or table.file).casefold())
    months = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    kept = [word for word in words if not re.fullmatch(rf"({months})[a-z]*|csv|xlsx?|export|copy|of", word)]
    name = "_".join(kept[:3]) or "my_export"
    return name if name not in taken else f"{name}_export"
