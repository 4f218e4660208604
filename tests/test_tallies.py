"""Stored tallies: parts judged anywhere add up to the figures of one run over everything, and hold nobody's data."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import polars as pl
import pytest
from outside import AS_OF, SAMPLES, run

HEADER = ["case_id", "channel", "department", "employee", "received_at", "replied_at", "customer_type"]
FORMATS = ("table", "csv", "tsv", "jsonl", "markdown")
HIGH_VOLUME = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}
counting: {day_ends: close}
standards:
  - effective: 2025-02-01
    source: Policy 1
    channels:
      email: {within: 2 business days, target: 90%}
      letter: {within: 5 business days}
  - effective: 2025-03-10
    source: Policy 2
    channels:
      email: {within: 1 business day, target: 95%}
      phone: {within: 4 business hours}
high_volume:
  - {from: 2025-03-03, to: 2025-03-14, reason: Billing, declared: 2025-03-01, authority: M, effect: extend, by: 2 business days}
"""


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """Three exports of one log, split by case id, with rejected rows, unanswered requests and channels without a promise."""
    chance = random.Random(5)
    rows: list[list[list[str]]] = [[], [], []]
    for case in range(600):
        day, reply = chance.randrange(1, 29), chance.randrange(0, 9)
        month = chance.choice((1, 2, 3))
        replied = f"2025-{month:02}-{min(day + reply, 28):02} 15:{chance.randrange(60):02}" if reply < 7 else ""
        received = f"2025-{month:02}-{day:02} 10:{chance.randrange(60):02}" if case % 97 else "soon"
        channel, department = chance.choice(("email", "letter", "phone", "fax")), chance.choice(("Roads", "Parks", ""))
        rows[case % 3].append([f"C{case}", channel, department, f"Employee {case % 7}", received, replied, "external"])
    for place, part in enumerate(rows):
        with (tmp_path / f"part{place}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([HEADER, *part])
    (tmp_path / "town.yaml").write_text(HIGH_VOLUME)
    return tmp_path


def tally(folder: Path, *names: str, out: str, more: tuple[str, ...] = ("--as-of", "2025-03-31")) -> None:
    done = run("tally", *names, "-o", out, "--standards", "town.yaml", *more, cwd=folder)
    assert (done.code, done.out) == (0, b""), done.err


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("by", ["channel", "department,month", "month,channel,department"])
def test_parts_give_the_figures_of_one_run(parts: Path, form: str, by: str) -> None:
    """Every format of `check --tallies` is what `check` prints over all files, extension and readings included."""
    for place in range(3):
        tally(parts, f"part{place}.csv", out=f"part{place}.parquet")
    shown = ("--by", by, "--format", form)
    whole = run(
        "check", "part0.csv", "part1.csv", "part2.csv", "--standards", "town.yaml", "--as-of", "2025-03-31", *shown,
        cwd=parts,
    )  # fmt: skip
    added = run("check", "--tallies", "part*.parquet", *shown, cwd=parts)
    assert (added.text, added.code) == (whole.text, whole.code)
    assert "Run: 593 requests" in added.err


def test_readings_of_parts_add_up(parts: Path) -> None:
    """`--readings` over stored tallies is that of one run."""
    for place in range(3):
        tally(parts, f"part{place}.csv", out=f"part{place}.parquet")
    names = [f"part{place}.csv" for place in range(3)]
    whole = run("check", *names, "--standards", "town.yaml", "--as-of", "2025-03-31", "--readings", cwd=parts)
    assert run("check", "--tallies", "part*.parquet", "--readings", cwd=parts).out == whole.out


def test_a_month_of_a_longer_tally(parts: Path) -> None:
    """A tally of everything answers for whole months; for anything shorter the exports are needed."""
    tally(parts, "part0.csv", out="all.parquet")
    whole = ("--standards", "town.yaml", "--as-of", "2025-03-31", "--period", "2025-03")
    month = run("check", "--tallies", "all.parquet", "--period", "2025-03", cwd=parts)
    assert month.out == run("check", "part0.csv", *whole, cwd=parts).out
    refused = run("check", "--tallies", "all.parquet", "--period", "2025-W10", cwd=parts)
    assert (refused.code, refused.out) == (2, b"")
    assert "counts by month" in refused.err


def test_the_same_input_gives_the_same_bytes(parts: Path) -> None:
    """Nothing of the clock or the order of the machine is in the file."""
    tally(parts, "part0.csv", "part1.csv", out="one.parquet")
    tally(parts, "part1.csv", "part0.csv", out="two.parquet")
    assert (parts / "one.parquet").read_bytes() == (parts / "two.parquet").read_bytes()


def test_a_part_that_is_counted_already_is_not_added(parts: Path) -> None:
    """A copy of a part, or another tally of the same export, would count its requests twice."""
    tally(parts, "part0.csv", out="a.parquet")
    tally(parts, "part0.csv", "part1.csv", out="b.parquet")
    (parts / "copy.parquet").write_bytes((parts / "a.parquet").read_bytes())
    for names in (("a.parquet", "copy.parquet"), ("a.parquet", "b.parquet")):
        done = run("check", "--tallies", *names, cwd=parts)
        assert (done.code, done.out) == (2, b"")
        assert f"{names[0]} and {names[1]} both count part0.csv" in done.err


def test_nobody_is_in_it(parts: Path) -> None:
    """No employee, no case and no cell of a rejected row: a tally may leave the house."""
    tally(parts, "part0.csv", out="one.parquet")
    content = (parts / "one.parquet").read_bytes() + repr(pl.read_parquet(parts / "one.parquet").to_dicts()).encode()
    content += repr(pl.read_parquet_metadata(parts / "one.parquet")).encode()
    for secret in (b"Employee", b"C12", b"soon", b"external"):
        assert secret not in content


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--as-of", "2025-04-01"), "different as-of moments"),
        (("--as-of", "2025-03-31", "--period", "2025-03"), "different periods"),
    ],
)
def test_what_does_not_fit_is_not_added(parts: Path, more: tuple[str, ...], message: str) -> None:
    """Counts of another moment or period are counts of something else."""
    tally(parts, "part0.csv", out="one.parquet")
    tally(parts, "part1.csv", out="two.parquet", more=more)
    refused = run("check", "--tallies", "one.parquet", "two.parquet", cwd=parts)
    assert (refused.code, refused.out) == (2, b"")
    assert message in refused.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--by", "employee"), "a stored tally holds month, channel, department, and no employee"),
        (("--by", "file"), "needs the exports"),
        (("--as-of", "2025-10-31"), "--as-of does not go with --tallies"),
        (("--rejects", "r.csv"), "--rejects does not go with --tallies"),
    ],
)
def test_what_a_tally_cannot_answer(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """The message says what a tally holds, or what is settled in it."""
    run("tally", SAMPLES, "-q", "-o", tmp_path / "all.parquet", *AS_OF)
    refused = run("check", "--tallies", tmp_path / "all.parquet", *arguments)
    assert (refused.code, refused.out) == (2, b"")
    assert message in refused.err


def test_only_tallies_are_tallies(tmp_path: Path) -> None:
    """An export, a foreign Parquet file and a missing one are told apart."""
    pl.DataFrame({"month": ["2025-10"], "n": [1]}).write_parquet(tmp_path / "foreign.parquet")
    for name, message in (("foreign.parquet", "is no tally of cxaudit"), ("none.parquet", "there is no stored tally")):
        refused = run("check", "--tallies", name, cwd=tmp_path)
        assert (refused.code, refused.out) == (2, b"")
        assert message in refused.err
    assert "is no Parquet file" in run("check", "--tallies", SAMPLES / "email.csv").err


@pytest.mark.parametrize("name", [None, "-", "part.csv"])
def test_a_tally_needs_a_file_of_its_kind(tmp_path: Path, name: str | None) -> None:
    """Into a pipe, or under the name of a table, it would be of no use."""
    refused = run("tally", SAMPLES, *(("-o", name) if name else ()), *AS_OF, cwd=tmp_path)
    assert (refused.code, refused.out) == (2, b"")
    assert ".parquet" in refused.err


def test_tallies_keep_the_promises_of_exit_codes(parts: Path) -> None:
    """A missed target is 1, a doubtful input under --strict 3, as over the exports."""
    tally(parts, "part0.csv", out="one.parquet")
    assert run("check", "--tallies", "one.parquet", cwd=parts).code == 0
    assert run("check", "--tallies", "one.parquet", "--fail-under", "99", cwd=parts).code == 1
    assert run("check", "--tallies", "one.parquet", "--strict", cwd=parts).code == 3
