"""The closed days of a year, for sign-off, and as a calendar file."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from outside import run, start

from cxaudit.versions import versions

HOLIDAYS = versions()["holidays"]
TOWN = """\
version: 1
organisation: Town; of, Trees
timezone: America/Edmonton
calendar:
  holidays: {country: CA, subdivision: AB, categories: [public, optional]}
  workweek: [Mon, Tue, Wed, Thu, Fri]
  office_hours: "08:30-16:30"
  closed:
    2028-12-27..2028-12-31: Christmas closure, as every year; the whole of it, from the first day to the last one there is
  open: [2028-08-07, 2028-03-11]
  part_days: {2028-03-11: "09:00-12:00", 2028-12-22: "08:30-12:00"}
standards:
  - effective: 2025-02-01
    source: P1
    channels: {email: {within: 2 business days}}
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "standards.yaml").write_text(TOWN)
    return tmp_path


def by_day(folder: Path, *arguments: str) -> dict[str, dict[str, str]]:
    found = run("calendar", *arguments, cwd=folder)
    assert found.code == 0
    assert found.text.splitlines()[0] == "date,weekday,kind,name,hours,source"
    return {row["date"]: row for row in found.rows}


def test_each_day_says_where_it_comes_from(here: Path) -> None:
    """Who signs the calendar off sees the list or the line of the file that closes each day."""
    days = by_day(here, "2028")
    assert days["2028-12-26"]["source"] == f"holiday: holidays {HOLIDAYS} CA-AB optional"
    assert days["2028-12-27"]["source"] == "closed: standards.yaml:9"
    assert days["2028-08-07"] == {
        "date": "2028-08-07", "weekday": "Monday", "kind": "open", "name": "Heritage Day", "hours": "08:30-16:30",
        "source": "open: standards.yaml:10",
    }  # fmt: skip
    assert (days["2028-12-22"]["kind"], days["2028-12-22"]["hours"]) == ("part day", "08:30-12:00")
    assert (days["2028-03-11"]["kind"], days["2028-03-11"]["hours"]) == ("open", "09:00-12:00")


def test_a_holiday_on_a_weekend_closes_nothing(here: Path) -> None:
    """Canada Day 2028 is a Saturday, and the list gives no Monday for it: the city must say if it keeps one."""
    found = run("calendar", "2028", cwd=here)
    days = {row["date"]: row for row in found.rows}
    assert days["2028-07-01"]["kind"] == "day off"
    assert days["2028-12-30"]["kind"] == "day off"
    assert "Canada Day, Sat 2028-07-01: a day off already; the list gives no other day in its place." in found.err
    assert "New Year's Day, Sat" not in found.err
    assert "Remembrance Day, Sat" not in found.err


def test_years_are_counted_in_business_days(here: Path) -> None:
    """366 days less weekends, holidays and the closure, and one worked Saturday more."""
    found = run("calendar", "2028", "--format", "table", cwd=here)
    assert found.text.startswith("Town; of, Trees · 2028 · 248 business days\n")


def test_several_years(here: Path) -> None:
    """Years come in order, each once, however they are asked for."""
    assert list(by_day(here, "2027", "2025..2026", "2026")) == sorted(by_day(here, "2025..2027"))


@pytest.mark.parametrize(
    ("years", "said"),
    [
        (["2101"], "the closed days of 2101 are not known: the list of holidays (holidays "),
        (["1800..2025"], "knows the years 1867 to 2100"),
        (["next"], "next is not a year. Write 2026"),
        (["2027..2025"], "Write 2025..2027"),
    ],
)
def test_a_year_that_is_not_known_is_an_error(here: Path, years: list[str], said: str) -> None:
    """Nobody knows the holidays of every year, and a slip is not a year."""
    found = run("calendar", *years, cwd=here)
    assert (found.code, found.out) == (2, b"")
    assert said in found.err


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_the_calendar_file_keeps_to_its_standard(here: Path) -> None:
    """Outlook refuses lone line feeds, long lines and bare commas: CRLF, 75 octets, escaped text, events in pairs."""
    run("calendar", "2028", "-o", "town.ics", cwd=here)
    content = (here / "town.ics").read_bytes()
    text = content.decode("utf-8")
    assert not re.search(r"(?<!\r)\n|\r(?!\n)", text)
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    lines = unfolded(text)
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//cxaudit//calendar//EN"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "X-WR-CALNAME:Town\\; of\\, Trees: closed days" in lines
    long_name = "Christmas closure\\, as every year\\; the whole of it\\, from the first day to the last one there is"
    assert lines.count(f"SUMMARY:Closed: {long_name}") == 3
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(by_day(here, "2028"))


def test_an_event_is_one_whole_day(here: Path) -> None:
    """An all-day event ends on the next day; it blocks time only where it closes a business day."""
    lines = unfolded(run("calendar", "2028", "--format", "ics", cwd=here).text)
    at = lines.index("DTSTART;VALUE=DATE:20281225")
    assert lines[at - 1 : at + 6] == [
        "DTSTAMP:20281225T000000Z",
        "DTSTART;VALUE=DATE:20281225",
        "DTEND;VALUE=DATE:20281226",
        "SUMMARY:Closed: Christmas Day",
        f"DESCRIPTION:holiday: holidays {HOLIDAYS} CA-AB public\\, optional",
        "CATEGORIES:holiday",
        "TRANSP:OPAQUE",
    ]
    assert lines[lines.index("DTSTART;VALUE=DATE:20280701") + 5] == "TRANSP:TRANSPARENT"
    identities = [line for line in lines if line.startswith("UID:")]
    assert len(set(identities)) == len(identities)


def test_the_same_calendar_gives_the_same_bytes(here: Path) -> None:
    """No clock goes into a calendar file, so that it can be compared and kept."""
    first, second = (start("calendar", "2028", "--format", "ics", cwd=here) for _ in range(2))
    assert first.code == 0
    assert first.out == second.out


def test_a_calendar_is_no_form_of_other_answers(here: Path) -> None:
    """`check -o october.ics` is refused as an ending that says no format."""
    found = run("due", "--within", "1 day", "--received", "2025-12-24", "-o", "x.ics", cwd=here)
    assert found.code == 2
    assert ".ics" in found.err
    assert not (here / "x.ics").exists()


def test_a_country_loaded_alone_is_the_same_as_among_all() -> None:
    """One process loads each country without the others, another one all countries first."""
    program = """
import sys
from holidays.registry import EntityLoader
from cxaudit.days.country_holidays import country_holidays
for code in EntityLoader.get_country_codes():
    print(code, sorted(country_holidays(code, years=2025).items()))
print("holidays.countries" in sys.modules)
"""
    alone, among_all = (
        subprocess.run([sys.executable, "-c", first + program], capture_output=True, text=True, check=True).stdout
        for first in ("", "import holidays.countries")
    )
    assert (alone.splitlines()[:-1], alone.splitlines()[-1]) == (among_all.splitlines()[:-1], "False")
    assert len(alone.splitlines()) > 100
