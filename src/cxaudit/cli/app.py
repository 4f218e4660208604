"""The program and its group of commands, and what it answers without a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand

from cxaudit.errors import UsageError

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Command(TyperCommand):
    """A command that takes an empty option or argument for a mistake: of a script, as a rule, whose variable was not set."""

    def invoke(self, ctx: Any) -> Any:
        for parameter in self.params:
            if ctx.params.get(parameter.name or "") == "":
                name = max(parameter.opts, key=len)
                name = name if name.startswith("-") else parameter.metavar or name
                raise UsageError(f"{name} is empty.\nIf a variable of a script should hold it, that one was not set.")
        return super().invoke(ctx)


class _Program(typer.Typer):
    def command(self, name: str | None = None, **how: Any) -> Callable[[_Function], _Function]:
        return super().command(name, **{"cls": _Command, **how})


app = _Program(
    name="cxaudit",
    help="Tells a city whether it answered its customers in time: exports of phone, e-mail and portal systems in, "
    "compliance with the promised response times out.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
standards_app = _Program(help="Show, check and start the standards file.", no_args_is_help=True, rich_markup_mode=None)
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
