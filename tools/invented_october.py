"""What happened at an invented city in October 2025: its requests and replies, before any system exported them.

How many requests of a channel are met, late, overdue and pending at the moment of the export is decided in `PLANS`;
chance decides only when, where and by whom. The traps of each format are requests written out by hand in `BY_HAND`.
Source: the promise of AP-1077-23, 5.1(a); due on the Nth business day after the day of receipt.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass

EXPORTED_AT = dt.datetime(2025, 10, 31, 17, 0)
THANKSGIVING = dt.date(2025, 10, 13)
DAYS = tuple(dt.date(2025, 10, day) for day in range(1, 32))

EMPLOYEES = {
    "Utilities": ("A. Moss", "R. Birch"),
    "Planning": ("J. Larch", "S. Wren"),
    "Public Works": ("D. Heath", "M. Reed"),
    "Recreation": ("K. Finch", "L. Brook"),
    "Finance": ("P. Hazel", "T. Rowan"),
    "Bylaw": ("C. Flint", "N. Marsh"),
}
USUAL_SHARES = (30, 20, 20, 15, 10, 5)
# Misses gather in two departments, so that `--by department` has something to show.
MISSED_SHARES = (60, 5, 25, 5, 5, 0)


@dataclass(frozen=True)
class Plan:
    """What one channel shall look like when its export is taken."""

    within: int  # business days
    wanted: dict[str, int]  # verdict -> requests
    lags: tuple[int, ...]  # weights of a reply in time after 0, 1, 2, … business days
    closed_day_weight: int = 3  # against 10 for a business day


@dataclass(frozen=True)
class Request:
    received: dt.datetime
    replied: dt.datetime | None
    department: str
    employee: str
    flaw: str = ""  # `receipt`, `reply`: unreadable in the export; `duplicate`: exported twice


PLANS = {
    "voicemail": Plan(1, {"met": 78, "late": 6, "overdue": 2, "pending": 4}, (40, 60)),
    "email": Plan(2, {"met": 102, "late": 2, "overdue": 1, "pending": 5}, (35, 45, 20)),
    "letter": Plan(5, {"met": 14, "late": 4, "overdue": 2, "pending": 5}, (0, 5, 15, 30, 30, 20), closed_day_weight=0),
    "our_city": Plan(5, {"met": 28, "late": 0, "overdue": 0, "pending": 2}, (5, 25, 35, 20, 10, 5)),
    "portal": Plan(2, {"met": 54, "late": 2, "overdue": 1, "pending": 3}, (35, 40, 25)),
}


def october(day: int, clock: str) -> dt.datetime:
    return dt.datetime.combine(DAYS[day - 1], dt.time.fromisoformat(clock))


#: Late by one business day over Thanksgiving: the case that the documentation explains as 2025-0417.
EXPLAINED = Request(october(10, "16:50:12"), october(16, "09:12:40"), "Utilities", "A. Moss")

BY_HAND = {
    "voicemail": (
        Request(october(23, "09:15"), october(23, "11:02"), "Public Works", "M. Reed", "receipt"),
        Request(october(20, "13:40"), october(21, "10:25"), "Finance", "P. Hazel", "reply"),
        Request(october(16, "10:05"), october(17, "09:20"), "Planning", "S. Wren", "duplicate"),
        Request(october(13, "16:50"), october(14, "08:52"), "Utilities", "R. Birch"),  # on Thanksgiving
        Request(october(22, "11:40"), october(22, "12:10"), "Bylaw", "C. Flint"),  # 12 PM is noon
        Request(october(18, "00:20"), october(20, "15:35"), "Recreation", "K. Finch"),  # 12 AM is midnight
        Request(october(9, "13:28"), None, "Utilities", ""),  # forgotten for three weeks
    ),
    "email": (
        # The ticket system does not know Thanksgiving and counts these two as violated.
        Request(october(9, "15:22:31"), october(14, "10:41:08"), "Finance", "T. Rowan"),
        Request(october(10, "16:50:12"), october(15, "14:03:55"), "Planning", "J. Larch"),
        Request(october(21, "10:14:09"), october(21, "10:14:50"), "Recreation", "L. Brook"),  # within 60 seconds
        Request(october(25, "11:02:17"), october(25, "13:30:44"), "Recreation", "K. Finch"),  # both on a Saturday
    ),
    "letter": (Request(october(14, "00:00"), None, "Public Works", "", "receipt"),),
    "our_city": (),
    "portal": (
        EXPLAINED,
        # In UTC received on Saturday and answered on Wednesday, late; in city time Friday and Tuesday, met.
        Request(october(17, "19:30:00"), october(21, "18:12:26"), "Public Works", "D. Heath"),
        # The reverse: read as UTC it looks met, in city time it is late.
        Request(october(20, "19:10:35"), october(23, "10:05:18"), "Utilities", "R. Birch"),
    ),
}


def is_business_day(day: dt.date) -> bool:
    return day.weekday() < 5 and day != THANKSGIVING


def business_day_after(day: dt.date, n: int) -> dt.date:
    """The nth business day after `day`; for 0 the day itself, whatever it is."""
    while n:
        day += dt.timedelta(days=1)
        n -= is_business_day(day)
    return day


def verdict(received: dt.datetime, replied: dt.datetime | None, within: int) -> str:
    due = business_day_after(received.date(), within)
    if replied:
        return "met" if replied.date() <= due else "late"
    return "pending" if due >= EXPORTED_AT.date() else "overdue"


def clock_between(rng: random.Random, start: str, end: str) -> dt.time:
    first, last = (dt.datetime.combine(DAYS[0], dt.time.fromisoformat(clock)) for clock in (start, end))
    seconds = int(rng.random() * (last - first).total_seconds())
    return (first + dt.timedelta(seconds=seconds)).time()


def draw_times(rng: random.Random, plan: Plan, wanted: str) -> tuple[dt.datetime, dt.datetime | None]:
    """A receipt and its reply, perhaps impossible or of another verdict: the caller draws again."""
    weights = [10 if is_business_day(day) else plan.closed_day_weight for day in DAYS]
    hours = ("08:00", "17:00") if rng.random() < 0.8 else ("17:00", "22:30")
    received = dt.datetime.combine(rng.choices(DAYS, weights)[0], clock_between(rng, *hours))
    if wanted in ("overdue", "pending"):
        return received, None
    in_time = rng.choices(range(len(plan.lags)), plan.lags)[0]
    lag = in_time if wanted == "met" else plan.within + rng.choice((1, 1, 2, 4))
    hours = ("08:30", "16:30") if rng.random() < 0.94 else ("16:30", "19:00")
    return received, dt.datetime.combine(business_day_after(received.date(), lag), clock_between(rng, *hours))


def is_possible(received: dt.datetime, replied: dt.datetime | None, within: int) -> bool:
    if replied is None:
        # Older ones would have been noticed: what is open fell due in the last week at the earliest.
        return received < EXPORTED_AT and business_day_after(received.date(), within) >= october(27, "00:00").date()
    work_takes = dt.timedelta(minutes=4)
    return received + work_takes < replied < EXPORTED_AT and is_business_day(replied.date())


def draw_request(rng: random.Random, plan: Plan, wanted: str) -> Request:
    while True:
        received, replied = draw_times(rng, plan, wanted)
        if is_possible(received, replied, plan.within) and verdict(received, replied, plan.within) == wanted:
            break
    shares = MISSED_SHARES if wanted in ("late", "overdue") else USUAL_SHARES
    department = rng.choices(tuple(EMPLOYEES), shares)[0]
    employee = rng.choice(EMPLOYEES[department])
    return Request(received, replied, department, employee if replied or rng.random() < 0.5 else "")


def october_of(channel: str, rng: random.Random) -> list[Request]:
    """All requests of a channel in the order of receipt: those written by hand, and as many as the plan still lacks."""
    plan, by_hand = PLANS[channel], BY_HAND[channel]
    usable = (request for request in by_hand if request.flaw not in ("receipt", "reply"))
    missing = Counter(plan.wanted)
    missing.subtract(verdict(request.received, request.replied, plan.within) for request in usable)
    drawn = [draw_request(rng, plan, wanted) for wanted, n in missing.items() for _ in range(n)]
    return sorted([*by_hand, *drawn], key=lambda request: request.received)
