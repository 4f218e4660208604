"""Scratch files: copies of what cannot be scanned where it lies, in a private folder that is removed when the run ends,
also by an error, Ctrl-C or a request to terminate.
"""

from __future__ import annotations

import atexit
import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

from cxaudit.errors import InputError

_numbers = count(1)


@cache
def _folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="cxaudit-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return Path(folder.name)


def scratch_file(ending: str = "") -> Path:
    """The path of a new scratch file."""
    return _folder() / f"{next(_numbers)}{ending}"


@contextmanager
def making_room(name: str) -> Iterator[None]:
    """Raise `InputError` where the disk has no room for a copy of this file."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise InputError(
            f"{name}: there is no room for an unpacked copy of it in {tempfile.gettempdir()}.\n"
            "Make room, or set TMPDIR to a folder that has more."
        ) from error
