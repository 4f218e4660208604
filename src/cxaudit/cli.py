"""The command line: options in, exit code out. The only room that reads the clock, the environment and the terminal.

Exit codes: 0 ran · 1 a target was missed · 2 could not run · 3 ran, but the result is not to be relied on · 70 a bug · 130
interrupted; a closed pipe is 0. Source: DESIGN, section 6.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cxaudit.errors import AuditError

if TYPE_CHECKING:
    import datetime as dt

app = typer.Typer(
    name="cxaudit",
    help="Tells a city whether it answered its customers in time: exports of phone, e-mail and portal systems in, "
    "compliance with the promised response times out.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
standards_app = typer.Typer(
    help="Show, check and start the standards file.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(standards_app, name="standards")

Files = Annotated[
    list[str],
    typer.Argument(help="Exports (CSV, Excel), folders or patterns such as exports/*.csv.", show_default=False),
]
StandardsFile = Annotated[
    str | None,
    typer.Option(
        "--standards",
        metavar="FILE",
        help="Standards file. Default: CXAUDIT_STANDARDS, else ./standards.yaml, else the built-in one.",
    ),
]
StandardsAsOfOption = Annotated[
    str | None,
    typer.Option(
        "--standards-as-of", metavar="DATE", help="A scenario: judge everything by the version in force on that day."
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="MOMENT",
        help="Judge as known then: 2025-11-03 (its end) or '2025-11-03 09:00'. Default: now.",
    ),
]
PeriodOption = Annotated[
    str | None,
    typer.Option(
        "--period", metavar="PERIOD", help="2025-10, 2025-Q3, 2025, last-month or FROM..TO. Default: everything."
    ),
]
ChannelOption = Annotated[
    str | None, typer.Option("--channel", metavar="NAME", help="The channel of files that do not say it.")
]
SourceOption = Annotated[
    str | None,
    typer.Option("--source", metavar="NAME", help="Read every file as this source, whatever its header suggests."),
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="table, csv, tsv, json, jsonl or markdown. Default: by -o FILE; else a table at a terminal, CSV in a pipe.",
    ),
]
OutputOption = Annotated[
    str | None, typer.Option("-o", "--output", metavar="FILE", help="Write to a file; its ending gives the format.")
]
RejectsOption = Annotated[
    str | None, typer.Option("--rejects", metavar="FILE", help="Write the rows that could not be used to a CSV file.")
]
RejectCellsOption = Annotated[
    bool, typer.Option("--reject-cells", help="Add all their cells to --rejects FILE (may hold personal data).")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Exit 3 if a row was rejected or an export is stale.")]
NoEscapeOption = Annotated[
    bool, typer.Option("--no-escape", help="Leave text that a spreadsheet would take for a formula as it is.")
]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing on standard error but errors.")]


def _version(wanted: bool) -> None:
    if wanted:
        from cxaudit.versions import version_lines

        typer.echo("\n".join(version_lines()))
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the versions that results depend on."),
    ] = False,
) -> None:
    """Nothing to do before a command."""


@app.command()
def check(
    files: Files,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="COLUMNS",
            help="channel, department, employee, month, week, customer_type, file; several with commas.",
        ),
    ] = "channel",
    period: PeriodOption = None,
    as_of: AsOfOption = None,
    standards: StandardsFile = None,
    standards_as_of: StandardsAsOfOption = None,
    readings: Annotated[
        bool, typer.Option("--readings", help="Show the same requests under other readings of a business day.")
    ] = False,
    fail_under: Annotated[
        str | None,
        typer.Option("--fail-under", metavar="PCT", help="Exit 1 if the total compliance is below this percentage."),
    ] = None,
    no_total: Annotated[bool, typer.Option("--no-total", help="Leave out the line over everything.")] = False,
    channel: ChannelOption = None,
    source: SourceOption = None,
    format_: FormatOption = None,
    output: OutputOption = None,
    rejects: RejectsOption = None,
    reject_cells: RejectCellsOption = False,
    strict: StrictOption = False,
    no_escape: NoEscapeOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show how many requests were answered in time, by channel."""
    from cxaudit.commands.check import check as run
    from cxaudit.commands.options import Input, Output

    raise typer.Exit(
        run(
            Input(files, period, as_of, _standards_path(standards), channel, source, _now(), standards_as_of),
            Output(format_, output, rejects, reject_cells, strict, not no_escape, quiet),
            by=by,
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
    format_: FormatOption = None,
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
            Input(files, period, as_of, _standards_path(standards), channel, source, _now(), standards_as_of),
            Output(format_, output, rejects, reject_cells, strict, not no_escape, quiet),
            Filters(verdict, department, channel, case, due_within, contested),
            show_employees=show_employees,
        )
    )


@app.command()
def explain(
    files: Files,
    case: Annotated[str, typer.Option("--case", metavar="ID", help="The id of the case, as the export writes it.")],
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
    quiet: QuietOption = False,
) -> None:
    """Explain the verdict on one request, day by day, with the rows of the files that say so."""
    from cxaudit.commands.explain import explain as run
    from cxaudit.commands.options import Input, Output

    given = Input(files, None, as_of, _standards_path(standards), channel, source, _now())
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
            "--period", metavar="PERIOD", help="Show only 2025-10, 2025-Q3, 2025, last-month or FROM..TO, by receipt."
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
            Input(files, None, as_of, _standards_path(standards), channel, source, _now()),
            Output(format_, output, strict=strict, escape=not no_escape, quiet=quiet),
            per=per,
            baseline=baseline,
            period=period,
        )
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
            _standards_path(standards),
            Asked(received, channel, department, within),
            Output(format_, output, quiet=quiet),
        )
    )


@app.command()
def calendar(
    years: Annotated[
        list[str],
        typer.Argument(metavar="YEAR...", help="2026, or 2025..2027; several with blanks.", show_default=False),
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

    raise typer.Exit(run(_standards_path(standards), years, Output(format_, output, quiet=quiet)))


StandardsArgument = Annotated[
    str | None,
    typer.Argument(metavar="[FILE]", help="Standards file; default as for the other commands.", show_default=False),
]


@standards_app.command("show")
def standards_show(file: StandardsArgument = None, format_: FormatOption = None, output: OutputOption = None) -> None:
    """Show the promises: one line for each channel and version."""
    from cxaudit.commands.options import Output
    from cxaudit.commands.standards import standards_show as run

    raise typer.Exit(run(_standards_path(file), Output(format_, output)))


@standards_app.command("check")
def standards_check(file: StandardsArgument = None) -> None:
    """Check a standards file: every error with line and column, or a line that all is well."""
    from cxaudit.commands.standards import standards_check as run

    raise typer.Exit(run(_standards_path(file)))


@standards_app.command("schema")
def standards_schema(output: OutputOption = None) -> None:
    """Print the JSON Schema of the standards file, for editors."""
    from cxaudit.commands.options import Output
    from cxaudit.commands.standards import standards_schema as run

    raise typer.Exit(run(Output(None, output)))


@standards_app.command("init")
def standards_init(
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="Where to write it.")] = "standards.yaml",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a starter standards file."""
    from cxaudit.commands.standards import standards_init as run

    raise typer.Exit(run(file, force=force))


@standards_app.command("diff")
def standards_diff(
    before: Annotated[
        str,
        typer.Argument(
            help="A standards file, `built-in`, or FILE@2025-02-01 for its version of that day.", show_default=False
        ),
    ],
    after: Annotated[str, typer.Argument(help="What to compare it with, named the same way.", show_default=False)],
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Exports: how many of their verdicts would change?", show_default=False),
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

    given = Input(files or [], period, as_of, None, channel, source, _now())
    raise typer.Exit(run(before, after, given, Output(format_, output, escape=not no_escape, quiet=quiet)))


def _standards_path(given: str | None) -> str | None:
    """The standards file to use: the option, else the environment, else the one here; None for the built-in one."""
    path = given or os.environ.get("CXAUDIT_STANDARDS")
    if path:
        return path
    return "standards.yaml" if os.path.isfile("standards.yaml") else None  # noqa: PTH113 - pathlib is slow to load


def _now() -> dt.datetime:
    """The clock, read once for a run."""
    import datetime as dt

    return dt.datetime.now(dt.UTC)


def main() -> int:
    """Run the command line and turn every outcome into an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if (stream.encoding or "").lower().replace("-", "") != "utf8":
            with contextlib.suppress(AttributeError, ValueError):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = typer.main.get_command(app).main(prog_name="cxaudit", standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _closed_pipe()
    except AuditError as error:
        return _say(str(error))
    except SystemExit as error:  # Typer's own way out of a closed pipe
        if type(sys.stdout).__name__ == "PacifyFlushWrapper":
            return _closed_pipe()
        return error.code if isinstance(error.code, int) else 2
    except OSError as error:
        if error.errno in (errno.EPIPE, errno.EINVAL):
            return _closed_pipe()
        return _say(f"{error.filename or 'a file'}: {error.strerror}.")
    except MemoryError:
        return _say("not enough memory for this input.\nJudge fewer files at a time.")
    except Exception as error:
        return _usage_or_bug(error)
    return code if isinstance(code, int) else 0


def _closed_pipe() -> int:
    """Nobody reads any more: be quiet about it."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - open until the interpreter ends
    return 0


def _say(message: str) -> int:
    print(f"cxaudit: {message}", file=sys.stderr)  # noqa: T201 - this is the command line
    return 2


def _usage_or_bug(error: Exception) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":  # `cxaudit` alone: show what there is
        sys.stderr.write(f"{error.format_message()}\n")  # type: ignore[attr-defined]
        return 2
    exit_code = getattr(error, "exit_code", None)
    if exit_code is not None and hasattr(error, "format_message"):
        context = getattr(error, "ctx", None)
        hint = f"\nSee {context.command_path} --help." if context is not None else ""
        return _say(f"{error.format_message()}{hint}") if exit_code else 0
    if type(error).__name__ == "Abort":
        return 130
    if os.environ.get("CXAUDIT_DEBUG"):
        raise error
    _say(
        f"a bug: {type(error).__name__}: {_first_line(error)}\nPlease report it. CXAUDIT_DEBUG=1 shows where it happened."
    )
    return 70


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:300]
