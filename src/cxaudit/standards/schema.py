"""What may stand where in a standards file: the keys, and whether each holds text, a list or a mapping.

What the text means is decided in `values.py` and `resolve.py`; here is the shape, and the JSON Schema made from it that
editors use. Source: the standards file's form.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import ErrorDetails

from cxaudit.standards.document import Document, Path, quoted
from cxaudit.standards.model import Cohort, DayZero, Effect
from cxaudit.standards.pairing import PairingForm
from cxaudit.standards.source import SourceMapping
from cxaudit.standards.values import did_you_mean

_CLOCKS = r"[0-9]{1,2}:[0-9]{2} *[-–] *[0-9]{1,2}:[0-9]{2}"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def _pattern(regex: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^ *{regex} *$", "examples": [example]})


#: A name that is all digits, such as 311, is a number to an editor and text to us.
Text = Annotated[str, Field(min_length=1), WithJsonSchema({"type": ["string", "number"], "minLength": 1})]
Date = Annotated[str, _pattern(_DAY, "2025-02-01")]
Dates = Annotated[str, _pattern(rf"{_DAY}( *\.\. *{_DAY})?", "2025-12-24..2025-12-31")]
Duration = Annotated[str, _pattern(r"[0-9]+ +(business +)?(day|hour|minute)s?", "2 business days")]
Hours = Annotated[str, _pattern(rf"{_CLOCKS}( *, *{_CLOCKS})*", "08:30-16:30")]
DayEndsText = Annotated[
    str, WithJsonSchema({"anyOf": [{"enum": ["midnight", "close", "same_time"]}, {"pattern": "^[0-9]{1,2}:[0-9]{2}$"}]})
]
Target = Annotated[
    str,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,6})? ?%$"},
                {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            ],
            "examples": ["90%"],
        }
    ),
]


def _hours_for_all(value: Any) -> Any:
    return {"Mon-Sun": value} if isinstance(value, str) else value


OfficeHoursForm = Annotated[
    dict[str, Hours], BeforeValidator(_hours_for_all, json_schema_input_type=Hours | dict[str, Hours])
]


class Form(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class PolicyForm(Form):
    number: Text | None = None
    title: Text | None = None
    effective: Date | None = None
    reviewed: Date | None = None


class HolidaysForm(Form):
    country: Annotated[Text, Field(description="a country of the `holidays` package, such as CA")]
    subdivision: Annotated[Text | None, Field(description="its province or state, such as AB")] = None
    categories: Annotated[list[Text], Field(min_length=1)] = ["public"]


class CalendarForm(Form):
    holidays: HolidaysForm | None = None
    workweek: Annotated[list[Text], Field(description="the weekdays that are business days: [Mon, Tue, …]")]
    office_hours: OfficeHoursForm | None = None
    closed: Annotated[dict[str, Text] | None, Field(description="a date or from..to: its name")] = None
    open: Annotated[list[Dates] | None, Field(description="holidays and weekend days that are worked")] = None
    part_days: Annotated[dict[str, Hours] | None, Field(description="a date: its hours")] = None


class VersionCountingForm(Form):
    day_zero: Annotated[DayZero, Field(description="the day from which a promise counts")] = "day_received"
    day_ends: Annotated[DayEndsText, Field(description="when the due day ends; or a time such as 16:00")] = "midnight"


class CountingForm(VersionCountingForm):
    cohort: Annotated[Cohort, Field(description="which requests belong to a period")] = "due"


class PromiseForm(Form):
    within: Duration
    target: Target | None = None


class ChannelForm(PromiseForm):
    title: Text | None = None


class ChannelsForm(BaseModel):
    """Any channel, and a target for all of them."""

    model_config = ConfigDict(extra="allow", defer_build=True)
    __pydantic_extra__: dict[str, ChannelForm] = Field(init=False)

    target: Target | None = None


def _promise(value: Any) -> Any:
    return {"within": value} if isinstance(value, str) else value


ShortPromiseForm = Annotated[PromiseForm, BeforeValidator(_promise, json_schema_input_type=Duration | PromiseForm)]


class VersionForm(Form):
    effective: Annotated[Date, Field(description="in force from this day of receipt")]
    source: Annotated[Text, Field(description="the clause that promises it")]
    channels: ChannelsForm
    departments: Annotated[
        dict[str, dict[str, ShortPromiseForm]] | None, Field(description="a department may promise more")
    ] = None
    target: Target | None = None
    counting: VersionCountingForm | None = None
    office_hours: OfficeHoursForm | None = None


class HighVolumeForm(Form):
    first: Annotated[Date, Field(alias="from")]
    last: Annotated[Date, Field(alias="to")]
    departments: Annotated[list[Text] | None, Field(description="all, if left out", min_length=1)] = None
    channels: Annotated[list[Text] | None, Field(description="all, if left out", min_length=1)] = None
    reason: Text
    declared: Date | None = None
    authority: Text | None = None
    effect: Annotated[Effect, Field(description="note keeps the verdict; extend moves the due time")] = "note"
    by: Annotated[Duration | None, Field(description="with effect: extend")] = None


class ExcludeForm(Form):
    column: Annotated[Text, Field(description="a role such as status, else a header")]
    values: Annotated[list[Text], Field(alias="in", min_length=1)]
    because: Text


class StandardsForm(Form):
    """A standards file: what an organisation promises its customers, and how its days are counted."""

    version: Annotated[Literal["1"], WithJsonSchema({"const": 1}), Field(description="the version of this form")]
    organisation: Text
    policy: PolicyForm | None = None
    timezone: Annotated[Text, Field(description="an IANA name, such as America/Edmonton")]
    calendar: CalendarForm
    counting: CountingForm | None = None
    standards: Annotated[list[VersionForm], Field(min_length=1, description="newest last")]
    high_volume: list[HighVolumeForm] | None = None
    channels: Annotated[dict[str, list[Text]] | None, Field(description="other spellings found in exports")] = None
    departments: Annotated[dict[str, list[Text]] | None, Field(description="other spellings found in exports")] = None
    exclude: list[ExcludeForm] | None = None
    pairing: PairingForm | None = None
    sources: Annotated[dict[str, SourceMapping] | None, Field(description="exports that cxaudit does not know")] = None


class _Plain(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - `day_zero` needs no title "Day Zero"
        return False


def json_schema() -> str:
    """The JSON Schema of the file, for editors."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cxaudit standards file",
        **{key: value for key, value in _schema().items() if key != "title"},
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _schema() -> dict[str, Any]:
    return StandardsForm.model_json_schema(schema_generator=_Plain)


def check_shape(document: Document) -> None:
    """Reports every unknown key, missing key and wrong type."""
    try:
        StandardsForm.model_validate(document.tree)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            _report(document, details)


_EXPECTED = {
    "string_type": "text is expected",
    "string_unicode": "text is expected",
    "dict_type": "a mapping (key: value) is expected",
    "model_type": "a mapping (key: value) is expected",
    "model_attributes_type": "a mapping (key: value) is expected",
    "list_type": "a list [a, b] is expected",
    "tuple_type": "a list [a, b] is expected",
    "bool_type": "true or false is expected",
    "bool_parsing": "true or false is expected",
}


def _report(document: Document, details: ErrorDetails) -> None:
    kind, path, found = details["type"], details["loc"], details["input"]
    is_key = path[-1:] == ("[key]",)
    path = path[:-1] if is_key else path
    if kind == "missing":
        document.report(path[:-1], f'the key "{path[-1]}" is missing', at_key=True)
    elif kind == "extra_forbidden":
        document.report(path, f"unknown key; {_advice(path)}", at_key=True)
    elif kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", details["ctx"]["expected"])
        document.report(path, f"{quoted(found)} is not allowed; {did_you_mean(str(found), allowed)}", at_key=is_key)
    elif kind == "value_error":
        document.report(path, f"{quoted(found)} {details['ctx']['error']}")
    elif kind in {"too_short", "string_too_short"}:
        or_all = ", or leave it out for all" if path[:1] == ("high_volume",) else ""
        said = f"is empty; name at least one{or_all}" if kind == "too_short" else "is empty; write some text"
        document.report(path, said)
    else:
        expected = _EXPECTED.get(kind, details["msg"])
        document.report(path, f"found {quoted(found)} where {expected}{_correction(kind, found)}")


def _correction(kind: str, found: Any) -> str:
    """How to write what was probably meant."""
    if kind in {"list_type", "tuple_type"} and isinstance(found, str):
        return f"; write [{found}]"
    if kind.startswith("model") and isinstance(found, str) and found[:1].isdigit():
        return f"; write {{within: {found}}}"
    return ""


def _advice(path: Path) -> str:
    if path[-1] == "cohort":
        return "cohort belongs under the counting at the top, because one report has one cohort"
    return did_you_mean(str(path[-1]), _keys_at(path[:-1]))


def _keys_at(path: Path) -> list[str]:
    """The keys that the JSON Schema allows at a place."""
    schema = _schema()
    nodes = _alternatives(schema, schema)
    for step in path:
        below = "items" if isinstance(step, int) else "additionalProperties"
        inner = [node.get("properties", {}).get(step) or node.get(below) for node in nodes]
        nodes = [one for node in inner if isinstance(node, dict) for one in _alternatives(node, schema)]
    return [key for node in nodes for key in node.get("properties", {})]


def _alternatives(node: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in node:
        return _alternatives(schema["$defs"][node["$ref"].rpartition("/")[2]], schema)
    return [leaf for one in node["anyOf"] for leaf in _alternatives(one, schema)] if "anyOf" in node else [node]
