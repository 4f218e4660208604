"""Stored tallies from their Parquet files: the counts and what the file says of them."""

from __future__ import annotations

import glob
import io
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from cxaudit.errors import InputError
from cxaudit.read.parquet import BROKEN, quiet


def find_tallies(arguments: Iterable[str]) -> list[Path]:
    """The files that paths, folders and patterns name, sorted, each once. Raises `InputError` for what does not exist."""
    found: dict[Path, None] = {}
    for argument in arguments:
        path = Path(argument)
        named = (
            [path] if path.is_file() else path.rglob("*.parquet") if path.is_dir() else map(Path, glob.glob(argument))
        )
        paths = [p for p in named if p.is_file()]
        if not paths:
            raise InputError(
                f"there is no stored tally {argument}.\n`cxaudit tally FILES… -o part.parquet` writes one."
            )
        found |= dict.fromkeys(paths)
    return sorted(found, key=lambda path: path.parts)


def read_stored(path: Path) -> tuple[pl.DataFrame, dict[str, str]]:
    """The frame of a Parquet file and its metadata. Raises `InputError` for what is no Parquet file."""
    try:
        content = path.read_bytes()
        with quiet():
            return pl.read_parquet(io.BytesIO(content)), pl.read_parquet_metadata(io.BytesIO(content))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    except BROKEN as error:
        raise InputError(f"{path} is no Parquet file.") from error
