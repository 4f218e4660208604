"""Volume: the counts as rows for scripts, the usual levels and surges as tables for people, a surge as YAML to paste.

The upper limit is shown rounded down, so that a whole count above the shown limit is above the true one and the other way
round.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cxaudit.render.markdown import escape_markdown
from cxaudit.render.options import RenderOptions
from cxaudit.render.rows import data_text, markdown_text, remark, table_text
from cxaudit.render.words import as_of_words, counted, period_words, utf8, visible

if TYPE_CHECKING:
    from cxaudit.usual import Limits
    from cxaudit.volume import Declared, Surge, Volume

VOLUME_COLUMNS = ("department", "date", "requests", "usual", "lower", "upper", "surge", "counts_as")
_SURGE_COLUMNS = ("department", "from", "to", "requests", "usual")
_UNITS = {"day": ("business day", "business days"), "week": ("week", "weeks")}
_LEVELS = ("Department", "Requests", "Usual", "At most", "Surges", "Declared")
_GATHERED = ("Department", "After closed days", "Requests", "Usual", "At most", "Compared as")
_FIGURES = frozenset({1, 2, 3, 4, 5})


def render_volume(volume: Volume, form: str, options: RenderOptions) -> Iterator[bytes]:
    """The outcome in one of ROW_FORMATS."""
    match form:
        case "json":
            document = {"rows": list(_rows(volume)), "surges": [_surge(surge) for surge in _all_surges(volume)]}
            yield utf8(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        case "markdown":
            yield utf8(_markdown(volume))
        case "table":
            yield utf8(_table(volume, options))
        case _:
            yield utf8(data_text(VOLUME_COLUMNS, list(_rows(volume)), form, escape=options.escape))


def _rows(volume: Volume) -> Iterator[dict[str, Any]]:
    for series in volume.series:
        for point, n, mark in zip(series.points, series.counts, series.marks, strict=True):
            limits = _shown(series.limits.of(point.counts_as) if series.limits else None)
            cells = (series.department or "all", point.name, n, *limits, mark or None, point.counts_as)
            yield dict(zip(VOLUME_COLUMNS, cells, strict=True))


def _shown(limits: Limits | None) -> tuple[float | None, float | None, float | None]:
    """The usual level and its limits with one decimal."""
    if limits is None:
        return None, None, None
    return _nearest(limits.usual), _nearest(limits.lower), math.floor(limits.upper * 10) / 10


def _nearest(figure: Fraction) -> float:
    return math.floor(figure * 10 + Fraction(1, 2)) / 10


def _all_surges(volume: Volume) -> Iterator[Surge]:
    for series in volume.series:
        yield from series.surges


def _surge(surge: Surge) -> dict[str, Any]:
    cells = (surge.department or "all", f"{surge.first}", f"{surge.last}", surge.requests, _nearest(surge.usual))
    return dict(zip(_SURGE_COLUMNS, cells, strict=True))


def _heading(volume: Volume) -> str:
    points = [point for series in volume.series for point in series.points]
    firsts = [point.last if volume.per == "day" else point.first for point in points]
    today = volume.as_of.date()  # receipts of closed days may count to a business day that is still to come
    last = min(max((point.last for point in points), default=today), today)
    period = period_words(min(*firsts, last), last) if points else "no requests"
    as_of = as_of_words(volume.as_of, volume.as_of_is_date)
    return f"{volume.organisation} · requests received per {_UNITS[volume.per][0]}, {period} · as of {as_of}"


def _level_lines(volume: Volume) -> list[tuple[str, ...]]:
    return [
        (
            series.department or "All",
            f"{sum(series.counts):,}",
            f"{_nearest(series.limits.usual)}" if series.limits else "–",
            f"{math.floor(series.limits.upper):,}" if series.limits else "–",
            f"{series.marks.count('undeclared')}" if series.limits else "–",
            f"{series.marks.count('declared')}" if series.limits else "–",
        )
        for series in volume.series
    ]


def _surge_lines(volume: Volume) -> list[tuple[str, ...]]:
    return [
        (
            surge.department or "All",
            period_words(surge.first, surge.last).removeprefix("on "),
            f"{surge.requests:,}",
            f"{_nearest(surge.usual)}",
        )
        for surge in _all_surges(volume)
    ]


def _gathered_lines(volume: Volume) -> list[tuple[str, ...]]:
    """The days that would be surges had they gathered no holidays or closures."""
    return [
        (
            series.department or "All",
            point.name,
            f"{n:,}",
            f"{_nearest(series.limits.usual)}",
            f"{math.floor(series.limits.of(point.counts_as).upper):,}",
            counted(point.counts_as, *_UNITS[volume.per]),
        )
        for series in volume.series
        if series.limits
        for point, n, mark in zip(series.points, series.counts, series.marks, strict=True)
        if mark == "no" and n > series.limits.upper
    ]


def _declared_lines(volume: Volume) -> list[tuple[str, ...]]:
    return [
        (
            one.department or "All",
            period_words(one.period.first, one.period.last).removeprefix("on "),
            one.period.reason,
            _seen(one, volume),
        )
        for one in volume.declared
    ]


def _seen(one: Declared, volume: Volume) -> str:
    return (
        f"{one.above} of {counted(one.points, *_UNITS[volume.per])} above the usual"
        if one.points
        else "not in the input"
    )


def _tables(volume: Volume) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]], frozenset[int]]]:
    """Title, headings, lines, and which columns are figures."""
    yield "", _LEVELS, _level_lines(volume), _FIGURES
    if lines := _surge_lines(volume):
        headings = ("Department", "Undeclared surge", "Requests", "Usual")
        yield "Undeclared surges", headings, lines, frozenset({2, 3})
    if lines := _gathered_lines(volume):
        yield "After holidays and closures, no surge", _GATHERED, lines, frozenset({2, 3, 4})
    if lines := _declared_lines(volume):
        yield "Declared periods", ("Department", "Period", "Reason", "Received"), lines, frozenset()


def _below(volume: Volume) -> Iterator[str]:
    """What the figures mean, and why some are missing."""
    one, several = _UNITS[volume.per]
    days = volume.baseline
    usual = f"the {several} {period_words(*days)}" if days else f"the first {volume.n_baseline} {several}"
    if any(point.counts_as > 1 for series in volume.series for point in series.points):
        usual += ", without those after holidays and closures"
    yield f"Usual: the mean of {usual}. At most: what chance explains; a {one} above it is a surge."
    if _gathered_lines(volume):
        yield "A day after holidays or closures holds their requests too: it is compared as so many business days."
    few = [series.department or "All" for series in volume.series if series.limits is None and not series.is_rare]
    rare = [series.department or "All" for series in volume.series if series.is_rare]
    if few:
        yield f"No limits for {', '.join(few)}: fewer than {volume.n_fewest} {several} to tell the usual level from."
    if rare:
        more = "; --per week may have enough" if volume.per == "day" else ""
        yield f"No limits for {', '.join(rare)}: fewer than one request per {one}{more}."
    if not any(series.surges for series in volume.series) and any(series.limits for series in volume.series):
        yield "No undeclared surge."


def _table(volume: Volume, options: RenderOptions) -> str:
    parts = [visible(_heading(volume)) + "\n"]
    for title, headings, lines, figures in _tables(volume):
        parts.append(
            (f" {title}\n" if title == "Declared periods" else "") + table_text(headings, lines, options, figures)
        )
    parts.append("".join(remark(line, options) for line in _below(volume)))
    return "\n".join(parts)


def _markdown(volume: Volume) -> str:
    parts = [f"**{escape_markdown(visible(_heading(volume)))}**\n"]
    for title, headings, lines, figures in _tables(volume):
        parts.append((f"{title}\n\n" if title else "") + markdown_text(headings, lines, figures))
    parts.append("".join(f"- {escape_markdown(visible(line))}\n" for line in _below(volume)))
    return "\n".join(parts)


def declaration(surge: Surge) -> str:
    """An entry for `high_volume:` in the standards file; without a reason it does not load."""
    departments = f"    departments: [{_quoted(surge.department)}]\n" if surge.department is not None else ""
    return (
        f"  - from: {surge.first}\n    to: {surge.last}\n{departments}"
        '    reason: ""    # say why\n    declared:     # the day of the decision\n'
        "    authority:    # who decided\n    effect: note\n"
    )


def _quoted(text: str) -> str:
    """A text as YAML reads it back, whatever is in it."""
    marked = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else rf"\U{ord(c):08x}" for c in marked) + '"'
