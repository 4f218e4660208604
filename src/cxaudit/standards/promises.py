"""Resolves the versions of the standards: who promises what, how it counts, and in which office hours.

A version inherits what it does not say from the top of the file; a department inherits the target of the channel, a
channel that of its version. What counts office hours cannot do without them. Source: the standards file's form.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from cxaudit.standards.days import resolve_office_hours
from cxaudit.standards.model import OFFICE_UNITS, Cohort, Counting, DayZero, OfficeHours, Promise, Version, Within
from cxaudit.standards.names import TARGET, Names, channel_entries
from cxaudit.standards.place import Place
from cxaudit.standards.values import did_you_mean, parse_date, parse_day_ends, parse_target, parse_within


@dataclass(frozen=True)
class Context:
    """What every version shares."""

    root: Place
    channels: Names
    departments: Names
    workweek: frozenset[int]
    workweek_is_sound: bool

    def hours(self, place: Place) -> OfficeHours:
        return resolve_office_hours(place, self.workweek, workweek_is_sound=self.workweek_is_sound)


def resolve_versions(context: Context) -> tuple[Version, ...]:
    """The versions, oldest first."""
    shared_hours = context.hours(context.root.at("calendar", "office_hours"))
    places = context.root.at("standards").items()
    versions = [_version(context, place, shared_hours) for place in places]
    latest: tuple[dt.date, int] | None = None
    for place, version in zip(places, versions, strict=True):
        effective = place.at("effective")
        if not effective.is_given or not effective.is_sound():
            continue
        if latest and version.effective <= latest[0]:
            effective.wrong(f'"{version.effective}" is not later than {latest[0]} on line {latest[1]}; newest last')
        else:
            latest = version.effective, effective.line
    return tuple(versions)


def hours_declared(root: Place) -> list[bool]:
    """For each version whether it has office hours, its own or the calendar's."""
    shared = root.at("calendar", "office_hours").is_given
    return [shared or version.at("office_hours").is_given for version in root.at("standards").items()]


def _version(context: Context, place: Place, shared_hours: OfficeHours) -> Version:
    own_hours = place.at("office_hours")
    has_hours = own_hours.is_given or context.root.at("calendar", "office_hours").is_given
    counting = _counting(context.root.at("counting"), place.at("counting"))
    promises = tuple(_promises(context, place, has_hours))
    if isinstance(place.at("channels").tree, dict) and not channel_entries(place):
        place.at("channels").wrong_key("a version without channels; name at least one, with its within")
    if not has_hours:
        _check_counting(counting, context.root.at("counting"), place)
    return Version(
        effective=place.at("effective").read(parse_date) or dt.date.max,
        source=place.at("source").text or "",
        promises=promises,
        counting=counting,
        office_hours=context.hours(own_hours) if own_hours.is_given else shared_hours,
    )


def _counting(shared: Place, own: Place) -> Counting:
    """The version's own rule where it has one, else the rule at the top, else the default."""
    default = Counting()
    day_zero = own.at("day_zero").text or shared.at("day_zero").text
    shared_ends, own_ends = (place.at("day_ends").read(parse_day_ends) for place in (shared, own))
    cohort = shared.at("cohort").text
    return Counting(
        day_zero=next((one for one in get_args(DayZero) if one == day_zero), default.day_zero),
        day_ends=own_ends or shared_ends or default.day_ends,
        cohort=next((one for one in get_args(Cohort) if one == cohort), default.cohort),
    )


def _check_counting(counting: Counting, shared: Place, version: Place) -> None:
    """Reports a rule that asks for office hours that nobody declared."""

    def place(key: str) -> Place:
        own = version.at("counting", key)
        return own if own.is_given else shared.at(key)

    if counting.day_zero == "next_opening":
        place("day_zero").wrong(needs_hours("next_opening"))
    if counting.day_ends == "close":
        place("day_ends").wrong(needs_hours("close"))
    if counting.day_ends == "same_time" and counting.day_zero == "next_business_day":
        place("day_ends").wrong(needs_hours("same_time after next_business_day (received at its opening)"))


def needs_hours(what: str) -> str:
    return f"{what} needs office hours; add office_hours to the calendar or to this version"


def _promises(context: Context, version: Place, has_hours: bool) -> Iterator[Promise]:
    clause = version.at("source").text or ""
    targets = _channel_targets(version)
    for entry in channel_entries(version):
        within = _within(entry.at("within"), has_hours)
        if within and context.channels.get(entry.key) == entry.key:
            yield Promise(entry.key, None, within, targets[entry.key], clause)
    seen: dict[tuple[str, str], int] = {}
    for department in version.at("departments").entries():
        for entry in department.entries():
            text = entry if entry.text is not None else entry.at("within")
            within = _within(text, has_hours)
            channel = _channel(context, version, entry)
            name = context.departments.get(department.key)
            if not (within and channel and name):
                continue
            if (channel, name) in seen:
                entry.wrong_key(f"the promise of {name} for {channel} is on line {seen[channel, name]} already")
            seen.setdefault((channel, name), entry.line)
            target = entry.at("target")
            own = target.read(parse_target) if target.is_given else targets.get(channel)
            yield Promise(channel, name, within, own, clause)


def _channel_targets(version: Place) -> dict[str, Decimal | None]:
    """The target of each channel: its own, else the one for all channels of the version."""
    for_all, among = version.at("target"), version.at("channels", TARGET)
    if for_all.is_given and among.is_given:
        among.wrong_key(f"the version has a target already (line {for_all.line}); keep one of the two")
    shared = for_all.read(parse_target)
    inner = among.read(parse_target)
    shared = inner if shared is None else shared
    own = {entry.key: entry.at("target") for entry in channel_entries(version)}
    return {key: target.read(parse_target) if target.is_given else shared for key, target in own.items()}


def _within(place: Place, has_hours: bool) -> Within | None:
    within = place.read(parse_within)
    if within and within.unit in OFFICE_UNITS and not has_hours:
        place.wrong(needs_hours(f'"{within.text}"'))
    return within


def _channel(context: Context, version: Place, entry: Place) -> str | None:
    """The channel that a department's promise is about; this version must promise it to everybody too."""
    promised = [one.key for one in channel_entries(version)]
    channel = context.channels.get(entry.key)
    if channel in promised:
        return channel
    if version.at("channels").tree:
        entry.wrong_key(f'this version has no channel "{entry.key}"; {did_you_mean(entry.key, promised)}')
    return None
