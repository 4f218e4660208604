"""Where a line of months goes on under other standards: a version that came into force, or another file that differs.

Each month is looked at with the standards that it was judged by, which a stored tally holds word for word. Two files are
compared by what they promise and how they count. Source: DESIGN, section 3, "Which standard".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from cxaudit.counting.from_tallies import Tallied
from cxaudit.days.spans import days_of_month, month_text
from cxaudit.monthly.model import StandardsChange
from cxaudit.standards.alike import count_alike
from cxaudit.standards.model import Standards
from cxaudit.tally.stored import StoredTally


def stored_standards(chosen: Mapping[int, tuple[str, StoredTally]], today: Standards) -> dict[int, Standards]:
    """The standards that each stored month was judged by; a file is read once."""
    known = {today.sha256: today}
    found = {}
    for month, (_, stored) in chosen.items():
        sha256 = stored.about.standards["sha256"]
        if sha256 not in known:
            known[sha256] = Tallied(stored).promises.standards
        found[month] = known[sha256]
    return found


def versions_begun(known: Sequence[int], judged_by: Mapping[int, Standards]) -> Iterator[StandardsChange]:
    """The versions that came into force in one of these months; one that began before them is none.

    A month of which nothing is known takes the standards of the next one that is known.
    """
    held = sorted(judged_by)
    for month in known:
        following = [one for one in held if one >= month]
        for version in judged_by[following[0]].versions if following else ():
            if version.effective.year * 100 + version.effective.month == month:
                yield StandardsChange(f"{version.effective:%Y-%m}", version.effective, version.source)


def otherwise_from(known: Sequence[int], judged_by: Mapping[int, Standards]) -> Iterator[str]:
    """The months from which on another file was used that promises or counts otherwise than the one before."""
    runs = [[*run] for _, run in groupby(sorted(judged_by), key=lambda month: judged_by[month].sha256)]
    for run, following in pairwise(runs):
        days = days_of_month(run[0])[0], days_of_month(run[-1])[1]
        month = following[0]
        if month in known and not count_alike(judged_by[run[-1]], judged_by[month], days):
            yield month_text(month)
