"""Makes the five exports in `samples/`: October 2025 at a city, as five different systems would hand it over.

All data are invented (`invented_october.py`). The seed is fixed and no clock is read, so every run writes the same
bytes. It needs the package XlsxWriter for the letter log, else only the standard library:

    python tools/make_samples.py [DIRECTORY]
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, cycle
from pathlib import Path

from invented_october import (
    EMPLOYEES,
    EXPLAINED,
    EXPORTED_AT,
    PLANS,
    Request,
    business_day_after,
    clock_between,
    october_of,
)

SEED = 20251031
# Edmonton was six hours behind UTC throughout October 2025, so that no zone table is needed here.
UTC_MINUS_LOCAL = dt.timedelta(hours=6)
# A resolved ticket that nobody reopens is closed by the ticket system itself.
CLOSED_AFTER = dt.timedelta(hours=48)

SUBJECTS = {
    "Utilities": ("Question about my utility bill", "Moving out, final water reading", "Pre-authorized payment"),
    "Planning": ("Permit for a garden shed", "Status of my development permit", "Zoning of a corner lot"),
    "Public Works": ("Street light is out", "Pothole on my street", "Missed organics pick-up"),
    "Recreation": ("Swimming lesson registration", "Arena booking", "Renewal of a membership"),
    "Finance": ("Property tax instalments", "Copy of a receipt", "Question about an invoice"),
    "Bylaw": ("Dog licence", "Parking on a residential street", "Snow on a sidewalk"),
}
#: Subjects that a careless reader trips over; each department uses up its own before the usual ones.
AWKWARD_SUBJECTS = {
    "Utilities": ("=2 questions about my utility bill", "Water meter; photo attached"),
    "Planning": ("Permit for a café patio",),
    "Public Works": ('Sign says "Road closed"; is it?',),
    "Recreation": ("Résumé for the summer program",),
    "Bylaw": ('Meaning of "quiet hours"',),
}


def csv_text(rows: Iterable[Sequence[object]], delimiter: str = ",", line_end: str = "\r\n") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return text.getvalue()


def stamp(moment: dt.datetime | None, form: str) -> str:
    return f"{moment:{form}}" if moment else ""


def voicemail_csv(rng: random.Random) -> bytes:
    """A phone system: title lines, newest first, month-first 12-hour times, a total below."""
    form = "%m/%d/%Y %I:%M %p"
    rows: list[list[object]] = []
    for number, request in enumerate(october_of("voicemail", rng), start=48213):
        left = "10/32/2025 09:15 AM" if request.flaw == "receipt" else stamp(request.received, form)
        back = "see note" if request.flaw == "reply" else stamp(request.replied, form)
        mailbox = 4201 + list(EMPLOYEES).index(request.department)
        caller = f"780-555-01{rng.randrange(100):02}"
        status = "Returned" if request.replied else rng.choice(("New", "Heard"))
        by = request.employee if request.replied else ""
        row = [f"{number:08}", mailbox, request.department, caller, left, rng.randrange(9, 180), back, by, status]
        rows += [row] * (2 if request.flaw == "duplicate" else 1)
    titles = "Voice Mail Detail Report", "City of Spruce Grove - Unified Messaging", "Period: 10/01/2025 to 10/31/2025"
    header = "Message ID,Mailbox,Department,Caller,Message Left,Duration (s),Called Back,Called Back By,Status"
    lines = "\r\n".join((*titles, "", header, csv_text(reversed(rows)) + f"Total messages: {len(rows)}", ""))
    return lines.encode()


def subjects_by_department() -> dict[str, Iterator[str]]:
    return {name: chain(AWKWARD_SUBJECTS.get(name, ()), cycle(usual)) for name, usual in SUBJECTS.items()}


def weekday_after(moment: dt.datetime, n: int) -> dt.datetime:
    """The same clock time n weekdays later, holidays unknown: how the ticket system was set up."""
    while n:
        moment += dt.timedelta(days=1)
        n -= moment.weekday() < 5
    return moment


def first_response_status(request: Request) -> str:
    """The ticket system's own verdict: empty as long as there is nothing to say."""
    is_late = (request.replied or EXPORTED_AT).date() > weekday_after(request.received, PLANS["email"].within).date()
    return "SLA Violated" if is_late else "Within SLA" if request.replied else ""


def ticket_times(rng: random.Random, request: Request) -> tuple[str, list[dt.datetime | None]]:
    """Status; when the ticket was resolved, closed and last updated, as far as known at the time of the export."""
    if request.replied is None:
        return "Open", [None, None, request.received]
    day = business_day_after(request.replied.date(), rng.choice((1, 1, 2)))
    resolved = dt.datetime.combine(day, clock_between(rng, "08:30", "16:30"))
    closed = resolved + CLOSED_AFTER
    if resolved >= EXPORTED_AT:
        return rng.choice(("Pending", "Waiting on Customer")), [None, None, request.replied]
    if closed >= EXPORTED_AT:
        return "Resolved", [resolved, None, resolved]
    return "Closed", [resolved, closed, closed]


def email_csv(rng: random.Random) -> bytes:
    """Freshdesk: semicolons, UTF-16, its own verdict on the first response."""
    header = (
        "Ticket ID;Subject;Status;Priority;Source;Type;Agent;Group;Created time;Due by Time;Resolved time;Closed time;"
        "Last update time;Initial response time;First response status;Tags"
    )
    form = "%Y-%m-%d %H:%M:%S"
    subjects = subjects_by_department()
    rows: list[list[str]] = [header.split(";")]
    for number, request in enumerate(october_of("email", rng), start=30518):
        status, times = ticket_times(rng, request)
        priority = rng.choices(("Low", "Medium", "High", "Urgent"), (60, 28, 10, 2))[0]
        kind = rng.choice(("Question", "Question", "Incident", "Problem", ""))
        about = [next(subjects[request.department]), status, priority, "Email", kind, request.employee]
        moments = [request.received, weekday_after(request.received, 5), *times, request.replied]
        tag = rng.choice((request.department.lower(), ""))
        stamps = [stamp(moment, form) for moment in moments]
        rows.append([str(number), *about, request.department, *stamps, first_response_status(request), tag])
    return codecs.BOM_UTF16_LE + csv_text(rows, delimiter=";").encode("utf-16-le")


def portal_csv(rng: random.Random) -> bytes:
    """The online portal: ISO times in UTC, some replies with fractions of a second."""
    requests = october_of("portal", rng)
    first = 417 - requests.index(EXPLAINED)
    rows = [["case_id", "channel", "department", "employee", "received_at", "replied_at", "status", "customer_type"]]
    for number, request in enumerate(requests, start=first):
        received = stamp(request.received + UTC_MINUS_LOCAL, "%Y-%m-%dT%H:%M:%SZ")
        fraction = rng.choice(("", "", "", ".250", ".500", ".750"))
        replied = stamp(request.replied and request.replied + UTC_MINUS_LOCAL, f"%Y-%m-%dT%H:%M:%S{fraction}Z")
        status = rng.choice(("closed", "closed", "closed", "in progress")) if request.replied else "open"
        who = [request.department, request.employee]
        customer = rng.choices(("external", "internal"), (7, 1))[0]
        rows.append([f"2025-{number:04}", "Online Portal", *who, received, replied, status, customer])
    return csv_text(rows, line_end="\n").encode()


def our_city_csv(rng: random.Random) -> bytes:
    """Our City: a byte order mark, times without seconds."""
    form = "%Y-%m-%d %H:%M"
    rows = [["Case ID", "Channel", "Department", "Employee", "Received At", "Replied At", "Status"]]
    for number, request in enumerate(october_of("our_city", rng), start=1187):
        times = [stamp(moment, form) for moment in (request.received, request.replied)]
        status = "Answered" if request.replied else "Assigned" if request.employee else "New"
        rows.append([f"OC-{number:05}", "Our City", request.department, request.employee, *times, status])
    return csv_text(rows).encode("utf-8-sig")


def letters_xlsx(rng: random.Random) -> bytes:
    """A log kept by clerks: a title, real date cells without a time, remarks, a totals row."""
    # Only here, so that the CSV samples can be studied without the package.
    import xlsxwriter  # type: ignore[import-untyped]

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": EXPORTED_AT})
        bold, day_form = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet = workbook.add_worksheet("Letters 2025")
        sheet.set_column("A:F", 16)
        sheet.write("A1", "Letter log", bold)
        sheet.write_row("A3", ["Ref", "Received on", "Answered on", "Department", "Clerk", "Remarks"], bold)
        requests = october_of("letter", rng)
        for row, request in enumerate(requests, start=3):
            is_dated = request.flaw != "receipt"
            remark = rng.choice(("", "", "", "", "answered by e-mail", "by courier")) if request.replied else ""
            sheet.write(row, 0, f"L-{row + 205:04}")
            for column, moment in ((1, request.received if is_dated else None), (2, request.replied)):
                if moment:
                    sheet.write_datetime(row, column, moment.date(), day_form)
            sheet.write_row(row, 3, [request.department, request.employee])
            sheet.write(row, 5, remark if is_dated else "date stamp unreadable")
        last = 3 + len(requests)
        sheet.write(last, 0, "Total", bold)
        sheet.write_formula(last, 3, f"=COUNTA(D4:D{last})", bold, len(requests))
    return stream.getvalue()


EXPORTS = {
    "voicemail.csv": voicemail_csv,
    "email.csv": email_csv,
    "portal.csv": portal_csv,
    "our_city.csv": our_city_csv,
    "letters.xlsx": letters_xlsx,
}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "samples"
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in EXPORTS.items():
        # A generator of its own for each file: a change to one leaves the others as they are.
        (folder / name).write_bytes(make(random.Random(f"{SEED} {name}")))


if __name__ == "__main__":
    main()
