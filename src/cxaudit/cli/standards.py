"""`cxaudit standards …`: the commands about the standards file."""

from __future__ import annotations

from typing import Annotated

import typer

from cxaudit.cli.app import standards_app
from cxaudit.cli.parameters import (
    AsOfOption,
    ChannelOption,
    FormatOption,
    NoEscapeOption,
    OutputOption,
    PeriodOption,
    QuietOption,
    SourceOption,
    StandardsArgument,
    StandardsFile,
    now,
    standards_path,
)
from cxaudit.errors import UsageError


@standards_app.command("show")
def standards_show(
    file: StandardsArgument = None,
    standards: StandardsFile = None,
    format_: FormatOption = None,
    output: OutputOption = None,
    quiet: QuietOption = False,
) -> None:
    """Show the promises: one line for each channel and version."""
    from cxaudit.commands.options import Output
    from cxaudit.commands.standards import standards_show as run

    raise typer.Exit(run(_path_of(file, standards), Output(format_, output, quiet=quiet)))


@standards_app.command("check")
def standards_check(file: StandardsArgument = None, standards: StandardsFile = None) -> None:
    """Check a standards file: every error with line and column, or a line that all is well."""
    from cxaudit.commands.standards import standards_check as run

    raise typer.Exit(run(_path_of(file, standards)))


def _path_of(argument: str | None, option: str | None) -> str | None:
    """The file as it may be named here, and as it is named for all other commands."""
    if argument and option:
        raise UsageError(f"two standards files are named, {argument} and {option}.\nName one.")
    return standards_path(argument or option)


@standards_app.command("schema")
def standards_schema(output: OutputOption = None) -> None:
    """Print the JSON Schema of the standards file, for editors."""
    from cxaudit.commands.options import Output
    from cxaudit.commands.standards import standards_schema as run

    raise typer.Exit(run(Output(None, output)))


@standards_app.command("init")
def standards_init(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where to write it.")] = "standards.yaml",
    built_in: Annotated[
        bool, typer.Option("--built-in", help="The built-in file, which is used where there is none, instead.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a starter standards file."""
    from cxaudit.commands.standards import standards_init as run

    raise typer.Exit(run(file, built_in=built_in, force=force))


@standards_app.command("diff")
def standards_diff(
    before: Annotated[
        str,
        typer.Argument(
            metavar="BEFORE",
            help="A standards file, `built-in`, or FILE@2025-02-01 for its version of that day.",
            show_default=False,
        ),
    ],
    after: Annotated[
        str, typer.Argument(metavar="AFTER", help="What to compare it with, named the same way.", show_default=False)
    ],
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILES", help="Exports: how many of their verdicts would change?", show_default=False),
    ] = None,
    period: PeriodOption = None,
    as_of: AsOfOption = None,
    channel: ChannelOption = None,
    source: SourceOption = None,
    format_: FormatOption = None,
    output: OutputOption = None,
    no_escape: NoEscapeOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what changed between two standards files and, with exports, how many verdicts that changes."""
    from cxaudit.commands.options import Input, Output
    from cxaudit.commands.standards_diff import standards_diff as run

    given = Input(files or [], period, as_of, None, channel, source, now())
    raise typer.Exit(run(before, after, given, Output(format_, output, escape=not no_escape, quiet=quiet)))
