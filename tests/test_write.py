"""A file is written whole or not at all, and what cannot be written is said in words."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxaudit.errors import InputError, UsageError
from cxaudit.write.file import with_bom, write_bytes, write_standard_output


def failing() -> Iterator[bytes]:
    yield b"half a "
    raise RuntimeError("the renderer broke")


def test_bytes_and_pieces_of_bytes_give_the_same_file(tmp_path: Path) -> None:
    """A renderer may hand over its output in one piece or in many."""
    write_bytes(tmp_path / "whole.csv", b"a,b\n" * 700_000)
    write_bytes(tmp_path / "pieces.csv", (b"a,b\n" for _ in range(700_000)))
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "pieces.csv").read_bytes() == b"a,b\n" * 700_000


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """When the output breaks off, the file of last month is still the file of last month."""
    target = tmp_path / "report.csv"
    target.write_bytes(b"last month")
    with pytest.raises(RuntimeError):
        write_bytes(target, failing())
    assert target.read_bytes() == b"last month"
    assert list(tmp_path.iterdir()) == [target]


def unreadable() -> Iterator[bytes]:
    yield b"half a "
    raise FileNotFoundError("No such file or directory (os error 2): /scratch/7.parquet")  # in the words of polars


def test_what_cannot_be_read_is_not_told_of_the_place(tmp_path: Path) -> None:
    """Rows are read while they are written; whoever reads the error looks at the right file."""
    told = r"^the input cannot be read any more: No such file or directory \(os error 2\): /scratch/7.parquet\.$"
    with pytest.raises(InputError, match=told):
        write_bytes(tmp_path / "report.csv", with_bom(unreadable()))
    with pytest.raises(InputError, match=told):
        write_standard_output(unreadable())
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_no_new_file(tmp_path: Path) -> None:
    """Where there was no file, a broken output leaves none."""
    with pytest.raises(RuntimeError):
        write_bytes(tmp_path / "report.csv", failing())
    assert list(tmp_path.iterdir()) == []


def test_excel_finds_the_byte_order_mark_first() -> None:
    """The mark comes once, before the header."""
    assert b"".join(with_bom(iter([b"a,b\n", b"1,2\n"]))) == b"\xef\xbb\xbfa,b\n1,2\n"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("missing/report.csv", "there is no folder"),
        (".", "it is a folder"),
        ("file/report.csv", "is a file, not a folder"),
    ],
)
def test_a_place_that_cannot_be_is_said_in_words(tmp_path: Path, place: str, words: str) -> None:
    """A missing folder, a folder for a file, a file for a folder: each has its own sentence."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match=words):
        write_bytes(tmp_path / place, b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_name_too_long_for_the_disk_is_an_error_of_use(tmp_path: Path) -> None:
    """What the operating system refuses is told with its own reason."""
    with pytest.raises(UsageError, match="cannot write"):
        write_bytes(tmp_path / ("x" * 300), b"data")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
def test_a_new_file_has_the_usual_mode_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    """Colleagues who could read last month's file can read this month's."""
    target = tmp_path / "report.csv"
    write_bytes(target, b"new")
    (tmp_path / "usual").write_bytes(b"")
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE((tmp_path / "usual").stat().st_mode)
    target.chmod(0o640)
    write_bytes(target, b"newer")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="an administrator may write anywhere")
def test_a_folder_of_someone_else_is_said_in_words(tmp_path: Path) -> None:
    """No permission is an error of use, not a crash."""
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="no permission"):
        write_bytes(tmp_path / "report.csv", b"data")
    tmp_path.chmod(0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_keeps_pointing_to_its_file(tmp_path: Path) -> None:
    """`latest.csv -> 2025-10.csv` stays a link; its file gets the data."""
    (tmp_path / "latest.csv").symlink_to(tmp_path / "2025-10.csv")
    write_bytes(tmp_path / "latest.csv", b"data")
    assert (tmp_path / "latest.csv").is_symlink()
    assert (tmp_path / "2025-10.csv").read_bytes() == b"data"


@pytest.mark.skipif(sys.platform == "win32", reason="no /dev there")
def test_a_device_is_written_to_and_not_replaced() -> None:
    """`-o /dev/null` throws the output away and leaves the device alone."""
    write_bytes(Path("/dev/null"), b"data")
    assert Path("/dev/null").is_char_device()


WRITE_A_LOT = "from cxaudit.write.file import write_standard_output as w; w(b'line\\n' * 1_000_000)"


def test_standard_output_carries_the_bytes_as_they_are() -> None:
    """No line end is translated on the way."""
    done = subprocess.run([sys.executable, "-c", WRITE_A_LOT], stdout=subprocess.PIPE, check=True)
    assert done.stdout == b"line\n" * 1_000_000


def test_a_reader_that_went_away_shows_as_a_broken_pipe() -> None:
    """`| head` ends the pipe; the command line decides what that means."""
    code = f"try:\n    {WRITE_A_LOT}\nexcept BrokenPipeError:\n    import os; os._exit(7)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(60) == 7
