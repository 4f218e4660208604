"""`cxaudit tally` and `check --tallies`: the counts of a part into a file, and one table from many such files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from cxaudit.audit import Audit
from cxaudit.commands.digests import digests_of
from cxaudit.commands.options import Input, Output
from cxaudit.commands.shared import (
    NOT_RELIABLE,
    counting_of,
    is_doubtful,
    load_standards,
    meta_of,
    settings,
    warn_of_vain_channel,
)
from cxaudit.counting.from_tallies import (
    STORED_DIMENSIONS,
    Tallied,
    add_tallies,
    open_tallies,
    tally_bytes,
)
from cxaudit.days.spans import whole_months
from cxaudit.errors import UsageError
from cxaudit.period import parse_period
from cxaudit.render.notes import notes


def tally(given: Input, output: Output) -> int:
    """Judge these files and store the counts."""
    if output.file is None or output.file == "-":
        raise UsageError("a tally is a file for machines.\nName it: -o part.parquet")
    if Path(output.file).suffix.lower() != ".parquet":
        raise UsageError(f"-o {output.file}: a tally is a Parquet file.\nLet its name end in .parquet.")
    output.check_places()
    standards = load_standards(given)
    question = given.question(standards, ["department"], reject_cells=False, with_readings="if_small")
    with output.progress(2) as step:
        step("Reading")
        audit = Audit(given.files, question)
        output.spare_inputs(audit.paths, given.standards)
        step("Judging")
        report = audit.report(("channel",), None, counting_of(question), meta_of(given, question))
        data = tally_bytes(audit, report, {name: one.sha256 for name, one in digests_of(audit).items()})
    output.write([data], "parquet")
    output.say([*settings(given, question), *notes(report)])
    warn_of_vain_channel(given, audit, output)
    return NOT_RELIABLE if is_doubtful(output, audit.inputs, audit.findings) else 0


def tallied(arguments: Iterable[str], by: Sequence[str], period: str | None) -> Tallied:
    """What stored tallies say together, of a period of whole months if one is given."""
    for name in by:
        if name not in STORED_DIMENSIONS:
            raise UsageError(
                f"--by {name} needs the exports: a stored tally holds {', '.join(STORED_DIMENSIONS)}, and no employee."
            )
    together = add_tallies(open_tallies(arguments))
    if period is None:
        return together
    first, last = parse_period(period, together.stored.about.as_of)
    held = together.stored.about.period
    if held == (first, last):
        return together
    if not whole_months(first, last):
        raise UsageError(f"--period {period}: a stored tally counts by month.\nGive whole months, or the exports.")
    if held and not held[0] <= first <= last <= held[1]:
        raise UsageError(f"--period {period}: these tallies count {held[0]} to {held[1]} only.")
    return together.of_months(first, last)
