"""Which columns of a call log or mail log are read, and as what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cxaudit.recognise.layout import Layout
from cxaudit.standards.events import Direction


def event_columns(layout: Layout) -> dict[int, str]:
    """Position of a column -> the parts that it plays (`caller`, `direction`, …); empty for a log of requests."""
    found: dict[int, list[str]] = {}
    for mapping in (layout.mapping.calls, layout.mapping.mail):
        for part in type(mapping).model_fields if mapping is not None else ():
            for position in _positions(layout, getattr(mapping, part)):
                found.setdefault(position, []).append(part)
    return {position: ", ".join(dict.fromkeys(parts)) for position, parts in sorted(found.items())}


def _positions(layout: Layout, value: Any) -> Iterator[int]:
    """The columns that one part of the mapping reads: a direction's, those of conditions, of a key, or the first of several."""
    match value:
        case Direction():
            yield from _present(layout, [value.column])
        case [Mapping(), *_]:
            yield from _present(layout, [name for condition in value for name in condition])
        case [[*_], *_]:
            keys = (_present(layout, key) for key in value)
            yield from next((found for key, found in zip(value, keys, strict=True) if len(found) == len(key)), [])
        case [str(), *_]:
            yield from _present(layout, value)[:1]


def _present(layout: Layout, names: Sequence[str]) -> list[int]:
    return [at for name in names if (at := layout.find(name)) is not None]
