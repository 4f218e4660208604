"""Kinds of files that are no export: each is told for what it is, with what to do. The content decides, not the name."""

from __future__ import annotations

import re

from cxaudit.errors import InputError
from cxaudit.read.text import wide_encoding

#: First bytes -> what the file is. Text may begin with these letters too: only a file with control bytes is taken for one.
_MAGIC = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"SQLite format 3": "a database (SQLite)",
    b"\x00\x01\x00\x00Standard": "a database (Access)",
    b"ARROW1": "an Arrow file",
    b"Obj\x01": "an Avro file",
    b"ORC": "an ORC file",
    b"PARE": "an encrypted Parquet file",
    b"!BDN": "an Outlook data file",
    b"Rar!": "an archive (.rar)",
    b"7z\xbc\xaf": "an archive (.7z)",
    b"BZh": "a compressed file (.bz2)",
    b"\xfd7zXZ": "a compressed file (.xz)",
    b"\x28\xb5\x2f\xfd": "a compressed file (.zst)",
}
_TEXT_MAGIC = {b"%PDF": "a PDF document", b"{\\rtf": "a text document (RTF)"}
_TAR = slice(257, 262)
_JSON = re.compile(rb'^\s*(\[\s*)?\{\s*"|^\s*\[\s*\[')
_BEGIN = 400
_BELOW = bytes(byte for byte in range(32) if byte not in b"\t\r\n")
#: Bytes that text does not hold, but for those that stand for line ends, also within a cell, for pages and separators.
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\r\n\x00\x0b\x0c\x1a\x1d\x1e\x1f")


def refuse_other_kinds(head: bytes, name: str) -> None:
    """Raise `InputError` for what is neither text nor a workbook nor Parquet, and for text that is no table."""
    is_wide = wide_encoding(head) is not None
    control = len(head) - len(head.translate(None, _CONTROL))
    begin = head[:_BEGIN]
    if begin != begin.translate(None, _BELOW) and not is_wide:
        _refuse_by(_MAGIC, head, name)
    _refuse_by(_TEXT_MAGIC, head, name)
    if head[_TAR] == b"ustar":
        raise InputError(f"{name} is an archive (.tar).\nUnpack it, and name the files in it.")
    _refuse_text(head, name)
    if control * 200 > len(head) and not is_wide:
        raise InputError(f"{name} is a binary file, not a CSV or Excel export.")


def _refuse_by(magic: dict[bytes, str], head: bytes, name: str) -> None:
    for start, kind in magic.items():
        if head.startswith(start):
            todo = "Unpack it" if "archive" in kind or "compressed" in kind else "Export as CSV or xlsx"
            raise InputError(f"{name} is {kind}, not a CSV or Excel export.\n{todo} and try again.")


def _refuse_text(head: bytes, name: str) -> None:
    """Text that is no table: a web page, XML, JSON, a pointer of Git LFS."""
    whole = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    start = whole[:_BEGIN].lower()
    if start.startswith(b"<?xml") and b"<html" not in start:
        if b"urn:schemas-microsoft-com:office:spreadsheet" in whole.lower():
            raise InputError(
                f"{name} is an XML spreadsheet of 2003.\nOpen it in Excel, save it as xlsx, and try again."
            )
        raise InputError(f"{name} is an XML document, not a CSV or Excel export.\nExport as CSV or xlsx.")
    if re.match(rb"<(!doctype html|html|head|body|table|meta|style|div|\?xml|!--)", start):
        if b"<table" in whole.lower():
            raise InputError(
                f"{name} is a web page with a table in it, though it may be named like a workbook.\n"
                "Open it in Excel, save it as xlsx, and try again; if it is a login or error page, export again."
            )
        raise InputError(
            f"{name} is a web page, not a CSV or Excel export.\n"
            "A login page or an error page was probably saved in its place: export it again."
        )
    if start.startswith(b"version https://git-lfs.github.com/spec"):
        raise InputError(f"{name} is only a pointer to the real file (Git LFS).\nFetch the file itself: git lfs pull.")
    if _JSON.match(start):
        raise InputError(f"{name} is JSON, not a CSV or Excel export.\nExport as CSV or xlsx.")
