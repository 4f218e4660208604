"""What stands under a compliance table: what the figure leaves out, rests on and cannot prove, in sentences.

Open overdue requests count as missed; the flattering figure without them is shown beside it, labelled. Exclusions are
shown by reason, with the compliance had they counted as missed.
"""

from __future__ import annotations

from collections.abc import Iterator

from cxaudit.model import EXCLUSIONS, NO_REPLY_OWED, Report
from cxaudit.render.check_rows import compliance, compliance_without_extension, targets
from cxaudit.render.figures import compliance_text, for_people, meets, percentage_text, range_words
from cxaudit.render.words import BASIS_WORDS, EXCLUSION_WORDS, counted, visible


def remarks(report: Report) -> list[str]:
    """The lines under the table, most urgent first."""
    return [
        visible(line)
        for part in (_open, _rejected, _nothing_judged, _fail_under, _answered_only, _high_volume, _excluded, _replies)
        for line in part(report)
    ] + _counting(report)


def _open(report: Report) -> Iterator[str]:
    n = report.total.overdue
    if n:
        are, their = ("is", "its") if n == 1 else ("are", "their")
        unanswered = f"{counted(n, 'request')} {are} still unanswered after {their} due time"
        yield f"{unanswered}: cxaudit records … --verdict overdue"


def _rejected(report: Report) -> Iterator[str]:
    n = sum(table.fates.rejected for table in report.inputs)
    if n:
        yield f"{counted(n, 'row')} could not be used: --rejects FILE shows {'it' if n == 1 else 'them'}."


def _nothing_judged(report: Report) -> Iterator[str]:
    if report.total.judged == 0:
        yield "No request could be judged, so there is no compliance to show."


def _fail_under(report: Report) -> Iterator[str]:
    total = report.total
    if report.fail_under is not None and meets(total.met, total.judged, report.fail_under) is False:
        share = for_people(compliance(report, total))
        yield f"{share} of all judged requests is below --fail-under {percentage_text(report.fail_under)}."


def _answered_only(report: Report) -> Iterator[str]:
    total = report.total
    if total.overdue and total.met + total.late:
        share = for_people(compliance_text(total.met, total.met + total.late, *targets(report, total)))
        yield f"Answered requests only: {share} in time; this figure leaves out the {total.overdue:,} overdue."


def _high_volume(report: Report) -> Iterator[str]:
    total = report.total
    if total.missed and total.missed_in_high_volume:
        yield (
            f"{total.missed_in_high_volume:,} of the {counted(total.missed, 'miss', 'misses')}"
            " fell in a declared period of high volume."
        )
    without = compliance_without_extension(report, total)
    if total.met_by_extension and without:
        yield (
            f"{counted(total.met_by_extension, 'request')} met only by the extension for high volume:"
            f" compliance without it is {for_people(without)}."
        )


def _excluded(report: Report) -> Iterator[str]:
    total = report.total
    if not total.excluded:
        return
    not_owed = total.n_excluded.get(NO_REPLY_OWED, 0)
    others = [(total.n_excluded.get(code, 0), EXCLUSION_WORDS[code]) for code in EXCLUSIONS if code != NO_REPLY_OWED]
    reasons = ", ".join(words if n == total.excluded - not_owed else f"{n:,} {words}" for n, words in others if n)
    parts = [f"{not_owed:,} owed no reply"] if not_owed else []
    if total.excluded > not_owed:
        parts.append(f"{total.excluded - not_owed:,} could not be judged" + (f" ({reasons})" if reasons else ""))
    share = for_people(compliance_text(total.met, total.judged + total.excluded, *targets(report, total)))
    yield (
        f"{counted(total.excluded, 'request')} excluded: {'; '.join(parts)}."
        f" Had {'it' if total.excluded == 1 else 'they'} counted as missed, compliance would be {share}."
    )


def _replies(report: Report) -> Iterator[str]:
    if report.quick_replies:
        replies = counted(report.quick_replies, "reply", "replies")
        yield f"{replies} within 60 seconds of receipt, counted like any other."
    for basis, words in BASIS_WORDS.items():
        if report.n_by_basis.get(basis):
            yield f"{words.format(requests=counted(report.n_by_basis[basis], 'request'))}."
    if report.total.met + report.total.late:
        yield "Exports prove that a reply was sent, not that it arrived."


def _counting(report: Report) -> list[str]:
    if not report.counting:
        return []
    others = range_words(report.readings.others, *targets(report, report.total)) if report.readings else ""
    rule = visible(report.counting).removesuffix(".")
    if report.total.met_by_extension:
        others = others and f"{others} without the extension"
    return [f"{rule}; other readings give {others}: --readings" if others else f"{rule}."]
