"""The commands that ask the calendar alone: `due`, `calendar`."""

from __future__ import annotations

from typing import Annotated

import typer

from cxaudit.cli.app import app
from cxaudit.cli.parameters import (
    FormatOption,
    OutputOption,
    QuietOption,
    StandardsAsOfOption,
    StandardsFile,
    standards_path,
)


@app.command()
def due(
    received: Annotated[
        list[str],
        typer.Option(
            "--received",
            metavar="MOMENT",
            help="'2025-12-24 16:40' (city time), 2025-12-24T23:40:00Z or 2025-12-24; may be given several times.",
        ),
    ],
    channel: Annotated[str | None, typer.Option("--channel", metavar="NAME", help="How it came in.")] = None,
    department: Annotated[
        str | None, typer.Option("--department", metavar="NAME", help="For whom, if it promises more than the channel.")
    ] = None,
    within: Annotated[
        str | None,
        typer.Option("--within", metavar="DURATION", help="Instead of --channel: a promise such as '2 business days'."),
    ] = None,
    standards: StandardsFile = None,
    standards_as_of: StandardsAsOfOption = None,
    format_: FormatOption = None,
    output: OutputOption = None,
    quiet: QuietOption = False,
) -> None:
    """Tell when a request received then is due, with the days that do not count."""
    from cxaudit.commands.due import Asked
    from cxaudit.commands.due import due as run
    from cxaudit.commands.options import Output

    raise typer.Exit(
        run(
            standards_path(standards),
            Asked(received, channel, department, within, standards_as_of),
            Output(format_, output, quiet=quiet),
        )
    )


@app.command()
def calendar(
    years: Annotated[
        list[str],
        typer.Argument(metavar="YEAR", help="2026, or 2025..2027; several with blanks.", show_default=False),
    ],
    standards: StandardsFile = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="table, csv, tsv, json, jsonl, markdown or ics. Default: by -o FILE; else table or, in a pipe, CSV.",
        ),
    ] = None,
    output: OutputOption = None,
    quiet: QuietOption = False,
) -> None:
    """List the closed days, part days and worked holidays of a year, for sign-off or as a calendar file."""
    from cxaudit.commands.calendar import calendar as run
    from cxaudit.commands.options import Output

    raise typer.Exit(run(standards_path(standards), years, Output(format_, output, quiet=quiet)))
