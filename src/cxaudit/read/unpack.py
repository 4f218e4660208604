"""Unpack: `.gz`, `.zip` and standard input into scratch files, so that all else sees plain files.

A member of an archive is shown as `exports.zip/october.csv`. What unpacks to absurd sizes is refused, as is what is damaged,
cut off, or protected by a password.
"""

from __future__ import annotations

import gzip
import re
import shutil
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from cxaudit.errors import InputError
from cxaudit.read.scratch import making_room, scratch_file

STANDARD_INPUT = "standard input"
#: What is looked for in a folder and in an archive.
EXTENSIONS = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".parquet", ".gz", ".zip")
#: How Python reads bytes of a name that are no letters.
_NO_UTF8 = re.compile("[\ud800-\udfff]")
_CHUNK = 1 << 22
_DEPTH = 3  # a .csv.gz in a .zip in a .zip
#: No export shrinks to less than a two-hundredth; below so many bytes it does not matter.
_MOST_RATIO, _FREE_BYTES = 200, 1 << 26
_SPARE_ROOM = 1 << 28  # bytes of the disk that stay free
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)


@dataclass
class Unpacked:
    """The plain files with the names to show, and the members of archives that are no exports."""

    files: list[tuple[Path, str]] = field(default_factory=list)
    left_aside: list[str] = field(default_factory=list)


def unpack(path: Path, name: str, depth: int = 0) -> Unpacked:
    """A file as it is, or what is packed in it. Raises `InputError` for what cannot be unpacked.

    polars finds only what has a name in UTF-8; of another name the bytes that are none are shown as `\\xff`.
    """
    name = _NO_UTF8.sub(lambda found: f"\\x{ord(found[0]) & 0xFF:02x}", name)
    kind = _kind(path, name)
    if kind is None:
        is_odd = _NO_UTF8.search(str(path)) is not None
        return Unpacked([(_copied(lambda: path.open("rb"), name, None) if is_odd else path, name)])
    if depth == _DEPTH:
        raise InputError(f"{name} is an archive within archives within archives.\nUnpack it and name the files in it.")
    if kind == "gz":
        return unpack(_copied(lambda: gzip.GzipFile(path), name, path.stat().st_size), name, depth + 1)
    return _members(path, name, depth)


def standard_input() -> Path:
    """A copy of standard input. Raises `InputError` if there is none."""
    if sys.stdin is None or sys.stdin.closed:
        raise InputError("there is no standard input to read.\nName the files, or pipe one into cxaudit.")
    return _copied(lambda: sys.stdin.buffer, STANDARD_INPUT, None)


def _kind(path: Path, name: str) -> str | None:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}.") from error
    if start.startswith(b"\x1f\x8b"):
        return "gz"
    if start not in (b"PK\x03\x04", b"PK\x05\x06"):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            return None if _is_document(archive.namelist(), name) else "zip"
    except zipfile.BadZipFile as error:
        if name.lower().endswith(".zip"):
            raise InputError(f"{name} is damaged or cut off ({error}).\nFetch it again.") from error
        return None


def _is_document(members: list[str], name: str) -> bool:
    """Whether a ZIP file is a workbook. Raises `InputError` for other documents that are ZIP files too."""
    if any(member.startswith(("word/", "ppt/")) for member in members) and "[Content_Types].xml" in members:
        raise InputError(f"{name} is a Word or PowerPoint document, not a CSV or Excel export.")
    if any(member.endswith(".iwa") for member in members):
        raise InputError(f"{name} is a document of Apple Numbers.\nExport it there as CSV or Excel, and try again.")
    return "[Content_Types].xml" in members or ("mimetype" in members and "content.xml" in members)


def _members(path: Path, name: str, depth: int) -> Unpacked:
    """The exports in an archive: what is named like one, or everything if nothing is."""
    found = Unpacked()
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if not one.is_dir() and not _is_hidden(one.filename)]
        exports = [one for one in members if one.filename.lower().endswith(EXTENSIONS)] or members
        if not exports:
            raise InputError(f"{name} is an empty archive.\nFetch it again, or leave it out.")
        seen: dict[str, int] = {}
        for member in sorted(exports, key=lambda one: _parts(one.filename)):
            inner = f"{name}/{'/'.join(_parts(member.filename))}"
            seen[inner] = seen.get(inner, 0) + 1
            inner += f" ({seen[inner]})" if seen[inner] > 1 else ""
            copy = _copied(_opener(archive, member, inner), inner, member.compress_size, member.file_size)
            unpacked = unpack(copy, inner, depth + 1)
            found.files += unpacked.files
            found.left_aside += unpacked.left_aside
        kept = {id(one) for one in exports}
        found.left_aside += sorted(f"{name}/{one.filename}" for one in members if id(one) not in kept)
    return found


def _opener(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Callable[[], IO[bytes]]:
    def open_member() -> IO[bytes]:
        if member.flag_bits & 1:
            raise InputError(f"{name} is protected by a password.\nUnpack it, and name the file in it.")
        try:
            return archive.open(member)
        except NotImplementedError as error:
            raise InputError(f"{name} is packed in a way that cannot be unpacked here.\nUnpack it yourself.") from error

    return open_member


def _parts(member: str) -> tuple[str, ...]:
    return tuple(part for part in member.replace("\\", "/").split("/") if part)


def _is_hidden(member: str) -> bool:
    return any(part.startswith((".", "~$", "__MACOSX")) for part in _parts(member))


def _copied(opened: Callable[[], IO[bytes] | gzip.GzipFile], name: str, packed: int | None, declared: int = 0) -> Path:
    """A scratch file with the content of a stream; `packed` and `declared` are its sizes, as far as they are known."""
    copy, size = scratch_file(), 0
    _refuse_bomb(name, declared, packed)
    try:
        with making_room(name), opened() as source, copy.open("wb") as target:
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                _refuse_bomb(name, size, packed)
                if size > _FREE_BYTES and shutil.disk_usage(copy.parent).free < _SPARE_ROOM:
                    raise InputError(f"{name} needs more room than there is in {copy.parent.parent}.")
                target.write(chunk)
    except _DAMAGED as error:
        raise InputError(f"{name} is damaged or cut off ({error}).\nFetch it again.") from error
    return copy


def _refuse_bomb(name: str, size: int, packed: int | None) -> None:
    if packed is not None and size > _FREE_BYTES and size > packed * _MOST_RATIO:
        raise InputError(
            f"{name} unpacks to over {size // 2**20:,} MB from {packed / 2**20:,.1f} MB, which no export does.\n"
            "If it is one, unpack it yourself and name the file."
        )
