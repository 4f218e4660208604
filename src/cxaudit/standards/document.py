"""YAML without its traps: text in, a tree of plain text, lists and mappings out, with the place of every entry.

No scalar is ever interpreted (`16:30` is not 990, `no` is not False, `2025-02-30` is left to the date parser), equal
keys are an error, aliases and tags are refused, and depth is bounded. Source: the standards file's form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from cxaudit.errors import StandardsError

Path = tuple[str | int, ...]
Tree = str | None | list["Tree"] | dict[str, "Tree"]

MAX_DEPTH = 20
#: How YAML writes "nothing here".
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where, and what to write instead."""

    line: int
    column: int
    path: Path
    message: str


@dataclass
class Document:
    """A file as it was read, and what is wrong with it so far."""

    name: str
    tree: Tree = None
    entries: dict[Path, tuple[int, int]] = field(default_factory=dict)  # where an entry begins: its key, or its item
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)  # where its value begins
    problems: list[Problem] = field(default_factory=list)
    refused: set[Path] = field(default_factory=set)  # values that were not read, so that nothing more is said of them

    def report(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Adds a problem at an entry, or at the nearest thing around it that the file has."""
        places = self.entries if at_key else self.values
        known = path
        while known not in places:
            known = known[:-1]
        if known not in self.refused:
            self.problems.append(Problem(*places[known], known, message))

    def is_sound(self, *paths: Path) -> bool:
        """Whether nothing is wrong at, in or around these entries, so that what follows from them can be judged."""
        wrong = [problem.path for problem in self.problems]
        return not any(path[: len(bad)] == bad or bad[: len(path)] == path for path in paths for bad in wrong if bad)

    def line(self, path: Path) -> int:
        """The line on which an entry begins."""
        return self.entries[path][0]

    def stop_if_wrong(self) -> None:
        """Raises one error with every problem, in the order of the file."""
        if self.problems:
            in_order = sorted(set(self.problems), key=_order)
            raise StandardsError("\n".join(_sentence(self.name, problem) for problem in in_order))


def _order(problem: Problem) -> tuple[int, int, str, str]:
    return problem.line, problem.column, path_text(problem.path), problem.message


def _sentence(name: str, problem: Problem) -> str:
    where = path_text(problem.path)
    message = f"{name}:{problem.line}:{problem.column}: {where + ': ' if where else ''}{problem.message}"
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in message)


def path_text(path: Path) -> str:
    """A path as people write it.

    >>> path_text(("standards", 0, "channels", "email"))
    'standards[0].channels.email'
    """
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")


def quoted(value: Tree) -> str:
    """What was found, in words short enough for a message."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}…"'
    return "nothing" if value is None else "a list" if isinstance(value, list) else "a mapping"


def read_document(text: str, name: str) -> Document:
    """Reads one YAML document; broken syntax is raised at once, since nothing after it can be trusted."""
    document = _blank(name)
    try:
        document.tree = _Reader(document, iter(yaml.parse(text, Loader=yaml.SafeLoader))).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if (opened := _open_quote(text, mark)) is not None:
            place = f"{name}:{opened.line + 1}:{opened.column + 1}"
            raise StandardsError(f"{place}: this is not YAML: a quote that is opened here is not closed.") from error
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise StandardsError(f"{place}: this is not YAML: {_syntax(error)}") from error
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = f"{name}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
        raise StandardsError(f"{place}: the character U+{ord(text[error.position]):04X} may not stand here.") from error
    return document


def _open_quote(text: str, broken: yaml.Mark | None) -> yaml.Mark | None:
    """Where a quote begins that was not closed: the text breaks at its end, or in the line in which the next quote ends it."""
    opened = None
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                start, end = token.start_mark, token.end_mark
                is_ended_there = broken is not None and start.line < end.line == broken.line
                opened = start if is_ended_there else opened
    except yaml.MarkedYAMLError as error:
        if error.context == "while scanning a quoted scalar":
            return error.context_mark
    return opened


def _syntax(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "it cannot be read"
    if "'\\t'" in problem:
        return "a tab where only blanks may stand; indent with blanks."
    if "mapping values are not allowed" in problem:
        return 'a colon that is not expected here; check the indentation, or put text with ": " into quotes.'
    context = f" ({error.context})" if error.context else ""
    return f"{problem}{context}; check the indentation, quotes and brackets around this place."


class _Reader:
    """Builds the tree from the parser's events, noting the place of everything."""

    def __init__(self, document: Document, events: Iterator[yaml.Event]) -> None:
        self.document = document
        self.events = events

    def read(self) -> Tree:
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        tree = self.value(next(self.events), ())
        next(self.events)
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self._refused(after, "a second document begins here; keep one")
        return tree

    def value(self, event: yaml.Event, path: Path) -> Tree:
        self.document.values[path] = _place(event)
        self.document.entries.setdefault(path, _place(event))
        if len(path) > MAX_DEPTH:
            raise self._refused(
                event, f"more than {MAX_DEPTH} levels of lists and mappings; no part of the form is so deep"
            )
        if isinstance(event, yaml.AliasEvent):
            self.document.report(
                path, f'"*{event.anchor}" stands for another value, which is not allowed; write the value itself'
            )
            self.document.refused.add(path)
            return None
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            self.document.report(path, f'"{event.tag}" is a YAML tag, which is not allowed; write the plain value')
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        assert isinstance(event, yaml.ScalarEvent)
        return None if event.implicit[0] and event.value in _NOTHING else str(event.value)

    def _sequence(self, path: Path) -> Tree:
        items: list[Tree] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> Tree:
        mapping: dict[str, Tree] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refused(event, "a key must be plain text")
            key = (*path, event.value)
            if event.value in mapping:
                again = _Reader(_blank(""), self.events).value(next(self.events), ())
                message = f'the key "{event.value}" is on line {self.document.line(key)} already; '
                message += _one_of_two(event.value, mapping[event.value], again)
                self.document.problems.append(Problem(*_place(event), key, message))
            else:
                self.document.entries[key] = _place(event)
                mapping[event.value] = self.value(next(self.events), key)
        return mapping

    def _refused(self, event: yaml.Event, message: str) -> StandardsError:
        line, column = _place(event)
        return StandardsError(f"{self.document.name}:{line}:{column}: {message}.")


def _one_of_two(key: str, first: Tree, again: Tree) -> str:
    """What to do about a key that is there twice: of two lists of named entries that share none, one may be made.

    >>> _one_of_two("sources", {"permits": {"channel": "email"}}, {"letters": {"channel": "letter"}})
    'put what is below both under one "sources:"'
    >>> _one_of_two("email", {"within": "1 day"}, {"within": "2 days"})
    'keep one of the two'
    """
    if not isinstance(first, dict) or not isinstance(again, dict) or first.keys() & again.keys():
        return "keep one of the two"
    are_entries = all(isinstance(value, dict) for value in (*first.values(), *again.values()))
    return f'put what is below both under one "{key}:"' if are_entries else "keep one of the two"


def _blank(name: str) -> Document:
    return Document(name, None, {(): (1, 1)}, {(): (1, 1)})


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
