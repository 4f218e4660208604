"""Verdicts: the program against a plain loop, against worked examples, and against what must hold of any log."""

from __future__ import annotations

import dataclasses

import invented
import oracle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxaudit.standards import Standards

EXAMPLES = settings(
    max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)

@EXAMPLES
@given(invented.towns(), st.integers(0, 2**32))
def test_the_program_says_what_a_plain_loop_says(town: Standards, seed: int) -> None:
    """Every request of any log gets the due time, verdict and days that counting by hand gives."""
    log = invented.log(town, seed)
    moment = invented.vantage(town, log, seed)
    found = invented.judgements(invented.judged(town, invented.frame(log), moment))
    for request, said in zip(log, found, strict=True):
        expected = oracle.judge(invented.city(town), request, moment)
        expected = dataclasses.replace(expected, due=None) if expected.excluded else expected
        assert said == expected, request
