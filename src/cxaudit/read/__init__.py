"""Read: files in, tables of text out, each row with the number that Excel shows. Opens files; decides no meaning."""

from cxaudit.read.files import FoundFiles, find_files
from cxaudit.read.table import Record, Remark, Table
from cxaudit.read.tables import open_tables

__all__ = ["FoundFiles", "Record", "Remark", "Table", "find_files", "open_tables"]
