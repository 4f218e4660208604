"""How one system's export is read: which of its columns plays which role.

One form for two places: the `sources:` of a standards file and the built-in layouts under `recognise/sources/`.
Source: the standards file's form.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from cxaudit.standards.events import CallsMapping, MailMapping, Names
from cxaudit.standards.values import parse_timezone

Role = Literal[
    "case_id", "received_at", "replied_at", "channel", "department", "employee", "status", "customer_type",
    "kind", "closed_at", "updated_at", "system_due_at", "system_verdict",
]  # fmt: skip
ReplyBasis = Literal["first_response", "minutes", "closure", "paired"]
DateFormat = Literal["dmy", "mdy", "ymd"]
Unit = Literal["minutes", "hours", "days"]
#: Words of a system's own verdict that mean the same wherever they stand; a source tells what its own mean.
MET_WORDS = (
    "on time", "in time", "within sla", "sla met", "met", "achieved", "not breached", "not violated", "not overdue",
)  # fmt: skip
MISSED_WORDS = (
    "overdue", "late", "sla violated", "violated", "sla breached", "breached", "missed", "not met", "exceeded",
)  # fmt: skip
Name = Annotated[str, Field(min_length=1)]


class ColumnChoice(BaseModel):
    """One header that may play a role, and what it says about the reply if that differs from the rest of the source."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    column: Name
    time: Name | None = Field(None, description="the column that holds the time of day, where the date stands alone")
    reply_basis: ReplyBasis | None = Field(None, description="how the reply is known, if this column tells it")
    unit: Unit | None = Field(
        None, description="what its numbers count: for reply_basis: minutes (default minutes), and for closed_at"
    )


def _as_choices(value: Any) -> Any:
    """A bare header is a list of one, and a header in a list has no basis of its own."""
    alternatives = value if isinstance(value, list | tuple) else [value]
    return [{"column": one} if isinstance(one, str) else one for one in alternatives]


#: The headers that may play a role, the first present counts.
ColumnChoices = Annotated[
    tuple[ColumnChoice, ...],
    BeforeValidator(_as_choices, json_schema_input_type=Name | list[Name | ColumnChoice]),
    Field(min_length=1),
]


class SystemVerdicts(BaseModel):
    """What the words of a system's own verdict mean, where they are not plain (`Y` may stand for either)."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    met: tuple[Name, ...] = Field((), description="its words for in time")
    missed: tuple[Name, ...] = Field((), description="its words for too late")


class SourceMapping(BaseModel):
    """One layout of an export."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    title: Name | None = Field(None, description="the system's name for people")
    header: list[Name | Annotated[list[Name], Field(min_length=1)]] = Field(
        [],
        description="distinctive columns: a file with all of them is taken for this source; of a list in it, one is enough",
    )
    columns: dict[Role, ColumnChoices] = Field(
        {}, description="role -> header, or several of which the first present counts"
    )
    channel: Name | None = Field(None, description="the channel of every row, where no column tells it")
    channels: dict[Name, list[Name]] = Field(
        {}, description="channel -> what this system calls it; only for channels that the standards file names"
    )
    missing: list[Name] = Field([], description="what stands for no time in its columns of times, such as 0")
    reply_basis: ReplyBasis | None = Field(None, description="how the reply is known")
    midnight_is_date: bool = Field(
        False, description="a time of exactly midnight stands for a date without a time of day"
    )
    caveat: Name | None = Field(None, description="what the reader must know about its times; said in every run")
    date_format: DateFormat | None = Field(None, description="the order of day, month and year")
    system_verdicts: SystemVerdicts | None = Field(None, description="what the words under system_verdict mean")
    timezone: Name | None = Field(None, description="an IANA name or UTC: the zone of values that name none themselves")
    calls: CallsMapping | None = Field(None, description="a call log, whose voice mails and call-backs are paired")
    mail: MailMapping | None = Field(None, description="a mail log, whose messages and replies are paired")
    without_header: list[Name] = Field([], description="the columns of a file without a header, in order")
    contents: dict[Name, Names] = Field(
        {}, description="column -> its words: what a file without a header is recognised by"
    )

    @property
    def shape(self) -> Literal["case", "event"]:
        """One row per request with its reply time, or one per message or call, which pairing turns into requests."""
        return "event" if self.is_events else "case"

    @field_validator("timezone")
    @classmethod
    def _is_a_known_zone(cls, value: str | None) -> str | None:
        return None if value is None else parse_timezone(value)

    @property
    def is_events(self) -> bool:
        """Whether its rows are calls or messages, which pairing turns into requests."""
        return self.calls is not None or self.mail is not None
