"""The report as a PDF on letter paper: tagged after PDF/UA-1, its fonts embedded, made by Typst.

An extra, because the page prints well without it. The font is Source Sans Pro, under the SIL Open Font License, shipped in
`render/fonts`, so that every machine sets the same lines.
"""

from __future__ import annotations

import importlib.resources
import json
import re
from collections.abc import Iterator
from typing import Any

from cxaudit.errors import UsageError
from cxaudit.monthly.model import MonthlyReport
from cxaudit.render.options import Draw, RenderOptions
from cxaudit.render.page import environment
from cxaudit.render.report.compose import compose
from cxaudit.render.report.page import charts_of, pictures, told
from cxaudit.render.report.story import Story

_HOW = "a PDF needs one more package.\nRun pip install 'cxaudit[pdf]', or open report.html in a browser and print it."


def render_report_pdf(report: MonthlyReport, options: RenderOptions) -> Iterator[bytes]:
    """Raises `UsageError` where the extra is not installed."""
    yield pdf_of(compose(report), options.draw)


def require_pdf() -> None:
    """Raise `UsageError` where a PDF cannot be made, before anything else is done."""
    try:
        import typst  # noqa: F401
    except ImportError as error:
        raise UsageError(_HOW) from error


def pdf_of(story: Story, draw: Draw | None = None) -> bytes:
    """A report as a PDF; the same report gives the same bytes."""
    require_pdf()
    import typst

    templates = environment()
    source = templates.loader.get_source(templates, "report/report.typ")[0] if templates.loader else ""
    made: Any = typst.compile  # its types allow no paths beside a source
    with importlib.resources.as_file(importlib.resources.files("cxaudit.render") / "fonts") as fonts:
        pdf: bytes = made(
            source.encode(),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"story": json.dumps(_with_pictures(story, draw), ensure_ascii=False)},
            timestamp=0,
        )
    return pdf


def _with_pictures(story: Story, draw: Draw | None) -> Any:
    """The report as the template reads it, with its charts."""
    svgs = pictures(story, draw)
    charts = {chart.id: chart for chart in charts_of(story)}

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(one) for one in value]
        if not isinstance(value, dict):
            return value
        if value.get("kind_of") == "chart":
            svg = svgs[value["id"]]
            width = re.search(r'width="(\d+)', svg)
            more = {
                "svg": svg,
                "width": int(width[1]) if width else 400,
                "description": charts[value["id"]].description,
            }
            return {**value, **more}
        return {name: filled(one) for name, one in value.items()}

    return filled(told(story))
