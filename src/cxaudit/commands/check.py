"""`cxaudit check`: the compliance table."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation

from cxaudit.audit import Audit, WithReadings
from cxaudit.commands.options import Input, Output, require_one_of
from cxaudit.commands.shared import (
    MISSED_TARGET,
    NOT_RELIABLE,
    SHOWN_ROLES,
    counting_of,
    is_doubtful,
    load_standards,
    meta_of,
    settings,
    warn_of_nothing,
    warn_of_vain_channel,
    write_rejects,
)
from cxaudit.errors import UsageError
from cxaudit.model import DIMENSIONS, Report
from cxaudit.render import CHECK_FORMATS
from cxaudit.render.figures import meets
from cxaudit.render.notes import notes
from cxaudit.render.rows import ROW_FORMATS

#: The forms that say under the table how far other readings lead.
_IN_WORDS = ("table", "markdown", "html", "xlsx")


def check(
    given: Input,
    output: Output,
    *,
    by: str,
    fail_under: str | None,
    with_total: bool,
    with_readings: bool = False,
    with_comparison: bool = False,
) -> int:
    """The compliance table, or the same requests under every reading, or beside what their own systems say."""
    dimensions = _dimensions(by)
    limit = _percentage(fail_under)
    form = output.chosen(ROW_FORMATS if with_comparison else CHECK_FORMATS)
    output.check_places()
    standards = load_standards(given)
    wanted: WithReadings = "yes" if with_readings else "if_small" if form in _IN_WORDS else "no"
    roles = [role for role in SHOWN_ROLES if role in dimensions]
    if with_comparison:
        from cxaudit.compare.verdicts import COMPARED_ROLES

        roles += COMPARED_ROLES
    question = given.question(standards, roles, reject_cells=output.reject_cells, with_readings=wanted)
    with output.progress(2) as step:
        step("Reading")
        audit = Audit(given.files, question)
        step("Judging")
        meta = meta_of(given, question)
        report = audit.report(dimensions, limit, counting_of(question), meta, with_total=with_total)
    output.spare_inputs(audit.paths, given.standards)
    write_rejects(audit, output)
    if with_comparison:
        from cxaudit.compare.verdicts import compare_verdicts
        from cxaudit.render.compare import render_comparison

        compared = replace(report, comparison=compare_verdicts(audit))
        output.write(render_comparison(compared, form, output.options()), form)
    else:
        _write(report, output, form, with_readings=with_readings)
    output.say([*settings(given, question), *notes(report)])
    warn_of_vain_channel(given, audit, output)
    return _exit_code(report, output, is_doubtful=is_doubtful(output, audit.inputs, audit.findings))


def check_tallies(
    given: Input, output: Output, *, by: str, fail_under: str | None, with_total: bool, with_readings: bool = False
) -> int:
    """The same from stored tallies, which carry their own standards and their own as-of moment."""
    from cxaudit.commands.tally import tallied
    from cxaudit.counting.from_tallies import find_tallies

    _refuse_what_tallies_fix(given, output)
    dimensions = _dimensions(by)
    limit = _percentage(fail_under)
    form = output.chosen(CHECK_FORMATS)
    output.check_places()
    found = tallied(given.files, dimensions, given.period)
    about = found.stored.about
    meta = {
        "versions": about.versions,
        "standards": {"file": about.standards["file"], "sha256": about.standards["sha256"]},
        "timezone": found.promises.standards.timezone,
        "as_of_is_now": False,
    }
    output.spare_inputs(find_tallies(given.files))
    report = found.report(dimensions, limit, meta, with_total=with_total)
    if with_readings and report.readings is None:
        raise UsageError("these tallies hold no readings of this period.\nRun check --readings on the exports.")
    if not with_readings and form not in _IN_WORDS:
        report = replace(report, readings=None)
    _write(report, output, form, with_readings=with_readings)
    output.say([f"Standards: those of the tallies, {about.standards['file']} ({report.organisation})", *notes(report)])
    return _exit_code(report, output, is_doubtful=is_doubtful(output, about.inputs, about.findings))


def _write(report: Report, output: Output, form: str, *, with_readings: bool) -> None:
    if with_readings:
        from cxaudit.render.readings import render_readings

        output.write(render_readings(report, form, output.options()), form)
    else:
        output.write(CHECK_FORMATS[form](report, output.options()), form)


def _refuse_what_tallies_fix(given: Input, output: Output) -> None:
    typed = {
        "--as-of": given.as_of,
        "--standards-as-of": given.standards_as_of,
        "--standards": given.standards,
        "--channel": given.channel,
        "--source": given.source,
        "--rejects": output.rejects,
    }
    for option, value in typed.items():
        if value is not None:
            raise UsageError(f"{option} does not go with --tallies: the requests are judged already.\nLeave it out.")


def _dimensions(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        require_one_of("--by", name, DIMENSIONS)
    if not names or len(set(names)) < len(names):
        raise UsageError(f"--by {text} names no column, or one twice. It takes {', '.join(DIMENSIONS)}.")
    return names


def _percentage(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        percentage = Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation as error:
        raise UsageError(f"--fail-under {text} is not a percentage. Write 90 or 97.5.") from error
    if not percentage.is_finite():
        raise UsageError(f"--fail-under {text} is not a percentage. Write 90 or 97.5.")
    if not 0 <= percentage <= 100 or 0 < percentage < 1:
        raise UsageError(f"--fail-under {text} is not between 1 and 100. Write 90 for 90 %.")
    return percentage


def _exit_code(report: Report, output: Output, *, is_doubtful: bool) -> int:
    """0, 1 or 3: a figure that is not to be relied on beats a missed target. Why it is 3 is said."""
    if report.total.judged == 0:
        warn_of_nothing(output, report)
        return NOT_RELIABLE
    if is_doubtful:
        return NOT_RELIABLE
    missed = any(meets(row.met, row.judged, row.target_pct) is False for row in report.rows)
    below = meets(report.total.met, report.total.judged, report.fail_under) is False
    return MISSED_TARGET if missed or below else 0
