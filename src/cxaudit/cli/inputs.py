"""The commands about the input: `inspect`, `sources`."""

from __future__ import annotations

from typing import Annotated

import typer

from cxaudit.cli.app import app
from cxaudit.cli.parameters import (
    AsOfOption,
    ChannelOption,
    Files,
    FormatOption,
    OutputOption,
    QuietOption,
    SourceOption,
    StandardsFile,
    StrictOption,
    now,
    standards_path,
)


@app.command()
def inspect(
    files: Files,
    as_of: AsOfOption = None,
    standards: StandardsFile = None,
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
    strict: StrictOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what each file is taken for and why: columns, date formats, rows; for an unknown layout a guess to paste."""
    from cxaudit.commands.inspect import inspect as run
    from cxaudit.commands.options import Input, Output

    given = Input(files, None, as_of, standards_path(standards), channel, source, now())
    raise typer.Exit(run(given, Output(format_, output, strict=strict, quiet=quiet)))


@app.command()
def sources(
    standards: StandardsFile = None,
    format_: FormatOption = None,
    output: OutputOption = None,
    quiet: QuietOption = False,
) -> None:
    """List the layouts of exports that are known."""
    from cxaudit.commands.options import Output
    from cxaudit.commands.sources import sources as run

    raise typer.Exit(run(standards_path(standards), Output(format_, output, quiet=quiet)))
