"""The manifest of a report: everything that its figures rest on, so that anybody can make it again and compare.

Nothing in it depends on the clock, the machine or the folder, except the command line as it was typed.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from cxaudit.model import InputFile, Report
from cxaudit.render.check_rows import compliance
from cxaudit.render.words import utf8

if TYPE_CHECKING:
    from cxaudit.days.special_days import Year
    from cxaudit.monthly.model import Restated

FORM = 1
RENDERERS = ("xlsxwriter", "jinja2", "altair", "vl-convert-python", "typst")
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class FileDigest:
    """A file by its contents."""

    file: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Settings:
    """What was asked, settled: enough to ask it again."""

    period: tuple[dt.date, dt.date]
    as_of: str  # as `--as-of` takes it
    formats: tuple[str, ...]
    employees: bool
    channel: str | None
    source: str | None


def manifest(
    report: Report,
    settings: Settings,
    command: Sequence[str],
    standards_text: str,
    years: Iterable[Year],
    inputs: Mapping[str, FileDigest],
    same_content: Mapping[str, str],
    customers: FileDigest | None,
    history: Sequence[FileDigest],
    replaced: Sequence[Restated],
    outputs: Sequence[FileDigest],
) -> bytes:
    """The manifest's bytes. `inputs` has the digest of each file read, by the name shown for it; `same_content` the name
    of each file that was left out for having the content of another, and the other's name; `customers` is the list of
    customers, where the pairing rests on one: nothing of its contents is told; `replaced` is what reports of the same period
    said otherwise that this one replaces.
    """
    total = report.total
    document = {
        "form": FORM,
        "command": ["cxaudit", *command],
        "settings": dataclasses.asdict(settings),
        "versions": report.meta["versions"],
        "renderers": renderers(),
        "timezone": report.meta["timezone"],
        "standards": {**report.meta["standards"], "text": standards_text},
        "calendar": [_year(year) for year in years],
        "inputs": [
            {**dataclasses.asdict(digest), "tables": [_table(table) for table in report.inputs if table.file == name]}
            for name, digest in inputs.items()
        ],
        "same_content": dict(same_content),
        **({"customers": dataclasses.asdict(customers)} if customers else {}),
        "earlier_tallies": [dataclasses.asdict(digest) for digest in history],
        **({"replaced": [_replaced(one) for one in replaced]} if replaced else {}),
        "findings": _findings(report),
        "totals": {
            **{name: getattr(total, name) for name in
               ("requests", "met", "late", "overdue", "pending", "excluded", "judged")},
            "compliance_pct": compliance(report, total) or None,
            "excluded_because": total.n_excluded,
            "outside_period": report.outside_period,
        },
        "outputs": [dataclasses.asdict(digest) for digest in outputs],
    }  # fmt: skip
    return utf8(json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n")


def renderers() -> dict[str, str]:
    """The packages that draw, by version: they decide bytes, never figures."""
    found = {}
    for name in RENDERERS:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def _replaced(one: Restated) -> dict[str, Any]:
    """By which standards a figure was made, too: those of the next report may be yet others."""
    return {"month": one.month, "before": dataclasses.asdict(one.before), "standards_sha256": one.standards}


def _year(year: Year) -> dict[str, Any]:
    days = [
        {name: value for name, value in dataclasses.asdict(day).items() if value} for day in year.days
    ]  # each with the place that says so
    return {"year": year.year, "business_days": year.business_days, "special_days": days}


def _table(table: InputFile) -> dict[str, Any]:
    return {name: value for name, value in dataclasses.asdict(table).items() if name != "file"}


def _findings(report: Report) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for finding in report.findings:
        counts[finding.code] = counts.get(finding.code, 0) + finding.n
    return [{"code": code, "n": n} for code, n in counts.items()]


def _plain(value: object) -> str:
    match value:
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case dt.date():
            return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
