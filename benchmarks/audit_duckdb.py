"""The audit of one log as a hand-written DuckDB query: what a skilled analyst would write instead of using cxaudit.

The rule is AP-1077-23, 5.1(a): any reply on the Nth business day after the day of receipt is in time. Cases are reduced
to counts per channel, day of receipt and day of reply first, so that the calendar is looked up for thousands of rows
instead of millions.
"""

from __future__ import annotations

import csv
import sys

import duckdb

QUERY = """
WITH standard(position, channel, within) AS (
    VALUES (1, 'voicemail', 1), (2, 'email', 2), (3, 'letter', 5), (4, 'our_city', 5), (5, 'portal', 2)
),
holiday(day) AS (
    SELECT unnest([
        '2025-01-01', '2025-02-17', '2025-04-18', '2025-04-21', '2025-05-19', '2025-07-01', '2025-08-04',
        '2025-09-01', '2025-09-30', '2025-10-13', '2025-11-11', '2025-12-25', '2025-12-26'
    ]::DATE[])
),
day AS (
    SELECT unnest(generate_series(DATE '2025-01-01', DATE '2025-12-31', INTERVAL 1 DAY))::DATE AS day
),
-- until: business days of the year up to and including the day; before: the same without the day itself.
calendar AS (
    SELECT day, is_open, sum(is_open::INT) OVER (ORDER BY day) AS until, until - is_open::INT AS before
    FROM (SELECT day, isodow(day) <= 5 AND day NOT IN (SELECT day FROM holiday) AS is_open FROM day)
),
line AS (
    SELECT case_id, channel, received_at::TIMESTAMP AS received_at, replied_at::TIMESTAMP AS replied_at
    FROM read_csv($file, header = true, auto_detect = false, delim = ',', quote = '"', columns = {
        'case_id': 'VARCHAR', 'channel': 'VARCHAR', 'department': 'VARCHAR', 'employee': 'VARCHAR',
        'received_at': 'VARCHAR', 'replied_at': 'VARCHAR', 'status': 'VARCHAR', 'customer_type': 'VARCHAR'})
),
request AS (
    SELECT arg_min(channel, received_at) AS channel, min(received_at) AS received_at, min(replied_at) AS replied_at
    FROM line
    WHERE received_at <= $as_of::TIMESTAMP
    GROUP BY case_id
),
moves AS (
    SELECT channel, received_at::DATE AS received_on,
           CASE WHEN replied_at <= $as_of::TIMESTAMP THEN replied_at::DATE END AS replied_on, count(*) AS n
    FROM request
    GROUP BY ALL
),
judged AS (
    SELECT moves.channel, n, last.until - first.until AS elapsed,
           first.until + within AS due,  -- the number of the due day among the year's business days
           CASE WHEN replied_on IS NOT NULL THEN if(last.before < due, 'met', 'late')
                ELSE if(last.until < due, 'pending', 'overdue') END AS verdict
    FROM moves
    JOIN standard USING (channel)
    JOIN calendar AS first ON first.day = received_on
    JOIN calendar AS last ON last.day = coalesce(replied_on, $as_of::TIMESTAMP::DATE)
),
tally AS (
    SELECT coalesce(channel, 'all') AS channel, elapsed, verdict, sum(n) AS n
    FROM judged
    GROUP BY GROUPING SETS ((channel, elapsed, verdict), (elapsed, verdict))
),
figure AS (
    SELECT channel, sum(n) AS requests,
           sum(n) FILTER (verdict = 'met') AS met,
           sum(n) FILTER (verdict = 'late') AS late,
           sum(n) FILTER (verdict = 'overdue') AS overdue,
           sum(n) FILTER (verdict = 'pending') AS pending
    FROM tally
    GROUP BY channel
),
-- Nearest rank, in whole numbers: the first value at which the running count reaches the share.
ranked AS (
    SELECT channel, elapsed, sum(n) AS n_here,
           sum(n_here) OVER (PARTITION BY channel ORDER BY elapsed) AS n_until,
           sum(n_here) OVER (PARTITION BY channel) AS n_all
    FROM tally
    WHERE verdict <> 'pending'
    GROUP BY channel, elapsed
),
percentile AS (
    SELECT channel, n_all AS n_judged,
           min(elapsed) FILTER (n_until * 2 >= n_all) AS median_business_days,
           min(elapsed) FILTER (n_until * 10 >= n_all * 9) AS p90_business_days
    FROM ranked
    GROUP BY channel, n_all
),
shown AS (
    SELECT *, coalesce(figure.met, 0) AS n_met,
           -- Tenths of a percent, half up; 100.0 only if nothing was missed.
           least((n_met * 2000 + n_judged) // (n_judged * 2), CASE WHEN n_met < n_judged THEN 999 ELSE 1000 END)
               AS tenths
    FROM figure LEFT JOIN percentile USING (channel)
)
SELECT channel, coalesce(requests, 0) AS requests, coalesce(met, 0) AS met, coalesce(late, 0) AS late,
       coalesce(overdue, 0) AS overdue, coalesce(pending, 0) AS pending,
       (tenths // 10) || '.' || (tenths % 10) AS compliance_pct, median_business_days, p90_business_days
FROM (SELECT position, channel FROM standard UNION ALL SELECT 99, 'all')
LEFT JOIN shown USING (channel)
ORDER BY position
"""


def main() -> None:
    answer = duckdb.execute(QUERY, {"file": sys.argv[1], "as_of": "2025-11-03 23:59:59.999999"})
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([name for name, *_ in answer.description])
    writer.writerows(answer.fetchall())


if __name__ == "__main__":
    main()
