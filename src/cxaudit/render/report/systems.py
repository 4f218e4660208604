"""The systems' own word: how far their verdicts agree with the recomputed ones, where exports carry them."""

from __future__ import annotations

from collections.abc import Iterator

from cxaudit.compare.model import Comparison
from cxaudit.model import Report
from cxaudit.render.compare import reason_words
from cxaudit.render.figures import compliance_text, for_people
from cxaudit.render.report.story import Block, Column, Commands, Section, Table, Text
from cxaudit.render.report.words import LOW, LOW_NOTE, SMALL, command
from cxaudit.render.words import counted


def section(check: Report) -> Section | None:
    """What the systems say is compared and never taken over."""
    found = check.comparison
    if found is None or not found.compared + found.not_judged:
        return None
    return Section("systems", "The systems\u2019 own word", tuple(_blocks(found)))


def _blocks(found: Comparison) -> Iterator[Block]:
    yield Text(
        f"Of {counted(found.compared, 'verdict')} that the systems give themselves, {found.agreed:,} agree with the ones here. "
        "They are compared and never taken over.",
        "lead",
    )
    yield _sources(found)
    unlike = sorted(
        (row for row in found.rows if row.reason), key=lambda row: (row.source, row.agrees is None, -row.requests)
    )
    if unlike:
        rows = tuple(
            (row.source, row.system or "nothing", "not judged" if row.verdict == "excluded" else row.verdict,
             f"{row.requests:,}", reason_words(row.reason or ""))
            for row in unlike
        )  # fmt: skip
        columns = (
            Column("Source"),
            Column("It says"),
            Column("Here"),
            Column("Requests", True),
            Column("Likely reason"),
        )
        yield Table("disagreements-table", "Where they differ", columns, rows)
        yield Commands((command("records", "…", "--disagree"),))


def _sources(found: Comparison) -> Table:
    rows = []
    for source in dict.fromkeys(row.source for row in found.rows):
        mine = Comparison(tuple(row for row in found.rows if row.source == source), (), {})
        share = for_people(compliance_text(mine.agreed, mine.compared))
        share = LOW if 0 < mine.compared < SMALL else share
        rows.append(
            (source, f"{mine.compared:,}", f"{mine.agreed:,}", f"{mine.differing:,}", share, f"{mine.not_stated:,}")
        )
    columns = (
        Column("Source"), Column("Compared", True), Column("Agree", True), Column("Differ", True), Column("Agreement", True),
        Column("Not stated", True),
    )  # fmt: skip
    low = (LOW_NOTE,) if any(LOW in row for row in rows) else ()
    return Table("systems-table", "Verdicts of the systems and of this report", columns, tuple(rows), notes=low)
