"""Lists that cxaudit itself wrote and that lie among the exports: their requests are those of the exports once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from cxaudit.read.table import Table
from cxaudit.recognise.layout import clean_header

_Place = TypeVar("_Place")
#: So many records may stand above the header.
_ABOVE = 5
#: Columns by which each is known. Source: DESIGN, section 6; workbooks have a sheet of their files, reports a tally.
_LISTS = (
    frozenset({"case_id", "due_at", "verdict", "business_days_over", "excluded_because"}),
    frozenset({"file", "sheet", "row", "code", "value"}),
    frozenset({"requests", "met", "late", "overdue", "pending", "excluded", "judged", "compliance_pct"}),
    frozenset({"source", "system", "verdict", "agrees", "reason", "requests"}),
    frozenset({"department", "date", "requests", "usual", "lower", "upper", "surge"}),
    frozenset({"received_at", "day_zero", "due_at", "earliest_due_at", "latest_due_at"}),
    frozenset({"date", "weekday", "kind", "name", "hours", "source"}),
    frozenset({"what", "channel", "department", "before", "after"}),
    frozenset({"what", "name", "recorded", "found", "outcome"}),
    frozenset({"effective", "channel", "within", "target", "clause", "counting"}),
    frozenset({"source", "title", "shape", "reply_basis", "reply_column", "caveat"}),
    frozenset({"Month", "Requests", "Met", "Late", "Overdue", "Compliance, %", "Usual level, %"}),
    frozenset({"month", "promise", "verdict", "excluded", "business_days", "is_quick", "n"}),
    frozenset({"File", "Layout", "Rows", "Requests", "Other messages", "Duplicates", "Rejected", "Not data"}),
)


def own_lists(opened: Mapping[_Place, Sequence[Table]], is_export: Callable[[Table], bool]) -> list[_Place]:
    """The files that are cxaudit's own lists and lie beside exports; none where there is nothing else: a list alone is
    read as an export of cxaudit's own columns. A workbook with a sheet that is an export is none."""
    own = [
        place
        for place, tables in opened.items()
        if any(map(is_own_list, tables)) and not any(is_export(one) for one in tables if not is_own_list(one))
    ]
    return own if len(own) < len(opened) else []


def is_own_list(table: Table) -> bool:
    headers = ({clean_header(cell) for cell in cells} for _, cells in table.head[:_ABOVE])
    return any(columns <= header for header in headers for columns in _LISTS)
