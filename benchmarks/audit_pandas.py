"""The audit of one log with pandas and numpy: what an analyst who knows both would write instead of using cxaudit.

The rule is AP-1077-23, 5.1(a): any reply on the Nth business day after the day of receipt is in time. numpy's
`roll="backward"` is that rule: a request of a closed day counts from the business day before it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # pandas ships no types

AS_OF = pd.Timestamp("2025-11-03 23:59:59.999999")
WITHIN = {"voicemail": 1, "email": 2, "letter": 5, "our_city": 5, "portal": 2}
VERDICTS = ["met", "late", "overdue", "pending"]
HOLIDAYS = np.array([
    "2025-01-01", "2025-02-17", "2025-04-18", "2025-04-21", "2025-05-19", "2025-07-01", "2025-08-04",
    "2025-09-01", "2025-09-30", "2025-10-13", "2025-11-11", "2025-12-25", "2025-12-26",
], dtype="datetime64[D]")  # fmt: skip
CALENDAR = np.busdaycalendar(holidays=HOLIDAYS)
DAY = np.timedelta64(1, "D")


def read_requests(file: str) -> pd.DataFrame:
    """One row per case: the earliest receipt with its channel, and the earliest reply that had happened by then."""
    columns = ["case_id", "channel", "received_at", "replied_at"]
    lines = pd.read_csv(file, usecols=columns, dtype="string[pyarrow]", engine="pyarrow")
    for column in ("received_at", "replied_at"):
        # Arrow parses these times ten times as fast as pd.to_datetime; both stop at one that cannot be read.
        lines[column] = lines[column].astype("timestamp[us][pyarrow]").astype("datetime64[us]")
    lines = lines[lines["received_at"] <= AS_OF]
    # Only the few repeated cases are grouped: grouping all of them takes several times as long.
    is_repeated = lines["case_id"].duplicated(keep=False)
    repeated = lines[is_repeated].sort_values("received_at", kind="stable")
    merged = repeated.groupby("case_id").agg({"channel": "first", "received_at": "first", "replied_at": "min"})
    requests = pd.concat([lines.loc[~is_repeated, columns[1:]], merged], ignore_index=True)
    requests["replied_at"] = requests["replied_at"].where(requests["replied_at"] <= AS_OF)
    return requests


def judge(requests: pd.DataFrame) -> pd.DataFrame:
    """Channel, verdict and elapsed business days of each request."""
    received_on = requests["received_at"].to_numpy().astype("datetime64[D]")
    is_open = requests["replied_at"].isna().to_numpy()
    last_on = requests["replied_at"].fillna(AS_OF).to_numpy().astype("datetime64[D]")
    within = requests["channel"].map(WITHIN).to_numpy(dtype="int64")
    due_on = np.busday_offset(received_on, within, roll="backward", busdaycal=CALENDAR)
    # An open request whose due day is the as-of day is overdue: the as-of moment is the end of that day.
    code = np.select([~is_open & (last_on <= due_on), ~is_open, last_on >= due_on], [0, 1, 2], 3)
    verdict = pd.Categorical.from_codes(code, VERDICTS)
    elapsed = np.busday_count(received_on + DAY, last_on + DAY, busdaycal=CALENDAR)
    return pd.DataFrame({"channel": requests["channel"], "verdict": verdict, "elapsed": elapsed})


def compliance(met: int, judged: int) -> str:
    """Tenths of a percent, half up; 100.0 only if nothing was missed."""
    if judged == 0:
        return ""
    tenths = min((met * 2000 + judged) // (judged * 2), 999 if met < judged else 1000)
    return f"{tenths // 10}.{tenths % 10}"


def percentile(counts: pd.Series, share: int) -> str:
    """Nearest rank over counts by elapsed days in rising order, in whole numbers."""
    running = counts.cumsum()
    reached = running.index[running * 100 >= counts.sum() * share]
    return "" if counts.sum() == 0 else str(reached[0])


def figures(judged: pd.DataFrame) -> Iterator[list[str]]:
    tally = judged.value_counts(["channel", "verdict", "elapsed"]).rename("n").reset_index()
    for channel in [*WITHIN, "all"]:
        part = tally if channel == "all" else tally[tally["channel"] == channel]
        n = {verdict: int(part.loc[part["verdict"] == verdict, "n"].sum()) for verdict in VERDICTS}
        counts = part[part["verdict"] != "pending"].groupby("elapsed")["n"].sum()
        yield [
            channel, str(sum(n.values())), *map(str, n.values()),
            compliance(n["met"], n["met"] + n["late"] + n["overdue"]), percentile(counts, 50), percentile(counts, 90),
        ]  # fmt: skip


def main() -> None:
    header = "channel,requests,met,late,overdue,pending,compliance_pct,median_business_days,p90_business_days"
    rows = figures(judge(read_requests(sys.argv[1])))
    sys.stdout.write("\n".join([header, *map(",".join, rows), ""]))


if __name__ == "__main__":
    main()
