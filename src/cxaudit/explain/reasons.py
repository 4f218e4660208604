"""Explain: one judged request in, the reasons for its verdict out.

The verdict, the due time and the days are those of the audit itself; what is added are the places in the files, the texts
found there, and what every day from receipt on counted for. Source: DESIGN, section 3; policy 5.1 and 5.2.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import polars as pl

from cxaudit.audit import Audit
from cxaudit.days.zones import Zone
from cxaudit.explain.daily import Path, days_of, due_time
from cxaudit.explain.evidence import Evidence, row_of, rows_of_case
from cxaudit.explain.model import (
    CaseRow,
    Day,
    DueTime,
    Explanation,
    HighVolumePeriod,
    OtherReading,
    Pairing,
    Promised,
    Said,
)
from cxaudit.explain.when_due import known_years
from cxaudit.findings import CATALOGUE
from cxaudit.judge import HIGH_VOLUME_COLUMNS, JUDGED_COLUMNS, judge_requests
from cxaudit.merge import TO_DAYS_END
from cxaudit.promises.due import Rule
from cxaudit.promises.readings import readings_for
from cxaudit.standards.model import Version
from cxaudit.standards.source import Role
from cxaudit.standards.words import rule_words

#: The roles that an explanation shows, besides what judging needs.
ROLES: tuple[Role, ...] = ("department",)
#: Findings about a whole file that bear on a request without a reply.
_ABOUT_REPLIES = ("stale_export", "no_reply_column")
#: So many ids are compared with one that is not known.
_COMPARED = 5_000
_NEAR = 3


def explain_case(audit: Audit, case_id: str) -> list[Explanation]:
    """One explanation for each request with this case id, in the order of the input."""
    rows = audit.judged.filter(pl.col("case_id") == case_id).collect(engine="streaming").sort("at")
    return [_explain(audit, row, rows[i]) for i, row in enumerate(rows.iter_rows(named=True))]


def near_cases(audit: Audit, case_id: str) -> list[str]:
    """The case ids of the input most like one that it does not have: slips keep its beginning or its end."""
    half, name = max(1, len(case_id) // 2), pl.col("case_id")
    is_like = (name.str.head(half) == case_id[:half]) | (name.str.tail(half) == case_id[-half:])
    is_near = name.str.len_chars().is_between(len(case_id) - 2, len(case_id) + 2)
    found = audit.merged.requests.filter(is_like & is_near).select("case_id").unique().bottom_k(_COMPARED, by="case_id")
    return difflib.get_close_matches(case_id, found.collect(engine="streaming")["case_id"].sort().to_list(), n=_NEAR)


def unused_rows(audit: Audit, case_id: str) -> list[CaseRow]:
    """The rows with this case id that became no request."""
    return [found.row for found in rows_of_case(audit, case_id)]


def _explain(audit: Audit, row: dict[str, Any], frame: pl.DataFrame) -> Explanation:
    source = audit.arrived[row["table"]].source.layout
    rows = rows_of_case(audit, row["case_id"], source.source)
    taken = next(found for found in rows if found.key == (row["table"], row["row"]))
    pairing, paired_with = _pairing(audit, row)
    reply = paired_with or _reply_row(rows, taken, audit.zone)
    listed = audit.records(_is_row(row), with_employees=False).frame
    record = listed.row(0, named=True) if listed.height else {"excluded_because": None, "business_hours": None}
    path = path_of(audit, row)
    return Explanation(
        case_id=row["case_id"],
        source=source.source,
        channel=_newest(audit, rows, "channel", taken).said("channel", _title(audit, row["channel"])),
        department=_department(audit, row, rows, taken),
        verdict=row["verdict"],
        excluded=row["excluded"],
        excluded_because=record["excluded_because"],
        excluded_by=_excluded_by(audit, row, [taken, *rows]),
        is_known=row["is_inside"],
        received=taken.moment("received_at"),
        replied=paired_with.moment("received_at") if paired_with else reply.moment("replied_at"),
        has_reply=_has_reply(audit, row),
        reply_basis="closure" if reply.typed.get("replied_by_closure") else source.reply_basis,
        pairing=pairing,
        promised=_promised(audit, row["promise"]),
        day_zero=path.day_zero if path else None,
        due=path.due if path else None,
        days=_days(audit, row, path) if path else (),
        business_days=row["business_days"],
        business_days_over=row["business_days_over"],
        business_hours=record["business_hours"],
        high_volume=_high_volume(audit, row, path),
        system_says=tuple(_system_says(audit, rows, taken)),
        other_rows=tuple(_other_rows(rows, reply)),
        other_readings=tuple(_other_readings(audit, row, frame)),
        remarks=tuple(_remarks(audit, row, taken)),
        as_of=audit.question.as_of.local,
        as_of_is_date=audit.question.as_of.is_date,
        timezone=audit.question.standards.timezone,
    )


def _is_row(row: dict[str, Any]) -> pl.Expr:
    return pl.all_horizontal(pl.col("table") == row["table"], pl.col("row") == row["row"])


def _title(audit: Audit, channel: str | None) -> str:
    return audit.question.standards.titles.get(channel, channel) if channel else "no channel"


def _reply_row(rows: list[Evidence], taken: Evidence, zone: Zone) -> Evidence:
    """The row whose reply counts: the earliest, ties by file and then row; without any, the request's own. As rows are merged:
    instants decide where there are any, and a date alone comes after the times of its day."""
    answered = [row for row in rows if row.fate in {"taken", "duplicate"} and row.typed["replied_at"] is not None]
    has_instants = any(row.typed.get("replied_utc") is not None for row in answered)

    def moment(row: Evidence) -> tuple[dt.datetime, tuple[int, int]]:
        if row.typed.get("replied_utc") is not None:
            return row.typed["replied_utc"], row.key
        wall = row.typed["replied_at"] + (TO_DAYS_END if row.typed["replied_is_date"] else dt.timedelta())
        return (pl.select(zone.utc(pl.lit(wall))).item() if has_instants else wall), row.key

    return min(answered, key=moment, default=taken)


def _pairing(audit: Audit, row: dict[str, Any]) -> tuple[Pairing | None, Evidence | None]:
    """How a call or message was paired, and with which row."""
    paired = audit.arrived[row["table"]].pairing
    if paired is None:
        return None, None
    found = paired.requests.row(by_predicate=pl.col("row") == row["row"], named=True)
    reply = None if found["reply_row"] is None else row_of(audit, found["reply_table"], found["reply_row"])
    return Pairing(found["way"], found["n_further"]), reply


def _newest(audit: Audit, rows: list[Evidence], role: Role, taken: Evidence) -> Evidence:
    """The row whose word on the channel or department counts: the newest that has one, as when the rows were merged."""
    saying = [row for row in rows if row.fate in {"taken", "duplicate"} and row.said(role, "").text is not None]
    first = dt.datetime.min

    def age(row: Evidence) -> tuple[dt.datetime, int, dt.datetime, int]:
        latest, updated = audit.arrived[row.table].latest_at, row.typed.get("updated_at")
        return latest or first, row.table, updated or first, row.key[1]

    return max(saying, key=age, default=taken)


def _department(audit: Audit, row: dict[str, Any], rows: list[Evidence], taken: Evidence) -> Said | None:
    name = row["department"]
    return _newest(audit, rows, "department", taken).said("department", name) if name else None


def _system_says(audit: Audit, rows: list[Evidence], taken: Evidence) -> Iterator[Said]:
    """The cells in which the system tells its own verdict and due time."""
    roles: tuple[Role, ...] = ("system_verdict", "system_due_at")
    said = [_newest(audit, rows, role, taken).said(role, role) for role in roles]
    return (one for one in said if one.text is not None)


def _other_rows(rows: list[Evidence], reply: Evidence) -> Iterator[CaseRow]:
    for found in rows:
        if found.fate == "duplicate" and found.key == reply.key:
            yield replace(found.row, fate="reply_taken")
        elif found.fate != "taken":
            yield found.row


def _has_reply(audit: Audit, row: dict[str, Any]) -> bool:
    """Whether a reply is known at the as-of moment; instants are compared where the export gives them."""
    as_of = audit.question.as_of
    if row.get("replied_utc") is not None:
        return bool(row["replied_utc"] <= as_of.utc)
    return row["replied_at"] is not None and row["replied_at"] <= as_of.local


def _excluded_by(audit: Audit, row: dict[str, Any], rows: list[Evidence]) -> Said | None:
    """The cell that the exclude rule matched. A status may come from another row than the receipt."""
    if row["excluded"] != "no_reply_owed":
        return None
    rule = audit.question.standards.exclude[row["exempt_by"]]
    if rule.column == "employee":
        return None
    if rule.column in audit.headers:
        return rows[0].header_said(rule.column, rule.column)
    said = [found.said(cast("Role", rule.column), rule.column) for found in rows]
    value = row.get(rule.column)
    return next((one for one in said if one.text is not None and one.text == (value or "").strip()), said[0])


def _version_of(audit: Audit, promise: int) -> Version:
    """The version of the standards that a promise belongs to."""
    return [version for version in audit.question.standards.versions for _ in version.promises][promise]


def _promised(audit: Audit, promise: int | None) -> Promised | None:
    if promise is None:
        return None
    said, version = audit.promises.all[promise], _version_of(audit, promise)
    within = said.within
    words = rule_words(within, version.counting, audit.question.standards.calendar)
    return Promised(within.text, within.count, within.unit, said.clause, version.effective, said.department, words)


def path_of(audit: Audit, row: dict[str, Any]) -> Path | None:
    """The way from receipt to the due time; None for what has none, or is not judged whatever its due time."""
    if row["promise"] is None or row["excluded"] not in {None, "no_time"}:
        return None
    promise, version = audit.promises.all[row["promise"]], _version_of(audit, row["promise"])
    rule = Rule(promise.within.unit, version.counting, version.office_hours)
    position = row.get("high_volume")
    by = audit.question.standards.high_volume[position].by if position is not None else None
    return due_time(audit.calendar, audit.zone, rule, promise.within.count, row, by)


def _days(audit: Audit, row: dict[str, Any], path: Path) -> tuple[Day, ...]:
    as_of = audit.question.as_of.local.date()
    replied = row["replied_at"].date() if _has_reply(audit, row) else None
    return tuple(days_of(audit.calendar, path, row["received_at"].date(), replied, as_of if row["is_inside"] else None))


def _high_volume(audit: Audit, row: dict[str, Any], path: Path | None) -> HighVolumePeriod | None:
    if row.get("high_volume") is None:
        return None
    period = audit.question.standards.high_volume[row["high_volume"]]
    without: DueTime | None = path.due_without if path else None
    return HighVolumePeriod(
        reason=period.reason,
        first=period.first,
        last=period.last,
        declared=period.declared,
        authority=period.authority,
        by=period.by.text if period.by else None,
        due_without=without,
        verdict_without=row["verdict_without"],
    )


def _other_readings(audit: Audit, row: dict[str, Any], frame: pl.DataFrame) -> Iterator[OtherReading]:
    """The readings under which this very request has another verdict. Readings know no extension."""
    readings = readings_for(audit.promises.rules)
    request = frame.drop(*JUDGED_COLUMNS, *HIGH_VOLUME_COLUMNS, strict=False).lazy()
    judged = judge_requests(request, audit.promises, audit.calendar, audit.zone, audit.question.as_of, readings)
    found = judged.collect().row(0, named=True)
    for reading in readings:
        verdict = found[f"reading:{reading.name}"]
        if verdict is not None and verdict != row.get("verdict_without", row["verdict"]):
            yield OtherReading(reading.name, reading.words, verdict)


def _remarks(audit: Audit, row: dict[str, Any], taken: Evidence) -> Iterator[str]:
    """What the run found about this row or its file, and bears on the verdict."""
    table = taken.source.table
    if row["excluded"] == "outside_calendar":
        known = known_years(audit.question.standards)
        yield f"{known[0].upper()}{known[1:]}: is the date mistyped? If not, a newer version may know more"
    for finding in () if _has_reply(audit, row) else audit.findings:
        if (finding.file, finding.sheet) == (table.file, table.sheet) and finding.code in _ABOUT_REPLIES:
            said, meaning = finding.message, CATALOGUE[finding.code][1]
            yield f"{table.file}: {meaning}" + (f"; {said}" if said != meaning else "")
    for name in ("received", "replied"):
        at = row[f"{name}_at"]
        if at is None or row[f"{name}_is_date"] or row.get(f"{name}_utc") is not None:
            continue
        if any(change.start <= at < change.end for change in audit.zone.clock_changes(at, at + dt.timedelta(hours=1))):
            yield f"{at:%Y-%m-%d %H:%M}: {CATALOGUE['clock_change'][1]}"
