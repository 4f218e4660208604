"""The command line from outside: exit codes, options, and what it says of bad input, never with a traceback."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xlsxwriter
from outside import AS_OF, COMMAND, SAMPLES, TOP, Outcome, at_a_terminal, clean_environment, run, start

HEADER = "case_id,channel,received_at,replied_at\n"
MET = HEADER + "1,email,2025-10-01 10:00,2025-10-02 10:00\n"
LATE = MET + "2,email,2025-10-01 10:00,2025-10-09 10:00\n"
OPEN = HEADER + "1,email,2025-10-30 10:00,\n"
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STANDARDS = """\
version: 1
organisation: Town
timezone: America/Edmonton
calendar: {workweek: [Mon, Tue, Wed, Thu, Fri], office_hours: "08:30-16:30"}
standards:
  - effective: 2025-02-01
    source: Policy 1
    channels:
      email: {within: 2 business days, target: 90%}
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a sound export, one with a miss, and one of which nothing can be judged yet."""
    (tmp_path / "met.csv").write_text(MET)
    (tmp_path / "late.csv").write_text(LATE)
    (tmp_path / "open.csv").write_text(OPEN)
    (tmp_path / "town.yaml").write_text(STANDARDS)
    return tmp_path


def check(folder: Path, *arguments: str, as_of: str = "2025-10-31") -> Outcome:
    return run("check", *arguments, "--as-of", as_of, cwd=folder)


def refused(outcome: Outcome) -> list[str]:
    """The lines of the message of a run that could not be."""
    assert (outcome.code, outcome.out) == (2, b"")
    assert outcome.err.startswith("cxaudit: ")
    assert "Traceback" not in outcome.err
    return outcome.err.removeprefix("cxaudit: ").splitlines()


# Exit codes


def test_a_run_without_a_target_is_0_even_with_misses(here: Path) -> None:
    """The policy sets no target, so a missed request alone is no failure."""
    assert check(here, "late.csv").code == 0


def test_a_missed_target_is_1(here: Path) -> None:
    """One of two in time is below the 90 % that the standards file promises."""
    assert check(here, "late.csv", "--standards", "town.yaml").code == 1
    assert check(here, "met.csv", "--standards", "town.yaml").code == 0


@pytest.mark.parametrize(
    ("limit", "code"), [("50", 0), ("50.0", 0), ("50%", 0), ("50.1", 1), ("100", 1), ("0", 0), ("1", 0)]
)
def test_fail_under_is_decided_on_whole_counts(here: Path, limit: str, code: int) -> None:
    """One of two in time is 50 %: not below 50, below 50.1."""
    assert check(here, "late.csv", "--fail-under", limit).code == code


def test_nothing_judged_is_3(here: Path) -> None:
    """A compliance of nothing is not a pass: open requests only, or none at all."""
    assert check(here, "open.csv").code == 3
    (here / "none.csv").write_text(HEADER)
    assert check(here, "none.csv").code == 3
    assert check(here, "met.csv", "--period", "2024-10").code == 3


def test_nothing_judged_beats_a_limit(here: Path) -> None:
    """Nothing to judge is 3, whatever --fail-under asks."""
    assert check(here, "open.csv", "--fail-under", "90").code == 3


def test_records_is_0_with_nothing_judged(here: Path) -> None:
    """A list of requests is complete even when none of them can be judged yet."""
    assert run("records", "open.csv", "--as-of", "2025-10-31", cwd=here).code == 0


@pytest.mark.parametrize("command", ["check", "records"])
def test_strict_is_3_when_rows_were_rejected(command: str) -> None:
    """With --strict a rejected row makes the result unreliable; without it, it is only said."""
    assert run(command, SAMPLES / "voicemail.csv", *AS_OF, "--strict").code == 3
    assert run(command, SAMPLES / "voicemail.csv", *AS_OF).code == 0
    assert run(command, SAMPLES / "portal.csv", *AS_OF, "--strict").code == 0


@pytest.mark.parametrize("command", ["check", "records", "inspect"])
def test_strict_is_3_when_an_export_is_stale(command: str) -> None:
    """An export that ends more than one business day before the as-of moment may lack replies."""
    portal = SAMPLES / "portal.csv"
    assert run(command, portal, "--as-of", "2025-11-03", "--strict").code == 0
    stale = run(command, portal, "--as-of", "2025-11-04", "--strict")
    assert stale.code == 3
    assert "cxaudit: --strict: 1 export may end too early, so the result is not to be relied on." in stale.err


HEADER = "case_id,channel,received_at,replied_at\n"


def test_a_mistyped_year_does_not_make_an_export_fresh(tmp_path: Path) -> None:
    """2052 for 2025: the export still ends in September, and the slip itself is pointed out."""
    (tmp_path / "log.csv").write_text(
        f"{HEADER}1,email,2025-09-29 09:00,2052-09-30 09:00\n2,email,2025-09-30 10:00,\n3,email,2025-09-30 11:00,\n"
    )
    found = run("check", "log.csv", "--as-of", "2025-11-03", "--strict", cwd=tmp_path)
    assert found.code == 3
    assert "log.csv: its latest timestamp, but for those far ahead, is 2025-09-30 11:00" in found.err
    assert 'log.csv, row 2: "2052-09-30"' in found.err.partition("far_ahead (1)")[2]


def test_a_mistyped_receipt_does_either(tmp_path: Path) -> None:
    """The request is outside the run, which is said too."""
    (tmp_path / "log.csv").write_text(f"{HEADER}1,email,2025-09-29 09:00,2025-09-30 09:00\n2,email,2052-09-30 10:00,\n")
    found = run("check", "log.csv", "--as-of", "2025-11-03", cwd=tmp_path).err
    assert "log.csv: its latest timestamp, but for those far ahead, is 2025-09-30 09:00" in found
    assert "far_ahead (1)" in found


def test_an_export_made_later_is_not_stale(tmp_path: Path) -> None:
    """As of an earlier day it has much that is still to come, and nothing of that is a slip of the pen."""
    rows = [f"{m},email,2025-{m:02}-10 09:00,2025-{m:02}-11 09:00\n" for m in range(1, 12)]
    (tmp_path / "log.csv").write_text(HEADER + "".join(rows))
    for day in ("2025-03-31", "2025-11-05"):
        found = run("check", "log.csv", "--as-of", day, "--strict", cwd=tmp_path)
        assert found.code == 0, found.err
        assert "far_ahead" not in found.err


def test_a_few_later_rows_are_no_slip_of_the_pen(tmp_path: Path) -> None:
    """A finished month is judged as of its end, from an export that goes on: however few its rows, they tell that it does."""
    letters = ("06-03", "06-10", "06-18", "08-12", "12-20")
    rows = (f"{i},letter,2025-{day} 09:00,2025-{day} 10:00\n" for i, day in enumerate(letters))
    (tmp_path / "log.csv").write_text(HEADER + "".join(rows))
    found = run("check", "log.csv", "--period", "2025-06", "--as-of", "2025-06-30", "--strict", cwd=tmp_path)
    assert (found.code, "far_ahead" in found.err, "stale_export" in found.err) == (0, False, False)


MAIL_HEADER = "message_id,sent_at,from,to,subject,direction\n"


@pytest.mark.parametrize("to", ["c1@ex.org", "c9@ex.org"])
def test_a_mistyped_message_is_named_by_its_own_row(tmp_path: Path, to: str) -> None:
    """Whether it answers a request or nothing."""
    (tmp_path / "log.csv").write_text(
        f"{MAIL_HEADER}1,2025-09-01 09:00,c1@ex.org,x@city.org,A1,in\n2,2052-09-01 10:00,x@city.org,{to},Re: A1,out\n"
        "3,2025-09-02 09:00,c2@ex.org,x@city.org,A2,in\n"
    )
    said = run("check", "log.csv", "--as-of", "2025-10-06", cwd=tmp_path).err
    assert 'log.csv, row 3: "2052-09-01"' in said.partition("far_ahead (1)")[2]


def test_a_workbook_reaches_as_far_as_its_latest_sheet(tmp_path: Path) -> None:
    """A sheet for each month is how such books are kept; only the book can be stale."""
    book = xlsxwriter.Workbook(tmp_path / "months.xlsx")
    for name, day in (("September", "2025-09-0"), ("October", "2025-10-0")):
        sheet = book.add_worksheet(name)
        for i, row in enumerate(
            [("channel", "received_at", "replied_at"), ("portal", f"{day}1 09:00", f"{day}2 09:00")]
        ):
            sheet.write_row(i, 0, row)
    book.close()
    assert run("check", "months.xlsx", "--as-of", "2025-10-03", "--strict", cwd=tmp_path).code == 0
    stale = run("check", "months.xlsx", "--as-of", "2025-10-10", cwd=tmp_path).err
    assert "stale_export (1)" in stale
    assert "months.xlsx, October: its latest timestamp is 2025-10-02 09:00" in stale


def test_volume_shows_the_days_asked_for(tmp_path: Path) -> None:
    """Receipts of a weekend count with the business day after it, which may lie outside the days asked for."""
    rows = [*["portal,2025-09-19 09:00"] * 2, *["portal,2025-09-20 09:00"] * 3, *["portal,2025-09-22 09:00"] * 5]
    (tmp_path / "v.csv").write_text("\n".join(["channel,received_at", *rows]) + "\n")
    shown = run("volume", "v.csv", "--period", "2025-09-18..2025-09-20", "--as-of", "2025-10-01", cwd=tmp_path)
    assert [(row["date"], row["requests"]) for row in shown.rows] == [("2025-09-19", "2")]
    later = run("volume", "v.csv", "--period", "2025-09-21..2025-09-22", "--as-of", "2025-10-01", cwd=tmp_path)
    assert [(row["date"], row["requests"]) for row in later.rows] == [("2025-09-22", "8")]


def test_a_closing_shows_how_far_an_export_reaches(tmp_path: Path) -> None:
    """The latest timestamp of a file is the latest of all that are read, those that are no reply too."""
    (tmp_path / "snow.csv").write_text(
        "number,state,opened_at,assignment_group,contact_type,resolved_at,closed_at\n"
        "INC1,Closed,2025-10-06 09:00:00,U,email,2025-10-08 09:00:00,2025-10-30 09:00:00\n"
        "INC2,Closed,2025-10-07 09:00:00,U,email,2025-10-09 10:00:00,2025-10-31 09:00:00\n"
    )
    assert run("check", "snow.csv", "--as-of", "2025-10-31 17:00", "--strict", cwd=tmp_path).code == 0
    stale = run("check", "snow.csv", "--as-of", "2025-11-05", cwd=tmp_path)
    assert "its latest timestamp is 2025-10-31 09:00" in stale.err


def test_unreliable_beats_a_missed_target() -> None:
    """3 beats 1: a figure that is not to be relied on is not compared."""
    voicemail = SAMPLES / "voicemail.csv"
    assert run("check", voicemail, *AS_OF, "--fail-under", "99").code == 1
    assert run("check", voicemail, *AS_OF, "--fail-under", "99", "--strict").code == 3


def test_impossible_beats_all() -> None:
    """2 beats 3: without a run there is no result."""
    refused(run("check", SAMPLES / "voicemail.csv", SAMPLES / "nosuch.csv", *AS_OF, "--strict"))


def test_a_process_ends_with_the_same_codes(here: Path) -> None:
    """What `main` returns is what the shell sees."""
    assert start("check", "met.csv", "--as-of", "2025-10-31", cwd=here).code == 0
    assert start("check", "late.csv", "--as-of", "2025-10-31", "--fail-under", "90", cwd=here).code == 1
    assert start("check", "nosuch.csv", cwd=here).code == 2
    assert start("check", "open.csv", "--as-of", "2025-10-31", cwd=here).code == 3


@pytest.mark.skipif(os.name == "nt", reason="pipes are closed another way there")
@pytest.mark.parametrize(
    "arguments", [["--help"], ["check", "--help"], ["records", str(SAMPLES), *AS_OF, "--format", "json", "-q"]]
)
def test_a_reader_that_goes_away_is_no_error(arguments: list[str]) -> None:
    """`cxaudit … | head -1` ends with 0 and without a word."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as nobody:
        done = subprocess.run(
            [*COMMAND, *arguments], cwd=TOP, env=clean_environment(), stdout=nobody, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_head_of_a_long_list(tmp_path: Path) -> None:
    """A list longer than a pipe holds is cut off by `head -1` without an error of cxaudit's."""
    lines = "".join(f"{i},email,2025-10-01 10:00:00,2025-10-02 10:00:00\n" for i in range(20_000))
    (tmp_path / "long.csv").write_text(HEADER + lines)
    command = " ".join([*COMMAND, "records long.csv --as-of 2025-10-31 -q | head -1; echo ${PIPESTATUS[0]}"])
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0].startswith("case_id,")
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def _writing_end(fifo: Path) -> int:
    """The writing end of a pipe, once somebody waits at the other end."""
    for _ in range(600):
        with contextlib.suppress(OSError):
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        time.sleep(0.1)
    pytest.fail("nobody read the pipe within a minute")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
def test_an_interrupt_is_130(tmp_path: Path) -> None:
    """Ctrl-C ends the run with 130, without a traceback and without half an answer."""
    fifo = tmp_path / "slow.csv"
    (tmp_path / "real.csv").write_text(MET)
    os.mkfifo(fifo)
    # It waits for standards that do not come: a moment in which it can be interrupted for certain. polars lets the wait
    # go on after the signal, so the pipe is closed for it, unless the run has ended already.
    process = subprocess.Popen(
        [*COMMAND, "check", "real.csv", "--standards", fifo, "-o", "out.csv"],
        cwd=tmp_path, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    end = _writing_end(fifo)  # it is waiting now, however slow the machine
    process.send_signal(signal.SIGINT)
    os.close(end)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("command", "code"),
    [("check met.csv", 0), ("check met.csv --fail-under 101%", 2), ("records met.csv", 0), ("check nothing.csv", 2),
     ("report met.csv --period 2025-10 --out reports", 0), ("", 2)],
)  # fmt: skip
def test_a_full_standard_error_is_no_outcome(tmp_path: Path, command: str, code: int) -> None:
    """What cannot be said changes nothing of what was found: 1 would be a missed target."""
    (tmp_path / "met.csv").write_text(MET)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *command.split()],
            cwd=tmp_path,
            env=clean_environment(),
            stdout=subprocess.DEVNULL,
            stderr=full,
            check=False,
        )
    assert done.returncode == code


def test_a_channel_that_is_named_in_vain_is_said(here: Path) -> None:
    """It fills a gap. Who takes it for a choice would take the figures of all channels for those of one."""
    in_vain = "--channel letter had no effect: it is for files without a channel, and all of these have one."
    assert in_vain in run("check", "met.csv", "--channel", "letter", *AS_OF, "-q", cwd=here).err
    assert "no effect" not in run("records", "met.csv", "--channel", "letter", *AS_OF, cwd=here).err
    (here / "bare.csv").write_text("case_id,received_at,replied_at\n2,2025-10-01 10:00,2025-10-02 10:00\n")
    found = run("check", "met.csv", "bare.csv", "--channel", "letter", *AS_OF, "-q", cwd=here)
    assert (found.code, found.err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("check", "--period", "2024-01"),
            "no request due 1 to 31 January 2024 could be judged as of 2025-10-31 17:00.",
        ),
        (("check", "--strict"), "--strict: 3 rows could not be used, so the result is not to be relied on."),
        (("records", "--strict"), "--strict: 3 rows could not be used, so the result is not to be relied on."),
        (("volume", "--strict"), "--strict: 3 rows could not be used, so the result is not to be relied on."),
    ],
)
def test_why_a_result_is_not_to_be_relied_on_is_said_also_to_a_scheduler(arguments: tuple[str, ...], said: str) -> None:
    """An exit code alone tells nobody what to do."""
    command, *options = arguments
    found = run(command, SAMPLES, *AS_OF, *options, "-q")
    assert (found.code, found.err) == (3, f"cxaudit: {said}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", ["check met.csv -q", "check met.csv -q --format table", "sources -q", "--help"])
def test_a_full_standard_output_is_said_once(tmp_path: Path, command: str) -> None:
    """The run could not do what was asked, and Python does not try once more at the end."""
    (tmp_path / "met.csv").write_text(MET)
    surroundings = {name: value for name, value in clean_environment().items() if name != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *command.split()],
            cwd=tmp_path,
            env=surroundings,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert re.fullmatch(rb"cxaudit: cannot write( to standard output)?: No space left on device\.\s+", done.stderr)


@pytest.mark.skipif(os.name != "posix", reason="needs a limit of the system")
def test_a_full_disk_is_named_by_its_place(tmp_path: Path) -> None:
    """Whoever reads the mail of a scheduler looks at the right disk."""
    (tmp_path / "met.csv").write_text(MET)
    limit = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); import cxaudit.__main__ as m; m.run()"
    )
    command = [sys.executable, "-c", limit, *["report", "met.csv", "--period", "2025-10", "--out", "reports", "-q"]]
    done = subprocess.run(command, cwd=tmp_path, env=clean_environment(), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines() == ["cxaudit: cannot write reports/.cxaudit.lock: File too large."]


@pytest.mark.skipif(os.name != "posix", reason="needs a signal")
def test_an_interrupt_while_rows_are_read_lets_the_end_be_put_in_order() -> None:
    """polars tells of Ctrl-C, then Python does: the second would break off what the first leads to."""
    code = (
        "import os, signal, threading, time, polars as pl, cxaudit.cli as cli\n"
        "class Waiting:\n"
        "    def __enter__(self): pass\n"
        "    def __exit__(self, *_): print('in order')\n"
        "def main(**_):\n"
        "    with Waiting():\n"
        "        many = pl.LazyFrame({'a': pl.int_range(0, 200_000, eager=True)})\n"
        "        many.join(many, how='cross').select(pl.col('a').max()).collect(engine='streaming')\n"
        "threading.Thread(target=lambda: (time.sleep(1), os.kill(os.getpid(), signal.SIGINT)), daemon=True).start()\n"
        "cli.typer.main.get_command = lambda _: type('Command', (), {'main': staticmethod(main)})\n"
        "raise SystemExit(cli.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=clean_environment(), capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "in order\n", "")


@pytest.mark.skipif(os.name != "posix", reason="needs a shell that closes a stream")
@pytest.mark.parametrize(("closed", "code"), [(">&-", 0), ("2>&-", 0), (">&- 2>&-", 0), (">&- -o out.csv", 0)])
def test_streams_that_are_closed_from_the_start(tmp_path: Path, closed: str, code: int) -> None:
    """Nobody reads, nobody is troubled: no traceback, and a file that is asked for is written all the same."""
    (tmp_path / "met.csv").write_text(MET)
    command = f"{' '.join(map(str, COMMAND))} check met.csv --as-of 2025-10-31 {closed}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert (tmp_path / "out.csv").exists() == ("-o" in closed)


@pytest.mark.skipif(os.name != "posix", reason="needs a signal")
def test_an_interrupt_while_loading_is_130() -> None:
    """Ctrl-C before the program has even loaded is no traceback either."""
    code = (
        "import cxaudit.__main__ as m, builtins;"
        "real = builtins.__import__\n"
        "def slow(name, *rest):\n"
        "    if name == 'cxaudit.cli': raise KeyboardInterrupt\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = slow; raise SystemExit(m.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.parametrize(("words", "code"), [("--version", 0), ("check nowhere.csv", 2)])
def test_the_process_ends_with_its_exit_code_and_tidies_up_before(words: str, code: int) -> None:
    """The interpreter is not taken apart; what others want done at the end is done all the same, and seen."""
    program = (
        "import atexit, sys, cxaudit.__main__ as m\n"
        "sys.argv[0] = 'cxaudit'\n"
        "real = m.main\n"
        "def main():\n"
        "    atexit.register(print, 'tidied up')\n"
        "    return real()\n"
        "m.main = main\n"
        "m.run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words.split()],
        env=clean_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.splitlines()[-1]) == (code, "tidied up")


@pytest.mark.parametrize("command", ["show", "check"])
def test_a_standards_file_is_named_as_for_other_commands_too(tmp_path: Path, command: str) -> None:
    """As argument or as option, the same file; both at once are a question."""
    path = tmp_path / "ten.yaml"
    path.write_text((TOP / "standards.yaml").read_text().replace("2 business days}", "7 business days}"))
    plain = run("standards", command, path)
    named = run("standards", command, "--standards", path)
    assert (named.code, named.out, named.err) == (0, plain.out, plain.err)
    assert b"7 business days" in plain.out or command == "check"
    both = run("standards", command, path, "--standards", path)
    assert (both.code, both.out, "two standards files are named" in both.err) == (2, b"", True)


# Bad input


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("nosuch.csv", ["there is no file nosuch.csv."]),
        ("mett.csv", ["there is no file mett.csv.", "Did you mean met.csv?"]),
        ("nowhere/met.csv", ["there is no file nowhere/met.csv.", "There is no folder nowhere either."]),
    ],
)
def test_a_file_that_is_not_there(here: Path, argument: str, message: list[str]) -> None:
    """The message names the file, and the one that was perhaps meant."""
    assert refused(check(here, argument)) == message


def test_a_pattern_that_matches_nothing(here: Path) -> None:
    """A pattern is expanded by cxaudit itself; one without a match is an error, not an empty run."""
    assert refused(check(here, "exports/*.csv"))[0] == f"no file matches exports/*.csv in {here}."
    assert check(here, "m*.csv").code == 0


def test_a_folder_without_exports(here: Path) -> None:
    """A folder stands for the exports in it; without any it says which endings it looks for."""
    (here / "notes").mkdir()
    (here / "notes" / "minutes.docx").write_bytes(b"x")
    message = refused(check(here, "notes"))
    assert message[0] == "notes holds no exports."
    assert ".xlsx" in message[1]


BAD_FILES = {
    "empty": ("calls.csv", b"", ["calls.csv is empty.", "Export it again, or leave it out."]),
    "blank": ("calls.csv", b"\xef\xbb\xbf\r\n \r\n", ["calls.csv is empty.", "Export it again, or leave it out."]),
    "binary": ("calls.csv", bytes(range(256)) * 40, ["calls.csv is a binary file, not a CSV or Excel export."]),
    "picture": ("calls.csv", b"\x89PNG\r\n\x1a\n" + bytes(99), ["calls.csv is a picture, not a CSV or Excel export."]),
    "PDF": ("calls.csv", b"%PDF-1.7\n", ["calls.csv is a PDF document, not a CSV or Excel export."]),
    "web page": (
        "calls.csv",
        b"<!DOCTYPE html>\n<html><title>Sign in</title></html>\n",
        [
            "calls.csv is a web page, not a CSV or Excel export.",
            "A login page or an error page was probably saved in its place: export it again.",
        ],
    ),
    "encrypted": (
        "letters.xlsx",
        OLE_START + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(992),
        ["letters.xlsx is encrypted.", "Save it without a password and try again."],
    ),
    "unknown layout": (
        "calls.csv",
        b"ticket,opened,closed,queue\n1,2025-10-01,2025-10-02,web\n",
        [
            "calls.csv has no column that tells when a request was received.",
            'It has: ticket, opened, closed, queue. "opened" looks right.',
        ],
    ),
    "no channel": (
        "calls.csv",
        b"case_id,received_at\n1,2025-10-01\n",
        [
            "calls.csv (cxaudit's own columns) does not say how its requests came in.",
            "Add --channel NAME, or channel: under sources: in the standards file.",
        ],
    ),
    "a channel nobody asked for": (
        "calls.csv",
        b"case_id,received_at,Case Origin\n1,2025-10-01,Web\n",
        [
            "calls.csv (cxaudit's own columns) does not say how its requests came in.",
            'If its column "Case Origin" tells it, say so under sources: in the standards file:',
            '  generic: {columns: {channel: "Case Origin"}}',
            "If all came in one way, add --channel NAME.",
        ],
    ),
    "no dates": (
        "calls.csv",
        b"case_id,channel,received_at\n1,email,soon\n2,email,later\n",
        [
            'calls.csv, column "received_at": no date format explains nine of ten of its 2 values; one of them is "soon".'
        ],
    ),
    "ambiguous dates": (
        "calls.csv",
        b"case_id,channel,received_at\n1,email,03/04/2025\n2,email,05/04/2025\n",
        [
            'calls.csv, column "received_at": 03/04/2025 may be read as day first or month first, and no value settles it.',
            "State it once, under sources: in the standards file:",
            "  generic: {date_format: dmy}",
            "or",
            "  generic: {date_format: mdy}",
        ],
    ),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_export(tmp_path: Path, kind: str) -> None:
    """Each says what it is and what to do; exit code 2, nothing on standard output."""
    name, content, message = BAD_FILES[kind]
    (tmp_path / name).write_bytes(content)
    for command in ("check", "records"):
        assert refused(run(command, name, cwd=tmp_path))[: len(message)] == message


def test_a_truncated_workbook(tmp_path: Path) -> None:
    """A download that was cut off is not a workbook any more."""
    whole = (SAMPLES / "letters.xlsx").read_bytes()
    for length in (10, 200, len(whole) // 2, len(whole) - 1):
        (tmp_path / "letters.xlsx").write_bytes(whole[:length])
        message = refused(run("check", "letters.xlsx", *AS_OF, cwd=tmp_path))
        assert message[0].startswith("letters.xlsx cannot be opened as a workbook")
        assert message[1] == "It may be damaged or cut off: export it again."


def test_an_old_ole_file_that_is_no_workbook(tmp_path: Path) -> None:
    """A Word document of old named .xls is refused in words."""
    (tmp_path / "letters.xls").write_bytes(OLE_START + bytes(2040))
    assert refused(run("check", "letters.xls", *AS_OF, cwd=tmp_path))[0].startswith("letters.xls cannot be opened")


def test_one_bad_file_among_good_ones_stops_the_run(here: Path) -> None:
    """A figure without one of the exports that were named would be wrong in silence."""
    (here / "bad.csv").write_text("a,b\n1,2\n")
    assert refused(check(here, "met.csv", "bad.csv"))[0].startswith("bad.csv has no column")


def test_the_order_of_dates_can_be_declared(tmp_path: Path) -> None:
    """What the values leave open, the standards file states once per source."""
    (tmp_path / "calls.csv").write_bytes(BAD_FILES["ambiguous dates"][1])
    for order, day in (("dmy", "2025-04-03"), ("mdy", "2025-03-04")):
        (tmp_path / "s.yaml").write_text(STANDARDS + f"sources: {{generic: {{date_format: {order}}}}}\n")
        arguments = ["records", "calls.csv", "--standards", "s.yaml", "--as-of", "2025-10-31"]
        assert run(*arguments, cwd=tmp_path).rows[0]["received_at"] == day


TEN_ERRORS = """\
version: 2
organisation: Town
timezone: Europe/Calgary
colour: blue
calendar:
  workweek: [Mon, Funday]
  office_hours: 8:30-16:30
  closed: {2025-02-30: Party}
counting: {day_zero: today, day_ends: noon}
counting: {cohort: due}
standards:
  - effective: soon
    source: Policy 1
    channels:
      email: {within: 2d, titel: E-mail}
      letter: {within: five days, target: 120%}
"""
PLACES = ["1:10", "3:11", "4:1", "6:19", "8:12", "9:22", "9:39", "10:1", "12:16", "15:23", "15:27", "16:24", "16:43"]


def test_every_error_of_a_standards_file_at_once(here: Path) -> None:
    """Thirteen mistakes are named in one go, each with file, line and column, in the order of the file."""
    (here / "ten.yaml").write_text(TEN_ERRORS)
    for arguments in (["check", "met.csv", "--standards", "ten.yaml"], ["standards", "check", "ten.yaml"]):
        lines = refused(run(*arguments, cwd=here))
        assert [line.split(": ")[0] for line in lines] == [f"ten.yaml:{place}" for place in PLACES]


def test_a_standards_file_that_is_not_there(here: Path) -> None:
    """No other standards are taken in its place."""
    assert refused(check(here, "met.csv", "--standards", "none.yaml"))[0] == "none.yaml does not exist."


# Options


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--period", "2025-13"], "--period 2025-13 is not a period: the calendar has no such days."),
        (["--period", "2025-Q5"], "--period 2025-Q5 is not a period: the calendar has no such days."),
        (["--period", "2025-02-30"], "--period 2025-02-30 is not a period: the calendar has no such days."),
        (["--period", "october"], "--period october is not a period."),
        (["--period", "2025-10-31..2025-10-01"], "--period 2025-10-31..2025-10-01 ends before it begins."),
        (["--period", "2025-10-01..2025-10-02..2025-10-03"], "--period 2025-10-01..2025-10-02..2025-10-03 is not a period."),
        (["--by", "chanel"], "--by chanel is not one of channel, department, employee, month, week, customer_type, file. "
                             "Did you mean channel?"),
        (["--by", ""], "--by is empty."),
        (["--by", ","], "--by , names no column, or one twice."),
        (["--by", "channel,channel"], "--by channel,channel names no column, or one twice."),
        (["--source", "freshdsk"], "there is no source freshdsk. Did you mean freshdesk?"),
        (["--fail-under", "0.95"], "--fail-under 0.95 is not between 1 and 100. Write 90 for 90 %."),
        (["--fail-under", "101"], "--fail-under 101 is not between 1 and 100."),
        (["--fail-under", "nan"], "--fail-under nan is not a percentage."),
        (["--fail-under", "high"], "--fail-under high is not a percentage. Write 90 or 97.5."),
        (["--format", "jsn"], "--format jsn is not one of table, csv, tsv, json, jsonl, markdown, xlsx, html."),
        (["-o", "x.csv", "--format", "json"], "-o x.csv asks for csv, --format for json."),
        (["-o", "x.foo"], "the ending of x.foo says no format."),
        (["-o", "nowhere/x.csv"], "cannot write nowhere/x.csv: there is no folder nowhere."),
        (["-o", "."], "the ending of . says no format."),
        (["--rejects", "nowhere/r.csv"], "cannot write nowhere/r.csv: there is no folder nowhere."),
        (["--reject-cells"], "--reject-cells goes with --rejects FILE."),
        (["--colour"], "No such option: --colour"),
        (["--readings", "--by", "department"], "Invalid value: --readings shows all requests together."),
        (["--compare", "--by", "channel"], "Invalid value: --compare shows all requests together."),
        ([""], "the name of a file is empty."),
    ],
)  # fmt: skip
def test_options_that_ask_for_the_impossible(here: Path, arguments: list[str], message: str) -> None:
    """Each is refused in words, before anything is written."""
    before = sorted(here.iterdir())
    assert refused(check(here, "met.csv", *arguments))[0].startswith(message)
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (["check", "met.csv", "--channel", ""], "--channel"), (["check", "met.csv", "--standards="], "--standards"),
        (["records", "met.csv", "--verdict", ""], "--verdict"), (["check", "met.csv", "-o", ""], "--output"),
        (["report", "met.csv", "--period", "2025-10", "--out", ""], "--out"), (["trend", ""], "DIR"),
        (["standards", "show", ""], "FILE"),
    ],
)  # fmt: skip
def test_an_empty_word_is_a_variable_that_was_not_set(here: Path, command: list[str], named: str) -> None:
    """It is not taken for an absent option: `--out ""` would be the folder that one is in."""
    before = sorted(here.iterdir())
    told = refused(run(*command, cwd=here))
    assert told == [f"{named} is empty.", "If a variable of a script should hold it, that one was not set."]
    assert sorted(here.iterdir()) == before


NO_MOMENTS = [
    "yesterday",
    "2025-02-29",
    "2025-10-31 25:00",
    "31.10.2025",
    "20251031",
    "2025-W44-5",
    "2025-10-31+01:00",
    "2025-10-31T09",
]


@pytest.mark.parametrize("moment", NO_MOMENTS)
def test_moments_that_are_none(here: Path, moment: str) -> None:
    """An as-of moment that does not exist is refused with the spelling to use."""
    assert refused(check(here, "met.csv", as_of=moment)) == [
        f'--as-of {moment} is not a moment. Write 2025-11-03 or "2025-11-03 09:00".'
    ]


@pytest.mark.parametrize(
    ("option", "moment"),
    [("--as-of", "0001-01-01T00:00+14:00"), ("--as-of", "9999-12-31T23:59-10:00"), ("--as-of", "2500-01-01T00:00Z"),
     ("--as-of", "2500-01-01"), ("--received", "9999-12-31T23:59-10:00"), ("--received", "1989-12-31")],
)  # fmt: skip
def test_moments_of_other_centuries(here: Path, option: str, moment: str) -> None:
    """A year in which no request is read is a slip of the pen, whatever zone stands behind it."""
    command = ("check", "met.csv") if option == "--as-of" else ("due", "--channel", "email")
    message = f"{option} {moment} is outside the years 1990 to 2100."
    assert refused(run(*command, option, moment, cwd=here)) == [message]


@pytest.mark.parametrize("period", ["9999-W52", "2025-W54", "2025-13"])
def test_periods_that_are_none(here: Path, period: str) -> None:
    assert refused(check(here, "met.csv", "--period", period))[0].startswith(
        f"--period {period} is not a period: the calendar has no such days."
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--verdict", "latte"],
            "--verdict latte is not one of met, late, overdue, pending, excluded. Did you mean late?",
        ),
        (["--due-within", "1d"], "--due-within 1d:"),
    ],
)
def test_filters_that_ask_for_the_impossible(here: Path, arguments: list[str], message: str) -> None:
    """A filter that cannot be understood is not one that lets nothing through."""
    assert refused(run("records", "met.csv", *arguments, cwd=here))[0].startswith(message)


def test_a_command_that_is_none(here: Path) -> None:
    """The message says where to look."""
    assert refused(run("chek", cwd=here)) == ["No such command 'chek'. Did you mean 'check'?", "See cxaudit --help."]


def test_without_files(here: Path) -> None:
    """`check` alone says what it lacks."""
    assert refused(run("check", cwd=here))[-1] == "See cxaudit check --help."


@pytest.mark.parametrize("command", [[], ["standards"]])
def test_without_a_command_comes_the_help(command: list[str]) -> None:
    """Who types the name alone wants to know what there is."""
    shown = run(*command)
    assert (shown.out.decode() + shown.err).splitlines()[0].startswith("Usage: cxaudit")


def test_a_typo_in_a_filter_is_pointed_out() -> None:
    """A department that does not occur gives an empty list, and says which ones there are."""
    listed = run("records", SAMPLES, *AS_OF, "--department", "Utilites")
    assert listed.code == 0
    assert len(listed.text.splitlines()) == 1
    assert "No request has the department Utilites. The input has: Bylaw, Finance, Planning," in listed.err


# Where the answer goes


def test_the_ending_of_the_file_gives_the_format(here: Path) -> None:
    """.csv, .tsv, .json, .jsonl, .md and .txt; the answer goes to the file alone."""
    for ending, form in {
        "csv": "csv",
        "tsv": "tsv",
        "json": "json",
        "jsonl": "jsonl",
        "md": "markdown",
        "txt": "table",
    }.items():
        name = f"answer.{ending}"
        assert check(here, "met.csv", "-o", name).out == b""
        told = check(here, "met.csv", "--format", form).out
        assert (here / name).read_bytes().removeprefix(b"\xef\xbb\xbf") == told


def test_only_a_csv_file_has_the_mark_for_excel(here: Path) -> None:
    """Excel needs the mark to read UTF-8; a pipe and every other format go without."""
    for name, has_mark in (("a.csv", True), ("a.tsv", False), ("a.json", False), ("a.md", False), ("A.CSV", True)):
        check(here, "met.csv", "-o", name)
        assert (here / name).read_bytes().startswith(b"\xef\xbb\xbf") is has_mark, name
    assert check(here, "met.csv", "--format", "csv").text[0] == "c"


def test_into_a_pipe_goes_csv_and_to_a_terminal_a_table(here: Path) -> None:
    """What nobody watches is for a machine."""
    arguments = ["check", "met.csv", "--as-of", "2025-10-31"]
    assert run(*arguments, cwd=here).text.startswith("channel,standard,requests,")
    assert run(*arguments, cwd=here, terminal=100).text.startswith("City of Spruce Grove · ")


def test_standard_output_carries_data_only(here: Path) -> None:
    """All that is said about the run goes to standard error, and --quiet says nothing at all."""
    loud, quiet = check(here, "met.csv"), check(here, "met.csv", "--quiet")
    assert loud.out == quiet.out
    assert quiet.err == ""
    assert "met.csv: 1 row" in loud.err


def test_a_dash_is_standard_output(here: Path) -> None:
    """`-o -` is what it is elsewhere."""
    assert check(here, "met.csv", "-o", "-", "--format", "json").out == check(here, "met.csv", "--format", "json").out


def test_a_failed_run_leaves_the_old_answer(here: Path) -> None:
    """Nothing half-written: what stood there still stands there."""
    (here / "answer.csv").write_text("old")
    refused(check(here, "met.csv", "nosuch.csv", "-o", "answer.csv", "--rejects", "rejects.csv"))
    assert (here / "answer.csv").read_text() == "old"
    assert not (here / "rejects.csv").exists()
    assert not list(here.glob(".cxaudit*"))


def test_an_answer_may_not_replace_its_own_input(here: Path) -> None:
    """An export is evidence."""
    refused(check(here, "met.csv", "-o", "met.csv"))
    assert (here / "met.csv").read_text() == MET


@pytest.mark.parametrize(
    "command",
    [
        ("volume", "met.dat"), ("inspect", "met.dat"), ("explain", "met.dat", "--case", "1"),
        ("standards", "diff", "built-in", "built-in", "met.dat"),
    ],
)  # fmt: skip
def test_nor_may_any_other_answer(here: Path, command: tuple[str, ...]) -> None:
    """Whatever was asked."""
    (here / "met.csv").rename(here / "met.dat")
    said = refused(run(*command, "--format", "json", "-o", "met.dat", cwd=here))
    assert said == ["met.dat is one of the files that are read; the answer would replace it.", "Name another file."]
    assert (here / "met.dat").read_text() == MET


def test_a_comparison_spares_the_two_it_compares(here: Path) -> None:
    """A version of it is the file, too."""
    standards = (TOP / "standards.yaml").read_bytes()
    (here / "s.yaml").write_bytes(standards)
    refused(run("standards", "diff", "s.yaml@2025-01-01", "built-in", "--format", "json", "-o", "s.yaml", cwd=here))
    assert (here / "s.yaml").read_bytes() == standards


@pytest.mark.parametrize(
    "command",
    [
        ("calendar", "2025"), ("due", "--channel", "email", "--received", "2025-10-01"), ("sources",),
        ("standards", "show", "{file}"), ("standards", "schema"), ("check", "met.csv", *AS_OF),
    ],
)  # fmt: skip
@pytest.mark.parametrize("file", ["standards.yaml", "promises.conf"])
def test_no_answer_replaces_the_standards(here: Path, command: tuple[str, ...], file: str) -> None:
    """Named by its ending, or as the file in use."""
    standards = (TOP / "standards.yaml").read_bytes()
    (here / file).write_bytes(standards)
    typed = [one.format(file=file) if isinstance(one, str) else one for one in command]
    form = [] if "schema" in typed else ["--format", "csv"]
    found = run(*typed, *form, "-o", file, cwd=here, env={"CXAUDIT_STANDARDS": file})
    if "schema" in typed and file == "promises.conf":  # reads none
        return
    assert (found.code, (here / file).read_bytes()) == (2, standards), found.err


def test_stored_tallies_and_reports_are_not_replaced(here: Path) -> None:
    """What was added up, or set side by side, stays."""
    assert run("tally", "met.csv", *AS_OF, "-o", "part.parquet", cwd=here).code == 0
    run("report", "met.csv", "--period", "2025-10", "--out", "reports", "--formats", "csv", cwd=here)
    made = sorted(here.glob("reports/*/*"))
    assert len(made) == 4
    kept = {path: path.read_bytes() for path in [here / "part.parquet", *made]}
    for path in [*made, here / "new.parquet"]:
        form = ("--format", "csv") if path.suffix in (".parquet", ".csv") else ("--format", "json")
        refused(run("trend", "reports", *form, "-o", path, cwd=here))
    refused(run("check", "--tallies", "part.parquet", "--format", "csv", "-o", "part.parquet", cwd=here))
    assert {path: path.read_bytes() for path in kept} == kept


@pytest.mark.parametrize("name", ["r.xlsx", "r.json", "r.yaml"])
def test_rejects_are_a_list_of_their_own_form(here: Path, name: str) -> None:
    """A workbook that is none opens nowhere."""
    refused(check(here, "met.csv", "--rejects", name))
    assert not (here / name).exists()


# The surroundings


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437", "utf-8"])
def test_output_is_utf_8_whatever_the_machine_thinks(encoding: str) -> None:
    """A Windows console's code page changes no byte of the data."""
    arguments = ["check", SAMPLES / "portal.csv", *AS_OF, "--format", "markdown"]
    assert start(*arguments, env={"PYTHONIOENCODING": encoding}).out == run(*arguments).out


@pytest.mark.parametrize("columns", ["20", "80", "400"])
def test_nothing_is_cut_off_away_from_a_terminal(columns: str) -> None:
    """The width of a terminal that is not there changes nothing."""
    arguments = ["check", SAMPLES, *AS_OF, "--format", "table"]
    assert start(*arguments, env={"COLUMNS": columns}).out == run(*arguments).out


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_colour_is_for_terminals_that_want_it() -> None:
    """NO_COLOR and TERM=dumb leave the words, and the words say all."""
    arguments = ["check", str(SAMPLES), *AS_OF, "-q", "--fail-under", "99"]
    colourful = at_a_terminal(arguments, {"TERM": "xterm-256color", "COLUMNS": "120"})
    plain = at_a_terminal(arguments, {"TERM": "xterm-256color", "COLUMNS": "120", "NO_COLOR": "1"})
    assert "\x1b[" in colourful
    assert "\x1b" not in plain
    assert "\x1b" not in at_a_terminal(arguments, {"TERM": "dumb", "COLUMNS": "120"})
    assert "\x1b" not in start(*arguments, "--format", "table").text


def test_which_standards_were_taken_is_said(here: Path) -> None:
    """The option, else CXAUDIT_STANDARDS, else ./standards.yaml, else the built-in ones."""
    arguments = ["check", "met.csv", "--as-of", "2025-10-31"]
    (here / "other.yaml").write_text(STANDARDS.replace("Town", "Village"))

    def said(*more: str, env: dict[str, str] | None = None) -> str:
        return run(*arguments, *more, cwd=here, env=env).err.splitlines()[0]

    assert said() == "Standards: the built-in standards file (City of Spruce Grove)"
    (here / "standards.yaml").write_text(STANDARDS)
    assert said() == "Standards: standards.yaml (Town)"
    assert said(env={"CXAUDIT_STANDARDS": "other.yaml"}) == "Standards: other.yaml (Village)"
    assert said("--standards", "town.yaml", env={"CXAUDIT_STANDARDS": "other.yaml"}) == "Standards: town.yaml (Town)"


def test_now_is_said_when_it_is_meant(here: Path) -> None:
    """Without --as-of the run says which moment it took, in the city's time."""
    assert "--as-of fixes it" in run("check", "met.csv", cwd=here).err
    assert "--as-of fixes it" not in check(here, "met.csv").err


def test_version_names_what_results_depend_on() -> None:
    """cxaudit, polars, holidays, tzdata: the same versions give the same bytes."""
    assert [line.split()[0] for line in run("--version").text.splitlines()] == [
        "cxaudit",
        "polars",
        "holidays",
        "tzdata",
    ]


# Standards


def test_the_starter_file_is_in_order(tmp_path: Path) -> None:
    """`standards init` writes a file that `standards check` accepts, and replaces none without --force."""
    assert run("standards", "init", cwd=tmp_path).code == 0
    assert run("standards", "check", cwd=tmp_path).code == 0
    assert refused(run("standards", "init", cwd=tmp_path))[0] == "standards.yaml is there already."
    assert run("standards", "init", "--force", cwd=tmp_path).code == 0


def test_the_built_in_standards_may_be_copied_and_named(tmp_path: Path) -> None:
    """Whoever wants to add a layout to the promise in use needs the file; `--standards built-in` is it whatever lies here."""
    assert run("standards", "init", "--built-in", cwd=tmp_path).code == 0
    assert (tmp_path / "standards.yaml").read_bytes() == (TOP / "standards.yaml").read_bytes()
    (tmp_path / "standards.yaml").write_text("version: 0")
    assert run("standards", "show", "--standards", "built-in", cwd=tmp_path).code == 0


@pytest.mark.parametrize(("typed", "meant"), [("standard.yaml", "standards.yaml"), ("builtin", "built-in")])
def test_a_slip_in_the_name_of_a_standards_file_is_told(tmp_path: Path, typed: str, meant: str) -> None:
    """A starter file would be another promise."""
    run("standards", "init", cwd=tmp_path)
    said = refused(run("standards", "show", typed, cwd=tmp_path))
    assert said == [f"{typed} does not exist.", f"Did you mean {meant}?"]


def test_the_shipped_schema_is_the_one_that_is_printed() -> None:
    """Editors complete the file by the schema beside it."""
    printed = run("standards", "schema").out
    assert json.loads(printed)["$schema"].startswith("https://json-schema.org/")
    assert printed == (TOP / "standards.schema.json").read_bytes()


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "jsonl", "markdown"])
def test_the_promises_are_shown_in_each_format(form: str) -> None:
    """Five channels are promised, and each format names all of them."""
    shown = run("standards", "show", "--format", form)
    assert shown.code == 0
    assert all(within in shown.text for within in ("1 business day", "2 business days", "5 business days"))


def python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A program of its own, which may be interrupted or break down."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env=clean_environment(), capture_output=True, text=True, check=False)


def test_what_breaks_down_in_compiled_code_is_a_bug_like_any_other() -> None:
    """It is no `Exception` to Python; left alone it would end with exit code 1, which says that a target was missed."""
    code = (
        "import cxaudit.cli as cli\n"
        "from polars.exceptions import PanicException\n"
        "def main(**_):\n"
        "    raise PanicException('left == right')\n"
        "cli.typer.main.get_command = lambda _: type('Command', (), {'main': staticmethod(main)})\n"
        "raise SystemExit(cli.main())"
    )
    done = python(code)
    assert (done.returncode, "Traceback" in done.stderr) == (70, False)
    assert done.stderr.startswith("cxaudit: a bug: PanicException: left == right")


@pytest.mark.skipif(os.name != "posix", reason="needs a signal")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_at_the_very_end_breaks_nothing_off(name: str) -> None:
    """The answer is out: what is left is to tidy up, and the outcome stays what it is."""
    program = (
        "import atexit, os, signal, sys, cxaudit.__main__ as m\n"
        "sys.argv[0] = 'cxaudit'\n"
        "real = m.main\n"
        "def main():\n"
        f"    atexit.register(os.kill, os.getpid(), signal.{name})\n"
        "    return real()\n"
        "m.main = main\n"
        "m.run()"
    )
    done = python(program, "check", "nowhere.csv")
    assert (done.returncode, done.stderr) == (2, "cxaudit: there is no file nowhere.csv.\n")


@pytest.mark.skipif(os.name != "posix", reason="needs a signal")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_what_a_signal_breaks_off_is_no_bug(name: str) -> None:
    """Compiled code makes another error of it."""
    program = (
        "import os, signal, sys, cxaudit.__main__ as m, cxaudit.commands.check as c\n"
        "def check(*_, **__):\n"
        "    try:\n"
        f"        os.kill(os.getpid(), signal.{name})\n"
        "        sum(range(1000))\n"
        "    except BaseException as error:\n"
        "        raise TypeError('is not a data type') from error\n"
        "c.check = check\n"
        # Whoever runs the tests may have it ignored.
        f"signal.signal(signal.{name}, signal.default_int_handler if '{name}' == 'SIGINT' else signal.SIG_DFL)\n"
        "sys.argv = ['cxaudit', 'check', 'samples']\n"
        "m.run()"
    )
    done = python(program)
    assert (done.returncode, done.stderr) == (128 + getattr(signal, name), "")


@pytest.mark.skipif(os.name != "posix", reason="needs a signal")
def test_a_large_workbook_that_is_broken_off_leaves_nothing_behind(tmp_path: Path) -> None:
    """The rows that a workbook is put together from hold customers' data: a signal does not leave them in a folder of all."""
    rows = "".join(f"C{i},email,2025-10-01 08:00,2025-10-02 08:00\n" for i in range(30_000))
    (tmp_path / "a.csv").write_text(f"case_id,channel,received_at,replied_at\n{rows}")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    program = (
        "import os, pathlib, signal, sys, threading, time, cxaudit.__main__ as m\n"
        "def wait():\n"
        # Not at the file with which Python itself tries out the folder for a moment.
        "    while not any(pathlib.Path(os.environ['TMPDIR']).glob('cxaudit-*/*')): time.sleep(0.005)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "threading.Thread(target=wait, daemon=True).start()\n"
        "sys.argv[0] = 'cxaudit'\n"
        "m.run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "records", "a.csv", "--as-of", "2025-10-31", "-o", "out.xlsx"],
        cwd=tmp_path, env=clean_environment() | {"TMPDIR": str(temporary)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 128 + signal.SIGTERM
    assert (list(temporary.iterdir()), (tmp_path / "out.xlsx").exists()) == ([], False)
