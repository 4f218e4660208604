"""`cxaudit standards diff`: what changed between two standards files, and how many verdicts that changes."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from cxaudit.audit import Audit
from cxaudit.commands.options import Input, Output
from cxaudit.compare.changes import VerdictChanges, tally_changes, verdict_changes
from cxaudit.days.calendar import complaints
from cxaudit.errors import UsageError
from cxaudit.lookup import value_at
from cxaudit.render.diff import Diff, render_diff
from cxaudit.render.notes import notes_of
from cxaudit.render.rows import ROW_FORMATS
from cxaudit.render.words import as_of_words, counted
from cxaudit.standards import Standards, load
from cxaudit.standards.diff import differences, version_on
from cxaudit.standards.values import parse_date

_DATED = re.compile(r"(.+)@([^@/\\]+)")


@dataclass(frozen=True)
class _Side:
    """One of the two: as it is compared, and as requests are judged under it."""

    standards: Standards
    in_trial: Standards


def standards_diff(before: str, after: str, given: Input, output: Output) -> int:
    """What changed, and with exports what it does to their verdicts."""
    form = output.chosen(ROW_FORMATS)
    output.check_places()
    output.spare_inputs((), *(_path_of(one)[0] for one in (before, after)))
    old, new = _side(before), _side(after)
    found = tuple(differences(old.standards, new.standards))
    if not given.files and (given.as_of or given.period or given.channel or given.source):
        raise UsageError("--as-of, --period, --channel and --source are about exports.\nName some after the two files.")
    verdicts = _verdicts(old.in_trial, new.in_trial, given, output) if given.files else None
    titles = {**old.standards.titles, **new.standards.titles}
    output.write(render_diff(Diff(before, after, found, verdicts, titles), form, output.options()), form)
    said = counted(len(found), "difference") if found else "nothing is different"
    output.say([f"Compared: {before} with {after}: {said}."])
    return 0


def _side(text: str) -> _Side:
    """A standards file as it is named: a path, `built-in`, or either of them with `@` and a date.

    The version of a date is tried on all requests, as `--standards-as-of` does: what would it have meant?
    """
    path, date = _path_of(text)
    standards = load(Path(path), complaints)
    if date is None:
        return _Side(standards, standards)
    try:
        day = parse_date(date)
    except ValueError as error:
        raise UsageError(
            f"{text}: {date} {error}.\nWrite FILE@2025-02-01 for the version in force on a day."
        ) from error
    alone = version_on(standards, day)
    (version,) = alone.versions
    return _Side(alone, replace(alone, versions=(replace(version, effective=dt.date.min),)))


def _path_of(text: str) -> tuple[str, str | None]:
    """The path, and the date behind it if it has one."""
    dated = None if Path(text).exists() else _DATED.fullmatch(text)
    return (dated[1], dated[2]) if dated else (text, None)


def _verdicts(old: Standards, new: Standards, given: Input, output: Output) -> VerdictChanges:
    """Judge the same exports under both; what is only to be said of the second run is said as such."""
    first = Audit(given.files, given.question(old, [], reject_cells=False))
    output.spare_inputs(first.paths)
    places = [(table.file, table.sheet) for table in first.inputs]
    before = _judged(first, places)
    question = given.question(new, [], reject_cells=False)
    second = Audit(given.files, question)
    tally = tally_changes(before, _judged(second, places))
    only_then = [
        replace(one, message=f"under the second file: {one.message}")
        for one in second.findings
        if one not in first.findings
    ]
    as_of = as_of_words(question.as_of.local, question.as_of.is_date)
    run = f"Run: {counted(first.n_requests, 'request')}, judged under both as of {as_of}"
    output.say(notes_of(first.inputs, run, [*first.findings, *only_then]))
    return verdict_changes(tally, {**new.titles, **old.titles})


def _judged(audit: Audit, places: list[tuple[str, str | None]]) -> pl.LazyFrame:
    """The verdicts, with tables numbered by their places, so that two runs number them alike."""
    own = [(table.file, table.sheet) for table in audit.inputs]
    places.extend(place for place in own if place not in places)
    table = value_at(pl.col("table"), [*map(places.index, own)], pl.UInt32())
    return audit.judged.select(table, "row", "channel", "verdict", "is_inside")
