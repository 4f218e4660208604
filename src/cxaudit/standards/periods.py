"""Resolves the declared high-volume periods: when, for whom, and whether they only note or also extend.

Two periods may not cover the same day of the same department and channel; what extends says by how much.
Source: the standards file's form; policy 5.2.
"""

from __future__ import annotations

import datetime as dt

from cxaudit.standards.model import OFFICE_UNITS, Effect, HighVolume
from cxaudit.standards.names import Names
from cxaudit.standards.place import Place
from cxaudit.standards.promises import needs_hours
from cxaudit.standards.values import did_you_mean, parse_date, parse_within


def resolve_high_volume(
    place: Place, channels: Names, departments: Names, *, has_hours: bool
) -> tuple[HighVolume, ...]:
    """The declared periods, in file order."""
    periods = [(_period(item, channels, departments, has_hours), item) for item in place.items()]
    _check_overlaps([(period, item) for period, item in periods if _is_clear(period, item)])
    return tuple(period for period, _ in periods)


def _period(place: Place, channels: Names, departments: Names, has_hours: bool) -> HighVolume:
    first, last = place.at("from").read(parse_date), place.at("to").read(parse_date)
    if first and last and last < first:
        place.at("to").wrong(f'"{last}" is before the period begins ({first}); swap from and to')
    effect: Effect = "extend" if place.at("effect").text == "extend" else "note"
    by = place.at("by").read(parse_within)
    if effect == "extend" and not place.at("by").is_given:
        place.wrong_key("effect: extend must say by how much; add by: 3 business days")
    if effect == "note" and by and place.at("effect").is_sound():
        place.at("by").wrong_key("only an extension has it; write effect: extend, or leave by out")
    if by and by.unit in OFFICE_UNITS and not has_hours:
        place.at("by").wrong(needs_hours(f'"{by.text}"'))
    line, column = place.order
    return HighVolume(
        first=first or dt.date.min,
        last=last or dt.date.min,
        departments=tuple(dict.fromkeys(departments.get(name) or name for name in place.at("departments").texts)),
        channels=_channels(place.at("channels"), channels),
        reason=place.at("reason").text or "",
        declared=place.at("declared").read(parse_date),
        authority=place.at("authority").text,
        effect=effect,
        by=by,
        line=line,
        column=column,
    )


def _channels(place: Place, channels: Names) -> tuple[str, ...]:
    known = dict.fromkeys(channels.meaning.values())
    keys = []
    for item in place.items():
        if item.text:
            key = channels.get(item.text)
            keys.append(key)
            if key is None:
                advice = did_you_mean(item.text, known)
                item.wrong(f'no version of the standards has a channel "{item.text}"; {advice}')
    return tuple(dict.fromkeys(key for key in keys if key))


def _is_clear(period: HighVolume, place: Place) -> bool:
    """Whether its dates and channels are known well enough to be compared with others."""
    return dt.date.min < period.first <= period.last and place.at("channels").is_given == bool(period.channels)


def _check_overlaps(periods: list[tuple[HighVolume, Place]]) -> None:
    in_order = sorted(periods, key=lambda one: (one[0].first, one[1].order))
    for position, (one, place) in enumerate(in_order):
        for other, other_place in in_order[position + 1 :]:
            if other.first > one.last:
                break
            if _share(one.departments, other.departments) and _share(one.channels, other.channels):
                earlier, later = sorted((place, other_place), key=lambda each: each.order)
                later.wrong_key(
                    f"overlaps the period on line {earlier.line} for the same department and channel; "
                    "a request may fall in one declared period only"
                )


def _share(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two lists have a member in common; an empty list means all."""
    return not one or not other or not set(one).isdisjoint(other)
