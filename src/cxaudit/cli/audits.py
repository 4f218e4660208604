"""The commands that run an audit: `check`, `records`, `explain`, `volume`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from cxaudit.cli.app import app
from cxaudit.cli.parameters import (
    AsOfOption,
    ChannelOption,
    Files,
    FormatOption,
    NoEscapeOption,
    OutputOption,
    PeriodOption,
    QuietOption,
    RejectCellsOption,
    RejectsOption,
    ReportFormatOption,
    SourceOption,
    StandardsAsOfOption,
    StandardsFile,
    StrictOption,
    now,
    standards_path,
)


@app.command()
def check(
    files: Files,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="COLUMNS",
            help="channel (as it is), department, employee, month, week, customer_type, file; several with commas.",
        ),
    ] = None,
    period: PeriodOption = None,
    as_of: AsOfOption = None,
    standards: StandardsFile = None,
    standards_as_of: StandardsAsOfOption = None,
    readings: Annotated[
        bool, typer.Option("--readings", help="Show the same requests under other readings of a business day.")
    ] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Show how far the systems' own verdicts agree with these.")
    ] = False,
    fail_under: Annotated[
        str | None,
        typer.Option("--fail-under", metavar="PCT", help="Exit 1 if the total compliance is below this percentage."),
    ] = None,
    no_total: Annotated[bool, typer.Option("--no-total", help="Leave out the line over everything.")] = False,
    tallies: Annotated[
        bool, typer.Option("--tallies", help="The files are stored tallies of parts, as `cxaudit tally` writes them.")
    ] = False,
    channel: ChannelOption = None,
    source: SourceOption = None,
    format_: ReportFormatOption = None,
    output: OutputOption = None,
    rejects: RejectsOption = None,
    reject_cells: RejectCellsOption = False,
    strict: StrictOption = False,
    no_escape: NoEscapeOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show how many requests were answered in time, by channel."""
    from cxaudit.commands.check import check as judge
    from cxaudit.commands.check import check_tallies
    from cxaudit.commands.options import Input, Output

    if compare and (readings or tallies):
        raise typer.BadParameter("--compare goes with neither --readings nor --tallies.")
    if by is not None and (compare or readings):
        shown = "--compare" if compare else "--readings"
        raise typer.BadParameter(
            f"{shown} shows all requests together. Leave out --by, or narrow them down by --period."
        )
    path = standards if tallies else standards_path(standards)
    run = check_tallies if tallies else partial(judge, with_comparison=compare)
    raise typer.Exit(
        run(
            Input(files, period, as_of, path, channel, source, now(), standards_as_of),
            Output(format_, output, rejects, reject_cells, strict, not no_escape, quiet),
            by="channel" if by is None else by,
            fail_under=fail_under,
            with_total=not no_total,
            with_readings=readings,
        )
    )


@app.command()
def records(
    files: Files,
    period: PeriodOption = None,
    as_of: AsOfOption = None,
    standards: StandardsFile = None,
    standards_as_of: StandardsAsOfOption = None,
    contested: Annotated[
        bool, typer.Option("--contested", help="Only requests whose verdict depends on the reading.")
    ] = False,
    disagree: Annotated[
        bool,
        typer.Option("--disagree", help="Only requests of which their system says another thing, with the reason."),
    ] = False,
    verdict: Annotated[
        str | None,
        typer.Option(
            "--verdict", metavar="VERDICTS", help="met, late, overdue, pending, excluded; several with commas."
        ),
    ] = None,
    department: Annotated[
        str | None, typer.Option("--department", metavar="NAME", help="Only this department.")
    ] = None,
    case: Annotated[str | None, typer.Option("--case", metavar="ID", help="Only this case.")] = None,
    due_within: Annotated[
        str | None,
        typer.Option(
            "--due-within",
            metavar="DURATION",
            help="Pending requests due within, e.g. '1 business day' from the as-of moment.",
        ),
    ] = None,
    show_employees: Annotated[bool, typer.Option("--show-employees", help="Fill the employee column.")] = False,
    channel: Annotated[
        str | None,
        typer.Option(
            "--channel", metavar="NAME", help="Only this channel; also the channel of files that do not say it."
        ),
    ] = None,
    source: SourceOption = None,
    format_: ReportFormatOption = None,
    output: OutputOption = None,
    rejects: RejectsOption = None,
    reject_cells: RejectCellsOption = False,
    strict: StrictOption = False,
    no_escape: NoEscapeOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the requests, one by one, each with its verdict."""
    from cxaudit.commands.options import Input, Output
    from cxaudit.commands.records import Filters
    from cxaudit.commands.records import records as run

    raise typer.Exit(
        run(
            Input(files, period, as_of, standards_path(standards), channel, source, now(), standards_as_of),
            Output(format_, output, rejects, reject_cells, strict, not no_escape, quiet),
            Filters(verdict, department, channel, case, due_within, contested, disagree),
            show_employees=show_employees,
        )
    )


@app.command()
def explain(
    files: Files,
    case: Annotated[str, typer.Option("--case", metavar="ID", help="The id of the case, as the export writes it.")],
    as_of: AsOfOption = None,
    standards: StandardsFile = None,
    standards_as_of: StandardsAsOfOption = None,
    channel: ChannelOption = None,
    source: SourceOption = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="table, json or markdown. Default: by -o FILE; else a table at a terminal, JSON in a pipe.",
        ),
    ] = None,
    output: OutputOption = None,
    quiet: QuietOption = False,
) -> None:
    """Explain the verdict on one request, day by day, with the rows of the files that say so."""
    from cxaudit.commands.explain import explain as run
    from cxaudit.commands.options import Input, Output

    given = Input(files, None, as_of, standards_path(standards), channel, source, now(), standards_as_of)
    raise typer.Exit(run(given, Output(format_, output, quiet=quiet), case))


@app.command()
def volume(
    files: Files,
    per: Annotated[
        str, typer.Option("--per", metavar="UNIT", help="Count per business day or ISO week: day, week.")
    ] = "day",
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            metavar="FROM..TO",
            help="The days that make the usual level. Default: the first 12 days or weeks.",
        ),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            metavar="PERIOD",
            help="Show only 2025-10, 2025-Q3, 2025, 2025-W41, last-month or FROM..TO, by receipt.",
        ),
    ] = None,
    as_of: AsOfOption = None,
    standards: StandardsFile = None,
    channel: ChannelOption = None,
    source: SourceOption = None,
    format_: FormatOption = None,
    output: OutputOption = None,
    strict: StrictOption = False,
    no_escape: NoEscapeOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show requests received against their usual level, by department, and where a surge was not declared."""
    from cxaudit.commands.options import Input, Output
    from cxaudit.commands.volume import volume as run

    raise typer.Exit(
        run(
            Input(files, None, as_of, standards_path(standards), channel, source, now()),
            Output(format_, output, strict=strict, escape=not no_escape, quiet=quiet),
            per=per,
            baseline=baseline,
            period=period,
        )
    )
