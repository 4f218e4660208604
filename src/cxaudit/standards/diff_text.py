"""Parts of a standards file as one line of text each, so that different parts never give the same line.

Source: the standards file's form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import NamedTuple

from cxaudit.standards.model import ExcludeRule, HighVolume, OfficeHours, Pairing, Segment
from cxaudit.standards.source import ColumnChoice, SourceMapping
from cxaudit.standards.values import WEEKDAYS

_SPECIAL = re.compile(r'[,;:"()]|^\s|\s$|^$')


class Difference(NamedTuple):
    """One thing that is not the same; empty where one side does not have it."""

    what: str
    channel: str
    department: str
    before: str
    after: str


def joined(names: Iterable[str]) -> str:
    """Names in a row, in quotes where a name could be taken for two.

    >>> joined(["Parks", "Roads, Bridges"])
    'Parks, "Roads, Bridges"'
    """
    return ", ".join(_plain(name) for name in names)


def hours_text(hours: OfficeHours | Sequence[Segment]) -> str:
    """Office hours of a week or of a day.

    >>> day = ((30600, 43200), (46800, 59400))
    >>> hours_text(OfficeHours((day,) * 4 + (day[:1],) + ((),) * 2))
    'Mon-Thu 08:30-12:00, 13:00-16:30; Fri 08:30-12:00'
    """
    if isinstance(hours, OfficeHours):
        return "; ".join(_week(hours))
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in hours)


def period_text(period: HighVolume) -> str:
    """What a declared period says besides its days, departments and channels."""
    parts = [
        _plain(period.reason),
        f"declared {period.declared}" if period.declared else "",
        f"authority {_plain(period.authority)}" if period.authority else "",
        f"{period.effect} by {period.by.text}" if period.by else period.effect,
    ]
    return "; ".join(part for part in parts if part)


def exclude_text(rule: ExcludeRule) -> str:
    return f"{_plain(rule.column)} in ({joined(rule.values)}): {_plain(rule.because)}"


def _choice_text(choice: ColumnChoice) -> str:
    parts = (choice.time and f"time in {_plain(choice.time)}", choice.reply_basis, choice.unit)
    said = ", ".join(part for part in parts if part)
    return _plain(choice.column) + (f" ({said})" if said else "")


def source_texts(mapping: SourceMapping) -> dict[str, str]:
    """A layout, part by part; the first line only says that it is there."""
    parts = {
        "": "given",
        "header": joined([one if isinstance(one, str) else " or ".join(one) for one in mapping.header]),
    }
    for role, choices in sorted(mapping.columns.items()):
        parts[f"columns {role}"] = ", ".join(map(_choice_text, choices))
    for channel, words in sorted(mapping.channels.items()):
        parts[f"channels {channel}"] = joined(words)
    parts["missing"] = joined(mapping.missing)
    for name in ("title", "channel", "reply_basis", "date_format", "timezone", "caveat"):
        parts[name] = getattr(mapping, name) or ""
    parts["midnight_is_date"] = "yes" if mapping.midnight_is_date else ""
    parts["without_header"] = joined(mapping.without_header)
    for name in ("calls", "mail", "contents", "system_verdicts"):
        part = mapping.model_dump(mode="json", include={name}, exclude_defaults=True).get(name)
        parts[name] = json.dumps(part, ensure_ascii=False, sort_keys=True) if part else ""
    return {name: text for name, text in parts.items() if text}


def pairing_texts(pairing: Pairing) -> dict[str, str]:
    """The settings of pairing that are not the usual ones."""
    usual, given = asdict(Pairing()), asdict(pairing)
    return {
        name: joined(value) if isinstance(value, tuple) else str(value)
        for name, value in given.items()
        if value != usual[name]
    }


def _plain(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if _SPECIAL.search(text) else text


def _week(hours: OfficeHours) -> Iterator[str]:
    """Days in a row with the same hours together."""
    for segments, days in groupby(enumerate(hours.by_weekday), key=lambda day: day[1]):
        if segments:
            names = [WEEKDAYS[number][:3] for number, _ in days]
            span = names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}"
            yield f"{span} {hours_text(segments)}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
