"""Guess which part each column of a log of calls or mail plays: who wrote or called whom, which way, and how it ended.

Only words that say so themselves (`Inbound`, `Answered`, `Voicemail`) are proposed; the rest is for a person to add.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from cxaudit.recognise.contents import Contents
from cxaudit.recognise.likely import spaced

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
#: Words of a direction, the narrower first.
_WAYS = {
    "internal": r"^intern",
    "inbound": r"^in(bound|coming)?$|^received?$",
    "outbound": r"^out(bound|going)?$|^sent$",
}
_ENDS = {"voicemail": r"voice ?mail", "answered": r"^(answered|connected|accepted|call connected|completed)$"}
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
        ids = [one.name for one in columns if re.search(_CALL_ID, spaced(one.name), re.IGNORECASE)]
        call = {"call": ids[0]} if ids else {}
        return {"calls": calls | call | _direction(columns) | _words(columns, _ENDS)}
    return {}


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
            if fits and one.name not in found.values() and re.search(pattern, spaced(one.name), re.IGNORECASE):
                found[part] = one.name
                break
    return found


def _direction(columns: Sequence[Contents]) -> dict[str, Any]:
    for one in columns:
        if re.search(r"\b(direction|directionality|call ?type|type)\b", spaced(one.name), re.IGNORECASE):
            ways = {
                way: [word for word in one.words if re.search(form, word.strip(), re.IGNORECASE)]
                for way, form in _WAYS.items()
            }
            if ways["inbound"] or ways["outbound"]:
                return {"direction": {"column": one.name} | {way: words for way, words in ways.items() if words}}
    return {}


def _words(columns: Sequence[Contents], patterns: dict[str, str]) -> dict[str, Any]:
    """Conditions: the column with a word that says how it ended, and that word."""
    found: dict[str, Any] = {}
    for part, pattern in patterns.items():
        for one in columns:
            words = [word for word in one.words if re.search(pattern, word.strip(), re.IGNORECASE)]
            if words and one.is_names:
                found[part] = {one.name: words}
                break
    return found
