"""What changed between two standards files, and what that does to the verdicts of a log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxaudit.render.figures import compliance_text, for_people
from cxaudit.render.markdown import escape_markdown
from cxaudit.render.options import RenderOptions
from cxaudit.render.rows import data_text, markdown_text, remark, table_text
from cxaudit.render.words import counted, utf8, visible

if TYPE_CHECKING:
    from cxaudit.compare.changes import VerdictChanges
    from cxaudit.standards.diff_text import Difference

DIFF_COLUMNS = ("what", "channel", "department", "before", "after")
_TITLES = ("What", "Channel", "Department", "Before", "After")
_VERDICT_TITLES = ("Channel", "Before", "After", "Requests")
#: Settings whose values are words with underscores in the file.
_SETTINGS = ("day_zero", "day_ends")
_RANGE = re.compile(r"(?<=\d)\.\.(?=\d)")


@dataclass(frozen=True)
class Diff:
    """The outcome of `standards diff`; `verdicts` only where exports were given."""

    before: str  # how the files are called
    after: str
    differences: tuple[Difference, ...]
    verdicts: VerdictChanges | None
    titles: Mapping[str, str]


def render_diff(diff: Diff, form: str, options: RenderOptions) -> Iterator[bytes]:
    """The outcome in one of ROW_FORMATS."""
    match form:
        case "json":
            yield utf8(json.dumps(_document(diff), ensure_ascii=False, indent=2) + "\n")
        case "markdown":
            yield utf8(_markdown(diff))
        case "table":
            yield utf8(_table(diff, options))
        case _:
            columns = [*DIFF_COLUMNS, *(["requests"] if diff.verdicts else [])]
            yield utf8(data_text(columns, list(_rows(diff)), form, escape=options.escape))


def _rows(diff: Diff) -> Iterator[dict[str, Any]]:
    """The differences, then the verdicts that change, then the compliance."""
    yield from (line._asdict() for line in diff.differences)
    if diff.verdicts is not None:
        for change in diff.verdicts.changes:
            cells = ("verdict", change.channel, "", change.before, change.after)
            yield {**dict(zip(DIFF_COLUMNS, cells, strict=True)), "requests": change.requests}
        yield dict(zip(DIFF_COLUMNS, ("compliance_pct", "", "", *_compliance(diff.verdicts)), strict=True))


def _compliance(verdicts: VerdictChanges) -> list[str]:
    return [compliance_text(met, judged) for met, judged in zip(verdicts.met, verdicts.judged, strict=True)]


def _document(diff: Diff) -> dict[str, Any]:
    document: dict[str, Any] = {
        "before": diff.before,
        "after": diff.after,
        "differences": [line._asdict() for line in diff.differences],
    }
    if (verdicts := diff.verdicts) is not None:
        document["verdicts"] = {
            "requests": verdicts.requests,
            "changed": verdicts.changed,
            "compliance_pct": [float(text) if text else None for text in _compliance(verdicts)],
            "changes": [vars(change) for change in verdicts.changes],
        }
    return document


def _lines(diff: Diff) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The differences for people: the columns that say something."""
    rows = [
        (
            _words(line.what),
            diff.titles.get(line.channel, line.channel),
            line.department,
            _value(line.what, line.before, diff.titles),
            _value(line.what, line.after, diff.titles),
        )
        for line in diff.differences
    ]
    shown = [place for place in range(len(_TITLES)) if place not in (1, 2) or any(row[place] for row in rows)]
    return tuple(_TITLES[i] for i in shown), [tuple(row[i] for i in shown) for row in rows]


def _words(what: str) -> str:
    """A name of a setting in words; what stands in quotes or after `source` is the file's own.

    >>> _words("high_volume 2025-06-02..2025-06-20"), _words('source call_log: header')
    ('High volume 2025-06-02 to 2025-06-20', 'Source call_log: header')
    """
    kind, blank, rest = what.partition(" ")
    kind = kind.replace("_", " ")
    return f"{kind[:1].upper()}{kind[1:]}{blank}{_RANGE.sub(' to ', rest)}"


def _value(what: str, value: str, titles: Mapping[str, str]) -> str:
    if what.startswith("channel spelling"):
        value = titles.get(value, value)
    return (value.replace("_", " ") if what.partition(" ")[0] in _SETTINGS else value) or "–"


def _verdict_lines(diff: Diff) -> list[tuple[str, ...]]:
    changes = diff.verdicts.changes if diff.verdicts else ()
    return [
        (diff.titles.get(one.channel, one.channel) or "not stated", one.before, one.after, f"{one.requests:,}")
        for one in changes
    ]


def _below(diff: Diff) -> Iterator[str]:
    verdicts = diff.verdicts
    if verdicts is None:
        return
    shares = [for_people(text) for text in _compliance(verdicts)]
    if verdicts.changed:
        n = f"{verdicts.changed:,} of {counted(verdicts.requests, 'request')}"
        yield f"{n} would have another verdict; compliance {shares[0]} before, {shares[1]} after."
    else:
        yield f"No verdict of {counted(verdicts.requests, 'request')} would change; compliance {shares[0]}."


def _heading(diff: Diff) -> str:
    return visible(f"{diff.before} → {diff.after}")


def _table(diff: Diff, options: RenderOptions) -> str:
    titles, rows = _lines(diff)
    parts = [f"{_heading(diff)}\n", table_text(titles, rows, options) if rows else " Nothing is different.\n"]
    if lines := _verdict_lines(diff):
        parts.append(table_text(_VERDICT_TITLES, lines, options, figures={3}))
    parts += [remark(line, options) for line in _below(diff)]
    return "\n".join(parts)


def _markdown(diff: Diff) -> str:
    titles, rows = _lines(diff)
    parts = [
        f"**{escape_markdown(_heading(diff))}**\n",
        markdown_text(titles, rows) if rows else "Nothing is different.\n",
    ]
    if lines := _verdict_lines(diff):
        parts.append(markdown_text(_VERDICT_TITLES, lines, figures=(3,)))
    parts += [f"{line}\n" for line in _below(diff)]
    return "\n".join(parts)
