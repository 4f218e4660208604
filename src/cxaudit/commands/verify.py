"""`cxaudit verify`: make a report again from its manifest and say what is the same and what is not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cxaudit.commands.digests import digest_of, digests_of
from cxaudit.commands.drawing import Drawing
from cxaudit.commands.manifest_form import read_manifest, replaced_by
from cxaudit.commands.options import Input, Output
from cxaudit.commands.report import earlier_tallies
from cxaudit.commands.report_files import (
    FORMATS,
    EarlierTally,
    MadeReport,
    files_of_reports,
    question_of,
)
from cxaudit.errors import InputError
from cxaudit.period import parse_date
from cxaudit.render.report.manifest import MANIFEST, FileDigest, Settings, renderers
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
    manifest = read_manifest(place)
    standards = _standards(manifest, given, place)
    made = _made(manifest, given, standards, place)
    with Drawing(made.settings.formats) as made.drawing, output.progress(made.n_steps) as step:
        step("Reading")
        inputs = digests_of(made.audit)
        output.spare_inputs([place, *files_of_reports(_reports(place)), *made.audit.paths], given.standards)
        step("Judging")
        again = list(_again(manifest, made, step))
    standards_file = manifest["standards"]["file"]
    found = [
        *_versions(manifest),
        *_pairs("standards", {standards_file: manifest["standards"]["sha256"]}, {standards_file: standards.sha256}),
        *_files("input", manifest["inputs"], inputs),
        *_customers(manifest, made),
        *_files("earlier tally", manifest["earlier_tallies"], _on_disk(manifest["earlier_tallies"], _reports(place))),
        *_files("file of the report", manifest["outputs"], _on_disk(manifest["outputs"], place.parent)),
        *again,
    ]
    output.write(render_verify(found, form, output.options()), form)
    output.say([*advice(found), *_beside(manifest, place)])
    return 0 if all(one.is_same for one in found) else DIFFERS


def _standards(manifest: Mapping[str, Any], given: Input, place: Path) -> Standards:
    """The standards file that is named, else the copy in the manifest."""
    if given.standards is not None:
        return load(Path(given.standards))
    copy = manifest["standards"]
    standards = replace(loads(copy["text"], f"{copy['file']} (the copy in the manifest)"), file=copy["file"])
    if (listed := standards.pairing.customers) is None:
        return standards
    beside = Path(copy["file"]).parent / listed
    found = [folder / beside for folder in _folders([place, *map(Path, given.files)]) if (folder / beside).is_file()]
    if not found and "customers" in manifest:
        raise InputError(
            f"{listed}, the list of customers (`pairing: customers`), is not where the report found it: {beside}.\n"
            f"It was looked for from {Path.cwd()}, and from every folder above the manifest and the exports.\n"
            "Name the standards file that it lies beside: --standards FILE."
        )
    where = f"{found[0].resolve()}" if found else listed
    return replace(standards, pairing=replace(standards.pairing, customers=where))


def _folders(paths: Iterable[Path]) -> list[Path]:
    """Where the report may have been made: here, or in a folder above its manifest or its exports."""
    return [Path(), *(folder for path in paths for folder in path.resolve().parents)]


def _made(manifest: Mapping[str, Any], given: Input, standards: Standards, place: Path) -> MadeReport:
    asked = manifest["settings"]
    try:
        first, last = (parse_date(day) for day in asked["period"])
    except ValueError as error:
        raise InputError(f"{place} has no period to make the report of.") from error
    if others := [name for name in asked["formats"] if name not in FORMATS]:
        raise InputError(f"{place} asks for the format {others[0]}, which this version of cxaudit does not write.")
    settings = Settings(
        (first, last), asked["as_of"], tuple(asked["formats"]), asked["employees"], asked["channel"], asked["source"]
    )
    again = replace(
        given,
        period=f"{first}..{last}",
        as_of=settings.as_of,
        standards=None,
        channel=settings.channel,
        source=settings.source,
    )
    question = question_of(again, standards, with_employees=settings.employees)
    earlier = _earlier(manifest, place, (first, last), standards)
    command, replaced = manifest["command"][1:], replaced_by(manifest)
    return MadeReport(again, question, settings, command, _reports(place), earlier, replaced=replaced)


def _customers(manifest: Mapping[str, Any], made: MadeReport) -> Iterator[Compared]:
    """The list of customers, if the manifest tells of one."""
    if recorded := manifest.get("customers"):
        name = recorded["file"]
        yield from _files("customers list", [recorded], {name: made.customers} if made.customers else {})


def _earlier(
    manifest: Mapping[str, Any], place: Path, period: tuple[dt.date, dt.date], standards: Standards
) -> list[EarlierTally]:
    """The stored tallies that the report was made with, where they still are."""
    named = {one["file"] for one in manifest["earlier_tallies"]}
    found, _ = earlier_tallies(_reports(place), period, standards)
    return [one for one in found if one.digest.file in named]


def _versions(manifest: Mapping[str, Any]) -> Iterator[Compared]:
    yield from _pairs("version", manifest["versions"], versions())
    recorded = manifest["renderers"]
    yield from _pairs("version of a renderer", recorded, {n: v for n, v in renderers().items() if n in recorded})


def _files(what: str, recorded: list[dict[str, Any]], found: Mapping[str, FileDigest]) -> Iterator[Compared]:
    """Files by their hashes; by their sizes where the manifest names another one for the same contents."""
    hashes = _hashes(recorded)
    yield from _pairs(what, hashes, {name: one.sha256 for name, one in found.items()})
    for one in recorded:
        digest = found.get(one["file"])
        if digest is not None and digest.sha256 == one["sha256"] and digest.bytes != one["bytes"]:
            yield Compared(what, f"{one['file']}: bytes", f"{one['bytes']}", f"{digest.bytes}")


def _hashes(files: list[dict[str, Any]]) -> dict[str, str]:
    return {one["file"]: one["sha256"] for one in files}


def _reports(place: Path) -> Path:
    """The folder of all reports."""
    return place.resolve().parent.parent


def _on_disk(recorded: list[dict[str, Any]], folder: Path) -> dict[str, FileDigest]:
    """Those of the files that are there, also where they cannot be read as what they were."""
    paths = {one["file"]: folder / one["file"] for one in recorded}
    return {name: digest_of(path, name) for name, path in paths.items() if path.is_file()}


def _beside(manifest: Mapping[str, Any], place: Path) -> Iterator[str]:
    """A file beside those of the report, which nothing vouches for; said where the report is in its own folder."""
    files = _hashes(manifest["outputs"])
    is_home = all((place.parent / name).is_file() for name in files)
    if is_home and (others := others_in(place.parent, {place.name, MANIFEST, *files})):
        yield f"Beside the report, and no part of it: {listed(list(map(visible, others)))}."


def _again(manifest: Mapping[str, Any], made: MadeReport, step: Callable[[str], None]) -> Iterator[Compared]:
    """What the manifest tells of the input and its figures beside one made anew, then every file made anew."""
    anew = b""
    for name, pieces in made.files(step):
        for piece in pieces:
            anew += piece if name == MANIFEST else b""
    recorded, found = _told(manifest), _told(json.loads(anew))
    for what in recorded:
        yield from _pairs(what, recorded[what], found[what])
    yield from _pairs("file made again", _hashes(manifest["outputs"]), _made_again(made.digests))


def _told(manifest: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What a manifest tells besides hashes and versions: how it is called -> name -> in words."""
    tables = {
        ", sheet ".join(filter(None, (one["file"], table["sheet"]))): dict(table)
        for one in manifest["inputs"]
        for table in one["tables"]
    }
    uses = {name: _in_words(table.pop("fates")) for name, table in tables.items()}
    days = {}
    for year in manifest["calendar"]:
        days[f"{year['year']}"] = f"{year['business_days']} business days"
        days |= {one.pop("day"): _in_words(one) for one in map(dict, year["special_days"])}
    return {
        "figure": dict(_leaves(manifest["totals"])),
        "finding": {one["code"]: f"{one['n']}" for one in manifest["findings"]},
        "use of rows": uses,
        "how it was read": {name: _in_words(table) for name, table in tables.items()},
        "closed day": days,
        "time zone": {"city": manifest["timezone"]},
        "input of the same content": manifest["same_content"],
    }


def _in_words(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in _leaves(values) if value != "0")


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every single value of a document as text, by the way to it: `date_formats received_at`."""
    members = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else None
    if members is not None:
        for name, member in members:
            yield from _leaves(member, f"{path} {name}".strip())
    elif value is not None:
        yield path, f"{value}"


def _made_again(digests: list[FileDigest]) -> dict[str, str]:
    return {one.file: one.sha256 for one in digests}


def _pairs(what: str, recorded: Mapping[str, str], found: Mapping[str, str]) -> Iterator[Compared]:
    """What both have, what only the manifest has, what only is there now."""
    for name in dict.fromkeys([*recorded, *found]):
        yield Compared(what, name, recorded.get(name), found.get(name))
