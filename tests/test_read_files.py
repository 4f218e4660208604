"""Which files are read under which name, and what is refused at the door."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from outside import run

from cxaudit.errors import InputError
from cxaudit.read import find_files, open_tables

ROWS = "case_id,received_at\nA1,2025-10-01\n"


def put(folder: Path, *names: str) -> None:
    """Files of different content under these names."""
    for i, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ROWS + f"B{i},2025-10-02\n")


def names(*arguments: Path | str) -> list[str]:
    return list(find_files(map(str, arguments)).files.values())


def test_a_folder_is_searched_to_the_bottom_in_one_order(tmp_path: Path) -> None:
    """A folder gives its exports by path, those of inner folders too, and nothing else."""
    put(tmp_path, "b.csv", "a.XLSX", "in/c.tsv", "notes.docx", "picture.png")
    assert names(tmp_path) == ["a.XLSX", "b.csv", "c.tsv"]


def test_what_excel_and_systems_hide_is_no_export(tmp_path: Path) -> None:
    """Excel's lock files and hidden files and folders are left alone."""
    put(tmp_path, "a.csv", "~$a.xlsx", ".hidden.csv", ".git/b.csv")
    assert names(tmp_path) == ["a.csv"]


def test_a_lock_file_that_a_shell_names_is_left_alone(tmp_path: Path) -> None:
    """`exports/*.xlsx` names it too while somebody has the workbook open; alone it is a mistake."""
    put(tmp_path, "a.csv", "~$b.csv")
    assert names(tmp_path / "*.csv") == ["a.csv"]
    assert names(tmp_path / "a.csv", tmp_path / "~$b.csv") == ["a.csv"]
    with pytest.raises(InputError, match=r"only marks that b\.csv is open in another program"):
        names(tmp_path / "~$b.csv")


def test_a_file_name_with_brackets_is_a_file(tmp_path: Path) -> None:
    """`export[1].csv`, as browsers name a second download, is read as it stands, not as a pattern."""
    put(tmp_path, "export[1].csv", "export1.csv")
    assert names(tmp_path / "export[1].csv") == ["export[1].csv"]
    table = open_tables(tmp_path / "export[1].csv", "export[1].csv")[0]
    assert table.body(1, 2).collect()["c0"].to_list() == ["A1", "B0"]


def test_a_pattern_means_the_same_on_every_system(tmp_path: Path) -> None:
    """cxaudit expands patterns itself, for cron and Windows."""
    put(tmp_path, "b.csv", "a.csv", "c.txt")
    assert names(tmp_path / "*.csv") == ["a.csv", "b.csv"]


def test_a_pattern_that_matches_a_folder_means_what_it_holds(tmp_path: Path) -> None:
    """As where a shell expands it."""
    put(tmp_path, "exports/a.csv", "exports/october/b.csv")
    assert names(tmp_path / "exports" / "*") == ["a.csv", "b.csv"]


def test_a_folder_behind_a_link_is_searched_and_a_link_back_is_not_followed_twice(tmp_path: Path) -> None:
    """The share of another department, and a circle."""
    put(tmp_path, "exports/a.csv", "elsewhere/b.csv")
    (tmp_path / "exports" / "utilities").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "exports" / "back").symlink_to(tmp_path / "exports")
    assert names(tmp_path / "exports") == ["a.csv", "b.csv"]


@pytest.mark.parametrize("pattern", ["", "*"])
def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path, pattern: str) -> None:
    """A drive that is not connected is no reason to judge the rest."""
    put(tmp_path, "exports/a.csv")
    (tmp_path / "exports" / "b.csv").symlink_to(tmp_path / "gone.csv")
    with pytest.raises(InputError, match=r"b\.csv is a link to .*gone\.csv, which is not there"):
        find_files([str(tmp_path / "exports" / pattern)])


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its exports would be missing, and nobody would know."""
    put(tmp_path, "exports/a.csv", "exports/october/b.csv")
    look = os.scandir

    def closed(path: str) -> Any:
        if path.endswith("october"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return look(path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(InputError, match=r"october cannot be read: Permission denied"):
        find_files([str(tmp_path / "exports")])


def test_what_lies_beside_exports_under_another_name_is_said(tmp_path: Path) -> None:
    """A phone system writes files without an ending; a letter of the vendor is none of ours."""
    put(
        tmp_path,
        "exports/a.csv",
        "exports/cdr_2025",
        "exports/notes.txt",
        "exports/standards.yaml",
        "exports/.hidden.txt",
    )
    found = find_files([str(tmp_path / "exports")])
    assert (list(found.files.values()), found.other_files) == (["a.csv"], ("cdr_2025", "notes.txt"))
    assert find_files([str(tmp_path / "exports"), str(tmp_path / "exports" / "notes.txt")]).other_files == ("cdr_2025",)


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    """The order and the number of arguments change nothing."""
    put(tmp_path, "a.csv", "b.csv")
    assert names(tmp_path / "b.csv", tmp_path / "a.csv", tmp_path / "b.csv", tmp_path) == ["a.csv", "b.csv"]


def test_a_copy_of_a_file_is_read_once_and_said(tmp_path: Path) -> None:
    """Two files with the same bytes are one export, downloaded twice."""
    put(tmp_path, "a.csv")
    (tmp_path / "a (1).csv").write_bytes((tmp_path / "a.csv").read_bytes())
    found = find_files([str(tmp_path)])
    assert list(found.files.values()) == ["a (1).csv"]
    assert found.same_content == {"a.csv": "a (1).csv"}


def test_equal_names_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    """Only as much of a path is shown as is needed to know the file."""
    put(tmp_path, "oct/email.csv", "nov/email.csv", "portal.csv")
    assert names(tmp_path) == ["nov/email.csv", "oct/email.csv", "portal.csv"]


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("emial.csv", "Did you mean"),
        ("*.ods", "no file matches"),
        ("nowhere/a.csv", "There is no folder"),
        ("void", "holds no exports"),
    ],
)
def test_what_is_not_there_is_an_error(tmp_path: Path, argument: str, said: str) -> None:
    """A missing export is never an empty one."""
    put(tmp_path, "email.csv")
    (tmp_path / "void").mkdir()
    with pytest.raises(InputError, match=said):
        find_files([str(tmp_path / argument)])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "is empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        ("<html><table><tr><td>1</td></tr></table></html>".encode("utf-16"), "web page"),
        (b"<?xml version='1.0'?><rows/>", "XML"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PAR1\x00\x00", "Parquet"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "save it as xlsx"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "spreadsheet of 2003",
        ),
        (b'[{"case_id": 1}]', "JSON"),
        (b'{\n  "case_id": 1}', "JSON"),
        (b"Rar!\x1a\x07\x00", "archive"),
        (b"a" * 257 + b"ustar\x00" + b"b" * 100, "archive"),
        (b"SQLite format 3\x00", "database"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull"),
        (bytes(range(1, 32)) * 40, "binary"),
    ],
)
def test_what_is_no_export_is_refused_by_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    """The content decides what a file is, and the message names it."""
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        open_tables(path, "export.csv")


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such names")
@pytest.mark.parametrize("command", [("check", "--format", "json"), ("records", "--format", "csv"), ("inspect",)])
def test_names_that_are_not_utf8_are_read_and_shown(tmp_path: Path, command: tuple[str, ...]) -> None:
    """What an old Windows or a bad archive left in a name is no reason not to read the file; its odd bytes are shown."""
    folder = tmp_path / os.fsdecode(b"d\xfc")
    folder.mkdir()
    for name in (b"m\xe4rz.csv", b"m\xe5rz.csv", b"plain.csv"):
        text = f"case_id,channel,received_at,replied_at\n{len(name)}{name[1]},email,2025-10-01 08:00,2025-10-01 09:00\n"
        (folder / os.fsdecode(name)).write_text(text)
    done = run(*command, folder, "--as-of", "2025-10-31")
    assert done.code == 0
    shown = done.text.replace("\\\\", "\\")
    assert all(name in shown for name in ("m\\xe4rz.csv", "m\\xe5rz.csv", "plain.csv"))
