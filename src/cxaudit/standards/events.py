"""How an event export is read: one row per call leg, or per message of a mail trace, which pairing turns into requests.

One form for two places: the `sources:` of a standards file and the built-in layouts under `recognise/sources/`.
Source: the standards file's form.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Name = Annotated[str, Field(min_length=1)]
#: The one comparison among the words of a condition: any number above zero.
ABOVE_ZERO = "> 0"


def _as_list(value: Any) -> Any:
    """One text or mapping is a list of one."""
    return [value] if isinstance(value, str | dict) else value


def _as_lists(value: Any) -> Any:
    """A bare header identifies by itself: `Call ID` is `[[Call ID]]`."""
    return [_as_list(one) for one in _as_list(value)] if isinstance(value, str | list | tuple) else value


#: The headers that may play a part, the first present counts; or words, any of which may stand in a cell.
Names = Annotated[
    tuple[Name, ...], BeforeValidator(_as_list, json_schema_input_type=Name | list[Name]), Field(min_length=1)
]
#: Columns whose cells together name one call or message; of several such sets the first whose columns are all present.
Keys = Annotated[
    tuple[tuple[Name, ...], ...],
    BeforeValidator(_as_lists, json_schema_input_type=Name | list[Name | list[Name]]),
    Field(min_length=1),
]
#: Header -> words, one of which its cell holds (`> 0`: any number above), for every header named; of several, any.
Condition = dict[Name, Names]
Conditions = Annotated[
    tuple[Condition, ...], BeforeValidator(_as_list, json_schema_input_type=Condition | list[Condition])
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Direction(_Part):
    """The column that tells which way a call or message went, and its words."""

    column: Name
    inbound: Names | None = Field(None, description="its words for: from a customer to us")
    outbound: Names | None = Field(None, description="its words for: from us to a customer")
    internal: Names | None = Field(None, description="its words for: among ourselves")
    inside: Names | None = Field(None, description="its words for: from us, to whomever")


class CallsMapping(_Part):
    """A call log: one row per call, or per leg of a call."""

    caller: Names = Field(description="the header of the number that called")
    called: Names = Field(description="the header of the number that was called")
    reached: Names | None = Field(
        None, description="the header of the number at which the call ended, if it has its own"
    )
    mailbox: Names | None = Field(None, description="the header of the voice mail box, if it is not the number called")
    call: Keys | None = Field(None, description="the columns that tell which rows are legs of one call")
    direction: Direction | None = None
    context: Direction | None = Field(None, description="like direction, but only where both numbers are of one kind")
    voicemail: Conditions = Field((), description="what a leg that reached the voice mail looks like")
    answered: Conditions = Field((), description="what a leg on which a person spoke looks like")


class MailMapping(_Part):
    """A mail log: one row per message, recipient or event."""

    sender: Names = Field(description="the header of the sender's address")
    recipient: Names = Field(description="the header of the recipients' addresses")
    subject: Names | None = None
    message: Keys | None = Field(None, description="the columns that tell which rows are about one message")
    in_reply_to: Names | None = Field(None, description="the header of the message id that is answered")
    references: Names | None = Field(
        None, description="the header of the message ids of the conversation, oldest first"
    )
    conversation: Names | None = Field(None, description="the header of the conversation's id")
    direction: Direction | None = None
    failed: Conditions = Field((), description="what a row of a message that was not delivered looks like")
    delivered: Conditions = Field((), description="what a row of a message that was delivered after all looks like")
    spam: Conditions = Field((), description="what a row of a message taken for spam looks like")
    automatic: Conditions = Field((), description="what a row of an automatic message looks like")
