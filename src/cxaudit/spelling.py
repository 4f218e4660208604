"""Slips of the pen: the known word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

from cxaudit.standards.model import fold


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, however it is spelled.

    >>> nearest("Emial", ["voicemail", "email", "letter"]), nearest("fax", ["email"])
    ('email', None)
    """
    from difflib import get_close_matches

    by_fold = {fold(one): one for one in known}
    found = get_close_matches(fold(word), by_fold, n=1)
    return by_fold[found[0]] if found else None


def near_miss(word: str, known: Iterable[str]) -> str:
    """A guess at what was meant, to end a message with."""
    guess = nearest(word, known)
    return f" Did you mean {guess}?" if guess else ""
