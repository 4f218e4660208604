"""What changed between two standards files: one line for each thing that is not the same.

Two files that mean different things always differ in at least one line; comments and layout are no difference. A version
is compared with the one of the same date, else with the one that it took the place of. Source: the standards file's form.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cxaudit.errors import UsageError
from cxaudit.spelling import fold
from cxaudit.standards.diff_text import (
    Difference,
    exclude_text,
    hours_text,
    joined,
    pairing_texts,
    period_text,
    source_texts,
)
from cxaudit.standards.model import CalendarSettings, HighVolume, Standards, Version
from cxaudit.standards.values import WEEKDAYS
from cxaudit.standards.words import target_words

Key = tuple[str, str, str]  # what, channel, department
Facts = dict[Key, str]
_DAY = dt.timedelta(days=1)


class _Pair(NamedTuple):
    """Two versions to compare; `added` or `removed` is the date of one to which the other file has none."""

    before: Version | None
    after: Version | None
    added: dt.date | None = None
    removed: dt.date | None = None


def version_on(standards: Standards, day: dt.date) -> Standards:
    """The same standards with nothing but the version in force on that day."""
    in_force = _in_force(standards.versions, day)
    if in_force is None:
        first = standards.versions[0].effective
        raise UsageError(f"{standards.file} has no standard in force on {day}.\nIts first one is of {first}.")
    return replace(standards, versions=(in_force,))


def differences(before: Standards, after: Standards) -> list[Difference]:
    """Every difference: the promises first, then how they are counted, then the rest in the order of the file."""
    pairs = _pairs(before.versions, after.versions)
    has_several = len(before.versions) > 1 or len(after.versions) > 1
    return [
        *(line for pair in pairs for line in _version_lines(pair, has_several)),
        *_compared(_general(before), _general(after)),
        *_compared(_titles(before, after), _titles(after, before)),
        *_calendar_lines(before.calendar, after.calendar),
        *_compared(_periods(before.high_volume), _periods(after.high_volume)),
        *_order("order of high_volume", list(_periods(before.high_volume)), list(_periods(after.high_volume))),
        *_compared(_spellings(before), _spellings(after)),
        *_rule_lines([*map(exclude_text, before.exclude)], [*map(exclude_text, after.exclude)]),
        *_compared(_pairing(before), _pairing(after)),
        *_compared(_sources(before), _sources(after)),
    ]


def _pairs(olds: Sequence[Version], news: Sequence[Version]) -> list[_Pair]:
    """Versions of one date, or those that stand at one place and have no other partner; the rest with what they replace."""
    old_days, new_days = ([version.effective for version in one] for one in (olds, news))
    moved = {
        old.effective: new.effective
        for old, new in zip(olds, news, strict=False)
        if old.effective not in new_days and new.effective not in old_days
    }
    pairs = []
    for old in olds:
        if old.effective in new_days or old.effective in moved:
            day = moved.get(old.effective, old.effective)
            pairs.append((day, _Pair(old, news[new_days.index(day)])))
        else:
            pairs.append((old.effective, _Pair(old, _in_force(news, old.effective), removed=old.effective)))
    for new in news:
        if new.effective not in old_days and new.effective not in moved.values():
            pairs.append((new.effective, _Pair(_in_force(olds, new.effective), new, added=new.effective)))
    return [pair for _, pair in sorted(pairs, key=lambda one: one[0])]


def _in_force(versions: Sequence[Version], day: dt.date) -> Version | None:
    return next((version for version in reversed(versions) if version.effective <= day), None)


def _version_lines(pair: _Pair, has_several: bool) -> Iterator[Difference]:
    before, after = pair.before, pair.after
    day = pair.added or pair.removed or (after and after.effective)
    label = f" from {day}" if has_several else ""
    if pair.added:
        yield Difference(f"version{label}", "", "", "", "added")
    elif pair.removed:
        yield Difference(f"version{label}", "", "", "removed", "")
    elif before and after and before.effective != after.effective:
        yield Difference("effective", "", "", f"{before.effective}", f"{after.effective}")
    old, new = _promises(before), _promises(after)
    places = [[key for key in facts if key[0] == "promise"] for facts in (old, new)]
    for line in (*_compared(old, new), *_order("order of promises", *places)):
        yield line._replace(what=line.what + label)


def _promises(version: Version | None) -> Facts:
    """What a version says: promise by promise, then how it counts."""
    if version is None:
        return {}
    facts: Facts = {}
    for promise in version.promises:
        place = (promise.channel, promise.department or "")
        facts["promise", *place] = promise.within.text
        if promise.target_pct is not None:
            facts["target", *place] = target_words(promise.target_pct)
        if promise.clause != version.source:
            facts["clause", *place] = promise.clause
    facts["clause", "", ""] = version.source
    facts["day_zero", "", ""] = version.counting.day_zero
    ends = version.counting.day_ends
    facts["day_ends", "", ""] = f"{ends:%H:%M}" if isinstance(ends, dt.time) else ends
    facts["office_hours", "", ""] = hours_text(version.office_hours)
    return facts


def _general(standards: Standards) -> Facts:
    return {
        ("cohort", "", ""): standards.versions[-1].counting.cohort,
        ("organisation", "", ""): standards.organisation,
        **{(f"policy {key}", "", ""): text for key, text in standards.policy.items()},
        ("timezone", "", ""): standards.timezone,
    }


def _titles(one: Standards, other: Standards) -> Facts:
    """The titles of the channels that both have: a new channel shows in its promise."""
    return {("title", channel, ""): title for channel, title in one.titles.items() if channel in other.titles}


def _calendar_lines(before: CalendarSettings, after: CalendarSettings) -> Iterator[Difference]:
    yield from _compared(_calendar(before), _calendar(after))
    yield from _day_lines("closed", before.closed, after.closed)
    yield from _day_lines("open", dict.fromkeys(before.open, "open"), dict.fromkeys(after.open, "open"))
    hours = [{day: hours_text(part) for day, part in one.part_days.items()} for one in (before, after)]
    yield from _day_lines("part_days", *hours)


def _calendar(calendar: CalendarSettings) -> Facts:
    holidays = calendar.holidays
    facts: Facts = {("workweek", "", ""): ", ".join(WEEKDAYS[day][:3] for day in sorted(calendar.workweek))}
    if holidays is not None:
        place = "-".join(part for part in (holidays.country, holidays.subdivision) if part)
        facts["holidays", "", ""] = f"{place}: {joined(holidays.categories)}"
    return facts


def _day_lines(what: str, before: Mapping[dt.date, str], after: Mapping[dt.date, str]) -> Iterator[Difference]:
    """The days that are not the same; days in a row that changed alike are one line."""
    changed = [day for day in sorted({*before, *after}) if before.get(day) != after.get(day)]
    runs: list[list[dt.date]] = []
    for day in changed:
        last = runs[-1][-1] if runs else None
        if last == day - _DAY and (before.get(last), after.get(last)) == (before.get(day), after.get(day)):
            runs[-1].append(day)
        else:
            runs.append([day])
    for run in runs:
        days = f"{run[0]}" if len(run) == 1 else f"{run[0]}..{run[-1]}"
        yield Difference(f"{what} {days}", "", "", before.get(run[0], ""), after.get(run[0], ""))


def _periods(periods: Sequence[HighVolume]) -> Facts:
    return {
        (f"high_volume {one.first}..{one.last}", joined(one.channels), joined(one.departments)): period_text(one)
        for one in periods
    }


def _spellings(standards: Standards) -> Facts:
    """The spellings that do not follow from a key, a title or the name of a department."""
    implied = {(fold(name), key) for key, title in standards.titles.items() for name in (key, title)}
    of_departments = {(fold(name), name) for name in standards.department_names.values()}
    facts: Facts = {}
    for noun, meaning, known in (
        ("channel", standards.channel_names, implied),
        ("department", standards.department_names, of_departments),
    ):
        facts |= {
            (f'{noun} spelling "{s}"', "", ""): name for s, name in sorted(meaning.items()) if (s, name) not in known
        }
    return facts


def _rule_lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Difference]:
    """Rules have no name, so one that changed is one that went and one that came."""
    old, new = Counter(before), Counter(after)
    yield from (Difference("exclude", "", "", rule, "") for rule in (old - new).elements())
    yield from (Difference("exclude", "", "", "", rule) for rule in (new - old).elements())
    if old == new and list(before) != list(after):
        yield Difference("order of exclude", "", "", "; ".join(before), "; ".join(after))


def _pairing(standards: Standards) -> Facts:
    return {(f"pairing: {name}", "", ""): text for name, text in pairing_texts(standards.pairing).items()}


def _sources(standards: Standards) -> Facts:
    return {
        (f"source {name}{f': {part}' if part else ''}", "", ""): text
        for name, mapping in standards.sources.items()
        for part, text in source_texts(mapping).items()
    }


def _compared(before: Facts, after: Facts) -> Iterator[Difference]:
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield Difference(*key, before.get(key, ""), after.get(key, ""))


def _order(what: str, before: Sequence[Key], after: Sequence[Key]) -> Iterator[Difference]:
    """What both have, if it stands in another order."""
    old, new = [key for key in before if key in after], [key for key in after if key in before]
    if old != new:
        yield Difference(what, "", "", *("; ".join(" ".join(filter(None, key)) for key in one) for one in (old, new)))
