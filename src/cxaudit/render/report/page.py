"""The report as one self-contained page: no script, no network, a strict policy that says so, text always escaped.

It is read on a screen, on a phone and on letter paper, with eyes and with a screen reader (WCAG 2.2, level AA).
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from cxaudit.monthly.model import Distribution, MonthlyReport
from cxaudit.render.options import Draw, RenderOptions
from cxaudit.render.page import environment
from cxaudit.render.report.compose import compose
from cxaudit.render.report.story import Bar, Chart, Commands, Points, Section, Story, Table, Text
from cxaudit.render.words import utf8, visible

_KINDS: dict[type, str] = {Text: "text", Points: "points", Commands: "commands", Table: "table", Chart: "chart"}
_BAR = 102


def render_report_html(report: MonthlyReport, options: RenderOptions) -> Iterator[bytes]:
    yield utf8(page_of(compose(report), options.draw))


def page_of(story: Story, draw: Draw | None = None) -> str:
    """A report as HTML."""
    from markupsafe import Markup

    templates = environment()
    style = templates.get_template("report/page.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = templates.get_template("report/page.html.j2")  # before the pictures are waited for
    page = template.render(
        story=told(story),
        svg={name: Markup(svg) for name, svg in pictures(story, draw).items()},
        style=Markup(style),
        style_hash=f"sha256-{digest}",
    )
    return re.sub(r"\n{2,}", "\n", page)


def _shown(text: str) -> str:
    """Text as it may be shown; a percentage is never torn from its sign."""
    return re.sub(r"(?<=\d) %", "\u00a0%", visible(text))


def charts_of(story: Story) -> list[Chart]:
    """The charts of a report in the order of the page."""
    return [one for section in story.sections for one in section.in_order if isinstance(one, Chart)]


def pictures(story: Story, draw: Draw | None = None) -> dict[str, str]:
    """The charts of a report as SVG by their ids."""
    charts = charts_of(story)
    return dict(zip((chart.id for chart in charts), (draw or _draw)(charts), strict=True))


def _draw(charts: Sequence[Chart]) -> list[str]:
    if not charts:
        return []
    from cxaudit.render.report.charts import draw

    return [draw(chart) for chart in charts]


def told(value: Any) -> Any:
    """A report, or a part of it, as the templates read it: blocks with a word for their kind, charts side by side."""
    match value:
        case str():
            return _shown(value)
        case Bar():
            return drawn_bar(value)
        case Chart():
            is_keyed = isinstance(value.drawing, Distribution)
            return {"kind_of": "chart", "id": value.id, "title": _shown(value.title), "has_key": is_keyed}
        case Section():
            lead, left = (value.blocks[:1], value.blocks[1:]) if value.side else (value.blocks, ())
            flows = {"lead": lead, "left": left}
            return {
                "id": value.id, "heading": value.heading, "side": told(value.side),
                **{name: list(grouped(told(blocks))) for name, blocks in flows.items()},
            }  # fmt: skip
        case tuple():
            return [told(one) for one in value]
    if dataclasses.is_dataclass(value):
        fields = {field.name: told(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {**fields, "kind_of": _KINDS.get(type(value), "")}
    return value


def grouped(blocks: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Charts that follow each other stand side by side."""
    for is_chart, group in groupby(blocks, key=lambda block: block["kind_of"] == "chart"):
        if is_chart:
            charts = list(group)
            yield {"charts": charts, "has_key": any(chart["has_key"] for chart in charts)}
        else:
            yield from ({"charts": [], "block": block} for block in group)


def drawn_bar(one: Bar) -> dict[str, Any]:
    """The places of a bar's parts in pixels; a part with anything in it is never too thin to be seen.

    >>> [part["width"] for part in drawn_bar(Bar((("met", 999), ("late", 1), ("overdue", 0))))["parts"]]
    ['99.0', '2.0']
    """
    total = sum(n for _, n in one.parts)
    thinnest = 2.0
    widths = [max(_BAR * n / total, thinnest) if n else 0.0 for _, n in one.parts]
    too_much = sum(widths) - _BAR
    widest = widths.index(max(widths))
    widths[widest] -= too_much
    parts, x = [], 1.0
    for (shade, n), width in zip(one.parts, widths, strict=True):
        if n:
            inset = 0.5 if shade == "overdue" else 0.0
            shown = {
                "x": f"{x + inset:.1f}",
                "width": f"{max(width - 2 * inset - (0.0 if x + width > _BAR else 1), 1.0):.1f}",
            }
            parts.append({"shade": shade, **shown})
            x += width
    target = f"{1 + _BAR * one.target_pct / 100:.1f}" if one.target_pct is not None else None
    return {"parts": parts, "target": target}
