"""The files of a monthly report: one audit in, every file of the folder out, in an order that is always the same."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import polars as pl

from cxaudit.audit import Audit, Question
from cxaudit.commands.digests import digest_of, digests_of
from cxaudit.commands.drawing import DRAWN, Drawing
from cxaudit.commands.options import Input
from cxaudit.commands.shared import counting_of, meta_of
from cxaudit.compare.verdicts import COMPARED_ROLES, compare_verdicts, has_word
from cxaudit.counting.from_tallies import StoredTally, open_tallies, tally_bytes
from cxaudit.days.calendar import years_known
from cxaudit.days.spans import days_of_month
from cxaudit.days.special_days import Year, special_days
from cxaudit.errors import InputError
from cxaudit.model import MISSED, Records
from cxaudit.monthly.figures import ROLES, monthly_report
from cxaudit.monthly.gather import gather
from cxaudit.monthly.history import STORED, with_verdict_without
from cxaudit.monthly.model import MonthlyReport, Restated
from cxaudit.monthly.restated import beginning, changed_months, differ, once_settled, replaced_months, whole_months_of
from cxaudit.monthly.standards_of_months import stored_standards
from cxaudit.monthly.trend import chosen_months
from cxaudit.render import REPORT_FORMATS, RenderOptions
from cxaudit.render.delimited import delimit, render_records_csv
from cxaudit.render.report.compose import compose
from cxaudit.render.report.manifest import MANIFEST, FileDigest, Settings, manifest
from cxaudit.render.report.page import charts_of
from cxaudit.render.report.workbook import render_report_workbook
from cxaudit.standards import Standards
from cxaudit.standards.alike import count_alike
from cxaudit.write.file import with_bom

TALLY = "tally.parquet"
#: `--formats` -> the files it stands for, in the order in which they are named.
FORMATS = {
    "html": ("report.html",),
    "pdf": ("report.pdf",),
    "xlsx": ("report.xlsx",),
    "md": ("report.md",),
    "json": ("report.json",),
    "csv": ("records.csv", "rejects.csv"),
}
_PLACES = {name: place for place, name in enumerate([*(name for names in FORMATS.values() for name in names), TALLY])}
#: All that a report may consist of.
FILES = (*_PLACES, MANIFEST)


@dataclass(frozen=True)
class EarlierTally:
    """The stored tally of an earlier report."""

    digest: FileDigest
    tally: StoredTally

    def ends_before(self, day: dt.date) -> bool:
        held = self.tally.about.period
        return held is not None and held[1] < day


@dataclass
class MadeReport:
    """A report that has been judged and can be written."""

    given: Input
    question: Question
    settings: Settings
    command: Sequence[str]
    reports: Path  # the folder of all reports
    earlier: Sequence[EarlierTally] = ()
    replaces: Sequence[tuple[str, StoredTally]] = ()  # the tally of the report of the same period that is there
    replaced: Sequence[Restated] = ()  # and what the reports said that it replaced, by its manifest
    drawing: Drawing | None = None
    digests: list[FileDigest] = field(default_factory=list)  # of what has been written so far
    _listing: Future[pl.DataFrame] | None = None  # of the missed requests
    _inputs: Future[dict[str, FileDigest]] | None = None

    @cached_property
    def audit(self) -> Audit:
        """What is judged. Reports may lie below the exports: what they hold is no input, and changes with each of them."""
        audit = Audit(self.given.files, self.question)
        audit.own_lists = tuple(path for path in audit.own_lists if self.reports not in path.resolve().parents)
        return audit

    @cached_property
    def monthly(self) -> MonthlyReport:
        audit, standards = self.audit, self.question.standards
        before = [one for one in self.earlier if one.ends_before(self.settings.period[0])]
        chosen = chosen_months([(one.digest.file, one.tally) for one in before])
        judged_by = stored_standards(chosen, standards)
        gathered = gather(audit, *self.settings.period)
        self._begin()
        report = monthly_report(
            audit,
            counting_of(self.question),
            meta_of(self.given, self.question),
            gathered=gathered,
            stored=stored_months(chosen, judged_by, audit),
            stored_standards=judged_by,
            with_employees=self.settings.employees,
            early=self._begin_drawing,
        )
        # Last, so that these are counted from what the report has counted.
        comparison = compare_verdicts(audit) if has_word(audit) else None
        changed = changed_months(audit, [(one.digest.file, one.tally) for one in self.earlier])
        told = tuple(once_settled((*self.said_otherwise, *changed)))
        restated = tuple(one for one in told if differ(one.before, one.now))
        settled = tuple(sorted((one for one in told if one not in restated), key=lambda one: one.month))
        check = replace(report.check, comparison=comparison)
        return replace(report, check=check, restated=restated, settled=settled)

    @cached_property
    def said_otherwise(self) -> tuple[Restated, ...]:
        """What the reports said otherwise that this one replaces: kept in the manifest, so that the next one tells it too."""
        return replaced_months(self.audit, [*self.replaced, *self.changed])

    @cached_property
    def changed(self) -> tuple[Restated, ...]:
        """What the report says otherwise that is there and will be replaced."""
        return changed_months(self.audit, self.replaces)

    def _begin(self) -> None:
        """What needs no Python goes on while figures and documents are made."""
        beside = ThreadPoolExecutor(2)
        if "xlsx" in self.settings.formats:
            self._listing = beside.submit(lambda: self.missed.frame)
        self._inputs = beside.submit(digests_of, self.audit)
        beside.shutdown(wait=False)

    def _begin_drawing(self, report: MonthlyReport) -> None:
        """Have the charts drawn that are known so far."""
        if self.drawing is not None and DRAWN & set(self.settings.formats):
            self.drawing.begin(charts_of(compose(report)))

    @cached_property
    def missed(self) -> Records:
        """The requests of the period that were answered late or not yet."""
        return self.audit.records(verdicts=MISSED, with_employees=False)

    @property
    def n_steps(self) -> int:
        """Reading, judging, and each file."""
        return 4 + sum(len(FORMATS[form]) for form in self.settings.formats)

    def files(self, step: Callable[[str], None]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each file with its bytes in pieces; each is to be used up before the next is asked for. The manifest is last.

        `step` is told of each file before it is made.
        """
        for name, pieces in self._files():
            step(f"Writing {name}")
            yield name, pieces

    def _files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        self.digests.clear()
        self._begin_drawing(self.monthly)
        options = RenderOptions(draw=self.drawing.draw if self.drawing is not None else None)
        for form in self._formats(with_charts=False):
            if form == "xlsx" and self._listing is not None:
                self._listing.result()
            yield from self._documents(form, options)
        yield self._counted(TALLY, iter([tally_bytes(self.audit, self.monthly.check)]))
        for form in self._formats(with_charts=True):  # last: the charts are drawn meanwhile
            yield from self._documents(form, options)
        self.digests.sort(key=lambda one: _PLACES[one.file])
        assert self._inputs is not None
        yield MANIFEST, iter([self._manifest(self._inputs.result())])

    def _formats(self, *, with_charts: bool) -> list[str]:
        return [form for form in FORMATS if form in self.settings.formats and (form in DRAWN) == with_charts]

    def _documents(self, form: str, options: RenderOptions) -> Iterator[tuple[str, Iterator[bytes]]]:
        match form:
            case "csv":
                yield self._counted("records.csv", with_bom(render_records_csv(self.missed, options)))
                yield self._counted("rejects.csv", with_bom(delimit(self.audit.rejects, escape=True)))
            case "xlsx":
                yield self._counted("report.xlsx", render_report_workbook(self.monthly, self.missed, options))
            case _:
                yield self._counted(FORMATS[form][0], REPORT_FORMATS[form](self.monthly, options))

    def _counted(self, name: str, pieces: Iterator[bytes]) -> tuple[str, Iterator[bytes]]:
        def counted() -> Iterator[bytes]:
            size, sha256 = 0, hashlib.sha256()
            for piece in pieces:
                size += len(piece)
                sha256.update(piece)
                yield piece
            self.digests.append(FileDigest(name, size, sha256.hexdigest()))

        return name, counted()

    def _manifest(self, inputs: dict[str, FileDigest]) -> bytes:
        return manifest(
            self.monthly.check,
            self.settings,
            self.command,
            self.question.standards.text,
            self._years(),
            inputs,
            self.audit.same_content,
            self.customers,
            [one.digest for one in self.earlier],
            self.said_otherwise,
            self.digests,
        )

    @cached_property
    def customers(self) -> FileDigest | None:
        """The list of customers, where the pairing rests on one, as the standards file names it."""
        path, name = self.audit.log.customers, self.question.standards.pairing.customers
        return None if path is None or name is None else digest_of(path, name)

    def _years(self) -> Iterator[Year]:
        """The closed days of every year that the input and the period touch."""
        standards, (first, last) = self.question.standards, self.settings.period
        start = min(self.audit.earliest_on or first, first).year
        known = years_known(standards.calendar)
        for year in range(start, max(last, self.question.as_of.local.date()).year + 1):
            if year in known:
                yield special_days(standards, year)


def question_of(given: Input, standards: Standards, *, with_employees: bool) -> Question:
    """What a report asks of the input; employees only where they are asked for."""
    roles = [*ROLES, *COMPARED_ROLES, *(["employee"] if with_employees else [])]
    return given.question(standards, roles, reject_cells=False, with_readings="yes")  # type: ignore[arg-type]


def files_of_reports(place: Path) -> list[Path]:
    """All that the reports in a folder consist of."""
    return [path for path in place.glob("*/*") if path.name in FILES]


def stored_tallies(place: Path) -> Iterator[tuple[Path, StoredTally | InputError]]:
    """The tallies of the reports in a folder by their paths, or what is wrong with them."""
    for path in sorted(place.glob(f"[!.]*/{TALLY}")):
        try:
            ((_, tally),) = open_tallies([str(path)])
            yield path, tally
        except InputError as error:
            yield path, error


def stored_months(
    chosen: Mapping[int, tuple[str, StoredTally]], judged_by: Mapping[int, Standards], audit: Audit
) -> pl.DataFrame | None:
    """The counts of earlier reports by month, channel, department and verdict; each month from one of them.

    A month is not to be counted again by other rules than then, nor as of a moment before the one of its report.
    """

    def is_comparable(month: int, stored: StoredTally) -> bool:
        is_later = stored.about.as_of.utc < audit.question.as_of.utc
        return is_later and count_alike(judged_by[month], audit.question.standards, days_of_month(month))

    frames = [
        with_verdict_without(stored.frame.filter(pl.col("month") == month))
        .group_by("month", "channel", "department", "verdict", "verdict_without")
        .agg(pl.col("n").sum())
        .with_columns(is_whole=pl.lit(month in whole_months_of(stored)))
        .with_columns(
            begins_on=pl.lit(beginning(audit, stored, month) if is_comparable(month, stored) else None, pl.Date)
        )
        .select(*STORED)
        .cast(pl.Schema(STORED))
        for month, (_, stored) in chosen.items()
    ]
    return pl.concat(frames).sort(*STORED) if frames else None
