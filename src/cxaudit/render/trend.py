"""Months side by side, for `trend`: a table with a chart in it, and the same figures in every other format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cxaudit.days.spans import month_text, months_between
from cxaudit.monthly.model import Counts, Month, RunChart
from cxaudit.render.document import NOT_AVAILABLE, Document, Drawing, TableColumn, TablePart
from cxaudit.render.escape import escape_cell
from cxaudit.render.figures import compliance_text, level_text, percentage_text
from cxaudit.render.options import RenderOptions
from cxaudit.render.page import render_page
from cxaudit.render.report.extended import extended_words
from cxaudit.render.report.restated import restated_words
from cxaudit.render.report.run_chart import STEADY, described, is_usable, marked_months
from cxaudit.render.report.story import Chart
from cxaudit.render.report.words import LOW, LOW_NOTE, SMALL, share_text
from cxaudit.render.rows import GAP, ROW_FORMATS, data_text, markdown_text, remark, table_text
from cxaudit.render.words import counted, listed, utf8, visible
from cxaudit.render.workbook import lowest_shown, render_workbook

if TYPE_CHECKING:
    from cxaudit.monthly.trend import Trend, TrendRow

TREND_FORMATS = (*ROW_FORMATS, "xlsx", "html")
#: Columns of `trend --format csv`, after the `--by` column.
TREND_COLUMNS = (
    "month", "requests", "met", "late", "overdue", "pending", "excluded", "judged", "compliance_pct", "target_pct",
    "median_business_days", "p90_business_days", "usual_pct", "lower_limit_pct", "upper_limit_pct", "signals", "is_whole",
    "standards_sha256", "tally",
)  # fmt: skip
#: The chart: cells from its left end to its right one, no fewer than which show anything, and what stands in them.
_CELLS, _LEAST_CELLS = 32, 12
_POINT, _USUAL, _LIMIT = "●", "│", "┊"


def render_trend(trend: Trend, as_of: dt.datetime, form: str, options: RenderOptions) -> Iterator[bytes]:
    """The trend in one of TREND_FORMATS; `as_of` is the latest moment that any of it is known at."""
    match form:
        case "table":
            low, titles, rows = _lowest(trend), _titles(trend), [_cells(row, trend.by) for row in trend.rows]
            figures = range(2 if trend.by else 1, len(titles) - 1)
            n_cells = _room_for_chart(titles, rows, options)
            if n_cells:
                titles = [*titles, _scale(low, n_cells)]
                rows = [[*cells, _strip(row, low, n_cells)] for cells, row in zip(rows, trend.rows, strict=True)]
            picture = len(titles) - 1 if n_cells else None
            yield utf8(f"{_heading(trend)}\n\n{table_text(titles, rows, options, figures, picture)}\n")
            said = [
                *remarks(trend),
                *(_legend(trend) if n_cells else ["The chart of the months needs a wider window."]),
            ]
            yield utf8("".join(remark(line, options) for line in said))
        case "markdown":
            cells = [_cells(row, trend.by) for row in trend.rows]
            figures = range(2 if trend.by else 1, len(_titles(trend)) - 1)
            yield utf8(f"**{_heading(trend)}**\n\n{markdown_text(_titles(trend), cells, figures)}\n")
            yield utf8("".join(f"- {line}\n" for line in remarks(trend)))
        case "xlsx":
            yield from render_workbook(_document(trend, as_of))
        case "html":
            yield from render_page(_document(trend, as_of))
        case _:
            columns = [*([trend.by] if trend.by else []), *TREND_COLUMNS]
            told = [_row(row, trend.by, form) for row in trend.rows]
            yield utf8(data_text(columns, told, form, escape=options.escape))


def remarks(trend: Trend, *, has_low: bool = True) -> Iterator[str]:
    """What the months cannot tell by themselves; data forms have percentages of few requests too."""
    yield from restated_words(trend.restated)
    if trend.missing:
        yield f"No report holds {listed(trend.missing)}."
    if trend.unfinished:
        yield f"Not over, or not whole, when reported: {listed(trend.unfinished)}; left out of limits and signals."
    total = [row for row in trend.rows if row.series is None]
    yield from _unsettled_words([row.point for row in total if row.point.counts.pending])
    if extended := extended_words([row.point for row in total], *{row.row.target_pct for row in total}):
        yield extended
    if has_low and any(0 < row.row.judged < SMALL for row in trend.rows):
        yield LOW_NOTE
    if steady := listed(list(dict.fromkeys(row.label for row in trend.rows if row.is_steady))):
        yield f"{f'{steady}: ' if trend.by else ''}{STEADY}"
    for change in trend.changes:
        yield f"{change.source} came into force on {change.effective}."
    for month in trend.otherwise_from:
        yield f"From {month} on judged by another standards file, which promises or counts otherwise."


def _unsettled_words(months: Sequence[Month]) -> Iterator[str]:
    """That months may look better than they are: their tallies do not know what became of what was pending then."""
    if months:
        named = listed([f"{counted(one.counts.pending, 'request')} of {one.month}" for one in months])
        yield f"Not due yet when their month was reported, so their misses are in no figure here: {named}."
        again = f"cxaudit report … --period {months[0].month} --as-of …"
        yield f"To settle a month, make its report again as of a later moment: {again}"


def _heading(trend: Trend) -> str:
    return visible(f"{trend.organisation} · compliance by month · requests {trend.cohort} in the month")


def _legend(trend: Trend) -> Iterator[str]:
    if any(row.limits for row in trend.rows):
        yield f"{_POINT} the month, {_USUAL} the usual level, {_LIMIT} how far a month may be from it by chance."
    elif not any(row.is_steady for row in trend.rows):
        yield "Six whole months with at least ten judged requests are needed for a usual level and its limits."


def _titles(trend: Trend) -> list[str]:
    first = [trend.by.capitalize()] if trend.by else []
    return [*first, "Month", "Requests", "Met", "Missed", "Compliance", "Median", "90 %", "Signal"]


def _cells(row: TrendRow, by: str | None) -> list[str]:
    line = row.row
    days = ("–" if n is None else f"{n:,} d" for n in (line.median_business_days, line.p90_business_days))
    counts = [f"{n:,}" for n in (line.requests, line.met, line.missed)]
    share = share_text(row.row, row.row.target_pct)
    return [*([row.label] if by else []), row.point.month, *counts, share, *days, _signals(row)]


def _share(row: TrendRow) -> str:
    return compliance_text(row.row.met, row.row.judged, row.row.target_pct)


def _signals(row: TrendRow) -> str:
    return ", ".join(signal.replace("_", " ") for signal in row.point.signals)


def _row(row: TrendRow, by: str | None, form: str) -> dict[str, Any]:
    line = row.row
    percentages = {
        "compliance_pct": _share(row) or None,
        "target_pct": percentage_text(line.target_pct) or None,
        **dict(zip(("usual_pct", "lower_limit_pct", "upper_limit_pct"), _levels(row), strict=True)),
    }
    is_json = form.startswith("json")
    values: dict[str, Any] = {
        **({by: "all" if row.series is None else row.series} if by else {}),  # as `check` names them
        "month": row.point.month,
        **{
            name: getattr(line, name)
            for name in ("requests", "met", "late", "overdue", "pending", "excluded", "judged")
        },
        **({name: float(text) if text else None for name, text in percentages.items()} if is_json else percentages),
        "median_business_days": line.median_business_days,
        "p90_business_days": line.p90_business_days,
        "signals": list(row.point.signals) if is_json else _signals(row),
        "is_whole": row.point.is_whole if is_json else "yes" if row.point.is_whole else "no",
        "standards_sha256": row.standards,
        "tally": row.file,
    }
    return {name: values[name] for name in [*([by] if by else []), *TREND_COLUMNS]}


def _levels(row: TrendRow) -> tuple[str | None, str | None, str | None]:
    """The usual level and its limits beside the month's target."""
    if row.limits is None:
        return None, None, None
    limits, target = row.limits, row.row.target_pct
    return level_text(limits.mean, target), level_text(limits.lower, target), level_text(limits.upper, target)


def _lowest(trend: Trend) -> int:
    """The left end of the chart: a full ten percent below all that is drawn."""
    shares = [100 * row.row.met // row.row.judged for row in trend.rows if row.row.judged >= SMALL]
    limits = [int(row.limits.lower) for row in trend.rows if row.limits]
    return max(0, (min([*shares, *limits, 90]) - 1) // 10 * 10)


def _room_for_chart(titles: Sequence[str], rows: Sequence[Sequence[str]], options: RenderOptions) -> int:
    """How many cells the chart may have beside the table; 0 where too few are left."""
    if options.width is None:
        return _CELLS
    from cxaudit.render.widths import natural_widths

    taken = sum(width + GAP for width in natural_widths(list(zip(titles, *rows, strict=True))))
    n_cells = min(_CELLS, options.width - taken - 2)
    return n_cells if n_cells >= _LEAST_CELLS else 0


def _scale(low: int, n_cells: int) -> str:
    return f"{low} %".ljust(n_cells - 5) + "100 %"


def _strip(row: TrendRow, low: int, n_cells: int) -> str:
    """One month as a dot between the ends of the chart, with the usual level and its limits."""
    cells = [" "] * n_cells
    if row.limits is not None:
        for value, mark in ((row.limits.lower, _LIMIT), (row.limits.upper, _LIMIT), (row.limits.mean, _USUAL)):
            cells[_place(value, low, n_cells)] = mark
    if row.row.judged >= SMALL:
        cells[_place(Fraction(100 * row.row.met, row.row.judged), low, n_cells)] = _POINT
    return "".join(cells)


def _place(value: Fraction, low: int, n_cells: int) -> int:
    return int((max(value, Fraction(low)) - low) * (n_cells - 1) / (100 - low))


def _document(trend: Trend, as_of: dt.datetime) -> Document:
    columns = (
        *((TableColumn(trend.by.capitalize()),) if trend.by else ()), TableColumn("Month"), TableColumn("Requests", "count"),
        TableColumn("Met", "count"), TableColumn("Late", "count"), TableColumn("Overdue", "count"),
        TableColumn("Compliance, %", "share"), TableColumn("Usual level, %", "share"),
        TableColumn("Lower limit, %", "share"), TableColumn("Upper limit, %", "share"),
        TableColumn("Median, business days", "days"), TableColumn("90 % within, business days", "days"),
        TableColumn("Signal", width=40),
    )  # fmt: skip
    rows = [_figures(row, trend.by) for row in trend.rows]
    drawing = None if trend.by or len(rows) < 2 else _drawing(trend.rows, rows)
    charts = tuple(_charts(trend))
    part = TablePart("Months", "The months", columns, rows, tuple(remarks(trend)), drawing=drawing, charts=charts)
    note = (NOT_AVAILABLE, "Not available: nothing was judged, or too few or too equal months for limits.")
    said = f"Requests {trend.cohort} in the month"
    return Document("Compliance by month", (said,), (part,), as_of, trend.organisation, (note,))


def _charts(trend: Trend) -> Iterator[Chart]:
    """The run chart of each series that has two months to draw."""
    for place, (_, rows) in enumerate(groupby(trend.rows, lambda row: row.series), start=1):
        months = list(rows)
        points, label = tuple(_without_gaps([row.point for row in months])), months[0].label
        if sum(map(is_usable, points)) > 1:
            target = months[-1].row.target_pct
            chart = RunChart(None, label, points, months[0].limits, target, months[0].is_steady)
            marks = marked_months(trend.changes, trend.otherwise_from)
            yield Chart(f"run-{place}", label if trend.by else "All requests", described(chart), (chart, marks))


def _without_gaps(points: Sequence[Month]) -> Iterator[Month]:
    """Every month from the first to the last; those that no report holds are empty."""
    known = {point.month: point for point in points}
    first, last = (int(point.month.replace("-", "")) for point in (points[0], points[-1]))
    for month in map(month_text, months_between(first, last)):
        yield known.get(month, Month(month, Counts(), "stored", is_whole=False))


def _figures(row: TrendRow, by: str | None) -> tuple[Any, ...]:
    line = row.row
    share = LOW if 0 < line.judged < SMALL else _share(row) or None
    return (
        *((escape_cell(row.label),) if by else ()), row.point.month, line.requests, line.met, line.late, line.overdue,
        share, *_levels(row), line.median_business_days, line.p90_business_days, _signals(row),
    )  # fmt: skip


def _drawing(rows: Sequence[TrendRow], figures: Sequence[tuple[Any, ...]]) -> Drawing:
    said = "; ".join(f"{row.point.month} {_share(row)}" for row in rows if row.row.judged)
    values = (5, 6, 7, 8) if rows[0].limits else (5,)
    lowest = lowest_shown(*(row[i] for row in figures for i in values))
    return Drawing(
        "line", "Compliance by month", values, f"Compliance by month, in percent: {said}.", "Percent", lowest
    )
