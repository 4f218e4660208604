"""`cxaudit trend`: the months of a folder of reports side by side, from their stored tallies alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cxaudit.commands.options import Output, near_miss
from cxaudit.commands.report_files import TALLY
from cxaudit.counting.from_tallies import StoredTally, open_tallies
from cxaudit.errors import InputError, UsageError
from cxaudit.monthly.trend import trend_of
from cxaudit.render.trend import TREND_FORMATS, remarks, render_trend
from cxaudit.render.words import counted, visible

_BY = ("channel", "department")


def trend(folder: str, output: Output, *, by: str | None) -> int:
    """Compliance by month, with the limits of its usual ups and downs."""
    if by is not None and by not in _BY:
        raise UsageError(f"--by {by} is not one of {', '.join(_BY)}.{near_miss(by, _BY)}")
    form = output.chosen(TREND_FORMATS)
    output.check_places()
    tallies = list(_stored(Path(folder)))
    found = trend_of(tallies, by)
    if not found.rows:
        raise InputError(f"the reports in {folder} hold no month.")
    as_of = max(stored.about.as_of.local for _, stored in tallies)
    output.write(render_trend(found, as_of, form, output.options()), form)
    months = len({row.point.month for row in found.rows})
    said = [f"{counted(months, 'month')} from {counted(len(tallies), 'stored tally', 'stored tallies')} in {folder}"]
    output.say(map(visible, [*said, *([] if form in ("table", "markdown") else remarks(found))]))
    return 0


def _stored(folder: Path) -> Iterator[tuple[str, StoredTally]]:
    """The tallies of the reports in a folder, named by the folder of each."""
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}.\nName the one that `cxaudit report … --out DIR` writes to.")
    paths = sorted(folder.glob(f"[!.]*/{TALLY}"))
    if not paths:
        raise InputError(
            f"{folder} holds no report.\n`cxaudit report FILES… --period last-month --out {folder}` writes one."
        )
    for path in paths:
        ((_, stored),) = open_tallies([str(path)])
        yield f"{path.parent.name}/{TALLY}", stored
