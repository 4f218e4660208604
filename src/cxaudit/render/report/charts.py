"""The charts of the report, as SVG: quiet, labelled directly instead of by a legend, nothing told by colour alone.

Altair describes them, vl-convert draws them. It numbers what it defines in the order of drawing, so the ids are made
anew from the chart's own: the same figures give the same bytes, and no two charts of a page share an id.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from cxaudit.monthly.model import Distribution, Elapsed, RunChart
from cxaudit.render.report.look import EDGE, INK, LOOK, SHADES, data_of
from cxaudit.render.report.month_chart import run_chart
from cxaudit.render.report.story import Chart
from cxaudit.render.words import visible

if TYPE_CHECKING:
    import altair as alt

_BARS_AFTER = 6  # days of the axis after the promise; what took longer stands together at its end


@lru_cache(maxsize=64)
def draw(chart: Chart) -> str:
    """One chart as an SVG element with a title and a description; drawn once for the page and the PDF."""
    import vl_convert
    from altair.utils.schemapi import debug_mode

    with debug_mode(False):  # checks of each part that cost more than the drawing
        match chart.drawing:
            case Distribution():
                drawn = distribution(chart.drawing)
            case (RunChart() as months, marked):
                drawn = run_chart(months, marked)
            case ages:
                drawn = ageing(ages)
        described = drawn.to_dict(validate=False)
    return _named(vl_convert.vegalite_to_svg({**described, **LOOK}), chart)


def warm_up() -> None:
    """Load what draws, and draw a chart: half a second that may pass while requests are judged."""
    few = Distribution("", "", None, 1, (Elapsed(0, 1, 0, 0), Elapsed(2, 0, 1, 0)))
    draw(Chart("first", "", "", few))


def distribution(one: Distribution) -> Any:
    """Requests by elapsed business days, the promise as a line; late ones are lighter, unanswered ones hollow."""
    import altair as alt

    bars, days = _bars(one)
    x = alt.X(
        "days:O",
        sort=days,
        title="business days",
        scale=alt.Scale(domain=days, paddingInner=0.15),
        axis=_days_axis(days),
    )
    highest = max(sum(bar["n"] for bar in bars if bar["days"] == day) for day in days)
    domain = [0, highest * 1.35]  # room for a number above the highest bar, and for the word above that
    y = alt.Y("n:Q", stack="zero", title=None, axis=None, scale=alt.Scale(domain=domain))
    kinds = list(SHADES)
    base = alt.Chart(data_of(bars)).encode(x=x, y=y, order=alt.Order("place:Q"))
    columns = base.mark_bar(strokeWidth=1.5).encode(
        color=alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=list(SHADES.values())), legend=None),
        stroke=alt.Stroke("kind:N", scale=alt.Scale(domain=kinds, range=[SHADES["met"], EDGE, EDGE]), legend=None),
        strokeDash=alt.StrokeDash("kind:N", scale=alt.Scale(domain=kinds, range=[[1, 0], [1, 0], [3, 2]]), legend=None),
    )
    totals = [{"days": day, "n": n} for day in days if (n := sum(bar["n"] for bar in bars if bar["days"] == day))]
    numbers = alt.Chart(data_of(totals)).mark_text(dy=-7, fontSize=14, color=INK).encode(
        x=x, y=alt.Y("n:Q", scale=alt.Scale(domain=domain)), text=alt.Text("n:Q")
    )  # fmt: skip
    return alt.layer(columns, numbers, *_promise_layers(one, days)).properties(width=300, height=130)


def _bars(one: Distribution) -> tuple[list[dict[str, Any]], list[str]]:
    """The bars, and the days of the axis from 0 on; what took longer than these stands together at the end."""
    longest = max(part.business_days for part in one.elapsed)
    promised = one.promised_business_days or 0
    last = min(max(longest, promised + 1), promised + _BARS_AFTER)
    days = [str(day) for day in range(last + 1)]
    if longest > last:
        days[-1] = f"{last}+"
    counted: dict[tuple[str, str], int] = {}
    for part in one.elapsed:
        for kind in SHADES:
            key = days[min(part.business_days, last)], kind
            counted[key] = counted.get(key, 0) + int(getattr(part, kind))
    order = list(SHADES)
    bars = [{"days": day, "kind": kind, "n": n, "place": order.index(kind)} for (day, kind), n in counted.items() if n]
    return bars, days


def _days_axis(days: Sequence[str]) -> alt.Axis:
    import altair as alt

    every_second = days[(len(days) - 1) % 2 :: 2]  # the last one, which may stand for more, always has its label
    return alt.Axis(labelAngle=0, ticks=False, values=list(days if len(days) <= 11 else every_second))


def _promise_layers(one: Distribution, days: Sequence[str]) -> list[Any]:
    """A line after the last day that keeps the promise."""
    import altair as alt

    promised = one.promised_business_days
    if promised is None or promised > len(days) - 1:
        return []
    value = {"days": days[promised], "name": "promise"}
    base = alt.Chart(data_of([value])).encode(
        x=alt.X("days:O", sort=list(days), bandPosition=1, scale=alt.Scale(domain=list(days)), title="business days")
    )
    rule = base.mark_rule(color=INK, strokeWidth=1.5, strokeDash=[4, 3])
    has_room = promised + 2 < len(days)
    name = base.mark_text(align="left" if has_room else "right", dx=5 if has_room else -5, fontSize=14, color=INK)
    return [rule, name.encode(y=alt.YValue(6), text=alt.Text("name:N"))]  # type: ignore[no-untyped-call]


def ageing(ages: Sequence[tuple[str, int]]) -> Any:
    """Unanswered requests by business days after their due day."""
    import altair as alt

    values = [{"age": name, "n": n} for name, n in ages]
    names = [name for name, _ in ages]
    y = alt.Y("age:N", sort=names, title=None, axis=alt.Axis(domain=False, ticks=False, labelPadding=8))
    most = max(n for _, n in ages)
    base = alt.Chart(data_of(values)).encode(y=y, x=alt.X("n:Q", axis=None, scale=alt.Scale(domain=[0, most * 1.12])))
    bars = base.transform_filter("datum.n > 0").mark_bar(color=SHADES["late"], stroke=EDGE, strokeWidth=1.5, height=20)
    return alt.layer(
        bars, base.mark_text(align="left", dx=6, fontSize=14, color=INK).encode(text=alt.Text("n:Q"))
    ).properties(width=300, height=120)


def _named(svg: str, chart: Chart) -> str:
    """The drawing with its title and description; its parts are one picture to those who do not see it."""
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", svg)
    svg = re.sub(r' class="[^"]*"', "", svg)
    svg = re.sub(r' pointer-events="none"', "", svg)
    svg = re.sub(r' xmlns:xlink="[^"]*"| version="1.1"', "", svg)
    for place, name in enumerate(dict.fromkeys(re.findall(r' id="([^"]*)"', svg)), start=1):
        svg = svg.replace(f'id="{name}"', f'id="{chart.id}-{place}"').replace(
            f"url(#{name})", f"url(#{chart.id}-{place})"
        )
    title, description = (escape(visible(text), quote=False) for text in (chart.title, chart.description))
    ids = f"{chart.id}-title {chart.id}-description"
    said = f'<title id="{chart.id}-title">{title}</title><desc id="{chart.id}-description">{description}</desc>'
    return re.sub(r"<svg ([^>]*)>", rf'<svg role="img" aria-labelledby="{ids}" \1>{_literal(said)}', svg, count=1)


def _literal(text: str) -> str:
    """Text that a pattern takes as it is."""
    return text.replace("\\", "\\\\")
