"""A place in a standards file: a value with its path, which reports what is wrong with it where it stands.

A place that is missing or has the wrong shape reads as empty: `schema.py` has already said so.
Source: the standards file's form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cxaudit.standards.document import Document, Path, Tree, quoted

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """One value of the document."""

    document: Document
    path: Path = ()
    tree: Tree = None

    def at(self, *keys: str) -> Place:
        """The value under a key, which may be absent."""
        place = self
        for key in keys:
            inner = place.tree.get(key) if isinstance(place.tree, dict) else None
            place = Place(place.document, (*place.path, key), inner)
        return place

    def entries(self) -> list[Place]:
        """The values of a mapping, in file order."""
        return [self.at(key) for key in self.tree] if isinstance(self.tree, dict) else []

    def items(self) -> list[Place]:
        """The items of a list."""
        items = self.tree if isinstance(self.tree, list) else []
        return [Place(self.document, (*self.path, position), item) for position, item in enumerate(items)]

    @property
    def key(self) -> str:
        return str(self.path[-1])

    @property
    def text(self) -> str | None:
        return self.tree if isinstance(self.tree, str) else None

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(item.text for item in self.items() if item.text)

    @property
    def is_given(self) -> bool:
        return self.tree is not None

    @property
    def line(self) -> int:
        """The line on which this entry begins."""
        return self.document.line(self.path)

    @property
    def order(self) -> tuple[int, int]:
        """Sorts entries as they stand in the file."""
        return self.document.entries[self.path]

    def is_sound(self) -> bool:
        return self.document.is_sound(self.path)

    def read(self, parse: Callable[[str], T]) -> T | None:
        """The value that the text stands for; None where there is none, or it is wrong and now reported."""
        try:
            return None if self.text is None else parse(self.text.strip())
        except ValueError as error:
            self.wrong(f"{quoted(self.text)} {error}")
            return None

    def read_key(self, parse: Callable[[str], T]) -> T | None:
        """The same for the key of an entry."""
        try:
            return parse(self.key.strip())
        except ValueError as error:
            self.wrong_key(f"{quoted(self.key)} {error}")
            return None

    def wrong(self, message: str) -> None:
        self.document.report(self.path, message)

    def wrong_key(self, message: str) -> None:
        self.document.report(self.path, message, at_key=True)
