"""Country holidays: the public holidays of one country, out of the package `holidays`, of which nothing else is loaded.

The only importer of `holidays`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from holidays import HolidayBase


def country_holidays(code: str, **wanted: Any) -> HolidayBase:
    """The holidays of a country; `wanted` are options of the package. Raises `NotImplementedError` for an unknown country."""
    import holidays

    try:
        with _without_the_others():
            return holidays.country_holidays(code, **wanted)
    except ImportError:  # a country that needs the others
        return holidays.country_holidays(code, **wanted)


def known_countries() -> list[str]:
    """The codes of all countries of the package."""
    import holidays

    return list(holidays.list_supported_countries())


@contextmanager
def _without_the_others() -> Iterator[None]:
    """While it lasts, a country is loaded alone; with all of them, as is usual, a short run would take an eighth longer."""
    name = "holidays.countries"
    if name in sys.modules or (spec := find_spec(name)) is None:
        yield
        return
    sys.modules[name] = module_from_spec(spec)  # not executed
    try:
        yield
    finally:
        del sys.modules[name]
