"""Compose: the figures of a report in, the report as it is told out, section by section."""

from __future__ import annotations

from cxaudit.monthly.model import MonthlyReport
from cxaudit.render.report import first_screen, proof, replies, run_chart, systems, who
from cxaudit.render.report.answer import answer
from cxaudit.render.report.story import Story
from cxaudit.render.report.words import in_period, period_name
from cxaudit.render.words import as_of_words


def compose(report: MonthlyReport) -> Story:
    """Every section that has something to say, in the order in which a reader asks."""
    check = report.check
    sections = (
        run_chart.section(report),
        who.departments(report),
        replies.still_open(report),
        replies.times(report),
        who.customer_types(report),
        who.recognition(report),
        who.employees(report),
        proof.exclusions(report),
        proof.high_volume(report),
        proof.readings(report),
        systems.section(report.check),
        proof.data(check),
        proof.method(check),
    )
    as_of = f"as of {as_of_words(check.as_of, check.as_of_is_date)}"
    what = f"requests {check.cohort} {in_period(*report.period)}"
    banner = "This report contains information about employees." if report.employees else None
    return Story(
        organisation=check.organisation,
        title=f"Response times, {period_name(*report.period)}",
        subtitle=" · ".join(part for part in ("; ".join(check.clauses), what, as_of, check.scenario) if part),
        answer=answer(report),
        promise=first_screen.promise(report),
        glances=first_screen.glances(report),
        sections=tuple(section for section in sections if section is not None),
        banner=banner,
    )
