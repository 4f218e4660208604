"""The options and arguments that several commands take: their names, their help, and what stands for an absent one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import datetime as dt

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILES", help="Exports (CSV, Excel), folders or patterns such as exports/*.csv.", show_default=False
    ),
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
        "--period",
        metavar="PERIOD",
        help="2025-10, 2025-Q3, 2025, 2025-W41, last-month or FROM..TO. Default: everything.",
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
ReportFormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="table, csv, tsv, json, jsonl, markdown, xlsx or html. Default: by -o FILE; else table or, in a pipe, CSV.",
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
StandardsArgument = Annotated[
    str | None,
    typer.Argument(metavar="FILE", help="Standards file; default as for the other commands.", show_default=False),
]


def standards_path(given: str | None) -> str | None:
    """The standards file to use: the option, else the environment, else the one here; None for the built-in one."""
    path = given or os.environ.get("CXAUDIT_STANDARDS")
    if path:
        return path
    return "standards.yaml" if os.path.isfile("standards.yaml") else None  # noqa: PTH113 - pathlib is slow to load


def now() -> dt.datetime:
    """The clock, read once for a run."""
    import datetime as dt

    return dt.datetime.now(dt.UTC)
