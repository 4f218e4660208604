"""`cxaudit due`: when a request would be due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cxaudit.commands.options import Output, scenario_words
from cxaudit.commands.shared import name_of, standards_of
from cxaudit.days.zones import zone
from cxaudit.errors import UsageError
from cxaudit.explain.when_due import Receipt, due_times, promising
from cxaudit.period import parse_received
from cxaudit.render.rows import ROW_FORMATS
from cxaudit.spelling import fold, near_miss
from cxaudit.standards import Standards, parse_within


@dataclass(frozen=True)
class Asked:
    """What is asked, as typed."""

    received: Sequence[str]
    channel: str | None = None
    department: str | None = None
    within: str | None = None
    standards_as_of: str | None = None


def due(standards_file: str | None, asked: Asked, output: Output) -> int:
    """The due time of each receipt."""
    from cxaudit.render.due import render_due

    form = output.chosen(ROW_FORMATS)
    output.check_places()
    output.spare_inputs((), standards_file)
    standards = standards_of(standards_file, asked.standards_as_of)
    city = zone(standards.timezone)
    receipts = [parse_received(text, city) for text in asked.received]
    channel, meant = _promised(asked, standards)
    department = standards.department_names.get(fold(asked.department), asked.department) if asked.department else None
    found = due_times(meant, receipts, channel, department)
    output.write(render_due(found, meant, form, output.options()), form)
    output.say(
        [
            f"Standards: {name_of(standards)} ({standards.organisation})",
            *_scenario(asked.standards_as_of),
            *_department_notes(asked.department, standards),
            *_clock_notes(receipts, standards),
        ]
    )
    return 0


def _promised(asked: Asked, standards: Standards) -> tuple[str, Standards]:
    """The channel's key, and the standards that hold: those of the file, or the one promise that was typed."""
    if asked.within is not None:
        if asked.channel is not None or asked.department is not None:
            raise UsageError(
                "--within asks about a promise of its own.\nLeave out --channel and --department, or --within."
            )
        try:
            return "", promising(standards, parse_within(asked.within))
        except ValueError as error:
            raise UsageError(f"--within {asked.within} {error}.") from error
    known = ", ".join(standards.titles)
    if asked.channel is None:
        raise UsageError(f'--channel is missing.\nUse one of {known}, or --within "2 business days".')
    channel = standards.channel_names.get(fold(asked.channel))
    if channel is None:
        guess = near_miss(asked.channel.casefold(), standards.titles)
        raise UsageError(f"no standard names the channel {asked.channel}.{guess}\nThe standards have {known}.")
    return channel, standards


def _scenario(as_of: str | None) -> Iterator[str]:
    if as_of is not None:
        yield f"This is a {scenario_words(as_of)}."


def _department_notes(department: str | None, standards: Standards) -> Iterator[str]:
    known = dict.fromkeys(standards.department_names.values())
    if department is not None and known and fold(department) not in standards.department_names:
        yield f"The standards do not name the department {department}.{near_miss(department, known)}"


def _clock_notes(receipts: Sequence[Receipt], standards: Standards) -> Iterator[str]:
    """A wall time that the clocks skip or repeat is taken as written, the first of two."""
    for receipt in receipts:
        if not receipt.is_date and receipt.instant is None:
            for change in zone(standards.timezone).clock_changes(receipt.at, receipt.at):
                if change.start <= receipt.at < change.end:
                    how = (
                        "comes twice; the first is meant" if change.is_repeated else "does not exist; taken as written"
                    )
                    yield f"{receipt} {how}: the clocks change on that day."
