"""The form of a manifest, as far as `verify` relies on it: what is missing or of another kind is told by its place."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError


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
    findings: list[_Finding]
    totals: dict[str, Any]
    outputs: list[_Output]


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
