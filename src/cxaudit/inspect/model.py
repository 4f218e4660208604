"""What there is to know of one table of the input before it is judged. Nouns only: plain values, no frames.

Source: DESIGN, sections 5 and 6 (`inspect`). Of the cells only times are shown that prove how times are written.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from cxaudit.findings import Finding
from cxaudit.model import Fates


@dataclass(frozen=True)
class ColumnUse:
    """One column that plays a role."""

    header: str
    role: str
    times: str | None = None  # how its times are written, in words; None: it holds none
    row: int | None = None  # the row of the value that proves the order of day and month
    value: str | None = None


@dataclass(frozen=True)
class Recognised:
    """What a table was taken for."""

    source: str
    title: str
    shape: Literal["case", "event"]
    because: tuple[str, ...]  # the distinctive columns that it has
    columns: tuple[ColumnUse, ...]
    unused: tuple[str, ...]  # headers of the columns that play no role and are not read
    reply_basis: str | None  # None: no column tells a reply
    channel: str | None  # of every row; None: a column tells it
    caveat: str | None


@dataclass(frozen=True)
class Counted:
    """The rows of a table by fate, and the receipts among them."""

    fates: Fates
    first_at: dt.datetime | None  # of the receipts, local
    last_at: dt.datetime | None
    hours: tuple[int, ...]  # receipts by hour of the day, local; those with a time of day only


@dataclass(frozen=True)
class Inspection:
    """One CSV file, or one sheet of a workbook; or a file that cannot be read at all."""

    file: str
    sheet: str | None
    encoding: str | None
    delimiter: str | None
    header_row: int | None  # the row that Excel shows; None where none was found
    recognised: Recognised | None
    counted: Counted | None  # None where the table cannot be judged as it is
    findings: tuple[Finding, ...]
    problem: str | None  # why `check` would stop, and what to do
    guess: str | None = None  # YAML to paste under `sources:`, for a layout that nothing fits
    is_readable: bool = True
    is_left_aside: bool = False  # not read, for the reason that `problem` gives
    same_as: str | None = None  # another file with the same content, which was read instead
