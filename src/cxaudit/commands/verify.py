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
from cxaudit.render.report.manifest import FORM, MANIFEST, FileDigest, Settings, renderers
from cxaudit.render.verify import VERIFY_FORMATS, Compared, advice, render_verify
from cxaudit.render.words import listed, visible
from cxaudit.standards import Standards, load, loads
from cxaudit.versions import versions
from cxaudit.write.folder import others_in

DIFFERS = 1
#: The parts that no manifest is without.
_NEEDED = {
    "form": int, "command": list, "settings": dict, "versions": dict, "standards": dict, "inputs": list,
    "earlier_tallies": list, "totals": dict, "outputs": list,
}  # fmt: skip


def verify(given: Input, output: Output, path: str) -> int:
    """Compare a manifest with the files beside it, with the exports, and with a report made anew."""
    form = output.chosen(VERIFY_FORMATS)
    output.check_places()
    place = Path(path)
    manifest = _read(place)
    standards = _standards(manifest, given.standards)
    made = _made(manifest, given, standards, place)
    with Drawing(made.settings.formats) as made.drawing, output.progress(made.n_steps) as step:
        step("Reading")
        inputs = {name: one.sha256 for name, one in digests_of(made.audit).items()}
        step("Judging")
        again = list(_again(manifest, made, step))
    found = [
        *_versions(manifest),
        *_pairs("standards", {manifest["standards"]["file"]: manifest["standards"]["sha256"]},
                {manifest["standards"]["file"]: standards.sha256}),
        *_pairs("input", _hashes(manifest["inputs"]), inputs),
        *_pairs("earlier tally", _hashes(manifest["earlier_tallies"]), _earlier_on_disk(manifest, place)),
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
    if not isinstance(document, dict) or not all(
        isinstance(document.get(name), kind) for name, kind in _NEEDED.items()
    ):
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


def _earlier_on_disk(manifest: Mapping[str, Any], place: Path) -> dict[str, str]:
    """Also those that cannot be read any more."""
    folder = place.resolve().parent.parent
    paths = {one["file"]: folder / one["file"] for one in manifest["earlier_tallies"]}
    return {name: digest_of(path, name).sha256 for name, path in paths.items() if path.is_file()}


def _on_disk(manifest: Mapping[str, Any], place: Path) -> dict[str, str]:
    paths = [place.with_name(one["file"]) for one in manifest["outputs"]]
    return {path.name: digest_of(path, path.name).sha256 for path in paths if path.is_file()}


def _beside(manifest: Mapping[str, Any], place: Path) -> Iterator[str]:
    """A file beside those of the report, which nothing vouches for; said where the report is in its own folder."""
    ours = {place.name, *_hashes(manifest["outputs"])}
    if all((place.parent / name).is_file() for name in ours) and (others := others_in(place.parent, ours)):
        yield f"Beside the report, and no part of it: {listed(list(map(visible, others)))}."


def _again(manifest: Mapping[str, Any], made: MadeReport, step: Callable[[str], None]) -> Iterator[Compared]:
    """What the manifest tells of the input and its figures beside one made anew, then every file made anew."""
    last = b""
    for name, pieces in made.files(step):
        last = b"".join(pieces)
        assert name != MANIFEST or last, "the manifest is made last"
    recorded, found = _told(manifest), _told(json.loads(last))
    for what in recorded:
        yield from _pairs(what, recorded[what], found[what])
    yield from _pairs("file made again", _hashes(manifest["outputs"]), _made_again(made.digests))


def _told(manifest: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What a manifest tells besides hashes and versions: how it is called -> name -> in words."""
    tables = {
        ", sheet ".join(filter(None, (one["file"], table.get("sheet")))): dict(table)
        for one in manifest["inputs"]
        for table in one.get("tables", [])
    }
    uses = {name: _in_words(table.pop("fates", {})) for name, table in tables.items()}
    days = {}
    for year in manifest.get("calendar", []):
        days[f"{year.get('year')}"] = f"{year.get('business_days')} business days"
        days |= {one.pop("day", ""): _in_words(one) for one in map(dict, year.get("special_days", []))}
    return {
        "figure": dict(_leaves(manifest["totals"])),
        "finding": {f"{one.get('code')}": f"{one.get('n')}" for one in manifest.get("findings", [])},
        "use of rows": uses,
        "how it was read": {name: _in_words(table) for name, table in tables.items()},
        "closed day": days,
        "time zone": {"city": f"{manifest.get('timezone')}"},
        "input of the same content": dict(_leaves(manifest.get("same_content", {}))),
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
