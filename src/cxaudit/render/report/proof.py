"""What the figures leave out, rest on and come from: exclusions, high volume, readings, data, method."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from cxaudit.findings import CATALOGUE, NAMES_ONLY, Finding
from cxaudit.model import EXCLUSIONS, NO_REPLY_OWED, CheckRow, InputFile, Report
from cxaudit.monthly.model import Counts, HighVolume, HighVolumePeriod, MonthlyReport
from cxaudit.render.check_rows import targets
from cxaudit.render.notes import place_name, places_words, run_words
from cxaudit.render.report.answer import extension_words
from cxaudit.render.report.story import Block, Column, Commands, Points, Section, Table, Text
from cxaudit.render.report.words import command, in_time, period_name, sentence, share_text, some
from cxaudit.render.words import BASIS_WORDS, EXCLUSION_WORDS, as_of_words, counted, listed


def exclusions(report: MonthlyReport) -> Section | None:
    """Who is not counted and why, with the compliance had they counted as missed."""
    total = report.check.total
    if not total.excluded:
        return None
    aims = targets(report.check, total)
    rows = [
        (_reason(code), f"{n:,}", share_text(Counts(met=total.met, late=total.missed + n), *aims))
        for code in EXCLUSIONS
        if (n := total.n_excluded.get(code, 0))
    ]
    everything = share_text(Counts(met=total.met, late=total.missed + total.excluded), *aims)
    rows.append(("All", f"{total.excluded:,}", everything))
    columns = (Column("Reason"), Column("Requests", True), Column("Compliance had they been missed", True))
    lead = f"{counted(total.excluded, 'request')} {'is' if total.excluded == 1 else 'are'} not judged."
    table = Table("exclusions-table", "Requests that are not judged, by reason", columns, tuple(rows), has_total=True)
    return Section("excluded", "Not judged", (Text(lead, "lead"), table))


def _reason(code: str) -> str:
    words = EXCLUSION_WORDS[code]
    words = f"{words[0].upper()}{words[1:]}"
    return words if code == NO_REPLY_OWED else f"Could not be judged: {words[0].lower()}{words[1:]}"


def high_volume(report: MonthlyReport) -> Section | None:
    """Declared periods hide no miss: both figures are shown. Undeclared surges are pointed out."""
    found, surges = report.high_volume, tuple(_surges(report))
    if found is None and not surges:
        return None
    declared = tuple(_declared_blocks(report.check, found)) if found else ()
    return Section("volume", "High volume", (*declared, *surges))


def _declared_blocks(check: Report, found: HighVolume) -> Iterator[Block]:
    if not found.periods:
        yield Text("No request was received in a declared period.", "lead")
        return
    aims = targets(check, check.total)
    rows = [(_declared(one), *_counts(one.inside, aims)) for one in found.periods]
    rows.append(("Received outside these periods", *_counts(found.outside, aims)))
    rows.append(("All", *_counts(check.total, aims)))
    columns = (Column("Declared period"), Column("In time", True), Column("Compliance", True), Column("Missed", True))
    yield from _volume_words(check)
    yield Table("volume-table", "Compliance with and without declared periods", columns, tuple(rows), has_total=True)


def _surges(report: MonthlyReport) -> Iterator[Block]:
    """More requests than usual, which nobody declared."""
    if not report.surges:
        return
    rows = tuple(
        (
            one.department or "All together",
            period_name(one.first, one.last),
            f"{one.requests:,}",
            f"{float(one.usual):,.0f}",
        )
        for one in report.surges
    )
    columns = (Column("Department"), Column("Received"), Column("Requests", True), Column("Usual", True))
    notes = (
        "What came on closed days counts to the next business day; one after holidays or closures is compared as so many days.",
        "Pointed out, never acted on: a period is declared in the standards file, by someone with the authority.",
    )
    yield Table("surges-table", "More requests than chance explains, not declared", columns, rows, notes=notes)


def _volume_words(check: Report) -> Iterator[Block]:
    total = check.total
    said = (
        f"{total.missed_in_high_volume or 0:,} of {counted(total.missed, 'miss', 'misses')} fell in a declared period."
    )
    if total.met_by_extension:
        yield Text(said, "lead")
        yield Text(extension_words(check))
        return
    relief = "The policy (5.2) asks customers for patience and gives no relief, so a period hides no miss."
    yield Text(f"{said} {relief}", "lead")


def _declared(one: HighVolumePeriod) -> str:
    by = [
        f"declared {one.declared}" if one.declared else None,
        one.authority,
        f"due times extended by {one.by}" if one.by else None,
    ]
    days = period_name(one.first, one.last)
    return f"{one.reason}: {some((days, listed(one.departments), listed(one.channels), *by))}"


def _counts(counts: Counts | CheckRow, aims: tuple[Decimal | None, ...]) -> tuple[str, str, str]:
    return in_time(counts), share_text(counts, *aims), f"{counts.missed:,}"


def readings(report: MonthlyReport) -> Section | None:
    """The annex of readings; its range stands on the first screen."""
    found = report.check.readings
    if found is None:
        return None
    aims = targets(report.check, report.check.total)
    has_pending = any(row.pending for row in found.rows)
    rows = tuple(
        (row.reading.replace("_", " "), row.rule, in_time(row), share_text(row, *aims),
         *([f"{row.pending:,}"] if has_pending else []), f"{row.excluded:,}",
         "–" if row.reading == "declared" else f"{row.differs:,}")
        for row in found.rows
    )  # fmt: skip
    columns = (
        Column("Reading"),
        Column("Rule"),
        Column("In time", True),
        Column("Compliance", True),
        *([Column("Not yet due", True)] if has_pending else []),
        Column("Not judged", True),
        Column("Differs", True),
    )
    n = "no request has" if not found.contested else counted(found.contested, "request has", "requests have")
    lead = (
        "A business day can be read in several ways. The same requests, counted as other tools and other people would: "
        f"{n} a verdict that depends on the reading."
    )
    note = (
        "Differs: requests with another verdict than under the declared rule. The declared rule is the one that counts."
    )
    table = Table("readings-table", "Compliance under other readings of a business day", columns, rows, notes=(note,))
    lines = (command("records", "…", "--contested"),) if found.contested else ()
    return Section(
        "readings", "Annex: other readings", (Text(lead, "lead"), table, *([Commands(lines)] if lines else []))
    )


def data(check: Report) -> Section:
    """Every row of every file, and what the reader must know about the input."""
    columns = (
        Column("File"), Column("Taken for"), Column("Rows", True), Column("Requests", True), Column("Other messages", True),
        Column("Duplicates", True), Column("Rejected", True), Column("Not data", True),
    )  # fmt: skip
    rows = [_file_row(place_name(one.file, one.sheet), one.source, one) for one in check.inputs]
    sums = [f"{sum(_fates(one)[i] for one in check.inputs):,}" for i in range(6)]
    note = "Rows = requests + other messages + duplicates + rejected + not data (titles, totals, repeated headers, blanks)."
    table = Table(
        "files-table", "What became of every row", columns, (*rows, ("All", "", *sums)), has_total=True, notes=(note,)
    )
    return Section("data", "Data and reconciliation", (Text(f"{run_words(check)}.", "lead"), table, *_findings(check)))


def _file_row(name: str, source: str, one: InputFile) -> tuple[str, ...]:
    return (name, source, *(f"{n:,}" for n in _fates(one)))


def _fates(one: InputFile) -> tuple[int, ...]:
    fates = one.fates
    return (fates.rows, fates.requests, fates.other_messages, fates.duplicates, fates.rejected, fates.not_data)


def _findings(check: Report) -> Iterator[Block]:
    if not check.findings:
        yield Text("Nothing else to note about the input.", "note")
        return
    rows = [
        (one.code.replace("_", " "), f"{one.n:,}", places_words(one) or "–", finding_words(one))
        for one in check.findings
    ]
    columns = (Column("Finding"), Column("Places", True), Column("Where"), Column("What it means"))
    yield Table("findings-table", "What to know about the input", columns, tuple(rows))


def finding_words(one: Finding) -> str:
    """What a finding means, and of what it speaks as far as that may be shown."""
    meaning = CATALOGUE[one.code][1] if one.code in CATALOGUE else one.message
    named = [f'"{value}"' for value in dict.fromkeys(one.values)] if one.code in NAMES_ONLY else []
    more = some((listed(named), one.message if one.message != meaning else ""))
    said = f"{meaning} ({more})" if more else meaning
    return f"{said[0].upper()}{said[1:]}"


def method(check: Report) -> Section:
    return Section("method", "How it is counted", (Points(tuple(_rules(check))), _versions(check)))


def _rules(check: Report) -> Iterator[str]:
    yield "Compliance = met ÷ (met + late + unanswered after the due time). Open requests that are not yet due are in neither."
    if check.counting:
        yield f"{sentence(check.counting)}."
    if check.clauses:
        yield f"Promised by {listed(check.clauses)}; each request is judged by the promise in force on the day it was received."
    day = "its reply was due" if check.cohort == "due" else "it was received"
    yield f"A request belongs to the period in which {day}."
    yield f"As of {as_of_words(check.as_of, check.as_of_is_date)}: what happened later is not known here."
    if check.scenario:
        yield f"This is a {check.scenario}."
    yield from _replies(check)
    yield "Met or not met is decided on whole counts, never on a rounded percentage; 100 % means that nothing was missed."


def _replies(check: Report) -> Iterator[str]:
    for basis, words in BASIS_WORDS.items():
        if check.n_by_basis.get(basis):
            said = words.format(requests=counted(check.n_by_basis[basis], "request"))
            yield f"{said[0].upper()}{said[1:]}."
    if check.quick_replies:
        yield f"{counted(check.quick_replies, 'reply', 'replies')} within 60 seconds of receipt, counted like any other."
    yield "Exports prove that a reply was sent, not that it arrived."


def _versions(check: Report) -> Table:
    rows = [(name, str(number)) for name, number in check.meta.get("versions", {}).items()]
    standards = check.meta.get("standards", {})
    rows += [("standards file", Path(standards["file"]).name)] if standards.get("file") else []
    rows += [("its SHA-256", str(standards["sha256"]))] if standards.get("sha256") else []
    rows += [("time zone", str(check.meta["timezone"]))] if check.meta.get("timezone") else []
    return Table("versions-table", "Made with", (Column("What"), Column("Version")), tuple(rows))
