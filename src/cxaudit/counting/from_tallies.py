"""From an audit to a stored tally, and from a stored tally to the same report that the audit would give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import polars as pl

from cxaudit.audit import Audit
from cxaudit.counting.coverage import covered_days
from cxaudit.days.spans import days_of_month
from cxaudit.model import Readings, Report
from cxaudit.promises.table import Promises
from cxaudit.read.stored import find_tallies, read_stored
from cxaudit.standards import loads
from cxaudit.standards.model import Promise
from cxaudit.tally.compliance import figures, reading_rows
from cxaudit.tally.stored import (
    STORED_DIMENSIONS,
    About,
    StoredTally,
    from_parquet,
    merged,
    of_months,
    stored_frame,
    to_parquet,
    without_cells,
)

__all__ = [
    "STORED_DIMENSIONS", "StoredTally", "Tallied", "add_tallies", "find_tallies", "open_tallies", "stored_tally",
    "tally_bytes",
]  # fmt: skip


def stored_tally(audit: Audit, report: Report, contents: Mapping[str, str] | None = None) -> StoredTally:
    """The tally of an audit, to be stored; `report` is a report of the same audit, `contents` has the SHA-256 of each."""
    standards = audit.question.standards
    tally, words = audit.readings_tally, audit.reading_words(report.counting)
    about = About(
        versions=report.meta["versions"],
        standards={"file": standards.file, "sha256": standards.sha256, "text": standards.text},
        as_of=audit.question.as_of,
        period=report.period,
        cohort=report.cohort,
        counting=report.counting,
        earliest_on=audit.earliest_on,
        outside_period=report.outside_period,
        inputs=report.inputs,
        findings=without_cells(report.findings),
        readings=tuple(tally.iter_rows(named=True)) if tally is not None else (),
        reading_words=words if tally is not None else None,
        covered=covered_days(audit),
        contents=dict(contents or {}),
    )
    return StoredTally(stored_frame(audit.tally(STORED_DIMENSIONS)), about)


def tally_bytes(audit: Audit, report: Report, contents: Mapping[str, str] | None = None) -> bytes:
    """The file of a stored tally; see `stored_tally`."""
    return to_parquet(stored_tally(audit, report, contents), audit.promises)


def open_tallies(arguments: Iterable[str]) -> list[tuple[str, StoredTally]]:
    """The stored tallies that paths, folders and patterns name, each with the name of its file."""
    return [(str(path), from_parquet(*read_stored(path), str(path))) for path in find_tallies(arguments)]


def add_tallies(tallies: Sequence[tuple[str, StoredTally]]) -> Tallied:
    """What stored tallies say together. Raises `InputError` where they do not answer the same question."""
    return Tallied(merged(tallies))


@dataclass(frozen=True)
class Tallied:
    """A stored tally with the promises it was judged by, ready to answer."""

    stored: StoredTally

    @cached_property
    def promises(self) -> Promises:
        about = self.stored.about.standards
        return Promises(replace(loads(about["text"], about["file"]), file=about["file"]))

    @cached_property
    def promised(self) -> tuple[Promise, ...]:
        """The promises whose channels have a line in any case, as an audit takes them."""
        about = self.stored.about
        return self.promises.with_lines(about.period, about.earliest_on, about.as_of.local.date())

    def report(
        self, by: tuple[str, ...], fail_under: Decimal | None, meta: dict[str, Any], *, with_total: bool = True
    ) -> Report:
        """The compliance by these dimensions, which are among STORED_DIMENSIONS."""
        about = self.stored.about
        return Report(
            **figures(self.stored.frame, by, self.promises, self.promised, [], with_total=with_total),
            period=about.period,
            as_of=about.as_of.local,
            as_of_is_date=about.as_of.is_date,
            counting=about.counting,
            outside_period=about.outside_period,
            inputs=about.inputs,
            findings=about.findings,
            fail_under=fail_under,
            meta=meta,
            readings=self._readings(),
        )

    def of_months(self, first: dt.date, last: dt.date) -> Tallied:
        """The part that belongs to some whole months, days inclusive."""
        return Tallied(of_months(self.stored, first, last))

    def month(self, month: int) -> Tallied:
        """The part of one month, 202510."""
        return self.of_months(*days_of_month(month))

    def _readings(self) -> Readings | None:
        about: About = self.stored.about
        if not about.reading_words:
            return None
        names = list(about.reading_words)
        tally = pl.DataFrame(
            list(about.readings), schema={**dict.fromkeys(names, pl.String), "n": pl.Int64}, orient="row"
        )
        return reading_rows(tally, about.reading_words)
