"""What changed between two standards files, and which verdicts that changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outside import SAMPLES, run, start

from cxaudit.compare.changes import tally_changes, verdict_changes
from cxaudit.errors import StandardsError, UsageError
from cxaudit.standards import Standards, loads
from cxaudit.standards.diff import differences, version_on
from cxaudit.standards.diff_text import Difference, source_texts
from cxaudit.standards.source import SourceMapping
from cxaudit.standards.words import starter

BASE = """\
version: 1
organisation: Town
timezone: America/Edmonton
policy: {number: P-1, title: Service}
counting: {day_zero: day_received, day_ends: midnight, cohort: due}
calendar:
  workweek: [Mon, Tue, Wed, Thu, Fri]
  office_hours: "08:30-16:30"
  holidays: {country: CA, subdivision: AB, categories: [public, optional]}
  closed: {2026-12-24..2026-12-31: Christmas closure}
  open: [2026-08-03]
  part_days: {2026-12-23: "08:30-12:00"}
standards:
  - effective: 2025-01-01
    source: Policy 1
    channels:
      email: {title: E-mail, within: 2 business days, target: 90%}
      letter: {title: Letter, within: 5 business days}
    departments: {Utilities: {email: 1 business day}}
high_volume:
  - {from: 2026-06-01, to: 2026-06-12, departments: [Utilities], reason: Billing change, effect: note}
  - {from: 2026-07-01, to: 2026-07-12, channels: [letter], reason: Census, declared: 2026-06-30}
channels: {email: [mail, web mail]}
departments: {Utilities: [Utility Services]}
exclude: [{column: status, in: [spam, test], because: not a request}, {column: status, in: [test, x], because: test}]
sources:
  log: {header: [In, Out], columns: {received_at: In, replied_at: [Out, {column: Done, reply_basis: closure}]}}
"""
#: What may stand in the place of what, each a change of meaning or none.
EDITS = (
    ("2 business days", "3 business days"), ("2 business days", "2  business days"), ("5 business days", "2 days"),
    ("1 business day}", "{within: 1 business day, target: 95%}}"), ("90%", "90.0 %"), ("90%", "91%"),
    ("Policy 1", "Policy 2"), ("title: E-mail", "title: Electronic mail"), ("title: Letter, ", ""),
    ("day_received", "next_opening"), ("midnight", '"16:00"'), ("midnight", "same_time"),
    ("cohort: due", "cohort: received"), ("Edmonton", "Toronto"),
    (', Fri]\n  office_hours: "08:30-16:30"', ']\n  office_hours: "08:30-16:30"'),
    ("08:30-16:30", "08:30-12:00, 13:00-16:30"), ("08:30-16:30", "00:00-24:00"), ("[public, optional]", "[public]"),
    ("subdivision: AB, ", ""), ("2026-12-31:", "2026-12-30:"), ("Christmas closure", "Closure"),
    ("2026-08-03]", "2026-08-03, 2026-09-07]"), ('12-23: "08:30', '12-23: "09:30'),
    ("effective: 2025-01-01", "effective: 2025-02-01"), ("Utilities: {email: 1", "Parks: {email: 1"),
    ("departments: [Utilities]", "departments: [Utilities, Parks]"), ("departments: [Utilities], ", ""),
    ("to: 2026-06-12", "to: 2026-06-13"), ("Billing change", '"Billing; declared 2026-01-01"'),
    ("declared: 2026-06-30", "authority: Mayor"), ("effect: note", "effect: extend, by: 2 business days"),
    ("[mail, web mail]", "[mail]"), ("[mail, web mail]", "[web mail, mail, e post]"),
    ("[Utility Services]", "[Utility Services, Water]"), ("[Utility Services]", "[]"),
    ("[spam, test]", '["spam, test"]'), ("column: status, in: [test", "column: kind, in: [test"),
    ("because: test}", "because: trial}"), ("number: P-1, ", ""), ("organisation: Town", "organisation: City"),
    ("header: [In, Out]", "header: [Out, In]"), ("closure}]", "minutes}]"),
    ("[Out, {column: Done, reply_basis: closure}]", "Out"), ("replied_at: [", "case_id: Ref, replied_at: ["),
    ("{header:", "{channel: email, header:"),
)  # fmt: skip


def meaning(standards: Standards) -> Standards:
    """The standards without the name, the text and the places of their file."""
    periods = tuple(replace(period, line=0, column=0) for period in standards.high_volume)
    return replace(standards, high_volume=periods, file="", sha256="", text="", marks={})


def lines(before: str, after: str) -> list[Difference]:
    return differences(loads(before, "a.yaml"), loads(after, "b.yaml"))


def edited(old: str, new: str) -> list[Difference]:
    assert BASE.count(old) == 1
    return lines(BASE, BASE.replace(old, new))


def moved(text: str, first: str, second: str) -> str:
    """The text with two of its lines in each other's place."""
    (one,), (other,) = ([x for x in text.splitlines(True) if word in x] for word in (first, second))
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


ORDERS = (("title: E-mail", "title: Letter"), ("Billing", "Census"))


@st.composite
def files(draw: st.DrawFn) -> str:
    text = BASE
    for old, new in draw(st.lists(st.sampled_from(EDITS), max_size=4)):
        text = text.replace(old, new)
    for first, second in draw(st.lists(st.sampled_from(ORDERS), max_size=1)):
        if text.count(first) == text.count(second) == 1:
            text = moved(text, first, second)
    return text


@settings(max_examples=300)
@given(files(), files())
def test_no_difference_of_meaning_is_lost(one: str, other: str) -> None:
    """Two files show no difference exactly when they mean the same; seen from the other side as many."""
    try:
        before, after = loads(one, "a.yaml"), loads(other, "b.yaml")
    except StandardsError:
        return
    assert (differences(before, after) == []) == (meaning(before) == meaning(after))
    assert len(differences(before, after)) == len(differences(after, before))


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit[0]} -> {edit[1]}".strip())
def test_each_edit_shows_if_it_means_something(edit: tuple[str, str]) -> None:
    """Whatever a file may say, another word in its place shows, unless it means the same."""
    before, text = loads(BASE, "a.yaml"), BASE.replace(*edit)
    assert text != BASE
    after = loads(text, "b.yaml")
    assert bool(differences(before, after)) == (meaning(before) != meaning(after))


@given(st.integers(0, 400), st.integers(0, 9))
def test_any_digit_of_the_starter_file_counts(position: int, digit: int) -> None:
    """A digit changed in the starter file shows, unless it is in a comment."""
    text = starter().replace("# high_volume:", "high_volume:").replace("#   - {from", "  - {from")
    digits = [i for i, letter in enumerate(text) if letter.isdigit()]
    place = digits[position % len(digits)]
    try:
        before, after = loads(text, "a.yaml"), loads(text[:place] + str(digit) + text[place + 1 :], "b.yaml")
    except StandardsError:
        return
    assert (differences(before, after) == []) == (meaning(before) == meaning(after))


def test_a_changed_promise_is_one_line() -> None:
    """Three business days in the place of two: what, for which channel, before and after."""
    assert edited("2 business days", "3 business days") == [
        Difference("promise", "email", "", "2 business days", "3 business days")
    ]


def test_a_department_that_promises_more() -> None:
    """A department's own promise is named with its department."""
    found = edited("Utilities: {email: 1 business day}", "Utilities: {email: 1 business day, letter: 3 days}")
    assert found == [Difference("promise", "letter", "Utilities", "", "3 days")]


def test_days_in_a_row_are_one_line() -> None:
    """A closure that ends two days earlier gives the two days back."""
    assert edited("2026-12-31:", "2026-12-29:") == [
        Difference("closed 2026-12-30..2026-12-31", "", "", "Christmas closure", "")
    ]


def test_comments_and_layout_are_no_difference() -> None:
    """What only people read changes nothing."""
    assert lines(BASE, "# new\n" + BASE.replace("policy: {", "policy:   {  ")) == []


SECOND = """\
  - effective: 2026-01-01
    source: Policy 2
    channels:
      email: {title: E-mail, within: 1 business day, target: 90%}
      letter: {title: Letter, within: 5 business days}
    departments: {Utilities: {email: 1 business day}}
high_volume:"""
TWO = BASE.replace("high_volume:", SECOND)


def test_a_new_version_shows_what_it_changes() -> None:
    """A version that is added is compared with the one that it takes the place of, from its day on."""
    assert lines(BASE, TWO) == [
        Difference("version from 2026-01-01", "", "", "", "added"),
        Difference("promise from 2026-01-01", "email", "", "2 business days", "1 business day"),
        Difference("clause from 2026-01-01", "", "", "Policy 1", "Policy 2"),
    ]
    assert lines(TWO, BASE)[0] == Difference("version from 2026-01-01", "", "", "removed", "")


def test_a_version_that_begins_on_another_day() -> None:
    """A date of effect that moved is one line, not ten promises that went and came."""
    assert lines(TWO, TWO.replace("2026-01-01", "2026-02-01")) == [
        Difference("effective", "", "", "2026-01-01", "2026-02-01")
    ]


def test_two_versions_of_one_file() -> None:
    """The versions in force on two days can be compared with each other."""
    town = loads(TWO, "s.yaml")
    old, new = version_on(town, dt.date(2025, 12, 31)), version_on(town, dt.date(2026, 1, 1))
    assert [line.what for line in differences(old, new)] == ["effective", "promise", "clause"]
    with pytest.raises(UsageError, match="no standard in force on 2024-12-31"):
        version_on(town, dt.date(2024, 12, 31))


def judged(*rows: tuple[int, str | None, str, bool]) -> pl.LazyFrame:
    names = ("row", "channel", "verdict", "is_inside")
    return pl.LazyFrame(rows, schema=names, orient="row").with_columns(table=pl.lit(0))


def test_verdicts_are_joined_by_row() -> None:
    """A request keeps its place in the file whatever the standards say of it, and may leave the period."""
    before = judged(
        (2, "email", "met", True), (3, "email", "late", True), (4, None, "met", True), (5, "email", "met", False)
    )
    after = judged(
        (3, "email", "met", True), (2, "email", "met", False), (4, None, "met", True), (5, "email", "met", False)
    )
    found = verdict_changes(tally_changes(before, after), ["email"])
    assert [(one.channel, one.before, one.after, one.requests) for one in found.changes] == [
        ("email", "late", "met", 1),
        ("email", "met", "outside the period", 1),
    ]
    assert (found.requests, found.changed, found.met, found.judged) == (3, 2, (2, 2), (3, 2))


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "old.yaml").write_text(BASE)
    (tmp_path / "two.yaml").write_text(TWO)
    rows = "".join(f"{n},email,2025-10-06 10:00,2025-10-0{day} 10:00\n" for n, day in ((1, 7), (2, 8), (3, 9)))
    (tmp_path / "log.csv").write_text(f"case_id,channel,received_at,replied_at\n{rows}")
    return tmp_path


def test_nothing_different_is_said_and_is_0(here: Path) -> None:
    """A file is the same as itself."""
    same = run("standards", "diff", "old.yaml", "old.yaml", cwd=here)
    assert (same.code, same.rows) == (0, [])
    assert same.err == "Compared: old.yaml with old.yaml: nothing is different.\n"
    table = run("standards", "diff", "built-in", "built-in", "--format", "table", cwd=here)
    assert "Nothing is different." in table.text


def test_a_department_of_one_version_alone_is_no_new_spelling(here: Path) -> None:
    """One file has the same spellings on both days."""
    second = SECOND.replace("    departments: {Utilities: {email: 1 business day}}\n", "")
    own = BASE.replace("high_volume:", second).replace("departments: [Utilities], ", "")
    (here / "own.yaml").write_text(own)
    found = run("standards", "diff", "own.yaml@2025-06-01", "own.yaml@2026-06-01", cwd=here)
    assert found.code == 0, found.err
    assert not [row for row in found.rows if "spelling" in row["what"]]


def test_exports_show_which_verdicts_would_change(here: Path) -> None:
    """Answered on the second business day: in time for two, late for the one business day of the other version."""
    found = run(
        "standards", "diff", "two.yaml@2025-06-01", "two.yaml@2026-06-01", "log.csv", "--as-of", "2025-10-31", cwd=here
    )
    assert found.code == 0
    assert found.rows[-2:] == [
        {"what": "verdict", "channel": "email", "department": "", "before": "met", "after": "late", "requests": "1"},
        {"what": "compliance_pct", "channel": "", "department": "", "before": "66.7", "after": "33.3", "requests": ""},
    ]
    as_json = run(
        "standards", "diff", "two.yaml@2025-06-01", "two.yaml@2026-06-01", "log.csv", "--as-of", "2025-10-31",
        "--format", "json", cwd=here,
    )  # fmt: skip
    assert as_json.json["verdicts"]["changed"] == 1


def test_a_version_of_a_day_judges_all_requests(here: Path) -> None:
    """FILE@DATE judges also what came before the first standards, as `--standards-as-of` does."""
    (here / "early.csv").write_text(
        "case_id,channel,received_at,replied_at\n1,email,2020-01-07 10:00,2020-01-08 10:00\n"
    )
    asked = ("early.csv", "--as-of", "2025-10-31")
    found = run("standards", "diff", "two.yaml@2025-06-01", "two.yaml@2026-06-01", *asked, "--format", "json", cwd=here)
    alone = run(
        "check", *asked, "--standards", "two.yaml", "--standards-as-of", "2025-06-01", "--format", "json", cwd=here
    )
    shares = found.json["verdicts"]["compliance_pct"]
    assert (shares[0], alone.json["summary"]["compliance_pct"]) == (100.0, 100.0)


def test_a_version_not_yet_in_force_changes_no_verdict(here: Path) -> None:
    """The file with a version for next year judges this year's requests as before."""
    found = run("standards", "diff", "old.yaml", "two.yaml", "log.csv", "--as-of", "2025-10-31", cwd=here)
    assert [row["what"] for row in found.rows if row["what"] in ("verdict", "compliance_pct")] == ["compliance_pct"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("old.yaml", "new.yaml"), "new.yaml does not exist"),
        (("old.yaml", "old.yaml@2025-13-01"), "2025-13-01 is not a date"),
        (("old.yaml@2024-01-01", "old.yaml"), "no standard in force on 2024-01-01"),
        (("old.yaml", "old.yaml", "--as-of", "2025-10-31"), "are about exports"),
    ],
)
def test_what_cannot_be_compared_is_2(here: Path, arguments: tuple[str, ...], said: str) -> None:
    """A missing file, a day that is none or too early, or a moment without exports."""
    found = run("standards", "diff", *arguments, cwd=here)
    assert (found.code, found.out) == (2, b"")
    assert said in found.err


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "jsonl", "markdown"])
def test_every_format_names_the_change(here: Path, form: str) -> None:
    """A process of its own gives the same line in every format, and the same bytes again."""
    arguments = (
        "standards",
        "diff",
        "old.yaml",
        "two.yaml",
        SAMPLES / "our_city.csv",
        "--as-of",
        "2025-10-31",
        "--format",
        form,
    )
    found = start(*arguments, cwd=here)
    assert found.code == 0
    assert "1 business day" in found.text
    assert run(*arguments, cwd=here).out == found.out


def test_every_part_of_a_source_is_compared() -> None:
    """A source that differs in any one thing differs in its text."""
    full: dict[str, object] = {
        "title": "Desk", "header": ["No", ["Opened", "Created"]], "channel": "email", "channels": {"letter": ["post"]},
        "columns": {"received_at": {"column": "Day", "time": "Clock"}}, "missing": ["0"], "reply_basis": "closure",
        "midnight_is_date": True, "caveat": "closures only", "date_format": "dmy", "system_verdicts": {"met": ["Y"]},
        "timezone": "UTC", "calls": {"caller": "From", "called": "To"}, "without_header": ["No"], "contents": {"No": ["1"]},
        "mail": {"sender": "From", "recipient": "To"},
    }  # fmt: skip
    assert set(full) == set(SourceMapping.model_fields)
    whole = source_texts(SourceMapping.model_validate(full))
    for name in full:
        without = {key: value for key, value in full.items() if key != name}
        assert source_texts(SourceMapping.model_validate(without)) != whole
