"""The commands that keep what they find: `tally`, and those around the monthly report."""

from __future__ import annotations

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
    ReportFormatOption,
    SourceOption,
    StandardsFile,
    StrictOption,
    now,
    standards_path,
)


@app.command()
def tally(
    files: Files,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Where to store the counts: NAME.parquet.")
    ] = None,
    period: PeriodOption = None,
    as_of: AsOfOption = None,
    standards: StandardsFile = None,
    channel: ChannelOption = None,
    source: SourceOption = None,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Store the counts of a part of a log, to be added up by `check --tallies`."""
    from cxaudit.commands.options import Input, Output
    from cxaudit.commands.tally import tally as run

    given = Input(files, period, as_of, standards_path(standards), channel, source, now())
    raise typer.Exit(run(given, Output(file=output, strict=strict, quiet=quiet)))


@app.command()
def report(
    files: Files,
    period: Annotated[
        str | None,
        typer.Option("--period", metavar="PERIOD", help="last-month, 2025-10, 2025-Q3, 2025, 2025-W41 or FROM..TO."),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="DIR", help="Where the reports are kept; the period's folder is made in it."),
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option(
            "--formats",
            metavar="NAMES",
            help="html, pdf, xlsx, md, json, csv; several with commas. Default: html, xlsx, csv, and pdf if it is installed.",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="MOMENT",
            help="Judge as known then. Default: the end of the period if it is over, else now.",
        ),
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="employee", help="Add a table of the employees to the report.")
    ] = None,
    standards: StandardsFile = None,
    channel: ChannelOption = None,
    source: SourceOption = None,
    reject_cells: Annotated[
        bool, typer.Option("--reject-cells", help="Refused: a report holds no cells of rejected rows.")
    ] = False,
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the report of a period: a folder with the page, the workbook, the missed requests and all they rest on."""
    from cxaudit.commands.drawing import Drawing

    with Drawing(None if formats is None else formats.split(",")) as drawing:  # it loads while all else is loaded
        from cxaudit.commands.options import Input, Output
        from cxaudit.commands.report import Wanted
        from cxaudit.commands.report import report as run

        given = Input(files, period, as_of, standards_path(standards), channel, source, now())
        wanted = Wanted(out, formats, by, reject_cells)
        raise typer.Exit(run(given, Output(strict=strict, quiet=quiet), wanted, drawing))


@app.command()
def trend(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Where the reports are kept.", show_default=False)],
    by: Annotated[
        str | None, typer.Option("--by", metavar="COLUMN", help="channel or department: a series for each.")
    ] = None,
    format_: ReportFormatOption = None,
    output: OutputOption = None,
    no_escape: NoEscapeOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the months of a folder of reports side by side, from their stored tallies."""
    from cxaudit.commands.options import Output
    from cxaudit.commands.trend import trend as run

    raise typer.Exit(run(folder, Output(format_, output, escape=not no_escape, quiet=quiet), by=by))


@app.command()
def verify(
    manifest: Annotated[
        str, typer.Argument(metavar="MANIFEST", help="The manifest.json of a report.", show_default=False)
    ],
    files: Files,
    standards: Annotated[
        str | None,
        typer.Option("--standards", metavar="FILE", help="Make it by this file. Default: the copy in the manifest."),
    ] = None,
    format_: FormatOption = None,
    output: OutputOption = None,
    no_escape: NoEscapeOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a report again from its manifest and the exports, and say what differs; exit code 1 if anything does."""
    from cxaudit.commands.options import Input, Output
    from cxaudit.commands.verify import verify as run

    given = Input(files, None, None, standards, None, None, now())
    raise typer.Exit(run(given, Output(format_, output, escape=not no_escape, quiet=quiet), manifest))
