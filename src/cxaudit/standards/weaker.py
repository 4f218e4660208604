"""Promises of departments that are weaker than their channel's, though a department may only promise more.

Not an error: the file says what it says. But whoever reads the figures must know. Source: the standards file's form.
"""

from __future__ import annotations

from collections.abc import Iterator

from cxaudit.spelling import fold
from cxaudit.standards.model import Standards, Unit, Within

#: Units that can be compared with each other, and what one of them is in the smaller.
_SIZE: dict[Unit, tuple[str, int]] = {
    "business days": ("business day", 1), "days": ("day", 1440), "hours": ("day", 60), "minutes": ("day", 1),
    "business hours": ("office time", 60), "business minutes": ("office time", 1),
}  # fmt: skip


def weaker_promises(standards: Standards) -> Iterator[str]:
    """Each such promise in a sentence, with its line and column."""
    for position, version in enumerate(standards.versions):
        general = {promise.channel: promise.within for promise in version.promises if promise.department is None}
        for promise in version.promises:
            of_all = general.get(promise.channel)
            if promise.department is not None and of_all is not None and _is_weaker(promise.within, of_all):
                line, column = _place(standards, position, promise.department, promise.channel)
                are = "is" if of_all.count == 1 else "are"
                yield (
                    f"{standards.file}:{line}:{column}: {promise.department} promises {promise.within.text} for "
                    f"{promise.channel}, where {of_all.text} {are} promised to everybody"
                )


def _is_weaker(own: Within, of_all: Within) -> bool:
    """Whether it certainly allows more time; units of different kinds cannot be compared.

    >>> week, two_days = Within(5, "business days", ""), Within(2, "business days", "")
    >>> _is_weaker(week, two_days), _is_weaker(two_days, week), _is_weaker(week, Within(2, "days", ""))
    (True, False, False)
    """
    (kind, size), (other_kind, other_size) = _SIZE[own.unit], _SIZE[of_all.unit]
    return kind == other_kind and own.count * size > of_all.count * other_size


def _place(standards: Standards, version: int, department: str, channel: str) -> tuple[int, int]:
    """Where the promise stands; names may be spelt in any way there."""
    for path, place in standards.marks.items():
        if path[:3] == ("standards", f"{version}", "departments") and len(path) == 5:
            is_department = standards.department_names.get(fold(path[3]), path[3]) == department
            if is_department and standards.channel_names.get(fold(path[4])) == channel:
                return place
    return 1, 1
