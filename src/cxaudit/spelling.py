"""Spelling: when two words are one, and which known word was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

#: Blanks of every kind, underscores, and every dash a word processor may put in the place of a hyphen.
_FILLERS = re.compile(r"[\s\u200b\ufeff_\-\u00ad\u058a\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d]+")


@lru_cache(maxsize=1 << 12)  # the same few names for each of many files
def fold(text: str) -> str:
    """The form in which two spellings of one name are equal.

    >>> fold("E\u2011Mail") == fold("e mail") == fold("EMAIL") == "email"
    True
    """
    return _FILLERS.sub("", text.casefold())


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
