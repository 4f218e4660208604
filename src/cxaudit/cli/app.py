"""The program and its group of commands, and what it answers without a command."""

from __future__ import annotations

from typing import Annotated

import typer

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
