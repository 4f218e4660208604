"""`cxaudit inspect`: what each file is taken for and why, and a guess for what is not known."""

from __future__ import annotations

from cxaudit.commands.options import Input, Output
from cxaudit.commands.shared import NOT_RELIABLE, is_doubtful, load_standards, settings
from cxaudit.inspect.inspector import inspect_files
from cxaudit.render.inspect import INSPECT_FORMATS, render_inspections

_COULD_NOT_RUN = 2


def inspect(given: Input, output: Output) -> int:
    """Every file and sheet; exit code 2 only where one cannot be read at all."""
    form = output.chosen(INSPECT_FORMATS, piped="json")
    output.check_places()
    question = given.question(load_standards(given), (), reject_cells=False)
    found, paths = inspect_files(given.files, question)
    output.spare_inputs(paths, given.standards)
    output.write(render_inspections(found, form, output.options()), form)
    output.say(settings(given, question))
    if not all(one.is_readable for one in found):
        return _COULD_NOT_RUN
    is_uncounted = any(one.counted is None and not one.is_left_aside for one in found)  # it is shown
    counted = [one.counted for one in found if one.counted]
    is_unsure = is_doubtful(output, counted, [finding for one in found for finding in one.findings])
    return NOT_RELIABLE if is_unsure or (output.strict and is_uncounted) else 0
