"""What the standards file says about pairing: `pairing:`, for phone logs and mail traces.

Everything has a default, and nothing is needed where the exports themselves tell it. Source: the standards file's form.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from cxaudit.standards.document import quoted
from cxaudit.standards.model import MatchCustomers, Pairing, Reopen
from cxaudit.standards.place import Place

_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_ADDRESS = re.compile(rf"[^@\s]+@{_DOMAIN.pattern}")
_NUMBER = re.compile(r"(?i)([+*#]?[\d\s().\-]*\d[\d\s().\-]*?)(\*|\s*(?:x|ext\.?|extension|poste)\s*\d+)?")
_ABROAD = re.compile(r"(\+|011|00)(?=\d{8})")
#: The 1 of North America before an area code: `1-780`, `1 (780)`, or too long for an extension.
_IS_NORTH_AMERICAN = re.compile(r"\+1\D*\d|1[\s().\-]+[2-9]\d\d|1[2-9]\d{5}")
_Text = Annotated[str, Field(min_length=1), WithJsonSchema({"type": ["string", "number"], "minLength": 1})]
_Count = Annotated[str, WithJsonSchema({"type": "integer", "minimum": 1})]


class PairingForm(BaseModel):
    """Phone logs and mail traces: how their messages and calls become requests."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    reopen: Annotated[
        Reopen, Field(description="what a message after a reply is: a new request, or part of the old one")
    ] = "new"
    match_customers: Annotated[
        MatchCustomers,
        Field(description="same: a number or address is the same customer in every system; off: each system by itself"),
    ] = "off"
    customers: Annotated[
        _Text | None,
        Field(description="a table beside this file: in each row the numbers and addresses of one customer"),
    ] = None
    own_domains: Annotated[list[_Text] | None, Field(description="the organisation's own mail domains")] = None
    service_addresses: Annotated[
        list[_Text] | None, Field(description="own addresses at which colleagues are customers too")
    ] = None
    own_numbers: Annotated[
        list[_Text] | None, Field(description="the organisation's own numbers; a trailing * for any further digits")
    ] = None
    voicemail_numbers: Annotated[list[_Text] | None, Field(description="numbers at which the voice mail answers")] = (
        None
    )
    extension_digits: Annotated[
        _Count | None, Field(description="a number of at most so many digits is an extension; default 6")
    ] = None
    dial_prefix: Annotated[_Text | None, Field(description="what is dialled for an outside line, such as 9")] = None
    automatic_subjects: Annotated[
        list[_Text] | None, Field(description="how subjects of automatic mail begin, besides the well-known ones")
    ] = None
    automatic_senders: Annotated[
        list[_Text] | None, Field(description="addresses that only machines write from, besides the well-known ones")
    ] = None
    bulk_from: Annotated[_Count | None, Field(description="one text to so many in a day is bulk mail; default 20")] = (
        None
    )


def resolve_pairing(place: Place) -> Pairing:
    """The settings; what is wrong with them is reported where it stands."""
    known = Pairing()
    return Pairing(
        reopen="ignore" if place.at("reopen").text == "ignore" else "new",
        match_customers="same" if place.at("match_customers").text == "same" else "off",
        customers=place.at("customers").text,
        own_domains=_listed(place.at("own_domains"), _DOMAIN, 'a mail domain; write "example.org"'),
        service_addresses=_listed(place.at("service_addresses"), _ADDRESS, 'an address; write "info@example.org"'),
        own_numbers=_numbers(place.at("own_numbers")),
        voicemail_numbers=_numbers(place.at("voicemail_numbers")),
        extension_digits=_count(place.at("extension_digits"), known.extension_digits),
        dial_prefix=place.at("dial_prefix").read(_digits) or "",
        automatic_subjects=tuple(text.strip() for text in place.at("automatic_subjects").texts),
        automatic_senders=_listed(place.at("automatic_senders"), _ADDRESS, 'an address; write "alerts@example.org"'),
        bulk_from=_count(place.at("bulk_from"), known.bulk_from),
    )


def _listed(place: Place, form: re.Pattern[str], expected: str) -> tuple[str, ...]:
    """The texts of a list in lower case; a leading @ of a domain is forgiven."""
    found = []
    for item in place.items():
        text = (item.text or "").strip().casefold().removeprefix("@")
        if form.fullmatch(text):
            found.append(text)
        elif item.text:
            item.wrong(f"{quoted(item.text)} is not {expected}")
    return tuple(dict.fromkeys(found))


def _numbers(place: Place) -> tuple[str, ...]:
    """Numbers as they are compared."""
    found = []
    for item in place.items():
        if match := _NUMBER.fullmatch((item.text or "").strip()):
            found.append(_range(match[1]) if match[2] == "*" else _number(match[1]))
        elif item.text:
            item.wrong(f'{quoted(item.text)} is not a number; write "780-555-0100", or "780-555-01*" for a range')
    return tuple(dict.fromkeys(found))


def _number(text: str) -> str:
    """A number as in the logs: digits only, without the country where that is North America.

    >>> _number("+1 (780) 555-0123"), _number("011 44 20 7946 0958"), _number("*97")
    ('7805550123', '442079460958', '*97')
    """
    digits = _ABROAD.sub("", re.sub(r"[^\d*#+]", "", text), count=1)
    return re.sub(r"^1(?=\d{10}$)", "", digits.removeprefix("+"))


def _range(text: str) -> str:
    """How such numbers begin.

    >>> _range("1-780-555-01"), _range("1 (780) 55"), _range("1780555"), _range("12")  # the last: extensions
    ('78055501*', '78055*', '780555*', '12*')
    """
    begin = _number(text)
    return (begin.removeprefix("1") if _IS_NORTH_AMERICAN.match(text) else begin) + "*"


def _count(place: Place, default: int) -> int:
    found = place.read(_whole)
    return default if found is None else found


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) == 0:
        raise ValueError("is not a whole number above 0")
    return int(text)


def _digits(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise ValueError("is not a dialling prefix; write digits, such as 9")
    return text
