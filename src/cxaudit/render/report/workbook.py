"""The monthly report as a workbook: its tables, the missed requests to work with, what became of every row, notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cxaudit.findings import Finding
from cxaudit.model import Records
from cxaudit.monthly.model import MonthlyReport
from cxaudit.render.check_view import heading
from cxaudit.render.document import NOT_AVAILABLE, Document, TableColumn, TablePart
from cxaudit.render.documents import files_part, readings_document, records_part
from cxaudit.render.options import RenderOptions
from cxaudit.render.report.answer import answer
from cxaudit.render.report.proof import finding_words, method
from cxaudit.render.report.restated import restated_sentences, settled_sentence, unsettled_words
from cxaudit.render.report.run_chart import STEADY, hidden_words, otherwise_words
from cxaudit.render.report.sheets import parts
from cxaudit.render.report.story import Points
from cxaudit.render.report.words import LOW, SMALL
from cxaudit.render.words import period_words, visible
from cxaudit.render.workbook import render_workbook

#: The working sheet is for people; a longer list is for records.csv.
MOST_MISSED = 2_000


def render_report_workbook(report: MonthlyReport, missed: Records, options: RenderOptions) -> Iterator[bytes]:
    """The bytes of report.xlsx; `missed` are the requests of the period that were answered late or not yet."""
    check = report.check
    last = [files_part(check.inputs, options), *_findings(check.findings)]
    readings = [readings_document(check, smallest=SMALL).parts[0]] if check.readings is not None else []
    document = Document(
        title=f"Response times, {period_words(*report.period).removeprefix('on ')}",
        lines=(
            heading(check),
            answer(report),
            *(["This workbook contains information about employees."] if report.employees else []),
        ),
        parts=(*parts(report), *_missed(missed, options), *readings, *last),
        as_of=check.as_of,
        organisation=check.organisation,
        notes=_notes(report),
    )
    return render_workbook(document)


def _missed(missed: Records, options: RenderOptions) -> Iterator[TablePart]:
    n = missed.frame.height
    if not n:
        return
    part = records_part(missed.frame.head(MOST_MISSED), options, "Missed requests")
    said = f"Answered late or not yet: {n:,}."
    if n > MOST_MISSED:
        said += f" This sheet holds the first {MOST_MISSED:,} of them, records.csv all."
    yield replace(part, title="Missed requests, to work with", lines=(said,))


def _findings(findings: tuple[Finding, ...]) -> Iterator[TablePart]:
    if not findings:
        return
    columns = (TableColumn("Finding"), TableColumn("File"), TableColumn("Sheet"), TableColumn("Places", "count"),
               TableColumn("First rows"), TableColumn("Meaning", width=70))  # fmt: skip
    rows = [
        (one.code, one.file or "", one.sheet or "", one.n, ", ".join(map(str, one.rows)), finding_words(one))
        for one in findings
    ]  # fmt: skip
    yield TablePart("Findings", "What the reader must know about the input", columns, rows)


def _notes(report: MonthlyReport) -> tuple[tuple[str, str], ...]:
    counting = [line for block in method(report.check).blocks if isinstance(block, Points) for line in block.words]
    said = [(f"How it is counted, {place}", visible(line)) for place, line in enumerate(counting, 1)]
    return (
        ("Met, late, overdue", "Answered by the due time; answered after it; not answered although it has passed."),
        (
            "Pending, excluded",
            "Not answered and not yet due; not judged, for the reasons on the sheet of the excluded.",
        ),
        (LOW, f"Fewer than {SMALL} judged requests: too few for a percentage."),
        (NOT_AVAILABLE, "Not available: nothing was judged, or there are too few or too equal months for limits."),
        ("Signal", "What the four rules of a run chart say of a month; two months alone are never compared."),
        ("Filters", "Only the sheet of the missed requests has a filter and a header that stays in sight."),
        *(("Months", line) for line in _months_words(report)),
        *said,
    )


def _months_words(report: MonthlyReport) -> Iterator[str]:
    """What the sheet of the months does not say by itself."""
    yield from restated_sentences(report.restated)
    yield from map(settled_sentence, report.settled)
    yield from unsettled_words(report.unsettled)
    for chart in report.runs[:1]:
        yield from filter(None, (otherwise_words(report), STEADY if chart.is_steady else "", hidden_words(chart)))
