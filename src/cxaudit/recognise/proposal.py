"""A guess as YAML to paste into a standards file, with what speaks for it as comments."""

from __future__ import annotations

import json
import re
from typing import Any

from cxaudit.recognise.guess import Guess
from cxaudit.recognise.proof import Proof
from cxaudit.standards.source import ColumnChoice, Role

#: Text that YAML takes for nothing else, wherever it stands.
_PLAIN = re.compile(r"[^\W\d_][\w ()/.'&+-]*[\w).]|\([\w ()/.'&+-]*[\w).]|[^\W\d_]")
_NOT_TEXT = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
#: What YAML wants escaped, besides quotes and backslashes.
_UNPRINTABLE = re.compile(
    "[^\\x20-\\x7e\\xa0-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]|[\\u2028\\u2029]"
)


def proposal(guess: Guess) -> str:
    """The entry under `sources:`; lines that end in a question are to be settled by a person."""
    lines = [
        "sources:",
        f"  {guess.name}:",
        f"    header: [{', '.join(map(scalar, guess.distinctive))}]",
        "    columns:",
    ]
    lines += [_line(f"      {role}: {_choice(choice)}", _remark(guess, role)) for role, choice in guess.choices.items()]
    for name, parts in guess.parts.items():
        lines += [f"    {name}:", *(f"      {part}: {_part(value)}" for part, value in parts.items())]
    if "channel" not in guess.choices:
        said = "how these requests came in; or use --channel"
        if guess.channel:
            said = "what its rows are" if guess.parts else "by the name of the file"
        lines.append(_line(f"    {'' if guess.channel else '# '}channel: {guess.channel or 'email'}", said))
    if "replied_at" in guess.choices or guess.parts:
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


def scalar(text: str) -> str:
    """Text as YAML reads it back.

    >>> scalar("Ref"), scalar("Yes"), scalar("Date: in"), scalar("(Do Not Modify) Case"), scalar("2025")
    ('Ref', '"Yes"', '"Date: in"', '(Do Not Modify) Case', '"2025"')
    """
    if _PLAIN.fullmatch(text) and text.casefold() not in _NOT_TEXT:
        return text
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
        return None
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
