"""Short names of zones behind a time, such as MST: checked against the city's zone, whose clocks they may contradict.

A name of the city's own zone is a label: the wall time is kept as written. The name of another zone is heeded.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from cxaudit.days.zones import Zone
from cxaudit.lookup import meaning_of
from cxaudit.recognise.quirks import ZONE_NAME, ZONE_NAMES

_OFFSETS = {name: dt.timedelta(hours=hours) for name, hours in ZONE_NAMES.items()}


def heed_zone_name(wall: pl.Expr, text: pl.Expr, city: Zone) -> pl.Expr:
    """City time of wall times as written: those with another zone's name are converted."""
    own = [name for name in ZONE_NAMES if name in city.names]
    return pl.when(_name(text).is_in(own)).then(wall).otherwise(pl.coalesce(_meant(wall, text, city), wall))


def contradicts_zone(wall: pl.Expr, text: pl.Expr, city: Zone) -> pl.Expr:
    """Whether the city's clocks do not carry that name, or not at that moment."""
    return (_meant(wall, text, city) != wall).fill_null(False)


def _meant(wall: pl.Expr, text: pl.Expr, city: Zone) -> pl.Expr:
    """City time by the letter of the name; null where there is none."""
    offset = meaning_of(_name(text), _OFFSETS, pl.Duration("us"))
    return city.local(wall - offset)


def _name(text: pl.Expr) -> pl.Expr:
    return text.str.extract(ZONE_NAME).str.to_uppercase()
