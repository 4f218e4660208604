"""Guess the layout of a table that no source fits, from the names of its columns and from what stands in them.

A guess is a proposal to paste into the standards file; nothing is judged by it. Source: DESIGN, section 5.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from cxaudit.read.table import Record, Table
from cxaudit.recognise.contents import Contents, contents_of
from cxaudit.recognise.dates import DateFormat
from cxaudit.recognise.guess_events import guess_log, guess_parts, outcome_column
from cxaudit.recognise.layout import clean_header, doubled_names, likely_header
from cxaudit.recognise.likely import BUSINESS, CLOSURE, DURATION, NAMED, NO_REPLY, likeness, spaced
from cxaudit.recognise.proof import Proof
from cxaudit.spelling import fold
from cxaudit.standards.source import MET_WORDS, MISSED_WORDS, ColumnChoice, ReplyBasis, Role, Unit

#: Roles whose columns hold a few words, again and again.
_NAMES: tuple[Role, ...] = ("channel", "department", "employee", "status", "customer_type")
_VERDICTS = frozenset(map(fold, (*MET_WORDS, *MISSED_WORDS)))


@dataclass(frozen=True)
class Guess:
    """A layout that may fit a table; `choices` has no `received_at` where no column can be one."""

    name: str
    header: Record
    choices: dict[Role, ColumnChoice]
    proofs: dict[Role, Proof]
    reply_basis: ReplyBasis
    channel: str | None  # where no column tells it and the file's name does
    is_midnight: bool = False  # all times of day of its receipts or of its replies are midnight
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)  # `calls` or `mail`, where its rows are not requests
    log_by: str | None = None  # the column that tells calls or events, where `parts` does not tell who called whom
    outcome: str | None = None  # the column that seems to tell how calls ended
    vague: dict[Role, str] = field(default_factory=dict)  # roles of a column whose name another one has too
    dates: tuple[str, ...] = ()  # the columns of dates that play no role and may be the reply
    by_schedule: tuple[str, ...] = ()  # durations that the system counts by office hours

    @property
    def received(self) -> str | None:
        """The column that tells the receipt."""
        return self.choices["received_at"].column if "received_at" in self.choices else None

    @property
    def distinctive(self) -> list[str]:
        """The columns to know the layout by: those that play a role, which the header has once."""
        cells = [fold(clean_header(cell)) for cell in self.header[1]]
        unique = [name for name in map(clean_header, self.header[1]) if name and cells.count(fold(name)) == 1]
        roles: tuple[Role, ...] = ("case_id", "received_at", "replied_at", "channel")
        chosen = [self.choices[role] for role in roles if role in self.choices]
        names = [name for choice in chosen for name in (choice.column, choice.time) if name is not None]
        names += [name for part in self.parts.values() for name in part.values() if isinstance(name, str)]
        mapped = [name for name in dict.fromkeys(names) if name in unique]
        return [*mapped, *(name for name in unique if name not in mapped)][: max(3, len(mapped))]


def guess_layout(table: Table, taken: Collection[str] = ()) -> Guess | None:
    """A layout for a table, by its first rows; None where no row of column names can be found.

    `taken` are the names of known sources.
    """
    header = likely_header(table)
    if header is None:
        return None
    columns = contents_of(table, *header)
    parts, log = guess_parts(columns), None
    if not parts and (log := guess_log(columns)):
        parts = {"calls": log[1]}
    dates = [one for one in columns if one.is_date and not NO_REPLY.search(spaced(one.name))]
    received = _best("received_at", dates) or min(dates, key=lambda one: (str(one.first), one.position), default=None)
    chosen, basis = _roles(columns, received, parts)
    doubled = set(map(fold, doubled_names(header[1])))
    vague = {role: by.column for role, by in chosen.items() if {fold(by.column), fold(by.time or "")} & doubled}
    choices = {role: by for role, by in chosen.items() if role not in vague}
    played = {by.column for by in choices.values()}
    moments = {by.column for role, by in choices.items() if role in ("received_at", "replied_at") and by.time is None}
    return Guess(
        name=_name(table, taken),
        header=header,
        choices=choices,
        proofs={
            role: one.proof for role, by in choices.items() for one in columns if one.name == by.column and one.proof
        },
        reply_basis=basis,
        channel=_channel(table, choices, parts, is_log=log is not None),
        is_midnight=any(one.is_midnight for one in columns if one.name in moments),
        parts=parts,
        log_by=log[0] if log else None,
        outcome=outcome_column(columns),
        vague=vague,
        dates=tuple(one.name for one in dates if one.name not in played),
        by_schedule=tuple(
            one.name for one in columns if DURATION.search(words := spaced(one.name)) and BUSINESS.search(words)
        ),
    )


def _roles(
    columns: Sequence[Contents], received: Contents | None, parts: dict[str, dict[str, Any]]
) -> tuple[dict[Role, ColumnChoice], ReplyBasis]:
    """The column of each role, and how the reply is known."""
    choices: dict[Role, ColumnChoice] = {} if received is None else {"received_at": _with_clock(received, columns)}
    if parts:
        key = next((name for part in parts.values() for name in (part.get("call"), part.get("message")) if name), None)
        return choices | ({"case_id": _choice(key)} if key else {}), "paired"
    rest = columns if received is None else _without(received.name, columns)
    reply, basis = _reply(rest, received)
    choices |= {"replied_at": reply} if reply is not None else {}
    return choices | _others(rest if reply is None else _without(reply.column, rest)), basis


def _without(name: str, columns: Sequence[Contents]) -> list[Contents]:
    """The columns of other names: of two that share one, an entry cannot tell which is meant."""
    return [one for one in columns if fold(one.name) != fold(name)]


def _channel(
    table: Table, choices: dict[Role, ColumnChoice], parts: dict[str, dict[str, Any]], *, is_log: bool
) -> str | None:
    """The channel of every row: by what the rows are, else by the name of the file; a log without parties tells none."""
    if is_log:
        return None
    if parts:
        return "voicemail" if "calls" in parts else "email"
    words = spaced(f"{table.file.rpartition('.')[0] or table.file} {table.sheet or ''}")
    return None if "channel" in choices else next((name for name, like in NAMED.items() if like.search(words)), None)


def _best(role: Role, columns: Sequence[Contents]) -> Contents | None:
    """The column whose name is most like that role's; of equals the one that is earliest in time, then in the row."""
    named = [(likeness(role, one.name), one) for one in columns]
    found = [(-score, str(one.first), one.position, one) for score, one in named if score]
    return min(found)[-1] if found else None


def _with_clock(day: Contents, columns: Sequence[Contents]) -> ColumnChoice:
    """A date, with the column of its time of day where the date stands alone."""
    fmt = _format(day)
    if fmt is None or not fmt.is_date_only:
        return _choice(day.name)
    stem = re.sub(r"(?i)\b(date|day|on|dt)\b", "", spaced(day.name)).strip().casefold()
    for one in columns:
        words = spaced(one.name)
        own = re.sub(r"(?i)\b(time|at|hour)\b", "", words).strip().casefold()
        if one.shares["clock"] >= 0.9 and re.search(r"(?i)\b(time|hour)\b", words) and own == stem:
            return _choice(day.name, time=one.name)
    return _choice(day.name)


def _choice(name: str, *, time: str | None = None, unit: Unit | None = None) -> ColumnChoice:
    return ColumnChoice(column=name, time=time, reply_basis=None, unit=unit)


def _format(one: Contents) -> DateFormat | None:
    return (one.proof.format or next(iter(one.proof.candidates), None)) if one.proof else None


def _reply(columns: Sequence[Contents], received: Contents | None) -> tuple[ColumnChoice | None, ReplyBasis]:
    """The column that tells the reply, and how: as a moment, as a duration, or only as the closing of the case."""
    best = _best("replied_at", [one for one in columns if one.is_date and not NO_REPLY.search(spaced(one.name))])
    is_closure = best is not None and likeness("replied_at", best.name) == 1
    if best is None or is_closure:
        for one in columns:
            told = DURATION.search(spaced(one.name))
            if told and one.shares["number"] >= 0.9 and not BUSINESS.search(spaced(one.name)) and received is not None:
                unit: Unit = "hours" if told["unit"].lower().startswith("h") else "minutes"
                return _choice(one.name, unit=unit if unit == "hours" else None), "minutes"
    if best is None:
        return None, "first_response"
    return _with_clock(best, columns), "closure" if is_closure and CLOSURE.search(
        spaced(best.name)
    ) else "first_response"


def _others(columns: Sequence[Contents]) -> dict[Role, ColumnChoice]:
    """The remaining roles, each column for one of them."""
    found: dict[Role, ColumnChoice] = {}
    free = list(columns)
    ids = [one for one in free if one.n_values and not one.is_date and _identifies(one)]
    verdicts = [one for one in free if any(fold(word) in _VERDICTS for word in one.words)]
    wanted: list[tuple[Role, list[Contents]]] = [("case_id", ids), ("system_verdict", verdicts)]
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
    if "system_verdict" in found:  # chosen before the status, which may be named like it, and shown last
        found["system_verdict"] = found.pop("system_verdict")
    return found


def _identifies(one: Contents) -> bool:
    """Whether the values tell cases apart; an update log has several rows of a case."""
    return one.n_different >= (0.3 if likeness("case_id", one.name) > 1 else 0.95) * one.n_values


def _name(table: Table, taken: Collection[str]) -> str:
    """A name for the source: the file's, without what changes from month to month."""
    words = re.findall(r"[a-z]+", spaced(table.file.rpartition(".")[0] or table.file).casefold())
    months = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    kept = [word for word in words if not re.fullmatch(rf"({months})[a-z]*|csv|xlsx?|export|copy|of", word)]
    name = "_".join(kept[:3]) or "my_export"
    return name if name not in taken else f"{name}_export"
