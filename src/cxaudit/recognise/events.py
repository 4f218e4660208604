"""Recognise events: the rows of a call log or mail log, each with what its columns say about the call or message.

What a word in a column stands for is declared by the source; here it is looked up. Texts stay as they are written, apart
from blanks around them: numbers, addresses and subjects are taken apart once for each call or message, not for each row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from cxaudit.lookup import NO_ID, folded, meaning_of
from cxaudit.read.table import column
from cxaudit.recognise.dates import is_missing
from cxaudit.recognise.layout import Layout
from cxaudit.spelling import fold
from cxaudit.standards.events import ABOVE_ZERO, Direction

#: Which way a call or message went; `inside`: from us, to whomever.
WAYS = pl.Enum(["inbound", "outbound", "internal", "inside"])
_JOINED = "\x1f"
_Conditions = Sequence[Mapping[str, Sequence[str]]]


def recognise_calls(rows: pl.LazyFrame, layout: Layout) -> pl.LazyFrame:
    """The legs of a call log.

    **Frame in**: a table's body. **Frame out**: `row`, `caller`, `called`, `reached`, `mailbox`, `call` (String; the key of
    the call), `direction`, `context` (WAYS), `is_voicemail`, `is_answered`, `is_connected` (null where nothing tells).
    In the order of the file.
    """
    calls = layout.mapping.calls
    assert calls is not None
    return rows.select(
        "row",
        caller=_text(layout, calls.caller),
        called=_text(layout, calls.called),
        reached=_text(layout, calls.reached),
        mailbox=_text(layout, calls.mailbox),
        call=_key(layout, calls.call, calls.caller),
        direction=_way(layout, calls.direction),
        context=_way(layout, calls.context),
        is_voicemail=_holds(layout, calls.voicemail),
        is_answered=_holds(layout, calls.answered),
        is_connected=_is_connected(layout, calls.answered, calls.voicemail),
    )


def recognise_mail(rows: pl.LazyFrame, layout: Layout) -> pl.LazyFrame:
    """The rows of a mail log.

    **Frame out**: `row`, `sender`, `recipient`, `subject`, `message` (the key of the message), `in_reply_to`,
    `references`, `conversation` (String), `direction` (WAYS), `is_failed`, `is_delivered`, `is_spam`, `is_automatic`.
    """
    mail = layout.mapping.mail
    assert mail is not None
    return rows.select(
        "row",
        sender=_text(layout, mail.sender),
        recipient=_text(layout, mail.recipient),
        subject=_text(layout, mail.subject),
        message=_key(layout, mail.message),
        in_reply_to=_text(layout, mail.in_reply_to),
        references=_text(layout, mail.references),
        conversation=_text(layout, mail.conversation),
        direction=_way(layout, mail.direction),
        is_failed=_holds(layout, mail.failed),
        is_delivered=_holds(layout, mail.delivered),
        is_spam=_holds(layout, mail.spam),
        is_automatic=_holds(layout, mail.automatic),
    )


def tells_voicemail(layout: Layout) -> bool:
    """Whether a call log has the columns that tell which legs reached the voice mail."""
    calls = layout.mapping.calls
    return calls is not None and any(_has_all(layout, condition) for condition in calls.voicemail)


def tells_answers(layout: Layout) -> bool:
    """Whether a call log has the columns that tell on which legs a person spoke."""
    calls = layout.mapping.calls
    return calls is not None and any(_has_all(layout, condition) for condition in calls.answered)


def _is_connected(layout: Layout, answered: _Conditions, voicemail: _Conditions) -> pl.Expr:
    """Whether somebody or something took the call, whatever else an answer takes.

    For how long tells it; else any word of an answer, or of the voice mail, among the words that tell how it ended.
    """
    timed = [{name: words for name, words in one.items() if ABOVE_ZERO in words} for one in answered]
    known = [condition for condition in timed if condition and _has_all(layout, condition)]
    if known:
        return _holds(layout, known)
    parts = [{name: words} for one in answered for name, words in one.items() if _has_all(layout, one)]
    if not parts:
        return pl.lit(None, dtype=pl.Boolean)
    is_told = pl.any_horizontal(_text(layout, list(part)).is_not_null() for part in parts)
    return pl.when(is_told).then(_holds(layout, [*parts, *voicemail]))


def _text(layout: Layout, names: Sequence[str] | None) -> pl.Expr:
    """The cell of the first header that is there, without blanks around it; null where it holds nothing."""
    position = next((at for name in names or () if (at := layout.find(name)) is not None), None)
    if position is None:
        return pl.lit(None, dtype=pl.String)
    text = pl.col(column(position)).str.strip_chars()
    return pl.when(~is_missing(text)).then(text)


def _key(layout: Layout, keys: Sequence[Sequence[str]] | None, caller: Sequence[str] = ()) -> pl.Expr:
    """What names a call or message: the first set of columns that are all there and filled. A hidden caller names nothing."""
    present = [names for names in keys or () if all(layout.find(name) is not None for name in names)]
    found = [
        pl.concat_str(
            pl.lit(f"{i}"),
            *(_number(layout, name) if name in caller else _id(layout, name) for name in names),
            separator=_JOINED,
        )
        for i, names in enumerate(present)
    ]
    return pl.coalesce(found) if found else pl.lit(None, dtype=pl.String)


def _id(layout: Layout, name: str) -> pl.Expr:
    """The cell of an id, if it is one."""
    text = _text(layout, [name])
    return pl.when(~text.str.contains(NO_ID)).then(text)


def _number(layout: Layout, name: str) -> pl.Expr:
    """The cell of a number; null where it is hidden: `Anonymous`."""
    text = _text(layout, [name])
    return pl.when(text.str.contains(r"\d")).then(text)


def _way(layout: Layout, direction: Direction | None) -> pl.Expr:
    nothing = pl.lit(None, dtype=WAYS)
    if direction is None or layout.find(direction.column) is None:
        return nothing
    meaning = {fold(word): way for way in WAYS.categories for word in getattr(direction, way) or ()}
    folded = _folded(layout, direction.column)
    return meaning_of(folded, meaning, WAYS)


def _holds(layout: Layout, conditions: _Conditions) -> pl.Expr:
    """Whether any of the conditions holds whose columns are all there."""
    known = [condition for condition in conditions if _has_all(layout, condition)]
    if not known:
        return pl.lit(False)
    return pl.any_horizontal(
        pl.all_horizontal(_says(layout, name, words) for name, words in condition.items()) for condition in known
    )


def _has_all(layout: Layout, condition: Mapping[str, Sequence[str]]) -> bool:
    return all(layout.find(name) is not None for name in condition)


def _says(layout: Layout, name: str, words: Sequence[str]) -> pl.Expr:
    if ABOVE_ZERO in words:
        return _text(layout, [name]).str.contains("[1-9]").fill_null(False)
    return _folded(layout, name).is_in([fold(word) for word in words]).fill_null(False)


def _folded(layout: Layout, name: str) -> pl.Expr:
    return folded(_text(layout, [name]))
