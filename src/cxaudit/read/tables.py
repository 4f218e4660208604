"""Open one file, whatever it is: its content decides, not its name."""

from __future__ import annotations

from pathlib import Path

from cxaudit.errors import InputError
from cxaudit.read.table import Table
from cxaudit.read.text import wide_encoding

_WORKBOOKS = {b"PK\x03\x04": "a workbook", b"\xd0\xcf\x11\xe0": "a workbook"}
_KNOWN_OTHERS = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"\x1f\x8b": "a compressed file (.gz)",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "a database",
    b"{\\rtf": "a text document (RTF)",
}
_HEAD_BYTES = 1 << 16


def open_tables(path: Path, name: str) -> list[Table]:
    """The tables of one file: one for a CSV file, one for each sheet of a workbook that is not empty.

    Raises `InputError` when the file cannot be read or is not an export at all.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}.") from error
    if not head.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise InputError(f"{name} is empty.\nExport it again, or leave it out.")
    if head[:4] in _WORKBOOKS:
        from cxaudit.read.excel import open_workbook

        return open_workbook(path, name)
    _refuse_other_kinds(head, name)
    from cxaudit.read.delimited import open_delimited

    return [open_delimited(path, name, head)]


def _refuse_other_kinds(head: bytes, name: str) -> None:
    for magic, kind in _KNOWN_OTHERS.items():
        if head.startswith(magic):
            raise InputError(f"{name} is {kind}, not a CSV or Excel export.")
    start = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<table")):
        raise InputError(
            f"{name} is a web page, not a CSV or Excel export.\n"
            "A login page or an error page was probably saved in its place: export it again."
        )
    if start.startswith(b"<?xml"):
        raise InputError(f"{name} is an XML document, not a CSV or Excel export.")
    if start.startswith(b"version https://git-lfs.github.com/spec"):
        raise InputError(f"{name} is only a pointer to the real file (Git LFS).\nFetch the file itself: git lfs pull.")
    control = sum(byte < 32 and byte not in b"\t\r\n\x00\x0c\x1a\x1f" for byte in head)
    if control * 200 > len(head) and wide_encoding(head) is None:
        raise InputError(f"{name} is a binary file, not a CSV or Excel export.")
