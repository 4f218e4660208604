"""`cxaudit explain`: the reasons for one request's verdict."""

from __future__ import annotations

from cxaudit.audit import Audit
from cxaudit.commands.options import Input, Output
from cxaudit.commands.shared import load_standards, settings
from cxaudit.errors import UsageError
from cxaudit.explain.reasons import ROLES, explain_case, near_cases, unused_rows
from cxaudit.findings import CATALOGUE
from cxaudit.render.explain import EXPLAIN_FORMATS, render_explanations
from cxaudit.render.explain_view import row_words
from cxaudit.render.words import OTHER_WORDS, visible


def explain(given: Input, output: Output, case: str) -> int:
    """Why one request has its verdict, day by day."""
    form = output.chosen(EXPLAIN_FORMATS, piped="json")
    output.check_places()
    question = given.question(load_standards(given), ROLES, reject_cells=False)
    audit = Audit(given.files, question)
    output.spare_inputs(audit.paths, given.standards)
    explanations = explain_case(audit, case.strip())
    if not explanations:
        raise UsageError("\n".join(map(visible, _not_found(audit, case.strip()))))
    output.write(render_explanations(explanations, form, output.options()), form)
    output.say(settings(given, question))
    return 0


def _not_found(audit: Audit, case: str) -> list[str]:
    """That there is no such request, with the rows that have its id all the same, or else ids like it."""
    said = [f"no request has the case id {case}."]
    for row in unused_rows(audit, case):
        where = row_words(row.file, row.sheet, row.row)
        if row.kind is not None:
            said.append(f"{where}, has it, and is no request: {OTHER_WORDS[row.kind][0]}.")
            continue
        why = CATALOGUE[row.code][1] if row.code else "it is no data"
        said.append(f"{where}, has it, but could not be used: {why}.")
    if len(said) == 1 and (near := near_cases(audit, case)):
        said.append(f"Did you mean {' or '.join(near)}?")
    return said
