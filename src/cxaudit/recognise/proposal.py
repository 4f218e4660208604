"""A guess as YAML to paste into a standards file, with what speaks for it as comments."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count
from typing import Any

from cxaudit.recognise.guess import Guess
from cxaudit.recognise.layout import clean_header
from cxaudit.recognise.proof import Proof
from cxaudit.spelling import fold
from cxaudit.standards.source import ColumnChoice, Role

#: Text that YAML takes for nothing else, wherever it stands.
_PLAIN = re.compile(r"[^\W\d_][\w ()/.'&+-]*[\w).]|\([\w ()/.'&+-]*[\w).]|[^\W\d_]")
_NOT_TEXT = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
#: What YAML wants escaped, besides quotes and backslashes.
_UNPRINTABLE = re.compile(
    "[^\\x20-\\x7e\\xa0-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]|[\\u2028\\u2029]"
)
#: What to ask about a call log that does not tell it, by the part.
_ASKED = {
    "voicemail": "which words tell that a call reached the voice mail? Without them no row is a request.",
    "answered": "which words tell that a person spoke? Without them no call back counts as a reply.",
}
_SAY_NOTHING = "which say nothing about when the reply was made"


def proposals(guesses: Sequence[Guess]) -> list[str]:
    """The text of each guess, in the same order: one for all tables with the same columns, and no name twice."""
    alike: dict[tuple[str, ...], list[Guess]] = {}
    for guess in guesses:
        alike.setdefault(_columns(guess), []).append(guess)
    texts: dict[tuple[str, ...], str] = {}
    names: set[str] = set()
    for columns, ones in alike.items():
        fullest = max(ones, key=lambda one: len(one.choices))
        numbered = (f"{ones[0].name}_{i}" for i in count(2))
        name = next(name for name in chain([ones[0].name], numbered) if name not in names)
        names.add(name)
        texts[columns] = proposal(replace(fullest, name=name))
    return [texts[_columns(guess)] for guess in guesses]


def _columns(guess: Guess) -> tuple[str, ...]:
    return tuple(fold(clean_header(cell)) for cell in guess.header[1])


def proposal(guess: Guess) -> str:
    """The entry under `sources:`; lines that end in a question are to be settled by a person."""
    lines = [
        "sources:",
        *_warning(guess),
        f"  {guess.name}:",
        f"    header: [{', '.join(map(scalar, guess.distinctive))}]",
        "    columns:",
    ]
    lines += [_line(f"      {role}: {_choice(choice)}", _remark(guess, role)) for role, choice in guess.choices.items()]
    lines += [*_open_roles(guess), *_events(guess), *_channel(guess)]
    if "replied_at" in guess.choices or (guess.parts and guess.log_by is None):
        why = "known only by the closing of the case" if guess.reply_basis == "closure" else None
        lines.append(_line(f"    reply_basis: {guess.reply_basis}", why))
    if guess.is_midnight:
        lines.append(_line("    midnight_is_date: true", "every time of day is midnight, at least in one of them"))
    orders = {fmt.order for proof in guess.proofs.values() for fmt in proof.candidates if proof.is_ambiguous}
    if orders and not any(proof.order for proof in guess.proofs.values()):
        lines.append(
            _line(f"    # date_format: {sorted(orders)[0]}", f"{' or '.join(sorted(orders))}? no value settles it")
        )
    return "\n".join(lines) + "\n"


def _warning(guess: Guess) -> list[str]:
    """What stands on top of a log that does not tell who called whom."""
    if guess.log_by is None:
        return []
    return [
        f"  # Its rows look like calls or events, not requests: {_quoted(guess.log_by)} tells so.",
        "  # Each would count as a request. Complete calls: below (docs/pairing.md), or leave the file out of the run.",
    ]


def _open_roles(guess: Guess) -> list[str]:
    """Questions for the roles without which figures are wrong."""
    lines = [
        f"      # {role}: ?  # several columns are named {_quoted(name)}: give each a name of its own."
        for role, name in guess.vague.items()
    ]
    if guess.parts:
        return lines
    if "replied_at" not in guess.choices and "replied_at" not in guess.vague:
        dates = f" Other dates: {', '.join(map(_quoted, guess.dates))}." if guess.dates else ""
        lines.append(f"      # replied_at: ?  # which column? Without one every request counts as unanswered.{dates}")
        lines += [f"      # {_quoted(name)} counts office hours, {_SAY_NOTHING}." for name in guess.by_schedule]
    if "case_id" not in guess.choices and "case_id" not in guess.vague:
        lines.append("      # case_id: ?  # which column? Without one, rows of one case count twice.")
    return lines


def _events(guess: Guess) -> list[str]:
    """`calls` or `mail`, with a question for each part without which nothing is paired."""
    if guess.log_by is not None:
        parts = guess.parts["calls"]
        asked = [f"{part}: ?" for part in ("caller", "called") if part not in parts]
        lines = ["calls:", *(f"  {line}" for line in (*asked, *_parts(parts), *_asked(guess))), "reply_basis: paired"]
        return [f"    # {line}" for line in lines]
    lines = []
    for name, parts in guess.parts.items():
        lines += [f"    {name}:", *(f"      {line}" for line in _parts(parts))]
        lines += [f"      # {line}" for line in (_asked(guess) if name == "calls" else [])]
    return lines


def _parts(parts: dict[str, Any]) -> list[str]:
    return [_line(f"{part}: {_part(value)}", _doubt(value)) for part, value in parts.items()]


def _doubt(value: Any) -> str | None:
    is_time = isinstance(value, dict) and "> 0" in value.values()
    return "is it above 0 only where this is so?" if is_time else None


def _asked(guess: Guess) -> list[str]:
    """The parts of a call log that nothing tells."""
    column = scalar(guess.outcome) if guess.outcome else "?"
    return [f"{part}: {{{column}: [?]}}  # {why}" for part, why in _ASKED.items() if part not in guess.parts["calls"]]


def _channel(guess: Guess) -> list[str]:
    if "channel" in guess.choices:
        return []
    if guess.log_by:
        return ["    # channel: voicemail  # only where its calls reached the voice mail"]
    said = "how these requests came in; or use --channel"
    if guess.channel:
        said = "what its rows are" if guess.parts else "by the name of the file"
    return [_line(f"    {'' if guess.channel else '# '}channel: {guess.channel or 'email'}", said)]


def scalar(text: str) -> str:
    """Text as YAML reads it back.

    >>> scalar("Ref"), scalar("Yes"), scalar("Date: in"), scalar("(Do Not Modify) Case"), scalar("2025")
    ('Ref', '"Yes"', '"Date: in"', '(Do Not Modify) Case', '"2025"')
    """
    return text if _PLAIN.fullmatch(text) and text.casefold() not in _NOT_TEXT else _quoted(text)


def _quoted(text: str) -> str:
    """Text in quotes and on one line, whatever it holds."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _part(value: Any) -> str:
    """A header, words, or headers and words by name, on one line.

    >>> _part({"column": "Way", "inbound": ["In", "Yes"]})
    '{column: Way, inbound: [In, "Yes"]}'
    """
    match value:
        case dict():
            return "{" + ", ".join(f"{scalar(key)}: {_part(inner)}" for key, inner in value.items()) + "}"
        case list():
            return f"[{', '.join(map(scalar, value))}]"
        case _:
            return scalar(str(value))


def _choice(choice: ColumnChoice) -> str:
    if choice.time is None and choice.unit is None:
        return scalar(choice.column)
    parts = {"column": choice.column, "time": choice.time, "unit": choice.unit}
    return "{" + ", ".join(f"{key}: {scalar(value)}" for key, value in parts.items() if value is not None) + "}"


def _remark(guess: Guess, role: Role) -> str | None:
    proof = guess.proofs.get(role)
    if proof is None:
        unit = guess.choices[role].unit or "minutes"
        is_duration = role == "replied_at" and guess.reply_basis == "minutes"
        return (
            f"are these {unit} of the clock? If of office hours, {_SAY_NOTHING}, leave it out." if is_duration else None
        )
    settled = {one.order: one.format for one in guess.proofs.values() if one.format and one.order}
    if proof.is_ambiguous and len(settled) == 1:
        return f"{next(iter(settled.values())).words}, as another column proves"
    return proof_words(proof)


def proof_words(proof: Proof) -> str:
    """How a column's times are written, and the value that proves it."""
    if proof.is_ambiguous:
        orders = " or ".join(dict.fromkeys(fmt.words for fmt in proof.candidates))
        return f"{orders}: {proof.example} may be either"
    if proof.format is None:
        return "no times" if not proof.n_values else f"not readable: {proof.example}"
    shown = f" (row {proof.row}: {proof.value})" if proof.row is not None and not proof.format.is_unmistakable else ""
    return f"{proof.format.words}{shown}"


def _line(text: str, remark: str | None) -> str:
    return f"{text}  # {remark}" if remark else text
