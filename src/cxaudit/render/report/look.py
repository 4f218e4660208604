"""What all charts of the report have in common: their colours, their type, the quiet look of their axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

INK, QUIET, LINE = "#1c2733", "#55626f", "#c9d1d8"
#: In time, late, unanswered: they differ in lightness too, and the last two in their outline.
SHADES = {"met": "#2b6a99", "late": "#e3a068", "overdue": "#ffffff"}
EDGE = "#a8501c"
FONT = "Source Sans Pro, Segoe UI, Helvetica Neue, Arial, sans-serif"
#: What all charts have in common; joined at the end, since Altair copies a chart with each setting.
LOOK: dict[str, Any] = {
    "background": "transparent",
    "padding": 2,
    "config": {
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": QUIET, "titleColor": QUIET, "labelFontSize": 14, "titleFontSize": 14, "titleFontWeight": "normal",
            "domainColor": LINE, "tickColor": LINE, "gridColor": "#e8ecef", "labelFontWeight": "normal",
        },
    },
}  # fmt: skip


def data_of(rows: Sequence[dict[str, Any]]) -> Any:
    """Rows as the data of a chart."""
    import altair as alt

    return alt.Data(values=list(rows))  # type: ignore[no-untyped-call]
