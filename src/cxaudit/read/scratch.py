"""Scratch files: copies of what cannot be scanned where it lies, in a private folder that is removed when the run ends,
also by an error, Ctrl-C or a request to terminate.
"""

from __future__ import annotations

import atexit
import errno
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

from polars.exceptions import PolarsError

from cxaudit.errors import InputError

_numbers = count(1)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_OS_ERROR = re.compile(r"\(os error (\d+)\)")  # how polars tells of the system's


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
    """Raise `InputError` where the disk has no room for a copy of what is named so."""
    try:
        yield
    except (OSError, PolarsError) as error:
        number = error.errno if isinstance(error, OSError) else int((_OS_ERROR.findall(str(error)) or [0])[-1])
        if number not in _NO_ROOM:
            raise
        raise InputError(
            f"{name}: there is no room for a copy in {tempfile.gettempdir()}.\n"
            "Make room, or set TMPDIR to a folder that has more."
        ) from error
