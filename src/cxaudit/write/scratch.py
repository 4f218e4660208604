"""A private folder for the files that packages need while they write; removed when the run ends, also by a signal."""

from __future__ import annotations

import atexit
import tempfile
from functools import cache


@cache
def scratch_folder() -> str:
    """The folder, made when it is first asked for."""
    folder = tempfile.TemporaryDirectory(prefix="cxaudit-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return folder.name
