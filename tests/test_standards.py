"""What a standards file means once its defaults, aliases and inheritance are worked out."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxaudit.errors import StandardsError
from cxaudit.spelling import fold
from cxaudit.standards import Standards, Within, load, loads
from cxaudit.standards.model import CalendarSettings, Counting, DayEnds, DayZero, HolidaySource
from cxaudit.standards.schema import json_schema
from cxaudit.standards.source import SourceMapping
from cxaudit.standards.values import parse_day_ends, parse_segments, parse_target, parse_weekdays, parse_within
from cxaudit.standards.words import counting_words, show, starter

TOP = Path(__file__).parents[1]
POLICY = """\
    source: Policy 1
    channels:
      email: {within: 2 business days}
      walk_in: {within: 30 minutes, title: Front desk}
"""
BASE = f"""\
version: 1
organisation: Town
timezone: UTC
calendar:
  workweek: [Mon, Tue, Wed, Thu, Fri]
  office_hours: "08:30-12:00, 13:00-16:30"
standards:
  - effective: 2025-02-01
{POLICY}"""


def read(text: str) -> Standards:
    return loads(text, "s.yaml")


def edited(old: str, new: str) -> Standards:
    assert BASE.count(old) == 1
    return read(BASE.replace(old, new))


def test_the_built_in_file_holds_the_policy() -> None:
    """AP-1077-23, 5.1(a) promises five response times in business days, from 1 February 2025, and sets no target."""
    standards = load()
    (version,) = standards.versions
    assert standards.organisation == "City of Spruce Grove"
    assert standards.policy["number"] == "AP-1077-23"
    assert version.effective == dt.date(2025, 2, 1)
    assert [(standards.titles[one.channel], one.within.text) for one in version.promises] == [
        ("Voice mail", "1 business day"),
        ("E-mail", "2 business days"),
        ("Letter", "5 business days"),
        ("Our City responses", "5 business days"),
        ("Online Portal", "2 business days"),
    ]
    assert {(one.department, one.target_pct, one.clause) for one in version.promises} == {
        (None, None, "AP-1077-23, 5.1(a)")
    }


def test_the_built_in_file_invents_nothing() -> None:
    """What the policy does not say is a comment, or marked as an assumption that the city has to confirm."""
    standards = load()
    calendar = standards.calendar
    assert (calendar.closed, calendar.open, calendar.part_days) == ({}, frozenset(), {})
    assert (standards.high_volume, standards.exclude, standards.sources) == ((), (), {})
    for key in ("day_zero:", "day_ends:", "workweek:", "office_hours:", "holidays:"):
        line = next(line for line in standards.text.splitlines() if line.strip().startswith(key))
        assert "ASSUMPTION, to be confirmed by the city" in line


def test_the_built_in_file_is_the_one_at_the_top() -> None:
    """There is one copy: the file at the top of the project, whose hash the report can name."""
    content = (TOP / "standards.yaml").read_bytes()
    standards = load()
    assert standards.file == "built-in"
    assert standards.sha256 == hashlib.sha256(content).hexdigest()
    assert standards.text == content.decode()
    assert load(TOP / "standards.yaml").versions == standards.versions


def test_the_json_schema_is_current() -> None:
    """The schema that ships for editors is the one that the program checks."""
    assert (TOP / "standards.schema.json").read_text(encoding="utf-8") == json_schema()


def test_every_example_in_the_comments_loads() -> None:
    """Whoever takes the comment sign from an example of the shipped file gets a file that loads."""
    text = "\n".join(
        line.replace("# ", "", 1) if _is_example(line) else line
        for line in (TOP / "standards.yaml").read_text(encoding="utf-8").splitlines()
    )
    standards = read(text)
    assert {one.target_pct for one in standards.versions[0].promises} == {Decimal(90)}
    assert standards.high_volume[0].departments == ("Utilities",)
    assert standards.calendar.closed[dt.date(2025, 12, 26)] == "Christmas closure"
    assert standards.exclude[0].values == ("spam", "test")


def _is_example(line: str) -> bool:
    words = ("target", "departments", "Utilities", "closed", "open", "part_days", "high_volume", "- from", "to",
             "reason", "declared", "authority", "effect", "channels", "exclude")  # fmt: skip
    comment = line.strip()
    return comment.startswith("# ") and comment[2:].lstrip().startswith(tuple(f"{word}:" for word in words))


def test_the_starter_loads() -> None:
    """`standards init` writes a file that works before anything in it is changed."""
    standards = read(starter())
    assert list(standards.titles) == ["voicemail", "email", "letter"]


def test_reading_the_package_is_cheap() -> None:
    """`--help` must not wait for YAML, pydantic, polars or the holidays."""
    code = "import sys, cxaudit.standards; print({'yaml', 'pydantic', 'polars', 'holidays'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_yaml_reads_nothing_into_plain_words() -> None:
    """16:30 is a time and not 990, `no` is a word, 0123 keeps its zero, and a long number all its digits."""
    standards = read(
        BASE.replace('"08:30-12:00, 13:00-16:30"', "08:30-16:30").replace("email: {", "no: {")
        + "counting: {day_ends: 16:30}\nexclude: [{column: yes, in: [0123, 1e3, 12345678901234567890, off],"
        + " because: x}]\n"
    )
    assert standards.versions[0].counting.day_ends == dt.time(16, 30)
    assert standards.exclude[0].column == "yes"
    assert standards.exclude[0].values == ("0123", "1e3", "12345678901234567890", "off")
    assert "no" in standards.titles


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    """A file saved by Notepad reads like any other; its hash is that of the bytes on disk."""
    path = tmp_path / "standards.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode())
    standards = load(path)
    assert standards.versions == read(BASE).versions
    assert standards.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_sections_may_be_left_blank() -> None:
    """A section whose entries are all comments counts as left out."""
    keys = ("policy", "counting", "high_volume", "channels", "departments", "exclude", "sources")
    blank = read(BASE + "".join(f"{key}:\n  # nothing yet\n" for key in keys))
    assert blank.versions == read(BASE).versions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 business days", Within(0, "business days", "0 business days")),
        ("1 business day", Within(1, "business days", "1 business day")),
        ("4  business   hours", Within(4, "business hours", "4 business hours")),
        ("90 business minutes", Within(90, "business minutes", "90 business minutes")),
        ("3 days", Within(3, "days", "3 days")),
        ("1 hour", Within(1, "hours", "1 hour")),
        ("15 minutes", Within(15, "minutes", "15 minutes")),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, expected: Within) -> None:
    """Six units, singular or plural, with any blanks between the words."""
    assert parse_within(text) == expected


@given(st.text())
def test_no_text_crashes_the_duration(text: str) -> None:
    """Whatever stands there is a duration or a plain error."""
    try:
        assert parse_within(text).count >= 0
    except ValueError as error:
        assert "write" in str(error) or "at most" in str(error)


@pytest.mark.parametrize(
    ("text", "pct"), [("90%", "90"), ("97.5 %", "97.5"), ("0.9", "90"), ("0.975", "97.5"), ("1", "100"), (".5", "50")]
)
def test_a_target_is_exact(text: str, pct: str) -> None:
    """A target is a decimal number; 0.975 is 97.5 per cent and not 97.49999."""
    assert str(parse_target(text)) == pct


def test_hours_may_run_to_midnight() -> None:
    """24:00 is the end of a day, and a dash from a word processor is a dash."""
    assert parse_segments("00:00–24:00") == ((0, 86400),)


@pytest.mark.parametrize(
    ("text", "days"), [("mon", (0,)), ("Thursday", (3,)), ("Mon-Thu", (0, 1, 2, 3)), ("Sun - Thu", (6, 0, 1, 2, 3))]
)
def test_a_workweek_may_begin_on_sunday(text: str, days: tuple[int, ...]) -> None:
    """Weekdays are names in any case, or ranges that may run over the end of the week."""
    assert parse_weekdays(text) == days


def test_the_due_day_may_end_at_a_time() -> None:
    """ "16:00" is a time of day, however it is quoted."""
    assert parse_day_ends("16:00") == dt.time(16)


def test_one_text_gives_hours_to_the_whole_workweek() -> None:
    """Office hours in one text hold on each day of the workweek and on no other."""
    monday, *_, saturday, sunday = read(BASE).versions[0].office_hours.by_weekday
    assert monday == ((30600, 43200), (46800, 59400))
    assert (saturday, sunday) == ((), ())


def test_each_weekday_may_have_its_hours() -> None:
    """A mapping gives hours by weekday and range of weekdays."""
    hours = edited('"08:30-12:00, 13:00-16:30"', '{Mon-Thu: "08:30-16:30", friday: "08:30-12:00"}')
    by_weekday = hours.versions[0].office_hours.by_weekday
    assert by_weekday[3] == ((30600, 59400),)
    assert by_weekday[4] == ((30600, 43200),)


def test_a_calendar_may_have_no_hours() -> None:
    """A promise in days needs no office hours."""
    standards = edited('  office_hours: "08:30-12:00, 13:00-16:30"\n', "")
    assert not standards.versions[0].office_hours


def test_closed_beats_open() -> None:
    """A day may be declared closed and worked; then it is closed, and a Sunday among them needs no hours."""
    calendar = edited(
        "  workweek", "  closed: {2025-08-03: Move}\n  open: [2025-08-03, 2025-08-04]\n  workweek"
    ).calendar
    assert calendar.closed == {dt.date(2025, 8, 3): "Move"}
    assert dt.date(2025, 8, 4) in calendar.open


def test_a_closure_is_every_day_of_its_period() -> None:
    """from..to names both its ends, weekends included."""
    calendar = edited("  workweek", "  closed: {2025-12-24 .. 2025-12-31: Closure}\n  workweek").calendar
    assert [day.day for day in calendar.closed] == list(range(24, 32))


def test_a_worked_weekend_has_its_own_hours() -> None:
    """A Saturday on which the city works is listed as open and has its hours as a part day."""
    calendar = edited(
        "  workweek", '  open: [2025-08-02]\n  part_days: {2025-08-02: "09:00-12:00"}\n  workweek'
    ).calendar
    assert calendar.part_days == {dt.date(2025, 8, 2): ((32400, 43200),)}


def test_holidays_are_public_unless_said() -> None:
    """The list of a country and province, of which the public holidays count if no category is named."""
    calendar = edited("  workweek", "  holidays: {country: CA, subdivision: AB}\n  workweek").calendar
    assert calendar.holidays == HolidaySource("CA", "AB", ("public",))
    assert read(BASE).calendar.holidays is None


def test_a_version_inherits_what_it_does_not_say() -> None:
    """A version may change one rule of counting and its hours; the rest comes from the top of the file."""
    standards = read(
        BASE
        + "  - effective: 2026-01-01\n"
        + POLICY
        + '    counting: {day_ends: close}\n    office_hours: "09:00-17:00"\n'
        + "counting: {day_zero: next_opening, cohort: received}\n"
    )
    old, new = standards.versions
    assert old.counting == Counting("next_opening", "midnight", "received")
    assert new.counting == Counting("next_opening", "close", "received")
    assert old.office_hours != new.office_hours


def test_a_title_is_the_key_unless_given() -> None:
    """A channel without a title shows its key with blanks; the newest version's title wins, older ones are known."""
    assert read(BASE).titles == {"email": "Email", "walk_in": "Front desk"}
    newer = read(BASE + "  - effective: 2026-01-01\n" + POLICY.replace("Front desk", "Counter"))
    assert newer.titles["walk_in"] == "Counter"
    assert newer.channel_names["frontdesk"] == newer.channel_names["counter"] == "walk_in"


def test_every_spelling_of_a_channel_is_known() -> None:
    """Keys, titles and aliases match without case, blanks, hyphens and underscores, also over an alias list."""
    names = read(BASE + "channels: {Front Desk: [reception, WALK-IN], email: [mail]}\n").channel_names
    assert names == {
        "email": "email", "walkin": "walk_in", "frontdesk": "walk_in", "reception": "walk_in", "mail": "email",
    }  # fmt: skip


@pytest.mark.parametrize("spelling", ["E-Mail", "e mail", "EMAIL", "e\u00a0mail", "e_mail", "e\u2011mail", " E–mail "])
def test_spellings_fold(spelling: str) -> None:
    """Blanks and dashes of every kind, and case, make no difference."""
    assert fold(spelling) == "email"


def test_departments_have_one_name() -> None:
    """The alias list's spelling of a department is used everywhere; one that no list names keeps its own."""
    standards = read(
        BASE
        + "    departments: {utility services: {email: 1 business day}, Roads: {e-mail: 3 days}}\n"
        + "departments: {Utilities: [Utility Services]}\n"
        + "high_volume: [{from: 2025-06-02, to: 2025-06-20, departments: [UTILITIES, roads], reason: Billing}]\n"
    )
    assert [(one.channel, one.department) for one in standards.versions[0].promises] == [
        ("email", None), ("walk_in", None), ("email", "Utilities"), ("email", "Roads"),
    ]  # fmt: skip
    assert standards.high_volume[0].departments == ("Utilities", "Roads")
    assert standards.department_names == {"utilities": "Utilities", "utilityservices": "Utilities", "roads": "Roads"}


def test_the_nearest_target_counts() -> None:
    """A department's target, else its channel's, else the version's."""
    standards = read(
        BASE.replace("email: {", "email: {target: 95%, ")
        + "      target: 80%\n"
        + "    departments: {A: {email: 1 day, walk_in: {within: 1 hour}}, B: {email: {within: 1 day, target: 0.99}}}\n"
    )
    targets = [(one.channel, one.department, one.target_pct) for one in standards.versions[0].promises]
    assert targets == [
        ("email", None, Decimal(95)), ("walk_in", None, Decimal(80)), ("email", "A", Decimal(95)),
        ("walk_in", "A", Decimal(80)), ("email", "B", Decimal(99)),
    ]  # fmt: skip
    assert (
        read(BASE.replace("    channels:", "    target: 80%\n    channels:")).versions[0].promises[0].target_pct == 80
    )


def test_a_high_volume_period_notes_unless_it_extends() -> None:
    """A declared period keeps the verdicts unless it says by how much it extends; its place in the file is known."""
    standards = read(
        BASE
        + "high_volume:\n"
        + "  - {from: 2025-06-02, to: 2025-06-20, channels: [E-mail], reason: Billing, declared: 2025-05-28}\n"
        + "  - {from: 2025-07-02, to: 2025-07-02, reason: Flood, authority: Manager, effect: extend,"
        + " by: 3 business days}\n"
    )
    note, extend = standards.high_volume
    assert (note.effect, note.by, note.channels, note.declared) == ("note", None, ("email",), dt.date(2025, 5, 28))
    assert extend.by == Within(3, "business days", "3 business days")
    assert (extend.effect, extend.departments, extend.authority) == ("extend", (), "Manager")
    assert [(one.line, one.column) for one in standards.high_volume] == [(14, 5), (15, 5)]


def test_every_entry_knows_its_place() -> None:
    """What only other parts of the program can judge is still reported at its line and column."""
    standards = edited("  workweek", '  part_days: {2025-12-23: "08:30-12:00"}\n  workweek')
    assert standards.marks["calendar", "part_days", "2025-12-23"] == (5, 15)
    assert standards.marks["standards", "0", "channels", "email"] == (12, 7)


def test_a_source_may_only_correct_a_known_one() -> None:
    """An entry may give a date format alone, or name a column with its own basis of the reply."""
    sources = read(
        BASE
        + "sources:\n  freshdesk: {date_format: dmy}\n"
        + "  log:\n    header: [Received, Ref]\n    columns:\n      received_at: Received\n"
        + "      replied_at: [Answered, {column: Closed, reply_basis: closure}]\n"
    ).sources
    assert sources["freshdesk"].date_format == "dmy"
    replied_at = sources["log"].columns["replied_at"]
    assert [(one.column, one.reply_basis) for one in replied_at] == [("Answered", None), ("Closed", "closure")]


def test_a_built_in_source_has_the_same_form() -> None:
    """The layouts that ship with the program are read by the same model as those of a standards file."""
    source = SourceMapping.model_validate(
        {"title": "Desk", "header": ["ID"], "columns": {"case_id": "ID"}, "timezone": "UTC", "reply_basis": "minutes"}
    )
    assert source.columns["case_id"][0].column == "ID"


def test_the_promise_is_a_table() -> None:
    """`standards show` has one row per promise, in words."""
    first, *_ = show(load())
    assert first._asdict() == {
        "effective": "2025-02-01",
        "channel": "Voice mail",
        "department": "",
        "within": "1 business day",
        "target": "",
        "clause": "AP-1077-23, 5.1(a)",
        "counting": "Counted from the day after receipt to the end of the due day, Alberta holidays",
    }


def test_every_rule_of_counting_has_its_own_words() -> None:
    """The sentence under a table tells the rules apart, and names whose holidays they follow."""
    zeros: tuple[DayZero, ...] = ("day_received", "next_business_day", "next_opening")
    ends: tuple[DayEnds, ...] = ("midnight", "close", "same_time", dt.time(16), dt.time(8, 30))
    calendar = CalendarSettings(None, frozenset(range(5)), {}, frozenset(), {})
    sentences = [counting_words(Counting(zero, end), calendar) for zero, end in itertools.product(zeros, ends)]
    assert len(set(sentences)) == 15
    assert sentences[3] == "Counted from the day after receipt to 16:00 on the due day, no public holidays"


@given(st.text(alphabet="abc:[]{}-#&*!|>\"'%@` \n\t0123", max_size=60))
def test_no_text_crashes_the_reader(text: str) -> None:
    """Whatever a file holds, it loads or is refused in words."""
    with pytest.raises(StandardsError):
        read(text)


@given(st.integers(0, len(BASE) - 1), st.characters())
def test_no_single_slip_crashes_the_reader(position: int, character: str) -> None:
    """One wrong character anywhere in a sound file is harmless or refused in words."""
    try:
        read(BASE[:position] + character + BASE[position + 1 :])
    except StandardsError as error:
        assert str(error).startswith("s.yaml")
