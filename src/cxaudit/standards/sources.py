"""The layouts of a standards file: what contradicts itself in them, or would do nothing, is reported where it stands.

What a layout of a known name leaves out is known elsewhere, so that only what is stated can be judged.
Source: the standards file's form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cxaudit.spelling import fold
from cxaudit.standards.document import quoted
from cxaudit.standards.events import ABOVE_ZERO
from cxaudit.standards.names import Names
from cxaudit.standards.place import Place
from cxaudit.standards.source import ColumnChoice, Role, SourceMapping
from cxaudit.standards.values import did_you_mean

#: The roles of moments -> what they tell. A column can tell one of these things only.
_MOMENTS: dict[Role, str] = {
    "received_at": "the receipt",
    "replied_at": "the reply",
    "closed_at": "the reply",
    "system_due_at": "the system's due time",
}
_TIMED = (*_MOMENTS, "updated_at")
_COMPARISON = re.compile(r"\s*[<>=!≠≤≥]+\s*[-+]?[\d.,]+\s*")
_WAYS = ("inbound", "outbound", "internal", "inside")


def resolve_sources(place: Place, titles: Mapping[str, str], channels: Names) -> dict[str, SourceMapping]:
    """The layouts; one with a header of its own is new, and must say when a request was received."""
    for entry in [one for one in place.entries() if one.is_sound()]:
        if entry.at("header").tree and not entry.at("columns", "received_at").is_given:
            entry.wrong_key("a source with a header must name its column received_at under columns")
        if entry.at("calls").is_given and entry.at("mail").is_given:
            entry.at("mail").wrong_key("a source has calls or mail, not both; describe each export as its own source")
        _check_channels(entry.at("channels"), titles, channels)
        _check_moments(entry.at("columns"), SourceMapping.model_validate(entry.tree).columns)
        _check_columns(entry)
        _check_words(entry)
    return {entry.key: SourceMapping.model_validate(entry.tree) for entry in place.entries() if entry.is_sound()}


def _check_channels(place: Place, titles: Mapping[str, str], channels: Names) -> None:
    """A system's words for the channels: each means one of them, and none that already means another."""
    known = {fold(name) for names in titles.items() for name in names} & channels.meaning.keys()
    own = {word: channels.meaning[word] for word in known}
    words = Names(dict(own), {word: channels.lines[word] for word in known})
    for word_list in place.entries():
        channel = own.get(fold(word_list.key))
        if channel is None and titles:
            advice = did_you_mean(word_list.key, titles)
            word_list.wrong_key(f'no version of the standards has a channel "{word_list.key}"; {advice}')
        for item in word_list.items() if channel is not None else ():
            words.claim(item.text or "", channel or "", item)


def told_twice(columns: Mapping[Role, Sequence[ColumnChoice]]) -> Iterator[tuple[Role, int, str]]:
    """The choices whose column tells another moment already: role, position, and what is wrong.

    A reply read from the column of the receipt would always be in time. Two times of day beside one date are two moments.
    """
    claimed: list[tuple[Role, ColumnChoice]] = []
    for role, choices in columns.items():
        for i, choice in enumerate(choices if role in _MOMENTS else ()):
            same = (
                other
                for other, one in claimed
                if fold(one.column) == fold(choice.column)
                and (one.time is None or choice.time is None or fold(one.time) == fold(choice.time))
                and _MOMENTS[other] != _MOMENTS[role]
            )
            if (other := next(same, None)) is not None:
                yield (
                    role, i, f'the column "{choice.column}" is that of {other}, and tells {_MOMENTS[other]}; '
                    f"name the one that tells {_MOMENTS[role]}",
                )  # fmt: skip
            claimed.append((role, choice))


def _check_moments(place: Place, columns: Mapping[Role, Sequence[ColumnChoice]]) -> None:
    for role, i, message in told_twice(columns):
        list(_several(place.at(role)))[i].wrong(message)


def _check_columns(entry: Place) -> None:
    """What a column is said to tell, and its role has no use for."""
    for role in entry.at("columns").entries():
        for choice in _several(role):
            time = choice.at("time")
            if time.is_given and role.key not in _TIMED:
                time.wrong_key(f"{role.key} has no time of day; it goes with {', '.join(_TIMED)}")
            _check_reply(entry, role, choice)


def _check_reply(entry: Place, role: Place, choice: Place) -> None:
    """How a column tells the reply, and in which unit."""
    basis, unit = choice.at("reply_basis"), choice.at("unit")
    if basis.is_given and role.key != "replied_at" and (role.key, basis.text) != ("closed_at", "closure"):
        basis.wrong_key(f"{role.key} tells no reply; it goes with replied_at")
    if not unit.is_given or role.key == "closed_at":
        return
    if role.key != "replied_at":
        unit.wrong_key(f"{role.key} holds no duration; it goes with replied_at and closed_at")
        return
    stated = basis.text or entry.at("reply_basis").text
    if stated != "minutes" and (stated or entry.at("header").tree):
        unit.wrong_key("only a duration has a unit; add reply_basis: minutes if the column tells how long it took")


def _check_words(entry: Place) -> None:
    """Words of an export that are declared to mean two things, or look like a rule and are none."""
    verdicts = entry.at("system_verdicts")
    _mean_one_thing([verdicts.at("met"), verdicts.at("missed")])
    for kind in ("calls", "mail"):
        for ways in (entry.at(kind, "direction"), entry.at(kind, "context")):
            _mean_one_thing([ways.at(way) for way in _WAYS])
        for conditions in ("voicemail", "answered", "failed", "delivered", "spam", "automatic"):
            for condition in _several(entry.at(kind, conditions)):
                for words in condition.entries():
                    _check_comparisons(words)


def _mean_one_thing(lists: Iterable[Place]) -> None:
    names = Names()
    for words in lists:
        for item in _several(words):
            if fold(item.text or ""):
                names.claim(item.text or "", words.key, item)


def _check_comparisons(words: Place) -> None:
    for item in _several(words):
        if item.text and item.text != ABOVE_ZERO and _COMPARISON.fullmatch(item.text):
            item.wrong(
                f'{quoted(item.text)} is no comparison that is known; write "{ABOVE_ZERO}" for any number above zero, '
                "or the words that stand in the column"
            )


def _several(place: Place) -> Iterator[Place]:
    """The items of a list, or the one value that stands for a list of one."""
    if isinstance(place.tree, list):
        yield from place.items()
    elif place.is_given:
        yield place
