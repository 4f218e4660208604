"""How far the figure depends on the reading, for `check --readings`: one line per reading, the declared one first."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from cxaudit.model import READING_COLUMNS, ReadingRow, Readings, Report
from cxaudit.render.figures import compliance_text, for_people, range_words
from cxaudit.render.words import counted, utf8

READING_FORMATS = ("table", "csv", "tsv", "json", "jsonl", "markdown")
_HEADINGS = ("Reading", "Requests", "Met", "Late", "Overdue", "Pending", "Not judged", "Compliance", "Differs")
_WIDTHS = "lrrrrrrrr"


def render_readings(report: Report, form: str) -> Iterator[bytes]:
    """The readings of a report that has them. `form` is one of READING_FORMATS."""
    readings = report.readings or Readings((), 0)
    rows = [_row(row) for row in readings.rows]
    match form:
        case "csv" | "tsv":
            text = io.StringIO(newline="")
            writer = csv.DictWriter(
                text, READING_COLUMNS, delimiter="," if form == "csv" else "\t", lineterminator="\n"
            )
            writer.writeheader()
            writer.writerows(rows)
            yield utf8(text.getvalue())
        case "json":
            from cxaudit.render.structured import check_document

            yield check_document(report, rows, contested=readings.contested)
        case "jsonl":
            yield utf8("".join(json.dumps(_numbers(row), ensure_ascii=False) + "\n" for row in rows))
        case "markdown":
            from cxaudit.render.markdown import escape_markdown

            lines = [_HEADINGS, ["---" if side == "l" else "---:" for side in _WIDTHS], *map(_cells, readings.rows)]
            yield utf8("".join("| " + " | ".join(map(escape_markdown, line)) + " |\n" for line in lines))
            yield utf8("\n" + "".join(f"- {escape_markdown(line)}\n" for line in _remarks(readings)))
        case _:
            yield utf8(_table(report, readings))


def _row(row: ReadingRow) -> dict[str, str | int | None]:
    values = {name: getattr(row, name) for name in READING_COLUMNS if name != "compliance_pct"}
    values["compliance_pct"] = compliance_text(row.met, row.judged) or None
    return {name: values[name] for name in READING_COLUMNS}


def _numbers(row: dict[str, str | int | None]) -> dict[str, str | int | float | None]:
    share = row["compliance_pct"]
    return {**row, "compliance_pct": float(share) if share is not None else None}


def _cells(row: ReadingRow) -> list[str]:
    counts = (row.requests, row.met, row.late, row.overdue, row.pending, row.excluded)
    share = for_people(compliance_text(row.met, row.judged))
    return [row.reading, *(f"{n:,}" for n in counts), share, f"{row.differs:,}" if row.reading != "declared" else ""]


def _remarks(readings: Readings) -> list[str]:
    words = [f"{row.reading}: {row.rule}" for row in readings.rows]
    n = counted(readings.contested, "contested request")
    contested = f"{n}, whose verdict depends on the reading: cxaudit records … --contested"
    return [*words, contested, f"Under these readings compliance is {range_words(readings) or 'unknown'}."]


def _table(report: Report, readings: Readings) -> str:
    lines = [_HEADINGS, *map(_cells, readings.rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(_HEADINGS))]
    shown = [
        "  ".join(
            f"{cell:{'<' if side == 'l' else '>'}{width}}"
            for cell, side, width in zip(line, _WIDTHS, widths, strict=True)
        )
        for line in lines
    ]
    from cxaudit.render.check_view import heading

    below = [f" {line}" for line in _remarks(readings)]
    return "\n".join([heading(report), "", *(f" {line}".rstrip() for line in shown), "", *below]) + "\n"
