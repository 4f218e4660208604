"""The commands that keep what they find: `tally`, and those around the monthly report."""

from __future__ import annotations

from typing import Annotated

import typer

from cxaudit.cli.app import app
from cxaudit.cli.parameters import (
    AsOfOption,
    ChannelOption,
    Files,
    PeriodOption,
    QuietOption,
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
