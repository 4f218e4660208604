"""The versions that results depend on: the program, the engine, the holiday list and the zone table."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from cxaudit import __version__

PACKAGES = ("polars", "holidays", "tzdata")


@cache
def versions() -> dict[str, str]:
    """Package -> version."""
    return {"cxaudit": __version__} | {name: version(name) for name in PACKAGES}


def version_lines() -> list[str]:
    """What `--version` prints."""
    return [f"{name} {number}" for name, number in versions().items()]
