"""The standards file: what was promised, from when, and on which calendar; read with every error at its line.

Importing this package loads neither YAML nor pydantic: they come with the first file. `SourceMapping` is in `.source`,
the JSON Schema in `.schema`, the words for people in `.words`.
"""

from cxaudit.standards.load import load, loads
from cxaudit.standards.model import (
    CalendarSettings,
    Cohort,
    Counting,
    DayEnds,
    DayZero,
    ExcludeRule,
    HighVolume,
    HolidaySource,
    OfficeHours,
    Promise,
    Segment,
    Standards,
    Unit,
    Version,
    Within,
)
from cxaudit.standards.values import parse_within

__all__ = [
    "CalendarSettings", "Cohort", "Counting", "DayEnds", "DayZero", "ExcludeRule", "HighVolume", "HolidaySource",
    "OfficeHours", "Promise", "Segment", "Standards", "Unit", "Version", "Within", "load", "loads",
    "parse_within",
]  # fmt: skip
