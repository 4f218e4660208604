"""What the guard measures cxaudit against: work of fixed size that no change to cxaudit makes faster or slower.

Without a file it starts Python and imports modules of the standard library, with one it reads that log three times with
polars, every value as text, and parses both timestamps.
"""

from __future__ import annotations

import sys

#: Large modules with many others behind them, because that is what starting cxaudit costs.
MODULES = ("asyncio", "argparse", "decimal", "email.mime.multipart", "http.server", "inspect", "json", "logging.config",
           "multiprocessing.pool", "pydoc", "sqlite3", "tarfile", "tomllib", "unittest.mock", "xml.dom.minidom",
           "zipfile")  # fmt: skip
TIMES = 3


def main() -> None:
    if len(sys.argv) == 1:
        for name in MODULES:
            __import__(name)
        return
    import polars as pl

    times = pl.col("received_at", "replied_at").str.to_datetime("%Y-%m-%d %H:%M:%S", cache=False)
    for _ in range(TIMES):
        pl.scan_csv(sys.argv[1], infer_schema=False, glob=False).with_columns(times).collect()


if __name__ == "__main__":
    main()
