"""Open one file, whatever it is: its content decides, not its name."""

from __future__ import annotations

from pathlib import Path

from cxaudit.errors import InputError
from cxaudit.read.kinds import refuse_other_kinds
from cxaudit.read.table import Table

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PARQUET = b"PAR1"
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
    if head.startswith(_PARQUET):
        from cxaudit.read.parquet import open_parquet

        return [open_parquet(path, name)]
    refuse_other_kinds(head, name)
    from cxaudit.read.delimited import open_delimited

    return [open_delimited(path, name, head)]
