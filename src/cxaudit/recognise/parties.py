"""Parties: telephone numbers and mail addresses as they are compared, and which of them are the organisation's own.

They are compared and never shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cxaudit.standards.model import Pairing

#: An address in brackets behind a name, `Doe <a@x.org>`, `Doe [mailto:a@x.org]`, `Doe (a@x.org)`; and a name behind one.
_POINTED = r"<([^<>]*)>\s*$"
_BRACKETED = r"[\[(]\s*([^\s\[\]()]+@[^\s\[\]()]+)\s*[\])]\s*$"
_BEFORE = r"([^\s<>]+@[^\s<>]+)>?\s\([^()@]*\)\s*$"
#: A name, and the number in brackets behind it.
_NAMED = r"[^\d\s+(].*\(\s*([+*#]?\d[\d\s.\-]*)\)\s*$"
#: A number for a name: `7805550100 (7805550100)`.
_TWICE = r"^\+?(?:\d\s*){7,}\(\s*(\+?(?:\d\s*){7,})\)$"
_SUFFIX = r"(?i)(;.*|@.*|,.*|\s*(x|ext\.?|extension|poste)\s*\d+)$"
#: Digits that the exporting system hides.
_MASKED = r"\d[\d\s().\-]*[*xX•]{2,}"
_MAILBOX = r"(?i)^vm[a-z]?(\d+)$"
#: A number that means a service of the telephone system: *97.
_CODE = r"^[*#]"


def numbers(text: pl.Expr, dial_prefix: str = "") -> pl.Expr:
    """Telephone numbers as digits only; null for what is hidden, anonymous or no number.

    Brackets, blanks, dashes, a name around it, an extension behind it and the ways to write the country do not count:
    `"Doe" <+1 (780) 555-0100>`, `1-780-555-0100 ext. 12` and `7805550100` are one number.
    """
    text = text.str.strip_chars()
    bare = pl.coalesce(text.str.extract(r"<([^<>]*)>\s*$"), text.str.extract(_NAMED), text.str.extract(_TWICE), text)
    bare = bare.str.replace(r"(?i)^(sips?|tel):", "").str.replace(_SUFFIX, "").str.replace(_MAILBOX, "$1")
    is_number = ~bare.str.contains(r"\pL") & ~bare.str.contains(_MASKED)
    digits = bare.str.replace_all(r"[^\d*#+]", "")
    if dial_prefix:
        digits = digits.str.replace(rf"^{dial_prefix}((?:1?\d{{10}}|011\d+)$)", "$1")
    digits = digits.str.replace(r"^(\+|011|00)(\d{8,})$", "$2").str.replace(r"^1(\d{10})$", "$1")
    return pl.when(is_number & digits.str.contains(r"\d")).then(digits)


def is_one_of(number: pl.Expr, known: Sequence[str]) -> pl.Expr:
    """Whether a number is among these; a trailing `*` stands for any further digits."""
    exact = [one for one in known if not one.endswith("*")]
    begins = [number.str.starts_with(one.removesuffix("*")) for one in known if one.endswith("*")]
    return pl.any_horizontal(number.is_in(exact), *begins).fill_null(False)


def is_own_number(number: pl.Expr, pairing: Pairing) -> pl.Expr:
    """Whether a number is the organisation's: an extension, a service of its telephone system, or declared as its own."""
    is_extension = number.str.len_bytes() <= pairing.extension_digits
    return (is_extension | number.str.contains(_CODE) | is_one_of(number, pairing.own_numbers)).fill_null(False)


def addresses(text: pl.Expr) -> pl.Expr:
    """Mail addresses in lower case, without the name around them; null for what is none, empty for the null sender `<>`."""
    inner = pl.coalesce(*(text.str.extract(form) for form in (_POINTED, _BRACKETED, _BEFORE)), text)
    bare = inner.str.strip_chars(" \t\r\n'\"").str.to_lowercase().str.replace(r"^(mailto|smtp):", "")
    return pl.when(bare.str.contains(r"^[^@\s]+@[^@\s]+$") | (bare == "")).then(bare)


def domains(address: pl.Expr) -> pl.Expr:
    """The domain of an address."""
    return address.str.extract(r"@([^@]+)$")


def is_within(domain: pl.Expr, own: Sequence[str]) -> pl.Expr:
    """Whether a domain is one of these or below one of them."""
    below = [domain.str.ends_with(f".{one}") for one in own]
    return pl.any_horizontal(domain.is_in(list(own)), *below).fill_null(False)
