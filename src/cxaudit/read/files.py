"""Find files: arguments of the command line in, files out, sorted, each content once.

Patterns and folders are expanded here on every system, so that `exports/*.csv` means the same under cron, in a shell and on
Windows.
"""

from __future__ import annotations

import glob
import hashlib
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NoReturn

from cxaudit.errors import InputError
from cxaudit.read.unpack import EXTENSIONS, STANDARD_INPUT, standard_input, unpack
from cxaudit.spelling import nearest

#: About how much smaller a packed file is than its text.
PACKED = 8
#: How Excel names the file that marks another one as open, with the name of whoever opened it and nothing else.
_LOCK = "~$"
_BEGINNING = 1 << 12  # bytes by which files are told apart that are as long as each other
_HIDDEN = (".", _LOCK)
_LEFT_BY_WINDOWS = ("thumbs.db", "desktop.ini")
#: What lies beside exports and is none, as everybody knows: pages and papers, and the standards.
_NO_EXPORTS = (".html", ".htm", ".pdf", ".md", ".json", ".ics", ".yaml", ".yml")


@dataclass(frozen=True)
class FoundFiles:
    """The files to read with the names to show, and those left out because another has the same content.

    What was packed, and standard input, is read from scratch files; `originals` are the files as they were named.
    """

    files: dict[Path, str]
    same_content: dict[str, str]  # name left out -> name read
    originals: tuple[Path, ...] = ()
    left_aside: tuple[str, ...] = ()  # members of archives that are not named like exports
    other_files: tuple[str, ...] = ()  # files in folders that are not


def find_files(arguments: Iterable[str]) -> FoundFiles:
    """Expand files, patterns, folders and archives; `-` is standard input.

    Raises `InputError` for what does not exist, for a pattern that nothing matches, and for a folder without exports.
    """
    named = list(dict.fromkeys(arguments))
    expanded = [_expand(argument) for argument in named if argument != "-"]
    found = {path for one in expanded for path in one.exports}
    others = {path for one in expanded for path in one.others} - found
    ordered = sorted((path for path in found if not _is_lock(path)), key=lambda p: p.parts)
    if found and not ordered:
        path = min(found)
        raise InputError(
            f"{path} only marks that {path.name.removeprefix(_LOCK)} is open in another program.\nName that file itself."
        )
    names = _short_names(sorted({*ordered, *others}, key=lambda p: p.parts))
    packed = [(path, names[path]) for path in ordered]
    if "-" in named:
        packed.append((standard_input(), STANDARD_INPUT))
    unpacked = [unpack(path, name) for path, name in packed]
    plain = dict(file for one in unpacked for file in one.files)
    files: dict[Path, str] = {}
    same: dict[str, str] = {}
    for path, twin in _first_with_content(list(plain)).items():
        if twin == path:
            files[path] = plain[path]
        else:
            same[plain[path]] = plain[twin]
    left_aside = tuple(name for one in unpacked for name in one.left_aside)
    other_files = tuple(names[path] for path in sorted(others, key=lambda p: p.parts))
    return FoundFiles(files, same, tuple(ordered), left_aside, other_files)


def size_of(path: Path) -> int:
    """About how many bytes of text a file holds: workbooks and Parquet files are packed."""
    with path.open("rb") as file:
        is_packed = file.read(4) in (b"PK\x03\x04", b"PAR1")
    return path.stat().st_size * (PACKED if is_packed else 1)


class _Expanded(NamedTuple):
    """What an argument stands for, and what else lies in its folders."""

    exports: list[Path]
    others: list[Path]


def _expand(argument: str) -> _Expanded:
    if not argument:
        raise InputError(
            "the name of a file is empty.\nIf a variable of a script should hold it, that one was not set."
        )
    path = Path(argument)
    if path.is_file():
        return _Expanded([path], [])
    if path.is_dir():
        found = _in_folder(path)
        if not found.exports:
            raise InputError(
                f"{argument} holds no exports.\nExpected files ending in {', '.join(EXTENSIONS)}. "
                "Name the files one by one if they end otherwise."
            )
        return found
    if glob.has_magic(argument):
        return _matching(argument)
    if path.is_symlink():
        raise _dangling(path)
    if path.exists():
        raise InputError(f"{argument} is neither a file nor a folder.")
    raise InputError(f"there is no file {argument}.{_near(path)}")


def _matching(pattern: str) -> _Expanded:
    """What a pattern matches: files, and folders with what they hold, as where a shell expands it."""
    found = _Expanded([], [])
    for path in map(Path, glob.glob(pattern, recursive=True)):
        if path.is_dir():
            within = _in_folder(path)
            found.exports.extend(within.exports)
            found.others.extend(within.others)
        elif path.is_file():
            found.exports.append(path)
        elif path.is_symlink():
            raise _dangling(path)
    if not found.exports:
        raise InputError(f"no file matches {pattern} in {Path.cwd()}.\nCheck the folder and the spelling.")
    return found


def _in_folder(folder: Path) -> _Expanded:
    """The exports in a folder and below it, also behind links; hidden ones are not looked at.

    Raises `InputError` for a folder that cannot be read and for a link that leads nowhere.
    """
    found, seen = _Expanded([], []), set()
    for place, folders, names in os.walk(folder, onerror=_refuse, followlinks=True):
        state = Path(place).stat()
        is_seen = (state.st_dev, state.st_ino) in seen  # a link back, or two ways to the same folder
        seen.add((state.st_dev, state.st_ino))
        folders[:] = [] if is_seen else sorted(name for name in folders if not name.startswith(_HIDDEN))
        for name in () if is_seen else names:
            path = Path(place, name)
            if name.startswith(_HIDDEN) or name.lower() in _LEFT_BY_WINDOWS:
                continue
            is_export = name.lower().endswith(EXTENSIONS)
            if is_export and path.is_symlink() and not path.exists():
                raise _dangling(path)
            if is_export and path.is_file():
                found.exports.append(path)
            elif path.suffix.lower() not in _NO_EXPORTS:
                found.others.append(path)
    return found


def _refuse(error: OSError) -> NoReturn:
    raise InputError(f"{error.filename} cannot be read: {error.strerror}.") from error


def _dangling(path: Path) -> InputError:
    return InputError(
        f"{path} is a link to {path.readlink()}, which is not there.\n"
        "Connect the drive that holds it, or remove the link."
    )


def _is_lock(path: Path) -> bool:
    return path.name.startswith(_LOCK)


def _near(path: Path) -> str:
    """A good guess at what was meant."""
    if not path.parent.is_dir():
        return f"\nThere is no folder {path.parent} either."
    names = sorted(p.name for p in path.parent.iterdir())
    guess = nearest(path.name, names)
    return f"\nDid you mean {path.parent / guess}?" if guess else ""


def _short_names(paths: list[Path]) -> dict[Path, str]:
    """File names, with as much of the folders before them as tells them apart."""
    names: dict[Path, str] = {}
    for path in paths:
        for length in range(1, len(path.parts) + 1):
            tail = path.parts[-length:]
            if sum(other.parts[-length:] == tail for other in paths) == 1:
                break
        names[path] = "/".join(tail).removeprefix("//")
    return names


def _first_with_content(paths: list[Path]) -> dict[Path, Path]:
    """Each file and the first file with the same bytes (itself, as a rule). Only files are hashed that are as long as another
    one, and begin alike."""
    alike: dict[tuple[int, bytes], list[Path]] = {}
    sizes = {path: path.stat().st_size for path in paths}
    n_of_size = Counter(sizes.values())
    for path, size in sizes.items():
        alike.setdefault((size, _beginning(path) if n_of_size[size] > 1 else b""), []).append(path)
    first: dict[Path, Path] = {}
    for group in alike.values():
        seen: dict[bytes, Path] = {}
        for path in group:
            first[path] = seen.setdefault(_digest(path) if len(group) > 1 else b"", path)
    return {path: first[path] for path in paths}


def _beginning(path: Path) -> bytes:
    with path.open("rb", buffering=0) as file:
        return file.read(_BEGINNING)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
