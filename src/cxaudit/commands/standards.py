"""`cxaudit standards show|check|schema|init`."""

from __future__ import annotations

from pathlib import Path

from cxaudit.commands.options import Output
from cxaudit.commands.shared import name_of
from cxaudit.days.calendar import complaints
from cxaudit.errors import UsageError
from cxaudit.inspect.inspector import layouts
from cxaudit.render.words import counted
from cxaudit.standards import load
from cxaudit.standards.load import built_in_bytes
from cxaudit.standards.weaker import weaker_promises
from cxaudit.standards.words import show, starter


def standards_show(file: str | None, output: Output) -> int:
    """The promises as a table."""
    from cxaudit.render.promises import render_promises
    from cxaudit.render.rows import ROW_FORMATS

    standards = load(Path(file) if file else None, complaints)
    form = output.chosen(ROW_FORMATS)
    output.check_places()
    output.spare_inputs((), file)
    output.write(render_promises(show(standards), form, output.options()), form)
    output.say([f"Standards: {name_of(standards)}, {standards.organisation}"])
    return 0


def standards_check(file: str | None) -> int:
    """Load a standards file; loading raises all that is wrong with it."""
    standards = load(Path(file) if file else None, complaints)
    layouts(standards)
    n = sum(len(version.promises) for version in standards.versions)
    said = [f"{name_of(standards)} is in order: {standards.organisation}, {counted(n, 'promise')}."]
    Output().say([*said, *(f"{weaker}." for weaker in weaker_promises(standards))])
    return 0


def standards_schema(output: Output) -> int:
    """The JSON Schema of the standards file."""
    from cxaudit.standards.schema import json_schema

    output.check_places()
    output.write([json_schema().encode()], "schema")
    return 0


def standards_init(file: str, *, built_in: bool, force: bool) -> int:
    """Write a starter file, or the built-in one to go on from."""
    if Path(file).exists() and not force:
        raise UsageError(f"{file} is there already.\nName another file, or add --force to replace it.")
    Output(file=file).write([built_in_bytes() if built_in else starter().encode()], "yaml")
    Output().say([f"Wrote {file}. Next: cxaudit standards check {file}"])
    return 0
