"""Verdicts: the program against a plain loop, against worked examples, and against what must hold of any log."""

from __future__ import annotations

import dataclasses
import datetime as dt

import invented
import oracle
import polars as pl
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from cxaudit.standards import Standards

EXAMPLES = settings(
    max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)

@EXAMPLES
@given(st.data())
def test_the_program_says_what_a_plain_loop_says(data: st.DataObject) -> None:
    """Every request of any log gets the due time, verdict and days that counting by hand gives."""
    town = data.draw(invented.towns())
    log = data.draw(st.lists(invented.requests(town), min_size=1, max_size=40))
    moment = data.draw(invented.moments(town))
    found = invented.judgements(invented.judged(town, invented.frame(log), moment))
    for request, said in zip(log, found, strict=True):
        expected = oracle.judge(invented.city(town), request, moment)
        expected = dataclasses.replace(expected, due=None) if expected.excluded else expected
        note(f"{request}")
        assert said == expected
