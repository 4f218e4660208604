"""The run chart as a picture: its months as a line, the levels named at the right, other standards named above.

The line has a gap where a month cannot be compared. No label lies over another.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cxaudit.monthly.model import RunChart
from cxaudit.render.figures import compliance_text
from cxaudit.render.report.labels import in_rows, spread
from cxaudit.render.report.look import EDGE, INK, QUIET, SHADES, data_of
from cxaudit.render.report.run_chart import better_or_worse, is_usable
from cxaudit.render.report.words import level, month_name

if TYPE_CHECKING:
    import altair as alt

_WIDTH, _HEIGHT = 400, 220
#: The height of a line of text, and the width of the words at a mark.
_LINE, _MARK_WIDTH = 16, 94


def run_chart(chart: RunChart, marked: Sequence[str]) -> Any:
    """The months, the usual level, its limits and the target; `marked` are the months of other standards."""
    import altair as alt

    months = [month_name(one.month, is_short=True) for one in chart.points]
    points, levels = _points(chart), _levels(chart)
    lowest = min(float(one["pct"]) for one in [*points, *levels])
    low = max(0, 10 * int((lowest - 3) // 10))
    x = alt.X("month:O", sort=months, title=None, scale=alt.Scale(domain=months), axis=_months_axis(months))
    axis = alt.Axis(format=".0f", labelExpr="datum.label + ' %'", tickCount=5)
    y = alt.Y("pct:Q", title=None, scale=alt.Scale(domain=[low, 100]), axis=axis)
    base = alt.Chart(data_of(points)).encode(x=x, y=y)
    line = base.mark_line(color=SHADES["met"], strokeWidth=2).encode(detail="part:N")
    fell = len(points) > 1 and float(points[-2]["pct"]) > float(points[-1]["pct"])
    last = alt.Chart(data_of(points[-1:])).encode(x=x, y=y, text=alt.Text("said:N"))
    is_low = _HEIGHT - _height(float(points[-1]["pct"]), low) < 30
    look: dict[str, Any] = {"dy": 17 if fell and not is_low else -14, "fontSize": 14, "fontWeight": "bold"}
    halo = last.mark_text(stroke="white", strokeWidth=5, strokeJoin="round", color="white", **look)
    value = last.mark_text(color=INK, **look)
    is_above = (not fell or is_low) and _height(float(points[-1]["pct"]), low) < 20
    end = _place(months, points[-1]["month"])
    names = _named_marks([month_name(one, is_short=True) for one in marked], months, [(end - 24, end + 24)] * is_above)
    layers = [*_level_layers(levels, y, low), *_mark_layers(names, x), line, *_point_layers(base), halo, value]
    return alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT)


def _points(chart: RunChart) -> list[dict[str, Any]]:
    """The months that can be compared; `part` counts the pieces of their line."""
    places = [i for i, one in enumerate(chart.points) if is_usable(one)]
    parts = [0]
    for before, place in pairwise(places):
        parts.append(parts[-1] + (place - before > 1))
    return [
        {
            "month": month_name(chart.points[i].month, is_short=True),
            "pct": 100 * chart.points[i].counts.met / chart.points[i].counts.judged,
            "said": compliance_text(chart.points[i].counts.met, chart.points[i].counts.judged, chart.target_pct),
            "kind": better_or_worse(chart.points[i]),
            "part": part,
        }
        for i, part in zip(places, parts, strict=True)
    ]


def _point_layers(base: Any) -> list[Any]:
    """A shape at each month, larger where it is more than the usual up and down."""
    import altair as alt

    kinds = alt.Scale(domain=["Usual", "Better than usual", "Worse than usual", "Signals both ways"],
                      range=["circle", "triangle-up", "square", "diamond"])  # fmt: skip
    shape = alt.Shape("kind:N", scale=kinds, legend=None)
    every = base.mark_point(filled=True, size=70, opacity=1, color=SHADES["met"]).encode(shape=shape)
    odd = base.transform_filter("datum.kind != 'Usual'")
    return [every, odd.mark_point(filled=True, size=150, opacity=1, color=EDGE, stroke="white").encode(shape=shape)]


def _months_axis(months: Sequence[str]) -> alt.Axis:
    import altair as alt

    step = -(-len(months) // 5)
    kept = [month for i, month in enumerate(reversed(months)) if i % step == 0]
    return alt.Axis(values=kept[::-1], labelAngle=0, labelOverlap=False)


def _levels(chart: RunChart) -> list[dict[str, Any]]:
    """The highest first."""
    limits, target, levels = chart.limits, chart.target_pct, []
    if limits:
        named = (("upper limit", limits.upper), ("usual", limits.mean), ("lower limit", limits.lower))
        levels = [
            {"name": f"{name} {level(pct, target)}", "pct": float(pct), "is_limit": name != "usual"}
            for name, pct in named
        ]
    if target is not None:
        levels.append({"name": f"target {target:f}", "pct": float(target), "is_limit": False})
    return sorted(levels, key=lambda one: -one["pct"])


def _height(pct: float, low: int) -> float:
    """How far below the top of the picture a percentage stands."""
    return _HEIGHT * (100 - pct) / (100 - low)


def _place(months: Sequence[str], month: str) -> float:
    """How far from the left a month stands."""
    return _WIDTH * (months.index(month) + 0.5) / len(months)


def _at(**pixels: float) -> dict[str, Any]:
    """Places in pixels, from the left and from the top."""
    import altair as alt

    kinds: dict[str, Any] = {"x": alt.XValue, "y": alt.YValue, "x2": alt.X2Value, "y2": alt.Y2Value}
    return {name: kinds[name](pixel) for name, pixel in pixels.items()}


def _level_layers(levels: Sequence[dict[str, Any]], y: Any, low: int) -> list[Any]:
    """A line for each level, from whose end a short one leads to its name."""
    import altair as alt

    layers = []
    heights = [_height(one["pct"], low) for one in levels]
    for one, height, place in zip(levels, heights, spread(heights, _LINE, 0, _HEIGHT), strict=True):
        base = alt.Chart(data_of([one]))
        dash = [5, 4] if one["is_limit"] else [1, 0]
        layers.append(base.mark_rule(color=QUIET, strokeDash=dash, strokeWidth=1).encode(y=y))
        ends = base.mark_rule(color=QUIET, strokeWidth=1).encode(**_at(x=_WIDTH, y=height, x2=_WIDTH + 8, y2=place))
        name = base.mark_text(align="left", fontSize=14, color=QUIET).encode(
            text=alt.Text("name:N"), **_at(x=_WIDTH + 12, y=place)
        )
        layers += [ends, name]
    return layers


def _named_marks(
    marked: Sequence[str], months: Sequence[str], taken: Sequence[tuple[float, float]]
) -> list[dict[str, Any]]:
    """The marks in these months: their names stand to the right of them, in the right half to the left, row above row."""
    shown = [month for month in marked if month in months]
    places = [_place(months, month) for month in shown]
    is_left = [place < _WIDTH / 2 for place in places]
    spans = [
        (place, place + _MARK_WIDTH) if left else (place - _MARK_WIDTH, place)
        for place, left in zip(places, is_left, strict=True)
    ]
    return [
        {"month": month, "align": "left" if left else "right", "y": -10 - _LINE * row}
        for month, left, row in zip(shown, is_left, in_rows(spans, taken), strict=True)
    ]


def _mark_layers(marks: Sequence[dict[str, Any]], x: Any) -> list[Any]:
    """A line where other standards hold from there on, named above the picture."""
    import altair as alt

    layers = []
    for mark in marks:
        base = alt.Chart(data_of([{"month": mark["month"], "name": "new standards"}])).encode(x=x)
        layers.append(base.mark_rule(color=QUIET, strokeWidth=1))
        name = base.mark_text(align=mark["align"], fontSize=14, color=QUIET)
        layers.append(name.encode(text=alt.Text("name:N"), **_at(y=mark["y"])))
    return layers
