"""Make RESULTS.md anew: every benchmark, one after the other. Takes about a quarter of an hour and 4 GB of disk."""

from __future__ import annotations

import argparse
import sys
from itertools import chain

import options
import pairing
import reading
import run
from measure import show

MILLION = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each contestant")
    parser.add_argument("--large", action="store_true", help="100,000,000 rows too: 9 GB of disk, five minutes more")
    asked = parser.parse_args()
    repeat, large = asked.repeat, [100 * MILLION] if asked.large else []
    parts, is_sound = show(
        chain(
            run.sections([MILLION, 10 * MILLION], repeat, keep=True),
            options.sections(10 * MILLION, repeat),
            *(options.sections(rows, repeat, only_plain=True) for rows in large),
            reading.sections(MILLION, MILLION // 5, repeat),
            pairing.sections(MILLION, repeat),
        )
    )
    run.RESULTS.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    sys.exit(0 if is_sound else 1)


if __name__ == "__main__":
    main()
