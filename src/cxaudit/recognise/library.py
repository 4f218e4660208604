"""The known sources: one small data file for each system, and what the standards file adds to them.

A source of the standards file wins over a built-in one; under the name of a built-in one it changes only what it states.
"""

from __future__ import annotations

import importlib.resources
from functools import cache

import yaml

from cxaudit.errors import StandardsError
from cxaudit.spelling import near_miss
from cxaudit.standards.model import Standards
from cxaudit.standards.source import SourceMapping
from cxaudit.standards.sources import told_twice

_FOLDER = "cxaudit.recognise.sources"


@cache
def built_in_sources() -> dict[str, SourceMapping]:
    """Every shipped source by name (the name of its file), sorted."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = [f for f in importlib.resources.files(_FOLDER).iterdir() if f.name.endswith(".yaml")]
    return {
        file.name.removesuffix(".yaml"): SourceMapping.model_validate(yaml.load(file.read_text("utf-8"), loader))
        for file in sorted(files, key=lambda file: file.name)
    }


def winning_sources(standards: Standards) -> set[str]:
    """The sources that win over the others where a table fits several: those of the standards file that say themselves which
    tables are theirs. Who only changes something of a built-in one wins nothing by it."""
    built_in = built_in_sources()
    return {name for name, mapping in standards.sources.items() if name not in built_in or mapping.header}


def known_sources(standards: Standards) -> dict[str, SourceMapping]:
    """The sources of the standards file first, then the built-in ones.

    Raises `StandardsError` for an override of a source that does not exist, with its place in the file.
    """
    built_in = built_in_sources()
    merged: dict[str, SourceMapping] = {}
    for name, mapping in standards.sources.items():
        if name in built_in:
            known, stated = (source.model_dump(exclude_unset=True) for source in (built_in[name], mapping))
            columns = {**known["columns"], **stated.get("columns", {})}
            if "channel" in stated.get("columns", {}):  # the words of one column are not those of another
                known.pop("channels", None)
            merged[name] = SourceMapping.model_validate({**known, **stated, "columns": columns})
            for role, _, wrong in told_twice(merged[name].columns):
                places = (("sources", name, "columns", one) for one in (role, *stated.get("columns", ())))
                line, at = next((standards.marks[one] for one in places if one in standards.marks), (1, 1))
                raise StandardsError(f"{standards.file}:{line}:{at}: sources.{name}.columns: {wrong}")
        elif "received_at" not in mapping.columns:
            line, at = standards.marks.get(("sources", name), (1, 1))
            raise StandardsError(
                f"{standards.file}:{line}:{at}: sources.{name}: no built-in source has this name, and it does not say "
                f"which column is received_at.{near_miss(name, built_in)}"
            )
        else:
            merged[name] = mapping
    return merged | {name: mapping for name, mapping in built_in.items() if name not in merged}
