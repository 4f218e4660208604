"""What is packed, or piped in, is read as if it lay there plain; what cannot be unpacked is told for what it is."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from outside import start

from cxaudit.errors import InputError
from cxaudit.read import find_files, open_tables

HEADER = "case_id,channel,received_at,replied_at\n"


def export(letter: str) -> bytes:
    return f"{HEADER}{letter}1,email,2025-10-01 08:00:00,2025-10-02 09:00:00\n".encode()


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def ids(*arguments: Path) -> dict[str, list[str]]:
    """The name of each file and the case ids in it."""
    found = find_files(map(str, arguments)).files
    tables = [table for path, name in found.items() for table in open_tables(path, name)]
    return {table.file: table.body(1, 4).collect()["c0"].to_list() for table in tables}


def test_a_gzip_file_is_read_under_its_own_name(tmp_path: Path) -> None:
    """Its content decides: a workbook in it is a workbook, two streams behind each other are one file."""
    path = tmp_path / "oct.csv.gz"
    path.write_bytes(gzip.compress(export("A")) + gzip.compress(b"A2,email,2025-10-01 08:00:00,\n"))
    assert ids(path) == {"oct.csv.gz": ["A1", "A2"]}


def test_each_export_in_an_archive_is_a_file(tmp_path: Path) -> None:
    """Inner folders are part of the name; what systems hide is left alone; what is not named like an export is said."""
    path = zipped(tmp_path / "exports.zip", **{
        "nov.csv": export("N"), "in/oct.csv.gz": gzip.compress(export("O")), "readme.txt": b"hello",
        "__MACOSX/._nov.csv": b"\x00", ".DS_Store": b"\x00", "in\\win.csv": export("W"),
    })  # fmt: skip
    assert ids(path) == {
        "exports.zip/in/oct.csv.gz": ["O1"], "exports.zip/in/win.csv": ["W1"], "exports.zip/nov.csv": ["N1"]
    }  # fmt: skip
    assert find_files([str(path)]).left_aside == ("exports.zip/readme.txt",)


def test_an_archive_of_files_without_endings_is_read_whole(tmp_path: Path) -> None:
    """Some systems name their exports without an ending."""
    assert ids(zipped(tmp_path / "a.zip", cdr_1=export("A"))) == {"a.zip/cdr_1": ["A1"]}


def test_an_archive_within_an_archive_is_read(tmp_path: Path) -> None:
    """Mail systems wrap what is wrapped already; but not without end."""
    content = zipped(tmp_path / "inner.zip", **{"a.csv": export("A")}).read_bytes()
    outer = zipped(tmp_path / "outer.zip", **{"inner.zip": content})
    assert ids(outer) == {"outer.zip/inner.zip/a.csv": ["A1"]}
    for _ in range(3):
        content = zipped(outer, **{"inner.zip": content}).read_bytes()
    with pytest.raises(InputError, match="archives within archives"):
        ids(outer)


def test_a_packed_copy_of_a_file_is_read_once(tmp_path: Path) -> None:
    """The same export, plain and packed, is one export."""
    (tmp_path / "a.csv").write_bytes(export("A"))
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(export("A")))
    found = find_files([str(tmp_path)])
    assert (list(found.files.values()), found.same_content) == (["a.csv"], {"b.csv.gz": "a.csv"})
    assert [path.name for path in found.originals] == ["a.csv", "b.csv.gz"]


def test_two_members_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """An archive may hold a file twice; neither hides the other."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        for letter in "AB":
            archive.writestr("a.csv", export(letter))
    assert ids(path) == {"a.zip/a.csv": ["A1"], "a.zip/a.csv (2)": ["B1"]}


def damaged_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(export("A"))[:-9])


def wrong_checksum(path: Path) -> None:
    path.write_bytes(gzip.compress(export("A"))[:-8] + bytes(8))


def damaged_zip(path: Path) -> None:
    path.write_bytes(zipped(path, **{"a.csv": export("A") * 100}).read_bytes()[:90])


def empty_zip(path: Path) -> None:
    zipped(path)


def locked_zip(path: Path) -> None:
    content = bytearray(zipped(path, **{"a.csv": export("A")}).read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)


def bomb(path: Path) -> None:
    zipped(path, **{"a.csv": bytes(80 << 20)})


def gzip_bomb(path: Path) -> None:
    path.write_bytes(gzip.compress(bytes(80 << 20)))


def word_document(path: Path) -> None:
    zipped(path, **{"[Content_Types].xml": b"", "word/document.xml": b""})


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("a.csv.gz", damaged_gzip, "damaged or cut off"),
        ("a.csv.gz", wrong_checksum, "damaged or cut off"),
        ("a.zip", damaged_zip, "damaged or cut off"),
        ("a.zip", empty_zip, "empty archive"),
        ("a.zip", locked_zip, "a.zip/a.csv is protected by a password"),
        ("a.zip", bomb, "a.zip/a.csv unpacks to over 80 MB"),
        ("a.gz", gzip_bomb, "unpacks to over"),
        ("a.docx", word_document, "Word"),
    ],
)
def test_what_cannot_be_unpacked_is_refused_by_what_it_is(tmp_path: Path, name: str, make: object, said: str) -> None:
    """Half an archive is not half an export, and a bomb does not fill the disk."""
    make(tmp_path / name)  # type: ignore[operator]
    with pytest.raises(InputError, match=said):
        ids(tmp_path / name)


def test_standard_input_is_read_where_a_dash_stands(tmp_path: Path) -> None:
    """Of any kind, beside other files, once; scratch files are gone afterwards."""
    (tmp_path / "a.csv").write_bytes(export("A"))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("b.csv", export("B"))
    for content, name in [(export("B"), "standard input"), (archive.getvalue(), "standard input/b.csv")]:
        line = ("records", "-", "a.csv", "-", "--as-of", "2025-11-03", "--format", "csv")
        done = start(*line, cwd=tmp_path, stdin=content, env={"TMPDIR": str(tmp_path)})
        assert [(row["case_id"], row["file"]) for row in done.rows] == [("A1", "a.csv"), ("B1", name)]
        assert not list(tmp_path.glob("cxaudit-*"))


def test_standard_input_that_is_empty_is_said(tmp_path: Path) -> None:
    """A pipe without anything in it is not an empty export."""
    done = start("check", "-", cwd=tmp_path)
    assert done.code == 2
    assert done.err.startswith("cxaudit: standard input is empty.")
