"""Digests: the size and the SHA-256 of files, by which an auditor knows them again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cxaudit.audit import Audit
from cxaudit.errors import InputError
from cxaudit.render.report.manifest import FileDigest
from cxaudit.write.file import os_words


def digests_of(audit: Audit) -> dict[str, FileDigest]:
    """The files that were judged, by the name shown for each."""
    return {name: digest_of(path, name) for path, name in audit.files.items() if path not in audit.log.own_lists}


def digest_of(path: Path, name: str) -> FileDigest:
    """Raises `InputError` for a file that cannot be read any more."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileDigest(name, path.stat().st_size, digest)
    except OSError as error:
        raise InputError(f"{name} cannot be read any more: {os_words(error)}") from error
