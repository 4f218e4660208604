"""Stored tallies: the counts of a run in one Parquet file that says by itself what they count and by which promise.

The file holds one row per month, channel, department, promise, verdict, reason of exclusion and elapsed business days. Its
metadata hold the rest: the standards file word for word, the moment and the period, what became of the rows of each file.
So tables, percentiles and trends are made from it without the exports, and the tallies of shards, months and machines are
merged by adding. No employee, no case and no value of a cell is in it. Source: DESIGN, sections 6 (privacy) and 7.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import polars as pl

from cxaudit.days.spans import Span, month_of, together
from cxaudit.errors import InputError
from cxaudit.findings import NAMES_ONLY, SILENCES, Finding
from cxaudit.model import AsOf, Fates, InputFile
from cxaudit.promises.table import Promises
from cxaudit.tally.counts import HIGH_VOLUME_MEASURES, MEASURES, merge_tallies

#: What a stored tally can be shown by; never by employee.
STORED_DIMENSIONS = ("month", "channel", "department")
#: The key under which the file's metadata are.
METADATA_KEY = "cxaudit"
FORM = 1
_MEASURES = (*(name for name in MEASURES if name != "table"), "reply_basis", *HIGH_VOLUME_MEASURES)
_READABLE = ("standard", "clause", "target_pct")


@dataclass(frozen=True)
class About:
    """What the counts of a stored tally are counts of."""

    versions: dict[str, str]
    standards: dict[str, str]  # `file`, `sha256` and the whole `text`
    as_of: AsOf
    period: tuple[dt.date, dt.date] | None
    cohort: str
    counting: str
    earliest_on: dt.date | None  # the day of the first receipt in the input
    outside_period: int
    inputs: tuple[InputFile, ...]
    findings: tuple[Finding, ...]
    readings: tuple[dict[str, Any], ...] = ()  # requests by their verdicts under every reading, where they were tallied
    reading_words: dict[str, str] | None = None  # reading -> its rule in words, the declared one first
    covered: tuple[Span, ...] | None = None  # the days of which the input could tell; None: not stored then
    contents: dict[str, str] = field(default_factory=dict)  # export -> its SHA-256; empty where it was not stored


@dataclass(frozen=True)
class StoredTally:
    """**Frame**: `month` (Int32, 202510), `channel`, `department`, the measures of a tally, `reply_basis`, `n`."""

    frame: pl.DataFrame
    about: About


def stored_frame(tally: pl.DataFrame) -> pl.DataFrame:
    """The counts to store: a tally by STORED_DIMENSIONS with `reply_basis`, its texts as text, its rows in order."""
    kept = [*STORED_DIMENSIONS, *(name for name in _MEASURES if name in tally.columns)]
    texts = [name for name, kind in tally.schema.items() if kind in (pl.Categorical, pl.Enum)]
    frame = tally.with_columns(pl.col(texts).cast(pl.String)) if texts else tally
    return frame.group_by(kept).agg(n=pl.col("n").sum().cast(pl.UInt64)).sort(kept, nulls_last=True)


def to_parquet(stored: StoredTally, promises: Promises) -> bytes:
    """The bytes of the file. Same tally, same bytes.

    Besides the position of the promise in the standards file it holds `standard`, `clause` and `target_pct`, so that the
    file can be read by itself; months are `2025-10`.
    """
    month = pl.col("month")
    texts: dict[str, list[str | None]] = {
        "standard": [promise.within.text for promise in promises.all],
        "clause": [promise.clause for promise in promises.all],
        "target_pct": [f"{p.target_pct}" if p.target_pct is not None else None for p in promises.all],
    }
    positions = list(range(len(promises.all)))
    readable = {
        name: pl.col("promise").replace_strict(positions, values, default=None, return_dtype=pl.String)
        for name, values in texts.items()
    }
    frame = stored.frame.with_columns(
        month=pl.format("{}-{}", month // 100, (month % 100).cast(pl.String).str.zfill(2)), **readable
    )
    buffer = io.BytesIO()
    about = json.dumps(_about_out(stored.about), ensure_ascii=False)
    frame.select(*(name for name in frame.columns if name != "n"), "n").write_parquet(
        buffer, metadata={METADATA_KEY: about}, compression="zstd"
    )
    return buffer.getvalue()


def from_parquet(frame: pl.DataFrame, metadata: dict[str, str], name: str) -> StoredTally:
    """A stored tally from what its file holds. Raises `InputError` where the file is something else."""
    try:
        document = json.loads(metadata[METADATA_KEY])
        if document["form"] != FORM:
            raise InputError(f"{name} is a tally of form {document['form']}; this version reads form {FORM}.")
        parts = pl.col("month").str.split_exact("-", 1)
        month = parts.struct.field("field_0").cast(pl.Int32) * 100 + parts.struct.field("field_1").cast(pl.Int32)
        return StoredTally(frame.with_columns(month=month).drop(_READABLE), _about_in(document))
    except (KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise InputError(
            f"{name} is no tally of cxaudit.\n`cxaudit tally` and `cxaudit report` write such files."
        ) from error


def merged(tallies: Sequence[tuple[str, StoredTally]]) -> StoredTally:
    """The tally of everything that these count, for one table. Merging is adding.

    Raises `InputError` where they do not answer the same question: another standards file, moment, period or cohort.
    """
    (first_name, first), *others = tallies
    for name, other in others:
        for what, is_same in _compared(first.about, other.about).items():
            if not is_same:
                raise InputError(
                    f"{first_name} and {name} have different {what}, so their figures cannot be added.\n"
                    "Tally all parts with the same --standards, --as-of and --period."
                )
    _refuse_twice(tallies)
    all_about = [stored.about for _, stored in tallies]
    frames = [stored.frame for _, stored in tallies]
    frame = merge_tallies(frames, STORED_DIMENSIONS)
    earliest = [about.earliest_on for about in all_about if about.earliest_on is not None]
    has_readings = all(about.reading_words for about in all_about)
    about = replace(
        first.about,
        earliest_on=min(earliest, default=None),
        outside_period=sum(about.outside_period for about in all_about),
        inputs=tuple(table for about in all_about for table in about.inputs),
        findings=_findings(all_about),
        readings=tuple(row for about in all_about for row in about.readings) if has_readings else (),
        reading_words=first.about.reading_words if has_readings else None,
        covered=_covered(all_about),
        contents={name: content for about in all_about for name, content in about.contents.items()},
    )
    columns = [name for name in frame.columns if name != "n"]
    return StoredTally(frame.sort(columns, nulls_last=True), about)


def _refuse_twice(tallies: Sequence[tuple[str, StoredTally]]) -> None:
    """Raise `InputError` where two tallies count the same export: a copy of a part would count all its requests twice."""
    counted: dict[str, str] = {}
    for name, stored in tallies:
        for export, content in stored.about.contents.items():
            if content in counted:
                raise InputError(
                    f"{counted[content]} and {name} both count {export}, so its requests would be counted twice.\n"
                    "Leave one of them out."
                )
        counted |= dict.fromkeys(stored.about.contents.values(), name)


def of_months(stored: StoredTally, first: dt.date, last: dt.date) -> StoredTally:
    """The part of a tally that belongs to some whole months, days inclusive."""
    inside = stored.frame.filter(pl.col("month").is_between(month_of(first), month_of(last)))
    left_out = int(stored.frame["n"].sum()) - int(inside["n"].sum())
    about = replace(stored.about, period=(first, last), outside_period=stored.about.outside_period + left_out)
    return StoredTally(inside, replace(about, readings=(), reading_words=None))


def _compared(one: About, other: About) -> dict[str, bool]:
    return {
        "standards files": one.standards["sha256"] == other.standards["sha256"],
        "as-of moments": one.as_of == other.as_of,
        "periods": one.period == other.period,
        "versions of cxaudit or its tables": _tables(one) == _tables(other),
    }


def _tables(about: About) -> dict[str, str]:
    """The versions that decide verdicts; the engine only counts them."""
    return {name: number for name, number in about.versions.items() if name != "polars"}


def _covered(all_about: Sequence[About]) -> tuple[Span, ...] | None:
    """The days that the parts cover together."""
    spans = [about.covered for about in all_about]
    return None if None in spans else together(span for part in spans for span in part or ())


def _findings(all_about: Sequence[About]) -> tuple[Finding, ...]:
    """The findings of all; that a channel has no request, or none for long, only where all parts say so."""
    found = dict.fromkeys(finding for about in all_about for finding in about.findings)
    return tuple(
        finding
        for finding in found
        if finding.code not in ("channel_without_requests", *SILENCES)
        or all(finding in about.findings for about in all_about)
    )


def without_cells(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings as they may be stored: what stood in cells may be anybody's name."""
    return tuple(finding if finding.code in NAMES_ONLY else replace(finding, values=()) for finding in findings)


def _about_out(about: About) -> dict[str, Any]:
    document = {field.name: getattr(about, field.name) for field in fields(about) if field.name != "contents"}
    document |= {"contents": about.contents} if about.contents else {}
    document["as_of"] = {
        "local": about.as_of.local.isoformat(), "utc": about.as_of.utc.isoformat(), "is_date": about.as_of.is_date
    }  # fmt: skip
    document["period"] = [day.isoformat() for day in about.period] if about.period else None
    document["earliest_on"] = about.earliest_on.isoformat() if about.earliest_on else None
    document["covered"] = None if about.covered is None else [[f"{day}" for day in span] for span in about.covered]
    document["inputs"] = [
        asdict(table) | {"latest_at": table.latest_at.isoformat() if table.latest_at else None}
        for table in about.inputs
    ]
    document["findings"] = [asdict(finding) for finding in about.findings]
    return {"form": FORM, **document}


def _about_in(document: dict[str, Any]) -> About:
    period, earliest, as_of = document["period"], document["earliest_on"], document["as_of"]
    covered = document.get("covered")  # a tally of an earlier version has none
    return About(
        versions=document["versions"],
        standards=document["standards"],
        as_of=AsOf(
            dt.datetime.fromisoformat(as_of["local"]), dt.datetime.fromisoformat(as_of["utc"]), as_of["is_date"]
        ),
        period=_span_in(period) if period else None,
        cohort=document["cohort"],
        counting=document["counting"],
        earliest_on=dt.date.fromisoformat(earliest) if earliest else None,
        outside_period=document["outside_period"],
        inputs=tuple(map(_input_in, document["inputs"])),
        findings=tuple(
            Finding(**(finding | {"rows": tuple(finding["rows"]), "values": tuple(finding["values"])}))
            for finding in document["findings"]
        ),
        readings=tuple(document["readings"]),
        reading_words=document["reading_words"],
        covered=None if covered is None else tuple(map(_span_in, covered)),
        contents=document.get("contents", {}),
    )


def _span_in(days: Sequence[str]) -> Span:
    first, last = map(dt.date.fromisoformat, days)
    return first, last


def _input_in(table: dict[str, Any]) -> InputFile:
    """A table of the input as it was stored, perhaps by a version that told more of it."""
    latest = table["latest_at"]
    fates = Fates(**_known(Fates, table["fates"]))
    latest_at = dt.datetime.fromisoformat(latest) if latest else None
    return InputFile(**_known(InputFile, table) | {"fates": fates, "latest_at": latest_at})


def _known(kind: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in values.items() if name in names}
