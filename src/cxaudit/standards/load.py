"""Reads a standards file: text in, the resolved promise out, or one error that names every problem of the file.

Without a path it is the built-in copy: the `standards.yaml` at the top of the project, which the wheel carries along.
Source: the standards file's form.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from cxaudit.errors import StandardsError
from cxaudit.spelling import nearest
from cxaudit.standards.model import Standards

if TYPE_CHECKING:
    from cxaudit.standards.resolve import Complaints

BUILT_IN = "built-in"
MAX_BYTES = 1_000_000


def load(path: Path | None = None, also: Complaints | None = None) -> Standards:
    """The standards of a file, or the built-in ones, also by their name. What `also` finds in the calendar is named with all
    other errors."""
    if path is None or (str(path) == BUILT_IN and not path.exists()):
        return _read(built_in_bytes(), BUILT_IN, also)
    return _read(_file_bytes(path), str(path), also)


def loads(text: str, name: str) -> Standards:
    """The standards of a text; `name` is what errors call it."""
    return _read(text.encode("utf-8", "surrogatepass"), name)


def _read(content: bytes, name: str, also: Complaints | None = None) -> Standards:
    from cxaudit.standards.resolve import resolve

    if len(content) > MAX_BYTES:
        raise StandardsError(f"{name} is larger than {MAX_BYTES:,} bytes; that is no standards file.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise StandardsError(f"{name}:{line}: the file is not UTF-8; save it as UTF-8.") from error
    return resolve(text, name, hashlib.sha256(content).hexdigest(), also)


def built_in_bytes() -> bytes:
    """The standards file that is used where there is no other."""
    packaged = files("cxaudit.standards") / "standards.yaml"
    if packaged.is_file():
        return packaged.read_bytes()
    return (Path(__file__).parents[3] / "standards.yaml").read_bytes()


def _file_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise StandardsError(f"{path} is a folder, not a standards file.")
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise StandardsError(f"{path} does not exist.\n{_instead_of(path)}") from error
    except OSError as error:
        raise StandardsError(f"{path} cannot be read: {error.strerror or error}.") from error


def _instead_of(path: Path) -> str:
    """What was meant, or how to get a file."""
    beside = sorted(one.name for one in path.parent.glob("*.y*ml")) if path.parent.is_dir() else []
    if near := nearest(path.name, [*beside, BUILT_IN]):
        return f"Did you mean {near if near == BUILT_IN else path.parent / near}?"
    return f"Run `cxaudit standards init {path}` to write a starter file."
