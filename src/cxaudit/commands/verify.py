"""`cxaudit verify`: make a report again from its manifest and say what is the same and what is not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cxaudit.commands.drawing import Drawing
from cxaudit.commands.options import Input, Output
from cxaudit.commands.report import earlier_tallies
from cxaudit.commands.report_files import EarlierTally, MadeReport, digest_of, digests_of, question_of
from cxaudit.errors import InputError
from cxaudit.period import parse_date
from cxaudit.render.check_rows import compliance
from cxaudit.render.report.manifest import FORM, FileDigest, Settings, renderers
from cxaudit.render.verify import VERIFY_FORMATS, Compared, advice, render_verify
from cxaudit.render.words import listed, visible
from cxaudit.standards import Standards, load, loads
from cxaudit.versions import versions
from cxaudit.write.folder import others_in

DIFFERS = 1


def verify(given: Input, output: Output, path: str) -> int:
    """Compare a manifest with the files beside it, with the exports, and with a report made anew."""
    form = output.chosen(VERIFY_FORMATS)
    output.check_places()
    place = Path(path)
    manifest = _read(place)
    standards = _standards(manifest, given.standards)
    made = _made(manifest, given, standards, place)
    with Drawing(made.settings.formats) as drawing, output.progress(made.n_steps) as step:
        step("Reading")
        inputs = {name: one.sha256 for name, one in digests_of(made.audit).items()}
        step("Judging")
        again = list(_again(manifest, made, step, drawing))
    found = [
        *_versions(manifest),
        *_pairs("standards", {manifest["standards"]["file"]: manifest["standards"]["sha256"]},
                {manifest["standards"]["file"]: standards.sha256}),
        *_pairs("input", _hashes(manifest["inputs"]), inputs),
        *_pairs("earlier tally", _hashes(manifest["earlier_tallies"]), {e.digest.file: e.digest.sha256 for e in made.earlier}),
        *_pairs("file of the report", _hashes(manifest["outputs"]), _on_disk(manifest, place)),
        *again,
    ]  # fmt: skip
    output.write(render_verify(found, form, output.options()), form)
    output.say([*advice(found), *_beside(manifest, place)])
    return 0 if all(one.is_same for one in found) else DIFFERS


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise InputError(f"{path} is no manifest: it is not JSON.") from error
    needed = ("settings", "versions", "standards", "inputs", "earlier_tallies", "totals", "outputs")
    if not isinstance(document, dict) or any(name not in document for name in needed):
        raise InputError(f"{path} is no manifest of a report.\n`cxaudit report` writes one beside each report.")
    if document["form"] != FORM:
        raise InputError(f"{path} has form {document['form']}; this version of cxaudit reads form {FORM}.")
    return document


def _standards(manifest: Mapping[str, Any], given: str | None) -> Standards:
    """The standards file that is named, else the copy in the manifest."""
    if given is not None:
        return load(Path(given))
    copy = manifest["standards"]
    return replace(loads(copy["text"], f"{copy['file']} (the copy in the manifest)"), file=copy["file"])


def _made(manifest: Mapping[str, Any], given: Input, standards: Standards, place: Path) -> MadeReport:
    asked = manifest["settings"]
    try:
        first, last = (parse_date(day) for day in asked["period"])
        settings = Settings(
            (first, last),
            asked["as_of"],
            tuple(asked["formats"]),
            asked["employees"],
            asked["channel"],
            asked["source"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{place} has no settings to make the report by.") from error
    again = replace(
        given,
        period=f"{first}..{last}",
        as_of=settings.as_of,
        standards=None,
        channel=settings.channel,
        source=settings.source,
    )
    question = question_of(again, standards, with_employees=settings.employees)
    return MadeReport(
        again, question, settings, manifest["command"][1:], _earlier(manifest, place, (first, last), standards)
    )


def _earlier(
    manifest: Mapping[str, Any], place: Path, period: tuple[dt.date, dt.date], standards: Standards
) -> list[EarlierTally]:
    """The stored tallies that the report was made with, where they still are."""
    named = {one["file"] for one in manifest["earlier_tallies"]}
    found = earlier_tallies(place.resolve().parent.parent, period, standards)
    return [one for one in found if one.digest.file in named]


def _versions(manifest: Mapping[str, Any]) -> Iterator[Compared]:
    yield from _pairs("version", manifest["versions"], versions())
    recorded = manifest.get("renderers", {})
    yield from _pairs("version of a renderer", recorded, {n: v for n, v in renderers().items() if n in recorded})


def _hashes(files: list[dict[str, Any]]) -> dict[str, str]:
    return {one["file"]: one["sha256"] for one in files}


def _on_disk(manifest: Mapping[str, Any], place: Path) -> dict[str, str]:
    paths = [place.with_name(one["file"]) for one in manifest["outputs"]]
    return {path.name: digest_of(path, path.name).sha256 for path in paths if path.is_file()}


def _beside(manifest: Mapping[str, Any], place: Path) -> Iterator[str]:
    """A file beside those of the report, which nothing vouches for; said where the report is in its own folder."""
    ours = {place.name, *_hashes(manifest["outputs"])}
    if all((place.parent / name).is_file() for name in ours) and (others := others_in(place.parent, ours)):
        yield f"Beside the report, and no part of it: {listed(list(map(visible, others)))}."


def _again(
    manifest: Mapping[str, Any], made: MadeReport, step: Callable[[str], None], drawing: Drawing
) -> Iterator[Compared]:
    """The figures, then every file made anew."""
    total = made.monthly.check.total
    figures = {name: getattr(total, name) for name in manifest["totals"] if hasattr(total, name)}
    figures["compliance_pct"] = compliance(made.monthly.check, total) or None
    recorded = {name: manifest["totals"][name] for name in figures if isinstance(manifest["totals"][name], int | str)}
    yield from _pairs("figure", _text(recorded), _text({name: figures[name] for name in recorded}))
    for _, pieces in made.files(step, drawing):
        for _ in pieces:
            pass
    yield from _pairs("file made again", _hashes(manifest["outputs"]), _made_again(made.digests))


def _made_again(digests: list[FileDigest]) -> dict[str, str]:
    return {one.file: one.sha256 for one in digests}


def _text(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: f"{value}" for name, value in values.items() if value is not None}


def _pairs(what: str, recorded: Mapping[str, str], found: Mapping[str, str]) -> Iterator[Compared]:
    """What both have, what only the manifest has, what only is there now."""
    for name in dict.fromkeys([*recorded, *found]):
        yield Compared(what, name, recorded.get(name), found.get(name))
