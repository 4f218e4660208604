"""Widths: how wide each column of a table of text may be, so that it fits into a window without a broken word."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.cells import cell_len

#: Wider than any table; Rich needs some width.
UNBOUNDED = 10_000


def natural_widths(columns: Sequence[Sequence[str]]) -> list[int]:
    """The width of each column that does not wrap, given its texts and its heading among them."""
    return [max(cell_len(line) for text in texts for line in text.split("\n")) for texts in columns]


def fitting_widths(
    columns: Sequence[Sequence[str]], whole: Collection[int], gap: int, room: int | None
) -> list[int] | None:
    """The width of each column in so much room, where that is limited; None where the table is too wide for it.

    Those that are `whole` do not wrap, others between words alone. What room there is goes where most lines are saved.

    >>> fitting_widths([["one", "three"], ["a b c d"]], [0], 2, 11), fitting_widths([["one", "three"]], [0], 2, 4)
    ([5, 4], None)
    """
    natural = natural_widths(columns)
    gaps = gap * (len(columns) - 1)
    if room is None or sum(natural) + gaps <= room:
        return natural
    widths = [
        width if i in whole else max((cell_len(word) for text in texts for word in text.split()), default=0)
        for i, (texts, width) in enumerate(zip(columns, natural, strict=True))
    ]
    if sum(widths) + gaps > room:
        return None
    for _ in range(room - gaps - sum(widths)):
        most = max(range(len(columns)), key=lambda i: natural[i] / max(widths[i], 1))
        widths[most] += 1
    return widths
