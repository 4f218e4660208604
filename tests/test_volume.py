"""Requests per day against their usual level: what is a surge, what is declared, and what can be pasted."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from outside import AS_OF, SAMPLES, Outcome, run, start

from cxaudit.days.calendar import Calendar
from cxaudit.errors import StandardsError
from cxaudit.render.volume import declaration
from cxaudit.standards import HighVolume, loads
from cxaudit.standards.model import CalendarSettings
from cxaudit.usual import Limits, xmr_limits
from cxaudit.volume import Per, Series, Surge, Volume, declared_in, measure, tally_receipts

MONDAY = dt.date(2025, 6, 2)
SETTINGS = CalendarSettings(None, frozenset(range(5)), {dt.date(2025, 7, 1): "Canada Day"}, frozenset(), {})
CALENDAR = Calendar(SETTINGS, MONDAY - dt.timedelta(days=30), MONDAY + dt.timedelta(days=400))
DAY = dt.timedelta(days=1)
TOWN = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri]}
standards:
  - effective: 2025-01-01
    source: Policy 1
    channels: {email: {within: 2 business days}}
"""


def receipts(days: dict[str | None, list[tuple[dt.date, int]]]) -> pl.DataFrame:
    """So many requests of a department on each of these days, at noon."""
    rows = [
        (department, dt.datetime.combine(day, dt.time(12)))
        for department, counts in days.items()
        for day, n in counts
        for _ in range(n)
    ]
    return pl.DataFrame(rows, schema={"department": pl.String, "received_at": pl.Datetime("us")}, orient="row")


def business_days(n: int, first: dt.date = MONDAY) -> list[dt.date]:
    days = (first + i * DAY for i in itertools.count())
    return list(itertools.islice(filter(CALENDAR.is_business_day, days), n))


def measured(
    frame: pl.DataFrame, periods: tuple[HighVolume, ...] = (), per: Per = "day", **more: object
) -> list[Series]:
    tally = tally_receipts(frame.lazy(), CALENDAR, per).collect()
    span = frame["received_at"].dt.date()
    first, last = span.min(), span.max()
    assert isinstance(first, dt.date)
    assert isinstance(last, dt.date)
    return list(measure(tally, (first, last), CALENDAR, periods, per=per, **more))  # type: ignore[arg-type]


def level(counts: list[int], department: str | None = "Utilities") -> pl.DataFrame:
    return receipts({department: list(zip(business_days(len(counts)), counts, strict=True))})


def period(first: dt.date, last: dt.date, departments: tuple[str, ...] = ()) -> HighVolume:
    return HighVolume(first, last, departments, (), "Billing", None, None, "note", None, 1, 1)


STEADY = [10, 12, 9, 11, 10, 13, 8, 11, 10, 12, 9, 11]


def test_limits_by_hand() -> None:
    """Mean 10.5, mean moving range 27 / 11: limits 2.66 of them away, and never below nothing."""
    limits = xmr_limits(STEADY)
    assert limits is not None
    assert limits.usual == Fraction(126, 12)
    assert limits.upper == Fraction(126, 12) + Fraction(266, 100) * Fraction(27, 11)
    assert limits.lower == Fraction(126, 12) - Fraction(266, 100) * Fraction(27, 11)
    assert xmr_limits([0, 9, 0, 9, 0, 9]).lower == 0  # type: ignore[union-attr]


@given(st.lists(st.integers(0, 50), max_size=30))
def test_limits_enclose_the_usual_level(values: list[int]) -> None:
    """Fewer than six points have no limits; the same count every day is its own limit, and so never a surge."""
    limits = xmr_limits(values)
    assert (limits is None) == (len(values) < 6)
    if limits is not None:
        assert 0 <= limits.lower <= limits.usual <= limits.upper
        assert (limits.upper == limits.usual) == (len(set(values)) == 1)


def test_a_day_above_the_upper_limit_is_a_surge() -> None:
    """The upper limit is 17.03: seventeen requests are chance, eighteen a surge; one quiet day does not end it."""
    utilities, everything = measured(level([*STEADY, 17, 18, 10, 18, 10]))
    assert [mark for mark in utilities.marks if mark != "no"] == ["undeclared", "undeclared"]
    days = business_days(16)
    assert utilities.surges == (Surge("Utilities", days[13], days[15], 46, 3, Fraction(63, 2)),)
    assert everything.counts == utilities.counts


def test_quiet_days_in_between_make_two_periods_only_if_they_are_three() -> None:
    """Surges apart by at most two business days are one period."""
    for quiet, n_periods in ((1, 1), (2, 1), (3, 2)):
        series = measured(level([*STEADY, 30, *[10] * quiet, 30]))[0]
        assert len(series.surges) == n_periods


def test_closed_days_count_to_the_next_business_day() -> None:
    """What comes in at the weekend is Monday's, and a surge on Monday covers the weekend."""
    friday = business_days(15)[14]
    frame = pl.concat(
        [level([*STEADY, 10, 10, 10]), receipts({"Utilities": [(friday + DAY, 9), (friday + 2 * DAY, 9)]})]
    )
    series = measured(frame)[0]
    assert series.points[-1].name == (friday + 3 * DAY).isoformat()
    assert series.counts[-1] == 18
    assert (series.surges[0].first, series.surges[0].last) == (friday + DAY, friday + 3 * DAY)


HOLIDAY = dt.date(2025, 7, 1)
CLOSURE = {dt.date(2025, 12, 24) + i * DAY: "Christmas" for i in range(9)}


@pytest.mark.parametrize(("n", "mark"), [(30, "no"), (31, "undeclared")])
def test_a_day_after_a_holiday_is_compared_as_two(n: int, mark: str) -> None:
    """Canada Day is a Tuesday: Wednesday holds the requests of both, and is a surge above 21 + √2 × (17.03 − 10.5) = 30.2."""
    days = business_days(25)
    frame = pl.concat([level([*STEADY, *[10] * 9]), receipts({"Utilities": [(HOLIDAY, n - 5), (days[21], 5)]})])
    series = measured(frame)[0]
    assert (series.points[-1].counts_as, series.counts[-1], series.marks[-1]) == (2, n, mark)
    assert [(one.requests, one.usual) for one in series.surges] == ([] if mark == "no" else [(n, Fraction(21))])


@given(st.randoms(use_true_random=False))
def test_a_closure_with_as_many_requests_as_usual_is_no_surge(chance: random.Random) -> None:
    """Customers write on holidays too: nine days that count to one are no surge, however many of them are quiet."""
    settings = CalendarSettings(None, frozenset(range(5)), CLOSURE, frozenset(), {})
    calendar = Calendar(settings, dt.date(2025, 11, 1), dt.date(2026, 3, 1))
    days = [dt.date(2025, 11, 24) + i * DAY for i in range(40)]
    counts = [(day, STEADY[i % 12] if day not in CLOSURE else chance.randint(0, 11)) for i, day in enumerate(days)]
    frame = receipts({None: [(day, n) for day, n in counts if day.weekday() < 5]})
    (series,) = measure(
        tally_receipts(frame.lazy(), calendar, "day").collect(), (days[0], days[-1]), calendar, (), per="day"
    )
    assert [point.counts_as for point in series.points if point.counts_as > 1] == [8]
    assert series.surges == ()


@given(st.integers(0, 40), st.integers(0, 400), st.integers(1, 12), st.fractions(0, 30), st.fractions(0, 30))
def test_a_limit_rounded_down_decides_like_the_true_one(
    whole: int, n: int, days: int, a: Fraction, b: Fraction
) -> None:
    """n > days × usual + √days × reach, decided by squares, is what the limit in tenths says of every count."""
    usual, reach = a + whole, b
    above = n - days * usual
    assert (n > Limits(usual, Fraction(0), usual + reach).of(days).upper) == (above > 0 and above**2 > days * reach**2)


def test_a_day_after_a_holiday_makes_no_usual_level() -> None:
    """Limits compare like with like: what two days brought is not learned as the level of one."""
    days = business_days(30)
    frame = pl.concat([level([10] * 21), receipts({"Utilities": [(HOLIDAY, 10), *[(day, 10) for day in days[21:]]]})])
    series = measured(frame, baseline=(days[15], days[29]))[0]
    assert series.counts[21] == 20
    assert series.limits is not None
    assert (series.limits.usual, series.limits.upper) == (10, 10)


def test_a_day_without_requests_counts_nothing() -> None:
    """Between the first and the last receipt every business day is a point, Canada Day is not."""
    counts = [5] * 30
    counts[7] = 0
    series = measured(level(counts))[0]
    assert series.counts == tuple(counts)
    assert "2025-07-01" not in [point.name for point in series.points]


def test_fewer_than_six_points_have_no_limits() -> None:
    """Five days are not enough to call a level usual."""
    series = measured(level([10, 12, 9, 11, 90]))[0]
    assert (series.limits, set(series.marks), series.surges, series.is_rare) == (None, {""}, (), False)


def test_rare_requests_have_no_limits() -> None:
    """Where most days have no request at all, each one would look like a surge."""
    series = measured(level([1, *[0] * 12, 3, 1]))[0]
    assert (series.limits, series.is_rare) == (None, True)


def test_another_baseline() -> None:
    """The days that make the usual level can be named; the one after Canada Day, which holds two days, is none of them."""
    days = business_days(24)
    series = measured(level([*STEADY, *[n * 3 for n in STEADY]]), baseline=(days[12], days[23]))[0]
    assert series.limits is not None
    assert series.limits.usual == Fraction(3 * (sum(STEADY) - STEADY[9]), 11)
    assert series.surges == ()


def test_a_part_of_the_days_keeps_the_limits_of_all() -> None:
    """Asking about one day does not change what is usual."""
    days = business_days(14)
    whole, part = (measured(level([*STEADY, 30, 10]), shown=shown)[0] for shown in (None, (days[12], days[12])))
    assert part.counts == (30,)
    assert (part.limits, part.surges) == (whole.limits, whole.surges)


def test_weeks_at_the_ends_make_no_usual_level() -> None:
    """The input begins on a Wednesday: the first week is counted, but nothing is learned from it."""
    days = business_days(40, MONDAY + 2 * DAY)
    series = measured(receipts({"Utilities": [(day, 10) for day in days]}), per="week")[0]
    assert [point.is_whole for point in series.points] == [False, *[True] * 7, False]
    assert series.points[0].name == "2025-W23"
    assert series.counts[:2] == (30, 50)
    assert series.limits is not None
    assert series.limits.usual == Fraction(6 * 50 + 40, 7)


def test_declared_days_are_marked_and_end_a_period() -> None:
    """A declared day is no undeclared surge, and no undeclared period reaches over it."""
    days = business_days(15)
    frame = level([*STEADY, 30, 30, 30])
    declared = (period(days[13], days[13], ("Utilities",)), period(days[0], days[0], ("Parks",)))
    utilities, everything = measured(frame, declared)
    assert utilities.marks[-3:] == ("undeclared", "declared", "undeclared")
    assert [(surge.first, surge.last) for surge in utilities.surges] == [(days[12], days[12]), (days[14], days[14])]
    assert everything.marks[-2] == "declared"
    assert [(one.points, one.above) for one in declared_in([utilities, everything], declared)] == [(1, 1)]


def test_spellings_of_one_department_are_one() -> None:
    """Case and blanks make no second department; requests without one count in the line over all only."""
    days = [(day, 2) for day in business_days(8)]
    series = measured(receipts({"Parks": days, "parks ": days, None: days}))
    assert [(one.department, sum(one.counts)) for one in series] == [("Parks", 32), (None, 48)]


NAMES = st.sampled_from(
    ("Utilities", "Roads, Bridges", 'The "Team"', "no", "#1: \\x", "Überwachung\u2028", "1e3", "- a")
)


@given(
    st.dictionaries(
        NAMES | st.none(), st.lists(st.sampled_from((3, 4, 5, 6, 40)), min_size=8, max_size=40), min_size=1
    ),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9), NAMES | st.none()), max_size=3),
    st.sampled_from(("day", "week")),
)
def test_what_is_proposed_can_be_pasted(
    counts: dict[str | None, list[int]], declared: list[tuple[int, int, str | None]], per: Per
) -> None:
    """All proposals together load with a reason filled in, beside what is declared already; without one they do not."""
    days = business_days(40)
    entries = "".join(
        f"  - {{from: {days[0] + a * DAY}, to: {days[0] + (a + n) * DAY}, reason: x"
        + (f', departments: ["{_escaped(name)}"]' if name else "")
        + "}\n"
        for a, n, name in declared
    )
    text = TOWN + (f"high_volume:\n{entries}" if entries else "")
    try:
        town = loads(text, "s.yaml")
    except StandardsError:
        assume(False)
    frame = receipts({name: list(zip(days, each, strict=False)) for name, each in counts.items()})
    found = Volume("Town", per, tuple(measured(frame, town.high_volume, per)), (), dt.datetime(2026, 1, 1), True)
    proposals = "".join(declaration(surge) for surge in found.proposals)
    if proposals:
        pasted = (text if entries else TOWN + "high_volume:\n") + proposals
        again = loads(pasted.replace('reason: ""', "reason: many meters"), "s.yaml")
        assert len(again.high_volume) == len(declared) + proposals.count("  - from")
        assert [
            one.surges for one in measured(frame, again.high_volume, per) if one.department is not None and one.surges
        ] == []
        with pytest.raises(StandardsError, match="reason"):
            loads(pasted, "s.yaml")


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"').replace("\u2028", "\\u2028")


@given(st.randoms(use_true_random=False))
def test_every_request_is_counted_once(chance: random.Random) -> None:
    """Days and departments add up to the requests, whatever day of the week they came in."""
    days = {name: [(MONDAY + chance.randint(0, 60) * DAY, 1) for _ in range(50)] for name in ("Parks", "Roads")}
    for per in ("day", "week"):
        *departments, everything = measured(receipts({**days}), per=per)
        assert sum(everything.counts) == sum(sum(one.counts) for one in departments) == 100


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Twelve usual days of Utilities and Parks, then three days of many requests to Utilities."""
    lines = ["case_id,channel,department,received_at,replied_at,status"]
    for place, day in enumerate(business_days(15)):
        for department, n in (("Utilities", STEADY[place] if place < 12 else 30), ("Parks", 2)):
            lines += [f"{day}-{department}-{i},email,{department},{day} 10:00,,open" for i in range(n)]
    lines += ["x1,email,,2025-06-04 10:00,,open", "x2,email,Utilities,2025-06-04 10:00,,spam"]
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n")
    rule = "exclude: [{column: status, in: [spam], because: not a request}]\n"
    (tmp_path / "town.yaml").write_text(TOWN + rule)
    return tmp_path


def volume(folder: Path, *more: str, standards: str = "town.yaml") -> Outcome:
    return run("volume", "log.csv", "--as-of", "2025-06-30", "--standards", standards, *more, cwd=folder)


def test_the_rows_of_the_csv(here: Path) -> None:
    """One row for each department and day, and for all together; a surge says whether it was declared."""
    found = volume(here)
    assert found.code == 0
    row = {
        "date": "2025-06-18",
        "requests": "30",
        "usual": "10.5",
        "lower": "4.0",
        "upper": "17.0",
        "surge": "undeclared",
        "counts_as": "1",
    }
    assert {"department": "Utilities", **row} in found.rows
    assert [r["surge"] for r in found.rows if r["department"] == "Parks"] == ["no"] * 15
    assert "Run: 248 requests = 247 counted + 1 owed no reply" in found.err
    assert "1 request without a department: counted in the line over all only." in found.err


def test_the_advice_is_for_the_department_that_had_the_surge(here: Path) -> None:
    """Standard error shows what to paste; once it is declared there is nothing more to say."""
    found = volume(here)
    advice = found.err[found.err.index("  - from: ") :]
    assert advice == (
        '  - from: 2025-06-18\n    to: 2025-06-20\n    departments: ["Utilities"]\n    reason: ""    # say why\n'
        "    declared:     # the day of the decision\n    authority:    # who decided\n    effect: note\n"
    )
    filled = advice.replace('reason: ""', "reason: New meters")
    (here / "new.yaml").write_text(f"{(here / 'town.yaml').read_text()}high_volume:\n{filled}")
    again = volume(here, standards="new.yaml")
    assert "paste" not in again.err
    assert {row["surge"] for row in again.rows} == {"no", "declared"}
    assert "New meters" in volume(here, "--format", "table", standards="new.yaml").text


def test_a_shown_upper_limit_decides_like_the_true_one(here: Path) -> None:
    """A count above the limit that is shown is a surge, and no other."""
    for row in volume(here).rows:
        assert (int(row["requests"]) > float(row["upper"])) == (row["surge"] == "undeclared")


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "jsonl", "markdown"])
@pytest.mark.parametrize("per", ["day", "week"])
def test_every_format_in_a_process_of_its_own(form: str, per: str) -> None:
    """The samples in each format: exit code 0, and the same bytes again."""
    arguments = ("volume", SAMPLES, *AS_OF, "--per", per, "--format", form)
    found = start(*arguments)
    assert (found.code, found.out) == (0, run(*arguments).out)
    assert found.out


def test_the_title_ends_at_the_as_of_moment(here: Path) -> None:
    """What came on Saturday counts to Monday, and is told as of Saturday: Monday is no day of the title."""
    with (here / "log.csv").open("a") as log:
        log.write("x3,email,Utilities,2025-06-28 10:00,,open\n")
    text = run(
        "volume", "log.csv", "--as-of", "2025-06-28", "--standards", "town.yaml", "--format", "table", cwd=here
    ).text
    assert "per business day, 2 to 28 June 2025 · as of 2025-06-28" in text


def test_a_day_after_a_closure_is_shown_with_its_count(here: Path) -> None:
    """It is not proposed, and nothing is hidden: its count, the level of a day, its limit and as how many it is compared."""
    (here / "closed.yaml").write_text(
        TOWN.replace("Fri]}", "Fri], closed: {2025-06-23..2025-06-26: Moving}}") + "exclude: []\n"
    )
    lines = (f"y{day}-{i},email,Parks,2025-06-{day} 10:00,,open\n" for day in range(23, 28) for i in range(2))
    with (here / "log.csv").open("a") as log:
        log.writelines(lines)
    text = volume(here, "--format", "table", standards="closed.yaml").text
    assert "Parks       2025-06-27               10    2.0       10  5 business days" in text
    assert "it is compared as so many business days" in text
    row = next(row for row in volume(here, standards="closed.yaml").rows if row["date"] == "2025-06-27")
    assert (row["department"], row["requests"], row["usual"], row["upper"]) == ("Parks", "10", "10.0", "10.0")
    assert (row["surge"], row["counts_as"]) == ("no", "5")


def test_nothing_received_yet(here: Path) -> None:
    """Before the first request there is nothing to count, and no error."""
    found = run("volume", "log.csv", "--as-of", "2025-01-31", "--standards", "town.yaml", "--format", "table", cwd=here)
    assert found.code == 0
    assert "248 after the as-of moment" in found.err


@pytest.mark.parametrize(
    ("arguments", "said"), [(("--per", "month"), "--per month"), (("--baseline", "spring"), "--baseline spring")]
)
def test_options_that_mean_nothing(here: Path, arguments: tuple[str, ...], said: str) -> None:
    """A unit or a baseline that is none is exit code 2."""
    found = volume(here, *arguments)
    assert (found.code, found.out) == (2, b"")
    assert said in found.err
