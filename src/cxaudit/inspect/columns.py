"""The columns of a table that a layout fits: which role each plays, and what its values say about how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cxaudit.inspect.model import ColumnUse, Recognised
from cxaudit.recognise.event_columns import event_columns
from cxaudit.recognise.layout import Layout, clean_header
from cxaudit.recognise.proof import Proof
from cxaudit.recognise.proposal import proof_words
from cxaudit.standards.source import Role


def recognised(layout: Layout, proofs: Mapping[Role, Proof]) -> Recognised:
    """What a layout makes of a table, with what the values of its columns prove."""
    mapping = layout.mapping
    names = [choice if isinstance(choice, str) else next((n for n in choice if layout.find(n) is not None), choice[0])
             for choice in mapping.header]  # fmt: skip
    used = {*layout.positions.values(), *layout.times.values(), *event_columns(layout)}
    return Recognised(
        source=layout.source,
        title=mapping.title or "",
        shape=mapping.shape,
        because=tuple(clean_header(layout.header[1][at]) for name in names if (at := layout.find(name)) is not None),
        columns=tuple(_uses(layout, proofs)),
        unused=tuple(name for i, name in enumerate(map(clean_header, layout.header[1])) if name and i not in used),
        reply_basis=layout.reply_basis if layout.tells_replies or mapping.is_events else None,
        channel=None if "channel" in layout.positions else mapping.channel,
        caveat=mapping.caveat,
    )


def _uses(layout: Layout, proofs: Mapping[Role, Proof]) -> Iterator[ColumnUse]:
    """Every column that is read, in the order of the file."""
    parts = event_columns(layout)
    roles = {position: role for role, position in layout.positions.items()}
    for position in sorted({*parts, *roles}):
        role = roles.get(position)
        said = ", ".join(part for part in (role, parts.get(position)) if part)
        yield (
            _use(layout, proofs, role, position, said)
            if role
            else ColumnUse(clean_header(layout.header[1][position]), said)
        )


def _use(layout: Layout, proofs: Mapping[Role, Proof], role: Role, position: int, said: str) -> ColumnUse:
    header = clean_header(layout.header[1][position])
    if role in layout.times:
        header = f"{header} + {clean_header(layout.header[1][layout.times[role]])}"
    proof = proofs.get(role)
    if unit := layout.unit_of(role):
        return ColumnUse(header, said, f"{unit} from receipt")
    if proof is None:
        return ColumnUse(header, said)
    is_proof = proof.format is not None and not proof.format.is_unmistakable
    return ColumnUse(header, said, _words(proof), *((proof.row, proof.value) if is_proof else (None, None)))


def _words(proof: Proof) -> str:
    if proof.format is None:
        return proof_words(proof)
    only_dates = ", without a time of day" if proof.format.is_date_only else ""
    is_unproven = proof.row is None and not proof.format.is_unmistakable
    return proof.format.words + only_dates + (" (no value here proves it)" if is_unproven else "")
