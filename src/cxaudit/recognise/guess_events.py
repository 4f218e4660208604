"""Guess which part each column of a log of calls or mail plays: who wrote or called whom, which way, and how it ended.

Only what says so itself is proposed: a word (`Inbound`, `Answered`, `Voicemail`), a `Yes` below such a name, a time that
a person talked; the rest is for a person to add.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from cxaudit.recognise.contents import Contents
from cxaudit.recognise.likely import likeness, spaced
from cxaudit.standards.events import ABOVE_ZERO

#: part -> how its columns are named
_CALLS = {
    "caller": r"^(src|from|caller|calling|source|ani|originat)|\b(caller|calling)\b",
    "called": r"^(dst|to|called|callee|destination|dest|dial+ed|dnis|target)|\b(called|destination|dial+ed)\b",
}
_MAIL = {
    "sender": r"^(from|sender)|\bsender\b",
    "recipient": r"^(to|recipient)|\brecipient\b",
    "subject": r"\bsubject\b",
}
_MAIL_MORE = {
    "message": r"\bmessage ?id\b",
    "in_reply_to": r"\bin ?reply ?to\b",
    "references": r"^references$",
    "conversation": r"\b(conversation|thread) ?(id|topic|index)?\b",
}
_CALL_ID = r"\b(call|unique|session|linked|history|leg) ?id\b"
#: The one number of a log that tells only the other side's.
_NUMBER = r"^((phone|telephone|customer|contact|external) ?)?(number|no|nr)$|^(tele)?phone$"
#: How a column of directions is named.
_WAY = r"\b(direction|directionality|call ?type|type|way)\b"
#: Words of a direction, the narrower first.
_WAYS = {
    "internal": r"^intern",
    "inbound": r"^in(bound|coming)?$|^received?$",
    "outbound": r"^out(bound|going)?$|^sent$",
}
#: part -> words that say how a call ended
_ENDS = {
    "voicemail": r"^(?!no\b|without\b).*(voice ?(mail|box|message))|^vm$|^(left (a )?)?message( left)?$",
    "answered": r"^((call )?(answered|connected|accepted|completed)|conversation|talked|spoken?)$",
}
#: part -> how a column is named in which a yes or no says so
_ASKED = {
    "voicemail": r"\bvoice ?mail\b|\bvm\b|\bmessage left\b|\bleft message\b",
    "answered": r"^(is |was )?(answered|connected|picked up)$|^(conversation|talked)$",
}
#: part -> how a column is named in which a time that was spent says so
_SPENT = {
    "voicemail": r"\b(voice ?mail|vm|message)\b.*\b(duration|length|seconds|secs?|time)\b",
    "answered": r"^(talk(ing|ed)?|bill ?sec\w*)$|"
    r"\b(talk(ing)?|conversation|billable|billed|connect(ed|ion)?) ?(time|duration|length|minutes|seconds|secs?)\b",
}
#: part -> how a column is named in which a moment says so
_MOMENTS = {"voicemail": r"\bvoice ?mail\b", "answered": r"\b(answer(ed)?|connect(ed)?)\b"}
#: How a column is named that tells how a call ended, in whatever words.
_OUTCOME = r"\b(outcome|result|disposition|ended|reason|status)\b"
_EVENT = r"\bevents?\b( type| name)?$"
#: Words of a queue's events. Source: SOURCES, Asterisk queue_log.
_EVENTS = r"^(enter ?queue|(dis)?connect(ed)?|ring(ing|no ?answer)?|abandon(ed)?|complete ?(agent|caller)|hang ?up)$"
_YES = frozenset(("yes", "y", "true", "1", "x", "ja", "oui", "sí"))
_NO = frozenset(("no", "n", "false", "0", "nein", "non", "-"))
_FAILED = {"failed": r"^(failed|bounced?|undeliver\w*|rejected|quarantined)$", "delivered": r"^(delivered|sent)$"}
_SURE = 0.8


def guess_parts(columns: Sequence[Contents]) -> dict[str, dict[str, Any]]:
    """`calls` or `mail` with its parts; empty where the rows seem to be requests."""
    mail = _named(columns, _MAIL, "address", but={"subject"})
    if {"sender", "recipient"} <= mail.keys():
        more = _named(columns, _MAIL_MORE, None)
        return {"mail": mail | more | _direction(columns) | _words(columns, _FAILED)}
    calls = _named(columns, _CALLS, "phone")
    if {"caller", "called"} <= calls.keys():
        return {"calls": calls | _ends_of_calls(columns)}
    return {}


def guess_log(columns: Sequence[Contents]) -> tuple[str, dict[str, Any]] | None:
    """For a log that does not tell who called whom: the column that tells directions or events, and the parts it has.

    None where the rows seem to be requests.
    """
    parts = _named(columns, _CALLS, "phone") | _ends_of_calls(columns)
    way = parts.get("direction", {})
    events = [one.name for one in columns if _like(one, _EVENT) and _said(one, _EVENTS)]
    is_log = way.keys() >= {"inbound", "outbound"} or (_is_named_so(way) and not any(map(_is_reply, columns)))
    if not events and not is_log:
        return None
    alone = [one.name for one in columns if _like(one, _NUMBER) and one.shares["phone"] >= _SURE and not one.is_date]
    if way and alone and not parts.keys() & _CALLS.keys():
        parts = {"caller": alone[0], "called": alone[0]} | parts
    return (events or [way["column"]])[0], parts


def _is_named_so(way: dict[str, Any]) -> bool:
    """Whether a column of one direction only is named after it: a `Type` may hold `In` for other reasons."""
    return (
        re.search(r"\b(direction|directionality|call ?type)\b", spaced(way.get("column", "")), re.IGNORECASE)
        is not None
    )


def _is_reply(one: Contents) -> bool:
    """Whether a column tells a reply, and not only an end, so that its rows are requests."""
    return one.is_date and likeness("replied_at", one.name) > 1


def outcome_column(columns: Sequence[Contents]) -> str | None:
    """The column that seems to tell how calls ended, in words that do not say so themselves."""
    return next((one.name for one in columns if one.is_names and _like(one, _OUTCOME)), None)


def _ends_of_calls(columns: Sequence[Contents]) -> dict[str, Any]:
    """The parts of a call log besides its numbers."""
    ids = [one.name for one in columns if _like(one, _CALL_ID)]
    ends = _spent(columns) | _asked(columns) | _words(columns, _ENDS)
    order = [part for part in _ENDS if part in ends]
    return ({"call": ids[0]} if ids else {}) | _direction(columns) | {part: ends[part] for part in order}


def _like(one: Contents, pattern: str) -> bool:
    return re.search(pattern, spaced(one.name), re.IGNORECASE) is not None


def _said(one: Contents, pattern: str) -> list[str]:
    """The words of a column that are like that."""
    return [word for word in one.words if re.search(pattern, word.strip(), re.IGNORECASE)]


def _named(
    columns: Sequence[Contents],
    patterns: dict[str, str],
    form: str | None,
    but: frozenset[str] | set[str] = frozenset(),
) -> dict[str, Any]:
    """The first column of each name, whose values have that form."""
    found: dict[str, Any] = {}
    for part, pattern in patterns.items():
        for one in columns:
            fits = form is None or part in but or (one.shares[form] >= _SURE and not one.is_date)
            if fits and one.name not in found.values() and _like(one, pattern):
                found[part] = one.name
                break
    return found


def _direction(columns: Sequence[Contents]) -> dict[str, Any]:
    for one in columns:
        if _like(one, _WAY):
            ways = {way: _said(one, form) for way, form in _WAYS.items()}
            if ways["inbound"] or ways["outbound"]:
                return {"direction": {"column": one.name} | {way: words for way, words in ways.items() if words}}
    return {}


def _words(columns: Sequence[Contents], patterns: dict[str, str]) -> dict[str, Any]:
    """Conditions: the column with a word that says how it ended, and that word."""
    found: dict[str, Any] = {}
    for part, pattern in patterns.items():
        for one in columns:
            words = _said(one, pattern)
            if words and one.is_names:
                found[part] = {one.name: words}
                break
    return found


def _asked(columns: Sequence[Contents]) -> dict[str, Any]:
    """Conditions: the column that is named after the part and holds nothing but yes and no, and its words for yes."""
    found: dict[str, Any] = {}
    for part, pattern in _ASKED.items():
        for one in columns:
            words = [word for word in one.words if word.strip().casefold() in _YES]
            only = all(word.strip().casefold() in _YES | _NO for word in one.words)
            if words and only and _like(one, pattern):
                found[part] = {one.name: words}
                break
    return found


def _spent(columns: Sequence[Contents]) -> dict[str, Any]:
    """Conditions: the column of a time spent that is above zero, or of a moment that is there, only where it ended so."""
    found: dict[str, Any] = {}
    for part, pattern in _SPENT.items():
        for one in columns:
            is_time = max(one.shares["number"], one.shares["clock"]) >= _SURE and not one.is_date
            if (is_time and _like(one, pattern)) or (one.is_date and _like(one, _MOMENTS[part])):
                found[part] = {one.name: ABOVE_ZERO}
                break
    return found
