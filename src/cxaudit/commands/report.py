"""`cxaudit report`: the folder of a period, whole or not at all."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cxaudit.audit import Question
from cxaudit.commands.digests import digest_of
from cxaudit.commands.drawing import Drawing
from cxaudit.commands.manifest_form import read_manifest, replaced_by
from cxaudit.commands.options import Input, Output, require_one_of
from cxaudit.commands.report_files import (
    FILES,
    FORMATS,
    TALLY,
    EarlierTally,
    MadeReport,
    question_of,
    stored_tallies,
)
from cxaudit.commands.shared import (
    MISSED_TARGET,
    NOT_RELIABLE,
    is_doubtful,
    load_standards,
    settings,
    warn_of_nothing,
    warn_of_vain_channel,
)
from cxaudit.counting.from_tallies import StoredTally, Tallied, open_tallies
from cxaudit.days.spans import holds, whole_months
from cxaudit.days.zones import zone
from cxaudit.errors import InputError, UsageError
from cxaudit.monthly.model import Restated
from cxaudit.monthly.restated import differ
from cxaudit.period import now_as_of, parse_as_of, parse_period, period_name
from cxaudit.render.figures import meets
from cxaudit.render.notes import notes
from cxaudit.render.report.manifest import MANIFEST, Settings
from cxaudit.render.report.restated import restated_words
from cxaudit.render.words import as_of_words, visible
from cxaudit.standards.model import Standards
from cxaudit.write.folder import locked, prepare_place, recover, spare_others, write_folder

Period = tuple[dt.date, dt.date]
_PDF_ADVICE = "python -m pip install 'cxaudit[pdf]'"


@dataclass(frozen=True)
class Wanted:
    """The options of `report` besides the input, as typed."""

    out: str | None
    formats: str | None
    by: str | None
    reject_cells: bool = False


def report(given: Input, output: Output, wanted: Wanted, drawing: Drawing) -> int:
    """Judge a period and write its folder; nothing is written when nothing could be judged."""
    _check_options(given, wanted)
    formats = _formats(wanted.formats)
    standards = load_standards(given)
    is_now = given.as_of is None
    given, period = _settled(given, standards.timezone)
    question = question_of(given, standards, with_employees=wanted.by is not None)
    place = Path(wanted.out or "")
    folder = place / period_name(*period)
    spare_others(folder, FILES)
    is_new = prepare_place(place, [folder])
    try:
        with locked(place, given.now):
            recover(folder)
            asked = Settings(period, given.as_of or "", formats, wanted.by is not None, given.channel, given.source)
            earlier, aside = earlier_tallies(place, period, question.standards)
            there = _there(folder)
            made = MadeReport(given, question, asked, sys.argv[1:], place.resolve(), earlier, *there, drawing)
            with output.progress(made.n_steps) as step:
                step("Reading")
                _spare_inputs(made, place)
                step("Judging")
                is_judged = made.monthly.check.total.judged > 0
                before = [*aside, *_moved_back(made), *_restated(made)] if is_judged else []
                if is_judged:
                    write_folder(folder, made.files(step))
            if not is_judged:
                output.say([*_settings(given, question, is_now), *notes(made.monthly.check)])
                return _nothing(folder, made, output)
    finally:
        if is_new:
            with contextlib.suppress(OSError):
                place.rmdir()  # only where it is still empty
    output.say([*_settings(given, question, is_now), *notes(made.monthly.check)])
    output.warn(before)
    warn_of_vain_channel(given, made.audit, output)
    output.say(_written(folder, made, wanted))
    return _exit_code(made, output)


def _check_options(given: Input, wanted: Wanted) -> None:
    if given.period is None:
        raise UsageError("a report is of a period.\nAdd --period last-month, or 2025-10, 2025-Q3, 2025, FROM..TO.")
    if wanted.out is None:
        raise UsageError("say where the reports are kept.\nAdd --out DIR; the folder of the period is made in it.")
    if wanted.reject_cells:
        raise UsageError(
            "a report is passed on, and the cells of rejected rows may hold personal data.\n"
            "Use `cxaudit check … --rejects FILE --reject-cells` to see them."
        )
    if wanted.by not in (None, "employee"):
        raise UsageError(
            f"--by {wanted.by}: a report is by channel and by department as it is; --by employee adds the employees."
        )


def _formats(text: str | None) -> tuple[str, ...]:
    has_pdf = importlib.util.find_spec("typst") is not None
    if text is None:
        return tuple(name for name in FORMATS if name in ("html", "xlsx", "csv") or (name == "pdf" and has_pdf))
    names = {name.strip().lower() for name in text.split(",") if name.strip()}
    if not names:
        raise UsageError(
            f"--formats names none.\nName some of {', '.join(FORMATS)}, or leave it out for the usual ones."
        )
    for name in sorted(names):
        require_one_of("--formats", name, FORMATS)
    if "pdf" in names and not has_pdf:
        raise UsageError(f"report.pdf needs one more package.\nInstall it: {_PDF_ADVICE}")
    return tuple(name for name in FORMATS if name in names)


def _settled(given: Input, timezone: str) -> tuple[Input, Period]:
    """The period, and the as-of moment: a finished period is judged as of its end, however late the report is made."""
    city = zone(timezone)
    today = now_as_of(given.now, city)
    as_of = parse_as_of(given.as_of, city) if given.as_of is not None else today
    period = parse_period(given.period or "", as_of)
    text = f"{period[0]}..{period[1]}"
    moment = f"{period[1]}" if period[1] < today.local.date() else f"{given.now:%Y-%m-%dT%H:%M:%S}Z"
    return replace(given, period=text, as_of=given.as_of or moment), period


def earlier_tallies(place: Path, period: Period, standards: Standards) -> tuple[list[EarlierTally], list[str]]:
    """The tallies of the reports of whole months before this period and within it, apart from its own, by their folders' names;
    and why others were left aside.

    Only reports of the same organisation that count months alike (due or received) stand beside each other.
    """
    found, aside = [], []
    for path, tally in stored_tallies(place):
        if isinstance(tally, InputError):
            aside.append(visible(f"Left aside: {str(tally).splitlines()[0]}"))
        elif _is_before(path, tally, period):
            if why := _unlike(tally, standards):
                aside.append(visible(f"Left aside: {path}: {why}."))
            else:
                found.append(EarlierTally(digest_of(path, f"{path.parent.name}/{TALLY}"), tally))
    return found, aside


def _is_before(path: Path, tally: StoredTally, period: Period) -> bool:
    held = tally.about.period
    if held is None or not whole_months(*held) or path.parent.name == period_name(*period):
        return False
    return held[1] < period[0] or holds([period], held)


def _unlike(tally: StoredTally, standards: Standards) -> str:
    """Why the figures of a report do not belong beside those of this one; empty where they do."""
    about = tally.about
    if about.standards["sha256"] != standards.sha256:
        organisation = Tallied(tally).promises.standards.organisation
        if organisation != standards.organisation:
            return f"a report of {organisation}"
    if about.cohort != standards.versions[-1].counting.cohort:
        return f"it counts requests by the month in which they were {about.cohort}"
    return ""


def _spare_inputs(made: MadeReport, place: Path) -> None:
    """Exports are evidence, and a report is no export: neither lies among the other."""
    inside = [path for path in made.audit.paths if place.resolve() in path.resolve().parents]
    if inside:
        raise UsageError(
            f"{inside[0]} lies in {place}, where the reports are written.\nKeep exports and reports in folders of their own."
        )


def _settings(given: Input, question: Question, is_chosen: bool) -> Iterator[str]:
    """Which standards, and which moment where it was chosen for the user."""
    yield from settings(given, question)
    if is_chosen and question.as_of.is_date:
        yield f"As of the end of the period: {question.as_of.local:%Y-%m-%d}"
    elif is_chosen:
        yield f"The period is not over. As of now: {question.as_of.local:%Y-%m-%d %H:%M:%S}; --as-of fixes it"


def _nothing(folder: Path, made: MadeReport, output: Output) -> int:
    warn_of_nothing(output, made.monthly.check)
    output.warn([f"No report was written{'; the one that is there was left as it is' if folder.exists() else ''}."])
    return NOT_RELIABLE


def _there(folder: Path) -> tuple[list[tuple[str, StoredTally]], list[Restated]]:
    """The tally of the report that is about to be replaced, and what those said that it replaced itself."""
    tallies: list[tuple[str, StoredTally]] = []
    replaced: list[Restated] = []
    with contextlib.suppress(InputError):  # what cannot be read is replaced all the same
        tallies = [(f"{folder.name}/{TALLY}", tally) for _, tally in open_tallies([str(folder / TALLY)])]
    with contextlib.suppress(InputError):
        replaced = replaced_by(read_manifest(folder / MANIFEST))
    return tallies, replaced


def _moved_back(made: MadeReport) -> Iterator[str]:
    """Whether the report that is about to be replaced knew more, since it was made as of a later moment."""
    now = made.question.as_of
    for name, tally in made.replaces:
        later = tally.about.as_of
        if later.utc > now.utc:
            then, today = (as_of_words(one.local, one.is_date) for one in (later, now))
            yield f"As of {today}, where {name} is as of {then}: --as-of {then.replace(' ', 'T')} keeps what was known by then."


def _restated(made: MadeReport) -> Iterator[str]:
    """What an earlier report said otherwise: the one that is about to be replaced, and those of the months before."""
    yield from restated_words(one for one in made.changed if differ(one.before, one.now))
    yield from restated_words(one for one in made.monthly.restated if one.file)


def _written(folder: Path, made: MadeReport, wanted: Wanted) -> Iterator[str]:
    names = [*(digest.file for digest in made.digests), MANIFEST]
    yield visible(f"Written: {folder}: {', '.join(names)}")
    if wanted.formats is None and "pdf" not in made.settings.formats:
        yield f"For report.pdf as well: {_PDF_ADVICE}"


def _exit_code(made: MadeReport, output: Output) -> int:
    check = made.monthly.check
    if is_doubtful(output, made.audit.inputs, made.audit.findings):
        return NOT_RELIABLE
    is_missed = any(meets(row.met, row.judged, row.target_pct) is False for row in check.rows)
    return MISSED_TARGET if is_missed else 0
