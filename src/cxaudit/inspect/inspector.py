"""Inspect files: what each is taken for and why, without judging them; the guess for a layout that nothing fits.

One file that cannot be read or dated does not hide the others. Source: DESIGN, sections 5 and 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from cxaudit.audit import Audit, Question
from cxaudit.errors import InputError
from cxaudit.findings import Finding
from cxaudit.inspect.columns import recognised
from cxaudit.inspect.hours import HOURS
from cxaudit.inspect.model import Counted, Inspection
from cxaudit.model import InputFile
from cxaudit.read import FoundFiles, Table, find_files, open_tables
from cxaudit.read.parquet import require_sound
from cxaudit.recognise.cells import cells_of
from cxaudit.recognise.guess import Guess, guess_layout
from cxaudit.recognise.layout import (
    LEAVE_OUT,
    Layout,
    channel_advice,
    describe_unknown,
    likely_header,
    recognise_layout,
)
from cxaudit.recognise.library import known_sources, winning_sources
from cxaudit.recognise.lists import own_lists
from cxaudit.recognise.order import settle_orders
from cxaudit.recognise.proof import Proof, order_advice, prove_format
from cxaudit.recognise.proposal import proof_words, proposals
from cxaudit.recognise.requests import DATE_ROLES, is_aside
from cxaudit.standards import Standards
from cxaudit.standards.load import BUILT_IN
from cxaudit.standards.source import Role, SourceMapping

_Key = tuple[str, str | None]  # the name of a file and of its sheet
#: Stands for the channel of files that do not say it: they can be counted all the same.
_NO_CHANNEL = "(not said)"
_OTHER = "It is not named like an export. If it is one, rename it."
_OWN_LIST = "cxaudit itself wrote this list. Beside exports it is left aside, or its requests would count twice."


@dataclass(frozen=True)
class _Unknown:
    """One table that no layout fits, and the layout that may."""

    table: Table
    guess: Guess


@dataclass
class _Seen:
    """One table that a layout fits."""

    path: Path
    table: Table
    layout: Layout
    rows: pl.LazyFrame
    proofs: dict[Role, Proof] = field(default_factory=dict)
    problem: str | None = None

    @property
    def key(self) -> _Key:
        return self.table.file, self.table.sheet


def layouts(standards: Standards) -> dict[str, SourceMapping]:
    """Every layout that a file may have, by name."""
    return known_sources(standards)


def inspect_files(arguments: Sequence[str], question: Question) -> tuple[list[Inspection], tuple[Path, ...]]:
    """Every table of these files, in the order of the input; and the files. Raises `InputError` only where none is found."""
    found = find_files(arguments)
    known = known_sources(question.standards)
    opened = {path: _opened(path, name) for path, name in found.files.items()}
    readable = {path: tables for path, tables in opened.items() if isinstance(tables, list)}
    own = [] if question.source else own_lists(readable, lambda one: _layout_of(one, known, question) is not None)
    looked = [
        one
        for path, name in found.files.items()
        if path not in own
        for one in _look(path, name, opened[path], known, question)
    ]
    unknown = [one for one in looked if isinstance(one, _Unknown)]
    guessed = iter(_guessed(unknown, question))
    seen = [one for one in looked if isinstance(one, _Seen)]
    settle_orders(seen)
    for one in seen:
        one.problem = _date_problem(one) or _channel_problem(one, question)
    counted, findings = _count(seen, found.files, question)
    told = [
        _inspection(one, counted.get(one.key), findings.get(one.key, ())) if isinstance(one, _Seen)
        else next(guessed) if isinstance(one, _Unknown) else one
        for one in looked
    ]  # fmt: skip
    aside = [
        *(_aside(found.files[path], _OWN_LIST) for path in own),
        *(_twin(name, twin) for name, twin in found.same_content.items()),
        *(_aside(name, _OTHER) for name in (*found.left_aside, *found.other_files)),
    ]
    return [*told, *aside], found.originals


def _opened(path: Path, name: str) -> list[Table] | InputError:
    """The tables of a file, read to its end: what is looked at first may be sound, or seem so in one run of many."""
    try:
        tables = list(open_tables(path, name))
        require_sound(path, name)
    except InputError as error:
        return error
    return tables


def _aside(name: str, why: str) -> Inspection:
    return Inspection(name, None, None, None, None, None, None, (), why, is_left_aside=True)


def _twin(name: str, twin: str) -> Inspection:
    return replace(_aside(name, f"It has the same content as {twin} and is read once."), same_as=twin)


def _look(
    path: Path, name: str, opened: list[Table] | InputError, known: dict[str, SourceMapping], question: Question
) -> Iterator[_Seen | _Unknown | Inspection]:
    if isinstance(opened, InputError):
        yield Inspection(name, None, None, None, None, None, None, (), str(opened), is_readable=False)
        return
    for table in opened:
        try:
            layout = _layout_of(table, known, question)
        except InputError as error:
            yield _refused(table, str(error))
            continue
        if layout is None:
            guess = guess_layout(table, known)
            if guess and guess.received:
                yield _Unknown(table, guess)
            else:
                yield _refused(table, f"{describe_unknown(table, None)}\n{LEAVE_OUT}")
        else:
            yield _seen(path, table, layout)


def _layout_of(table: Table, known: dict[str, SourceMapping], question: Question) -> Layout | None:
    return recognise_layout(table, known, winning_sources(question.standards), question.source)


def _seen(path: Path, table: Table, layout: Layout) -> _Seen:
    rows = table.body(layout.header[0], layout.width)
    data = rows.filter(~is_aside(layout))
    dated = [role for role in layout.positions if layout.holds_moments(role) and role.endswith("_at")]
    declared = layout.mapping.date_format
    proofs = {role: prove_format(data.select("row", text=cells_of(layout, role)), declared) for role in dated}
    return _Seen(path, table, layout, rows, proofs)


def _guessed(unknown: Sequence[_Unknown], question: Question) -> Iterator[Inspection]:
    """The guesses, to be pasted together, and what to do with them."""
    advice = "Check the guess below, and paste it into the standards file."
    if question.standards.file == BUILT_IN:
        advice += "\nNone of your own is in use: `cxaudit standards init --built-in` writes the built-in one to standards.yaml."
    elif question.standards.sources:
        advice += "\nThat has a line `sources:` already: paste what is below this one under that one."
    for one, text in zip(unknown, proposals([one.guess for one in unknown]), strict=True):
        said = "no known layout fits it"
        if one.guess.log_by:
            said += "; its rows look like calls or events, not requests"
        elif one.guess.parts:
            said += "; its rows look like calls or messages, which are paired into requests"
        yield _refused(one.table, f"{said}.\n{advice}", text)


def _refused(table: Table, problem: str, guess: str | None = None) -> Inspection:
    header = likely_header(table)
    row = header[0] if header else None
    return Inspection(table.file, table.sheet, table.encoding, table.delimiter, row, None, None, (), problem, guess)


def _date_problem(one: _Seen) -> str | None:
    """Why the times of a table cannot be read."""
    for role in (*DATE_ROLES, "closed_at"):
        proof = one.proofs.get(role)
        if proof is not None and proof.is_ambiguous:
            return (
                f'"{one.layout.names[role]}" is {proof_words(proof)}, and no value settles it.\n'
                f"{order_advice(one.layout.source, proof)}"
            )
        if proof is not None and proof.is_open:
            return (
                f'"{one.layout.names[role]}" holds no times that one format explains; one of them is "{proof.example}".'
            )
    return None


def _channel_problem(one: _Seen, question: Question) -> str | None:
    if one.layout.tells_channel or question.channel:
        return None
    return f"no column says how its requests came in.\n{channel_advice(one.layout)}"


def _count(
    seen: Sequence[_Seen], names: dict[Path, str], question: Question
) -> tuple[dict[_Key, Counted], dict[_Key, tuple[Finding, ...]]]:
    """The rows and findings of the tables that can be read: all together, or one by one where that fails."""
    stopped = {one.path for one in seen if _date_problem(one) is not None}
    files = {one.path: names[one.path] for one in seen if one.path not in stopped}
    counted: dict[_Key, Counted] = {}
    findings: dict[_Key, tuple[Finding, ...]] = {}
    stops: dict[Path, str] = {}
    for group in _groups(files, question, stops):
        for table, one in _counted(group):
            key = table.file, table.sheet
            counted[key] = one
            said = [
                found for found in group.findings if found.file == table.file and found.sheet in (None, table.sheet)
            ]
            findings[key] = tuple(found for found in said if found.values != (_NO_CHANNEL,))
    for table_seen in seen:
        table_seen.problem = table_seen.problem or stops.get(table_seen.path)
    return counted, findings


def _groups(files: dict[Path, str], question: Question, stops: dict[Path, str]) -> Iterator[Audit]:
    question = replace(question, channel=question.channel or _NO_CHANNEL)
    if not files:
        return
    try:
        yield Audit(FoundFiles(files, {}), question)
    except InputError as error:
        if len(files) == 1:
            stops.update(dict.fromkeys(files, str(error)))
            return
        for path, name in files.items():
            yield from _groups({path: name}, question, stops)


def _counted(audit: Audit) -> Iterator[tuple[InputFile, Counted]]:
    rows = audit.judged.lazy()
    spans = rows.group_by("table").agg(first=pl.col("received_at").min(), last=pl.col("received_at").max())
    by_table = {table: (first, last) for table, first, last in spans.collect(engine="streaming").iter_rows()}
    timed = rows.filter(~pl.col("received_is_date"))
    hours = timed.group_by("table", hour=pl.col("received_at").dt.hour()).len().collect(engine="streaming")
    n = {(table, hour): count for table, hour, count in hours.iter_rows()}
    for i, table in enumerate(audit.inputs):
        first, last = by_table.get(i, (None, None))
        yield table, Counted(table.fates, first, last, tuple(n.get((i, hour), 0) for hour in range(HOURS)))


def _inspection(one: _Seen, counted: Counted | None, findings: tuple[Finding, ...]) -> Inspection:
    table, layout = one.table, one.layout
    return Inspection(
        file=table.file,
        sheet=table.sheet,
        encoding=table.encoding,
        delimiter=table.delimiter,
        header_row=layout.header[0],
        recognised=recognised(one.layout, one.proofs),
        counted=counted,
        findings=findings,
        problem=one.problem,
    )
