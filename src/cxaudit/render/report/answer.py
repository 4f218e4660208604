"""The first sentence of a report: whether the promise was kept, how firmly that can be said, and what missed its target."""

from __future__ import annotations

from collections.abc import Iterator

from cxaudit.model import CheckRow, Report
from cxaudit.monthly.model import Counts, MonthlyReport
from cxaudit.render.check_rows import targets
from cxaudit.render.figures import meets, target_words
from cxaudit.render.report.words import LOW, NOT_STATED, few, in_period, share_text, share_words
from cxaudit.render.words import counted, listed

_NOT_COVERED = " These exports do not cover the whole period."
_NOT_BEGUN = " Requests that came in before the period and were due in it are not in these exports."


def answer(report: MonthlyReport) -> str:
    """Whether the promise was kept, in plain words."""
    check, last = report.check, report.period[1]
    today = check.as_of.date()
    is_over = last < today or (last == today and check.as_of_is_date)
    when = f" {check.cohort} {in_period(*report.period)}"
    return verdict(check, when, is_over=is_over, is_covered=report.is_covered, is_begun=report.is_begun)


def verdict(
    check: Report, when: str = "", *, is_over: bool = True, is_covered: bool = True, is_begun: bool = True
) -> str:
    """The same for any table; `when` says which requests, after a blank."""
    total = check.total
    if not total.judged:
        return f"Nothing can be said: no request{when} could be judged."
    judged = "" if total.judged == total.requests else "judged "
    others = "".join(f"; {words}" for words in _not_judged(total))
    lacks = _NOT_BEGUN if is_covered and not is_begun else ""
    if not total.missed:
        every = f"The one {judged}request" if total.judged == 1 else f"All {total.judged:,} {judged}requests"
        answered = (
            f"{every}{when} {'was' if total.judged == 1 else 'were'} answered in time{others}.{lacks}{_extended(check)}"
        )
        limits = listed([*_limits(total, is_over=is_over, is_covered=is_covered and is_begun)])
        if not limits:
            return f"Yes. {answered}"
        return f"{limits[0].upper()}{limits[1:]}, yes: {answered[0].lower()}{answered[1:]}"
    share = share_text(total, *targets(check, total))
    beside = "" if share == LOW else f" ({share})"
    of_all = f"{total.met:,} of {counted(total.judged, f'{judged}request')}{when}"
    was, was_not = ("was" if n == 1 else "were" for n in (total.judged, total.missed))
    missed, extended = f"{total.missed:,} {was_not} not", _extended(check, " for high volume")
    open_ = "".join(
        [*([] if is_over else [" The period is not over."]), *([] if is_covered else [_NOT_COVERED]), lacks]
    )
    return f"{_against_targets(check)} {of_all} {was} answered in time{beside}; {missed}{others}.{open_}{extended}"


def _limits(total: CheckRow, *, is_over: bool, is_covered: bool) -> Iterator[str]:
    """What a yes rests on."""
    if total.unjudgeable:
        yield "as far as can be told"
    else:
        if total.pending or not is_over:
            yield "so far"
        if not is_covered:
            yield "as far as these exports reach"
    if is_extended(total):
        yield "with the extension for high volume"


def _not_judged(total: CheckRow) -> Iterator[str]:
    """What may still turn out to be missed, or was and cannot be told."""
    if total.pending:
        yield f"{total.pending:,} more {'is' if total.pending == 1 else 'are'} not due yet"
    if total.unjudgeable:
        yield f"{total.unjudgeable:,} more could not be judged"


def _extended(check: Report, why: str = "") -> str:
    return f" {extension_words(check, why)}" if is_extended(check.total) else ""


def is_extended(total: CheckRow) -> bool:
    """Whether an extension made any request met, or keeps any from being judged yet."""
    return bool(total.met_by_extension) or _pending_by_extension(total) > 0


def _pending_by_extension(total: CheckRow) -> int:
    return total.judged_without_extension - total.judged if total.judged_without_extension is not None else 0


def extension_words(check: Report, why: str = "") -> str:
    """The compliance without an extension stands beside the other. Source: policy 5.2."""
    total = check.total
    met, judged = total.met_without_extension or 0, total.judged_without_extension or 0
    without = share_words(Counts(met=met, late=judged - met), *targets(check, total))
    n_met, n_pending = total.met_by_extension or 0, _pending_by_extension(total)
    if not n_met:
        words = f"{counted(n_pending, 'request is', 'requests are')} not due yet"
    else:
        words = f"{counted(n_met, 'request')} met" + (f" and {n_pending:,} not due yet" if n_pending > 0 else "")
    return f"{words} only by the extension{why}; in time without it: {without}."


def _against_targets(check: Report) -> str:
    """Against the targets, where there are any: the common one, and that of each channel."""
    total, channels = check.total, [row for row in check.rows if row.judged and not row.is_total]
    against = f"target of {target_words(total.target_pct)}"
    rows = [row for row in channels if row.target_pct is not None]
    missed = [row for row in rows if not meets(row.met, row.judged, row.target_pct)]
    aside = "; ".join(_not_compared(channels))
    aside = aside and f" ({aside})"
    if meets(total.met, total.judged, total.target_pct) is False:
        which = (
            f" ({few([row.label['channel'] or NOT_STATED for row in missed])} missed it)"
            if 0 < len(missed) < len(rows)
            else ""
        )
        return f"No, not by the {against}{which}:"
    if missed:
        no = "No" if missed == rows else "No, not by every target"
        return f"{no}: {_missed_words(missed)}{aside};"
    if total.target_pct is not None:
        return f"Not in full, but by the {against}:"
    if rows:
        return f"{len(rows)} of {counted(len(rows), 'target')} {'was' if len(rows) == 1 else 'were'} met{aside}:"
    return f"{'No' if 2 * total.met < total.judged else 'Not in full'}{aside}:"


def _missed_words(rows: list[CheckRow]) -> str:
    """Which channels missed their targets."""
    names = [row.label["channel"] or NOT_STATED for row in rows]
    if len({row.target_pct for row in rows}) == 1:
        return (
            f"{few(names)} missed {'its' if len(rows) == 1 else 'their'} target of {target_words(rows[0].target_pct)}"
        )
    told = [f"{name} ({target_words(row.target_pct)})" for name, row in zip(names, rows, strict=True)]
    return f"{few(told)} missed their targets"


def _not_compared(channels: list[CheckRow]) -> Iterator[str]:
    """Channels whose requests have not all the same target."""
    several = [{*row.targets_pct} - {None} for row in channels if len(row.targets_pct) > 1]
    more, part = (sum((len(aims) > 1) == is_more for aims in several) for is_more in (True, False))
    for n, had in ((more, "more than one target in the period"), (part, "a target for only a part of the requests")):
        if n:
            yield f"{counted(n, 'channel')} had {had} and {'is' if n == 1 else 'are'} not compared"
