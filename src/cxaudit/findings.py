"""Findings: what the reader must know about the input. Data, not exceptions; each has a stable code and a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: code -> (is a row rejected by it, what it means)
CATALOGUE: dict[str, tuple[bool, str]] = {
    "no_received": (True, "the row does not say when the request was received"),
    "unreadable_received": (True, "the receipt time cannot be read"),
    "unreadable_reply": (True, "the reply time cannot be read; it is never taken for no reply"),
    "receipt_without_time": (
        True,
        "the reply is told by how long it took, but the receipt has no time of day to count from",
    ),
    "ragged_row": (True, "the row has more cells than the header, so its columns may have shifted"),
    "no_direction": (True, "nothing tells whether this call came in or went out, so that it may be a call back or not"),
    "no_address": (
        True,
        "who wrote this message, or to whom, is no mail address, so that it may be a request or a reply",
    ),
    "broken_quotes": (True, "the quotes of the row are out of order, so its cells cannot be told apart"),
    "short_row": (False, "the row has fewer cells than the header; the missing ones at its end were taken as empty"),
    "word_for_no_reply": (False, "a word or sign that stands for nothing was read as no reply"),
    "unknown_channel": (False, "nothing is promised for this channel; its requests cannot be judged"),
    "no_channel": (False, "the row names no channel; its request cannot be judged"),
    "channel_without_requests": (False, "a promised channel has no request"),
    "own_domains_assumed": (
        False,
        "these mail domains were taken for the organisation's own, by the messages themselves",
    ),
    "service_addresses_assumed": (
        False,
        "mail of colleagues to these addresses was taken for requests, by their names",
    ),
    "direction_assumed": (False, "no column tells which way these calls went; their numbers do"),
    "no_voicemail_column": (False, "nothing tells which calls reached the voice mail: the file holds no requests"),
    "no_answered_column": (False, "nothing tells which calls a person answered: no call back counts as a reply"),
    "header_assumed": (False, "the file has no row of column names; what its columns hold tells them"),
    "no_reply_column": (False, "no column tells when a reply was made: all requests of the file count as unanswered"),
    "caveat": (False, "the times of this kind of export say less than they seem to"),
    "late_start": (False, "requests of a channel begin long after the period does: earlier ones may be missing"),
    "silence": (False, "no request of a channel for long within the period: an export may be missing"),
    "stale_export": (False, "the export ends over a business day before the as-of moment: replies may be missing"),
    "far_ahead": (False, "a time half a year after the as-of moment and all others of its file: is it mistyped?"),
    "same_content": (False, "the file has the same content as another one and was read once"),
    "member_left_aside": (False, "a file in an archive that is not named like an export; it was not read"),
    "file_left_aside": (False, "a file in a folder that is not named like an export; it was not read"),
    "own_list": (False, "a list that cxaudit itself wrote is no export; it was left aside"),
    "sheet_not_recognised": (False, "no known layout fits the sheet; it was left aside"),
    "history_changed": (False, "a receipt or reply changed between rows of the same case; the earliest was taken"),
    "damaged_id": (
        False,
        "rows share an id that is none, a failed formula or a shortened number; each counts as a request of its own",
    ),
    "decimal_id": (
        False,
        "all ids end in .0, as where a program took them for decimals; without it each is another id",
    ),
    "weaker_promise": (False, "a department promises less than its channel, though it may only promise more"),
    "declared_late": (False, "a period of high volume was declared after it began"),
    "unknown_department": (False, "a period of high volume names a department that no request has"),
    "clock_change": (False, "a wall time that the clocks skipped or repeated; kept as written, the first of two"),
    "zone_name": (False, "a time names a zone that the city's clocks are not in at that moment"),
    "only_midnight": (
        False,
        "every time in a column is midnight: these may be dates without a time of day",
    ),
    "unusual_hours": (False, "receipts gather at an unusual time of day: are their times in another zone?"),
    "encoding_assumed": (False, "the file is not UTF-8; it was read as Windows-1252"),
    "encoding_mixed": (False, "some bytes of the file are not UTF-8; they were read as Windows-1252"),
    "hidden_sheet": (False, "a hidden sheet was read like the others"),
    "hidden_rows": (False, "hidden rows of a sheet were read like the others"),
    "merged_cells": (False, "a cell merged over several rows was read for each of them"),
    "error_cells": (
        False,
        "the formula of a cell gave an error, or was never worked out; it is never taken for an empty cell",
    ),
    "long_number": (False, "a number of more than 15 digits, of which a workbook keeps only 15: an id is damaged"),
    "exclude_column_missing": (False, "an exclude rule names a column that no file has"),
}

#: That a channel had no requests for long.
SILENCES = ("late_start", "silence")
#: The codes whose values are names of channels and columns; the values of all others may be what a customer wrote, and are
#: neither stored nor shown in a report.
NAMES_ONLY = frozenset({"unknown_channel", "channel_without_requests", *SILENCES, "exclude_column_missing"})


@dataclass(frozen=True)
class Finding:
    """One finding: `n` places in one file (or in none: about the run), of which the first few are named.

    `rows` are the row numbers that Excel shows; `values` are the offending values of these rows, where there are any.
    """

    code: str
    file: str | None
    sheet: str | None
    n: int
    rows: tuple[int, ...]
    values: tuple[str, ...]
    message: str

    @classmethod
    def of(
        cls,
        code: str,
        message: str | None = None,
        *,
        file: str | None = None,
        sheet: str | None = None,
        n: int = 1,
        rows: Sequence[int] = (),
        values: Sequence[str] = (),
    ) -> Finding:
        """One finding in the words of the catalogue, unless there is more to say."""
        return cls(code, file, sheet, n, tuple(rows), tuple(values), message or CATALOGUE[code][1])
