"""What `verify` found: each thing that the manifest records beside what is there now, and what a difference may mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cxaudit.render.options import RenderOptions
from cxaudit.render.rows import ROW_FORMATS, data_text, markdown_text, table_text
from cxaudit.render.words import counted, utf8, visible

VERIFY_FORMATS = ROW_FORMATS
#: Columns of `verify --format csv`.
VERIFY_COLUMNS = ("what", "name", "recorded", "found", "outcome")
_TITLES = ("What", "Name", "Recorded", "Found", "Outcome")
_SHORT_HASH = 12


@dataclass(frozen=True)
class Compared:
    """One thing: a version, a hash, a figure; None where it is not there."""

    what: str
    name: str
    recorded: str | None
    found: str | None

    @property
    def is_same(self) -> bool:
        return self.recorded == self.found

    @property
    def outcome(self) -> str:
        if self.is_same:
            return "same"
        return "differs" if self.recorded and self.found else "missing" if self.recorded else "added"


#: What differs -> what that may mean, the likeliest cause first.
_MEANINGS = {
    "input": "Another export than the report was made from: corrected since, exported anew, or not the same files.",
    "standards": "The promise or its calendar was changed since.",
    "customers list": "The list of customers was changed since: calls and e-mails may be joined otherwise.",
    "earlier tally": "A report of an earlier month was made anew, removed or damaged; that moves the run chart.",
    "version": "Another version may count holidays or time zones otherwise: compare the figures.",
    "version of a renderer": "Pages, charts and workbooks may be drawn otherwise; figures are not touched.",
    "file of the report": "A file of the report was changed, or removed, after it was written.",
    "figure": "The report would say something else today, or the manifest was changed.",
    "finding": "The input would be told otherwise today, or the manifest was changed.",
    "use of rows": "Rows of the input would be used otherwise today, or the manifest was changed.",
    "how it was read": "The input would be read otherwise today, or the manifest was changed.",
    "closed day": "Holidays or closed days are known otherwise today, or the manifest was changed.",
    "input of the same content": "A copy of another input was added or left out; no figure depends on it.",
    "time zone": "Times would be read otherwise today, or the manifest was changed.",
    "file made again": "The file would hold other bytes today.",
}
_RENAMED = "The same exports under other names."


def render_verify(found: Sequence[Compared], form: str, options: RenderOptions) -> Iterator[bytes]:
    """The comparison in one of VERIFY_FORMATS."""
    match form:
        case "table":
            yield utf8(table_text(_TITLES, [_cells(one) for one in found], options))
        case "markdown":
            yield utf8(markdown_text(_TITLES, [_cells(one) for one in found]))
        case _:
            rows = [{name: getattr(one, name) for name in VERIFY_COLUMNS} for one in found]
            yield utf8(data_text(VERIFY_COLUMNS, rows, form, escape=options.escape))


def advice(found: Iterable[Compared]) -> Iterator[str]:
    """Whether all is the same, and what the differences may mean."""
    everything = list(found)
    differing = [one for one in everything if not one.is_same]
    if not differing:
        yield f"Everything is as the manifest says: {counted(len(everything), 'comparison')}."
        return
    yield f"{counted(len(differing), 'difference')} in {counted(len(everything), 'comparison')}:"
    for what, meaning in _MEANINGS.items():
        names = [visible(one.name) for one in differing if one.what == what]
        if names:
            said = _RENAMED if what == "input" and _are_renamed(differing) else meaning
            yield f"  {what}: {', '.join(names)}. {said}"
    if not any(one.what == "figure" for one in differing):
        yield "The figures are the same."


def _are_renamed(differing: Sequence[Compared]) -> bool:
    """Whether the inputs that differ are the same files under other names."""
    inputs = [one for one in differing if one.what == "input"]
    recorded, found = (
        sorted(filter(None, hashes)) for hashes in zip(*((one.recorded, one.found) for one in inputs), strict=True)
    )
    return recorded == found


def _cells(one: Compared) -> list[str]:
    return [one.what, one.name, _short(one.recorded), _short(one.found), one.outcome]


def _short(value: str | None) -> str:
    """A hash by its beginning, as people compare them."""
    return "–" if value is None else f"{value[:_SHORT_HASH]}…" if len(value) == 64 else value
