"""The form of a manifest, as far as `verify` relies on it: what is missing or of another kind is told by its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cxaudit.errors import InputError
from cxaudit.monthly.model import Counts, Restated
from cxaudit.render.report.manifest import FORM, MANIFEST


class _Form(BaseModel):
    model_config = ConfigDict(strict=True)


class _File(_Form):
    file: Annotated[str, Field(min_length=1)]
    bytes: int
    sha256: str


class _Output(_File):
    file: Annotated[str, Field(pattern=r"^[^/\\]+$")]


class _Table(_Form):
    sheet: str | None
    fates: dict[str, Any]


class _Input(_File):
    tables: list[_Table]


class _Day(_Form):
    day: str


class _Year(_Form):
    year: int
    business_days: int
    special_days: list[_Day]


class _Finding(_Form):
    code: str
    n: int


class _Settings(_Form):
    period: Annotated[list[str], Field(min_length=2, max_length=2)]
    as_of: str
    formats: list[str]
    employees: bool
    channel: str | None
    source: str | None


class _Standards(_Form):
    file: str
    sha256: str
    text: str


class _Replaced(_Form):
    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    before: dict[Literal["met", "late", "overdue", "pending", "excluded"], int]
    standards_sha256: str


class _Manifest(_Form):
    form: int
    command: Annotated[list[str], Field(min_length=1)]
    settings: _Settings
    versions: dict[str, str]
    renderers: dict[str, str]
    timezone: str
    standards: _Standards
    calendar: list[_Year]
    inputs: list[_Input]
    same_content: dict[str, str]
    customers: _File | None = None  # older manifests do not tell
    earlier_tallies: list[_File]
    replaced: list[_Replaced] = []  # nor where no figure was replaced
    findings: list[_Finding]
    totals: dict[str, Any]
    outputs: list[_Output]


def read_manifest(path: Path) -> dict[str, Any]:
    """The document of a manifest. Raises `InputError` where it is none."""
    if path.is_dir():
        raise InputError(f"{path} is a folder.\nName the manifest in it: {path / MANIFEST}")
    try:
        document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise InputError(f"{path} is no manifest: it is not JSON.") from error
    if isinstance(document, dict) and document.get("form", FORM) != FORM:
        raise InputError(f"{path} has form {document['form']}; this version of cxaudit reads form {FORM}.")
    if where := misfit(document):
        raise InputError(
            f"{path} is no manifest of a report: {where} is missing or of another kind.\n"
            "`cxaudit report` writes one beside each report."
        )
    return document


def replaced_by(manifest: Mapping[str, Any]) -> list[Restated]:
    """What reports of the same period said, one after the other, that the report of a manifest replaced."""
    return [
        Restated(one["month"], Counts(**one["before"]), Counts(), "", False, standards=one["standards_sha256"])
        for one in manifest.get("replaced", [])
    ]


def misfit(document: object) -> str | None:
    """Where a document is no manifest; None where it is one.

    >>> misfit({"form": 1, "command": []})
    'command'
    """
    try:
        _Manifest.model_validate(document)
    except ValidationError as error:
        return " ".join(f"{step}" for step in error.errors()[0]["loc"]) or "its top"
    return None
