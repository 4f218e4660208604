"""Recognise a layout: which source a table comes from, where its header is, and which column plays which role.

A few distinctive columns of the header decide; names are compared without regard to case, blanks, hyphens and underscores.
Nothing is ambiguous in silence. Source: DESIGN, section 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cxaudit.errors import InputError, UsageError
from cxaudit.read.table import Record, Table
from cxaudit.recognise.dates import is_moment, is_textual
from cxaudit.recognise.headerless import headerless
from cxaudit.recognise.likely import LIKE, likeness
from cxaudit.spelling import fold, near_miss
from cxaudit.standards.source import ColumnChoice, ReplyBasis, Role, SourceMapping, Unit

#: Said of every file that nothing fits: it may lie among the exports and be none.
LEAVE_OUT = "If it is no export of requests, calls or messages, leave it out of the run."


#: As many digits as a telephone number has; and so many names of columns make a row of them.
_PHONE_DIGITS, _SURE_NAMES = 7, 2


@dataclass(frozen=True)
class Layout:
    """How one table is to be read."""

    source: str
    mapping: SourceMapping
    header: Record
    positions: dict[Role, int]
    names: dict[Role, str]  # role -> the header as the file writes it
    reply_basis: ReplyBasis
    times: dict[Role, int] = field(default_factory=dict)  # role -> the column with its time of day
    unit: Unit | None = None  # what the numbers of `replied_at` count from receipt; None: it holds moments
    closed_unit: Unit | None = None  # the same of `closed_at`
    titles: tuple[str, ...] = ()  # lines of one cell above the header, which some systems repeat on every page

    @property
    def width(self) -> int:
        return len(self.header[1])

    @property
    def tells_replies(self) -> bool:
        """Whether a column tells the reply, or the closing that stands for it."""
        return "replied_at" in self.positions or "closed_at" in self.positions

    @property
    def tells_channel(self) -> bool:
        """Whether it is known how the requests came in: by a column, or since the source has one channel only."""
        return "channel" in self.positions or self.mapping.channel is not None

    def holds_moments(self, role: Role) -> bool:
        """Whether the table has a column for this role of a date, with moments in it."""
        return role in self.positions and self.unit_of(role) is None

    def unit_of(self, role: Role) -> Unit | None:
        """What the numbers of a role of a date count from receipt, if it does not hold moments."""
        return {"replied_at": self.unit, "closed_at": self.closed_unit}.get(role)

    def find(self, name: str) -> int | None:
        """The position of a column by its header, or None."""
        return next((i for i, cell in enumerate(self.header[1]) if _fold(cell) == fold(name)), None)


def channel_advice(layout: Layout) -> str:
    """What to do where a table does not say how its requests came in, with the column that may tell it after all."""
    import json

    used = {*layout.positions.values(), *layout.times.values()}
    others = [cell for i, cell in enumerate(clean_header(cell) for cell in layout.header[1]) if cell and i not in used]
    likely = max(others, key=lambda cell: likeness("channel", cell), default="")
    if likely and likeness("channel", likely):
        entry = f"  {layout.source}: {{columns: {{channel: {json.dumps(likely, ensure_ascii=False)}}}}}"
        return (
            f'If its column "{likely}" tells it, say so under sources: in the standards file:\n{entry}\n'
            "If all came in one way, add --channel NAME."
        )
    return "Add --channel NAME, or channel: under sources: in the standards file."


def recognise_layout(
    table: Table, sources: dict[str, SourceMapping], winning: set[str], forced: str | None
) -> Layout | None:
    """Find the header and the source of a table; None if nothing fits.

    `winning` names the sources that win where several fit; `forced` is the user's `--source`. Raises `InputError`
    if two sources fit equally well, or if two columns of one name claim a role.
    """
    if forced is not None:
        if forced not in sources:
            raise UsageError(
                f"there is no source {forced}.{near_miss(forced, sources)}\nKnown: {', '.join(sorted(sources))}."
            )
        sources = {forced: sources[forced]}
    for record in table.head:
        cells = {_fold(cell) for cell in record[1]} - {""}
        fitting = {
            name: mapping for name, mapping in sources.items() if _fits(mapping, cells, is_forced=forced is not None)
        }
        if fitting:
            name = _best(fitting, winning, cells, table)
            return _layout(name, fitting[name], record, table)
    found = {name: header for name, mapping in sources.items() if (header := headerless(table, mapping)) is not None}
    if not found:
        return None
    name = _best({name: sources[name] for name in found}, winning, set(), table)
    return _layout(name, sources[name], found[name], table)


def _fold(cell: str) -> str:
    return fold(clean_header(cell))


def clean_header(cell: str) -> str:
    """A header without a byte order mark that was read as text, and without the quotes that then stand inside."""
    for mark in ("\ufeff", "ï»¿"):
        if cell.startswith(mark):
            cell = cell.removeprefix(mark).strip('"')
    return cell.replace("Â\xa0", " ").strip(" \t\r\n\xa0↑↓")  # an arrow shows by what a report is sorted


def _fits(mapping: SourceMapping, cells: set[str], *, is_forced: bool) -> bool:
    if mapping.without_header:
        return False
    received = any(fold(choice.column) in cells for choice in mapping.columns.get("received_at", ()))
    return received and (is_forced or all(_is_there(names, cells) for names in mapping.header))


def _is_there(names: str | list[str], cells: set[str]) -> bool:
    """Whether a distinctive column is there, under one of its names."""
    return any(fold(name) in cells for name in ([names] if isinstance(names, str) else names))


def _best(fitting: dict[str, SourceMapping], winning: set[str], cells: set[str], table: Table) -> str:
    def rank(name: str) -> tuple[bool, int, int]:
        mapping = fitting[name]
        mapped = sum(any(fold(c.column) in cells for c in choices) for choices in mapping.columns.values())
        return name in winning, len(mapping.header), mapped

    ordered = sorted(fitting, key=rank, reverse=True)
    if len(ordered) > 1 and rank(ordered[0]) == rank(ordered[1]):
        raise InputError(f"{table.file} looks like {ordered[0]} and like {ordered[1]}.\nSay which with --source NAME.")
    return ordered[0]


def _layout(name: str, mapping: SourceMapping, header: Record, table: Table) -> Layout:
    above = ([cell.strip() for cell in cells if cell.strip()] for row, cells in table.head if row < header[0])
    titles = tuple(dict.fromkeys(cells[0] for cells in above if len(cells) == 1))
    layout = Layout(name, mapping, header, {}, {}, mapping.reply_basis or "first_response", titles=titles)
    for role, choices in mapping.columns.items():
        for choice in choices:
            position = _position(choice.column, role, header, table)
            if position is None:
                continue
            layout.positions[role], layout.names[role] = position, clean_header(header[1][position])
            time = _position(choice.time, role, header, table) if choice.time else None
            if time is not None:
                layout.times[role] = time
            if role == "replied_at":
                layout = _with_basis(layout, choice)
            elif role == "closed_at":
                layout = replace(layout, closed_unit=choice.unit)
            break
    return layout


def _with_basis(layout: Layout, choice: ColumnChoice) -> Layout:
    basis = choice.reply_basis or layout.reply_basis
    return replace(layout, reply_basis=basis, unit=(choice.unit or "minutes") if basis == "minutes" else None)


def _position(name: str, role: Role, header: Record, table: Table) -> int | None:
    """Where a column stands; None if it is not there."""
    found = [i for i, cell in enumerate(header[1]) if _fold(cell) == fold(name)]
    if len(found) > 1:
        raise InputError(
            f"{table.file} has {len(found)} columns named {name}; it is not clear which one is {role}.\n"
            "Rename one of them, or map another column under sources: in the standards file."
        )
    return found[0] if found else None


def likely_header(table: Table) -> Record | None:
    """The first row that is not a title: one with at least half as many cells as the fullest; None if it holds data."""
    filled = [sum(bool(clean_header(cell)) for cell in cells) for _, cells in table.head]
    fullest = max(filled, default=0)
    likely = next((record for record, n in zip(table.head, filled, strict=True) if n * 2 >= fullest > 0), None)
    if likely is None or any(is_textual(clean_header(cell)) for cell in likely[1]):
        return None
    return likely


def doubled_names(header: Sequence[str]) -> list[str]:
    """The names that several columns have: an entry cannot tell which of them is meant."""
    names = [name for name in map(clean_header, header) if name]
    folded = [fold(name) for name in names]
    return list({fold(name): name for name in names if folded.count(fold(name)) > 1}.values())


def describe_unknown(table: Table, received: str | None) -> str:
    """What to say of a table that no source fits: what is missing, and what is there.

    `received` is the column that a guess takes for it.
    """
    place = f"{table.file}, sheet {table.sheet}," if table.sheet else table.file
    header = likely_header(table)
    if header is None:  # its cells stay unsaid: they are customers' data
        return (
            f"{place} has no row with column names: its first row holds data already.\n"
            "Add the names above it; cxaudit knows an export by them."
        )
    columns = [name for name in map(clean_header, header[1]) if name]
    if not _are_names(columns, _SURE_NAMES if received is None else 1):
        return (
            f"{place} has no column that tells when a request was received.\n"
            "Its first row is not shown here: it may hold customers' data instead of column names."
        )
    guess = f' "{received}" looks right.' if received else ""
    doubled = ", ".join(f'"{name}"' for name in doubled_names(header[1])[:3])
    twice = f"\nSeveral columns are named {doubled}: give each a name of its own." if doubled and not received else ""
    return (
        f"{place} has no column that tells when a request was received.\n"
        f"It has: {', '.join(columns[:12])}{', …' if len(columns) > 12 else '.'}{guess}{twice}"
    )


def _are_names(cells: Sequence[str], n_sure: int) -> bool:
    """Whether these are surely names of columns: so many sound like an export's, and none looks like what stands in one."""
    if any("@" in cell or is_moment(cell) or sum(map(str.isdigit, cell)) >= _PHONE_DIGITS for cell in cells):
        return False
    return sum(any(likeness(role, cell) for role in LIKE) for cell in cells) >= min(n_sure, len(cells))
