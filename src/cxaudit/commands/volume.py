"""`cxaudit volume`: requests received against their usual level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import polars as pl

from cxaudit.audit import Audit, Question
from cxaudit.commands.options import Input, Output, require_one_of
from cxaudit.commands.shared import NOT_RELIABLE, is_doubtful, load_standards, settings
from cxaudit.errors import UsageError
from cxaudit.period import parse_period
from cxaudit.render.notes import notes_of
from cxaudit.render.rows import ROW_FORMATS
from cxaudit.render.volume import declaration, render_volume
from cxaudit.render.words import counted
from cxaudit.volume import Per, Series, Volume, declared_in, measure, tally_receipts


def volume(given: Input, output: Output, *, per: str, baseline: str | None, period: str | None) -> int:
    """Requests per business day or week, and what is above the usual level."""
    form = output.chosen(ROW_FORMATS)
    output.check_places()
    unit = _unit(per)
    question = given.question(load_standards(given), ["department"], reject_cells=False)
    usual_days = _days(baseline, question, "--baseline")
    shown = _days(period, question, "--period")
    with output.progress(1) as step:
        step("Reading")
        audit = Audit(given.files, question)
        output.spare_inputs(audit.paths, given.standards)
    found = _measured(audit, unit, usual_days, shown)
    output.write(render_volume(found, form, output.options()), form)
    output.say([*settings(given, question), *notes_of(audit.inputs, _run(found), audit.findings), *_advice(found)])
    return NOT_RELIABLE if is_doubtful(output, audit.inputs, audit.findings) else 0


def _measured(
    audit: Audit, per: Per, baseline: tuple[dt.date, dt.date] | None, shown: tuple[dt.date, dt.date] | None
) -> Volume:
    question = audit.question
    is_known = pl.col("received_at") <= question.as_of.local
    is_owed = (pl.col("excluded").cast(pl.String) != "no_reply_owed").fill_null(True)
    requests = audit.judged.filter(is_known & is_owed)
    left_out = audit.judged.select(after=(~is_known).sum(), not_owed=(is_known & ~is_owed).sum())
    after, not_owed = left_out.collect(engine="streaming").row(0)
    tally = tally_receipts(requests, audit.calendar, per).collect(engine="streaming")
    span = requests.select(pl.col("received_at").min().dt.date(), last=pl.col("received_at").max().dt.date())
    n = int(tally["n"].sum())
    series: tuple[Series, ...] = ()
    if tally["on"].count():
        periods = question.standards.high_volume
        series = measure(
            tally,
            span.collect(engine="streaming").row(0),
            audit.calendar,
            periods,
            per=per,
            baseline=baseline,
            shown=shown,
        )
    return Volume(
        organisation=question.standards.organisation,
        per=per,
        series=series,
        declared=tuple(declared_in(series, question.standards.high_volume)),
        as_of=question.as_of.local,
        as_of_is_date=question.as_of.is_date,
        baseline=baseline,
        n={
            "requests": audit.n_requests,
            "after": after,
            "not_owed": not_owed,
            "outside_calendar": int(tally.filter(pl.col("on").is_null())["n"].sum()),
            "no_department": int(tally.filter(pl.col("department").is_null())["n"].sum()),
            "counted": n,
        },
    )


def _unit(text: str) -> Per:
    require_one_of("--per", text, ("day", "week"))
    return "day" if text == "day" else "week"


def _days(text: str | None, question: Question, option: str) -> tuple[dt.date, dt.date] | None:
    try:
        return parse_period(text, question.as_of) if text is not None else None
    except UsageError as error:
        raise UsageError(str(error).replace("--period", option)) from error


def _run(found: Volume) -> str:
    """Every request: counted, or why not."""
    n = found.n
    left_out = (
        ("after the as-of moment", n["after"]),
        ("owed no reply", n["not_owed"]),
        ("outside the years of the holiday data", n["outside_calendar"]),
    )
    terms = [f"{n['counted'] - n['outside_calendar']:,} counted", *(f"{m:,} {words}" for words, m in left_out if m)]
    return f"Run: {counted(n['requests'], 'request')} = {' + '.join(terms)}"


def _advice(found: Volume) -> Iterator[str]:
    """Which requests have no line of their own, and what to paste for each undeclared surge."""
    if found.n["no_department"] and len(found.series) > 1:
        said = f"{counted(found.n['no_department'], 'request')} without a department"
        yield f"{said}: counted in the line over all only."
    entries = [declaration(surge) for surge in found.proposals]
    if entries:
        yield "If someone with the authority decides so, paste under high_volume: in the standards file, with the reason:"
        yield "".join(entries).rstrip("\n")
