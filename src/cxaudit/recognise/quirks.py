"""Quirks of written times that strptime does not know, and how each is straightened before a value is parsed.

A quirk is looked for only in columns whose values show it: plain ones pay nothing for it.
"""

from __future__ import annotations

import re
from typing import Literal

import polars as pl

#: `p.m.`, as Excel writes it in English Canada · `Sept`, `Oct.` · months in Spanish that English does not share ·
#: `24:00` for the end of a day · `12:00:00,5` · `MST`
Quirk = Literal["dotted", "month", "ene", "abr", "ago", "dic", "24:00", "comma", "zone name"]

#: Hours from UTC of the short names that clocks of North America and Europe carry; `CST` is not China's here.
ZONE_NAMES: dict[str, float] = {
    "NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2,
    "EEST": 3,
}  # fmt: skip
#: A zone's name after a time of day.
ZONE_NAME = rf"(?i)(?:[:\d]\s*|[ap]\.?m\.?\s*)\b({'|'.join(ZONE_NAMES)})\s*$"
_ZONE_NAME = rf"(?i)([:\d]|[ap]\.?m\.?)\s*\b(?:{'|'.join(ZONE_NAMES)})\s*$"
#: quirk -> what shows it, and what stands for it
_REPAIRS: dict[Quirk, tuple[str, str]] = {
    "zone name": (_ZONE_NAME, "${1}"),
    "dotted": (r"(?i)([ap])\.\s?m\.", "${1}m"),
    "month": (r"(?i)\b(?:(sep)t\b\.?|(jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)\.(\s))", "${1}${2}${3}"),
    "ene": (r"(?i)\bene\b", "Jan"),
    "abr": (r"(?i)\babr\b", "Apr"),
    "ago": (r"(?i)\bago\b", "Aug"),
    "dic": (r"(?i)\bdic\b", "Dec"),
    "24:00": (r"([T ])24:00((?::00(?:\.0+)?)?)\b", "${1}00:00${2}"),
    "comma": (r"(:\d\d),(\d)", "${1}.${2}"),
}
_ANY = re.compile("|".join(f"(?:{shows.replace('(?i)', '')})" for shows, _ in _REPAIRS.values()), re.IGNORECASE)
_END_OF_DAY = r"[T ]24:00"


def quirks_of(value: str) -> tuple[str, tuple[Quirk, ...]]:
    """A value without its quirks, and which it had.

    >>> quirks_of("Sept 3, 2025 4:50 p.m. MDT")
    ('Sep 3, 2025 4:50 pm', ('zone name', 'dotted', 'month'))
    """
    if not _ANY.search(value):
        return value, ()
    found: list[Quirk] = []
    for quirk, (shows, stands) in _REPAIRS.items():
        value, n = re.subn(shows, re.sub(r"\$\{(\d)\}", r"\\g<\1>", stands), value)
        if n:
            found.append(quirk)
    return value, tuple(found)


def straighten(text: pl.Expr, quirks: tuple[Quirk, ...]) -> tuple[pl.Expr, pl.Expr | None]:
    """The same for a column: the text without its quirks, and what is to be added to the moments then read (or None)."""
    straight = text
    for quirk, (shows, stands) in _REPAIRS.items():
        if quirk in quirks:
            straight = straight.str.replace(shows, stands)
    if "24:00" not in quirks:
        return straight, None
    return straight, pl.when(text.str.contains(_END_OF_DAY)).then(pl.duration(days=1)).otherwise(pl.duration())
