"""`cxaudit trend`: the months of a folder of reports side by side, from their stored tallies alone."""

from __future__ import annotations

from pathlib import Path

from cxaudit.commands.options import Output, require_one_of
from cxaudit.commands.report_files import TALLY, files_of_reports, stored_tallies
from cxaudit.counting.from_tallies import StoredTally
from cxaudit.days.spans import whole_months
from cxaudit.errors import InputError
from cxaudit.monthly.trend import trend_of
from cxaudit.render.trend import TREND_FORMATS, remarks, render_trend
from cxaudit.render.words import counted, visible

_BY = ("channel", "department")


def trend(folder: str, output: Output, *, by: str | None) -> int:
    """Compliance by month, with the limits of its usual ups and downs."""
    if by is not None:
        require_one_of("--by", by, _BY)
    form = output.chosen(TREND_FORMATS)
    output.check_places()
    tallies, aside = _stored(Path(folder))
    output.spare_inputs(files_of_reports(Path(folder)))
    found = trend_of(tallies, by)
    if not found.rows:
        raise InputError(f"the reports in {folder} hold no month.")
    as_of = max(stored.about.as_of.local for _, stored in tallies)
    output.write(render_trend(found, as_of, form, output.options()), form)
    months = len({row.point.month for row in found.rows})
    said = [f"{counted(months, 'month')} from {counted(len(tallies), 'stored tally', 'stored tallies')} in {folder}"]
    output.warn(map(visible, aside))
    if form not in ("table", "markdown"):  # these say it themselves
        said += remarks(found, has_low=form in ("html", "xlsx"))
    output.say(map(visible, said))
    return 0


def _stored(folder: Path) -> tuple[list[tuple[str, StoredTally]], list[str]]:
    """The tallies of the reports in a folder, named by the folder of each, and why others were left aside."""
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}.\nName the one that `cxaudit report … --out DIR` writes to.")
    tallies = list(stored_tallies(folder))
    if not tallies:
        raise InputError(
            f"{folder} holds no report.\nName the folder that `cxaudit report FILES… --period last-month --out DIR` writes to."
        )
    found, aside = [], []
    for path, stored in tallies:
        name = f"{path.parent.name}/{TALLY}"
        if isinstance(stored, InputError):
            aside.append(f"Left aside: {str(stored).splitlines()[0]}")
        elif stored.about.period is None or whole_months(*stored.about.period):
            found.append((name, stored))
        else:
            aside.append(f"Left aside: {name}: its period is not one of whole months.")
    if not found:
        raise InputError("\n".join([f"{folder} holds no report of a whole month.", *aside]))
    cohort = max(found, key=lambda one: one[1].about.as_of.utc)[1].about.cohort
    others = [name for name, stored in found if stored.about.cohort != cohort]
    aside += [f"Left aside: {name}: it counts requests by another day than the latest report does." for name in others]
    return [one for one in found if one[0] not in others], aside
