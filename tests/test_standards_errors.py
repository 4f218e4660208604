"""What a standards file may not say: each error with its line, its column, and what to write instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from outside import run

from cxaudit.errors import StandardsError
from cxaudit.standards import load, loads

BASE = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar:
  workweek: [Mon, Tue, Wed, Thu, Fri]
  office_hours: "08:30-16:30"
counting: {day_zero: day_received}
standards:
  - effective: 2025-02-01
    source: Policy 1
    channels:
      email: {within: 2 business days}
      letter: {within: 5 business days}
"""
HOURS = '  office_hours: "08:30-16:30"\n'


def problems(text: str) -> list[str]:
    """The problems of a text, without the file name; none if it loads."""
    try:
        loads(text, "s.yaml")
    except StandardsError as error:
        return [line.removeprefix("s.yaml:") for line in str(error).splitlines()]
    return []


def spoilt(old: str, new: str) -> list[str]:
    """The problems of the sound file after one replacement."""
    assert BASE.count(old) == 1
    return problems(BASE.replace(old, new))


def added(text: str) -> list[str]:
    """The problems of the sound file with lines added at its end, from line 14 on."""
    return problems(BASE + text)


def test_the_base_is_sound() -> None:
    """The file that the other tests spoil has no error of its own."""
    assert problems(BASE) == []


def test_every_error_is_named_in_one_go() -> None:
    """A file with five mistakes of five kinds gets five lines, in the order of the file."""
    text = (
        BASE.replace("organisation:", "organization:")
        .replace("America/Edmonton", "America/Edmontn")
        .replace("2025-02-01", "2025-02-30")
        .replace("2 business days", "2d")
    )
    assert problems(text + "channels: {emial: [mail]}\n") == [
        '1:1: the key "organisation" is missing',
        '2:1: organization: unknown key; did you mean "organisation"?',
        '3:11: timezone: "America/Edmontn" is not a time zone of the IANA table; did you mean "America/Edmonton"?',
        '9:16: standards[0].effective: "2025-02-30" is not a date; the calendar has no such day',
        '12:23: standards[0].channels.email.within: "2d" is not a duration; '
        'write "2 business days", "2 days" (calendar days) or "48 hours"',
        '14:12: channels.emial: no version of the standards has a channel "emial"; did you mean "email"?',
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("within: 5", "wihtin: 5", '13:16: standards[0].channels.letter.wihtin: unknown key; did you mean "within"?'),
        ("  workweek", "  zzz: 1\n  workweek", "5:3: calendar.zzz: unknown key; allowed: holidays, workweek, "
         "office_hours, closed, open, part_days"),
        ("day_zero:", "cohort: due, dayzero:", '7:25: counting.dayzero: unknown key; did you mean "day_zero"?'),
        ("    source", "    counting: {cohort: due}\n    source", "10:16: standards[0].counting.cohort: unknown key; "
         "cohort belongs under the counting at the top, because one report has one cohort"),
    ],
)  # fmt: skip
def test_an_unknown_key_comes_with_the_known_one(old: str, new: str, expected: str) -> None:
    """A key that the form does not have is an error at the key, with the nearest key or all that are allowed."""
    assert expected in spoilt(old, new)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[Mon, Tue, Wed, Thu, Fri]", "Mon", '5:13: calendar.workweek: found "Mon" where a list [a, b] is expected; '
         "write [Mon]"),
        ("Town", "[Town]", "2:15: organisation: found a list where text is expected"),
        ("Town", "", "2:14: organisation: found nothing where text is expected"),
        ("Town", '""', "2:15: organisation: is empty; write some text"),
        ("{within: 2 business days}", "2 business days", '12:14: standards[0].channels.email: found "2 business days" '
         "where a mapping (key: value) is expected; write {within: 2 business days}"),
        ("{day_zero: day_received}", "day_received", '7:11: counting: found "day_received" where a mapping '
         "(key: value) is expected"),
        ("5 business days", "{days: 5}", "13:24: standards[0].channels.letter.within: found a mapping where text is "
         "expected"),
    ],
)  # fmt: skip
def test_a_wrong_type_is_named(old: str, new: str, expected: str) -> None:
    """Text, lists and mappings are not taken for one another; the error stands at the value."""
    assert spoilt(old, new) == [expected]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("timezone: America/Edmonton\n", "", '1:1: the key "timezone" is missing'),
        ("    source: Policy 1\n", "", '9:5: standards[0]: the key "source" is missing'),
        ("{within: 2 business days}", "{title: E}", '12:7: standards[0].channels.email: the key "within" is missing'),
    ],
)
def test_a_missing_key_is_named(old: str, new: str, expected: str) -> None:
    """A required key that is missing is an error at the entry that lacks it."""
    assert spoilt(old, new) == [expected]


def test_equal_keys_name_both_lines() -> None:
    """YAML lets the last of two equal keys win; here the second is an error that names the line of the first."""
    assert spoilt("      letter: {within", "      email: {within: 1 day}\n      letter: {within") == [
        '13:7: standards[0].channels.email: the key "email" is on line 12 already; keep one of the two'
    ]


def test_equal_keys_with_different_entries_are_put_together() -> None:
    """Two layouts that were pasted one below the other, each with its own `sources:`: neither is to be lost."""
    first, second = (f"sources:\n  {name}: {{columns: {{received_at: On}}}}\n" for name in ("permits", "letters"))
    assert spoilt("standards:", f"{first}{second}standards:") == [
        '10:1: sources: the key "sources" is on line 8 already; put what is below both under one "sources:"'
    ]


@pytest.mark.parametrize(
    ("date", "because"),
    [
        ("2025-02-30", "is not a date; the calendar has no such day"),
        ("01/02/2025", "is not a date; write it as YYYY-MM-DD"),
        ("2025-2-1", "is not a date; write it as YYYY-MM-DD"),
        ("0025-02-01", "is outside the years 1900 to 2199"),
    ],
)
def test_a_bad_date_is_refused(date: str, because: str) -> None:
    """A date is YYYY-MM-DD and a day of the calendar; nothing is guessed."""
    assert spoilt("2025-02-01", date) == [f'9:16: standards[0].effective: "{date}" {because}']


def test_the_dates_of_the_policy_are_dates() -> None:
    """The policy's own dates are checked like any other."""
    assert added("policy: {number: 1, effective: 2025-13-01}\n") == [
        '14:32: policy.effective: "2025-13-01" is not a date; the calendar has no such day'
    ]


@pytest.mark.parametrize(
    ("within", "advice"),
    [
        ("1d", 'write "1 business day", "1 day" (calendar days) or "24 hours"'),
        ("8h", 'write "8 hours", or "8 business hours" (office hours)'),
        ("48hrs", 'write "48 hours", or "48 business hours" (office hours)'),
        ("30 min", 'write "30 minutes", or "30 business minutes" (office hours)'),
        ("1 working day", 'write "1 business day", "1 day" (calendar days) or "24 hours"'),
        ("2", 'write "2 business days", "2 days" (calendar days) or "48 hours"'),
        ("2 weeks", 'write a whole number and a unit: "2 business days", "4 business hours", "3 days" or "24 hours"'),
        ("-1 days", 'write a whole number and a unit: "2 business days", "4 business hours", "3 days" or "24 hours"'),
        ("1.5 days", 'write a whole number and a unit: "2 business days", "4 business hours", "3 days" or "24 hours"'),
        ("1 month", 'write a whole number and a unit: "2 business days", "4 business hours", "3 days" or "24 hours"'),
    ],
)
def test_a_short_duration_is_refused(within: str, advice: str) -> None:
    """ "1 day" that means 24 business hours is the most dangerous word of this field, so short forms are refused."""
    expected = f'12:23: standards[0].channels.email.within: "{within}" is not a duration; {advice}'
    assert spoilt("2 business days", within) == [expected]


@pytest.mark.parametrize(
    ("target", "because"),
    [
        ("90", "is not a target; write 90%"),
        ("97,5 %", "is not a target; write 97.5%"),
        ("high", "is not a target; write 90%"),
        ("0", "is not a target; it must be more than 0% and at most 100%"),
        ("1.01", "is not a target; it must be more than 0% and at most 100%"),
        ("101%", "is not a target; it must be more than 0% and at most 100%"),
    ],
)
def test_a_target_says_its_unit(target: str, because: str) -> None:
    """A bare 90 could be 90 or 9000 per cent; a target is 90% or 0.9."""
    assert spoilt("within: 2 business days", f"within: 2 business days, target: '{target}'") == [
        f'12:48: standards[0].channels.email.target: "{target}" {because}'
    ]


def test_one_target_for_all_channels() -> None:
    """A version's target stands at the version or among its channels, not at both."""
    assert spoilt("    channels:\n", "    target: 90%\n    channels:\n      target: 0.9\n") == [
        "13:7: standards[0].channels.target: the version has a target already (line 11); keep one of the two"
    ]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ('"16:30-08:30"', '6:17: calendar.office_hours: "16:30-08:30" closes before it opens in "16:30-08:30"; '
         "write the opening first, on a 24-hour clock"),
        ('"08:30-08:30"', '6:17: calendar.office_hours: "08:30-08:30" has no time in "08:30-08:30"; the closing must '
         "be later than the opening"),
        ('"08:30-12:00, 11:00-16:30"', '6:17: calendar.office_hours: "08:30-12:00, 11:00-16:30" overlaps or goes '
         'back in time at "11:00-16:30"; write the segments in order'),
        ('"13:00-16:30, 08:30-13:00"', '6:17: calendar.office_hours: "13:00-16:30, 08:30-13:00" overlaps or goes '
         'back in time at "08:30-13:00"; write the segments in order'),
        ('"08:30-12:00, 12:00-16:30"', '6:17: calendar.office_hours: "08:30-12:00, 12:00-16:30" has no gap before '
         '"12:00-16:30"; write the two segments as one'),
        ('"08:30-24:30"', '6:17: calendar.office_hours: "08:30-24:30" is not office hours: "24:30" is not a time of '
         "day; they go from 00:00 to 24:00"),
        ("8.30-16.30", '6:17: calendar.office_hours: "8.30-16.30" is not office hours: "8.30" is not a time of day; '
         "write it as HH:MM, from 00:00 to 24:00"),
        ("16:30", '6:17: calendar.office_hours: "16:30" is not office hours; write "08:30-16:30", or '
         '"08:30-12:00, 13:00-16:30" with a break'),
        ('{Mon-Thu: "08:30-16:30"}', "6:3: calendar.office_hours: no hours for Fri, though in the workweek; add them"),
        ('{Mon-Sat: "08:30-16:30"}', "6:18: calendar.office_hours.Mon-Sat: Sat is not in the workweek; leave it out "
         "here or add it there"),
        ('{Mon-Fri: "08:30-16:30", Fri: "08:30-12:00"}', "6:42: calendar.office_hours.Fri: Fri has its hours on line "
         "6 already"),
        ('{Mon-Fir: "08:30-16:30"}', '6:18: calendar.office_hours.Mon-Fir: "Mon-Fir" is not a weekday; did you mean '
         "Fri?"),
    ],
)  # fmt: skip
def test_office_hours_are_checked(hours: str, expected: str) -> None:
    """Segments are in order and apart, and the days that have hours are exactly the days of the workweek."""
    assert spoilt('"08:30-16:30"', hours) == [expected]


@pytest.mark.parametrize(
    ("workweek", "expected"),
    [
        ("[]", "5:13: calendar.workweek: a calendar without an open day; name at least one weekday"),
        ("[Mon, Tue, Mon]", "5:24: calendar.workweek[2]: Mon is named twice"),
        ("[Mon, Tuseday]", '5:19: calendar.workweek[1]: "Tuseday" is not a weekday; did you mean Tue?'),
        ("[Mon, Fredag]", '5:19: calendar.workweek[1]: "Fredag" is not a weekday; did you mean Fri?'),
        ("[Mon, xyz]", '5:19: calendar.workweek[1]: "xyz" is not a weekday; write Mon, Tue, … or Mon-Thu'),
    ],
)
def test_a_workweek_names_weekdays(workweek: str, expected: str) -> None:
    """A workweek has at least one weekday, and names each once."""
    assert spoilt("[Mon, Tue, Wed, Thu, Fri]", workweek) == [expected]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("closed: {2025-12-24..2025-12-31: A, 2025-12-26: B}",
         '7:39: calendar.closed.2025-12-26: "2025-12-26" overlaps "2025-12-24..2025-12-31" on line 7'),
        ("closed: {2025-12-31..2025-12-24: A}",
         '7:12: calendar.closed.2025-12-31..2025-12-24: "2025-12-31..2025-12-24" ends before it begins; '
         "write 2025-12-24..2025-12-31"),
        ("closed: {2025-12-24..2035-01-02: A}",
         '7:12: calendar.closed.2025-12-24..2035-01-02: "2025-12-24..2035-01-02" is longer than a year; '
         "check the years, or write a period for each year"),
        ("closed: {Christmas: A}",
         '7:12: calendar.closed.Christmas: "Christmas" is not a date; write it as YYYY-MM-DD or '
         "YYYY-MM-DD..YYYY-MM-DD"),
        ("open: [2025-08-04, 2025-08-04]",
         '7:22: calendar.open[1]: "2025-08-04" overlaps "2025-08-04" on line 7'),
        ("open: [2025-08-02]",
         "7:10: calendar.open[0]: 2025-08-02 is a Saturday, outside the workweek; give its hours under part_days"),
        ('part_days: {2025-08-02: "09:00-12:00"}',
         "7:15: calendar.part_days.2025-08-02: 2025-08-02 is a Saturday, outside the workweek; list it under open "
         "as well"),
        ('part_days: {2025-08-05: ""}', "7:27: calendar.part_days.2025-08-05: \"\" is not office hours; write "
         '"08:30-16:30", or "08:30-12:00, 13:00-16:30" with a break'),
    ],
)  # fmt: skip
def test_declared_days_are_checked(lines: str, expected: str) -> None:
    """Declared days of one kind do not overlap, and a day with hours of its own is one on which the city works."""
    assert spoilt(HOURS, f"{HOURS}  {lines}\n") == [expected]


def test_a_closed_day_has_no_hours() -> None:
    """A day that is closed and has part-day hours contradicts itself."""
    lines = '  closed: {2025-12-23: Party}\n  part_days: {2025-12-23: "08:30-12:00"}\n'
    assert spoilt(HOURS, HOURS + lines) == [
        '8:15: calendar.part_days.2025-12-23: 2025-12-23 is closed ("Party"), so it has no hours; keep one of the two'
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2 business days", "4 business hours",
         '11:23: standards[0].channels.email.within: "4 business hours" needs office hours; '
         "add office_hours to the calendar or to this version"),
        ("day_received", "next_opening",
         "6:22: counting.day_zero: next_opening needs office hours; "
         "add office_hours to the calendar or to this version"),
        ("day_received", "day_received, day_ends: close",
         "6:46: counting.day_ends: close needs office hours; add office_hours to the calendar or to this version"),
        ("day_received", "next_business_day, day_ends: same_time",
         "6:51: counting.day_ends: same_time after next_business_day (received at its opening) needs office hours; "
         "add office_hours to the calendar or to this version"),
        ("    source", "    counting: {day_ends: close}\n    source",
         "9:26: standards[0].counting.day_ends: close needs office hours; "
         "add office_hours to the calendar or to this version"),
        ("  workweek", '  part_days: {2025-12-23: "08:30-12:00"}\n  workweek',
         "5:3: calendar.part_days: a part day needs office hours on the other days; add office_hours to the calendar"),
    ],
)  # fmt: skip
def test_what_counts_office_hours_needs_them(old: str, new: str, expected: str) -> None:
    """Without office hours there are no business hours, closing times, openings and part days."""
    assert problems(BASE.replace(HOURS, "").replace(old, new)) == [expected]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("day_zero: today", '7:22: counting.day_zero: "today" is not allowed; allowed: day_received, '
         "next_business_day, next_opening"),
        ("day_ends: noon", '7:22: counting.day_ends: "noon" is not an end of the due day; allowed: midnight, close, '
         "same_time, 16:00"),
        ("day_ends: 00:00", '7:22: counting.day_ends: "00:00" could mean either end of the due day; write midnight '
         "for its last moment"),
        ("day_ends: 25:00", '7:22: counting.day_ends: "25:00" is not a time of day; they go from 00:00 to '
         "24:00"),
        ("cohort: recieved", '7:20: counting.cohort: "recieved" is not allowed; did you mean "received"?'),
    ],
)  # fmt: skip
def test_a_counting_rule_is_one_of_the_named_ones(value: str, expected: str) -> None:
    """The rules of counting are words from a list, so that a typing error cannot change every figure."""
    assert spoilt("day_zero: day_received", value) == [expected]


SECOND = """\
  - effective: 2026-01-01
    source: Policy 2
    channels:
      email: {within: 1 business day}
"""


def test_versions_stand_in_order() -> None:
    """Each version begins after the one above it; two promises in force from the same day are an error."""
    assert added(SECOND.replace("2026", "2025").replace("01-01", "02-01")) == [
        '14:16: standards[1].effective: "2025-02-01" is not later than 2025-02-01 on line 9; newest last'
    ]


def test_a_version_promises_something() -> None:
    """A version without channels, and a file without versions, promise nothing and are errors."""
    assert added(SECOND.replace("{within: 1 business day}", "").replace("email:", "target: 90%")) == [
        "16:5: standards[1].channels: a version without channels; name at least one, with its within"
    ]
    assert problems(BASE[: BASE.index("standards:")] + "standards: []\n") == [
        "8:12: standards: is empty; name at least one"
    ]


def test_a_channel_keeps_its_key() -> None:
    """Two keys that differ only in case, blanks, hyphens or underscores would be one channel under two names."""
    assert added(SECOND.replace("email", "E-Mail")) == [
        '17:7: standards[1].channels.E-Mail: "E-Mail" is the same name as "email" on line 12; write it the same way'
    ]


def test_a_title_names_one_channel() -> None:
    """A title that reads like another channel would make two rows that nobody can tell apart."""
    assert spoilt("{within: 5", "{title: E-Mail, within: 5") == [
        '13:23: standards[0].channels.letter.title: "E-Mail" means "email" already (line 12); '
        "one spelling can mean one thing only"
    ]


def test_an_alias_names_one_channel() -> None:
    """One spelling in an export cannot mean two channels."""
    assert added("channels:\n  email: [mail, post]\n  letter: [Post]\n") == [
        '16:12: channels.letter[0]: "Post" means "email" already (line 15); one spelling can mean one thing only'
    ]


def test_an_alias_names_one_department() -> None:
    """One spelling in an export cannot mean two departments."""
    assert added("departments: {Utilities: [Works], Roads: [works]}\n") == [
        '14:43: departments.Roads[0]: "works" means "Utilities" already (line 14); one spelling can mean one thing only'
    ]


def test_an_alias_belongs_to_a_promised_channel() -> None:
    """A spelling for a channel that no version promises is a typing error or a forgotten promise."""
    assert added("channels: {leter: [post]}\n") == [
        '14:12: channels.leter: no version of the standards has a channel "leter"; did you mean "letter"?'
    ]


def test_a_department_promises_a_known_channel_once() -> None:
    """A department's promise is about a channel of the same version, and there is one for each."""
    lines = (
        "    departments:\n      Utilities: {emial: 1 day, letter: 1d}\n      Works: {email: 1 day, E-mail: 2 days}\n"
    )
    assert added(lines) == [
        '15:19: standards[0].departments.Utilities.emial: this version has no channel "emial"; did you mean "email"?',
        '15:41: standards[0].departments.Utilities.letter: "1d" is not a duration; '
        'write "1 business day", "1 day" (calendar days) or "24 hours"',
        "16:29: standards[0].departments.Works.E-mail: the promise of Works for email is on line 16 already",
    ]


PERIOD = "from: 2025-06-02, to: 2025-06-20, reason: Billing"


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("from: 2025-06-20, to: 2025-06-02, reason: Billing",
         '15:28: high_volume[0].to: "2025-06-02" is before the period begins (2025-06-20); swap from and to'),
        ("from: 2025-06-02, to: 2025-06-20", '15:5: high_volume[0]: the key "reason" is missing'),
        (f"{PERIOD}, effect: extend",
         "15:5: high_volume[0]: effect: extend must say by how much; add by: 3 business days"),
        (f"{PERIOD}, by: 3 days",
         "15:57: high_volume[0].by: only an extension has it; write effect: extend, or leave by out"),
        (f"{PERIOD}, effect: extend, by: 3d",
         '15:77: high_volume[0].by: "3d" is not a duration; write "3 business days", "3 days" (calendar days) or '
         '"72 hours"'),
        (f"{PERIOD}, effect: hide", '15:65: high_volume[0].effect: "hide" is not allowed; allowed: note, extend'),
        (f"{PERIOD}, channels: [emial]",
         '15:68: high_volume[0].channels[0]: no version of the standards has a channel "emial"; '
         'did you mean "email"?'),
        (f"{PERIOD}, declared: soon",
         '15:67: high_volume[0].declared: "soon" is not a date; write it as YYYY-MM-DD'),
    ],
)  # fmt: skip
def test_a_high_volume_period_is_complete(period: str, expected: str) -> None:
    """A declared period has its dates in order, a reason, known channels, and an extension only where it extends."""
    assert added(f"high_volume:\n  - {{{period}}}\n") == [expected]


def test_high_volume_periods_do_not_overlap() -> None:
    """A request falls in one declared period at most, whatever spelling the department has."""
    text = (
        "departments: {Utilities: [Utility Services]}\nhigh_volume:\n"
        "  - {from: 2025-06-02, to: 2025-06-20, departments: [Utilities], reason: A}\n"
        "  - {from: 2025-06-20, to: 2025-06-22, departments: [Utility Services], channels: [email], reason: B}\n"
        "  - {from: 2025-06-20, to: 2025-06-30, departments: [Roads], reason: C}\n"
    )
    assert added(text) == [
        "17:5: high_volume[1]: overlaps the period on line 16 for the same department and channel; "
        "a request may fall in one declared period only"
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("columns: {recieved_at: A}", '15:19: sources.log.columns.recieved_at: "recieved_at" is not allowed; '
         'did you mean "received_at"?'),
        ("header: [A], columns: {case_id: A}", "15:3: sources.log: a source with a header must name its column "
         "received_at under columns"),
        ("date_format: mmddyy", '15:22: sources.log.date_format: "mmddyy" is not allowed; did you mean "mdy"?'),
        ("timezone: Edmonton", '15:19: sources.log.timezone: "Edmonton" is not a time zone of the IANA table; '
         'did you mean "America/Edmonton"?'),
        ("columns: {replied_at: [A, {column: B, reply_basis: closed}]}",
         '15:60: sources.log.columns.replied_at[1].reply_basis: "closed" is not allowed; did you mean "closure"?'),
    ],
)  # fmt: skip
def test_a_source_is_checked(entry: str, expected: str) -> None:
    """A layout of the user's own names known roles, and where the receipt time is."""
    assert added(f"sources:\n  log: {{{entry}}}\n") == [expected]


_SENT = "header: [A], columns: {received_at: A}, reply_basis: paired, mail: {sender: B, recipient: C, "
_CALLED = "header: [A], columns: {received_at: A}, reply_basis: paired, calls: {caller: B, called: C, "


@pytest.mark.parametrize(
    ("entry", "place", "said"),
    [
        (_CALLED + "voicemail: {E: VM}}, mail: {sender: B, recipient: C}", "mail", "a source has calls or mail, not both"),
        ("channels: {letter: [Post], email: [Mail, post]}", "channels.email[1]",
         '"post" means "letter" already (line 15); one spelling can mean one thing only'),
        ("channels: {letter: [Post, E-Mail]}", "channels.letter[1]", '"E-Mail" means "email" already (line 12)'),
        ("channels: {leter: [Post]}", "channels.leter", 'has a channel "leter"; did you mean "letter"?'),
        ("columns: {received_at: On, replied_at: 'on '}", "columns.replied_at",
         'the column "on " is that of received_at, and tells the receipt; name the one that tells the reply'),
        ("columns: {received_at: [On, At], closed_at: [End, At]}", "columns.closed_at[1]", "and tells the receipt"),
        ("columns: {received_at: On, replied_at: {column: Due}, system_due_at: Due}", "columns.system_due_at",
         'the column "Due" is that of replied_at, and tells the reply; name the one that tells the system\'s due time'),
        ("columns: {received_at: {column: On, time: At}, replied_at: On}", "columns.replied_at", "tells the receipt"),
        (_CALLED + 'answered: {Seconds: "> 10"}}', "calls.answered.Seconds",
         '"> 10" is no comparison that is known; write "> 0" for any number above zero, or the words that stand in'),
        (_CALLED + 'voicemail: [{E: VM}, {F: [VM, "=1"]}]}', "calls.voicemail[1].F[1]", '"=1" is no comparison'),
        (_SENT + 'failed: {Size: ">0"}}', "mail.failed.Size", '">0" is no comparison'),
        (_CALLED + "direction: {column: W, inbound: IN, outbound: [OUT, in]}}", "calls.direction.outbound[1]",
         '"in" means "inbound" already (line 15)'),
        ("columns: {received_at: A, case_id: {column: B, time: C}}", "columns.case_id.time", "case_id has no time of day"),
        ("columns: {received_at: {column: A, reply_basis: closure}}", "columns.received_at.reply_basis",
         "received_at tells no reply"),
        ("columns: {closed_at: {column: A, reply_basis: minutes}}", "columns.closed_at.reply_basis",
         "closed_at tells no reply"),
        ("header: [A], columns: {received_at: A, replied_at: {column: B, unit: hours}}", "columns.replied_at.unit",
         "only a duration has a unit; add reply_basis: minutes"),
        ("reply_basis: closure, columns: {replied_at: {column: B, unit: hours}}", "columns.replied_at.unit",
         "only a duration has a unit"),
        ("columns: {received_at: {column: B, unit: hours}}", "columns.received_at.unit", "received_at holds no duration"),
        ("system_verdicts: {met: [Y, N], missed: [n]}", "system_verdicts.missed[0]", '"n" means "met" already (line 15)'),
        ("midnight_is_date: maybe", "midnight_is_date", 'found "maybe" where true or false is expected'),
        ("midnight_is_date: [true]", "midnight_is_date", "found a list where true or false is expected"),
    ],
)  # fmt: skip
def test_a_source_does_not_contradict_itself(entry: str, place: str, said: str) -> None:
    """What would mean two things, or nothing, is refused where it stands."""
    (found,) = added(f"sources:\n  log: {{{entry}}}\n")
    assert re.match(rf"15:\d+: sources\.log\.{re.escape(place)}: ", found)
    assert said in found


@pytest.mark.parametrize(
    "entry",
    [
        "columns: {received_at: {column: On, time: Came}, replied_at: {column: On, time: Answered}}",
        "columns: {received_at: A, replied_at: [B, {column: End, reply_basis: closure}], closed_at: End}",
        "columns: {received_at: On, updated_at: On}",  # an update log
        "columns: {received_at: A, closed_at: {column: B, unit: days, reply_basis: closure}}",
        "columns: {replied_at: {column: B, unit: hours}}",  # the known source may say that it is a duration
        "reply_basis: minutes, columns: {replied_at: {column: B, unit: hours}}",
        "channels: {letter: [Post, Letter, post], e-mail: [Post Office]}",
        _CALLED + 'voicemail: {E: "<unknown>"}, answered: {Seconds: "> 0", F: ["=", "-", "10"]}}',
        _CALLED + "direction: {column: W, inbound: [IN, In], outbound: OUT, inside: Own}}",
        "midnight_is_date: true",
    ],
)
def test_what_a_source_may_say(entry: str) -> None:
    """Two times of day beside one date, a closing that stands for the reply, and the like are no contradictions."""
    assert added(f"sources:\n  log: {{{entry}}}\n") == []


def test_an_exclude_rule_has_values_and_a_reason() -> None:
    """What is owed no reply is said in full: column, values, reason."""
    assert added("exclude: [{column: status, in: []}]\n") == [
        '14:11: exclude[0]: the key "because" is missing',
        "14:32: exclude[0].in: is empty; name at least one",
    ]


@pytest.mark.parametrize("version", ["2", "1.0", "one"])
def test_another_version_of_the_form_is_refused(version: str) -> None:
    """A file written for another version of the form is not guessed at."""
    assert spoilt("version: 1", f"version: {version}") == [f'1:10: version: "{version}" is not allowed; allowed: 1']


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1\n", "2:1: this is not YAML: expected ',' or ']', but got '<stream end>' (while parsing a flow "
         "sequence); check the indentation, quotes and brackets around this place."),
        ("a:\n\tb: 1\n", "2:1: this is not YAML: a tab where only blanks may stand; indent with blanks."),
        ("a: b: c\n", "1:5: this is not YAML: a colon that is not expected here; check the indentation, or put text "
         'with ": " into quotes.'),
        ('a: "x\n b: y\n', "1:4: this is not YAML: a quote that is opened here is not closed."),
        ('a: {b: "x, c: 1}\nd: 2\ne: "f"\n', "1:8: this is not YAML: a quote that is opened here is not closed."),
        ('a: "x\n  y"\nb: [1\n', "4:1: this is not YAML: expected ',' or ']', but got '<stream end>' (while parsing a "
         "flow sequence); check the indentation, quotes and brackets around this place."),
        ("a: 1\n---\nb: 2\n", "2:1: a second document begins here; keep one."),
        ("[a]: b\n", "1:1: a key must be plain text."),
        ("[" * 100_000, "1:22: more than 20 levels of lists and mappings; no part of the form is so deep."),
        ("a: \x07", "1:4: the character U+0007 may not stand here."),
        ("- a\n", "1:1: found a list where a mapping (key: value) is expected"),
    ],
)  # fmt: skip
def test_broken_yaml_is_one_clear_message(text: str, expected: str) -> None:
    """What is not YAML, or is more of it than the form needs, is refused at its place without a traceback."""
    assert problems(text) == [expected]


def test_aliases_and_tags_are_refused() -> None:
    """YAML's references and typed values can hide what a file says, or make a small file huge."""
    text = BASE.replace("Town", "&a Town").replace("Policy 1", "*a").replace("America", "!!str America")
    assert problems(text) == [
        '3:11: timezone: "tag:yaml.org,2002:str" is a YAML tag, which is not allowed; write the plain value',
        '10:13: standards[0].source: "*a" stands for another value, which is not allowed; write the value itself',
    ]


def test_an_error_shows_no_control_characters() -> None:
    """Text of the file cannot steer the terminal on which its errors are read."""
    assert spoilt("version: 1", 'version: "1\\e[31m"') == ['1:10: version: "1\N{REPLACEMENT CHARACTER}[31m" is not allowed; allowed: 1']  # fmt: skip # noqa: E501


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n"])
def test_an_empty_file_gets_advice(text: str) -> None:
    """An empty file is told how to start."""
    assert problems(text) == ["s.yaml is empty.", "Run `cxaudit standards init` to write a starter file."]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """No file, a folder, another encoding and a huge file are told apart."""
    latin, huge = tmp_path / "latin.yaml", tmp_path / "huge.yaml"
    latin.write_bytes("a: 1\nb: Genève\n".encode("latin-1"))
    huge.write_bytes(b"#" * 1_000_001)
    for path, message in [
        (tmp_path / "none.yaml", "does not exist"),
        (tmp_path, "is a folder"),
        (latin, ":2: the file is not UTF-8; save it as UTF-8."),
        (huge, "is larger than 1,000,000 bytes"),
    ]:
        with pytest.raises(StandardsError, match=message):
            load(path)


def test_what_the_list_of_holidays_does_not_have_is_named_with_all_other_errors(tmp_path: Path) -> None:
    """The country, its subdivision and its categories, each where it stands, in the same go as every other mistake."""
    text = BASE.replace(
        "  workweek", "  holidays: {country: CA, subdivision: AX, categories: [public, optinal]}\n  workweek"
    )
    path = tmp_path / "s.yaml"
    for spoilt_text, expected in (
        (text.replace("America/Edmonton", "America/Edmontn"), [
            '3:11: timezone: "America/Edmontn" is not a time zone of the IANA table; did you mean "America/Edmonton"?',
            '5:27: calendar.holidays.subdivision: "AX" is no subdivision of CA; allowed: AB, BC, MB, NB, NL, NS, NT, NU, ON, '
            "PE, QC, SK, YT",
            '5:65: calendar.holidays.categories[1]: "optinal" is no category of CA; did you mean "optional"?',
        ]),
        (text.replace("country: CA", "country: ca").replace("2 business days", "2d"), [
            '5:14: calendar.holidays.country: "ca" is no country of the list of holidays; write "CA"',
            '13:23: standards[0].channels.email.within: "2d" is not a duration; '
            'write "2 business days", "2 days" (calendar days) or "48 hours"',
        ]),
    ):  # fmt: skip
        path.write_text(spoilt_text, "utf-8")
        found = run("standards", "check", path)
        lines = found.err.replace(f"{path}:", "").removeprefix("cxaudit: ").splitlines()
        assert (found.code, lines) == (2, expected)


def test_every_mistake_of_a_counting_block_is_named() -> None:
    """Also what a version of its own replaces: it is wrong all the same."""
    block = "counting: {day_zero: next, day_ends: noon, cohort: duee}"
    own = '    counting: {day_zero: foo, day_ends: "25:00"}\n    channels:'
    text = BASE.replace("counting: {day_zero: day_received}", block).replace("    channels:", own)
    assert [line.split(": ")[1] for line in problems(text)] == [
        "counting.day_zero", "counting.day_ends", "counting.cohort", "standards[0].counting.day_zero",
        "standards[0].counting.day_ends",
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["departments", "channels"])
def test_a_period_for_nobody_is_an_error(key: str) -> None:
    """An empty list might mean all or none; all is said by leaving it out."""
    entry = f"high_volume: [{{from: 2025-06-02, to: 2025-06-20, {key}: [], reason: Spring}}]\n"
    (found,) = added(entry)
    assert found.endswith(f"high_volume[0].{key}: is empty; name at least one, or leave it out for all")


def test_a_department_that_promises_less_is_pointed_out(tmp_path: Path) -> None:
    """It is no error, since the file says so; `standards check` and every run name it with its place."""
    path = tmp_path / "s.yaml"
    path.write_text(
        BASE.replace("channels:", "departments: {Parks: {E_mail: 3 business days, letter: 1 day}}\n    channels:")
    )
    log = tmp_path / "log.csv"
    log.write_text(
        "case_id,channel,department,received_at,replied_at\n1,email,parks,2025-10-01 10:00,2025-10-02 10:00\n"
    )
    said = f"{path}:11:27: Parks promises 3 business days for email, where 2 business days are promised to everybody"
    assert said in run("standards", "check", path).err
    found = run("check", log, "--standards", path, "--as-of", "2025-10-02")
    assert (found.code, found.err.count(said.replace(str(path), "s.yaml"))) == (0, 1)  # findings are stored: no folder
