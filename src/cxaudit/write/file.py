"""Bytes to a file, whole or not at all, or to standard output.

A reader never sees half a file: the bytes go to a new file in the same folder, reach the disk, and take the name at the
end. When anything fails, what stood there before still stands there, and nothing is left beside it.
"""

from __future__ import annotations

import errno
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from cxaudit.errors import InputError, UsageError

BOM = b"\xef\xbb\xbf"
CHUNK_BYTES = 1 << 20


def with_bom(data: bytes | Iterable[bytes]) -> Iterator[bytes]:
    """The mark by which Excel knows that a CSV file is UTF-8, then the data."""
    yield BOM
    yield from _chunks(data)


def write_bytes(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write a file whole or not at all; a device or a pipe is written to as it is.

    **Raises** UsageError when the place cannot be written to.
    """
    check_place(path)
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as device:
                _copy(data, device)
        else:
            # A link keeps pointing to its file, whose contents change.
            _replace(path.resolve(), data)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(_words(path, error)) from error


def write_standard_output(data: bytes | Iterable[bytes]) -> None:
    """Write to standard output; a reader that went away shows as BrokenPipeError.

    **Raises** UsageError where it takes nothing more.
    """
    try:
        _copy(data, sys.stdout.buffer)
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno == errno.EINVAL:  # how Windows tells of a closed pipe
            raise BrokenPipeError from error
        mute_standard_output()
        raise UsageError(f"cannot write to standard output: {error.strerror or error}.") from error


def mute_standard_output() -> None:
    """What could not be said is not tried again at the end."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - until the interpreter ends


def check_place(path: Path) -> None:
    """Say early, before any work, that a place cannot be written to.

    **Raises** UsageError.
    """
    try:
        obstacle = _obstacle(path)
    except OSError as error:
        raise UsageError(_words(path, error)) from error
    if obstacle:
        raise UsageError(f"cannot write {path}: {obstacle}")


def _obstacle(path: Path) -> str | None:
    if path.is_dir():
        return "it is a folder.\nGive the name of a file in it."
    if not path.parent.exists():
        return f"there is no folder {path.parent}.\nCreate it or write elsewhere."
    if not path.parent.is_dir():
        return f"{path.parent} is a file, not a folder."
    # Taking the name of a file asks no leave of that file; its owner's word counts all the same.
    if path.exists() and not os.access(path, os.W_OK):
        return "the file is read-only."
    return None


def _replace(path: Path, data: bytes | Iterable[bytes]) -> None:
    part = path.with_name(f".cxaudit-{secrets.token_hex(6)}.part")
    try:
        with part.open("xb") as output:
            _copy(data, output)
            os.fsync(output.fileno())
        if path.exists():
            part.chmod(path.stat().st_mode & 0o777)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _copy(data: bytes | Iterable[bytes], output: BinaryIO) -> None:
    for chunk in _chunks(data):
        output.write(chunk)
    output.flush()


def _chunks(data: bytes | Iterable[bytes]) -> Iterator[bytes]:
    for piece in (data,) if isinstance(data, bytes) else _read(data):
        for start in range(0, len(piece), CHUNK_BYTES):
            yield piece[start : start + CHUNK_BYTES]


def _read(data: Iterable[bytes]) -> Iterator[bytes]:
    """What is to be written, some of which is only read now: that this fails is not told of the place."""
    try:
        yield from data
    except OSError as error:
        raise InputError(f"the input cannot be read any more: {os_words(error)}") from error


def os_words(error: OSError) -> str:
    """What failed, and where: polars tells both in one text."""
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or next(iter(str(error).splitlines()), type(error).__name__)}."


def _words(path: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"cannot write {path}: no permission.\nIs it open in another program, or is the folder not yours?"
    return f"cannot write {path}: {error.strerror or error}."


def write_standard_error(text: str) -> None:
    """Write on standard error. Where it takes nothing, on a full disk for one, the outcome is still what it is."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - until the interpreter ends


def end_process(code: int) -> None:
    """End without taking the interpreter apart piece by piece, if all that was said is out; else leave that to Python."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
