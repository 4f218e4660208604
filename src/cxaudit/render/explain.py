"""Explanations as text for a terminal, as Markdown, and as data: the same facts in each.

JSON is an array with one object for each request; times are local, `YYYY-MM-DD HH:MM:SS`, a date without a time a date.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cxaudit.render.explain_view import lines
from cxaudit.render.explain_words import heading, sentences
from cxaudit.render.markdown import escape_markdown
from cxaudit.render.options import RenderOptions
from cxaudit.render.rows import markdown_text, table_text
from cxaudit.render.words import utf8, visible

if TYPE_CHECKING:
    from cxaudit.explain.model import Explanation

EXPLAIN_FORMATS = ("table", "json", "markdown")
_TITLES = ("What", "When", "Why")
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def render_explanations(explanations: Sequence[Explanation], form: str, options: RenderOptions) -> Iterator[bytes]:
    """All explanations, one after the other. `form` is one of EXPLAIN_FORMATS."""
    match form:
        case "json":
            document = [_data(why) for why in explanations]
            yield utf8(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        case "markdown":
            yield utf8("\n".join(_markdown(why) for why in explanations))
        case _:
            yield utf8("\n".join(_text(why, options) for why in explanations))


def _text(why: Explanation, options: RenderOptions) -> str:
    head = visible(heading(why))
    below = "".join(f"{line}\n" for said in sentences(why) for line in _wrapped(visible(said), options.width))
    title = f"{_BOLD}{head}{_PLAIN}" if options.colour else head
    return f"{title}\n\n{table_text(None, lines(why), options)}\n{below}"


def _wrapped(text: str, width: int | None) -> list[str]:
    if width is None:
        return [f" {text}"]
    return textwrap.wrap(text, width - 1, initial_indent=" ", subsequent_indent="   ")


def _markdown(why: Explanation) -> str:
    below = "".join(f"- {escape_markdown(visible(said))}\n" for said in sentences(why))
    return f"**{escape_markdown(visible(heading(why)))}**\n\n{markdown_text(_TITLES, lines(why))}\n{below}"


def _data(why: Explanation) -> dict[str, Any]:
    """The explanation as plain values, the verdict in words first of what is said about it."""
    facts = _plain(why)
    assert isinstance(facts, dict)
    return {"case_id": facts.pop("case_id"), "verdict": facts.pop("verdict"), "because": sentences(why)[0], **facts}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        facts = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        if facts.get("is_date") and facts["at"] is not None:
            facts["at"] = facts["at"][:10]
        return facts.pop("traced") | facts if "traced" in facts else facts
    match value:
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case dt.date():  # the first of all days stands for a scenario, in which a standard has no day of its own
            return value.isoformat() if value > dt.date.min else None
        case tuple():
            return [_plain(one) for one in value]
        case _:
            return value
