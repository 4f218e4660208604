"""A folder of files, whole or not at all, and the lock that keeps two runs from writing at once.

The files go to a hidden folder beside the final one, reach the disk, and take its name at the end. What stood there before is
moved aside first and deleted last, so a run that is killed leaves the old folder or the new one; should it be killed in the
instant between the two moves, the next run puts the old one back. Source: DESIGN, section 1 ("whole or not at all").
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from cxaudit.errors import UsageError

LOCK = ".cxaudit.lock"
#: What file managers and office programs leave in a folder.
_LEFT_BEHIND = (".", "~$", "Thumbs.db", "desktop.ini")
_NEW, _OLD = ".{}.new", ".{}.old"
#: Where in the lock file the lock itself is: behind the holder's name, which others must be able to read.
_LOCKED_BYTE = 1 << 20


def write_folder(folder: Path, files: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    """Write all files of a folder, in the place of what it held; each one's bytes come in pieces, one file after the other.

    **Raises** UsageError when the place cannot be written to; then the folder is as it was.
    """
    recover(folder)
    new, old = _beside(folder, _NEW), _beside(folder, _OLD)
    try:
        _clear(new)
        new.mkdir()
        for name, pieces in files:
            with (new / name).open("xb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        _take_place(folder, new, old)
    except OSError as error:
        raise UsageError(_words(folder, error)) from error
    finally:
        with suppress(OSError):
            _clear(new)


def recover(folder: Path) -> None:
    """Undo what a killed run left: put the old folder back if the new one had not taken its place yet."""
    old = _beside(folder, _OLD)
    with suppress(OSError):
        if old.is_dir() and not folder.exists():
            old.replace(folder)
        _clear(old)
        _clear(_beside(folder, _NEW))


def _take_place(folder: Path, new: Path, old: Path) -> None:
    if folder.exists():
        folder.replace(old)
    try:
        new.replace(folder)
    except OSError:
        if old.exists():
            old.replace(folder)
        raise
    with suppress(OSError):
        _clear(old)


def _beside(folder: Path, pattern: str) -> Path:
    return folder.with_name(pattern.format(folder.name))


def _clear(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def prepare_place(place: Path, taken: Iterable[Path]) -> bool:
    """See that reports can be written to a place before any work is done; whether it had to be made.

    `taken` are the folders that are going to be written. **Raises** UsageError.
    """
    if place.exists() and not place.is_dir():
        raise UsageError(f"--out {place} is a file, not a folder.\nName the folder that holds the reports.")
    is_new = not place.exists()
    if is_new and not place.parent.is_dir():
        raise UsageError(f"cannot write to {place}: there is no folder {place.parent}.\nCreate it or write elsewhere.")
    try:
        place.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(_words(place, error)) from error
    for folder in (place, *(one for one in taken if one.exists())):
        if not folder.is_dir():
            raise UsageError(f"cannot write {folder}: it is a file, not a folder.")
        if not os.access(folder, os.W_OK):
            raise UsageError(f"cannot write to {folder}: no permission.\nIs the folder somebody else's, or read-only?")
    return is_new


def spare_others(folder: Path, ours: Collection[str]) -> None:
    """See that a folder that is going to be replaced holds nothing but our own files, and what systems leave behind.

    **Raises** UsageError.
    """
    if folder.is_symlink():
        raise UsageError(
            f"{folder} is a link, which would be replaced by a folder.\nRemove the link, or write elsewhere."
        )
    if not folder.is_dir():
        return
    if others := others_in(folder, ours):
        more = f" and {len(others) - 1:,} more" if len(others) > 1 else ""
        raise UsageError(
            f"{folder} holds {others[0]}{more}, which is no part of a report and would be deleted.\n"
            "Move it to another folder, and run this again."
        )


def others_in(folder: Path, ours: Collection[str]) -> list[str]:
    """The names in a folder that are neither our own nor what systems leave behind, sorted. **Raises** UsageError."""
    try:
        names = sorted(one.name for one in folder.iterdir() if one.name not in ours)
    except OSError as error:
        raise UsageError(_words(folder, error)) from error
    return [name for name in names if not name.startswith(_LEFT_BEHIND)]


@contextmanager
def locked(place: Path, now: dt.datetime) -> Iterator[None]:
    """Keep every other run out of a folder. The operating system lets go of the lock when a process ends, however it ends.

    **Raises** UsageError that names the holder.
    """
    path = place / LOCK
    try:
        file = path.open("a+b", buffering=0)
    except OSError as error:
        raise UsageError(_words(path, error)) from error
    try:
        if not _lock(file):
            raise UsageError(f"{_holder(path)} is writing to {place}.\nWait until it is done, or write elsewhere.")
        holder = f"process {os.getpid()} on {socket.gethostname()}, since {now:%Y-%m-%d %H:%M:%S} UTC\n"
        try:
            _sign(file, path, holder)
            yield
        finally:
            # Before the lock goes: whoever opens the name from now on makes a file of its own.
            with suppress(OSError):
                path.unlink()
    finally:
        file.close()


def _sign(file: IO[bytes], path: Path, holder: str) -> None:
    try:
        file.truncate(0)
        file.write(holder.encode())
    except OSError as error:
        raise UsageError(_words(path, error)) from error


def _holder(path: Path) -> str:
    with suppress(OSError):
        holder = path.read_bytes().decode("utf-8", "replace").strip()
        if holder:
            return f"another run ({holder})"
    return "another run"


def _lock(file: IO[bytes]) -> bool:
    """Whether the lock of an open file could be had."""
    try:
        import fcntl
    except ImportError:
        return _lock_on_windows(file)
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: a name that is there is all that can be known
        return file.tell() == 0
    # The holder before us may have deleted the name while we waited at its door.
    with suppress(OSError):
        return Path(file.name).stat().st_ino == os.fstat(file.fileno()).st_ino
    return False


def _lock_on_windows(file: IO[bytes]) -> bool:
    import msvcrt

    file.seek(_LOCKED_BYTE)
    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    except OSError:
        return False
    return True


def _words(path: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return (
            f"cannot write {path}: no permission.\nIs a file of it open in another program, or is the folder not yours?"
        )
    return f"cannot write {path}: {error.strerror or error}."
